"""Lines: how numbers change, drawn from left to right when each is named."""

from dataclasses import replace
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from frameloom.apps.compose.scenes.board import Board, Motion
from frameloom.apps.compose.scenes.evenly import alike
from frameloom.apps.compose.scenes.figures import backdrop, disc, figure, filled, line_to, stroked
from frameloom.apps.compose.scenes.figuring import Number, decimals_of, number, ticks
from frameloom.apps.compose.scenes.heading import Short, add_text, footnote, header
from frameloom.apps.compose.scenes.layout import cue_times, height_of, unit, width_of
from frameloom.apps.compose.scenes.lettering import middle_of, write
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.core.config import Config
from frameloom.effects.titles.motion import Box
from frameloom.media.canvas import Shape
from frameloom.media.text import TextBlock

_DRAWING_S = 1.2
"""Seconds that a line takes."""


class Series(Config):
    """Numbers that one line joins."""

    name: Short = ""
    values: Annotated[tuple[Number, ...], Field(min_length=2, max_length=500)]


class Lines(Config):
    """A line for each series of numbers."""

    kind: Literal["lines"] = "lines"
    title: Short = ""
    labels: Annotated[tuple[Short, ...], Field(min_length=2, max_length=500)]
    """Of the values, from left to right, such as years."""
    series: Annotated[tuple[Series, ...], Field(min_length=1, max_length=6)]
    before: Short = ""
    after: Short = ""
    from_zero: bool = True
    """Whether the axis begins at zero."""
    source: Short = ""

    @model_validator(mode="after")
    def _have_labels(self) -> Self:
        for place, one in enumerate(self.series):
            if len(one.values) != len(self.labels):
                raise ValueError(
                    f"series[{place}] has {len(one.values)} values for {len(self.labels)} labels; give as many of both"
                )
        return self

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return tuple(one.name for one in self.series)

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        theme, board = stage.theme, Board(backdrop(stage))
        box = footnote(stage, board, self.source, header(stage, board, self.title, stage.safe))
        values = [value for one in self.series for value in one.values]
        marks = ticks(min([0.0, *values]) if self.from_zero else min(values), max(values))
        decimals = decimals_of(marks)
        scale_texts = tuple(number(mark, decimals, self.before, self.after) for mark in marks)
        scales = alike(
            stage, scale_texts, "body", width_of(box) * 0.2, unit(stage, 6), theme.muted, lines=1, scale=0.87
        )
        ends = self._ends(stage, box)
        left = box[0] + max(block.width for block in scales) + unit(stage, 1.8)
        right = box[2] - max(block.width for block in ends) - unit(stage, 2.6)
        names_height = unit(stage, 7.2)
        plot = (left, box[1] + unit(stage, 2), right, box[3] - names_height - unit(stage, 1.4))
        self._axes(stage, board, plot, box, scales)
        low, span = marks[0], marks[-1] - marks[0]
        times, tops = cue_times(stage, len(self.series)), self._tops(stage, plot, ends, low, span)
        for place, (one, end, at) in enumerate(zip(self.series, ends, times, strict=True)):
            color = theme.series[place % len(theme.series)]
            points = [
                (
                    plot[0] + width_of(plot) * index / (len(one.values) - 1),
                    plot[3] - (value - low) / span * height_of(plot),
                )
                for index, value in enumerate(one.values)
            ]
            shapes = self._shapes(stage, points, plot, color)
            piece = figure(stage, *shapes)
            board.add(piece, Motion(at, "wipe", _DRAWING_S, easing="sine"))
            spot = figure(stage, filled(disc(*points[-1], unit(stage, 1.5)), color))
            board.add(spot, Motion(at + _DRAWING_S - 0.1, "fade", 0.2))
            add_text(board, stage, end, plot[2] + unit(stage, 2.6), tops[place], at + _DRAWING_S - 0.15)
        return board

    def _shapes(self, stage: Stage, points: list[tuple[float, float]], plot: Box, color: str) -> list[Shape]:
        pen = unit(stage, 0.8)
        line = stroked(line_to(*points), color, pen)
        if len(self.series) > 1:
            return [line]
        ground = filled(line_to(*points, (points[-1][0], plot[3]), (points[0][0], plot[3]), points[0]), color, 0.16)
        return [ground, line]

    def _ends(self, stage: Stage, box: Box) -> list[TextBlock]:
        """Return what stands at the end of each line: its name, or its last value if it is the only one."""
        decimals = decimals_of([value for one in self.series for value in one.values])
        texts, colors = [], []
        wide, room = (
            width_of(box) * 0.26,
            min(unit(stage, 18), height_of(box) * 0.86 / len(self.series) - unit(stage, 0.6)),
        )
        for place, one in enumerate(self.series):
            value = number(one.values[-1], decimals, self.before, self.after)
            joint = " " if width_of(box) > unit(stage, 110) else "\n"
            texts.append(f"{one.name}{joint}{value}" if one.name.strip() else value)
            colors.append(stage.theme.series[place % len(stage.theme.series)])
        blocks = alike(stage, tuple(texts), "body", wide, room, weight=700, scale=0.92)
        return [
            replace(block, style=block.style.model_copy(update={"color": color}))
            for block, color in zip(blocks, colors, strict=True)
        ]

    def _tops(self, stage: Stage, plot: Box, ends: list[TextBlock], low: float, span: float) -> list[float]:
        """Return where the texts at the ends stand, pushed apart where they would meet."""
        wanted = sorted(
            (plot[3] - (one.values[-1] - low) / span * height_of(plot) - end.height / 2, place)
            for place, (one, end) in enumerate(zip(self.series, ends, strict=True))
        )
        bottom = plot[3] + unit(stage, 1)
        tops = [0.0] * len(ends)
        floor = float(plot[1] - unit(stage, 2))
        for y, place in wanted:
            tops[place] = max(y, floor)
            floor = tops[place] + ends[place].height + unit(stage, 0.4)
        for _, place in reversed(wanted):
            tops[place] = min(tops[place], bottom - ends[place].height)
            bottom = round(tops[place] - unit(stage, 0.4))
        return tops

    def _axes(self, stage: Stage, board: Board, plot: Box, box: Box, scales: list[TextBlock]) -> None:
        theme, shapes = stage.theme, []
        pen = max(1.0, stage.side / 640)
        for index, block in enumerate(scales):
            y = plot[3] - height_of(plot) * index / (len(scales) - 1)
            shapes.append(stroked(line_to((plot[0], y), (plot[2], y)), theme.line, pen, 1 if index == 0 else 0.55))
            add_text(board, stage, block, plot[0] - unit(stage, 1.8) - block.width, y - middle_of(block))
        board.add(figure(stage, *shapes))
        count = len(self.labels)
        widest = max(
            write(stage, label, "body", width_of(plot) / 2, unit(stage, 6), lines=1, scale=0.87).width
            for label in self.labels[:60]
        )
        most = max(2, int(width_of(plot) / (widest + unit(stage, 2.5))) + 1)
        step = max(1, -(-(count - 1) // max(most - 1, 1)))
        for index in range(0, count, step):
            x = plot[0] + width_of(plot) * index / (count - 1)
            block = write(
                stage, self.labels[index], "body", width_of(plot) / 2, unit(stage, 6), theme.muted, lines=1, scale=0.87
            )
            left = min(max(x - block.width / 2, box[0]), box[2] - block.width)
            add_text(board, stage, block, left, plot[3] + unit(stage, 2.4))
