"""Following a part of the picture: corners within it move it along, its first look keeps it from drifting.

    corners in the box --optical flow, there and back--> move, turn and scale of most of them --> box
    correlation of what the box holds with what it first held --> confidence; low: search near by; not found: lost

Works on luma of about 320 px width. A box that is lost stays, and grows, until it is found again.
Sources: Shi & Tomasi, "Good Features to Track", 1994; Kalal et al., "Forward-Backward Error", ICPR 2010.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from frameloom.effects.pictures.regions import Box
from frameloom.media.image import best_match, corners, eight_bit, follow, resize, similarity
from frameloom.media.planes import Planes

_CORNERS = 80
_FOUND = 0.45
"""Least correlation with the pattern at which a box counts as found."""
_SURE = 0.75
"""Least correlation at which a search may move the box, and below which a new look is remembered."""
_LOOKS = 6
"""Most looks that are remembered."""
_DOUBT_S = 0.5
"""After it was lost and found again, the lost box is kept covered for so long as well."""
_PATTERN_PX = 24
"""Longer side of the pattern that is compared."""
_GROWTH_PER_S = 0.25
"""How fast a lost box grows, in shares of its own size a second, each way."""
_GROWN_MOST = 1.0
"""A lost box grows by this share of its size, each way, at most."""
_SCALES = (1.0, 0.9, 1.1, 0.8, 1.25)
"""Sizes, beside the last one, in which a search looks for it."""
_LEAST_PX = 8
"""Least side of what is searched for; less is found everywhere."""
_CUT = 40.0
"""Mean change of luma between pictures beyond which corners are not followed: a cut."""
_HELD_BYTES = 256 * 1024**2
"""Most memory for pictures before the time at which the box was given."""


@dataclass(frozen=True)
class Tracked:
    """Where a part of the picture is at a time; a confidence of 0 says that it was lost and the box is a guess."""

    time: Fraction
    box: Box
    confidence: float


def track(pictures: Iterable[tuple[Planes, Fraction]], box: Box, at: Fraction = Fraction(0)) -> tuple[Tracked, ...]:
    """Return where the part that a box shows at a time is in each picture, in order of time.

    It is followed forwards and backwards from the last picture that is on screen at that time.

    Args:
        pictures: of a clip, small, each with its time in seconds.
        box: where the part is.
        at: when it is there, in seconds.
    """
    earlier, rest = _until(iter(pictures), at)
    if not earlier:
        return ()
    start = earlier.pop()
    backwards = list(_follow_box(start, reversed(earlier), box))
    forwards = list(_follow_box(start, rest, box))
    return (*reversed(backwards), Tracked(start[1], box, 1.0), *forwards)


_Luma = tuple[NDArray[np.uint8], Fraction]


def _until(pictures: Iterator[tuple[Planes, Fraction]], at: Fraction) -> tuple[list[_Luma], Iterator[_Luma]]:
    """Return luma of the pictures up to the one on screen at a time, as many as memory may hold, and the others."""
    held: list[_Luma] = []
    size = 0
    for picture, time in pictures:
        luma = _small(picture)
        if time > at and held:
            return held, _chain((luma, time), pictures)
        held.append((luma, time))
        size += luma.nbytes
        if size > _HELD_BYTES:
            size -= held.pop(0)[0].nbytes
    return held, iter(())


def _chain(first: _Luma, pictures: Iterator[tuple[Planes, Fraction]]) -> Iterator[_Luma]:
    yield first
    for picture, time in pictures:
        yield _small(picture), time


def _small(picture: Planes) -> NDArray[np.uint8]:
    luma = eight_bit(picture.y)
    if picture.width <= 480:
        return luma
    return eight_bit(resize(luma, 320, max(round(320 * picture.height / picture.width), 8), "area"))


def _follow_box(start: _Luma, pictures: Iterable[_Luma], box: Box) -> Iterator[Tracked]:
    """Yield where the box goes from one picture to the next."""
    before, last = start
    looks = [_look(before, box)]
    known, first = box, box  # where it was last seen, and at first
    points = _corners_in(before, box)
    lost_s, doubt_s = 0.0, 0.0
    lost_box = box
    for luma, time in pictures:
        elapsed = abs(float(time - last))
        moved, points, agreed = (
            _moved(before, luma, points, known)
            if lost_s == 0 and not _is_cut(before, luma)
            else (None, points[:0], 0.0)
        )
        confidence = -1.0 if moved is None else _alike(luma, moved, looks)
        if moved is None or confidence < _FOUND:
            found = _search(luma, known, first, looks[0], 2.0 if lost_s == 0 else 4.0)
            if found is not None and found[1] >= _SURE:
                moved, confidence = found
                points = points[:0]
                doubt_s = _DOUBT_S if lost_s else doubt_s
        elif confidence < _SURE and agreed > 0.6 and len(looks) < _LOOKS and doubt_s <= 0:
            looks.append(_look(luma, moved))  # it turns: corners are sure, its look is new
        before, last = luma, time
        if moved is None or confidence < _FOUND:
            lost_s += elapsed
            lost_box = _grown(known, min(lost_s * _GROWTH_PER_S, _GROWN_MOST))
            yield Tracked(time, lost_box, 0.0)
            continue
        lost_s, known = 0.0, _in_bounds(moved)
        if len(points) < _CORNERS // 4:
            points = _corners_in(luma, known)
        doubt_s -= elapsed
        yield Tracked(
            time, _both(known, lost_box) if doubt_s > 0 else known, round(min(max(confidence, 0.001), 1.0), 3)
        )


def _moved(
    before: NDArray[np.uint8], luma: NDArray[np.uint8], points: NDArray[np.float32], box: Box
) -> tuple[Box | None, NDArray[np.float32], float]:
    """Return the box where most of its corners went, the corners that went there, and their share."""
    if not len(points) and _is_still(before, luma, box):
        return box, points, 0.0
    there, kept = follow(before, luma, points)
    found = similarity(points[kept], there[kept], 1.5)
    if found is None or found[1] < 0.4:
        return None, points[:0], 0.0
    matrix, share = found
    height, width = luma.shape
    scale = math.hypot(matrix[0, 0], matrix[1, 0])
    x, y = matrix @ [box.center[0] * width, box.center[1] * height, 1]
    if not 0.8 < scale < 1.25:
        return None, points[:0], 0.0
    result = _about(x / width, y / height, box.width * scale, box.height * scale)
    fitting = np.linalg.norm(points[kept] @ matrix[:, :2].T + matrix[:, 2] - there[kept], axis=1) < 3
    return result, there[kept][fitting], share


def _is_still(before: NDArray[np.uint8], luma: NDArray[np.uint8], box: Box) -> bool:
    """Tell whether a box without corners holds what it held."""
    return float(np.abs(_look(before, box).astype(np.int16) - _look(luma, box)).mean()) < 4


def _search(
    luma: NDArray[np.uint8], box: Box, first: Box, look: NDArray[np.uint8], reach: float
) -> tuple[Box, float] | None:
    """Return the best place of a look about a box, in a few sizes, and its correlation there."""
    height, width = luma.shape
    if float(look.std()) < 4:
        return None  # nothing to tell it from other places
    best: tuple[Box, float] | None = None
    (x, y), size = box.center, np.array([box.width * width, box.height * height])
    for scale in _SCALES:
        across, down = (int(side) for side in np.rint(size * scale))
        if min(across, down) < _LEAST_PX or not 1 / 4 < box.width * scale / first.width < 4:
            continue
        low = np.maximum(np.array([x * width, y * height]) - reach * size, 0).astype(int)
        high = np.minimum(np.array([x * width, y * height]) + reach * size, [width, height]).astype(int)
        if high[0] - low[0] <= across or high[1] - low[1] <= down:
            continue
        window = np.ascontiguousarray(luma[low[1] : high[1], low[0] : high[0]])
        column, row, value = best_match(window, eight_bit(resize(look, across, down)))
        value -= 0.0 if scale == 1 else 0.05  # of equals, the one that did not change
        if best is None or value > best[1]:
            middle = (low[0] + column + across / 2) / width, (low[1] + row + down / 2) / height
            best = _about(*middle, box.width * scale, box.height * scale), value
    return best


def _alike(luma: NDArray[np.uint8], box: Box, looks: list[NDArray[np.uint8]]) -> float:
    """Return the best correlation of what a box holds with one of the looks, in [-1, 1]."""
    now = _look(luma, box).astype(np.float64)
    return max(_correlation(now, look.astype(np.float64)) for look in looks)


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    if a.shape != b.shape:  # a box at the border of even sizes rounds otherwise
        b = eight_bit(resize(b.astype(np.uint8), a.shape[1], a.shape[0], "linear")).astype(np.float64)
    if a.std() < 4 and b.std() < 4:
        return 1.0 if abs(a.mean() - b.mean()) < 16 else 0.0  # both without anything to compare
    a, b = a - a.mean(), b - b.mean()
    size = math.sqrt(float((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 0 else 0.0


def _look(luma: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """Return what a box holds at the size of a pattern; beyond the picture its border goes on."""
    height, width = luma.shape
    longer = max(box.width * width, box.height * height)
    rows, columns = (max(round(_PATTERN_PX * side / longer), 4) for side in (box.height * height, box.width * width))
    top, left = box.top * height, box.left * width
    row = np.clip(np.linspace(top, top + box.height * height - 1, 3 * rows).round().astype(int), 0, height - 1)
    column = np.clip(np.linspace(left, left + box.width * width - 1, 3 * columns).round().astype(int), 0, width - 1)
    return eight_bit(resize(np.ascontiguousarray(luma[np.ix_(row, column)]), columns, rows, "area"))


def _corners_in(luma: NDArray[np.uint8], box: Box) -> NDArray[np.float32]:
    height, width = luma.shape
    mask = np.zeros_like(luma)
    left, top = max(int(box.left * width), 0), max(int(box.top * height), 0)
    mask[top : int((box.top + box.height) * height), left : int((box.left + box.width) * width)] = 255
    return corners(luma, _CORNERS, 3, mask)


def _is_cut(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> bool:
    return float(np.abs(before[::4, ::4].astype(np.int16) - after[::4, ::4]).mean()) > _CUT


def _about(x: float, y: float, width: float, height: float) -> Box:
    return Box(left=x - width / 2, top=y - height / 2, width=width, height=height)


def _grown(box: Box, share: float) -> Box:
    return _about(*box.center, box.width * (1 + 2 * share), box.height * (1 + 2 * share))


def _both(a: Box, b: Box) -> Box:
    """Return the box that holds two."""
    left, top = min(a.left, b.left), min(a.top, b.top)
    right, bottom = max(a.left + a.width, b.left + b.width), max(a.top + a.height, b.top + b.height)
    return Box(left=left, top=top, width=right - left, height=bottom - top)


def _in_bounds(box: Box) -> Box:
    """Return a box whose middle lies in the picture."""
    x, y = (min(max(place, 0.0), 1.0) for place in box.center)
    return _about(x, y, box.width, box.height)
