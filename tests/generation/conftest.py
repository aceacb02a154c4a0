"""Small models with random weights, in folders."""

from pathlib import Path

import pytest
import torch

from frameloom.models.gan import Gan, GanConfig
from frameloom.models.seq2seq import Seq2Seq, Seq2SeqConfig
from frameloom.models.store import save_model
from frameloom.models.vae import Vae, VaeConfig
from frameloom.models.vaegan import Vaegan, VaeganConfig

SMALL = {"frames": 5, "size": 16, "patch": 8, "z_dim": 4, "c_dim": 8, "h_dim": 16, "path_dim": 4}


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models: vae, gan (by classes), gan-first (by first frame), seq2seq and vaegan (colour, steered)."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("models")
    seq2seq = Seq2SeqConfig(size=16, channels=3, c_dim=8, h_dim=8)
    for name, model in {
        "vae": Vae(VaeConfig.model_validate({**SMALL, "decoder": "pixels"})),
        "gan": Gan(GanConfig.model_validate({**SMALL, "decoder": "sprites", "condition": "classes"})),
        "gan-first": Gan(GanConfig.model_validate({**SMALL, "decoder": "pixels", "condition": "first"})),
        "seq2seq": Seq2Seq(seq2seq),
        "vaegan": Vaegan(VaeganConfig(size=16, channels=3, actions=4, c_dim=8, h_dim=8)),
    }.items():
        save_model(folder / name, model, f"# {name}\n")
    return folder
