"""What happened from one picture to the next: nothing, some motion, or a cut. From luma, cheaply, picture by picture.

    luma --shrink--> blocks that changed --none--> same
                     small pictures, laid over each other as well as can be --alike--> moves
                                                       +--not alike--> flow there and back --meets--> moves
                                                                                  +--does not--> cut

A fade, a flash and a pan leave small pictures alike: likeness is a correlation, which brightness and contrast do not
touch, at the best of many shifts. An encoder leaves a little noise on a picture that is shown again: it counts as the
same when the pictures around it change many times more.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from frameloom.media.flow import flows_between
from frameloom.media.image import best_match, difference, eight_bit, resize, stretch
from frameloom.media.planes import Plane

SMALL = 64, 36
"""Width and height of a small picture."""
LOOK_WIDTH = 640
"""Width in px that pictures are shrunk to before they are looked at."""
MARGIN = 10, 6
"""How far a small picture may shift, at most."""
ALIKE = 0.75
"""Correlation of small pictures above which it is no cut."""
LEAST_LEVELS = 6.0
"""Mean change of small pictures, in levels of 8 bits, below which it is no cut: the beginning of a fade."""
PLAIN_LEVELS, PLAIN_CUT_LEVELS = 3.0, 32.0
"""Contrast below which a picture shows nothing to compare, and the mean change that is a cut to it or from it."""
LEAST_TRUST = 0.25
"""Share of the picture in which flow there and back meets, below which it is a cut."""
SAME_LEVELS, NOISE_LEVELS, NOISE_RATIO = 1.0, 4.0, 8.0
"""Most change of a block in a picture shown again; with an encoder's noise; by how much less than pictures around."""

_BLOCK_PX = 16
_FLOW_WIDTH = 160
_REMEMBERED = 5


class Change(Enum):
    """What happened from one picture to the next."""

    SAME = "same"
    MOVES = "moves"
    CUT = "cut"


@dataclass(frozen=True)
class Look:
    """What is kept of a picture to compare others with."""

    luma: NDArray[np.uint8]
    """At most LOOK_WIDTH wide."""
    small: NDArray[np.uint8]
    """(36, 64)."""


def look(luma: Plane) -> Look:
    """Return what is kept of a picture."""
    height, width = luma.shape
    within = min(width, LOOK_WIDTH)
    shrunk = eight_bit(resize(luma, within, max(round(height * within / width), 1)))
    return Look(shrunk, eight_bit(resize(shrunk, *SMALL, "area")))


class Watch:
    """Looks at pictures in order and tells what happened from each to the next; it remembers how much they changed."""

    def __init__(self) -> None:
        self._last: Look | None = None
        self._changes: deque[float] = deque(maxlen=_REMEMBERED)

    def see(self, luma: Plane) -> Change:
        """Return what happened since the picture before, which was a cut if there was none."""
        last, self._last = self._last, look(luma)
        if last is None or last.luma.shape != self._last.luma.shape:
            self._changes.clear()
            return Change.CUT
        most = most_changed(last, self._last)
        usual = max(self._changes, default=0.0)
        if most < SAME_LEVELS or (most < NOISE_LEVELS and NOISE_RATIO * most < usual):
            return Change.SAME  # and it is not remembered, so that a long hold stays one
        if is_cut(last, self._last):
            self._changes.clear()
            return Change.CUT
        self._changes.append(most)
        return Change.MOVES


def most_changed(one: Look, other: Look) -> float:
    """Return the mean change, in levels of 8 bits, of the block of 16 px that changed most."""
    apart = difference(one.luma, other.luma).astype(np.float32)
    height, width = apart.shape
    return float(stretch(apart, max(width // _BLOCK_PX, 1), max(height // _BLOCK_PX, 1), "area").max())


def is_cut(one: Look, other: Look) -> bool:
    """Tell whether two pictures have so little in common that nothing can be between them."""
    a, b = one.small.astype(np.float32), other.small.astype(np.float32)
    apart = float(np.abs(a - b).mean())
    if apart < LEAST_LEVELS:
        return False
    if min(float(a.std()), float(b.std())) < PLAIN_LEVELS:
        return apart > PLAIN_CUT_LEVELS
    if likeness(one, other) > ALIKE:
        return False
    width = min(_FLOW_WIDTH, one.luma.shape[1])
    height = max(round(one.luma.shape[0] * width / one.luma.shape[1]), 1)
    first, second = (resize(each.luma, width, height, "area") for each in (one, other))
    return flows_between(first, second, "medium").trust < LEAST_TRUST


def likeness(one: Look, other: Look) -> float:
    """Return the correlation, in [-1, 1], of two small pictures at the best of all shifts within the margin."""
    across, down = MARGIN

    def found(a: Look, b: Look) -> float:
        return best_match(b.small, np.ascontiguousarray(a.small[down:-down, across:-across]))[2]

    return max(found(one, other), found(other, one))
