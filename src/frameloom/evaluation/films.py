"""Predicted clips as films for a page: futures side by side, errors as colour, the way of the hand as dots."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from frameloom.evaluation.futures import Futures
from frameloom.media.pages.page import Clip

Pixels = NDArray[np.uint8]

_TOO_BRIGHT = torch.tensor([1.0, 0.55, 0.1])
_TOO_DARK = torch.tensor([0.2, 0.6, 1.0])
_TRUE_HAND = torch.tensor([0.1, 0.9, 0.3])
_OUR_HAND = torch.tensor([1.0, 0.2, 0.9])


def pixels(video: Tensor) -> Pixels:
    """Return video (..., C, H, W) in [0, 1] as uint8 (..., H, W, C)."""
    whole = video.clamp(0, 1).mul(255).round().to(torch.uint8)
    return np.ascontiguousarray(whole.movedim(-3, -1).numpy())


def film(past: Tensor, future: Tensor, predicted: bool = True) -> Clip:
    """Return past and future (T, C, H, W) in [0, 1] as one clip."""
    return Clip(pixels(torch.cat([past, future])), predicted=predicted)


def error(prediction: Tensor, truth: Tensor) -> Tensor:
    """Return signed error as colour, (T, 3, H, W), of videos (T, C, H, W): orange too bright, blue too dark."""
    off = (prediction - truth).mean(dim=1, keepdim=True)
    return off.clamp_min(0) * _TOO_BRIGHT.view(3, 1, 1) + (-off).clamp_min(0) * _TOO_DARK.view(3, 1, 1)


def futures_row(past: Tensor, truth: Tensor, futures: Futures, index: int) -> list[Clip]:
    """Return one clip as truth, best, worst and mean future, and the random ones."""
    drawn = [futures.best, futures.worst, futures.mean, *futures.random]
    return [film(past, truth, predicted=False), *(film(past, each[index]) for each in drawn)]


def futures_headings(futures: Futures) -> list[str]:
    """Return what stands over such a row."""
    return [
        "truth",
        "best",
        "worst",
        "mean of draws",
        *(f"draw {number}" for number in range(1, 1 + len(futures.random))),
    ]


def hand_film(past: Tensor, truth: Tensor, true: Tensor, ours: Tensor) -> Clip:
    """Return the truth (T, C, H, W) with the hand's true way, (1 + T, 2) px, and the predicted one, (T, 2), on it."""
    frames = torch.cat([past, truth]).expand(-1, 3, -1, -1).clone() * 0.6
    ways = ((true, _TRUE_HAND), (torch.cat([true[:1], ours]), _OUR_HAND))
    for frame in range(len(truth)):
        for way, colour in ways:
            for row, column in way[: frame + 2].round().long().tolist():
                if 0 <= row < frames.shape[2] and 0 <= column < frames.shape[3]:
                    frames[len(past) + frame, :, row, column] = colour
    return Clip(pixels(frames), predicted=True)
