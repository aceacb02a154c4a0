"""Blurs: Gaussian, boxes, lines, discs, and one that keeps edges."""

import math
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from frameloom.media.planes import Plane


def blur(plane: NDArray[Any], sigma: float) -> NDArray[Any]:
    """Return a plane or float field blurred by a Gaussian of this deviation in px; wide ones on a smaller copy."""
    if sigma <= 0:
        return plane
    factor = 1
    while sigma / factor > 5 and min(plane.shape[:2]) // (2 * factor) >= 4:
        factor *= 2
    if factor == 1:
        return cast(NDArray[Any], cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))
    height, width = plane.shape[:2]
    small = cv2.resize(plane, (-(-width // factor), -(-height // factor)), interpolation=cv2.INTER_AREA)
    # A mean over f px has the variance (f^2 - 1) / 12, and going back by straight lines (f^2 - 1) / 6.
    left = max(sigma**2 - (factor**2 - 1) / 4, 0.01) ** 0.5 / factor
    small = cv2.GaussianBlur(small, (0, 0), left, borderType=cv2.BORDER_REPLICATE)
    return cast(NDArray[Any], cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))


def blur_box(plane: Plane, radius: int) -> Plane:
    """Return the mean of the square of 2 * radius + 1 px about each sample."""
    side = 2 * radius + 1
    return cast(Plane, cv2.blur(plane, (side, side), borderType=cv2.BORDER_REPLICATE)) if radius else plane


def blur_rectangle(plane: Plane, width: int, height: int) -> Plane:
    """Return the mean of the rectangle of this size in px about each sample; the picture is mirrored at its border."""
    return cast(Plane, cv2.blur(plane, (width, height), borderType=cv2.BORDER_REFLECT_101))


def blur_disc(field: NDArray[np.float32], radius: float) -> NDArray[np.float32]:
    """Return the mean of the disc of this radius in px about each place, as a lens out of focus makes it."""
    reach = int(radius + 1)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    kernel = (disc / disc.sum()).astype(np.float32)
    return cast(NDArray[np.float32], cv2.filter2D(field, -1, kernel, borderType=cv2.BORDER_REFLECT))


def blur_along(plane: Plane, across: float, down: float) -> Plane:
    """Return the mean along a line of this many px about each sample, made by halves: each step doubles the line."""
    length = math.hypot(across, down)
    steps = max(math.ceil(math.log2(max(length, 1))), 0)
    margin = math.ceil(length / 2) + 2
    height, width = plane.shape
    result = cv2.copyMakeBorder(plane, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    for step in range(steps):
        share = 2 ** (step - steps)
        ahead = round(across * share / 2), round(down * share / 2)
        behind = ahead[0] - round(across * share), ahead[1] - round(down * share)
        result = cv2.addWeighted(_shifted(result, *ahead), 0.5, _shifted(result, *behind), 0.5, 0)
    return cast(Plane, np.ascontiguousarray(result[margin : margin + height, margin : margin + width]))


def _shifted(plane: NDArray[Any], across: int, down: int) -> NDArray[Any]:
    """Return a plane moved by whole px; what comes in at its border is its border again."""
    top, bottom, left, right = (max(part, 0) for part in (down, -down, across, -across))
    wide = cv2.copyMakeBorder(plane, top, bottom, left, right, cv2.BORDER_REPLICATE)
    return cast(NDArray[Any], wide[bottom : bottom + plane.shape[0], right : right + plane.shape[1]])


def smooth_keeping_edges(plane: Plane, spread: float, diameter: int = 5) -> Plane:
    """Return a plane through a bilateral filter, which leaves apart what differs by more than the spread (of 255)."""
    if plane.dtype == np.uint8:
        return cast(Plane, cv2.bilateralFilter(plane, diameter, spread, diameter / 2))
    floats = cv2.bilateralFilter(plane.astype(np.float32), diameter, spread * 4, diameter / 2)
    return cast(Plane, np.rint(floats).astype(np.uint16))
