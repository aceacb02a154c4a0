"""Fonts: the ones that come along, the caller's own, and which of them draws a character.

    style's font  ->  sans in all scripts  ->  Chinese, Japanese, Korean  ->  symbols  ->  emoji

No font of the system is used: the same text looks the same everywhere. Sources: OpenType 1.9.1 for the files; see
fonts/README.md for what comes along.
"""

# ruff: noqa: RUF001 (signs of many scripts are meant as they are)

import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Annotated, Literal, get_args

import noto_cjk_sans_otc  # type: ignore[import-untyped]
import numpy as np
import uharfbuzz as harfbuzz  # type: ignore[import-untyped]
from numpy.typing import NDArray
from PIL import Image
from pydantic import AfterValidator

from frameloom.core.errors import MediaError

FONTS = Path(__file__).parents[1] / "fonts"
"""Where the fonts lie that come along."""

FontName = Literal["sans", "serif", "mono", "modern"]
FAMILIES = get_args(FontName)
"""Fonts that a style may name; anything else is the path of a file."""

FONT_SUFFIXES = (".ttf", ".otf", ".ttc")


def _is_font_file(path: Path) -> Path:
    if path.suffix.lower() not in FONT_SUFFIXES:
        raise ValueError(f"unknown font; give {', '.join(FAMILIES)} or a {', '.join(FONT_SUFFIXES)} file")
    return path


FontPath = Annotated[Path, AfterValidator(_is_font_file)]
"""A font of the caller's own."""

_OUR_FOLDERS = (FONTS, Path(noto_cjk_sans_otc.FONT_PATH).parent)

MAX_FONT_BYTES = 64 * 1024**2
"""Largest font file that is read; Chinese, Japanese and Korean together are 20 MB."""

_BOLD_FROM = 600
"""Weight from which the bold file is taken."""
_WIDER_BY_WEIGHT = 0.014 / 100
"""What upright strokes gain by each unit of weight that a font lacks, in shares of the em; level ones gain less."""
_LEAST_MADE = 100
"""Weight that a font must lack for its strokes to be made wider."""
_HEAVIEST_MADE = 740
"""Weight at which a bold that is made stops: with more, Chinese signs of twenty strokes fill up."""

_SCRIPTS = (
    *("Arabic", "Hebrew", "Devanagari", "Thai", "Bengali", "Tamil", "Telugu", "Gujarati", "Kannada", "Malayalam"),
    *("Gurmukhi", "Oriya", "Sinhala", "Khmer", "Lao", "Myanmar", "Ethiopic", "Georgian", "Armenian", "Thaana"),
)
CJK_FACES = {"ja": 0, "ko": 1, "zh": 2, "zh-hant": 3, "zh-tw": 3, "zh-hk": 4}
"""Number of the face in the collection that has a region's forms."""

Kind = Literal["outline", "paint", "picture"]
"""How a glyph is stored: a shape, layers of shapes in colour, or a PNG."""


@dataclass(frozen=True, eq=False)
class Face:
    """One font at one weight and slant; lengths are in shares of the em."""

    name: str
    font: harfbuzz.Font
    ascent: float
    descent: float
    """Below the baseline, positive."""
    is_emoji: bool

    @property
    def units(self) -> int:
        """Return units of the font in one em."""
        return int(self.font.face.upem)

    @property
    def family(self) -> str:
        """Return the family's name as the font itself says it."""
        return str(self.font.face.get_name(harfbuzz.OTNameIdPredefined.FONT_FAMILY, "en") or "")

    def has(self, character: str) -> bool:
        """Return whether the font has a glyph of its own for a character."""
        return self.font.get_nominal_glyph(ord(character)) is not None

    def kind(self, glyph: int) -> Kind:
        """Return how a glyph is stored."""
        face = self.font.face
        if face.has_color_png:
            blob = self.font.get_glyph_color_png(glyph)
            if blob is not None and len(blob.data) and self.font.get_glyph_extents(glyph) is not None:
                return "picture"
        if (face.has_color_paint and face.glyph_has_color_paint(glyph)) or (
            face.has_color_layers and face.get_glyph_color_layers(glyph)
        ):
            return "paint"
        return "outline"


def picture_of(face: Face, glyph: int) -> NDArray[np.uint8]:
    """Return a glyph that is stored as a picture, (H, W, 4).

    Raises:
        MediaError: the picture is damaged.
    """
    return _picture(face.font, glyph, face.name)


@lru_cache(maxsize=512)
def _picture(font: harfbuzz.Font, glyph: int, name: str) -> NDArray[np.uint8]:
    try:
        with Image.open(io.BytesIO(font.get_glyph_color_png(glyph).data), formats=("PNG",)) as image:
            if max(image.size) > 2048:
                raise MediaError(f"{name}: glyph {glyph} is a picture of {image.size} px; use another font")
            return np.array(image.convert("RGBA"))
    except (OSError, SyntaxError, ValueError) as error:
        raise MediaError(f"{name}: glyph {glyph} is a damaged picture ({error}); use another font") from error


def find_face(cluster: str, font: str, weight: int, slanted: bool, language: str) -> Face:
    """Return the first font that has all characters of a cluster, else that has its base, else the style's own.

    Raises:
        MediaError: the style's font cannot be read.
    """
    faces = list(_order(font, weight, slanted, language)) if not is_emoji(cluster) else []
    if not faces:
        faces = [load("emoji", 400, False), *_order(font, weight, slanted, language)]
    needed = [letter for letter in cluster if not _is_invisible(letter)]
    for wanted in (needed, needed[:1]):
        for face in faces:
            if all(map(face.has, wanted)):
                return face
    return load(font, weight, slanted)


def has_glyphs(cluster: str, face: Face) -> bool:
    """Return whether a font has a glyph for each character of a cluster that can be seen."""
    return all(face.has(letter) for letter in cluster if not _is_invisible(letter))


def _order(font: str, weight: int, slanted: bool, language: str) -> Iterator[Face]:
    yield load(font, weight, slanted)
    for name in ("sans", *_SCRIPTS, cjk_name(language), "Tibetan", "Symbols", "Math", "Symbols2"):
        yield load(name, weight, slanted)
    yield load("emoji", 400, False)


def cjk_name(language: str) -> str:
    """Return the name of the Chinese, Japanese or Korean face with the forms of a language."""
    tag = language.lower().replace("_", "-")
    known = tag if tag in CJK_FACES else "zh-hant" if tag.startswith("zh-hant") else tag.partition("-")[0]
    return f"cjk-{known if known in CJK_FACES else 'zh'}"


@cache  # so that a face is the same object for as long as anybody remembers it
def load(name: str, weight: int, slanted: bool) -> Face:
    """Return a font by the name of a family or script, or by its path.

    Raises:
        MediaError: no font, or damaged, or too large.
    """
    path, number = _file_of(name, weight)
    face = _read(path, number)
    font = harfbuzz.Font(face)
    axes = {axis.tag: axis for axis in face.axis_infos}
    if "wght" in axes:
        font.set_variations({"wght": float(np.clip(weight, axes["wght"].min_value, axes["wght"].max_value))})
    elif not face.has_color_png:
        lacking = min(weight, _HEAVIEST_MADE) - font.get_style_value(harfbuzz.StyleTag.WEIGHT)
        if lacking >= _LEAST_MADE:
            font.synthetic_bold = (_WIDER_BY_WEIGHT * lacking, 0.45 * _WIDER_BY_WEIGHT * lacking, False)
    if slanted and not face.has_color_png:
        font.synthetic_slant = 0.2
    extents = font.get_font_extents("ltr")
    ascent, descent = (
        float(np.clip(value / face.upem, low, high))
        for value, low, high in ((extents.ascender, 0.5, 2), (-extents.descender, 0.1, 1))
    )
    return Face(str(path), font, ascent, descent, name == "emoji")


def _file_of(name: str, weight: int) -> tuple[Path, int]:
    """Return the file of a font and the number of the face in it."""
    if name.startswith("cjk-"):
        return Path(noto_cjk_sans_otc.FONT_PATH), CJK_FACES[name.removeprefix("cjk-")]
    if name == "mono":
        return Path(noto_cjk_sans_otc.FONT_PATH), 7
    if name == "emoji":
        return FONTS / "NotoColorEmoji.ttf", 0
    if name == "modern":
        return FONTS / "Manrope-Variable.ttf", 0
    stem = {"sans": "NotoSans", "serif": "NotoSerif", "Tibetan": "NotoSerifTibetan"}.get(name)
    if stem is None and name not in (*_SCRIPTS, "Symbols", "Math", "Symbols2"):
        return Path(name), 0
    stem = stem or f"NotoSans{name}"
    bold = FONTS / f"{stem}-Bold.ttf"
    return (bold if weight >= _BOLD_FROM and bold.is_file() else FONTS / f"{stem}-Regular.ttf"), 0


@lru_cache(maxsize=64)
def _read(path: Path, number: int) -> harfbuzz.Face:
    """Return a face of a file; ours are mapped rather than read, others may change while we use them."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise MediaError(f"{path}: not a file; give a .ttf, .otf or .ttc font, or one of {', '.join(FAMILIES)}")
        if size > MAX_FONT_BYTES:
            raise MediaError(f"{path}: {size >> 20} MB is too large for a font; at most {MAX_FONT_BYTES >> 20} MB")
        is_ours = path.parent in _OUR_FOLDERS
        blob = harfbuzz.Blob.from_file_path(str(path)) if is_ours else harfbuzz.Blob(path.read_bytes())
    except (OSError, harfbuzz.HarfBuzzError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MediaError(
            f"{path}: the font cannot be read ({reason}); give a .ttf, .otf or .ttc, or one of {', '.join(FAMILIES)}"
        ) from error
    face = harfbuzz.Face(blob, number)
    if not face.glyph_count or not _draws_something(face):
        raise MediaError(
            f"{path}: not a font, or damaged; give a .ttf, .otf or .ttc file, or one of {', '.join(FAMILIES)}"
        )
    return face


def _draws_something(face: harfbuzz.Face) -> bool:
    """Return whether any of the first characters of a font leaves ink: a damaged font is often empty."""
    font = harfbuzz.Font(face)
    for character in islice(face.unicodes, 300):
        extents = font.get_glyph_extents(font.get_nominal_glyph(character) or 0)
        if extents is not None and extents.width and extents.height:
            return True
    return False


_EMOJI_IN_BMP = frozenset(
    "⌚⌛⏩⏪⏫⏬⏰⏳◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓❔❕❗➕➖➗➰➿⬛⬜⭐⭕"
)
"""Characters below U+10000 shown in colour by themselves (Unicode 15.1, emoji-data.txt, Emoji_Presentation)."""


def is_emoji(cluster: str) -> bool:
    r"""Return whether a cluster is shown in colour: by itself, or because a variation selector asks for it.

    >>> is_emoji("😀"), is_emoji("1\ufe0f\u20e3"), is_emoji("\u2764"), is_emoji("1")
    (True, True, False, False)
    """
    if "\ufe0e" in cluster:
        return False
    first = cluster[:1]
    in_colour = first in _EMOJI_IN_BMP or (first >= "\U0001f000" and load("emoji", 400, False).has(first))
    return in_colour or "\ufe0f" in cluster or "\u20e3" in cluster[1:]


def _is_invisible(letter: str) -> bool:
    """Return whether a character needs no glyph: controls, joiners, variation selectors, tags."""
    return (
        unicodedata.category(letter) in {"Cf", "Cc", "Zl", "Zp"}
        or "\ufe00" <= letter <= "\ufe0f"
        or letter >= "\U000e0000"
    )
