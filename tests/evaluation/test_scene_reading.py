"""The scene reader, read against the truth."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from frameloom.core.errors import MissingDependencyError, ModelError
from frameloom.data.batch import Batch, to_float
from frameloom.data.robot_push.episode import Episode
from frameloom.data.robot_push.records import write_records
from frameloom.data.robot_push.simulator import Simulator
from frameloom.evaluation.scene_reading import main, scene_reading_scores
from frameloom.models.scene_reader import SceneReader, SceneReaderConfig, SceneReading
from frameloom.models.store import load_model, save_model

OVERHEAD = (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1)
"""Row is x and column is y: shares of the picture."""


class Four:
    """Clips of one frame each, the hand in the middle of pixel (3, 2), everything table but for a corner of objects."""

    def __init__(self, count: int | None) -> None:
        self.count = count
        self.asked: list[tuple[int, int]] = []

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return (1, 3, 8, 8)

    def batch(self, index: int, size: int, share: tuple[int, int] = (0, 1)) -> Batch:
        self.asked.append((index, size))
        there = size if self.count is None else min(size, self.count - index * size)
        labels = torch.ones(there, 1, 8, 8, dtype=torch.int64)
        labels[..., :4, :4] = 7
        states = torch.tensor([3.5 / 8, 2.5 / 8, 0.3]).expand(there, 1, 3)
        return {"video": torch.zeros(there, 1, 3, 8, 8), "states": states, "labels": labels}


class Simulated:
    """Episodes of the simulator as clips."""

    def __init__(self, episodes: list[Episode]) -> None:
        self.episodes = episodes
        self.count = len(episodes)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return (len(self.episodes[0].actions), 3, 64, 64)

    def batch(self, index: int, size: int, share: tuple[int, int] = (0, 1)) -> Batch:
        episodes = self.episodes[index * size : (index + 1) * size]
        frames = torch.from_numpy(np.stack([episode.frames["aux1"] for episode in episodes]))
        return {
            "video": to_float(frames.movedim(-1, 2)),
            "states": torch.from_numpy(np.stack([episode.states for episode in episodes])),
            "labels": torch.from_numpy(np.stack([episode.labels["aux1"] for episode in episodes])).long(),
        }


def reader_that_says(monkeypatch: pytest.MonkeyPatch, pose: Tensor, seen: list[Tensor]) -> SceneReader:
    """Return a reader that names half of the objects arm, and finds the hand where it is told to."""
    reader = SceneReader(SceneReaderConfig(camera=OVERHEAD, size=8, width=8, features=8)).eval()
    said = torch.zeros(1, 4, 8, 8)
    said[:, 1] = 1
    said[:, 3, :4, :4] = 2
    said[:, 2, :2, :4] = 3

    def read(frames: Tensor) -> SceneReading:
        seen.append(frames)
        return SceneReading(pose[: len(frames)], said.expand(len(frames), -1, -1, -1), torch.zeros(len(frames), 8))

    monkeypatch.setattr(reader, "read", read)
    return reader


def test_scores_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    pose = torch.tensor([[3.0, 2.0], [3.0, 3.0], [6.0, 6.0], [3.0, 0.0]])  # off by 0, 1, 5 and 2 px
    seen: list[Tensor] = []
    scores = scene_reading_scores(reader_that_says(monkeypatch, pose, seen), Four(None), clips=4, batch=4)
    assert scores.median_px == pytest.approx(1.5)
    assert scores.most_px == pytest.approx(2 + 0.85 * 3)
    assert scores.accuracy == pytest.approx(56 / 64)
    assert scores.overlaps == pytest.approx((0, 1, 0, 0.5))
    assert scores.mean_overlap == pytest.approx(1.5 / 4)
    assert scores.frames == 4
    assert torch.equal(seen[0], torch.zeros(4, 3, 8, 8))


def test_spoilt_frames_are_the_same_ones_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Tensor] = []
    reader = reader_that_says(monkeypatch, torch.zeros(4, 2), seen)
    for outer in range(2):
        torch.manual_seed(outer)
        scene_reading_scores(reader, Four(None), clips=4, batch=4, spoilt=True)
        dice = torch.rand(1)
        torch.manual_seed(outer)
        assert torch.rand(1) == dice  # and the dice of others are left alone
    assert torch.equal(seen[0], seen[1])
    assert seen[0].abs().max() > 0


@pytest.mark.parametrize(("count", "clips", "frames"), [(None, 7, 7), (5, 100, 5), (20, 7, 7)])
def test_as_many_clips_are_read_as_asked_for_or_there(
    count: int | None, clips: int, frames: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Four(count)
    scores = scene_reading_scores(reader_that_says(monkeypatch, torch.zeros(4, 2), []), source, clips, batch=4)
    assert scores.frames == frames
    assert source.asked == [(0, 4), (1, 4)]


def test_hands_outside_the_picture_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Four(None)
    inside = source.batch

    def batch(index: int, size: int, share: tuple[int, int] = (0, 1)) -> Batch:
        clips = dict(inside(index, size))
        clips["states"] = clips["states"].clone()
        clips["states"][0, 0, 0] = 1.5
        return clips

    monkeypatch.setattr(source, "batch", batch)
    pose = torch.tensor([[60.0, 60.0], [3.0, 3.0], [3.0, 3.0], [3.0, 3.0]])
    scores = scene_reading_scores(reader_that_says(monkeypatch, pose, []), source, clips=4, batch=4)
    assert (scores.frames, scores.median_px, scores.most_px) == (3, 1, 1)


def test_records_are_read_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    random = np.random.default_rng(0)
    episodes = [
        Episode(
            {"aux1": random.integers(0, 256, (3, 16, 16, 3), dtype=np.uint8)},
            np.zeros((3, 4), np.float32),
            np.full((3, 3), 0.5, np.float32),
            {"aux1": random.integers(0, 6, (3, 16, 16), dtype=np.uint8)},
        )
        for _ in range(2)
    ]
    (tmp_path / "test").mkdir()
    write_records(tmp_path / "test" / "traj_0_to_1.tfrecords", episodes)
    reader = SceneReader(SceneReaderConfig(camera=OVERHEAD, size=16, width=8, features=8))
    save_model(tmp_path / "reader", reader, "# reader\n")
    main(["--model", str(tmp_path / "reader"), "--data", str(tmp_path), "--frames", "3"])
    said = capsys.readouterr().out
    assert "6 frames as they are" in said
    assert "6 frames spoilt" in said
    assert said.count("px\n") == 4
    assert said.count("objects 0.") == 2


def test_what_does_not_read_is_refused() -> None:
    with pytest.raises(ModelError, match="mnist-gan: does not read robot video; give a scene reader"):
        main(["--model", "mnist-gan"])


def test_the_shipped_reader_reads_what_the_simulator_shows() -> None:
    try:
        simulator = Simulator(seed=1234, labels=True)
        simulator.reset(0)
    except MissingDependencyError as error:
        pytest.skip(str(error))
    with simulator:
        episodes = [simulator.episode(number, frames=4) for number in range(3)]
    reader = load_model("scene-reader")
    assert isinstance(reader, SceneReader)
    scores = scene_reading_scores(reader, Simulated(episodes), batch=3)
    assert scores.frames == 12
    assert scores.median_px < 1
    assert scores.most_px < 4
    assert scores.accuracy > 0.95
