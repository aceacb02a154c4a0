"""Text as it is spoken: sentence by sentence, so that the first sound comes early, and digits spelled out.

Source of the numerals: GB/T 15835-2011 and common use.
"""

import re
from collections.abc import Iterator

from frameloom.core.errors import MediaError

LONGEST = 280
"""Characters beyond which a sentence is cut at a comma, and where there is none at a space."""

_ENDS = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+(?=\S)|(?<=[。！？；।؟۔])[”’」』）]*\s*(?=\S)|\s*\n+\s*")
_CLAUSES = re.compile(r"(?<=[,;:—])\s+|(?<=[，、：；])")
_TITLES = re.compile(
    r"(?:^|[\s(\"'“‘])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|No|Fig|approx|Hr|Fr|Nr|ca|bzw|Mme|Mlle)\.$"
)
_TITLE = 10
"""Letters within which a title and what stands before it lie."""
_UNSPOKEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, and bytes that were no text."""
_BLANKS = re.compile(r"[^\S\n]+")
_NUMBERS = re.compile(r"\d[\d,]*(?:\.\d+)?(?P<year>年)?")
_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "兆")


def sentences(text: str) -> Iterator[str]:
    """Yield what is spoken at one go, of all but empty text.

    >>> list(sentences("Dr. No left. Why? 好。走！"))
    ['Dr. No left.', 'Why?', '好。', '走！']

    Raises:
        MediaError: there is neither a letter nor a digit in it.
    """
    if not any(character.isalnum() for character in text):
        shown = text if len(text) <= 40 else f"{text[:40]}..."
        raise MediaError(f"text {shown!r}: has nothing to speak; give words")
    for sentence in _split(plain(text).strip()):
        for part in _cut(sentence):
            if any(character.isalnum() for character in part):
                yield part


def plain(text: str) -> str:
    r"""Return text with one space for blanks and control characters, however many; lines stay.

    >>> plain("Hello\x00\t  there\n")
    'Hello there\n'
    """
    return _BLANKS.sub(" ", _UNSPOKEN.sub(" ", text))


def _split(text: str) -> Iterator[str]:
    begin = 0
    for found in _ENDS.finditer(text):
        is_break = "\n" in found.group()
        before = text[max(begin, found.start() - _TITLE) : found.start()]
        if not is_break and (_TITLES.search(before) or text[found.end()].islower()):
            continue
        yield text[begin : found.end()].strip()
        begin = found.end()
    yield text[begin:]


def _cut(sentence: str) -> Iterator[str]:
    """Yield a sentence in parts of bearable length."""
    held = ""
    for clause in _CLAUSES.split(sentence):
        for piece in _pieces(clause):
            glue = "" if not held or held[-1] in "，、：；" else " "
            if held and len(held) + len(piece) >= LONGEST:
                yield held
                held, glue = "", ""
            held += glue + piece
    if held:
        yield held


def _pieces(clause: str) -> Iterator[str]:
    """Yield a clause, at its spaces where it is too long, and in the middle of words where that is not enough."""
    while len(clause) > LONGEST:
        space = clause.rfind(" ", 1, LONGEST)
        end = space if space > 0 else LONGEST
        yield clause[:end]
        clause = clause[end:].lstrip()
    yield clause


def spelled_out(text: str) -> str:
    """Return Chinese text whose digits are numerals; years, and what begins with 0, digit by digit.

    >>> spelled_out("2026年有105个，3.14，007")
    '二零二六年有一百零五个，三点一四，零零七'
    """
    return _NUMBERS.sub(lambda found: _numeral(found.group(), found["year"]), text)


def _numeral(number: str, year: str | None) -> str:
    whole, _, part = number.removesuffix("年").replace(",", "").partition(".")
    is_plain = bool(year) and len(whole) == 4
    said = _digits(whole) if is_plain or (whole[0] == "0" and len(whole) > 1) or len(whole) > 16 else _amount(whole)
    return said + ("点" + _digits(part) if part else "") + (year or "")


def _digits(digits: str) -> str:
    return "".join(_DIGITS[int(digit)] for digit in digits)


def _amount(digits: str) -> str:
    if int(digits) == 0:
        return _DIGITS[0]
    groups = [digits[max(end - 4, 0) : end] for end in range(len(digits), 0, -4)]
    said = ""
    for number, group in reversed(list(enumerate(groups))):
        if int(group) == 0:
            continue
        gap = said and (group[0] == "0" or (number + 1 < len(groups) and int(groups[number + 1]) == 0))
        said += ("零" if gap else "") + _thousands(group.lstrip("0")) + _GROUPS[number]
    return said.removeprefix("一") if said.startswith("一十") else said


def _thousands(digits: str) -> str:
    """Return 1 to 9999 in numerals."""
    said, gap = "", False
    for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        if digit == "0":
            gap = True
            continue
        said += ("零" if gap and said else "") + _DIGITS[int(digit)] + _PLACES[place]
        gap = False
    return said
