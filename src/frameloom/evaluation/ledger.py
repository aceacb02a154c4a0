"""Figures with intervals from a stream of clips: any smooth function of means, differences of two methods included.

    {"truth/sharpness": (B,), "model/sharpness": (B,), ...} --add, add, ...--> means, covariances over clips
    figure = lambda mean: mean["model/sharpness"] / mean["truth/sharpness"]  --> value ± 1.96 sqrt(g' C g / n)

A ratio, a correlation or a root has no spread between clips to take an interval from, but its means have: the delta
method carries theirs over by the gradient g of the figure. Because clips are the same for all methods, a difference
between two of them is one more figure, and its interval is that of the pairs.

Memory does not grow with the number of clips.
Source: van der Vaart, "Asymptotic Statistics", 1998, theorem 3.1.
"""

import math
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from frameloom.core.errors import DataError
from frameloom.evaluation.tally import Z95, Estimate
from frameloom.metrics.distribution import Moments

_ROUNDING = 1e-7
"""Quantities are measured in single precision: an interval below this share of them is rounding."""

Means = Mapping[str, Tensor]
"""Scalars by name."""
Figure = Callable[[Means], Tensor]
"""A scalar, of means."""


class Ledger:
    """Means over clips of named quantities, with their covariances."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self._moments = Moments()

    def add(self, quantities: Mapping[str, Tensor]) -> None:
        """Take in quantities of some clips, each (B,): always the same names.

        Raises:
            DataError: a value is not finite, or the names are others than before.
        """
        names = tuple(quantities)
        if self.names and names != self.names:
            odd = sorted(set(names) ^ set(self.names))
            raise DataError(f"some clips have figures that others lack: {', '.join(odd) or 'in another order'}")
        self.names = names
        table = torch.stack([values.detach().to("cpu", torch.float64) for values in quantities.values()], dim=1)
        if broken := [name for name, column in zip(names, table.T, strict=True) if not column.isfinite().all()]:
            raise DataError(f"{broken[0]} is not finite; the prediction holds values that are not numbers")
        self._moments.add(table)

    def estimate(self, figure: Figure) -> Estimate:
        """Return a figure of the means, with its 95 % interval.

        Raises:
            DataError: fewer than two clips.
        """
        with torch.enable_grad():
            mean = self._moments.mean.clone().requires_grad_()
            value = figure(dict(zip(self.names, mean.unbind(), strict=True)))
            (gradient,) = torch.autograd.grad(value, mean)
        variance = float(gradient @ self._moments.covariance @ gradient) / self._moments.count
        width = Z95 * math.sqrt(max(variance, 0.0))
        scale = float((gradient * self._moments.mean).abs().sum())
        return Estimate(mean=float(value.detach()), ci95=width if width > _ROUNDING * scale else 0.0)
