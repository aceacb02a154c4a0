"""A toy robot: a white square on blue that goes exactly where the actions say, and models that do or do not follow."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from frameloom.core.config import Config
from frameloom.data.robot_push.episode import Episode
from frameloom.data.robot_push.records import write_records
from frameloom.models.base import Model, State

SIDE, HAND, STEP_PX = 32, 6, 2.0


def draw_hand(centre: Tensor) -> Tensor:
    """Return frames (N, 3, 32, 32) in [-1, 1] with the square around centres (N, 2), row and column in px."""
    grid = torch.arange(float(SIDE))
    inside = [((grid - centre[:, axis, None]).abs() <= HAND / 2).float() for axis in (0, 1)]
    mask = inside[0][:, :, None] * inside[1][:, None, :]
    blue = torch.tensor([-1.0, -0.6, 1.0]).view(1, 3, 1, 1)
    return torch.where(mask[:, None] > 0, 1.0, blue)


def find_hand(frames: Tensor) -> Tensor:
    """Return the middle of what is red in frames (N, 3, H, W), (N, 2) px."""
    red = (frames[:, 0] + 1).clamp_min(0) / 2 + 1e-6
    grid = torch.arange(float(frames.shape[-1]))
    total = red.sum(dim=(1, 2))
    return torch.stack([(red.sum(dim=2) @ grid) / total, (red.sum(dim=1) @ grid) / total], dim=1)


def moved(centre: Tensor, action: Tensor) -> Tensor:
    """Return centres (N, 2) after actions (N, 4): first along the picture to the right, second up."""
    return (centre + STEP_PX * torch.stack([-action[:, 1], action[:, 0]], dim=1)).round().clamp(4, SIDE - 5)


class Settings(Config):
    """Of the toy models."""

    family: str = "toy"


class Follows(Model):
    """Moves the hand as it is told, give or take; without actions it stays, give or take."""

    action_size = 4

    def __init__(self, noise_px: float = 0.0, heeds: float = 1.0) -> None:
        super().__init__(Settings())
        self.noise_px, self.heeds = noise_px, heeds

    def predict(self, past: Tensor, frames: int, actions: Tensor | None = None) -> Tensor:
        told = past.new_zeros(len(past), frames, 4) if actions is None else actions[:, past.shape[1] - 1 :]
        state, video = self.start(past), []
        for action in told[:, :frames].unbind(1):
            state, frame = self.step(state, action)
            video.append(frame)
        return torch.stack(video, 1)

    def start(self, past: Tensor, actions: Tensor | None = None) -> State:
        return {"centre": find_hand(past[:, -1])}

    def step(self, state: State, action: Tensor | None = None) -> tuple[State, Tensor]:
        told = state["centre"].new_zeros(len(state["centre"]), 4) if action is None else action
        centre = moved(state["centre"], self.heeds * told)
        centre = centre + self.noise_px * torch.randn_like(centre)
        return {"centre": centre}, draw_hand(centre)


class ToyReader(Model):
    """Reads the toy scenes: the hand's place, and a few averages as features."""

    def __init__(self) -> None:
        super().__init__(Settings())

    def features(self, frames: Tensor) -> Tensor:
        return torch.nn.functional.adaptive_avg_pool2d(frames[:, :1], 2).flatten(1)

    def pose(self, frames: Tensor) -> Tensor:
        return find_hand(frames)


MODELS: Mapping[str, Model] = {
    "exact": Follows(),
    "unsure": Follows(noise_px=0.7),
    "deaf": Follows(heeds=0.0),
    "scene-reader": ToyReader(),
}


def episode(number: int, frames: int = 30) -> Episode:
    """Return an episode of the toy robot."""
    generator = torch.Generator().manual_seed(number)
    actions = torch.rand(frames, 4, generator=generator) * 2 - 1
    centre, centres = torch.rand(1, 2, generator=generator) * 12 + 10, []
    for action in actions:
        centres.append(centre.round())
        centre = moved(centre, action[None])
    video = draw_hand(torch.cat(centres)).add(1).mul(127.5).round().to(torch.uint8).movedim(1, 3).numpy()
    return Episode(
        {"main": video, "aux1": video}, actions.numpy().astype(np.float32), np.zeros((frames, 3), dtype=np.float32)
    )


@pytest.fixture(scope="session")
def toy_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of records with a test split of 12 episodes."""
    folder = tmp_path_factory.mktemp("toy")
    for split, first, count in (("train", 0, 2), ("val", 100, 2), ("test", 200, 12)):
        (folder / split).mkdir()
        write_records(folder / split / "traj_0_to_255.tfrecords", [episode(first + number) for number in range(count)])
    return folder


@pytest.fixture
def toy_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model folder for each of the toy models, which then load by it."""
    for name in MODELS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(json.dumps({"data": {"source": "robot_push", "frames": 12}}))
        (tmp_path / name / "README.md").write_text(f"# {name}\n")
    for room in ("report", "compare", "instruments"):
        place = f"frameloom.evaluation.{room}.load_model"
        monkeypatch.setattr(place, lambda name, device: MODELS[Path(name).name])
    return tmp_path
