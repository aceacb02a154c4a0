"""Sounds of a text found in a recording of it: what a voice says of the text, laid over what a mouth is heard to do.

    said     h ə l oʊ | w ɜː l d         in order, each for as long as it takes; a pause may lie between two words
    heard    weights of visemes, a hundred rows a second
    found    ..hhəlllooʊʊʊ...wwɜːɜːldd   the likeliest of all such paths through the rows

No sound is looked for further from its place, by how much was spoken until then, than REACH_S or REACH: in ten minutes
most paths would be far off, and would take their time and memory.

Source: Viterbi, "Error bounds for convolutional codes and an asymptotically optimum decoding algorithm" (1967).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from frameloom.media.speech.phones import is_formless, mouths
from frameloom.media.speech.spoken import Phoneme, Spoken, Word
from frameloom.media.speech.track import shares, spans
from frameloom.media.visemes import RATE, VisemeTrack

LONGEST_S = 600
"""Of a recording, for which there is time and memory."""
REACH_S, REACH = 30.0, 0.15
"""How far a sound may be from where it would be if all was said evenly: in s, or as a share of all that is spoken."""
ENOUGH = 0.35
"""Fit from which on a recording holds the text: right ones had 0.44 to 0.82, wrong ones 0.16 to 0.24."""

_DOUBT = 0.03
"""Weight that any viseme may have though another one is heard."""
_FORMLESS = 0.5
"""Weight of a sound without a form of its own beside that of whatever mouth is heard."""
_ASTRAY = 4.0
"""By how much the likelihood of each row falls, as a logarithm, in which a word is found out of its place."""
_NEVER = -1e9

Near = tuple[Fraction, Fraction]
"""From when to when a word may be said, in s."""


@dataclass(frozen=True)
class Found:
    """What was found; times in s of the recording."""

    phonemes: tuple[Phoneme, ...]
    words: tuple[Word, ...]
    """Those that the voice told."""
    fit: float
    """From 0 to 1: how far what is heard is what was said, and the other way round."""


class _State(NamedTuple):
    """What a row may belong to."""

    viseme: int | None
    """None for a sound without a form of its own."""
    phoneme: int | None
    """None for a pause."""
    word: int


def found_in(heard: VisemeTrack, said: Spoken, near: Sequence[Near] = ()) -> Found:
    """Return when the sounds of a text are said in a recording.

    Args:
        heard: what a mouth is heard to do in the recording.
        said: the text by any voice, whose times are not looked at beyond their order.
        near: where each word is to be found, if that is known.
    """
    states = list(_states(said))
    rows = len(heard.weights)
    if rows < sum(one.phoneme is not None for one in states):
        return Found((), (), 0.0)
    path = _path(heard.weights, states, said, near)
    spent: dict[int, tuple[int, int]] = {}
    words: dict[int, tuple[int, int]] = {}
    for row, at in enumerate(path.tolist()):
        phoneme, word = states[at].phoneme, states[at].word
        if phoneme is not None:
            spent[phoneme] = spent.get(phoneme, (row, row))[0], row + 1
            words[word] = words.get(word, (row, row))[0], row + 1
    phonemes = tuple(Phoneme(said.phonemes[at].ipa, _time(a), _time(b)) for at, (a, b) in sorted(spent.items()))
    told = tuple(Word(said.words[at].text, _time(a), _time(b)) for at, (a, b) in sorted(words.items()) if at >= 0)
    return Found(phonemes, told, _fit(heard.weights, phonemes))


def _states(said: Spoken) -> Iterator[_State]:
    """Yield the visemes of a text in order, and pauses: at both ends, and between words."""
    word = -1
    yield _State(0, None, word)
    for number, one in enumerate(said.phonemes):
        middle, before = (one.start + one.stop) / 2, word
        while word + 1 < len(said.words) and middle >= said.words[word + 1].start:
            word += 1
        if word > before >= 0:
            yield _State(0, None, word)
        for viseme in (None,) if is_formless(one.ipa) else mouths(one.ipa):
            yield _State(viseme, number, word)
    yield _State(0, None, len(said.words))


def _path(
    weights: NDArray[np.float32], states: Sequence[_State], said: Spoken, near: Sequence[Near]
) -> NDArray[np.intp]:
    """Return to which state each row belongs, (T,): each state in its turn, pauses only where they are likely."""
    mouth = weights[:, 1:].max(axis=1, keepdims=True) * _FORMLESS
    likely = np.log(np.concatenate([weights, mouth], axis=1) + _DOUBT)
    column = np.array([weights.shape[1] if one.viseme is None else one.viseme for one in states])
    early, late = _limits(states, near, len(weights))
    low, high = _band(weights, states, said)
    over_a_pause = np.array([False, False, *(one.phoneme is None for one in states[1:-1])])
    score = np.full(len(states) + 2, _NEVER)  # two before the first state
    score[2:4] = likely[0, column[:2]]
    stepped = np.zeros((2, len(weights), -(-int((high - low).max()) // 8)), np.uint8)
    for row in range(1, len(weights)):
        first, stop = low[row], high[row]
        here = slice(first, stop)
        stay, once, twice = (score[first + 2 - by : stop + 2 - by] for by in range(3))
        best = np.maximum(stay, once)
        is_twice = over_a_pause[here] & (twice > best)
        is_once = (once > stay) & ~is_twice
        best[is_twice] = twice[is_twice]
        best += likely[row, column[here]] - _ASTRAY * ((row < early[here]) | (row >= late[here]))
        score[low[row - 1] + 2 : first + 2] = _NEVER
        score[first + 2 : stop + 2] = best
        for kept, taken in zip(stepped, (is_once, is_twice), strict=True):
            kept[row, : -(-(stop - first) // 8)] = np.packbits(taken)
    path = np.zeros(len(weights), np.intp)
    at = len(states) - (1 if score[-1] >= score[-2] else 2)
    for row in range(len(weights) - 1, -1, -1):
        path[row] = at = min(max(at, low[row]), high[row] - 1)  # more sounds than there is time for leave the band
        bit = at - int(low[row])
        steps = [int(bits[row, bit >> 3]) >> (7 - (bit & 7)) & 1 for bits in stepped]
        at -= steps[0] + 2 * steps[1]
    return path


def _band(
    weights: NDArray[np.float32], states: Sequence[_State], said: Spoken
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first state that each row may have, and the one after the last; neither ever falls."""
    before = np.cumsum([0.0, *(float(one.stop - one.start) for one in said.phonemes)])
    place = before[np.maximum.accumulate([one.phoneme or 0 for one in states])] / max(before[-1], 1 / RATE)
    place[-1] = 1
    spoken = np.cumsum(weights[:, 0] < 0.5)
    whole = max(int(spoken[-1]), 1)
    reach = max(REACH, REACH_S * RATE / whole)
    low = np.searchsorted(place, spoken / whole - reach)
    high = np.searchsorted(place, spoken / whole + reach, "right")
    return low, np.minimum(np.maximum(high, low + 2), len(states))


def _limits(states: Sequence[_State], near: Sequence[Near], rows: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first row that each state may have, and the one after the last."""
    early, late = np.zeros(len(states), np.intp), np.full(len(states), rows)
    for at, one in enumerate(states):
        if one.phoneme is not None and 0 <= one.word < len(near):
            early[at], late[at] = (int(time * RATE) for time in near[one.word])
    return early, late


def _fit(weights: NDArray[np.float32], phonemes: Sequence[Phoneme]) -> float:
    """Return how far the rows in which somebody speaks are those sounds, or those sounds are in their rows if less."""
    placed = shares(spans(phonemes), len(weights))
    shared = np.minimum(placed, weights)[:, 1:].sum(axis=1)
    heard, told = weights[:, 0] < 0.5, placed[:, 0] < 0.5
    if not heard.any() or not told.any():
        return 0.0
    each = [shared[int(one.start * RATE) : int(one.stop * RATE)].mean() for one in phonemes if not is_formless(one.ipa)]
    return float(min(shared[heard].mean(), np.mean(each)))


def _time(row: int) -> Fraction:
    return Fraction(row, RATE)
