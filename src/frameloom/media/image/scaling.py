"""Pictures and fields in other sizes."""

from typing import Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from frameloom.media.image.mixing import within_depth
from frameloom.media.planes import Plane, Planes, Rgb

Smoothing = Literal["nearest", "linear", "cubic", "area", "lanczos"]

METHODS: dict[Smoothing, int] = {
    "nearest": cv2.INTER_NEAREST,
    "linear": cv2.INTER_LINEAR,
    "cubic": cv2.INTER_CUBIC,
    "area": cv2.INTER_AREA,
    "lanczos": cv2.INTER_LANCZOS4,
}


def resize(
    plane: NDArray[np.uint8] | NDArray[np.uint16], width: int, height: int, how: Smoothing | None = None
) -> Plane:
    """Return a plane in another size; without a method, areas are averaged when it shrinks, else cubic."""
    if plane.shape[:2] == (height, width):
        return plane
    chosen: Smoothing = how or ("area" if width <= plane.shape[1] and height <= plane.shape[0] else "cubic")
    return within_depth(cast(Plane, cv2.resize(plane, (width, height), interpolation=METHODS[chosen])))


def resize_planes(picture: Planes, width: int, height: int, how: Smoothing | None = None) -> Planes:
    """Return a picture in another size, both sides even; in its own, the very same object."""
    if (picture.width, picture.height) == (width, height):
        return picture
    half = (width // 2, height // 2)
    alpha = None if picture.alpha is None else resize(picture.alpha, width, height, how)
    u, v = resize(picture.u, *half, how), resize(picture.v, *half, how)
    return Planes(resize(picture.y, width, height, how), u, v, alpha)


def resize_rgb(rgb: Rgb, width: int, height: int) -> Rgb:
    """Return RGB in another size, each pixel the mean of what it covers."""
    return cast(Rgb, cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA))


def stretch(field: NDArray[np.float32], width: int, height: int, how: Smoothing = "linear") -> NDArray[np.float32]:
    """Return a float field, (h, w), in another size."""
    return cast(NDArray[np.float32], cv2.resize(field, (width, height), interpolation=METHODS[how]))
