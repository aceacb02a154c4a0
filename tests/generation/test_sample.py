"""New clips as a playing grid: the file is opened and checked."""

from pathlib import Path

import numpy as np
import pytest

from frameloom.generation.sample import GenerateConfig, generate
from frameloom.media.files.video import read_clip


@pytest.mark.parametrize("name", ["grid.mp4", "grid.webm", "grid.gif", "grid.webp", "frames"])
def test_every_format_holds_every_frame(models: Path, tmp_path: Path, name: str) -> None:
    written = generate(GenerateConfig(model=str(models / "vae"), out=tmp_path / name, count=4))
    clip = read_clip(tmp_path / name)
    assert len(clip) == written.frames == 5
    assert clip.shape[1:] == (written.height, written.width, 3)


def test_the_seed_fixes_the_file_and_another_seed_changes_it(models: Path, tmp_path: Path) -> None:
    clips = []
    for index, seed in enumerate([1, 1, 2]):
        out = tmp_path / f"{index}.webp"
        generate(GenerateConfig(model=str(models / "gan"), out=out, count=2, seed=seed))
        clips.append(read_clip(out))
    assert np.array_equal(clips[0], clips[1])
    assert not np.array_equal(clips[0], clips[2])


def test_the_file_says_how_it_was_made(models: Path, tmp_path: Path) -> None:
    out = tmp_path / "grid.gif"
    generate(GenerateConfig(model=str(models / "gan"), out=out, count=2, seed=3, classes=(3, 7)))
    assert f"generate {models / 'gan'} -n 2 --seed 3 --classes 3,7".encode() in out.read_bytes()


def test_a_first_frame_can_come_from_a_picture(models: Path, tmp_path: Path) -> None:
    generate(GenerateConfig(model=str(models / "vae"), out=tmp_path / "start", count=1))
    written = generate(
        GenerateConfig(model=str(models / "gan-first"), out=tmp_path / "g.webp", count=1, first=tmp_path / "start")
    )
    assert written.frames == 5
    assert "start: the last 1 of 5 frames are used" in written.notes
