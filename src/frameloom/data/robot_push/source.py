"""Robot pushing clips as batches: BAIR's records, those that `frameloom data make robot-push` wrote, or the sample.

    folder --find--> files --index--> records --read when first asked, kept while memory lasts--> windows --> batches

Folders train/, val/ and test/ are the splits, as published; without val/, train/traj_256_to_511 is held out for it, as
SAVP does. A file, or a folder with files and no such folders, serves every split: so does the sample in the package.
A record that cannot be read is left out and another one taken; a warning names it, and `skipped` keeps count.
Source: Ebert et al., "Self-Supervised Visual Planning with Temporal Skip Connections", arXiv:1710.05268 (the data);
Lee et al., "Stochastic Adversarial Video Prediction", arXiv:1804.01523 (the split).
"""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, FiniteFloat, NonNegativeInt, PositiveFloat
from torch import Tensor
from torch.nn import functional

from frameloom.core.config import Config
from frameloom.core.errors import DataError
from frameloom.data.batch import Batch, Preprocess, share_of
from frameloom.data.dice import Dice
from frameloom.data.digits import Split
from frameloom.data.robot_push.episode import Camera
from frameloom.data.robot_push.records import SUFFIXES, DamagedRecordError, Index, read_episode, read_index

SAMPLE = Path(__file__).with_name("sample")
"""A few episodes that come with the package."""
SPLITS: tuple[Split, ...] = ("train", "val", "test")
SETTINGS = "made.json"
"""File that says how the simulator's episodes in a folder were made."""
HELD_OUT = "traj_256_to_511"
"""Which file of train/ is held out where there is no val/."""
INNER = "softmotion30_44k"
"""Folder inside the published archive."""

_STREAM = 4
_MOST_WARNINGS = 10


class DamagedRecordWarning(UserWarning):
    """A record was left out; the message names its file and number and says why."""


class RobotPushConfig(Config):
    """Which episodes, which camera, and how they are cut into clips."""

    source: Literal["robot_push"] = "robot_push"
    path: str | None = None
    """Folder with train/ and test/, or a file of records; without it, the few episodes that come with the package."""
    camera: Camera = "aux1"
    """Camera whose pictures are taken; "aux1" is the one that everybody evaluates on."""
    frames: Annotated[int, Field(ge=1, le=1000)] = 16
    """Frames per clip; episodes of BAIR have 30."""
    start: Literal["random", "first"] = "random"
    """Where training clips begin in their episode; those of val and test begin with its first frame."""
    labels: bool = False
    """Give label maps too, where the records hold them."""
    crop: Annotated[int, Field(ge=1, le=1024)] | None = None
    """Side of the centre crop, px."""
    resize: Annotated[int, Field(ge=1, le=1024)] | None = None
    """Side after resizing, px."""
    mean: FiniteFloat = 0.5
    """Subtracted from pixels in [0, 1]."""
    deviation: PositiveFloat = 0.5
    """Divides what is left; mean .5 and deviation .5 give [-1, 1]."""
    memory: NonNegativeInt = 2048
    """Most MiB of pictures to keep in memory; what does not fit is read from its file each time."""


@dataclass(frozen=True)
class _Film:
    """What one camera saw in an episode."""

    video: NDArray[np.uint8]
    """(T, 3, H, W)."""
    actions: NDArray[np.float32]
    states: NDArray[np.float32]
    labels: NDArray[np.uint8] | None
    """(T, H, W)."""

    @property
    def size(self) -> int:
        """Return how many bytes its pictures take."""
        return self.video.nbytes + (0 if self.labels is None else self.labels.nbytes)


class RobotPush:
    """Clips of episodes: train draws episodes and windows at random without end, val and test go through in order."""

    count: int | None
    """Clips in all; None for an endless stream."""

    def __init__(
        self, config: RobotPushConfig, split: Split = "train", seed: int = 0, device: torch.device | str = "cpu"
    ) -> None:
        """Find the files and index them; val and test are also read, so that their count holds.

        Raises:
            DataError: the files are missing, hold other things than asked, or not one whole record.
        """
        self.config, self.split, self.device = config, split, torch.device(device)
        self.preprocess = Preprocess(config.crop, config.resize, config.mean, config.deviation)
        self.place = SAMPLE if config.path is None else Path(config.path)
        self.skipped: dict[str, str] = {}
        """Why each record that was met and could not be read was left out, by file and number."""
        self._kept: dict[int, _Film] = {}
        self._free = config.memory << 20
        self._side = 0
        indices = [read_index(path) for path in find_records(self.place, split)]
        self._records = [(index, number) for index in indices for number in range(len(index))]
        if not self._records:
            raise DataError(f"{self.place}: the {split} files hold no record; get them again")
        for number, (index, record) in enumerate(self._records):
            if record in index.damaged:
                self._film(number)  # what the lengths tell is said now, not when it is met
        self._side = self._first_side()
        self.preprocess.corner(self._side, self._side)  # a crop that does not fit is refused now
        self._order = list(range(len(self._records)))
        if split != "train":
            self._order = [number for number in self._order if self._film(number) is not None]
        self.count = None if split == "train" else len(self._order)
        self.dice = Dice.seeded(seed, _STREAM)

    @property
    def is_simulated(self) -> bool:
        """Return whether the episodes are those of our simulator, of which it is known how far the hand can go."""
        return self.config.path is None or (self.place / SETTINGS).is_file()

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return (T, C, H, W) of a clip after preprocessing."""
        return (self.config.frames, 3, *self.preprocess.size(self._side, self._side))

    def batch(self, index: int, size: int, share: tuple[int, int] = (0, 1)) -> Batch:
        """Return clips index * size to (index + 1) * size, or of these what falls to share[0] of share[1] processes.

        "video" (B, T, 3, H, W) preprocessed; "actions" (B, T, 4), the t-th taken between frames t and t + 1; "states"
        (B, T, 3) m; "labels" int64 (B, T, H, W) where asked for.

        Raises:
            DataError: the batch is too small to share, or lies beyond the last clip of val or test.
        """
        part = share_of(index, size, share)
        cuts = self._drawn(part) if self.split == "train" else self._listed(part)
        if not cuts:
            raise DataError(f"{self.place}: {self.split} clip {part.start} lies beyond the last of {len(self._order)}")
        frames = self.config.frames
        video = np.stack([film.video[start : start + frames] for film, start in cuts])
        batch = {
            "video": self.preprocess.apply(torch.from_numpy(video).to(self.device)),
            "actions": self._stacked([film.actions[start : start + frames] for film, start in cuts]),
            "states": self._stacked([film.states[start : start + frames] for film, start in cuts]),
        }
        maps = [film.labels[start : start + frames] for film, start in cuts if film.labels is not None]
        if maps:
            batch["labels"] = self._fitted(torch.from_numpy(np.stack(maps)).to(self.device))
        return batch

    def _stacked(self, parts: list[NDArray[np.float32]]) -> Tensor:
        return torch.from_numpy(np.stack(parts)).to(self.device)

    def _fitted(self, labels: Tensor) -> Tensor:
        """Return label maps (B, T, H, W) cropped as the pictures are, and resized to the nearest, int64."""
        top, left = self.preprocess.corner(self._side, self._side)
        if self.preprocess.crop is not None:
            labels = labels[..., top : top + self.preprocess.crop, left : left + self.preprocess.crop]
        height, width = self.preprocess.size(*labels.shape[-2:])
        if labels.shape[-2:] != (height, width):
            labels = functional.interpolate(labels, (height, width), mode="nearest-exact")
        return labels.to(torch.int64)

    def _listed(self, part: range) -> list[tuple[_Film, int]]:
        """Return the clips of val or test with these numbers, as films and where they begin."""
        films = [self._film(self._order[clip]) for clip in part if clip < len(self._order)]
        return [(film, 0) for film in films if film is not None]

    def _drawn(self, part: range) -> list[tuple[_Film, int]]:
        """Return the clips of train with these numbers, as films and where they begin."""
        dice = self.dice.split(torch.arange(part.start, part.stop))
        episodes = dice.whole(0, 0, len(self._records) - 1).tolist()
        films = [self._next_whole(number) for number in episodes]
        if self.config.start == "first":
            return [(film, 0) for film in films]
        shares = dice.uniform(1).tolist()
        spans = [len(film.video) - self.config.frames + 1 for film in films]
        return [(film, int(share * span)) for film, share, span in zip(films, shares, spans, strict=True)]

    def _first_side(self) -> int:
        """Return the side of the frames of the first whole record, which all others must have.

        Raises:
            DataError: it does not hold what the settings ask for, or there is none.
        """
        for index, record in self._records:
            try:
                return int(self._read(index, record).video.shape[-1])
            except DamagedRecordError as error:
                self._skip(index, record, str(error))
        return self._nothing_left()

    def _next_whole(self, number: int) -> _Film:
        """Return the film of a record, or of the next one that can be read."""
        for step in range(len(self._records)):
            if (film := self._film((number + step) % len(self._records))) is not None:
                return film
        return self._nothing_left()

    def _nothing_left(self) -> NoReturn:
        reason = next(iter(self.skipped.values()))
        raise DataError(f"{self.place}: none of the {len(self._records)} {self.split} records can be read: {reason}")

    def _film(self, number: int) -> _Film | None:
        """Return the film of a record, None if it cannot be read."""
        if (kept := self._kept.get(number)) is not None:
            return kept
        index, record = self._records[number]
        if _name(index, record) in self.skipped:
            return None
        try:
            film = self._read(index, record)
        except DataError as error:
            self._skip(index, record, str(error))
            return None
        if film.size <= self._free:
            self._free -= film.size
            self._kept[number] = film
        return film

    def _read(self, index: Index, record: int) -> _Film:
        """Return the film of a record from its file.

        Raises:
            DataError: it is damaged, or not of the form of the others.
        """
        camera = self.config.camera
        episode = read_episode(index, record, (camera,), labels=self.config.labels)
        frames = episode.frames[camera]
        where = f"{index.path}: record {record}"
        if len(frames) < self.config.frames:
            raise DataError(f"{where}: has {len(frames)} frames; lower data.frames, which is {self.config.frames}")
        if self._side and frames.shape[1] != self._side:
            raise DataError(f"{where}: has frames of {frames.shape[1]} px, others have {self._side}")
        labels = episode.labels.get(camera)
        if labels is not None and labels.shape != frames.shape[:3]:
            raise DataError(f"{where}: has label maps of {labels.shape[1]} px and frames of {frames.shape[1]}")
        video = np.ascontiguousarray(frames.transpose(0, 3, 1, 2))
        return _Film(video, episode.actions, episode.states, labels)

    def _skip(self, index: Index, record: int, reason: str) -> None:
        """Leave a record out, and say so unless many have been told."""
        name = _name(index, record)
        if name in self.skipped:
            return
        self.skipped[name] = reason
        if len(self.skipped) <= _MOST_WARNINGS:
            warnings.warn(f"left out {reason}", DamagedRecordWarning, stacklevel=2)
        if len(self.skipped) == _MOST_WARNINGS:
            more = f"{_MOST_WARNINGS} records left out; others will not be told: frameloom data check {self.place}"
            warnings.warn(more, DamagedRecordWarning, stacklevel=2)


def find_records(place: Path, split: Split) -> list[Path]:
    """Return the files of a split, in the order of their numbers.

    Raises:
        DataError: there are none.
    """
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise DataError(f"{place}: no such file or folder; give records, or leave data.path out for the sample")
    folder = place / INNER if (place / INNER).is_dir() else place
    if not any((folder / name).is_dir() for name in SPLITS):
        found = _files(folder)
        if not found:
            raise DataError(f"{place}: has neither train/ and test/ nor files of records (*.tfrecords)")
        return found
    if split == "test" or (folder / "val").is_dir():
        found = _files(folder / split)
    else:
        files = _files(folder / "train")
        found = [path for path in files if (path.name.split(".")[0] == HELD_OUT) == (split == "val")]
        if not found and split == "val":
            raise DataError(f"{place}: has neither val/ nor train/{HELD_OUT}.tfrecords; add one of them")
    if not found:
        raise DataError(f"{place}: has no {split}/*.tfrecords; add them, or give another path")
    return found


def _files(folder: Path) -> list[Path]:
    """Return the files of records in a folder, in the order of the numbers in their names."""
    if not folder.is_dir():
        return []
    paths = [path for path in folder.iterdir() if path.name.endswith(SUFFIXES) and path.is_file()]
    paths = [path for path in paths if not path.name.startswith(".")]
    return sorted(paths, key=lambda path: ([int(number) for number in re.findall(r"\d{1,18}", path.name)], path.name))


def _name(index: Index, record: int) -> str:
    return f"{index.path}:{record}"
