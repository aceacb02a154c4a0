"""Events along a line that is there from the begin, each of which comes when it is named."""

from typing import Annotated, Literal

from pydantic import Field

from frameloom.apps.compose.scenes.board import Board, Motion
from frameloom.apps.compose.scenes.evenly import alike, largest, lists
from frameloom.apps.compose.scenes.figures import backdrop, bar, disc, figure, filled
from frameloom.apps.compose.scenes.heading import Short, Text, add_text, footnote, header
from frameloom.apps.compose.scenes.layout import columns, cue_times, height_of, lower, rows, unit, width_of
from frameloom.apps.compose.scenes.lettering import RoleName, indent, is_to_left, middle_of, style_of
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.core.config import Config
from frameloom.effects.titles.motion import Box
from frameloom.media.text import Align, set_text

_ROLES: tuple[RoleName, ...] = ("lead", "body")
"""Of what happened."""
_LARGEST = 1.2
"""Letters below each other, as a multiple of their role's."""

_RADIUS = 1.8
"""Of dots, in hundredths of the shorter side."""


class Event(Config):
    """What happened when."""

    when: Short
    text: Text


class Timeline(Config):
    """Events in their order."""

    kind: Literal["timeline"] = "timeline"
    title: Short = ""
    events: Annotated[tuple[Event, ...], Field(min_length=1, max_length=8)]
    source: Short = ""

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return tuple(f"{one.when} {one.text}" for one in self.events)

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        board = Board(backdrop(stage))
        box = footnote(stage, board, self.source, header(stage, board, self.title, stage.safe))
        lying = stage.width > stage.height and width_of(box) / len(self.events) > unit(stage, 27)
        (self._across if lying else self._down)(stage, board, box)
        return board

    def _across(self, stage: Stage, board: Board, box: Box) -> None:
        """Add the line from side to side, what happened below it; from the right where it is read so."""
        theme, count = stage.theme, len(self.events)
        flip = is_to_left(self.title or self.events[0].text)
        gap = unit(stage, 4)
        cells = columns(box, [1] * count, gap)
        cells = cells[::-1] if flip else cells
        wide, high = width_of(cells[0]), height_of(box)
        whens = alike(
            stage, tuple(one.when for one in self.events), "title", wide, high * 0.2, theme.accent, "center", 2
        )
        told = tuple(one.text for one in self.events)
        sizes = [alike(stage, told, role, wide, high * 0.5, align="center") for role in _ROLES]
        texts = min(sizes, key=lambda blocks: sum(len(block.lines) for block in blocks))  # larger, but for breaks
        when_height = max(block.height for block in whens)
        used = when_height + unit(stage, 12) + max(block.height for block in texts)
        top = box[1] + max(high - used, 0) * 0.42
        thick, free = unit(stage, 0.6), unit(stage, 3)
        y = round(top + when_height + unit(stage, 5))
        before = 0.0
        times = cue_times(stage, count)
        for place, (one, cell, when, text, at) in enumerate(zip(self.events, cells, whens, texts, times, strict=True)):
            x = (cell[0] + cell[2]) / 2
            if place:
                line = (
                    round(min(before, x)) + free,
                    y - thick // 2,
                    round(max(before, x)) - free,
                    y - thick // 2 + thick,
                )
                board.add(bar(stage, line, theme.line), Motion(0.1, "spread", 0.45, to_right=not flip))
            _mark(stage, board, x, y, at)
            when_y = top + when_height - when.height
            add_text(board, stage, when, indent(when, cell, "center", one.when), when_y, at)
            text_y = y + unit(stage, 5)
            add_text(board, stage, text, indent(text, cell, "center", one.text), text_y, at + 0.1)
            before = x

    def _down(self, stage: Stage, board: Board, box: Box) -> None:
        """Add the line from top to bottom, and beside it when and what; what below when, where that takes much room."""
        theme, count = stage.theme, len(self.events)
        flip = is_to_left(self.title or self.events[0].text)
        gap, radius, thick, free = unit(stage, 3), unit(stage, _RADIUS), unit(stage, 0.6), unit(stage, 2.8)
        side = 2 * radius + unit(stage, 3.4)
        wide = width_of(box) - side
        names, told = tuple(one.when for one in self.events), tuple(one.text for one in self.events)
        least = height_of(box) - gap * (count - 1)
        style = style_of(stage, "lead", weight=700)
        column = round(max(set_text(name, style, stage.side).width for name in names) * _LARGEST) + unit(stage, 3.6)
        beside = column < wide * 0.36
        if beside:
            texts = largest(stage, [told], "lead", wide - column, height_of(box), gap, _LARGEST)[0]
            size = texts[0].style.size / style.size
            whens = alike(stage, names, "lead", column, least, theme.accent, lines=1, weight=700, scale=size)
            heights = [max(when.height, text.height) for when, text in zip(whens, texts, strict=True)]
        else:
            column = 0
            whens = alike(stage, names, "lead", wide, least / count * 0.46, theme.accent, lines=1, weight=700)
            left = max(least - sum(when.height for when in whens), 1)
            texts = lists(stage, [told], "lead", wide, left, 0)[0]
            heights = [when.height + text.height for when, text in zip(whens, texts, strict=True)]
        spare = max(height_of(box) - sum(heights), 0)
        gap = min(unit(stage, 12), round(spare / max(count, 1)))
        used = sum(heights) + gap * (count - 1)
        top = box[1] + round(max(height_of(box) - used, 0) * lower(stage, 0.42))
        cells = rows((box[0], top, box[2], top + used), heights, gap)
        x = box[2] - radius if flip else box[0] + radius
        times = cue_times(stage, count)
        before = 0.0
        for place, (one, cell, when, text, at) in enumerate(zip(self.events, cells, whens, texts, times, strict=True)):
            y = cell[1] + middle_of(when)
            if place:
                left = round(x - thick / 2)
                line = (left, round(before) + free, left + thick, round(y) - free)
                board.add(bar(stage, line, theme.line), Motion(0.1, "sink", 0.45))
            _mark(stage, board, x, y, at)
            far = side + column
            inner = (box[0], cell[1], box[2] - side, cell[3]) if flip else (box[0] + side, cell[1], box[2], cell[3])
            rest = (box[0], cell[1], box[2] - far, cell[3]) if flip else (box[0] + far, cell[1], box[2], cell[3])
            align: Align = "right" if flip else "left"
            add_text(board, stage, when, indent(when, inner, align, one.when), cell[1], at)
            text_y = cell[1] + middle_of(when) - middle_of(text) if beside else cell[1] + when.height
            add_text(board, stage, text, indent(text, rest, align, one.text), text_y, at + 0.1)
            before = y


def _mark(stage: Stage, board: Board, x: float, y: float, at: float) -> None:
    """Add the dot of an event: pale from the begin, in the accent's colour once it is named."""
    radius = unit(stage, _RADIUS)
    board.add(figure(stage, filled(disc(x, y, radius), stage.theme.line)), Motion(0.1, "fade", 0.3))
    board.add(figure(stage, filled(disc(x, y, radius), stage.theme.accent)), Motion(at, "fade", 0.3))
