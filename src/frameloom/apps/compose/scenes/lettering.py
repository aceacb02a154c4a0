"""Letters of a scene: one scale of sizes for all kinds, and texts that always fit.

text + role --smaller, more lines, at last cut with an ellipsis--> block within its box --place--> corner
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from frameloom.apps.compose.stage import Stage
from frameloom.effects.titles.motion import Box
from frameloom.media.text import Align, TextBlock, TextStyle, set_text
from frameloom.media.text.bidi import direction_of

RoleName = Literal["display", "title", "heading", "lead", "body", "small", "label", "number", "code"]


@dataclass(frozen=True, slots=True)
class Role:
    """What letters are for."""

    size: float
    """Of the em, as a share of the picture's shorter side."""
    weight: int
    """0: that of the theme's headings."""
    heading: bool = False
    """Whether in the theme's font for headings."""
    line_spacing: float = 1.0
    letter_spacing: float = 0.0


ROLES: dict[RoleName, Role] = {
    "display": Role(0.135, 0, True, 0.86, -0.018),
    "title": Role(0.098, 0, True, 0.88, -0.014),
    "heading": Role(0.066, 0, True, 0.9, -0.008),
    "lead": Role(0.056, 400, False, 0.98),
    "body": Role(0.046, 400, False, 0.98),
    "small": Role(0.036, 400),
    "label": Role(0.033, 700, False, 1.0, 0.02),
    "number": Role(0.24, 0, True, 0.9, -0.02),
    "code": Role(0.04, 400),
}
"""Sizes rise by about 1.4 from one to the next."""

LEAST_SIZE = 0.022
"""Smallest em as a share of the shorter side: 24 px of 1080."""

READABLE = 0.026
"""Em as a share of the shorter side from which on a telephone's letters are read with ease: 28 px of 1080."""


@dataclass(frozen=True, order=True, slots=True)
class Setting:
    """How a text is set; the better the greater."""

    is_whole: bool
    size: float
    """Of the em, as a share of the picture's shorter side."""


_WATCHED: ContextVar[dict[str, Setting] | None] = ContextVar("watched", default=None)


@contextmanager
def watching() -> Iterator[dict[str, Setting]]:
    """Collect how each text is set meanwhile; of those that are tried in several ways, how well it can be."""
    found: dict[str, Setting] = {}
    token = _WATCHED.set(found)
    try:
        yield found
    finally:
        _WATCHED.reset(token)


def record_setting(text: str, size: float, is_whole: bool = True) -> None:
    """Tell who watches how a text is set."""
    if (found := _WATCHED.get()) is not None:
        setting = Setting(is_whole, size)
        found[text] = max(found.get(text, setting), setting)


_UPRIGHT = 1.12
"""How much larger all letters are in a picture that is higher than wide: it is held nearer, and has the height."""
STEPS = (1.0, 0.93, 0.86, 0.8, 0.74, 0.68, 0.62)
"""Sizes that are tried before a word is parted."""
MORE_STEPS = (0.62, 0.56, 0.5, 0.44, 0.38, 0.33, 0.28, 0.24, 0.2, 0.16, 0.12, 0.09)
"""Sizes that are tried when it has to be; none is below the least."""


def write(
    stage: Stage,
    text: str,
    role: RoleName,
    width: float,
    height: float,
    color: str | None = None,
    align: Align = "start",
    lines: int | None = None,
    weight: int | None = None,
    scale: float = 1.0,
) -> TextBlock:
    """Return a text in lines within a box: in smaller letters if it must be, and at last cut off with an ellipsis.

    Args:
        stage: gives the theme's fonts and the unit of sizes.
        text: what to write.
        role: what the letters are for.
        width: of the box in px.
        height: of the box in px.
        color: of the letters; the theme's own if left out.
        align: of lines among each other.
        lines: the most of them.
        weight: another than the role's.
        scale: makes all letters of the role larger or smaller.
    """
    text = text.strip()
    base = style_of(stage, role, color, align, weight, scale)
    long, pitch = run_of(text, base, stage.side)
    for parted, steps in ((False, STEPS), (True, MORE_STEPS)):
        for style in dict.fromkeys(sized(base, step) for step in steps):
            factor = style.size / base.size
            least = max(math.ceil(long * factor / width - 0.5), 1)  # lines that it takes at the very least
            if least > (lines or least) or least * pitch * factor > height * 1.3 + pitch:
                continue
            block = set_text(text, style, stage.side, width)
            if fits(block, width, height, lines) and (parted or not any(line.parted for line in block.lines)):
                record_setting(text, style.size)
                return block
    style = sized(base, MORE_STEPS[-1])
    factor = style.size / base.size
    room = (lines or max(int(height / (pitch * factor)), 1)) * width / max(long * factor, 1)
    record_setting(text, style.size, is_whole=False)
    return _cut(stage, text, style, width, height, lines, math.ceil(len(text) * min(room * 1.3, 1)) + 4)


@lru_cache(maxsize=1024)
def run_of(text: str, style: TextStyle, side: int) -> tuple[float, float]:
    """Return how long a text is on one line, and how far its lines are apart, in px."""
    start = text[:300]
    block = set_text(start.replace("\n", " "), style, side)
    return block.width * len(text) / max(len(start), 1), block.size_px * style.line_spacing * 1.15


def style_of(
    stage: Stage, role: RoleName, color: str | None = None, align: Align = "start", weight: int | None = None,
    scale: float = 1.0,
) -> TextStyle:  # fmt: skip
    """Return the letters of a role in the stage's theme."""
    kind, theme = ROLES[role], stage.theme
    font = "mono" if role == "code" else theme.heading_font if kind.heading else theme.body_font
    return TextStyle(
        font=font,
        size=min(kind.size * scale * (_UPRIGHT if stage.is_upright else 1), 1.0),
        weight=weight
        or (theme.body_weight if kind.weight == 400 and font != "mono" else kind.weight)
        or theme.heading_weight,
        color=color or theme.text,
        align=align,
        line_spacing=kind.line_spacing,
        letter_spacing=kind.letter_spacing,
    )


def sized(style: TextStyle, step: float) -> TextStyle:
    """Return letters in a share of their size, but not below the least."""
    return style.model_copy(update={"size": max(style.size * step, min(LEAST_SIZE, style.size))})


def fits(block: TextBlock, width: float, height: float, lines: int | None) -> bool:
    """Return whether a text has room in a box, but for a pixel of rounding."""
    too_many = lines is not None and len(block.lines) > lines
    return not too_many and block.height <= height + 1 and block.width <= width + 1


def _cut(
    stage: Stage, text: str, style: TextStyle, width: float, height: float, lines: int | None, most: int
) -> TextBlock:
    """Return as much of a text as fits, with an ellipsis; at least one character, however small the box."""
    low, high = 0, min(len(text), most)
    best = set_text(text[:1] + "…", style, stage.side, width)
    while low < high:
        middle = (low + high + 1) // 2
        block = set_text(text[:middle].rstrip() + "…", style, stage.side, width, balanced=False)
        if fits(block, width, height, lines):
            low, best = middle, block
        else:
            high = middle - 1
    return best


def is_to_left(text: str) -> bool:
    """Return whether a text is read from right to left."""
    return direction_of(text) == "rtl"


def indent(block: TextBlock, box: Box, align: Align = "start", text: str = "") -> float:
    """Return where the left of a block lies so that it stands at the begin, in the middle or at the end of a box."""
    free = box[2] - box[0] - block.width
    if align == "center":
        return box[0] + free / 2
    right = is_to_left(text) if align == "start" else not is_to_left(text) if align == "end" else align == "right"
    return box[0] + (free if right else 0)


def middle_of(block: TextBlock) -> float:
    """Return how far below a block's top the middle of the capitals of its first line lies, in px."""
    return block.baselines[0] - block.size_px * 0.36 if block.baselines else 0.0
