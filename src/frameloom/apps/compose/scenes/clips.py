"""Clips of the user's own, and clips that a model makes."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from PIL import Image
from pydantic import Field, NonNegativeInt, model_validator

from frameloom.apps.compose.scenes.board import Board
from frameloom.apps.compose.scenes.figures import backdrop, card
from frameloom.apps.compose.scenes.footage import Fit, with_words
from frameloom.apps.compose.scenes.heading import Short, Text, add_text, header
from frameloom.apps.compose.scenes.layout import height_of, unit, width_of
from frameloom.apps.compose.scenes.lettering import indent, write
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.apps.talk.puppet.mark import NOTE
from frameloom.core.config import Config
from frameloom.core.errors import ConfigError, MediaError, ModelError
from frameloom.core.times import Duration, Time
from frameloom.media.files.picture import Picture as Shown
from frameloom.media.files.source import probe, read_pictures
from frameloom.media.image import from_rgb, resize_planes
from frameloom.media.planes import Planes

if TYPE_CHECKING:
    from frameloom.generation.load import VideoModel


class Clip(Config):
    """A clip of your own; where it is shorter than the scene, its last picture stays."""

    kind: Literal["clip"] = "clip"
    path: Path
    start: Time = Fraction(0)
    """Where in the clip to begin, in s."""
    stop: Duration | None = None
    """Where in the clip to end, in s; by default its own end."""
    sound: Annotated[bool, Field(exclude=True)] = False
    """Whether it is heard; it gives way to the words that are said over it."""
    volume: Annotated[float, Field(ge=-60, le=12, exclude=True)] = 0.0
    """Gain of its sound in dB."""
    fit: Fit = "cover"
    """A portrait that `frameloom puppet` made to speak is always shown whole, with its mark."""
    caption: Text = ""
    credit: Short = ""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.stop is not None and self.stop <= self.start:
            raise ValueError(f"stop {float(self.stop):g} is not after start {float(self.start):g}; give more")
        return self

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return (self.caption,) if self.caption else ()

    def plays_s(self, folder: Path) -> Fraction:
        """Return how long it plays from start to stop, or to its end, in s.

        Raises:
            MediaError: it cannot be read.
        """
        ends = probe(folder / self.path).duration
        return max(Fraction(0), (ends if self.stop is None else min(self.stop, ends)) - self.start)

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        path = stage.folder / self.path
        latest = None if self.stop is None else self.stop - self.start - _INSTANT_S

        def open_at(time: Fraction) -> Iterator[Shown]:
            return read_pictures(path, self.start + time)

        try:
            first = next(open_at(Fraction(0)), None)
        except MediaError as error:
            raise ConfigError(f"clip: {error}") from error
        if first is None:
            raise ConfigError(f"clip: {path}: no picture from {float(self.start):g} s on; begin earlier")
        fitted = _fitting("contain" if _is_marked(path) else self.fit, stage)
        playing = _Playing(open_at, self.start, fitted)
        played = playing if latest is None else lambda time: playing(min(time, latest))
        return with_words(played, stage, self.caption, self.credit)


def _is_marked(path: Path) -> bool:
    """Return whether a clip is a portrait that was made to speak: its mark must not be cut off."""
    return any(NOTE in value for _, value in probe(path).metadata)


_INSTANT_S = Fraction(1, 10_000)
"""Before `stop`: the picture that is shown then is the last."""


class _Playing:
    """The pictures of a stream at times that mostly go forward; going back opens it again."""

    def __init__(
        self, open_at: Callable[[Fraction], Iterator[Shown]], start: Fraction, fitted: Callable[[Planes], Planes]
    ):
        self._open_at, self._start, self._fitted = open_at, start, fitted
        self._stream: Iterator[Shown] = iter(())
        self._now: tuple[Shown, Planes] | None = None
        self._next: Shown | None = None

    def __call__(self, time: Fraction) -> Planes:
        """Return the picture on screen at a time in s from the start of the scene."""
        wanted = self._start + time
        if self._now is None or wanted < self._now[0].time:
            self._stream = self._open_at(time)
            shown = next(self._stream)
            self._now, self._next = (shown, self._fitted(shown.planes)), next(self._stream, None)
        coming = None
        while self._next is not None and self._next.time <= wanted:
            coming, self._next = self._next, next(self._stream, None)
        if coming is not None:
            self._now = coming, self._fitted(coming.planes)
        return self._now[1]


def _fitting(fit: Fit, stage: Stage) -> Callable[[Planes], Planes]:
    """Return what makes a picture fill the stage."""
    width, height = stage.width, stage.height

    def cover(picture: Planes) -> Planes:
        picture = _eight_bits(picture).opaque
        scale = min(picture.width / width, picture.height / height)
        wide, high = max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)
        x, y = (picture.width - wide) // 4 * 2, (picture.height - high) // 4 * 2
        return resize_planes(_cut(picture, max(x, 0), max(y, 0), wide, high), width, height)

    def contain(picture: Planes) -> Planes:
        picture = _eight_bits(picture).opaque
        small = resize_planes(cover(picture), max(2, width // 32) // 2 * 2, max(2, height // 32) // 2 * 2)
        ground = resize_planes(small, width, height, "cubic")
        y = (ground.y * np.float32(0.55) + np.float32(7)).astype(np.uint8)
        factor = min(width / picture.width, height / picture.height)
        wide, high = max(2, round(picture.width * factor / 2) * 2), max(2, round(picture.height * factor / 2) * 2)
        inner = resize_planes(picture, min(wide, width), min(high, height))
        left, top = (width - inner.width) // 4 * 2, (height - inner.height) // 4 * 2
        u, v = ground.u.copy(), ground.v.copy()
        y[top : top + inner.height, left : left + inner.width] = inner.y
        half = slice(top // 2, top // 2 + inner.height // 2), slice(left // 2, left // 2 + inner.width // 2)
        u[half], v[half] = inner.u, inner.v
        return Planes(y, u, v)

    return cover if fit == "cover" else contain


def _cut(picture: Planes, x: int, y: int, wide: int, high: int) -> Planes:
    half = slice(y // 2, (y + high) // 2), slice(x // 2, (x + wide) // 2)
    return Planes(picture.y[y : y + high, x : x + wide], picture.u[half], picture.v[half])


def _eight_bits(picture: Planes) -> Planes:
    if picture.depth == 8:
        return picture
    y, u, v = ((plane >> 2).astype(np.uint8) for plane in (picture.y, picture.u, picture.v))
    return Planes(y, u, v)


class Model(Config):
    """A clip that a Frameloom model makes, on a card, played again from its begin as often as needed."""

    kind: Literal["model"] = "model"
    model: Annotated[str, Field(min_length=1, max_length=500)]
    """Name of a shipped model, or a model folder, from the storyboard's folder."""
    classes: Annotated[tuple[NonNegativeInt, ...], Field(max_length=8)] = ()
    """Digits that the clip shall show."""
    seed: NonNegativeInt | None = None
    """Fixes the clip; by default the storyboard's."""
    rate: Annotated[int, Field(ge=1, le=60)] = 10
    title: Short = ""
    caption: Text = ""
    """Below the clip; by default, which model made it."""

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return ()

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        theme, board = stage.theme, Board(backdrop(stage))
        box = header(stage, board, self.title, stage.safe)
        text = self.caption or f"Made by the model {Path(self.model).name}"
        block = write(stage, text, "small", width_of(box), height_of(box) * 0.15, theme.muted, "center", 2)
        frames = self._frames(stage)
        high = height_of(box) - block.height - unit(stage, 3)
        factor = min(width_of(box) / frames.shape[2], high / frames.shape[1])
        wide, tall = (max(2, int(side * factor) // 2 * 2) for side in (frames.shape[2], frames.shape[1]))
        left, top = (box[0] + box[2] - wide) // 4 * 2, (box[1] + box[1] + high - tall) // 4 * 2
        rim = unit(stage, 1.4)
        card(stage, board, (left - rim, top - rim, left + wide + rim, top + tall + rim))
        add_text(board, stage, block, indent(block, box, "center"), top + tall + rim + unit(stage, 1.6), 0.2)
        played = [from_rgb(_enlarged(frame, wide, tall)) for frame in frames]
        return _Framed(board, played, left, top, self.rate)

    def _frames(self, stage: Stage) -> np.ndarray:
        """Return the clip, (T, H, W, 3), with even sides."""
        from frameloom.generation.render import grid

        try:
            video = sampler(self.model, stage.folder).sample(
                1, seed=stage.seed if self.seed is None else self.seed, classes=self.classes or None
            )
        except ModelError as error:
            raise ConfigError(f"model: {error}") from error
        frames = grid(video.cpu(), 1, 0)
        return np.asarray(frames[:, : frames.shape[1] // 2 * 2, : frames.shape[2] // 2 * 2])


def sampler(name: str, folder: Path) -> "VideoModel":
    """Return a shipped model, or that of a folder, which is named from the storyboard's.

    Raises:
        ModelError: no such model, a damaged folder, or one that makes no clips from noise.
    """
    from frameloom.generation.load import VideoModel, require
    from frameloom.models.base import Samples
    from frameloom.models.store import find_model, load_model

    model = load_model(find_model(name, folder))
    require(model, name, Samples, "make clips from noise")
    return VideoModel(name, model)


def _enlarged(frame: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return a small picture whose pixels are squares with clean edges, all of one size."""
    factor = -(-width // frame.shape[1])
    squares = Image.fromarray(np.repeat(np.repeat(frame, factor, 0), factor, 1))
    return np.asarray(squares.resize((width, height), Image.Resampling.BOX))


class _Framed:
    """A short clip over a board, again and again."""

    def __init__(self, board: Board, played: list[Planes], left: int, top: int, rate: int):
        self._board, self._played, self._left, self._top, self._rate = board, played, left, top, rate
        self._last: tuple[Planes, int, Planes] | None = None

    def __call__(self, time: Fraction) -> Planes:
        """Return the picture at a time in s from the start of the scene."""
        base, place = self._board(time), int(time * self._rate) % len(self._played)
        if self._last is None or self._last[0] is not base or self._last[1] != place:
            picture, own = Planes(base.y.copy(), base.u.copy(), base.v.copy()), self._played[place]
            x, y = self._left, self._top
            picture.y[y : y + own.height, x : x + own.width] = own.y
            half = slice(y // 2, (y + own.height) // 2), slice(x // 2, (x + own.width) // 2)
            picture.u[half], picture.v[half] = own.u, own.v
            self._last = base, place, picture
        return self._last[2]
