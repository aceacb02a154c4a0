"""A ring whose slices are shares of a whole, with a legend."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from frameloom.apps.compose.scenes.board import Board, Live
from frameloom.apps.compose.scenes.evenly import alike
from frameloom.apps.compose.scenes.figures import backdrop, bar, figure, filled, slice_of
from frameloom.apps.compose.scenes.figuring import Data
from frameloom.apps.compose.scenes.heading import Short, add_text, footnote, header, rising
from frameloom.apps.compose.scenes.layout import columns, cue_times, grid, height_of, rows, unit, width_of
from frameloom.apps.compose.scenes.lettering import is_to_left, middle_of, style_of, write
from frameloom.apps.compose.scenes.pieces import Piece
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.core.config import Config
from frameloom.effects.titles.motion import Box
from frameloom.media.text import TextBlock

_MANY = 6
"""Slices, from which on the ring gives way to what is said of them."""
_LEAST_BESIDE = 0.8
"""Of their role's size, letters of a legend in two columns; else it takes one."""


@dataclass(frozen=True)
class _Legend:
    """What is said of each slice, ready to be placed."""

    values: list[TextBlock]
    names: list[TextBlock]
    chip: int
    """Side of the square in a slice's colour, in px."""
    widest: int
    """Of the values, in px."""
    high: float
    """From one to the next, in px."""
    width: float
    """Of a column, in px."""
    across: int
    """Columns."""
    is_below: bool


class Donut(Config):
    """Shares of a whole."""

    kind: Literal["donut"] = "donut"
    title: Short = ""
    data: Annotated[Data, Field(min_length=1, max_length=8)]
    """Label and value of each slice, or a table such as {Rain = 3, Sun = 5}; none is negative."""
    middle: Short = ""
    """Written in the ring."""
    source: Short = ""

    @model_validator(mode="after")
    def _is_a_whole(self) -> Self:
        for one in self.data:
            if one.value < 0:
                raise ValueError(f'{one.label!r} is {one.value:g}: a share cannot be negative; use kind = "bars"')
        if not sum(one.value for one in self.data):
            raise ValueError("all values are 0: there is nothing to share; give one that is more")
        return self

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return tuple(f"{one.label} {one.value:g}" for one in self.data)

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        board = Board(backdrop(stage))
        box = footnote(stage, board, self.source, header(stage, board, self.title, stage.safe))
        is_wide = width_of(box) > height_of(box) * 1.25
        if is_wide and (len(self.data) >= _MANY or not stage.is_upright):
            share = min(height_of(box) / width_of(box), 0.5 if len(self.data) < _MANY else 0.4)
            ring, beside = columns(box, (share, 1 - share), unit(stage, 8))
            legend = self._legend(stage, beside)
            spare = round((width_of(beside) - legend.width) / 2)  # both as one stand in the middle
            ring = (ring[0] + spare, ring[1], ring[2] + spare, ring[3])
            if self._to_left:
                ring = (box[0] + box[2] - ring[2], ring[1], box[0] + box[2] - ring[0], ring[3])
                space = (box[0], box[1], ring[0] - unit(stage, 8), box[3])
            else:
                space = (ring[2] + unit(stage, 8), box[1], box[2], box[3])
        else:
            down = -(-len(self.data) // 2)
            share = max(0.5, 1 - 0.14 * down)
            ring, space = rows(box, (share, 1 - share), unit(stage, 4))
            legend = self._legend(stage, space, 2 if len(self.data) > 1 else 1)
            if legend.names[0].style.size < _LEAST_BESIDE * style_of(stage, "lead").size:
                ring, space = rows(box, (1, 1.4), unit(stage, 4))
                legend = self._legend(stage, space, 1)
        self._ring(stage, board, ring)
        self._tell(stage, board, space, legend)
        return board

    @property
    def _to_left(self) -> bool:
        return is_to_left(self.title or self.data[0].label)

    def _shares(self) -> list[float]:
        total = sum(one.value for one in self.data)
        return [one.value / total for one in self.data]

    def _ring(self, stage: Stage, board: Board, box: Box) -> None:
        theme, shares = stage.theme, self._shares()
        radius = min(width_of(box), height_of(box)) / 2
        inner = radius * 0.62
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        if self.middle.strip():
            text = write(stage, self.middle, "heading", inner * 1.5, inner * 1.2, align="center", scale=1.3)
            add_text(board, stage, text, x - text.width / 2, y - text.height / 2, 0.1)
        start = 0.0
        for place, (share, at) in enumerate(zip(shares, cue_times(stage, len(shares)), strict=True)):
            gap = min(0.004, share * 0.2) if len(shares) > 1 else 0
            color = theme.series[place % len(theme.series)]

            def draw(
                done: float, start: float = start, share: float = share, gap: float = gap, color: str = color
            ) -> Sequence[Piece]:
                end = start + max(share * done - gap, 0.0005)
                piece = figure(stage, filled(slice_of(x, y, radius, inner, start + gap, end), color))
                return [] if piece is None else [piece]

            if share:
                board.parts.append(Live(draw, at, 0.7))
            start += share

    def _legend(self, stage: Stage, box: Box, across: int = 0) -> "_Legend":
        """Return the legend for a box below the ring, in so many columns, or for one beside it."""
        is_below, across = across > 0, max(across, 1)
        gap = unit(stage, 5) * (across - 1)
        box = (box[0], box[1], box[0] + (width_of(box) - gap) // across, box[3])
        high = min(height_of(box) / -(-len(self.data) // across), unit(stage, 14))
        chip = min(unit(stage, 4), round(high * 0.5))
        percents = [f"{share * 100:.0f} %" if share >= 0.01 or not share else "< 1 %" for share in self._shares()]
        labels, scale = tuple(one.label for one in self.data), 1.0
        for _ in range(2):  # numbers are no larger than names, which leaves more room to these
            values = alike(
                stage, tuple(percents), "lead", width_of(box) * 0.3, high * 0.86, lines=1, weight=700, scale=scale
            )
            widest = max(value.width for value in values)
            room = width_of(box) - chip - widest - unit(stage, 5)
            names = alike(stage, labels, "lead", room, high * 0.9, lines=2)
            scale = min(names[0].style.size / style_of(stage, "lead").size, 1.0)
        used = chip + widest + unit(stage, 5) + max(name.width for name in names)
        return _Legend(values, names, chip, widest, high, used, across, is_below)

    def _tell(self, stage: Stage, board: Board, box: Box, legend: "_Legend") -> None:
        """Add the legend to a board, in the middle of a box's height."""
        theme, count = stage.theme, len(self.data)
        chip, widest = legend.chip, legend.widest
        down, gap = -(-count // legend.across), unit(stage, 5)
        used, wide = legend.high * down, legend.width * legend.across + gap * (legend.across - 1)
        top, left = box[1] + (height_of(box) - used) / 2, box[0]
        if legend.is_below:
            left = round((box[0] + box[2] - wide) / 2)
        elif self._to_left:
            left = round(box[2] - wide)
        cells = grid((left, round(top), round(left + wide), round(top + used)), count, legend.across, gap, 0)
        if self._to_left:
            cells = [
                (2 * left + round(wide) - one[2], one[1], 2 * left + round(wide) - one[0], one[3]) for one in cells
            ]
        for place, (cell, name, value, at) in enumerate(
            zip(cells, legend.names, legend.values, cue_times(stage, count), strict=True)
        ):
            middle = (cell[1] + cell[3]) / 2
            left = round(self._along(cell, 0, chip))
            square = (left, round(middle - chip / 2), left + chip, round(middle + chip / 2))
            color = theme.series[place % len(theme.series)]
            board.add(bar(stage, square, color, chip * 0.25), rising(stage, at))
            x = self._along(cell, chip + unit(stage, 2) + widest - value.width, value.width)
            add_text(board, stage, value, x, middle - middle_of(value), at)
            y = middle - name.height / 2 if len(name.lines) > 1 else middle - middle_of(name)
            add_text(board, stage, name, self._along(cell, chip + widest + unit(stage, 5), name.width), y, at)

    def _along(self, box: Box, place: float, width: float) -> float:
        """Return the left of something so wide that stands so far from where reading begins."""
        return box[2] - place - width if self._to_left else box[0] + place
