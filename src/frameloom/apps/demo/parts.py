"""What the sections of the demo share: settings, the digits that are shown, and clips as a page takes them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, NonNegativeInt, PositiveFloat
from torch import Tensor

from frameloom.core.config import Config
from frameloom.core.errors import ModelError
from frameloom.core.provenance import version
from frameloom.data.batch import to_uint8
from frameloom.evaluation.samples import Reads
from frameloom.generation.load import VideoModel
from frameloom.generation.render import save as save_clips
from frameloom.media.pages.page import Clip
from frameloom.models.store import load_model

GAN, VAE, PREDICTOR, SEQ2SEQ, READER = "mnist-gan", "mnist-vae", "mnist-predictor", "mnist-seq2seq", "digit-reader"
STOCHASTIC, ROBOT = "mnist-stochastic", "robot-push"

PAIRS = ((0, 1), (2, 3), (4, 5), (6, 7), (8, 9))
"""Digits that the clips of a row show."""
RATE = 8
"""Frames per second at which a clip of ten frames can be followed."""
EXAMPLES = 4


class DemoConfig(Config):
    """Where the page goes and how long it may take."""

    out: Path = Path("out/demo")
    """Folder of the page; what an earlier demo left there is replaced."""
    minutes: PositiveFloat = 1.0
    """How long one model is trained live."""
    clips: Annotated[int, Field(ge=20)] = 200
    """Held-out clips on which predictions are scored, and clips of each model that are judged."""
    film_side: Annotated[int, Field(ge=96, le=2160, multiple_of=2)] = 540
    """Height of the films with sound, px."""
    seed: NonNegativeInt = 0
    """Fixes clips and training."""


Work = Iterator[tuple[float, str]]
"""Yields the share of a section that is done, and a few words."""


def of_pairs(model: VideoModel, seed: int) -> Tensor:
    """Return one clip of each pair of digits, (5, T, C, H, W)."""
    return torch.cat([model.sample(1, seed=seed + index, classes=pair) for index, pair in enumerate(PAIRS)])


def reader() -> Reads:
    """Return the model that judges clips.

    Raises:
        ModelError: the folder of that name holds another kind of model.
    """
    reader = load_model(READER)
    if not isinstance(reader, Reads):
        raise ModelError(f"{READER}: does not read digits; install the package again")
    return reader


def save(config: DemoConfig, file: str, video: Tensor, columns: int, captions: Sequence[str]) -> None:
    """Write clips as a grid beside the page."""
    made_by = f"frameloom {version()} demo --seed {config.seed}"
    save_clips(video, config.out / file, RATE, columns=columns, captions=captions, made_by=made_by)


def unit_clip(*parts: Tensor, predicted: bool = False) -> Clip:
    """Return frames (T, C, H, W) in [0, 1], one part after the other, as a clip to show."""
    return Clip(pixels(torch.cat(parts) * 2 - 1), predicted=predicted)


def pixels(video: Tensor) -> NDArray[np.uint8]:
    """Return video (..., C, H, W) in [-1, 1] as pixels (..., H, W, C)."""
    return np.ascontiguousarray(to_uint8(video).movedim(-3, -1).numpy())


def names(pairs: Sequence[tuple[int, int]]) -> list[str]:
    """Return what the columns of the pairs are called."""
    return [f"{first} and {second}" for first, second in pairs]


def percent(share: float) -> str:
    """Return a share in whole percent."""
    return f"{100 * share:.0f} %"
