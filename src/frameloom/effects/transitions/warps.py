"""Transitions that bend or turn the pictures.

    ripple         rings run outward while one picture fades to the other
    swirl          the middle turns, and turns back
    kaleidoscope   one sixth of the picture, mirrored about the middle
    cube           both pictures are sides of a cube that turns by a quarter
    page-curl      the first picture is a page that is turned over

                 ____                 from the side: the page lies flat up to the line, goes round a cylinder, and
    page-curl        )                lies over itself; seen from above, the upper half of the cylinder hides the lower
          ----------'

The first three bend the mixed picture once: both pictures bend alike. Smooth bends are computed on every fourth place.

The kinds of effects are those of gl-transitions (ripple, swirl, kaleidoscope, cube, inverted page curl); written anew.
"""

import math

import numpy as np
from numpy.typing import NDArray

from frameloom.effects.transitions.look import Canvas, Change, Look, Maker, mixed, mixed_by, smoothstep
from frameloom.effects.transitions.slides import SIDES
from frameloom.media.image import (
    add_scaled,
    bend_planes,
    scaled,
    seen_at,
    seen_planes,
    stretch,
)
from frameloom.media.planes import Planes

Field = NDArray[np.float32]

_COARSE = 4
"""Px between places at which smooth bends are computed."""
_RINGS, _RING_RUNS, _RING_SHARE = 9.0, 3.0, 1 / 25
"""Rings from the middle to the top, how many pass by, and their height as a share of the picture's."""
_TURN = 2 * math.pi
"""How far the middle of `swirl` turns."""
_MIRRORS = 6
_BACK_OFF = 0.4
"""How far the camera steps back from the cube, as a share of its side."""
_SHADE = 0.45
"""Light on a side of the cube that is seen from its edge."""
_DEEP = 0.5
"""How much light the deepest shadow of a page takes."""
_TILT = math.radians(20)
"""Slant of the line along which a page is turned."""
_CURL_SHARE = 1 / 9
"""Radius of the page's cylinder, as a share of the picture's diagonal."""
_PAPER = 0.6
"""How much of the page's back is white paper; the rest shines through."""


def _ripple(look: Look, canvas: Canvas) -> Change:
    bend = _Bend(canvas)
    radius = np.hypot(bend.x, bend.y) / (canvas.height / 2)
    across, down = bend.x / (bend.length + 1), bend.y / (bend.length + 1)

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        height_px = canvas.height * _RING_SHARE * math.sin(math.pi * progress)
        ring = height_px * np.sin(2 * np.pi * (radius * _RINGS / 2 - progress * _RING_RUNS))
        picture = mixed(a, b, smoothstep(0.2, 0.8, progress))
        return bend.moved(picture, ring * across, ring * down)

    return change


def _swirl(look: Look, canvas: Canvas) -> Change:
    bend = _Bend(canvas)
    inside = np.clip(1 - bend.length / (canvas.width / 2), 0, 1) ** 2

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        angle = inside * np.float32(_TURN * smoothstep(0, 1, 1 - abs(2 * progress - 1)))
        cosine, sine = np.cos(angle), np.sin(angle)
        picture = mixed(a, b, smoothstep(0.3, 0.7, progress))
        turned_x, turned_y = bend.x * cosine - bend.y * sine, bend.x * sine + bend.y * cosine
        return bend.moved(picture, turned_x - bend.x, turned_y - bend.y)

    return change


def _kaleidoscope(look: Look, canvas: Canvas) -> Change:
    bend = _Bend(canvas)
    angle = np.arctan2(bend.y, bend.x)
    wedge = 2 * np.pi / _MIRRORS

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        spin = np.float32(progress * np.pi)
        folded = abs((angle - spin) % wedge - wedge / 2) + spin
        picture = mixed(a, b, smoothstep(0.35, 0.65, progress))
        x, y = bend.length * np.cos(folded), bend.length * np.sin(folded)
        mirrored = bend.moved(picture, x - bend.x, y - bend.y)
        return mixed(picture, mirrored, smoothstep(0, 0.25, min(progress, 1 - progress)))

    return change


class _Bend:
    """Places of a canvas, in px from its middle, on a coarse grid."""

    def __init__(self, canvas: Canvas) -> None:
        x, y = canvas.grid()
        self._full = (x - 0.5) * canvas.width, (y - 0.5) * canvas.height
        self._size = canvas.width, canvas.height
        coarse = max(canvas.width // _COARSE, 1), max(canvas.height // _COARSE, 1)
        self.x, self.y = (stretch(_spread(part, canvas), *coarse, "area") for part in self._full)
        self.length: Field = np.hypot(self.x, self.y)

    def moved(self, picture: Planes, across: Field, down: Field) -> Planes:
        """Return a picture whose places come from this far off, in px; what lies outside is mirrored."""
        width, height = self._size
        x, y = (stretch(np.asarray(shift, np.float32), width, height) for shift in (across, down))
        x += self._full[0] + np.float32((width - 1) / 2)
        y += self._full[1] + np.float32((height - 1) / 2)
        return bend_planes(picture, x, y)


def _spread(field: Field, canvas: Canvas) -> Field:
    return np.ascontiguousarray(np.broadcast_to(field, (canvas.height, canvas.width)))


def _cube(look: Look, canvas: Canvas) -> Change:
    ground = canvas.filled(look.color)
    axis, forward = SIDES[look.direction]
    side, other = (canvas.width, canvas.height) if axis else (canvas.height, canvas.width)

    def corners(turn: float, distance: float) -> NDArray[np.float64]:
        """Return where the corners of a side are seen that is turned by an angle about the cube's middle."""
        nearer = 1.0 if forward else -1.0
        places = []
        for along, across in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
            if not axis:
                along, across = across, along
            angle = nearer * turn
            x = side * (along * math.cos(angle) + 0.5 * math.sin(angle))
            depth = side * (0.5 * math.cos(angle) - along * math.sin(angle))
            scale = side / (distance + side / 2 - depth)
            seen = side / 2 + x * scale, other / 2 + across * other * scale
            places.append(seen if axis else seen[::-1])
        return np.array(places)

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        distance = side * (1 + _BACK_OFF * math.sin(math.pi * progress))
        turn = progress * math.pi / 2
        picture = ground if a.alpha is not None else ground.opaque
        for face, angle in ((a, turn), (b, turn - math.pi / 2)):
            if math.cos(angle) * (distance + side / 2) <= side / 2:
                continue  # seen from behind
            matrix = seen_at(corners(angle, distance), canvas.width, canvas.height)
            shown, cover = seen_planes(face, matrix)
            light = _SHADE + (1 - _SHADE) * math.cos(angle)
            y = add_scaled(shown.y, shown.y, light, 0, canvas.black * (1 - light))
            u, v = (add_scaled(part, part, light, 0, canvas.grey * (1 - light)) for part in (shown.u, shown.v))
            picture = mixed_by(picture, Planes(y, u, v, shown.alpha), cover)
        return picture

    return change


def _page_curl(look: Look, canvas: Canvas) -> Change:
    axis, forward = SIDES[look.direction]
    slant = (math.cos(_TILT), math.sin(_TILT)) if axis else (math.sin(_TILT), math.cos(_TILT))
    across, down = (np.float32(-part if forward else part) for part in slant)
    x, y = canvas.grid()
    x, y = x * canvas.width - np.float32(0.5), y * canvas.height - np.float32(0.5)
    place = x * across + y * down
    lowest, highest = float(place.min()), float(place.max())
    radius = np.float32(math.hypot(canvas.width, canvas.height) * _CURL_SHARE)

    def seen(picture: Planes, along: Field) -> tuple[Planes, Field]:
        """Return the page seen by so many px further along it, and where there is any."""
        from_x, from_y = x + along * across, y + along * down
        inside = np.minimum(
            np.minimum(from_x, canvas.width - 1 - from_x), np.minimum(from_y, canvas.height - 1 - from_y)
        )
        return bend_planes(picture, from_x, from_y, "repeat"), np.clip(inside + 1, 0, 1)

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        beyond = place - np.float32(highest - progress * (highest - lowest + radius))
        lifted = np.clip(beyond / radius, 0, 1)
        arc = radius * np.arcsin(lifted)
        not_past = np.clip(radius - beyond, 0, 1)
        front, has_front = seen(a, arc - lifted * radius)
        back, has_back = seen(a, math.pi * radius - arc - beyond - np.minimum(beyond, 0))
        ground = _lit(b, 1 - _DEEP * np.exp(-np.abs(beyond - radius) * (3 / radius)), canvas)
        picture = mixed_by(ground, _lit(front, 1 - _DEEP * lifted, canvas), has_front * not_past)
        return mixed_by(picture, _lit(_paper(back), 1 - _DEEP * lifted**2, canvas), has_back * not_past)

    whiteness = canvas.filled("white")

    def _paper(page: Planes) -> Planes:
        return mixed(page, whiteness if page.alpha is not None else whiteness.opaque, _PAPER)

    return change


def _lit(picture: Planes, light: Field, canvas: Canvas) -> Planes:
    """Return a picture under light, (H, W) in [0, 1]."""
    half = stretch(light, canvas.width // 2, canvas.height // 2, "area")
    u, v = (scaled(plane, half, canvas.grey) for plane in (picture.u, picture.v))
    return Planes(scaled(picture.y, light, canvas.black), u, v, picture.alpha)


WARPS: dict[str, Maker] = {
    "ripple": _ripple,
    "swirl": _swirl,
    "kaleidoscope": _kaleidoscope,
    "cube": _cube,
    "page-curl": _page_curl,
}
