"""A map of tiles: each region is a square at about its place, coloured by its number; no borders, so none are wrong."""

from dataclasses import replace
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from frameloom.apps.compose.scenes.board import Board, Motion
from frameloom.apps.compose.scenes.evenly import alike
from frameloom.apps.compose.scenes.figures import backdrop, bar, figure, filled, mixed, paint_of, rounded
from frameloom.apps.compose.scenes.figuring import Number, decimals_of, number
from frameloom.apps.compose.scenes.heading import Short, add_text, footnote, header
from frameloom.apps.compose.scenes.layout import cue_times, height_of, unit, width_of
from frameloom.apps.compose.scenes.lettering import write
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.apps.compose.theme import readable_on
from frameloom.core.config import Config
from frameloom.effects.titles.motion import Box
from frameloom.media.canvas import Linear, Shape

Place = Annotated[int, Field(ge=1, le=16)]


class Tile(Config):
    """A region."""

    label: Short
    """Best two to four letters."""
    row: Place
    column: Place
    value: Number


class Tiles(Config):
    """A map of tiles, coloured by numbers."""

    kind: Literal["tiles"] = "tiles"
    title: Short = ""
    tiles: Annotated[tuple[Tile, ...], Field(min_length=1, max_length=100)]
    before: Short = ""
    after: Short = ""
    source: Short = ""

    @model_validator(mode="after")
    def _stand_apart(self) -> Self:
        taken: dict[tuple[int, int], str] = {}
        for one in self.tiles:
            place = one.row, one.column
            if place in taken:
                raise ValueError(f"{taken[place]!r} and {one.label!r} are both in row {one.row}, column {one.column}")
            taken[place] = one.label
        return self

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return tuple(one.label for one in self.tiles)

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        board = Board(backdrop(stage))
        box = footnote(stage, board, self.source, header(stage, board, self.title, stage.safe))
        box = self._legend(stage, board, box)
        first = min(one.row for one in self.tiles), min(one.column for one in self.tiles)
        down = max(one.row for one in self.tiles) - first[0] + 1
        across = max(one.column for one in self.tiles) - first[1] + 1
        side = min(height_of(box) / down, width_of(box) / across, unit(stage, 24))
        gap = side * 0.07
        left = box[0] + (width_of(box) - side * across) / 2
        top = box[1] + (height_of(box) - side * down) / 2
        colors = self._colors(stage)
        decimals = decimals_of([one.value for one in self.tiles])
        inner = side - gap
        with_numbers = inner > unit(stage, 9)
        names = alike(
            stage,
            tuple(one.label for one in self.tiles),
            "lead",
            inner * 0.94,
            inner * (0.46 if with_numbers else 0.86),
            align="center",
            lines=1,
            weight=700,
        )
        for one, color, name, at in zip(self.tiles, colors, names, cue_times(stage, len(self.tiles)), strict=True):
            x = round(left + (one.column - first[1]) * side + gap / 2)
            y = round(top + (one.row - first[0]) * side + gap / 2)
            place = (x, y, round(x + inner), round(y + inner))
            come = Motion(at, "fade", 0.4)
            board.add(bar(stage, place, color, min(stage.side * stage.theme.radius, inner * 0.2)), come)
            ink = readable_on(color, stage.theme)
            texts = [replace(name, style=name.style.model_copy(update={"color": ink}))]
            if with_numbers:
                told = number(one.value, decimals, self.before, self.after)
                texts.append(write(stage, told, "body", inner * 0.86, inner * 0.38, ink, "center", 1, scale=0.92))
            high = sum(text.height for text in texts)
            line = (place[1] + place[3] - high) / 2
            for text in texts:
                add_text(board, stage, text, (place[0] + place[2] - text.width) / 2, line, at + 0.05)
                line += text.height
        return board

    def _colors(self, stage: Stage) -> list[str]:
        low, high = min(one.value for one in self.tiles), max(one.value for one in self.tiles)
        weak, strong = self._ends(stage)
        return [mixed(weak, strong, (one.value - low) / ((high - low) or 1)) for one in self.tiles]

    def _ends(self, stage: Stage) -> tuple[str, str]:
        """Return the colours of the lowest and the highest number."""
        return mixed(stage.theme.surface, stage.theme.accent, 0.12), stage.theme.accent

    def _legend(self, stage: Stage, board: Board, box: Box) -> Box:
        """Add the scale of colours at the bottom; return what is left above."""
        values = [one.value for one in self.tiles]
        decimals = decimals_of(values)
        ends = [number(value, decimals, self.before, self.after) for value in (min(values), max(values))]
        low, high = alike(
            stage, tuple(ends), "body", width_of(box) * 0.25, unit(stage, 6), stage.theme.muted, lines=1, scale=0.87
        )
        thick, long = unit(stage, 1.8), min(unit(stage, 34), width_of(box) // 2)
        total = low.width + high.width + long + 2 * unit(stage, 1.6)
        x, y = (box[0] + box[2] - total) / 2, box[3] - low.height
        add_text(board, stage, low, x, y)
        begin = x + low.width + unit(stage, 1.6)
        middle = y + low.height / 2
        weak, strong = self._ends(stage)
        ramp = Linear(begin, 0, begin + long, 0, ((0.0, paint_of(weak)), (1.0, paint_of(strong))))
        strip = rounded((begin, middle - thick / 2, begin + long, middle + thick / 2), thick / 2)
        board.add(figure(stage, filled(strip, stage.theme.line), Shape((strip,), ramp)))
        add_text(board, stage, high, begin + long + unit(stage, 1.6), y)
        return box[0], box[1], box[2], round(y - unit(stage, 2.5))
