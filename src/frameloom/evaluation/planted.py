"""Films of which it is known where they are interesting: dull footage with events planted in it, to measure summaries.

    dull     a textured place, grain, a drift of the camera; a fan that always turns, a hum, a slow change of light
    nuisance a passing shadow, a trembling camera: worth nothing, though the picture changes
    events   runner   something crosses the picture                      seen
             place    another place for some seconds                     seen
             glow     a coloured light that flares up                    seen
             cheer    many voices at once, swelling                      heard
             voice    somebody speaks                                    heard
             bang     something bursts, and the camera jolts             seen and heard

Each event is worth 1 to 3, and is as large, near or loud as it is worth. The truth of a second is what the most
interesting event in it is worth, times the share of it that the event fills. Everything is drawn from a seed. What is
interesting is what this page says, not what people said: it can tell a blind measure from a seeing one, no more.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.sink import write_media
from frameloom.media.image import from_rgb, resize
from frameloom.media.sound import SAMPLE_RATE

Kind = Literal["runner", "place", "glow", "cheer", "voice", "bang"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WIDTH, HEIGHT, RATE = 192, 108, Fraction(12)

_DULL_S = (2.0, 6.0)
"""Bounds of the time between events."""
_LASTS_S: dict[Kind, tuple[float, float]] = {
    "runner": (1.5, 3.0),
    "place": (2.0, 4.0),
    "glow": (1.0, 3.0),
    "cheer": (2.0, 4.0),
    "voice": (2.0, 4.5),
    "bang": (1.0, 1.5),
}

Light = NDArray[np.float32]
"""A picture, (H, W, 3), in levels of 8 bits."""


@dataclass(frozen=True)
class Event:
    """Something worth seeing, in seconds."""

    kind: Kind
    start: float
    stop: float
    worth: int
    """1 to 3."""


@dataclass(frozen=True)
class Planted:
    """A film and what is known of it."""

    events: tuple[Event, ...]
    nuisances: tuple[tuple[str, float, float], ...]
    seconds: int

    @property
    def truth(self) -> NDArray[np.float64]:
        """Return what each second is worth, (S,)."""
        worth = np.zeros(self.seconds)
        for event in self.events:
            for second in range(int(event.start), min(int(-(-event.stop // 1)), self.seconds)):
                share = min(event.stop, second + 1) - max(event.start, second)
                worth[second] = max(worth[second], event.worth * share)
        return worth


def plan(seed: int, seconds: int) -> Planted:
    """Return where what happens in a film of a seed; all six kinds come before one comes again."""
    rng = np.random.default_rng(seed)
    events: list[Event] = []
    nuisances: list[tuple[str, float, float]] = []
    now = rng.uniform(*_DULL_S)
    waiting: list[Kind] = []
    while True:
        waiting = waiting or [KINDS[index] for index in rng.permutation(len(KINDS))]
        kind = waiting.pop()
        lasts = rng.uniform(*_LASTS_S[kind])
        if now + lasts > seconds - 1:
            return Planted(tuple(events), tuple(nuisances), seconds)
        events.append(Event(kind, now, now + lasts, int(rng.integers(1, 4))))
        pause = rng.uniform(*_DULL_S)
        if pause > 3.5 and now + lasts + pause < seconds:
            begin = now + lasts + 1
            nuisances.append((("shadow", "tremble")[int(rng.integers(2))], begin, begin + 1.5))
        now += lasts + pause


def write_planted(path: Path, seed: int, seconds: int = 60) -> Planted:
    """Write the film of a seed and return what is known of it.

    Raises:
        OutputError: the place cannot be written.
    """
    planted = plan(seed, seconds)
    drawn = _Scenery(seed, planted)
    pictures = (from_rgb(drawn.picture(index)) for index in range(int(seconds * RATE)))
    sound = _sound(seed, planted)
    blocks = (sound[begin : begin + SAMPLE_RATE] for begin in range(0, len(sound), SAMPLE_RATE))
    write_media(path, pictures, blocks, rate=RATE, width=WIDTH, height=HEIGHT, video=VideoFormat(speed="draft"))
    return planted


class _Scenery:
    """Draws the pictures of a film."""

    def __init__(self, seed: int, planted: Planted) -> None:
        rng = np.random.default_rng([seed, 1])
        self.planted = planted
        self.rng = np.random.default_rng([seed, 2])
        self.home = _place(rng, WIDTH + 40, HEIGHT + 40)
        self.others = {event.start: _place(rng, WIDTH, HEIGHT) for event in planted.events if event.kind == "place"}
        self.fan = rng.uniform(0.15, 0.35), rng.uniform(0.2, 0.6), rng.uniform(3, 6)
        self.drift = rng.uniform(-0.3, 0.3, 2)
        self.tint = {event.start: rng.uniform(0.2, 1.0, 3) for event in planted.events}
        self.down = {event.start: rng.uniform(0.3, 0.8) for event in planted.events}

    def picture(self, index: int) -> NDArray[np.uint8]:
        """Return a picture by its number, (H, W, 3)."""
        time = float(index / RATE)
        at = 20 + 12 * np.sin(self.drift * time / 3)
        for name, begin, end in self.planted.nuisances:
            if name == "tremble" and begin <= time < end:
                at = at + self.rng.uniform(-1, 1, 2)
        for event in self.planted.events:
            if event.kind == "bang" and event.start <= time < event.stop:
                at = at + self.rng.uniform(-1, 1, 2) * 3 * event.worth * np.exp(-4 * (time - event.start))
        top, left = (round(part) for part in np.clip(at, 0, 40))
        picture = self.home[top : top + HEIGHT, left : left + WIDTH].copy()
        self._turn_fan(picture, time)
        for event in self.planted.events:
            if event.start <= time < event.stop:
                picture = self._shown(picture, event, (time - event.start) / (event.stop - event.start))
        for name, begin, end in self.planted.nuisances:
            if name == "shadow" and begin <= time < end:
                picture *= np.float32(1 - 0.35 * np.sin(np.pi * (time - begin) / (end - begin)))
        picture *= np.float32(1 + 0.12 * np.sin(2 * np.pi * time / self.planted.seconds))
        picture += self.rng.normal(0, 2, (HEIGHT, WIDTH, 1)).astype(np.float32)
        return np.clip(picture, 0, 255).astype(np.uint8)

    def _turn_fan(self, picture: Light, time: float) -> None:
        x, y, speed = self.fan
        rows, columns = np.mgrid[:HEIGHT, :WIDTH]
        across, down = columns - x * WIDTH, rows - y * HEIGHT
        near = np.hypot(across, down) < 0.14 * HEIGHT
        blade = np.sin(3 * np.arctan2(down, across) + speed * 2 * np.pi * time / 4) > 0
        picture[near & blade] *= 0.55

    def _shown(self, picture: Light, event: Event, share: float) -> Light:
        """Return a picture with an event in it, of which this share has passed."""
        worth, tint = event.worth, self.tint[event.start].astype(np.float32)
        if event.kind == "runner":
            side = HEIGHT * (0.12 + 0.08 * worth)
            middle = share * (WIDTH + side) - side / 2
            top = self.down[event.start] * HEIGHT - side / 2 + 4 * np.sin(share * 25)
            rows = slice(max(int(top), 0), min(int(top + side), HEIGHT))
            columns = slice(max(int(middle - side / 2), 0), max(min(int(middle + side / 2), WIDTH), 0))
            figure = tint * 120 + 60 * ((np.arange(columns.start, columns.stop) - int(middle)) // 5 % 2)[None, :, None]
            picture[rows, columns] = figure
        elif event.kind == "place":
            mixed = (0.35 + 0.2 * worth) * min(1.0, 6 * share, 6 * (1 - share) + 0.3)
            picture = (1 - mixed) * picture + np.float32(mixed) * self.others[event.start]
        elif event.kind == "glow":
            rows, columns = np.mgrid[:HEIGHT, :WIDTH]
            place = (self.down[event.start] * HEIGHT, (1 - self.down[event.start]) * WIDTH)
            far = np.hypot(rows - place[0], columns - place[1]) / (HEIGHT * (0.15 + 0.12 * worth))
            flare = np.exp(-(far**2)) * np.sin(np.pi * share) * (0.8 + 0.2 * np.sin(share * 40))
            picture = picture + (flare[..., None] * tint * 200).astype(np.float32)
        return picture


def _place(rng: np.random.Generator, width: int, height: int) -> Light:
    """Return a place: soft colours with things of hard edges in it, (H, W, 3)."""
    coarse = rng.integers(40, 200, (5, 8, 3)).astype(np.uint8)
    place = np.stack([resize(np.ascontiguousarray(coarse[..., part]), width, height, "cubic") for part in range(3)], -1)
    light: Light = place.astype(np.float32)
    for _ in range(24):
        top, left = int(rng.integers(height - 8)), int(rng.integers(width - 8))
        rows, columns = int(rng.integers(6, 30)), int(rng.integers(6, 40))
        light[top : top + rows, left : left + columns] = rng.uniform(30, 220, 3)
    return light


def _sound(seed: int, planted: Planted) -> NDArray[np.float32]:
    """Return what is heard, (N, 2)."""
    rng = np.random.default_rng([seed, 3])
    count = planted.seconds * SAMPLE_RATE
    time = np.arange(count) / SAMPLE_RATE
    wave = rng.normal(0, 0.002, count) + 0.004 * np.sin(2 * np.pi * 100 * time)
    for event in planted.events:
        begin, end = (int(edge * SAMPLE_RATE) for edge in (event.start, event.stop))
        heard = _heard(rng, event, end - begin)
        if heard is not None:
            wave[begin:end] += heard
    return np.clip(np.stack([wave, wave], axis=1), -1, 1).astype(np.float32)


def _heard(rng: np.random.Generator, event: Event, samples: int) -> NDArray[np.float64] | None:
    """Return the sound of an event, (N,); None where it has none."""
    share = np.arange(samples) / samples
    loud = 0.02 * 2.2**event.worth
    if event.kind == "cheer":
        return loud * np.sin(np.pi * share) * _band(rng.normal(0, 1, samples), 400, 3500)
    if event.kind == "bang":
        return 4 * loud * np.exp(-8 * share) * _band(rng.normal(0, 1, samples), 60, 5000)
    if event.kind == "voice":
        return loud * _voice(rng, samples)
    return None


def _band(wave: NDArray[np.float64], low_hz: float, high_hz: float) -> NDArray[np.float64]:
    """Return what of a noise lies in a band, with a deviation of 1."""
    spectrum = np.fft.rfft(wave)
    hertz = np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE)
    spectrum[(hertz < low_hz) | (hertz > high_hz)] = 0
    passed = np.fft.irfft(spectrum, len(wave))
    return passed / max(float(passed.std()), 1e-9)


def _voice(rng: np.random.Generator, samples: int) -> NDArray[np.float64]:
    """Return syllables of a gliding pitch through two formants, each begun by a hiss, with a pause now and then."""
    out = np.zeros(samples)
    at = 0
    while at < samples:
        count = min(int(rng.uniform(0.14, 0.24) * SAMPLE_RATE), samples - at)
        time = np.arange(count) / SAMPLE_RATE
        pitch = rng.uniform(100, 180) * 2 ** (rng.uniform(-1.5, 1.5) * time)
        spectrum = np.fft.rfft(np.diff(np.floor(np.cumsum(pitch) / SAMPLE_RATE), prepend=0))
        hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
        for formant in (rng.uniform(300, 800), rng.uniform(1000, 2200)):
            spectrum = spectrum / np.sqrt(1 + ((hertz - formant) / 100) ** 2)
        vowel = np.fft.irfft(spectrum, count) * np.minimum(1, np.minimum(time, count / SAMPLE_RATE - time) / 0.03)
        out[at : at + count] = vowel / max(float(np.abs(vowel).max()), 1e-9)
        out[at : at + count] += 0.1 * rng.normal(0, 1, count) * (time < 0.04)
        at += count + int(rng.choice([0, 0, 0, 0.25]) * SAMPLE_RATE)
    return out
