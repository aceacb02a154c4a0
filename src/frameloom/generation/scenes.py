"""What a stream begins from, by number.

    the model's own data, held-out clips --+
    a file of the user's ------------------+--begin(number)--> Scene: past frames, actions
    the simulator -------------------------+--step(action)---> what really happens, beside what the model imagines

Only the simulator can go on by itself, so it alone can show the truth; the others say why not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from frameloom.core.errors import DataError, MissingDependencyError, ModelError
from frameloom.data.batch import to_float
from frameloom.data.moving_mnist import MovingMnistConfig
from frameloom.data.robot_push.episode import ACTION_SIZE, Camera
from frameloom.data.robot_push.simulator import Simulator
from frameloom.data.robot_push.source import RobotPush, RobotPushConfig
from frameloom.data.source import DataConfig, Source, open_source
from frameloom.generation.load import VideoModel
from frameloom.generation.predict import read_past
from frameloom.generation.stream import action_size
from frameloom.models.store import find_model
from frameloom.training.config import data_of

Pixels = NDArray[np.uint8]
Begin = Literal["data", "simulator"] | Path
"""Where scenes come from: held-out clips of the model's own data, the simulator, or a file."""

_UNKNOWN_TURN = 0.0
"""Radians; records do not hold it, and hands that push are turned little."""
_USUAL_PAST = 10
"""Frames that a model sees whose settings do not say how many."""


@dataclass(frozen=True)
class Scene:
    """What was seen, and done, before the imagination begins."""

    name: str
    """As "test clip 3"."""
    past: Tensor
    """(1, T, C, H, W) in [-1, 1]."""
    actions: Tensor | None = None
    """(1, at least T - 1, A)."""
    hand: NDArray[np.float64] | None = None
    """Where the simulator's hand was last sent, (4,), if it is known; what cannot be reached is not to be imagined."""


class Scenes(Protocol):
    """Scenes by number, 0 and up; used from one thread, which is the one that opened them."""

    no_truth: str
    """Why `step` cannot be asked what really happens; empty if it can."""

    def begin(self, number: int) -> Scene:
        """Return the scene of this number; scenes that can go on are set up to."""
        ...

    def step(self, action: Sequence[float]) -> tuple[Pixels, tuple[float, ...]]:
        """Return what is really seen after an action, (H, W, C), and the action as it was carried out."""
        ...

    def close(self) -> None:
        """Give back what the scenes hold."""
        ...


class _StandStill:
    """What scenes that were recorded have in common."""

    no_truth: str

    def step(self, action: Sequence[float]) -> tuple[Pixels, tuple[float, ...]]:
        """Refuse.

        Raises:
            DataError: always; says why.
        """
        raise DataError(f"no truth to show: {self.no_truth}")

    def close(self) -> None:
        """Do nothing."""


class DataScenes(_StandStill):
    """Clips on which the model was not trained, from a source as its own."""

    def __init__(self, source: Source, no_truth: str = "") -> None:
        self.source = source
        self.no_truth = no_truth or "these clips were recorded; only a simulator can go on under other actions"

    def begin(self, number: int) -> Scene:
        """Return the clip of this number; after the last one, the first again."""
        number = number if self.source.count is None else number % self.source.count
        batch = self.source.batch(number, 1)
        hand = None
        if isinstance(self.source, RobotPush) and self.source.is_simulated:
            hand = np.append(batch["states"][0, -1].double().numpy(), _UNKNOWN_TURN)
        return Scene(f"test clip {number}", batch["video"], batch.get("actions"), hand)


class FileScenes(_StandStill):
    """The end of one file, whatever the number."""

    def __init__(self, path: Path, frames: int, shape: tuple[int, int, int]) -> None:
        """Read the last frames as a model of frames (C, H, W) takes them; see read_past."""
        self.path = path
        self.past, self.notes = read_past(path, frames, shape)
        self.no_truth = f"{path.name} was recorded; only a simulator can go on under other actions"

    def begin(self, number: int) -> Scene:
        """Return the end of the file."""
        return Scene(f"the end of {self.path.name}", self.past)


class SimulatorScenes:
    """Scenes of the simulator, in which the robot has held still for as long as the model looks."""

    no_truth = ""

    def __init__(self, size: int, camera: Camera, frames: int, seed: int = 0) -> None:
        """Get ready to draw; see Simulator for what it raises."""
        self.camera, self.frames = camera, frames
        self.simulator = Simulator(seed=seed, size=size, cameras=(camera,))

    def begin(self, number: int) -> Scene:
        """Set up the scene of this number."""
        still = (0.0,) * ACTION_SIZE
        seen = [self.simulator.reset(number).frames[self.camera]]
        seen += [self.step(still)[0] for _ in range(self.frames - 1)]
        video = torch.from_numpy(np.stack(seen)).permute(0, 3, 1, 2)  # (T, 3, H, W)
        actions = torch.zeros(1, self.frames, ACTION_SIZE)
        return Scene(f"simulated scene {number}", to_float(video)[None], actions, self.simulator.sent)

    def step(self, action: Sequence[float]) -> tuple[Pixels, tuple[float, ...]]:
        """Move the simulated robot, which stops at the bounds of where it may be."""
        pixels = self.simulator.step(action).frames[self.camera]
        return pixels, tuple(map(float, self.simulator.executed))

    def close(self) -> None:
        """Give back what drawing holds."""
        self.simulator.close()


def open_scenes(model: VideoModel, begin: Begin | None = None, seed: int = 0) -> Scenes:
    """Return what a model's streams can begin from.

    Args:
        model: loaded by a shipped name or from a folder, which tells its data.
        begin: where from; if None, the simulator for a model of its video where it is installed, else the model's data.
        seed: fixes the simulator's scenes.

    Raises:
        DataError: the data cannot be read.
        MediaError: the file cannot be read.
        MissingDependencyError: the simulator is asked for and not installed.
        ModelError: the simulator is asked for, and the model does not know its video.
    """
    frames = past_of(model)
    if isinstance(begin, Path):
        return FileScenes(begin, frames, model.frame_shape)
    data = data_of(find_model(model.name))
    simulated = isinstance(data, RobotPushConfig) and action_size(model) == ACTION_SIZE
    if begin == "simulator" and not simulated:
        raise ModelError(f"{model.name}: is not steered in video of the simulator's robot; leave out --from simulator")
    reason = ""
    if isinstance(data, RobotPushConfig) and simulated and begin != "data":
        try:
            return SimulatorScenes(model.frame_shape[1], data.camera, frames, seed)
        except MissingDependencyError as error:
            if begin == "simulator":
                raise
            reason = str(error)
    return DataScenes(open_source(_here(data).model_copy(update={"frames": frames}), "test"), reason)


def past_of(model: VideoModel) -> int:
    """Return how many frames a model is to see before it begins."""
    past: int = getattr(model.model.config, "past", _USUAL_PAST)
    return past


def _here(data: DataConfig) -> DataConfig:
    """Return a model's data settings without the files of the machine that it was trained on, if they are not here."""
    if isinstance(data, MovingMnistConfig):
        return data.model_copy(update={"digits": None, "file": None})
    if isinstance(data, RobotPushConfig) and data.path is not None and not Path(data.path).is_dir():
        return data.model_copy(update={"path": None})
    return data
