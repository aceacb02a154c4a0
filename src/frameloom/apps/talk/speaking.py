"""Where speech has phrases and stressed syllables, from how strongly a mouth moves."""

from dataclasses import dataclass

import numpy as np

from frameloom.media.visemes import RATE, VisemeTrack

_HEARD = 0.06
"""Strength from which on something is said."""
_PAUSE_S, _APART_S, _SMOOTH_S = 0.28, 0.38, 0.07


@dataclass(frozen=True)
class Stress:
    """A stressed syllable."""

    time: float
    strength: float
    """From 0 to 1."""


@dataclass(frozen=True)
class Phrase:
    """What is said between two pauses; times in s."""

    start: float
    stop: float
    stresses: tuple[Stress, ...]


def phrases_of(track: VisemeTrack) -> tuple[Phrase, ...]:
    """Return the phrases of a track, in order."""
    speaks = (track.weights[:, 0] < 0.5) & (track.intensity > _HEARD)
    rows = np.flatnonzero(speaks)
    if not len(rows):
        return ()
    breaks = np.flatnonzero(np.diff(rows) > _PAUSE_S * RATE)
    starts = [rows[0], *rows[breaks + 1]]
    stops = [*rows[breaks], rows[-1]]
    width = int(_SMOOTH_S * RATE) * 2 + 1
    loud = np.convolve(
        track.intensity.astype(np.float64), np.hanning(width + 2)[1:-1] / np.hanning(width + 2).sum(), "same"
    )
    top = float(np.percentile(loud[rows], 90)) or 1.0
    return tuple(
        Phrase(int(start) / RATE, (int(stop) + 1) / RATE, _stresses(loud, int(start), int(stop) + 1, top))
        for start, stop in zip(starts, stops, strict=True)
    )


def _stresses(loud: np.ndarray, start: int, stop: int, top: float) -> tuple[Stress, ...]:
    """Return the peaks of a phrase, the strongest first chosen, none close to another."""
    part = loud[start:stop]
    inner = np.flatnonzero((part[1:-1] >= part[:-2]) & (part[1:-1] > part[2:])) + 1
    chosen: list[int] = []
    for peak in sorted(inner.tolist(), key=lambda at: -part[at]):
        if part[peak] > 0.62 * top and all(abs(peak - other) >= _APART_S * RATE for other in chosen):
            chosen.append(peak)
    return tuple(Stress((start + peak) / RATE, min(float(part[peak]) / top, 1.0)) for peak in sorted(chosen))
