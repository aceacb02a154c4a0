"""The commands that tell what is in films: all that they write is opened, and bad input gets one line."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.apps.summarise.films import CUTS, place, talk

from frameloom.apps.edit.interchange import read_timeline
from frameloom.media.files.pictures import write_still
from frameloom.media.files.source import probe, read_still
from frameloom.media.subtitles import read_subtitles


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return talk(tmp_path_factory.mktemp("film") / "talk.mp4")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, film: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with one film, and a cache beside it that all tests share."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(film.parent))
    (tmp_path / "talk.mp4").symlink_to(film)
    return tmp_path


def test_a_film_is_condensed(frameloom: Any, home: Path) -> None:
    answer = frameloom("summarise", "talk.mp4", "--length", "8s", "-o", "out.mp4", "--set", "video.speed=draft")
    assert answer.code == 0, answer.err
    assert "somebody speaks" in answer.out
    assert answer.out.splitlines()[-1] == "out.mp4: 0:08.00, 96x54 px, 80 pictures"
    assert probe(home / "out.mp4").videos[0].frames == 80


def test_a_plan_writes_nothing_and_json_says_all(frameloom: Any, home: Path) -> None:
    frameloom("summarise", "talk.mp4", "--plan")  # fills the cache
    answer = frameloom("summarise", "talk.mp4", "--length", "8", "--order", "best", "--plan", "--json")
    record = json.loads(answer.out)
    assert record["film"] == "talk.mp4"
    assert sum(one["stop"] - one["start"] for one in record["highlights"]) == pytest.approx(8)
    assert all(one["why"] for one in record["highlights"])
    assert not (home / "out").exists()


def test_shots_are_listed_and_written(frameloom: Any, home: Path) -> None:
    answer = frameloom("summarise", "shots", "talk.mp4")
    assert [line.split()[1] for line in answer.out.splitlines()] == ["0:00.00", "0:08.00", "0:15.00"]
    assert frameloom("summarise", "shots", "talk.mp4", "-o", "shots.csv").code == 0
    with (home / "shots.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [float(row["start_s"]) for row in rows] == [0, *CUTS]
    assert frameloom("summarise", "shots", "talk.mp4", "-o", "shots.otio").code == 0
    timeline = read_timeline(home / "shots.otio")
    assert [float(marker.time) for marker in timeline.markers] == [0, *CUTS]
    assert frameloom("summarise", "shots", "talk.mp4", "-o", "shots.edl").code == 0
    assert len(read_timeline(home / "shots.edl").tracks[0].items) == 3
    record = json.loads(frameloom("summarise", "shots", "talk.mp4", "--json").out)
    assert [row["begins_by"] for row in record["shots"]] == ["begin", "cut", "cut"]


def test_scores_are_a_table(frameloom: Any, home: Path) -> None:
    assert frameloom("summarise", "scores", "talk.mp4", "-o", "scores.csv").out == "scores.csv: 24 seconds\n"
    with (home / "scores.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == 24
    assert {"second", "score", "motion", "speech", "new"} <= set(rows[0])


def test_a_storyboard_is_a_page_or_a_sheet(frameloom: Any, home: Path) -> None:
    assert frameloom("summarise", "storyboard", "talk.mp4", "-o", "page.html").code == 0
    page = (home / "page.html").read_text()
    assert page.count("<img ") == 3
    assert "somebody speaks" in page
    assert frameloom("summarise", "storyboard", "talk.mp4", "-o", "sheet.png").code == 0
    assert read_still(home / "sheet.png").shape[1] > 3 * 96


def test_chapters_are_written_for_every_player(frameloom: Any, home: Path) -> None:
    words = "WEBVTT\n\n00:01.000 --> 00:02.000\nWelcome; to = all\n\n00:10.000 --> 00:12.000\nThe forest\n\n"
    (home / "words.vtt").write_text(words + "00:20.000 --> 00:22.000\nThe sea\n")
    options = ("--least", "5", "--words", "words.vtt")
    answer = frameloom("summarise", "chapters", "talk.mp4", *options)
    assert answer.out == "0:00 Welcome; to = all\n0:08 The forest\n0:15 The sea\n"
    for name in ("c.txt", "c.vtt", "c.ffmeta", "c.otio"):
        assert frameloom("summarise", "chapters", "talk.mp4", "-o", name, *options).code == 0
    assert (home / "c.txt").read_text() == answer.out
    assert [(float(cue.start), cue.text) for cue in read_subtitles(home / "c.vtt").cues][1] == (8, "The forest")
    assert "TIMEBASE=1/1000\nSTART=0\nEND=8000\ntitle=Welcome\\; to \\= all\n" in (home / "c.ffmeta").read_text()
    assert [marker.name for marker in read_timeline(home / "c.otio").markers][2] == "The sea"


def test_thumbnails_say_where_they_lie(frameloom: Any, home: Path) -> None:
    assert frameloom("summarise", "thumbnails", "talk.mp4", "-o", "t.vtt", "--every", "4").code == 0
    cues = read_subtitles(home / "t.vtt").cues
    assert [float(cue.start) for cue in cues] == [0, 4, 8, 12, 16, 20]
    assert cues[1].text == "t.jpg#xywh=96,0,96,54"
    sheet = read_still(home / "t.jpg")[..., :3].astype(int)
    assert sheet.shape == (54, 6 * 96, 3)
    assert np.abs(sheet[:, 3 * 96 : 4 * 96].mean((0, 1)) - place(1).mean((0, 1))).max() < 12


def test_a_poster_is_a_picture_of_the_film(frameloom: Any, home: Path) -> None:
    assert frameloom("summarise", "poster", "talk.mp4", "-o", "poster.png").code == 0
    assert read_still(home / "poster.png").shape[:2] == (54, 96)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("none.mp4",), "none.mp4: no such file"),
        (("one.png",), "one.png: one picture, which has no parts to choose from; give a film"),
        (("talk.mp4", "--length", "soon"), "length: not a time"),
        (("talk.mp4", "--length", "0.2"), "too short to see; give 2 s or more"),
        (("talk.mp4", "--order", "worst"), "order: input should be 'film' or 'best', got 'worst'"),
        (("talk.mp4", "-o", "talk.mp4"), "would overwrite talk.mp4"),
        (("talk.mp4", "-o", "out.xyz"), "unknown suffix"),
        (("talk.mp4", "--words", "none.srt"), "none.srt: cannot be read"),
        (("shots", "talk.mp4", "-o", "shots.xyz"), "not a format of shots"),
        (("scores", "talk.mp4", "-o", "scores.xyz"), "give a .csv file"),
        (("storyboard", "talk.mp4", "-o", "page.xyz"), "give .html or .png"),
        (("chapters", "talk.mp4", "-o", "c.xyz"), "not a format of chapters"),
        (("thumbnails", "talk.mp4", "-o", "t.png"), "give a .vtt file"),
        (("thumbnails", "talk.mp4", "--every", "0.01"), "give a longer --every"),
        (("poster", "talk.mp4", "-o", "p.gif"), "give .png or .jpg"),
        (("talk.mp4", "--cache", "talk.mp4"), "cannot be written"),
    ],
)
def test_bad_input_gets_one_line(frameloom: Any, home: Path, words: tuple[str, ...], told: str) -> None:
    write_still(home / "one.png", np.zeros((8, 8, 3), np.uint8))
    answer = frameloom("summarise", *words)
    lines = [line for line in answer.err.splitlines() if "left," not in line]
    assert (answer.code, answer.out) == (2, "")
    assert len(lines) == 1, lines
    assert told in lines[0]
    assert sorted(path.name for path in home.iterdir()) == ["one.png", "talk.mp4"]


def test_a_cache_that_cannot_be_written_is_a_note(frameloom: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "file"))
    answer = frameloom("summarise", "poster", "talk.mp4", "-o", "poster.png")
    assert answer.code == 0
    note, last = answer.out.splitlines()
    assert "what was found is not kept" in note
    assert last.startswith("poster.png: the picture at ")
