"""Errors between predicted and true frames, pixel by pixel and window by window.

    prediction, truth (B, T, C, H, W) in [0, 1]  -->  one number per frame (B, T)

Sources: SSIM is Wang et al., "Image quality assessment: from error visibility to structural similarity",
IEEE TIP 13(4), 2004, eq. 13; the uniform window with sample covariance is scikit-image's.
Differs from them: only whole windows count (no padding), and two equal frames score a stated ceiling in PSNR,
where the formula is infinite.
"""

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from frameloom.core.errors import DataError

Window = Literal["uniform", "gaussian"]

_FRAMES_AT_ONCE = 32


def mse_sum(prediction: Tensor, truth: Tensor) -> Tensor:
    """Return the squared error of each frame, summed over channels and pixels: (B, T).

    >>> mse_sum(torch.zeros(1, 1, 1, 2, 2), torch.full((1, 1, 1, 2, 2), 0.5)).item()
    1.0

    Raises:
        DataError: the shapes differ.
    """
    _check(prediction, truth)
    return (prediction - truth).square().sum(dim=(2, 3, 4))


def mae_sum(prediction: Tensor, truth: Tensor) -> Tensor:
    """Return the absolute error of each frame, summed over channels and pixels: (B, T).

    Raises:
        DataError: the shapes differ.
    """
    _check(prediction, truth)
    return (prediction - truth).abs().sum(dim=(2, 3, 4))


def mse_mean(prediction: Tensor, truth: Tensor) -> Tensor:
    """Return the squared error of each frame, averaged over channels and pixels: (B, T).

    Raises:
        DataError: the shapes differ.
    """
    _check(prediction, truth)
    return (prediction - truth).square().mean(dim=(2, 3, 4))


def psnr(prediction: Tensor, truth: Tensor, ceiling_db: float = 100.0) -> Tensor:
    """Return the peak signal-to-noise ratio of each frame in dB, at most the ceiling: (B, T).

    >>> psnr(torch.zeros(1, 1, 1, 8, 8), torch.full((1, 1, 1, 8, 8), 0.1)).item()
    20.0

    Raises:
        DataError: the shapes differ.
    """
    least = 10 ** (-ceiling_db / 10)
    return -10 * torch.log10(mse_mean(prediction, truth).clamp_min(least))


def ssim(
    prediction: Tensor,
    truth: Tensor,
    *,
    window: Window = "gaussian",
    size: int = 11,
    sigma: float = 1.5,
    data_range: float = 1.0,
    sample_covariance: bool = False,
) -> Tensor:
    """Return the structural similarity of each frame, averaged over channels and whole windows: (B, T).

    Papers differ in window, range and covariance, and their numbers do not compare; state them with the number.

    Raises:
        DataError: the shapes differ, the size is even, or the frames are smaller than the window.
    """
    _check(prediction, truth)
    windows = Windows(window, size, sigma, data_range, sample_covariance)
    return SsimTo(truth, windows).of(prediction)


@dataclass(frozen=True)
class Windows:
    """What SSIM weighs, and how; see ssim."""

    window: Window = "gaussian"
    size: int = 11
    sigma: float = 1.5
    data_range: float = 1.0
    sample_covariance: bool = False


class SsimTo:
    """The structural similarity of many predictions to one truth, whose share of the work is done once.

    Means under windows are products with a band matrix on each side: on a CPU many times faster than a convolution.
    """

    def __init__(self, truth: Tensor, windows: Windows) -> None:
        """Take the truth, (B, T, C, H, W) in [0, 1].

        Raises:
            DataError: no video, an even size, or frames that are smaller than the window.
        """
        _check(truth, truth)
        height, width = truth.shape[-2:]
        size = windows.size
        if size < 3 or size % 2 == 0:
            raise DataError(f"ssim: the window must have an odd size of at least 3, got {size}")
        if min(height, width) < size:
            raise DataError(f"ssim: frames of {width}x{height} px do not hold one {size}x{size} window; shrink it")
        self.truth, self.windows = truth, windows
        line = _line(windows.window, size, windows.sigma).to(truth)
        self._down, self._across = _band(line, height), _band(line, width).T
        flat = truth.flatten(0, 2)
        self._mean = self._blur(flat)
        self._variance = self._unbiased * (self._blur(flat.square()) - self._mean.square())

    def of(self, prediction: Tensor) -> Tensor:
        """Return the similarity of each frame of a prediction of the same shape: (B, T).

        Raises:
            DataError: the shapes differ.
        """
        _check(prediction, self.truth)
        x, y = prediction.flatten(0, 2), self.truth.flatten(0, 2)
        likeness = [
            self._likeness(slice(first, first + _FRAMES_AT_ONCE), x, y) for first in range(0, len(x), _FRAMES_AT_ONCE)
        ]
        return torch.cat(likeness).view(self.truth.shape[:3]).mean(dim=2)

    def _likeness(self, part: slice, prediction: Tensor, truth: Tensor) -> Tensor:
        """Return the similarity of some frames, a few at once so that what lies between stays in the cache: (N,)."""
        x, mean_y, variance_y = prediction[part], self._mean[part], self._variance[part]
        mean_x = self._blur(x)
        product, squares = mean_x * mean_y, mean_x.square()
        variances = self._unbiased * (self._blur(x * x) - squares) + variance_y
        covariance = self._unbiased * (self._blur(x * truth[part]) - product)
        c1, c2 = ((share * self.windows.data_range) ** 2 for share in (0.01, 0.03))
        likeness = (2 * product + c1) * (2 * covariance + c2)
        return (likeness / ((squares + mean_y.square() + c1) * (variances + c2))).mean(dim=(1, 2))

    @property
    def _unbiased(self) -> float:
        count = self.windows.size**2
        return count / (count - 1) if self.windows.sample_covariance else 1.0

    def _blur(self, frames: Tensor) -> Tensor:
        """Return the weighted mean under each whole window, (N, H', W')."""
        return self._down @ frames @ self._across


def sharpness(video: Tensor) -> Tensor:
    """Return the mean size of the brightness gradient of each frame, per px: (B, T).

    A blurred prediction has less than its truth; the ratio of the two is what tells.
    """
    down = video[..., 1:, :-1] - video[..., :-1, :-1]
    across = video[..., :-1, 1:] - video[..., :-1, :-1]
    return (down.square() + across.square()).sqrt().mean(dim=(2, 3, 4))


def _line(window: Window, size: int, sigma: float) -> Tensor:
    """Return one axis of the (separable) window, summing to one."""
    if window == "uniform":
        return torch.full((size,), 1 / size, dtype=torch.float64)
    offsets = torch.arange(size, dtype=torch.float64) - (size - 1) / 2
    weights = torch.exp(-offsets.square() / (2 * sigma**2))
    return weights / weights.sum()


def _band(line: Tensor, length: int) -> Tensor:
    """Return the matrix that takes the weighted mean under each whole window of a line of px, (length', length)."""
    count = length - len(line) + 1
    band = line.new_zeros(count, length + 1)
    band[:, : len(line)] = line
    return band.flatten()[: count * length].view(count, length)  # each row starts one later than the one before


def _check(prediction: Tensor, truth: Tensor) -> None:
    """Refuse pairs that broadcasting would silently accept."""
    if prediction.shape != truth.shape or truth.dim() != 5:
        shapes = f"{tuple(prediction.shape)} and {tuple(truth.shape)}"
        raise DataError(f"prediction and truth must both be (B, T, C, H, W), got {shapes}")
    if not math.prod(truth.shape):
        raise DataError(f"prediction and truth are empty, shape {tuple(truth.shape)}; give at least one frame")
