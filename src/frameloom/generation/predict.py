"""Continue the user's own clip: no ground truth needed, any length, any size.

clip.mp4 --read--> last frames --fit: scale, centre, grey--> past --model--> future --write--> out.mp4
"""

from collections import deque
from dataclasses import replace
from pathlib import Path

import torch
from pydantic import NonNegativeInt, PositiveInt
from torch import Tensor
from torch.nn.functional import interpolate, pad

from frameloom.core.config import Config
from frameloom.core.files import spare
from frameloom.core.provenance import version
from frameloom.data.batch import to_float
from frameloom.generation.load import load
from frameloom.generation.render import grid
from frameloom.media.files.video import Frame, Written, probe, read_frames, write_clip

LUMA = (0.299, 0.587, 0.114)
"""Grey of red, green and blue (ITU-R BT.601)."""


class PredictConfig(Config):
    """Which clip to continue, how far, and where to."""

    model: str
    """Name of a shipped model, or a model folder."""
    clip: Path
    """Video, animation, or folder of pictures."""
    out: Path
    """A .mp4, .webm, .gif or .webp file, or a folder for PNG frames."""
    frames: PositiveInt = 20
    """Frames to predict."""
    past: PositiveInt = 10
    """How many of the clip's last frames the model sees."""
    with_past: bool = False
    """Begin the output with the frames that the model saw."""
    seed: NonNegativeInt = 0
    """Chooses one of the futures that a model with chance in it sees."""
    scale: PositiveInt = 4
    """Side of the square that each pixel becomes."""
    device: str = "cpu"
    """Where to compute."""


def predict(config: PredictConfig) -> Written:
    """Write the predicted future of a clip, at the clip's frame rate.

    Raises:
        MediaError: the clip cannot be read, or the output's format is unknown.
        ModelError: no such model, or one that does not predict.
        OutputError: the output cannot be written.
    """
    spare(config.out, [config.clip])
    model = load(config.model, config.device)
    rate = probe(config.clip).rate
    past, notes = read_past(config.clip, config.past, model.frame_shape)
    future = model.predict(past, config.frames, seed=config.seed).cpu()
    sizes = f"--frames {config.frames} --past {config.past} --seed {config.seed}"
    made_by = f"frameloom {version()} predict {config.model} {config.clip.name} {sizes}"
    video = torch.cat([past, future], 1) if config.with_past else future
    written = write_clip(config.out, grid(video, gap=0), rate, scale=config.scale, made_by=made_by)
    return replace(written, notes=notes + written.notes)


def read_past(path: Path, frames: int, shape: tuple[int, int, int]) -> tuple[Tensor, tuple[str, ...]]:
    """Return the last frames of a clip as a model takes them, (1, T, C, H, W), and what was done to them in words.

    Frames keep their proportions: they are scaled to fit, centred on black, and made grey for a model of one channel.
    """
    channels, height, width = shape
    total, kept = 0, deque[Frame](maxlen=frames)
    for frame in read_frames(path):
        kept.append(frame)
        total += 1
    given = kept[-1].pixels.shape
    notes = []
    if total > len(kept):
        notes.append(f"{path.name}: the last {len(kept)} of {total} frames are used")
    if given[:2] != (height, width):
        notes.append(f"{path.name}: {given[1]}x{given[0]} px resized to fit {width}x{height}")
    return to_float(torch.stack([_fitted(frame, channels, height, width) for frame in kept]))[None], tuple(notes)


def _fitted(frame: Frame, channels: int, height: int, width: int) -> Tensor:
    """Return a frame scaled to fit and centred on black, uint8 (C, height, width)."""
    pixels = torch.from_numpy(frame.pixels).permute(2, 0, 1)  # (3, H, W)
    if channels == 1:
        pixels = _grey(pixels)
    factor = min(height / pixels.shape[1], width / pixels.shape[2])
    inner = [max(round(side * factor), 1) for side in pixels.shape[1:]]
    if list(pixels.shape[1:]) != inner:
        pixels = interpolate(pixels[None].float(), inner, mode="bilinear", antialias=True)[0]
    top, left = (height - inner[0]) // 2, (width - inner[1]) // 2
    framed = pad(pixels, (left, width - inner[1] - left, top, height - inner[0] - top))
    return framed.round().clamp(0, 255).to(torch.uint8)


def _grey(pixels: Tensor) -> Tensor:
    """Return the luma of RGB planes (3, H, W), float (1, H, W)."""
    return torch.einsum("chw,c->hw", pixels.float(), torch.tensor(LUMA))[None]
