"""A command line to call, and small models with random weights to call it on."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import torch

from frameloom.cli.main import main
from frameloom.models.sprite_predictor import SpritePredictor, SpritePredictorConfig
from frameloom.models.store import save_model
from frameloom.models.vae import Vae, VaeConfig


class Answer(NamedTuple):
    code: int
    out: str
    err: str


Command = Callable[..., Answer]


@pytest.fixture
def frameloom(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command line in this process."""

    def run(*words: object) -> Answer:
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Answer(code, out, err)

    return run


@pytest.fixture(scope="session")
def vae(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder that samples, with random weights."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("models") / "small-vae"
    save_model(folder, Vae(VaeConfig(frames=5, size=16, z_dim=4, c_dim=8, h_dim=16)), "# small-vae\n\nA small VAE.\n")
    return folder


@pytest.fixture(scope="session")
def predictor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder that predicts, with random weights."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("models") / "small-predictor"
    save_model(folder, SpritePredictor(SpritePredictorConfig(width=8, motion_width=16)), "# small-predictor\n")
    return folder
