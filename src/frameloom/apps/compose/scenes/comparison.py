"""Two things beside each other, point by point; below each other where the picture is narrow."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from frameloom.apps.compose.scenes.board import Board
from frameloom.apps.compose.scenes.figures import backdrop, card, disc, figure, filled, rounded
from frameloom.apps.compose.scenes.heading import Short, Text, add_text, footnote, header, rising
from frameloom.apps.compose.scenes.layout import columns, cue_times, height_of, inset, rows, unit, width_of
from frameloom.apps.compose.scenes.lettering import indent, is_to_left, largest, middle_of, write
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.core.config import Config
from frameloom.effects.titles.motion import Box
from frameloom.media.text import TextBlock

_SMALLER = 0.8
"""Share of the letters' size down to which an upright picture shows two sides below each other."""


class Side(Config):
    """One of two."""

    title: Short
    items: Annotated[tuple[Text, ...], Field(max_length=6)] = ()


class Comparison(Config):
    """Two columns, such as before and after."""

    kind: Literal["comparison"] = "comparison"
    title: Short = ""
    left: Side
    right: Side
    source: Short = ""

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return (self.left.title, *self.left.items, self.right.title, *self.right.items)

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        board = Board(backdrop(stage))
        box = footnote(stage, board, self.source, header(stage, board, self.title, stage.safe))
        sides = self._beside(stage, box)
        if stage.is_upright:
            below = self._below(stage, box)
            if below[0].size >= _SMALLER * sides[0].size:
                sides = below
        times, split = cue_times(stage, len(self.parts())), 1 + len(self.left.items)
        for side, own in zip(sides, (times[:split], times[split:]), strict=True):
            side.add(stage, board, own)
        return board

    def _beside(self, stage: Stage, box: Box) -> list["_Set"]:
        cells = columns(box, (1, 1), unit(stage, 3.4))
        cells = cells[::-1] if is_to_left(self.title or self.left.title) else cells
        return self._set(stage, cells, unit(stage, 3.4), unit(stage, 2.4))

    def _below(self, stage: Stage, box: Box) -> list["_Set"]:
        return self._set(stage, rows(box, (1, 1), unit(stage, 3)), unit(stage, 2.6), unit(stage, 1.2), is_below=True)

    def _set(self, stage: Stage, cells: list[Box], pad: int, gap: int, is_below: bool = False) -> list["_Set"]:
        """Return both sides within cells, which become only as high as they must.

        Below each other, what is said of a side stands beside its title, else below it.
        """
        sides, colors = (self.left, self.right), (stage.theme.series[1], stage.theme.accent)
        wide, high = width_of(cells[0]) - 2 * pad, height_of(cells[0])
        narrow, low, lines = (wide * 0.34, high - 2 * pad, 3) if is_below else (wide, high * 0.25, 2)
        titles = [
            write(stage, side.title, "heading", narrow, low, color, lines=lines)
            for side, color in zip(sides, colors, strict=True)
        ]
        top = 0 if is_below else max(title.height for title in titles) + gap
        column = max(title.width for title in titles) + unit(stage, 3) if is_below else 0
        room, left = high - 2 * pad - (unit(stage, 1.5) if is_below else top), wide - column - unit(stage, 4)
        blocks = largest(stage, [side.items for side in sides], "lead", left, room, gap, 1.3)
        told = max(sum(block.height + gap for block in own) - gap for own in blocks)
        if is_below:  # titles and what is said first stand on one line
            firsts = [middle_of(own[0]) for own in blocks if own]
            top = round(min(max(middle_of(titles[0]) - min(firsts, default=0), 0), unit(stage, 1.5)))
        used = 2 * pad + max(top + told, *(title.height for title in titles))
        first = max(high - used, 0) * (0.5 if is_below else 0.4)
        cells = [(one[0], round(one[1] + first), one[2], round(one[1] + first + used)) for one in cells]
        return [
            _Set(side, color, cell, title, own, pad, gap, column, top)
            for side, color, cell, title, own in zip(sides, colors, cells, titles, blocks, strict=True)
        ]


@dataclass(frozen=True)
class _Set:
    """A side, its texts set, in its place."""

    side: Side
    color: str
    cell: Box
    title: TextBlock
    blocks: list[TextBlock]
    pad: int
    gap: int
    column: int
    """Width in px that the title takes beside what is said; 0 where it stands above."""
    top: int
    """Height in px from the title's top to that of what is said first."""

    @property
    def size(self) -> float:
        """Return the size of its letters."""
        return min((block.style.size for block in self.blocks), default=0.0)

    def add(self, stage: Stage, board: Board, times: list[float]) -> None:
        """Add it to a board: its card with its title at the first time, each point at the next."""
        side, cell, color = self.side, self.cell, self.color
        flip, box = is_to_left(side.title), inset(cell, self.pad)
        card(stage, board, cell, motion=rising(stage, times[0]))
        strip, radius = unit(stage, 0.9), stage.side * stage.theme.radius
        top = (cell[0] + radius, cell[1], cell[2] - radius, cell[1] + strip)
        board.add(figure(stage, filled(rounded(top, strip / 2), color)), rising(stage, times[0]))
        add_text(board, stage, self.title, indent(self.title, box, "start", side.title), box[1], times[0] + 0.05)
        y = float(box[1] + self.top)
        left, right = (box[0], box[2] - self.column) if flip else (box[0] + self.column, box[2])
        dot, space = unit(stage, 0.8), unit(stage, 4)
        for text, block, at in zip(side.items, self.blocks, times[1:], strict=True):
            x = right - dot if flip else left + dot
            board.add(figure(stage, filled(disc(x, y + middle_of(block), dot), color)), rising(stage, at))
            inner = (left, 0, right - space, 0) if flip else (left + space, 0, right, 0)
            add_text(board, stage, block, indent(block, inner, "right" if flip else "left", text), y, at)
            y += block.height + self.gap
