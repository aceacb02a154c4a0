"""Voices of characters: their own, the next one where it is missing, what a script says before all else."""

from collections.abc import Iterator

import numpy as np
import pytest
from tests.apps.talk.humming import Hum, deaf

from frameloom.apps.talk import voice as own_voices
from frameloom.apps.talk.characterfile import CharacterConfig
from frameloom.apps.talk.dialogue import Line, spoken
from frameloom.apps.talk.film import cast_of
from frameloom.apps.talk.script import Script
from frameloom.apps.talk.store import character_names, load_character
from frameloom.apps.talk.voice import voice_of, voices_of
from frameloom.core.config import validate
from frameloom.media.sound import SAMPLE_RATE
from frameloom.media.speech.spoken import Manner, Spoken
from frameloom.media.speech.voices import speaks


class Pitched(Hum):
    """Hums as high as it is asked to."""

    def speak(self, text: str, manner: Manner) -> Iterator[Spoken]:
        """Yield a tone of 220 Hz times the pitch."""
        (said,) = super().speak(text, manner.model_copy(update={"language": "en"}))
        times = np.arange(len(said.sound)) / said.rate
        tone = 0.1 * np.sin(2 * np.pi * 220 * manner.pitch * times)
        yield Spoken(tone.astype(np.float32)[:, None], said.rate, said.phonemes, said.words)


def looks(*voices: dict[str, object], **others: object) -> CharacterConfig:
    return validate(CharacterConfig, {"name": "X", "voice": list(voices) or [{}], **others}, "x.toml")


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have hibari and espeak, but no piper."""
    told = {("hibari", "en")} | {(f"espeak{of}", tongue) for of in ("", ":m3") for tongue in ("en", "de")}
    monkeypatch.setattr(own_voices, "speaks", lambda name, language: (name, language) in told)


THREE = ({"name": "piper", "pitch": 1.1}, {"name": "hibari", "pitch": 0.8, "pace": 0.9}, {"name": "espeak:m3"})


@pytest.mark.usefixtures("here")
def test_the_first_voice_that_is_here_and_speaks_the_language_is_taken() -> None:
    assert voice_of(looks(*THREE)).text() == "hibari, pitch 0.8, pace 0.9"
    assert voice_of(looks(*THREE), language="de").text() == "espeak:m3, de"
    assert voice_of(looks(*THREE, language="de")).manner.language == "de"
    alone = voice_of(looks({"name": "piper", "pitch": 1.1}))
    assert alone.record() == {"name": "auto", "language": "en", "pitch": 1.1, "pace": 1.0}
    assert voice_of(looks()).text() == "auto"


@pytest.mark.usefixtures("here")
def test_what_is_asked_for_goes_before_the_file() -> None:
    assert voice_of(looks(*THREE), pitch=1.5, pace=2.0).text() == "hibari, pitch 1.5, pace 2"
    assert voice_of(looks(*THREE), voice="piper").text() == "piper, pitch 1.1"
    assert voice_of(looks(*THREE), voice="espeak:f2").text() == "espeak:f2"
    assert voice_of(looks({"pitch": 1.3}), voice="espeak:f2").text() == "espeak:f2, pitch 1.3"


def test_one_table_is_a_list_of_one() -> None:
    assert validate(CharacterConfig, {"name": "X", "voice": {"pitch": 1.2}}, "x.toml") == looks({"pitch": 1.2})


def said(cast: dict[str, object]) -> list[Line]:
    turns = [{"who": name, "say": "one two three"} for name in cast]
    asked = validate(Script, {"cast": cast, "turns": turns}, "script")
    return list(spoken(asked, voices_of(asked, cast_of(asked)), deaf, lambda name, language: Pitched()))


def height(line: Line) -> float:
    """Return the frequency of a line's strongest tone, in Hz."""
    spectrum = np.abs(np.fft.rfft(line.sound * np.hanning(len(line.sound))))
    return float(np.argmax(spectrum)) * SAMPLE_RATE / len(line.sound)


def test_two_characters_differ_without_further_words_and_a_script_decides() -> None:
    ada, mira, low = said({"ada": {}, "mira": {"character": "mira"}, "low": {"character": "mira", "pitch": 0.5}})
    assert height(ada) == pytest.approx(220 * voice_of(load_character("ada").looks).manner.pitch, rel=0.01)
    assert height(mira) > 1.1 * height(ada)
    assert height(low) == pytest.approx(110, rel=0.01)
    assert len(mira.sound) < len(ada.sound)  # she speaks faster


def test_all_who_come_along_sound_different_in_every_language() -> None:
    for language in ("en", "de"):
        heard = [voice_of(load_character(name).looks, language=language) for name in character_names()]
        assert len({(one.name, one.manner.pitch) for one in heard}) == len(heard)


def test_english_voices_speak_english_alone() -> None:
    assert not speaks("hibari", "de")
    assert not speaks("piper", "zh-tw")
    assert not speaks("nobody", "en")
    assert speaks("espeak:f3", "de") == speaks("espeak", "en")
