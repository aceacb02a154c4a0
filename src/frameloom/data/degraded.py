"""Pictures and what became of them: pairs of luma on which restoration is learned.

    any folder of pictures and videos --luma--> crops, moving --blur, shrink, sharpen, noise, H.264--> low, levels
                                                  +------------------------- the last ones ---------> high
                                                                            low --flow--> the way back from each to the
                                                                                          one before, if several

Poor video is blurred, shrunk, over-sharpened, noisy and compressed, in this order; here each is done or not, at
random, and a share of the crops is only shrunk, as in the tests that papers report. The encoder is the real one, and
sees a few pictures in motion, so that what is learned from is spoilt as video is and not as stills are. Pictures are
set in motion; where several are asked for, runs are kept of videos, and half of their crops move as they did. The same
number gives the same pair. Folders train/, val/ and test/ are the splits where they exist; else each file goes to one
by its name.

Source: the order of spoiling, Wang et al., "Real-ESRGAN", arXiv:2107.10833, in one round and with H.264 for JPEG.
"""

import hashlib
import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, PositiveInt
from torch import Tensor
from torch.nn import functional

from frameloom.core.config import Config
from frameloom.core.errors import DataError, MediaError
from frameloom.data.batch import Batch, share_of, to_float
from frameloom.data.clips import HELD_OUT_SHARE, IMAGE_SUFFIXES, VIDEO_SUFFIXES, UnreadableClipWarning
from frameloom.data.digits import Split

LARGEST_NOISE = 0.08
"""Standard deviation, in pixel values from 0 to 1, that is a noise level of 1."""
CLEAN_CRF, POOREST_CRF = 18, 42
"""Quality settings of x264 that are compression levels 0 and 1."""
MARGIN_PX = 8
"""Around a low crop, so that its edges are spoilt as its middle is."""

_STREAM = 7
_PAIRS_A_FILE = 16
"""Pairs of each file of val and test."""

Share = Annotated[float, Field(ge=0, le=1)]


class DegradedConfig(Config):
    """Which pictures, how large the crops, and how often each thing is done to them."""

    source: Literal["degraded"] = "degraded"
    folder: str
    """Folder with pictures and videos, at any depth."""
    frames: Annotated[int, Field(ge=1, le=32)] = 1
    """Pictures in a row."""
    scale: Literal[1, 2, 3, 4] = 2
    """How many times smaller the low crops are."""
    side: Annotated[int, Field(ge=16, le=512, multiple_of=2)] = 48
    """Side of a low crop, px."""
    clean: Share = 0.35
    """Share of the crops that are only shrunk, by the bicubic filter that papers use."""
    blurred: Share = 0.5
    """Share of the others that are blurred first."""
    sharpened: Share = 0.2
    """Share of the others that are over-sharpened once they are small."""
    noisy: Share = 0.5
    """Share of the others that get noise."""
    compressed: Share = 0.7
    """Share of the others that go through H.264."""
    every: PositiveInt = 25
    """Of a video, take every n-th frame."""
    memory: PositiveInt = 1024
    """Most MiB of pictures to keep; what does not fit is left out."""


class Degraded:
    """Pairs without end for training, and a fixed number of them for val and test."""

    count: int | None
    """Pairs in all; None for an endless stream."""

    def __init__(
        self, config: DegradedConfig, split: Split = "train", seed: int = 0, device: torch.device | str = "cpu"
    ) -> None:
        """Read the pictures.

        Raises:
            DataError: the folder is missing, or holds nothing that is large enough.
        """
        self.config, self.device, self.seed = config, torch.device(device), seed
        self.split = split
        folder = Path(config.folder)
        self.pictures: list[NDArray[np.uint8]] = []
        """Luma as it is stored, (1, H, W), or of a run of pictures, (T, H, W)."""
        self.skipped: dict[str, str] = {}
        """Why a file gave nothing, by name."""
        self.run = 1 if config.frames == 1 else config.frames + _LEAD
        """Pictures on end that are kept of a video at a time."""
        self.need = config.scale * (config.side + 2 * MARGIN_PX) + _MOST_STEP_PX * (config.frames + _LEAD - 1)
        room = config.memory << 20
        for path in find_pictures(folder, split):
            for luma in self._read(path, folder):
                if luma.nbytes > room:
                    warnings.warn(f"{folder}: data.memory is full; pictures from {path.name} on are left out",
                                  UnreadableClipWarning, stacklevel=2)  # fmt: skip
                    break
                room -= luma.nbytes
                self.pictures.append(luma)
        if not self.pictures:
            told = "".join(f"; {name}: {why}" for name, why in list(self.skipped.items())[:3])
            raise DataError(f"{folder}: no {split} picture of {self.need} px a side or more{told}; add larger ones")
        self.count = None if split == "train" else _PAIRS_A_FILE * len(self.pictures)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return (T, C, H, W) of what is to come back."""
        side = self.config.scale * self.config.side
        return self.config.frames, 1, side, side

    def batch(self, index: int, size: int, share: tuple[int, int] = (0, 1)) -> Batch:
        """Return pairs index * size to (index + 1) * size, or of these what falls to share[0] of share[1] processes.

        "video" (B, T, 1, scale H, scale W) and "low" (B, T, 1, H, W), luma in [-1, 1]; "levels" (B, 2) of noise and
        compression in [0, 1]; of several pictures "back" (B, T, 2, H, W), see `media.flow.way_back`.

        Raises:
            DataError: the batch is too small to share, or lies beyond the last pair of val or test.
        """
        part = share_of(index, size, share)
        numbers = [number for number in part if self.count is None or number < self.count]
        if not numbers:
            raise DataError(
                f"{self.config.folder}: {self.split} pair {part.start} lies beyond the last of {self.count}"
            )
        high, low, levels = zip(*(self._pair(number) for number in numbers), strict=True)
        outer, inner = np.stack(low), slice(MARGIN_PX, -MARGIN_PX)
        batch = {
            "video": to_float(torch.from_numpy(np.stack(high))[:, :, None].to(self.device)),
            "low": to_float(torch.from_numpy(outer[..., inner, inner].copy())[:, :, None].to(self.device)),
            "levels": torch.tensor(levels, dtype=torch.float32, device=self.device),
        }
        if self.config.frames > 1:
            back = np.stack([_ways_back(pictures) for pictures in outer])[..., inner, inner]
            batch["back"] = torch.from_numpy(back.copy()).to(self.device)
        return batch

    def _pair(self, number: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8], tuple[float, float]]:
        """Return crops (T, sH, sW), what became of them with a margin (T, H, W), and its levels."""
        random = np.random.default_rng([self.seed, _STREAM, number])
        chosen = int(random.integers(len(self.pictures))) if self.split == "train" else number // _PAIRS_A_FILE
        config = self.config
        is_clean = random.random() < config.clean
        lead = 0 if is_clean or random.random() >= config.compressed else _LEAD
        side = config.scale * (config.side + 2 * MARGIN_PX)
        films = _moving_crops(self.pictures[chosen], side, lead + config.frames, random)
        outer = slice(config.scale * MARGIN_PX, -config.scale * MARGIN_PX)
        high = films[lead:, outer, outer]
        if is_clean:
            return high, _stored(shrunk(torch.from_numpy(films).float(), config.scale, "bicubic")), (0.0, 0.0)
        low, levels = _spoilt(films, config, bool(lead), random)
        return high, low[lead:], levels

    def _read(self, path: Path, folder: Path) -> Iterator[NDArray[np.uint8]]:
        """Yield the luma of a picture, or runs at every n-th frame of a video; what is large comes in half size too."""
        from frameloom.media.files.source import read_pictures

        name, step = path.relative_to(folder).as_posix(), self.config.every
        try:
            run: list[NDArray[np.uint8]] = []
            is_video = path.suffix.lower() in VIDEO_SUFFIXES
            for number, picture in enumerate(read_pictures(path)):
                if number % step < self.run:
                    luma = picture.planes.y
                    if min(luma.shape) < self.need:
                        raise MediaError(f"{luma.shape[1]}x{luma.shape[0]} px are too small")
                    run.append((luma >> (picture.planes.depth - 8)).astype(np.uint8))
                if len(run) == (self.run if is_video else 1):
                    whole, run = np.stack(run), []
                    yield whole
                    if min(luma.shape) >= 2 * self.need:
                        yield _stored(shrunk(torch.from_numpy(whole).float(), 2, "area"))
        except MediaError as error:
            self.skipped[name] = str(error).removeprefix(f"{path}: ")
            warnings.warn(f"{path}: skipped ({self.skipped[name]})", UnreadableClipWarning, stacklevel=2)


_LEAD = 2
"""Pictures that the encoder sees before, so that most of what is learned from was predicted."""
_PLACES = 2
"""Of so many places at random the one that shows most is taken: much of a picture is sky or wall."""
_MOST_STEP_PX = 6
"""How far a crop moves from picture to picture at most, in px of the large ones."""
_AS_IT_MOVED = 0.5
"""Share of the crops of videos that are pictures in a row; the others are one picture, set in motion."""
_KEY_FRAMES = 0.3
"""Share of the films with more key frames than the first."""

Filter = Literal["bicubic", "bilinear", "area"]


def find_pictures(folder: Path, split: Split) -> list[Path]:
    """Return the pictures and videos of a split, in order of name.

    Raises:
        DataError: the folder is missing or has too few files to share out.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; give one with pictures or videos")
    if any((folder / name).is_dir() for name in ("train", "val", "test")):
        return pictures_under(folder / split) if (folder / split).is_dir() else []
    paths = sorted(pictures_under(folder), key=lambda path: hashlib.sha256(path.name.encode()).hexdigest())
    held_out = max(1, len(paths) // HELD_OUT_SHARE) if len(paths) >= 3 else 0
    if split != "train" and not held_out:
        raise DataError(f"{folder}: {len(paths)} files are too few to hold out {split}; add files or a folder {split}/")
    bounds = {"test": (0, held_out), "val": (held_out, 2 * held_out), "train": (2 * held_out, None)}
    return sorted(paths[slice(*bounds[split])])


def pictures_under(folder: Path) -> list[Path]:
    """Return every picture and video in a folder, at any depth, in order of name; what is hidden is left out."""
    known = IMAGE_SUFFIXES | VIDEO_SUFFIXES
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        seen = (Path(place, name) for name in names if not name.startswith("."))
        found += [path for path in seen if path.suffix.lower() in known]
    return sorted(found)


def shrunk(pictures: Tensor, scale: int, how: Filter) -> Tensor:
    """Return pictures (T, H, W), float, that many times smaller; filters are wide enough for the scale."""
    if scale == 1:
        return pictures
    size = (pictures.shape[1] // scale, pictures.shape[2] // scale)
    if how == "area":
        return functional.avg_pool2d(pictures[None], scale)[0]
    small: Tensor = functional.interpolate(pictures[None], size, mode=how, antialias=True, align_corners=False)[0]
    return small


def blurred(pictures: Tensor, down: float, across: float) -> Tensor:
    """Return pictures (T, H, W) blurred by normal bells of these standard deviations, px, along columns and rows."""
    for axis, deviation in ((1, down), (2, across)):
        if deviation > 0:
            reach = max(1, round(3 * deviation))
            bell = (-0.5 * (torch.arange(-reach, reach + 1) / deviation).square()).softmax(0)
            around = [0, 0, reach, reach] if axis == 1 else [reach, reach, 0, 0]
            kernel = bell.view(1, 1, -1, 1) if axis == 1 else bell.view(1, 1, 1, -1)
            pictures = functional.conv2d(functional.pad(pictures[:, None], around, mode="replicate"), kernel)[:, 0]
    return pictures


def _moving_crops(run: NDArray[np.uint8], side: int, count: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """Return crops (count, side, side) of a run of pictures, or of a window on one of them that moves evenly.

    They are turned and mirrored at random.
    """
    as_it_moved = len(run) >= count > 1 and random.random() < _AS_IT_MOVED
    numbers = range(count) if as_it_moved else [int(random.integers(len(run)))] * count
    moves = not as_it_moved and random.random() < 0.8
    shift = random.integers(-_MOST_STEP_PX, _MOST_STEP_PX + 1, 2) if moves else np.zeros(2, np.int64)
    way = shift * (count - 1)
    lowest, highest = np.maximum(0, -way), np.array(run.shape[1:]) - side - np.maximum(0, way)
    places = random.integers(lowest, highest + 1, (_PLACES, 2))
    looks = [run[numbers[0], top : top + side : 4, left : left + side : 4].std() for top, left in places]
    row, column = places[int(np.argmax(looks))]
    corners = [(row + shift[0] * time, column + shift[1] * time) for time in range(count)]
    pairs = zip(numbers, corners, strict=True)
    crops = np.stack([run[number, top : top + side, left : left + side] for number, (top, left) in pairs])
    crops = crops[::-1] if as_it_moved and random.random() < 0.5 else crops
    crops = crops[..., ::-1] if random.random() < 0.5 else crops
    return np.ascontiguousarray(crops.transpose(0, 2, 1) if random.random() < 0.5 else crops)


def _ways_back(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return ways (T, 2, H, W) from each of the pictures (T, H, W) to the one before; of the first, nothing."""
    from frameloom.media.flow import way_back

    ways = np.zeros((len(pictures), 2, *pictures.shape[1:]), np.float32)
    for time in range(1, len(pictures)):
        ways[time] = way_back(pictures[time], pictures[time - 1]).transpose(2, 0, 1)
    return ways


def _spoilt(
    films: NDArray[np.uint8], config: DegradedConfig, compressed: bool, random: np.random.Generator
) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """Return what becomes of crops (T, sH, sW), (T, H, W), and its levels of noise and compression."""
    from frameloom.media.files.lossy import through_h264

    pictures, scale = torch.from_numpy(films).float(), config.scale
    if random.random() < config.blurred:
        down, across = random.uniform(0.1, 0.6 * scale, 2)
        pictures = blurred(pictures, float(down), float(across))
    filters: Sequence[Filter] = ("bicubic", "bicubic", "area", "bilinear")
    pictures = shrunk(pictures, scale, filters[int(random.integers(len(filters)))])
    if random.random() < config.sharpened:
        width = float(random.uniform(0.6, 1.2))
        pictures = pictures + float(random.uniform(0.2, 1.0)) * (pictures - blurred(pictures, width, width))
    noise = float(random.uniform(0, 1)) if random.random() < config.noisy else 0.0
    if noise:
        grain = random.normal(0, 255 * LARGEST_NOISE * noise, pictures.shape)
        pictures = pictures + torch.from_numpy(grain).float()
    low = _stored(pictures)
    if not compressed:
        return low, (noise, 0.0)
    crf = int(random.integers(CLEAN_CRF + 1, POOREST_CRF + 1))
    often = config.frames > 1 and random.random() < _KEY_FRAMES
    distance = int(random.integers(2, len(low) + 1)) if often else None
    return through_h264(low, crf, key_frames=distance), (noise, (crf - CLEAN_CRF) / (POOREST_CRF - CLEAN_CRF))


def _stored(pictures: Tensor) -> NDArray[np.uint8]:
    rounded: NDArray[np.uint8] = pictures.round().clamp(0, 255).to(torch.uint8).numpy()
    return rounded
