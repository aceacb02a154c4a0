"""What an ear that listens for speech is given: loudness in mel bands, a hundred rows a second.

    |--|--|--|--|--|--|     a row stands for 10 ms
      [  hann  ]            25 ms around its middle --> power in 48 bands --> decibels, -80 dB to 0 as -1 to 1

A row is known 7.5 ms after its end. Sounds are mono at 16 kHz.

Source: Davis & Mermelstein, "Comparison of parametric representations for monosyllabic word recognition", IEEE TASSP
28(4), 1980; the logarithm of the bands is kept as it is, without the cosine transform.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

RATE = 16_000
"""Samples per second that are listened to."""
HOP = 160
BANDS = 48
WINDOW = 400
BEFORE = (WINDOW - HOP) // 2
"""Samples that a row's window reaches beyond its 10 ms on either side."""

Mono = NDArray[np.float32]
"""Samples, (N,)."""
Rows = NDArray[np.float32]
"""(T, BANDS), about -1 to 1."""

_FFT = 512
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 7600.0
_FLOOR = 1e-8
_DECADES = 4.0
"""From the floor to the middle of the range."""


def mel_rows(samples: Mono) -> Rows:
    """Return the rows of a whole sound, silence around it; every begun 10 ms has one."""
    count = -(-len(samples) // HOP)
    padded = np.zeros((count - 1) * HOP + WINDOW if count else 0, np.float32)
    padded[BEFORE : BEFORE + len(samples)] = samples[: max(len(padded) - BEFORE, 0)]
    return rows_within(padded)


def rows_within(samples: Mono) -> Rows:
    """Return the rows whose windows lie within samples; the first begins 7.5 ms before its 10 ms."""
    if len(samples) < WINDOW:
        return np.zeros((0, BANDS), np.float32)
    frames = sliding_window_view(samples, WINDOW)[::HOP] * _HANN
    spectrum = np.fft.rfft(frames, _FFT, axis=1)
    power = (np.square(spectrum.real) + np.square(spectrum.imag)).astype(np.float32)
    rows: Rows = np.log10(power @ _WEIGHTS + np.float32(_FLOOR)) / np.float32(_DECADES) + np.float32(1)
    return rows


class MelStream:
    """Rows of a sound that comes in pieces of any length: the same as those of the whole."""

    def __init__(self) -> None:
        """Begin before the first sample."""
        self._held = np.zeros(BEFORE, np.float32)
        self._samples = 0
        self._rows = 0

    def push(self, samples: Mono) -> Rows:
        """Return the rows that are known now."""
        self._samples += len(samples)
        self._held = np.concatenate([self._held, np.asarray(samples, np.float32)])
        rows = rows_within(self._held)
        self._held = self._held[len(rows) * HOP :]
        self._rows += len(rows)
        return rows

    def finish(self) -> Rows:
        """Return the rows that are left, silence behind the last sample."""
        left = -(-self._samples // HOP) - self._rows
        wanted = (left - 1) * HOP + WINDOW
        self._held = np.concatenate([self._held, np.zeros(max(wanted - len(self._held), 0), np.float32)])
        rows = rows_within(self._held)[:left]
        self._rows += len(rows)
        return rows


def of_another_throat(rows: Rows, longer: float) -> Rows:
    """Return rows as they would be if all resonances lay lower by a factor, by interpolation between bands.

    Source: Jaitly & Hinton, "Vocal tract length perturbation improves speech recognition", ICML workshop, 2013.
    """
    edges = np.linspace(_mel(_LOWEST_HZ), _mel(_HIGHEST_HZ), BANDS + 2)
    hertz = 700 * (10 ** (edges[1:-1] / 2595) - 1)
    places = np.clip((_mel(hertz * longer) - edges[1]) / (edges[1] - edges[0]), 0, BANDS - 1)
    low = np.minimum(places.astype(int), BANDS - 2)
    share = (places - low).astype(np.float32)
    moved: Rows = rows[:, low] * (1 - share) + rows[:, low + 1] * share
    return moved


def _mel(hertz: NDArray[np.floating] | float) -> NDArray[np.float64]:
    return 2595 * np.log10(1 + np.asarray(hertz, np.float64) / 700)


def _triangles() -> NDArray[np.float32]:
    """Return the weight of each bin in each band, (bins, BANDS): triangles of equal width in mel."""
    frequency = np.fft.rfftfreq(_FFT, 1 / RATE)
    edges = np.linspace(_mel(_LOWEST_HZ), _mel(_HIGHEST_HZ), BANDS + 2)
    place, width = _mel(frequency)[:, None], edges[1] - edges[0]
    weights = np.maximum(1 - np.abs(place - edges[1:-1]) / width, 0)
    triangles: NDArray[np.float32] = (weights / max(weights.sum(0).max(), 1)).astype(np.float32)
    return triangles


_HANN = (np.hanning(WINDOW + 1)[:-1] * 2 / (WINDOW / 2)).astype(np.float32)
_WEIGHTS = _triangles()
