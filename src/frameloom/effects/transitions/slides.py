"""Transitions that move whole pictures, or cut them to a shape, by copying.

    slideleft    a moves out, b follows it       [ a  ] -> [a|b] -> [  b ]
    coverleft    a rests, b moves over it
    revealleft   a moves out, b rests under it
    squeezeh     a shrinks to a line, squeezev to a column, over b
    circlecrop, rectcrop    a shrinks to a point on a ground of one colour, b grows from it

Source: what FFmpeg's filter xfade shows under these names.
Differs from it: moves go by 2 px, so that chroma stays in its place; the edges of crops are antialiased; what shrinks
is averaged, not sampled; the ground is black of video (luma 16), or any colour.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from frameloom.effects.transitions.look import Canvas, Change, Look, Maker, each_plane, mixed_by
from frameloom.media.image import resize
from frameloom.media.planes import Plane, Planes

SIDES = {"left": (1, False), "right": (1, True), "up": (0, False), "down": (0, True)}
"""Axis along which each moves, and whether forward along it."""


def even(length: float) -> int:
    """Return the even number nearest to a length in px."""
    return 2 * round(length / 2)


def _between(axis: int, start: int, stop: int) -> tuple[slice, ...]:
    return (slice(None),) * axis + (slice(start, stop),)


def moved(a: Planes, b: Planes, axis: int, forward: bool, offset: int, *, takes_a: bool, takes_b: bool) -> Planes:
    """Return both pictures with their seam at an even offset in px from where b comes in; a, b or both move along."""

    def join(one: Plane, other: Plane, distance: int) -> Plane:
        rest = one.shape[axis] - distance
        near_a, far_a = one[_between(axis, 0, rest)], one[_between(axis, distance, rest + distance)]
        near_b, far_b = other[_between(axis, 0, distance)], other[_between(axis, rest, rest + distance)]
        if forward:
            return np.concatenate([far_b if takes_b else near_b, near_a if takes_a else far_a], axis)
        return np.concatenate([far_a if takes_a else near_a, near_b if takes_b else far_b], axis)

    return each_plane(
        a, b, lambda one, other: join(one, other, offset), lambda one, other: join(one, other, offset // 2)
    )


def _moving(side: str, *, takes_a: bool, takes_b: bool) -> Maker:
    axis, forward = SIDES[side]

    def make(look: Look, canvas: Canvas) -> Change:
        length = canvas.width if axis else canvas.height

        def change(a: Planes, b: Planes, progress: float) -> Planes:
            return moved(a, b, axis, forward, even(progress * length), takes_a=takes_a, takes_b=takes_b)

        return change

    return make


def _squeeze(axis: int) -> Maker:
    """Return the maker of a squeeze to the middle row (axis 0) or column (axis 1)."""

    def make(look: Look, canvas: Canvas) -> Change:
        length = canvas.width if axis else canvas.height

        def change(a: Planes, b: Planes, progress: float) -> Planes:
            start = even(progress * length / 2)
            if 2 * start >= length:
                return b

            def join(one: Plane, other: Plane, begin: int) -> Plane:
                result = other.copy()
                rest = one.shape[axis] - 2 * begin
                size = (rest, one.shape[0]) if axis else (one.shape[1], rest)
                result[_between(axis, begin, begin + rest)] = resize(one, *size)
                return result

            return each_plane(
                a, b, lambda one, other: join(one, other, start), lambda one, other: join(one, other, start // 2)
            )

        return change

    return make


def _rect_crop(look: Look, canvas: Canvas) -> Change:
    """Return a crop to a rectangle of the picture's own shape."""
    across, down = (abs(part) for part in _from_middle(canvas))

    def inside(seen: float) -> NDArray[np.float32]:
        columns = np.clip(np.float32(seen * canvas.width / 2 + 0.5) - across, 0, 1)
        return np.asarray(columns * np.clip(np.float32(seen * canvas.height / 2 + 0.5) - down, 0, 1), np.float32)

    return _crop(look, canvas, inside)


def _circle_crop(look: Look, canvas: Canvas) -> Change:
    radius = np.hypot(*_from_middle(canvas))
    corner = math.hypot(canvas.width, canvas.height) / 2

    def inside(seen: float) -> NDArray[np.float32]:
        return np.asarray(np.clip(np.float32(corner * seen**3 + 0.5) - radius, 0, 1), np.float32)

    return _crop(look, canvas, inside)


def _from_middle(canvas: Canvas) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return x, (1, W), and y, (H, 1), in px from the middle."""
    x, y = canvas.grid()
    return (x - np.float32(0.5)) * np.float32(canvas.width), (y - np.float32(0.5)) * np.float32(canvas.height)


def _crop(look: Look, canvas: Canvas, inside: Callable[[float], NDArray[np.float32]]) -> Change:
    """Return the transition that shows what is inside a shape, whose size goes from 1, all of it, to 0 and back."""
    ground = canvas.filled(look.color)

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        return mixed_by(ground, a if progress < 0.5 else b, inside(abs(2 * progress - 1)))

    return change


SLIDES: dict[str, Maker] = {
    **{f"slide{side}": _moving(side, takes_a=True, takes_b=True) for side in SIDES},
    **{f"cover{side}": _moving(side, takes_a=False, takes_b=True) for side in SIDES},
    **{f"reveal{side}": _moving(side, takes_a=True, takes_b=False) for side in SIDES},
    "squeezeh": _squeeze(0),
    "squeezev": _squeeze(1),
    "rectcrop": _rect_crop,
    "circlecrop": _circle_crop,
}
