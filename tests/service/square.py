"""A model small enough to know exactly: a coloured square that goes where the action says, and its scenes."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from frameloom.core.config import Config
from frameloom.generation.scenes import Scene
from frameloom.models.base import Model, State

SIZE, SIDE, SPEED_PX = 64, 12, 2
COLOUR, GROUND = (240, 90, 40), (30, 60, 70)


class SquareConfig(Config):
    size: int = SIZE
    channels: int = 3
    past: int = 2
    actions: int = 4


class Square(Model):
    """State: where the upper left corner is, (B, 2) as column and row in px."""

    def __init__(self, actions: int = 4) -> None:
        super().__init__(SquareConfig(actions=actions))
        self.speed = nn.Parameter(torch.tensor(float(SPEED_PX)))
        self.stepped: list[list[float]] = []

    @property
    def action_size(self) -> int:
        size: int = self.config.actions
        return size

    def predict(self, past: Tensor, frames: int, actions: Tensor | None = None) -> Tensor:
        raise NotImplementedError

    def start(self, past: Tensor, actions: Tensor | None = None) -> State:
        return {"corner": corner(past[:, -1])}

    def step(self, state: State, action: Tensor | None = None) -> tuple[State, Tensor]:
        self.stepped.append([] if action is None else action[0].tolist())
        moved = torch.zeros(1, 2) if action is None else action[:, :2] * torch.tensor([1.0, -1.0]) * self.speed
        at = (state["corner"] + moved).clamp(0, SIZE - SIDE)
        return {"corner": at}, picture(at)


def picture(at: Tensor) -> Tensor:
    """A square with its corner at (B, 2), as (B, 3, H, W) in [-1, 1]."""
    frame = torch.tensor(GROUND).view(1, 3, 1, 1).expand(len(at), 3, SIZE, SIZE).clone().float()
    for one, (left, top) in zip(frame, at.round().int().tolist(), strict=True):
        one[:, top : top + SIDE, left : left + SIDE] = torch.tensor(COLOUR).view(3, 1, 1).float()
    return frame / 127.5 - 1


def corner(frame: Tensor) -> Tensor:
    """The inverse of picture."""
    red = frame[:, 0] > 0
    return torch.stack([red.any(1).int().argmax(1), red.any(2).int().argmax(1)], 1).float()


def column_of(pixels: NDArray[np.uint8]) -> float:
    """Mean column of the square in a frame (H, W, 3)."""
    return float(np.nonzero(pixels[..., 0] > 128)[1].mean())


class SquareScenes:
    """Scene k begins at column 20 + k; the truth goes half as far, and not beyond column 30."""

    def __init__(self, no_truth: str = "") -> None:
        self.no_truth = no_truth
        self.closed = False

    def begin(self, number: int) -> Scene:
        self.at = torch.tensor([[20.0 + number % 20, 26.0]])
        return Scene(f"scene {number}", picture(self.at)[:, None].repeat(1, 2, 1, 1, 1), torch.zeros(1, 2, 4))

    def step(self, action: Sequence[float]) -> tuple[NDArray[np.uint8], tuple[float, ...]]:
        done = tuple(part / 2 for part in action)
        self.at = self.at + torch.tensor([[done[0], -done[1]]]) * SPEED_PX
        pixels = ((picture(self.at)[0] + 1) * 127.5).round().byte().permute(1, 2, 0)
        return pixels.numpy(), done

    def close(self) -> None:
        self.closed = True
