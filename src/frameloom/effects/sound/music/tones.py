"""Instruments with pitch: what one note of each sounds like.

    strings, pads, basses   a wave of chosen partials, read at two speeds a little apart (chorus), faded bright to dull
    keys, bells             a sine whose phase another sine moves (frequency modulation)
    plucked                 a burst that runs round a string and gets duller each time
    struck                  the partials of a bar of wood or metal, each with its own decay

Between 1 and 4 kHz, where speech is understood, all of them are a little softer.

Sources: Chowning, "The Synthesis of Complex Audio Spectra by Means of Frequency Modulation", JAES 21(7), 1973; Karplus
& Strong, "Digital Synthesis of Plucked-String and Drum Timbres", Computer Music Journal 7(2), 1983.
"""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from frameloom.effects.sound.music.chance import Chance
from frameloom.media.sound import SAMPLE_RATE

Wave = NDArray[np.float32]
"""Samples, (N,)."""
Note = NDArray[np.float32]
"""Samples, (1, N) or (2, N)."""
Instrument = Callable[[float, float, float], Note]
"""Frequency in Hz, seconds that it is held, brightness 0 to 1 -> samples."""

_TABLE_BITS = 15
_ROOM_HZ, _ROOM_OCTAVES, _ROOM_SHARE = 2000.0, 0.8, 0.45


def room(frequency: float) -> float:
    """Return how much of a partial stays beside a voice, as a factor.

    >>> round(room(100), 2), round(room(2000), 2)
    (1.0, 0.55)
    """
    return 1 - _ROOM_SHARE * math.exp(-0.5 * (math.log2(frequency / _ROOM_HZ) / _ROOM_OCTAVES) ** 2)


def seconds_of(count: int) -> Wave:
    """Return the time of each of so many samples, (count,)."""
    return np.arange(count, dtype=np.float32) / np.float32(SAMPLE_RATE)


def decay(count: int, half_life_s: float) -> Wave:
    """Return factors from 1 that halve in each such time, (count,)."""
    factors: Wave = np.exp2(seconds_of(count) * np.float32(-1 / half_life_s))
    return factors


def eased(wave: Wave, attack_s: float, release_s: float) -> Wave:
    """Return the wave with a rise and a fall as of a cosine."""
    for seconds, place in ((attack_s, slice(None)), (release_s, slice(None, None, -1))):
        count = min(len(wave), max(1, round(seconds * SAMPLE_RATE)))
        slope = 0.5 - 0.5 * np.cos(np.pi * (np.arange(count, dtype=np.float32) + 0.5) / count)
        wave[place][:count] *= slope.astype(np.float32)
    return wave


@lru_cache(maxsize=64)
def _table(partials: tuple[float, ...]) -> Wave:
    spectrum = np.zeros((1 << _TABLE_BITS) // 2 + 1, np.complex64)
    order = np.arange(1, len(partials) + 1)
    phases = np.pi * order * (order - 1) / max(len(partials), 1)
    spectrum[1 : len(partials) + 1] = np.array(partials) * np.exp(-1j * phases) * -0.5j * (1 << _TABLE_BITS)
    return np.fft.irfft(spectrum).astype(np.float32)


def _turning(frequency: float, count: int, start: float = 0.0) -> Wave:
    """Return the sine of a frequency; its phase is counted in whole numbers, and never drifts."""
    return _read(_table((1.0,)), frequency, count, start)


def _read(table: Wave, frequency: float, count: int, start: float = 0.0) -> Wave:
    step = round(frequency / SAMPLE_RATE * 2**32)
    phase = np.arange(count, dtype=np.uint32) * np.uint32(step) + np.uint32(int(start % 1 * 2**32))
    wave: Wave = table[phase >> np.uint32(32 - _TABLE_BITS)]
    return wave


def _partials(frequency: float, slope: float, cut_hz: float) -> tuple[float, ...]:
    """Return the amplitudes of partials that fall by a power of their number, and steeply above a frequency."""
    highest = max(1, min(40, int(min(4 * cut_hz, 12_000) / frequency)))
    numbers = range(1, highest + 1)
    return tuple(k**-slope / math.sqrt(1 + (k * frequency / cut_hz) ** 4) * room(k * frequency) for k in numbers)


def _ensemble(frequency: float, count: int, partials: tuple[float, ...], cents: Sequence[float]) -> Note:
    """Return several of the same, a little out of tune, half of them on each side, (2, count)."""
    table = _table(partials)
    sides = [np.zeros(count, np.float32), np.zeros(count, np.float32)]
    for number, cent in enumerate(cents):
        start = 0.618 * number + frequency / 97
        sides[number % 2] += _read(table, frequency * 2 ** (cent / 1200), count, start)
    return np.stack(sides) * np.float32(1.4 / len(cents))


def pad(frequency: float, seconds: float, bright: float) -> Note:
    """Return a soft chord of many, that comes and goes slowly."""
    count = round((seconds + 0.9) * SAMPLE_RATE)
    note = _ensemble(frequency, count, _partials(frequency, 1.25, 900 + 2600 * bright), (-5, 4, 3, -6))
    for side in note:
        eased(side, min(0.45, seconds / 2), 1.1)
    return note * np.float32(0.5)


def strings(frequency: float, seconds: float, bright: float) -> Note:
    """Return bowed strings that swell a little."""
    count = round((seconds + 0.5) * SAMPLE_RATE)
    soft = _ensemble(frequency, count, _partials(frequency, 1.2, 900), (-6, 5, 4, -7))
    full = _ensemble(frequency, count, _partials(frequency, 1.0, 1600 + 2400 * bright), (-6, 5, 4, -7))
    swell = np.sin(np.pi * np.minimum(np.arange(count) / count, 1)).astype(np.float32) * np.float32(0.4 + 0.4 * bright)
    note = soft + (full - soft) * swell
    for side in note:
        eased(side, 0.13, 0.55)
    return note * np.float32(0.42)


def bass(frequency: float, seconds: float, bright: float) -> Note:
    """Return a plucked bass that is damped where it ends."""
    count = round((seconds + 0.08) * SAMPLE_RATE)
    dull = _read(_table(_partials(frequency, 1.6, 180)), frequency, count)
    sharp = _read(_table(_partials(frequency, 0.9, 450 + 1300 * bright)), frequency, count)
    wave = dull + (sharp - dull) * decay(count, 0.09)
    return eased(wave * decay(count, 0.9), 0.004, 0.09)[None] * np.float32(0.75)


def sub(frequency: float, seconds: float, bright: float) -> Note:
    """Return a round, held bass."""
    count = round((seconds + 0.25) * SAMPLE_RATE)
    wave = _read(_table(_partials(frequency, 1.9, 220 + 200 * bright)), frequency, count)
    return eased(wave, 0.03, 0.3)[None] * np.float32(0.8)


def pulse(frequency: float, seconds: float, bright: float) -> Note:
    """Return a short, driven note, as of strings struck with the bow."""
    count = round(0.34 * SAMPLE_RATE)
    note = _ensemble(frequency, count, _partials(frequency, 0.9, 900 + 2600 * bright), (-4, 5))
    note *= decay(count, 0.07)
    for side in note:
        eased(side, 0.005, 0.08)
    return note * np.float32(0.7)


def keys(frequency: float, seconds: float, bright: float) -> Note:
    """Return an electric piano: a round body and a short tine."""
    life = 0.55 * (220 / frequency) ** 0.35
    count = round(min(seconds + 0.25, 6 * life, 3.2) * SAMPLE_RATE)
    turn = np.float32(2 * np.pi) * _cycles(frequency, count)
    index = np.float32(0.8 + 1.8 * bright) * decay(count, 0.2) * np.float32(room(3 * frequency))
    wave = np.sin(turn + index * np.sin(turn)) * decay(count, life)
    tine = min(14 * frequency, 7000.0)
    short = round(0.25 * SAMPLE_RATE)
    wave[:short] += (0.06 + 0.1 * bright) * room(tine) * _turning(tine, short)[:count] * decay(short, 0.03)[:count]
    return eased(wave, 0.003, min(0.25, count / SAMPLE_RATE / 2))[None] * np.float32(0.55)


def piano(frequency: float, seconds: float, bright: float) -> Note:
    """Return a soft upright piano: struck strings, slightly stretched partials."""
    count = round(min(seconds + 0.3, 2.6) * SAMPLE_RATE)
    wave = np.zeros(count, np.float32)
    for k in range(1, max(2, min(9, int(5000 / frequency)))):
        partial = k * frequency * math.sqrt(1 + 0.0004 * k * k)
        amplitude = k ** -(1.8 - 0.7 * bright) * room(partial)
        wave += (
            np.float32(amplitude)
            * _turning(partial, count, k * 0.37)
            * decay(count, 0.7 * (220 / frequency) ** 0.4 / k**0.7)
        )
    return eased(wave, 0.004, 0.3)[None] * np.float32(0.6)


def bell(frequency: float, seconds: float, bright: float) -> Note:
    """Return a glass bell."""
    count = round(1.8 * SAMPLE_RATE)
    turn = np.float32(2 * np.pi) * _cycles(frequency, count)
    other = np.float32(2 * np.pi) * _cycles(frequency * 3.5, count)
    wave = np.sin(turn + np.float32(0.4 + 0.6 * bright) * decay(count, 0.12) * np.sin(other)) * decay(count, 0.28)
    return eased(wave, 0.002, 0.5)[None] * np.float32(0.4 * room(frequency))


def plucked(frequency: float, seconds: float, bright: float) -> Note:
    """Return a plucked string, as of a guitar or a ukulele."""
    period = max(2, round(SAMPLE_RATE / frequency - 0.5))
    rounds = min(round(1.6 * SAMPLE_RATE / period), 700)
    burst = np.fft.rfft(Chance("pluck", round(frequency * 16)).noise(period))
    numbers = np.arange(len(burst))
    hertz = np.maximum(numbers * frequency, 1.0)
    shape = [room(value) for value in hertz] / np.sqrt(1 + (hertz / (900 + 2600 * bright)) ** 2)
    shape *= np.abs(np.sin(np.pi * numbers * 0.21)) * (numbers > 0)
    strength = np.maximum(np.abs(burst), 1e-6)
    around = np.fft.irfft(burst / strength * shape * period * 0.12, period).astype(np.float32)
    kept = np.float32(0.5 ** (1 / (0.42 * (220 / frequency) ** 0.3 * frequency)))
    string = np.empty((rounds, period), np.float32)
    string[0] = around
    last = around[-1]
    for number in range(1, rounds):
        before = string[number - 1]
        string[number, 1:] = before[1:] + before[:-1]
        string[number, 0] = before[0] + last
        string[number] *= kept * np.float32(0.5)
        last = before[-1]
    tuned = frequency * (period + 0.5) / SAMPLE_RATE
    flat = string.ravel()
    places = np.arange(int((len(flat) - 1) / tuned)) * tuned
    return eased(np.interp(places, np.arange(len(flat)), flat).astype(np.float32), 0.001, 0.3)[None] * np.float32(0.55)


def marimba(frequency: float, seconds: float, bright: float) -> Note:
    """Return a bar of wood, struck softly."""
    return _struck(
        frequency, ((1, 1.0, 0.16), (3.93, 0.16 + 0.2 * bright, 0.04), (9.5, 0.05 + 0.08 * bright, 0.015)), 0.9
    )


def kalimba(frequency: float, seconds: float, bright: float) -> Note:
    """Return a tongue of steel over a wooden box."""
    return _struck(frequency, ((1, 1.0, 0.22), (2.0, 0.12, 0.12), (5.4, 0.1 + 0.14 * bright, 0.03)), 1.3)


def vibes(frequency: float, seconds: float, bright: float) -> Note:
    """Return a bar of metal that rings, trembling slowly."""
    note = _struck(frequency, ((1, 1.0, 0.5), (3.98, 0.12 + 0.12 * bright, 0.15), (10.2, 0.02, 0.03)), 2.6)
    return note * (1 - 0.2 * _turning(4.6, note.shape[1], 0.25)[None])


def _struck(frequency: float, bars: Sequence[tuple[float, float, float]], seconds: float) -> Note:
    count = round(seconds * SAMPLE_RATE)
    wave = np.zeros(count, np.float32)
    for ratio, amplitude, half_life_s in bars:
        if ratio * frequency < 14_000:
            tone = _turning(ratio * frequency, count) * decay(count, half_life_s * (330 / frequency) ** 0.3)
            wave += np.float32(amplitude * room(ratio * frequency)) * tone
    return eased(wave, 0.002, 0.25 * seconds)[None] * np.float32(0.6)


def _cycles(frequency: float, count: int) -> Wave:
    """Return how far round a sine is, (count,), in 0 to 1."""
    phase = np.arange(count, dtype=np.uint32) * np.uint32(round(frequency / SAMPLE_RATE * 2**32))
    return phase.astype(np.float32) * np.float32(2.0**-32)


INSTRUMENTS: dict[str, Instrument] = {
    tone.__name__: tone
    for tone in (pad, strings, bass, sub, pulse, keys, piano, bell, plucked, marimba, kalimba, vibes)
}

HELD = frozenset({"pad", "strings", "bass", "sub", "keys", "piano"})
"""Those whose notes are as long as they are held; the others ring as long as they do."""
