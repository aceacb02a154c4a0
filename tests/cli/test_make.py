"""generate, predict: through the command line, and the file that they leave is opened."""

import json
from pathlib import Path

import numpy as np
import pytest

from frameloom.media.files.video import probe, read_clip, write_clip


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A small clip of the user's own."""
    pixels = np.random.default_rng(0).integers(0, 256, (12, 48, 64, 3), dtype=np.uint8)
    write_clip(tmp_path / "my.mp4", pixels, 12)
    return tmp_path / "my.mp4"


def test_generate_writes_a_grid_that_plays(frameloom, vae: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "grid.mp4"
    answer = frameloom("generate", vae, "-n", 4, "-o", out, "--rate", 8, "--scale", 1)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"{out}: 5 frames, 38x38 px\n"
    info = probe(out)
    assert (info.frames, info.width, info.height, info.rate) == (5, 38, 38, 8)


def test_generate_writes_a_folder_of_frames(frameloom, vae: Path, tmp_path: Path) -> None:
    assert frameloom("generate", vae, "-n", 2, "-o", f"{tmp_path}/frames/").code == 0
    names = sorted(path.name for path in (tmp_path / "frames").iterdir())
    assert names == [f"frame_{index:05}.png" for index in range(5)]


def test_predict_continues_a_clip_of_any_size(frameloom, predictor: Path, clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.webp"
    answer = frameloom("predict", predictor, clip, "--frames", 13, "-o", out, "--scale", 1)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [
        "my.mp4: the last 10 of 12 frames are used",
        "my.mp4: 64x48 px resized to fit 64x64",
        f"{out}: 13 frames, 64x64 px",
    ]
    assert read_clip(out).shape == (13, 64, 64, 3)
    assert round(float(probe(out).rate)) == 12


def test_json_is_one_object_and_nothing_else(frameloom, predictor: Path, clip: Path, tmp_path: Path) -> None:
    answer = frameloom("predict", predictor, clip, "--frames", 2, "-o", tmp_path / "out.gif", "--json", "--with-past")
    record = json.loads(answer.out)
    assert record == {
        "path": str(tmp_path / "out.gif"),
        "frames": 12,
        "width": 256,
        "height": 256,
        "notes": ["my.mp4: the last 10 of 12 frames are used", "my.mp4: 64x48 px resized to fit 64x64"],
    }


def test_clips_shorter_than_the_past_will_do(frameloom, predictor: Path, tmp_path: Path) -> None:
    write_clip(tmp_path / "short", np.zeros((1, 64, 64, 3), np.uint8), 25)
    assert frameloom("predict", predictor, tmp_path / "short", "--frames", 3, "-o", tmp_path / "out.webp").code == 0
    assert len(read_clip(tmp_path / "out.webp")) == 3
