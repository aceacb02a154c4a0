"""Films of storyboards from the command line: all that is written is opened, and bad input gets its lines."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from frameloom.media.files.source import probe

STORY = """\
title = "Rain"
voice = "none"
side = 64
rate = 5
marks = false
[[beats]]
say = "Rain."
scene = { kind = "title", title = "Rain" }
[[beats]]
say = "Sun."
scene = { kind = "title", title = "Sun" }
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "story.toml").write_text(STORY, encoding="utf-8")
    return tmp_path


def test_a_film_comes_of_a_storyboard(frameloom: Any, home: Path) -> None:
    answer = frameloom("compose", "story.toml", "-o", "out", "--set", "video.speed=draft")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[-1].startswith("out/story.mp4: 0:0")
    assert ", 2 beats, 114x64 px, " in answer.out
    assert probe(home / "out/story.mp4").videos[0].width == 114


def test_json_says_all(frameloom: Any, home: Path) -> None:
    answer = frameloom("compose", "story.toml", "-o", "film.mp4", "--aspect", "1:1", "--json")
    record = json.loads(answer.out.splitlines()[-1])
    assert record["path"] == "film.mp4"
    assert (record["width"], record["height"], record["beats"]) == (64, 64, 2)
    assert "film.srt" in record["files"]


def test_check_tells_all_lines_and_exits_with_two(frameloom: Any, home: Path) -> None:
    assert frameloom("compose", "check", "story.toml").out == "story.toml: 2 beats, no problems\n"
    (home / "bad.toml").write_text('titel = "x"\n[[beats]]\nsay = "x"\nlength = -1\n', encoding="utf-8")
    answer = frameloom("compose", "check", "bad.toml", "--json")
    assert [one["line"] for one in json.loads(answer.out)["problems"]] == [1, 4]
    answer = frameloom("compose", "bad.toml")
    assert answer.code == 2
    assert answer.err.startswith("frameloom: bad.toml:1: titel: unknown setting; did you mean 'title'?\nbad.toml:4: ")


def test_preview(frameloom: Any, home: Path) -> None:
    answer = frameloom("compose", "preview", "story.toml", "-o", "look", "--sheet")
    assert answer.out == "look/story.sheet.png: 2 beats\n"
    assert not list((home / "look").glob("*.mp4"))


@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")
@pytest.mark.parametrize("kind", ["news", "advert", "lesson"])
def test_new_writes_a_storyboard_that_works(frameloom: Any, home: Path, kind: str) -> None:
    answer = frameloom("compose", "new", kind, "mine")
    assert answer.out.startswith("mine/story.toml: make it with `frameloom compose mine/story.toml")
    assert frameloom("compose", "check", "mine/story.toml").code == 0
    again = frameloom("compose", "new", kind, "mine")
    assert again.code == 2
    assert "is there already" in again.err


def test_new_in_another_language(frameloom: Any, home: Path) -> None:
    assert frameloom("compose", "new", "advert", "mine", "--lang", "zh").code == 0
    assert 'language = "zh"' in (home / "mine/story.toml").read_text(encoding="utf-8")
    assert "comes in en, zh" in frameloom("compose", "new", "news", "other", "--lang", "fr").err
    assert "did you mean 'news'?" in frameloom("compose", "new", "nws", "other").err


def test_schema(frameloom: Any, home: Path) -> None:
    schema = json.loads(frameloom("compose", "schema").out)
    assert schema["title"] == "Frameloom storyboard"
    assert {"title", "beats", "music", "voice"} <= set(schema["properties"])
    assert frameloom("compose", "schema", "-o", "schema.json").out == "schema.json: JSON Schema of storyboards\n"
    assert json.loads((home / "schema.json").read_text(encoding="utf-8")) == schema


def test_batch_exits_with_two_where_a_row_is_bad(frameloom: Any, home: Path) -> None:
    (home / "rows.csv").write_text("name,title\na,One\nb,Two\n", encoding="utf-8")
    text = STORY.replace('title = "Rain" }', 'title = "{title}" }').replace('"Rain"\n', '"{title}"\n', 1)
    (home / "many.toml").write_text(text, encoding="utf-8")
    answer = frameloom("compose", "batch", "many.toml", "--rows", "rows.csv", "-o", "films")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[-1] == "rows.csv: 2 films, 0 bad rows"
    (home / "rows.csv").write_text("name,title\na,One\nb\n", encoding="utf-8")
    answer = frameloom("compose", "batch", "many.toml", "--rows", "rows.csv", "-o", "films", "--json")
    assert answer.code == 2
    assert json.loads(answer.out.splitlines()[-1])["bad"] == [{"line": 3, "why": "has no cell for title"}]
    (home / "rows.csv").write_text("name,tittle\na,One\n", encoding="utf-8")
    answer = frameloom("compose", "batch", "many.toml", "--rows", "rows.csv", "-o", "films")
    told = "many.toml:1: title: {title} is not known; did you mean {tittle}? (rows.csv has no such column)"
    assert (answer.code, answer.err) == (2, f"frameloom: {told}\n")  # one line, though it stands in two places


def test_many_faults_are_told_in_part_and_nothing_is_written_over_what_is_read(frameloom: Any, home: Path) -> None:
    (home / "many.toml").write_text('[[beats]]\nsai = "x"\n' * 300, encoding="utf-8")
    answer = frameloom("compose", "check", "many.toml")
    assert (answer.code, len(answer.out.splitlines())) == (2, 201)
    assert answer.out.endswith("many.toml: 300 problems\n")
    os.mkfifo(home / "pipe.toml")
    assert "pipe.toml: not a plain file; give a storyboard" in frameloom("compose", "check", "pipe.toml").err
    assert "story.toml: is not named as a JSON Schema" in frameloom("compose", "schema", "-o", "story.toml").err
    (home / "story.transcript.md").write_text("# Rain\n", encoding="utf-8")
    answer = frameloom("compose", "story.transcript.md", "-o", "story.mp4")
    assert answer.err == (
        "frameloom: story.transcript.md: would overwrite story.transcript.md, which is read for it; give another name\n"
    )
    assert sorted(path.name for path in home.iterdir()) == [
        "many.toml",
        "pipe.toml",
        "story.toml",
        "story.transcript.md",
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([f"{'x' * 300}.toml"], "cannot be written (File name too long)"),
        (["story.txt"], "not a storyboard's suffix"),
        (["gone.toml"], "cannot be read"),
        (["story.toml", "--aspect", "4:3"], "aspect"),
        (["story.toml", "--voice", "nobody"], "voice 'nobody' is not known"),
        (["story.toml", "-o", "film.txt"], "is not written as '.txt'; give .mp4, .mov, .mkv, .webm, or a folder"),
        (["story.toml", "-o", "film.gif"], "is not written as '.gif'"),
        (["batch", "story.toml", "--rows", "rows.xls"], "give a .csv, .tsv or .jsonl file"),
        (["batch", "story.toml", "--rows", "rows.csv", "-o", "film.mp4"], "give a folder"),
    ],
)
def test_bad_input_is_one_line(frameloom: Any, words: list[str], told: str) -> None:
    answer = frameloom("compose", *words)
    assert answer.code == 2
    assert told in answer.err
