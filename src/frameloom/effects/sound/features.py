"""What is measured of a sound every 10 ms, in one pass: level, change of the spectrum, voice.

    |--|--|--|--|--|--|     level of each 10 ms, and of what in it lies in the band of speech
       [hann ]              21 ms: how much louder its bands got within 20 ms (onsets)
     [   hann   ]           43 ms: how periodic it is, and at which pitch (voiced speech)

One row of five numbers a frame is kept: 2 kB a second; the sound itself is not.

Sources: Böck & Widmer, "Maximum filter vibrato suppression for onset detection", DAFx 2013 (flux); Boersma, "Accurate
short-term analysis of the fundamental frequency", IFA Proceedings 17, 1993 (periodicity).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from frameloom.effects.sound.blocks import windows
from frameloom.media.sound import SAMPLE_RATE, Sound

Row = NDArray[np.float32]
"""One number a frame, (F,)."""

FRAMES_PER_S = 100
SILENT_DB = -100.0
"""The level of nothing."""

LOWEST_PITCH_HZ, HIGHEST_PITCH_HZ = 70.0, 400.0

_BATCH = 64
_SPEECH_BAND_HZ = (250.0, 4000.0)
_PERIODIC_BAND_HZ = 1600.0
_BANDS = 40
_BAND_RANGE_HZ = (40.0, 12_000.0)
_COMPRESSION = 300.0
"""Of log(1 + c * amplitude): what is far below 1/c of full scale counts little."""
_LAG = 2
"""Frames that the flux looks back."""


@dataclass(frozen=True)
class Features:
    """Rows of the same length; frame number n stands for the time from n * hop to (n + 1) * hop."""

    hop: Fraction
    """Seconds from frame to frame."""
    duration: Fraction
    """Seconds, exactly."""
    level_db: Row
    """Root mean square over channels, against full scale; SILENT_DB at least."""
    speech_db: Row
    """The same of what lies between 250 and 4000 Hz."""
    flux: Row
    """Rise of the bands, 0 or more; 0 at either end."""
    periodicity: Row
    """0 to 1: how much the waveform repeats itself at some pitch."""
    pitch_hz: Row
    """The pitch at which it does."""


def measure_features(blocks: Iterable[Sound], *, rate: int = SAMPLE_RATE) -> Features:
    """Return the features of a stream of sound, in time of some hundredth of its length.

    How it is cut changes nothing. Rates from 8000.

    Raises:
        MediaError: blocks differ in channels.
    """
    hop = round(rate / FRAMES_PER_S)
    short = 2 ** round(math.log2(0.0213 * rate))
    long = 2 * short
    before = (long - hop) // 2
    analysis = _Analysis(rate, hop, short, long)
    rows: list[NDArray[np.float32]] = []
    samples = 0
    for window in windows(blocks, _BATCH * hop, before, long - hop - before):
        count = len(window) - (long - hop)
        samples += count
        rows.append(analysis.rows_of(window, -(-count // hop)))
    table = np.concatenate(rows) if rows else np.zeros((0, 5), np.float32)
    columns = np.ascontiguousarray(table.T)
    # Where a window reaches over an end of the sound, the end itself would count as an onset.
    columns[2, : _LAG + 1] = columns[2, -2:] = 0
    return Features(Fraction(hop, rate), Fraction(samples, rate), *columns)


class _Analysis:
    """The measures of frames; keeps the bands of the last frames from batch to batch."""

    def __init__(self, rate: int, hop: int, short: int, long: int):
        self._hop, self._short, self._long = hop, short, long
        self._short_window = np.hanning(short + 1)[:-1].astype(np.float32)
        self._long_window = np.hanning(long + 1)[:-1].astype(np.float32)
        frequency = np.fft.rfftfreq(short, 1 / rate)
        self._bands = _band_weights(frequency)
        self._speech = ((frequency >= _SPEECH_BAND_HZ[0]) & (frequency <= _SPEECH_BAND_HZ[1])).astype(np.float32)
        self._last_bands = np.zeros((_LAG, _BANDS), np.float32)
        self._rate = rate
        periods = np.arange(math.ceil(rate / HIGHEST_PITCH_HZ), math.floor(rate / LOWEST_PITCH_HZ) + 1)
        # The spectrum above the band is cut away: the correlation is computed at a fraction of the rate.
        self._low_bins = int(_PERIODIC_BAND_HZ * long / rate) + 1
        self._fine = 2 ** math.ceil(math.log2(8 * self._low_bins))
        fewest, most = (limit * self._fine / long for limit in (periods[0], periods[-1]))
        self._lags = np.arange(math.floor(fewest) - 1, math.ceil(most) + 2)
        of_window = np.fft.irfft(np.abs(np.fft.rfft(self._long_window, 2 * long)) ** 2)
        places = self._lags * long / self._fine
        self._window_share = np.interp(places, np.arange(long), of_window[:long] / of_window[0]).astype(np.float32)

    def rows_of(self, window: Sound, frames: int) -> NDArray[np.float32]:
        """Return (frames, 5) of a window that begins (long - hop) / 2 before the first frame."""
        hop, long, short = self._hop, self._long, self._short
        missing = (frames - 1) * hop + long - len(window)
        if missing > 0:
            window = np.concatenate([window, np.zeros((missing, window.shape[1]), np.float32)])
        before = (long - hop) // 2
        mono = window.mean(axis=1)
        mean_square = np.square(window[before : before + frames * hop]).reshape(frames, -1).mean(axis=1)
        frames_long = sliding_window_view(mono, long)[::hop][:frames]
        inner = (long - short) // 2
        power = np.abs(np.fft.rfft(frames_long[:, inner : inner + short] * self._short_window, axis=1)) ** 2
        scale = 2 / (self._short_window.sum() ** 2)
        total = power.sum(axis=1)
        share = (power @ self._speech) / np.maximum(total, 1e-12)
        level_db = _decibels(mean_square)
        speech_db = np.maximum(level_db + 10 * np.log10(np.maximum(share, 1e-10)), SILENT_DB)
        bands = np.log1p(_COMPRESSION * np.sqrt(power @ self._bands * scale))
        periodicity, pitch = self._periodicity(frames_long)
        columns = [level_db, speech_db, self._flux(bands), periodicity, pitch]
        return np.stack(columns, axis=1).astype(np.float32)

    def _flux(self, bands: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how much each frame's bands rose over the highest of three neighbours some frames ago."""
        joined = np.concatenate([self._last_bands, bands])
        self._last_bands = joined[len(joined) - _LAG :]
        past = joined[:-_LAG].copy()
        past[:, 1:] = np.maximum(past[:, 1:], joined[:-_LAG, :-1])
        past[:, :-1] = np.maximum(past[:, :-1], joined[:-_LAG, 1:])
        rise: NDArray[np.float32] = np.maximum(bands - past, 0).mean(axis=1)
        return rise

    def _periodicity(self, frames: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the highest correlation of each frame with itself a period later, and the pitch of that period."""
        power = np.abs(np.fft.rfft(frames * self._long_window, axis=1)[:, : self._low_bins]) ** 2
        power[:, 0] = 0
        correlation = np.fft.irfft(power, self._fine, axis=1)
        there = correlation[:, self._lags] / (np.maximum(correlation[:, :1], 1e-9) * self._window_share)
        peaks = np.zeros(there.shape, np.bool_)
        peaks[:, 1:-1] = (there[:, 1:-1] >= there[:, :-2]) & (there[:, 1:-1] > there[:, 2:])
        heights = np.where(peaks, there, 0)
        # Of almost equal ones the shortest period is the pitch; the others are its multiples.
        place = (heights >= 0.93 * heights.max(axis=1, keepdims=True)).argmax(axis=1)
        place = np.clip(place, 1, there.shape[1] - 2)
        left, here, right = (there[np.arange(len(there)), place + step] for step in (-1, 0, 1))
        bend = left - 2 * here + right
        shift = np.where(bend < 0, 0.5 * (left - right) / np.minimum(bend, -1e-9), 0).clip(-0.5, 0.5)
        periods = (self._lags[place] + shift) * (self._long / self._fine)
        return np.clip(heights.max(axis=1), 0, 1), (self._rate / periods).astype(np.float32)


def _decibels(mean_square: NDArray[np.float32]) -> NDArray[np.float32]:
    decibels: NDArray[np.float32] = 10 * np.log10(np.maximum(mean_square, 10 ** (SILENT_DB / 10)))
    return decibels


def _band_weights(frequency: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return triangles of equal width in mel, (bins, _BANDS), each summing the power around its middle."""

    def mel(hertz: float | NDArray[np.floating]) -> NDArray[np.float64]:
        return 2595 * np.log10(1 + np.asarray(hertz, np.float64) / 700)

    edges = np.linspace(mel(_BAND_RANGE_HZ[0]), mel(_BAND_RANGE_HZ[1]), _BANDS + 2)
    place = mel(frequency)[:, None]
    weights = 1 - np.abs(place - edges[1:-1]) / (edges[1] - edges[0])
    triangles: NDArray[np.float32] = np.maximum(weights, 0).astype(np.float32)
    return triangles
