"""Arithmetic on samples: pictures mixed in shares, tables looked up, sums that end at the limits of their depth."""

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from frameloom.media.planes import Depth, Plane, Planes


def mix(a: Plane, b: Plane, weight: float) -> Plane:
    """Return a where weight is 0, b where it is 1, and the sum in shares between."""
    return cast(Plane, cv2.addWeighted(a, 1 - weight, b, weight, 0))


def mix_by(a: Plane, b: Plane, weight: NDArray[np.float32]) -> Plane:
    """Return a where weight, (H, W) in [0, 1], is 0 and b where it is 1."""
    if a.dtype == np.uint8:
        return cast(Plane, cv2.blendLinear(a, b, 1 - weight, weight))
    change = cv2.multiply(cv2.subtract(b, a, dtype=cv2.CV_32F), weight)  # blendLinear knows 8 bits and floats only
    return cast(Plane, cv2.add(a, change, dtype=cv2.CV_16U))


def mix_planes_by(a: Planes, b: Planes, weight: NDArray[np.float32]) -> Planes:
    """Return picture a where weight, (H, W) in [0, 1], is 0 and b where it is 1; alpha stays that of a."""
    half = cast(NDArray[np.float32], cv2.resize(weight, (a.u.shape[1], a.u.shape[0]), interpolation=cv2.INTER_AREA))
    return Planes(mix_by(a.y, b.y, weight), mix_by(a.u, b.u, half), mix_by(a.v, b.v, half), a.alpha)


def within_depth(plane: Plane) -> Plane:
    """Return a plane whose 10-bit samples end at 1023: OpenCV's own limit is that of 16 bits."""
    return plane if plane.dtype == np.uint8 else np.minimum(plane, np.uint16(1023))


def look_up(plane: Plane, table: NDArray[Any]) -> NDArray[Any]:
    """Return table[sample] for each sample; a table has 256 entries for 8 bits and 1024 for 10, of any type."""
    if plane.dtype == np.uint8:
        return cast(NDArray[Any], cv2.LUT(plane, table))
    return np.take(table, plane, mode="clip")


def add_scaled(a: NDArray[Any], b: NDArray[Any], a_share: float, b_share: float, rest: float = 0.0) -> Plane:
    """Return a times its share plus b times its share plus the rest, of the type of a, cut off at its limits."""
    kind = cv2.CV_8U if a.dtype == np.uint8 else cv2.CV_16U
    return within_depth(cast(Plane, cv2.addWeighted(a, a_share, b, b_share, rest, dtype=kind)))


def scaled(plane: Plane, factor: NDArray[np.float32], pivot: float = 0.0) -> Plane:
    """Return pivot + (sample - pivot) * factor, with a factor for each place, (H, W)."""
    kind = cv2.CV_8U if plane.dtype == np.uint8 else cv2.CV_16U
    if not pivot:
        return within_depth(cast(Plane, cv2.multiply(plane, factor, dtype=kind)))
    product = cv2.multiply(plane, factor, dtype=cv2.CV_32F)
    return within_depth(cast(Plane, cv2.addWeighted(product, 1, factor, -pivot, pivot, dtype=kind)))


def samples(field: NDArray[np.float32], levels: int, depth: Depth) -> Plane:
    """Return a float field, (H, W), times so many levels, as samples of a depth, rounded and cut off at its limits."""
    kind = cv2.CV_8U if depth == 8 else cv2.CV_16U
    return within_depth(cast(Plane, cv2.addWeighted(field, levels, field, 0, 0, dtype=kind)))


def difference(a: Plane, b: Plane) -> Plane:
    """Return by how much samples differ."""
    return cast(Plane, cv2.absdiff(a, b))
