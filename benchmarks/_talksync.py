"""Whether mouths and voices stay together in a long film, measured in the file itself.

    a voice that hums "ah", a pause, again and again for ten minutes --talk--> film.mp4
    its sound: where it begins anew       its pictures: where the mouth is half open       offset = mouth - sound

A mouth needs about 0.1 s to open and is half open when the voice begins; a picture stays for 40 ms.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from _record import Bar, Row, amount, at_least, at_most, row
from frameloom.apps.talk.film import TalkConfig, talk
from frameloom.apps.talk.hearing import listening
from frameloom.apps.talk.script import Script
from frameloom.core.config import validate
from frameloom.media.files.source import read_pictures, read_sound
from frameloom.media.sound import SAMPLE_RATE
from frameloom.media.speech.spoken import Manner, Phoneme, Spoken, Word

SECONDS = int(amount(60, 600, 600))
RATE = 25
SPOKEN_S, PAUSE_S = 1.0, 3.5
FRAME_MS = 1000 / RATE
VOICE_RATE = 24_000
MOUTH = np.s_[36:49, 70:90]
"""Of a picture of 160x96 px."""


class Ah:
    """A voice that hums one long "ah"."""

    name = "ah"

    def speak(self, text: str, manner: Manner) -> Iterator[Spoken]:
        """Yield a second of it."""
        tone = 0.1 * np.sin(np.arange(int(SPOKEN_S * VOICE_RATE)) * (2 * np.pi * 440 / VOICE_RATE))
        span = Fraction(0), Fraction(SPOKEN_S)
        yield Spoken(tone.astype(np.float32)[:, None], VOICE_RATE, (Phoneme("a", *span),), (Word("ah", *span),))


def sync(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return how far mouths are from voices over a long film, and whether that grows."""
    out = place / "long.mp4"
    turns = [{"who": "ada", "say": "ah", "pause": PAUSE_S}] * int(SECONDS / (SPOKEN_S + PAUSE_S))
    setting = {"width": 160, "height": 96, "rate": RATE, "subtitles": "no", "video": {"speed": "draft"}}
    script = validate(Script, {"cast": {"ada": {}}, "turns": turns, "setting": setting}, "sync")
    talk(script, TalkConfig(out=out), listening(), "json", lambda name, language: Ah())
    sounds = begins(out)
    offsets = [1000 * (opening - sound) for sound, opening in zip(sounds, openings(out, sounds), strict=True)]
    third = max(len(offsets) // 3, 1)
    drift = float(np.median(offsets[-third:]) - np.median(offsets[:third]))
    title = f"mouth after voice over {SECONDS / 60:g} minutes"
    note = f"{len(offsets)} times, from the file; {RATE} pictures/s; less than 0: the mouth is first"
    rows = [row(title, "ms", offsets, note), row("its drift, first to last third", "ms", [drift])]
    bars = [
        at_least("utterances found", len(sounds) / len(turns), "of those said", 1.0),
        at_most(f"{title}, median", float(np.median(np.abs(offsets))), "ms", FRAME_MS),
        at_most(f"{title}, worst", float(np.max(np.abs(offsets))), "ms", FRAME_MS),
        at_most("its drift, first to last third", abs(drift), "ms", FRAME_MS),
    ]
    return rows, bars


def begins(film: Path) -> list[float]:
    """Return when the sound of a film begins anew, in s."""
    found: list[float] = []
    heard = -SAMPLE_RATE
    done = 0
    for block in read_sound(film, channels=1):
        for at in np.flatnonzero(np.abs(block[:, 0]) > 0.02) + done:
            if at - heard > SAMPLE_RATE:
                found.append(float(at) / SAMPLE_RATE)
            heard = int(at)
        done += len(block)
    return found


def openings(film: Path, sounds: list[float]) -> Iterator[float]:
    """Yield when the mouth is half open nearest to each beginning, in s."""
    mouths = np.array([picture.planes.y[MOUTH] for picture in read_pictures(film)], np.int16)
    for sound in sounds:
        first = max(int((sound - 0.3) * RATE), 0)
        shown = mouths[first : first + int(0.8 * RATE)]
        yield (first + _half_way(np.abs(shown - shown[0]).mean((1, 2)))) / RATE


def _half_way(change: NDArray[np.float64]) -> float:
    """Return at which picture a change reaches half of what it comes to, between two pictures."""
    most = float(np.median(change[-5:]))
    at = int(np.argmax(change > most / 2))
    before = change[max(at - 1, 0)]
    return at - 1 + float((most / 2 - before) / max(change[at] - before, 1e-6)) + 0.5
