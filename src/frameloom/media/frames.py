"""What reading and writing video share: a frame with its time, what a file says of itself, and bounds.

Pixels are numpy uint8, RGB, (H, W, 3); times and rates are exact fractions of a second.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import MediaError

Pixels = NDArray[np.uint8]

MAX_SIDE_PX = 16_000
"""Longest side of a frame that is read or written; H.264 and WebP end a little above."""

MAX_FRAME_PX = 64_000_000
"""Most pixels of one frame: 8K video has 33 million."""

MAX_CLIP_BYTES = 2 * 1024**3
"""Most memory that one clip may take when it is read whole."""

IMAGE_RATE = Fraction(25)
"""Frames per second of pictures in a folder, which say none; what ffmpeg assumes too."""


@dataclass(frozen=True)
class Frame:
    """One picture, (H, W, 3), and when it is shown, in seconds from the first."""

    pixels: Pixels
    time: Fraction


@dataclass(frozen=True)
class VideoInfo:
    """What a video says of itself; width and height in px as shown, after rotation."""

    width: int
    height: int
    rate: Fraction
    """Frames per second, on average."""
    frames: int
    duration: Fraction
    """Seconds."""


@dataclass(frozen=True)
class Written:
    """What was written, and what a person should be told of it."""

    path: Path
    frames: int
    width: int
    height: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """A named part of a file, in seconds on its clock."""

    start: Fraction
    stop: Fraction
    title: str = ""


def check_size(path: Path, width: int, height: int) -> None:
    """Refuse frames too large to hold.

    Raises:
        MediaError: a side or the area is out of bounds.
    """
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_FRAME_PX:
        raise MediaError(
            f"{path}: frames of {width}x{height} px are too large; "
            f"at most {MAX_SIDE_PX} px a side and {MAX_FRAME_PX // 1_000_000} million in all: give smaller ones"
        )


def check_rate(path: Path, rate: Fraction | int) -> Fraction:
    """Return frames per second as a fraction that every container can hold.

    Raises:
        MediaError: not positive, or not a fraction of small numbers.
    """
    exact = Fraction(rate)
    if exact <= 0 or max(exact.numerator, exact.denominator) > 1_000_000:
        raise MediaError(f"{path}: a rate of {rate} cannot be written; give an int or Fraction such as 30000/1001")
    return exact


def as_rgb(path: Path, frames: Iterable[NDArray[np.uint8]], scale: int = 1) -> Iterator[Pixels]:
    """Yield frames, (H, W), (H, W, 1) or (H, W, 3), as (H, W, 3), each pixel drawn scale times as wide and high.

    Raises:
        MediaError: a frame has another type or form than uint8 pixels, or another size than the first.
    """
    size: tuple[int, int] | None = None
    for index, frame in enumerate(frames):
        pixels = frame[..., None] if frame.ndim == 2 else frame
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in (1, 3) or 0 in pixels.shape:
            raise MediaError(
                f"{path}: frame {index} is {frame.dtype} {tuple(frame.shape)}; give uint8 (H, W, 3) or (H, W, 1)"
            )
        if size is None:
            size = pixels.shape[:2]
            check_size(path, size[1] * scale, size[0] * scale)
        if pixels.shape[:2] != size:
            given = f"{pixels.shape[1]}x{pixels.shape[0]}"
            raise MediaError(
                f"{path}: frame {index} is {given} px but the first is {size[1]}x{size[0]}; give frames of one size"
            )
        large = pixels.repeat(scale, axis=0).repeat(scale, axis=1) if scale > 1 else pixels
        yield np.ascontiguousarray(np.broadcast_to(large, (*large.shape[:2], 3)))


def duration_in_ticks(index: int, rate: Fraction, ticks_per_s: int) -> int:
    """Return how long a frame lasts in whole ticks, so that errors never add up.

    >>> [duration_in_ticks(index, Fraction(30), 100) for index in range(3)]
    [3, 4, 3]
    """
    return tick(index + 1, rate, ticks_per_s) - tick(index, rate, ticks_per_s)


def tick(index: int, rate: Fraction, ticks_per_s: int) -> int:
    """Return when a frame begins, in ticks.

    >>> tick(3, Fraction(30), 100)
    10
    """
    return int(index * ticks_per_s / rate + Fraction(1, 2))
