"""Small recipes of every family, and a model that is small enough to follow by hand."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from frameloom.core.config import Config
from frameloom.models.base import Batch, Loss, Model, Phase
from frameloom.training.config import Recipe

MODELS: dict[str, dict[str, Any]] = {
    "gan": {"decoder": "pixels", "frames": 4, "size": 24, "z_dim": 4, "c_dim": 4, "h_dim": 8, "condition": "classes"},
    "vae": {"decoder": "pixels", "frames": 4, "size": 24, "z_dim": 4, "c_dim": 4, "h_dim": 8},
    "seq2seq": {"decoder": "pixels", "past": 2, "future": 2, "size": 24, "c_dim": 4, "h_dim": 8},
    "predictor": {"window": 2, "size": 24, "dim": 8, "heads": 2, "depth": 1},
    "sprite_predictor": {"past": 2, "future": 2, "width": 8, "motion_width": 8},
    "digit_reader": {"frames": 4, "width": 8, "features": 8},
}


def small_recipe(
    family: str = "predictor",
    model: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    **training: Any,
) -> Recipe:
    """Return a recipe that takes seconds."""
    model = {**MODELS[family], **(model or {})}
    crop = {"crop": 24} if model.get("size") == 24 else {}
    return Recipe.model_validate(
        {
            "name": f"small-{family}",
            "model": {"family": family, **model},
            "data": {"source": "moving_mnist", "frames": 4, **crop, **(data or {})},
            "training": {"batch": 4, "log_every": 1, "precision": "float32", "tensorboard": False, **training},
        }
    )


class TwoPlayersConfig(Config):
    """Nothing to set."""


class TwoPlayers(Model):
    """A model with two phases, noise and a buffer; its losses are those of two lines fitted to the brightness."""

    def __init__(self) -> None:
        super().__init__(TwoPlayersConfig())
        self.first = nn.Linear(3, 2)
        self.second = nn.Linear(3, 1)
        self.register_buffer("seen", torch.zeros(()))
        self.failure: str | None = None
        self.calls: list[tuple[str, float]] = []

    def phases(self) -> list[Phase]:
        return [
            Phase("first", list(self.first.parameters()), self.first_loss),
            Phase("second", list(self.second.parameters()), self.second_loss, every=2, rate=0.5),
        ]

    def first_loss(self, batch: Batch, progress: float) -> Loss:
        self.calls.append(("first", progress))
        self.get_buffer("seen").add_(len(batch["video"]))
        noise = torch.randn(len(batch["video"]), 3)
        error = (self.first(noise) - batch["video"].mean((1, 2, 3, 4))[:, None]).square().mean()
        return Loss(error, {"error": error.detach()})

    def second_loss(self, batch: Batch, progress: float) -> Loss:
        self.calls.append(("second", progress))
        return Loss((self.second(torch.ones(1, 3)) - 2).square().mean())

    def guard(self, values: Mapping[str, float]) -> str | None:
        return self.failure


class Line(Model):
    """y = w with loss (w - 1)^2 scaled: gradients and steps are known by hand."""

    def __init__(self, weight: float = 0.0, scale: float = 1.0) -> None:
        super().__init__(TwoPlayersConfig())
        self.weight = nn.Parameter(torch.tensor([weight]))
        self.scale = scale

    def phases(self) -> list[Phase]:
        return [Phase("line", [self.weight], self.loss)]

    def loss(self, batch: Batch, progress: float) -> Loss:
        return Loss(self.scale * (self.weight - batch["video"].mean()).square().sum())


class Ones:
    """Clips of ones, shared evenly."""

    count = None
    shape = (2, 1, 4, 4)

    def batch(self, index: int, size: int, share: tuple[int, int] = (0, 1)) -> dict[str, Tensor]:
        return {"video": torch.ones(size // share[1], *self.shape)}


class Counting(Ones):
    """Clips whose every pixel is the number of the clip, divided by 100."""

    def batch(self, index: int, size: int, share: tuple[int, int] = (0, 1)) -> dict[str, Tensor]:
        numbers = torch.arange(index * size, (index + 1) * size).chunk(share[1])[share[0]]
        return {"video": (numbers / 100)[:, None, None, None, None].expand(-1, *self.shape)}


@pytest.fixture
def toys() -> SimpleNamespace:
    """The small models and sources of this room."""
    return SimpleNamespace(TwoPlayers=TwoPlayers, Line=Line, Ones=Ones, Counting=Counting)


@pytest.fixture(name="small_recipe")
def _small_recipe() -> Callable[..., Recipe]:
    """Return a maker of recipes that take seconds."""
    return small_recipe


@pytest.fixture(params=sorted(MODELS))
def family(request: pytest.FixtureRequest) -> str:
    """Every family in turn."""
    return str(request.param)
