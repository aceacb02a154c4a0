"""Three pictures of a shot, of which the middle one is to be made of the other two: interpolation is learned on them.

    any folder of videos --luma, in order--> runs without cut or repeat --first, between, second--> crops
    any folder of pictures --set in motion--------------------------------first, between, second-->   |
                                                                    what the net is told <--media.flow+

Between first and second lie one to three pictures; one of them, at random, is the truth, so that the time between is
any of several. Crops are drawn until one is found in which something changes, since much of a video stands still.
A share of the crops gets grain, as film and webcams have, but for the truth. What the net is told is found as in use,
on a crop with a margin. The same number gives the same triplet. Folders train/, val/ and test/ are the splits where
they exist; else each file goes to one by its name.
"""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, PositiveInt
from torch import Tensor

from frameloom.core.config import Config
from frameloom.core.errors import DataError, MediaError
from frameloom.data.batch import Batch, share_of, to_float
from frameloom.data.clips import IMAGE_SUFFIXES, UnreadableClipWarning, find_clips
from frameloom.data.digits import Split
from frameloom.media.views import SIDES_OF

if TYPE_CHECKING:
    from frameloom.data.shots import Film

MARGIN_PX = 32
"""Around a crop, so that what comes in from outside is seen to come."""

Luma = NDArray[np.uint8]
"""(..., H, W)."""

Place = tuple[slice, slice]
"""Rows and columns."""

_STREAM = 8
_TRIPLETS_A_FILE = 16
"""Of val and test."""
_LARGEST_GRAIN = 5.0
"""Standard deviation, in levels of 8 bits."""
_DRAWS = 8
_LEAST_CHANGE = 1.0
"""Levels of 8 bits from the first to the second, in the mean over a crop."""

Share = Annotated[float, Field(ge=0, le=1)]


class TripletsConfig(Config):
    """Which videos, how large the crops, and how far apart the pictures."""

    source: Literal["triplets"] = "triplets"
    folder: str
    """Folder with videos, GIFs, or folders of numbered pictures, at any depth."""
    frames: Literal[3] = 3
    """First, between, second."""
    side: Annotated[int, Field(ge=32, le=512, multiple_of=SIDES_OF)] = 128
    """Side of a crop, px."""
    reach: Annotated[int, Field(ge=2, le=16)] = 4
    """Most pictures from the first to the second."""
    effort: Literal["ultrafast", "fast", "medium"] = "medium"
    """How finely flow is looked for; as it will be in use."""
    stills: str = ""
    """Folder of pictures that are set in motion for training; videos alone if left out."""
    moved: Share = 0.4
    """Share of the crops that are of stills, where there are some."""
    grainy: Share = 0.25
    """Share of the crops that get grain in training."""
    memory: PositiveInt = 1024
    """Most MiB of pictures to keep; of longer videos runs are taken here and there."""


class Triplets:
    """Triplets without end for training, and a fixed number of them for val and test; it alone needs OpenCV."""

    count: int | None
    """Triplets in all; None for an endless stream."""

    def __init__(
        self, config: TripletsConfig, split: Split = "train", seed: int = 0, device: torch.device | str = "cpu"
    ) -> None:
        """Read the videos.

        Raises:
            DataError: the folder is missing, or no video in it moves.
        """
        self.config, self.split, self.seed, self.device = config, split, seed, torch.device(device)
        folder = Path(config.folder)
        self.skipped: dict[str, str] = {}
        """Why a file gave nothing, by name."""
        paths = find_clips(folder, split)
        room = (config.memory << 20) // max(len(paths), 1)
        films = [self._film(path, path.relative_to(folder).as_posix(), room) for path in paths]
        self._films = [film for film in films if film is not None]
        if not self._films:
            told = "".join(f"; {name}: {why}" for name, why in list(self.skipped.items())[:3])
            raise DataError(f"{folder}: no {split} video of which triplets can be taken{told}; add some that move")
        self.count = None if split == "train" else _TRIPLETS_A_FILE * len(self._films)
        self._stills = self._read_stills() if config.stills and split == "train" else []

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return (T, C, H, W) of a triplet."""
        return 3, 1, self.config.side, self.config.side

    def batch(self, index: int, size: int, share: tuple[int, int] = (0, 1)) -> Batch:
        """Return triplets index * size to (index + 1) * size, or of these what falls to share[0] of share[1] processes.

        "video" (B, 3, 1, H, W), luma of first, between and second in [-1, 1]; "views" (B, 9, H, W), what the net is
        told, see `media.flow.described`.

        Raises:
            DataError: the batch is too small to share, or lies beyond the last triplet of val or test.
        """
        part = share_of(index, size, share)
        numbers = [number for number in part if self.count is None or number < self.count]
        if not numbers:
            where = f"{self.split} triplet {part.start} lies beyond the last of {self.count}"
            raise DataError(f"{self.config.folder}: {where}")
        video, told = zip(*(self._triplet(number) for number in numbers), strict=True)
        stacked = torch.from_numpy(np.stack(video))[:, :, None]  # (B, 3, 1, H, W)
        return {"video": to_float(stacked.to(self.device)), "views": torch.stack(told).to(self.device)}

    def _triplet(self, number: int) -> tuple[Luma, Tensor]:
        """Return a triplet (3, H, W) and what the net is told about it (9, H, W)."""
        from frameloom.data.shots import told_of

        random = np.random.default_rng([self.seed, _STREAM, number])
        training = self.split == "train"
        if self._stills and random.random() < self.config.moved:
            crop, own, share = self._of_stills(random)
        else:
            crop, own, share = self._of_film(random, None if training else number // _TRIPLETS_A_FILE)
        if training:
            if random.random() < 0.5:
                crop, share = crop[::-1], 1 - share
            crop, own = _turned(random, crop, own)
            if random.random() < self.config.grainy:
                crop = _with_grain(random, crop)
        told = told_of(crop[0], crop[2], share, self.config.effort)
        return np.ascontiguousarray(crop[(slice(None), *own)]), torch.from_numpy(told[(slice(None), *own)].copy())

    def _of_film(self, random: np.random.Generator, number: int | None) -> tuple[Luma, Place, float]:
        """Return crops (3, H, W) of a film, any or that number, where the inner one is, and the time between."""
        for _ in range(_DRAWS):
            film = self._films[int(random.integers(len(self._films))) if number is None else number]
            first, reach = film.windows[int(random.integers(len(film.windows)))]
            middle = int(random.integers(1, reach))
            pictures = film.luma[[first, first + middle, first + reach]]  # (3, H, W)
            inner, outer = _place(random, pictures.shape[1:], self.config.side)
            if _change(pictures, inner) > _LEAST_CHANGE:
                break
        rows, columns = (slice(a.start - b.start, a.stop - b.start) for a, b in zip(inner, outer, strict=True))
        return pictures[(slice(None), *outer)], (rows, columns), middle / reach

    def _of_stills(self, random: np.random.Generator) -> tuple[Luma, Place, float]:
        """Return crops (3, H, W) of stills in motion, where the inner one is, and the time between."""
        from frameloom.data.moving_stills import set_in_motion

        reach = int(random.integers(2, self.config.reach + 1))
        share = int(random.integers(1, reach)) / reach
        crops = set_in_motion(random, self._stills, self.config.side + 2 * MARGIN_PX, (0, share, 1))
        own = slice(MARGIN_PX, MARGIN_PX + self.config.side)
        return crops, (own, own), share

    def _read_stills(self) -> list[Luma]:
        """Return the stills.

        Raises:
            DataError: the folder is missing, or holds none that can be used.
        """
        from frameloom.data.moving_stills import read_stills

        folder = Path(self.config.stills)
        try:
            stills = list(read_stills(folder, IMAGE_SUFFIXES, self.config.side))
        except MediaError as error:
            raise DataError(str(error)) from error
        if not stills:
            raise DataError(f"{folder}: no pictures; give a folder with some, or leave out data.stills")
        return stills

    def _film(self, path: Path, name: str, room: int) -> "Film | None":
        from frameloom.data.shots import read_film

        try:
            film = read_film(path, room, self.config.side, self.config.reach)
        except MediaError as error:
            self.skipped[name] = str(error).removeprefix(f"{path}: ")
            warnings.warn(f"{path}: skipped ({self.skipped[name]})", UnreadableClipWarning, stacklevel=3)
            return None
        if not film.windows:
            self.skipped[name] = "nothing moves for three pictures on end"
            return None
        return film


def _place(random: np.random.Generator, size: tuple[int, ...], side: int) -> tuple[Place, Place]:
    """Return a crop at random, and the same with a margin where there is one."""
    inner, outer = [], []
    for length in size:
        start = int(random.integers(length - side + 1))
        inner.append(slice(start, start + side))
        outer.append(slice(max(start - MARGIN_PX, 0), min(start + side + MARGIN_PX, length)))
    return (inner[0], inner[1]), (outer[0], outer[1])


def _change(pictures: Luma, place: Place) -> float:
    """Return how much a crop changes from the first to the last, looked at in every fourth px."""
    rows, columns = (slice(part.start, part.stop, 4) for part in place)
    first, last = pictures[0, rows, columns].astype(np.int16), pictures[-1, rows, columns]
    return float(np.abs(first - last).mean())


def _turned(random: np.random.Generator, crops: Luma, own: Place) -> tuple[Luma, Place]:
    """Return crops (3, H, W) mirrored and turned at random, and where the inner one then is."""
    rows, columns = own
    if random.random() < 0.5:
        crops, columns = crops[:, :, ::-1], _mirrored(columns, crops.shape[2])
    if random.random() < 0.5:
        crops, rows = crops[:, ::-1], _mirrored(rows, crops.shape[1])
    if random.random() < 0.5:
        crops, rows, columns = crops.transpose(0, 2, 1), columns, rows
    return crops, (rows, columns)


def _with_grain(random: np.random.Generator, crops: Luma) -> Luma:
    """Return crops (3, H, W) of which the first and the last have grain; what is between them stays the truth."""
    grain = random.normal(0, random.uniform(0, _LARGEST_GRAIN), (2, *crops.shape[1:]))
    one, other = np.clip(np.rint(crops[[0, 2]] + grain), 0, 255).astype(np.uint8)
    return np.stack([one, crops[1], other])


def _mirrored(part: slice, length: int) -> slice:
    return slice(length - part.stop, length - part.start)
