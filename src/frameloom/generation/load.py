"""A model by name or folder, ready to make clips.

    load("mnist-gan") --> VideoModel: sample, predict, stream

What a model can do is asked of its protocols (models/base.py); what it cannot is told with the models that can.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor

from frameloom.core.errors import DataError, ModelError
from frameloom.models.base import Condition, Model, Predicts, Samples, Steered, Steps
from frameloom.models.store import load_model, shipped

Ability = TypeVar("Ability", Samples, Predicts, Steps)


@dataclass(frozen=True)
class VideoModel:
    """A trained model under its name; video is float32 (B, T, C, H, W) in [-1, 1]."""

    name: str
    model: Model

    @property
    def frame_shape(self) -> tuple[int, int, int]:
        """Return (C, H, W) of the frames that the model makes."""
        config = self.model.config
        side: int = config.size if hasattr(config, "size") else config.canvas
        return getattr(config, "channels", 1), side, side

    @torch.no_grad()
    def sample(
        self, count: int = 1, *, seed: int = 0, classes: Sequence[int] | None = None, first: Tensor | None = None
    ) -> Tensor:
        """Return new clips, (count, T, C, H, W); the seed fixes them.

        Args:
            count: clips.
            seed: fixes the noise.
            classes: digits that every clip shall show, such as (3, 7); drawn at random if left out.
            first: first frames to go on from, (count, T0, C, H, W), or (1, T0, C, H, W) for all clips.

        Raises:
            ModelError: the model makes no clips from noise, or not under this condition.
        """
        model = require(self.model, self.name, Samples, "make clips from noise")
        generator = torch.Generator(self.model.device).manual_seed(seed)
        condition = Condition(classes=self._shown(classes, count), first=self._begun(first, count))
        return model.sample(count, condition=condition, generator=generator)

    @torch.no_grad()
    def predict(self, past: Tensor, frames: int = 10, *, seed: int = 0, actions: Tensor | None = None) -> Tensor:
        """Return the frames that follow past (B, T, C, H, W), to any horizon, (B, frames, C, H, W).

        Args:
            past: frames seen, in [-1, 1].
            frames: how many to predict.
            seed: chooses one of the futures that a model with chance in it sees.
            actions: what is done, (B, at least T + frames - 1, A), to a model that is steered; the t-th between frames
                t and t + 1. Left out, the model goes on as it has learned that clips may.

        Raises:
            DataError: past or actions have another shape than the model's.
            ModelError: the model does not predict, or takes no actions.
        """
        model, seen = require(self.model, self.name, Predicts, "predict"), self.fitted(past)
        with torch.random.fork_rng([seen.device] if seen.is_cuda else []):
            torch.manual_seed(seed)
            if actions is None:
                return model.predict(seen, frames)
            if not isinstance(model, Steered) or not model.action_size:
                raise ModelError(f"{self.name} takes no actions; leave them out")
            return model.predict(seen, frames, actions.to(seen))

    @torch.no_grad()
    def stream(self, past: Tensor) -> Iterator[Tensor]:
        """Yield the frames that follow past (B, T, C, H, W) one by one, (B, C, H, W), without end.

        Raises:
            DataError: past has another shape than the model's clips.
            ModelError: the model does not step.
        """
        model = require(self.model, self.name, Steps, "predict frame by frame")
        state = model.start(self.fitted(past))
        while True:
            state, frame = model.step(state)
            yield frame

    def fitted(self, past: Tensor) -> Tensor:
        """Return past (B, T, C, H, W) on the model's device.

        Raises:
            DataError: it has another shape than the model's clips.
        """
        wanted = ", ".join(str(size) for size in self.frame_shape)
        if past.ndim != 5 or tuple(past.shape[2:]) != self.frame_shape or 0 in past.shape:
            raise DataError(f"frames {tuple(past.shape)} do not fit {self.name}; give (B, T, {wanted}) in [-1, 1]")
        return past.to(self.model.device, torch.float32)

    @property
    def _condition(self) -> str:
        """Return what the model's clips can be made to follow: classes, first or none."""
        config = self.model.config
        kind: str = config.condition if hasattr(config, "condition") else "classes"
        return "none" if kind == "classes" and not getattr(config, "classes", 0) else kind

    def _shown(self, classes: Sequence[int] | None, count: int) -> Tensor | None:
        """Return the classes of each clip's digits, (count, K)."""
        if classes is None:
            return None
        given = ", ".join(str(number) for number in classes)
        if self._condition != "classes":
            raise ModelError(f"{self.name} was trained without classes and cannot show {given}; leave them out")
        digits, known = self.model.config.sprites, self.model.config.classes
        if len(classes) != digits or not all(0 <= number < known for number in classes):
            raise ModelError(f"{self.name} cannot show classes {given}; give {digits} numbers from 0 to {known - 1}")
        return torch.tensor([list(classes)] * count, device=self.model.device)

    def _begun(self, first: Tensor | None, count: int) -> Tensor | None:
        """Return the first frames of each clip, (count, T0, C, H, W)."""
        if self._condition == "first" and first is None:
            raise ModelError(f"{self.name} goes on from a first frame; give one")
        if first is not None and self._condition != "first":
            raise ModelError(f"{self.name} was trained without first frames and cannot go on from them; leave them out")
        return None if first is None else self.fitted(first).expand(count, -1, -1, -1, -1)


def load(name: str | Path, device: str = "cpu") -> VideoModel:
    """Return a shipped model by its name, or the model in a folder.

    Raises:
        ModelError: no such model, a damaged folder, or no such device.
    """
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:  # what torch raises for a device that is not there
        raise ModelError(f"device {device!r} cannot be used: {str(error).splitlines()[0]}") from error
    return VideoModel(str(name), load_model(name, device))


def require(model: Model, name: str, ability: type[Ability], what: str) -> Ability:
    """Return the model as one that has an ability.

    Raises:
        ModelError: it has not; names the shipped models that have.
    """
    if isinstance(model, ability):
        return model
    able = [other for other, _ in shipped() if isinstance(load_model(other), ability)]
    raise ModelError(f"{name} does not {what}; models that do: {', '.join(able) or 'none is shipped'}")
