"""Clips of two small sprites, painted pixel by pixel, with everything that is known about them."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from frameloom.models.base import Batch

CANVAS, PATCH, SPRITES = 24, 8, 2


def toy_clips(count: int = 3, frames: int = 4, seed: int = 0) -> Batch:
    """Return a batch of random patches on straight paths; ink adds up as 1 - (1 - a)(1 - b)."""
    dice = torch.Generator().manual_seed(seed)
    places = CANVAS - PATCH + 1
    patches = (torch.rand(count, SPRITES, PATCH, PATCH, generator=dice) > 0.5).float()
    start = torch.randint(4, places - 4, (count, 1, SPRITES, 2), generator=dice)
    velocity = torch.randint(-1, 2, (count, 1, SPRITES, 2), generator=dice)
    positions = (start + velocity * torch.arange(frames)[None, :, None, None]).clamp(0, places - 1)
    ink = torch.zeros(count, frames, CANVAS, CANVAS)
    for clip in range(count):
        for frame in range(frames):
            for sprite in range(SPRITES):
                row, column = positions[clip, frame, sprite].tolist()
                window = ink[clip, frame, row : row + PATCH, column : column + PATCH]
                window.copy_(torch.maximum(window, patches[clip, sprite]))
    return {
        "video": ink[:, :, None] * 2 - 1,
        "classes": torch.randint(10, (count, SPRITES), generator=dice),
        "positions": positions,
        "patches": patches,
    }


@pytest.fixture(name="toy_clips")
def _toy_clips() -> Callable[..., Batch]:
    """Return a maker of batches of 24 px clips with two 8 px sprites."""
    return toy_clips


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def located(corners: Tensor, places: int = CANVAS - PATCH + 1) -> Tensor:
    """Return log-places (B, K, T, P, P) that are sure of corners (B, K, T, 2)."""
    index = corners[..., 0] * places + corners[..., 1]
    return (functional.one_hot(index, places**2).float() + 1e-12).log().unflatten(3, (places, places))


class Given(nn.Module):
    """A network that has its answers ready, one a call or always the same, and keeps the questions."""

    def __init__(self, *answers: Tensor) -> None:
        super().__init__()
        self.answers = list(answers)
        self.questions: list[Tensor] = []

    def forward(self, *question: Tensor) -> Tensor:
        self.questions.append(question[-1])
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture(name="located")
def _located() -> Callable[..., Tensor]:
    """Return a maker of what a perfect localiser says."""
    return located


@pytest.fixture(name="given_answers")
def _given_answers() -> type[Given]:
    """Return a network whose answers are given."""
    return Given


@pytest.fixture
def found() -> Callable[[Tensor], Tensor]:
    """Return the order in which a localiser finds sprites: swapped in every second clip, over dimension 1."""

    def swap(by_sprite: Tensor) -> Tensor:
        swapped = by_sprite.clone()
        swapped[1::2] = by_sprite[1::2].flip(1)
        return swapped

    return swap
