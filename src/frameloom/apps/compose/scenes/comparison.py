"""Two things beside each other, point by point; below each other where the picture is narrow."""

from typing import Annotated, Literal

from pydantic import Field

from frameloom.apps.compose.scenes.board import Board
from frameloom.apps.compose.scenes.figures import backdrop, card, disc, figure, filled, rounded
from frameloom.apps.compose.scenes.heading import Short, Text, add_text, footnote, header, rising
from frameloom.apps.compose.scenes.layout import columns, cue_times, height_of, inset, rows, unit, width_of
from frameloom.apps.compose.scenes.lettering import indent, is_to_left, lists, middle_of, write
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.core.config import Config
from frameloom.effects.titles.motion import Box
from frameloom.media.text import TextBlock


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
        beside = width_of(box) > height_of(box) * 0.95
        cells = columns(box, (1, 1), unit(stage, 3.4)) if beside else rows(box, (1, 1), unit(stage, 3))
        if is_to_left(self.title or self.left.title) and beside:
            cells = cells[::-1]
        times = cue_times(stage, len(self.parts()))
        split = 1 + len(self.left.items)
        sides = (
            (self.left, stage.theme.series[1], times[:split]),
            (self.right, stage.theme.accent, times[split:]),
        )
        pad, dots = unit(stage, 3.4), unit(stage, 4)
        head = height_of(cells[0]) * (0.24 if beside else 0.3)
        gap, wide = unit(stage, 2.4), width_of(cells[0]) - 2 * pad
        titles = [write(stage, side.title, "heading", wide, head * 0.9, color, lines=2) for side, color, _ in sides]
        room = height_of(cells[0]) - 2 * pad - max(title.height for title in titles) - gap
        blocks = lists(stage, [side.items for side, _, _ in sides], "lead", wide - dots, room, gap)
        used = max(
            2 * pad + title.height + sum(block.height + unit(stage, 2.4) for block in own)
            for title, own in zip(titles, blocks, strict=True)
        )
        if beside and used < height_of(cells[0]):
            spare = (height_of(cells[0]) - used) // 4
            cells = [(cell[0], cell[1] + spare, cell[2], round(cell[1] + spare + used)) for cell in cells]
        for (side, color, at), cell, title, own in zip(sides, cells, titles, blocks, strict=True):
            self._side(stage, board, cell, side, title, own, color, at)
        return board

    def _side(
        self, stage: Stage, board: Board, cell: Box, side: Side, title: TextBlock, blocks: list[TextBlock], color: str,
        times: list[float],
    ) -> None:  # fmt: skip
        flip, box = is_to_left(side.title), inset(cell, unit(stage, 3.4))
        card(stage, board, cell, motion=rising(stage, times[0]))
        strip, radius = unit(stage, 0.9), stage.side * stage.theme.radius
        top = (cell[0] + radius, cell[1], cell[2] - radius, cell[1] + strip)
        board.add(figure(stage, filled(rounded(top, strip / 2), color)), rising(stage, times[0]))
        add_text(board, stage, title, indent(title, box, "start", side.title), box[1], times[0] + 0.05)
        y = box[1] + title.height + unit(stage, 2.4)
        dot, space = unit(stage, 0.8), unit(stage, 4)
        for text, block, at in zip(side.items, blocks, times[1:], strict=True):
            x = box[2] - dot if flip else box[0] + dot
            board.add(figure(stage, filled(disc(x, y + middle_of(block), dot), color)), rising(stage, at))
            inner = (box[0], 0, box[2] - space, 0) if flip else (box[0] + space, 0, box[2], 0)
            add_text(board, stage, block, indent(block, inner, "right" if flip else "left", text), y, at)
            y += block.height + unit(stage, 2.4)
