"""Drums, rattles and cymbals: sines that fall, and noise through bands; each in a few takes, no two of them alike."""

from collections.abc import Callable

import numpy as np

from frameloom.effects.sound.music.chance import Chance
from frameloom.effects.sound.music.tones import Note, Wave, decay, eased, seconds_of
from frameloom.media.sound import SAMPLE_RATE

TAKES = 4
SWELL_S = 1.8
"""How long the cymbal grows: a bar at the fastest of the moods is a little longer."""


def band(noise: Wave, low_hz: float, high_hz: float, order: int = 2) -> Wave:
    """Return noise between two frequencies, with soft slopes, about as loud as before in what stays."""
    size = 1 << (len(noise) - 1).bit_length()
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    rising = (hertz / low_hz) ** order / np.sqrt(1 + (hertz / low_hz) ** (2 * order))
    falling = 1 / np.sqrt(1 + (hertz / high_hz) ** (2 * order))
    shaped = np.fft.irfft(np.fft.rfft(noise, size) * (rising * falling).astype(np.float32), size)
    return shaped[: len(noise)].astype(np.float32)


def falling(count: int, start_hz: float, end_hz: float, half_life_s: float) -> Wave:
    """Return a sine whose pitch falls from one frequency to another, (count,)."""
    frequency = end_hz + (start_hz - end_hz) * decay(count, half_life_s).astype(np.float64)
    return np.sin(2 * np.pi * np.cumsum(frequency) / SAMPLE_RATE).astype(np.float32)


def _noise(name: str, take: int, seconds: float) -> Wave:
    return Chance(name, take).noise(round(seconds * SAMPLE_RATE))


def kick(take: int) -> Wave:
    """Return a bass drum."""
    count = round(0.42 * SAMPLE_RATE)
    body = falling(count, 150 + 4 * take, 47, 0.018) * decay(count, 0.085)
    body[:2400] += 0.16 * band(_noise("kick", take, 0.05), 900, 3500) * decay(2400, 0.004)
    return eased(body, 0.001, 0.12) * np.float32(0.95)


def soft_kick(take: int) -> Wave:
    """Return a bass drum that is struck with felt."""
    count = round(0.36 * SAMPLE_RATE)
    body = falling(count, 105 + 3 * take, 50, 0.014) * decay(count, 0.07)
    return eased(body, 0.004, 0.12) * np.float32(0.85)


def tom(take: int) -> Wave:
    """Return a large drum, as of an orchestra or of Japan."""
    count = round(0.8 * SAMPLE_RATE)
    body = falling(count, 118 + 5 * take, 68 + take, 0.03) * decay(count, 0.13)
    skin = band(_noise("tom", take, 0.8), 120, 900) * decay(count, 0.045) * np.float32(0.7)
    return eased(body + skin, 0.002, 0.3) * np.float32(0.75)


def snare(take: int) -> Wave:
    """Return a small drum with wires."""
    count = round(0.26 * SAMPLE_RATE)
    body = falling(count, 260, 185 + 2 * take, 0.01) * decay(count, 0.035) * np.float32(0.5)
    wires = band(_noise("snare", take, 0.26), 1500, 8500) * decay(count, 0.045) * np.float32(0.75)
    return eased(body + wires, 0.001, 0.08) * np.float32(0.6)


def brush(take: int) -> Wave:
    """Return a stroke of the brush."""
    wave = band(_noise("brush", take, 0.24), 2200, 8000) * decay(round(0.24 * SAMPLE_RATE), 0.05)
    return eased(wave, 0.008, 0.1) * np.float32(0.45)


def rim(take: int) -> Wave:
    """Return a click on the rim."""
    count = round(0.09 * SAMPLE_RATE)
    tone = np.sin(2 * np.pi * (1650 + 12 * take) * seconds_of(count)) * decay(count, 0.009)
    wood = np.sin(2 * np.pi * 520 * seconds_of(count)) * decay(count, 0.013)
    return eased((tone * np.float32(0.45) + wood * np.float32(0.6)).astype(np.float32), 0.0005, 0.03) * np.float32(0.5)


def snap(take: int) -> Wave:
    """Return fingers that snap."""
    count = round(0.16 * SAMPLE_RATE)
    wave = band(_noise("snap", take, 0.16), 1500, 4200, 3) * decay(count, 0.016)
    wave[600:] += np.float32(0.8) * wave[:-600]
    return eased(wave, 0.001, 0.05) * np.float32(0.9)


def clap(take: int) -> Wave:
    """Return hands that clap, not quite at once."""
    count = round(0.24 * SAMPLE_RATE)
    noise = band(_noise("clap", take, 0.24), 900, 5200)
    envelope = decay(count, 0.035) * np.float32(0.55)
    for begin in (0, 430 + 20 * take, 900):
        envelope[begin:] += decay(count - begin, 0.004)
    return eased(noise * envelope, 0.001, 0.08) * np.float32(0.6)


def hat(take: int) -> Wave:
    """Return a closed hi-hat."""
    wave = band(_noise("hat", take, 0.08), 6500, 15_000) * decay(round(0.08 * SAMPLE_RATE), 0.012)
    return eased(wave, 0.0005, 0.03) * np.float32(0.55)


def shaker(take: int) -> Wave:
    """Return a rattle."""
    wave = band(_noise("shaker", take, 0.1), 4500, 11_000) * decay(round(0.1 * SAMPLE_RATE), 0.022)
    return eased(wave, 0.012, 0.04) * np.float32(0.5)


def tick(take: int) -> Wave:
    """Return the tick of a clock."""
    count = round(0.05 * SAMPLE_RATE)
    tone = np.sin(2 * np.pi * (3400 + 30 * take) * seconds_of(count)) * decay(count, 0.004)
    return eased(tone.astype(np.float32), 0.0005, 0.02) * np.float32(0.3)


def cymbal(take: int) -> Wave:
    """Return a cymbal, struck softly, that rings."""
    count = round(2.2 * SAMPLE_RATE)
    wave = band(_noise("cymbal", take, 2.2), 3500, 13_000) * (decay(count, 0.35) * 0.7 + decay(count, 0.05) * 0.3)
    return eased(wave.astype(np.float32), 0.004, 0.8) * np.float32(0.4)


def swell(take: int) -> Wave:
    """Return a cymbal that grows for `SWELL_S` seconds."""
    growing = np.square(np.square(seconds_of(round(SWELL_S * SAMPLE_RATE)) / np.float32(SWELL_S)))
    return eased(band(_noise("swell", take, SWELL_S), 2500, 11_000) * growing, 0.1, 0.03) * np.float32(0.4)


DRUMS: dict[str, Callable[[int], Wave]] = {
    drum.__name__: drum
    for drum in (kick, soft_kick, tom, snare, brush, rim, snap, clap, hat, shaker, tick, cymbal, swell)
}


def stroke(name: str, take: int) -> Note:
    """Return one of a drum's takes, (1, N)."""
    return DRUMS[name](take % TAKES)[None]
