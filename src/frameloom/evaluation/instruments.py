"""What clips are seen through: features of the house, and where the robot's hand is.

    clip (B, T, C, H, W) --reader--> maps (B, T, F, ...) --pooled--> mean, mean |change from frame to frame|, (B, 2F)

Features of single frames say nothing of motion, and features of digits nothing of blur between them. The mean over
time and space tells what is there and how sharp; the mean absolute change tells how it moves: a frozen clip has none,
a trembling one too much, a blurred one little of both.

    Moving MNIST  the maps are those of the digit reader's eye at a quarter of the size, before it joins frames; it has
                  learned to find digits to the px
    robot clips   the features of the scene reader, a vector a frame, which also tells where the hand is

Neither distance is an FVD.
"""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from frameloom.core.errors import DataError, ModelError
from frameloom.models.base import Model
from frameloom.models.digit_reader import DigitReader
from frameloom.models.store import load_model

AT_ONCE = 256
"""Frames that a reader sees at once."""


class Instrument(Protocol):
    """Sees clips (B, T, C, H, W) in [-1, 1]."""

    @property
    def name(self) -> str:
        """Return what reports call it."""
        ...

    def maps(self, video: Tensor) -> Tensor:
        """Return features of each frame, (B, T, F) or maps of them, (B, T, F, h, w)."""
        ...

    def hand(self, video: Tensor) -> Tensor | None:
        """Return the row and column of the robot's hand in px, (B, T, 2); None if no robot is to be seen."""
        ...

    def digits(self, video: Tensor) -> Tensor | None:
        """Return features of the digits in the last frames, (B, K, F); None if there are none."""
        ...


@runtime_checkable
class ReadsScenes(Protocol):
    """Reads robot scenes frame by frame."""

    def features(self, frames: Tensor) -> Tensor:
        """Return (N, F) of frames (N, 3, 64, 64) in [-1, 1]."""
        ...

    def pose(self, frames: Tensor) -> Tensor:
        """Return the row and column of the hand in px, (N, 2)."""
        ...


class Digits:
    """Moving MNIST through the digit reader."""

    def __init__(self, reader: DigitReader, name: str = "digit-reader") -> None:
        self.reader, self.name = reader, name

    def maps(self, video: Tensor) -> Tensor:
        """Return maps of the reader's eye, (B, T, F, H / 4, W / 4)."""
        _require(video, (1, self.reader.config.canvas, self.reader.config.canvas), self.name)
        return _by_frame(self._eye, video)

    def _eye(self, frames: Tensor) -> Tensor:
        seen: Tensor = self.reader.localiser.input((frames + 1) / 2)
        return seen

    def hand(self, video: Tensor) -> None:
        """Return None."""

    def digits(self, video: Tensor) -> Tensor | None:
        """Return features of the digits as the last frames show them; None of clips too short to read."""
        frames = self.reader.config.frames
        return self.reader.read(video[:, -frames:]).features if video.shape[1] >= frames else None


class Scenes:
    """Robot clips through the scene reader."""

    def __init__(self, reader: ReadsScenes, name: str = "scene-reader") -> None:
        self.reader, self.name = reader, name

    def maps(self, video: Tensor) -> Tensor:
        """Return the reader's features of each frame, (B, T, F)."""
        return _by_frame(self.reader.features, video)

    def hand(self, video: Tensor) -> Tensor:
        """Return where the hand is, (B, T, 2)."""
        return _by_frame(self.reader.pose, video)

    def digits(self, video: Tensor) -> None:
        """Return None."""


def pooled(maps: Tensor) -> Tensor:
    """Return features of clips, (B, 2F), of features of their frames, (B, T, F, ...): see the module.

    >>> pooled(torch.tensor([[[1.0], [3.0], [2.0]]])).tolist()
    [[2.0, 1.5]]

    Raises:
        DataError: fewer than 2 frames, between which nothing can change.
    """
    if maps.dim() < 3 or maps.shape[1] < 2:
        raise DataError(f"features of clips are taken over at least 2 frames, got maps of shape {tuple(maps.shape)}")
    lines = maps.flatten(3) if maps.dim() > 3 else maps[..., None]  # (B, T, F, space)
    change = (lines[:, 1:] - lines[:, :-1]).abs()
    return torch.cat([lines.mean(dim=(1, 3)), change.mean(dim=(1, 3))], dim=1)


def apart(one: Tensor, other: Tensor) -> Tensor:
    """Return the distance between features of frames, root mean square over features: (B, T)."""
    return (one - other).flatten(2).square().mean(dim=2).sqrt()


def open_instrument(data: str, name: str | None = None, device: torch.device | str = "cpu") -> Instrument | None:
    """Return what clips of this kind of data are seen through; None if the name is "none".

    Args:
        data: "moving_mnist" or "robot_push".
        name: of the reader, or its folder; the shipped one if None.
        device: where it reads.

    Raises:
        ModelError: there is no such reader, or it reads something else.
    """
    if name == "none":
        return None
    name = name or ("scene-reader" if data == "robot_push" else "digit-reader")
    reader: Model = load_model(name, device)
    if data == "robot_push":
        if not isinstance(reader, ReadsScenes):
            raise ModelError(f"{name}: does not read robot scenes; give a scene reader, or none")
        return Scenes(reader, name)
    if not isinstance(reader, DigitReader):
        raise ModelError(f"{name}: does not read digits; give a digit reader, or none")
    return Digits(reader, name)


def _by_frame(see: Callable[[Tensor], Tensor], video: Tensor) -> Tensor:
    """Return what is seen in each frame, (B, T, ...), a few frames at once."""
    seen = torch.cat([see(frames) for frames in video.flatten(0, 1).split(AT_ONCE)])
    by_frame: Tensor = seen.float().unflatten(0, video.shape[:2])
    return by_frame


def _require(video: Tensor, frame: tuple[int, int, int], name: str) -> None:
    """Refuse frames of another shape than the reader reads."""
    if tuple(video.shape[2:]) != frame:
        raise DataError(f"{name} reads frames of {frame}, the clips have {tuple(video.shape[2:])}; give no reader")
