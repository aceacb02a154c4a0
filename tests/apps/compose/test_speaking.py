"""Whose voice is heard: that of who is seen, else of the first presenter, unless the storyboard names one."""

from collections.abc import Iterator
from pathlib import Path

from tests.apps.talk.humming import Hum

from frameloom.apps.compose.speaking import Speaker
from frameloom.apps.compose.storyboard import Storyboard
from frameloom.apps.talk.store import load_character
from frameloom.apps.talk.voice import OwnVoice, voice_of
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
