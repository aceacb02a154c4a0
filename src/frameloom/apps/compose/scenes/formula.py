"""Formulas, line after line, with a word to each."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from frameloom.apps.compose.scenes.board import Board
from frameloom.apps.compose.scenes.evenly import alike
from frameloom.apps.compose.scenes.figures import backdrop, figure, paint_of
from frameloom.apps.compose.scenes.heading import Short, Text, add_text, header, rising
from frameloom.apps.compose.scenes.layout import cue_times, height_of, lower, stack, unit, width_of
from frameloom.apps.compose.scenes.lettering import indent, record_setting
from frameloom.apps.compose.scenes.tex import MOST_CHARACTERS, placed, set_formula
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.core.config import Config
from frameloom.media.canvas import Shape

_LARGEST = 0.16
"""Em of a formula as a share of the shorter side."""


class FormulaLine(Config):
    """A formula, and what it says in words."""

    tex: Annotated[str, Field(max_length=MOST_CHARACTERS)]
    note: Text = ""

    @field_validator("tex")
    @classmethod
    def _can_be_set(cls, value: str) -> str:
        set_formula(value)
        return value


def _short(value: Any) -> Any:
    return {"tex": value} if isinstance(value, str) else value


_Line = Annotated[FormulaLine, BeforeValidator(_short, json_schema_input_type=FormulaLine | str)]


class FormulaScene(Config):
    r"""Formulas in TeX: \frac{a}{b}, x^2, \sqrt{x}, \sum_{i=1}^n, \alpha and the like."""

    kind: Literal["formula"] = "formula"
    title: Short = ""
    lines: Annotated[tuple[_Line, ...], Field(min_length=1, max_length=6)]
    """Formulas below each other, each as TeX or with a note."""

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return tuple(one.note or one.tex for one in self.lines)

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        theme, board = stage.theme, Board(backdrop(stage))
        box = header(stage, board, self.title, stage.safe)
        count = len(self.lines)
        set_lines = [set_formula(one.tex) for one in self.lines]
        gap = unit(stage, 6)
        room = (height_of(box) - gap * (count - 1)) / count
        noted = tuple(one.note for one in self.lines if one.note.strip())
        notes = iter(alike(stage, noted, "lead", width_of(box), room * 0.36, theme.muted, "center"))
        blocks = [next(notes) if one.note.strip() else None for one in self.lines]
        left = room - max((block.height + unit(stage, 1.4) for block in blocks if block), default=0)
        size = min(
            stage.side * _LARGEST,
            *(width_of(box) / one.width * 1000 for one in set_lines),
            *(left / one.height * 1000 for one in set_lines),
        )
        for line in self.lines:
            record_setting(line.tex, size / stage.side)
        heights = [
            one.height * size / 1000 + (block.height + unit(stage, 1.4) if block else 0)
            for one, block in zip(set_lines, blocks, strict=True)
        ]
        tops = stack(box, heights, [gap] * (count - 1), lower(stage, 0.45))
        middle = (box[0] + box[2]) / 2
        for one, block, top, at, line in zip(set_lines, blocks, tops, cue_times(stage, count), self.lines, strict=True):
            outlines = placed(one, size, middle - one.width * size / 2000, top)
            board.add(figure(stage, Shape(outlines, paint_of(theme.text))), rising(stage, at))
            if block:
                y = top + one.height * size / 1000 + unit(stage, 1.4)
                add_text(board, stage, block, indent(block, box, "center", line.note), y, at + 0.15)
        return board
