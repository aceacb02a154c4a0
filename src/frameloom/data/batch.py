"""The one crossing between stored pixels and model input: uint8 [0, 255] <-> float32 [-1, 1].

    uint8 --crop--> uint8 --to float, resize, normalise--> float32

Every source takes its batches through here, so that a model meets the same range whatever the data.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from frameloom.core.errors import DataError

Batch = Mapping[str, Tensor]
"""What a data source yields; models/base.py tells the names."""


def share_of(index: int, size: int, share: tuple[int, int]) -> range:
    """Return the clip numbers of batch `index` that fall to process share[0] of share[1].

    >>> share_of(2, 8, (1, 2))
    range(20, 24)

    Raises:
        DataError: a process would get none.
    """
    rank, processes = share
    if size < processes:
        raise DataError(f"a batch of {size} cannot be shared by {processes} processes; raise training.batch")
    return range(index * size + size * rank // processes, index * size + size * (rank + 1) // processes)


def to_float(video: Tensor) -> Tensor:
    """Return uint8 pixels as float32 in [-1, 1]: 0 becomes -1 and 255 becomes 1.

    >>> to_float(torch.tensor([0, 255], dtype=torch.uint8)).tolist()
    [-1.0, 1.0]

    Raises:
        DataError: the pixels are not uint8.
    """
    _require_uint8(video)
    return video.to(torch.float32).div_(127.5).sub_(1)


def to_uint8(video: Tensor) -> Tensor:
    """Return pixels in [-1, 1] as the nearest uint8; what lies outside is clipped.

    >>> to_uint8(torch.tensor([-1.0, 0.0, 1.7])).tolist()
    [0, 128, 255]

    Raises:
        DataError: the pixels are not floating point, or not finite.
    """
    if not video.is_floating_point():
        raise DataError(f"pixels are {_kind(video)}; to_uint8 takes floating point in [-1, 1]")
    if not bool(torch.isfinite(video).all()):
        raise DataError("pixels are not all finite; the model that made them has diverged")
    return video.float().add(1).mul_(127.5).round_().clamp_(0, 255).to(torch.uint8)


@dataclass(frozen=True)
class Preprocess:
    """Crop from the centre, resize, then (x - mean) / deviation with x in [0, 1]."""

    crop: int | None = None
    resize: int | None = None
    mean: float = 0.5
    deviation: float = 0.5

    def corner(self, height: int, width: int) -> tuple[int, int]:
        """Return row and column where the crop begins in a frame of this size.

        Raises:
            DataError: the frame is smaller than the crop.
        """
        if self.crop is None:
            return 0, 0
        if self.crop > min(height, width):
            raise DataError(f"crop {self.crop} is larger than the {width}x{height} frame; lower data.crop")
        return (height - self.crop) // 2, (width - self.crop) // 2

    def size(self, height: int, width: int) -> tuple[int, int]:
        """Return height and width after preprocessing."""
        if self.resize is not None:
            return self.resize, self.resize
        return (height, width) if self.crop is None else (self.crop, self.crop)

    def apply(self, video: Tensor) -> Tensor:
        """Return uint8 video, (B, T, C, H, W), ready for a model.

        Raises:
            DataError: the pixels are not uint8, or fewer than the crop takes.
        """
        _require_uint8(video)
        top, left = self.corner(*video.shape[-2:])
        if self.crop is not None:
            video = video[..., top : top + self.crop, left : left + self.crop]
        if self.resize is not None and tuple(video.shape[-2:]) != (self.resize, self.resize):
            return self._normalise(self._resized(video, self.resize))
        if (self.mean, self.deviation) == (0.5, 0.5):
            return to_float(video)
        return self._normalise(video.to(torch.float32).div_(255))

    @staticmethod
    def _resized(video: Tensor, size: int) -> Tensor:
        """Return square frames of this size, bilinear with antialiasing, in [0, 1]."""
        frames = video.flatten(0, 1).to(torch.float32).div_(255)  # (B*T, C, H, W)
        small = functional.interpolate(frames, (size, size), mode="bilinear", antialias=True)
        return small.clamp_(0, 1).view(*video.shape[:3], size, size)

    def _normalise(self, video: Tensor) -> Tensor:
        return video.sub_(self.mean).div_(self.deviation)


def _require_uint8(video: Tensor) -> None:
    if video.dtype != torch.uint8:
        raise DataError(f"pixels are {_kind(video)}; give uint8 in [0, 255]")


def _kind(video: Tensor) -> str:
    return str(video.dtype).removeprefix("torch.")
