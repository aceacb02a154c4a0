"""A listing of code in colours, shown in steps; the lines of the step at hand stand out."""

import re
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from frameloom.apps.compose.scenes.board import Board, Motion
from frameloom.apps.compose.scenes.figures import backdrop, bar, card, disc, figure, filled, mixed
from frameloom.apps.compose.scenes.heading import Short, add_text, header, rising
from frameloom.apps.compose.scenes.layout import cue_times, height_of, inset, lower, unit, width_of
from frameloom.apps.compose.scenes.lettering import record_setting, style_of, write
from frameloom.apps.compose.scenes.pieces import Piece, piece_of
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.apps.compose.theme import Theme
from frameloom.core.config import Config
from frameloom.effects.titles.motion import Box
from frameloom.media.text import draw_block, set_text

_LARGEST = 0.062
"""Em as a share of the shorter side."""
_PITCH = 1.42
"""From line to line, as a multiple of the em."""
_STEP = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?")
Token = tuple[str, str]
"""Some letters, and their colour."""


class Code(Config):
    """A listing."""

    kind: Literal["code"] = "code"
    title: Short = ""
    code: Annotated[str, Field(min_length=1, max_length=4000)]
    language: Annotated[str, Field(max_length=40)] = "python"
    """As Pygments names it: python, rust, javascript, bash, sql, text ..."""
    steps: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    """Lines that come one after another, such as ["1-3", "5"]; all at once if left out."""

    @field_validator("language")
    @classmethod
    def _is_known(cls, value: str) -> str:
        from pygments.lexers import find_lexer_class_by_name
        from pygments.util import ClassNotFound

        try:
            find_lexer_class_by_name(value)
        except ClassNotFound as error:
            raise ValueError(f"unknown language {value!r}; give a name that Pygments knows, or text") from error
        return value

    @model_validator(mode="after")
    def _can_be_shown(self) -> Self:
        count = len(self._lines())
        if count > 40:
            raise ValueError(f"code of {count} lines; at most 40 can be read: show a part")
        for step in self.steps:
            match = _STEP.fullmatch(step.strip())
            if match is None:
                raise ValueError(f"step {step!r}: give a line or lines, such as 3 or 1-4")
            if not 1 <= int(match[1]) <= int(match[2] or match[1]) <= count:
                raise ValueError(f"step {step!r}: lines go from 1 to {count}, the lower one first")
        return self

    def _lines(self) -> list[str]:
        return self.code.expandtabs(4).strip("\n").split("\n")

    def _spans(self) -> list[range]:
        """Return the lines of each step, from 0 on."""
        if not self.steps:
            return [range(len(self._lines()))]
        matches = [match for step in self.steps if (match := _STEP.fullmatch(step.strip()))]
        return [range(int(match[1]) - 1, int(match[2] or match[1])) for match in matches]

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        lines = self._lines()
        return tuple("\n".join(lines[span.start : span.stop]) for span in self._spans())

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        theme, board = stage.theme, Board(backdrop(stage))
        box = header(stage, board, self.title, stage.safe)
        lines, spans = self._lines(), self._spans()
        times = cue_times(stage, len(spans))
        pad, head = unit(stage, 2.8), unit(stage, 5)
        signs = max(max(map(_cells, lines)), 24)
        numbers = len(str(len(lines))) + 2
        widest = (width_of(box) - 2 * pad) / ((signs + numbers) * 0.5)
        highest = (height_of(box) - head - 2 * pad) / (len(lines) * _PITCH)
        size = min(stage.side * _LARGEST, widest, highest)
        record_setting(max(lines, key=_cells).strip(), size / stage.side)
        pitch = size * _PITCH
        high = round(head + 2 * pad + pitch * len(lines))
        top = box[1] + round(max(height_of(box) - high, 0) * lower(stage, 0.38))
        panel = (box[0], top, box[2], min(top + high, box[3]))
        card(stage, board, panel)
        for place, color in enumerate((theme.series[2], theme.series[3], theme.series[1])):
            spot = (panel[0] + pad + place * unit(stage, 2.6) + unit(stage, 0.8), panel[1] + head * 0.56)
            board.add(figure(stage, filled(disc(*spot, unit(stage, 0.8)), color, 0.8)))
        name = write(stage, self.language, "small", width_of(panel) / 2, head * 0.9, theme.muted, lines=1)
        add_text(board, stage, name, panel[2] - pad - name.width, panel[1] + head * 0.56 - name.height / 2)
        inner = inset(panel, pad)
        top = inner[1] + head
        shown = dict.fromkeys(range(len(lines)), times[0])
        for span, at in reversed(list(zip(spans, times, strict=True))):
            shown.update(dict.fromkeys(span, at))
        if len(spans) > 1:
            for place, (span, at) in enumerate(zip(spans, times, strict=True)):
                until = times[place + 1] if place + 1 < len(times) else None
                band = (panel[0] + 2, round(top + span.start * pitch), panel[2] - 2, round(top + span.stop * pitch))
                color = mixed(theme.surface, theme.accent, 0.14)
                board.add(bar(stage, band, color), Motion(at, "fade", 0.3, until=until))
        colored = tokens(self.code.expandtabs(4).strip("\n"), self.language, theme)
        for number, line in enumerate(colored):
            left = inner[0] + numbers * size * 0.5
            y = top + number * pitch
            mark = _line(
                stage, [(f"{number + 1:>{numbers - 2}}", theme.muted)], size, pitch, (inner[0], round(y), inner[2], 0)
            )
            board.add(mark)
            piece = _line(stage, line, size, pitch, (round(left), round(y), panel[2], 0))
            board.add(piece, rising(stage, shown[number] + 0.02 * (number % 8), 0.35))
        return board


def _cells(line: str) -> int:
    """Return how wide a line is in half ems: signs of East Asia take two."""
    return sum(2 if ord(sign) > 0x2E80 else 1 for sign in line)


def _line(stage: Stage, tokens: list[Token], size: float, pitch: float, box: Box) -> Piece | None:
    """Return a line of tokens beside each other, its left top at that of a box."""
    wide = round((_cells("".join(text for text, _ in tokens)) + 2) * size * 0.5)
    if wide <= 0 or not "".join(text for text, _ in tokens).strip():
        return None
    canvas = np.zeros((round(pitch * 1.4), wide, 4), np.uint8)
    x = 0.0
    for text, color in tokens:
        if text.strip():
            style = style_of(stage, "code", color).model_copy(update={"size": size / stage.side, "direction": "ltr"})
            block = set_text(text, style, stage.side)
            drawn = draw_block(block)
            left, top = round(x) + drawn.left, round(pitch * 0.74 - block.baselines[0]) + drawn.top
            _paste(canvas, drawn.pixels, left, top)
        x += _cells(text) * size * 0.5
    return piece_of(canvas, box[0], box[1])


def _paste(canvas: np.ndarray, pixels: np.ndarray, left: int, top: int) -> None:
    """Write letters over an empty part of a canvas, with their alpha multiplied in."""
    y, x = max(-top, 0), max(-left, 0)
    part = pixels[y : canvas.shape[0] - top, x : canvas.shape[1] - left]
    place = canvas[max(top, 0) : max(top, 0) + part.shape[0], max(left, 0) : max(left, 0) + part.shape[1]]
    alpha = part[..., 3:].astype(np.uint16)
    place[..., :3] = np.maximum(place[..., :3], part[..., :3] * alpha // 255)
    place[..., 3:] = np.maximum(place[..., 3:], part[..., 3:])


def tokens(code: str, language: str, theme: Theme) -> list[list[Token]]:
    """Return each line of code as tokens in the theme's colours."""
    from pygments import lex
    from pygments.lexers import get_lexer_by_name
    from pygments.token import Comment, Keyword, Name, Number, Operator, String

    colors = (
        (Comment, theme.muted),
        (Keyword, theme.series[0]),
        (Operator.Word, theme.series[0]),
        (String, theme.series[3]),
        (Number, theme.series[2]),
        (Name.Function, theme.series[1]),
        (Name.Class, theme.series[1]),
        (Name.Builtin, theme.series[1]),
        (Name.Decorator, theme.series[4 % len(theme.series)]),
    )
    lines: list[list[Token]] = [[]]
    for kind, text in lex(code, get_lexer_by_name(language, stripnl=False, ensurenl=False)):
        color = next((color for wanted, color in colors if kind in wanted), theme.text)
        first, *rest = text.split("\n")
        lines[-1].append((first, color))
        lines += [[(part, color)] for part in rest]
    return lines
