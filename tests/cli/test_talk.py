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


def test_a_script_is_written_checked_and_filmed(frameloom: Any, home: Path) -> None:
    assert frameloom("talk", "new", "two.toml").code == 0
    answer = frameloom("talk", "check", "two.toml")
    assert answer.out.startswith("two.toml: 4 turns of 2 characters")
    short = ("--set", 'turns=[{who="ada", say="Yes."}, {who="kip", say="No."}]')
    answer = frameloom("talk", "two.toml", "-o", "two.mp4", *SMALL, *DRAFT, *short)
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[-1].startswith("two.mp4: ")
    assert dict(probe(home / "two.mp4").metadata)["title"] == "What is a GAN?"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--text", ""), "--text says nothing; give words"),
        (("--text", "Hi.", "--audio", "a.wav"), "give one of a script, --text and --audio"),
        (("--text", "Hi.", "--character", "adda"), "adda: unknown character; did you mean 'ada'?"),
        (("--text", "Hi.", "--voice", "carl"), "turn 1 (speaker): voice 'carl': unknown"),
        (("--text", "Hi.", "--lang", "xx-yy"), "turn 1 (speaker): language 'xx-yy': espeak does not speak it"),
        (("--text", "!?"), "turn 1 (speaker): text '!?'"),
        (("--audio", "nope.wav"), "turn 1 (speaker): nope.wav: no such file"),
        (("--text", "Hi.", "-o", "a.gif"), "a.gif: holds no subtitle track"),
        (("--text", "Hi.", "-o", "a.xyz"), "a.xyz: "),
        (("nope.toml",), "nope.toml: cannot be read"),
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
