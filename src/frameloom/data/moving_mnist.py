"""Moving MNIST: handwritten digits that fly over a black canvas and bounce off its walls; made as fast as it is read.

    Dice --> paths (B, T, K, 2) px --> where to cut each digit's strip --> frames (B, T, 64, 64) --> Preprocess

    strip of a digit: 0 0 ... 0 [28 rows of 64 px] 0 ... 0 0    a frame is 4096 px of it in one piece;
                                                                the earlier it starts, the lower the digit stands

Source, preset standard: Srivastava, Mansimov & Salakhutdinov, arXiv:1502.04681, and the generator they published:
position U[0, 1]^2, angle U[0, 2 pi], step .1; move first, then clamp and turn round at a wall; draw at
int(36 * position); overlap by maximum.
Source, preset stochastic: Franceschi et al. (SRVP), arXiv:2002.09219, and their generator: whole start positions, seen
before the first move; velocity in -4...4 px, drawn anew at each wall, where the rest of the step begins; overlap by
sum, clipped at 255.
Differs from both: random numbers by address (dice.py), so a clip depends on seed and number alone, whatever the batch;
the stochastic test set draws digits anew for each clip, where SRVP shows each of the 10,000 once in each place.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, FiniteFloat, NonNegativeInt, PositiveFloat
from torch import Tensor

from frameloom.core.config import Config
from frameloom.core.errors import DataError
from frameloom.data.batch import Batch, Preprocess, share_of
from frameloom.data.dice import Dice
from frameloom.data.digits import SIDE_PX, Split, load_digits

CANVAS_PX = 64
RANGE_PX = CANVAS_PX - SIDE_PX
"""How far a digit's corner can move: 0 to 36 px."""

STEP = 0.1
"""Standard preset: step per frame as a share of the range, 3.6 px."""

MAX_SPEED_PX = 4
"""Stochastic preset: largest step per frame along each axis."""

TEST_FILE_FRAMES = 20

_STREAMS: dict[Split, int] = {"train": 0, "val": 1, "test": 2}
_FRAME = CANVAS_PX * CANVAS_PX
_LEAD = RANGE_PX * CANVAS_PX + RANGE_PX
"""Zeros before a digit in its strip, px: the farthest that a start can lie before it."""
_STRIP = _LEAD + _FRAME
_CLIPS_AT_ONCE = 16
_WALL_TOLERANCE_PX = 1e-8


class MovingMnistConfig(Config):
    """What moves, for how long, and how the frames are prepared."""

    source: Literal["moving_mnist"] = "moving_mnist"
    preset: Literal["standard", "stochastic"] = "standard"
    """Standard: straight flight, mirrored at walls. Stochastic: a new velocity at each wall (SRVP)."""
    frames: Annotated[int, Field(ge=1, le=10_000)] = 20
    """Frames per clip."""
    sprites: Annotated[int, Field(ge=1, le=16)] = 2
    """Digits per clip."""
    digits: str | None = None
    """Folder of the four official idx files, or an npz; without it, the digits that ship with the package."""
    file: str | None = None
    """The published mnist_test_seq.npy; when given, the test split is read from it."""
    crop: Annotated[int, Field(ge=1, le=CANVAS_PX)] | None = None
    """Side of the centre crop, px."""
    resize: Annotated[int, Field(ge=1, le=1024)] | None = None
    """Side after resizing, px."""
    mean: FiniteFloat = 0.5
    """Subtracted from pixels in [0, 1]."""
    deviation: PositiveFloat = 0.5
    """Divides what is left; mean .5 and deviation .5 give [-1, 1]."""
    paths_per_clip: NonNegativeInt = 0
    """Extra trajectories per clip without frames, for models that learn the motion on its own."""


class MovingMnist:
    """An endless stream of clips, a pure function of settings, split, seed and clip number."""

    count: int | None
    """Clips in all; None for an endless stream."""

    def __init__(
        self, config: MovingMnistConfig, split: Split = "train", seed: int = 0, device: torch.device | str = "cpu"
    ) -> None:
        """Load the digits; the val and test streams are fixed, so that seed applies to train alone."""
        self.config = config
        self.device = torch.device(device)
        self.preprocess = Preprocess(config.crop, config.resize, config.mean, config.deviation)
        self.file = read_test_sequence(Path(config.file)) if config.file and split == "test" else None
        if self.file is not None and config.frames > TEST_FILE_FRAMES:
            raise DataError(
                f"{config.file}: {config.frames} frames asked of clips of {TEST_FILE_FRAMES}; lower data.frames"
            )
        self.count = None if self.file is None else self.file.shape[1]
        digits = load_digits(split, config.digits)
        self.images, self.labels = digits.images.to(self.device), digits.labels.to(self.device)
        self.dice = Dice.seeded(seed if split == "train" else 0, _STREAMS[split], self.device)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return (T, C, H, W) of a clip after preprocessing."""
        return (self.config.frames, 1, *self.preprocess.size(CANVAS_PX, CANVAS_PX))

    def batch(self, index: int, size: int, share: tuple[int, int] = (0, 1)) -> Batch:
        """Return clips index * size to (index + 1) * size, or of these what falls to share[0] of share[1] processes.

        A resized batch has no positions, patches and paths: they are in px of the canvas.

        Raises:
            DataError: the batch is too small to share, or lies beyond the end of the file.
        """
        clips = self._clips(index, size, share)
        if self.file is not None:
            return {"video": self.preprocess.apply(self._read(self.file, clips))}
        chosen, places = self._draw(clips)
        images = self.images[chosen]
        batch = {"video": self._film(images, places, self.preprocess.apply), "classes": self.labels[chosen]}
        if self.config.resize is None:
            corner = self.preprocess.corner(CANVAS_PX, CANVAS_PX)
            origin = torch.tensor(corner, device=self.device)
            batch["positions"] = places - origin
            batch["patches"] = images.to(torch.float32).div_(255)
            if self.config.paths_per_clip:
                batch["paths"] = self._extra_paths(clips) - origin
        return batch

    def futures(self, index: int, size: int, past: int, future: int, draw: int) -> Tensor:
        """Return how the same clips might go on after so many frames, preprocessed (B, future, 1, H, W).

        Digits, places and velocities are those at the end of the past; what comes after is drawn anew by the same law.

        Raises:
            DataError: the future is not open: the clips are of the standard preset, or from a file.
        """
        if self.config.preset != "stochastic" or self.file is not None:
            raise DataError("only clips made by the stochastic preset can go on otherwise")
        clips = self._clips(index, size, (0, 1))
        dice = self.dice.split(clips[:, None]).split(torch.arange(self.config.sprites, device=self.device))
        _, flight = fly(Flight.begun(dice), dice, past)
        paths, _ = fly(flight, dice.split(draw), future)
        images = self.images[dice.whole(0, 0, len(self.images) - 1)]
        return self._film(images, paths.round().to(torch.int64).permute(1, 0, 2, 3), self.preprocess.apply)

    def clips_uint8(self, index: int, size: int) -> Tensor:
        """Return the same clips as pixels before preprocessing, uint8 (B, T, 1, 64, 64)."""
        clips = self._clips(index, size, (0, 1))
        if self.file is not None:
            return self._read(self.file, clips)
        chosen, places = self._draw(clips)
        return self._film(self.images[chosen], places, lambda video: video)

    def _clips(self, index: int, size: int, share: tuple[int, int]) -> Tensor:
        """Return the numbers of this share's clips, (B,)."""
        part = share_of(index, size, share)
        return torch.arange(part.start, part.stop, device=self.device)

    def _draw(self, clips: Tensor) -> tuple[Tensor, Tensor]:
        """Return which digits each clip shows, (B, K), and where they are drawn, (B, T, K, 2) px."""
        dice = self.dice.split(clips[:, None]).split(torch.arange(self.config.sprites, device=self.device))
        paths = self._paths(dice)
        places = paths if self.config.preset == "standard" else paths.round()
        return dice.whole(0, 0, len(self.images) - 1), places.to(torch.int64)  # truncated in the standard preset

    def _read(self, sequence: NDArray[np.uint8], clips: Tensor) -> Tensor:
        """Return clips of the published file, uint8 (B, T, 1, 64, 64); a last batch may be short."""
        numbers = clips[clips < sequence.shape[1]].cpu().numpy()
        if not len(numbers):
            raise DataError(f"{self.config.file}: clip {int(clips[0])} lies beyond the last of {sequence.shape[1]}")
        chosen = sequence[: self.config.frames, numbers].swapaxes(0, 1)[:, :, None]
        return torch.from_numpy(np.ascontiguousarray(chosen)).to(self.device)

    def _extra_paths(self, clips: Tensor) -> Tensor:
        """Return trajectories without frames, float32 (B*P, T, 2) px, before they are cut or rounded to pixels."""
        first = self.config.sprites
        numbers = torch.arange(first, first + self.config.paths_per_clip, device=self.device)
        paths = self._paths(self.dice.split(clips[:, None]).split(numbers))  # (B, T, P, 2)
        return paths.transpose(1, 2).flatten(0, 1).to(torch.float32)

    def _paths(self, dice: Dice) -> Tensor:
        """Return where the sprites of each clip are, float64 (B, T, K, 2) px as row and column."""
        move = straight_paths if self.config.preset == "standard" else stochastic_paths
        return move(dice, self.config.frames).permute(1, 0, 2, 3)

    def _film(self, images: Tensor, places: Tensor, finish: Callable[[Tensor], Tensor]) -> Tensor:
        """Return finished frames; on a CPU a few clips at a time, so that what lies between stays in its cache."""
        step = _CLIPS_AT_ONCE if self.device.type == "cpu" else len(images)
        parts = [slice(first, first + step) for first in range(0, len(images), step)]
        films = [finish(self._render(images[part], places[part])) for part in parts]
        return films[0] if len(films) == 1 else torch.cat(films)

    def _render(self, images: Tensor, places: Tensor) -> Tensor:
        """Return frames, uint8 (B, T, 1, 64, 64), of images (B, K, 28, 28) at places (B, T, K, 2).

        Each frame of a digit is one contiguous copy out of its strip, which makes this about as fast as memory.
        """
        clips, frames, sprites, _ = places.shape
        strips = images.new_zeros(sprites, clips, _STRIP)
        rows = strips[..., _LEAD : _LEAD + SIDE_PX * CANVAS_PX].view(sprites, clips, SIDE_PX, CANVAS_PX)
        rows[..., :SIDE_PX] = images.transpose(0, 1)
        windows = strips.as_strided((strips.numel() - _FRAME + 1, _FRAME), (1, 1))
        first = torch.arange(0, strips.numel(), _STRIP, device=images.device).view(sprites, clips, 1) + _LEAD
        starts = first - (places[..., 0] * CANVAS_PX + places[..., 1]).permute(2, 0, 1)  # (K, B, T)
        video = windows.index_select(0, starts[0].flatten())
        for start in starts[1:]:
            layer = windows.index_select(0, start.flatten())
            if self.config.preset == "standard":
                torch.maximum(video, layer, out=video)
            else:
                video += torch.minimum(layer, 255 - video)
        return video.view(clips, frames, 1, CANVAS_PX, CANVAS_PX)


def straight_paths(dice: Dice, frames: int) -> Tensor:
    """Return paths of the standard preset, float64 (T, B, K, 2) px, from dice of (B, K); draws 1 to 3.

    Steps are added one by one in double precision, as published, so that truncation falls as it does there.
    """
    angle = dice.uniform(3) * 2 * math.pi
    step = torch.stack([angle.sin(), angle.cos()], dim=-1) * STEP
    position = torch.stack([dice.uniform(2), dice.uniform(1)], dim=-1)
    paths = []
    for _ in range(frames):
        position = position + step
        step = torch.where((position <= 0) | (position >= 1), -step, step)
        position = position.clamp(0, 1)
        paths.append(position)
    return torch.stack(paths) * RANGE_PX


def stochastic_paths(dice: Dice, frames: int) -> Tensor:
    """Return paths of the stochastic preset, float64 (T, B, K, 2) px, from dice of (B, K); draws 1 on."""
    return fly(Flight.begun(dice), dice, frames)[0]


@dataclass(frozen=True)
class Flight:
    """Where sprites are in the stochastic preset, or would be if nothing stood in their way, and where they go."""

    row: Tensor
    """All float64 (B, K), px or px per frame."""
    column: Tensor
    row_step: Tensor
    column_step: Tensor
    draws: Tensor
    """The first number of the dice, int64 (B, K), that has not been used."""

    @classmethod
    def begun(cls, dice: Dice) -> "Flight":
        """Return the flight that dice of (B, K) begin."""
        row, column = (dice.whole(draw, 0, RANGE_PX).to(torch.float64) for draw in (1, 2))
        row_step, column_step = _velocity(dice, torch.full_like(dice.state, 3))
        return cls(row, column, row_step, column_step, torch.full_like(dice.state, 5))


def fly(flight: Flight, dice: Dice, frames: int) -> tuple[Tensor, Flight]:
    """Return paths, float64 (T, B, K, 2) px, from where a flight is, and the flight after the last move.

    Ends at a wall are found with the published arithmetic, since halves of a px, which rounding decides, are common.
    """
    row, column, row_step, column_step = flight.row, flight.column, flight.row_step, flight.column_step
    draws = flight.draws
    paths = []
    for _ in range(frames):
        while bool((beyond := _beyond(row) | _beyond(column)).any()):
            bounced = _bounce(row, column, row_step, column_step, _velocity(dice, draws))
            now = (row, column, row_step, column_step)
            row, column, row_step, column_step = (torch.where(beyond, *pair) for pair in zip(bounced, now, strict=True))
            draws = draws + 2 * beyond
        paths.append(torch.stack([row, column], dim=-1))
        row, column = row + row_step, column + column_step
    return torch.stack(paths), Flight(row, column, row_step, column_step, draws)


def _velocity(dice: Dice, draws: Tensor) -> tuple[Tensor, Tensor]:
    """Return whole velocities along rows and columns, float64 (B, K), from -4 to 4 px."""
    row_step, column_step = (dice.whole(draws + axis, -MAX_SPEED_PX, MAX_SPEED_PX) for axis in (0, 1))
    return row_step.to(torch.float64), column_step.to(torch.float64)


def _beyond(place: Tensor) -> Tensor:
    """Return whether a coordinate lies past a wall."""
    return (place < -_WALL_TOLERANCE_PX) | (place > RANGE_PX + _WALL_TOLERANCE_PX)


def _bounce(
    row: Tensor, column: Tensor, row_step: Tensor, column_step: Tensor, fresh: tuple[Tensor, Tensor]
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return place and velocity after the first wall that the last step met; in a corner it met two.

    What was left of the step at the wall is taken with the fresh velocity, turned away from the wall. Values where
    nothing lies beyond a wall mean nothing.
    """
    slope = column_step / row_step
    offset = column - slope * row
    row_wall, column_wall = row.clamp(0, RANGE_PX), column.clamp(0, RANGE_PX)
    column_there = slope * row_wall + offset
    row_there = torch.where(row_step == 0, row, (column_wall - offset) / slope)
    row_met = _beyond(row) & (~_beyond(column) | ~_beyond(column_there))
    column_met = _beyond(column) & (~_beyond(row) | ~_beyond(row_there))
    row_contact = torch.where(column_met, row_there, row_wall)
    column_contact = torch.where(column_met, column_wall, column_there)
    left = torch.where(row_step != 0, (row - row_contact) / row_step, (column - column_contact) / column_step)
    row_step = torch.where(row_met, _inward(row, fresh[0]), fresh[0])
    column_step = torch.where(column_met, _inward(column, fresh[1]), fresh[1])
    return row_contact + row_step * left, column_contact + column_step * left, row_step, column_step


def _inward(place: Tensor, step: Tensor) -> Tensor:
    """Return the step turned away from the wall that the place lies past."""
    return torch.where(place < 0, step.abs(), -step.abs())


def read_test_sequence(path: Path) -> NDArray[np.uint8]:
    """Return the published test clips, uint8 (20, N, 64, 64), mapped from disk as they are.

    Raises:
        DataError: the file is missing, damaged or of another form.
    """
    try:
        sequence = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{path}: cannot be read ({reason}); give mnist_test_seq.npy") from error
    if not isinstance(sequence, np.ndarray):
        raise DataError(f"{path}: holds an archive, not one array; give mnist_test_seq.npy")
    form = (TEST_FILE_FRAMES, *sequence.shape[1:2], CANVAS_PX, CANVAS_PX)
    if sequence.dtype != np.uint8 or sequence.shape != form:
        raise DataError(f"{path}: holds {sequence.dtype} {sequence.shape}; mnist_test_seq.npy is uint8 (20, N, 64, 64)")
    return sequence
