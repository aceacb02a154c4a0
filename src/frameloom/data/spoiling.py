"""Speech as it reaches a microphone and a file: other throats, rooms, noise, music, other voices, narrow lines, codecs.

    sound --faster or slower--> --room--> --colour, band--> --noise, music, voices--> --codec--> --gain-->

Everything is drawn by dice and made by hand; no recording is used.

Source: Ko et al., "Audio augmentation for speech recognition", Interspeech 2015 (speed), and "A study on data
augmentation of reverberant speech for robust speech recognition", ICASSP 2017 (rooms).
"""

import numpy as np
from numpy.typing import NDArray

from frameloom.effects.sound.mel import RATE

Mono = NDArray[np.float32]
Dice = np.random.Generator

_GRID = 800
"""Lengths are multiples of it: their transforms are quick."""
_LOUD = 0.1
"""Root mean square to which speech is brought before anything else."""


def tempo(dice: Dice, *, natural: bool, spread: float) -> float:
    """Return how much faster a sentence is played; natural voices, of which there are few, go up more than down."""
    middle = 0.1 if natural else 0.0
    return float(np.exp(np.clip(dice.normal(middle, spread), -0.3, 0.35)))


def played(samples: Mono, faster: float) -> tuple[Mono, float]:
    """Return samples as a tape gives them that runs so much faster, silence behind them, and how much it is exactly."""
    length = max(round(len(samples) / faster / _GRID), 1) * _GRID
    padded = np.zeros(-(-len(samples) // _GRID) * _GRID, np.float32)
    padded[: len(samples)] = samples
    spectrum = np.fft.rfft(padded)
    kept = np.zeros(length // 2 + 1, spectrum.dtype)
    shared = min(len(spectrum), len(kept))
    kept[:shared] = spectrum[:shared]
    made: Mono = (np.fft.irfft(kept, length) * np.float32(length / len(padded))).astype(np.float32)
    return made, len(padded) / length


def spoiled(dice: Dice, speech: Mono, others: Mono, how_much: float) -> Mono:
    """Return speech (N,) as it may be heard; others is what else may be spoken in the room, as long.

    how_much is how often each thing happens, from 0, never, to 1.
    """
    if how_much <= 0:
        return speech
    level = float(np.sqrt(np.mean(np.square(speech)))) + 1e-6
    sound = speech * np.float32(_LOUD / level)
    if dice.random() < 0.35 * how_much:
        sound = _in_a_room(dice, sound)
    if dice.random() < 0.7 * how_much:
        sound = _coloured(dice, sound)
    if dice.random() < 0.75 * how_much:
        sound = sound + _at(dice, _noise(dice, len(sound)), 3, 45)
    if dice.random() < 0.2 * how_much:
        sound = sound + _at(dice, _music(dice, len(sound)), 5, 30)
    if dice.random() < 0.12 * how_much:
        sound = sound + _at(dice, others, 10, 30)
    if dice.random() < 0.2 * how_much:
        sound = _coded(dice, sound)
    gain = 10 ** (float(np.clip(dice.normal(0, 7), -22, 16)) / 20)
    heard: Mono = np.clip(sound * np.float32(gain), -1, 1).astype(np.float32)
    return heard


def _at(dice: Dice, sound: Mono, least_db: float, most_db: float) -> Mono:
    """Return a sound so loud that speech is by so many dB above it."""
    level = float(np.sqrt(np.mean(np.square(sound)))) + 1e-6
    below = dice.uniform(least_db, most_db)
    return sound * np.float32(_LOUD / level * 10 ** (-below / 20))


def _in_a_room(dice: Dice, sound: Mono) -> Mono:
    """Return a sound with its echoes: noise that dies away, behind what comes straight."""
    lasts = dice.uniform(0.05, 0.6)
    count = int(lasts * RATE)
    echoes = dice.standard_normal(count) * np.exp(-6.9 * np.arange(count) / count)
    echoes[: int(0.002 * RATE)] = 0
    echoes *= dice.uniform(0.1, 1.2) / np.sqrt(np.sum(np.square(echoes)) + 1e-9)
    echoes[0] = 1
    size = 1 << (len(sound) + count - 1).bit_length()
    heard = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(echoes, size), size)[: len(sound)]
    return heard.astype(np.float32)


def _coloured(dice: Dice, sound: Mono) -> Mono:
    """Return a sound through another microphone, now and then through a narrow line."""
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    points = np.array([0, 150, 400, 1000, 2200, 4000, 8000.0])
    gains = np.interp(frequency, points, np.cumsum(dice.normal(0, 2.5, len(points))) + dice.normal(0, 1.5, len(points)))
    kind = dice.random()
    if kind < 0.15:
        gains -= 40 * ((frequency < 300) | (frequency > 3400))
    elif kind < 0.4:
        gains -= 60 * np.clip((frequency - dice.uniform(3000, 7000)) / 400, 0, 1)
    shaped: Mono = np.fft.irfft(np.fft.rfft(sound) * 10 ** (gains / 20), len(sound)).astype(np.float32)
    return shaped


def _noise(dice: Dice, count: int) -> Mono:
    """Return noise of any colour, from even to rumbling, steady or in gusts."""
    spectrum = np.fft.rfft(dice.standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1 / RATE) + 30
    noise = np.fft.irfft(spectrum * frequency ** -dice.uniform(0, 1.2), count)
    if dice.random() < 0.3:
        gusts = np.interp(np.arange(count), np.linspace(0, count, 9), dice.random(9) ** 2)
        noise = noise * gusts
    return noise.astype(np.float32)


def _music(dice: Dice, count: int) -> Mono:
    """Return plucked and held tones, one after the other and over each other."""
    sound = np.zeros(count, np.float32)
    beat, root = dice.uniform(0.2, 0.6), 110 * 2 ** (dice.integers(0, 24) / 12)
    for begin in range(0, count, round(beat * RATE)):
        time = np.arange(min(count - begin, RATE), dtype=np.float32) / np.float32(RATE)
        tone = np.float32(2 * np.pi * root * 2 ** (dice.choice([0, 2, 3, 4, 5, 7, 9, 12]) / 12))
        envelope = np.exp(-time * np.float32(dice.uniform(2, 8)))
        for harmonic in (1, 2, 3):
            sound[begin : begin + len(time)] += envelope * np.sin(tone * harmonic * time) / np.float32(harmonic**1.5)
    return sound


def _coded(dice: Dice, sound: Mono) -> Mono:
    """Return a sound after a codec: coarse steps of loudness, or coarse steps in every band."""
    if dice.random() < 0.4:  # the logarithmic steps of G.711
        loud = np.sign(sound) * np.log1p(255 * np.abs(np.clip(sound, -1, 1))) / np.log(256)
        steps = np.rint(loud * 127) / 127
        stepped: Mono = (np.sign(steps) * (np.expm1(np.abs(steps) * np.log(256)) / 255)).astype(np.float32)
        return stepped
    size = 512
    count = len(sound) // size * size
    spectrum = np.fft.rfft(sound[:count].reshape(-1, size), axis=1)
    step = np.abs(spectrum).max(1, keepdims=True) * 10 ** dice.uniform(-2.5, -1.5) + 1e-6
    rounded = np.rint(spectrum.real / step) * step + 1j * np.rint(spectrum.imag / step) * step
    made = sound.copy()
    made[:count] = np.fft.irfft(rounded, size, axis=1).reshape(-1)
    return made
