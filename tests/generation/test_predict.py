"""The user's own clip: fitted, continued, and written with a word on what was done to it."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from frameloom.core.errors import MediaError
from frameloom.generation.predict import PredictConfig, predict, read_past
from frameloom.media.files.video import probe, read_clip, write_clip


def film(path: Path, frames: int, height: int, width: int, rate: Fraction | int = 25) -> Path:
    """A clip whose frames brighten: frame i has value 10 * i."""
    pixels = np.stack([np.full((height, width, 3), 10 * index, np.uint8) for index in range(frames)])
    write_clip(path, pixels, rate)
    return path


def test_the_last_frames_are_taken_and_scaled_to_fit(tmp_path: Path) -> None:
    clip = film(tmp_path / "wide.webp", frames=6, height=16, width=32)
    past, notes = read_past(clip, 4, (1, 8, 8))
    assert past.shape == (1, 4, 1, 8, 8)
    assert past.dtype == torch.float32
    assert notes == ("wide.webp: the last 4 of 6 frames are used", "wide.webp: 32x16 px resized to fit 8x8")
    expected = torch.full((4, 8, 8), -1.0)
    expected[:, 2:6] = torch.tensor([20, 30, 40, 50]).view(4, 1, 1) / 127.5 - 1  # else black
    assert torch.allclose(past[0, :, 0], expected)


def test_grey_is_the_luma_of_the_colour(tmp_path: Path) -> None:
    write_clip(tmp_path / "red", np.full((1, 4, 4, 3), (255, 0, 0), np.uint8), 25)
    past, notes = read_past(tmp_path / "red", 10, (1, 4, 4))
    assert torch.allclose(past, torch.tensor(2 * 76 / 255 - 1))  # 76 = round(.299 * 255)
    assert notes == ()


def test_a_colour_model_keeps_the_colour(tmp_path: Path) -> None:
    write_clip(tmp_path / "red", np.full((2, 4, 4, 3), (255, 0, 0), np.uint8), 25)
    past, _ = read_past(tmp_path / "red", 10, (3, 4, 4))
    assert past[0, :, :, 0, 0].tolist() == [[1, -1, -1], [1, -1, -1]]


@pytest.mark.parametrize(("height", "width"), [(1, 200), (200, 1), (3, 5), (8, 8), (720, 1280)])
def test_any_size_fits(tmp_path: Path, height: int, width: int) -> None:
    past, _ = read_past(film(tmp_path / "clip", 2, height, width), 10, (1, 8, 8))
    assert past.shape == (1, 2, 1, 8, 8)


@pytest.mark.parametrize(("with_past", "frames"), [(False, 7), (True, 7 + 3)])
def test_the_future_is_written_at_the_rate_of_the_clip(
    models: Path, tmp_path: Path, with_past: bool, frames: int
) -> None:
    clip = film(tmp_path / "clip.mp4", frames=3, height=30, width=40, rate=Fraction(30000, 1001))
    out = tmp_path / "out.mp4"
    written = predict(
        PredictConfig(model=str(models / "seq2seq"), clip=clip, out=out, frames=7, with_past=with_past, scale=2)
    )
    info = probe(out)
    assert (info.frames, info.width, info.height, info.rate) == (frames, 32, 32, Fraction(30000, 1001))
    assert written.notes == ("clip.mp4: 40x30 px resized to fit 16x16",)


def test_the_past_in_the_output_is_what_the_model_saw(models: Path, tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.webp", frames=3, height=16, width=16)
    out = tmp_path / "out.webp"
    predict(PredictConfig(model=str(models / "seq2seq"), clip=clip, out=out, frames=2, with_past=True, scale=1))
    assert np.array_equal(read_clip(out)[:3], read_clip(clip))


def test_a_missing_clip_is_named(models: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"no\.mp4: no such file"):
        predict(PredictConfig(model=str(models / "seq2seq"), clip=tmp_path / "no.mp4", out=tmp_path / "out.mp4"))
    assert list(tmp_path.iterdir()) == []
