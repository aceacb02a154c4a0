"""Real files of all kinds, written by Pillow and PyAV themselves, become clips."""

import os
from pathlib import Path

import av
import numpy as np
import pytest
import torch
from PIL import Image

from frameloom.core.errors import DataError, OutputError
from frameloom.data import clips as room
from frameloom.data.clips import Clips, ClipsConfig, UnreadableClipWarning, find_clips


def shades(count: int, height: int = 32, width: int = 32, first: int = 0) -> np.ndarray:
    """Return flat grey frames, (T, H, W, 3), each 10 levels brighter than the last."""
    levels = first + 10 * np.arange(count, dtype=np.uint8)
    return np.broadcast_to(levels[:, None, None, None], (count, height, width, 3)).copy()


def write_images(folder: Path, frames: np.ndarray) -> None:
    folder.mkdir(parents=True)
    for number, frame in enumerate(frames):
        Image.fromarray(frame).save(folder / f"{number:04}.png")


def write_gif(path: Path, frames: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    first, *rest = (Image.fromarray(frame) for frame in frames)
    first.save(path, save_all=True, append_images=rest, duration=40, optimize=False)


def write_mp4(path: Path, frames: np.ndarray) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "1"})
        stream.height, stream.width, stream.pix_fmt = *frames.shape[1:3], "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode(None))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "videos"


def settings(folder: Path, **changes: object) -> ClipsConfig:
    return ClipsConfig(
        **{"folder": str(folder), "cache": str(folder.parent / "cache"), "frames": 4, "size": 16, **changes}
    )


def levels(video: torch.Tensor) -> list[list[int]]:
    """Return the mean level of each frame of (B, T, C, H, W), in 0 to 255."""
    return video.mean((2, 3, 4)).add(1).mul(127.5).round().int().tolist()


def test_windows_follow_stride_and_every(folder: Path) -> None:
    write_images(folder / "test" / "a", shades(10))
    write_images(folder / "test" / "b", shades(4, first=150))
    source = Clips(settings(folder, stride=3, frames=3, every=2), "test")
    assert source.count == 2
    assert source.shape == (3, 3, 16, 16)
    assert levels(source.batch(0, 8)["video"]) == [[0, 20, 40], [30, 50, 70]]
    source = Clips(settings(folder, stride=5, frames=4), "test")
    assert levels(source.batch(0, 8)["video"]) == [[0, 10, 20, 30], [50, 60, 70, 80], [150, 160, 170, 180]]


def test_videos_gifs_and_images_are_read(folder: Path) -> None:
    write_images(folder / "test" / "a", shades(4))
    write_gif(folder / "test" / "b.gif", shades(4, first=50))
    write_mp4(folder / "test" / "c.mp4", shades(4, first=100))
    found = levels(Clips(settings(folder), "test").batch(0, 8)["video"])
    expected = torch.tensor([[0, 10, 20, 30], [50, 60, 70, 80], [100, 110, 120, 130]])
    assert (torch.tensor(found) - expected).abs().max() <= 2


def test_the_square_centre_is_taken_and_shrunk(folder: Path) -> None:
    frames = np.zeros((4, 32, 64, 3), np.uint8)
    frames[:, :, 16:48] = (255, 0, 0)
    write_images(folder / "test" / "a", frames)
    video = Clips(settings(folder), "test").batch(0, 1)["video"]
    assert torch.equal(video[0, 0, 0], torch.ones(16, 16))
    assert torch.equal(video[0, 0, 1:], -torch.ones(2, 16, 16))


def test_grey_is_luma(folder: Path) -> None:
    write_images(folder / "test" / "a", np.broadcast_to(np.uint8([0, 255, 0]), (4, 16, 16, 3)))
    source = Clips(settings(folder, channels=1, mean=0.0, deviation=1.0), "test")
    assert source.shape == (4, 1, 16, 16)
    assert source.batch(0, 1)["video"].unique().tolist() == pytest.approx([150 / 255])  # .587 * 255 = 149.7


def test_training_draws_windows_without_end_and_ranks_share_them(folder: Path) -> None:
    for name in "abc":
        write_images(folder / "train" / name, shades(8, first=ord(name) % 50))
    source = Clips(settings(folder, stride=1), "train", seed=3)
    assert source.count is None
    whole = source.batch(9, 12)["video"]
    assert torch.equal(whole, torch.cat([source.batch(9, 12, (rank, 2))["video"] for rank in (0, 1)]))
    assert torch.equal(whole, Clips(settings(folder, stride=1), "train", seed=3).batch(9, 12)["video"])
    assert not torch.equal(whole, Clips(settings(folder, stride=1), "train", seed=4).batch(9, 12)["video"])
    assert len({tuple(clip) for clip in levels(source.batch(0, 300)["video"])}) == 15


def test_unreadable_files_are_skipped_named_and_counted(folder: Path) -> None:
    write_images(folder / "train" / "good", shades(5))
    write_mp4(folder / "train" / "cut.mp4", shades(9))
    content = (folder / "train" / "cut.mp4").read_bytes()
    (folder / "train" / "cut.mp4").write_bytes(content[: len(content) // 2])
    (folder / "train" / "text.webm").write_text("no video at all")
    with pytest.warns(UnreadableClipWarning) as caught:
        source = Clips(settings(folder), "train")
    assert sorted(source.skipped) == ["train/cut.mp4", "train/text.webm"]
    assert sorted(str(warning.message).split(": skipped (")[0] for warning in caught) == [
        str(folder / "train" / "cut.mp4"),
        str(folder / "train" / "text.webm"),
    ]
    assert source.batch(0, 2)["video"].shape == (2, 4, 3, 16, 16)


def test_a_size_that_changes_on_the_way_does_not_matter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_images(folder / "test" / "a", shades(1))
    monkeypatch.setattr(room, "_decoded", lambda path: iter([*shades(2, 32, 40), *shades(2, 20, 60)]))
    assert levels(Clips(settings(folder), "test").batch(0, 1)["video"]) == [[0, 10, 0, 10]]


def test_a_second_start_decodes_only_what_is_new(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[str] = []
    original = room._decoded
    monkeypatch.setattr(room, "_decoded", lambda path: decoded.append(path.name) or original(path))
    write_images(folder / "train" / "a", shades(4))
    (folder / "train" / "b.gif").write_bytes(b"GIF89a")
    with pytest.warns(UnreadableClipWarning, match="b.gif: skipped"):
        first = Clips(settings(folder), "train").batch(0, 2)["video"]
    assert decoded == ["a", "b.gif"]
    with pytest.warns(UnreadableClipWarning, match="b.gif: skipped"):
        assert torch.equal(Clips(settings(folder), "train").batch(0, 2)["video"], first)
    assert decoded == ["a", "b.gif"]
    write_gif(folder / "train" / "b.gif", shades(4))
    write_images(folder / "train" / "c", shades(4))
    Clips(settings(folder), "train")
    assert decoded == ["a", "b.gif", "b.gif", "c"]


def test_a_damaged_cache_is_made_anew(folder: Path) -> None:
    write_images(folder / "test" / "a", shades(4))
    before = Clips(settings(folder), "test").batch(0, 1)["video"]
    for path in (folder.parent / "cache").rglob("*.u8"):
        path.write_bytes(b"short")
    assert torch.equal(Clips(settings(folder), "test").batch(0, 1)["video"], before)
    for path in (folder.parent / "cache").rglob("index.json"):
        path.write_text('{"entries": {"test/a": {"frames": -1}}}')
    assert torch.equal(Clips(settings(folder), "test").batch(0, 1)["video"], before)


def test_frames_are_kept_in_the_user_s_cache_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent / "xdg"))
    write_images(folder / "test" / "a", shades(4))
    Clips(settings(folder, cache=None), "test")
    assert len(list((folder.parent / "xdg" / "frameloom" / "clips").rglob("*.u8"))) == 1
    assert list(folder.iterdir()) == [folder / "test"]


def test_an_unwritable_cache_is_named(folder: Path) -> None:
    write_images(folder / "test" / "a", shades(4))
    (folder.parent / "cache").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        Clips(settings(folder), "test")


def test_files_are_shared_out_by_name(folder: Path) -> None:
    folder.mkdir()
    names = {f"{number}.mp4" for number in range(25)}
    for name in names:
        (folder / name).touch()
    parts = {split: {path.name for path in find_clips(folder, split)} for split in ("train", "val", "test")}
    assert {split: len(part) for split, part in parts.items()} == {"train": 21, "val": 2, "test": 2}
    assert set.union(*parts.values()) == names


def test_a_sequence_in_the_folder_itself_hidden_files_and_others(folder: Path) -> None:
    write_images(folder, shades(4))
    (folder / "notes.txt").touch()
    (folder / ".hidden.mp4").touch()
    (folder / ".git").mkdir()
    (folder / ".git" / "x.mp4").touch()
    assert find_clips(folder, "train") == [folder]
    assert Clips(settings(folder), "train").batch(0, 1)["video"].shape == (1, 4, 3, 16, 16)


def test_folders_that_give_nothing_say_why(folder: Path) -> None:
    with pytest.raises(DataError, match="videos: no such folder; give one with videos, GIFs or image sequences"):
        Clips(settings(folder))
    write_images(folder / "a", shades(3))
    with pytest.raises(DataError, match="train files have up to 3 frames; a clip of 4 does not fit"):
        Clips(settings(folder))
    with pytest.raises(DataError, match="1 files are too few to hold out val; add files or a folder val/"):
        Clips(settings(folder), "val")
    (folder / "train").mkdir()
    (folder / "train" / "x.mp4").write_text("no video")
    with (
        pytest.warns(UnreadableClipWarning),
        pytest.raises(DataError, match=r"no readable train video \(skipped: 1; train/x.mp4: .*\)"),
    ):
        Clips(settings(folder))
    with pytest.raises(DataError, match=r"no readable test video \(skipped: 0\)"):
        Clips(settings(folder), "test")


def test_beyond_the_last_held_out_clip_is_an_error(folder: Path) -> None:
    write_images(folder / "val" / "a", shades(5))
    source = Clips(settings(folder, stride=1), "val")
    assert len(source.batch(0, 3)["video"]) == 2
    with pytest.raises(DataError, match="val clip 3 lies beyond the last of 2"):
        source.batch(1, 3)


def test_names_that_are_not_text_do_no_harm(folder: Path) -> None:
    write_images(folder / "test" / os.fsdecode(b"caf\xe9"), shades(4))
    assert Clips(settings(folder), "test").count == 1
