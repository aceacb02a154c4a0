"""Means with their uncertainty, from a stream of batches.

    {"ssim": (B, T)} --add, add, ...--> Tally --> mean over clips, 95 % interval, curve over frames

Memory does not grow with the number of clips.
"""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from frameloom.core.config import Config
from frameloom.core.errors import DataError

Z95 = 1.959963984540054
"""Half width of the central 95 % of a normal distribution, in deviations."""


class Estimate(Config):
    """A mean over clips and how sure it is."""

    mean: float
    """Mean over clips (each clip: over its frames)."""
    ci95: float
    """Half width of the 95 % confidence interval of the mean, from the spread between clips."""

    def __str__(self) -> str:
        """Return `mean ± ci95` with as many digits as the interval supports.

        >>> str(Estimate(mean=19.0312, ci95=0.31))
        '19.03 ± 0.31'
        """
        magnitude = self.ci95 if self.ci95 > 0 else abs(self.mean) * 1e-3 or 1.0
        digits = min(max(1 - math.floor(math.log10(magnitude)), 0), 6)
        return f"{self.mean:.{digits}f} ± {self.ci95:.{digits}f}"


class Method(Config):
    """How one method did: a model, a baseline, or the floor."""

    name: str
    """What reports call it."""
    kind: str = "model"
    """"model", "baseline" or "floor"."""
    clips: int
    """Clips scored."""
    metrics: dict[str, Estimate]
    """By metric."""
    per_frame: dict[str, list[float]]
    """By metric, the mean over clips of each frame."""


class Tally:
    """Running sums of metrics per frame, in float64."""

    def __init__(self) -> None:
        self.clips = 0
        self._curve: dict[str, Tensor] = {}
        self._mean: dict[str, float] = {}
        self._scatter: dict[str, float] = {}

    def add(self, measured: Mapping[str, Tensor]) -> None:
        """Take in metrics per frame, each (B, T).

        Raises:
            DataError: a value is not finite.
        """
        sizes = {len(values) for values in measured.values()}
        added = max(sizes, default=0)
        for name, values in measured.items():
            frames = values.detach().to("cpu", torch.float64)
            if not torch.isfinite(frames).all():
                raise DataError(f"{name} is not finite; the prediction holds values that are not numbers")
            clip_means = frames.mean(dim=1)
            shift = float(clip_means.mean()) - self._mean.get(name, 0.0)
            total = self.clips + added
            spread = float((clip_means - clip_means.mean()).square().sum()) + shift**2 * self.clips * added / total
            self._scatter[name] = self._scatter.get(name, 0.0) + spread
            self._mean[name] = self._mean.get(name, 0.0) + shift * added / total
            self._curve[name] = self._curve.get(name, torch.zeros(frames.shape[1]).double()) + frames.sum(dim=0)
        self.clips += added

    def mean(self, metric: str) -> float:
        """Return the mean of a metric so far, over clips and frames."""
        return self._mean[metric]

    def method(self, name: str, kind: str = "model") -> Method:
        """Return what the stream so far says.

        Raises:
            DataError: fewer than two clips.
        """
        if self.clips < 2:
            raise DataError(f"a confidence interval needs at least 2 clips, got {self.clips}")
        widths = {key: Z95 * math.sqrt(value / (self.clips - 1) / self.clips) for key, value in self._scatter.items()}
        return Method(
            name=name,
            kind=kind,
            clips=self.clips,
            metrics={key: Estimate(mean=mean, ci95=widths[key]) for key, mean in self._mean.items()},
            per_frame={key: (curve / self.clips).tolist() for key, curve in self._curve.items()},
        )
