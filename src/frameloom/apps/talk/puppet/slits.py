"""Slits in a face, between lips or lids: the lines along them, and the dark line that is seen where they are shut."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.talk.puppet.anatomy import Eye, Frame, Points
from frameloom.media.image import Rgb, blur

Color = NDArray[np.float32]
"""(3,) or (..., 3): R, G and B from 0 to 255."""


@dataclass(frozen=True, eq=False)
class Layer:
    """What is laid over a part of the upright head."""

    left: int
    top: int
    color: Color
    """(h, w, 3)"""
    cover: NDArray[np.float32]
    """(h, w), from 0 to 1."""


@dataclass(frozen=True, eq=False)
class Lashes:
    """The line of a shut eye, in the colour of its upper lid's edge."""

    eye: Eye
    color: Color
    """(3,)"""

    def drawn(self, moved: Points, frame: Frame) -> Layer | None:
        """Return the line of an eye whose lids have moved; None if it is not shut."""
        upper, lower = moved[list(self.eye.upper)], moved[list(self.eye.lower)]
        if upper[0, 0] > upper[-1, 0]:
            upper, lower = upper[::-1], lower[::-1]
        margin = max(0.04 * frame.unit, 3)
        both = np.concatenate([upper, lower])
        left, top = np.floor(both.min(axis=0) - margin).astype(int)
        right, bottom = np.ceil(both.max(axis=0) + margin).astype(int)
        x, y = np.arange(left, right), np.arange(top, bottom)[:, None]
        over, under = height_of(upper, x), height_of(lower, x)
        line = shut_line(x, y, over, under, (upper[0, 0], upper[-1, 0]), frame.unit)
        if not line.any():
            return None
        return Layer(int(left), int(top), np.broadcast_to(self.color, (*line.shape, 3)), 0.75 * line)


def lashes_of(rgb: Rgb, vertices: Points, frame: Frame, eye: Eye) -> Lashes:
    """Return the line of an eye of a portrait."""
    soft = blur(rgb, max(0.006 * frame.unit, 0.3))
    places = np.clip(np.rint(curve(vertices[list(eye.upper[1:-1])])).astype(int), 0, np.array(rgb.shape[1::-1]) - 1)
    edge = soft[places[:, 1], places[:, 0]].astype(np.float64)
    dark = edge[np.argsort(edge.sum(axis=1))[: max(len(edge) // 4, 1)]].mean(axis=0)
    return Lashes(eye, (0.8 * dark).astype(np.float32))


def shut_line(
    x: NDArray[Any], y: NDArray[Any], over: NDArray[Any], under: NDArray[Any], ends: tuple[float, float], unit: float
) -> NDArray[np.float32]:
    """Return a soft line where two edges touch, (h, w) from 0 to 1; it fades where they part and at its ends.

    Args:
        x: columns, (w,).
        y: rows, (h, 1).
        over: how far down the upper edge lies at the columns, in px.
        under: the same of the lower edge.
        ends: columns of the corners.
        unit: of the face, in px.
    """
    span = (x - ends[0]) / (ends[1] - ends[0])
    fade = step(np.minimum(span + 0.03, 1.03 - span) / 0.12)
    touching = np.clip(1.5 - (under - over) / (0.018 * unit), 0, 1) * fade
    line = touching * np.exp(-(((y - (over + under) / 2) / max(0.011 * unit, 0.75)) ** 2))
    soft: NDArray[np.float32] = line.astype(np.float32)
    return soft


def height_of(edge: Points, x: NDArray[Any]) -> NDArray[np.float64]:
    """Return how far down the edge of a lip, (11, 2), lies at columns, in px."""
    line = curve(edge)
    height: NDArray[np.float64] = np.interp(x, line[:, 0], line[:, 1])
    return height


def curve(points: Points, steps: int = 5) -> Points:
    """Return a smooth line through points, (N, 2): Catmull and Rom's."""
    around = np.concatenate([[2 * points[0] - points[1]], points, [2 * points[-1] - points[-2]]])
    t = (np.arange(steps) / steps)[:, None, None]
    a, b, c, d = around[:-3], around[1:-2], around[2:-1], around[3:]
    line = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.concatenate([line.transpose(1, 0, 2).reshape(-1, 2), points[-1:]])


def step(share: NDArray[np.float64] | NDArray[np.float32]) -> NDArray[np.float64]:
    """Return a smooth step from 0 at 0 to 1 at 1."""
    t = np.clip(share, 0, 1).astype(np.float64)
    smooth: NDArray[np.float64] = t * t * (3 - 2 * t)
    return smooth
