"""What is told of each method beside the metrics of its protocol, each a smooth function of means over clips.

    sharpness        gradient of the prediction over that of the truth: below 1 is blurred, above is noisy
    spread           root mean square difference between two draws of one clip: what the model thinks may happen
    miss             root mean square difference between a draw and the truth
    spread / miss    1 if the truth looks like one more draw; below, the model is surer than it may be
    hand             where the robot's hand is read in the prediction, against where it is read in the truth

The same three of features, where clips are seen through an instrument. Quantities stand in the ledger under the name of
their method: "robot-push/sharpness", and "truth/sharpness".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from frameloom.evaluation.ledger import Figure, Means

TRUTH = "truth"
NEAR_PX = 2.0
"""A hand within so many px of the true one counts as where it should be."""
_LEAST = 1e-12
Better = Literal["higher", "lower", "near 1", "neither"]


@dataclass(frozen=True)
class Told:
    """A figure and how it is told."""

    label: str
    better: Better
    digits: int
    needs: str
    """Quantity that a method must have for it."""
    of: Callable[[Means, str], Tensor]
    """The figure of a method."""

    def figure(self, name: str) -> Figure:
        """Return it as a function of means."""
        return lambda mean: self.of(mean, name)

    def difference(self, name: str, other: str) -> Figure:
        """Return how much larger it is for one method than for another."""
        return lambda mean: self.of(mean, name) - self.of(mean, other)


def _mean(quantity: str) -> Callable[[Means, str], Tensor]:
    return lambda mean, name: mean[f"{name}/{quantity}"]


def _root(quantity: str) -> Callable[[Means, str], Tensor]:
    return lambda mean, name: mean[f"{name}/{quantity}"].clamp_min(_LEAST).sqrt()


def _root_ratio(top: str, bottom: str) -> Callable[[Means, str], Tensor]:
    return lambda mean, name: (
        mean[f"{name}/{top}"].clamp_min(_LEAST) / mean[f"{name}/{bottom}"].clamp_min(_LEAST)
    ).sqrt()


def _sharpness(mean: Means, name: str) -> Tensor:
    return mean[f"{name}/sharpness"] / mean[f"{TRUTH}/sharpness"].clamp_min(_LEAST)


def _follows(mean: Means, name: str) -> Tensor:
    """Return the correlation of predicted with true displacements, of both axes together; 0 where nothing moves."""
    ours, true = ([mean[f"{name}/hand_{whose}_{axis}"] for axis in ("row", "column")] for whose in ("ours", "true"))
    together = mean[f"{name}/hand_product"] - ours[0] * true[0] - ours[1] * true[1]
    own = mean[f"{name}/hand_ours_square"] - ours[0].square() - ours[1].square()
    theirs = mean[f"{name}/hand_true_square"] - true[0].square() - true[1].square()
    return together / (own.clamp_min(0) * theirs.clamp_min(0)).clamp_min(1e-6).sqrt()


TOLD: Mapping[str, Told] = {
    "sharpness": Told("sharpness / truth", "near 1", 3, "sharpness", _sharpness),
    "spread": Told("spread between draws", "neither", 4, "spread", _root("spread")),
    "miss": Told("draw to truth", "lower", 4, "spread", _root("miss")),
    "spread_share": Told("spread / miss", "near 1", 3, "spread", _root_ratio("spread", "miss")),
    "feature_distance": Told("distance in features", "lower", 4, "feature_distance", _mean("feature_distance")),
    "feature_spread": Told("spread in features", "neither", 4, "feature_spread", _root("feature_spread")),
    "feature_spread_share": Told(
        "spread / miss in features", "near 1", 3, "feature_spread", _root_ratio("feature_spread", "feature_miss")
    ),
    "hand_px": Told("hand, px off", "lower", 2, "hand_px", _mean("hand_px")),
    "hand_near": Told("hand within 2 px", "higher", 3, "hand_near", _mean("hand_near")),
    "hand_follows": Told("hand follows (correlation)", "higher", 3, "hand_product", _follows),
}


def mean_of(quantity: str) -> Figure:
    """Return the mean of a quantity as a figure."""
    return lambda mean: mean[quantity]


def root_of(quantity: str) -> Figure:
    """Return the root of a mean square as a figure."""
    return lambda mean: mean[quantity].clamp_min(_LEAST).sqrt()


def difference_of(quantity: str, other: str) -> Figure:
    """Return the difference of two means as a figure."""
    return lambda mean: mean[quantity] - mean[other]


def hand_quantities(ours: Tensor, true: Tensor, start: Tensor) -> dict[str, Tensor]:
    """Return what is kept of hands, (B, T) or (B,), read in prediction and truth (B, T, 2) px, from where they began.

    Displacements are those over the whole horizon, from the last frame given, (B, 2), to the last predicted.
    """
    off = (ours - true).norm(dim=2)
    moved, should = (hands[:, -1] - start for hands in (ours, true))
    return {
        "hand_px": off,
        "hand_near": (off <= NEAR_PX).float(),
        "hand_ours_row": moved[:, 0],
        "hand_ours_column": moved[:, 1],
        "hand_true_row": should[:, 0],
        "hand_true_column": should[:, 1],
        "hand_ours_square": moved.square().sum(dim=1),
        "hand_true_square": should.square().sum(dim=1),
        "hand_product": (moved * should).sum(dim=1),
    }


class Spread:
    """How far draws of the same clips lie apart, and from the truth, as they come; all (B, T, ...)."""

    def __init__(self, truth: Tensor) -> None:
        self.count = 0
        self._truth = truth
        self._first = self._sum = self._squares = self._miss = torch.empty(0)

    def add(self, draw: Tensor) -> None:
        """Take in one draw."""
        missed = (draw - self._truth).square().flatten(2).mean(dim=2)
        if not self.count:
            self._first, self._sum, self._squares = draw, torch.zeros_like(draw), torch.zeros_like(draw)
            self._miss = torch.zeros_like(missed)
        offset = draw - self._first  # so that equal draws have no spread at all, and little is lost to rounding
        self._sum += offset
        self._squares += offset.square()
        self._miss += missed
        self.count += 1

    def mean(self) -> Tensor:
        """Return the mean draw."""
        return self._first + self._sum / self.count

    def variance(self) -> Tensor:
        """Return the variance of each value over the draws."""
        return (self._squares / self.count - (self._sum / self.count).square()).clamp_min(0)

    def quantities(self, prefix: str = "") -> dict[str, Tensor]:
        """Return mean squared differences per value and frame, (B, T); nothing of a single draw.

        Between two different draws it is twice the unbiased variance, so that no pair of them has to be kept.
        """
        if self.count < 2:
            return {}
        scale = 2 * self.count / (self.count - 1)
        between = scale * self.variance().flatten(2).mean(dim=2)
        return {f"{prefix}spread": between, f"{prefix}miss": self._miss / self.count}
