"""Dialogues as they are heard: lines keep to the clock, mouths to the lines, captions to the words as written."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.apps.talk.humming import Hum, deaf

from frameloom.apps.recorded import recording
from frameloom.apps.talk.dialogue import LEAD, TAIL, Dialogue, spoken
from frameloom.apps.talk.film import cast_of
from frameloom.apps.talk.script import Script, ask
from frameloom.apps.talk.voice import voices_of
from frameloom.core.config import validate
from frameloom.core.errors import ConfigError, MediaError
from frameloom.media.files.sink import write_media
from frameloom.media.sound import SAMPLE_RATE
from frameloom.media.visemes import RATE, VISEMES


def script(*turns: dict[str, object], **setting: object) -> Script:
    return validate(Script, {"cast": {"ada": {}, "kip": {}}, "turns": list(turns), "setting": setting}, "script")


def heard(asked: Script, loud: float = 0.1) -> Dialogue:
    cast = voices_of(asked, cast_of(asked))
    return Dialogue(asked, tuple(spoken(asked, cast, deaf, lambda name, language: Hum(loud))))


def test_lines_follow_on_each_other_and_films_end_with_a_whole_picture() -> None:
    asked = script({"who": "ada", "say": "one two", "pause": 0.5}, {"who": "kip", "say": "three"}, rate=24)
    dialogue = heard(asked)
    first, second = dialogue.lines
    assert (first.start, first.stop, second.start) == (LEAD, LEAD + 1, LEAD + Fraction(3, 2))
    assert dialogue.duration * 24 % 1 == 0
    assert 0 <= dialogue.duration - second.stop - TAIL < Fraction(1, 24)
    assert sum(len(block) for block in dialogue.blocks()) == dialogue.duration * SAMPLE_RATE


def test_mouths_move_while_their_own_lines_are_heard() -> None:
    dialogue = heard(script({"who": "ada", "say": "one two"}, {"who": "kip", "say": "three"}))
    sound = np.concatenate(list(dialogue.blocks()))[:, 0]
    loud = np.sqrt(np.square(sound[: len(sound) // 480 * 480]).reshape(-1, 480).mean(1)) > 0.01
    ada, kip = (dialogue.track(who) for who in ("ada", "kip"))
    speaks = [track.weights[: len(loud), VISEMES.index("aa")] > 0.5 for track in (ada, kip)]
    assert not (speaks[0] & speaks[1]).any()
    assert ((speaks[0] | speaks[1]) != loud).sum() <= 4  # rows at the ends of the lines
    assert all(track.duration == -(-dialogue.duration * RATE // 1) / Fraction(RATE) for track in (ada, kip))
    assert np.allclose(ada.weights.sum(1), 1)


def test_captions_show_what_was_written_when_it_is_said() -> None:
    dialogue = heard(script({"who": "ada", "say": "Well, hello there. How   are you?"}))
    assert [(float(cue.start), float(cue.end), cue.text) for cue in dialogue.cues] == [
        (0.5, 2.0, "Well, hello there."),
        (2.0, 3.5, "How are you?"),
    ]
    assert dialogue.turns[0].breaks == (2,)


def test_a_long_sentence_is_cut_into_captions() -> None:
    cues = heard(script({"who": "ada", "say": " ".join(["word"] * 40) + "."})).cues
    assert len(cues) >= 3
    assert all(len(cue.text) <= 72 and cue.end - cue.start <= 6 for cue in cues)
    assert " ".join(cue.text for cue in cues) == " ".join(["word"] * 40) + "."


def test_captions_are_of_about_one_length_and_no_short_sentence_stands_alone() -> None:
    words = "one two three four five six seven, eight nine ten eleven twelve thirteen fourteen"
    cues = heard(script({"who": "ada", "say": f"{words}.", "pace": 2})).cues
    assert [cue.text for cue in cues] == [
        "one two three four five six seven,",
        "eight nine ten eleven twelve thirteen fourteen.",
    ]
    short = heard(script({"who": "ada", "say": "Yes. I think so. And you, do you too? No.", "pace": 1}))
    assert [cue.text for cue in short.cues] == ["Yes. I think so.", "And you, do you too? No."]
    assert [float(at) for at in short.turns[0].breaks] == [1.0, 2.5, 5.0]


def test_all_are_equally_loud() -> None:
    soft, loud = (heard(script({"who": "ada", "say": "one two three"}), level).lines[0].sound for level in (0.02, 0.9))
    assert np.abs(soft).max() == pytest.approx(np.abs(loud).max(), rel=0.03)
    assert np.abs(loud).max() < 1


def test_a_recording_takes_the_place_of_a_voice(tmp_path: Path) -> None:
    tone = (0.2 * np.sin(np.arange(SAMPLE_RATE // 2) / 20)).astype(np.float32)[:, None]
    write_media(tmp_path / "voice.wav", None, [tone], channels=1)
    (line,) = heard(script({"who": "ada", "sound": str(tmp_path / "voice.wav")})).lines
    assert len(line.sound) == SAMPLE_RATE // 2
    assert set(line.track.labels) == {VISEMES.index("O")}
    assert line.cues == ()


def test_what_cannot_be_said_names_its_turn(tmp_path: Path) -> None:
    asked = validate(Script, ask(None, text="Hello.", member={"language": "fr"}), "talk")
    with pytest.raises(ConfigError, match=r"turn 1 \(speaker\): language 'fr': hums in English alone"):
        heard(asked)
    with pytest.raises(ConfigError, match=r"turn 1 \(ada\): .*nope.wav: no such file"):
        heard(script({"who": "ada", "sound": "nope.wav"}))
    with pytest.raises(ConfigError, match=r"turn 1: a pace of 4 in all; give 0\.5 to 2"):
        heard(
            validate(Script, {"cast": {"ada": {"pace": 2}}, "turns": [{"who": "ada", "say": "a", "pace": 2}]}, "script")
        )
    with pytest.raises(MediaError, match="no such file"):
        recording(tmp_path / "nope.wav")
