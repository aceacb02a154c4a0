"""Pictures between pictures, for slow motion: the nearer one again, a blend, or what moved half-way.

    a --flow--> b        at share t: a moved on by t of the way, b moved back by 1 - t, each where it can be trusted
      <--flow--

Where there and back do not meet, something is hidden in the other picture, and the picture that shows it is taken.
Between pictures of different shots nothing moves: the nearer one is shown. A learned net can stand in for Motion.
Sources: Baker et al., "A Database and Evaluation Methodology for Optical Flow", IJCV 2011, section 3.3.1, for the way
through each place; Sundaram et al., "Dense point trajectories by GPU-accelerated large displacement optical flow", ECCV
2010, eq. 5, for trust.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from frameloom.effects.pictures.base import Field, flat
from frameloom.media.image import blur, eight_bit, flow, mix, mix_by, mix_planes_by, resize, sample, stretch
from frameloom.media.planes import Plane, Planes

Filling = Literal["repeat", "blend", "flow"]

_FLOW_WIDTH = 640
"""Px of the pictures that flow is computed on; wider ones gain little and cost four times as much."""
_LEAST_TRUST = 0.35
"""Share of the picture in which flow there and back must meet; with less, it is a cut."""


@dataclass(frozen=True)
class Motion:
    """What moves between two pictures, at the size it was computed on, in shares of the width and height."""

    forward: NDArray[np.float32]
    """(h, w, 2): from the first picture to the second."""
    backward: NDArray[np.float32]
    seen_first: Field
    """(h, w) in [0, 1]: whether a place of the first picture is seen in the second too."""
    seen_second: Field


def between(a: Planes, b: Planes, share: float, how: Filling, motion: Motion | None = None) -> Planes:
    """Return the picture at a share of the way from a to b; at 0 and 1 the very same objects.

    Args:
        a: picture before.
        b: picture after, of the same size and depth.
        share: 0 is a, 1 is b.
        how: repeat the nearer, blend, or move along.
        motion: what `motion_between` gave for a and b, which is worth keeping for several shares.
    """
    nearer = a if share < 0.5 else b
    if share <= 0 or share >= 1 or how == "repeat" or a is b:
        return nearer
    if how == "blend":
        return _blended(a, b, share)
    motion = motion or motion_between(a, b)
    return nearer if motion is None else _moved(a, b, share, motion)


def motion_between(a: Planes, b: Planes) -> Motion | None:
    """Return what moves between two pictures; None at a cut."""
    width = min(a.width, _FLOW_WIDTH)
    height = max(round(a.height * width / a.width), 16)
    first, second = (eight_bit(resize(picture.y, width, height, "area")) for picture in (a, b))
    forward, backward = flow(first, second), flow(second, first)
    seen_first, seen_second = _meets(forward, backward), _meets(backward, forward)
    if float(seen_first.mean() + seen_second.mean()) / 2 < _LEAST_TRUST or _is_cut(first, second, forward):
        return None
    size = np.array([width, height], np.float32)
    return Motion(forward / size, backward / size, blur(seen_first, 1.5), blur(seen_second, 1.5))


def _meets(there: NDArray[np.float32], back: NDArray[np.float32]) -> Field:
    """Return 1 where going there and back ends near the start, else 0."""
    height, width = there.shape[:2]
    x, y = _places(width, height)
    returned = sample(back, x + there[..., 0], y + there[..., 1])
    error = ((there + returned) ** 2).sum(axis=-1)
    size = (there**2).sum(axis=-1) + (returned**2).sum(axis=-1)
    met: Field = (error < 0.01 * size + 1.0).astype(np.float32)
    return met


def _is_cut(first: NDArray[np.uint8], second: NDArray[np.uint8], forward: NDArray[np.float32]) -> bool:
    """Tell whether even the moved picture has little to do with the other one."""
    height, width = first.shape
    x, y = _places(width, height)
    moved = sample(second, x + forward[..., 0], y + forward[..., 1])
    a, b = first.astype(np.float32), moved.astype(np.float32)
    error = float(np.abs(a - b).mean())
    return error > 12 and error > 0.5 * float(np.abs(a - a.mean()).mean())


def _blended(a: Planes, b: Planes, share: float) -> Planes:
    alphas = _alphas(a, b)
    alpha = None if alphas is None else mix(*alphas, share)
    return Planes(mix(a.y, b.y, share), mix(a.u, b.u, share), mix(a.v, b.v, share), alpha)


def _alphas(a: Planes, b: Planes) -> tuple[Plane, Plane] | None:
    """Return both alphas, where at least one picture has it; the other counts as opaque."""
    if a.alpha is None and b.alpha is None:
        return None
    most = 255 if a.depth == 8 else 1023
    first, second = (flat(a.width, a.height, most, a.depth) if one.alpha is None else one.alpha for one in (a, b))
    return first, second


def _moved(a: Planes, b: Planes, share: float, motion: Motion) -> Planes:
    """Return the picture in between, each place from the pictures in which it is seen."""
    t = np.float32(share)
    height, width = motion.seen_first.shape
    step = _step_between(motion, t)
    to_a, to_b = -t * step, (1 - t) * step
    x, y = _places(width, height)
    size = np.array([width, height], np.float32)
    # What the second picture shows and the first does not comes from the second alone, and the other way round.
    share_a = (1 - t) * (0.02 + sample(motion.seen_second, *_gone(x, y, to_b * size)))
    share_b = t * (0.02 + sample(motion.seen_first, *_gone(x, y, to_a * size)))
    weight = stretch((share_b / (share_a + share_b)).astype(np.float32), a.width, a.height)
    alphas = _alphas(a, b)
    if alphas is not None:
        a, b = Planes(a.y, a.u, a.v, alphas[0]), Planes(b.y, b.u, b.v, alphas[1])
    from_a, from_b = _warped(a, to_a), _warped(b, to_b)
    mixed = mix_planes_by(from_a, from_b, weight)
    if from_a.alpha is None or from_b.alpha is None:
        return mixed
    return Planes(mixed.y, mixed.u, mixed.v, mix_by(from_a.alpha, from_b.alpha, weight))


def _step_between(motion: Motion, t: np.float32) -> NDArray[np.float32]:
    """Return the way from the first to the second picture through each place of the one in between, (h, w, 2).

    Each place of both pictures is thrown to where it is by then; where several meet, those count that both pictures
    show, which are the ones in front. Where nothing lands, the surroundings fill in.
    """
    height, width = motion.seen_first.shape
    x, y = _places(width, height)
    total = np.zeros((3, height * width))
    for step, part, seen in (
        (motion.forward, t, motion.seen_first),
        (-motion.backward, t - 1, motion.seen_second),
    ):
        column = np.rint(x + part * width * step[..., 0]).astype(np.int64)
        row = np.rint(y + part * height * step[..., 1]).astype(np.int64)
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        place = (row * width + column)[inside]
        weight = (seen[inside] ** 2 + 1e-4).astype(np.float64)
        for index, value in enumerate((weight, weight * step[..., 0][inside], weight * step[..., 1][inside])):
            total[index] += np.bincount(place, value, height * width)
    near, far = ([blur(field.reshape(height, width), sigma) for field in total] for sigma in (0.7, 6.0))
    landed = near[0] > 0.05
    ways = [np.where(landed, near[i] / (near[0] + 1e-9), far[i] / (far[0] + 1e-9)) for i in (1, 2)]
    return np.stack(ways, axis=-1).astype(np.float32)


def _warped(picture: Planes, steps: NDArray[np.float32]) -> Planes:
    """Return a picture read at places that lie steps, (h, w, 2) in shares, away."""

    def moved(plane: Plane) -> Plane:
        height, width = plane.shape
        x, y = _places(width, height)
        across, down = (stretch(np.ascontiguousarray(steps[..., index]), width, height) for index in range(2))
        return sample(plane, x + across * np.float32(width), y + down * np.float32(height))

    alpha = None if picture.alpha is None else moved(picture.alpha)
    return Planes(moved(picture.y), moved(picture.u), moved(picture.v), alpha)


def _gone(x: Field, y: Field, steps: NDArray[np.float32]) -> tuple[Field, Field]:
    return x + steps[..., 0], y + steps[..., 1]


def _places(width: int, height: int) -> tuple[Field, Field]:
    """Return x and y of each pixel, both (H, W)."""
    x = np.broadcast_to(np.arange(width, dtype=np.float32), (height, width))
    y = np.broadcast_to(np.arange(height, dtype=np.float32)[:, None], (height, width))
    return x, y
