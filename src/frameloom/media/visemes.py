"""What a mouth does, a hundred times a second: how much of each viseme, and how strongly.

    weights (T, 15)   sil PP FF TH DD kk CH SS nn RR aa E I O U    each row sums to 1
    intensity (T,)    0 is a mouth at rest, 1 one that shouts

Source: the fifteen visemes of Oculus, after MPEG-4's (ISO/IEC 14496-2, table C-1), which most engines know.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

VISEMES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")
"""In the order of the columns."""

RATE = 100
"""Rows in a second."""


@dataclass(frozen=True, eq=False)
class VisemeTrack:
    """What a mouth does from the start of a sound to its end."""

    weights: NDArray[np.float32]
    """(T, 15), from 0 to 1; each row sums to 1. Row t holds from t / RATE to (t + 1) / RATE s."""
    intensity: NDArray[np.float32]
    """(T,), from 0 to 1."""

    @property
    def duration(self) -> Fraction:
        """Return how long it is, in s."""
        return Fraction(len(self.weights), RATE)

    @property
    def labels(self) -> NDArray[np.int64]:
        """Return the number of the strongest viseme of each row, (T,)."""
        labels: NDArray[np.int64] = self.weights.argmax(axis=1)
        return labels
