"""The picture between two pictures, from optical flow: what each of them shows of it, and how far either is believed.

    first --flow--> second      both thrown to time t --> way through each place --> first and second read along it
          <--flow--             there and back do not meet, or look different --> hidden in the other picture

Flow is found on a picture of at most 448 px and kept in cells of 4 px, since it is not much finer than that. Where
several places of a picture land on one, those count that both pictures show; where none lands, the surroundings and the
other picture fill in. Flow bleeds from what moves into what stands beside it; where a place fits twice as well
as it stands, it stands. Chroma goes the way of luma.

Sources: throwing flow to the time wanted, Baker et al., "A Database and Evaluation Methodology for Optical Flow", IJCV
2011, section 3.3.1; weights from brightness when several land on one place, Niklaus & Liu, "Softmax Splatting for Video
Frame Interpolation", arXiv:2003.05534, section 3; there and back, Sundaram et al., "Dense point trajectories by
GPU-accelerated large displacement optical flow", ECCV 2010, eq. 5.
Differs from them: the two pictures are thrown together, and read backwards once the way is known.
"""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import MediaError
from frameloom.media.image import (
    Effort,
    bend_planes,
    blur,
    blur_box,
    difference,
    eight_bit,
    flow,
    mix_by,
    resize,
    sample,
    sample_at,
    stretch,
)
from frameloom.media.planes import Plane, Planes, dtype_of, full
from frameloom.media.views import DESCRIPTION, SIDES_OF, Field, Flows, Steps, Views

LARGEST_PX = 448
"""Width of the pictures that flows between two are found on, with care: 640 px gain .04 dB for twice the time."""
_LARGEST_BACK_PX = 640
"""The same of the way back, which is looked for less carefully."""
_SMALLEST_PX = 32
_CELL_PX = 4
_MEETING = 0.02, 1.0
"""Share of the squared way, and px squared, by which there and back may miss."""
_LIKENESS = 20.0
"""Levels of 8 bits by which a place that moved may look different."""
_STANDS, _SURE = 6.0, 0.5
"""Mean change in levels of 8 bits up to which a place may stand; by how much more than twice it that of motion is."""
_AROUND_PX = 3
"""How far around a place it is looked whether it stands."""
_LEAST_SEEN = 0.1
"""So that where neither picture is believed, both count by time alone."""
_LANDED = 0.02
_MOST_LANDING, _LONGEST_WAY_PX = 2.0, 32.0
"""What a net hears as 1, and so all that is more."""


def flows_between(first: Plane, second: Plane, effort: Effort = "medium") -> Flows:
    """Return what moves between two pictures, given by their luma.

    Raises:
        MediaError: they differ in size.
    """
    if first.shape != second.shape:
        sizes = " and ".join(f"{plane.shape[1]}x{plane.shape[0]}" for plane in (first, second))
        raise MediaError(f"flow between pictures of {sizes} px; bring them to one size first")
    height, width = first.shape
    scale = min(max(min(1.0, LARGEST_PX / width), _SMALLEST_PX / min(width, height)), 8.0)
    size = max(round(width * scale), _SMALLEST_PX), max(round(height * scale), _SMALLEST_PX)
    one, other = (eight_bit(resize(plane, *size)) for plane in (first, second))
    cells = size[0] // _CELL_PX, size[1] // _CELL_PX
    forward, backward = (_steps(*pair, cells, effort) for pair in ((one, other), (other, one)))
    a, b = (resize(plane, *cells, "area").astype(np.float32) for plane in (one, other))
    return Flows(forward, backward, _seen(forward, backward, a, b), _seen(backward, forward, b, a))


def way_back(now: Plane, before: Plane, effort: Effort = "fast") -> NDArray[np.float32]:
    """Return how far each place of a picture goes back to where it was in the one before, (H, W, 2) of x and y in px.

    What fits as well where it stands, stands: noise and the traces of an encoder make nothing move. Pictures with a
    side of fewer than 32 px stand.

    Raises:
        MediaError: the pictures differ in size.
    """
    if now.shape != before.shape:
        sizes = " and ".join(f"{plane.shape[1]}x{plane.shape[0]}" for plane in (now, before))
        raise MediaError(f"flow between pictures of {sizes} px; bring them to one size first")
    height, width = now.shape
    if min(now.shape) < _SMALLEST_PX:
        return np.zeros((height, width, 2), np.float32)
    scale = max(min(1.0, _LARGEST_BACK_PX / width), _SMALLEST_PX / min(width, height))
    size = round(width * scale), round(height * scale)
    one, other = (eight_bit(resize(plane, *size)) for plane in (now, before))
    ways = flow(one, other, effort)
    x, y = _places(*size)
    moving = blur_box(difference(one, sample(other, x + ways[..., 0], y + ways[..., 1])), _AROUND_PX)
    standing = blur_box(difference(one, other), _AROUND_PX)
    ways[standing <= moving.astype(np.int16) + 1] = 0
    if scale == 1:
        return ways
    return stretch(ways, width, height) * np.array([width / size[0], height / size[1]], np.float32)


def carried(field: Field, back: NDArray[np.float32]) -> Field:
    """Return a field (sH, sW) of the picture before as it is now, by the way back of each place of a picture (H, W, 2).

    Between its places it is linear; what comes from outside is as the border.
    """
    height, width = field.shape
    times = np.array([width / back.shape[1], height / back.shape[0]], np.float32)
    x, y = _places(back.shape[1], back.shape[0])
    # Where each place of the small picture was, in the large one: between them it is linear, as the way is.
    places = (np.stack([x, y], 2) + back + np.float32(0.5)) * times - np.float32(0.5)
    return cast(Field, sample_at(field, stretch(places, width, height)))


def views(first: Planes, second: Planes, flows: Flows, share: float) -> Views:
    """Return what two pictures show of the one at a share of the way from the first to the second.

    Args:
        first: picture before.
        second: picture after, of the same size and depth.
        flows: what `flows_between` gave for them, which is worth keeping for several shares.
        share: 0 is the first, 1 the second.
    """
    ways, of_first, of_second = _ways(flows, share)
    x, y = _places(ways.shape[1], ways.shape[0])
    back, on = -np.float32(share) * ways, np.float32(1 - share) * ways
    seen_in_second = sample(flows.seen_in_second, x + back[..., 0], y + back[..., 1])
    seen_in_first = sample(flows.seen_in_first, x + on[..., 0], y + on[..., 1])
    # What the second picture shows and the first does not comes from the second alone, and the other way round.
    one, other = (1 - share) * (_LEAST_SEEN + seen_in_first), share * (_LEAST_SEEN + seen_in_second)
    weight = stretch((other / (one + other)).astype(np.float32), first.width, first.height)
    first, second = _with_alpha(first, second)
    way = np.hypot(ways[..., 0], ways[..., 1]) * np.float32(_CELL_PX)
    moved = _read(first, back), _read(second, on)
    return Views(*moved, weight, seen_in_second, seen_in_first, of_first, of_second, way, share)


def blended(seen: Views, weight: Field | None = None, change: Field | None = None) -> Planes:
    """Return the picture that two views make, each place from the picture that shows it.

    Args:
        seen: the views.
        weight: share of the second, (H, W) in [0, 1], in place of theirs; larger fields are cut.
        change: what is added to luma, (H, W), where the whole of its range is 2.
    """
    first, second = seen.first, seen.second
    height, width = first.y.shape
    weight = seen.weight if weight is None else np.ascontiguousarray(weight[:height, :width])
    most = 255 if first.depth == 8 else 1023
    luma = first.y.astype(np.float32)
    luma += (second.y - luma) * weight
    if change is not None:
        luma += change[:height, :width] * np.float32(most / 2)
    y = cast(Plane, np.clip(np.rint(luma, out=luma), 0, most, out=luma).astype(dtype_of(first.depth)))
    half = stretch(weight, width // 2, height // 2, "area")
    alpha = None
    if first.alpha is not None and second.alpha is not None:
        alpha = mix_by(first.alpha, second.alpha, weight)
    return Planes(y, mix_by(first.u, second.u, half), mix_by(first.v, second.v, half), alpha)


def between(first: Planes, second: Planes, flows: Flows, share: float) -> Planes:
    """Return the picture at a share of the way from the first to the second."""
    return blended(views(first, second, flows, share))


def described(seen: Views) -> NDArray[np.float32]:
    """Return what a net is told about each place, (9, H, W), named by DESCRIPTION; sides are filled up to fours.

    Luma of both views from -1 to 1, the share of the second, whether each is seen in the other, how much of each lands
    there (1 is twice and more), the way that the place goes (1 is 32 px and more), and the time.
    """
    height, width = seen.first.y.shape
    told = np.empty((len(DESCRIPTION), height, width), np.float32)
    gain = np.float32(2 / (255 if seen.first.depth == 8 else 1023))
    for index, plane in enumerate((seen.first.y, seen.second.y)):
        np.multiply(plane, gain, out=told[index])
        told[index] -= 1
    told[2] = seen.weight
    for index, field, most in (
        (3, seen.seen_in_second, 1.0),
        (4, seen.seen_in_first, 1.0),
        (5, seen.of_first, _MOST_LANDING),
        (6, seen.of_second, _MOST_LANDING),
        (7, seen.way, _LONGEST_WAY_PX),
    ):
        told[index] = stretch(np.minimum(field / np.float32(most), np.float32(1)), width, height)
    told[8] = seen.share
    missing = -height % SIDES_OF, -width % SIDES_OF
    return np.pad(told, ((0, 0), (0, missing[0]), (0, missing[1])), mode="edge") if any(missing) else told


def _steps(one: NDArray[np.uint8], other: NDArray[np.uint8], cells: tuple[int, int], effort: Effort) -> Steps:
    """Return how far each cell of a picture goes to reach another; what fits better where it stands does not go."""
    height, width = one.shape
    steps = stretch(flow(one, other, effort), *cells, "area")
    half = width // 2, height // 2
    a, b = (resize(plane, *half, "area") for plane in (one, other))
    x, y = _places(*half)
    ways = stretch(steps * np.array([half[0] / width, half[1] / height], np.float32), *half)
    moving = _misfit(a, sample(b, x + ways[..., 0], y + ways[..., 1]), cells)
    standing = _misfit(a, b, cells)
    steps[(2 * standing + _SURE < moving) & (standing < _STANDS)] = 0
    return steps * np.array([cells[0] / width, cells[1] / height], np.float32)


def _misfit(one: Plane, other: Plane, cells: tuple[int, int]) -> Field:
    """Return by how much two planes differ, in the mean about each cell."""
    apart = stretch(difference(one, other).astype(np.float32), *cells, "area")
    return cast(Field, blur(apart, 0.7))


def _seen(there: Steps, back: Steps, one: Field, other: Field) -> Field:
    """Return near 1 where a place goes and comes back, and looks the same there; near 0 where not, or outside."""
    height, width = one.shape
    x, y = _places(width, height)
    x, y = x + there[..., 0], y + there[..., 1]
    returned = sample(back, x, y)
    missed = ((there + returned) ** 2).sum(axis=2) * _CELL_PX**2
    length = ((there**2).sum(axis=2) + (returned**2).sum(axis=2)) * _CELL_PX**2
    apart = np.abs(one - sample(other, x, y))
    seen = np.exp(-missed / (_MEETING[0] * length + _MEETING[1]) - apart / np.float32(_LIKENESS))
    return cast(Field, seen * ((x > -1) & (x < width) & (y > -1) & (y < height)))


def _ways(flows: Flows, share: float) -> tuple[Steps, Field, Field]:
    """Return the way from the first picture to the second through each place of the one between, (h, w, 2).

    Beside it, how much of the first picture and of the second lands there, both (h, w).
    """
    first = blur(_thrown(flows.forward, share, flows.seen_in_second, 1), 0.6)
    second = blur(_thrown(flows.backward, 1 - share, flows.seen_in_first, -1), 0.6)
    near = first + second
    chosen = np.where(near[..., 2:] > _LANDED, near, blur(near, 4.0))
    ways = cast(Steps, chosen[..., :2] / (chosen[..., 2:] + np.float32(1e-6)))
    return ways, first[..., 2], second[..., 2]


def _thrown(steps: Steps, part: float, seen: Field, sign: int) -> NDArray[np.float32]:
    """Return sums over what lands in each cell, (h, w, 3): weight times signed x and y of the step, and weight.

    A place lands between four cells and is shared out among them.
    """
    height, width = seen.shape
    x, y = _places(width, height)
    x, y = x + np.float32(part) * steps[..., 0], y + np.float32(part) * steps[..., 1]
    inside = (x > -1) & (x < width) & (y > -1) & (y < height)
    x, y, weight, going = x[inside], y[inside], seen[inside] + np.float32(1e-3), steps[inside]
    left, top = np.floor(x), np.floor(y)
    right_share, low_share = x - left, y - top
    row = width + 2  # one cell more all around takes what lands half outside
    place = (top.astype(np.int64) + 1) * row + left.astype(np.int64) + 1
    total = np.zeros((3, row * (height + 2)))
    for over, share in (
        (0, (1 - right_share) * (1 - low_share)),
        (1, right_share * (1 - low_share)),
        (row, (1 - right_share) * low_share),
        (row + 1, right_share * low_share),
    ):
        lands = share * weight
        for index, value in enumerate((lands * going[:, 0], lands * going[:, 1], lands)):
            total[index] += np.bincount(place + over, value, total.shape[1])
    total[:2] *= sign
    whole = total.reshape(3, height + 2, row)[:, 1:-1, 1:-1]
    return np.ascontiguousarray(whole.transpose(1, 2, 0), np.float32)


def _read(picture: Planes, steps: Steps) -> Planes:
    """Return a picture read at places that lie steps, in cells, away."""
    height, width = steps.shape[:2]
    x, y = _places(picture.width, picture.height)
    across, down = picture.width / width, picture.height / height
    wide = stretch(steps * np.array([across, down], np.float32), picture.width, picture.height)
    return bend_planes(picture, x + wide[..., 0], y + wide[..., 1], "repeat", "cubic")


def _with_alpha(a: Planes, b: Planes) -> tuple[Planes, Planes]:
    """Return both pictures with alpha if one has it; the other counts as opaque."""
    if a.alpha is None and b.alpha is None:
        return a, b
    most = 255 if a.depth == 8 else 1023
    alphas = (full((a.height, a.width), most, a.depth) if one.alpha is None else one.alpha for one in (a, b))
    first, second = (Planes(one.y, one.u, one.v, alpha) for one, alpha in zip((a, b), alphas, strict=True))
    return first, second


def _places(width: int, height: int) -> tuple[Field, Field]:
    """Return x and y of each place, both (H, W)."""
    x = np.broadcast_to(np.arange(width, dtype=np.float32), (height, width))
    y = np.broadcast_to(np.arange(height, dtype=np.float32)[:, None], (height, width))
    return x, y
