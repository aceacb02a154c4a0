"""Pairs for restoration: what is done to a crop, its levels, and what fixes it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from frameloom.core.errors import DataError
from frameloom.data import degraded as room
from frameloom.data.clips import UnreadableClipWarning
from frameloom.data.degraded import Degraded, DegradedConfig, blurred, shrunk
from frameloom.media.files.video import write_clip
from frameloom.models.upscaler import moved


def picture(path: Path, side: int = 160, seed: int = 0) -> None:
    """Save a smooth picture with edges, in grey."""
    dice = np.random.default_rng(seed)
    coarse = Image.fromarray(dice.integers(0, 256, (12, 12)).astype(np.uint8))
    Image.merge("RGB", [coarse.resize((side, side), Image.Resampling.BICUBIC)] * 3).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    for number in range(5):
        picture(tmp_path / "pictures" / f"{number}.png", seed=number)
    return tmp_path / "pictures"


def opened(folder: Path, split: Any = "train", **settings: Any) -> Degraded:
    return Degraded(DegradedConfig(folder=str(folder), **{"side": 32, **settings}), split)


CLEAN: dict[str, Any] = {"clean": 1.0}
SPOILT: dict[str, Any] = {"clean": 0.0, "blurred": 0.0, "sharpened": 0.0, "noisy": 0.0, "compressed": 0.0}


def test_pairs_have_their_forms_and_the_same_number_is_the_same_pair(folder: Path) -> None:
    source = opened(folder, scale=3, side=16)
    batch = source.batch(2, 6)
    assert batch["video"].shape == (6, 1, 1, 48, 48)
    assert batch["video"].shape[1:] == source.shape
    assert batch["low"].shape == (6, 1, 1, 16, 16)
    assert batch["levels"].shape == (6, 2)
    for values in (batch["video"], batch["low"]):
        assert values.abs().max() <= 1
    again = opened(folder, scale=3, side=16)
    halves = [again.batch(2, 6, (rank, 2)) for rank in range(2)]
    for name, values in batch.items():
        assert torch.equal(torch.cat([half[name] for half in halves]), values)
    assert not torch.equal(batch["low"], source.batch(3, 6)["low"])


def test_a_clean_crop_is_only_shrunk(folder: Path) -> None:
    batch = opened(folder, **CLEAN).batch(0, 8)
    assert not batch["levels"].any()
    high = (batch["video"][:, 0] + 1) * 127.5
    small = torch.stack([shrunk(one, 2, "bicubic") for one in high])
    low = (batch["low"][:, 0] + 1) * 127.5
    inner = slice(3, -3)  # further out the filter reaches beyond the crop
    assert (small - low)[..., inner, inner].abs().max() <= 0.51


def test_noise_has_the_deviation_that_its_level_says(folder: Path) -> None:
    batch = opened(folder, scale=1, side=64, **{**SPOILT, "noisy": 1.0}).batch(0, 12)
    grain = (batch["low"] - batch["video"]).flatten(1).std(1) / 2
    middle = (batch["video"].flatten(1).abs().amax(1) < 0.5) | (batch["levels"][:, 0] < 0.5)  # little is cut off
    assert grain[middle] == pytest.approx(room.LARGEST_NOISE * batch["levels"][:, 0][middle], rel=0.12, abs=0.002)
    assert not batch["levels"][:, 1].any()


def test_compression_has_levels_and_spoils_the_more_the_higher_they_are(folder: Path) -> None:
    batch = opened(folder, scale=1, side=64, **{**SPOILT, "compressed": 1.0}).batch(0, 24)
    levels = batch["levels"][:, 1]
    assert levels.min() > 0
    assert levels.max() <= 1
    error = (batch["low"] - batch["video"]).flatten(1).abs().mean(1)
    ranks = [values.argsort().argsort().float() for values in (levels, error)]
    assert np.corrcoef(*(rank.numpy() for rank in ranks))[0, 1] > 0.5


@pytest.mark.parametrize("step", ["blurred", "sharpened"])
def test_each_step_does_something_when_asked_for(step: str, folder: Path) -> None:
    plain = opened(folder, scale=1, **SPOILT).batch(0, 6)
    other = opened(folder, scale=1, **{**SPOILT, step: 1.0}).batch(0, 6)
    assert torch.equal(plain["low"], plain["video"])
    assert not torch.equal(other["low"], other["video"])
    contrast = [batch["low"].diff(dim=-1).abs().mean() for batch in (plain, other)]
    assert (contrast[1] > contrast[0]) == (step == "sharpened")


def test_a_spot_blurs_into_a_bell_of_the_given_deviations() -> None:
    spot = torch.zeros(1, 41, 41)
    spot[0, 20, 20] = 1.0
    bell = blurred(spot, 3.0, 1.5)[0]
    steps = torch.arange(41) - 20.0
    assert bell.sum().item() == pytest.approx(1.0, abs=1e-5)
    assert (bell.sum(1) * steps.square()).sum().sqrt().item() == pytest.approx(3.0, rel=0.03)
    assert (bell.sum(0) * steps.square()).sum().sqrt().item() == pytest.approx(1.5, rel=0.03)


@pytest.mark.parametrize("how", ["bicubic", "bilinear", "area"])
def test_shrinking_keeps_what_is_even(how: Any) -> None:
    ramp = torch.arange(48.0).expand(2, 48, 48)
    small = shrunk(ramp, 4, how)
    assert small.shape == (2, 12, 12)
    torch.testing.assert_close(small[0, 5, 2:-2], torch.arange(12.0)[2:-2] * 4 + 1.5, rtol=1e-4, atol=1e-3)


def test_splits_share_no_file_and_val_ends(folder: Path) -> None:
    sources = {split: opened(folder, split) for split in ("train", "val", "test")}
    assert [len(source.pictures) for source in sources.values()] == [3, 1, 1]
    assert sources["train"].count is None
    assert sources["val"].count == 16
    assert len(sources["val"].batch(1, 12)["low"]) == 4
    with pytest.raises(DataError, match=r"val pair 24 lies beyond the last of 16"):
        sources["val"].batch(2, 12)


def test_of_videos_every_nth_frame_is_taken_and_large_pictures_count_twice(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    dice = np.random.default_rng(0)
    write_clip(tmp_path / "train" / "clip.mp4", dice.integers(0, 256, (7, 120, 130, 3)).astype(np.uint8), 25)
    picture(tmp_path / "train" / "large.png", side=400)
    source = opened(tmp_path, every=3, scale=1)
    films = [(1, 60, 65)] * 3 + [(1, 120, 130)] * 3
    assert sorted(luma.shape for luma in source.pictures) == [*films, (1, 200, 200), (1, 400, 400)]


def test_of_several_pictures_runs_are_kept_and_the_ways_back_are_those_of_the_window(tmp_path: Path) -> None:
    """A still that is set in motion comes from where it was, within what flow finds; in the margin it need not."""
    (tmp_path / "train").mkdir()
    dice = np.random.default_rng(0)
    write_clip(tmp_path / "train" / "clip.mp4", dice.integers(0, 256, (12, 130, 130, 3)).astype(np.uint8), 25)
    source = opened(tmp_path, every=6, frames=3, scale=1)
    assert source.pictures[0].shape == (5, 130, 130)
    assert len(source.pictures) == 2
    (tmp_path / "train" / "clip.mp4").unlink()
    picture(tmp_path / "train" / "still.png", side=300)
    source = opened(tmp_path, frames=4, scale=1, side=96, **CLEAN)
    batch = source.batch(0, 6)
    assert batch["video"].shape == (6, 4, 1, 96, 96) == (6, *source.shape)
    assert batch["back"].shape == (6, 4, 2, 96, 96)
    assert not batch["back"][:, 0].any()
    for time in (1, 2, 3):
        was = moved(batch["low"][:, time - 1], batch["back"][:, time])
        assert (was - batch["low"][:, time])[..., 8:-8, 8:-8].abs().mean() < 0.02
    assert (batch["low"][:, 0] - batch["low"][:, 3]).abs().mean() > 0.05


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere: no such folder; give one with pictures or videos"):
        opened(tmp_path / "nowhere")
    picture(tmp_path / "small.png", side=32)
    with (
        pytest.warns(UnreadableClipWarning, match=r"small.png: skipped \(32x32 px are too small\)"),
        pytest.raises(DataError, match=r"no train picture of 108 px a side or more; small.png: .*; add larger"),
    ):
        opened(tmp_path)
    with pytest.raises(DataError, match=r"1 files are too few to hold out val; add files or a folder val/"):
        opened(tmp_path, "val")


def test_memory_has_a_limit(folder: Path) -> None:
    for number in range(5):
        picture(folder / f"large{number}.png", side=1200, seed=number)
    with pytest.warns(UnreadableClipWarning, match=r"data.memory is full; pictures from large.*png on are left out"):
        source = opened(folder, memory=1)
    assert 0 < sum(luma.nbytes for luma in source.pictures) <= 2**20
