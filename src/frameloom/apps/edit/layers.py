"""A clip's pictures over time: decoded, retimed, changed by its effects, and placed.

    file --read--> picture on screen at the source's time --effects--> Layer(planes, left, top, opacity)

Files are read once, in the size in which they are shown. What stands still is made once and handed out again, as the
very same object.
"""

import math
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np

from frameloom.apps.edit.layout import Layout, Placed
from frameloom.apps.edit.timeline import Clip, ColorSource, FileSource, ImageSource, ModelSource, TitleSource
from frameloom.core.errors import ConfigError
from frameloom.effects import titles
from frameloom.effects.blend import BlendName
from frameloom.effects.curve import value_at
from frameloom.effects.pictures.base import ClipContext
from frameloom.effects.pictures.retime import between, flows_of
from frameloom.media.colors import parse_color
from frameloom.media.files.source import Picture, PictureForm, read_backwards, read_pictures, read_still
from frameloom.media.image import Rgb, from_rgb, place_planes, resize_planes
from frameloom.media.planes import Planes, plain
from frameloom.media.views import Flows

TOLERANCE_S = Fraction(1, 1000)
"""A picture counts as shown this much early: Matroska and WebM round times to milliseconds."""

PREVIEW_WIDTH_PX = 320
"""Width in which effects that look at a whole clip see it first."""
MAX_GROWTH = 3
"""Pictures are decoded at most this much larger than the canvas; beyond, they are enlarged afterwards."""
LEAST_SCALE = 1e-4
"""What is smaller is not seen: a clip may grow out of nothing, and an easing may swing below it."""


@dataclass(frozen=True)
class Layer:
    """A picture and where it lies; left and top may be outside."""

    planes: Planes
    left: int = 0
    top: int = 0
    opacity: float = 1.0
    mode: BlendName = "normal"


class Shows(Protocol):
    """What gives a clip's pictures, asked in order of time."""

    def at(self, time: Fraction) -> Planes | None:
        """Return the picture at a time in seconds from the begin of the clip."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


class ClipLayers:
    """The layers of one clip, asked for in order of time; close it when done."""

    def __init__(self, placed: Placed, laid: Layout, tell: Callable[[str], None]) -> None:
        self.placed, self.laid = placed, laid
        self.title: Callable[[Fraction], tuple[Planes, int, int] | None] | None = None
        self.width, self.height = laid.width, laid.height
        self.shows: Shows | None = None
        source = placed.clip.source
        if isinstance(source, TitleSource):
            self.title = titles.begin(source.title, laid.width, laid.height, placed.duration, laid.depth, laid.color)
        else:
            self.width, self.height = _decoded_size(placed, laid)
            self.shows = _open(placed, laid, self.width, self.height)
        context = ClipContext(
            self.width,
            self.height,
            laid.rate,
            placed.duration,
            laid.color,
            laid.depth,
            seed=zlib.crc32(placed.where.encode()),
            read=lambda: _preview(placed, laid, self.width, self.height),
            tell=lambda text: tell(f"{placed.where}: {text}"),
        )
        clip = placed.clip
        self.moves = not all(isinstance(curve, int | float) for curve in (clip.x, clip.y, clip.scale, clip.rotation))
        self.effects = [effect.begin(context) for effect in placed.clip.effects]

    def at(self, time: Fraction) -> Layer | None:
        """Return the layer at a time in seconds from the begin of the clip; None where nothing is seen."""
        clip = self.placed.clip
        opacity = value_at(clip.opacity, time) * _fade(clip, self.placed.duration, time)
        if opacity <= 0 or value_at(clip.scale, time) < LEAST_SCALE:
            return None
        left, top, picture = 0, 0, None
        if self.title:
            if drawn := self.title(time):
                picture, left, top = drawn
        elif self.shows:
            picture = self.shows.at(time)
        if picture is None:
            return None
        for effect in self.effects:
            picture = effect(picture, time)
        picture, left, top = self._place(picture, left, top, time)
        return Layer(picture, left, top, min(1.0, opacity), clip.blend)

    def _place(self, picture: Planes, left: int, top: int, time: Fraction) -> tuple[Planes, int, int]:
        """Return a picture in its size and angle at this time, and its left upper corner."""
        clip = self.placed.clip
        width, height = self.laid.width, self.laid.height
        x, y = value_at(clip.x, time), value_at(clip.y, time)
        angle = value_at(clip.rotation, time)
        if self.title:
            middle = (left + picture.width / 2 + (x - 0.5) * width, top + picture.height / 2 + (y - 0.5) * height)
            factor = value_at(clip.scale, time)
            size = (picture.width * factor, picture.height * factor)
        else:
            middle = (x * width, y * height)
            size = _shown_size(self.placed, self.laid, value_at(clip.scale, time))
        if angle % 360 or self.moves:
            return _between_pixels(picture, middle, size, angle, (width, height))
        picture = resize_planes(picture, _even(size[0]), _even(size[1]))
        return picture, round(middle[0] - picture.width / 2), round(middle[1] - picture.height / 2)

    def close(self) -> None:
        """Let go of files."""
        if self.shows:
            self.shows.close()


class _Still:
    """One picture for all of the time."""

    def __init__(self, picture: Planes) -> None:
        self.picture = picture

    def at(self, time: Fraction) -> Planes:
        del time
        return self.picture

    def close(self) -> None:
        pass


class _Frames:
    """Frames in memory at a steady rate; the last one stays."""

    def __init__(self, frames: list[Planes], rate: Fraction, placed: Placed) -> None:
        self.frames, self.rate, self.times = frames, rate, placed.times

    def at(self, time: Fraction) -> Planes:
        index = int(self.times.source_time(time) * self.rate)
        return self.frames[min(max(index, 0), len(self.frames) - 1)]

    def close(self) -> None:
        self.frames = []


class _File:
    """The pictures of a video file, read forwards or backwards as the clip runs."""

    def __init__(self, placed: Placed, source: FileSource, form: PictureForm) -> None:
        self.times, self.how = placed.times, placed.clip.slow_motion
        start, stop = self.times.start, self.times.start + self.times.span
        self.backwards = placed.clip.reverse
        if self.backwards:
            self.reader: Iterator[Picture] = read_backwards(source.path, start, stop, form, stream=source.stream)
        else:
            ahead = stop if self.how == "repeat" else stop + 1  # the picture after the last one is blended with it
            self.reader = read_pictures(source.path, start, ahead + TOLERANCE_S, form, stream=source.stream)
        self.now = next(self.reader, None)
        self.later = next(self.reader, None)
        self.flows: Flows | None = None
        self.flows_from: Picture | None = None

    def at(self, time: Fraction) -> Planes | None:
        moment = self.times.source_time(time) + (-TOLERANCE_S if self.backwards else TOLERANCE_S)
        while self.now and self.later and self._is_past(self.now, self.later, moment):
            self.now, self.later = self.later, next(self.reader, None)
        if self.now is None:
            return None
        if self.how == "repeat" or self.later is None or self.times.freeze:
            return self.now.planes
        early, late = (self.later, self.now) if self.backwards else (self.now, self.later)
        if self.how == "flow" and self.flows_from is not early:
            self.flows_from, self.flows = early, flows_of(early.planes, late.planes)
        share = float((self.times.source_time(time) - early.time) / (late.time - early.time))
        if self.how == "flow" and self.flows is None:  # a cut
            return between(early.planes, late.planes, min(max(share, 0.0), 1.0), "repeat")
        return between(early.planes, late.planes, min(max(share, 0.0), 1.0), self.how, self.flows)

    def _is_past(self, now: Picture, later: Picture, moment: Fraction) -> bool:
        if self.backwards:
            return now.time > moment if self.how == "repeat" else later.time > moment
        return later.time <= moment

    def close(self) -> None:
        close: Callable[[], None] | None = getattr(self.reader, "close", None)
        if close:
            close()


def _open(placed: Placed, laid: Layout, width: int, height: int) -> Shows:
    """Return what shows a clip's source in this size."""
    source = placed.clip.source
    if isinstance(source, FileSource):
        return _File(placed, source, PictureForm(width, height, laid.depth, laid.color))
    if isinstance(source, ImageSource):
        picture = from_rgb(even_sided(read_still(source.path)), laid.depth, laid.color)
        return _Still(resize_planes(picture, width, height))
    if isinstance(source, ColorSource):
        red, green, blue, opacity = parse_color(source.color)
        ground = plain(width, height, (red, green, blue), laid.depth, laid.color)
        return _Still(ground if opacity == 255 else see_through(ground, opacity / 255))
    if isinstance(source, ModelSource):
        return _Frames(_generated(source, width, height, laid), source.rate, placed)
    raise ConfigError(f"{placed.where}.source: {source.kind} shows no pictures")


def _generated(source: ModelSource, width: int, height: int, laid: Layout) -> list[Planes]:
    """Return the frames that a model makes."""
    from frameloom.data.batch import to_uint8  # torch takes seconds to import, and few timelines need it
    from frameloom.generation.load import load

    clips = load(source.model).sample(1, seed=source.seed, classes=source.classes or None)
    frames = to_uint8(clips)[0].permute(0, 2, 3, 1).numpy()  # (T, C, H, W) -> (T, H, W, C)
    rgb = [even_sided(np.broadcast_to(frame, (*frame.shape[:2], 3))) for frame in frames]
    return [resize_planes(from_rgb(picture, laid.depth, laid.color), width, height) for picture in rgb]


def see_through(picture: Planes, opacity: float) -> Planes:
    """Return a picture whose every pixel has this opacity."""
    full = 255 if picture.depth == 8 else 1023
    return Planes(picture.y, picture.u, picture.v, np.full_like(picture.y, round(opacity * full)))


def even_sided(rgb: Rgb) -> Rgb:
    """Return a picture whose sides are even, its last row or column repeated where they were not."""
    height, width = rgb.shape[:2]
    return np.pad(rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge") if height % 2 or width % 2 else rgb


def _natural_size(placed: Placed, laid: Layout) -> tuple[int, int]:
    """Return width and height of a source as shown, in square pixels."""
    source = placed.clip.source
    if isinstance(source, ColorSource):
        return laid.width, laid.height
    if isinstance(source, ModelSource):
        return 1, 1
    video = placed.info.video if placed.info else None
    return (video.width, video.height) if video else (laid.width, laid.height)


def _shown_size(placed: Placed, laid: Layout, scale: float) -> tuple[float, float]:
    """Return width and height on the canvas, in px."""
    width, height = _natural_size(placed, laid)
    ratios = laid.width / width, laid.height / height
    match placed.clip.fit:
        case "contain":
            across = down = min(ratios)
        case "cover":
            across = down = max(ratios)
        case "stretch":
            across, down = ratios
        case "none":
            across = down = 1.0
    return width * across * scale, height * down * scale


def _decoded_size(placed: Placed, laid: Layout) -> tuple[int, int]:
    """Return the size in which pictures are decoded: the largest in which they are shown, within bounds."""
    scale = placed.clip.scale
    largest = scale if isinstance(scale, int | float) else max(frame.value for frame in scale)
    width, height = _shown_size(placed, laid, max(largest, LEAST_SCALE))
    shrink = min(1.0, MAX_GROWTH * laid.width / width, MAX_GROWTH * laid.height / height)
    return _even(width * shrink), _even(height * shrink)


def _even(length: float) -> int:
    """Return the nearest even number of px, at least two."""
    return max(2, round(length / 2) * 2)


def _between_pixels(
    picture: Planes, middle: tuple[float, float], size: tuple[float, float], angle: float, canvas: tuple[int, int]
) -> tuple[Planes, int, int]:
    """Return the part of a picture, scaled and turned clockwise about its middle, that is on the canvas."""
    if size[0] < picture.width / 2:  # warping alone would skip pixels
        picture = resize_planes(picture, _even(size[0]), _even(size[1]))
    turn = math.radians(angle)
    cosine, sine = math.cos(turn), math.sin(turn)
    reach = (
        (abs(size[0] * cosine) + abs(size[1] * sine)) / 2 + 1,
        (abs(size[0] * sine) + abs(size[1] * cosine)) / 2 + 1,
    )
    begin = [max(0, math.floor((middle[side] - reach[side]) / 2) * 2) for side in (0, 1)]
    end = [min(canvas[side], math.ceil((middle[side] + reach[side]) / 2) * 2) for side in (0, 1)]
    width, height = (max(2, end[side] - begin[side]) for side in (0, 1))
    across, down = picture.width / size[0], picture.height / size[1]
    linear = np.array([[cosine * across, sine * across], [-sine * down, cosine * down]])
    home = np.array([(picture.width - 1) / 2, (picture.height - 1) / 2])
    away = np.array([middle[0] - begin[0] - 0.5, middle[1] - begin[1] - 0.5])
    matrix = np.concatenate([linear, (home - linear @ away)[:, None]], axis=1)
    return place_planes(picture, matrix, width, height), begin[0], begin[1]


def _fade(clip: Clip, duration: Fraction, time: Fraction) -> float:
    """Return how far a clip has come up, or not yet gone down."""
    up = float(time / clip.fade_in) if clip.fade_in else 1.0
    down = float((duration - time) / clip.fade_out) if clip.fade_out else 1.0
    return min(1.0, up, down)


def _preview(placed: Placed, laid: Layout, width: int, height: int) -> Iterator[tuple[Planes, Fraction]]:
    """Yield a clip's pictures before its effects, small, with their times from its begin."""
    small = PREVIEW_WIDTH_PX, _even(PREVIEW_WIDTH_PX * height / width)
    shows = _open(placed, laid, *(small if width > PREVIEW_WIDTH_PX else (width, height)))
    try:
        for index in range(int(placed.duration * laid.rate)):
            time = index / laid.rate
            if picture := shows.at(time):
                yield picture, time
    finally:
        shows.close()
