"""A few clips with the futures that a method drew for them: best, worst, mean, and three at random.

They are chosen as the draws come, so that no more than these is ever held.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor

RANDOM = 3


@dataclass(frozen=True)
class Futures:
    """Drawn futures of N clips, each (N, T, C, H, W) in [0, 1]."""

    random: list[Tensor]
    """The first draws."""
    best: Tensor
    worst: Tensor
    mean: Tensor
    deviation: Tensor
    """Of each pixel between the draws; 0 of a single draw."""
    drawn: int
    """How many draws there were."""
    hands: Tensor | None = None
    """Where the hand is read in the first draw, row and column in px, (N, T, 2)."""


@dataclass
class Chooser:
    """Keeps the best and the worst draw of each of a few clips."""

    random: list[Tensor] = field(default_factory=list)
    best: Tensor = field(default_factory=lambda: torch.empty(0))
    worst: Tensor = field(default_factory=lambda: torch.empty(0))
    _high: Tensor = field(default_factory=lambda: torch.empty(0))
    _low: Tensor = field(default_factory=lambda: torch.empty(0))

    def add(self, draw: Tensor, merit: Tensor) -> None:
        """Take in a draw (N, T, C, H, W) and how good it is for each clip, (N,)."""
        if not self.random:
            self.best, self.worst, self._high, self._low = draw.clone(), draw.clone(), merit.clone(), merit.clone()
        if len(self.random) < RANDOM:
            self.random.append(draw.clone())
        better, worse = merit > self._high, merit < self._low
        self.best[better], self._high[better] = draw[better], merit[better]
        self.worst[worse], self._low[worse] = draw[worse], merit[worse]
