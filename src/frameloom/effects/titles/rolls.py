"""Designs of titles that move all the time: words that go by, names that roll up.

A long picture is drawn in pieces as they come into sight, and memory does not grow with its length.
"""

from collections import OrderedDict
from collections.abc import Callable
from fractions import Fraction
from typing import Literal

import numpy as np
from PIL import Image

from frameloom.effects.titles.motion import At, Motion, Part, Shown, faded, progress_at, to_planes
from frameloom.effects.titles.settings import Credits, Ticker
from frameloom.effects.titles.stage import SAFE, Stage, even, joined, lay, plate, style_of, text_part
from frameloom.media.planes import ColorName, Depth, Plane, Planes
from frameloom.media.text import Rgba, TextBlock, draw_block, fit_text, set_text
from frameloom.media.text.bidi import Direction, direction_of

_SOFT = 0.06
"""Share of the shorter side in which the words of a ticker come out of its ground, and go into it."""


class Strip:
    """A long picture that is seen through a window: drawn in pieces, of which some are kept.

    `draw(start, stop)` gives the pixels of a stretch along the axis: columns of a ticker, rows of credits.
    """

    _PIECE_PX = 512
    _KEPT = 24

    def __init__(self, draw: Callable[[int, int], Rgba], axis: Literal["x", "y"], depth: Depth, color: ColorName):
        self._draw, self._axis = draw, axis
        self._depth, self._color = depth, color
        self._pieces: OrderedDict[int, Planes] = OrderedDict()

    def window(self, start: int, length: int) -> Planes:
        """Return the planes from one place on, for an even length."""
        first = start - (start - start % 2) % self._PIECE_PX
        pieces = [self._piece(place) for place in range(first, start + length, self._PIECE_PX)]
        skip = start - first

        def cut(name: str, share: int) -> Plane:
            along = slice(skip // share, (skip + length) // share)
            planes = np.concatenate([getattr(piece, name) for piece in pieces], int(self._axis == "x"))
            return planes[:, along] if self._axis == "x" else planes[along]

        return Planes(cut("y", 1), cut("u", 2), cut("v", 2), cut("alpha", 1))

    def _piece(self, start: int) -> Planes:
        piece = self._pieces.pop(start, None)
        if piece is None:
            piece = to_planes(self._draw(start, start + self._PIECE_PX), self._depth, self._color)
        self._pieces[start] = piece
        while len(self._pieces) > self._KEPT:
            self._pieces.popitem(last=False)
        return piece


def run_ticker(title: Ticker, stage: Stage) -> At:
    """Return words that go by in a bar as wide as the picture, with a heading that stands still.

    What is seen depends on the time since the title's begin alone, but for its own coming and going.
    """
    look, side = title.look, stage.side
    words = "   \u2022   ".join(line.strip() for line in title.text.splitlines() if line.strip())
    direction = direction_of(words)
    style = style_of(title, 0.042, 400, look.text).model_copy(update={"direction": direction})
    block = set_text(words, style, side)
    high = even(block.height + round(side * 0.024 * title.scale))
    top = (stage.safe[3] - high if title.place == "bottom" else stage.safe[1]) & ~1
    strip = Strip(_ticker_drawer(title, block, high, side, direction), "x", stage.depth, stage.color)
    heading = _heading(title, stage, direction, high)
    free = stage.width - (heading.width if heading else 0)
    speed = title.speed * stage.width
    ground = to_planes(plate(2, 2, look.panel), stage.depth, stage.color)

    def at(time: Fraction) -> Shown:
        gone = round(float(time) * speed + title.filled * free)
        planes = strip.window(gone - free if direction == "ltr" else block.width - gone, free)
        planes = _softened(planes, ground, min(even(round(side * _SOFT)), free // 4 * 2))
        if heading:
            planes = _beside(heading, planes) if direction == "ltr" else _beside(planes, heading)
        return Shown(planes, 0, top)

    return _fading(at, title.motion, stage)


def _softened(planes: Planes, ground: Planes, reach: int) -> Planes:
    """Return planes whose first and last columns, so many at either side, pass into a ground of one colour."""

    def soft(name: Literal["y", "u", "v", "alpha"], share: int) -> Plane:
        plane: Plane = getattr(planes, name).copy()
        below, wide = np.float32(getattr(ground, name)[0, 0]), reach // share
        ramp = (np.arange(wide, dtype=np.float32) + np.float32(0.5)) / np.float32(wide)
        for columns, weight in ((slice(0, wide), ramp), (slice(plane.shape[1] - wide, None), ramp[::-1])):
            plane[:, columns] = np.rint(below + (plane[:, columns] - below) * weight).astype(plane.dtype)
        return plane

    return Planes(soft("y", 1), soft("u", 2), soft("v", 2), soft("alpha", 1)) if reach else planes


def _ticker_drawer(
    title: Ticker, block: TextBlock, high: int, side: int, direction: Direction
) -> Callable[[int, int], Rgba]:
    """Return what draws columns of a ticker: its text once, or again and again after a gap."""
    period = block.width + even(round(side * 0.15))
    ground = plate(1, 1, title.look.panel)

    def draw(start: int, stop: int) -> Rgba:
        columns = Image.fromarray(np.broadcast_to(ground, (high, stop - start, 4)).copy())
        for turn in range(start // period, stop // period + 1):
            is_seen = turn == 0 or (title.repeat and (turn > 0) == (direction == "ltr"))
            begin, end = max(start - turn * period, 0), min(stop - turn * period, block.width)
            if is_seen and begin < end:
                drawn = draw_block(block, window=(begin, end))
                top = (high - block.height) // 2 + drawn.top
                lay(columns, Part(drawn.pixels, turn * period + begin - start, top))
        return np.asarray(columns)

    return draw


def _heading(title: Ticker, stage: Stage, direction: Direction, high: int) -> Planes | None:
    """Return what stands still in front of a ticker, with even sides; its words begin in the safe area."""
    if not title.heading:
        return None
    look, rim = title.look, round(stage.side * 0.025 * title.scale)
    block = fit_text(title.heading, style_of(title, 0.042, 700, look.on_accent), stage.side, stage.width * 0.4, high, 1)
    edge = max(rim, stage.safe[0] if direction == "ltr" else stage.width - stage.safe[2])
    ground = Part(plate(even(edge + block.width + rim), high, look.accent), 0, 0)
    left = edge if direction == "ltr" else ground.box[2] - edge - block.width
    part = joined([ground, text_part(block, left, (high - block.height) // 2)])
    pixels = part.pixels[-part.top : high - part.top, -part.left : ground.box[2] - part.left]
    return to_planes(np.ascontiguousarray(pixels), stage.depth, stage.color)


def _beside(left: Planes, right: Planes) -> Planes:
    """Return two pictures with alpha, of one height, as one."""

    def both(name: Literal["y", "u", "v", "alpha"]) -> Plane:
        planes: Plane = np.concatenate([getattr(left, name), getattr(right, name)], axis=1)
        return planes

    return Planes(both("y"), both("u"), both("v"), both("alpha"))


def _fading(at: Callable[[Fraction], Shown], motion: Motion, stage: Stage) -> At:
    """Return the same, coming and going by fading, whatever else the motion names."""

    def seen(time: Fraction) -> Shown | None:
        name, come = progress_at(motion, time, stage.duration)
        return at(time) if name == "none" else faded(at(time), round(255 * min(max(come, 0.0), 1.0)))

    return seen


def roll_credits(title: Credits, stage: Stage) -> At:
    """Return names that roll from below the picture to above it in just the title's duration."""
    rows, length = _credit_rows(title, stage)
    left = min((x for _, x, _ in rows), default=0) - stage.side // 20
    right = max((x + block.width for block, x, _ in rows), default=0) + stage.side // 20
    left, right = max(0, left) & ~1, min(stage.width, even(right))

    def draw(start: int, stop: int) -> Rgba:
        canvas = Image.new("RGBA", (max(2, right - left), stop - start))
        for block, x, y in rows:
            if y - stage.side < stop and y + block.height + stage.side > start:
                lay(canvas, text_part(block, x, y), -left, -start)
        return np.asarray(canvas)

    strip = Strip(draw, "y", stage.depth, stage.color)

    def at(time: Fraction) -> Shown:
        gone = round((length + stage.height) * min(Fraction(1), time / stage.duration))
        return Shown(strip.window(gone - stage.height, stage.height), left, 0)

    return _fading(at, title.motion, stage)


def _credit_rows(title: Credits, stage: Stage) -> tuple[list[tuple[TextBlock, int, int]], int]:
    """Return each text with its place in the roll, and the roll's length, in px."""
    look, side = title.look, stage.side
    heading = style_of(title, 0.062, look.weight, look.accent, "center", True)
    name = style_of(title, 0.046, look.weight, look.on_picture, "start", True)
    role = style_of(title, 0.046, 400, look.on_picture, "start", True)
    middle, gutter, column = stage.width // 2, round(side * 0.025), stage.width * (0.5 - SAFE) - side * 0.025
    rows: list[tuple[TextBlock, int, int]] = []
    y = 0
    for line in title.text.splitlines():
        text = line.strip()
        if text.startswith("#"):
            block = set_text(text.lstrip("# "), heading, side, stage.width * 0.9)
            y += round(side * 0.05)
            rows.append((block, middle - block.width // 2, y))
            y += block.height + round(side * 0.015)
        elif "|" in text:
            left_text, right_text = (part.strip() for part in text.split("|", 1))
            first, second = set_text(left_text, role, side, column), set_text(right_text, name, side, column)
            if direction_of(text) == "rtl":
                first, second = second, first
            rows += [(first, middle - gutter - first.width, y), (second, middle + gutter, y)]
            y += max(first.height, second.height) + round(side * 0.006)
        elif text:
            block = set_text(text, name.model_copy(update={"align": "center"}), side, stage.width * 0.9)
            rows.append((block, middle - block.width // 2, y))
            y += block.height + round(side * 0.006)
        else:
            y += round(side * 0.06)
    return rows, y
