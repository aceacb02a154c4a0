"""What streams begin from: held-out clips, a file, or the simulator, and why the truth cannot be shown."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.service.square import SIZE, Square

from frameloom.core.errors import DataError, MediaError, MissingDependencyError, ModelError
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.data.robot_push.source import SAMPLE, SETTINGS, RobotPush, RobotPushConfig
from frameloom.generation import scenes as room
from frameloom.generation.load import VideoModel, load
from frameloom.generation.scenes import SimulatorScenes, open_scenes
from frameloom.media.files.video import write_clip

RECORDED = r"recorded; only a simulator can go on"


@pytest.fixture
def pushed(tmp_path: Path) -> VideoModel:
    """A steered model whose folder says that it was trained on robot video that is not here."""
    data = RobotPushConfig(path="somewhere/else").model_dump(mode="json")
    (tmp_path / "config.json").write_text(json.dumps({"data": data}))
    return VideoModel(str(tmp_path), Square())


def test_a_digit_model_begins_with_clips_that_it_was_not_trained_on() -> None:
    scenes = open_scenes(load("mnist-seq2seq"))
    scene = scenes.begin(3)
    expected = MovingMnist(MovingMnistConfig(frames=10), "test").batch(3, 1)["video"]
    assert scene.name == "test clip 3"
    assert scene.actions is None
    assert torch.equal(scene.past, expected)
    with pytest.raises(DataError, match=rf"no truth to show: .*{RECORDED}"):
        scenes.step((0.0,))
    scenes.close()


def test_a_source_that_ends_begins_anew() -> None:
    class Three:
        count, shape = 3, (2, 1, 4, 4)

        def batch(self, index: int, size: int, share: tuple[int, int] = (0, 1)) -> dict[str, torch.Tensor]:
            return {"video": torch.full((1, *self.shape), float(index)), "actions": torch.ones(1, 2, 4)}

    scene = room.DataScenes(Three()).begin(7)
    assert (scene.name, float(scene.past.mean()), float(scene.actions.sum())) == ("test clip 1", 1.0, 8.0)


def test_it_is_known_where_the_hand_is_in_the_simulators_clips_alone(tmp_path: Path) -> None:
    sample = RobotPush(RobotPushConfig(frames=2), "test")
    scene = room.DataScenes(sample).begin(1)
    assert scene.hand == pytest.approx([*sample.batch(1, 1)["states"][0, -1].tolist(), 0.0])
    shutil.copytree(SAMPLE, tmp_path / "bair")
    other = RobotPush(RobotPushConfig(frames=2, path=str(tmp_path / "bair")), "test")
    assert room.DataScenes(other).begin(1).hand is None
    (tmp_path / "bair" / SETTINGS).write_text("{}")
    assert room.DataScenes(other).begin(1).hand is not None


def test_a_file_begins_with_its_end_whatever_the_number(tmp_path: Path) -> None:
    frames = np.stack([np.full((SIZE, SIZE, 3), 10 * time, np.uint8) for time in range(12)])
    write_clip(tmp_path / "mine", frames, 10)
    scenes = open_scenes(VideoModel("square", Square()), tmp_path / "mine")
    for number in (0, 5):
        past = scenes.begin(number).past
        assert ((past[0, :, 0, 0, 0] + 1) * 127.5).round().tolist() == [100, 110]
    assert scenes.begin(0).name == "the end of mine"
    assert "mine was recorded" in scenes.no_truth


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(MediaError, match=r"nowhere.mp4: no such file"):
        open_scenes(VideoModel("square", Square()), Path("nowhere.mp4"))


def test_a_digit_model_is_not_put_before_the_simulator() -> None:
    with pytest.raises(ModelError, match=r"mnist-seq2seq: is not steered in video of the simulator's robot"):
        open_scenes(load("mnist-seq2seq"), "simulator")


def test_without_mujoco_the_sample_is_shown_and_the_reason_kept(
    pushed: VideoModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise MissingDependencyError("mujoco: not installed; pip install 'frameloom[robot]'")

    opened = []
    monkeypatch.setattr(room, "SimulatorScenes", missing)
    monkeypatch.setattr(room, "open_source", lambda config, split: opened.append((config, split)))
    scenes = open_scenes(pushed)
    assert scenes.no_truth == "mujoco: not installed; pip install 'frameloom[robot]'"
    assert opened == [(RobotPushConfig(path=None, frames=2), "test")]
    with pytest.raises(MissingDependencyError, match=r"pip install 'frameloom\[robot\]'"):
        open_scenes(pushed, "simulator")
    assert RECORDED.split(";")[0] in open_scenes(pushed, "data").no_truth


def test_the_simulator_begins_still_and_goes_on_as_it_is_told(pushed: VideoModel) -> None:
    try:
        scenes = open_scenes(pushed)
        if not isinstance(scenes, SimulatorScenes):
            pytest.skip(scenes.no_truth)
    except DataError as error:
        pytest.skip(f"the sample is not there yet: {error}")
    try:
        scene = scenes.begin(4)
        assert scene.past.shape == (1, 2, 3, SIZE, SIZE)
        assert scene.actions.shape == (1, 2, 4)
        assert not scene.actions.any()
        assert scene.hand == pytest.approx(scenes.simulator.sent)
        before = scenes.simulator.step((0, 0, 0, 0)).state
        for _ in range(4):
            seen, done = scenes.step((-5.0, 0, 0, 0))
        assert seen.shape == (SIZE, SIZE, 3)
        assert -1 <= done[0] < 0
        assert done[1:] == (0, 0, 0)
        assert scenes.simulator.step((0, 0, 0, 0)).state[0] < before[0]
        assert torch.equal(scenes.begin(4).past, scene.past)
    finally:
        scenes.close()
