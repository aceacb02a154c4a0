"""Shapes that scenes are made of: rounded boxes, discs, rings, lines, cards with their shadows, and backgrounds.

Outlines are cubic curves (see media/canvas); an arc of up to a quarter is one curve.
"""

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np
from PIL import Image, ImageFilter

from frameloom.apps.compose.scenes.board import Board, Motion
from frameloom.apps.compose.scenes.layout import unit
from frameloom.apps.compose.scenes.pieces import Piece, drawn, lay, piece_of
from frameloom.apps.compose.stage import Stage
from frameloom.apps.compose.theme import Theme
from frameloom.effects.titles.motion import Box
from frameloom.media.canvas import Outline, Rgba, Shape
from frameloom.media.colors import parse_color
from frameloom.media.planes import Planes, rgb_to_yuv_matrix

_ARC = 0.5522847498
"""Reach of the handles of a quarter of a circle."""


def paint_of(color: str, opacity: float = 1.0) -> Rgba:
    """Return a colour as shares."""
    red, green, blue, alpha = (part / 255 for part in parse_color(color))
    return red, green, blue, alpha * opacity


def mixed(first: str, second: str, share: float) -> str:
    """Return a colour between two, as #rrggbb; 0 is the first."""
    pairs = zip(parse_color(first)[:3], parse_color(second)[:3], strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def line_to(*points: tuple[float, float]) -> Outline:
    """Return straight lines through points."""
    path = [*points[0]]
    for (x1, y1), (x2, y2) in pairwise(points):
        path += [x1 + (x2 - x1) / 3, y1 + (y2 - y1) / 3, x1 + (x2 - x1) * 2 / 3, y1 + (y2 - y1) * 2 / 3, x2, y2]
    return tuple(path)


def rounded(box: tuple[float, float, float, float], radius: float) -> Outline:
    """Return a box with round corners."""
    left, top, right, bottom = box
    radius = max(0.0, min(radius, (right - left) / 2, (bottom - top) / 2))
    if radius < 0.5:
        return line_to((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
    near = radius * (1 - _ARC)
    x1, y1, x2, y2 = left + radius, top + radius, right - radius, bottom - radius
    sides = (
        ((x1, top), (x2, top), (right - near, top), (right, top + near), (right, y1)),
        ((right, y1), (right, y2), (right, bottom - near), (right - near, bottom), (x2, bottom)),
        ((x2, bottom), (x1, bottom), (left + near, bottom), (left, bottom - near), (left, y2)),
        ((left, y2), (left, y1), (left, top + near), (left + near, top), (x1, top)),
    )
    path = [left + radius, top]
    for start, end, first, second, corner in sides:
        path += [*line_to(start, end)[2:], *first, *second, *corner]
    return tuple(path)


def disc(x: float, y: float, radius: float) -> Outline:
    """Return a circle."""
    return arc(x, y, radius, 0, 1)


def arc(x: float, y: float, radius: float, start: float, end: float) -> Outline:
    """Return a part of a circle; turns are clockwise from the top, 1 all round."""
    steps = max(1, math.ceil(abs(end - start) * 8))
    path: list[float] = []
    for step in range(steps):
        one, two = (2 * math.pi * (start + (end - start) * (step + more) / steps) for more in (0, 1))
        reach = 4 / 3 * math.tan((two - one) / 4) * radius
        (x1, y1), (x2, y2) = ((x + radius * math.sin(turn), y - radius * math.cos(turn)) for turn in (one, two))
        if not path:
            path = [x1, y1]
        path += [x1 + reach * math.cos(one), y1 + reach * math.sin(one)]
        path += [x2 - reach * math.cos(two), y2 - reach * math.sin(two), x2, y2]
    return tuple(path)


def slice_of(x: float, y: float, outer: float, inner: float, start: float, end: float) -> Outline:
    """Return a slice of a ring."""
    out, back = arc(x, y, outer, start, end), arc(x, y, inner, end, start)
    return (*out, *line_to((out[-2], out[-1]), (back[0], back[1]))[2:], *back[2:])


def filled(outline: Outline, color: str, opacity: float = 1.0) -> Shape:
    """Return an outline filled with one colour."""
    return Shape((outline,), paint_of(color, opacity))


def stroked(outline: Outline, color: str, pen: float, opacity: float = 1.0) -> Shape:
    """Return an outline drawn with a round pen."""
    return Shape((outline,), paint_of(color, opacity), pen)


def figure(stage: Stage, *shapes: Shape) -> Piece | None:
    """Return shapes as a piece."""
    return drawn(shapes, stage.width, stage.height)


def bar(stage: Stage, box: Box, color: str, radius: float = 0) -> Piece | None:
    """Return a filled box with round corners."""
    return figure(stage, filled(rounded(box, radius), color))


def card(stage: Stage, board: Board, box: Box, color: str | None = None, motion: Motion | None = None) -> None:
    """Add a card with its shadow to a board."""
    theme, motion = stage.theme, motion or Motion(name="none")
    radius = stage.side * theme.radius
    if theme.shadow:
        blurred = _shadow(box[2] - box[0], box[3] - box[1], round(radius), unit(stage, 1.6), theme.shadow)
        reach = 3 * unit(stage, 1.6)
        board.add(piece_of(blurred, box[0] - reach, box[1] - reach + unit(stage, 0.9)), motion)
    shapes = [filled(rounded(box, radius), color or theme.surface)]
    if color is None:
        pen = max(1.0, stage.side / 720)
        edge = (box[0] + pen / 2, box[1] + pen / 2, box[2] - pen / 2, box[3] - pen / 2)
        shapes.append(stroked(rounded(edge, radius), theme.line, pen, 0.7))
    board.add(figure(stage, *shapes), motion)


@lru_cache(maxsize=32)
def _shadow(width: int, height: int, radius: int, softness: int, darkness: float) -> np.ndarray:
    """Return a soft box, RGBA with alpha multiplied in, three times the softness larger at each side."""
    reach = 3 * softness
    size = (width + 2 * reach, height + 2 * reach)
    small = (max(2, size[0] // 4), max(2, size[1] // 4))
    mask = Image.new("L", small)
    mask.paste(round(255 * darkness), (reach // 4, reach // 4, (reach + width) // 4, (reach + height) // 4))
    soft = mask.filter(ImageFilter.GaussianBlur(softness / 4)).resize(size, Image.Resampling.BILINEAR)
    pixels = np.zeros((size[1], size[0], 4), np.uint8)
    pixels[..., 3] = np.asarray(soft)
    return pixels


def backdrop(stage: Stage) -> Planes:
    """Return the theme's background for a stage."""
    return _backdrop(stage.theme, stage.width, stage.height)


@lru_cache(maxsize=8)
def _backdrop(theme: Theme, width: int, height: int) -> Planes:
    first, last = (yuv_shares(parse_color(color)[:3]) for color in (theme.background, theme.background_to))
    dice = np.random.default_rng(7)
    planes = []
    for begin, end, half in zip(first, last, (1, 2, 2), strict=True):
        down = np.linspace(0, 1, height // half, dtype=np.float32)[:, None]
        across = np.linspace(0, 1, width // half, dtype=np.float32)[None]
        share = down * np.float32(0.6) + across * np.float32(0.4)
        if theme.backdrop == "glow":
            share = (
                share * np.float32(0.7)
                + np.exp(-(((across - 0.9) / 0.5) ** 2)) * np.exp(-(((down - 0.05) / 0.7) ** 2)) * 0.6
            )
        chance = dice.random(share.shape, np.float32)  # in the last bit, or bands would show
        planes.append((np.clip(share, 0, 1) * np.float32(end - begin) + (np.float32(begin) + chance)).astype(np.uint8))
    picture = Planes(*planes)
    for shape in _ornaments(theme, width, height, min(width, height)):
        piece = drawn([shape], width, height)
        if piece is not None:
            lay(picture, piece)
    return picture


def yuv_shares(rgb: tuple[int, ...]) -> tuple[float, float, float]:
    """Return Y, U and V of a colour, not rounded."""
    y, u, v = rgb_to_yuv_matrix("bt709") @ [*(part / 255 for part in rgb), 1] * 255
    return float(y), float(u), float(v)


def _ornaments(theme: Theme, width: int, height: int, side: int) -> list[Shape]:
    """Return what is drawn on the background."""
    pen = max(1.0, side / 900)
    if theme.backdrop == "grid":
        step = side / 18
        ups = tuple(line_to((step * n, 0), (step * n, height)) for n in range(1, int(width / step) + 1))
        across = tuple(line_to((0, step * n), (width, step * n)) for n in range(1, int(height / step) + 1))
        return [Shape(ups + across, paint_of(theme.line, 0.28), pen)]
    if theme.backdrop == "rings":
        x, y = width * 0.92, height * 0.06
        return [
            stroked(disc(x, y, side * radius), theme.accent, side * 0.035, 0.07) for radius in (0.22, 0.36, 0.5, 0.64)
        ]
    if theme.backdrop == "lines":
        y = height * 0.045
        return [
            filled(rounded((width * 0.04, y, width * 0.96, y + 3 * pen), 0), theme.text, 0.85),
            filled(rounded((width * 0.04, y + 5 * pen, width * 0.96, y + 6 * pen), 0), theme.text, 0.6),
        ]
    return []
