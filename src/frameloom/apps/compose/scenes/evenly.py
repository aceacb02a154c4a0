"""Several texts in letters of one size: each in its own box, or as lists that share the height of a column.

texts + role --all smaller, or larger where there is room--> blocks of one size
"""

import math
from collections.abc import Sequence

from frameloom.apps.compose.scenes.lettering import (
    MORE_STEPS,
    STEPS,
    RoleName,
    fits,
    record_setting,
    run_of,
    sized,
    style_of,
    write,
)
from frameloom.apps.compose.stage import Stage
from frameloom.media.text import Align, TextBlock, set_text

_GROWTHS = 5
"""Steps in which letters are tried larger than their role's."""
_CALM = (1.0, 0.93, 0.86)
"""Sizes that are tried to have fewer lines."""
_AIRY = 0.6
"""Share of the height that larger letters may fill where lines break for them."""


def alike(
    stage: Stage,
    texts: tuple[str, ...],
    role: RoleName,
    width: float,
    height: float,
    color: str | None = None,
    align: Align = "start",
    lines: int | None = None,
    weight: int | None = None,
    scale: float = 1.0,
) -> list[TextBlock]:
    """Return texts as `write` does, each within its own box, all in letters of the size of the smallest."""
    blocks = [write(stage, text, role, width, height, color, align, lines, weight, scale) for text in texts]
    least = min((block.style.size for block in blocks), default=0.0)
    result = []
    for text, block in zip(texts, blocks, strict=True):
        if block.style.size > least:
            smaller = set_text(text.strip(), block.style.model_copy(update={"size": least}), stage.side, width)
            block = smaller if fits(smaller, width, height, lines) else block
        result.append(block)
    return result


def lists(
    stage: Stage,
    columns: Sequence[tuple[str, ...]],
    role: RoleName,
    width: float,
    height: float,
    gap: float,
    scale: float = 1.0,
) -> list[list[TextBlock]]:
    """Return columns of texts below each other, all in letters of one size: the largest at which each column fits.

    Texts take as many lines as they need, and leave room to others. Where none of the sizes is small enough, all get as
    much room as each other, and are cut off.

    Args:
        stage: gives the theme's fonts and the unit of sizes.
        columns: the texts of each.
        role: what the letters are for.
        width: of a column in px.
        height: of a column in px.
        gap: from text to text in px.
        scale: makes all letters of the role larger or smaller.
    """
    base = style_of(stage, role, scale=scale)
    runs = [[run_of(text.strip(), base, stage.side) for text in texts] for texts in columns]
    for parted, steps in ((False, STEPS), (True, MORE_STEPS)):
        for style in dict.fromkeys(sized(base, step) for step in steps):
            factor = style.size / base.size
            if any(sum(_least(*run, factor, width) for run in texts) > height * 1.3 for texts in runs):
                continue
            blocks = [[set_text(text.strip(), style, stage.side, width) for text in texts] for texts in columns]
            whole = parted or not any(line.parted for texts in blocks for block in texts for line in block.lines)
            if whole and all(_stacked(texts, gap) <= height + 1 for texts in blocks):
                for text in (text for texts in columns for text in texts):
                    record_setting(text.strip(), style.size)
                return blocks
    most = max(map(len, columns))
    room = max((height - gap * (most - 1)) / max(most, 1), 1)
    cut = iter(alike(stage, tuple(text for texts in columns for text in texts), role, width, room, scale=scale))
    return [[next(cut) for _ in texts] for texts in columns]


def largest(
    stage: Stage,
    columns: Sequence[tuple[str, ...]],
    role: RoleName,
    width: float,
    height: float,
    gap: float,
    most: float = 1.5,
) -> list[list[TextBlock]]:
    """Return columns of texts as `lists` does, in letters up to so many times as large where no text breaks for it.

    In an upright picture, which has more height than width, and where most break anyway, texts may break as long as
    much of the height stays free.

    Args:
        stage: gives the theme's fonts and the unit of sizes.
        columns: the texts of each.
        role: what the letters are for.
        width: of a column in px.
        height: of a column in px.
        gap: from text to text in px.
        most: the largest letters, as a multiple of the role's.
    """
    plain = lists(stage, columns, role, width, height, gap)
    base = style_of(stage, role)
    blocks = [block for texts in plain for block in texts]
    if any(block.style.size < base.size for block in blocks):
        return plain
    is_airy = stage.is_upright and 2 * sum(len(block.lines) > 1 for block in blocks) >= len(blocks)
    for step in range(_GROWTHS, 0, -1):
        style = base.model_copy(update={"size": base.size * (1 + (most - 1) * step / _GROWTHS)})
        grown = [[set_text(text.strip(), style, stage.side, width) for text in texts] for texts in columns]
        pairs = zip((block for texts in grown for block in texts), blocks, strict=True)
        calm = all(
            len(new.lines) <= len(old.lines) and not any(line.parted for line in new.lines) for new, old in pairs
        )
        room = height + 1 if calm else height * _AIRY if is_airy else 0
        if all(_stacked(texts, gap) <= room for texts in grown):
            return grown
    return plain


def calm(
    stage: Stage, texts: tuple[str, ...], role: RoleName, width: float, height: float, gap: float
) -> list[TextBlock]:
    """Return texts below each other as `lists` does, in letters a little smaller where fewer lines break for it."""
    tried = (lists(stage, [texts], role, width, height, gap, scale)[0] for scale in _CALM)
    return min(tried, key=lambda blocks: sum(len(block.lines) for block in blocks))


def _least(long: float, pitch: float, factor: float, width: float) -> float:
    """Return about how high a text is at the very least, in px, of a run so long when all is so much smaller."""
    return max(math.ceil(long * factor / width - 0.5), 1) * pitch * factor


def _stacked(blocks: Sequence[TextBlock], gap: float) -> float:
    return sum(block.height for block in blocks) + gap * max(len(blocks) - 1, 0)
