"""Frechet distances with intervals, and what two sets of real clips are apart.

    features of clip 0, 1, 2, ... --dealt round--> 10 parts, moments of each --> all of them: the distance
                                                                             --> all but one, ten times: its interval
                                                                             --> even against odd: disjoint halves

A Frechet distance between finite sets is never 0, and the smaller they are the larger it is. So both sides hold the
same number of clips, and beside the distance stands that of two disjoint halves of the real clips, which is to be
compared with the same between one half of the predictions and the other half of the real clips.
Source of the interval: the delete-a-group jackknife, Kott, "The delete-a-group jackknife", J. Off. Stat. 17, 2001.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from frameloom.evaluation.tally import Z95, Estimate
from frameloom.metrics.distribution import Moments, frechet_distance

PARTS = 10
LEAST_CLIPS = 8
"""Fewer have no distance: a half needs a covariance even when a part of it is left out."""


class Crowd:
    """Features of a set of clips, dealt into parts by clip number; memory does not grow with their number."""

    def __init__(self) -> None:
        self.parts = [Moments() for _ in range(PARTS)]
        self.clips = 0

    def add(self, features: Tensor) -> None:
        """Take in features of the next clips, (B, F), or several a clip, (B, K, F).

        Raises:
            DataError: not finite, or of another width than before.
        """
        number = torch.arange(self.clips, self.clips + len(features)) % PARTS
        for part, moments in enumerate(self.parts):
            chosen = features.detach().cpu()[number == part]
            moments.add(chosen.flatten(0, -2))
        self.clips += len(features)

    def moments(self, parts: Sequence[int]) -> Moments:
        """Return the moments of some parts."""
        return Moments.of_all(self.parts[part] for part in parts)


Distance = Callable[[Sequence[int]], float]
"""A distance within some of the parts."""


def whole_distance(ours: Crowd, real: Crowd) -> Distance:
    """Return the distance between two crowds, clip for clip of one number."""
    return lambda parts: frechet_distance(ours.moments(parts), real.moments(parts))


def half_distance(ours: Crowd, real: Crowd) -> Distance:
    """Return the mean distance between each half of one crowd and the other half of the other."""

    def distance(parts: Sequence[int]) -> float:
        even, odd = [part for part in parts if part % 2 == 0], [part for part in parts if part % 2]
        forth = frechet_distance(ours.moments(even), real.moments(odd))
        return (forth + frechet_distance(ours.moments(odd), real.moments(even))) / 2

    return distance


@dataclass(frozen=True)
class Jackknifed:
    """A distance, and what it is without each of the parts."""

    value: float
    without: tuple[float, ...]

    @classmethod
    def of(cls, distance: Distance) -> "Jackknifed":
        """Return a distance within all parts, and within all but each."""
        every = range(PARTS)
        return cls(distance(every), tuple(distance([part for part in every if part != out]) for out in every))

    def minus(self, other: "Jackknifed") -> "Jackknifed":
        """Return the difference of two distances between crowds of the same clips."""
        pairs = zip(self.without, other.without, strict=True)
        return Jackknifed(self.value - other.value, tuple(ours - theirs for ours, theirs in pairs))

    def estimate(self) -> Estimate:
        """Return the distance with its 95 % interval."""
        centre = sum(self.without) / PARTS
        variance = (PARTS - 1) / PARTS * sum((value - centre) ** 2 for value in self.without)
        return Estimate(mean=self.value, ci95=Z95 * math.sqrt(variance))
