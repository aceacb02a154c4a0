"""The words of a recording are found in it, whoever speaks: measured on speech whose times are known."""

from pathlib import Path

import numpy as np
import pytest
from tests.apps.talk.humming import Hum, deaf

from frameloom.apps import aligned
from frameloom.apps.recorded import Mono
from frameloom.apps.talk.dialogue import Dialogue, spoken
from frameloom.apps.talk.film import cast_of
from frameloom.apps.talk.hearing import listening
from frameloom.apps.talk.recording import placed
from frameloom.apps.talk.script import Script
from frameloom.apps.talk.voice import voices_of
from frameloom.core.config import validate
from frameloom.core.errors import MediaError
from frameloom.effects.sound.resample import resampled
from frameloom.media.files.sink import write_media
from frameloom.media.sound import SAMPLE_RATE
from frameloom.media.speech.espeak import EspeakVoice
from frameloom.media.speech.hibari import HibariVoice
from frameloom.media.speech.spoken import Manner, Spoken, Voice, joined
from frameloom.media.speech.track import track_of

TEXT = "Good morning, everybody. A bridge that works well is simply forgotten; people pass by it every day."


@pytest.fixture(autouse=True)
def no_recogniser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aligned, "recogniser_of", lambda language: None)


@pytest.fixture(scope="module")
def said() -> Spoken:
    """Return the text by another voice than the one that it is compared with."""
    return joined(HibariVoice().speak(TEXT, Manner(pace=0.9)))


def mono(said: Spoken) -> Mono:
    return resampled(said.sound.mean(axis=1), said.rate, SAMPLE_RATE)


def espeak() -> Voice:
    return EspeakVoice()


def nobody() -> Voice:
    raise MediaError("nobody speaks here")


def test_words_and_lips_follow_a_recording_closer_than_what_is_heard_of_it_alone(said: Spoken) -> None:
    sound, truth = mono(said), track_of(said)
    heard = listening()(sound)
    found, track, note = placed("a.wav", TEXT, sound, heard, "en", espeak)
    assert note == ""
    assert [word.text.strip(",.;") for word in found.words] == [word.text.strip(",.;") for word in said.words]
    late = [abs(float(one.start - other.start)) for one, other in zip(found.words, said.words, strict=True)]
    assert np.mean(late) < 0.06
    shared = [np.minimum(one.weights, truth.weights).sum(1).mean() for one in (track, heard)]
    assert shared[0] > shared[1] + 0.04


def test_words_of_another_recording_are_told(said: Spoken) -> None:
    sound = mono(said)
    heard = listening()(sound)
    other = "It will snow on Thursday. Take your warm clothes and do not walk on thin ice near the shore of the lake."
    found, track, note = placed("a.wav", other, sound, heard, "en", espeak)
    assert note == "a.wav: little of 'It will snow on Thursday. Take your warm' is heard in it; are these its words?"
    assert track is heard
    assert len(found.words) == len(other.split())


def test_without_a_voice_words_are_spread_over_what_is_heard(said: Spoken) -> None:
    sound = mono(said)
    found, track, note = placed("a.wav", TEXT, sound, deaf(sound), "en", nobody)
    assert (len(found.words), len(track.weights), note) == (len(TEXT.split()), len(deaf(sound).weights), "")


def test_a_turn_with_a_recording_of_its_words_has_captions(said: Spoken, tmp_path: Path) -> None:
    write_media(tmp_path / "a.wav", None, [mono(said)[:, None]], channels=1)
    turn = {"who": "ada", "say": TEXT, "sound": str(tmp_path / "a.wav")}
    asked = validate(Script, {"cast": {"ada": {}}, "turns": [turn]}, "script")
    lines = tuple(spoken(asked, voices_of(asked, cast_of(asked)), deaf, lambda name, language: Hum()))
    assert " ".join(cue.text for cue in Dialogue(asked, lines).cues) == TEXT
    assert lines[0].note.endswith("are these its words?")  # an O all the time
    assert len(lines[0].sound) == len(mono(said))
