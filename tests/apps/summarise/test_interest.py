"""Scores against what is planted, and the sum that they are."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from frameloom.apps.summarise.analysis import Analysis, analyse
from frameloom.apps.summarise.interest import HEARD, SEEN, WEIGHTS, Interest, interest_of
from frameloom.evaluation.planted import write_planted
from frameloom.metrics.rank import kendall_tau


def test_a_score_is_the_weighted_sum_of_its_parts(seen: Analysis) -> None:
    found = interest_of(seen)
    total = sum(WEIGHTS[name] * row for name, row in found.parts.items())
    np.testing.assert_allclose(found.score, np.maximum(total, 0))
    np.testing.assert_allclose(found.worth([*SEEN, *HEARD]), total)
    assert all(row.min() >= 0 and row.max() <= 1 for row in found.parts.values())


def test_a_mean_counts_seconds_in_part() -> None:
    found = Interest(np.array([1.0, 3.0, 5.0]), {}, {})
    assert found.mean(Fraction(1, 2), Fraction(2)) == pytest.approx((0.5 + 3) / 1.5)
    assert found.mean(Fraction(0), Fraction(3)) == pytest.approx(3)


def test_reasons_are_those_that_weigh_most(seen: Analysis) -> None:
    found = interest_of(seen)
    assert "somebody speaks" in found.why(20, 22)
    dull = int(np.argmin(found.score))
    assert "somebody speaks" not in found.why(dull, dull + 1)


@pytest.mark.slow
def test_planted_interest_is_found_better_than_by_motion(tmp_path: Path) -> None:
    truth = write_planted(tmp_path / "film.mp4", 300).truth
    seen = analyse(tmp_path / "film.mp4", keep=False, view="lines")
    motion = (seen.column("bustle") + seen.column("camera")).astype(np.float64)
    tau = kendall_tau(interest_of(seen).score, truth)
    assert tau > max(0.3, kendall_tau(motion, truth))
