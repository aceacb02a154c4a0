"""Texts in the pieces that are highlighted and counted: words where they are parted by spaces, else single signs.

    text --tokens_of--> spans of characters --placed, with what a voice tells--> times
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

_SIGNS = "\u1100-\u11ff\u2e80-\u303f\u3040-\u30ff\u3105-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_ASTRAL = "\U00020000-\U0003ffff"
_MARKS = r"、。，．：；？！…—～」』）】》〉〕｝”’%％)\].,:;?!"
_TOKEN = re.compile(
    rf"(?:[「『（【《〈〔｛“‘(\[]*(?:[{_SIGNS}{_ASTRAL}]|[^\s{_SIGNS}{_ASTRAL}]+)(?:[{_MARKS}])*)", re.DOTALL
)
_WORDLIKE = re.compile(r"\w")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।](?:[\"'”’»)\]」』）])*$")
_CLAUSE_END = re.compile(r"[,;:，、；：—،؛](?:[\"'”’»)\]」』）])*$")

CHARACTERS_PER_S = 15
"""At which a text is read that is parted by spaces."""
SIGNS_PER_S = Fraction(9, 2)
"""At which Chinese and Japanese are read."""
_LEAST_TOLD = Fraction(1, 2)
"""Share of the time that words must span to be believed."""
_CLAUSE_PAUSE_S = Fraction(1, 5)
_SENTENCE_PAUSE_S = Fraction(2, 5)


@dataclass(frozen=True)
class Token:
    """A piece of a text and the time at which it is said."""

    first: int
    stop: int
    """Its characters in the text."""
    start: Fraction
    end: Fraction
    """Seconds from the first sample of the narration."""


def tokens_of(text: str) -> list[tuple[int, int]]:
    """Return first and stop of each piece of a text; marks belong to what they follow.

    >>> [ "It rains, 下雨了。"[first:stop] for first, stop in tokens_of("It rains, 下雨了。")]
    ['It', 'rains,', '下', '雨', '了。']
    """
    found: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        if not _WORDLIKE.search(match[0]) and found:
            found[-1] = (found[-1][0], match.end())  # a dash by itself, an emoji
        else:
            found.append(match.span())
    return found


def ends_sentence(text: str) -> bool:
    """Return whether a piece of text ends a sentence."""
    return bool(_SENTENCE_END.search(text))


def ends_clause(text: str) -> bool:
    """Return whether a piece of text ends a part of a sentence."""
    return bool(_CLAUSE_END.search(text)) or ends_sentence(text)


def is_sign(text: str) -> bool:
    """Return whether a piece of text is a sign of a script without spaces."""
    return bool(re.search(f"[{_SIGNS}{_ASTRAL}]", text))


def placed(text: str, said: Sequence[tuple[str, Fraction, Fraction]], duration: Fraction) -> tuple[Token, ...]:
    """Return the pieces of a text with the times of the words that a voice tells; those it says otherwise lie between.

    Args:
        text: what was to be said.
        said: words as the voice tells them, in order, with start and end in s.
        duration: of all of it, in s.
    """
    if said and said[-1][2] - said[0][1] < duration * _LEAST_TOLD:
        said = ()  # a voice that reads signs one by one and tells of none: they are spread evenly
    marks = [(Fraction(0), 0)]
    low, cursor = text.casefold(), 0
    if len(low) != len(text):
        low = text.lower() if len(text.lower()) == len(text) else text
    for word, start, end in said:
        bare = word.strip().strip(".,:;!?…\"'“”‘’()[]。，、！？；：").lower()
        at = low.find(bare, cursor, cursor + 60 + 2 * len(bare)) if bare else -1
        if at < 0:
            continue
        cursor = at + len(bare)
        marks += [(start, at), (end, cursor)]
    if len(marks) == 1 and said:
        marks += [(said[0][1], 0), (said[-1][2], len(text))]
    if marks[-1][1] < len(text.rstrip()) and marks[-1][0] < duration:
        marks.append((duration, len(text)))
    course = _rising(marks)
    return tuple(
        Token(first, stop, _time_at(course, first, after=True), _time_at(course, _last_letter(text, first, stop)))
        for first, stop in tokens_of(text)
    )


def _last_letter(text: str, first: int, stop: int) -> int:
    """Return where a piece ends without its marks."""
    while stop > first + 1 and not _WORDLIKE.match(text[stop - 1]):
        stop -= 1
    return stop


def _rising(marks: Sequence[tuple[Fraction, int]]) -> list[tuple[Fraction, int]]:
    """Return marks whose times and places never fall."""
    course = [marks[0]]
    for time, place in marks[1:]:
        course.append((max(time, course[-1][0]), max(place, course[-1][1])))
    return course


def _time_at(course: Sequence[tuple[Fraction, int]], place: int, after: bool = False) -> Fraction:
    """Return when a voice is at a place; where it pauses there, before the pause, or after it."""
    exact = [time for time, at in course if at == place]
    if exact:
        return exact[-1] if after else exact[0] if place else exact[-1]
    for (one, begin), (other, end) in pairwise(course):
        if begin < place < end:
            return one + (other - one) * Fraction(place - begin, end - begin)
    return course[-1][0]


def read_silently(text: str, pace: float) -> tuple[tuple[Token, ...], Fraction]:
    """Return the pieces of a text as somebody reads it who is not heard, and how long that takes, in s."""
    now, factor = Fraction(0), 1 / Fraction(str(pace))
    tokens = []
    for first, stop in tokens_of(text):
        piece = text[first:stop]
        letters = _last_letter(text, first, stop) - first
        length = (1 / SIGNS_PER_S if is_sign(piece) else Fraction(letters + 1, CHARACTERS_PER_S)) * factor
        tokens.append(Token(first, stop, now, now + length))
        pause = _SENTENCE_PAUSE_S if ends_sentence(piece) else _CLAUSE_PAUSE_S if ends_clause(piece) else Fraction(0)
        now += length + pause * factor
    return tuple(tokens), tokens[-1].end if tokens else Fraction(0)
