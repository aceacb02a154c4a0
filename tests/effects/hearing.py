"""Sounds with known contents: a voice of pulses and formants, clicks in time, music."""

import numpy as np

from frameloom.media.sound import Sound

RATE = 48_000


def stereo(wave: np.ndarray) -> Sound:
    return np.stack([wave, wave], axis=1).astype(np.float32)


def noise(seconds: float, level_db: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(round(RATE * seconds)) * 10 ** (level_db / 20)


def voice(words: list[tuple[float, float]], seconds: float, level: float = 0.2, seed: int = 0) -> np.ndarray:
    """Return words, (start, stop) in seconds: syllables of a gliding pitch through formants, each begun by a hiss."""
    rng = np.random.default_rng(seed)
    out = np.zeros(round(RATE * seconds))
    for start, stop in words:
        place = start
        while place < stop - 0.05:
            left = stop - place
            length = left if left < 0.36 else rng.uniform(0.14, 0.22)
            count = round(length * RATE)
            time_s = np.arange(count) / RATE
            pitch = rng.uniform(100, 180) * 2 ** (rng.uniform(-1.5, 1.5) * time_s)
            pulses = np.diff(np.floor(np.cumsum(pitch) / RATE), prepend=0)
            spectrum = np.fft.rfft(pulses)
            hertz = np.fft.rfftfreq(count, 1 / RATE)
            for formant in (rng.uniform(300, 800), rng.uniform(1000, 2200)):
                spectrum = spectrum / np.sqrt(1 + ((hertz - formant) / 100) ** 2)
            vowel = np.fft.irfft(spectrum, count)
            vowel *= np.minimum(1, np.minimum(time_s - 0.04, length - time_s) / 0.03).clip(0)
            vowel *= 0.7 / max(np.abs(vowel).max(), 1e-9)
            hiss = np.diff(rng.standard_normal(count + 1)) * 0.08 * ((time_s < 0.05) & (time_s > 0.005))
            begin = round(place * RATE)
            out[begin : begin + count] += (vowel + hiss) * level
            place += length
    return out


def clicks(times: list[float], seconds: float, level: float = 0.4, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    out = np.zeros(round(RATE * seconds) + 4000)
    for time in times:
        begin = round(time * RATE)
        out[begin : begin + 4000] += level * rng.standard_normal(4000) * np.exp(-np.arange(4000) / 200)
    return out[:-4000]


def chords(seconds: float, note_s: float = 0.5) -> np.ndarray:
    """Return triads of plucked strings."""
    out = np.zeros(round(RATE * seconds))
    step = round(note_s * RATE)
    time_s = np.arange(step) / RATE
    for number, begin in enumerate(range(0, len(out) - step + 1, step)):
        root = (220, 262, 294, 330, 196)[number % 5]
        for ratio in (1, 1.25, 1.5):
            for partial in range(1, 6):
                tone = np.sin(2 * np.pi * root * ratio * partial * time_s) / partial
                out[begin : begin + step] += 0.1 * tone * np.exp(-3 * time_s)
    return out


def melody(seconds: float) -> np.ndarray:
    """Return single notes with a vibrato of half a semitone, as a singer without words."""
    out = np.zeros(round(RATE * seconds))
    step = RATE
    time_s = np.arange(step) / RATE
    for number, begin in enumerate(range(0, len(out) - step + 1, step)):
        root = 220 * 2 ** ((number * 5 % 12) / 12)
        phase = 2 * np.pi * root * (time_s + 0.03 / (2 * np.pi * 5.5) * -np.cos(2 * np.pi * 5.5 * time_s))
        for partial in range(1, 8):
            out[begin : begin + step] += 0.1 * np.sin(phase * partial) / partial * np.minimum(1, time_s / 0.05)
    return out
