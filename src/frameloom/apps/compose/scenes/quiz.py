"""A question, what it may be, time to think, and the answer."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from frameloom.apps.compose.scenes.board import Board, Live, Motion
from frameloom.apps.compose.scenes.evenly import alike
from frameloom.apps.compose.scenes.figures import backdrop, bar, card, disc, figure, filled, line_to, rounded, stroked
from frameloom.apps.compose.scenes.heading import Short, Text, add_lines, add_text, rising
from frameloom.apps.compose.scenes.layout import cue_times, grid, height_of, lower, unit, width_of
from frameloom.apps.compose.scenes.lettering import indent, is_to_left, middle_of, style_of, write
from frameloom.apps.compose.scenes.pieces import Piece, lettered
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.apps.compose.theme import readable_on
from frameloom.core.config import Config
from frameloom.effects.titles.motion import Box
from frameloom.media.text import TextBlock, set_text

_LEAST_TO_THINK_S = 1.0
"""Shorter than this, no bar shows the time that is left."""

_DEALT_S = 0.2
"""Between the cards of options, which are there with the question; what stands on them comes when it is said."""
_SIZES = (1.1, 1.0, 0.92)
"""Of options, as multiples of their role's."""
_VEIL = 0.55
"""How much of the wrong options is hidden when the answer comes."""
_LETTERS = {"ARABIC": "أبجدهو", "HEBREW": "אבגדהו", "DEVANAGARI": "कखगघङच"}
"""What options are counted with; all else uses A to F."""


def _letters(text: str) -> str:
    """Return six letters of a text's own script.

    >>> _letters("What?"), _letters("ما")[0] == "أ"
    ('ABCDEF', True)
    """
    script = next((unicodedata.name(letter, "").split(" ")[0] for letter in text if letter.isalpha()), "")
    return _LETTERS.get(script, "ABCDEF")


class Quiz(Config):
    """A question with options; the last cue shows which is right."""

    kind: Literal["quiz"] = "quiz"
    question: Text
    options: Annotated[tuple[Short, ...], Field(min_length=2, max_length=6)]
    answer: Annotated[int, Field(ge=1, le=6)]
    """The option that is right, from 1 on."""
    kicker: Short = ""

    @model_validator(mode="after")
    def _has_an_answer(self) -> Self:
        if self.answer > len(self.options):
            raise ValueError(f"answer {self.answer} of {len(self.options)} options; give 1 to {len(self.options)}")
        return self

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues: the question, each option, the answer."""
        return (self.question, *self.options, self.options[self.answer - 1])

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        theme, board, box = stage.theme, Board(backdrop(stage)), stage.safe
        asked, *shown, told = cue_times(stage, len(self.parts()))
        y = float(box[1])
        if self.kicker.strip():
            kick = write(stage, self.kicker, "label", width_of(box), unit(stage, 6), theme.accent, lines=1, scale=1.3)
            add_text(board, stage, kick, indent(kick, box, "start", self.kicker), y, asked)
            y += kick.height + unit(stage, 1)
        block = write(stage, self.question, "heading", width_of(box), height_of(box) * 0.34, scale=1.08)
        add_lines(board, stage, block, indent(block, box, "start", self.question), y, asked)
        y += block.height + unit(stage, 2.6)
        thick = unit(stage, 0.8)
        self._time_left(stage, board, (box[0], round(y), box[2], round(y) + thick), max(shown) + 0.3, told)
        y += thick + unit(stage, 3.2)
        gap, free = unit(stage, 2.4), (box[0], round(y), box[2], box[3])
        across = self._across(stage, free)
        down = -(-len(self.options) // across)
        high = min((box[3] - y - gap * (down - 1)) / down, unit(stage, 20 if across > 1 else 16))
        used = high * down + gap * (down - 1)
        first = y + (box[3] - y - used) * lower(stage, 0.4)
        cells = grid((box[0], round(first), box[2], round(first + used)), len(self.options), across, gap)
        if is_to_left(self.question):
            cells = [(box[0] + box[2] - one[2], one[1], box[0] + box[2] - one[0], one[3]) for one in cells]
        radius = min(high * 0.3, unit(stage, 3.2))
        room = width_of(cells[0]) - 2 * radius - unit(stage, 7.5)
        tried = [alike(stage, self.options, "lead", room, high * 0.82, lines=3, scale=scale) for scale in _SIZES]
        blocks = min(tried, key=lambda blocks: sum(len(block.lines) for block in blocks))  # larger, but for breaks
        for place, (cell, text, at) in enumerate(zip(cells, blocks, shown, strict=True)):
            laid = min(at, asked + _DEALT_S * (place + 2))
            self._option(stage, board, cell, place, text, (laid, at), radius, None)
        right = self.answer - 1
        for place, cell in enumerate(cells):
            if place != right:
                veil = filled(rounded(cell, stage.side * theme.radius), theme.background, _VEIL)
                board.add(figure(stage, veil), Motion(told, "fade", 0.35))
        self._option(stage, board, cells[right], right, blocks[right], (told, told), radius, theme.good)
        return board

    def _across(self, stage: Stage, box: Box) -> int:
        """Return how many options stand beside each other: several where each then still has a line to itself."""
        count = len(self.options)
        if width_of(box) <= unit(stage, 110) or count < 3:
            return 1
        longest = max(set_text(one, style_of(stage, "lead"), stage.side).width for one in self.options)
        across = 3 if count == 3 else 2
        if longest <= width_of(box) / across - unit(stage, 17):
            return across
        return 1 if count < 4 else 2

    def _option(
        self,
        stage: Stage,
        board: Board,
        cell: Box,
        place: int,
        block: TextBlock,
        times: tuple[float, float],
        radius: float,
        color: str | None,
    ) -> None:
        """Add an option: its card at the first time, its words at the second; in a colour: the right one."""
        theme, flip = stage.theme, is_to_left(self.options[place])
        come = rising(stage, times[0]) if color is None else Motion(times[0], "fade", 0.35)
        if color is None:
            card(stage, board, cell, motion=come)
        else:
            board.add(bar(stage, cell, color, stage.side * theme.radius), come)
        side = unit(stage, 2.4) + radius
        middle = (cell[2] - side if flip else cell[0] + side, (cell[1] + cell[3]) / 2)
        ink = theme.text if color is None else readable_on(color, theme)
        chip = theme.accent if color is None else ink
        board.add(figure(stage, filled(disc(*middle, radius), chip)), come)
        if color is None:
            sign = write(
                stage, _letters(self.question)[place], "label", 2 * radius, 2 * radius, theme.on_accent, scale=1.2
            )
            board.add(lettered(sign, middle[0] - sign.width / 2, middle[1] - middle_of(sign)), come)
        else:
            size = radius * 0.42
            x, y = middle
            check = line_to((x - size, y + size * 0.1), (x - size * 0.25, y + size * 0.8), (x + size, y - size * 0.7))
            board.add(figure(stage, stroked(check, color, max(2.0, radius * 0.22))), come)
            block = replace(block, style=block.style.model_copy(update={"color": ink}))
        inner = (cell[0], 0, round(cell[2] - 2 * side), 0) if flip else (round(cell[0] + 2 * side), 0, cell[2], 0)
        y = (cell[1] + cell[3] - block.height) / 2
        if len(block.lines) == 1:
            y = middle[1] - middle_of(block)
        said = come if times[0] == times[1] else Motion(times[1], "fade", 0.35)
        board.add(lettered(block, indent(block, inner, "right" if flip else "left"), y), said)

    def _time_left(self, stage: Stage, board: Board, box: Box, start: float, end: float) -> None:
        """Add a bar that grows shorter until the answer comes."""
        if end - start < _LEAST_TO_THINK_S:
            return
        radius = (box[3] - box[1]) / 2

        def draw(done: float) -> Sequence[Piece]:
            right = round(box[0] + (box[2] - box[0]) * (1 - done))
            if right - box[0] < 2 * radius:
                return []
            piece = figure(stage, filled(rounded((box[0], box[1], right, box[3]), radius), stage.theme.accent))
            return [] if piece is None else [piece]

        board.parts.append(Live(draw, start, end - start, "linear", steps=max(2, round((end - start) * 12))))
