"""Whose voice is heard, and how loud: of who is seen, else of the first presenter, unless the storyboard names one."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.apps.talk.humming import Hum

from frameloom.apps.compose.speaking import Speaker
from frameloom.apps.compose.storyboard import Storyboard
from frameloom.apps.recorded import levelled
from frameloom.apps.talk.store import load_character
from frameloom.apps.talk.voice import OwnVoice, voice_of
from frameloom.media.ffmpeg import measure_loudness
from frameloom.media.files.source import read_sound
from frameloom.media.sound import SAMPLE_RATE
from frameloom.media.speech.spoken import Manner, Spoken


class Noting(Hum):
    """Notes how it is asked to speak."""

    def __init__(self, name: str, said: list[tuple[str, Manner]]) -> None:
        super().__init__()
        self.name, self.said = name, said

    def speak(self, text: str, manner: Manner) -> Iterator[Spoken]:
        """Hum, and note the manner."""
        self.said.append((self.name, manner))
        yield from super().speak(text, manner)


def own(name: str) -> OwnVoice:
    return voice_of(load_character(name).looks)


def heard(folder: Path, **settings: object) -> list[tuple[str, Manner]]:
    beats = [
        {"say": "Somebody speaks."},
        {"say": "A robot speaks.", "scene": {"kind": "presenter", "character": "kip"}},
        {"say": "A man speaks.", "scene": {"kind": "presenter", "character": "bruno"}},
    ]
    board = Storyboard.model_validate({**settings, "beats": beats})
    said: list[tuple[str, Manner]] = []
    names = ("hibari", own("kip").name, own("bruno").name, "a voice for en")
    speaker = Speaker(board, folder, folder, {name: Noting(name, said) for name in names})
    assert all(speaker.narrate(beat) is not None for beat in board.beats)
    return said


def test_presenters_speak_with_their_own_voices_and_the_first_of_them_tells_the_rest(tmp_path: Path) -> None:
    assert heard(tmp_path) == [(one.name, one.manner) for one in (own("kip"), own("kip"), own("bruno"))]


def test_a_storyboard_that_names_a_voice_or_a_pitch_has_it(tmp_path: Path) -> None:
    assert heard(tmp_path, voice="hibari") == [("hibari", Manner())] * 3
    assert [manner.pitch for _, manner in heard(tmp_path, pitch=1.0)] == [1.0] * 3


@pytest.mark.parametrize("loud", [0.02, 0.1, 0.9])
@pytest.mark.parametrize("text", ["Yes.", "The river rose last night."])
def test_whoever_speaks_is_as_loud_and_music_lies_as_far_below(tmp_path: Path, loud: float, text: str) -> None:
    board = Storyboard.model_validate({"voice": "hum", "pace": 2.0, "beats": [{"say": text}]})
    narration = Speaker(board, tmp_path, tmp_path, {"hum": Hum(loud)}).narrate(board.beats[0])
    assert narration is not None
    assert narration.sound is not None
    sound = np.concatenate(list(read_sound(narration.sound, channels=1)))
    assert len(sound) == narration.duration * SAMPLE_RATE
    again = np.concatenate([sound] * 4)  # a quarter of a second has no loudness
    assert measure_loudness([again], channels=1).integrated_lufs == pytest.approx(-24, abs=0.3)


def test_silence_stays_silent() -> None:
    assert not levelled(np.zeros((480, 1), np.float32), SAMPLE_RATE).any()
    assert levelled(np.zeros((0, 1), np.float32), SAMPLE_RATE).shape == (0, 1)
