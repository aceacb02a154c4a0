"""How far two sets of samples lie apart: the Frechet distance of their features.

    features (N, F) --add, add, ...--> Moments --+
    features (M, F) --add, add, ...--> Moments --+--> |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))

Source: Dowson & Landau, "The Frechet distance between multivariate normal distributions", J. Multivar. Anal. 12, 1982.
Differs from common code: means and covariances are accumulated batch by batch in float64 (Chan et al., 1979), so memory
does not grow with the number of clips, and the matrix root is that of a symmetric matrix, so it is never complex.
The value depends on the number of samples: compare sets of equal size, and give real-against-real beside it.
"""

from collections.abc import Iterable

import torch
from torch import Tensor

from frameloom.core.errors import DataError


class Moments:
    """Count, mean and covariance of a stream of feature vectors."""

    def __init__(self) -> None:
        self.count = 0
        self.mean = torch.empty(0, dtype=torch.float64)
        self._scatter = torch.empty(0, 0, dtype=torch.float64)

    def add(self, features: Tensor) -> None:
        """Take in a batch of features, (N, F).

        Raises:
            DataError: not a matrix, not finite, or of another width than before.
        """
        if features.dim() != 2:
            raise DataError(f"features must be (N, F), got shape {tuple(features.shape)}")
        batch = features.detach().to("cpu", torch.float64)
        if not torch.isfinite(batch).all():
            raise DataError("features are not finite; the clips or the network that reads them are broken")
        if not len(batch):
            return
        if not self.count:
            self.mean = torch.zeros(batch.shape[1], dtype=torch.float64)
            self._scatter = torch.zeros(batch.shape[1], batch.shape[1], dtype=torch.float64)
        if batch.shape[1] != len(self.mean):
            raise DataError(f"features have {batch.shape[1]} values where earlier ones had {len(self.mean)}")
        total = self.count + len(batch)
        shift = batch.mean(dim=0) - self.mean
        centred = batch - batch.mean(dim=0)
        self._scatter += centred.T @ centred + torch.outer(shift, shift) * (self.count * len(batch) / total)
        self.mean = self.mean + shift * (len(batch) / total)
        self.count = total

    @classmethod
    def of_all(cls, parts: Iterable["Moments"]) -> "Moments":
        """Return the moments of all the samples that the parts have seen.

        Raises:
            DataError: the parts are of different widths.
        """
        whole = cls()
        for part in parts:
            if not part.count:
                continue
            if not whole.count:
                whole.mean, whole._scatter = torch.zeros_like(part.mean), torch.zeros_like(part._scatter)
            if len(part.mean) != len(whole.mean):
                raise DataError(f"features have {len(part.mean)} values where earlier ones had {len(whole.mean)}")
            total = whole.count + part.count
            shift = part.mean - whole.mean
            between = torch.outer(shift, shift) * (whole.count * part.count / total)
            whole._scatter = whole._scatter + part._scatter + between
            whole.mean, whole.count = whole.mean + shift * (part.count / total), total
        return whole

    @property
    def covariance(self) -> Tensor:
        """Return the sample covariance, (F, F).

        Raises:
            DataError: fewer than two samples.
        """
        if self.count < 2:
            raise DataError(f"a covariance needs at least 2 samples, got {self.count}")
        return self._scatter / (self.count - 1)


def frechet_distance(first: Moments, second: Moments) -> float:
    """Return the squared Frechet (2-Wasserstein) distance between the two as normal distributions; 0 when equal.

    Raises:
        DataError: fewer than two samples, or features of different widths.
    """
    one, two = first.covariance, second.covariance
    if one.shape != two.shape:
        raise DataError(f"features have {len(one)} values in one set and {len(two)} in the other")
    values, vectors = torch.linalg.eigh(one)
    root = (vectors * values.clamp_min(0).sqrt()) @ vectors.T
    # tr (C1 C2)^(1/2) = tr (C1^(1/2) C2 C1^(1/2))^(1/2), and the right side is symmetric
    overlap = torch.linalg.eigvalsh(root @ two @ root).clamp_min(0).sqrt().sum()
    apart = (first.mean - second.mean).square().sum()
    return max(float(apart + one.trace() + two.trace() - 2 * overlap), 0.0)
