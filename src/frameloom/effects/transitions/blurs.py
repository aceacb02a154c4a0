"""Transitions in which the pictures lose detail while one fades to the other: coarse, blurred, zoomed or swung.

    zoom    the camera flies through a into b: fast, then slower; what grows while the shutter is open is blurred
    whip    the camera swings from a to b, blurred alike
    bokeh   the lens goes out of focus and comes back; highlights become discs

Motion blur of a zoom doubles its samples with each pass: the mean of a picture and itself scaled by s, then by s^2,
s^4, s^8 has 16 samples after four passes.

Source: hblur, pixelize and zoomin: what FFmpeg's filter xfade shows under these names.
Differs from it: the blur of hblur stays in its place (xfade's runs forward only, which moves the picture left and
back); tiles of pixelize are means (xfade takes one sample of each), and there is a whole number of them.
"""

import math
from typing import cast

import numpy as np

from frameloom.effects.easing import ease
from frameloom.effects.transitions.look import Canvas, Change, Look, Maker, each_plane, mixed, smoothstep
from frameloom.effects.transitions.slides import SIDES, even, moved
from frameloom.media.image import (
    Matrix,
    blur_disc,
    blur_rectangle,
    look_up,
    mix,
    resize,
    warp_planes,
)
from frameloom.media.planes import Plane, Planes

_ZOOM = 4.0
"""How much larger the first picture gets, and how much smaller the second one begins."""
_EXPOSURE = 0.08
"""Share of the time for which the shutter is open: motion within it is blurred."""
_SAMPLE_PX = 3
"""Distance of samples in a zoom's blur, in the corner; nearer, the eye sees no steps."""
_TILE_SHARE = 1 / 20
"""Side of the largest tile of pixelize, as a share of the picture's shorter side."""
_TILE_STEPS = 50
_BOKEH_SHARE = 1 / 48
"""Largest radius of a point out of focus, as a share of the width."""
_BOKEH_SHRINK = 4
_LIGHT = 3.0
"""Power that makes light of luma, steeper than the eye's, so that highlights become discs."""


def _about_middle(canvas: Canvas, scale: float) -> Matrix:
    """Return the matrix that enlarges a picture about its middle."""
    x, y = (canvas.width - 1) / 2, (canvas.height - 1) / 2
    return np.array([[1 / scale, 0, x - x / scale], [0, 1 / scale, y - y / scale]])


def _hblur(look: Look, canvas: Canvas) -> Change:
    def change(a: Planes, b: Planes, progress: float) -> Planes:
        amount = 2 * min(progress, 1 - progress)
        return _blurred(mixed(a, b, progress), 1 + amount * canvas.width / 2, 1)

    return change


def _blurred(picture: Planes, width_px: float, height_px: float) -> Planes:
    """Return the mean of a rectangle about each place, of odd sides, so that it stays in its place."""

    def full(plane: Plane, _: Plane) -> Plane:
        return blur_rectangle(plane, _odd(width_px), _odd(height_px))

    def half(plane: Plane, _: Plane) -> Plane:
        return blur_rectangle(plane, _odd(width_px / 2), _odd(height_px / 2))

    return each_plane(picture, picture, full, half)


def _odd(length: float) -> int:
    return 2 * max(round((length - 1) / 2), 0) + 1


def _pixelize(look: Look, canvas: Canvas) -> Change:
    shorter = min(canvas.width, canvas.height)

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        coarse = math.ceil(min(progress, 1 - progress) * _TILE_STEPS) / _TILE_STEPS
        tile_px = max(2 * coarse * shorter * _TILE_SHARE, 2)
        columns, rows = max(round(canvas.width / tile_px), 1), max(round(canvas.height / tile_px), 1)

        def join(one: Plane, other: Plane) -> Plane:
            tiles = resize(mix(one, other, progress), columns, rows, "area")
            return resize(tiles, one.shape[1], one.shape[0], "nearest")

        return each_plane(a, b, join, join)

    return change


def _zoom_in(look: Look, canvas: Canvas) -> Change:
    def change(a: Planes, b: Planes, progress: float) -> Planes:
        rest = 1 - progress
        share = smoothstep(0, 0.5, rest)
        if share <= 0:
            return b
        nearest = 1 / (canvas.width + canvas.height)  # of the size of the source that is seen; all is one point then
        return mixed(
            b, warp_planes(a, _about_middle(canvas, 1 / max(smoothstep(0.5, 1, rest), nearest)), "repeat"), share
        )

    return change


def _zoom(look: Look, canvas: Canvas) -> Change:
    corner_px = math.hypot(canvas.width, canvas.height) / 2

    def growth(progress: float) -> float:
        return ease("cubic", progress) * math.log(_ZOOM)

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        begin, end = growth(progress - _EXPOSURE / 2), growth(progress + _EXPOSURE / 2)
        share = smoothstep(0.4, 0.6, progress)
        first = warp_planes(a, _about_middle(canvas, math.exp(begin)), "mirror") if share < 1 else b
        second = warp_planes(b, _about_middle(canvas, math.exp(begin) / _ZOOM), "mirror") if share > 0 else a
        return _zoomed(mixed(first, second, share), end - begin, canvas, corner_px)

    return change


def _zoomed(picture: Planes, growth: float, canvas: Canvas, corner_px: float) -> Planes:
    """Return the mean of a picture while it grows, by doubling; see the head."""
    passes = math.ceil(math.log2(max(growth * corner_px / _SAMPLE_PX, 1)))
    for index in range(passes):
        scale = math.exp(growth * 2 ** (index - passes))
        picture = mixed(picture, warp_planes(picture, _about_middle(canvas, scale), "repeat"), 0.5)
    return picture


def _whip(look: Look, canvas: Canvas) -> Change:
    axis, forward = SIDES[look.direction]
    length = canvas.width if axis else canvas.height

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        begin, end = (ease("quart", progress + sign * _EXPOSURE / 2) for sign in (-1, 1))
        strip = moved(a, b, axis, forward, even(ease("quart", progress) * length), takes_a=True, takes_b=True)
        blur_px = (end - begin) * length / 2  # twice, which blurs as a shutter that opens and closes softly
        size = (blur_px, 1) if axis else (1, blur_px)
        return _blurred(_blurred(strip, *size), *size) if blur_px > 1 else strip

    return change


def _bokeh(look: Look, canvas: Canvas) -> Change:
    levels = np.linspace(0, 1, 1 << canvas.depth)
    light = (levels**_LIGHT).astype(np.float32)
    columns, rows = canvas.width // _BOKEH_SHRINK or 1, canvas.height // _BOKEH_SHRINK or 1

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        sharp = mixed(a, b, smoothstep(0.3, 0.7, progress))
        radius_px = canvas.width * _BOKEH_SHARE * smoothstep(0, 1, 1 - abs(2 * progress - 1))

        def full(plane: Plane, _: Plane) -> Plane:
            lit = blur_disc(look_up(resize(plane, columns, rows, "area"), light), radius_px / _BOKEH_SHRINK)
            spread = cast(Plane, (np.cbrt(lit) * canvas.most + 0.5).astype(plane.dtype))
            return resize(spread, canvas.width, canvas.height, "linear")

        def half(plane: Plane, _: Plane) -> Plane:
            side = _odd(radius_px)
            return blur_rectangle(plane, side, side)

        return mixed(sharp, each_plane(sharp, sharp, full, half), smoothstep(0, _BOKEH_SHRINK, radius_px))

    return change


BLURS: dict[str, Maker] = {
    "hblur": _hblur,
    "pixelize": _pixelize,
    "zoomin": _zoom_in,
    "zoom": _zoom,
    "whip": _whip,
    "bokeh": _bokeh,
}
