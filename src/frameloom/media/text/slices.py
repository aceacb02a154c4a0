"""Slices of the font of Chinese, Japanese and Korean, for pages: a browser takes those that it needs.

font of 19 MB --256 signs--> some 60 kB

A page whose text needs one slice loads one.
"""

from collections.abc import Iterable
from functools import lru_cache

import noto_cjk_sans_otc  # type: ignore[import-untyped]
import uharfbuzz as harfbuzz  # type: ignore[import-untyped]

from frameloom.media.text.faces import CJK_FACES

SIGNS = 256
"""Of a slice."""
_SPANS = ((0x2E00, 0xA000), (0xAC00, 0xD800), (0xF900, 0xFB00), (0xFE00, 0x10000))
LANGUAGES = ("zh", "zh-hant", "ja", "ko")
"""Whose forms of signs there are."""


def slices() -> tuple[int, ...]:
    """Return the numbers of all slices: a slice holds the signs from SIGNS times its number on."""
    return tuple(number for first, stop in _SPANS for number in range(first // SIGNS, stop // SIGNS))


@lru_cache(maxsize=64)
def slice_of(language: str, number: int) -> bytes:
    """Return a slice as an OpenType font, with the forms of one of LANGUAGES."""
    return _font_of(language, range(number * SIGNS, (number + 1) * SIGNS))


def signs_of(text: str) -> bytes:
    """Return a font of the Chinese, Japanese and Korean signs in a text, and no others; empty where there are none."""
    known = set(slices())
    signs = sorted({ord(sign) for sign in text if ord(sign) // SIGNS in known})
    is_japanese = any(0x3040 <= sign < 0x3100 for sign in signs)
    return _font_of("ja" if is_japanese else "zh", signs) if signs else b""


def _font_of(language: str, signs: Iterable[int]) -> bytes:
    wanted = harfbuzz.SubsetInput()
    wanted.unicode_set.update(signs)
    made: bytes = harfbuzz.subset(_face(CJK_FACES[language]), wanted).blob.data
    return made


@lru_cache(maxsize=len(LANGUAGES))
def _face(number: int) -> harfbuzz.Face:
    return harfbuzz.Face(harfbuzz.Blob.from_file_path(noto_cjk_sans_otc.FONT_PATH), number)
