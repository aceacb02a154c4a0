"""Outlines out of points, and the turn of a head that moves what is near more than what is far.

points --smooth--> closed outline        points --line--> open outline        Turned.at(x, y, z) -> (x, y)
"""

import math
from collections.abc import Sequence

from frameloom.media.canvas import Outline

Point = tuple[float, float]


def smooth(points: Sequence[Point], tension: float = 1.0) -> Outline:
    """Return a closed outline that passes through points.

    Source: Catmull & Rom, "A class of local interpolating splines" (1974), as cubic curves.
    """
    count = len(points)
    out: list[float] = [*points[0]]
    k = tension / 6
    for i in range(count):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = (points[(i + step) % count] for step in (-1, 0, 1, 2))
        out += (x1 + (x2 - x0) * k, y1 + (y2 - y0) * k, x2 - (x3 - x1) * k, y2 - (y3 - y1) * k, x2, y2)
    return tuple(out)


def line(points: Sequence[Point], tension: float = 1.0) -> Outline:
    """Return an open outline that passes smoothly through points."""
    out: list[float] = [*points[0]]
    k = tension / 6
    last = len(points) - 1
    for i in range(last):
        (x1, y1), (x2, y2) = points[i], points[i + 1]
        x0, y0 = points[max(i - 1, 0)]
        x3, y3 = points[min(i + 2, last)]
        out += (x1 + (x2 - x0) * k, y1 + (y2 - y0) * k, x2 - (x3 - x1) * k, y2 - (y3 - y1) * k, x2, y2)
    return tuple(out)


def polygon(points: Sequence[Point]) -> Outline:
    """Return a closed outline of straight lines."""
    return line([*points, points[0]], tension=0.0)


def joined(*outlines: Outline) -> Outline:
    """Return open outlines one after the other, with straight lines between them, as one."""
    out = list(outlines[0])
    for outline in outlines[1:]:
        x0, y0, x1, y1 = out[-2], out[-1], outline[0], outline[1]
        out += (x0, y0, x1, y1, x1, y1, *outline[2:])
    return tuple(out)


_ROUND = 0.5522847498
"""Length of the handles by which four cubic curves make a circle."""


def ellipse(x: float, y: float, rx: float, ry: float, angle: float = 0.0) -> Outline:
    """Return an ellipse, turned clockwise by an angle."""
    c, s = math.cos(angle), math.sin(angle)
    k = _ROUND
    unit = (1, 0, 1, k, k, 1, 0, 1, -k, 1, -1, k, -1, 0, -1, -k, -k, -1, 0, -1, k, -1, 1, -k, 1, 0)
    out: list[float] = []
    for at in range(0, len(unit), 2):
        px, py = unit[at] * rx, unit[at + 1] * ry
        out += (x + px * c - py * s, y + px * s + py * c)
    return tuple(out)


def box(left: float, top: float, right: float, bottom: float, radius: float = 0.0) -> Outline:
    """Return a rectangle, with round corners if asked for."""
    r = min(radius, (right - left) / 2, (bottom - top) / 2)
    k = r * (1 - _ROUND)
    return joined(
        (left + r, top, left + r, top, right - r, top, right - r, top),
        (right - r, top, right - k, top, right, top + k, right, top + r),
        (right, bottom - r, right, bottom - k, right - k, bottom, right - r, bottom),
        (left + r, bottom, left + k, bottom, left, bottom - k, left, bottom - r),
        (left, top + r, left, top + k, left + k, top, left + r, top),
    )


def limb(points: Sequence[tuple[float, float, float]]) -> Outline:
    """Return the outline about a line of (x, y, radius): an arm, a lock, a stroke of a brush."""
    left: list[Point] = []
    right: list[Point] = []
    last = len(points) - 1
    for i, (x, y, radius) in enumerate(points):
        (ax, ay, _), (bx, by, _) = points[max(i - 1, 0)], points[min(i + 1, last)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        nx, ny = -(by - ay) / length * radius, (bx - ax) / length * radius
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    (x0, y0, r0), (x1, y1, _) = points[0], points[1]
    (xe, ye, re), (xd, yd, _) = points[-1], points[-2]
    start, end = math.hypot(x0 - x1, y0 - y1) or 1.0, math.hypot(xe - xd, ye - yd) or 1.0
    head = (x0 + (x0 - x1) / start * r0, y0 + (y0 - y1) / start * r0)
    tail = (xe + (xe - xd) / end * re, ye + (ye - yd) / end * re)
    return smooth([head, *left, tail, *reversed(right)])


def brush(points: Sequence[Point], radii: Sequence[float]) -> Outline:
    """Return the outline of a stroke along points, with a radius for each."""
    return limb([(x, y, radius) for (x, y), radius in zip(points, radii, strict=True)])


class Turned:
    """A place in space about the middle of a head, turned and put into the picture.

    A head is an ellipsoid of half-width `rx`, half-height `ry`; z comes towards the viewer.
    """

    def __init__(
        self, x: float, y: float, yaw: float, pitch: float, roll: float, rx: float = 95.0, ry: float = 120.0
    ) -> None:
        self.x, self.y, self.rx, self.ry, self.roll = x, y, rx, ry, roll
        self.yaw, self.pitch = yaw, pitch
        self.cos_yaw, self.sin_yaw = math.cos(yaw), math.sin(yaw)
        self.cos_pitch, self.sin_pitch = math.cos(pitch), math.sin(pitch)
        self.cos_roll, self.sin_roll = math.cos(roll), math.sin(roll)

    def at(self, x: float, y: float, z: float) -> Point:
        """Return where a place at a depth of its own comes to lie."""
        turned = x * self.cos_yaw + z * self.sin_yaw
        bent = y * self.cos_pitch + z * self.sin_pitch
        return (
            self.x + turned * self.cos_roll - bent * self.sin_roll,
            self.y + turned * self.sin_roll + bent * self.cos_roll,
        )

    def on(self, x: float, y: float, lift: float = 0.0) -> Point:
        """Return where a place on the face comes to lie, `lift` before the skin."""
        depth = 1 - (x / self.rx) ** 2 - (y / self.ry) ** 2
        return self.at(x, y, (math.sqrt(depth) if depth > 0 else 0.0) * self.rx * 0.8 + lift)

    def width_at(self, x: float) -> float:
        """Return how wide a thing looks at a place across the face: 1 where it faces the viewer."""
        share = max(-1.0, min(1.0, x / self.rx * 0.8))
        return max(math.cos(math.asin(share) + self.yaw) / math.cos(math.asin(share)), 0.45)
