"""What two pictures show of the one between them: the results of `media.flow`, and what a net is told of them.

Numbers alone, and no OpenCV, so that a model that knows their names can be built and trained without it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameloom.media.planes import Planes

Field = NDArray[np.float32]
"""One value at each place, (H, W)."""

Steps = NDArray[np.float32]
"""How far each place goes, (h, w, 2) of x and y in cells."""

DESCRIPTION = (
    "first", "second", "weight", "seen in second", "seen in first", "of first", "of second", "way", "time"
)  # fmt: skip
"""What a net is told about a place, in this order; see `media.flow.described`."""
SIDES_OF = 4
"""Sides of what a net is told are multiples of this."""


@dataclass(frozen=True)
class Flows:
    """What moves between two pictures, in both directions, in cells."""

    forward: Steps
    backward: Steps
    seen_in_second: Field
    """(h, w) in [0, 1]: whether what a place of the first picture shows is in the second too."""
    seen_in_first: Field
    """The same of the second picture and the first."""

    @property
    def trust(self) -> float:
        """Return the share of both pictures that is seen in the other."""
        return float(self.seen_in_second.mean() + self.seen_in_first.mean()) / 2


@dataclass(frozen=True)
class Views:
    """What two pictures show of the one at a time between them."""

    first: Planes
    """The first picture, moved to that time."""
    second: Planes
    weight: Field
    """(H, W) in [0, 1]: share of the second in the picture at that time."""
    seen_in_second: Field
    """(h, w) in [0, 1]: whether what the first shows there is in the second too."""
    seen_in_first: Field
    of_first: Field
    """(h, w) from 0 on: how much of the first picture lands there, where more than one place does, more than 1."""
    of_second: Field
    way: Field
    """(h, w): how far the place goes from the first picture to the second, in px of those that flow was found on."""
    share: float
    """The time, from 0 at the first to 1 at the second."""
