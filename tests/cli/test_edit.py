"""The editing commands, on small real files, from the command line to the file they leave."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from frameloom.apps.edit.interchange import read_timeline
from frameloom.media.files.formats import SoundFormat, VideoFormat
from frameloom.media.files.probe import probe
from frameloom.media.files.sink import write_media
from frameloom.media.planes import plain
from frameloom.media.sound import SAMPLE_RATE, silence

DRAFT = ("--set", "video.speed=draft")


class Answer(NamedTuple):
    code: int
    out: str
    err: str


Command = Callable[..., Answer]


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds with a tone in the first and the last second, and silence between."""
    path = tmp_path_factory.mktemp("files") / "talk.mp4"
    sound = silence(4 * SAMPLE_RATE)
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    sound[:SAMPLE_RATE] = sound[3 * SAMPLE_RATE :] = tone[:, None]
    pictures = [plain(96, 64, (60 + index, 90, 200 - index)) for index in range(100)]
    write_media(
        path, pictures, [sound], rate=25, width=96, height=64, video=VideoFormat(speed="draft"), audio=SoundFormat()
    )
    return path


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_an_example_renders_at_once(frameloom: Command) -> None:
    assert frameloom("edit", "new", "video.toml").code == 0
    assert frameloom("edit", "check", "video.toml").out == "video.toml: no problems\n"
    answer = frameloom("edit", "render", "video.toml", "-o", "video.mp4", "--set", "draft=4", *DRAFT)
    assert answer.code == 0, answer.err
    info = probe(Path("video.mp4"))
    assert (info.width, info.height, info.rate) == (320, 180, 30)
    assert (
        frameloom("edit", "new", "video.toml").err
        == "frameloom: video.toml: there is a file already; give another name\n"
    )


def test_cut_keeps_what_was_asked_for(frameloom: Command, talk: Path) -> None:
    answer = frameloom(
        "edit", "cut", talk, "--from", "1", "--to", "0:03.5", "--remove", "2-2.5", "-o", "cut.mp4", *DRAFT
    )
    assert answer.out == "cut.mp4: 0:02.00, 96x64 px, 50 pictures\n", answer.err
    assert probe(Path("cut.mp4")).duration == 2


def test_programs_are_told_what_was_made(frameloom: Command, talk: Path) -> None:
    answer = frameloom("edit", "cut", talk, "--to", "1.5", "-o", "cut.mp4", "--json", *DRAFT)
    assert json.loads(answer.out) == {
        "path": "cut.mp4", "duration": "1.52", "width": 96, "height": 64, "pictures": 38, "notes": [],
    }  # fmt: skip
    assert frameloom("edit", "cut", talk, "--to", "1.5", "-o", "cut.toml").code == 0
    record = json.loads(frameloom("edit", "render", "cut.toml", "-o", "cut.json", "--from", "1", "--json").out)
    assert record["duration"] == "1.5"
    assert record["notes"] == ["cut.json: holds the whole timeline; --from and --to say what is rendered"]


def test_join_overlaps_by_the_transition(frameloom: Command, talk: Path) -> None:
    answer = frameloom(
        "edit", "join", talk, talk, "--transition", "circleopen", "--duration", "0.5", "-o", "j.mp4", *DRAFT
    )
    assert "j.mp4: 0:07.52" in answer.out, answer.err


def test_join_chooses_and_says_why(frameloom: Command, talk: Path) -> None:
    answer = frameloom("edit", "join", talk, talk, "--auto", "--plan")
    assert answer.code == 0, answer.err
    assert "talk.mp4" in answer.out
    assert not list(Path().iterdir())
    record = json.loads(frameloom("edit", "join", talk, talk, "--auto", "--plan", "--json").out)
    assert record["tracks"][0]["items"][0]["reason"]


def test_tighten_takes_out_the_pause(frameloom: Command, talk: Path) -> None:
    answer = frameloom("edit", "tighten", talk, "-o", "tight.mp4", *DRAFT)
    assert answer.code == 0, answer.err
    assert float(probe(Path("tight.mp4")).duration) == pytest.approx(2 + 0.2 + 0.15, abs=0.1)


@pytest.mark.parametrize("name", ["cuts.otio", "cuts.toml", "cuts.edl", "cuts.xml", "cuts.json"])
def test_a_cut_list_is_written_as_a_timeline(frameloom: Command, talk: Path, name: str) -> None:
    answer = frameloom("edit", "tighten", talk, "-o", name)
    assert answer.code == 0, answer.err
    assert f"{name}: timeline of 0:02" in answer.out
    assert len(read_timeline(Path(name)).tracks[0].items) == 2


def test_preview_is_a_sheet_or_a_draft(frameloom: Command) -> None:
    frameloom("edit", "new", "video.toml")
    assert frameloom("edit", "preview", "video.toml", "-o", "sheet.png").out == "sheet.png\n"
    assert probe(Path("sheet.png")).width > 600
    assert "320x180" in frameloom("edit", "preview", "video.toml", "-o", "draft.mp4").out


def test_check_lists_problems_and_fails(frameloom: Command) -> None:
    Path("bad.toml").write_text(
        '[[tracks]]\n[[tracks.items]]\nsource = "no.mp4"\n[[tracks.items]]\nsource = {kind = "color"}\nspeed = 0\n',
        encoding="utf-8",
    )
    answer = frameloom("edit", "check", "bad.toml")
    assert answer.code == 2
    assert "problem: tracks[0].items[0].source: no.mp4: no such file" in answer.out
    assert "problem: tracks[0].items[1].speed: must be from 0.05 to 100, got 0" in answer.out
    record = json.loads(frameloom("edit", "check", "bad.toml", "--json").out)
    assert [problem["grave"] for problem in record["problems"]] == [True, True]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["render", "missing.toml"], "missing.toml"),
        (["render", "bad.toml"], "bad.toml: tracks[0].items[0].source"),
        (["cut", "missing.mp4"], "missing.mp4: no such file"),
        (["cut", "{talk}", "--from", "5"], "begins at 0:05.00 of 0:04.00; begin earlier"),
        (["cut", "{talk}", "--from", "x"], "start: not a time; write seconds (12.5)"),
        (["join", "{talk}", "--transition", "star-wipe"], "transition"),
        (["join", "{talk}", "{talk}", "--transition", "fade", "--duration", "9"], "too short"),
        (["tighten", "{talk}", "--by", "smell"], "by"),
        (["cut", "{talk}", "-o", "out.xyz"], "unknown suffix '.xyz'"),
        (["cut", "{talk}", "--set", "video.quality=900"], "video.quality"),
        (["cut", "{talk}", "--set", "video.qualty=9"], "did you mean 'quality'?"),
    ],
)
def test_bad_input_is_one_clear_line(frameloom: Command, talk: Path, words: list[str], expected: str) -> None:
    Path("bad.toml").write_text("[[tracks]]\n[[tracks.items]]\nsource = {kind = 'colour'}\n", encoding="utf-8")
    answer = frameloom("edit", *(word.format(talk=talk) for word in words))
    assert answer.code == 2
    assert expected in answer.err
    assert "Traceback" not in answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert not Path("out").exists()


def test_transitions_are_listed_and_drawn(frameloom: Command) -> None:
    names = frameloom("transitions", "--list").out.split()
    assert {"fade", "wipeleft", "radial", "dip", "morph", "matte", "film-burn"} <= set(names)
    assert frameloom("transitions", "fade", "dip", "-o", "sheet.png").code == 0
    assert probe(Path("sheet.png")).height > 100
    assert frameloom("transitions", "nonsense").code == 2


def test_probe_tells_streams_in_words_and_as_json(frameloom: Command, talk: Path) -> None:
    assert "h264 96x64" in frameloom("probe", talk).out
    record = json.loads(frameloom("probe", talk, "--json").out)
    assert (record["container"], record["duration"]) == ("mp4", "4")
    answer = frameloom("probe", "missing.mp4")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
