"""Rank correlations: how far two rows of numbers put the same things before the same others.

Sources: Kendall, "The treatment of ties in ranking problems", Biometrika 33, 1945 (tau-b); Spearman, "The proof and
measurement of association between two things", American Journal of Psychology 15, 1904.
"""

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import DataError

Row = NDArray[np.float64]


def kendall_tau(one: Row, other: Row) -> float:
    """Return tau-b of two rows (N,), in [-1, 1]; 0 where either says nothing.

    A row with many ties cannot reach 1 with one that has none: its pairs tell only so much.

    >>> kendall_tau(np.array([1.0, 2, 3, 4]), np.array([1.0, 3, 2, 4]))
    0.6666666666666666

    Raises:
        DataError: the rows differ in length.
    """
    _check(one, other)
    first, second = (np.sign(row[:, None] - row[None]) for row in (one, other))
    untied = float(np.abs(first).sum()) * float(np.abs(second).sum())
    return float((first * second).sum()) / untied**0.5 if untied else 0.0


def spearman_rho(one: Row, other: Row) -> float:
    """Return the correlation of the ranks of two rows (N,), ties sharing the mean of theirs; 0 where one is constant.

    >>> spearman_rho(np.array([1.0, 2, 3, 4]), np.array([1.0, 3, 2, 4]))
    0.8

    Raises:
        DataError: the rows differ in length.
    """
    _check(one, other)
    first, second = (ranks - ranks.mean() for ranks in (_ranks(one), _ranks(other)))
    scale = float((first**2).sum() * (second**2).sum()) ** 0.5
    return round(float((first * second).sum()) / scale, 12) if scale else 0.0


def _ranks(row: Row) -> Row:
    """Return the rank of each value from 1 on; equal ones share the mean of theirs."""
    _, place, counts = np.unique(row, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Row = ((last - counts + 1 + last) / 2)[place]
    return ranks


def _check(one: Row, other: Row) -> None:
    if one.shape != other.shape or one.ndim != 1:
        raise DataError(f"ranks of rows of shapes {one.shape} and {other.shape}; give two rows of one length")
