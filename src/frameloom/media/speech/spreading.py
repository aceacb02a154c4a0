"""Words that are known, spread over the stretches of a recording in which somebody speaks.

    words       It rains in the valley.  The river has risen,   and falls.
    stretches   [=====================]  [==================]   [========]     pauses meet the ends of sentences,
                                                                               syllables fill what lies between

Which words fill which stretch is chosen for all of them at once: the sum of what each is longer or shorter than its
words take, and of what stands against a pause where it falls, is the least that can be.
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from unicodedata import combining, normalize

import numpy as np
from numpy.typing import NDArray

from frameloom.media.speech.english import aloud
from frameloom.media.speech.tokens import Token, ends_clause, ends_sentence, is_sign, tokens_of

Stretches = Sequence[tuple[Fraction, Fraction]]
"""From when to when somebody speaks, in s."""

_CLAUSE_S, _WORD_S = 0.25, 0.8
"""How much further off the end of a sentence may lie and be taken for a pause before that of a clause or a word is."""
_RUN_ON_S = 0.25
"""What stands against the end of a sentence without a pause."""
_IDLE_S = 0.8
"""What stands against a stretch without words, besides its length: a click, a breath."""
_BAND_S, _BAND = 3.0, 0.06
"""How far words may be from where their syllables would be by then: in s, or as a share of all that is spoken."""
_BY_SYLLABLES, _BY_LETTERS, _LEAST = 0.6, 0.2, 0.5
"""Of what a word takes: found on voices in seven languages whose times are known, and on three recordings."""
_VOWELS = re.compile(
    "[aeiouy\u0430\u0435\u0438\u043e\u0443\u044b\u044d\u044e\u044f\u0456\u03b1\u03b5\u03b7\u03b9\u03bf\u03c5\u03c9]+"
)
"""Of Latin, Cyrillic and Greek, without their accents."""
_SILENT_E = re.compile(r"[^aeiouyl]e$")


def spread_over(text: str, stretches: Stretches) -> tuple[Token, ...]:
    """Return the words of a text spread over the stretches in which somebody speaks.

    >>> spread_over("Up. Down.", [(Fraction(1), Fraction(2)), (Fraction(4), Fraction(6))])[1].start
    Fraction(4, 1)
    """
    spans, weights = tokens_of(text), weights_of(text)
    edges = [0, *_cuts([text[slice(*span)] for span in spans], weights, stretches), len(spans)]
    return tuple(
        token
        for (first, stop), stretch in zip(pairwise(edges), stretches, strict=True)
        if first < stop
        for token in _filled(spans[first:stop], weights[first:stop], *stretch)
    )


def _filled(
    spans: Sequence[tuple[int, int]], weights: Sequence[float], early: Fraction, late: Fraction
) -> Iterator[Token]:
    """Yield words one after the other in a stretch, by their syllables."""
    total = sum(weights)
    edges = [early + (late - early) * Fraction(done / total) for done in accumulate(weights, initial=0.0)]
    for span, (start, end) in zip(spans, pairwise(edges), strict=True):
        yield Token(*span, _milliseconds(start), _milliseconds(end))


def _cuts(pieces: Sequence[str], weights: Sequence[float], stretches: Stretches) -> list[int]:
    """Return how many words come before each pause."""
    lengths = [float(stop - start) for start, stop in stretches]
    spoken = sum(lengths)
    said = np.array([0.0, *accumulate(weights)]) * (spoken / sum(weights))  # s, before each word and after the last
    against, sentences = _against(pieces)
    reach = max(_BAND_S, _BAND * spoken)
    heard, costs, edge = 0.0, np.zeros(1), range(1)
    choices: list[tuple[range, range, NDArray[np.intp]]] = []
    for number, length in enumerate(lengths, 1):
        heard += length
        off = np.abs(said - heard)
        near = np.flatnonzero(off <= max(reach, off.min()))
        is_last = number == len(lengths)
        stops = range(len(pieces), len(pieces) + 1) if is_last else range(near[0], near[-1] + 1)
        first, stop = np.array(edge)[:, None], np.array(stops)[None, :]
        takes = np.abs(said[stop] - said[first] - length) + np.where(stop == first, _IDLE_S, 0)
        run_on = _RUN_ON_S * np.maximum(sentences[np.maximum(stop - 1, first)] - sentences[first], 0)
        total = costs[:, None] + np.where(stop >= first, takes + run_on + (0 if is_last else against[stop]), np.inf)
        choices.append((edge, stops, total.argmin(0)))
        costs, edge = total.min(0), stops
    cuts: list[int] = []
    at = len(pieces)
    for edge, stops, best in reversed(choices):
        at = edge[int(best[at - stops[0]])]
        cuts.append(at)
    return cuts[-2::-1]


def _against(pieces: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return what stands against a pause after so many words, in s, and how many sentences end in these."""
    ends = [ends_sentence(piece) for piece in pieces]
    odd = [
        0.0 if end else _CLAUSE_S if ends_clause(piece) else _WORD_S for piece, end in zip(pieces, ends, strict=True)
    ]
    return np.array([0.0, *odd]), np.cumsum([0, *ends])


def weights_of(text: str) -> list[float]:
    """Return how long each word of a text takes beside the others, in syllables, as far as letters tell them."""
    return [_weight(text[first:stop]) for first, stop in tokens_of(text)]


def _weight(piece: str) -> float:
    """Return how long a word takes: by its syllables, and by its letters, for "strength" takes longer than "a".

    >>> [round(_weight(word), 1) for word in ("rain", "valley", "make", "a", "42", "雨")]
    [1.4, 2.4, 1.4, 0.8, 3.4, 1.0]
    """
    if is_sign(piece):
        return 1.0
    words = re.sub(r"[^\w\s]|\d", "", aloud(re.sub(r"[.,;:!?]+$", "", piece)).casefold()).split()
    return max(_LEAST, sum(_BY_SYLLABLES * _syllables(word) + _BY_LETTERS * len(word) for word in words))


def _syllables(word: str) -> float:
    """Return about how many syllables a word has, never less than one."""
    bare = "".join(letter for letter in normalize("NFD", word) if not combining(letter))
    vowels = len(_VOWELS.findall(bare)) - (1 if _SILENT_E.search(word) else 0)
    return vowels if vowels > 0 else max(1.0, len(word) / 2.5)


def _milliseconds(time: Fraction) -> Fraction:
    return Fraction(round(time * 1000), 1000)
