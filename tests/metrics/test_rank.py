"""Rank correlations by hand."""

import numpy as np
import pytest

from frameloom.core.errors import DataError
from frameloom.metrics.rank import kendall_tau, spearman_rho


def row(*values: float) -> np.ndarray:
    return np.array(values, np.float64)


def test_the_same_order_is_one_and_the_other_way_round_minus_one() -> None:
    for measure in (kendall_tau, spearman_rho):
        assert measure(row(1, 2, 3), row(10, 20, 25)) == pytest.approx(1)
        assert measure(row(1, 2, 3), row(5, 4, 3)) == pytest.approx(-1)


def test_ties_count_as_their_authors_say() -> None:
    # Pairs: (1,1) tied in the first, (1,2) twice; second 1 2 3 untied. C = 2, D = 0: 2 / sqrt(2 * 3).
    assert kendall_tau(row(1, 1, 2), row(1, 2, 3)) == pytest.approx(2 / 6**0.5)
    # Ranks 1.5 1.5 3 and 1 2 3: covariance 1.5, deviations sqrt(1.5) and sqrt(2).
    assert spearman_rho(row(1, 1, 2), row(1, 2, 3)) == pytest.approx(1.5 / 3**0.5)


def test_what_says_nothing_is_zero() -> None:
    for measure in (kendall_tau, spearman_rho):
        assert measure(row(1, 1, 1), row(1, 2, 3)) == 0


def test_rows_of_two_lengths_are_refused() -> None:
    with pytest.raises(DataError, match="give two rows of one length"):
        kendall_tau(row(1, 2), row(1, 2, 3))
