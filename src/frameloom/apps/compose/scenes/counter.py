"""A number that counts up."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from frameloom.apps.compose.scenes.board import Board, Live
from frameloom.apps.compose.scenes.figures import backdrop
from frameloom.apps.compose.scenes.figuring import Number, decimals_of, number
from frameloom.apps.compose.scenes.heading import Short, Text, add_lines, add_text, footnote
from frameloom.apps.compose.scenes.layout import cue_times, height_of, lower, stack, unit, width_of
from frameloom.apps.compose.scenes.lettering import indent, is_to_left, write
from frameloom.apps.compose.scenes.pieces import Piece, lettered
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.core.config import Config
from frameloom.media.text import Align, TextBlock, TextStyle, set_text

_COUNTING_S = 1.4
"""Seconds that counting takes."""


class Counter(Config):
    """A number that counts up, and what it means."""

    kind: Literal["counter"] = "counter"
    value: Number
    start: Number = 0.0
    before: Annotated[str, Field(max_length=12)] = ""
    after: Annotated[str, Field(max_length=12)] = ""
    decimals: Annotated[int, Field(ge=0, le=3)] | None = None
    label: Text = ""
    kicker: Short = ""
    source: Short = ""

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        value = f"{self.value:g}"
        return (value, self.label) if self.label else (value,)

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        theme, board = stage.theme, Board(backdrop(stage))
        box = footnote(stage, board, self.source, stage.safe)
        times = cue_times(stage, len(self.parts()), together=True)
        align: Align = theme.align
        lead = self.label or self.kicker
        decimals = decimals_of([self.value]) if self.decimals is None else self.decimals
        texts = [number(value, decimals, self.before, self.after) for value in (self.value, self.start)]
        longest = max(texts, key=len)
        size = write(
            stage,
            longest,
            "number",
            width_of(box) * 0.92,
            height_of(box) * 0.56,
            theme.accent,
            lines=1,
            scale=1.0 if stage.width <= stage.height else 1.6,
        )
        kick = write(
            stage, self.kicker, "label", width_of(box), height_of(box) * 0.1, theme.muted, align, 1, scale=1.35
        )
        label = write(
            stage,
            self.label,
            "heading",
            width_of(box) * 0.96,
            height_of(box) * 0.3,
            align=align,
            weight=600,
            scale=1.12,
        )
        high = size.size_px * 0.78
        has_kick, has_label = bool(self.kicker.strip()), bool(self.label.strip())
        tops = stack(
            box, [kick.height if has_kick else 0, high, label.height if has_label else 0],
            [unit(stage, 3) if has_kick else 0, unit(stage, 4.5) if has_label else 0], lower(stage, 0.48),
        )  # fmt: skip
        if has_kick:
            add_text(board, stage, kick, indent(kick, box, align, lead), tops[0], 0.0)
        board.parts.append(_count(self, stage, size, decimals, tops[1] + high, align, times[0]))
        if has_label:
            at = max(times[-1], times[0] + 0.3)
            add_lines(board, stage, label, indent(label, box, align, lead), tops[2], at)
        return board


def _count(
    counter: Counter, stage: Stage, size: TextBlock, decimals: int, baseline: float, align: Align, at: float
) -> Live:
    """Return the number on its way: each sign has a cell, so that nothing trembles; at last they close up."""
    box, flip = stage.safe, is_to_left(counter.label or counter.kicker)
    texts = [number(value, decimals, counter.before, counter.after) for value in (counter.value, counter.start)]
    signs = max((_signs(text, counter.before, counter.after) for text in texts), key=len)
    style = size.style.model_copy(update={"letter_spacing": 0.0})
    cells = _Cells(stage, style)
    used = sum(map(cells.width, signs))
    if used > box[2] - box[0]:  # cells are wider than letters that stand close
        cells = _Cells(stage, style.model_copy(update={"size": style.size * (box[2] - box[0]) / used * 0.99}))
    pieces: dict[tuple[str, int], Piece] = {}

    def draw(done: float) -> Sequence[Piece]:
        value = counter.start + (counter.value - counter.start) * done
        signs = _signs(number(value, decimals, counter.before, counter.after), counter.before, counter.after)
        widths = [cells.width(sign, max(0.0, done * 10 - 9)) for sign in signs]
        total = sum(widths)
        x = box[2] - total if flip else float(box[0])
        x = (box[0] + box[2] - total) / 2 if align == "center" else x
        result = []
        for sign, width in zip(signs, widths, strict=True):
            own = cells.block(sign)
            left = round(x + (width - own.width) / 2)
            if sign.strip():
                key = sign, left
                if key not in pieces:
                    pieces[key] = lettered(own, left, baseline - own.baselines[0])
                result.append(pieces[key])
            x += width
        return result

    return Live(draw, at, _COUNTING_S, steps=max(2, min(120, round(float(stage.rate) * _COUNTING_S))))


class _Cells:
    """Signs as texts, and how much room each takes: all digits a little less than the widest, as margins may meet."""

    def __init__(self, stage: Stage, style: TextStyle):
        self._stage, self._style = stage, style
        self._blocks: dict[str, TextBlock] = {}
        self._digit = round(0.91 * max(self.block(sign).width for sign in "0123456789"))

    def block(self, sign: str) -> TextBlock:
        """Return a sign as a text."""
        if sign not in self._blocks:
            self._blocks[sign] = set_text(sign, self._style, self._stage.side)
        return self._blocks[sign]

    def width(self, sign: str, natural: float = 0.0) -> float:
        """Return the width of a sign's cell in px; natural is 0 where all digits take as much, 1 where each its own."""
        own = self.block(sign).width
        return own + (self._digit - own) * (1 - natural) if sign.isdigit() else own


def _signs(text: str, before: str, after: str) -> list[str]:
    """Return what stands in a cell each: digits and points alone, what is before and after the number whole."""
    head = text[: len(text) - len(text.lstrip("\N{MINUS SIGN}"))]
    rest = text[len(head) + len(before) : len(text) - len(after) if after else len(text)]
    return [*head, *([before] if before else []), *rest, *([after] if after else [])]
