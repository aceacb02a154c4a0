"""What will be done to a film: its stages, after a look at some of its pictures.

    config, condition, pictures all over the film --> denoise --> colour --> network --> stabilise --> fps

Everything that depends on the film as a whole (noise, cast, the camera's path) is found before, so that no piece of it
is treated differently from another. A network that can be told of noise takes it out of luma, and the filter only out
of chroma.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, count, islice

import numpy as np

from frameloom.apps.enhance.choice import drawing
from frameloom.apps.enhance.config import EnhanceConfig
from frameloom.apps.enhance.network import Lanczos, Network
from frameloom.apps.enhance.noise import times_of
from frameloom.apps.enhance.stages import Stage, changing
from frameloom.apps.enhance.upscale import upscaling
from frameloom.effects.pictures.base import Change, ClipContext
from frameloom.effects.pictures.blur import Denoise
from frameloom.effects.pictures.color import Grade, WhiteBalance, colors_of
from frameloom.effects.pictures.stabilise import Stabilise
from frameloom.generation.interpolate import MOST_REPEATS, Draw, interpolated
from frameloom.media.files.info import MediaInfo, VideoStreamInfo
from frameloom.media.files.source import Picture, PictureForm, read_pictures
from frameloom.media.planes import Planes

_SEEN_WIDTH_PX = 320
"""Width in which light and the camera's path are looked at."""
_DENOISE_BEFORE = 12
"""Pictures after which nearly nothing is left of what was before: 0.75^12 is 3 %."""
_PACE_AROUND = MOST_REPEATS + 2
"""Pictures from which to tell whether one is only shown again, or stands."""
_MOST_CAST = 0.8
"""Share of a cast of colour that is taken out: some of it may be the light of the evening."""
_TAILS = 0.2, 99.8
"""Percentiles that become black and white."""
_MOST_STRETCH = 0.12, 0.7
"""Highest black and lowest white that are stretched; what is beyond is meant so."""


@dataclass(frozen=True)
class Plan:
    """What will be done."""

    stages: tuple[Stage, ...]
    width: int
    """Of the pictures that come out, in px."""
    height: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """Some pictures of a film, one after another."""

    start: Fraction
    count: int


def plan(
    config: EnhanceConfig, info: MediaInfo, network: Network, noise: float = 0.0, looked_at: Part | None = None
) -> Plan:
    """Return what will be done to a film.

    Args:
        config: what is asked for.
        info: the film.
        network: what pictures go through.
        noise: to take out, as its standard deviation, of 255.
        looked_at: what the camera's path is told from, for a trial; else the whole film.

    Raises:
        MediaError: the film has no pictures, or those that are looked at are damaged.
    """
    video = info.video
    if video is None:
        return Plan((), info.width, info.height, ())  # raises: there are none
    notes = _changes(video)
    stages: list[Stage] = []
    context = _context(info, video, config.scale, looked_at)
    if noise:
        by_network = network.takes_levels and config.strength > 0
        stages.append(denoising(noise, context, luma=not by_network))
    if config.color == "auto" and video.color in ("hlg", "pq"):
        notes.append(f"color: left alone, for {video.color} holds a high dynamic range")
    elif config.color == "auto":
        stages.append(coloring(_sparse(context, info, video)))
    if config.scale > 1 or not isinstance(network, Lanczos):
        stages.append(upscaling(network, config.scale, config.strength))
    if config.stabilise:
        stages.append(stabilising(context, notes.append))
    if config.fps:
        stages.append(pacing(config.fps, video.start, drawing(config)))
    return Plan(tuple(stages), info.width * config.scale, info.height * config.scale, tuple(notes))


def _changes(video: VideoStreamInfo) -> list[str]:
    """Return what of the pictures changes by reading them, as a person should know it."""
    notes = []
    if video.range == "full" and video.matrix != "rgb":
        notes.append("colour: full range becomes limited range, which every player knows; nothing looks different")
    if video.bits > video.depth:
        notes.append(f"colour: {video.bits} bits become {video.depth}")
    if video.sample_aspect_ratio != 1:
        stored, shown = ((video.stored_width, video.stored_height), (video.width, video.height))
        notes.append(f"pixels: oblong ones become square, so {stored[0]}x{stored[1]} px are {shown[0]}x{shown[1]}")
    return notes


def denoising(noise: float, context: ClipContext, luma: bool = True) -> Stage:
    """Return a stage that takes out noise of this standard deviation, of 255; or of chroma alone.

    What differs between two pictures by no more than their noise is likely to have stood still, and is averaged over
    time; the rest goes through a filter that keeps edges. The factors are the best of a few, by PSNR, on four clips
    with noise of 3 to 16 added.
    """
    effect = Denoise(temporal=0.75, spatial=min(noise / 16, 1.0), threshold=max(0.9 * noise, 1.0))

    def begin() -> Change:
        change = effect.begin(context)
        return change if luma else lambda picture, time: replace(change(picture, time), y=picture.y)

    return changing("denoise", begin, _DENOISE_BEFORE)


def coloring(context: ClipContext) -> Stage:
    """Return a stage that takes out a cast and stretches light to black and white, alike for the whole film."""
    pixels = colors_of(context)
    low, high = (float(level) for level in np.percentile(pixels, _TAILS)) if len(pixels) else (0.0, 1.0)
    low, high = min(low, _MOST_STRETCH[0]), max(high, _MOST_STRETCH[1])
    lift, gain = -low / (high - low), (1 - low) / (high - low)
    balance = WhiteBalance(auto=_MOST_CAST).begin(context)
    grade = Grade(lift=(lift,) * 3, gain=(gain,) * 3).begin(context)

    def change(picture: Planes, time: Fraction) -> Planes:
        return grade(balance(picture, time), time)

    return changing("color", lambda: change)


def stabilising(context: ClipContext, tell: Callable[[str], None]) -> Stage:
    """Return a stage that takes out the shaking of the camera; looks through the whole film once."""
    change = Stabilise().begin(replace(context, tell=tell))
    return changing("stabilise", lambda: change)


def pacing(rate: Fraction, start: Fraction, draw: Draw) -> Stage:
    """Return a stage that gives pictures at an even rate from a time on, drawn along what moves between two.

    It comes last, so that the slow stages see only the pictures that were there.
    """

    def run(pictures: Iterator[Picture]) -> Iterator[Picture]:
        first = next(pictures, None)
        if first is None:
            return iter(())
        times = (start + number / rate for number in count(math.ceil((first.time - start) * rate)))
        return interpolated(chain([first], pictures), times, draw)

    return Stage("fps", run, _PACE_AROUND, _PACE_AROUND)


def _context(info: MediaInfo, video: VideoStreamInfo, scale: int, looked_at: Part | None) -> ClipContext:
    """Return what effects know of a film."""

    def read() -> Iterator[tuple[Planes, Fraction]]:
        yield from (
            _seen(info, video, None)
            if looked_at is None
            else islice(_seen(info, video, looked_at.start), looked_at.count)
        )

    width, height = info.width * scale, info.height * scale
    rate, depth = info.rate, video.depth
    return ClipContext(width, height, rate, info.duration, video.color, depth, read=read)


def _sparse(context: ClipContext, info: MediaInfo, video: VideoStreamInfo) -> ClipContext:
    """Return the context of a film of which only some pictures are seen: none is decoded for nothing."""
    times = times_of(info)

    def read() -> Iterator[tuple[Planes, Fraction]]:
        for time in times:
            yield from islice(_seen(info, video, time), 1)

    return replace(context, rate=Fraction(len(times)), duration=Fraction(1), read=read)


def _seen(info: MediaInfo, video: VideoStreamInfo, start: Fraction | None) -> Iterator[tuple[Planes, Fraction]]:
    """Yield small pictures of a film, each with its time."""
    width = min(_SEEN_WIDTH_PX, info.width)
    height = max(2, round(info.height * width / info.width / 2) * 2)
    form = PictureForm(width, height, video.depth, video.color)
    for picture in read_pictures(info.path, start or 0, form=form):
        yield picture.planes, picture.time
