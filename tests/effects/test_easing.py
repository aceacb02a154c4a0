"""Easing curves against Penner's formulas, worked out by hand."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.effects.easing import EasingName, ease

NAMES: tuple[EasingName, ...] = get_args(EasingName)
STEADY = [name for name in NAMES if not name.startswith(("back", "elastic", "bounce"))]


@pytest.mark.parametrize(
    ("name", "progress", "expected"),
    [
        ("linear", 0.3, 0.3),
        ("hold", 0.99, 0.0),
        ("sine-in", 0.5, 1 - 0.5**0.5),
        ("sine-out", 0.5, 0.5**0.5),
        ("sine", 0.25, (1 - 0.5**0.5) / 2),
        ("quad-in", 0.5, 0.25),
        ("quad-out", 0.5, 0.75),
        ("quad", 0.75, 0.875),
        ("cubic-in", 0.5, 0.125),
        ("cubic", 0.25, 0.0625),
        ("quart-out", 0.5, 0.9375),
        ("quart", 0.75, 0.96875),
        ("expo-in", 0.5, 1 / 32),
        ("expo-out", 0.5, 31 / 32),
        ("circ-in", 0.6, 0.2),
        ("circ-out", 0.4, 0.8),
        ("back-in", 0.5, 2.70158 / 8 - 1.70158 / 4),
        ("elastic-out", 0.075, 1.0),  # the sine is 0 there
        ("bounce-out", 1 / 2.75, 1.0),  # the first time on the ground
        ("bounce-out", 1.5 / 2.75, 0.75),
        ("bounce-out", 2.25 / 2.75, 0.9375),
        ("bounce-out", 2.625 / 2.75, 0.984375),
    ],
)
def test_values(name: EasingName, progress: float, expected: float) -> None:
    assert ease(name, progress) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_begins_at_nothing_and_ends_at_all(name: EasingName) -> None:
    assert ease(name, 0) == ease(name, -1) == 0
    assert ease(name, 1) == ease(name, 2) == 1
    if name != "hold":
        assert ease(name, 1 - 1e-9) == pytest.approx(1, abs=2e-3)
        assert ease(name, 1e-9) == pytest.approx(0, abs=2e-3)


@given(st.sampled_from(STEADY), st.floats(0, 1), st.floats(0, 1))
def test_never_goes_back(name: EasingName, one: float, other: float) -> None:
    early, late = sorted((one, other))
    assert 0 <= ease(name, early) <= ease(name, late) + 1e-12 <= 1 + 1e-12


@given(st.sampled_from(["sine", "quad", "cubic", "quart", "expo", "circ", "back"]), st.floats(0, 1))
def test_both_ends_are_alike(name: EasingName, progress: float) -> None:
    assert ease(name, progress) + ease(name, 1 - progress) == pytest.approx(1, abs=1e-3)


@given(st.sampled_from(["sine", "quad", "cubic", "quart", "expo", "circ", "back"]), st.floats(0, 1))
def test_out_is_in_backwards(shape: str, progress: float) -> None:
    into: EasingName = f"{shape}-in"  # type: ignore[assignment]
    out: EasingName = f"{shape}-out"  # type: ignore[assignment]
    assert ease(out, progress) == pytest.approx(1 - ease(into, 1 - progress), abs=1e-9)


def test_back_passes_its_end_by_a_tenth() -> None:
    highest = max(ease("back-out", step / 1000) for step in range(1001))
    assert highest == pytest.approx(1.1, abs=1e-3)
