"""A room: eight delays that feed each other, behind a burst of noise that blurs the first reflections.

    send --blur--> left, right --> | delay i |--damp--> g_i --+--> out
                                ^                             |
                                +------- Hadamard matrix -----+

Source: Jot & Chaigne, "Digital Delay Networks for Designing Artificial Reverberators", AES 90, 1991. Differs from it:
the damping is a symmetric filter of three taps, so that a stretch as long as the shortest delay is computed at once.
"""

import numpy as np
from numpy.typing import NDArray

from frameloom.effects.sound.music.chance import Chance
from frameloom.media.sound import SAMPLE_RATE

Channels = NDArray[np.float32]
"""Samples, (2, N)."""

_DELAYS = (1201, 1427, 1693, 1999, 2287, 2551, 2903, 3301)
_BLUR_S = 0.035
_AT_ONCE = _DELAYS[0] - 1


class Reverb:
    """A room that is fed piece by piece and remembers what it has heard."""

    def __init__(self, seconds: float, damping: float):
        """Make a silent room.

        Args:
            seconds: until a sound has faded by 60 dB.
            damping: 0 to 0.2; how much sooner the high tones fade.
        """
        self._past = np.zeros((8, _DELAYS[-1] + 2), np.float32)
        self._factors = np.array([10 ** (-3 * delay / SAMPLE_RATE / seconds) for delay in _DELAYS], np.float32)[:, None]
        self._damping = np.float32(damping)
        pair = np.array([[1, 1], [1, -1]], np.float32)
        self._mixing = np.kron(np.kron(pair, pair), pair) / np.float32(8**0.5) * self._factors.T
        count = round(_BLUR_S * SAMPLE_RATE)
        fade = np.exp(-4 * np.arange(count) / count).astype(np.float32)
        noise = np.stack([Chance("room", side).noise(count) for side in (0, 1)]) * fade
        self._blur = (noise / np.sqrt((noise**2).sum(axis=1, keepdims=True))).astype(np.float32)
        self._blurred = np.zeros((2, count - 1), np.float32)

    def heard(self, send: NDArray[np.float32]) -> Channels:
        """Return what the room answers while these samples, (N,), sound in it, (2, N)."""
        count = len(send)
        entering = np.repeat(self._diffused(send), 4, axis=0)
        kept = self._past.shape[1]
        lines = np.concatenate([self._past, np.empty((8, count), np.float32)], axis=1)
        out = np.empty((2, count), np.float32)
        centre = 1 - 2 * self._damping
        for begin in range(0, count, _AT_ONCE):
            stop = min(begin + _AT_ONCE, count)
            first, last = kept + begin - 1, kept + stop + 1
            left = np.stack([lines[row, first - delay : last - delay] for row, delay in enumerate(_DELAYS)])
            damped = centre * left[:, 1:-1] + self._damping * (left[:, :-2] + left[:, 2:])
            lines[:, kept + begin : kept + stop] = self._mixing @ damped + entering[:, begin:stop]
            damped[1::2] *= -1
            out[0, begin:stop] = damped[[0, 3, 5, 6]].sum(axis=0)
            out[1, begin:stop] = damped[[1, 2, 4, 7]].sum(axis=0)
        self._past = lines[:, count:].copy()
        return out

    def _diffused(self, send: NDArray[np.float32]) -> Channels:
        count, tail = len(send), self._blur.shape[1] - 1
        size = 1 << (count + tail - 1).bit_length()
        spectrum = np.fft.rfft(send, size)
        blurred = np.fft.irfft(spectrum * np.fft.rfft(self._blur, size), size)[:, : count + tail].astype(np.float32)
        blurred[:, :tail] += self._blurred
        self._blurred = blurred[:, count:].copy()
        return blurred[:, :count]
