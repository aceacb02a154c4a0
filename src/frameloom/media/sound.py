"""Sound in memory: float samples in blocks, placed by counting, never by adding durations.

A block is float32, (N, channels), in [-1, 1] at full scale; a louder mix may pass 1 until it is written. The n-th
sample of a stream sounds at n / rate seconds, exactly.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
"""Samples, (N, channels)."""

SAMPLE_RATE = 48_000
"""Samples per second unless a timeline says otherwise."""


def sample_at(time: Fraction, rate: int = SAMPLE_RATE) -> int:
    """Return the number of the sample nearest to a time in seconds; halves go up.

    >>> sample_at(Fraction(1001, 30000))
    1602
    """
    return int((time * rate + Fraction(1, 2)) // 1)


def silence(samples: int, channels: int = 2) -> Sound:
    """Return samples of nothing, (samples, channels)."""
    return np.zeros((samples, channels), np.float32)
