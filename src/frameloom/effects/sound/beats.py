"""Onsets and beats: where something starts, how fast the pulse is, and where it falls.

    flux      _|_.|._|__|_.|._|_     local peaks: onsets
    repeats   how well the flux matches itself a period later: tempo, and how sure
    beats      ^     ^     ^         the chain of moments that is loud and evenly spaced at once (dynamic programming)

Source: Ellis, "Beat Tracking by Dynamic Programming", Journal of New Music Research 36(1), 2007. Differs from it: the
correlation is taken over windows of 12 s and averaged; of two tempos that fit alike, the faster up to 190 a minute;
music without a pulse, and what is no music, gets no beats.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from frameloom.effects.sound.features import Features

SLOWEST_BPM, FASTEST_BPM = 40.0, 200.0

LEAST_CONFIDENCE = 0.35
"""Below it there are no beats."""

_USUAL_BPM = 120.0
_USUAL_OCTAVES = 0.9
_HALVED_BPM = 190.0
_HALVED_SHARE = 0.8
"""A pulse at double the tempo counts as the beat up to this tempo, where it repeats itself so well."""
_WINDOW_S = 12.0
_TIGHTNESS = 100.0
_MEAN_S = 0.4
_JITTER_FRAMES = 2.0
_LEAST_SPREAD = 0.01
"""Of the flux above its mean: a steady tone has less, and must not be magnified."""
_ONSET_REACH = 3
_ONSET_MEAN = (10, 7)
_ONSET_LEAST = 0.02


@dataclass(frozen=True)
class Onset:
    """The beginning of a note, a word, a noise."""

    time: Fraction
    """Seconds."""
    strength: float
    """Against the strongest of the sound, 0 to 1."""


@dataclass(frozen=True)
class Pulse:
    """Tempo and beats."""

    bpm: float
    """Beats a minute, through all beats."""
    confidence: float
    """0 to 1: how much of the change repeats itself a beat later."""
    beats: tuple[Fraction, ...]
    """Seconds."""


def find_onsets(features: Features) -> tuple[Onset, ...]:
    """Return local peaks of the flux that stand out from what is around them."""
    flux = features.flux
    if not len(flux):
        return ()
    before, after = _ONSET_MEAN
    around = sliding_window_view(np.pad(flux, (before, after)), before + after + 1).mean(axis=1)
    reach = _ONSET_REACH
    highest = sliding_window_view(np.pad(flux, reach), 2 * reach + 1).max(axis=1)
    peaks = np.flatnonzero((flux == highest) & (flux > around * 1.5 + _ONSET_LEAST))
    peaks = peaks[np.diff(peaks, prepend=-(reach + 1)) > reach]
    strongest = float(flux[peaks].max(initial=1e-9))
    return tuple(Onset(_time(features, int(peak)), float(flux[peak]) / strongest) for peak in peaks)


def find_pulse(features: Features) -> Pulse | None:
    """Return the tempo and the beats, or None where nothing repeats itself at 40 to 200 a minute."""
    onsets = _novelty(features)
    frames_per_s = 1 / float(features.hop)
    if len(onsets) < 2 * frames_per_s or not onsets.any():
        return None
    period, confidence = _period(onsets, frames_per_s)
    if confidence < LEAST_CONFIDENCE:
        return None
    beats = _chain(onsets, period)
    if len(beats) < 4:
        return None
    numbers = np.arange(len(beats))
    slope = float(np.polyfit(numbers, beats, 1)[0])
    return Pulse(60 * frames_per_s / slope, confidence, tuple(_time(features, beat) for beat in beats))


def _time(features: Features, frame: int) -> Fraction:
    """Return the middle of a frame; the flux of a click stands there within 5 ms."""
    return (frame + Fraction(1, 2)) * features.hop


def _novelty(features: Features) -> NDArray[np.float64]:
    """Return the flux above its local mean, with a spread of one."""
    flux = features.flux.astype(np.float64)
    width = 2 * round(_MEAN_S / float(features.hop) / 2) + 1
    if len(flux) < width:
        return np.zeros(len(flux))
    above = np.maximum(flux - np.convolve(flux, np.full(width, 1 / width), "same"), 0)
    spread = float(above.std())
    return above / spread if spread > _LEAST_SPREAD else np.zeros(len(flux))


def _period(onsets: NDArray[np.float64], frames_per_s: float) -> tuple[float, float]:
    """Return the frames from beat to beat, and how well the onsets repeat themselves then, 0 to 1."""
    repeats = _repeats(_smooth(onsets, _JITTER_FRAMES), frames_per_s)
    lags = np.arange(len(repeats))
    low, high = math.floor(60 * frames_per_s / FASTEST_BPM), math.ceil(60 * frames_per_s / SLOWEST_BPM)
    high = min(high, len(repeats) - 2)
    octaves = np.log2(np.maximum(lags, 1) * _USUAL_BPM / 60 / frames_per_s)
    weighted = repeats * np.exp(-0.5 * (octaves / _USUAL_OCTAVES) ** 2)
    best = low + int(np.argmax(weighted[low : high + 1]))
    half = best / 2
    if 60 * frames_per_s / half <= _HALVED_BPM:
        near = np.arange(math.floor(half) - 1, math.ceil(half) + 2)
        candidate = int(near[np.argmax(repeats[near])])
        if repeats[candidate] >= _HALVED_SHARE * repeats[best]:
            best = candidate
    left, here, right = repeats[best - 1 : best + 2]
    bend = left - 2 * here + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return best + float(np.clip(shift, -0.5, 0.5)), float(np.clip(repeats[best], 0, 1))


def _repeats(onsets: NDArray[np.float64], frames_per_s: float) -> NDArray[np.float64]:
    """Return the normalised correlation at each lag, averaged over windows by how much happens in them."""
    width = min(len(onsets), round(_WINDOW_S * frames_per_s))
    lags = min(width // 2, round(4 * frames_per_s))
    size = 2 ** math.ceil(math.log2(2 * width))
    total, weight = np.zeros(lags), 0.0
    for begin in range(0, max(1, len(onsets) - width // 2), max(1, width // 2)):
        piece = onsets[begin : begin + width]
        piece = piece - piece.mean()
        correlation = np.fft.irfft(np.abs(np.fft.rfft(piece, size)) ** 2, size)[:lags]
        if len(piece) <= lags or correlation[0] <= 0:
            continue
        total += correlation * len(piece) / (len(piece) - np.arange(lags))
        weight += float(correlation[0])
    return total / weight if weight else total


def _chain(onsets: NDArray[np.float64], period: float) -> list[int]:
    """Return the frames of the beats: of all chains, the one with the most onset and the evenest steps."""
    local = _smooth(onsets, period / 32)
    count = len(local)
    near, far = max(1, round(period / 2)), round(2 * period)
    steps = np.arange(far, near - 1, -1)
    cost = _TIGHTNESS * np.log(steps / period) ** 2
    score = np.concatenate([np.zeros(far), np.empty(count)])
    come_from = np.full(count, -1)
    started = False
    threshold = 0.01 * float(local.max())
    for frame in range(count):
        chained = score[frame : frame + far - near + 1] - cost
        best = int(np.argmax(chained))
        score[far + frame] = local[frame] + chained[best]
        if started or local[frame] > threshold:
            started = True
            before = frame - int(steps[best])
            come_from[frame] = before if before >= 0 else -1
        else:
            score[far + frame] = local[frame]
    tail = score[far:]
    last = int(count - 1 - np.argmax(tail[::-1][: max(1, round(period))]))
    beats = [last]
    while come_from[beats[-1]] >= 0:
        beats.append(int(come_from[beats[-1]]))
    return _trimmed(beats[::-1], local)


def _trimmed(beats: list[int], local: NDArray[np.float64]) -> list[int]:
    """Return the beats without those at either end where nothing sounds."""
    strength = local[beats]
    heard = np.flatnonzero(strength > 0.25 * math.sqrt(float(np.mean(strength**2))))
    return beats[heard[0] : heard[-1] + 1] if len(heard) else []


def _smooth(row: NDArray[np.float64], spread: float) -> NDArray[np.float64]:
    """Return the row weighed by a bell of this standard deviation in frames."""
    reach = max(1, math.ceil(3 * spread))
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(spread, 1e-3)) ** 2)
    return np.convolve(row, bell / bell.sum(), "same")[: len(row)]
