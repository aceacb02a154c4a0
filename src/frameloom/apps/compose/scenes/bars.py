"""Bars: one for each number, upright or lying, growing when it is named."""

from typing import Annotated, Literal

from pydantic import Field

from frameloom.apps.compose.scenes.board import Board, Motion
from frameloom.apps.compose.scenes.evenly import alike
from frameloom.apps.compose.scenes.figures import backdrop, bar, figure, filled, mixed, rounded
from frameloom.apps.compose.scenes.figuring import Data, decimals_of, number
from frameloom.apps.compose.scenes.heading import Short, add_text, footnote, header
from frameloom.apps.compose.scenes.layout import columns, cue_times, height_of, rows, unit, width_of
from frameloom.apps.compose.scenes.lettering import is_to_left, middle_of, style_of
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.apps.compose.theme import Theme, contrast
from frameloom.core.config import Config
from frameloom.effects.titles.motion import Box
from frameloom.media.text import TextBlock, set_text

_LOW = 8
"""Height of a lying bar and its name in hundredths of the shorter side, below which the name stands beside it."""
_LEAST = 3.0
"""Contrast of bars that do not stand out (WCAG 2.2, 1.4.11); their names and numbers are letters and have more."""


class Bars(Config):
    """A bar for each number."""

    kind: Literal["bars"] = "bars"
    title: Short = ""
    data: Annotated[Data, Field(min_length=1, max_length=12)]
    """Label and value of each bar, or a table such as {Rain = 3, Sun = 5}."""
    before: Short = ""
    """Written before each number, such as $."""
    after: Short = ""
    """Written after each number, such as " %"."""
    direction: Literal["auto", "columns", "rows"] = "auto"
    highlight: Annotated[int, Field(ge=1)] | None = None
    """The bar that stands out, from 1 on; without it all have one colour."""
    source: Short = ""

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return tuple(f"{one.label} {one.value:g}" for one in self.data)

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        board = Board(backdrop(stage))
        box = footnote(stage, board, self.source, header(stage, board, self.title, stage.safe))
        lying = self.direction == "rows"
        if self.direction == "auto":
            longest = max(len(one.label) for one in self.data)
            lying = len(self.data) > 8 or (stage.width <= stage.height and len(self.data) > 4) or longest > 16
        (self._rows if lying else self._columns)(stage, board, box)
        return board

    @property
    def _to_left(self) -> bool:
        return is_to_left(self.title or self.data[0].label)

    def _colors(self, stage: Stage) -> list[str]:
        theme = stage.theme
        if self.highlight is None:
            return [theme.series[0]] * len(self.data)
        quiet = _receding(theme)
        return [theme.accent if place == self.highlight else quiet for place in range(1, len(self.data) + 1)]

    def _numbers(self, stage: Stage, width: float, height: float) -> list[TextBlock]:
        decimals = decimals_of([one.value for one in self.data])
        texts = tuple(number(one.value, decimals, self.before, self.after) for one in self.data)
        return alike(stage, texts, "lead", width, height, align="center", lines=1, weight=700)

    def _span(self) -> tuple[float, float]:
        """Return the lowest and highest value to be shown, zero among them."""
        values = [one.value for one in self.data]
        low, high = min(0.0, *values), max(0.0, *values)
        return (low, high) if high > low else (0.0, 1.0)

    def _columns(self, stage: Stage, board: Board, box: Box) -> None:
        theme, count = stage.theme, len(self.data)
        gap = width_of(box) / count * (0.42 if count < 6 else 0.3)
        wide = min((width_of(box) - gap * (count - 1)) / count, unit(stage, 30))
        gap = min(gap, wide * 0.9)
        wide -= gap / count  # numbers and names may be wider than their bar, at the ends too
        used = wide * count + gap * (count - 1)
        middle = (box[0] + box[2]) / 2
        cells = columns((round(middle - used / 2), box[1], round(middle + used / 2), box[3]), [1] * count, gap)
        if self._to_left:
            cells = cells[::-1]
        names = alike(stage, tuple(one.label for one in self.data), "body", wide + gap * 0.86, height_of(box) * 0.2,
                      theme.muted, "center", 3)  # fmt: skip
        numbers = self._numbers(stage, wide + gap * 0.45, height_of(box) * 0.14)
        under, over = max(name.height for name in names) + unit(stage, 1.6), numbers[0].height + unit(stage, 0.8)
        low, high = self._span()
        top, bottom = box[1] + over, box[3] - under - (over if low < 0 else 0)
        scale = (bottom - top) / (high - low)
        zero = round(top + high * scale)
        axis = (box[0], zero, box[2], zero + max(2, unit(stage, 0.25)))
        times = cue_times(stage, count)
        for one, cell, name, value, color, at in zip(
            self.data, cells, names, numbers, self._colors(stage), times, strict=True
        ):
            length = max(round(abs(one.value) * scale), 2)
            radius = min(stage.side * theme.radius * 0.7, length / 2)
            upwards = one.value >= 0
            body = (cell[0], zero - length, cell[2], zero) if upwards else (cell[0], zero, cell[2], zero + length)
            flat = filled(
                rounded((body[0], zero - radius if upwards else zero, body[2], zero if upwards else zero + radius), 0),
                color,
            )
            grow = Motion(at, "grow" if upwards else "sink", 0.7)
            board.add(figure(stage, filled(rounded(body, radius), color), flat), grow)
            x = (cell[0] + cell[2]) / 2
            y = body[1] - value.height - unit(stage, 0.5) if upwards else body[3] + unit(stage, 0.5)
            add_text(board, stage, value, x - value.width / 2, y, at + 0.35)
            add_text(board, stage, name, x - name.width / 2, box[3] - under + unit(stage, 1.6))
        board.add(figure(stage, filled(rounded(axis, 0), theme.line)))

    def _rows(self, stage: Stage, board: Board, box: Box) -> None:
        theme, count, flip = stage.theme, len(self.data), self._to_left
        labels = tuple(one.label for one in self.data)
        longest = max(set_text(label, style_of(stage, "body"), stage.side).width for label in labels)
        gap = min(unit(stage, 4), height_of(box) / count * 0.3)
        room = height_of(box) / count - gap
        beside = width_of(box) > unit(stage, 110) or longest < width_of(box) * 0.3 or room < unit(stage, _LOW)
        high = min(room, unit(stage, 13 if beside else 18))
        used = high * count + gap * (count - 1)
        top = box[1] + (height_of(box) - used) * 0.45
        cells = rows((box[0], round(top), box[2], round(top + used)), [1] * count, gap)
        wide = width_of(box) * (0.3 if beside else 0.98)
        pitch = high + gap * 0.9  # what is written may reach over a low bar
        lines = (2 if high > unit(stage, _LOW) else 1) if beside else 1
        names = alike(stage, labels, "body", wide, pitch if beside else high * 0.58, theme.text, "start", lines)
        numbers = self._numbers(stage, width_of(box) * 0.3, min(pitch, high * 1.4) if beside else high * 0.6)
        widest = max(value.width for value in numbers) + unit(stage, 1.6)
        left = box[0] + (max(name.width for name in names) + unit(stage, 3) if beside else 0)
        low, most = self._span()
        scale = (box[2] - widest - left - (widest if low < 0 else 0)) / (most - low)
        zero = left + (widest if low < 0 else 0) - low * scale
        times = cue_times(stage, count)
        for one, cell, name, value, color, at in zip(
            self.data, cells, names, numbers, self._colors(stage), times, strict=True
        ):
            y0 = cell[1] if beside else min(cell[1] + name.height + unit(stage, 0.4), cell[3] - unit(stage, 2))
            thick = min(cell[3] - y0, unit(stage, 10 if beside else 8))
            y = y0 + ((cell[3] - y0) - thick) / 2 if beside else y0
            length = max(abs(one.value) * scale, 2)
            body = (round(zero), round(y), round(zero + length), round(y + thick))
            if one.value < 0:
                body = (round(zero - length), round(y), round(zero), round(y + thick))
            radius = min(stage.side * theme.radius * 0.7, thick / 2)
            x = body[2] + unit(stage, 1.2) if one.value >= 0 else body[0] - unit(stage, 1.2) - value.width
            name_x = float(box[0])
            if flip:
                turn = box[0] + box[2]
                body = (turn - body[2], body[1], turn - body[0], body[3])
                x, name_x = turn - x - value.width, box[2] - name.width
            board.add(bar(stage, body, color, radius), Motion(at, "spread", 0.7, to_right=(one.value >= 0) != flip))
            add_text(board, stage, value, x, y + thick / 2 - middle_of(value), at + 0.35)
            name_y = (cell[1] + cell[3] - name.height) / 2 if beside else cell[1]
            add_text(board, stage, name, name_x, name_y)


def _receding(theme: Theme) -> str:
    """Return a quiet colour for bars that do not stand out: as near to the ground as may be."""
    grounds = (theme.background, theme.background_to)
    shares = (share / 20 for share in range(8, 21))
    tried = (mixed(theme.background, theme.muted, share) for share in shares)
    return next((color for color in tried if min(contrast(color, one) for one in grounds) >= _LEAST), theme.muted)
