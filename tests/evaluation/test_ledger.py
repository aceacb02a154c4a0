"""Intervals of figures against closed forms and against what repetition shows."""

import math

import pytest
import torch

from frameloom.core.errors import DataError
from frameloom.evaluation.ledger import Ledger


def normal(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_a_mean_has_the_interval_of_its_spread() -> None:
    ledger = Ledger()
    ledger.add({"a": torch.tensor([0.0, 1.0])})
    ledger.add({"a": torch.tensor([2.0])})
    found = ledger.estimate(lambda mean: mean["a"])
    assert found.mean == 1
    assert found.ci95 == pytest.approx(1.959964 / math.sqrt(3))  # deviation of 0, 1, 2 is 1


def test_a_difference_has_the_interval_of_the_pairs() -> None:
    ledger = Ledger()
    a = normal(0, 50)
    ledger.add({"a": a, "b": a + 3, "c": normal(1, 50)})
    paired = ledger.estimate(lambda mean: mean["b"] - mean["a"])
    assert (paired.mean, paired.ci95) == (pytest.approx(3), pytest.approx(0, abs=1e-6))
    free = ledger.estimate(lambda mean: mean["c"] - mean["a"])
    assert free.ci95 == pytest.approx(1.959964 * float((normal(1, 50) - a).std()) / math.sqrt(50))


def test_the_interval_of_a_ratio_covers_the_truth_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(200):
        top, noise = 2 + 0.5 * normal(2 * seed, 60), 0.3 * normal(2 * seed + 1, 60)
        ledger = Ledger()
        ledger.add({"top": top, "bottom": 4 + (top - 2) + noise})
        found = ledger.estimate(lambda mean: mean["top"] / mean["bottom"])
        covered += abs(found.mean - 0.5) <= found.ci95
    assert 180 <= covered <= 199  # 190 of 200 in the long run


def test_what_does_not_fit_is_refused() -> None:
    ledger = Ledger()
    ledger.add({"a": torch.zeros(2)})
    with pytest.raises(DataError, match="some clips have figures that others lack: b"):
        ledger.add({"a": torch.zeros(2), "b": torch.zeros(2)})
    with pytest.raises(DataError, match="a is not finite; the prediction holds values that are not numbers"):
        ledger.add({"a": torch.tensor([0.0, math.nan])})
    one = Ledger()
    one.add({"a": torch.zeros(1)})
    with pytest.raises(DataError, match="at least 2 samples"):
        one.estimate(lambda mean: mean["a"])
