"""Texts in the pieces that are highlighted and counted: words where they are parted by spaces, else single signs.

text --tokens_of--> spans of characters --placed, with what a voice tells--> times
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from fractions import Fraction

from frameloom.media.speech.sentences import is_shortened
from frameloom.media.text.words import is_han, words_in

_SIGNS = (
    "\u1100-\u11ff\u2e80-\u303f\u3040-\u30ff\u3105-\u312f\u31a0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
)
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
    return bool(_SENTENCE_END.search(text)) and not is_shortened(text)


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
    tokens = matched(text, said, duration)[1]
    if tokens and tokens[-1].end - tokens[0].start < duration * _LEAST_TOLD:
        return tuple(_spread(text, tokens_of(text), Fraction(0), duration))  # the voice read something else
    return tokens


def matched(
    text: str, said: Sequence[tuple[str, Fraction, Fraction]], duration: Fraction
) -> tuple[float, tuple[Token, ...]]:
    """Return how many of the pieces of a text were told, as a share, and the pieces with their times."""
    spans = tokens_of(text)
    units = [unit for word in said for unit in _units(*word)]
    pieces = [_plain(text[first:stop]) for first, stop in spans]
    matcher = SequenceMatcher(None, pieces, [name for name, _, _ in units], autojunk=False)
    share = sum(block.size for block in matcher.get_matching_blocks()) / max(1, len(pieces))
    tokens: list[Token] = []
    for kind, first, stop, begin, end in matcher.get_opcodes():
        if kind == "equal":
            tokens += [
                Token(*span, start, finish)
                for span, (_, start, finish) in zip(spans[first:stop], units[begin:end], strict=True)
            ]
        elif first < stop:
            early = units[begin][1] if begin < end else tokens[-1].end if tokens else Fraction(0)
            late = units[end - 1][2] if begin < end else units[end][1] if end < len(units) else duration
            tokens += _spread(text, spans[first:stop], early, max(early, late))
    return share, tuple(tokens)


def by_words(text: str, tokens: Sequence[Token]) -> list[Token]:
    """Return pieces with the signs of each Chinese word as one."""
    if not is_han(text):
        return list(tokens)
    ends, at = [], 0
    for word in words_in(text):
        at += len(word)
        ends.append(at)
    joined: list[Token] = []
    word_end = 0
    for one in tokens:
        if joined and one.first < word_end and is_sign(text[one.first : one.stop]):
            joined[-1] = replace(joined[-1], stop=one.stop, end=one.end)
        else:
            joined.append(one)
            word_end = ends[bisect_right(ends, one.first)] if one.first < at else at
    return joined


def _units(word: str, start: Fraction, end: Fraction) -> list[tuple[str, Fraction, Fraction]]:
    """Return a word of a voice in the pieces that texts are taken in: signs one by one."""
    names = [_plain(word[first:stop]) for first, stop in tokens_of(word)]
    step = (end - start) / max(1, len(names))
    return [(name, start + at * step, start + (at + 1) * step) for at, name in enumerate(names)]


def _plain(piece: str) -> str:
    """Return a piece as it is compared: its letters and digits."""
    return "".join(letter for letter in piece.casefold() if letter.isalnum()) or piece


def _spread(text: str, spans: Sequence[tuple[int, int]], early: Fraction, late: Fraction) -> Iterator[Token]:
    """Yield pieces one after the other in a time, by their letters."""
    letters = [_last_letter(text, *span) - span[0] for span in spans]
    total, done = sum(letters), 0
    for span, count in zip(spans, letters, strict=True):
        start = early + (late - early) * Fraction(done, total)
        done += count
        yield Token(*span, start, early + (late - early) * Fraction(done, total))


def _last_letter(text: str, first: int, stop: int) -> int:
    """Return where a piece ends without its marks."""
    while stop > first + 1 and not _WORDLIKE.match(text[stop - 1]):
        stop -= 1
    return stop


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
