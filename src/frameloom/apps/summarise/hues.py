"""How much of a picture has a colour that a word names, told from its histogram.

      b       a ring of twelve bins of OKLab's a and b; the four in the middle, where grey lies,
. y y .       count for no colour
g x x o
c x x r  a    red = the bins that point to where sRGB's red lies, and so on
. b b p
"""

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.summarise.sight import HUE_BINS, LIGHT_BINS

HUES: dict[str, tuple[tuple[int, int], ...]] = {
    "red": ((3, 2), (3, 3)),
    "orange": ((3, 3), (2, 3)),
    "yellow": ((2, 3), (1, 3)),
    "green": ((0, 3), (0, 2)),
    "turquoise": ((0, 1), (0, 2)),
    "blue": ((1, 0), (2, 0), (0, 0)),
    "purple": ((3, 0), (2, 0)),
    "pink": ((3, 1), (3, 0)),
}
"""Bins along a and b of each colour; neighbours share some."""
ALSO = {"crimson": "red", "scarlet": "red", "golden": "yellow", "cyan": "turquoise", "violet": "purple"}
"""Other words for them."""


def colour_named(word: str) -> str | None:
    """Return the colour that a word names, None if it names none.

    >>> colour_named("Scarlet"), colour_named("bicycle")
    ('red', None)
    """
    word = ALSO.get(word.lower(), word.lower())
    return word if word in HUES else None


def shares_of(features: NDArray[np.float32], colour: str) -> NDArray[np.float64]:
    """Return which share of each look, (S, FEATURES), has a colour."""
    histogram = features[:, : LIGHT_BINS * HUE_BINS**2].astype(np.float64) ** 2
    by_hue = histogram.reshape(-1, LIGHT_BINS, HUE_BINS, HUE_BINS).sum(axis=1)
    along_a, along_b = zip(*HUES[colour], strict=True)
    share: NDArray[np.float64] = by_hue[:, along_a, along_b].sum(axis=1)
    return share
