"""Textures whose motion is known: what is shown at any time is a window on one large picture."""

import numpy as np
from numpy.typing import NDArray

from frameloom.media import image
from frameloom.media.planes import Depth, Planes

MARGIN = 64


def texture(width: int, height: int, seed: int = 0, lump_px: int = 8) -> NDArray[np.uint8]:
    """Return a smooth random picture with a margin all around."""
    size = width + 2 * MARGIN, height + 2 * MARGIN
    lumps = np.random.default_rng(seed).integers(30, 220, (size[1] // lump_px, size[0] // lump_px)).astype(np.uint8)
    return np.asarray(image.resize(lumps, *size, "cubic"), np.uint8)


def window(large: NDArray[np.uint8], x: float, y: float, depth: Depth = 8) -> Planes:
    """Return what is seen when the texture has moved by (x, y) px, which are halves of whole numbers at most."""
    height, width = large.shape[0] - 2 * MARGIN, large.shape[1] - 2 * MARGIN
    matrix = np.array([[1.0, 0, MARGIN - x], [0, 1, MARGIN - y]])
    half = np.ascontiguousarray(large[: large.shape[0] // 2, : large.shape[1] // 2])
    moved = image.place_planes(Planes(large, half, 255 - half), matrix, width, height)
    planes = (moved.y, moved.u, moved.v)
    if depth == 8:
        return Planes(*planes)
    return Planes(*(plane.astype(np.uint16) * 4 for plane in planes))


def apart(a: NDArray[np.generic], b: NDArray[np.generic], edge: int = 16) -> float:
    """Return the mean difference of two planes, but for an edge."""
    one, other = (plane[edge:-edge, edge:-edge].astype(np.float64) for plane in (a, b))
    return float(np.abs(one - other).mean())
