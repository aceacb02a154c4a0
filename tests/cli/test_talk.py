"""The commands for talking characters: a film is made and opened, and bad input gets one line."""

import json
from pathlib import Path
from typing import Any

import pytest

from frameloom.media.files.probe import probe

SMALL = ("--set", "setting.width=160", "--set", "setting.height=96", "--set", "setting.rate=10")
DRAFT = ("--set", "setting.video.speed=draft")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_text_becomes_a_film(frameloom: Any, home: Path) -> None:
    words = ("talk", "--text", "Hello there.", "--character", "mira", "-o", "a.mp4", "--visemes", "a.json")
    answer = frameloom(*words, *SMALL, *DRAFT, "--json")
    assert answer.code == 0, answer.err
    assert json.loads(answer.out.splitlines()[-1])["width"] == 160
    info = probe(home / "a.mp4")
    assert info.video is not None
    assert len(info.sounds) == 1
    assert [stream.language for stream in info.subtitles] == ["eng"]
    names = {name for _, name in json.loads((home / "a.json").read_text())["cues"]}
    assert {"sil", "E", "O", "RR"} <= names  # hello there


def test_mouths_alone_need_no_film(frameloom: Any, home: Path) -> None:
    answer = frameloom("talk", "--text", "Hello there.", "--visemes", "a.json", "--json")
    assert json.loads(answer.out.splitlines()[-1]) == {"paths": ["a.json"]}
    assert [path.name for path in home.iterdir()] == ["a.json"]


def test_a_recording_of_known_words_has_subtitles(frameloom: Any, home: Path) -> None:
    assert frameloom("say", "Good morning, Kip.", "-o", "a.wav").code == 0
    answer = frameloom("talk", "--text", "Good morning, Kip.", "--audio", "a.wav", "--srt", "a.srt")
    assert answer.code == 0, answer.err
    assert (home / "a.srt").read_text(encoding="utf-8").splitlines()[2] == "Good morning, Kip."


def test_a_script_is_written_checked_and_filmed(frameloom: Any, home: Path) -> None:
    assert frameloom("talk", "new", "two.toml").code == 0
    answer = frameloom("talk", "check", "two.toml")
    assert answer.out.startswith("two.toml: 4 turns of 2 characters")
    short = ("--set", 'turns=[{who="ada", say="Yes."}, {who="kip", say="No."}]')
    answer = frameloom("talk", "two.toml", "-o", "two.mp4", *SMALL, *DRAFT, *short)
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[-1].startswith("two.mp4: ")
    assert dict(probe(home / "two.mp4").metadata)["title"] == "What is a GAN?"


MISTAKEN = """\
[setting]
width = 33
background = "wall.png"
[cast.ada]
character = "adda"
voice = "hibary"
[cast.kip]
language = "xx"
[cast.noor]
voice = "hibari"
language = "de"
[[turns]]
who = "ada"
say = "Hi."
mood = "hapy"
[[turns]]
who = "bob"
say = " "
[[turns]]
who = "kip"
to = "kip"
sound = "nope.wav"
[[turns]]
who = "noor"
say = "Hi."
pace = 3
"""


def test_all_mistakes_of_a_script_are_told_at_once_with_their_lines(frameloom: Any, home: Path) -> None:
    (home / "bad.toml").write_text(MISTAKEN)
    for words in (("check", "bad.toml"), ("bad.toml", "-o", "bad.mp4")):
        answer = frameloom("talk", *words)
        assert answer.code == 2
        told = [line.removeprefix("frameloom: ").split(": ")[:2] for line in answer.err.splitlines()]
        assert told == [
            ["bad.toml:2", "setting.width"],
            ["bad.toml:3", "setting.background"],
            ["bad.toml:5", "cast.ada.character"],
            ["bad.toml:6", "cast.ada.voice"],
            ["bad.toml:8", "cast.kip.language"],
            ["bad.toml:11", "cast.noor.language"],
            ["bad.toml:15", "turn 1"],
            ["bad.toml:16", "turn 2"],
            ["bad.toml:17", "turn 2"],
            ["bad.toml:21", "turn 3"],
            ["bad.toml:22", "turn 3"],
            ["bad.toml:26", "turn 4"],
        ]
    assert [path.name for path in home.iterdir()] == ["bad.toml"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--text", ""), "--text says nothing; give words"),
        (("--text", "Hi.", "--audio", "a.wav"), "--audio: a.wav: no such file"),
        (("a.toml", "--text", "Hi."), "give a script, or --text, --audio, or both"),
        (("--text", "Hi.", "--character", "adda"), "adda: unknown character; did you mean 'ada'?"),
        (("--text", "Hi.", "--voice", "carl"), "--voice: unknown voice 'carl'; give auto, hibari"),
        (("--text", "Hi.", "--lang", "xx-yy"), "--language: language 'xx-yy': espeak does not speak it"),
        (("--text", "!?"), "turn 1 (speaker): text '!?'"),
        (("--audio", "nope.wav"), "--audio: nope.wav: no such file"),
        (("--text", "Hi.", "-o", "a.gif"), "a.gif: a .gif file holds no sound"),
        (("--text", "Hi.", "-o", "a.xyz"), "a.xyz: unknown suffix '.xyz'; known: .mp4, .mov, .mkv, .webm"),
        (("nope.toml",), "nope.toml: cannot be read"),
        (("nope.toml", "--pitch", "2"), "--pitch goes with --text or --audio; here, --set cast.NAME.pitch=..."),
        (("--text", "Hi.", "--pitch", "9"), "--pitch: input should be less than or equal to 2, got 9"),
    ],
)  # fmt: skip
def test_bad_input_gets_one_line_and_leaves_nothing(
    words: tuple[str, ...], line: str, frameloom: Any, home: Path
) -> None:
    answer = frameloom("talk", *words, *SMALL)
    assert answer.code == 2
    assert line in answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert list(home.iterdir()) == []


def test_no_output_is_an_input_or_another_output(frameloom: Any, home: Path) -> None:
    frameloom("talk", "new", "two.toml")
    before = (home / "two.toml").read_bytes()
    for words, line in (
        (("two.toml", "-o", "a.mp4", "--srt", "two.toml"), "two.toml: would overwrite two.toml, which is read for it"),
        (("two.toml", "-o", "a.mp4", "--visemes", "v.json", "--srt", "v-kip.json"), "v-kip.json: is asked for twice"),
        (("--text", "Hi.", "-o", "a.mp4", "--srt", "a.mp4"), "a.mp4: is asked for twice; give each its own name"),
        (("--text", "Hi.", "-o", "two.toml/a.mp4"), "is a file); choose another place"),
    ):
        answer = frameloom("talk", *words)
        assert answer.code == 2
        assert line in answer.err
        assert len(answer.err.strip().splitlines()) == 1
    assert (home / "two.toml").read_bytes() == before
    assert [path.name for path in home.iterdir()] == ["two.toml"]


def test_a_character_is_no_script_and_a_cast_has_its_limit(frameloom: Any, home: Path) -> None:
    frameloom("characters", "new", "zoe.toml")
    answer = frameloom("talk", "zoe.toml")
    assert answer.err.startswith("frameloom: zoe.toml: a character, not a script; see it with")
    cast = "".join(f"[cast.{name}]\n" for name in "abcde")
    (home / "five.toml").write_text(f'{cast}[[turns]]\nwho = "a"\nsay = "Hi."\n')
    answer = frameloom("talk", "check", "five.toml")
    assert answer.err == "frameloom: five.toml:1: cast: holds 5; give 4 at most\n"


def test_the_command_that_goes_on_can_be_copied(frameloom: Any) -> None:
    assert "`frameloom talk 'my script.toml' -o film.mp4`" in frameloom("talk", "new", "my script.toml").out
