"""Speech that somebody recorded: its words are given, and their times are found in the sound.

recording --Whisper, where it is installed and the words are English--> words with times --matched--> times
          --else: where somebody speaks--> stretches:

    words       It rains in the valley.  The river has risen,   and falls.
    stretches   [=====================]  [==================]   [========]     pauses meet the ends of sentences,
                                                                               syllables fill what lies between
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path
from unicodedata import combining, normalize

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.edit.automatic.hearing import words_of
from frameloom.apps.edit.automatic.spans import Span, Spans, between, merged
from frameloom.apps.summarise.recogniser import RATE, Recogniser, open_recogniser
from frameloom.core.errors import MediaError, MissingDependencyError
from frameloom.effects.sound.listening import listen
from frameloom.effects.sound.loudness import Target, adjust, plan_for
from frameloom.effects.sound.resample import resampled
from frameloom.media.files.sound_source import read_sound
from frameloom.media.sound import SAMPLE_RATE, Sound
from frameloom.media.speech.english import aloud
from frameloom.media.speech.tokens import Token, ends_clause, ends_sentence, is_sign, matched, tokens_of

RECORDED = "recording"
"""What stands for a voice where there is none."""
LOUDNESS = Target(lufs=-24)
"""Of each recording: about that of the voices, so that music lies as far below both."""
LONGEST_S = 600
"""Of a recording: that of a beat."""
LONGEST_RECORDING_S = 3600
"""Of any that is held as a whole."""
Mono = NDArray[np.float32]
"""(N,), at SAMPLE_RATE."""

_PAUSE_S = Fraction(3, 20)
"""Shorter gaps lie within what is said."""
_ENOUGH = 0.5
"""Share of the words that must be heard for what is heard to be believed."""
_LIKELY_S = (0.07, 0.7)
"""Seconds of a syllable, pauses left out, between which people speak."""
_CLAUSE_S, _WORD_S = 0.25, 0.8
"""How much further off the end of a sentence may lie and be taken for a pause before that of a clause or a word is."""
_VOWELS = re.compile(
    "[aeiouy\u0430\u0435\u0438\u043e\u0443\u044b\u044d\u044e\u044f\u0456\u03b1\u03b5\u03b7\u03b9\u03bf\u03c5\u03c9]+"
)
"""Of Latin, Cyrillic and Greek, without their accents."""
_SILENT_E = re.compile(r"[^aeiouyl]e$")


def recording(path: Path) -> Mono:
    """Return the sound of a file, as mono, at SAMPLE_RATE.

    Raises:
        MediaError: it cannot be read, is empty, or lasts for more than an hour.
    """
    blocks: list[Sound] = []
    samples = 0
    for block in read_sound(path, channels=1):
        blocks.append(block)
        samples += len(block)
        if samples > LONGEST_RECORDING_S * SAMPLE_RATE:
            raise MediaError(f"{path}: longer than {LONGEST_RECORDING_S // 60} minutes; cut it into parts")
    if not samples:
        raise MediaError(f"{path}: holds no sound; give a recording")
    return np.concatenate(blocks)[:, 0]


def read_recording(path: Path) -> Sound:
    """Return a recording, (N, 1), as loud as all of them.

    Raises:
        MediaError: it cannot be read, holds no sound, or is too long for a beat.
    """
    sound = recording(path)[:, None]
    if len(sound) > LONGEST_S * SAMPLE_RATE:
        raise MediaError(f"{path}: longer than {LONGEST_S // 60} minutes; part it, and its words, into several beats")
    return np.concatenate(list(adjust([sound], plan_for(lambda: [sound], LOUDNESS, channels=1))))


def recogniser_of(language: str) -> Recogniser | None:
    """Return what writes down words of a language; None where nothing here does."""
    if language.lower().partition("-")[0] != "en":
        return None
    try:
        return open_recogniser()
    except MissingDependencyError:
        return None


def word_times(name: str, text: str, sound: Sound, recogniser: Recogniser | None) -> tuple[tuple[Token, ...], str]:
    """Return when each word of a text is said in a recording, and what a person should be told of that.

    Args:
        name: of the recording, for people.
        text: what is said in it.
        sound: of it, (N, 1).
        recogniser: what writes down its words, to be matched with those of the text.
    """
    duration = Fraction(len(sound), SAMPLE_RATE)
    if recogniser is not None:
        heard = recogniser.hear(resampled(sound[:, 0], SAMPLE_RATE, RATE))
        share, tokens = matched(text, [(word.text, word.start, word.end) for word in heard], duration)
        if share >= _ENOUGH:
            return tokens, ""
    stretches = stretches_of(sound)
    tokens = spread_over(text, stretches)
    spoken_s = float(sum(stop - start for start, stop in stretches))
    pace = spoken_s / max(1.0, sum(_weights(text)))
    if recogniser is not None or not _LIKELY_S[0] <= pace <= _LIKELY_S[1]:
        return tokens, f"{name}: {spoken_s:.1f} s of speech hardly say {text[:40]!r}; are these its words?"
    return tokens, ""


def stretches_of(sound: Sound) -> Spans:
    """Return from when to when somebody speaks in a sound, (N, 1), in s; all of it where nobody is told to."""
    heard = listen([sound])
    end = heard.features.duration
    silences = [Span(one.start, one.stop) for one in heard.silences]
    spans = words_of(heard) or between(silences, Fraction(0), end) or (Span(Fraction(0), end),)
    return merged(spans, _PAUSE_S)


def spread_over(text: str, stretches: Sequence[tuple[Fraction, Fraction]]) -> tuple[Token, ...]:
    """Return the words of a text spread over the stretches in which somebody speaks.

    >>> spread_over("Up. Down.", [(Fraction(1), Fraction(2)), (Fraction(4), Fraction(6))])[1].start
    Fraction(4, 1)
    """
    return tuple(_spread(text, tokens_of(text), _weights(text), stretches))


def _spread(
    text: str,
    spans: Sequence[tuple[int, int]],
    weights: Sequence[float],
    stretches: Sequence[tuple[Fraction, Fraction]],
) -> Iterator[Token]:
    """Yield words in their times: parted at the longest pause as long as there is one, then by their syllables."""
    if len(spans) > 1 and len(stretches) > 1:
        gap = max(range(1, len(stretches)), key=lambda at: stretches[at][0] - stretches[at - 1][1])
        cut = _cut(text, spans, weights, stretches, gap)
        yield from _spread(text, spans[:cut], weights[:cut], stretches[:gap])
        yield from _spread(text, spans[cut:], weights[cut:], stretches[gap:])
        return
    early, late = stretches[0][0], stretches[-1][1]
    total = sum(weights)
    edges = [early + (late - early) * Fraction(done / total) for done in accumulate(weights, initial=0.0)]
    for span, (start, end) in zip(spans, pairwise(edges), strict=True):
        yield Token(*span, _milliseconds(start), _milliseconds(end))


def _cut(
    text: str,
    spans: Sequence[tuple[int, int]],
    weights: Sequence[float],
    stretches: Sequence[tuple[Fraction, Fraction]],
    gap: int,
) -> int:
    """Return how many words come before a pause: near what is spoken by then, best where a sentence ends."""
    before, after = (sum(float(stop - start) for start, stop in part) for part in (stretches[:gap], stretches[gap:]))
    spoken, total = before + after, sum(weights)

    def cost(cut: int) -> float:
        piece = text[slice(*spans[cut - 1])]
        odd = 0.0 if ends_sentence(piece) else _CLAUSE_S if ends_clause(piece) else _WORD_S
        return abs(sum(weights[:cut]) / total * spoken - before) + odd

    return min(range(1, len(spans)), key=cost)


def _weights(text: str) -> list[float]:
    """Return how long each word of a text takes beside the others: its syllables, as far as letters tell them."""
    return [_syllables(text[first:stop]) for first, stop in tokens_of(text)]


def _syllables(piece: str) -> float:
    """Return about how many syllables a word has, never less than one.

    >>> [_syllables(word) for word in ("rain", "valley", "make", "42", "雨")]
    [1.0, 2, 1.0, 3, 1.0]
    """
    if is_sign(piece):
        return 1.0
    words = re.sub(r"[^\w\s]|\d", "", aloud(re.sub(r"[.,;:!?]+$", "", piece)).casefold()).split()
    return max(1.0, sum(_of_word(word) for word in words))


def _of_word(word: str) -> float:
    bare = "".join(letter for letter in normalize("NFD", word) if not combining(letter))
    vowels = len(_VOWELS.findall(bare)) - (1 if _SILENT_E.search(word) else 0)
    return vowels if vowels > 0 else max(1.0, len(word) / 2.5)


def _milliseconds(time: Fraction) -> Fraction:
    return Fraction(round(time * 1000), 1000)
