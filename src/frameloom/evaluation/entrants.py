"""Whoever predicts: models with or without actions, what anybody can do, and checks on them, all asked the same way.

    Clips (past, actions, strangers' actions) + number of the draw --Entrant--> future (B, T, C, H, W) in [-1, 1]

A draw is fixed by seed, batch and number, so that all entrants throw the same dice on the same clips.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

import torch
from torch import Tensor

from frameloom.core.errors import DataError, ModelError
from frameloom.models.base import Predicts, State, Steered, Steps

Kind = Literal["model", "baseline", "sampler", "check"]


@dataclass(frozen=True)
class Clips:
    """Some clips of a batch as entrants see them."""

    index: int
    """Number of the batch."""
    size: int
    """Clips asked of the source at once; the last batch may hold fewer."""
    past: Tensor
    """What was given, (B, T, C, H, W) in [-1, 1]."""
    future: int
    """Frames to predict."""
    actions: Tensor | None = None
    """What was done, (B, T + future, A), where the protocol tells it."""
    strangers: Tensor | None = None
    """The same while the past was seen, then what was done in another clip."""


class Entrant(Protocol):
    """Predicts the future of clips."""

    @property
    def name(self) -> str:
        """Return what reports call it."""
        ...

    @property
    def kind(self) -> Kind:
        """Return whether it is judged (model) or stands beside."""
        ...

    @property
    def samples(self) -> int:
        """Return how many draws it may make."""
        ...

    def predict(self, clips: Clips, draw: int) -> Tensor:
        """Return a draw of the future, (B, future, C, H, W) in [-1, 1]."""
        ...


@dataclass(frozen=True)
class Contender:
    """A model."""

    name: str
    model: Predicts | Steered
    samples: int = 1
    seed: int = 0
    strange: bool = False
    """Whether it is told the actions of other clips: a model that heeds them must then be worse."""
    _begun: list[tuple[Tensor, State]] = field(default_factory=list, init=False, repr=False, compare=False)
    """The past that was taken in last, and the state after it: all draws of a batch go on from there."""

    @property
    def kind(self) -> Kind:
        """Return what it stands for."""
        return "check" if self.strange else "model"

    @property
    def can_be_steered(self) -> bool:
        """Return whether it takes actions."""
        return action_size(self.model) > 0

    def predict(self, clips: Clips, draw: int) -> Tensor:
        """Return a draw of the future, (B, future, C, H, W) in [-1, 1].

        Raises:
            DataError: the actions are of another length than the model takes.
            ModelError: the prediction has the wrong shape.
        """
        with torch.random.fork_rng(devices=[clips.past.device] if clips.past.is_cuda else []):
            torch.manual_seed(hash((self.seed, clips.index, draw)) % 2**63)
            video = self._predict(clips)
        expected = (len(clips.past), clips.future, *clips.past.shape[2:])
        if tuple(video.shape) != expected:
            raise ModelError(f"the model predicted {tuple(video.shape)} where {expected} was asked for")
        return video.float()

    def _predict(self, clips: Clips) -> Tensor:
        actions = clips.strangers if self.strange else clips.actions
        wanted = action_size(self.model)
        if actions is None or not wanted or not isinstance(self.model, Steered):
            return self._freely(clips)
        if actions.shape[-1] != wanted:
            raise DataError(f"{self.name} takes actions of {wanted} numbers, the clips have {actions.shape[-1]}")
        return self.model.predict(clips.past, clips.future, actions)

    def _freely(self, clips: Clips) -> Tensor:
        """Return what the model predicts without actions."""
        if not isinstance(self.model, Steps):
            return self.model.predict(clips.past, clips.future)
        if not self._begun or self._begun[0][0] is not clips.past:
            self._begun[:] = [(clips.past, self.model.start(clips.past))]
        state, frames = self._begun[0][1], []
        for _ in range(clips.future):
            state, frame = self.model.step(state)
            frames.append(frame)
        return torch.stack(frames, 1)


@dataclass(frozen=True)
class Baseline:
    """What anybody can predict."""

    name: str
    predictor: Predicts
    samples: int = 1

    @property
    def kind(self) -> Kind:
        """Return what it stands for."""
        return "baseline"

    def predict(self, clips: Clips, draw: int) -> Tensor:
        """Return its only prediction, (B, future, C, H, W) in [-1, 1]."""
        return self.predictor.predict(clips.past, clips.future)


def action_size(model: object) -> int:
    """Return the length of the actions that a model takes; 0 if it takes none."""
    return model.action_size if isinstance(model, Steered) else 0


def draws(entrant: Entrant, clips: Clips, known: int = 0) -> Iterator[Tensor]:
    """Yield draws of the future in about [0, 1].

    Args:
        entrant: who predicts.
        clips: what it is given.
        known: how many draws it made of earlier clips; if 0, it is not known yet whether it draws at all, and a second
            draw that equals the first is the end. Later clips may be settled by chance, and are drawn as often all the
            same.
    """
    first: Tensor | None = None
    for draw in range(known or entrant.samples):
        video = (entrant.predict(clips, draw) + 1) / 2
        if draw == 0:
            first = video
        elif draw == 1 and not known and first is not None and torch.equal(video, first):
            return
        yield video


def with_strangers(actions: Tensor, past: int, last: Tensor | None) -> Tensor:
    """Return actions of clips, (B, T, A), with those that lead into the future taken from the clip before.

    Args:
        actions: of the clips, (B, T, A).
        past: frames that are given.
        last: the actions of the last clip of the batch before, (1, T, A); None for the first.

    Raises:
        DataError: the first batch holds one clip alone.
    """
    if last is None and len(actions) < 2:
        raise DataError("actions are exchanged between clips of a batch: set batch to at least 2")
    others = actions.roll(1, 0) if last is None else torch.cat([last, actions[:-1]])
    return torch.cat([actions[:, : past - 1], others[:, past - 1 :]], dim=1)
