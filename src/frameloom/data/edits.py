"""Edits without end, made by our own editor's transitions over real footage, with what looks like one and is none.

    footage --takes--> --cutting--> --mishaps--> --shrunk--> video (B, T, 3, 27, 48), cuts and transitions (B, T)

Footage is read once and kept small. The same number gives the same edit. Folders train/, val/ and test/ are the splits
where they exist; else each file goes to one by its name.

Source: synthetic transitions as training data, Hassanien et al., "DeepSBD", arXiv:1705.03281, section 3.
Differs from it: the transitions of a whole editor, and what is none of them.
"""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, PositiveInt

from frameloom.core.config import Config
from frameloom.core.errors import DataError, MediaError
from frameloom.data.batch import Batch, share_of, to_float
from frameloom.data.clips import IMAGE_SUFFIXES, UnreadableClipWarning
from frameloom.data.degraded import find_pictures
from frameloom.data.digits import Split

if TYPE_CHECKING:
    from frameloom.data.takes import Footage

Share = Annotated[float, Field(ge=0, le=1)]

THUMB = 3, 27, 48
"""Y, U and V of a small picture, `media.thumbs`."""

_STREAM = 11


class EditsConfig(Config):
    """Which footage, how long the clips, and how often each thing happens."""

    source: Literal["edits"] = "edits"
    folder: str
    """Folder with videos and pictures, at any depth."""
    frames: Annotated[int, Field(ge=16, le=400)] = 100
    """Pictures in a clip."""
    shot: Annotated[float, Field(ge=6, le=1000)] = 40.0
    """Median length of a shot, in pictures."""
    gradual: Share = 0.55
    """Share of the edits that take time; the others are cuts."""
    plain: Share = 0.35
    """Share of those that are of the kinds that films use most."""
    longest: Annotated[int, Field(ge=5, le=120)] = 60
    """Longest transition, in pictures."""
    unedited: Share = 0.2
    """Share of clips that are one shot."""
    mishaps: Share = 0.5
    """How often each thing happens that is no edit, from never to very often."""
    clips: PositiveInt = 256
    """Clips of val and of test."""


class Edits:
    """Edits without end for training, and a fixed number of them for val and test."""

    count: int | None

    def __init__(
        self, config: EditsConfig, split: Split = "train", seed: int = 0, device: torch.device | str = "cpu"
    ) -> None:
        """Read the footage.

        Raises:
            DataError: the folder is missing, or holds no footage.
        """
        self.config, self.split, self.seed, self.device = config, split, seed, torch.device(device)
        self.footage: list[Footage] = []
        self.skipped: dict[str, str] = {}
        """Why a file gave nothing, by name."""
        from frameloom.data.takes import read_runs, read_take  # OpenCV is needed in use alone

        folder = Path(config.folder)
        for path in find_pictures(folder, split):
            try:
                is_still = path.suffix.lower() in IMAGE_SUFFIXES
                self.footage += [read_take(path)] if is_still else read_runs(path)
            except MediaError as error:
                self.skipped[path.name] = str(error).removeprefix(f"{path}: ")
                warnings.warn(f"{path}: skipped ({self.skipped[path.name]})", UnreadableClipWarning, stacklevel=2)
        if not self.footage:
            raise DataError(f"{folder}: no {split} footage; give videos or pictures")
        self.count = None if split == "train" else config.clips

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return (T, C, H, W) of a clip."""
        return self.config.frames, *THUMB

    def batch(self, index: int, size: int, share: tuple[int, int] = (0, 1)) -> Batch:
        """Return clips index * size to (index + 1) * size, or of these what falls to share[0] of share[1] processes.

        "video" (B, T, 3, 27, 48), planes in [-1, 1]; "cuts" and "transitions" (B, T), 0 or 1.

        Raises:
            DataError: the batch is too small to share, or lies beyond the last clip of val or test.
        """
        part = share_of(index, size, share)
        numbers = [number for number in part if self.count is None or number < self.count]
        if not numbers:
            raise DataError(
                f"{self.config.folder}: {self.split} clip {part.start} lies beyond the last of {self.count}"
            )
        clips = [self.clip(number) for number in numbers]
        video, cuts, transitions = (np.stack(each) for each in zip(*clips, strict=True))
        return {
            "video": to_float(torch.from_numpy(video).to(self.device)),
            "cuts": torch.from_numpy(cuts).to(self.device),
            "transitions": torch.from_numpy(transitions).to(self.device),
        }

    def clip(self, number: int) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]:
        """Return small pictures (T, 3, 27, 48), and where cuts and transitions are, (T,) each."""
        from frameloom.data.cutting import cut_together, small
        from frameloom.data.mishaps import grain

        random = np.random.default_rng([self.seed, _STREAM, ("train", "val", "test").index(self.split), number])
        edited = cut_together(random, self.config, self.footage)
        cuts, transitions = (np.zeros(self.config.frames, np.float32) for _ in range(2))
        cuts[edited.cuts] = 1
        for first, end, _ in edited.transitions:
            transitions[first:end] = 1
        return grain(random, small(edited.take)), cuts, transitions
