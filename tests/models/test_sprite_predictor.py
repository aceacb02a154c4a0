"""Sprites that are found, redrawn and moved on: with perfect parts the loss is nothing, and the future is painted."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from frameloom.models.base import Batch
from frameloom.models.sprite_predictor import Motion, SpritePredictor, SpritePredictorConfig

Clips = Callable[..., Batch]
Maker = Callable[..., Tensor]


@pytest.fixture
def model() -> SpritePredictor:
    sizes: dict[str, Any] = {"past": 2, "future": 2, "canvas": 24, "patch": 8, "width": 8, "motion_width": 8}
    return SpritePredictor(SpritePredictorConfig(corruption=0.0, **sizes))


@pytest.fixture
def perfect(
    model: SpritePredictor, toy_clips: Clips, located: Maker, found: Maker, given_answers: Any
) -> tuple[SpritePredictor, Batch]:
    """A model whose parts know the batch, and name the sprites in an order of their own."""
    batch = toy_clips(count=4, frames=4)
    corners, patches = found(batch["positions"].transpose(1, 2)), found(batch["patches"])
    model.localiser = given_answers(located(corners[:, :, :2]))
    model.appearance = given_answers(torch.stack([patches, patches], 1).requires_grad_())
    model.motion = given_answers((F.one_hot(corners[:, :, 2:].flatten(0, 1), 17).float() + 1e-12).log())
    return model, batch


def test_perfect_parts_lose_nothing(perfect: tuple[SpritePredictor, Batch]) -> None:
    model, batch = perfect
    loss = model.prediction_loss(batch, 0.0)
    assert {name: part.item() for name, part in loss.parts.items()} == pytest.approx(
        {"mse": 0, "localisation": 0, "appearance": 0, "motion": 0, "extra": 0}, abs=1e-4
    )
    assert loss.total.item() == pytest.approx(0, abs=1e-3)


def test_the_parts_of_the_loss_by_hand(perfect: tuple[SpritePredictor, Batch], given_answers: Any) -> None:
    model, batch = perfect
    model.localiser = given_answers(torch.full((4, 2, 2, 17, 17), -math.log(17 * 17)))
    model.appearance = given_answers(torch.zeros(4, 2, 2, 8, 8, requires_grad=True))
    model.motion = given_answers(torch.full((8, 2, 2, 17), -math.log(17)))
    batch = {**batch, "paths": torch.rand(8, 4, 2) * 16}
    loss = model.prediction_loss(batch, 0.0)
    ink = ((batch["video"][:, 2:] + 1) / 2).square().sum((2, 3, 4)).mean().item()  # nothing is painted
    appearance = batch["patches"].mean().item() * -math.log(1e-5)
    expected = {
        "mse": ink,
        "localisation": 2 * math.log(17),
        "appearance": appearance,
        "motion": math.log(17),
        "extra": math.log(17),
    }
    assert {name: part.item() for name, part in loss.parts.items()} == pytest.approx(expected, rel=1e-4)
    assert loss.total.item() == pytest.approx(ink / 50 + 4 * math.log(17) + 4 * appearance, rel=1e-4)


def test_extra_paths_are_seen_in_the_past_and_judged_in_the_future(model: SpritePredictor, given_answers: Any) -> None:
    paths = torch.tensor([[[3.2, 4.9], [4.0, 5.0], [5.5, 5.1], [99.0, -1.0]]])
    future = F.one_hot(torch.tensor([[[5, 5], [16, 0]]]), 17).float()
    model.motion = given_answers((future * 0.5 + 1e-12).log())
    assert model.extra_motion_loss(paths).item() == pytest.approx(math.log(2))
    assert torch.equal(model.motion.questions[0], F.one_hot(torch.tensor([[[3, 4], [4, 5]]]), 17).float())


def test_a_future_longer_than_one_goes_on_from_itself(
    perfect: tuple[SpritePredictor, Batch], given_answers: Any
) -> None:
    model, batch = perfect
    corners = torch.tensor([[row, 3] for row in (5, 6, 7, 8, 9, 10)])  # of every sprite
    marginals = F.one_hot(corners, 17).float().expand(8, -1, -1, -1)
    model.motion = given_answers(*(marginals[:, start : start + 2].log() for start in (0, 2, 4)))
    model.appearance = given_answers(torch.ones(4, 2, 2, 8, 8))
    video = model.predict(batch["video"][:, :2], 5)
    expected = torch.full((4, 5, 1, 24, 24), -1.0)
    for frame, row in enumerate((5, 6, 7, 8, 9)):
        expected[:, frame, :, row : row + 8, 3:11] = 1
    torch.testing.assert_close(video, expected)
    assert torch.equal(model.motion.questions[1], marginals[:, 0:2])
    assert torch.equal(model.motion.questions[2], marginals[:, 2:4])


@pytest.mark.parametrize(("seen", "shown"), [(1, [0, 0]), (2, [0, 1]), (4, [2, 3])])
def test_the_last_frames_are_looked_at(seen: int, shown: list[int], perfect: tuple[SpritePredictor, Batch]) -> None:
    model, batch = perfect
    model.predict(batch["video"][:, :seen], 1)
    assert torch.equal(model.localiser.questions[0], (batch["video"][:, shown, 0] + 1) / 2)


def test_motion_gives_bounded_distributions() -> None:
    motion = Motion(past=2, future=3, places=5, width=8)
    log_ahead = motion(torch.rand(4, 2, 2, 5))
    assert log_ahead.shape == (4, 3, 2, 5)
    torch.testing.assert_close(log_ahead.exp().sum(3), torch.ones(4, 3, 2))
    nn.init.normal_(motion.output[-1].weight, std=1e4)
    assert motion(torch.rand(4, 2, 2, 5)).min() > -30 - math.log(5)


def test_rows_and_columns_move_by_the_same_law_and_know_of_each_other() -> None:
    motion, seen = Motion(past=2, future=3, places=5, width=8), torch.rand(4, 2, 2, 5)
    torch.testing.assert_close(motion(seen.flip(2)), motion(seen).flip(2))
    other = seen.clone()
    other[:, :, 1] = torch.rand(4, 2, 5)
    assert not torch.allclose(motion(other)[:, :, 0], motion(seen)[:, :, 0])
