r"""Drawings as lists of filled shapes, and the pixels of them: the only place that touches the rasteriser.

    Drawing: shapes (outlines of cubic curves, a paint, a clip) --rasterise--> RGBA, alpha multiplied in
                                                            \--packed-----> JSON that a page draws with Canvas2D

An outline is (x, y, then x1, y1, x2, y2, x, y for each cubic curve); straight lines are curves too. y points down.

Source: Anti-Grain Geometry (M. Shemanarev), through celiagg, which carries no window system and needs none.
Its fills reach half a pixel beyond their outlines, at any size: that hides the seams where two shapes meet.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rgba = tuple[float, float, float, float]
"""Red, green, blue and straight alpha, each from 0 to 1."""

Outline = tuple[float, ...]
"""A line of cubic curves, 2 + 6n numbers; filled, it is closed."""

Stops = tuple[tuple[float, Rgba], ...]
"""Places from 0 to 1 along a gradient, with the colour at each."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A gradient from one point to another."""

    x1: float
    y1: float
    x2: float
    y2: float
    stops: Stops


@dataclass(frozen=True, slots=True)
class Radial:
    """A gradient from a centre out to a circle."""

    x: float
    y: float
    radius: float
    stops: Stops


Paint = Rgba | Linear | Radial


@dataclass(frozen=True, slots=True)
class Shape:
    """Outlines under one paint: filled, or drawn with a round pen."""

    outlines: tuple[Outline, ...]
    paint: Paint
    pen: float = 0.0
    """Width of the pen; 0 fills."""
    clip: tuple[Outline, ...] | None = None
    """Only what lies inside these is drawn."""


Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f: x' = a x + c y + e and y' = b x + d y + f, as in SVG and Canvas2D."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes in the order in which they are painted, and where they come to lie in a picture."""

    shapes: tuple[Shape, ...]
    width: int
    height: int
    matrix: Matrix = (1, 0, 0, 1, 0, 0)

    def box(self) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom of what may be painted, in px, even, within the picture."""
        a, b, c, d, e, f = self.matrix
        if not self.shapes:
            return 0, 0, 0, 0
        lefts, tops, rights, bottoms = [], [], [], []
        for shape in self.shapes:
            for outline in shape.outlines:
                xs, ys = outline[::2], outline[1::2]
                lefts.append(min(xs) - shape.pen)
                rights.append(max(xs) + shape.pen)
                tops.append(min(ys) - shape.pen)
                bottoms.append(max(ys) + shape.pen)
        corners = [(x, y) for x in (min(lefts), max(rights)) for y in (min(tops), max(bottoms))]
        across = [a * x + c * y + e for x, y in corners]
        down = [b * x + d * y + f for x, y in corners]
        left, right = _even_span(min(across), max(across), self.width)
        top, bottom = _even_span(min(down), max(down), self.height)
        return left, top, right, bottom


def _even_span(low: float, high: float, limit: int) -> tuple[int, int]:
    """Return the even px from which to which a stretch reaches, a little more, within a picture.

    >>> _even_span(5.2, 9.7, 100), _even_span(-8.0, 300.0, 100), _even_span(200.0, 300.0, 100)
    ((2, 12), (0, 100), (100, 100))
    """
    start = min(max(math.floor(low) - 2, 0) // 2 * 2, limit)
    return start, max(min((math.ceil(high) + 3) // 2 * 2, limit), start)


def rasterise(drawing: Drawing, onto: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """Return RGBA of 8 bits, (H, W, 4), with alpha multiplied in.

    Args:
        drawing: what to paint.
        onto: a picture of the same size that is painted on, in place; else an empty one.
    """
    import celiagg

    pixels = np.zeros((drawing.height, drawing.width, 4), np.uint8) if onto is None else onto
    canvas = celiagg.CanvasRGBA32(pixels)
    transform = celiagg.Transform(*drawing.matrix)
    filled = celiagg.GraphicsState(anti_aliased=True, drawing_mode=celiagg.DrawingMode.DrawFill)
    drawn = celiagg.GraphicsState(
        anti_aliased=True,
        drawing_mode=celiagg.DrawingMode.DrawStroke,
        line_cap=celiagg.LineCap.CapRound,
        line_join=celiagg.LineJoin.JoinRound,
    )
    stencils: dict[int, Any] = {}
    clear = filled.stencil
    for shape in drawing.shapes:
        state = drawn if shape.pen else filled
        if shape.clip is None:
            state.stencil = clear
        else:
            if id(shape.clip) not in stencils:
                stencils[id(shape.clip)] = _stencil(shape.clip, transform, pixels.shape[:2])
            state.stencil = stencils[id(shape.clip)]
        path, paint = _path(shape.outlines, closed=not shape.pen), _paint(shape.paint)
        if shape.pen:
            state.line_width = shape.pen
            canvas.draw_shape(path, transform, state, stroke=paint)
        else:
            canvas.draw_shape(path, transform, state, fill=paint)
    return pixels


def straight(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return RGBA whose alpha is no longer multiplied in, as planes and files want it."""
    alpha = pixels[..., 3]
    edge = (alpha != 0) & (alpha != 255)  # few; what is opaque or empty stays as it is
    weight = alpha[edge, None].astype(np.uint16)
    colors = (pixels[edge, :3].astype(np.uint16) * 255 + weight // 2) // weight
    found = pixels.copy()
    found[edge, :3] = np.minimum(colors, 255)
    return found


def packed(drawing: Drawing) -> dict[str, Any]:
    """Return a drawing as what JSON can hold, for a page: numbers of a tenth of a unit, colours in bytes.

    clips stand once; a shape is [outlines, paint, pen, number of its clip or -1]. A paint is four numbers,
    ["l", x1, y1, x2, y2, stops] or ["r", x, y, radius, stops].
    """
    clips: dict[int, int] = {}
    held: list[list[list[float]]] = []
    shapes: list[list[Any]] = []
    for shape in drawing.shapes:
        number = -1
        if shape.clip is not None:
            if id(shape.clip) not in clips:
                clips[id(shape.clip)] = len(held)
                held.append([_tenths(outline) for outline in shape.clip])
            number = clips[id(shape.clip)]
        shapes.append([[_tenths(one) for one in shape.outlines], _packed_paint(shape.paint), shape.pen, number])
    return {
        "width": drawing.width,
        "height": drawing.height,
        "matrix": [round(part, 4) for part in drawing.matrix],
        "clips": held,
        "shapes": shapes,
    }


def _tenths(numbers: Sequence[float]) -> list[float]:
    return [round(number, 1) for number in numbers]


def _bytes(color: Rgba) -> list[float]:
    return [*(round(part * 255) for part in color[:3]), round(color[3], 3)]


def _packed_paint(paint: Paint) -> list[Any]:
    if isinstance(paint, Linear):
        stops = [[place, _bytes(color)] for place, color in paint.stops]
        return ["l", *_tenths((paint.x1, paint.y1, paint.x2, paint.y2)), stops]
    if isinstance(paint, Radial):
        stops = [[place, _bytes(color)] for place, color in paint.stops]
        return ["r", *_tenths((paint.x, paint.y, paint.radius)), stops]
    return _bytes(paint)


def _path(outlines: tuple[Outline, ...], closed: bool) -> Any:
    import celiagg

    path = celiagg.Path()
    cubic_to = path.cubic_to
    for outline in outlines:
        path.move_to(outline[0], outline[1])
        for at in range(2, len(outline), 6):
            cubic_to(*outline[at : at + 6])
        if closed:
            path.close()
    return path


def _paint(paint: Paint) -> Any:
    import celiagg

    if isinstance(paint, tuple):
        return _solid(paint)
    stops = [(place, *color) for place, color in paint.stops]
    spread, units = celiagg.GradientSpread.SpreadPad, celiagg.GradientUnits.UserSpace
    if isinstance(paint, Linear):
        return celiagg.LinearGradientPaint(paint.x1, paint.y1, paint.x2, paint.y2, stops, spread, units)
    return celiagg.RadialGradientPaint(paint.x, paint.y, paint.radius, paint.x, paint.y, stops, spread, units)


@lru_cache(maxsize=512)
def _solid(color: Rgba) -> Any:
    import celiagg

    return celiagg.SolidPaint(*color)


def _stencil(clip: tuple[Outline, ...], transform: Any, shape: tuple[int, int]) -> Any:
    import celiagg

    canvas = celiagg.CanvasG8(np.zeros(shape, np.uint8))
    state = celiagg.GraphicsState(anti_aliased=True, drawing_mode=celiagg.DrawingMode.DrawFill)
    canvas.draw_shape(_path(clip, closed=True), transform, state, fill=_solid((1.0, 1.0, 1.0, 1.0)))
    return canvas.image
