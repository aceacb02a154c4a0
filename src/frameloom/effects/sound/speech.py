r"""Silence, speech, and where a cut splits no word, from features alone.

    level      __/~~\_/~\______/~~~\_____       silence: below a threshold between the noise floor around it and
    threshold  --------------------------       what is loud; once in, it takes 4 dB more to come out
    speech       [======]      [===]            voiced and unvoiced in turn, at a pitch that glides
    gaps               [      ]     [           valleys inside and around it, deep and long enough for a cut

No learned model: what tells speech from music is that its pitch hardly ever stands still and its level never does.

Source: the modulation of level and the share of voiced frames are those of Scheirer & Slaney, "Construction and
evaluation of a robust multifeature speech/music discriminator", ICASSP 1997. Differs from it: rules, and the glide.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from pydantic import Field

from frameloom.core.config import Config
from frameloom.effects.sound.features import SILENT_DB, Features, Row

Flags = NDArray[np.bool_]
Seconds = Annotated[float, Field(ge=0, le=60)]


class Listening(Config):
    """What counts as silence, as speech and as a gap between words."""

    least_silence_s: Seconds = 0.4
    """Shorter silence is part of the sound around it."""
    least_sound_s: Seconds = 0.06
    """Shorter sound is part of the silence around it, as the click of a mouse."""
    threshold_db: Annotated[float, Field(ge=-90, le=0)] | None = None
    """Level below which there is silence; none: chosen from the noise floor."""
    loud_db: Annotated[float, Field(ge=-100, le=20)] | None = None
    """Level of the loud parts, where more is known than what is listened to; none: `loud_level` of that."""
    least_speech_s: Seconds = 0.3
    """Shorter speech is not trusted."""
    bridge_s: Seconds = 0.8
    """Pauses up to this long belong to the speech around them."""
    least_gap_s: Seconds = 0.1
    """Shorter valleys are held breath of a plosive, not a gap between words."""
    gap_depth_db: Annotated[float, Field(ge=3, le=60)] = 18.0
    """How far below what is spoken around it a gap lies, unless it is silence."""


@dataclass(frozen=True)
class Span:
    """From one moment to another, in seconds."""

    start: Fraction
    stop: Fraction


@dataclass(frozen=True)
class Gap:
    """A place where a cut splits no word."""

    start: Fraction
    stop: Fraction
    quietest: Fraction
    """Where it is quietest: the best moment for a cut."""
    depth_db: float
    """How far its quietest lies below the louder of what is spoken within 0.5 s of it."""


def loud_level(level_db: NDArray[np.floating]) -> float:
    """Return the level in dB that one in twenty of the frames passes in which anything is heard; -100 if none is."""
    heard = level_db[level_db > _NOTHING_DB]
    return float(np.percentile(heard, 95)) if len(heard) else SILENT_DB


def silence_threshold(features: Features, listening: Listening) -> Row:
    """Return the level in dB below which each frame is silent."""
    level = features.level_db
    if listening.threshold_db is not None:
        return np.full(len(level), listening.threshold_db, np.float32)
    top = loud_level(level) if listening.loud_db is None else listening.loud_db
    if top <= _NOTHING_DB:
        return np.full(len(level), _NOTHING_DB, np.float32)
    floor = np.maximum(_floor(features), _LOWEST_FLOOR_DB)
    threshold = floor + np.clip(_ABOVE_FLOOR * (top - floor), 6, 18)
    # What is nearly as loud as the loud parts is no silence, however quiet it is for its surroundings.
    capped: Row = np.minimum(threshold, top - _BELOW_TOP_DB).astype(np.float32)
    return capped


def find_silences(features: Features, listening: Listening) -> tuple[Span, ...]:
    """Return where nothing but background is heard, for the time that counts as silence."""
    if not len(features.level_db):
        return ()
    spans = _spans(~_heard(features, listening), features)
    return tuple(span for span in spans if span.stop - span.start >= listening.least_silence_s)


def find_speech(features: Features, listening: Listening) -> tuple[Span, ...]:
    """Return where someone speaks, pauses up to bridge_s included."""
    if not len(features.level_db):
        return ()
    speaking = _speaking(features, listening) & _widened(_heard(features, listening), 3)
    return _spans(_tidy(speaking, features, listening.least_speech_s, listening.bridge_s), features)


def find_gaps(features: Features, listening: Listening, speech: tuple[Span, ...]) -> tuple[Gap, ...]:
    """Return the valleys in and next to speech that are deep and long enough, and the pauses."""
    level = features.level_db
    if not len(level) or not speech:
        return ()
    smooth = _mean_over(level, 3)
    around = _highest_around(smooth, _frames(_AROUND_S, features))
    spoken = _highest_around(np.where(_flags(speech, features), smooth, SILENT_DB), _frames(_AROUND_S, features))
    low = smooth < np.maximum(around - listening.gap_depth_db, silence_threshold(features, listening))
    low = _tidy(low, features, listening.least_gap_s, 0.02)
    gaps = []
    for first, stop in _runs(low):
        if spoken[first:stop].max() <= SILENT_DB:
            continue
        quietest = first + int(np.argmin(smooth[first:stop]))
        loudest = max(spoken[first], spoken[stop - 1])
        place = (quietest + Fraction(1, 2)) * features.hop
        gaps.append(Gap(*_times(first, stop, features), place, float(loudest - smooth[quietest])))
    return tuple(gaps)


def _heard(features: Features, listening: Listening) -> Flags:
    """Return which frames are no silence, after hysteresis and least lengths."""
    level = _mean_over(features.level_db, 3)
    threshold = silence_threshold(features, listening)
    heard = _hysteresis(level, threshold, threshold + _HYSTERESIS_DB)
    # Short sounds go before short silences: a click in a pause does not make two pauses.
    return _tidy(heard, features, listening.least_sound_s, listening.least_silence_s)


def _speaking(features: Features, listening: Listening) -> Flags:
    """Return which frames lie where speech is likely; a stretch is weighed at a time, for what that takes of memory."""
    threshold = silence_threshold(features, listening)
    around = _frames(_SPEECH_WINDOW_S, features)
    score = np.empty(len(threshold), np.float32)
    for first in range(0, len(score), _WEIGHED_FRAMES):
        begin, stop = max(first - around, 0), first + _WEIGHED_FRAMES
        weighed = _likelihood(features, threshold, slice(begin, stop + around))
        score[first:stop] = weighed[first - begin :][:_WEIGHED_FRAMES]
    return _hysteresis(score, np.full(len(score), 0.15, np.float32), np.full(len(score), 0.35, np.float32))


def _likelihood(features: Features, threshold: Row, part: slice) -> NDArray[np.float64]:
    """Return how likely speech is at each frame of a part, 0 to 1, from what happens within a second and a half."""
    threshold = threshold[part]
    loud = features.level_db[part] > threshold
    voiced = loud & (features.periodicity[part] > _PERIODIC)
    octaves = np.abs(np.diff(np.log2(features.pitch_hz[part]), prepend=0))
    pairs = voiced & np.concatenate([[False], voiced[:-1]])
    glides = pairs & (octaves > _GLIDE_OCTAVES[0]) & (octaves < _GLIDE_OCTAVES[1])
    width = _frames(_SPEECH_WINDOW_S, features)
    loud_count, voiced_count = _sum_over(loud, width), _sum_over(voiced, width)
    glide = _sum_over(glides, width) / np.maximum(_sum_over(pairs, width), 1)
    voicing = voiced_count / np.maximum(loud_count, 1)
    course = np.maximum(features.speech_db[part], threshold - 10).astype(np.float64)
    count = _sum_over(np.ones(len(course)), width)
    mean = _sum_over(course, width) / count
    spread = np.sqrt(np.maximum(_sum_over(course**2, width) / count - mean**2, 0))
    pauses = _share(1 - voicing, 0.0, 0.04)  # song and siren have hardly any
    score = _share(glide, 0.4, 0.65) * _share(voicing, 0.1, 0.35) * _share(spread, 2.5, 6.0) * pauses
    return np.where(voiced_count >= _LEAST_VOICED_S / _SPEECH_WINDOW_S * width, score, 0)


def _floor(features: Features) -> Row:
    """Return the level that one frame in twenty within 10 s of each stays below."""
    level = features.level_db
    second = _frames(1.0, features)
    floors = []
    for begin in range(0, len(level), second):
        around = level[max(0, begin - 10 * second) : begin + 11 * second]
        floors.append(np.percentile(around, 5))
    return np.repeat(np.array(floors, np.float32), second)[: len(level)]


def _hysteresis(row: NDArray[np.floating], low: NDArray[np.floating], high: NDArray[np.floating]) -> Flags:
    """Return True from where the row passes high to where it falls below low."""
    above = row >= high
    told = np.where(above | (row < low), np.arange(len(row), dtype=np.int32), np.int32(-1))
    known = np.maximum.accumulate(told)
    return (known >= 0) & above[known]


def _tidy(flags: Flags, features: Features, least_true_s: float, least_false_s: float) -> Flags:
    """Return the flags without runs of True that are too short, then without such of False between True."""
    result = flags.copy()
    for first, stop in _runs(result):
        if stop - first < _frames(least_true_s, features):
            result[first:stop] = False
    for first, stop in _runs(~result):
        if stop - first < _frames(least_false_s, features) and (first > 0 and stop < len(result)):
            result[first:stop] = True
    return result


def _runs(flags: Flags) -> list[tuple[int, int]]:
    """Return first and one past the last frame of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    return [(int(first), int(stop)) for first, stop in zip(edges[::2], edges[1::2], strict=True)]


def _spans(flags: Flags, features: Features) -> tuple[Span, ...]:
    return tuple(Span(*_times(first, stop, features)) for first, stop in _runs(flags))


def _times(first: int, stop: int, features: Features) -> tuple[Fraction, Fraction]:
    return first * features.hop, min(stop * features.hop, features.duration)


def _flags(spans: tuple[Span, ...], features: Features) -> Flags:
    flags = np.zeros(len(features.level_db), np.bool_)
    for span in spans:
        flags[int(span.start / features.hop) : -int(-span.stop // features.hop)] = True
    return flags


def _frames(seconds: float, features: Features) -> int:
    return round(seconds / float(features.hop))


def _share(row: NDArray[np.floating], low: float, high: float) -> NDArray[np.float64]:
    """Return 0 at low to 1 at high."""
    return np.clip((row.astype(np.float64) - low) / (high - low), 0, 1)


def _sum_over(row: NDArray[np.generic], width: int) -> NDArray[np.float64]:
    """Return the sum over this many frames around each; past either end there is nothing."""
    passed = np.concatenate([[0.0], np.cumsum(row.astype(np.float64))])
    index = np.arange(len(row))
    low, high = np.maximum(index - width // 2, 0), np.minimum(index + (width + 1) // 2, len(row))
    sums: NDArray[np.float64] = passed[high] - passed[low]
    return sums


def _mean_over(row: Row, width: int) -> Row:
    padded = np.pad(row, width // 2, mode="edge")
    means: Row = sliding_window_view(padded, width).mean(axis=1).astype(np.float32)
    return means


def _highest_around(row: NDArray[np.floating], reach: int) -> Row:
    """Return the highest within this many frames of each."""
    padded = np.pad(row, reach, constant_values=SILENT_DB)
    highest: Row = sliding_window_view(padded, 2 * reach + 1).max(axis=1).astype(np.float32)
    return highest


def _widened(flags: Flags, reach: int) -> Flags:
    near: Flags = np.any(sliding_window_view(np.pad(flags, reach), 2 * reach + 1), axis=1)
    return near


_NOTHING_DB = -65.0
"""What stays below it is silence in any recording."""
_LOWEST_FLOOR_DB = -75.0
_ABOVE_FLOOR = 0.3
"""Share of the way from the floor to the loud parts, 6 to 18 dB."""
_BELOW_TOP_DB = 15.0
_HYSTERESIS_DB = 4.0
_AROUND_S = 0.5
_SPEECH_WINDOW_S = 1.5
_LEAST_VOICED_S = 0.12
_WEIGHED_FRAMES = 30_000
"""Frames that are weighed at once."""
_PERIODIC = 0.6
_GLIDE_OCTAVES = (0.004, 0.08)
"""Change of pitch from frame to frame: less is a note that stands, more is another."""
