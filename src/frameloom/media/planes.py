"""The picture that editing works on: YUV 4:2:0 planes, as decoders give and encoders take them.

    y (H, W)          u, v (H/2, W/2)          alpha (H, W) or None

Samples are uint8, or uint16 that hold 10 bits; limited range (black 16, white 235 of 8 bits); sides are even.
Alpha is straight (not multiplied in), 0 to 255 or 0 to 1023, all of it used. Planes are never written in place: they
may be views of what a decoder still needs.

Source of the matrices: ITU-T H.273 (07/2024), table 4 and equations 38 to 40.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8] | NDArray[np.uint16]
"""One plane, (H, W)."""

Rgb = NDArray[np.uint8]
"""Picture, (H, W, 3), or with straight alpha (H, W, 4)."""

Depth = Literal[8, 10]
"""Bits of a sample."""

ColorName = Literal["bt601", "bt709", "bt2020", "hlg", "pq"]
"""A colour space by name: matrix, primaries and transfer; hlg and pq are BT.2020 with a high dynamic range."""

LUMA_WEIGHTS: dict[ColorName, tuple[float, float]] = {
    "bt601": (0.299, 0.114),
    "bt709": (0.2126, 0.0722),
    "bt2020": (0.2627, 0.0593),
    "hlg": (0.2627, 0.0593),
    "pq": (0.2627, 0.0593),
}
"""Share of red and of blue in luma."""


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """One picture; see the head of this page."""

    y: Plane
    u: Plane
    v: Plane
    alpha: Plane | None = None
    decoded: Any = None
    """The decoder's own frame, where these planes are views of all of it: an encoder takes it without a copy."""

    @property
    def width(self) -> int:
        """Return the width of luma in px."""
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        """Return the height of luma in px."""
        return int(self.y.shape[0])

    @property
    def depth(self) -> Depth:
        """Return the bits of a sample."""
        return 8 if self.y.dtype == np.uint8 else 10

    @property
    def opaque(self) -> "Planes":
        """Return the picture without alpha."""
        return self if self.alpha is None else Planes(self.y, self.u, self.v)


def dtype_of(depth: Depth) -> type[np.uint8] | type[np.uint16]:
    """Return the type that holds samples of this depth."""
    return np.uint8 if depth == 8 else np.uint16


def rgb_to_yuv_matrix(color: ColorName) -> NDArray[np.float64]:
    """Return the 3x4 matrix from R, G, B and 1, each in [0, 1], to Y, U, V in limited range, as shares of 255.

    >>> (rgb_to_yuv_matrix("bt709") @ [1, 1, 1, 1] * 255).round(6).tolist()
    [235.0, 128.0, 128.0]
    """
    red, blue = LUMA_WEIGHTS[color]
    luma = np.array([red, 1 - red - blue, blue])
    rows = np.stack(
        [luma, (np.array([0, 0, 1]) - luma) / (2 * (1 - blue)), (np.array([1, 0, 0]) - luma) / (2 * (1 - red))]
    )
    return np.concatenate([rows * np.array([[219], [224], [224]]), [[16], [128], [128]]], axis=1) / 255


def yuv_of(rgb: tuple[int, int, int], depth: Depth = 8, color: ColorName = "bt709") -> tuple[int, int, int]:
    """Return Y, U and V of a colour given as 8-bit red, green and blue.

    >>> yuv_of((0, 0, 0)), yuv_of((255, 255, 255), depth=10)
    ((16, 128, 128), (940, 512, 512))
    """
    shares = rgb_to_yuv_matrix(color) @ [*(part / 255 for part in rgb), 1]
    y, u, v = (shares * 255 * (1 << (depth - 8)) + 0.5).astype(int)
    return int(y), int(u), int(v)


def plain(width: int, height: int, rgb: tuple[int, int, int], depth: Depth = 8, color: ColorName = "bt709") -> Planes:
    """Return a picture of one colour."""
    y, u, v = yuv_of(rgb, depth, color)
    half = (height // 2, width // 2)
    return Planes(full((height, width), y, depth), full(half, u, depth), full(half, v, depth))


def full(shape: tuple[int, int], value: int, depth: Depth) -> Plane:
    """Return a plane of one value."""
    return np.full(shape, value, np.uint8) if depth == 8 else np.full(shape, value, np.uint16)
