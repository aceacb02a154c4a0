"""Where a recording is loud, told from its own noise.

level in dB, every 10 ms     voice ....####..##....######....
                             --------- threshold, a third of the way up ---
                             floor ~~~~~~~~~~~~~~~~~~~~~~~~~~~~
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.edit.spans import Span, Spans, merged
from frameloom.core.errors import MediaError
from frameloom.media.source import MediaInfo, read_sound

STEP_S = Fraction(1, 100)
RATE = 48_000
SILENT_DB = -96.0
FLOOR_SHARE, VOICE_SHARE = 10, 95
"""Percentiles of the level that stand for noise and for voice."""
UP = 0.35
"""How far up from noise to voice the threshold is."""
WITHIN_DB = (8.0, 40.0)
"""How far below the voice it is at least and at most: what speech spans between loud vowels and soft consonants."""
LEAST_APART_DB = 6.0
"""Noise and voice that are closer cannot be told apart: all counts as loud."""


@dataclass(frozen=True)
class Loudness:
    """Levels of a recording in dB of full scale."""

    floor: float
    voice: float
    threshold: float


def levels(path: Path, stop: Fraction | None = None) -> NDArray[np.float32]:
    """Return the level of each hundredth of a second of a file's sound in dB of full scale, (N,)."""
    step = int(RATE * STEP_S)
    parts: list[NDArray[np.float32]] = []
    rest = np.zeros(0, np.float32)
    for block in read_sound(path, 0, stop, rate=RATE):
        power = np.concatenate([rest, np.square(block).mean(axis=1)])
        whole = len(power) // step * step
        parts.append(power[:whole].reshape(-1, step).mean(axis=1))
        rest = power[whole:]
    if len(rest):
        parts.append(rest.mean(keepdims=True))
    power = np.concatenate(parts) if parts else rest
    decibels: NDArray[np.float32] = 10 * np.log10(np.maximum(power, 10 ** (SILENT_DB / 10)))
    return decibels


def loudness(decibels: NDArray[np.float32], threshold: float | None = None) -> Loudness:
    """Return noise, voice and what lies between them; a threshold that is given stands."""
    floor, voice = (float(np.percentile(decibels, share)) for share in (FLOOR_SHARE, VOICE_SHARE))
    wished = floor + UP * (voice - floor)
    chosen = min(max(wished, voice - WITHIN_DB[1]), voice - WITHIN_DB[0])
    if voice - floor < LEAST_APART_DB:
        chosen = SILENT_DB
    return Loudness(floor, voice, chosen if threshold is None else threshold)


def loud_spans(
    path: Path, info: MediaInfo, threshold: float | None = None, stop: Fraction | None = None
) -> tuple[Loudness, Spans]:
    """Return how loud a file is, and where it is above the threshold.

    Raises:
        MediaError: it has no sound, or cannot be read.
    """
    if info.sound is None:
        raise MediaError(f"{path}: no sound to find silence in; use --by motion")
    decibels = levels(path, stop)
    if not len(decibels):
        raise MediaError(f"{path}: its sound stream is empty; use --by motion")
    found = loudness(decibels, threshold)
    loud = np.concatenate([[False], decibels > found.threshold, [False]])
    edges = np.flatnonzero(loud[1:] != loud[:-1])
    pairs = edges.reshape(-1, 2).tolist()
    return found, merged(Span(begin * STEP_S, end * STEP_S) for begin, end in pairs)
