"""Whether mouths and voices stay together in a long film, measured in the file itself.

    a voice that hums "ah", a pause, again and again for ten minutes --talk--> film.mp4
    its sound: where it begins anew       its pictures: where the mouth is half open       offset = mouth - sound

The face is green all over, so that what is red in a picture is the inside of its mouth: how much of it is seen grows
evenly with the opening, and neither a nod nor a raised brow counts. (How much a picture changes does not grow evenly:
half of that is there when the mouth is a fifth open, for lips part at once.) A mouth needs about 0.1 s to open and is
half open when the voice begins; a picture stays for 40 ms, and shows the middle of that time.
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
WIDTH, HEIGHT = 160, 96
BELOW_EYES = np.s_[20:]
"""Rows of a colour plane."""
BEFORE_S, LOOK_S = 0.3, 0.8
"""How long before a voice begins its mouth is looked at, and for how long."""
REST = 4
"""Pictures at the start of that in which the mouth is shut."""
FACE = """name = "green"
[head]
skin = "lime"
second = "lime"
blush = 0
[eyes]
color = "lime"
lashes = 0
[brows]
color = "lime"
[mouth]
color = "lime"
[hair]
style = "none"
[outfit]
color = "lime"
second = "lime"
accent = "lime"
[background]
kind = "plain"
color = "lime"
[manner]
energy = 0
expression = 0
gestures = 0
blinks_per_minute = 0
"""


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
    out, face = place / "long.mp4", place / "green.toml"
    face.write_text(FACE, encoding="utf-8")
    turns = [{"who": "green", "say": "ah", "pause": PAUSE_S}] * int(SECONDS / (SPOKEN_S + PAUSE_S))
    setting = {"width": WIDTH, "height": HEIGHT, "rate": RATE, "subtitles": "no", "video": {"speed": "draft"}}
    cast = {"green": {"character": str(face)}}
    script = validate(Script, {"cast": cast, "turns": turns, "setting": setting}, "sync")
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
        at_most(f"{title}, median", float(np.median(np.abs(offsets))), "ms", FRAME_MS / 2),
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
    red = np.array([float(picture.planes.v[BELOW_EYES].mean()) for picture in read_pictures(film)])
    for sound in sounds:
        first = max(int((sound - BEFORE_S) * RATE), 0)
        yield (first + _half_way(red[first : first + int(LOOK_S * RATE)])) / RATE


def _half_way(red: NDArray[np.float64]) -> float:
    """Return after how many pictures a mouth is half as far open as it comes, between the middles of two of them."""
    shut = float(np.median(red[:REST]))
    half = (shut + float(red.max())) / 2
    at = max(int(np.argmax(red > half)), 1)
    return at - 1 + float((half - red[at - 1]) / max(red[at] - red[at - 1], 1e-6)) + 0.5
