"""What scenes have in common: a heading with its mark, a line that tells the source, the theme's logo."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
from PIL import Image
from pydantic import Field

from frameloom.apps.compose.scenes.board import Board, Motion
from frameloom.apps.compose.scenes.figures import bar
from frameloom.apps.compose.scenes.layout import height_of, unit, width_of
from frameloom.apps.compose.scenes.lettering import indent, is_to_left, write
from frameloom.apps.compose.scenes.pieces import Piece, lettered, piece_of
from frameloom.apps.compose.stage import Stage
from frameloom.core.errors import ConfigError, MediaError
from frameloom.effects.titles.motion import Box
from frameloom.media.files.source import read_still
from frameloom.media.text import Align, TextBlock

Text = Annotated[str, Field(max_length=1000)]
Short = Annotated[str, Field(max_length=200)]
_OPENING_S = 0.5
"""What comes before is there at once where the film begins."""


def rising(stage: Stage, at: float, length: float = 0.5) -> Motion:
    """Return the house's own motion: a short way up, out of nothing; what opens the film is up already."""
    begin = at - 1 if stage.opens and at < _OPENING_S else at
    return Motion(begin, "rise", length, unit(stage, 2.6))


def by_line(block: TextBlock) -> list[TextBlock]:
    """Return each line of a text as a text of its own, at its place."""
    return [
        replace(block, lines=(line,), baselines=(baseline,), lefts=(left,))
        for line, baseline, left in zip(block.lines, block.baselines, block.lefts, strict=True)
        if line.glyphs
    ]


def add_lines(board: Board, stage: Stage, block: TextBlock, x: float, y: float, at: float, step: float = 0.08) -> None:
    """Add a text whose lines come one shortly after another."""
    for index, line in enumerate(by_line(block)):
        board.add(lettered(line, x, y), rising(stage, at + index * step))


def add_text(board: Board, stage: Stage, block: TextBlock, x: float, y: float, at: float | None = None) -> None:
    """Add a text that comes as a whole, or is there from the begin."""
    if block.lines and any(line.glyphs for line in block.lines):
        board.add(lettered(block, x, y), Motion(name="none") if at is None else rising(stage, at))


def header(stage: Stage, board: Board, title: str, box: Box, at: float = 0.0, align: Align = "start") -> Box:
    """Add a heading at the top of a box, with a short mark beneath; return what is left of the box below it."""
    if not title.strip():
        return box
    block = write(stage, title, "heading", width_of(box), height_of(box) * 0.26, align=align, lines=3)
    x = indent(block, box, align, title)
    add_lines(board, stage, block, x, box[1], at)
    y = box[1] + block.height + unit(stage, 1.4)
    long, thick = unit(stage, 9), unit(stage, 0.7)
    left = box[0] if not is_to_left(title) else box[2] - long
    if align == "center":
        left = (box[0] + box[2] - long) // 2
    mark = Motion(at + 0.15, "spread", 0.45, to_right=not is_to_left(title))
    board.add(bar(stage, (left, y, left + long, y + thick), stage.theme.accent, thick / 2), mark)
    return box[0], y + thick + unit(stage, 4), box[2], box[3]


def footnote(stage: Stage, board: Board, text: str, box: Box, at: float = 0.0) -> Box:
    """Add a line in small letters at the bottom of a box, such as a source; return what is left above it."""
    if not text.strip():
        return box
    block = write(stage, text, "small", width_of(box), height_of(box) * 0.15, stage.theme.muted, lines=2, scale=0.9)
    y = box[3] - block.height
    add_text(board, stage, block, indent(block, box, "start", text), y, at)
    return box[0], box[1], box[2], y - unit(stage, 3)


def pixels_of(path: Path, stage: Stage, where: str) -> np.ndarray:
    """Return a picture of the user's, (H, W, 4).

    Raises:
        ConfigError: missing, not a picture, damaged, or too large.
    """
    try:
        return read_still(stage.folder / path)
    except MediaError as error:
        raise ConfigError(f"{where}: {error}") from error


def scaled_picture(pixels: np.ndarray, width: float, height: float) -> Image.Image:
    """Return a picture, alpha multiplied in, as large as a box allows."""
    high, wide = pixels.shape[:2]
    factor = min(width / wide, height / high)
    size = max(1, round(wide * factor)), max(1, round(high * factor))
    return Image.fromarray(pixels).convert("RGBa").resize(size, Image.Resampling.LANCZOS)


def below_brand(stage: Stage, board: Board, box: Box, align: Align = "start", text: str = "") -> Box:
    """Add the theme's mark at the top of a box, where the picture is wide enough; return what is left below.

    It stands on the side where a text is begun to be read.
    """
    mark = None if stage.is_upright else brand(stage, box, unit(stage, 5), align, text)
    if mark is None:
        return box
    board.add(mark)
    return box[0], mark.box[3] + unit(stage, 2), box[2], box[3]


def brand(stage: Stage, box: Box, height: float, align: Align = "start", text: str = "") -> Piece | None:
    """Return the theme's logo, or the brand's name where there is none, at the top of a box, where a text begins."""
    theme = stage.theme
    if theme.logo is not None:
        image = scaled_picture(pixels_of(theme.logo, stage, f"theme {theme.name}: logo"), width_of(box) * 0.6, height)
        x = box[2] - image.width if is_to_left(text) else box[0]
        x = box[0] + (width_of(box) - image.width) // 2 if align == "center" else x
        return piece_of(np.asarray(image), x, box[1])
    if not theme.brand.strip():
        return None
    block = write(
        stage,
        theme.brand,
        "label",
        width_of(box) * 0.6,
        height,
        theme.accent,
        lines=1,
        scale=max(1.25, height / stage.side * 13),
    )
    return lettered(block, indent(block, box, align, text or theme.brand), box[1])
