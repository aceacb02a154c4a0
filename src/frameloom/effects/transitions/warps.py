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

from frameloom.effects.transitions.look import Canvas, Change, Look, Maker, mixed, smoothstep
from frameloom.effects.transitions.slides import SIDES
from frameloom.media.image import (
    add_scaled,
    bend_planes,
    mix_by,
    mix_planes_by,
    scaled,
    seen_at,
    seen_planes,
    stretch,
)
from frameloom.media.planes import Planes

Field = NDArray[np.float32]

_COARSE = 4
"""Px between places at which smooth bends are computed."""
_RINGS, _RING_RUNS, _RING_SHARE = 9.0, 3.0, 1 / 40
"""Rings from the middle to the top, how many pass by, and their height as a share of the picture's."""
_TURN = 2 * math.pi
"""How far the middle of `swirl` turns."""
_MIRRORS = 6
_BACK_OFF = 0.4
"""How far the camera steps back from the cube, as a share of its side."""
_SHADE = 0.55
"""Light on a side of the cube that is seen from its edge, and in the deepest shadow of a page."""
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
            alpha = picture.alpha if shown.alpha is None or picture.alpha is None else mix_by(picture.alpha, shown.alpha, cover)
            drawn = mix_planes_by(picture, Planes(y, u, v), cover)
            picture = Planes(drawn.y, drawn.u, drawn.v, alpha)
        return picture

    return change


def _page_curl(look: Look, canvas: Canvas) -> Change:
    axis, forward = SIDES[look.direction]
    slant = (math.cos(_TILT), math.sin(_TILT)) if axis else (math.sin(_TILT), math.cos(_TILT))
    normal = tuple(-part if forward else part for part in slant)
    x, y = canvas.grid()
    x, y = x * canvas.width - 0.5, y * canvas.height - 0.5
    height_px = _spread(x * np.float32(normal[0]) + y * np.float32(normal[1]), canvas)
    lowest, highest = float(height_px.min()), float(height_px.max())
    radius = math.hypot(canvas.width, canvas.height) * _CURL_SHARE
    paper = canvas.filled("white").opaque

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        line = highest - progress * (highest - lowest + radius)
        beyond = height_px - np.float32(line)  # px from the line, against the way the page is turned
        lifted = np.clip(beyond / radius, 0, 1)
        # Where the page's upper layer is seen at a place, as px along the page from that place.
        along = np.where(beyond < 0, math.pi * radius - 2 * beyond, radius * (math.pi - np.arcsin(lifted)) - beyond)
        from_x, from_y = x + along * np.float32(normal[0]), y + along * np.float32(normal[1])
        on_page = np.minimum(np.minimum(from_x, canvas.width - 1 - from_x), np.minimum(from_y, canvas.height - 1 - from_y))
        covered = np.clip(on_page + 1, 0, 1) * np.clip(radius - beyond, 0, 1)
        flat = np.clip(0.5 - beyond, 0, 1)
        # The page's lower layer rises in front of the cylinder's middle: seen only past the page's own edge.
        shadow = 1 - (1 - _SHADE) * np.exp(-np.abs(beyond - radius) / radius * 2)
        back = mixed(bend_planes(a, from_x, from_y, "repeat"), _like(paper, a), _PAPER)
        curve = 1 - (1 - _SHADE) * lifted**2
        under = mix_planes_by(_lit(b, shadow, canvas), a, flat)
        return _with_alpha(mix_planes_by(under, _lit(back, curve, canvas), covered), a, b, flat, covered)

    return change
