"""Where shots begin and lead over into each other: small pictures looked at one by one, then along time.

    Y, U, V 48x27 --two convolutions--> 12x7 --over 1, 2, 4, 8 pictures--> --convolution--> 6x4 --the same--> code
                         |                                                                              |
                     mean over the picture                                                    where things are
                         +---------- likeness to the 24 pictures before and after, and across ----------+
    code, likeness --convolutions along time--> per picture: a shot begins here by a cut; two shots are seen

Across: how much the k-th picture before is like the k-th after. After a cut or a dissolve they stay different; after a
flash, a title or something that rushes by they are alike again.

Sources: small pictures, and likeness as a feature, Soucek & Lokoc, "TransNet V2", arXiv:2008.04838; convolutions over
several distances side by side, their "TransNet", arXiv:1906.03363.
Differs from them: convolutions over time at the smallest sizes alone, likeness across too, and a hundredth of the cost.
"""

from typing import Literal

import torch
import torch.nn.functional as F
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt
from torch import Tensor, nn

from frameloom.core.config import Config
from frameloom.core.errors import ModelError
from frameloom.models.base import Batch, Loss, Model, Phase

CHANNELS, HEIGHT, WIDTH = 3, 27, 48
"""Of a small picture: Y, U and V as decoded, in [-1, 1]."""

_RARITY = -3.0
"""Logit with which all answers begin."""


class ShotDetectorConfig(Config):
    """Size of the net and balance of its objective."""

    family: Literal["shot_detector"] = "shot_detector"
    width: PositiveInt = 16
    """Channels at half the size; twice as many at a quarter, three times at an eighth."""
    code: PositiveInt = 48
    """Numbers that say what a picture shows."""
    tower: PositiveInt = 48
    """Channels of the convolutions along time."""
    depth: PositiveInt = 5
    """How many of them, each over twice the distance of the one before."""
    reach: PositiveInt = 24
    """Pictures before and after to which each is likened."""
    rare: PositiveFloat = 4.0
    """Weight of a picture with a cut beside one without."""
    margin: NonNegativeFloat = 0.08
    """Share of a clip at either end on which nothing is learned: too little is seen around it."""


class OverTime(nn.Module):
    """Convolutions along time over several distances side by side, place by place; added to what they are given."""

    def __init__(self, channels: int, distances: tuple[int, ...]) -> None:
        super().__init__()
        part = channels // len(distances)
        self.ways = nn.ModuleList(
            nn.Conv2d(channels, part, (3, 1), padding=(each, 0), dilation=(each, 1)) for each in distances
        )
        self.back = nn.Conv2d(part * len(distances), channels, 1)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps of the same shape (B, C, T, N), N places."""
        seen = F.relu(torch.cat([way(maps) for way in self.ways], 1))
        result: Tensor = F.relu(maps + self.back(seen))
        return result


class ShotDetector(Model):
    """See the module."""

    def __init__(self, config: ShotDetectorConfig) -> None:
        super().__init__(config)
        width, code, tower = config.width, config.code, config.tower
        self.first = nn.Conv2d(CHANNELS, width, 3, 2, 1)  # 14x24
        self.second = nn.Conv2d(width, 2 * width, 3, 2, 1)  # 7x12
        self.near = OverTime(2 * width, (1, 2, 4, 8))
        self.third = nn.Conv2d(2 * width, 3 * width, 3, 2, 1)  # 4x6
        self.far = OverTime(3 * width, (1, 4, 12))
        self.fourth = nn.Conv2d(3 * width, width, 1)
        self.coded = nn.Linear(24 * width, code)
        self.placed = nn.Linear(24 * width, code)
        self.mixed = nn.Linear(3 * width, code // 2)
        known = code + 6 * width + 2 * self.likenesses(config.reach)
        self.told = nn.Conv1d(known, tower, 1)
        self.tower = nn.ModuleList(
            nn.Conv1d(tower, tower, 3, padding=2**step, dilation=2**step) for step in range(config.depth)
        )
        self.answer = nn.Conv1d(tower, 2, 1)
        for part in self.modules():
            if isinstance(part, nn.Conv2d | nn.Conv1d | nn.Linear):
                nn.init.kaiming_normal_(part.weight, nonlinearity="relu")
                part.bias = nn.Parameter(torch.zeros(len(part.weight)))
        nn.init.normal_(self.answer.weight, 0, 0.05)
        self.answer.bias = nn.Parameter(torch.full((2,), _RARITY))

    @staticmethod
    def likenesses(reach: int) -> int:
        """Return how many likenesses each picture has: to those before and after, and across."""
        return 3 * reach

    def phases(self) -> list[Phase]:
        """Return one phase: cuts and transitions are found."""
        return [Phase("shots", list(self.parameters()), self.shots_loss)]

    def shots_loss(self, batch: Batch, progress: float) -> Loss:
        """Return the cross entropy of cuts and of transitions, of a hundred pictures, and how well they are told."""
        truth = torch.stack([batch["cuts"], batch["transitions"]], -1)  # (B, T, 2)
        logits = self(batch["video"]).float()
        edge = int(self.config.margin * truth.shape[1])
        inner = slice(edge, truth.shape[1] - edge)
        logits, truth = logits[:, inner], truth[:, inner]
        weight = 1 + (self.config.rare - 1) * truth * truth.new_tensor([1.0, 0.0])
        surprise = 100 * (weight * F.binary_cross_entropy_with_logits(logits, truth, reduction="none")).mean((0, 1))
        found = f1(logits.detach() > 0, truth > 0.5)
        parts = {"cuts": surprise[0], "transitions": surprise[1], "cut_f1": found[0], "transition_f1": found[1]}
        return Loss(surprise.sum(), {name: part.detach() for name, part in parts.items()})

    def forward(self, video: Tensor) -> Tensor:
        """Return logits (B, T, 2): a new shot begins here by a cut; two shots are seen. Takes (B, T, 3, 27, 48)."""
        batch, time = video.shape[:2]
        first = F.relu(self.first(video.flatten(0, 1)))  # (B*T, C, 14, 24)
        second = F.relu(self.second(first))  # (B*T, 2C, 7, 12)
        third = F.relu(self.third(self._over_time(self.near, second, batch)))  # (B*T, 3C, 4, 6)
        moved = self._over_time(self.far, third, batch)
        flat = F.relu(self.fourth(moved)).flatten(1)  # (B*T, 24C)
        means = torch.cat([first.mean((2, 3)), second.mean((2, 3))], 1)  # (B*T, 3C): wherever it is
        placed, mixed = self.placed(self.fourth(third).flatten(1)), self.mixed(means)
        alike = [self._likeness(each.unflatten(0, (batch, time))) for each in (placed, mixed)]
        code = torch.cat([F.relu(self.coded(flat)), means, moved.mean((2, 3))], 1).unflatten(0, (batch, time))
        told = F.relu(self.told(torch.cat([code, *alike], -1).transpose(1, 2)))  # (B, tower, T)
        for layer in self.tower:
            told = told + F.relu(layer(told))
        logits: Tensor = self.answer(told).transpose(1, 2)
        return logits

    def _over_time(self, layer: nn.Module, maps: Tensor, batch: int) -> Tensor:
        """Return maps (B*T, C, H, W) after a layer that takes (B, C, T, H*W)."""
        size = maps.shape[2:]
        moved = layer(maps.unflatten(0, (batch, -1)).flatten(3).transpose(1, 2))
        result: Tensor = moved.transpose(1, 2).flatten(0, 1).unflatten(2, size)
        return result

    def _likeness(self, codes: Tensor) -> Tensor:
        """Return the cosines of codes (B, T, N) to those around, and across, (B, T, 3 * reach)."""
        time = codes.shape[1]
        unit = codes / (codes.square().sum(-1, keepdim=True) + 1e-6).sqrt()
        every = (unit @ unit.transpose(1, 2)).flatten(1)  # (B, T*T)
        chosen = pairs(time, self.config.reach).to(codes.device).flatten()
        likeness: Tensor = every[:, chosen].unflatten(1, (time, -1))
        return likeness

    @torch.no_grad()
    def detect(self, video: Tensor) -> Tensor:
        """Return the chances of a cut and of a transition, (B, T, 2) in [0, 1], of small pictures in [-1, 1].

        Raises:
            ModelError: the pictures are of another form.
        """
        if video.ndim != 5 or video.shape[2:] != (CHANNELS, HEIGHT, WIDTH):
            raise ModelError(f"pictures are {tuple(video.shape)}; this model takes (B, T, 3, 27, 48)")
        chances: Tensor = self(video).float().sigmoid()
        return chances


def pairs(time: int, reach: int) -> Tensor:
    """Return which two of so many pictures are likened for each, as first * time + second, int64 (T, 3 * reach).

    To those before, to those after, and the k-th before to the (k - 1)-th after. Beyond an end its last one counts.

    >>> pairs(3, 1).tolist()
    [[0, 1, 0], [3, 5, 1], [7, 8, 5]]
    """
    here = torch.arange(time)[:, None]
    away = torch.arange(1, reach + 1)
    before, after, opposite = ((here + each).clamp(0, time - 1) for each in (-away, away, away - 1))
    return torch.cat([here * time + before, here * time + after, before * time + opposite], 1)


def f1(found: Tensor, truth: Tensor) -> Tensor:
    """Return the harmonic mean of precision and recall over pictures, (2,), of bools (B, T, 2).

    >>> f1(torch.tensor([[[True, True], [True, False]]]), torch.tensor([[[True, False], [False, False]]])).tolist()
    [0.6666666865348816, 0.0]
    """
    right = (found & truth).sum((0, 1))
    return 2 * right / (found.sum((0, 1)) + truth.sum((0, 1))).clamp(min=1)
