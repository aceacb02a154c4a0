"""What is heard in a file, as spans: words, sound, and the beat of music.

sound    [==============]    [=========]
speech     [==========]        [=====]
gaps           []
words    [====]  [======]    [=========]    the sound around speech, without the gaps in which a cut splits no word
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from frameloom.apps.edit.automatic.spans import Span, Spans, between, common, grown, merged, touches
from frameloom.core.errors import MediaError
from frameloom.effects.sound.features import Features, measure_features
from frameloom.effects.sound.listening import Heard, listen
from frameloom.effects.sound.speech import Listening, find_silences, silence_threshold
from frameloom.media.files.source import MediaInfo, read_sound

BEATS_OF_A_BAR = 4
IN_DOUBT_S = Fraction(2)
"""How far from what is surely speech the sound that it is part of counts as speech too."""
STRESS = 1.15
"""How much stronger the first beat of a bar is than the others, where bars can be told."""


@dataclass(frozen=True)
class Loudness:
    """Levels of a recording in dB of full scale."""

    noise: float
    """What its quietest tenth stays below."""
    voice: float
    """What its loudest twentieth passes."""
    threshold: float
    """Below it there is silence; the middle one of all, where it follows the noise."""


def words_in(path: Path, info: MediaInfo, stop: Fraction | None = None) -> Spans:
    """Return where somebody speaks until a time, without the gaps between words.

    Sound that goes on from speech counts as speech for two seconds: to leave out half a word is worse than to keep a
    noise.

    Raises:
        MediaError: its sound is damaged.
    """
    if info.sound is None:
        return ()
    heard = listen(read_sound(path, 0, stop))
    return words_of(heard)


def words_of(heard: Heard) -> Spans:
    """Return where somebody speaks in what was heard, without the gaps between words."""
    end = heard.features.duration
    sound = between([Span(span.start, span.stop) for span in heard.silences], Fraction(0), end)
    spoken = merged(Span(span.start, span.stop) for span in heard.speech)
    around = merged((*spoken, *common(sound, grown(spoken, IN_DOUBT_S, IN_DOUBT_S, Fraction(0), end))))
    gaps = [Span(gap.start, gap.stop) for gap in heard.gaps]
    return tuple(word for span in around if touches(spoken, *span) for word in between(gaps, *span))


def loud_spans(path: Path, info: MediaInfo, listening: Listening) -> tuple[Loudness, Spans]:
    """Return how loud a file is, and where it is not silent.

    Raises:
        MediaError: it has no sound, or it is damaged.
    """
    if info.sound is None:
        raise MediaError(f"{path}: no sound to find silence in; use --by motion")
    features = measure_features(read_sound(path))
    if not len(features.level_db):
        raise MediaError(f"{path}: its stream of sound is empty; use --by motion")
    silences = [Span(span.start, span.stop) for span in find_silences(features, listening)]
    return _loudness(features, listening), between(silences, Fraction(0), features.duration)


def _loudness(features: Features, listening: Listening) -> Loudness:
    noise, voice = (float(level) for level in np.percentile(features.level_db, (10, 95)))
    return Loudness(noise, voice, float(np.median(silence_threshold(features, listening))))


def pulse_of(path: Path) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    """Return the beats of music, and those that begin a bar; none where they cannot be told.

    Raises:
        MediaError: no sound, or damaged.
    """
    heard = listen(read_sound(path))
    if heard.pulse is None:
        return (), ()
    beats = heard.pulse.beats
    return beats, stressed(beats, heard.features)


def stressed(beats: tuple[Fraction, ...], features: Features) -> tuple[Fraction, ...]:
    """Return every fourth beat, from that on which most begins, if it stands out of the others.

    Music in three is told apart only in so far as nothing then stands out.
    """
    frames = np.array([int(beat / features.hop) for beat in beats])
    if len(frames) < 2 * BEATS_OF_A_BAR:
        return ()
    near = np.clip(frames[:, None] + np.arange(-1, 3), 0, len(features.flux) - 1)
    strength = features.flux[near].max(axis=1)
    each = [float(strength[phase::BEATS_OF_A_BAR].mean()) for phase in range(BEATS_OF_A_BAR)]
    first = int(np.argmax(each))
    others = (sum(each) - each[first]) / (BEATS_OF_A_BAR - 1)
    return beats[first::BEATS_OF_A_BAR] if each[first] > STRESS * others else ()
