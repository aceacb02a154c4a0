"""Model folders: what is saved is loaded, by folder or by name, and what is damaged is refused."""

import json
import struct
from pathlib import Path
from typing import get_args

import pytest
import torch

from frameloom.core.errors import ConfigError, ModelError
from frameloom.models import store
from frameloom.models.base import Model
from frameloom.models.digit_reader import DigitReaderConfig
from frameloom.models.gan import GanConfig
from frameloom.models.interpolator import InterpolatorConfig
from frameloom.models.predictor import PredictorConfig
from frameloom.models.scene_reader import SceneReaderConfig
from frameloom.models.seq2seq import Seq2SeqConfig
from frameloom.models.shot_detector import ShotDetectorConfig
from frameloom.models.sprite_predictor import SpritePredictorConfig
from frameloom.models.store import (
    AnyModelConfig,
    build,
    find_model,
    load_model,
    read_config,
    save_model,
    shipped,
    summary,
)
from frameloom.models.upscaler import UpscalerConfig
from frameloom.models.vae import VaeConfig
from frameloom.models.vaegan import VaeganConfig
from frameloom.models.viseme import VisemeConfig

SMALL: list[AnyModelConfig] = [
    GanConfig(frames=4, size=16, z_dim=4, c_dim=4, h_dim=8),
    VaeConfig(frames=4, size=16, z_dim=4, c_dim=4, h_dim=8),
    Seq2SeqConfig(past=2, future=2, size=16, c_dim=4, h_dim=8),
    VaeganConfig(past=2, future=2, size=16, actions=4, z_dim=3, c_dim=8, h_dim=8, adversarial_from=0.5, judge_dim=16),
    PredictorConfig(window=2, size=16, dim=8, heads=2, depth=1),
    SpritePredictorConfig(past=2, future=2, width=8, motion_width=8),
    DigitReaderConfig(frames=4, width=8, features=8),
    SceneReaderConfig(camera=(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1), width=8, features=8),
    InterpolatorConfig(width=8, depth=1),
    ShotDetectorConfig(width=4, code=8, tower=8, depth=1, reach=2),
    VisemeConfig(width=8, depth=1, memory=4),
    UpscalerConfig(width=8, depth=1),
]
CARD = "# try\n\nMakes nothing\nof note.\n\nMore.\n"


@pytest.fixture
def model() -> Model:
    torch.manual_seed(0)
    return build(PredictorConfig(window=2, size=16, dim=8, heads=2, depth=1))


@pytest.fixture
def folder(model: Model, tmp_path: Path) -> Path:
    save_model(tmp_path / "try", model, CARD, half=False)
    return tmp_path / "try"


@pytest.fixture
def shelf(model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that ships two models."""
    monkeypatch.setattr(store, "SHIPPED", tmp_path / "shipped")
    for name in ("mnist-vae", "mnist-gan"):
        save_model(tmp_path / "shipped" / name, model, CARD)
    return tmp_path / "shipped"


def test_no_family_is_left_out() -> None:
    assert {type(config) for config in SMALL} == set(get_args(get_args(AnyModelConfig)[0]))


@pytest.mark.parametrize("config", SMALL, ids=lambda config: config.family)
def test_saved_equals_loaded(config: AnyModelConfig, tmp_path: Path) -> None:
    model = build(config)
    save_model(tmp_path / "try", model, CARD, half=False)
    loaded = load_model(tmp_path / "try")
    assert type(loaded) is type(model)
    assert loaded.config == config
    assert not loaded.training
    assert not any(parameter.requires_grad for parameter in loaded.parameters())
    for name, weights in model.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], weights)


def test_half_precision_takes_half_the_space_and_loads_as_float32(model: Model, folder: Path, tmp_path: Path) -> None:
    save_model(tmp_path / "half", model, CARD)
    sizes = [(path / "model.safetensors").stat().st_size for path in (tmp_path / "half", folder)]
    assert sizes[0] < 0.7 * sizes[1]
    for name, weights in load_model(tmp_path / "half").state_dict().items():
        assert weights.dtype == torch.float32
        torch.testing.assert_close(weights, model.state_dict()[name], rtol=2**-11, atol=1e-7)


def test_weights_in_another_memory_format_are_saved(tmp_path: Path) -> None:
    model = build(SMALL[1]).to(memory_format=torch.channels_last)
    save_model(tmp_path / "try", model, CARD, half=False)
    for name, weights in load_model(tmp_path / "try").state_dict().items():
        assert torch.equal(weights, model.state_dict()[name])


def test_the_whole_recipe_is_kept(model: Model, tmp_path: Path) -> None:
    save_model(tmp_path / "try", model, CARD, recipe={"name": "try", "data": {"frames": 4}, "model": "ours comes last"})
    settings = read_config(tmp_path / "try")
    assert (settings["name"], settings["data"]) == ("try", {"frames": 4})
    assert settings["model"] == model.config.model_dump(mode="json")
    assert {"frameloom", "commit"} <= settings.keys()


@pytest.mark.parametrize(
    ("value", "reason"), [(1e6, "is too large for half precision"), (float("nan"), "is not finite")]
)
def test_weights_that_cannot_be_kept_are_refused(value: float, reason: str, model: Model, tmp_path: Path) -> None:
    with torch.no_grad():
        next(model.parameters()).fill_(value)
    with pytest.raises(ModelError, match=f"a weight {reason}"):
        save_model(tmp_path / "try", model, CARD)
    assert not (tmp_path / "try").exists()


def test_shipped_models_load_by_name_and_are_listed(shelf: Path) -> None:
    assert shipped() == [("mnist-gan", "Makes nothing of note."), ("mnist-vae", "Makes nothing of note.")]
    assert find_model("mnist-gan") == shelf / "mnist-gan"
    assert isinstance(load_model("mnist-vae"), Model)


def test_a_shipped_name_means_the_shipped_model_and_a_path_the_folder(
    shelf: Path, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save_model(Path("mnist-gan"), model, CARD)
    assert find_model("mnist-gan") == shelf / "mnist-gan"
    assert find_model("./mnist-gan") == Path("mnist-gan")


@pytest.mark.usefixtures("shelf")
def test_unknown_models_are_refused_with_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        ModelError, match="mnist-gna: neither a model folder nor a shipped model; did you mean 'mnist-gan'"
    ):
        load_model("mnist-gna")
    with pytest.raises(
        ModelError, match="x: neither a model folder nor a shipped model; shipped: mnist-gan, mnist-vae"
    ):
        load_model("x")
    with pytest.raises(ModelError, match="not a model folder"):
        load_model(tmp_path)
    monkeypatch.setattr(store, "SHIPPED", tmp_path / "none")
    with pytest.raises(ModelError, match="shipped: none"):
        load_model("x")


def test_a_model_without_a_card_has_no_summary(folder: Path) -> None:
    (folder / "README.md").write_text("# only a title\n")
    assert summary(folder) == ""
    (folder / "README.md").unlink()
    assert summary(folder) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "config.json: not JSON .*; the model folder is damaged"),
        ("[" * 100_000, "config.json: not JSON .*; the model folder is damaged"),
        ("\xff", "config.json: not JSON"),
        ("[]", "config.json: not a JSON object; the model folder is damaged"),
        ("{}" + " " * 2**20, "config.json: larger than 1048576 bytes"),
    ],
)
def test_damaged_settings_are_refused(text: str, message: str, folder: Path) -> None:
    (folder / "config.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ModelError, match=message):
        load_model(folder)


def test_settings_that_do_not_fit_are_named(folder: Path) -> None:
    for settings, message in (
        ({}, "config.json: model: missing"),
        ({"model": {"family": "gam"}}, "config.json: model: .*gam"),
        (
            {"model": {"family": "vae", "z_dmi": 4}},
            r"config.json: model.*z_dmi: unknown setting; did you mean 'z_dim'\?",
        ),
    ):
        (folder / "config.json").write_text(json.dumps(settings))
        with pytest.raises(ConfigError, match=message):
            load_model(folder)


def test_settings_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"config.json: cannot be read .*; give a model folder"):
        read_config(tmp_path)


def test_damaged_weights_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "model.safetensors"
    whole = path.read_bytes()
    for damaged in (b"", b"no weights", whole[: len(whole) // 2], struct.pack("<Q", 2**62) + whole[8:]):
        path.write_bytes(damaged)
        with pytest.raises(
            ModelError, match=r"model.safetensors: not a safetensors file .*; the model folder is damaged"
        ):
            load_model(folder)
    path.unlink()
    with pytest.raises(ModelError, match=r"model.safetensors: cannot be read .*; the model folder is damaged"):
        load_model(folder)
    path.write_bytes(whole)
    monkeypatch.setattr(store, "LARGEST_WEIGHTS", 10)
    with pytest.raises(ModelError, match=r"model.safetensors: larger than 10 bytes"):
        load_model(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dim": 16}, r"when is \(2, 1, 8\), the settings want \(2, 1, 16\)"),
        ({"depth": 2}, "blocks.4.* is missing"),
        (
            {"dim": 2**20},
            r"when is \(2, 1, 8\), the settings want .*1048576\)",
        ),  # and no terabytes are taken to find out
    ],
)
def test_weights_of_another_model_are_refused(change: dict[str, int], message: str, folder: Path) -> None:
    settings = read_config(folder)
    settings["model"] |= change
    (folder / "config.json").write_text(json.dumps(settings))
    with pytest.raises(ModelError, match=f"model.safetensors: {message}; config.json and weights are not of one model"):
        load_model(folder)


def test_settings_of_an_impossible_model_are_refused(folder: Path) -> None:
    settings = read_config(folder)
    settings["model"]["dim"] = 2**40
    (folder / "config.json").write_text(json.dumps(settings))
    with pytest.raises(ModelError, match=r"config.json: no model can be built from these settings"):
        load_model(folder)


def test_weights_that_the_settings_do_not_know_are_refused(folder: Path) -> None:
    settings = read_config(folder)
    settings["model"]["depth"] = 2
    deeper = build(PredictorConfig.model_validate(settings["model"]))
    save_model(folder, deeper, CARD)
    settings["model"]["depth"] = 1
    (folder / "config.json").write_text(json.dumps(settings))
    with pytest.raises(ModelError, match=r"blocks.4.* is unknown to the settings"):
        load_model(folder)
