"""Budgets and rates against values worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.training.schedule import average_decay, progress_of, rate_factor


@pytest.mark.parametrize(
    ("step", "elapsed_s", "steps", "minutes", "expected"),
    [
        (0, 0.0, 10, None, 0.0),
        (5, 999.0, 10, None, 0.5),
        (5, 30.0, None, 1.0, 0.5),
        (9, 30.0, 10, 1.0, 0.9),  # steps run out first
        (1, 54.0, 10, 1.0, 0.9),  # time runs out first
        (12, 0.0, 10, None, 1.0),
    ],
)
def test_progress_follows_the_budget_that_is_used_up_first(
    step: int, elapsed_s: float, steps: int | None, minutes: float | None, expected: float
) -> None:
    assert progress_of(step, elapsed_s, steps, minutes) == pytest.approx(expected)


def test_rate_warms_up_stays_and_decays_as_one_minus_the_square_root() -> None:
    factors = [rate_factor(progress, warmup=0.2, decay=0.4) for progress in (0.0, 0.1, 0.2, 0.6, 0.7, 0.9, 1.0)]
    assert factors == pytest.approx([0.01, 0.5, 1.0, 1.0, 1 - 0.25**0.5, 1 - 0.75**0.5, 0.0])


def test_rate_is_constant_without_warm_up_and_decay() -> None:
    assert {rate_factor(progress / 10, 0.0, 0.0) for progress in range(11)} == {1.0}


@given(st.floats(0, 1), st.floats(0, 0.5), st.floats(0, 0.5))
def test_rate_stays_between_none_and_all(progress: float, warmup: float, decay: float) -> None:
    assert 0 <= rate_factor(progress, warmup, decay) <= 1


def test_young_averages_forget_fast() -> None:
    assert [average_decay(step, 0.5) for step in (0, 2, 8, 100)] == pytest.approx([0.1, 0.25, 0.5, 0.5])
