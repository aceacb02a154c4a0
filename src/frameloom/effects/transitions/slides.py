"""Transitions that move whole pictures, or cut them to a shape, by copying.

    slideleft    a moves out, b follows it       [ a  ] -> [a|b] -> [  b ]
    coverleft    a rests, b moves over it
    revealleft   a moves out, b rests under it
    squeezeh     a shrinks to a line, squeezev to a column, over b
    circlecrop, rectcrop    a shrinks to a point on a ground of one colour, b grows from it

Source: what FFmpeg's filter xfade shows under these names.
Differs from it: moves go by 2 px, so that chroma stays in its place; the circle's edge is antialiased; what shrinks is
averaged, not sampled; the ground is black of video (luma 16), or any colour.
"""

import numpy as np
from numpy.typing import NDArray

from frameloom.effects.transitions.look import Canvas, Change, Look, Maker, each_plane
from frameloom.media.image import mix_by, resize, stretch
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

    return each_plane(a, b, lambda one, other: join(one, other, offset), lambda one, other: join(one, other, offset // 2))


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


def _shown_in(picture: Planes, ground: Planes, top: int, left: int, weight: NDArray[np.float32] | None = None) -> Planes:
    """Return a picture seen in a centred box, with these even margins in px, by weight; the ground elsewhere."""
    half = None if weight is None else stretch(weight, weight.shape[1] // 2, weight.shape[0] // 2, "area")

    def join(one: Plane, under: Plane, scale: int, share: NDArray[np.float32] | None) -> Plane:
        rows, columns = one.shape
        box = slice(top // scale, rows - top // scale), slice(left // scale, columns - left // scale)
        result = under.copy()
        if result[box].size:
            result[box] = one[box] if share is None else mix_by(under[box], one[box], share)
        return result

    return each_plane(picture, ground, lambda *both: join(*both, 1, weight), lambda *both: join(*both, 2, half))


def _rect_crop(look: Look, canvas: Canvas) -> Change:
    ground = canvas.filled(look.color)

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        margin = min(progress, 1 - progress)
        top, left = even(margin * canvas.height), even(margin * canvas.width)
        return _shown_in(a if progress < 0.5 else b, ground, min(top, canvas.height // 2), min(left, canvas.width // 2))

    return change


def _circle_crop(look: Look, canvas: Canvas) -> Change:
    ground = canvas.filled(look.color)
    x, y = canvas.grid()
    radius_px = np.hypot((x - 0.5) * canvas.width, (y - 0.5) * canvas.height)
    corner = float(np.hypot(canvas.width, canvas.height)) / 2

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        seen = corner * abs(2 * progress - 1) ** 3
        top, left = (max(int(side / 2 - seen - 2), 0) // 2 * 2 for side in (canvas.height, canvas.width))
        box = slice(top, canvas.height - top), slice(left, canvas.width - left)
        weight = np.clip(seen + 0.5 - radius_px[box], 0, 1)
        return _shown_in(a if progress < 0.5 else b, ground, top, left, weight)

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
