"""Transitions by a field: a number for each place that says when it changes.

    field f in [0, 1]          share of the second picture at progress q, with an edge of softness s:

    0 . . . . 1                smoothstep( (q (1 + s) - f) / s )
      wiperight                0 where f is above q (1 + s), 1 where it is s below

So one formula makes wipes, openings, slices, winds, dissolve and mattes; only the field differs. Only the box in which
both pictures are seen is computed, the rest is copied. An edge without softness is about 1 px wide, so that it moves
smoothly; chroma takes the mean share of its four pixels.

Source: what FFmpeg's filter xfade shows under these names.
Differs from it: edges are antialiased; what is random is fixed by a seed.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import ConfigError
from frameloom.effects.transitions.look import Canvas, Change, Look, Maker
from frameloom.media.files.pictures import read_picture
from frameloom.media.image import from_rgb, mix_by, resize, stretch
from frameloom.media.planes import Plane, Planes

Field = NDArray[np.floating[Any]]
"""When each place changes, (H, W) or what broadcasts to it."""

FieldOf = Callable[[Field, Field], Field]
"""x, (1, W), and y, (H, 1), in (0, 1) -> field."""

_MATTE_STEPS = 256
"""Levels of a matte; its edge is never narrower than one, or it would come in bands."""

_WIPES: dict[str, FieldOf] = {
    "left": lambda x, y: 1 - x,
    "right": lambda x, y: x,
    "up": lambda x, y: 1 - y,
    "down": lambda x, y: y,
    "tl": lambda x, y: 1 - np.maximum(x, y),
    "tr": lambda x, y: 1 - np.maximum(1 - x, y),
    "bl": lambda x, y: 1 - np.maximum(x, 1 - y),
    "br": lambda x, y: 1 - np.maximum(1 - x, 1 - y),
}
_DIAGONALS: dict[str, FieldOf] = {
    "tl": lambda x, y: 1 - x * y,
    "tr": lambda x, y: 1 - (1 - x) * y,
    "bl": lambda x, y: 1 - x * (1 - y),
    "br": lambda x, y: 1 - (1 - x) * (1 - y),
}
_DOORS: dict[str, FieldOf] = {
    "vertopen": lambda x, y: abs(2 * x - 1),
    "vertclose": lambda x, y: 1 - abs(2 * x - 1),
    "horzopen": lambda x, y: abs(2 * y - 1),
    "horzclose": lambda x, y: 1 - abs(2 * y - 1),
}
_SIDES: dict[str, FieldOf] = {"hl": _WIPES["left"], "hr": _WIPES["right"], "vu": _WIPES["up"], "vd": _WIPES["down"]}

_SLICES = 10
_SLICE_SHARE = 0.5
"""How long a slice takes to open, when the way across takes 1."""
_GUST = 0.2
"""How far the wind's rows may run apart, as a share of the way, and how soft they end."""
_CIRCLE_SOFTNESS = 0.5
_RADIAL_TURNS = 1.25
"""The hand of `radial` turns this often, so that its soft edge starts and ends out of sight."""
_RADIAL_SOFTNESS = 1 / (2 * math.pi * _RADIAL_TURNS - 1)


def _sliced(across: Field) -> Field:
    """Return when each place changes, if slices open one after another and each opens along the way."""
    place_in_slice = 1 - across * _SLICES % 1
    opening = 0.5 - np.sin(np.arcsin(1 - 2 * place_in_slice) / 3)  # the inverse of smoothstep
    return (across + _SLICE_SHARE * opening) / (1 + _SLICE_SHARE)


def _radius(x: Field, y: Field, canvas: Canvas) -> Field:
    """Return how far each place is from the middle; 1 in the corners."""
    across, down = (2 * x - 1) * canvas.width, (2 * y - 1) * canvas.height
    return np.asarray(np.hypot(across, down)) / math.hypot(canvas.width, canvas.height)


def _angle(x: Field, y: Field, canvas: Canvas) -> Field:
    """Return the angle about the middle in radians, 0 below it and growing to the right."""
    return np.asarray(np.arctan2((x - 0.5) * canvas.width, (y - 0.5) * canvas.height))


def _still(field_of: FieldOf, softness: float = 0.0) -> Maker:
    """Return the maker of a transition whose field is a formula."""

    def make(look: Look, canvas: Canvas) -> Change:
        return by_field(field_of(*canvas.grid()), _softness(look, softness), canvas)

    return make


def _softness(look: Look, own: float) -> float:
    return own if look.softness is None else look.softness


def _radial(look: Look, canvas: Canvas) -> Change:
    before = math.pi * _RADIAL_TURNS - _angle(*canvas.grid(), canvas)
    return by_field(before * _RADIAL_SOFTNESS, _softness(look, _RADIAL_SOFTNESS), canvas)


def _circle(opens: bool) -> Maker:
    """Return the maker of a circle that opens or closes; it rests for a sixth of the time at each end."""

    def make(look: Look, canvas: Canvas) -> Change:
        radius = _radius(*canvas.grid(), canvas)
        field = (0.5 + radius) / 2 if opens else (1.5 - radius) / 2
        return by_field(field, _softness(look, _CIRCLE_SOFTNESS), canvas)

    return make


def _slices(side: str) -> Maker:
    """Return the maker of slices that open one after another."""
    return _still(lambda x, y: _sliced(_SIDES[side](x, y)))


def _dissolve(look: Look, canvas: Canvas) -> Change:
    dice = np.random.default_rng(look.seed)
    field = dice.random((canvas.height, canvas.width), np.float32)
    return by_field(field, _softness(look, 0.0), canvas)


def _wind(side: str) -> Maker:
    """Return the maker of a wipe whose rows (or columns) run ahead by chance."""

    def make(look: Look, canvas: Canvas) -> Change:
        x, y = canvas.grid()
        lines = y if side.startswith("h") else x
        gusts = np.random.default_rng(look.seed).random(lines.shape, np.float32)
        field = (1 - _GUST) * _SIDES[side](x, y) + _GUST * gusts
        return by_field(field, _softness(look, _GUST), canvas)

    return make


def _matte(look: Look, canvas: Canvas) -> Change:
    """Return the transition that follows the brightness of a picture, stretched over the canvas.

    Raises:
        ConfigError: no picture is named.
        MediaError: it cannot be read.
    """
    if look.matte is None:
        raise ConfigError("transition 'matte': no picture; give matte = 'picture.png'")
    pixels = next(read_picture(look.matte)).pixels
    luma = from_rgb(np.pad(pixels, ((0, pixels.shape[0] % 2), (0, pixels.shape[1] % 2), (0, 0)), mode="edge")).y
    field = (resize(luma, canvas.width, canvas.height).astype(np.float32) - 16) / 219
    return by_field(field, max(_softness(look, 0.0), 1 / _MATTE_STEPS), canvas)


WIPES: dict[str, Maker] = {
    **{f"wipe{side}": _still(field_of) for side, field_of in _WIPES.items()},
    **{f"smooth{side}": _still(_WIPES[side], 1) for side in ("left", "right", "up", "down")},
    **{f"diag{corner}": _still(field_of, 1) for corner, field_of in _DIAGONALS.items()},
    **{name: _still(field_of, 1) for name, field_of in _DOORS.items()},
    "circleopen": _circle(opens=True),
    "circleclose": _circle(opens=False),
    "radial": _radial,
    "dissolve": _dissolve,
    "matte": _matte,
    **{f"{side}slice": _slices(side) for side in _SIDES},
    **{f"{side}wind": _wind(side) for side in _SIDES},
}


@dataclass(frozen=True)
class _Bounds:
    """Least and greatest value of a field in each pair of lines."""

    least: Field
    greatest: Field

    @classmethod
    def along(cls, field: Field, axis: int) -> "_Bounds":
        """Return the bounds over all places of each pair of rows (axis 0) or columns (axis 1)."""
        pairs = [bound(field, axis=1 - axis).reshape(-1, 2) for bound in (np.min, np.max)]
        return cls(pairs[0].min(axis=1), pairs[1].max(axis=1))

    def mixed(self, begin: float, end: float) -> tuple[int, int]:
        """Return the first pair that is not all of one picture, and the one after the last."""
        where = np.flatnonzero((self.greatest > begin) & (self.least < end))
        return (int(where[0]), int(where[-1]) + 1) if where.size else (0, 0)

    def changed(self, begin: float, first: int, last: int) -> Iterator[slice]:
        """Yield runs of pairs outside [first, last) that are all of the second picture."""
        done = self.greatest <= begin
        done[first:last] = False
        steps = np.flatnonzero(np.diff(np.concatenate([[False], done, [False]])))
        yield from (slice(int(start), int(stop)) for start, stop in steps.reshape(-1, 2))


def by_field(field: Field, softness: float, canvas: Canvas) -> Change:
    """Return the transition in which each place changes when its number, in [0, 1], comes up; see the head."""
    whole = np.ascontiguousarray(np.broadcast_to(field, (canvas.height, canvas.width)), np.float32)
    soft = max(softness, 1 / min(canvas.width, canvas.height))
    rows, columns = _Bounds.along(whole, 0), _Bounds.along(whole, 1)

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        end = progress * (1 + soft)
        begin = end - soft
        top, bottom = rows.mixed(begin, end)
        left, right = columns.mixed(begin, end)
        box = slice(2 * top, 2 * bottom), slice(2 * left, 2 * right)
        weight = _smooth(whole[box], end, soft)
        half = stretch(weight, right - left, bottom - top, "area") if weight.size else weight

        def join(one: Plane, other: Plane, share: Field, scale: int) -> Plane:
            result = one.copy()
            for run in rows.changed(begin, top, bottom):
                lines = slice(scale * run.start, scale * run.stop)
                result[lines] = other[lines]
            for run in columns.changed(begin, left, right):
                place = slice(scale * top, scale * bottom), slice(scale * run.start, scale * run.stop)
                result[place] = other[place]
            if share.size:
                place = slice(scale * top, scale * bottom), slice(scale * left, scale * right)
                result[place] = mix_by(one[place], other[place], share)
            return result

        alpha = None if a.alpha is None or b.alpha is None else join(a.alpha, b.alpha, weight, 2)
        return Planes(join(a.y, b.y, weight, 2), join(a.u, b.u, half, 1), join(a.v, b.v, half, 1), alpha)

    return change


def _smooth(field: Field, end: float, soft: float) -> Field:
    """Return the share of the second picture: smoothstep((end - field) / soft)."""
    share = np.multiply(field, -1 / soft)
    share += end / soft
    np.clip(share, 0, 1, out=share)
    bend = np.multiply(share, -2)
    bend += 3
    share *= share
    share *= bend
    return share
