"""Small robot episodes to write, read and damage."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from frameloom.data.robot_push.episode import Camera, Episode
from frameloom.data.robot_push.records import write_records

MakeEpisode = Callable[..., Episode]
MakeFile = Callable[..., Path]


def an_episode(
    seed: int = 0, frames: int = 5, size: int = 8, cameras: tuple[Camera, ...] = ("main", "aux1"), labels: bool = False
) -> Episode:
    dice = np.random.default_rng(seed)
    pictures: dict[Camera, np.ndarray] = {
        camera: dice.integers(0, 256, (frames, size, size, 3), np.uint8) for camera in cameras
    }
    maps: dict[Camera, np.ndarray] = {camera: dice.integers(0, 6, (frames, size, size), np.uint8) for camera in cameras}
    actions = dice.uniform(-1, 1, (frames, 4)).astype(np.float32)
    states = dice.normal(size=(frames, 3)).astype(np.float32)
    return Episode(pictures, actions, states, maps if labels else {})


@pytest.fixture
def make_episode() -> MakeEpisode:
    """Return an episode of noise that its seed fixes."""
    return an_episode


@pytest.fixture
def make_file() -> MakeFile:
    """Write a file of episodes with seeds from first on, and return its path."""

    def write(path: Path, count: int = 3, first: int = 0, **form: object) -> Path:
        write_records(path, (an_episode(seed, **form) for seed in range(first, first + count)))  # type: ignore[arg-type]
        return path

    return write


@pytest.fixture
def same() -> Callable[[Episode, Episode], bool]:
    """Return whether two episodes hold the same."""

    def compare(one: Episode, other: Episode) -> bool:
        pairs = [(one.actions, other.actions), (one.states, other.states)]
        for these, those in ((one.frames, other.frames), (one.labels, other.labels)):
            if these.keys() != those.keys():
                return False
            pairs += [(these[camera], those[camera]) for camera in these]
        return all(np.array_equal(this, that) and this.dtype == that.dtype for this, that in pairs)

    return compare
