"""What every model family shares: how it is trained (phases) and what it can do (protocols).

    Batch --Phase.loss--> Loss          training steps the phases in order
    Samples, Predicts, Steps            a command asks isinstance(model, Predicts)

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
column of each digit's upper left corner in px, "patches" (B, K, 28, 28) in [0, 1] where it knows them."""

State = dict[str, Tensor]
"""What a streaming model carries from step to step: tensors of fixed shape by name."""


@dataclass(frozen=True)
class Loss:
    """What to minimise, and what to plot beside it (detached scalars by name)."""

    total: Tensor
    parts: Mapping[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class Phase:
    """One objective over one share of the parameters, stepped every so many steps."""

    name: str
    parameters: list[nn.Parameter]
    loss: Callable[[Batch, float], Loss]
    """Takes a batch and the progress of the run in [0, 1]."""
    every: int = 1
    rate: float = 1.0
    """Factor on the recipe's learning rate."""


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
