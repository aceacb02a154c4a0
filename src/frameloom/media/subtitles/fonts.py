r"""Fonts of ASS files: each stretch of text is given the name of a font that is there and has its signs.

    Fontname Arial    "Hello 你好"   -->   Fontname Noto Sans    "Hello {\fnNoto Sans CJK SC}你好{\fnNoto Sans}"

libass takes no font for a sign that the named one lacks from a folder, only from the system, which may have none. Fonts
within the file are kept. libass draws no emoji in colour: they are left out. It sizes a font by its height for Windows
(usWinAscent + usWinDescent), by which scripts would differ: that is made up for with \fscx and \fscy.

Sources: libass's ass_font.c; Aegisub's manual, "ASS override tags" and "ASS file format" (fonts within a file).
"""

import re
import struct
from functools import lru_cache
from pathlib import Path

import numpy as np
import pysubs2
import uharfbuzz as harfbuzz  # type: ignore[import-untyped]

from frameloom.core.errors import MediaError
from frameloom.media.text.faces import FONTS, MAX_FONT_BYTES, Face, FontName, load
from frameloom.media.text.shape import Typeface, font_runs

_MAX_EMBEDDED = 64
_TAGS = re.compile(r"(\{[^{}]*\})")
_FONT_TAG = re.compile(r"\\fn([^\\}]*)")
_ESCAPES = re.compile(r"(\\[Nnh])")
_SERIF = re.compile(r"serif|times|georgia|garamond|palatino|bodoni|song|ming|mincho|roman")
_MONO = re.compile(r"mono|courier|consol|typewriter")


def name_fonts(parsed: pysubs2.SSAFile, own: frozenset[str]) -> frozenset[Path]:
    """Give each style and each stretch of text a font that is there, in place; return the files that they need.

    Args:
        parsed: the file.
        own: lower names of the fonts within it, which stay as they are.

    Raises:
        MediaError: a font of ours cannot be read.
    """
    naming = _Naming(parsed, own)
    for event in parsed.events:
        event.text = naming.line(event)
    for style in parsed.styles.values():
        style.fontname = naming.family(style.fontname)
    return frozenset(naming.files)


class _Naming:
    def __init__(self, parsed: pysubs2.SSAFile, own: frozenset[str]) -> None:
        self.files: set[Path] = set()
        self._own = own
        self._styles = {name: style.copy() for name, style in parsed.styles.items()}

    def line(self, event: pysubs2.SSAEvent) -> str:
        """Return the text of a line with its fonts named."""
        style = self._styles.get(event.style, pysubs2.SSAStyle(fontname="sans"))
        scales = None if "\\fsc" in event.text else (style.scalex, style.scaley)  # a line that scales itself is left to
        font, is_drawing = style.fontname, False
        parts: list[str] = []
        for part in _TAGS.split(event.text):
            if part.startswith("{"):
                for reset in re.findall(r"\\r([^\\}]*)", part):
                    font = self._styles.get(reset.strip(), style).fontname
                for name in _FONT_TAG.findall(part):
                    font = name.strip() or style.fontname
                for drawing in re.findall(r"\\p(\d+)", part):
                    is_drawing = drawing != "0"
                parts.append(_FONT_TAG.sub(lambda found: self._font_tag(found[1].strip() or style.fontname), part))
            elif is_drawing or _bare(font) in self._own:
                parts.append(part)
            else:
                pieces = _ESCAPES.split(part)
                parts += [piece if _ESCAPES.fullmatch(piece) else self._named(piece, font, scales) for piece in pieces]
        return "".join(parts)

    def family(self, name: str) -> str:
        """Return a font's name if the file carries it, else that of the closest of ours."""
        return name if _bare(name) in self._own else self._needed(load(_closest(name), 400, False))

    def _font_tag(self, name: str) -> str:
        return rf"\fn{self.family(name)}"

    def _named(self, text: str, font: str, scales: tuple[float, float] | None) -> str:
        """Return a text with a tag around what its font does not have."""
        closest = _closest(font)
        home = load(closest, 400, False)
        parts = []
        for stretch, face in font_runs(text, Typeface(closest, 400, False, "", 0.0, None)):
            if face.is_emoji:
                continue
            into, back = rf"\fn{self._needed(face)}", rf"\fn{self._needed(home)}"
            if scales:
                ratio = _line_height(face) / _line_height(home)
                into += rf"\fscx{scales[0] * ratio:.1f}\fscy{scales[1] * ratio:.1f}"
                back += rf"\fscx{scales[0]:g}\fscy{scales[1]:g}"
            parts.append(stretch if face is home else f"{{{into}}}{stretch}{{{back}}}")
        return "".join(parts)

    def _needed(self, face: Face) -> str:
        """Return a face's family, and remember its files, bold too."""
        path = Path(face.name)
        bold = path.with_name(path.name.replace("-Regular", "-Bold"))
        self.files |= {path, bold} if path.parent == FONTS and bold.is_file() else {path}
        return face.family


def _bare(name: str) -> str:
    return name.strip().removeprefix("@").lower()


@lru_cache(maxsize=512)
def _closest(name: str) -> FontName:
    """Return which of our fonts looks most like one of this name."""
    lower = name.lower()
    if _MONO.search(lower):
        return "mono"
    return "serif" if _SERIF.search(lower) and "sans" not in lower else "sans"


@lru_cache(maxsize=64)
def _line_height(face: Face) -> float:
    """Return what libass takes for the height of a font, in em."""
    table = bytes(face.font.face.reference_table("OS/2").data)
    ascent, descent = struct.unpack(">HH", table[74:78])
    return (ascent + descent) / face.units if ascent + descent else face.ascent + face.descent


def write_embedded_fonts(path: Path, parsed: pysubs2.SSAFile, folder: Path) -> frozenset[str]:
    """Write the fonts within a file to a folder, leave them out of it, and return the lower names they go by.

    Raises:
        MediaError: there are too many, or one is damaged.
    """
    if len(parsed.fonts_opaque) > _MAX_EMBEDDED:
        raise MediaError(f"{path}: carries {len(parsed.fonts_opaque)} fonts; at most {_MAX_EMBEDDED}: remove some")
    names: set[str] = set()
    for number, (name, lines) in enumerate(parsed.fonts_opaque.items()):
        data = decode_font("".join(lines))
        face = harfbuzz.Face(data)
        if not face.glyph_count or len(data) > MAX_FONT_BYTES:
            raise MediaError(f"{path}: the font {name[:60]!r} within it is damaged; remove it from [Fonts]")
        (folder / f"own{number}.ttf").write_bytes(data)
        kinds = harfbuzz.OTNameIdPredefined
        for kind in (kinds.FONT_FAMILY, kinds.TYPOGRAPHIC_FAMILY, kinds.FULL_NAME):
            names.add(str(face.get_name(kind, "en") or "").lower())
    parsed.fonts_opaque.clear()
    parsed.graphics_opaque.clear()
    return frozenset(names - {""})


def decode_font(text: str) -> bytes:
    """Return the bytes of a font within a file: each four signs, less 33, are six bits each of three bytes.

    >>> decode_font("(7-E").hex()
    '1d6324'
    """
    codes = np.frombuffer(text.encode("latin-1", "replace"), np.uint8).astype(np.uint32) - 33 & 63
    quads = np.concatenate([codes, np.zeros(-len(codes) % 4, np.uint32)]).reshape(-1, 4)
    words = quads @ np.array([1 << 18, 1 << 12, 1 << 6, 1], np.uint32)
    data = np.stack([words >> 16 & 255, words >> 8 & 255, words & 255], axis=1).astype(np.uint8).tobytes()
    return data[: len(codes) * 3 // 4]
