"""Recipes: one flat TOML file says the whole of a run.

    recipe.toml + --set a.b=c + --minutes 9 --> Recipe(model, data, training)

A recipe is complete and inherits from none; what it leaves out has the default that stands below.
"""

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from annotated_types import Ge, Le, Lt
from pydantic import (
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from frameloom.core.config import Config, override, read_toml, validate
from frameloom.core.errors import ConfigError, ModelError
from frameloom.data.source import DataConfig
from frameloom.models.store import CONFIG_NAME, AnyModelConfig, read_config

Share = Annotated[float, Ge(0), Le(1)]
Decay = Annotated[float, Ge(0), Lt(1)]

PACKAGED = Path(__file__).resolve().parents[1] / "recipes"
"""Where the recipes live that come with the package."""


class TrainingConfig(Config):
    """How long, how fast and how exactly to train."""

    batch: PositiveInt = 64
    """Clips in a step, over all processes together."""
    steps: PositiveInt | None = None
    """Budget in steps."""
    minutes: PositiveFloat | None = None
    """Budget in minutes of wall-clock time; with steps too, the one that is used up first counts."""
    optimiser: Literal["adam", "adamw"] = "adam"
    """Adam, or AdamW with its decoupled weight decay."""
    rate: PositiveFloat = 1e-3
    """Learning rate of the stable stage."""
    betas: tuple[Decay, Decay] = (0.9, 0.999)
    """Memory of the optimiser for the gradient and its square."""
    weight_decay: NonNegativeFloat = 0.0
    """Pull of the weights towards zero."""
    clip: PositiveFloat | None = None
    """Largest norm of a phase's gradient; none when left out."""
    ema: Decay = 0.999
    """Share that the average of the weights keeps at each step; 0 keeps no average."""
    warmup: Share = 0.0
    """Share of the budget over which the rate rises."""
    decay: Share = 0.0
    """Share of the budget over which the rate falls, at the end."""
    save_every_minutes: PositiveFloat = 2.0
    """Time between saved states."""
    log_every: PositiveInt = 20
    """Steps between two lines of log.jsonl."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """Arithmetic of the losses; auto takes bfloat16 where the machine is fast at it."""
    compile: bool = False
    """Compile the losses: pays on a GPU, not on a CPU, and not for losses that differentiate twice."""
    channels_last: bool = True
    """Keep images with the channels innermost, which most convolutions like."""
    tensorboard: bool = True
    """Write curves for TensorBoard too, where it is installed."""

    @model_validator(mode="after")
    def _budget_is_sound(self) -> Self:
        if self.steps is None and self.minutes is None:
            raise ValueError("no budget; give steps, minutes or both")
        if self.warmup + self.decay > 1:
            raise ValueError(f"warmup {self.warmup} and decay {self.decay} are more than the whole budget; lower one")
        return self


class Recipe(Config):
    """The whole of a run: what to train, on what, and how."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    """Name of the model; its run folder is runs/NAME."""
    summary: str = ""
    """What the model does, in one sentence, for its card."""
    seed: NonNegativeInt = 0
    """Fixes the first weights, the data and the noise."""
    model: AnyModelConfig
    """Family and size of the model."""
    data: DataConfig
    """Where the clips come from."""
    training: TrainingConfig
    """How to train."""
    start: Annotated[dict[str, str], Field(default_factory=dict)]
    """Parts that begin with trained weights: part of this model = model with a part of that name or its last words."""


def read_recipe(path: Path | str, assignments: Iterable[str] = (), minutes: float | None = None) -> Recipe:
    """Return the recipe in a file, or the packaged one of that name, with settings changed.

    minutes takes the place of the recipe's budget, whatever it is.

    Raises:
        ConfigError: there is no such recipe, or a setting does not fit.
    """
    found = find_recipe(Path(path))
    settings: dict[str, Any] = override(read_toml(found), assignments)
    if minutes is not None:
        training = {key: value for key, value in dict(settings.get("training", {})).items() if key != "steps"}
        settings = {**settings, "training": {**training, "minutes": minutes}}
    return validate(Recipe, settings, str(path))


def find_recipe(path: Path) -> Path:
    """Return the file itself, else the packaged recipe of that name; "recipes/" and ".toml" may be left out.

    Raises:
        ConfigError: there is neither.
    """
    if path.is_file():
        return path
    tail = Path(*path.parts[1:]) if path.parts[:1] == ("recipes",) else path
    packaged = PACKAGED / tail.with_name(f"{tail.name.removesuffix('.toml')}.toml") if tail.name else PACKAGED
    if packaged.is_file():
        return packaged
    known = [str(file.relative_to(PACKAGED).with_suffix("")) for file in sorted(PACKAGED.rglob("*.toml"))]
    close = difflib.get_close_matches(str(tail.with_suffix("")), known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"packaged recipes: {', '.join(known) or 'none'}"
    raise ConfigError(f"{path}: no such recipe; {hint}")


def data_of(folder: Path) -> DataConfig:
    """Return the data settings that the model in a folder was trained with; standard Moving MNIST if it tells none.

    Raises:
        ModelError: they are damaged.
    """
    settings = read_config(folder).get("data", {"source": "moving_mnist"})
    adapter: TypeAdapter[DataConfig] = TypeAdapter(DataConfig)
    try:
        return adapter.validate_python(settings)
    except ValidationError as error:
        reason = error.errors(include_url=False)[0]["msg"]
        raise ModelError(
            f"{folder / CONFIG_NAME}: data settings do not fit ({reason}); the folder is damaged"
        ) from error
