"""Means and intervals against those of the whole set."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from frameloom.core.errors import DataError
from frameloom.evaluation.tally import Estimate, Tally


@given(st.integers(0, 1000), st.lists(st.integers(1, 5), min_size=2, max_size=5))
def test_batches_add_up_to_the_whole(seed: int, sizes: list[int]) -> None:
    values = 50 + torch.randn(sum(sizes), 3, generator=torch.Generator().manual_seed(seed))
    tally = Tally()
    for part in values.split(sizes):
        tally.add({"mse_sum": part, "twice": 2 * part})
    method = tally.method("x", "baseline")
    clip_means = values.double().mean(dim=1)
    width = 1.959964 * clip_means.std().item() / math.sqrt(len(values))
    assert (method.name, method.kind, method.clips) == ("x", "baseline", len(values))
    assert method.metrics["mse_sum"].mean == pytest.approx(clip_means.mean().item())
    assert method.metrics["mse_sum"].ci95 == pytest.approx(width, rel=1e-4)
    assert method.metrics["twice"].ci95 == pytest.approx(2 * width, rel=1e-4)
    assert method.per_frame["mse_sum"] == pytest.approx(values.mean(dim=0).tolist(), rel=1e-5)
    assert tally.mean("mse_sum") == method.metrics["mse_sum"].mean


def test_estimate_shows_as_many_digits_as_it_is_sure_of() -> None:
    assert str(Estimate(mean=283.71, ci95=3.14)) == "283.7 ± 3.1"
    assert str(Estimate(mean=0.98012, ci95=0.00051)) == "0.98012 ± 0.00051"
    assert str(Estimate(mean=200.0, ci95=41.0)) == "200 ± 41"
    assert str(Estimate(mean=0.0, ci95=0.0)) == "0.0 ± 0.0"


def test_what_is_no_number_and_what_is_too_little_is_refused() -> None:
    tally = Tally()
    with pytest.raises(DataError, match="psnr is not finite"):
        tally.add({"psnr": torch.tensor([[math.inf]])})
    tally = Tally()
    tally.add({"psnr": torch.ones(1, 1)})
    with pytest.raises(DataError, match="at least 2 clips, got 1"):
        tally.method("x")
