"""Ten minutes of film: its mouths open when its voices begin, at the end as at the start, in the file itself."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.apps.talk.humming import Hum, deaf

from frameloom.apps.talk.film import Stages, TalkConfig, talk
from frameloom.apps.talk.script import Script
from frameloom.core.config import validate
from frameloom.media.files.source import read_pictures, read_sound
from frameloom.media.planes import Planes
from frameloom.media.sound import SAMPLE_RATE

RATE = Fraction(24_000, 1001)
MINUTES = 10


def mouth_as_light(self: Stages, number: int) -> Planes:
    """Return a picture as light as the mouth is open: what a film shows, without the cost of drawing it."""
    time = float((number + Fraction(1, 2)) / self.rate)
    curves = self.behaviours["ada"].curves
    assert curves is not None
    level = np.full((96, 96), round(200 * min(curves.at(time, self.behaviours["ada"].frame_s).open, 1.0)), np.uint8)
    grey = np.full((48, 48), 128, np.uint8)
    return Planes(level, grey, grey)


def test_mouths_open_when_voices_begin_even_after_ten_minutes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stages, "picture", mouth_as_light)
    out = tmp_path / "long.mp4"
    turns = [{"who": "ada", "say": "one two three.", "pause": 58.637}] * (MINUTES + 1)
    setting = {"width": 96, "height": 96, "rate": RATE, "subtitles": "no", "video": {"speed": "draft"}}
    asked = validate(Script, {"cast": {"ada": {}}, "turns": turns, "setting": setting}, "script")
    talk(asked, TalkConfig(out=out), deaf, "lines", lambda name, language: Hum())
    sounds = np.concatenate([np.abs(block[:, 0]) > 0.02 for block in read_sound(out, channels=1)]).nonzero()[0]
    begins = sounds[np.diff(sounds, prepend=-SAMPLE_RATE) >= SAMPLE_RATE] / SAMPLE_RATE
    light = np.array([picture.planes.y[40, 40] for picture in read_pictures(out)], float)
    opens = (np.flatnonzero(np.diff((light > light.max() / 2).astype(int)) == 1) + 1) / float(RATE)
    assert len(begins) == len(opens) == MINUTES + 1
    assert begins[-1] > 59 * MINUTES
    assert np.abs(opens - begins).max() <= float(1 / RATE)
