"""A model's imagination, one frame at a time, under the actions of whoever steers.

    past, actions --start--> state --step(action)--> state, frame (H, W, C) uint8
                               ^                       |
                               +-----------------------+--> the last `kept` frames, for a recording

The state has a fixed shape and the kept frames a limit, so that memory does not grow however long a stream goes on.
"""

import math
from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from threading import Lock

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from frameloom.core.errors import DataError, ModelError
from frameloom.data.batch import to_uint8
from frameloom.generation.load import VideoModel, require
from frameloom.media.files.video import Written, write_clip
from frameloom.models.base import State, Steered, Steps

Pixels = NDArray[np.uint8]

_EASY_TO_SEE_PX = 480
"""Height below which a recording is enlarged."""


class Stream:
    """One scene under way; calls from several threads come one after the other."""

    def __init__(self, model: VideoModel, past: Tensor, actions: Tensor | None = None, *, kept: int = 300) -> None:
        """Begin after the frames past (1, T, C, H, W) in [-1, 1], seen under actions (1, at least T - 1, A).

        Args:
            model: one that steps.
            past: what was seen.
            actions: what was done meanwhile, of models that are steered; None if it is not known.
            kept: how many of the last frames `frames` returns.

        Raises:
            DataError: past or actions do not fit the model.
            ModelError: the model does not predict frame by frame.
        """
        self.model = model
        self._network = require(model.model, model.name, Steps, "predict frame by frame")
        self._lock = Lock()
        self._kept: deque[Pixels] = deque(maxlen=kept)
        self._state: State = {}
        self.start(past, actions)

    @property
    def action_size(self) -> int:
        """Return the length of an action; 0 if the model cannot be steered."""
        return action_size(self.model)

    @property
    def steps(self) -> int:
        """Return how many frames were predicted since the start."""
        return self._steps

    def start(self, past: Tensor, actions: Tensor | None = None) -> Pixels:
        """Begin anew after other frames, as in the constructor; return the last of them, (H, W, C).

        Raises:
            DataError: past or actions do not fit the model.
        """
        past = self.model.fitted(past)
        if len(past) != 1:
            raise DataError(f"{len(past)} clips to stream from; give one, (1, T, C, H, W)")
        self._actions = self._fitted(actions, past.shape[1] - 1)
        self._past = past
        return self.reset()

    @torch.inference_mode()
    def reset(self) -> Pixels:
        """Begin anew after the same frames; return the last of them, (H, W, C)."""
        with self._lock:
            if isinstance(self._network, Steered) and self.action_size:
                self._state = self._network.start(self._past, self._actions)
            else:
                self._state = self._network.start(self._past)
            self._steps = 0
            self._kept.clear()
            return self._shown(self._past[:, -1])

    @torch.inference_mode()
    def step(self, action: Sequence[float] | None = None) -> Pixels:
        """Return the next frame, (H, W, C), after an action of `action_size` numbers, 1 being the largest there is.

        Without one, a model that can be steered draws from what it has learned that may happen.

        Raises:
            DataError: the action has another length or is not finite, or the model has diverged.
            ModelError: the model cannot be steered.
        """
        given = None if action is None else self._action(action)
        with self._lock:
            self._state, frame = self._network.step(self._state, given)
            self._steps += 1
            return self._shown(frame)

    def frames(self) -> Pixels:
        """Return the last frames since the start, the one that it began from first, (T, H, W, C)."""
        with self._lock:
            channels, height, width = self.model.frame_shape
            return np.stack(self._kept) if self._kept else np.empty((0, height, width, channels), np.uint8)

    def _shown(self, frame: Tensor) -> Pixels:
        """Keep and return a frame (1, C, H, W) as pixels (H, W, C)."""
        pixels: Pixels = np.ascontiguousarray(to_uint8(frame)[0].permute(1, 2, 0).cpu().numpy())
        self._kept.append(pixels)
        return pixels

    def _action(self, action: Sequence[float]) -> Tensor:
        """Return an action as the model takes it, (1, A)."""
        size = self.action_size
        if not size:
            raise ModelError(f"{self.model.name} takes no actions; leave them out")
        if len(action) != size or not all(map(math.isfinite, action)):
            raise DataError(f"action {list(action)} does not fit {self.model.name}; give {size} finite numbers")
        return torch.tensor([list(action)], dtype=torch.float32, device=self.model.model.device)

    def _fitted(self, actions: Tensor | None, least: int) -> Tensor | None:
        """Return the actions of the past on the model's device; None for a model that takes none."""
        if actions is None or not self.action_size:
            return None
        if actions.ndim != 3 or len(actions) != 1 or actions.shape[1] < least or actions.shape[2] != self.action_size:
            raise DataError(
                f"actions {tuple(actions.shape)} do not fit {self.model.name}; "
                f"give (1, at least {least}, {self.action_size})"
            )
        return actions.to(self.model.model.device, torch.float32)


class Recording:
    """Frames of a stream up to a limit, to be written as one file."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._frames: list[Pixels] = []

    def __len__(self) -> int:
        """Return how many frames it holds."""
        return len(self._frames)

    @property
    def is_full(self) -> bool:
        """Return whether it takes no more."""
        return len(self) >= self.most

    def add(self, frame: Pixels) -> None:
        """Keep a frame (H, W, C), of the first one's size; one too many is left out."""
        if not self.is_full:
            self._frames.append(frame)

    def save(self, path: Path, rate: Fraction | int, made_by: str) -> Written:
        """Write what it holds, enlarged by whole pixels until it is easy to see; see write_clip.

        Raises:
            MediaError: it is empty.
            OutputError: the place cannot be written.
        """
        height = self._frames[0].shape[0] if self._frames else _EASY_TO_SEE_PX
        return write_clip(path, self._frames, rate, scale=math.ceil(_EASY_TO_SEE_PX / height), made_by=made_by)


def action_size(model: VideoModel) -> int:
    """Return the length of the actions by which a model is steered; 0 if it is not."""
    return model.model.action_size if isinstance(model.model, Steered) else 0
