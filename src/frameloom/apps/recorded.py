"""Speech that somebody recorded: its words are given, and their times are found in the sound.

recording --where somebody speaks--> stretches
          --Whisper, where it is installed and the words are English--> words with times --matched, held to stretches
          --else: known words--> spread over stretches
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.edit.automatic.hearing import words_of
from frameloom.apps.edit.automatic.spans import Span, Spans, between, merged
from frameloom.apps.summarise.recogniser import RATE, Recogniser, open_recogniser
from frameloom.apps.summarise.transcribe import LONGEST_S as AT_ONCE_S
from frameloom.apps.summarise.transcribe import quietest
from frameloom.core.errors import MediaError, MissingDependencyError
from frameloom.effects.sound.listening import listen
from frameloom.effects.sound.loudness import Target, adjust, plan_for
from frameloom.effects.sound.resample import minutes_of
from frameloom.media.files.sound_source import read_sound
from frameloom.media.sound import SAMPLE_RATE, Sound
from frameloom.media.speech.spreading import Stretches, spread_over, weights_of
from frameloom.media.speech.tokens import Token, matched, tokens_of
from frameloom.media.transcript import Word

RECORDED = "recording"
"""What stands for a voice where there is none."""
LOUDNESS = Target(lufs=-24)
"""Of all that is said, by a voice or by somebody: music lies as far below each."""
LONGEST_S = 600
"""Of a recording: that of a beat."""
LONGEST_RECORDING_S = 3600
"""Of any that is held as a whole."""
Mono = NDArray[np.float32]
"""(N,), at SAMPLE_RATE."""

_MEASURED_S = 1
"""Shorter sounds are measured as if they went on: below 0.4 s they have no loudness of their own."""
_PAUSE_S = Fraction(3, 20)
"""Shorter gaps lie within what is said."""
_ENOUGH = 0.5
"""Share of the words that must be heard for what is heard to be believed."""
_LIKELY_S = (0.07, 0.7)
"""Seconds of a syllable, pauses left out, between which people speak."""
_LATE_S = Fraction(9, 100)
"""By which Whisper tells words too late: the middle one of 270 whose times are known, of three voices."""
_LATE_AT_FIRST_S = Fraction(1, 2)
"""By which it may tell the first word after a pause too late."""


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
    return levelled(sound, SAMPLE_RATE)


def levelled(sound: Sound, rate: int) -> Sound:
    """Return what is said, (N, 1), at the loudness of all that is."""
    if not len(sound):
        return sound
    measured = [sound] * -(-_MEASURED_S * rate // len(sound))
    change = plan_for(lambda: measured, LOUDNESS, rate=rate, channels=1)
    return np.concatenate(list(adjust([sound], change, rate=rate)))


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
    duration, stretches, is_speech = Fraction(len(sound), SAMPLE_RATE), *stretches_of(sound)
    said = f"{text[:40]!r}; are these its words?"
    heard: Sequence[Word] = ()
    if recogniser is not None:
        heard = heard_in(sound[:, 0], recogniser)
        share, tokens = matched(text, [(word.text, word.start, word.end) for word in heard], duration)
        if share >= _ENOUGH:
            count = len(tokens_of(text))
            told = f"{name}: {len(heard)} words are heard, and {count} are in {said}"
            return held_to(stretches, tokens), told if count < _ENOUGH * len(heard) else ""
    tokens = spread_over(text, stretches)
    spoken_s = float(sum(stop - start for start, stop in stretches))
    pace = spoken_s / max(1.0, sum(weights_of(text)))
    if not is_speech and not heard:
        return tokens, f"{name}: nobody is heard to speak in it; its words are spread over all that is heard"
    if recogniser is not None or not _LIKELY_S[0] <= pace <= _LIKELY_S[1]:
        return tokens, f"{name}: {spoken_s:.1f} s of speech hardly say {said}"
    return tokens, ""


def heard_in(sound: Mono, recogniser: Recogniser) -> list[Word]:
    """Return the words that are heard in a sound, some minutes at a time, for they take much memory; cut in a pause."""
    left = np.concatenate(list(minutes_of(sound, SAMPLE_RATE, RATE)))
    words: list[Word] = []
    begins = Fraction(0)
    while len(left):
        cut = len(left)
        if cut > AT_ONCE_S * RATE:
            cut = AT_ONCE_S * RATE // 2 + quietest(left[AT_ONCE_S * RATE // 2 : AT_ONCE_S * RATE])
        for word in recogniser.hear(left[:cut]):
            words.append(replace(word, start=word.start + begins, end=word.end + begins))
        left, begins = left[cut:], begins + Fraction(cut, RATE)
    return words


def stretches_of(sound: Sound) -> tuple[Spans, bool]:
    """Return from when to when somebody speaks in a sound, (N, 1), in s, and true; all of it and false where nobody."""
    heard = listen([sound])
    end = heard.features.duration
    silences = [Span(one.start, one.stop) for one in heard.silences]
    spoken = words_of(heard)
    spans = spoken or between(silences, Fraction(0), end) or (Span(Fraction(0), end),)
    return merged(spans, _PAUSE_S), bool(spoken)


def held_to(stretches: Stretches, tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Return words that Whisper told, none of them in a pause: each in the stretch that it is nearest to.

    The first of a stretch begins with it, where that is not long before.
    """
    early = [(max(Fraction(0), one.start - _LATE_S), max(Fraction(0), one.end - _LATE_S)) for one in tokens]
    homes = [_nearest(stretches, (start + end) / 2) for start, end in early]
    held: list[Token] = []
    for at, (token, (start, end), home) in enumerate(zip(tokens, early, homes, strict=True)):
        first, stop = stretches[home]
        is_first = at == 0 or homes[at - 1] != home
        begin = first if is_first and start - first <= _LATE_AT_FIRST_S else min(max(start, first), stop)
        begin = max(begin, held[-1].start) if held else begin
        held.append(replace(token, start=begin, end=max(begin, min(end, stop))))
    return tuple(held)


def _nearest(stretches: Stretches, time: Fraction) -> int:
    """Return the number of the stretch that a time lies in, or is nearest to."""
    return min(range(len(stretches)), key=lambda at: max(stretches[at][0] - time, time - stretches[at][1], Fraction(0)))
