"""How noisy a film is: what differs from picture to picture where it stands still.

    pairs of pictures all over the film --blocks--> spread of the difference --the stillest fifth--> noise of the pair
    noise of the pairs --median--> noise of the film

It is looked for before anything is done, so that every piece of a film is treated alike.
"""

from collections.abc import Generator
from contextlib import closing
from fractions import Fraction
from itertools import islice, pairwise
from typing import cast

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.enhance.config import MOST_NOISE
from frameloom.media.files.info import MediaInfo
from frameloom.media.files.source import read_pictures
from frameloom.media.planes import Planes

LEAST_NOISE = 0.5
"""Noise below this, of 255, is left alone."""
LARGEST_LEVEL = 0.08 * 255
"""Noise that networks are told as 1, as `data.degraded` has it."""

_SAMPLES = 24
"""Pictures all over a film from which its light and noise are told."""
_BLOCK_PX = 16


def level_of(noise: float) -> float:
    """Return noise, of 255, as networks are told it: from 0 to 1.

    >>> round(level_of(10.2), 3), level_of(30)
    (0.5, 1.0)
    """
    return min(noise / LARGEST_LEVEL, 1.0)


def noise_of(info: MediaInfo) -> float:
    """Return the standard deviation of a film's noise, of 255: what differs from picture to picture where it is still.

    Each pair of pictures is cut into blocks. The spread of the difference within a block is noise and motion; the
    stillest fifth of blocks that are neither black nor white tells the noise of the pair, and the median pair that of
    the film.
    """
    found = []
    for time in times_of(info):
        with closing(_pair(info, time)) as pair:
            for before, after in pairwise(pair):
                noise = noise_between(before, after)
                found += [] if noise is None else [noise]
    return min(float(np.median(found)), MOST_NOISE) if found else 0.0


def noise_between(before: Planes, after: Planes) -> float | None:
    """Return the standard deviation of noise of two pictures, of 255; None where nothing can tell."""
    unit = np.float32(1 << (after.depth - 8))
    height, width = (side // _BLOCK_PX * _BLOCK_PX for side in after.y.shape)
    if not height or not width:
        return None

    def blocks(values: NDArray[np.float32]) -> NDArray[np.float32]:
        cut = values[:height, :width].reshape(height // _BLOCK_PX, _BLOCK_PX, width // _BLOCK_PX, _BLOCK_PX)
        return cast(NDArray[np.float32], cut.swapaxes(1, 2).reshape(-1, _BLOCK_PX**2))

    now = after.y.astype(np.float32) / unit
    light = blocks(now).mean(axis=1)
    spread = blocks(now - before.y.astype(np.float32) / unit).std(axis=1) / np.float32(2**0.5)
    usable = spread[(light > 24) & (light < 226)]
    return float(np.percentile(usable, 20)) if len(usable) else None


def times_of(info: MediaInfo) -> list[Fraction]:
    """Return times all over a film, the same for every run."""
    moments = max(1, min(_SAMPLES, info.frames // 2))
    return [info.duration * (2 * index + 1) / (2 * moments) for index in range(moments)]


def _pair(info: MediaInfo, time: Fraction) -> Generator[Planes, None, None]:
    yield from (picture.planes for picture in islice(read_pictures(info.path, time), 2))
