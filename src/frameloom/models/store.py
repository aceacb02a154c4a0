"""A model is a folder: settings, weights and a card; loading one never executes code.

    config.json          the whole recipe, the frameloom version and commit
    model.safetensors    weights
    README.md            card

Shipped models are such folders inside the package and load by name.
"""

import difflib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import safetensors
import torch
from pydantic import Field
from safetensors.torch import load_file, save
from torch import Tensor

from frameloom.core.config import Config, validate
from frameloom.core.errors import ModelError
from frameloom.core.files import whole_file
from frameloom.core.provenance import commit, version
from frameloom.models.base import Model
from frameloom.models.digit_reader import DigitReader, DigitReaderConfig
from frameloom.models.gan import Gan, GanConfig
from frameloom.models.interpolator import Interpolator, InterpolatorConfig
from frameloom.models.predictor import Predictor, PredictorConfig
from frameloom.models.scene_reader import SceneReader, SceneReaderConfig
from frameloom.models.seq2seq import Seq2Seq, Seq2SeqConfig
from frameloom.models.shot_detector import ShotDetector, ShotDetectorConfig
from frameloom.models.sprite_predictor import SpritePredictor, SpritePredictorConfig
from frameloom.models.upscaler import Upscaler, UpscalerConfig
from frameloom.models.vae import Vae, VaeConfig
from frameloom.models.vaegan import Vaegan, VaeganConfig
from frameloom.models.viseme import Viseme, VisemeConfig

SHIPPED = Path(__file__).resolve().parents[1] / "shipped"
"""Where the models live that come with the package."""

CONFIG_NAME, WEIGHTS_NAME, CARD_NAME = "config.json", "model.safetensors", "README.md"
LARGEST_CONFIG = 2**20
LARGEST_WEIGHTS = 2**31

AnyModelConfig = Annotated[
    GanConfig
    | VaeConfig
    | VaeganConfig
    | Seq2SeqConfig
    | PredictorConfig
    | SpritePredictorConfig
    | DigitReaderConfig
    | SceneReaderConfig
    | UpscalerConfig
    | InterpolatorConfig
    | ShotDetectorConfig
    | VisemeConfig,
    Field(discriminator="family"),
]
"""Settings of any family; `family` tells which."""


class _Record(Config, extra="ignore"):
    """What the store reads of a config.json; the rest belongs to training."""

    model: AnyModelConfig


def build(config: AnyModelConfig) -> Model:
    """Return a new model of the family its settings name, with random weights."""
    match config:
        case GanConfig():
            return Gan(config)
        case VaeConfig():
            return Vae(config)
        case VaeganConfig():
            return Vaegan(config)
        case Seq2SeqConfig():
            return Seq2Seq(config)
        case PredictorConfig():
            return Predictor(config)
        case SpritePredictorConfig():
            return SpritePredictor(config)
        case DigitReaderConfig():
            return DigitReader(config)
        case SceneReaderConfig():
            return SceneReader(config)
        case UpscalerConfig():
            return Upscaler(config)
        case InterpolatorConfig():
            return Interpolator(config)
        case ShotDetectorConfig():
            return ShotDetector(config)
        case VisemeConfig():
            return Viseme(config)


def save_model(
    folder: Path, model: Model, card: str, *, half: bool = True, recipe: Mapping[str, Any] | None = None
) -> None:
    """Write a model folder; each of its files appears whole or not at all.

    half stores float16, which takes half the space. recipe is kept beside the model's settings.

    Raises:
        ModelError: a weight is not finite, or too large for half precision.
        OutputError: the folder cannot be written.
    """
    weights = {name: _stored(name, tensor, half) for name, tensor in model.state_dict().items()}
    settings = {
        "frameloom": version(),
        "commit": commit(),
        **(recipe or {}),
        "model": model.config.model_dump(mode="json"),
    }
    with whole_file(folder / WEIGHTS_NAME) as part:
        part.write_bytes(save(weights, metadata={"format": "pt"}))
    with whole_file(folder / CONFIG_NAME) as part:
        part.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    with whole_file(folder / CARD_NAME) as part:
        part.write_text(card, encoding="utf-8")


def load_model(name_or_folder: str | Path, device: torch.device | str = "cpu") -> Model:
    """Return a shipped model by name, or the model in a folder, ready for use.

    Raises:
        ModelError: there is no such model, or its folder is damaged.
    """
    folder = find_model(name_or_folder)
    config = validate(_Record, read_config(folder), str(folder / CONFIG_NAME)).model
    path = folder / WEIGHTS_NAME
    shapes, expected = _shapes(path), _expected_shapes(folder, config)
    if shapes != expected:
        raise ModelError(f"{path}: {_difference(shapes, expected)}; {CONFIG_NAME} and weights are not of one model")
    model = build(config)
    model.load_state_dict(load_file(path))
    return model.to(device).eval().requires_grad_(False)


def find_model(name_or_folder: str | Path, home: Path = Path()) -> Path:
    """Return the folder of a shipped model by name, else the folder itself, which is relative to home.

    Raises:
        ModelError: there is neither.
    """
    names = [name for name, _ in shipped()]
    if str(name_or_folder) in names:
        return SHIPPED / name_or_folder
    folder = home / name_or_folder
    if (folder / CONFIG_NAME).is_file():
        return folder
    if folder.is_dir():
        raise ModelError(f"{folder}: not a model folder ({CONFIG_NAME} is missing)")
    close = difflib.get_close_matches(str(name_or_folder), names, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"shipped: {', '.join(names) or 'none'}"
    raise ModelError(f"{name_or_folder}: neither a model folder nor a shipped model; {hint}")


def shipped() -> list[tuple[str, str]]:
    """Return name and summary of each model that comes with the package."""
    folders = sorted(file.parent for file in SHIPPED.glob(f"*/{CONFIG_NAME}"))
    return [(folder.name, summary(folder)) for folder in folders]


def summary(folder: Path) -> str:
    """Return the first paragraph of a model's card, in one line; empty without a card."""
    card = folder / CARD_NAME
    if not card.is_file():
        return ""
    paragraphs = re.split(r"\n\s*\n", card.read_text(encoding="utf-8"))
    texts = (paragraph.strip() for paragraph in paragraphs)
    return " ".join(next((text for text in texts if text and not text.startswith("#")), "").split())


def read_config(folder: Path) -> dict[str, Any]:
    """Return the settings of a model folder as they were written.

    Raises:
        ModelError: config.json is missing, too large, or not a JSON object.
    """
    path = folder / CONFIG_NAME
    try:
        if path.stat().st_size > LARGEST_CONFIG:
            raise ModelError(f"{path}: larger than {LARGEST_CONFIG} bytes; this is not a model's settings")
        settings = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); give a model folder") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: not JSON ({error}); the model folder is damaged") from error
    if not isinstance(settings, dict):
        raise ModelError(f"{path}: not a JSON object; the model folder is damaged")
    return settings


def _shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the shapes that a weights file announces, without reading the weights."""
    try:
        if path.stat().st_size > LARGEST_WEIGHTS:
            raise ModelError(f"{path}: larger than {LARGEST_WEIGHTS} bytes; no model of ours is")
        with safetensors.safe_open(path, framework="pt") as file:
            return {key: tuple(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118  (no mapping)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror or error}); the model folder is damaged") from error
    except safetensors.SafetensorError as error:
        raise ModelError(f"{path}: not a safetensors file ({error}); the model folder is damaged") from error


def _expected_shapes(folder: Path, config: AnyModelConfig) -> dict[str, tuple[int, ...]]:
    """Return the shapes that settings ask for, without taking memory for them."""
    try:
        with torch.device("meta"):
            return {key: tuple(tensor.shape) for key, tensor in build(config).state_dict().items()}
    except (RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"{folder / CONFIG_NAME}: no model can be built from these settings ({reason})") from error


def _difference(found: Mapping[str, tuple[int, ...]], expected: Mapping[str, tuple[int, ...]]) -> str:
    """Return the first tensor in which two sets of weights differ."""
    for name, shape in expected.items():
        if name not in found:
            return f"{name} is missing"
        if found[name] != shape:
            return f"{name} is {found[name]}, the settings want {shape}"
    return f"{next(name for name in found if name not in expected)} is unknown to the settings"


def _stored(name: str, tensor: Tensor, half: bool) -> Tensor:
    """Return a tensor as it is written: on the CPU, contiguous, floats in half precision if asked for."""
    tensor = tensor.detach().cpu().contiguous()
    if not tensor.is_floating_point():
        return tensor
    stored = tensor.half() if half else tensor
    if not bool(stored.isfinite().all()):
        reason = "is too large for half precision; save with half=False" if tensor.isfinite().all() else "is not finite"
        raise ModelError(f"{name}: a weight {reason}")
    return stored
