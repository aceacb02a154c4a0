"""Where each pixel comes from: the face by its triangles, the head by smooth fields over the whole picture.

    pixel --head--> place in the upright head --face--> place in the portrait

The face's triangles are drawn with how far they have gone; the head's turns, nods, tilts and the breath of the
shoulders are small, so their fields are given where pixels end up, and what is behind the head is stretched: it gets
no holes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.talk.puppet.anatomy import NOSE_TIP, OVAL, Frame, Points
from frameloom.media.image import stretch

Field = NDArray[np.float32]
"""(H, W, 2): x and y in px."""

GRID = 8
"""Pixels of the picture to a step of the head's fields."""
STILL_PX = 0.01
"""Triangles whose corners go less far are left out."""
MOST_ROLL = 0.07
"""Tilt of the head for a roll of 1, in radians."""


@dataclass(frozen=True, eq=False)
class Patch:
    """A field over a part of the picture, with a sample each so many pixels."""

    left: int
    top: int
    step: int
    field: Field

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom of what it covers, in px; nothing if nothing moved."""
        height, width = self.field.shape[:2]
        if width <= 1 or height <= 1:
            return 0, 0, 0, 0
        return self.left, self.top, self.left + width * self.step, self.top + height * self.step

    def at(self, places: Field) -> Field:
        """Return places of the picture in the samples of the field."""
        offset = np.array([self.left, self.top], np.float32)
        moved: Field = (places - offset) / np.float32(self.step)
        return moved


def face_patch(before: Points, after: Points, triangles: NDArray[np.int64], size: tuple[int, int], step: int) -> Patch:
    """Return how far back to go to find what a place of the moved face shows, about all triangles that moved.

    Args:
        before: vertices, (N, 2) in px.
        after: the same, moved.
        triangles: (T, 3), numbers of vertices.
        size: width and height of the picture in px.
        step: pixels to a sample.
    """
    gone = before - after
    moved = np.abs(gone[triangles]).max(axis=(1, 2)) > STILL_PX
    chosen = triangles[moved]
    if not len(chosen):
        return Patch(0, 0, step, np.zeros((1, 1, 2), np.float32))
    corners = after[chosen]
    low = np.maximum(np.floor(corners.min(axis=(0, 1)) / step).astype(int) - 1, 0)
    high = np.minimum(np.ceil(corners.max(axis=(0, 1)) / step).astype(int) + 2, -(-np.array(size) // step))
    width, height = np.maximum(high - low, 1)
    field = np.zeros((int(height), int(width), 2), np.float32)
    draw_triangles(corners / step - low, gone[chosen], field)
    return Patch(int(low[0] * step), int(low[1] * step), step, field)


def draw_triangles(corners: NDArray[np.float64], values: NDArray[np.float64], onto: Field) -> None:
    """Draw triangles, (T, 3, 2), each filled with what lies between its corners' values, (T, 3, 2)."""
    height, width = onto.shape[:2]
    low = np.clip(np.ceil(corners.min(axis=1) - 0.01).astype(int), 0, (width, height))
    high = np.clip(np.floor(corners.max(axis=1) + 0.01).astype(int) + 1, 0, (width, height))
    sides = np.maximum(high - low, 0)
    counts = sides[:, 0] * sides[:, 1]
    which = np.repeat(np.arange(len(corners)), counts)
    within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    x = low[which, 0] + within % np.maximum(sides[which, 0], 1)
    y = low[which, 1] + within // np.maximum(sides[which, 0], 1)
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    area = np.where(np.abs(area) < 1e-6, 1e-6, area)
    # barycentric shares are linear in x and y: offset + across * x + down * y
    across_b, down_b = (c[:, 1] - a[:, 1]) / area, -(c[:, 0] - a[:, 0]) / area
    across_c, down_c = -(b[:, 1] - a[:, 1]) / area, (b[:, 0] - a[:, 0]) / area
    of_b = (across_b[which] * (x - a[which, 0]) + down_b[which] * (y - a[which, 1])).astype(np.float32)
    of_c = (across_c[which] * (x - a[which, 0]) + down_c[which] * (y - a[which, 1])).astype(np.float32)
    inside = (of_b >= -1e-3) & (of_c >= -1e-3) & (of_b + of_c <= 1 + 1e-3)
    which, of_b, of_c = which[inside], of_b[inside, None], of_c[inside, None]
    flat = values.astype(np.float32)
    first = flat[which, 0]
    onto[y[inside], x[inside]] = first + of_b * (flat[which, 1] - first) + of_c * (flat[which, 2] - first)


@dataclass(frozen=True, eq=False)
class Head:
    """Fields of the head and the shoulders on a coarse grid."""

    fields: NDArray[np.float32]
    """(4, h, w, 2), for a yaw, pitch, roll and breath of 1, in px."""
    size: tuple[int, int]
    """Width and height of the picture in px."""

    def back(self, yaw: float, pitch: float, roll: float, breath: float) -> Field:
        """Return how far back to go to find what each pixel shows, (H, W, 2)."""
        amounts = np.array([yaw, pitch, roll, breath], np.float32)
        coarse = np.tensordot(-amounts, self.fields, axes=1)
        return np.stack([stretch(np.ascontiguousarray(coarse[..., axis]), *self.size) for axis in (0, 1)], axis=-1)


def head_of(vertices: Points, frame: Frame, size: tuple[int, int]) -> Head:
    """Return the fields of a head with these vertices in a picture of a size."""
    width, height = size
    columns, rows = -(-width // GRID), -(-height // GRID)
    x = ((np.arange(columns) + 0.5) * width / columns - 0.5)[None, :].repeat(rows, 0)
    y = ((np.arange(rows) + 0.5) * height / rows - 0.5)[:, None].repeat(columns, 1)
    places = np.stack([x, y], axis=-1)
    local, oval = frame.local(places), frame.local(vertices[list(OVAL)])
    low, high = oval.min(axis=0), oval.max(axis=0)
    half = (high - low) / 2
    middle = (low + high) / 2 - [0, 0.15 * half[1]]
    away = local - middle
    tall = np.where(away[..., 1] < 0, 1.45, 1.15 + 0.15) * half[1]
    radius = np.hypot(away[..., 0] / (1.35 * half[0]), away[..., 1] / tall)
    border = np.minimum(np.minimum(x + 0.5, width - 0.5 - x), np.minimum(y + 0.5, height - 0.5 - y))
    kept = _rise(border / (0.07 * min(width, height)))
    goes = (1 - _rise((radius - 1) / 1.1)) * kept
    dome = np.clip(1 - radius**2, 0, 1) ** 2 * kept
    nose = frame.local(vertices[NOSE_TIP])
    bump = np.exp(-(((local - nose) ** 2).sum(axis=-1)) / (2 * 0.24**2)) * kept
    depth = dome + 0.35 * bump
    pivot = np.array([middle[0], high[1] + 0.3])
    from_pivot = local - pivot
    roll = MOST_ROLL * np.stack([-from_pivot[..., 1], from_pivot[..., 0]], axis=-1) * goes[..., None]
    chest = (1 - goes) * _rise((away[..., 1] / half[1] - 1.05) / 0.8) * kept
    zero = np.zeros_like(depth)
    fields = np.stack(
        [
            np.stack([0.09 * depth + 0.06 * goes, zero], axis=-1),
            np.stack([zero, 0.07 * depth + 0.04 * goes], axis=-1),
            roll,
            np.stack([zero, -0.025 * chest], axis=-1),
        ]
    )
    axes = np.stack([frame.right, frame.down]) * frame.unit
    return Head((fields @ axes).astype(np.float32), size)


def _rise(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a smooth step from 0 at 0 to 1 at 1."""
    t = np.clip(share, 0, 1)
    return t * t * t * (t * (6 * t - 15) + 10)
