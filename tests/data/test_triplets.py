"""Triplets of clips made by rule: in one shot, in order, and told about as in use."""

from pathlib import Path

import av
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from tests.media.moving import texture, window

from frameloom.core.errors import DataError
from frameloom.data.clips import UnreadableClipWarning
from frameloom.data.triplets import Triplets, TripletsConfig
from frameloom.media.views import DESCRIPTION

SIZE = 160, 128


def pan(count: int, step: float = 3.0, seed: int = 0) -> list[NDArray[np.uint8]]:
    """Return luma of a texture that moves to the right."""
    large = texture(*SIZE, seed=seed)
    return [np.asarray(window(large, step * number - 40, 0).y, np.uint8) for number in range(count)]


def write(path: Path, lumas: list[NDArray[np.uint8]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "5"})
        stream.height, stream.width, stream.pix_fmt = *lumas[0].shape, "yuv420p"
        for luma in lumas:
            grey = np.full((luma.shape[0] // 2, luma.shape[1]), 128, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.concatenate([luma, grey]), format="yuv420p")))
        container.mux(stream.encode(None))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "videos" / "train" / "pan.mp4", pan(12))
    write(tmp_path / "videos" / "val" / "pan.mp4", pan(8, -3))
    return tmp_path / "videos"


def settings(folder: Path, **changes: object) -> TripletsConfig:
    return TripletsConfig(**{"folder": str(folder), "side": 64, **changes})


def test_a_batch_has_the_shapes_and_ranges_that_models_expect(folder: Path) -> None:
    source = Triplets(settings(folder))
    assert source.count is None
    assert source.shape == (3, 1, 64, 64)
    batch = source.batch(0, 4)
    assert batch["video"].shape == (4, 3, 1, 64, 64)
    assert batch["views"].shape == (4, len(DESCRIPTION), 64, 64)
    assert batch["video"].abs().max() <= 1
    assert batch["views"][:, :2].abs().max() <= 1
    assert batch["views"][:, 2:].min() >= 0
    assert batch["views"][:, 2:].max() <= 1
    twelfths = batch["views"][:, 8, 0, 0] * 12
    assert set(twelfths.round().tolist()) <= {3, 4, 6, 8, 9}
    torch.testing.assert_close(twelfths, twelfths.round())


def test_views_are_near_the_truth_whichever_way_the_crop_is_turned(folder: Path) -> None:
    batch = Triplets(settings(folder, grainy=0)).batch(0, 24)
    truth, views = batch["video"][:, 1], batch["views"]
    mixed = torch.lerp(views[:, :1], views[:, 1:2], views[:, 2:3])
    ends = torch.lerp(batch["video"][:, 0], batch["video"][:, 2], views[:, 8:9])
    error, still = ((one - truth)[..., 8:-8, 8:-8].abs().mean((1, 2, 3)) for one in (mixed, ends))
    assert (error < 0.35 * still).float().mean() > 0.9
    assert error.mean() < 0.03


def test_the_same_number_gives_the_same_triplet_and_processes_share(folder: Path) -> None:
    source = Triplets(settings(folder), seed=3)
    whole = source.batch(2, 6)
    for name, value in whole.items():
        assert torch.equal(value, torch.cat([source.batch(2, 6, (rank, 2))[name] for rank in (0, 1)]))
        assert torch.equal(value, Triplets(settings(folder), seed=3).batch(2, 6)[name])
        assert not torch.equal(value, Triplets(settings(folder), seed=4).batch(2, 6)[name])


def test_val_goes_through_a_fixed_number_and_ends(folder: Path) -> None:
    source = Triplets(settings(folder), "val")
    assert source.count == 16
    assert len(source.batch(1, 10)["video"]) == 6
    with pytest.raises(DataError, match="val triplet 20 lies beyond the last of 16"):
        source.batch(2, 10)


def test_no_triplet_reaches_over_a_cut_or_a_repeat(tmp_path: Path) -> None:
    lumas = pan(4) + pan(3, seed=1)
    write(tmp_path / "train" / "cut.mp4", lumas)
    source = Triplets(settings(tmp_path, reach=3))
    assert source._films[0].windows == ((0, 2), (1, 2), (4, 2), (0, 3))
    twos = [luma for luma in pan(6, 6.0) for _ in range(2)]
    write(tmp_path / "train" / "cut.mp4", twos)
    with pytest.raises(
        DataError, match=r"no train video of which triplets can be taken; train/cut\.mp4: nothing moves for three"
    ):
        Triplets(settings(tmp_path))


def test_grain_falls_on_the_pictures_and_not_on_the_truth(folder: Path) -> None:
    plain, grainy = (Triplets(settings(folder, grainy=share)).batch(0, 8)["video"] for share in (0, 1))
    change = (plain - grainy).abs().mean((0, 2, 3, 4))
    assert change[1] == 0
    assert change[0] > 0.005
    assert change[2] > 0.005


def test_what_cannot_be_used_is_skipped_and_named(folder: Path) -> None:
    (folder / "train" / "bad.mp4").write_text("no video at all")
    write(folder / "train" / "small.mp4", [luma[:32, :32] for luma in pan(4)])
    with pytest.warns(UnreadableClipWarning) as caught:
        source = Triplets(settings(folder))
    assert sorted(source.skipped) == ["train/bad.mp4", "train/small.mp4"]
    assert source.skipped["train/small.mp4"] == "32x32 px are less than a crop of 64"
    assert len(caught) == 2


def test_stills_are_set_in_motion(folder: Path, tmp_path: Path) -> None:
    stills = tmp_path / "stills"
    stills.mkdir()
    for seed in range(2):
        Image.fromarray(texture(200, 160, seed=seed + 5)).convert("RGB").save(stills / f"{seed}.png")
    batch = Triplets(settings(folder, stills=str(stills), moved=1.0, grainy=0)).batch(0, 8)
    assert batch["video"].shape == (8, 3, 1, 64, 64)
    assert (batch["video"][:, 0] - batch["video"][:, 2]).abs().mean() > 0.02
    assert not torch.equal(batch["video"], Triplets(settings(folder)).batch(0, 8)["video"])


def test_stills_that_are_missing_or_too_small_are_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no pictures; give a folder with some, or leave out data.stills"):
        Triplets(settings(folder, stills=str(tmp_path / "none")))
    Image.new("RGB", (80, 40)).save(tmp_path / "flat.png")
    with pytest.raises(DataError, match=r"flat\.png: 80x40 px are too small; a side needs 64 or more"):
        Triplets(settings(folder, stills=str(tmp_path)))
