"""The command that makes music: files of the asked form and loudness, and one line where it cannot."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from frameloom.media.ffmpeg import measure_loudness
from frameloom.media.files.sound_source import read_sound


def test_a_bed_is_written_exact_and_at_its_loudness(frameloom: Any, tmp_path: Path) -> None:
    out = tmp_path / "bed.wav"
    words = ("--mood", "calm", "--length", "10.5s", "--seed", "3", "--key", "D", "--tempo", "70")
    answer = frameloom("music", "-o", out, *words, "--set", "lufs=-23", "--json")
    assert (answer.code, answer.err) == (0, "")
    record = json.loads(answer.out)
    assert (record["path"], record["seconds"], record["bpm"]) == (str(out), 10.5, 70)
    assert record["key"].startswith("D ")
    assert record["bars"] == record["beats"][::4]
    sound = np.concatenate(list(read_sound(out)))
    assert len(sound) == 504_000
    assert measure_loudness([sound]).integrated_lufs == pytest.approx(-23, abs=0.3)


@pytest.mark.parametrize("suffix", ["flac", "m4a", "opus"])
def test_other_formats_are_as_long(frameloom: Any, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"bed.{suffix}"
    answer = frameloom("music", "-o", out, "--mood", "bright", "--length", "4", "--intensity", "1", "--melody")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(f"{out}: 4 s, ")
    assert sum(map(len, read_sound(out))) == 192_000


def test_marks_and_silence_are_written(frameloom: Any, tmp_path: Path) -> None:
    answer = frameloom("music", "-o", tmp_path / "mark.wav", "--mark", "whoosh", "--seed", "2")
    assert (answer.code, "accent at" in answer.out) == (0, True)
    answer = frameloom("music", "-o", tmp_path / "none.wav", "--mood", "none", "--length", "1")
    assert answer.out == f"{tmp_path / 'none.wav'}: 1 s, silence\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--mood", "clam"), "music.mood: did you mean 'calm'? got 'clam'"),
        (("--length", "0"), "music: length: must be more than zero, got '0'"),
        (("--length", "90000"), "music: length: input should be less than or equal to 86400"),
        (("--length", "long"), "music: length: not a time"),
        (("--tempo", "110-100"), "the slowest tempo, 110, is above the fastest, 100; swap them"),
        (("--tempo", "fast"), "music.tempo[0]: input should be a number"),
        (("--key", "H"), "music.key: input should be"),
        (("--mark", "boom"), "music: mark.name: input should be 'whoosh'"),
        (("--set", "lufs=-2"), "music: lufs: input should be less than or equal to -5"),
        (("-o", "bed.jpg"), "bed.jpg: unknown suffix '.jpg'"),
        (("-o", "bed.gif"), "bed.gif: "),
    ],
)
def test_bad_input_is_one_line(frameloom: Any, tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    answer = frameloom("music", "-o", tmp_path / "bed.wav", "--length", "1", *words)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err
    assert not list(tmp_path.iterdir())
