"""How titles come, stay and go: parts in their poses, put together, and the same object again while nothing moves.

    parts (pixels, place) + poses (shift, opacity, clip, scale) --put together--> RGBA --> planes, left, top

Regions are as small as what is seen, with even corners and sides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from frameloom.core.config import Config
from frameloom.core.times import Duration
from frameloom.effects.easing import EasingName, ease
from frameloom.media.colors import graphics_rgb
from frameloom.media.planes import ColorName, Depth, Plane, Planes, dtype_of, rgb_to_yuv_matrix
from frameloom.media.text import Rgba
from frameloom.media.text.bidi import Direction

MotionName = Literal["none", "fade", "rise", "drop", "slide", "wipe", "pop", "type"]
"""How a title comes or goes; slide, wipe and type run in the direction that the text is read."""

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in px of the picture."""


class Motion(Config):
    """How a title comes and goes."""

    enter: MotionName = "fade"
    leave: MotionName = "fade"
    duration: Duration = Fraction(1, 2)
    """Seconds that each of both takes; less where the title is shown for less than twice as long."""
    easing: EasingName = "cubic-out"


class Shown(NamedTuple):
    """A title's picture at one moment, with alpha, and its corner in the frame."""

    planes: Planes
    left: int
    top: int


At = Callable[[Fraction], Shown | None]
"""Time in seconds from the title's begin, to what is seen; the very same object while nothing changes."""


@dataclass(frozen=True, eq=False)
class Part:
    """Something drawn: pixels, (H, W, 4), and their place at rest."""

    pixels: Rgba
    left: int
    top: int

    @property
    def box(self) -> Box:
        """Return where it rests."""
        return self.left, self.top, self.left + self.pixels.shape[1], self.top + self.pixels.shape[0]


@dataclass(frozen=True, slots=True)
class Pose:
    """How a part is seen at one moment."""

    part: Part
    dx: int = 0
    dy: int = 0
    opacity: int = 255
    clip: Box | None = None
    """Of the picture; nothing of the part is seen outside."""
    scale: float = 1.0
    """About the part's middle."""


class Scene(NamedTuple):
    """All poses of a moment, from the lowest, and the opacity of them all together."""

    poses: tuple[Pose, ...]
    opacity: int = 255


def play(scene_at: Callable[[Fraction], Scene], width: int, height: int, depth: Depth, color: ColorName) -> At:
    """Return what a title shows at each time, drawn anew only when its scene changes."""
    drawn: tuple[tuple[Pose, ...], Shown | None] | None = None
    last: tuple[Scene, Shown | None] | None = None

    def at(time: Fraction) -> Shown | None:
        nonlocal drawn, last
        scene = scene_at(time)
        if last is not None and last[0] == scene:
            return last[1]
        if drawn is None or drawn[0] != scene.poses:
            drawn = scene.poses, _draw(scene.poses, width, height, depth, color)
        last = scene, faded(drawn[1], scene.opacity)
        return last[1]

    return at


def _draw(poses: Sequence[Pose], width: int, height: int, depth: Depth, color: ColorName) -> Shown | None:
    placed = [piece for pose in poses if (piece := _posed(pose, width, height))]
    if not placed:
        return None
    left, top = (min(values) & ~1 for values in zip(*(corner for _, corner in placed), strict=True))
    right = max(x + pixels.shape[1] for pixels, (x, _) in placed)
    bottom = max(y + pixels.shape[0] for pixels, (_, y) in placed)
    canvas = Image.new("RGBA", (right - left + (right - left) % 2, bottom - top + (bottom - top) % 2))
    for pixels, (x, y) in placed:
        canvas.alpha_composite(Image.fromarray(pixels), (x - left, y - top))
    return Shown(to_planes(np.asarray(canvas), depth, color), left, top)


def _posed(pose: Pose, width: int, height: int) -> tuple[Rgba, tuple[int, int]] | None:
    """Return a part's pixels in a pose, cut to its clip and the picture, and where they lie."""
    pixels, left, top = pose.part.pixels, pose.part.left + pose.dx, pose.part.top + pose.dy
    if pose.scale != 1:
        high, wide = (max(1, round(side * pose.scale)) for side in pixels.shape[:2])
        left, top = left + (pixels.shape[1] - wide) // 2, top + (pixels.shape[0] - high) // 2
        soft = Image.fromarray(pixels).convert("RGBa").resize((wide, high), Image.Resampling.BICUBIC)
        pixels = np.asarray(soft.convert("RGBA"))
    bounds = pose.clip or (0, 0, width, height)
    x, y = max(left, bounds[0], 0), max(top, bounds[1], 0)
    right, bottom = min(left + pixels.shape[1], bounds[2], width), min(top + pixels.shape[0], bounds[3], height)
    if right <= x or bottom <= y or pose.opacity <= 0:
        return None
    pixels = pixels[y - top : bottom - top, x - left : right - left]
    if pose.opacity < 255:
        pixels = pixels.copy()
        pixels[..., 3] = pixels[..., 3] * np.uint16(pose.opacity) // 255
    return np.ascontiguousarray(pixels), (x, y)


def to_planes(rgba: Rgba, depth: Depth, color: ColorName) -> Planes:
    """Return planes of pixels with straight alpha; chroma is the mean of four by alpha, so that no edge gets dark."""
    if color not in {"bt601", "bt709"}:
        rgba = np.concatenate([graphics_rgb(rgba[..., :3], color), rgba[..., 3:]], axis=2)
    half = np.asarray(Image.fromarray(rgba).reduce(2))  # pillow weighs colours by alpha
    tables = _tables(depth, color)
    y, u, v = (_weigh(pixels, table, depth) for pixels, table in zip((rgba, half, half), tables, strict=True))
    alpha = rgba[..., 3] if depth == 8 else (rgba[..., 3] * np.uint32(1023) // 255).astype(np.uint16)
    return Planes(y, u, v, cast(Plane, np.ascontiguousarray(alpha)))


@lru_cache(maxsize=16)
def _tables(depth: Depth, color: ColorName) -> NDArray[np.int32]:
    """Return what each red, green and blue adds to Y, U and V, (3, 3, 256), times 4096, and the half that rounds."""
    matrix = rgb_to_yuv_matrix(color) * ((1 << (depth - 8)) * 4096)
    tables = matrix[:, :3, None] * np.arange(256)
    tables[:, 0] += matrix[:, 3:] * 255 + 2048
    return np.rint(tables).astype(np.int32)


def _weigh(pixels: Rgba, table: NDArray[np.int32], depth: Depth) -> Plane:
    """Return one plane of what three values of each pixel add up to."""
    total = table[0][pixels[..., 0]]
    total += table[1][pixels[..., 1]]
    total += table[2][pixels[..., 2]]
    plane: Plane = (total >> 12).astype(dtype_of(depth))
    return plane


def faded(shown: Shown | None, opacity: int) -> Shown | None:
    """Return what is shown with its alpha made weaker, 255 being as it is; None when nothing is left."""
    if shown is None or opacity >= 255:
        return shown
    if opacity <= 0 or shown.planes.alpha is None:
        return None
    alpha = shown.planes.alpha
    weaker = cast(Plane, (alpha.astype(np.uint32) * opacity // 255).astype(alpha.dtype))
    return shown._replace(planes=replace(shown.planes, alpha=weaker))


def progress_at(motion: Motion, time: Fraction, duration: Fraction) -> tuple[MotionName, float]:
    """Return which motion runs at a time and how far the title has come: 0 away, 1 at rest."""
    length = min(motion.duration, duration / 2)
    leaves = time > duration - length
    name = motion.leave if leaves else motion.enter
    share = float((duration - time if leaves else time) / length)
    return name, 1.0 if name == "none" else ease("linear" if name == "type" else motion.easing, share)


def moved(part: Part, name: MotionName, progress: float, direction: Direction, reach: int) -> tuple[Pose, int]:
    """Return a part on its way, and the opacity of all; `reach` is how far in px it slides."""
    if progress == 1 or name in {"none", "type"}:
        return Pose(part), 255
    rest = 1 - progress
    opacity = max(0, min(255, round(255 * progress)))
    if name == "rise":
        return Pose(part, dy=round(rest * reach)), opacity
    if name == "drop":
        return Pose(part, dy=-round(rest * reach)), opacity
    if name == "slide":
        return Pose(part, dx=round(rest * reach) * (-1 if direction == "ltr" else 1)), opacity
    if name == "wipe":
        return Pose(part, clip=wiped(part.box, progress, direction)), 255
    if name == "pop":
        return Pose(part, scale=round(0.6 + 0.4 * progress, 3)), min(255, opacity * 2)
    return Pose(part), opacity


def wiped(box: Box, progress: float, direction: Direction) -> Box:
    """Return what is uncovered of a box, from the side where reading begins."""
    left, top, right, bottom = box
    width = round((right - left) * min(max(progress, 0.0), 1.0))
    return (left, top, left + width, bottom) if direction == "ltr" else (right - width, top, right, bottom)
