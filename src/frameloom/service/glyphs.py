"""Chinese, Japanese and Korean on pages, where the system has no font for them: slices of the font that films use.

    GET /glyphs.css                 --cjk, a family for each language: a font of the system's, or else slices
    GET /glyphs/zh-78.otf           the slice with the signs U+4E00 to U+4EFF

A browser asks for the slices of the signs that it shows, and for no others.
"""

from fastapi import FastAPI, Response
from fastapi.responses import PlainTextResponse

from frameloom.media.text.slices import LANGUAGES, SIGNS, slice_of, slices

_OWN = {
    "zh": ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC"),
    "zh-hant": ("PingFang TC", "Microsoft JhengHei", "Noto Sans CJK TC", "Noto Sans TC", "Source Han Sans TC"),
    "ja": ("Hiragino Sans", "Yu Gothic", "Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans JP"),
    "ko": ("Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans CJK KR", "Noto Sans KR", "Source Han Sans KR"),
}
"""Fonts of systems."""


def add_glyphs(app: FastAPI) -> None:
    """Add the slices and their style sheet to an application."""
    sheet = "".join(_family(language) for language in LANGUAGES)

    @app.get("/glyphs.css")
    def glyphs() -> Response:
        return Response(sheet, media_type="text/css")

    @app.get("/glyphs/{language}-{number}.otf")
    def glyph_slice(language: str, number: int) -> Response:
        if language not in LANGUAGES or number not in slices():
            return PlainTextResponse("No such slice.\n", 404)
        return Response(slice_of(language, number), media_type="font/otf")


def _family(language: str) -> str:
    """Return the rules of a language: its family, and the slices of that.

    A page names it first: Chromium takes boxes of a font before it rather than signs of one behind it.
    """
    chosen = {"zh": ":root", "zh-hant": ":lang(zh-hant),:lang(yue)"}.get(language, f":lang({language})")
    own = ",".join(f'local("{name}")' for name in _OWN[language])
    return f'{chosen}{{--cjk:"Frameloom {language}"}}\n' + "".join(
        f'@font-face{{font-family:"Frameloom {language}";'
        f"unicode-range:U+{number * SIGNS:X}-{(number + 1) * SIGNS - 1:X};"
        f'src:{own},url("glyphs/{language}-{number}.otf")}}\n'
        for number in slices()
    )
