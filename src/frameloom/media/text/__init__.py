"""Text as pictures: any script, wrapped, aligned, with border and shadow, and never cut off.

    TextStyle + text --shape--> lines --place--> glyphs --draw--> RGBA, and where it lies around the text's box

Sizes are shares of the picture, so that a title looks the same at 480p and 4K: `side_px` is its shorter side.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import Field, field_validator

from frameloom.core.config import Config
from frameloom.core.errors import MediaError
from frameloom.media.colors import parse_color
from frameloom.media.frames import MAX_FRAME_PX, MAX_SIDE_PX
from frameloom.media.text.bidi import Direction
from frameloom.media.text.faces import FontName, FontPath
from frameloom.media.text.raster import Box, Spot, fill_outlines, ink_box, paint, picture, soften, widen
from frameloom.media.text.shape import Line, Typeface, metrics, missing_in, shape_lines

Rgba = NDArray[np.uint8]
"""Picture, (H, W, 4), straight alpha."""

MAX_CHARACTERS = 20_000
"""Longest text that is drawn at once: about six pages."""

Align = Literal["start", "center", "end", "left", "right"]
Color = Annotated[str, Field(max_length=64)]
Share = Annotated[float, Field(ge=0, le=1)]


class TextStyle(Config):
    """How letters look; lengths are shares of the em unless said otherwise."""

    font: FontName | FontPath = "sans"
    """sans, serif, mono, modern, or a .ttf, .otf or .ttc file; what it lacks is drawn by fonts that come along."""
    size: float = Field(default=0.06, gt=0, le=1)
    """Height of the em as a share of the picture's shorter side; capitals are about 0.7 of it."""
    weight: int = Field(default=400, ge=100, le=900)
    """400 is regular, 700 bold; a variable font takes each weight between."""
    italic: bool = False
    color: Color = "white"
    """CSS name, #rrggbb or #rrggbbaa."""
    outline: Share = 0
    """Width of a border around the letters."""
    outline_color: Color = "black"
    shadow: Share = 0
    """How far the shadow falls, to the right and down."""
    shadow_blur: Share = 0.08
    """How soft the shadow is; it takes effect with `shadow`."""
    shadow_color: Color = "#000000b0"
    line_spacing: float = Field(default=1, ge=0.5, le=4)
    """From line to line, as a multiple of what the font asks for."""
    letter_spacing: float = Field(default=0, ge=-0.2, le=2)
    """Added between letters; scripts whose letters touch stay as they are."""
    align: Align = "start"
    """start is left for text that runs to the right, and right for Arabic and Hebrew."""
    direction: Literal["auto", "ltr", "rtl"] = "auto"
    """auto: from each paragraph's first letter."""
    language: str = Field(default="", max_length=35)
    """Tag such as "zh-hant" or "sr", for regional forms; else kana means Japanese, hangul Korean, all else Chinese."""

    @field_validator("color", "outline_color", "shadow_color")
    @classmethod
    def _is_color(cls, value: str) -> str:
        parse_color(value)
        return value

    @property
    def typeface(self) -> Typeface:
        """Return what shaping must know."""
        direction: Direction | None = None if self.direction == "auto" else self.direction
        return Typeface(str(self.font), self.weight, self.italic, self.language, self.letter_spacing, direction)


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Text in its lines, ready to be drawn; lengths in px, y downwards from the top of the text's box."""

    style: TextStyle
    size_px: float
    lines: tuple[Line, ...]
    baselines: tuple[float, ...]
    lefts: tuple[float, ...]
    width: int
    """Of the box: the widest line."""
    height: int
    """Of the box: all lines, from the font's highest to its lowest."""


@dataclass(frozen=True, slots=True, eq=False)
class DrawnText:
    """A picture of text, and where its corner lies from the corner of the text's box: ink may reach beyond it."""

    pixels: Rgba
    left: int
    top: int


def set_text(
    text: str, style: TextStyle, side_px: int, max_width: float | None = None, balanced: bool = True
) -> TextBlock:
    """Return a text in lines no wider than max_width px.

    Raises:
        MediaError: the text is too long, or a font cannot be read.
    """
    if len(text) > MAX_CHARACTERS:
        raise MediaError(f"text of {len(text)} characters is too long; at most {MAX_CHARACTERS}: split it")
    size_px = style.size * side_px
    limit = None if max_width is None else max(max_width, 1) / size_px
    lines = tuple(shape_lines(text, style.typeface, limit, balanced))
    ascent, descent = metrics(style.typeface)
    pitch = (ascent + descent) * style.line_spacing * size_px
    heights = [_reach(line, size_px, ascent, descent) for line in lines]
    baselines: list[float] = []
    for index, (above, _) in enumerate(heights):
        if not index:
            baselines.append(round(above))
            continue
        touching = (
            heights[index - 1][1] + above if style.line_spacing >= 1 else 0
        )  # marks that stand out push lines apart
        baselines.append(baselines[-1] + round(max(pitch, touching)))
    width = max((line.width for line in lines), default=0) * size_px
    lefts = tuple(_indent(line, style.align, width, size_px) for line in lines)
    bottom = baselines[-1] + heights[-1][1] if lines else 0
    return TextBlock(style, size_px, lines, tuple(baselines), lefts, round(width + 0.49), round(bottom))


def _reach(line: Line, size_px: float, ascent: float, descent: float) -> tuple[float, float]:
    """Return how far a line reaches above and below its baseline, in px: as its font says, or more if ink does."""
    box = ink_box(
        (Spot(glyph.face, glyph.number, glyph.x * size_px, -glyph.y * size_px) for glyph in line.glyphs), size_px
    )
    above, below = ascent * size_px, descent * size_px
    return (above, below) if box is None else (max(above, -box[1] - 1), max(below, box[3] - 1))


def _indent(line: Line, align: Align, width: float, size_px: float) -> float:
    """Return where a line begins, in px from the left of the box."""
    free = width - line.width * size_px
    if align == "center":
        return free / 2
    to_left = align == "left" or (align != "right" and (align == "start") == (line.direction == "ltr"))
    return 0.0 if to_left else free


def fit_text(
    text: str,
    style: TextStyle,
    side_px: int,
    max_width: float,
    max_height: float,
    max_lines: int | None = None,
    least_whole: float = 0.5,
) -> TextBlock:
    """Return a text in lines within a box, in smaller letters if it must be, down to a quarter.

    Args:
        text: what to write.
        style: how, if there is room.
        side_px: the picture's shorter side.
        max_width: of the box in px.
        max_height: of the box in px.
        max_lines: the most of them.
        least_whole: share of the size down to which letters shrink rather than that a word is parted.

    Raises:
        MediaError: as set_text.
    """
    for least, parts_words in ((least_whole, False), (0.25, True)):
        smaller, block = style, set_text(text, style, side_px, max_width)
        while not _fits(block, max_height, max_lines, parts_words) and smaller.size > style.size * least:
            smaller = style.model_copy(update={"size": max(smaller.size * 0.93, style.size * least)})
            block = set_text(text, smaller, side_px, max_width)
        if _fits(block, max_height, max_lines, parts_words):
            break
    return block


def _fits(block: TextBlock, max_height: float, max_lines: int | None, parts_words: bool) -> bool:
    too_many = max_lines is not None and len(block.lines) > max_lines
    return not too_many and block.height <= max_height and (parts_words or not any(one.parted for one in block.lines))


def draw_block(block: TextBlock, shown: int | None = None, window: tuple[int, int] | None = None) -> DrawnText:
    """Return the picture of a text.

    Args:
        block: the text in its lines.
        shown: draw only what this many first characters give, each at its final place.
        window: draw only the columns of the text's box from one x to another; the picture is just so wide.

    Raises:
        MediaError: the picture would be too large.
    """
    spots = [
        Spot(glyph.face, glyph.number, left + glyph.x * block.size_px, baseline - glyph.y * block.size_px)
        for line, left, baseline in zip(block.lines, block.lefts, block.baselines, strict=True)
        for glyph in line.glyphs
        if shown is None or glyph.index < shown
    ]
    if window is not None:
        reach = 3 * block.size_px
        spots = [spot for spot in spots if window[0] - reach <= spot.x < window[1] + reach]
    ink = ink_box(spots, block.size_px)
    if ink is None:
        return DrawnText(
            np.zeros((2, 2 if window is None else window[1] - window[0], 4), np.uint8), window[0] if window else 0, 0
        )
    box = _with_margins(ink, block)
    if window is not None:
        box = (window[0], box[1], window[1], box[3])
    if max(box[2] - box[0], box[3] - box[1]) > MAX_SIDE_PX or (box[2] - box[0]) * (box[3] - box[1]) > MAX_FRAME_PX:
        raise MediaError(
            f"text of {box[2] - box[0]}x{box[3] - box[1]} px is too large to draw; make it smaller or shorter"
        )
    return DrawnText(_draw(spots, block, box), box[0], box[1])


def _with_margins(ink: Box, block: TextBlock) -> Box:
    """Return a box with room for border and shadow, whose sides are even."""
    style, size = block.style, block.size_px
    border = int(style.outline * size + 1) if style.outline else 0
    fall = round(style.shadow * size)
    soft = int(3 * style.shadow_blur * size) + 1 if style.shadow else 0
    left, top = ink[0] - max(border, border + soft - fall), ink[1] - max(border, border + soft - fall)
    right, bottom = ink[2] + border + soft + fall, ink[3] + border + soft + fall
    return left, top, right + (right - left) % 2, bottom + (bottom - top) % 2


def _draw(spots: list[Spot], block: TextBlock, box: Box) -> Rgba:
    """Return shadow, border, letters and emoji, one upon the other."""
    style, size = block.style, block.size_px
    fill = parse_color(style.color)
    outlines = [spot for spot in spots if spot.face.kind(spot.number) == "outline"]
    letters = fill_outlines(outlines, size, box)
    images = [_in_colour(spot, size, fill, box) for spot in spots if spot.face.kind(spot.number) != "outline"]
    covered = letters
    for image, x, y in images:
        covered = covered if covered.flags.writeable else covered.copy()
        _lighten(covered, np.asarray(image)[..., 3], x, y)
    border = widen(covered, style.outline * size) if style.outline else covered
    canvas: Image.Image | None = None
    if style.shadow:
        fall = round(style.shadow * size)
        shade = np.zeros_like(border)
        shade[fall:, fall:] = border[: border.shape[0] - fall, : border.shape[1] - fall]
        canvas = _over(canvas, _tinted(soften(shade, style.shadow_blur * size), parse_color(style.shadow_color)))
    if style.outline:
        canvas = _over(canvas, _tinted(border, parse_color(style.outline_color)))
    canvas = _over(canvas, _tinted(letters, fill))
    for image, x, y in images:
        layer = Image.new("RGBA", canvas.size)
        layer.paste(image, (x, y))
        canvas = _over(canvas, layer)
    return np.array(canvas)


def _in_colour(spot: Spot, size: float, fill: tuple[int, int, int, int], box: Box) -> tuple[Image.Image, int, int]:
    """Return a glyph that has its own colours, and where it lies in the box, as transparent as letters."""
    if spot.face.kind(spot.number) == "picture":
        image, x, y = picture(spot, size)
        x, y = x - box[0], y - box[1]
    else:
        own = ink_box([spot], size) or box
        image, x, y = Image.fromarray(paint(spot, size, (*fill[:3], 255), own)), own[0] - box[0], own[1] - box[1]
    if fill[3] < 255:
        image.putalpha(image.getchannel("A").point(lambda value: value * fill[3] // 255))
    return image, x, y


def _lighten(covered: NDArray[np.uint8], alpha: NDArray[np.uint8], x: int, y: int) -> None:
    """Write the larger coverage of both into the first, where they meet."""
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + alpha.shape[1], covered.shape[1]), min(y + alpha.shape[0], covered.shape[0])
    place = covered[top:bottom, left:right]
    np.maximum(place, alpha[top - y : bottom - y, left - x : right - x], out=place)


def _tinted(coverage: NDArray[np.uint8], color: tuple[int, int, int, int]) -> Image.Image:
    """Return one colour everywhere, as opaque as it covers."""
    image = Image.new("RGBA", coverage.shape[::-1], color[:3])
    alpha = coverage if color[3] == 255 else (coverage * np.uint16(color[3]) // 255).astype(np.uint8)
    image.putalpha(Image.fromarray(alpha))
    return image


def _over(below: Image.Image | None, above: Image.Image) -> Image.Image:
    return above if below is None else Image.alpha_composite(below, above)


def draw_text(text: str, style: TextStyle, side_px: int, max_width: float | None = None) -> Rgba:
    """Return a picture that just holds a text, (H, W, 4) with even sides, nothing of it cut off.

    Raises:
        MediaError: the text is too long, or a font cannot be read.
    """
    return draw_block(set_text(text, style, side_px, max_width)).pixels


def measure_text(text: str, style: TextStyle, side_px: int, max_width: float | None = None) -> tuple[int, int]:
    """Return width and height in px of a text's box, without border and shadow."""
    block = set_text(text, style, side_px, max_width)
    return block.width, block.height


def missing(text: str, style: TextStyle) -> str:
    """Return the characters that no font has, each once; they would be drawn as empty boxes."""
    return missing_in(text, style.typeface)
