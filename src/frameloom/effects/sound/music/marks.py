r"""Sound marks: short sounds for titles, cuts, answers and counters, each with the moment that belongs on the picture.

whoosh, riser   ----/|\--   the accent is where it passes, or where it breaks off
all others      |\------    the accent is where it begins
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from frameloom.core.config import Config
from frameloom.effects.sound.music.chance import Chance
from frameloom.effects.sound.music.config import VERSION, KeyName
from frameloom.effects.sound.music.drums import TAKES, band, falling, stroke
from frameloom.effects.sound.music.harmony import TONICS, hertz
from frameloom.effects.sound.music.reverb import Reverb
from frameloom.effects.sound.music.tones import Note, Wave, bell, decay, eased, keys, marimba, strings, vibes
from frameloom.media.sound import SAMPLE_RATE, Sound

MarkName = Literal["whoosh", "tick", "pop", "chime", "correct", "wrong", "thud", "riser", "sting"]


class MarkConfig(Config):
    """A sound mark."""

    name: MarkName = "whoosh"
    """What it is: whoosh for cuts and titles that fly in, tick for counters, pop for bullets, chime for notices,
    correct and wrong for answers, thud for heavy titles, riser before a reveal, sting for the news."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    """Another seed is another of its kind."""
    key: KeyName = "C"
    """The tonic of those that have notes; give that of the music beneath."""


@dataclass(frozen=True)
class Mark:
    """A sound mark, rendered."""

    sound: Sound
    """At 48 kHz, (N, 2); its peak is at half of full scale."""
    accent: int
    """Number of the sample that belongs on the cut, the title's arrival, the answer."""


def mark(config: MarkConfig) -> Mark:
    """Return the sound mark of a name, a seed and a key."""
    chance = Chance(VERSION, "mark", config.name, config.seed)
    tonic = 60 + TONICS[config.key] - 12 * (TONICS[config.key] > 6)
    dry, accent, send = _MARKS[config.name](chance, tonic)
    fade = round(0.05 * SAMPLE_RATE)
    room = Reverb(0.9, 0.12)
    ringing = np.pad(dry, ((0, 0), (0, SAMPLE_RATE if send else 0)))
    mixed = ringing + room.heard((ringing.mean(axis=0) * np.float32(send)).astype(np.float32)) if send else ringing
    loud = np.flatnonzero(np.abs(mixed).max(axis=0) > 1e-3 * np.abs(mixed).max())
    mixed = mixed[:, : min(mixed.shape[1], int(loud[-1]) + fade)]
    for side in mixed:
        eased(side, 0.0, 0.05)
    return Mark(np.ascontiguousarray((mixed * (0.5 / np.abs(mixed).max())).T, np.float32), accent)


_Drawn = tuple[Note, int, float]
"""Samples (2, N), the accent's number, how much goes into the room."""


def _both(wave: Wave) -> Note:
    return np.stack([wave, wave])


def _notes(notes: list[tuple[float, Note, float]], seconds: float) -> Note:
    """Return notes added up: start in seconds, samples, gain."""
    out = np.zeros((2, round(seconds * SAMPLE_RATE)), np.float32)
    for start_s, note, gain in notes:
        begin = round(start_s * SAMPLE_RATE)
        count = min(note.shape[1], out.shape[1] - begin)
        out[:, begin : begin + count] += note[:, :count] * np.float32(gain)
    return out


def _passing(chance: Chance, seconds: float, peak: float, low_hz: float, high_hz: float) -> Note:
    """Return noise that comes, brightens, crosses from one side to the other and goes."""
    count = round(seconds * SAMPLE_RATE)
    place = np.arange(count, dtype=np.float32) / count
    near = np.where(place < peak, place / peak, (1 - place) / (1 - peak)).astype(np.float32)
    dark = band(chance.noise(count), low_hz, high_hz / 4)
    light = band(chance.noise(count), 2 * low_hz, high_hz) * np.square(near)
    wave = (dark + light) * near**3
    across = np.clip((place - peak) * 2.5 + 0.5, 0, 1) * (np.pi / 2)
    sides: Note = (np.stack([np.cos(across), np.sin(across)]) * wave).astype(np.float32)
    return sides if chance.uniform() < 0.5 else sides[::-1]


def _whoosh(chance: Chance, _: int) -> _Drawn:
    seconds, peak = chance.uniform(0.55, 0.8), chance.uniform(0.45, 0.6)
    note = _passing(chance, seconds, peak, chance.uniform(220, 380), chance.uniform(2600, 4200))
    return note, round(peak * note.shape[1]), 0.15


def _riser(chance: Chance, tonic: int) -> _Drawn:
    note = _passing(chance, 1.9, 0.97, 300, 4000)
    count = note.shape[1]
    tone = falling(count, hertz(tonic - 12), hertz(tonic), 0.9) * np.linspace(0, 1, count, dtype=np.float32) ** 3
    return note + 0.1 * eased(tone, 0.05, 0.06), round(0.97 * count), 0.2


def _tick(chance: Chance, _: int) -> _Drawn:
    takes = [int(chance.uniform(0, TAKES)) for _ in range(2)]
    return _notes([(0.0, stroke("rim", takes[0]), 1.0), (0.0, stroke("tick", takes[1]), 0.6)], 0.12), 0, 0.05


def _pop(chance: Chance, _: int) -> _Drawn:
    count, top = round(0.12 * SAMPLE_RATE), chance.uniform(700, 1000)
    return _both(eased(falling(count, top / 2.4, top, 0.012) * decay(count, 0.016), 0.002, 0.04)), 0, 0.08


def _chime(chance: Chance, tonic: int) -> _Drawn:
    steps = chance.pick(((12, 19), (19, 24), (16, 24)))
    gap_s = chance.uniform(0.09, 0.14)
    notes = [(gap_s * number, bell(hertz(tonic + above), 1, 0.4), 1.0) for number, above in enumerate(steps)]
    return _notes(notes, 2.0), 0, 0.3


def _correct(chance: Chance, tonic: int) -> _Drawn:
    steps = chance.pick(((7, 12, 16), (12, 16, 19), (4, 7, 12)))
    gap_s = chance.uniform(0.075, 0.105)
    times = (0.0, gap_s, 2 * gap_s)
    notes = [(at_s, marimba(hertz(tonic + above), 1, 0.6), 1.0) for at_s, above in zip(times, steps, strict=True)]
    notes += [(times[-1], bell(hertz(tonic + steps[-1] + 12), 1, 0.3), 0.5)]
    return _notes(notes, 2.0), 0, 0.25


def _wrong(chance: Chance, tonic: int) -> _Drawn:
    steps = chance.pick(((3, 0), (1, -4), (0, -5)))
    gap_s = chance.uniform(0.13, 0.19)
    notes = [(gap_s * number, keys(hertz(tonic - 12 + above), 0.25, 0.5), 1.0) for number, above in enumerate(steps)]
    return _notes(notes, 0.8), 0, 0.15


def _thud(chance: Chance, _: int) -> _Drawn:
    count = round(1.1 * SAMPLE_RATE)
    body = falling(count, chance.uniform(95, 125), chance.uniform(38, 46), 0.03) * decay(count, 0.14)
    body += np.float32(0.35) * falling(count, 260, 130, 0.02) * decay(count, 0.05)
    dust = band(chance.noise(count), 120, 1100) * decay(count, 0.045)
    return _both(eased(body + np.float32(1.6) * dust, 0.002, 0.3)), 0, 0.3


def _sting(chance: Chance, tonic: int) -> _Drawn:
    """Return a signal for the news: a rhythm on one note, then a wide chord over a drum."""
    beat = chance.uniform(0.13, 0.16)
    rhythm = chance.pick(((0, 1, 2), (0, 1.5, 2), (0, 0.5, 1, 2)))
    top = tonic + chance.pick((12, 7))
    notes = [(beat * at, marimba(hertz(top), 1, 0.8), 0.9) for at in rhythm]
    arrival = beat * 4
    notes += [(arrival, strings(hertz(tonic + above), 0.9, 0.6), 0.8) for above in (-12, 0, 7, 12, 14)]
    notes += [(arrival, vibes(hertz(tonic + 12 + 7), 1, 0.6), 0.6), (arrival, stroke("tom", 1), 1.2)]
    notes += [(0.0, stroke("soft_kick", 0), 0.7), (arrival, stroke("cymbal", 0), 0.5)]
    return _notes(notes, arrival + 2.0), round(arrival * SAMPLE_RATE), 0.25


_MARKS: dict[MarkName, Callable[[Chance, int], _Drawn]] = {
    "whoosh": _whoosh,
    "tick": _tick,
    "pop": _pop,
    "chime": _chime,
    "correct": _correct,
    "wrong": _wrong,
    "thud": _thud,
    "riser": _riser,
    "sting": _sting,
}
