"""How lively a sound is: speech changes all the time, a steady tone, a chord or a hum does not.

    rows of mel bands --those of 0.4 s around that are about as loud--> how much each band varies, loud ones counted

In units of 40 dB: below STEADY nothing speaks, above SPOKEN anything may. Six recordings of real people and three
voices had 0.067 and more wherever they spoke; tones, chords and hums 0.03 and less, 0.045 where they begin and end. A
melody with vibrato passes.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from frameloom.effects.sound.mel import BANDS, Rows

STEADY, SPOKEN = 0.04, 0.06
_AROUND = 40
"""Rows before and after that are looked at."""
_AS_LOUD = 0.3
"""By how much less a row may hold: 12 dB."""
_LEAST = 10
"""Rows that must be as loud for anything to be told; what is shorter may be speech."""
_AT_ONCE = 200

Lively = NDArray[np.float32]
"""(T,), from 0."""


class LivelinessStream:
    """Tells it of rows that come in pieces of any length: the same as of the whole."""

    def __init__(self) -> None:
        """Begin before the first row; what is before and after all of them does not count."""
        self._held = _nothing()

    def push(self, rows: Rows) -> Lively:
        """Return it for the rows that are known well enough now."""
        self._held = np.concatenate([self._held, rows])
        count = max(len(self._held) - 2 * _AROUND, 0)
        told = _measured(self._held[: count + 2 * _AROUND]) if count else np.zeros(0, np.float32)
        self._held = self._held[count:]
        return told

    def finish(self) -> Lively:
        """Return it for the rows that are left."""
        return self.push(_nothing())


def share_of_speech(lively: Lively) -> Lively:
    """Return how much of a sound may be speech, as far as its liveliness tells, (T,) from 0 to 1."""
    share: Lively = np.clip((lively - STEADY) / (SPOKEN - STEADY), 0, 1)
    return share


def _nothing() -> Rows:
    return np.full((_AROUND, BANDS), np.nan, np.float32)


def _measured(rows: Rows) -> Lively:
    """Return the liveliness of all rows but the first and last _AROUND."""
    parts = []
    windows = sliding_window_view(rows, 2 * _AROUND + 1, axis=0)
    for first in range(0, len(windows), _AT_ONCE):
        near = windows[first : first + _AT_ONCE].transpose(0, 2, 1).astype(np.float64)
        level = near.max(axis=2)  # NaN where there is no row
        counts = (level >= level[:, _AROUND, None] - _AS_LOUD)[..., None]
        number = counts.sum(axis=1)
        known = np.where(counts, near, 0.0)
        mean = known.sum(axis=1) / number
        spread = np.sqrt((np.where(counts, near - mean[:, None], 0.0) ** 2).sum(axis=1) / number)
        loud = np.maximum(mean - mean.max(axis=1, keepdims=True) + 0.5, 0)
        told = (spread * loud).sum(axis=1) / loud.sum(axis=1)
        parts.append(np.where(number[:, 0] < _LEAST, np.maximum(told, SPOKEN), told))
    return np.concatenate(parts).astype(np.float32)
