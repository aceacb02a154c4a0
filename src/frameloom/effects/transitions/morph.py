"""Morph: what is seen in both pictures moves from its place in the one to its place in the other.

    at progress q, from flow ab (how far each pixel of a goes) and ba:
        to a = -(1 - q) q ab + q^2 ba        picture a, taken from there,     \
        to b = (1 - q)^2 ab - q (1 - q) ba   and picture b, taken from there,  } cross-faded

Flow is found on pictures of at most 480 px. Where going there and coming back does not end within a few px of the
start, or the pictures differ along the way, the flow shrinks to nothing and the morph becomes a fade; all of it does
where little of the pictures can be trusted.

Source: Jiang et al., "Super SloMo", CVPR 2018, equation 4; the check there and back: Sundaram et al., ECCV 2010.
"""

import numpy as np
from numpy.typing import NDArray

from frameloom.effects.transitions.look import Canvas, Change, Look, Maker, mixed, smoothstep
from frameloom.media.image import bend_planes, blur, eight_bit, flow, resize, sample, stretch
from frameloom.media.planes import Planes

Flow = NDArray[np.float32]
"""(H, W, 2): x and y in px."""

_WIDTH = 480
"""Widest picture on which flow is found."""
_LEAST_SIDE = 16
"""Smaller pictures than this, in px, are faded: there is no room to find flow in."""
_TOLERANCE = 0.02
"""Distance between start and return, as a share of the width, at which trust is down to a third."""
_SAMENESS = 40.0
"""Difference of luma along the flow, of 255, at which trust is down to a third."""
_RELATED = (0.3, 0.6)
"""Mean trust below which two pictures are strangers, and above which one comes of the other; strangers have .0 to .3,
two shots of one scene .8 and more."""


def _morph(look: Look, canvas: Canvas) -> Change:
    shrink = max(canvas.width / _WIDTH, 1.0)
    width, height = round(canvas.width / shrink), round(canvas.height / shrink)
    if min(width, height) < _LEAST_SIDE:
        return mixed
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    full_x, full_y = (
        axis.astype(np.float32) for axis in (np.arange(canvas.width)[None, :], np.arange(canvas.height)[:, None])
    )

    def trusted(there: Flow, back: Flow, one: NDArray[np.uint8], other: NDArray[np.uint8]) -> Flow:
        """Return the flow there, shrunk where the flow back, the pictures, or most of them contradict it."""
        # Where nothing moves and nothing is to be seen, flow can be anything, even no number.
        there, back = (np.clip(np.nan_to_num(part), -width, width) for part in (there, back))
        to_x, to_y = x + there[..., 0], y + there[..., 1]
        error = there + sample(back, to_x, to_y)
        apart = np.abs(sample(other, to_x, to_y).astype(np.float32) - one)
        missed = np.hypot(error[..., 0], error[..., 1]) / (_TOLERANCE * width)
        trust = blur(np.exp(-(missed**2) - (apart / _SAMENESS) ** 2).astype(np.float32), width / 60)
        return np.asarray(there * trust[..., None] * smoothstep(*_RELATED, float(trust.mean())), np.float32)

    def moved(picture: Planes, far: Flow) -> Planes:
        across, down = (
            stretch(np.ascontiguousarray(far[..., axis]), canvas.width, canvas.height) * np.float32(scale)
            for axis, scale in enumerate((canvas.width / width, canvas.height / height))
        )
        return bend_planes(picture, across + full_x, down + full_y, "repeat")

    def change(a: Planes, b: Planes, progress: float) -> Planes:
        one, other = (eight_bit(resize(picture.y, width, height, "area")) for picture in (a, b))
        there, back = flow(one, other), flow(other, one)
        there, back = trusted(there, back, one, other), trusted(back, there, other, one)
        rest = 1 - progress
        to_a = -rest * progress * there + progress**2 * back
        to_b = rest**2 * there - progress * rest * back
        return mixed(moved(a, to_a), moved(b, to_b), progress)

    return change


MORPHS: dict[str, Maker] = {"morph": _morph}
