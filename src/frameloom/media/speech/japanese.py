"""Japanese as it is read aloud: kanji and figures in kana, phrase by phrase; needs janome, of the extra `japanese`.

    written   東京は         | 日本の       | 首都です。
    spoken    トオキョオワ   | ニッポンノ   | シュトデス。

Sources: the pronunciations of the IPA dictionary (mecab-ipadic), in janome; numerals of common use.
"""

import re
from functools import cache
from importlib.util import find_spec
from typing import Any

from frameloom.media.speech.reading import Piece

_KANJI = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "億", "兆")
_UNITS = {
    "%": "パーセント", "％": "パーセント", "℃": "度", "km/h": "キロ", "km": "キロ", "kg": "キロ",
    "cm": "センチ", "mm": "ミリ", "m": "メートル", "g": "グラム",
}  # fmt: skip
_CURRENCIES = {"¥": "円", "￥": "円", "$": "ドル", "€": "ユーロ"}
_FIGURES = re.compile(
    rf"(?P<money>[¥￥$€])?(?P<number>\d[\d,]*(?:\.\d+)?)(?:\s?(?P<unit>{'|'.join(_UNITS)})(?![A-Za-z]))?"
)
_VOWELS = {
    "ア": "アカガサザタダナハバパマヤラワァャ", "イ": "イキギシジチヂニヒビピミリィ",
    "ウ": "ウクグスズツヅヌフブプムユルゥュヴ", "エ": "エケゲセゼテデネヘベペメレェ",
    "オ": "オコゴソゾトドノホボポモヨロヲォョ",
}  # fmt: skip
_VOWEL = {kana: vowel for vowel, row in _VOWELS.items() for kana in row}
_BOUND = frozenset(("助詞", "助動詞", "記号"))
"""Parts of speech that lean on the word before them."""


def is_installed() -> bool:
    """Return whether the dictionary is there."""
    return find_spec("janome") is not None


def needs_reading(text: str) -> bool:
    """Return whether text holds what is not written as it sounds."""
    return any("\u3400" <= sign <= "\u9fff" or sign.isdigit() for sign in text)


def read_aloud(text: str) -> list[Piece]:
    """Return text in phrases, each with its kana and a space behind it: 東京へ行く。 is トオキョオエ イク。."""
    pieces: list[Piece] = []
    for token, written in _tokens(text):
        sounds = str(token.phonetic) if token.phonetic != "*" else str(token.surface)
        kind, detail = token.part_of_speech.split(",")[:2]
        leans = kind in _BOUND or detail in ("接尾", "非自立")
        if pieces and (leans or not written):
            before = pieces.pop()
            written, sounds = before.written + written, before.spoken.rstrip() + sounds
        pieces.append(Piece(written, _lengthened(sounds) + " "))
    return pieces


@cache
def _dictionary() -> Any:
    from janome.tokenizer import Tokenizer

    return Tokenizer()


def _tokens(text: str) -> list[tuple[Any, str]]:
    """Return tokens of a text whose figures are numerals, and what of the text each stands for."""
    parts: list[Piece] = []
    at = 0
    for found in _FIGURES.finditer(text):
        if text[at : found.start()]:
            parts.append(Piece(text[at : found.start()], text[at : found.start()]))
        parts.append(Piece(found[0], _figure(found)))
        at = found.end()
    if text[at:]:
        parts.append(Piece(text[at:], text[at:]))
    spoken = "".join(part.spoken for part in parts)
    owner = [number for number, part in enumerate(parts) for _ in part.spoken]
    inside = [place for part in parts for place in range(len(part.spoken))]
    told: set[int] = set()
    tokens, at = [], 0
    for token in _dictionary().tokenize(spoken):
        written = ""
        stop = spoken.index(token.surface, at) + len(token.surface)  # blanks are no tokens
        for place in range(at, stop):
            part = parts[owner[place]]
            if part.written == part.spoken:
                written += part.written[inside[place]]
            elif owner[place] not in told:
                told.add(owner[place])
                written += part.written
        at = stop
        tokens.append((token, written))
    return tokens


def _lengthened(kana: str) -> str:
    """Return kana whose long vowels are written twice, for the voice drops the mark.

    >>> _lengthened("トーキョー")
    'トオキョオ'
    """
    told = ""
    for sign in kana:
        told += _VOWEL.get(told[-1:], sign) if sign == "ー" else sign
    return told


def _figure(found: re.Match[str]) -> str:
    whole, _, part = found["number"].replace(",", "").partition(".")
    said = _amount(whole) if len(whole) <= 16 and (whole[0] != "0" or len(whole) == 1) else _spelled(whole)
    if part:
        said += "点" + _spelled(part)
    return said + _UNITS.get(found["unit"] or "", "") + _CURRENCIES.get(found["money"] or "", "")


def _spelled(digits: str) -> str:
    return "".join(_KANJI[int(digit)] for digit in digits)


def _amount(digits: str) -> str:
    """Return a whole number in kanji.

    >>> _amount("2026"), _amount("10000"), _amount("110")
    ('二千二十六', '一万', '百十')
    """
    if int(digits) == 0:
        return _KANJI[0]
    groups = [digits[max(end - 4, 0) : end] for end in range(len(digits), 0, -4)]
    said = ""
    for number, group in reversed(list(enumerate(groups))):
        inner = ""
        for place, digit in zip(range(len(group) - 1, -1, -1), group, strict=True):
            if digit != "0":
                inner += ("" if digit == "1" and place else _KANJI[int(digit)]) + _PLACES[place]
        said += inner + _GROUPS[number] if inner else ""
    return said
