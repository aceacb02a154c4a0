"""Make new clips from noise and write them as one playing grid.

seed, classes --model--> clips --grid--> out.mp4, out.gif, out.webp or a folder of frames
"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import Field, NonNegativeInt, PositiveInt

from frameloom.core.config import Config
from frameloom.core.files import spare
from frameloom.core.provenance import version
from frameloom.generation.load import load
from frameloom.generation.predict import read_past
from frameloom.generation.render import save
from frameloom.media.files.video import Written


class GenerateConfig(Config):
    """What to generate, how many, and where to."""

    model: str
    """Name of a shipped model, or a model folder."""
    out: Path
    """A .mp4, .webm, .gif or .webp file, or a folder for PNG frames."""
    count: Annotated[int, Field(ge=1, le=1024)] = 16
    """Clips in the grid."""
    classes: tuple[NonNegativeInt, ...] | None = None
    """Digits that every clip shall show."""
    first: Path | None = None
    """Picture, or clip whose last frame, the clips go on from."""
    seed: NonNegativeInt = 0
    """Fixes the clips."""
    rate: PositiveInt = 10
    """Frames per second."""
    scale: PositiveInt | None = None
    """Side of the square that each pixel becomes; without it, a folder keeps pixels and a small grid is enlarged."""
    device: str = "cpu"
    """Where to compute."""


def generate(config: GenerateConfig) -> Written:
    """Write a grid of new clips.

    Raises:
        ModelError: no such model, or one that does not make clips, or not of these classes.
        MediaError: the output's format is unknown.
        OutputError: the output cannot be written.
    """
    spare(config.out, filter(None, [config.first]))
    model = load(config.model, config.device)
    first, notes = (None, ()) if config.first is None else read_past(config.first, 1, model.frame_shape)
    clips = model.sample(config.count, seed=config.seed, classes=config.classes, first=first).cpu()
    asked = [] if config.classes is None else ["--classes", ",".join(map(str, config.classes))]
    asked += [] if config.first is None else ["--first", config.first.name]
    made_by = " ".join(
        ["frameloom", version(), "generate", config.model, f"-n {config.count}", f"--seed {config.seed}", *asked]
    )
    written = save(clips, config.out, config.rate, scale=config.scale, made_by=made_by)
    return replace(written, notes=notes + written.notes)
