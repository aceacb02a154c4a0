"""What news lays over any picture: a lower third, a ticker, a badge; in the theme's looks, within the safe area.

scene's Draw + overlays --overlaid--> Draw
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from frameloom.apps.compose.scenes.board import Motion, Overlaid, Part, State, Still
from frameloom.apps.compose.scenes.figures import bar
from frameloom.apps.compose.scenes.heading import Short, Text
from frameloom.apps.compose.scenes.layout import unit, width_of
from frameloom.apps.compose.scenes.lettering import indent, is_to_left, middle_of, style_of, write
from frameloom.apps.compose.scenes.pieces import Piece, lay, lettered
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.core.config import Config
from frameloom.core.times import Time
from frameloom.effects.titles.motion import Box
from frameloom.media.planes import Planes
from frameloom.media.text import set_text


def _stills(*pairs: tuple[Piece | None, Motion]) -> list[Part]:
    return [Still(piece, motion) for piece, motion in pairs if piece is not None]


class NameTag(Config):
    """A lower third: who speaks, or where this is."""

    kind: Literal["lower-third"] = "lower-third"
    name: Short
    role: Short = ""
    start: Time = Fraction(0)
    """Seconds from the begin of the scene."""
    length: Annotated[Time, Field(gt=0)] = Fraction(5)
    """Seconds that it stays."""

    def parts(self, stage: Stage) -> list[Part]:
        """Return what is laid over the picture."""
        theme, box = stage.theme, stage.safe
        pad, strip = unit(stage, 1.8), unit(stage, 0.9)
        wide = width_of(box) * (0.86 if stage.is_upright else 0.6)
        name = write(stage, self.name, "lead", wide - 2 * pad, unit(stage, 9), weight=700, lines=1, scale=0.95)
        role = write(stage, self.role, "small", wide - 2 * pad, unit(stage, 10), theme.muted, lines=2)
        has_role = bool(self.role.strip())
        high = round(name.height + (role.height if has_role else 0) + 2 * pad)
        long = max(name.width, role.width if has_role else 0) + 2 * pad
        flip = is_to_left(self.name)
        left = box[2] - strip - long if flip else box[0] + strip
        top = box[3] - high
        panel = (left, top, left + long, box[3])
        edge = (panel[2], top, panel[2] + strip, box[3]) if flip else (left - strip, top, left, box[3])
        inner = (left + pad, top, left + long - pad, box[3])
        start, until = float(self.start), float(self.start + self.length)
        come = Motion(start + 0.2, "spread", 0.45, to_right=not flip, until=until)
        words = Motion(start + 0.4, "rise", 0.4, unit(stage, 1.6), until=until)
        parts = _stills(
            (bar(stage, edge, theme.accent), Motion(start, "sink", 0.3, until=until)),
            (bar(stage, panel, theme.surface), come),
            (lettered(name, indent(name, inner, "start", self.name), top + pad), words),
        )
        if has_role:
            place = lettered(role, indent(role, inner, "start", self.role), top + pad + name.height)
            parts += _stills((place, replace(words, at=start + 0.5)))
        return parts


class Badge(Config):
    """A word in the corner, such as Live, Archive or Advertisement."""

    kind: Literal["badge"] = "badge"
    text: Annotated[str, Field(min_length=1, max_length=40)]

    def parts(self, stage: Stage) -> list[Part]:
        """Return what is laid over the picture."""
        theme, box = stage.theme, stage.safe
        pad = unit(stage, 1.1)
        block = write(stage, self.text, "label", width_of(box) * 0.5, unit(stage, 7), theme.on_accent, lines=1)
        left = box[0] if is_to_left(self.text) else box[2] - block.width - 4 * pad
        panel = (left, box[1], left + block.width + 4 * pad, box[1] + block.height + 2 * pad)
        come = Motion(0.0, "fade", 0.3)
        plate = bar(stage, panel, theme.accent, stage.side * theme.radius * 0.6)
        return _stills((plate, come), (lettered(block, left + 2 * pad, box[1] + pad), come))


class Ticker(Config):
    """Short news that run along the bottom, again and again."""

    kind: Literal["ticker"] = "ticker"
    items: Annotated[tuple[Text, ...], Field(min_length=1, max_length=30)]
    label: Short = ""
    """Stands before it, such as Now."""
    speed: Annotated[float, Field(gt=0, le=1)] = 0.16
    """Of the picture's width that it runs in a second."""

    @staticmethod
    def height(stage: Stage) -> int:
        """Return how much of the safe area it takes with the gap above it, in px."""
        return unit(stage, 8.4) + 1 & ~1

    def parts(self, stage: Stage) -> list[Part]:
        """Return what is laid over the picture."""
        theme, box = stage.theme, stage.safe
        high, pad = self.height(stage) - unit(stage, 2) & ~1, unit(stage, 1.6)
        top = (box[3] - high) & ~1
        band = (box[0], top, box[2], top + high)
        flip = is_to_left(self.items[0])
        parts = _stills((bar(stage, band, theme.surface), Motion(name="none")))
        room = band
        if self.label.strip():
            block = write(stage, self.label, "label", width_of(box) * 0.3, high, theme.on_accent, lines=1, scale=1.1)
            long = block.width + 2 * pad
            chip = (band[2] - long, top, band[2], band[3]) if flip else (band[0], top, band[0] + long, band[3])
            room = (band[0], top, chip[0], band[3]) if flip else (chip[2], top, band[2], band[3])
            y = (top + band[3]) / 2 - middle_of(block)
            still = Motion(name="none")
            parts += _stills((bar(stage, chip, theme.accent), still), (lettered(block, chip[0] + pad, y), still))
        style = style_of(stage, "small", theme.text).model_copy(update={"size": 0.036})
        pieces, at = [], 0
        for item in self.items:
            block = set_text(item.replace("\n", " ").strip() + "   •   ", style, stage.side)
            pieces.append((lettered(block, 0, (top + band[3]) / 2 - middle_of(block)), at))
            at += (block.width + unit(stage, 3)) & ~1
        speed = self.speed * stage.width
        return [*parts, _Running(tuple(pieces), max(at, 2), room, speed, flip)]


@dataclass(frozen=True, eq=False)
class _Running:
    """Pieces in a row that runs through a box without an end."""

    pieces: tuple[tuple[Piece, int], ...]
    """Each with its place in the row, in px."""
    length: int
    """Of the row."""
    room: Box
    speed: float
    """Px in a second."""
    to_right: bool

    def state(self, time: float) -> State:
        """Return how far the row has run, in px; even."""
        return round(time * self.speed) & ~1

    def rests(self, state: State) -> bool:
        """Return whether it stays so: never."""
        return False

    def paint(self, onto: Planes, state: State) -> None:
        """Write what is seen of the row over planes."""
        if not isinstance(state, int):
            return
        wide = self.room[2] - self.room[0]
        for piece, place in self.pieces:
            first = place - state + round(wide * 0.35)  # some of it is in sight from the begin
            for turn in range(int(np.ceil((state - place - wide) / self.length)), (state + wide) // self.length + 2):
                x = first + turn * self.length
                if x > wide or (turn < 0 and state < -turn * self.length):
                    continue
                if x + piece.planes.width < 0:
                    continue
                left = self.room[2] - x - piece.planes.width if self.to_right else self.room[0] + x
                lay(onto, piece, left - piece.left, 0, clip=self.room)


Overlay = Annotated[NameTag | Badge | Ticker, Field(discriminator="kind")]
"""What is laid over a scene."""


def overlaid(draw: Draw, overlays: Sequence[NameTag | Badge | Ticker], stage: Stage) -> Draw:
    """Return a scene with overlays over it, the last one on top; stage.safe is where they may stand."""
    parts = [part for overlay in overlays for part in overlay.parts(stage)]
    return Overlaid(draw, parts) if parts else draw
