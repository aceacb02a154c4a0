"""A bed of music as a stream of samples: notes are rendered once, placed on the sample, and sent into one room.

    score --bar--> notes --cache--> waves --add--> dry, send --room--> mixed --knee--> blocks

A bar is computed at a time, with what still rings from those before: memory does not grow with the length, and how the
result is cut into blocks changes no bit of it.
"""

import math
from collections import OrderedDict
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from frameloom.effects.sound.blocks import regrid
from frameloom.effects.sound.fades import factor
from frameloom.effects.sound.mixing import GRID
from frameloom.effects.sound.music.config import MusicConfig
from frameloom.effects.sound.music.drums import stroke
from frameloom.effects.sound.music.form import BEATS, Piece, piece_of
from frameloom.effects.sound.music.harmony import hertz
from frameloom.effects.sound.music.reverb import Channels, Reverb
from frameloom.effects.sound.music.score import Played, score
from frameloom.effects.sound.music.tones import HELD, INSTRUMENTS, Note
from frameloom.media.sound import SAMPLE_RATE, Sound, sample_at, silence

_AHEAD = 960
"""Samples by which a note of the next bar may come early."""
_CACHE_BYTES = 48 * 1024**2
_BRIGHTS = (0.3, 0.55, 0.8)
_KNEE, _ROOF = 0.6, 0.95
_FADE_SHARE = 0.5
_LONGEST_FADE_S = 1.8


def bed(config: MusicConfig, duration: Fraction | int, *, block: int = GRID) -> Iterator[Sound]:
    """Yield a piece of music of exactly this length in seconds, (N, 2) a block at 48 kHz.

    It begins with an introduction, ends with a cadence, and rings out; `beats` tells where its beats fall.

    Raises:
        ConfigError: the length is not above zero, or above a day.
    """
    piece = piece_of(config, duration)
    return regrid(_silent(sample_at(Fraction(duration))) if piece is None else _played(piece), block)


def _silent(samples: int) -> Iterator[Sound]:
    for begin in range(0, samples, GRID):
        yield silence(min(GRID, samples - begin))


def _played(piece: Piece) -> Iterator[Sound]:
    """Yield about a bar at a time."""
    waves, room = _Waves(piece.config.intensity), Reverb(piece.style.room_s, piece.style.damping)
    sums = _Sums()
    gain = np.float32(factor(piece.style.level_db))
    done = 0
    for bar, notes in score(piece):
        for note in notes:
            sums.add(waves.of(note), note, done)
        end = piece.samples
        if bar.number < piece.count:
            end = sample_at((bar.number + 1) * BEATS * piece.period) - _AHEAD
        while done < end:
            count = min(end - done, 4 * SAMPLE_RATE)
            dry, send = sums.take(count)
            yield _finished((dry + room.heard(send)) * gain, done, piece)
            done += count


def _finished(mixed: Channels, begin: int, piece: Piece) -> Sound:
    """Return samples as they leave: below full scale, and gone at the end."""
    over = np.abs(mixed) - np.float32(_KNEE)
    if over.max() > 0:
        width = np.float32(_ROOF - _KNEE)
        bent = np.copysign(np.float32(_KNEE) + width * np.tanh(over / width), mixed)
        mixed = np.where(over > 0, bent, mixed)
    fade = round(min(_LONGEST_FADE_S, float(piece.ring) * _FADE_SHARE) * SAMPLE_RATE)
    left = piece.samples - begin - np.arange(mixed.shape[1])
    if fade and left[-1] <= fade:
        mixed = mixed * (0.5 - 0.5 * np.cos(np.pi * np.clip((left - 0.5) / fade, 0, 1))).astype(np.float32)
    return np.ascontiguousarray(mixed.T, np.float32)


class _Sums:
    """What sounds from now on: the direct sound, (2, N), and what goes into the room, (N,)."""

    def __init__(self) -> None:
        self._dry = np.zeros((2, 0), np.float32)
        self._send = np.zeros(0, np.float32)

    def add(self, wave: Note, note: Played, now: int) -> None:
        """Add a note; the sums begin at the sample `now`."""
        begin = note.start - now
        stop = begin + wave.shape[1]
        if stop > len(self._send):
            more = stop - len(self._send) + SAMPLE_RATE
            self._dry = np.concatenate([self._dry, np.zeros((2, more), np.float32)], axis=1)
            self._send = np.concatenate([self._send, np.zeros(more, np.float32)])
        gain = note.velocity * factor(note.level_db)
        angle = (note.pan + 1) * math.pi / 4
        for side, share in enumerate((math.cos(angle), math.sin(angle))):
            channel = wave[side % len(wave)]
            self._dry[side, begin:stop] += channel * np.float32(gain * share * 2**0.5)
        if note.send:
            mono = wave[0] if len(wave) == 1 else wave.mean(axis=0)
            self._send[begin:stop] += mono * np.float32(gain * note.send)

    def take(self, count: int) -> tuple[Channels, NDArray[np.float32]]:
        """Return the next samples and go on behind them."""
        missing = max(0, count - len(self._send))
        dry = np.pad(self._dry[:, :count], ((0, 0), (0, missing)))
        send = np.pad(self._send[:count], (0, missing))
        self._dry, self._send = self._dry[:, count:].copy(), self._send[count:].copy()
        return dry, send


class _Waves:
    """Notes that were rendered; those that were not wanted for longest go first."""

    def __init__(self, intensity: float):
        self._bright = 0.3 * (intensity - 0.5)
        self._kept: OrderedDict[tuple[str, int, float, int], Note] = OrderedDict()
        self._bytes = 0

    def of(self, note: Played) -> Note:
        """Return the samples of a note at full strength."""
        layer = 0 if note.drum else min(2, int(note.velocity * 3.2))
        seconds = note.seconds if note.instrument in HELD else 0.0
        key = (note.instrument, note.pitch, seconds, layer)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if note.drum:
            wave = stroke(note.instrument, note.pitch)
        else:
            wave = INSTRUMENTS[note.instrument](hertz(note.pitch), seconds, _BRIGHTS[layer] + self._bright)
        self._kept[key] = wave
        self._bytes += wave.nbytes
        while self._bytes > _CACHE_BYTES and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return wave
