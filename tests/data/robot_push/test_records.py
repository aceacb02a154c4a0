"""Episodes as records, against one that TensorFlow wrote."""

import base64
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from frameloom.core.errors import DataError
from frameloom.data.robot_push import records
from frameloom.data.robot_push.episode import Episode
from frameloom.data.robot_push.framing import read_record, write_payloads
from frameloom.data.robot_push.records import DamagedRecordError, check_episode, read_episode, read_index, write_records
from frameloom.data.robot_push.wire import bytes_feature, example, float_feature

BY_TENSORFLOW = base64.b64decode(
    "PQEAAAAAAABmeYG2CroCCigKFDEvaW1hZ2VfbWFpbi9lbmNvZGVkEhAKDgoMZGVmZ2hpamtsbW5vCiUKETEvZW5kZWZmZWN0b3JfcG9zEhASDgoM"
    "AACAPwAAgL4AAABBCiAKCDAvYWN0aW9uEhQSEgoQAAAAAAAAAD8AAIC/AAAAQAooChQxL2ltYWdlX2F1eDEvZW5jb2RlZBIQCg4KDHh5ent8fX5/"
    "gIGCgwogCggxL2FjdGlvbhIUEhIKEAAAgD8AAAA/AACAvwAAAEAKJQoRMC9lbmRlZmZlY3Rvcl9wb3MSEBIOCgwAAAAAAACAvgAAAEEKKAoUMC9p"
    "bWFnZV9tYWluL2VuY29kZWQSEAoOCgwAAQIDBAUGBwgJCgsKKAoUMC9pbWFnZV9hdXgxL2VuY29kZWQSEAoOCgwUFRYXGBkaGxwdHh9exBjq"
)
"""Two frames of 2x2 px of both cameras, written by TensorFlow 2.21 with its keys in the order it chose."""

Same = Callable[[Episode, Episode], bool]


def test_what_tensorflow_wrote_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.tfrecords"
    path.write_bytes(BY_TENSORFLOW)
    episode = read_episode(read_index(path), 0)
    for camera, first in (("main", 0), ("aux1", 20)):
        expected = np.stack([np.arange(first + step, first + step + 12) for step in (0, 100)]).reshape(2, 2, 2, 3)
        assert np.array_equal(episode.frames[camera], expected)  # type: ignore[index]
    assert episode.actions.tolist() == [[0, 0.5, -1, 2], [1, 0.5, -1, 2]]
    assert episode.states.tolist() == [[0, -0.25, 8], [1, -0.25, 8]]
    assert episode.labels == {}


@pytest.mark.parametrize("name", ["a.tfrecords", "a.tfrecords.gz"])
@pytest.mark.parametrize("form", [{}, {"labels": True}, {"cameras": ("aux1",)}, {"size": 64, "frames": 30}])
def test_episodes_come_back(tmp_path: Path, make_episode, same: Same, name: str, form: dict[str, object]) -> None:
    episodes = [make_episode(seed, **form) for seed in range(3)]
    assert write_records(tmp_path / name, episodes) == 3
    index = read_index(tmp_path / name)
    for number in (2, 0, 1):
        labels = bool(form.get("labels"))
        assert same(read_episode(index, number, labels=labels), episodes[number])
        assert same(check_episode(index, number), episodes[number])


def test_a_part_of_an_episode_is_that_part(tmp_path: Path, make_episode, same: Same) -> None:
    whole = make_episode(frames=7, labels=True)
    write_records(tmp_path / "a.tfrecords", [whole])
    found = read_episode(read_index(tmp_path / "a.tfrecords"), 0, ("main",), first=2, frames=3, labels=True)
    frames, labels = {"main": whole.frames["main"][2:5]}, {"main": whole.labels["main"][2:5]}
    assert same(found, Episode(frames, whole.actions[2:5], whole.states[2:5], labels))  # type: ignore[arg-type]
    rest = read_episode(read_index(tmp_path / "a.tfrecords"), 0, (), first=5)
    assert same(rest, Episode({}, whole.actions[5:], whole.states[5:]))


def test_a_record_has_the_published_names(tmp_path: Path, make_file) -> None:
    """So that 30 frames are 120 features, as in BAIR; frames are as long as they are raw."""
    path = make_file(tmp_path / "a.tfrecords", 1, frames=30, size=64)
    features = records.read_features(payload := read_record(read_index(path), 0))
    kinds = ("image_main/encoded", "image_aux1/encoded", "action", "endeffector_pos")
    assert set(features) == {f"{time}/{kind}".encode() for time in range(30) for kind in kinds}
    begin, end = records.read_bytes(payload, features[b"29/image_aux1/encoded"])
    assert end - begin == 12_288
    assert 737_000 < len(payload) < 745_000


def test_frames_can_be_written_to(tmp_path: Path, make_file) -> None:
    episode = read_episode(read_index(make_file(tmp_path / "a.tfrecords")), 0)
    for array in (*episode.frames.values(), episode.actions, episode.states):
        assert array.flags.writeable
        array[:] = 0


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"first": 3, "frames": 3}, "has 5 frames; 3 from 3 were asked for"),
        ({"first": -1, "frames": 2}, "has 5 frames; 2 from -1 were asked for"),
        ({"first": 5}, "has 5 frames; 0 from 5 were asked for"),
        ({"cameras": ("main",)}, r"has no camera main \(found: aux1\); ask for another"),
        ({"labels": True}, r"has no label maps of aux1 \(found: none\); ask for another"),
    ],
)
def test_what_is_not_there_is_refused(tmp_path: Path, make_file, asked: dict, message: str) -> None:
    index = read_index(make_file(tmp_path / "a.tfrecords", cameras=("aux1",)))
    with pytest.raises(DataError, match=f"a.tfrecords: record 1: {message}") as caught:
        read_episode(index, 1, **asked)
    assert not isinstance(caught.value, DamagedRecordError)


def features(**changes: bytes | None) -> dict[str, bytes]:
    """Return the features of two frames of 2x2 px, some changed or left out; "_" stands for "/" in names."""
    found: dict[str, bytes] = {}
    for time in range(2):
        found[f"{time}/image_aux1/encoded"] = bytes_feature(bytes(12))
        found[f"{time}/action"] = float_feature(np.zeros(4, np.float32))
        found[f"{time}/endeffector_pos"] = float_feature(np.zeros(3, np.float32))
    named = {name.removeprefix("at").replace("__", "/"): value for name, value in changes.items()}
    return {name: value for name, value in (found | named).items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"at0__action": None}, "1 actions, of which 0 are numbered from 0 on; it is no robot episode"),
        ({"at3__action": bytes_feature(b"")}, "3 actions, of which 2 are numbered from 0 on"),
        ({"at1__endeffector_pos": None}, "has no 1/endeffector_pos"),
        ({"at1__image_aux1__encoded": None}, "has no 1/image_aux1/encoded"),
        ({"at1__image_aux1__encoded": bytes_feature(bytes(27))}, "image_aux1/encoded has 12 to 27 bytes, not those of"),
        ({"at1__image_aux1__encoded": bytes_feature(b"")}, "image_aux1/encoded has 0 to 12 bytes"),
        ({"at1__image_aux1__encoded": float_feature(np.zeros(4, np.float32))}, "0 values of bytes where one should be"),
        ({"at0__action": float_feature(np.zeros(3, np.float32))}, "action has 12 to 16 bytes, not 4 floats"),
        ({"at0__action": float_feature(np.full(4, np.nan, np.float32))}, "action is not finite"),
        ({"at1__endeffector_pos": float_feature(np.full(3, np.inf, np.float32))}, "endeffector_pos is not finite"),
    ],
)
def test_a_record_of_another_form_counts_as_damaged(tmp_path: Path, changes: dict[str, bytes], message: str) -> None:
    path = tmp_path / "a.tfrecords"
    write_payloads(path, [example(features().items()), example(features(**changes).items()), b"\x0a\x05no"])
    index = read_index(path)
    assert read_episode(index, 0).frames["aux1"].shape == (2, 2, 2, 3)
    for read in (read_episode, check_episode):
        with pytest.raises(DamagedRecordError, match=f"a.tfrecords: record 1: {message}"):
            read(index, 1)
        with pytest.raises(
            DamagedRecordError, match=r"a.tfrecords: record 2: field at byte 2 runs 3 bytes past its end"
        ):
            read(index, 2)


def test_jpeg_is_told_to_be_no_raw_picture(tmp_path: Path) -> None:
    changes = {f"at{time}__image_aux1__encoded": bytes_feature(b"\xff\xd8" + bytes(30)) for time in range(2)}
    write_payloads(tmp_path / "a.tfrecords", [example(features(**changes).items())])
    with pytest.raises(DamagedRecordError, match="has 32 to 32 bytes, not those of raw squares, 3 a pixel"):
        read_episode(read_index(tmp_path / "a.tfrecords"), 0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"actions": np.zeros((5, 3), np.float32)}, r"actions have the form \(5, 3\); give finite \(5, 4\)"),
        ({"actions": np.zeros((0, 4), np.float32)}, r"actions have the form \(0, 4\); give finite \(T, 4\)"),
        ({"states": np.zeros((4, 3), np.float32)}, r"states have the form \(4, 3\); give finite \(5, 3\)"),
        ({"states": np.full((5, 3), np.nan, np.float32)}, r"states have the form \(5, 3\); give finite \(5, 3\)"),
        (
            {"frames": {"aux1": np.zeros((5, 8, 8, 3), np.float32)}},
            r"aux1 is float32 \(5, 8, 8, 3\); give uint8 \(5, H",
        ),
        (
            {"frames": {"aux1": np.zeros((5, 8, 9, 3), np.uint8)}},
            r"aux1 is uint8 \(5, 8, 9, 3\); give uint8 \(5, H, H, 3\)",
        ),
        ({"frames": {"aux1": np.zeros((4, 8, 8, 3), np.uint8)}}, r"aux1 is uint8 \(4, 8, 8, 3\); give"),
        ({"frames": {"aux1": np.zeros(5, np.uint8)}}, r"aux1 is uint8 \(5,\); give"),
        (
            {"labels": {"main": np.zeros((5, 8, 8, 1), np.uint8)}},
            r"main is uint8 \(5, 8, 8, 1\); give uint8 \(5, H, H\)",
        ),
    ],
)
def test_an_episode_of_another_form_is_not_written(tmp_path: Path, make_episode, changes: dict, message: str) -> None:
    good = make_episode()
    bad = Episode(**({"frames": good.frames, "actions": good.actions, "states": good.states} | changes))
    with pytest.raises(DataError, match=f"a.tfrecords: record 1: {message}"):
        write_records(tmp_path / "a.tfrecords", [good, bad])
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_nobody_would_read_is_not_written(
    tmp_path: Path, make_file, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "LARGEST_RECORD", 1000)
    with pytest.raises(DataError, match=r"record 0: has \d+ bytes, more than 1000; make it shorter or smaller"):
        make_file(tmp_path / "a.tfrecords")
