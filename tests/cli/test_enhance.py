"""The commands that make films better: one line when they cannot, and all that is asked for when they can."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.apps.enhance.films import film

from frameloom.media.files.source import probe

FOOTAGE = Path(__file__).parents[3] / "shared/data/footage"
FAST = ("--quality", "lanczos", "--set", "video.speed=draft")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with one good film."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    film(folder / "film.mp4", list(range(0, 240, 24)), 240)
    return folder


def test_a_film_is_made_larger(frameloom: Any, home: Path) -> None:
    answer = frameloom("enhance", "film.mp4", "-o", "out.mp4", "--scale", "2", *FAST)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "out.mp4: 10 pictures, 128x96 px\n"
    assert probe(home / "out.mp4").duration == probe(home / "film.mp4").duration


def test_options_may_come_first(frameloom: Any) -> None:
    assert frameloom("enhance", "--scale", "3", *FAST, "film.mp4", "-o", "out.mp4").code == 0
    assert probe("out.mp4").width == 192


def test_json_is_one_object(frameloom: Any) -> None:
    answer = frameloom("enhance", "film.mp4", "-o", "out.mp4", "--profile", "vhs", *FAST, "--json")
    record = json.loads(answer.out)
    assert (record["path"], record["frames"], record["width"]) == ("out.mp4", 10, 128)
    assert record["report"] is None
    assert record["notes"][0].startswith("noise: ")


def test_a_report_is_made(frameloom: Any) -> None:
    answer = frameloom("enhance", "film.mp4", "-o", "out.mp4", "--scale", "2", *FAST, "--reference", "film.mp4")
    assert answer.code == 0, answer.err
    assert "enhanced: PSNR" in answer.out
    assert "VMAF" in answer.out
    answer = frameloom("enhance", "compare", "film.mp4", "out.mp4", "-o", "page.html", "--json")
    record = json.loads(answer.out)
    assert (record["path"], record["pictures"], record["after"]) == ("page.html", 10, None)
    answer = frameloom("enhance", "compare", "film.mp4", "out.mp4", "-o", "split.mp4", "--set", "video.speed=draft")
    assert answer.out.splitlines()[-1] == "split.mp4: to look at"
    assert probe("split.mp4").width == 128


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["none.mp4", "--scale", "2"], "none.mp4: no such file; give a video, sound or picture"),
        (["film.mp4", "--scale", "5"], "enhance: scale: input should be 1, 2, 3 or 4, got 5"),
        (["film.mp4"], "enhance: settings: nothing is asked for; give a scale of 2, 3 or 4"),
        (["film.mp4", "--scale", "2", "-o", "film.mp4"], "film.mp4: would overwrite film.mp4, which is read for it"),
        (["film.mp4", "--scale", "2", "-o", "./film.mp4"], "film.mp4: would overwrite film.mp4"),
        (["film.mp4", "--scale", "2", "-o", "x.abc"], "x.abc: '.abc' is no video with exact times; write .mp4"),
        (["film.mp4", "--scale", "2", "-o", "x.gif"], "x.gif: '.gif' is no video with exact times; write .mp4"),
        (["film.mp4", "--scale", "2", "-o", "folder"], "folder: a folder is no video with exact times; write .mp4"),
        (["film.mp4", "--scale", "2", "-o", "film.mp4/x.mp4"], "film.mp4 is a file); choose another place"),
        (["words.txt", "--scale", "2"], "words.txt: not a media file that can be read"),
        (["empty.mp4", "--scale", "2"], "empty.mp4: empty, 0 bytes; give a whole file"),
        (["half.mp4", "--scale", "2"], "half.mp4: not a media file that can be read"),
        (["film.mp4", "--denoise", "lots"], "enhance: denoise: write auto, no, or the noise's standard deviation"),
        (["film.mp4", "--deblock", "2"], "enhance: deblock: write auto, no, or how hard it was compressed"),
        (["film.mp4", "--fps", "0"], "enhance: fps: must be more than zero"),
        (["film.mp4", "--fps", "5000"], "enhance: fps: write 1 to 1000 pictures per second, such as 60"),
        (["film.mp4", "--profile", "cinema"], "enhance: profile: input should be 'phone', 'vhs'"),
        (["film.mp4", "--scale", "2", "--strength", "2"], "enhance: strength: input should be less than or equal to 1"),
        (["film.mp4", "--scale", "2", "--quality", "best"], "enhance: quality: input should be 'lanczos', 'tiny'"),
        (["film.mp4", "--scale", "2", "--model", "none.onnx"], "none.onnx: no such network; give an .onnx file"),
        (["film.mp4", "--scale", "2", "--model", "words.txt"], "words.txt: "),
        (["film.mp4", "--scale", "2", "--reference", "none.mp4"], "none.mp4: no such file"),
        (["film.mp4", "--scale", "2", "--set", "video.codec=vp8"], "enhance: video.codec: "),
        (["film.mp4", "--scale", "2", "--set", "video.colour=1"], "enhance: video.colour: unknown setting"),
    ],
)
def test_what_cannot_be_done_says_so(frameloom: Any, home: Path, words: list[str], message: str) -> None:
    (home / "words.txt").write_text("no film")
    (home / "empty.mp4").touch()
    (home / "half.mp4").write_bytes((home / "film.mp4").read_bytes()[:3000])
    before = {path.name: path.read_bytes() for path in home.iterdir()}
    quality = [] if {"--model", "--quality"} & set(words) else ["--quality", "lanczos"]
    place = [] if "-o" in words else ["-o", "out.mp4"]
    answer = frameloom("enhance", *words, *place, *quality)
    assert answer.code == 2
    assert answer.out == ""
    assert message in answer.err
    assert answer.err.count("\n") == 1
    assert {path.name: path.read_bytes() for path in home.iterdir()} == before


def test_tuning_tells_how_long_it_takes(frameloom: Any, home: Path) -> None:
    before = sorted(home.iterdir())
    draft = ("--set", "video.speed=draft")
    answer = frameloom("enhance", "tune", "film.mp4", "--fps", "50", *draft)
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[0].startswith("10 pictures, 0:00; decoding one takes ")
    assert answer.out.splitlines()[2].startswith("no network     0.0 ms")
    answer = frameloom("enhance", "tune", "film.mp4", "--scale", "2", "--within", "0:30", *draft, "--json")
    *lines, last = map(json.loads, answer.out.splitlines())
    assert [line["name"] for line in lines] == [trial["name"] for trial in last["trials"]]
    assert (lines[0]["name"], last["pictures"], last["within"]) == ("lanczos", 10, 30)
    assert sorted(home.iterdir()) == before


def test_tuning_takes_no_size(frameloom: Any) -> None:
    assert "no such option: --quality" in frameloom("enhance", "tune", "film.mp4", "--quality", "tiny").err


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_what_can_be_watched(home: Path, stop: signal.Signals) -> None:
    """In a process of its own, as people do it; the same command goes on and nothing is left over."""
    film(home / "long.mp4", list(range(0, 60_000, 40)), 60_000, sounds=0)
    words = ["enhance", "long.mp4", "-o", "out.mp4", "--scale", "3", *FAST]
    command = [sys.executable, "-m", "frameloom", *words]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are born deaf to it
    with subprocess.Popen(command, cwd=home, stderr=subprocess.PIPE, text=True) as process:
        work = home / ".out.mp4.work"
        deadline = time.monotonic() + 60
        while not (work / "00000.mp4").exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(stop)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "out.mp4: stopped; 0:" in err
    assert "can be watched as out.partial.mp4; the same command goes on from there" in err
    assert "Traceback" not in err
    assert probe(home / "out.partial.mp4").duration >= 20
    assert not (home / "out.mp4").exists()
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert probe(home / "out.mp4").duration == probe(home / "long.mp4").duration
    assert sorted(path.name for path in home.iterdir()) == ["film.mp4", "long.mp4", "out.mp4"]


@pytest.mark.skipif(not FOOTAGE.is_dir(), reason="real clips are not here")
def test_a_damaged_film_is_shown_as_players_do(frameloom: Any) -> None:
    answer = frameloom("enhance", FOOTAGE / "local/corrupted.mp4", "-o", "out.mp4", "--denoise", "2", *FAST)
    assert answer.code == 0, answer.err
    assert probe("out.mp4").frames == 49
