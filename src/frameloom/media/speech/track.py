"""The exact track of what is said: phonemes with their times, and how loud it is.

phonemes --> share of each viseme in every 10 ms --crossfade--> weights (T, 15)
sound    --> loudness of every 10 ms, beside the loudest of the sentence -------> intensity (T,)
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from frameloom.media.sound import Sound
from frameloom.media.speech.phones import is_formless, mouths
from frameloom.media.speech.spoken import Phoneme, Spoken
from frameloom.media.visemes import RATE, VISEMES, VisemeTrack

CROSSFADE_S = 0.04
"""How long one mouth takes to become the next."""

_LOUD, _RANGE_DB = 0.8, 36.0
"""Intensity of a sentence's loudest parts, and how far below them a mouth is at rest."""
_LOUDEST_SHARE = 0.95
_NOTHING = 1e-5
_MOUTH_S = 0.05
"""Over how long a mouth feels loudness."""

Mouth = tuple[int, Fraction | float, Fraction | float]
"""A viseme's number and its time in s."""


def track_of(spoken: Spoken) -> VisemeTrack:
    """Return what the mouth does while a known text is spoken, over the whole of its sound."""
    frames = frames_of(len(spoken.sound), spoken.rate)
    weights = _smooth(shares(spans(spoken.phonemes), frames), round(CROSSFADE_S * RATE))
    is_silent = weights[:, 0]
    return VisemeTrack(weights, (intensity_of(spoken.sound, spoken.rate) * (1 - is_silent)).astype(np.float32))


def frames_of(samples: int, rate: int) -> int:
    """Return how many rows a sound has: every begun one counts.

    >>> frames_of(161, 16_000)
    2
    """
    return -(-samples * RATE // rate)


def spans(phonemes: Sequence[Phoneme]) -> list[Mouth]:
    """Return the visemes of phonemes with their times; one that goes through two takes an equal time for each."""
    found: list[Mouth] = []
    begins: Fraction | None = None
    for one in phonemes:
        if is_formless(one.ipa):
            begins = one.start if begins is None else begins
            continue
        through = mouths(one.ipa)
        start = one.start if begins is None else begins
        begins = None
        for number, viseme in enumerate(through):
            first, last = (start + (one.stop - start) * each / len(through) for each in (number, number + 1))
            found.append((viseme, first, last))
    return found


def shares(mouths_: Sequence[Mouth], frames: int) -> NDArray[np.float32]:
    """Return how much of each row is spent on each viseme, (frames, 15); what is left is silence. Rows sum to 1."""
    weights = np.zeros((frames, len(VISEMES)))
    for viseme, start, stop in mouths_:
        first, last = float(start) * RATE, float(stop) * RATE
        rows = np.arange(max(int(first), 0), min(int(np.ceil(last)), frames))
        weights[rows, viseme] += np.clip(np.minimum(rows + 1, last) - np.maximum(rows, first), 0, 1)
    spent = weights.sum(1, keepdims=True)
    weights /= np.maximum(spent, 1)
    weights[:, 0] += 1 - np.minimum(spent[:, 0], 1)
    return weights.astype(np.float32)


def intensity_of(sound: Sound, rate: int) -> NDArray[np.float32]:
    """Return how strongly something is said, (T,) in [0, 1]: loudness beside that of the loudest parts."""
    frames = frames_of(len(sound), rate)
    mono = np.zeros(frames * rate // RATE + rate // RATE + 1)
    mono[: len(sound)] = sound.mean(1)
    edges = np.arange(frames + 1) * rate // RATE
    energy = np.add.reduceat(np.square(mono), edges[:-1])[:frames] / np.diff(edges)
    level = 10 * np.log10(_smooth(energy[:, None], round(_MOUTH_S * RATE))[:, 0] + _NOTHING**2)
    loudest = max(float(np.quantile(level, _LOUDEST_SHARE)), 20 * np.log10(100 * _NOTHING)) if frames else 0.0
    intensity: NDArray[np.float32] = np.clip(_LOUD + (level - loudest) / _RANGE_DB, 0, 1).astype(np.float32)
    return intensity


def _smooth(rows: NDArray[np.floating], width: int) -> NDArray[np.float32]:
    """Return rows (T, N) after a mean over so many of them around each; beyond the ends they go on as they are."""
    if not len(rows) or width < 2:
        return np.asarray(rows, np.float32)
    around = np.pad(rows, ((width // 2, width - 1 - width // 2), (0, 0)), mode="edge")
    sums = np.cumsum(np.concatenate([np.zeros((1, rows.shape[1])), around]), axis=0)
    return ((sums[width:] - sums[:-width]) / width).astype(np.float32)
