"""Any folder of videos, GIFs and image sequences as a data set of short clips.

    folder --find--> files --decode once, crop square, resize--> cache of uint8 frames --windows--> batches

Everything is decoded before the first batch, so that a damaged file shows then and not in step 9,000: it is skipped
with a warning that names it. Frames are kept small in a cache on disk and mapped from there; a second start decodes
what is new. Folders train/, val/ and test/ are the splits where they exist; else each file goes to one by its name.
"""

import hashlib
import os
import warnings
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, FiniteFloat, PositiveFloat, PositiveInt, ValidationError
from torch import Tensor
from torch.nn import functional

from frameloom.core.config import Config
from frameloom.core.errors import DataError, MediaError
from frameloom.core.files import whole_file
from frameloom.data.batch import Batch, Preprocess, share_of
from frameloom.data.dice import Dice
from frameloom.data.digits import Split

VIDEO_SUFFIXES = frozenset({".mp4", ".webm", ".mkv", ".mov", ".avi", ".m4v", ".gif", ".webp"})
IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg"})
HELD_OUT_SHARE = 10
"""One file in ten goes to val and one to test, at least one each."""

_STREAM = 3
_LUMA = (0.299, 0.587, 0.114)
"""Share of red, green and blue in grey (ITU-R BT.601)."""


class UnreadableClipWarning(UserWarning):
    """A file was skipped; the message names it and says why."""


class ClipsConfig(Config):
    """Which files, and how they are cut into clips."""

    source: Literal["clips"] = "clips"
    folder: str
    """Folder with videos, GIFs, or folders of numbered images."""
    frames: Annotated[int, Field(ge=1, le=10_000)] = 20
    """Frames per clip."""
    stride: PositiveInt = 10
    """Frames from the start of one clip to the start of the next."""
    every: PositiveInt = 1
    """Take every n-th frame of the file."""
    size: Annotated[int, Field(ge=1, le=1024)] = 64
    """Side of the square frames, px; the centre is cropped, then resized."""
    channels: Literal[1, 3] = 3
    """3 for colour, 1 for grey."""
    mean: FiniteFloat = 0.5
    """Subtracted from pixels in [0, 1]."""
    deviation: PositiveFloat = 0.5
    """Divides what is left; mean .5 and deviation .5 give [-1, 1]."""
    cache: str | None = None
    """Folder for decoded frames; without it, frameloom/clips in the user's cache folder."""


class _Entry(Config):
    """What is known of one file: its fingerprint, and either its length in frames or why it cannot be read."""

    fingerprint: str
    frames: int = 0
    error: str = ""


class _Index(Config):
    """What the cache holds, by file name."""

    entries: dict[str, _Entry] = Field(default_factory=dict)


class Clips:
    """Clips cut from files: train draws windows at random without end, val and test go through them in order."""

    count: int | None
    """Clips in all; None for an endless stream."""

    def __init__(
        self, config: ClipsConfig, split: Split = "train", seed: int = 0, device: torch.device | str = "cpu"
    ) -> None:
        """Find the files, decode what the cache does not hold, and lay out the windows.

        Raises:
            DataError: the folder is missing, or nothing in it gives a clip.
        """
        self.config, self.split, self.device = config, split, torch.device(device)
        self.preprocess = Preprocess(mean=config.mean, deviation=config.deviation)
        folder = Path(config.folder)
        cache = _cache_folder(config, folder)
        entries = _decode_new(folder, find_clips(folder, split), cache, config)
        self.skipped = {name: entry.error for name, entry in entries.items() if entry.error}
        """Why each unreadable file was skipped, by name."""
        for name, error in self.skipped.items():
            warnings.warn(f"{folder / name}: skipped ({error})", UnreadableClipWarning, stacklevel=2)
        self.files = {name: entry for name, entry in entries.items() if entry.frames}
        self.videos = [_mapped(cache, entry, config) for entry in self.files.values()]
        self.windows = [(video, start) for video in self.videos for start in self._starts(len(video))]
        if not self.windows:
            raise DataError(self._why_empty(folder))
        self.count = None if split == "train" else len(self.windows)
        self.dice = Dice.seeded(seed, _STREAM)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return (T, C, H, W) of a clip."""
        return self.config.frames, self.config.channels, self.config.size, self.config.size

    def batch(self, index: int, size: int, share: tuple[int, int] = (0, 1)) -> Batch:
        """Return clips index * size to (index + 1) * size, or of these what falls to share[0] of share[1] processes.

        Raises:
            DataError: the batch is too small to share, or lies beyond the last clip of val or test.
        """
        part = share_of(index, size, share)
        count = len(self.windows)
        if self.split == "train":
            clips = self.dice.split(torch.arange(part.start, part.stop)).whole(0, 0, count - 1).tolist()
        else:
            clips = [clip for clip in part if clip < count]
        if not clips:
            raise DataError(f"{self.config.folder}: {self.split} clip {part.start} lies beyond the last of {count}")
        video = torch.from_numpy(np.stack([self._cut(*self.windows[clip]) for clip in clips]))
        return {"video": self.preprocess.apply(video.to(self.device))}

    @property
    def _span(self) -> int:
        """Return how many frames of its file a clip reaches over."""
        return (self.config.frames - 1) * self.config.every + 1

    def _starts(self, frames: int) -> range:
        """Return where windows begin in a file of this length."""
        return range(0, frames - self._span + 1, self.config.stride)

    def _cut(self, video: NDArray[np.uint8], start: int) -> NDArray[np.uint8]:
        """Return one clip, uint8 (T, C, H, W)."""
        return video[start : start + self._span : self.config.every]

    def _why_empty(self, folder: Path) -> str:
        """Return why there is no clip, and what to do."""
        longest = max((len(video) for video in self.videos), default=0)
        if longest:
            return f"{folder}: {self.split} files have up to {longest} frames; a clip of {self._span} does not fit"
        reasons = "".join(f"; {name}: {error}" for name, error in islice(self.skipped.items(), 3))
        return f"{folder}: no readable {self.split} video (skipped: {len(self.skipped)}{reasons})"


def find_clips(folder: Path, split: Split) -> list[Path]:
    """Return the videos and image-sequence folders of a split, in order of name.

    Raises:
        DataError: the folder is missing or has too few files to share out.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; give one with videos, GIFs or image sequences")
    if any((folder / name).is_dir() for name in ("train", "val", "test")):
        return sorted(_walk(folder / split)) if (folder / split).is_dir() else []
    paths = sorted(_walk(folder), key=lambda path: _digest(path.relative_to(folder).as_posix()))
    held_out = max(1, len(paths) // HELD_OUT_SHARE) if len(paths) >= 3 else 0
    if split != "train" and not held_out:
        raise DataError(f"{folder}: {len(paths)} files are too few to hold out {split}; add files or a folder {split}/")
    bounds = {"test": (0, held_out), "val": (held_out, 2 * held_out), "train": (2 * held_out, None)}
    return sorted(paths[slice(*bounds[split])])


def _walk(folder: Path) -> Iterator[Path]:
    """Yield videos, and folders that hold images, at any depth."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        suffixes = {name: Path(name).suffix.lower() for name in names if not name.startswith(".")}
        if any(suffix in IMAGE_SUFFIXES for suffix in suffixes.values()):
            yield Path(place)
        yield from (Path(place, name) for name, suffix in suffixes.items() if suffix in VIDEO_SUFFIXES)


def _cache_folder(config: ClipsConfig, folder: Path) -> Path:
    """Return where the decoded frames of a folder are kept; one place per size."""
    root = Path(config.cache) if config.cache else Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    place = root if config.cache else root / "frameloom" / "clips"
    return place / f"{_digest(str(folder.resolve()))}-{config.size}x{config.size}x{config.channels}"


def _decode_new(folder: Path, paths: list[Path], cache: Path, config: ClipsConfig) -> dict[str, _Entry]:
    """Return an entry per file, having decoded those that the index does not know or that have changed."""
    index_path = cache / "index.json"
    try:
        known = _Index.model_validate_json(index_path.read_bytes()).entries
    except (OSError, ValidationError):
        known = {}  # no index yet, or a damaged one, which is made anew
    entries = {}
    for path in paths:
        name, fingerprint = path.relative_to(folder).as_posix() or ".", _fingerprint(path)
        entry = known.get(name)
        if entry is None or entry.fingerprint != fingerprint or (entry.frames and not _is_whole(cache, entry, config)):
            entry = _decode(path, fingerprint, cache, config)
        entries[name] = entry
    if any(known.get(name) != entry for name, entry in entries.items()):
        with whole_file(index_path) as part:
            part.write_text(_Index(entries=known | entries).model_dump_json(indent=1), encoding="utf-8")
    return entries


def _decode(path: Path, fingerprint: str, cache: Path, config: ClipsConfig) -> _Entry:
    """Write a file's frames, small, into the cache."""
    target = cache / f"{fingerprint}.u8"
    frames = 0
    try:
        with whole_file(target) as part, part.open("wb") as output:
            for pixels in _decoded(path):
                output.write(_shrink(pixels, config).numpy().tobytes())
                frames += 1
    except MediaError as error:
        return _Entry(fingerprint=fingerprint, error=str(error).removeprefix(f"{path}: "))
    return _Entry(fingerprint=fingerprint, frames=frames)


def _decoded(path: Path) -> Iterator[NDArray[np.uint8]]:
    """Yield a file's frames, uint8 (H, W, 3); only here is a decoder needed."""
    from frameloom.media.files.video import read_frames

    for frame in read_frames(path):
        yield frame.pixels


def _shrink(pixels: NDArray[np.uint8], config: ClipsConfig) -> Tensor:
    """Return the square centre of a frame (H, W, 3), resized, uint8 (C, size, size)."""
    height, width, _ = pixels.shape
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = np.ascontiguousarray(pixels[top : top + side, left : left + side])
    frame = torch.from_numpy(square).permute(2, 0, 1).to(torch.float32)  # (3, side, side)
    if config.channels == 1:
        frame = (frame * torch.tensor(_LUMA).view(3, 1, 1)).sum(0, keepdim=True)
    if side != config.size:
        frame = functional.interpolate(frame[None], (config.size, config.size), mode="bilinear", antialias=True)[0]
    return frame.round().clamp(0, 255).to(torch.uint8)


def _fingerprint(path: Path) -> str:
    """Return what changes when the file does: name, size and time, of each image in a sequence."""
    parts = sorted(path.iterdir()) if path.is_dir() else [path]
    facts = [(part.name, part.stat().st_size, part.stat().st_mtime_ns) for part in parts if part.is_file()]
    return _digest(repr((str(path.resolve()), facts)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _is_whole(cache: Path, entry: _Entry, config: ClipsConfig) -> bool:
    path = cache / f"{entry.fingerprint}.u8"
    return path.is_file() and path.stat().st_size == entry.frames * config.channels * config.size**2


def _mapped(cache: Path, entry: _Entry, config: ClipsConfig) -> NDArray[np.uint8]:
    """Return a file's frames, uint8 (N, C, H, W), mapped from the cache."""
    form = (entry.frames, config.channels, config.size, config.size)
    return np.memmap(cache / f"{entry.fingerprint}.u8", dtype=np.uint8, mode="r", shape=form)
