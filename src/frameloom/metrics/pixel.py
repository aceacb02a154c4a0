"""Errors between predicted and true frames, pixel by pixel and window by window.

    prediction, truth (B, T, C, H, W) in [0, 1]  -->  one number per frame (B, T)

Sources: SSIM is Wang et al., "Image quality assessment: from error visibility to structural similarity",
IEEE TIP 13(4), 2004, eq. 13; the uniform window with sample covariance is scikit-image's.
Differs from them: only whole windows count (no padding), and two equal frames score a stated ceiling in PSNR,
where the formula is infinite.
"""

import math
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from frameloom.core.errors import DataError

Window = Literal["uniform", "gaussian"]


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
    height, width = truth.shape[-2:]
    if size < 3 or size % 2 == 0:
        raise DataError(f"ssim: the window must have an odd size of at least 3, got {size}")
    if min(height, width) < size:
        raise DataError(f"ssim: frames of {width}x{height} px do not hold one {size}x{size} window; shrink it")
    line = _line(window, size, sigma).to(truth)
    x, y = prediction.reshape(-1, 1, height, width), truth.reshape(-1, 1, height, width)
    mean_x, mean_y = _blur(x, line), _blur(y, line)
    unbiased = size * size / (size * size - 1) if sample_covariance else 1.0
    variances = unbiased * (_blur(x * x, line) - mean_x.square() + _blur(y * y, line) - mean_y.square())
    covariance = unbiased * (_blur(x * y, line) - mean_x * mean_y)
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    likeness = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    likeness = likeness / ((mean_x.square() + mean_y.square() + c1) * (variances + c2))
    return likeness.mean(dim=(1, 2, 3)).view(truth.shape[:3]).mean(dim=2)


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


def _blur(frames: Tensor, line: Tensor) -> Tensor:
    """Return the weighted mean under each whole window, (N, 1, H', W')."""
    return F.conv2d(F.conv2d(frames, line.view(1, 1, -1, 1)), line.view(1, 1, 1, -1))


def _check(prediction: Tensor, truth: Tensor) -> None:
    """Refuse pairs that broadcasting would silently accept."""
    if prediction.shape != truth.shape or truth.dim() != 5:
        shapes = f"{tuple(prediction.shape)} and {tuple(truth.shape)}"
        raise DataError(f"prediction and truth must both be (B, T, C, H, W), got {shapes}")
    if not math.prod(truth.shape):
        raise DataError(f"prediction and truth are empty, shape {tuple(truth.shape)}; give at least one frame")
