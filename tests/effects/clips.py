"""Small pictures and clips that tests of effects share, made of nothing but numbers."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from frameloom.effects.pictures.base import ClipContext
from frameloom.media.image import resize, sample
from frameloom.media.planes import Depth, Planes, dtype_of

RATE = Fraction(25)


def texture(width: int, height: int, seed: int = 0, cell: int = 6) -> NDArray[np.uint8]:
    """Soft blobs with corners that can be followed."""
    raw = np.random.default_rng(seed).integers(30, 225, (height // cell + 3, width // cell + 3)).astype(np.uint8)
    return resize(raw, raw.shape[1] * cell, raw.shape[0] * cell, "cubic")[:height, :width]


def picture(width: int = 64, height: int = 48, depth: Depth = 8, seed: int = 0, alpha: bool = False) -> Planes:
    """A coloured picture, all samples legal."""
    gain = 1 << (depth - 8)
    kind = dtype_of(depth)
    y = np.clip(texture(width, height, seed), 16, 235).astype(kind) * kind(gain)
    u, v = (np.clip(texture(width // 2, height // 2, seed + n), 60, 200).astype(kind) * kind(gain) for n in (1, 2))
    matte = None
    if alpha:
        most = 255 if depth == 8 else 1023
        matte = np.ascontiguousarray(np.broadcast_to(np.linspace(0, most, width).astype(kind), (height, width)))
    return Planes(y, u, v, matte)


def grey(level: int, width: int = 64, height: int = 48, depth: Depth = 8, u: int = 128, v: int = 128) -> Planes:
    """A picture of one colour, samples given in 8 bits."""
    gain, kind = 1 << (depth - 8), dtype_of(depth)
    half = (height // 2, width // 2)
    return Planes(
        np.full((height, width), level * gain, kind), np.full(half, u * gain, kind), np.full(half, v * gain, kind)
    )


def context(pictures: list[Planes], seed: int = 0, rate: Fraction = RATE) -> ClipContext:
    """A clip of these pictures."""

    def read() -> Iterator[tuple[Planes, Fraction]]:
        return ((one, index / rate) for index, one in enumerate(pictures))

    first = pictures[0]
    duration = len(pictures) / rate
    return ClipContext(first.width, first.height, rate, duration, depth=first.depth, seed=seed, read=read)


def moved(source: NDArray[np.uint8], x: float, y: float, width: int, height: int) -> NDArray[np.uint8]:
    """A window into a large picture, at fractions of px."""
    columns, rows = np.meshgrid(
        np.arange(width, dtype=np.float32) + np.float32(x), np.arange(height, dtype=np.float32) + np.float32(y)
    )
    return sample(source, columns, rows)
