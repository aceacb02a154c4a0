"""Parts of a picture: a box or an ellipse in shares of its sides, with a soft rim.

A change of a region works on the smallest even box that holds it and its rim; all else is copied, not computed.
"""

from collections.abc import Callable
from typing import Annotated, Literal, cast

import numpy as np
from pydantic import Field as Setting
from pydantic import PositiveFloat

from frameloom.core.config import Config
from frameloom.effects.pictures.base import Field
from frameloom.media.image import mix_planes_by
from frameloom.media.planes import Plane, Planes

Shape = Literal["box", "ellipse"]

Share = Annotated[float, Setting(ge=0, le=1)]


class Box(Config):
    """A part of the picture, in shares of its width and height; it may reach beyond."""

    left: float = 0.0
    top: float = 0.0
    width: PositiveFloat = 1.0
    height: PositiveFloat = 1.0

    @property
    def center(self) -> tuple[float, float]:
        """Return the middle as shares from the left and from the top."""
        return self.left + self.width / 2, self.top + self.height / 2

    def grown(self, share: float) -> "Box":
        """Return the box with this share of the picture more on each side."""
        return Box(
            left=self.left - share, top=self.top - share, width=self.width + 2 * share, height=self.height + 2 * share
        )


Span = tuple[slice, slice]


def span_of(box: Box, width: int, height: int, margin_px: float = 0) -> Span | None:
    """Return rows and columns, even, that hold a box and a margin; None where they miss the picture."""
    left, top = box.left * width - margin_px, box.top * height - margin_px
    right, bottom = (box.left + box.width) * width + margin_px, (box.top + box.height) * height + margin_px
    first_row, first_column = max(int(top) & ~1, 0), max(int(left) & ~1, 0)
    last_row, last_column = min((int(np.ceil(bottom)) + 1) & ~1, height), min((int(np.ceil(right)) + 1) & ~1, width)
    if last_row <= first_row or last_column <= first_column:
        return None
    return slice(first_row, last_row), slice(first_column, last_column)


def cover(box: Box, shape: Shape, feather_px: float, width: int, height: int, span: Span | None = None) -> Field:
    """Return how much of each pixel lies in a region, (H, W) in [0, 1]; its rim of this width lies outside the region.

    Inside the box or ellipse it is 1 everywhere, so that what must be hidden is hidden whole.
    """
    rows, columns = span or (slice(0, height), slice(0, width))
    y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] + 0.5
    x = np.arange(columns.start, columns.stop, dtype=np.float32)[None, :] + 0.5
    half_width, half_height = box.width * width / 2, box.height * height / 2
    across, down = np.abs(x - box.center[0] * width), np.abs(y - box.center[1] * height)
    soft = max(feather_px, 1.0)  # one pixel keeps an edge from having steps
    if shape == "box":
        outside = np.maximum(across - half_width, down - half_height)
    else:
        radius = np.maximum(np.hypot(across / half_width, down / half_height), np.float32(1e-3))
        slope = np.hypot(across / half_width**2, down / half_height**2) / radius
        nearest = np.maximum(across - half_width, down - half_height)  # no rim reaches further out than that of the box
        outside = np.maximum((radius - 1) / np.maximum(slope, 1e-6), nearest)
    share = np.clip(1 - outside / np.float32(soft), 0, 1, dtype=np.float32)
    return cast(Field, share * share * (3 - 2 * share) if feather_px > 1 else share)


def cut(picture: Planes, span: Span) -> Planes:
    """Return views of the part of a picture in even rows and columns."""
    rows, columns = span
    half = slice(rows.start // 2, rows.stop // 2), slice(columns.start // 2, columns.stop // 2)
    alpha = None if picture.alpha is None else picture.alpha[span]
    return Planes(picture.y[span], picture.u[half], picture.v[half], alpha)


def paste(picture: Planes, part: Planes, span: Span) -> Planes:
    """Return a copy of a picture with its part in a span replaced; alpha stays."""
    rows, columns = span
    half = slice(rows.start // 2, rows.stop // 2), slice(columns.start // 2, columns.stop // 2)
    return Planes(
        _with(picture.y, part.y, span), _with(picture.u, part.u, half), _with(picture.v, part.v, half), picture.alpha
    )


def _with(plane: Plane, part: Plane, span: Span) -> Plane:
    result = plane.copy()
    result[span] = part
    return result


def change_in(
    picture: Planes, box: Box, shape: Shape, feather_px: float, change: Callable[[Planes], Planes], margin_px: float = 0
) -> Planes:
    """Return a picture changed within a region; the change sees this margin of px around it."""
    width, height = picture.width, picture.height
    span = span_of(box, width, height, max(feather_px, 1) + margin_px)
    if span is None:
        return picture
    before = cut(picture, span)
    share = cover(box, shape, feather_px, width, height, span)
    return paste(picture, mix_planes_by(before, change(before), share), span)
