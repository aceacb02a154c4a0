"""Tracks of visemes for tests, from a list of what is said when."""

from collections.abc import Sequence

import numpy as np

from frameloom.media.visemes import RATE, VISEMES, VisemeTrack

Said = Sequence[tuple[str, float, float]]
"""Viseme, begin and end in s."""


def track_of(said: Said, duration: float, intensity: float = 0.8) -> VisemeTrack:
    """Return a track that says these visemes and is silent between them."""
    count = round(duration * RATE)
    weights = np.zeros((count, len(VISEMES)), np.float32)
    weights[:, 0] = 1
    loud = np.zeros(count, np.float32)
    for name, start, stop in said:
        rows = slice(round(start * RATE), round(stop * RATE))
        weights[rows] = 0
        weights[rows, VISEMES.index(name)] = 1
        loud[rows] = intensity
    return VisemeTrack(weights, loud)


SENTENCE: Said = [
    (name, 0.4 + 0.1 * number, 0.5 + 0.1 * number)
    for number, name in enumerate(
        [
            "kk",
            "aa",
            "nn",
            "DD",
            "SS",
            "I",
            "PP",
            "aa",
            "RR",
            "U",
            "FF",
            "E",
            "nn",
            "TH",
            "O",
            "PP",
            "CH",
            "I",
            "aa",
            "DD",
        ]
    )
]
"""Two seconds of speech from 0.4 s on."""
