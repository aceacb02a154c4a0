"""Files of episodes: what is made, kept and gone on with; most with a simulator that draws noise."""

import ctypes.util
import importlib.util
import json
import queue
from collections import Counter
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest
from pydantic import ValidationError

from frameloom.core.errors import DataError, OutputError
from frameloom.data.robot_push import make as room
from frameloom.data.robot_push.episode import Camera, Episode
from frameloom.data.robot_push.make import MakeRobotPushConfig, make_robot_push
from frameloom.data.robot_push.records import read_episode, read_index
from frameloom.data.robot_push.simulator import EDITION

ROBOT_IS_HERE = all(importlib.util.find_spec(name) for name in ("mujoco", "metaworld")) and (
    ctypes.util.find_library("EGL") or ctypes.util.find_library("OSMesa")
)
needs_robot = pytest.mark.skipif(not ROBOT_IS_HERE, reason="robot simulator: mujoco, metaworld or libEGL not installed")


class Noise:
    """Stands in for the simulator: an episode of (seed, number) is noise that those fix."""

    made: ClassVar[Counter[tuple[int, int]]] = Counter()

    def __init__(self, seed: int, size: int, cameras: tuple[Camera, ...], labels: bool) -> None:
        self.seed, self.size, self.cameras, self.labels = seed, size, cameras, labels

    def __enter__(self) -> "Noise":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def episode(self, number: int, frames: int) -> Episode:
        Noise.made[self.seed, number] += 1
        random = np.random.default_rng([self.seed, number])
        shape = (frames, self.size, self.size)
        pictures = {camera: random.integers(0, 256, (*shape, 3), np.uint8) for camera in self.cameras}
        labels = {camera: random.integers(0, 5, shape, np.uint8) for camera in self.cameras} if self.labels else {}
        actions, states = random.uniform(-1, 1, (frames, 4)), random.uniform(-1, 1, (frames, 3))
        return Episode(pictures, actions.astype(np.float32), states.astype(np.float32), labels)


@pytest.fixture
def noise(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[int, int]]:
    """Count what is made, by seed and number; files hold 4 episodes."""
    monkeypatch.setattr(room, "Simulator", Noise)
    monkeypatch.setattr(room, "IN_A_FILE", 4)
    Noise.made.clear()
    return Noise.made


def settings(out: Path, **changes: object) -> MakeRobotPushConfig:
    return MakeRobotPushConfig(**{"out": out, "episodes": 6, "val": 2, "test": 1, "frames": 2, "size": 16, **changes})  # type: ignore[arg-type]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_files_are_named_and_filled_as_published(tmp_path: Path, noise: Counter[tuple[int, int]]) -> None:
    events = list(make_robot_push(settings(tmp_path, seed=5)))
    files = {"train/traj_0_to_3.tfrecords", "train/traj_4_to_5.tfrecords"}
    files |= {"val/traj_0_to_1.tfrecords", "test/traj_0_to_0.tfrecords", "made.json"}
    assert set(contents(tmp_path)) == files
    index = read_index(tmp_path / "train" / "traj_4_to_5.tfrecords")
    assert len(index) == 2
    found, wanted = read_episode(index, 1, labels=True), Noise(15, 16, ("main", "aux1"), True).episode(5, 2)
    for camera in ("main", "aux1"):
        assert np.array_equal(found.frames[camera], wanted.frames[camera])
        assert np.array_equal(found.labels[camera], wanted.labels[camera])
    assert np.array_equal(found.actions, wanted.actions)
    assert np.array_equal(found.states, wanted.states)
    assert [event.episodes for event in events] == list(range(10))
    assert [event.progress for event in events] == [episode / 9 for episode in range(10)]
    assert events[-1].record["episodes"] == events[-1].record["total"] == 9
    assert not events[1].record
    assert events[-1].text.startswith("9 of 9 episodes, ")


def test_no_two_splits_or_seeds_share_an_episode(tmp_path: Path, noise: Counter[tuple[int, int]]) -> None:
    for seed in (0, 1):
        list(make_robot_push(settings(tmp_path / str(seed), seed=seed)))
    assert set(noise.values()) == {1}
    assert {seed for seed, _ in noise} == {0, 1, 2, 3, 4, 5}


def test_what_was_stopped_goes_on_and_ends_the_same(tmp_path: Path, noise: Counter[tuple[int, int]]) -> None:
    list(make_robot_push(settings(tmp_path / "whole")))
    noise.clear()
    making = make_robot_push(settings(tmp_path / "stopped"))
    for _ in range(3):
        next(making)
    making.close()
    assert not list((tmp_path / "stopped").rglob("traj_*"))  # half a file never appears
    first, *_, last = make_robot_push(settings(tmp_path / "stopped"))
    assert (first.episodes, last.episodes) == (2, 9)
    assert set(noise.values()) == {1}
    assert contents(tmp_path / "stopped") == contents(tmp_path / "whole")
    noise.clear()
    assert [event.episodes for event in make_robot_push(settings(tmp_path / "stopped"))] == [9]
    assert not noise


def test_the_speed_is_that_of_this_run(
    tmp_path: Path, noise: Counter[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    list(make_robot_push(settings(tmp_path)))
    clock = count(0.0, 0.5)
    monkeypatch.setattr(room.time, "monotonic", lambda: next(clock))
    speeds = [event.episodes_per_s for event in make_robot_push(settings(tmp_path, episodes=8, test=3))]
    assert speeds == [0.0] + [2.0] * 7  # a file of 4 anew, then one of 3


def test_more_episodes_take_the_place_of_a_short_file(tmp_path: Path, noise: Counter[tuple[int, int]]) -> None:
    list(make_robot_push(settings(tmp_path)))
    before = contents(tmp_path)
    list(make_robot_push(settings(tmp_path, episodes=7)))
    names = sorted(path.name for path in (tmp_path / "train").iterdir())
    assert names == ["traj_0_to_3.tfrecords", "traj_4_to_6.tfrecords"]
    assert contents(tmp_path)["train/traj_4_to_6.tfrecords"].startswith(before["train/traj_4_to_5.tfrecords"])
    list(make_robot_push(settings(tmp_path, episodes=5)))
    assert sorted(path.name for path in (tmp_path / "train").iterdir()) == names  # fewer: nothing is lost


def test_a_folder_keeps_to_its_settings(tmp_path: Path, noise: Counter[tuple[int, int]]) -> None:
    list(make_robot_push(settings(tmp_path, labels=False, cameras=("aux1",))))
    made = json.loads((tmp_path / "made.json").read_text())
    assert (made["cameras"], made["edition"]) == (["aux1"], EDITION)
    assert not read_episode(read_index(tmp_path / "val" / "traj_0_to_1.tfrecords"), 0).labels
    with pytest.raises(DataError, match=r"made.json: episodes there are .*'size': 16.*give these settings or another"):
        list(make_robot_push(settings(tmp_path, labels=False, cameras=("aux1",), size=32)))
    (tmp_path / "made.json").write_text("{")
    with pytest.raises(DataError, match=r"made.json: does not say how the episodes were made"):
        list(make_robot_push(settings(tmp_path)))


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, noise: Counter[tuple[int, int]]) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"made.json: cannot be written"):
        list(make_robot_push(settings(tmp_path / "file")))


@pytest.mark.parametrize(
    "wrong", [{"episodes": 0}, {"size": 8}, {"frames": 1}, {"cameras": ()}, {"workers": 0}, {"seed": -1}, {"sizes": 64}]
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        MakeRobotPushConfig(**wrong)  # type: ignore[arg-type]


def test_a_process_that_dies_ends_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_PATIENCE_S", 0.01)
    dead, alive = SimpleNamespace(exitcode=-9), SimpleNamespace(exitcode=None)
    with pytest.raises(DataError, match=r"a process ended \(-9\)"):
        room._next(queue.Queue(), [alive, dead])  # type: ignore[arg-type]


def test_what_goes_wrong_in_a_process_is_told(
    tmp_path: Path, noise: Counter[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room.signal, "signal", lambda number, handler: None)
    config, told = settings(tmp_path), queue.Queue()  # type: ignore[var-annotated]
    file = next(room._files(config, 0, "train"))
    room._work(config, file, [1], told)
    assert room._next(told, []) == 1  # type: ignore[arg-type]
    file.part(2).mkdir()
    room._work(config, file, [2], told)
    with pytest.raises(OutputError, match=r"2.tfrecords: is a folder"):
        room._next(told, [])  # type: ignore[arg-type]


@needs_robot
def test_several_processes_make_the_same_as_one(tmp_path: Path) -> None:
    changes = {"episodes": 2, "val": 0, "test": 0, "cameras": ("aux1",)}
    list(make_robot_push(settings(tmp_path / "one", **changes)))
    list(make_robot_push(settings(tmp_path / "two", **changes, workers=2)))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert set(contents(tmp_path / "one")) == {"made.json", "train/traj_0_to_1.tfrecords"}
