"""Spread, sharpness and hands against values worked out by hand."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from frameloom.evaluation.figures import TOLD, Spread, hand_quantities


def clips(seed: int, *shape: int) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


@given(st.integers(2, 6), st.integers(0, 99))
def test_spread_is_the_mean_over_all_pairs(count: int, seed: int) -> None:
    draws, truth = clips(seed, count, 2, 3, 1, 4, 4), clips(seed + 100, 2, 3, 1, 4, 4)
    spread = Spread(truth)
    for draw in draws:
        spread.add(draw)
    pairs = [(draws[i] - draws[j]).square().mean(dim=(2, 3, 4)) for i in range(count) for j in range(i)]
    found = spread.quantities("feature_")
    assert torch.allclose(found["feature_spread"], torch.stack(pairs).mean(dim=0), atol=1e-5)
    assert torch.allclose(found["feature_miss"], (draws - truth).square().mean(dim=(0, 3, 4, 5)), atol=1e-5)
    assert torch.allclose(spread.mean(), draws.mean(dim=0), atol=1e-6)


def test_equal_draws_have_no_spread_and_a_single_one_has_no_figure() -> None:
    spread = Spread(torch.zeros(1, 2, 1, 4, 4))
    spread.add(torch.full((1, 2, 1, 4, 4), 0.3))
    assert spread.quantities() == {}
    spread.add(torch.full((1, 2, 1, 4, 4), 0.3))
    assert float(spread.quantities()["spread"].abs().max()) == 0


def told(key: str, **quantities: float) -> float:
    mean = {f"truth/{name[6:]}" if name.startswith("truth_") else f"m/{name}": torch.tensor(value)
            for name, value in quantities.items()}  # fmt: skip
    return float(TOLD[key].of(mean, "m"))


def test_shares_and_roots() -> None:
    assert told("spread", spread=0.04) == pytest.approx(0.2)
    assert told("spread_share", spread=0.04, miss=0.16) == pytest.approx(0.5)
    assert told("sharpness", sharpness=0.03, truth_sharpness=0.04) == pytest.approx(0.75)


def follows(ours: torch.Tensor, true: torch.Tensor) -> float:
    """The correlation of displacements (N, 2) of clips of one frame that began at 0."""
    kept = hand_quantities(ours[:, None], true[:, None], torch.zeros(len(ours), 2))
    return float(TOLD["hand_follows"].of({f"m/{key}": values.double().mean() for key, values in kept.items()}, "m"))


def test_hands_that_follow_and_hands_that_do_not() -> None:
    true = torch.tensor([[3.0, 0.0], [-3.0, 0.0], [0.0, 5.0], [0.0, -5.0]])
    assert follows(true, true) == pytest.approx(1)
    assert follows(true * 0.1 + 7, true) == pytest.approx(1)  # too short and off, but in time with the truth
    assert follows(-true, true) == pytest.approx(-1)
    assert follows(true.flip(1), true) == pytest.approx(0)
    assert follows(torch.zeros(4, 2), true) == 0


def test_distance_of_hands_in_px() -> None:
    true = torch.zeros(1, 3, 2)
    ours = torch.tensor([[[0.0, 2.0], [3.0, 4.0], [0.0, 0.0]]])
    kept = hand_quantities(ours, true, torch.zeros(1, 2))
    assert kept["hand_px"].tolist() == [[2.0, 5.0, 0.0]]
    assert kept["hand_near"].tolist() == [[1.0, 0.0, 1.0]]
    assert math.isclose(float(kept["hand_ours_square"]), 0.0)
