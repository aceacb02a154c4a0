"""What every model family shares: how it is trained (phases) and what it can do (protocols).

    Batch --Phase.loss--> Loss          training steps the phases in order
    Samples, Predicts, Steps, Steered   a command asks isinstance(model, Predicts)

Video is float32 (B, T, C, H, W) in [-1, 1] everywhere in this room.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from frameloom.core.config import Config

Batch = Mapping[str, Tensor]
"""What a data source yields: "video" always; "classes" (B, K), "positions" (B, T, K, 2) as row and
column of each digit's upper left corner in px, "patches" (B, K, 28, 28) in [0, 1] where it knows them;
"actions" (B, T, A), the t-th taken between frames t and t + 1 (the last leads out of the clip), "states" (B, T, 3)
where the hand is, and "labels" (B, T, H, W) of what each pixel shows, of robot video;
"views" (B, 9, H, W), what `media.flow` tells about the second of three frames; "low" (B, T, 1, h, w) of what "video"
was made poorer, "levels" (B, 2) how, and "back" (B, T, 2, h, w) the way to where each place was in the frame before;
"cuts" and "transitions" (B, T), 1 where a shot begins at once and where two shots are seen.
Of speech, "video" is loudness in bands (B, T, 1, 1, bands), "mouths" (B, T, 15) the shares of visemes in each row,
"intensity" (B, T) in [0, 1] how strongly it is said."""

State = dict[str, Tensor]
"""What a streaming model carries from step to step: tensors of fixed shape by name."""


@dataclass(frozen=True)
class Loss:
    """What to minimise, and what to plot beside it (detached scalars by name)."""

    total: Tensor
    parts: Mapping[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class Phase:
    """One objective over some of the parameters, stepped every so many steps by an optimiser of its own."""

    name: str
    parameters: list[nn.Parameter]
    loss: Callable[[Batch, float], Loss]
    """Takes a batch and the progress of the run in [0, 1]."""
    every: int = 1
    rate: float = 1.0
    """Factor on the recipe's learning rate."""
    begins: float = 0.0
    """Share of the run from which it is stepped: what learns later in stages."""


@dataclass(frozen=True)
class Condition:
    """What a model may be told about the clip it is to make."""

    classes: Tensor | None = None
    """Digit classes, int64 (B, K)."""
    first: Tensor | None = None
    """First frames, (B, T0, C, H, W) in [-1, 1]."""


class Model(nn.Module):
    """A network with its settings; a family subclasses it once."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config: Any = config

    def phases(self) -> list[Phase]:
        """Return the objectives in the order in which a step takes them; together they own every parameter."""
        raise NotImplementedError

    @property
    def device(self) -> torch.device:
        """Return where the parameters live."""
        return next(self.parameters()).device


@runtime_checkable
class Samples(Protocol):
    """Makes clips from noise."""

    def sample(
        self, count: int, *, condition: Condition | None = None, generator: torch.Generator | None = None
    ) -> Tensor:
        """Return clips, (count, T, C, H, W) in [-1, 1]; the generator lives on the model's device."""
        ...


@runtime_checkable
class Predicts(Protocol):
    """Continues clips, to any horizon."""

    def predict(self, past: Tensor, frames: int) -> Tensor:
        """Return the next frames, (B, frames, C, H, W) in [-1, 1], after past (B, T, C, H, W)."""
        ...


@runtime_checkable
class Steps(Protocol):
    """Predicts one frame at a time with a state of fixed shape: streaming, real time, ONNX."""

    def start(self, past: Tensor) -> State:
        """Return the state after seeing past, (B, T, C, H, W)."""
        ...

    def step(self, state: State, action: Tensor | None = None) -> tuple[State, Tensor]:
        """Return the state and the next frame, (B, C, H, W)."""
        ...


@runtime_checkable
class Steered(Protocol):
    """Predicts and steps under actions; without them it draws from what it has learned that may happen."""

    @property
    def action_size(self) -> int:
        """Return the length A of an action; 0 if the model was built to take none."""
        ...

    def predict(self, past: Tensor, frames: int, actions: Tensor | None = None) -> Tensor:
        """Return the next frames, (B, frames, C, H, W) in [-1, 1].

        Args:
            past: what was seen, (B, T, C, H, W) in [-1, 1].
            frames: how many.
            actions: what is done, (B, at least T + frames - 1, A): the t-th between frames t and t + 1.
        """
        ...

    def start(self, past: Tensor, actions: Tensor | None = None) -> State:
        """Return the state after seeing past (B, T, C, H, W) under actions (B, at least T - 1, A)."""
        ...

    def step(self, state: State, action: Tensor | None = None) -> tuple[State, Tensor]:
        """Return the state and the next frame (B, C, H, W) after an action (B, A)."""
        ...
