"""Fast operations on planes: the only place that touches OpenCV.

Each returns new arrays of the type it was given (uint8, or uint16 with 10 bits) and keeps to straight, readable steps.
"""

from typing import Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from frameloom.media.planes import ColorName, Depth, Plane, Planes, dtype_of, rgb_to_yuv_matrix

Rgb = NDArray[np.uint8]
"""Picture, (H, W, 3), or with straight alpha (H, W, 4)."""

Smoothing = Literal["nearest", "linear", "cubic", "area"]

_METHODS: dict[Smoothing, int] = {
    "nearest": cv2.INTER_NEAREST,
    "linear": cv2.INTER_LINEAR,
    "cubic": cv2.INTER_CUBIC,
    "area": cv2.INTER_AREA,
}


def mix(a: Plane, b: Plane, weight: float) -> Plane:
    """Return a where weight is 0, b where it is 1, and the sum in shares between."""
    return cast(Plane, cv2.addWeighted(a, 1 - weight, b, weight, 0))


def mix_by(a: Plane, b: Plane, weight: NDArray[np.float32]) -> Plane:
    """Return a where weight, (H, W) in [0, 1], is 0 and b where it is 1."""
    return cast(Plane, cv2.blendLinear(a, b, 1 - weight, weight))


def resize(plane: NDArray[np.uint8] | NDArray[np.uint16], width: int, height: int, how: Smoothing | None = None) -> Plane:
    """Return a plane in another size; without a method, areas are averaged when it shrinks, else cubic."""
    if plane.shape[:2] == (height, width):
        return plane
    chosen: Smoothing = how or ("area" if width <= plane.shape[1] and height <= plane.shape[0] else "cubic")
    return cast(Plane, cv2.resize(plane, (width, height), interpolation=_METHODS[chosen]))


def resize_planes(picture: Planes, width: int, height: int, how: Smoothing | None = None) -> Planes:
    """Return a picture in another size, both sides even."""
    half = (width // 2, height // 2)
    alpha = None if picture.alpha is None else resize(picture.alpha, width, height, how)
    u, v = resize(picture.u, *half, how), resize(picture.v, *half, how)
    return Planes(resize(picture.y, width, height, how), u, v, alpha)


def to_rgb(picture: Planes, color: ColorName = "bt709") -> Rgb:
    """Return RGB of 8 bits, (H, W, 3); alpha is left out."""
    y, u, v = picture.y, picture.u, picture.v
    if picture.depth == 10:
        y, u, v = (cv2.convertScaleAbs(plane, alpha=0.25) for plane in (y, u, v))
    size = (picture.width, picture.height)
    packed = cv2.merge([y, cv2.resize(u, size), cv2.resize(v, size)])
    forward = rgb_to_yuv_matrix(color)
    back = np.linalg.inv(forward[:, :3])
    matrix = np.concatenate([back, -(back @ forward[:, 3:]) * 255], axis=1)
    return cast(Rgb, cv2.transform(packed, matrix))


def from_rgb(rgb: Rgb, depth: Depth = 8, color: ColorName = "bt709") -> Planes:
    """Return planes of RGB or RGBA of 8 bits whose sides are even; RGBA gives alpha."""
    forward = rgb_to_yuv_matrix(color)
    gain = 1 << (depth - 8)
    matrix = np.concatenate([forward[:, :3], forward[:, 3:] * 255], axis=1) * gain
    source = np.ascontiguousarray(rgb[..., :3])
    packed = cv2.transform(source if depth == 8 else source.astype(np.uint16), matrix)
    y, u, v = cv2.split(packed)
    half = (rgb.shape[1] // 2, rgb.shape[0] // 2)
    u, v = (cv2.resize(plane, half, interpolation=cv2.INTER_AREA) for plane in (u, v))
    if rgb.shape[2] == 3:
        return Planes(y, u, v)
    alpha = np.ascontiguousarray(rgb[..., 3])
    return Planes(y, u, v, alpha if depth == 8 else (alpha.astype(np.uint16) * 1023 // 255).astype(dtype_of(depth)))
