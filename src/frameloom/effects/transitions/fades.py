"""Transitions without geometry: shares of both pictures, the same everywhere or by how much the pictures differ.

    fade         a (1 - q) + b q
    fadeblack    a w(q) + b w'(q) + black (1 - w - w')       fadewhite, fadegrays, dip alike

Source: what FFmpeg's filter xfade shows under these names; its dips leave the first picture five times as fast as
they come to the second.
Differs from it: black is luma 16 and white 235, as in video, not 0 and 255; `distance` turns over within a narrow
range of differences, not at one, so that noise does not sparkle.
"""

import numpy as np

from frameloom.effects.transitions.look import Canvas, Change, Look, Maker, each_plane, mixed, mixed_by, smoothstep
from frameloom.media.image import add_scaled, difference, look_up, mix_by, stretch
from frameloom.media.planes import Plane, Planes

_PHASE = 0.2
"""Share of the time in which a dip leaves the first picture."""
_TURN = 1 / 16
"""Range of differences within which `distance` turns over."""


def _cut(look: Look, canvas: Canvas) -> Change:
    """Return the change from one picture to the next at half the time."""
    return lambda a, b, progress: a if progress < 0.5 else b


def _fade(look: Look, canvas: Canvas) -> Change:
    return mixed


def _dip_shares(progress: float) -> tuple[float, float]:
    """Return the shares of both pictures while FFmpeg's dips go through their colour."""
    rest = 1 - progress
    return rest * smoothstep(1 - _PHASE, 1, rest), progress * (1 - smoothstep(_PHASE, 1, rest))


def _even_shares(progress: float) -> tuple[float, float]:
    """Return the shares of both pictures when each takes half the time."""
    return max(1 - 2 * progress, 0), max(2 * progress - 1, 0)


def _through(color: str, look: Look, canvas: Canvas) -> Change:
    """Return the transition through a colour; the setting's own when it has no name."""
    shares = _dip_shares if color else _even_shares
    y, u, v = canvas.yuv(color or look.color)

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        first, second = shares(progress)
        rest = 1 - first - second

        def join(one: Plane, other: Plane, fill: float) -> Plane:
            return add_scaled(one, other, first, second, rest * fill)

        alpha = None if a.alpha is None or b.alpha is None else join(a.alpha, b.alpha, canvas.most)
        return Planes(join(a.y, b.y, y), join(a.u, b.u, u), join(a.v, b.v, v), alpha)

    return change


def _fade_grays(look: Look, canvas: Canvas) -> Change:
    """Return the fade whose colours go and come back."""

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        first, second = _dip_shares(progress)
        rest = (1 - first - second) * canvas.grey
        faded = mixed(a, b, progress)
        u, v = (add_scaled(one, other, first, second, rest) for one, other in ((a.u, b.u), (a.v, b.v)))
        return Planes(faded.y, u, v, faded.alpha)

    return change


def _by_difference(slow: bool) -> Maker:
    """Return the maker of a fade that goes faster (or slower) where the pictures differ more."""

    def make(look: Look, canvas: Canvas) -> Change:
        differences = np.linspace(0, 1, 1 << canvas.depth)
        power = 1 + np.log(2 - differences if slow else 1 + differences)

        def change(a: Planes, b: Planes, progress: float) -> Planes:
            shares = (1 - (1 - progress) ** power).astype(np.float32)

            def join(one: Plane, other: Plane) -> Plane:
                return mix_by(one, other, look_up(difference(one, other), shares))

            picture = each_plane(a, b, join, join)
            return Planes(picture.y, picture.u, picture.v, mixed(a, b, progress).alpha)

        return change

    return make


def _distance(look: Look, canvas: Canvas) -> Change:
    """Return the fade in which places that differ more than what is left of the time have turned over already."""
    squares = (np.linspace(0, 1, 1 << canvas.depth) ** 2).astype(np.float32)

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        chroma = look_up(difference(a.u, b.u), squares) + look_up(difference(a.v, b.v), squares)
        apart = np.sqrt(look_up(difference(a.y, b.y), squares) + stretch(chroma, canvas.width, canvas.height))
        over = np.clip((apart - (1 - progress)) / _TURN + 0.5, 0, 1)
        return mixed_by(a, b, (progress + (1 - progress) * over).astype(np.float32))

    return change


FADES: dict[str, Maker] = {
    "cut": _cut,
    "fade": _fade,
    "fadeblack": lambda look, canvas: _through("black", look, canvas),
    "fadewhite": lambda look, canvas: _through("white", look, canvas),
    "dip": lambda look, canvas: _through("", look, canvas),
    "fadegrays": _fade_grays,
    "fadefast": _by_difference(slow=False),
    "fadeslow": _by_difference(slow=True),
    "distance": _distance,
}
