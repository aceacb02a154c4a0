"""Events along a line, each of which comes when it is named."""

from typing import Annotated, Literal

from pydantic import Field

from frameloom.apps.compose.scenes.board import Board, Motion
from frameloom.apps.compose.scenes.figures import backdrop, bar, disc, figure, filled
from frameloom.apps.compose.scenes.heading import Short, Text, add_text, footnote, header
from frameloom.apps.compose.scenes.layout import columns, cue_times, height_of, rows, unit, width_of
from frameloom.apps.compose.scenes.lettering import alike, indent, is_to_left, lists, middle_of
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.core.config import Config
from frameloom.effects.titles.motion import Box


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
        lying = width_of(box) / len(self.events) > unit(stage, 27)
        (self._across if lying else self._down)(stage, board, box)
        return board

    def _across(self, stage: Stage, board: Board, box: Box) -> None:
        """Add the line from side to side, texts below it; from the right where they are read so."""
        theme, count = stage.theme, len(self.events)
        flip = is_to_left(self.title or self.events[0].text)
        cells = columns(box, [1] * count, unit(stage, 4))
        cells = cells[::-1] if flip else cells
        wide = width_of(cells[0])
        whens = alike(
            stage, tuple(one.when for one in self.events), "heading", wide, height_of(box) * 0.2, theme.accent, lines=2
        )
        when_height = max(block.height for block in whens)
        texts = alike(stage, tuple(one.text for one in self.events), "body", wide, height_of(box) * 0.55)
        used = when_height + unit(stage, 10) + max(block.height for block in texts)
        top = box[1] + max(height_of(box) - used, 0) * 0.3
        radius, thick, free = unit(stage, 1.5), unit(stage, 0.5), unit(stage, 2.4)
        y = round(top + when_height + unit(stage, 3.6))
        times = cue_times(stage, count)
        for place, (one, cell, when, text, at) in enumerate(zip(self.events, cells, whens, texts, times, strict=True)):
            x = cell[2] - radius if flip else cell[0] + radius
            if place:
                before = cells[place - 1][2] - radius if flip else cells[place - 1][0] + radius
                piece = bar(
                    stage,
                    (min(before, x) + free, y - thick // 2, max(before, x) - free, y - thick // 2 + thick),
                    theme.line,
                )
                board.add(piece, Motion(max(at - 0.35, 0), "spread", 0.45, to_right=not flip))
            board.add(figure(stage, filled(disc(x, y, radius), theme.accent)), Motion(at, "fade", 0.3))
            add_text(
                board,
                stage,
                when,
                indent(when, cell, "right" if flip else "left", one.when),
                top + when_height - when.height,
                at,
            )
            add_text(
                board,
                stage,
                text,
                indent(text, cell, "right" if flip else "left", one.text),
                y + unit(stage, 4.2),
                at + 0.1,
            )

    def _down(self, stage: Stage, board: Board, box: Box) -> None:
        """Add the line from top to bottom, texts beside it."""
        theme, count = stage.theme, len(self.events)
        flip = is_to_left(self.title or self.events[0].text)
        gap, radius, thick, free = unit(stage, 3), unit(stage, 1.5), unit(stage, 0.5), unit(stage, 2.4)
        room = (height_of(box) - gap * (count - 1)) / count
        side = 2 * radius + unit(stage, 3.4)
        wide = width_of(box) - side
        whens = alike(
            stage,
            tuple(one.when for one in self.events),
            "small",
            wide,
            room * 0.34,
            theme.accent,
            lines=1,
            weight=700,
            scale=1.15,
        )
        left = height_of(box) - sum(when.height for when in whens) - gap * (count - 1)
        texts = lists(stage, [tuple(one.text for one in self.events)], "body", wide, max(left, 1), 0)[0]
        heights = [when.height + text.height for when, text in zip(whens, texts, strict=True)]
        spare = height_of(box) - sum(heights)
        gap = min(unit(stage, 6), round(spare / max(count, 1)))
        cells = rows((box[0], box[1], box[2], box[1] + sum(heights) + gap * (count - 1)), heights, gap)
        x = box[2] - radius if flip else box[0] + radius
        times = cue_times(stage, count)
        before = 0.0
        for place, (one, cell, when, text, at) in enumerate(zip(self.events, cells, whens, texts, times, strict=True)):
            y = cell[1] + middle_of(when)
            if place:
                piece = bar(
                    stage,
                    (round(x - thick / 2), round(before) + free, round(x - thick / 2) + thick, round(y) - free),
                    theme.line,
                )
                board.add(piece, Motion(max(at - 0.35, 0), "sink", 0.45))
            board.add(figure(stage, filled(disc(x, y, radius), theme.accent)), Motion(at, "fade", 0.3))
            inner = (box[0], cell[1], box[2] - side, cell[3]) if flip else (box[0] + side, cell[1], box[2], cell[3])
            add_text(board, stage, when, indent(when, inner, "right" if flip else "left", one.when), cell[1], at)
            add_text(
                board,
                stage,
                text,
                indent(text, inner, "right" if flip else "left", one.text),
                cell[1] + when.height,
                at + 0.1,
            )
            before = y
