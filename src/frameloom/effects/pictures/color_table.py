"""Any change of colour as one table from YUV to YUV, so that its cost does not depend on what it computes.

    once, for each Y and 33 x 33 places of U and V:     (Y, U, V) -> R, G, B -> change -> R', G', B' -> (Y', U', V')
    for each pixel of a picture:                        one look-up, exact in Y, linear in U and V

Luma is looked up at its own size with chroma stretched to it; chroma with luma averaged over its four pixels. Outside
the RGB cube, where many values of Y, U and V lie, a change goes on straight: no change stays none, and grey stays grey.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameloom.media.image import look_up, resize, sample, stretch
from frameloom.media.planes import ColorName, Depth, Plane, Planes, dtype_of, rgb_to_yuv_matrix

Colors = NDArray[np.float32]
"""(N, 3): red, green, blue; 0 is black and 1 is white."""

_PLACES = 33
"""Places of U and of V; they lie 8 of 8 bits apart."""


@dataclass(frozen=True)
class ColorTable:
    """A change of colour for pictures of one depth."""

    depth: Depth
    luma: Plane
    """(levels / blocks * 33, blocks * 33): rows of V within each Y, columns of U; 10 bits have 2 blocks in a row."""
    chroma: Plane
    """The same for U' and V', (..., ..., 2)."""

    def apply(self, picture: Planes) -> Planes:
        """Return the picture through the table."""
        width, height = picture.width, picture.height
        half_width, half_height = width // 2, height // 2
        gain = np.float32(1 / (8 << (self.depth - 8)))
        levels = np.arange(1 << self.depth)
        place = levels.astype(np.float32) * gain
        blocks = self.luma.shape[1] // _PLACES
        row_of = (levels // blocks * _PLACES).astype(np.float32)
        column_of = (levels % blocks * _PLACES).astype(np.float32)
        u, v = look_up(picture.u, place), look_up(picture.v, place)

        def corner(y: Plane, across: NDArray[np.float32], down: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
            column = across if blocks == 1 else across + look_up(y, column_of)
            return column, down + look_up(y, row_of)

        y = sample(self.luma, *corner(picture.y, stretch(u, width, height), stretch(v, width, height)))
        both = sample(self.chroma, *corner(resize(picture.y, half_width, half_height, "area"), u, v))
        return Planes(y, np.ascontiguousarray(both[..., 0]), np.ascontiguousarray(both[..., 1]), picture.alpha)


def bake(change: Callable[[Colors], Colors], depth: Depth, color: ColorName) -> ColorTable:
    """Return the table of a change of RGB.

    Args:
        change: of (N, 3), each in [0, 1], to (N, 3).
        depth: of the pictures that it will be used on.
        color: their colour space.
    """
    luma = np.arange(256, dtype=np.float32) / 255
    places = np.arange(_PLACES, dtype=np.float32) * 8 / 255
    y, v, u = np.meshgrid(luma, places, places, indexing="ij")
    yuv = np.stack([y, u, v], axis=-1).reshape(-1, 3)
    forward = rgb_to_yuv_matrix(color).astype(np.float32)
    rgb = (yuv - forward[:, 3]) @ np.linalg.inv(forward[:, :3]).T
    inside = np.clip(rgb, 0, 1)
    at_rim = change(inside)
    # What is further out than the cube allows goes on as straight as from half as far within to the rim.
    result = at_rim + 2 * (at_rim - change(np.clip(inside - (rgb - inside) / 2, 0, 1)))
    changed = yuv + (result - rgb) @ forward[:, :3].T
    grid = (changed.reshape(256, _PLACES, _PLACES, 3) * 255).astype(np.float32)
    if depth == 8:
        return _table(grid, 8, 1)
    between: NDArray[np.float32] = np.stack(
        [grid + (np.roll(grid, -1, axis=0) - grid) * np.float32(part / 4) for part in range(4)], axis=1
    )
    between[-1] = grid[-1] + np.arange(4, dtype=np.float32)[:, None, None, None] / 4  # 255.25 to 255.75 have slope 1
    return _table(between.reshape(1024, _PLACES, _PLACES, 3) * 4, 10, 2)


def _table(grid: NDArray[np.float32], depth: Depth, blocks: int) -> ColorTable:
    """Return the table of (levels, 33, 33, 3) in a form that OpenCV can look up: it takes no more than 32767 rows."""
    whole = np.clip(np.rint(grid), 0, (1 << depth) - 1).astype(dtype_of(depth))
    rows = len(whole) // blocks * _PLACES
    flat = whole.reshape(-1, blocks, _PLACES, _PLACES, 3).transpose(0, 2, 1, 3, 4).reshape(rows, blocks * _PLACES, 3)
    return ColorTable(depth, np.ascontiguousarray(flat[..., 0]), np.ascontiguousarray(flat[..., 1:]))
