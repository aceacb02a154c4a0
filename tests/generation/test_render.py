"""Grids of clips: every pixel in its place, and a file of them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from frameloom.core.errors import DataError
from frameloom.generation.render import GROUND, INK, grid, save
from frameloom.media.files.video import probe, read_clip


def shades(count: int, channels: int = 1) -> torch.Tensor:
    """Return clips of 3 frames, 4 px high and 6 wide; clip b is filled with b / count."""
    values = torch.arange(count, dtype=torch.float32) / count
    return values.view(-1, 1, 1, 1, 1).expand(count, 3, channels, 4, 6)


def test_five_clips_stand_in_two_rows_of_three() -> None:
    sheet = grid(shades(5), gap=2)
    assert sheet.shape == (3, 2 + 2 * (4 + 2), 2 + 3 * (6 + 2), 3)
    assert (sheet[:, :2] == GROUND).all()
    for index in range(5):
        top, left = 2 + index // 3 * 6, 2 + index % 3 * 8
        assert (sheet[:, top : top + 4, left : left + 6] == round((index / 5 + 1) * 127.5)).all()
    assert (sheet[:, 8:, 18:] == GROUND).all()


def test_columns_gap_and_scale() -> None:
    small = grid(shades(4), columns=4, gap=1)
    large = grid(shades(4), columns=4, gap=1, scale=3)
    assert (large == small.repeat(3, axis=1).repeat(3, axis=2)).all()
    assert grid(shades(2), columns=9, gap=0).shape == (3, 4, 12, 3)


def test_black_and_white_are_black_and_white() -> None:
    video = torch.tensor([-1.0, 1.0]).view(2, 1, 1, 1, 1)
    assert grid(video, columns=2, gap=0)[0, 0, :, 0].tolist() == [0, 255]


def test_colour_channels_keep_their_order() -> None:
    video = torch.tensor([1.0, 0.0, -1.0]).view(1, 1, 3, 1, 1)
    assert grid(video, gap=0)[0, 0, 0].tolist() == [255, 128, 0]


def test_captions_stand_under_their_clips() -> None:
    video = torch.full((2, 1, 1, 64, 64), -1.0)
    plain, sheet = grid(video, scale=2), grid(video, scale=2, captions=["seven", ""])
    added = sheet.shape[1] - plain.shape[1]
    assert added > 10
    strip = sheet[0, 4 + 128 : 4 + 128 + added]
    assert strip[:, 4:132].max() > INK - 30
    assert (strip[:, 136:264] == GROUND).all()


def test_long_captions_stay_under_their_clip() -> None:
    video = torch.full((2, 1, 1, 64, 64), -1.0)
    sheet = grid(video, captions=["word " * 40, ""])
    assert (sheet[0, 66:, 66:] == GROUND).all()
    assert sheet[0, 66:, 2:66].max() > INK - 30


@pytest.mark.parametrize(
    ("video", "options", "message"),
    [
        (torch.zeros(2, 3, 4, 4), {}, r"video is \(2, 3, 4, 4\); give \(B, T, C, H, W\) with 1 or 3 channels"),
        (torch.zeros(2, 3, 2, 4, 4), {}, r"video is \(2, 3, 2, 4, 4\); give"),
        (torch.zeros(0, 3, 1, 4, 4), {}, r"video is \(0, 3, 1, 4, 4\); give"),
        (shades(2), {"captions": ["one"]}, "1 captions for 2 clips; give one for each"),
        (shades(2), {"columns": 0}, "columns 0, gap 2, scale 1; give at least 1 column"),
        (shades(2), {"scale": 0}, "columns None, gap 2, scale 0; give at least"),
        (shades(2), {"gap": -1}, "columns None, gap -1, scale 1; give at least"),
    ],
)
def test_what_cannot_be_shown_says_why(video: torch.Tensor, options: dict, message: str) -> None:
    with pytest.raises(DataError, match=message):
        grid(video, **options)


def test_small_videos_become_easy_to_see(tmp_path: Path) -> None:
    video = torch.zeros(4, 5, 1, 64, 64)
    written = save(video, tmp_path / "grid.mp4", 10, made_by="test")
    assert written.width == 4 * (2 + 2 * 66)  # 134 px are enlarged until they reach 480
    info = probe(tmp_path / "grid.mp4")
    assert (info.width, info.frames, info.rate) == (written.width, 5, 10)


def test_a_folder_keeps_each_pixel(tmp_path: Path) -> None:
    video = shades(4)
    save(video, tmp_path / "frames")
    assert (read_clip(tmp_path / "frames") == grid(video)).all()
    assert (read_clip(save(video, tmp_path / "grid.webp", scale=5).path) == np.asarray(grid(video, scale=5))).all()
