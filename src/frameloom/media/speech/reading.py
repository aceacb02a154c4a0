"""Text as it is written and as it is read: a voice gets the one, captions show the other.

written   增长了 | 3.5%         | ，  气温 | 98℃
spoken    增长了 | 百分之三点五 | ，  气温 | 九十八摄氏度
words     增长 了  3.5%               气温   98℃
"""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from frameloom.media.speech.signs import MARKS
from frameloom.media.speech.spoken import Word
from frameloom.media.text.words import words_in

_SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_BETWEEN_SPACES = re.compile(r"\s+|\S+")


class Piece(NamedTuple):
    """A stretch as it is written and as it is read; mostly the same."""

    written: str
    spoken: str


Rules = Sequence[tuple[str, Callable[[re.Match[str]], str]]]
"""Patterns of what is written, each with how it is said."""


class Reader:
    """Says signs by rules; where several fit, by the first."""

    def __init__(self, rules: Rules) -> None:
        self._said = [said for _, said in rules]
        self._any = re.compile("|".join(f"(?P<r{number}>{pattern})" for number, (pattern, _) in enumerate(rules)))
        self._alone = [re.compile(pattern) for pattern, _ in rules]

    def pieces(self, text: str) -> list[Piece]:
        """Return a text in pieces, those apart that a rule fits."""
        pieces, at = [], 0
        while found := self._any.search(text, at):
            if found.start() > at:
                pieces.append(Piece(text[at : found.start()], text[at : found.start()]))
            number = next(number for number in range(len(self._said)) if found[f"r{number}"] is not None)
            alone = self._alone[number].match(text, found.start())
            assert alone is not None
            pieces.append(Piece(found[0], self._said[number](alone)))
            at = found.end()
        if at < len(text):
            pieces.append(Piece(text[at:], text[at:]))
        return pieces


def is_plain(pieces: Sequence[Piece]) -> bool:
    """Return whether all is read as it is written."""
    return all(piece.written == piece.spoken for piece in pieces)


def written_words(pieces: Sequence[Piece], heard: Sequence[Word]) -> tuple[Word, ...]:
    """Return the words as they are written, of what a voice tells of the pieces as they are read.

    A voice that tells one time for several signs spends it on them evenly.
    """
    if not heard:
        return ()
    spoken = "".join(piece.spoken for piece in pieces)
    times = _times(spoken, heard)
    text = "".join(piece.written for piece in pieces)
    own: list[tuple[Fraction, Fraction] | None] = []
    whole: list[tuple[int, int]] = []
    at = 0
    for piece in pieces:
        if piece.written == piece.spoken:
            own += times[at : at + len(piece.spoken)]
        else:
            inside = [each for each in times[at : at + len(piece.spoken)] if each is not None]
            span = (inside[0][0], inside[-1][1]) if inside else None
            whole.append((len(own), len(own) + len(piece.written)))
            own += [span] * len(piece.written)
        at += len(piece.spoken)
    words = []
    for first, stop in _spans(text, whole):
        marks = "" if (first, stop) in whole else MARKS
        inside = [each for each in own[first:stop] if each is not None]
        if inside and any(sign.isalnum() for sign in text[first:stop]):
            words.append(Word(text[first:stop].strip().strip(marks), inside[0][0], inside[-1][1]))
    return tuple(words)


def _spans(text: str, whole: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return where words stand, none of which ends within a piece that is read as one."""
    ends, at = {0}, 0
    for word in words_in(text) if _SPACELESS.search(text) else _BETWEEN_SPACES.findall(text):
        at += len(word)
        ends.add(at)
    for first, stop in whole:
        ends -= set(range(first + 1, stop))
        ends |= {first, stop}
    bounds = sorted(ends)
    return list(pairwise(bounds))


def _times(spoken: str, heard: Sequence[Word]) -> list[tuple[Fraction, Fraction] | None]:
    """Return when each sign is spoken; None for those that are not."""
    times: list[tuple[Fraction, Fraction] | None] = [None] * len(spoken)
    places, at = [], 0
    for word in heard:
        found = spoken.find(word.text, at)
        places.append(found if found >= 0 else at)
        at = max(at, places[-1] + len(word.text)) if found >= 0 else at
    for word, first, stop in zip(heard, places, [*places[1:], len(spoken)], strict=True):
        signs = [at for at in range(first, stop) if spoken[at].isalnum()]
        step = (word.stop - word.start) / max(len(signs), 1)
        for number, at in enumerate(signs):
            times[at] = word.start + number * step, word.start + (number + 1) * step
    return times
