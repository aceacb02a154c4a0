"""Summaries that are killed in the middle, for real: the same command goes on, and ends as if nothing had been."""

import os
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest
from tests.apps.summarise.films import pictures, write

import frameloom

SOURCE = Path(frameloom.__file__).parents[1]
WAIT_S = 300


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a film of two minutes and ten seconds: three pieces of the look, two of the result."""
    folder = tmp_path_factory.mktemp("killed")
    write(folder / "film.mp4", pictures((8.0, 15.0, 21.0), 26), rate=Fraction(2))
    return folder


def start(place: Path, out: str, cache: str) -> subprocess.Popen[bytes]:
    words = ["summarise", "film.mp4", "-o", out, "--cache", cache, "--length", "30", "--width", "320"]
    return subprocess.Popen(
        [sys.executable, "-m", "frameloom", *words, "--set", "video.speed=draft"],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill_once_there(process: subprocess.Popen[bytes], place: Path, pattern: str) -> None:
    """Kill a process when a file of a name is there; it must not have ended by then."""
    end = time.monotonic() + WAIT_S
    while not list(place.glob(pattern)):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.005)
    process.kill()
    assert process.wait() < 0


def test_what_was_killed_goes_on_and_ends_with_the_same_bytes(place: Path) -> None:
    assert start(place, "whole.mp4", "whole").wait(WAIT_S) == 0
    kill_once_there(start(place, "out/whole.mp4", "cache"), place, "cache/*/00000.npz")
    (first,) = place.glob("cache/*/00000.npz")
    seen = first.stat().st_mtime_ns
    assert not list(place.glob("cache/*/00002.npz"))
    kill_once_there(start(place, "out/whole.mp4", "cache"), place, "out/.whole.mp4.work/00000.mp4")
    assert start(place, "out/whole.mp4", "cache").wait(WAIT_S) == 0
    assert first.stat().st_mtime_ns == seen
    assert (place / "out/whole.mp4").read_bytes() == (place / "whole.mp4").read_bytes()
    assert [path.name for path in (place / "out").iterdir()] == ["whole.mp4"]
