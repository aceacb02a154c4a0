"""Batches of robot pushing clips: which episodes, which windows, and what happens to damaged records."""

import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import TypeAdapter, ValidationError

from frameloom.core.errors import DataError
from frameloom.data.robot_push import source as room
from frameloom.data.robot_push.records import read_episode, read_index, write_records
from frameloom.data.robot_push.source import DamagedRecordWarning, RobotPush, RobotPushConfig, find_records
from frameloom.data.source import DataConfig, open_source


def settings(path: Path, **changes: object) -> RobotPushConfig:
    return RobotPushConfig(**{"path": str(path), "frames": 3, **changes})  # type: ignore[arg-type]


def damage(path: Path, number: int) -> None:
    """Flip a bit in the payload of a record."""
    content = bytearray(path.read_bytes())
    content[read_index(path).places[number][0] + 40] ^= 1
    path.write_bytes(content)


@pytest.fixture
def published(tmp_path: Path, make_file) -> Path:
    """A folder as the archive leaves it: three files to train on, one of which is held out, and one to test on."""
    inner = tmp_path / "softmotion30_44k"
    for first in (0, 256, 512):
        make_file(inner / "train" / f"traj_{first}_to_{first + 255}.tfrecords", 2, first)
    make_file(inner / "test" / "traj_0_to_255.tfrecords", 4, 1000)
    return tmp_path


def test_settings_are_told_by_their_source() -> None:
    read = TypeAdapter(DataConfig).validate_python
    assert read({"source": "robot_push", "path": "x", "frames": 12}) == RobotPushConfig(path="x", frames=12)
    with pytest.raises(ValidationError, match="main"):
        read({"source": "robot_push", "camera": "aux2"})


def test_a_batch_holds_what_the_records_hold(tmp_path: Path, make_file, make_episode) -> None:
    path = make_file(tmp_path / "a.tfrecords", 3, labels=True)
    for camera in ("aux1", "main"):
        source = open_source(settings(path, labels=True, camera=camera), "test")
        assert (source.count, source.shape) == (3, (3, 3, 8, 8))
        batch = source.batch(0, 3)
        assert set(batch) == {"video", "actions", "states", "labels"}
        for number in range(3):
            episode = make_episode(number, labels=True)
            pixels = (batch["video"][number] + 1) * 127.5
            expected = episode.frames[camera][:3].transpose(0, 3, 1, 2)
            assert np.allclose(pixels, expected, atol=1e-3)
            assert np.array_equal(batch["actions"][number], episode.actions[:3])
            assert np.array_equal(batch["states"][number], episode.states[:3])
            assert np.array_equal(batch["labels"][number], episode.labels[camera][:3])
        assert [batch[name].dtype for name in ("video", "actions", "states")] == [torch.float32] * 3
        assert batch["labels"].dtype == torch.int64


def test_labels_come_only_when_asked_for(tmp_path: Path, make_file) -> None:
    path = make_file(tmp_path / "a.tfrecords", labels=True)
    assert "labels" not in RobotPush(settings(path), "test").batch(0, 1)
    bare = make_file(tmp_path / "b.tfrecords")
    with pytest.raises(DataError, match=r"b.tfrecords: record 0: has no label maps of aux1 \(found: none\)"):
        RobotPush(settings(bare, labels=True), "train")


def test_crop_and_resize_treat_pictures_and_labels_alike(tmp_path: Path, make_episode) -> None:
    """Of pixels that all show their label, each label is that of its pixel before and after."""
    episode = make_episode(labels=True, size=16)
    coarse = np.kron(episode.labels["aux1"][:, ::4, ::4], np.ones((1, 4, 4), np.uint8))
    frames = np.repeat(40 * coarse[..., None], 3, -1)
    write_records(
        tmp_path / "a.tfrecords",
        [type(episode)({"aux1": frames}, episode.actions, episode.states, {"aux1": coarse})],
    )
    rows = {"crop": slice(4, 12), "resize": slice(None, None, 4), "both": slice(4, 12, 4)}
    for changes, part in (({"crop": 8}, "crop"), ({"resize": 4}, "resize"), ({"crop": 8, "resize": 2}, "both")):
        source = RobotPush(settings(tmp_path / "a.tfrecords", labels=True, **changes), "test")
        batch = source.batch(0, 1)
        expected = coarse[:3, rows[part], rows[part]]
        assert source.shape == (3, 3, *expected.shape[1:])
        assert np.array_equal(batch["labels"][0], expected)
        if part == "crop":  # resizing mixes the levels of neighbours
            assert np.array_equal(((batch["video"][0, :, 0] + 1) * 127.5 / 40).round(), expected)
    write_records(tmp_path / "b.tfrecords", [episode])
    batch = RobotPush(settings(tmp_path / "b.tfrecords", labels=True, resize=4), "test").batch(0, 1)
    assert np.array_equal(batch["labels"][0], episode.labels["aux1"][:3, 2::4, 2::4])  # a label is never a mixture
    with pytest.raises(DataError, match="crop 17 is larger than the 16x16 frame"):
        RobotPush(settings(tmp_path / "a.tfrecords", crop=17), "train")


def test_the_published_split_holds_out_the_second_file(published: Path) -> None:
    names = {split: [path.name for path in find_records(published, split)] for split in ("train", "val", "test")}
    assert names == {
        "train": ["traj_0_to_255.tfrecords", "traj_512_to_767.tfrecords"],
        "val": ["traj_256_to_511.tfrecords"],
        "test": ["traj_0_to_255.tfrecords"],
    }
    assert find_records(published, "test")[0].parent.name == "test"
    assert find_records(published / "softmotion30_44k", "val") == find_records(published, "val")


def test_a_folder_val_is_used_instead(published: Path, make_file) -> None:
    make_file(published / "softmotion30_44k" / "val" / "traj_9_to_9.tfrecords", 1)
    assert [path.name for path in find_records(published, "val")] == ["traj_9_to_9.tfrecords"]
    assert len(find_records(published, "train")) == 3


def test_files_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for first in (1000, 20, 3):
        (tmp_path / f"traj_{first}_to_{first + 1}.tfrecords").touch()
    (tmp_path / ".traj_0_to_1.tfrecords").touch()
    (tmp_path / "notes.txt").touch()
    (tmp_path / "traj_1_to_2.tfrecords").mkdir()
    assert [path.name[:8] for path in find_records(tmp_path, "train")] == ["traj_3_t", "traj_20_", "traj_100"]


def test_a_file_serves_every_split(tmp_path: Path, make_file) -> None:
    path = make_file(tmp_path / "few.tfrecords.gz", 2)
    for place in (path, tmp_path):
        assert [find_records(place, split) for split in ("train", "val", "test")] == [[path]] * 3


@pytest.mark.parametrize(
    ("made", "split", "message"),
    [
        ([], "train", "has neither train/ and test/ nor files of records"),
        (["train/traj_0_to_1.tfrecords"], "test", r"has no test/\*.tfrecords; add them, or give another path"),
        (
            ["train/traj_0_to_1.tfrecords"],
            "val",
            "has neither val/ nor train/traj_256_to_511.tfrecords; add one of them",
        ),
        (["train/traj_256_to_511.tfrecords"], "train", r"has no train/\*.tfrecords"),
        (["test/traj_0_to_1.tfrecords"], "train", r"has no train/\*.tfrecords"),
        (["val/traj_0_to_1.txt"], "val", r"has no val/\*.tfrecords"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, made: list[str], split: str, message: str) -> None:
    for name in made:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    with pytest.raises(DataError, match=message):
        find_records(tmp_path, split)  # type: ignore[arg-type]


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere: no such file or folder; give records, or leave data.path out"):
        RobotPush(settings(tmp_path / "nowhere"))
    (tmp_path / "empty.tfrecords").touch()
    with pytest.raises(DataError, match=r"empty.tfrecords: the train files hold no record; get them again"):
        RobotPush(settings(tmp_path / "empty.tfrecords"))


def test_without_a_path_the_sample_is_read(tmp_path: Path, make_file, monkeypatch: pytest.MonkeyPatch) -> None:
    make_file(tmp_path / "few.tfrecords.gz", 2)
    monkeypatch.setattr(room, "SAMPLE", tmp_path)
    assert RobotPush(RobotPushConfig(frames=5), "val").count == 2


def test_training_draws_every_window_alike(tmp_path: Path, make_file, make_episode) -> None:
    """Three episodes of five frames have nine windows of three; 1800 draws give each 200, give or take five sigma."""
    path = make_file(tmp_path / "a.tfrecords", 3)
    source = RobotPush(settings(path), "train", seed=5)
    assert source.count is None
    starts = {make_episode(number).states[start, 0]: (number, start) for number in range(3) for start in range(5)}
    found = Counter(starts[value.item()] for value in source.batch(0, 1800)["states"][:, 0, 0].numpy())
    assert set(found) == {(number, start) for number in range(3) for start in range(3)}
    assert max(abs(count - 200) for count in found.values()) < 5 * (1800 * 1 / 9 * 8 / 9) ** 0.5


def test_first_windows_begin_episodes(tmp_path: Path, make_file, make_episode) -> None:
    path = make_file(tmp_path / "a.tfrecords", 3)
    firsts = {float(make_episode(number).states[0, 0]) for number in range(3)}
    drawn = RobotPush(settings(path, start="first"), "train").batch(0, 50)["states"][:, 0, 0]
    assert set(drawn.tolist()) == firsts
    for split in ("val", "test"):
        listed = RobotPush(settings(path), split).batch(0, 50)["states"][:, 0, 0]
        assert listed.tolist() == [float(make_episode(number).states[0, 0]) for number in range(3)]


def test_a_batch_is_a_function_of_seed_and_number(tmp_path: Path, make_file) -> None:
    path = make_file(tmp_path / "a.tfrecords", 3)
    whole = RobotPush(settings(path), "train", seed=3).batch(2, 8)
    again = RobotPush(settings(path, memory=0), "train", seed=3)
    for name, tensor in whole.items():
        shares = [again.batch(2, 8, (rank, 2))[name] for rank in (1, 0)]
        assert torch.equal(torch.cat(shares[::-1]), tensor)
    assert not torch.equal(RobotPush(settings(path), "train", seed=4).batch(2, 8)["actions"], whole["actions"])
    with pytest.raises(DataError, match="a batch of 1 cannot be shared by 2 processes"):
        again.batch(0, 1, (0, 2))


def test_the_last_batch_is_short_and_none_lies_beyond(tmp_path: Path, make_file) -> None:
    source = RobotPush(settings(make_file(tmp_path / "a.tfrecords", 3)), "val")
    assert len(source.batch(1, 2)["video"]) == 1
    with pytest.raises(DataError, match=r"a.tfrecords: val clip 4 lies beyond the last of 3"):
        source.batch(2, 2)


def test_memory_bounds_what_is_kept(tmp_path: Path, make_file, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_file(tmp_path / "a.tfrecords", 3, size=256, frames=4)  # .75 MiB of one camera each
    read: list[int] = []
    whole = read_episode
    monkeypatch.setattr(room, "read_episode", lambda *a, **b: (read.append(a[1]), whole(*a, **b))[1])
    for memory, times in ((0, [2, 2, 2]), (1, [1, 2, 2]), (3, [1, 1, 1])):
        source = RobotPush(settings(path, memory=memory), "test")
        read.clear()
        source._kept.clear()
        source._free = memory << 20
        batches = [source.batch(0, 3) for _ in range(2)]
        assert [read.count(number) for number in range(3)] == times
        assert torch.equal(batches[0]["video"], batches[1]["video"])


def test_a_damaged_record_is_left_out_and_told_once(tmp_path: Path, make_file, make_episode) -> None:
    path = make_file(tmp_path / "a.tfrecords", 4)
    damage(path, 1)
    with pytest.warns(
        DamagedRecordWarning, match=r"left out .*a.tfrecords: record 1: its bytes do not match"
    ) as caught:
        source = RobotPush(settings(path), "test")
    assert len(caught) == 1
    assert source.count == 3
    states = source.batch(0, 4)["states"][:, 0, 0]
    assert states.tolist() == [float(make_episode(number).states[0, 0]) for number in (0, 2, 3)]
    assert list(source.skipped) == [f"{path}:1"]


def test_training_takes_the_next_record_for_a_damaged_one(tmp_path: Path, make_file, make_episode) -> None:
    """What is drawn otherwise stays as it was, and nothing is told twice."""
    path = make_file(tmp_path / "a.tfrecords", 4)
    before = RobotPush(settings(path), "train").batch(0, 64)
    damage(path, 3)
    source = RobotPush(settings(path), "train")
    assert source.skipped == {}
    with pytest.warns(DamagedRecordWarning, match="record 3"):
        after = source.batch(0, 64)
    changed = (before["states"] != after["states"]).flatten(1).any(1)
    assert 0 < changed.sum() < 40
    assert set(after["states"][changed, 0, 0].tolist()) <= set(make_episode(0).states[:, 0].tolist())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert torch.equal(source.batch(0, 64)["video"], after["video"])


def test_what_the_lengths_tell_is_told_at_once(tmp_path: Path, make_file) -> None:
    path = make_file(tmp_path / "a.tfrecords", 3)
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.warns(DamagedRecordWarning, match="record 2: the file ends in it"):
        source = RobotPush(settings(path), "train")
    assert len(source.batch(0, 30)["video"]) == 30


def test_an_episode_of_another_form_is_left_out(tmp_path: Path, make_episode) -> None:
    path = tmp_path / "a.tfrecords"
    write_records(path, [make_episode(0), make_episode(1, size=16), make_episode(2, frames=2), make_episode(3)])
    with pytest.warns(DamagedRecordWarning) as caught:
        source = RobotPush(settings(path), "test")
    told = [str(warning.message) for warning in caught]
    assert "record 1: has frames of 16 px, others have 8" in told[0]
    assert "record 2: has 2 frames; lower data.frames, which is 3" in told[1]
    assert source.count == 2


def test_settings_that_fit_no_episode_are_refused_at_once(tmp_path: Path, make_file) -> None:
    path = make_file(tmp_path / "a.tfrecords", cameras=("aux1",))
    with pytest.raises(DataError, match=r"record 0: has 5 frames; lower data.frames, which is 6"):
        RobotPush(settings(path, frames=6))
    with pytest.raises(DataError, match=r"record 0: has no camera main \(found: aux1\)"):
        RobotPush(settings(path, camera="main"))


def test_many_damaged_records_are_told_shortly(tmp_path: Path, make_file) -> None:
    path = make_file(tmp_path / "a.tfrecords", 15)
    for number in range(14):
        damage(path, number)
    with pytest.warns(DamagedRecordWarning) as caught:
        source = RobotPush(settings(path), "test")
    assert (source.count, len(source.skipped), len(caught)) == (1, 14, 11)
    assert f"10 records left out; others will not be told: frameloom data check {path}" in str(caught[-1].message)


def test_nothing_left_is_said(tmp_path: Path, make_file) -> None:
    path = make_file(tmp_path / "a.tfrecords", 2)
    damage(path, 0)
    damage(path, 1)
    with (
        pytest.warns(DamagedRecordWarning),
        pytest.raises(DataError, match=r"none of the 2 train records can be read: .*record 0: its bytes do not match"),
    ):
        RobotPush(settings(path), "train")
