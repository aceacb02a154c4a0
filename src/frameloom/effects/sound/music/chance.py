"""Chance that a seed fixes, the same on every machine and with every release of NumPy.

    names and numbers --hash--> seed of PCG64 --raw bits--> uniform numbers, noise, choices

Only the raw bits of the generator are used: NumPy promises that they stay, and no more than that.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")

_STEP = 2.0**-53


class Chance:
    """A stream of chance of its own for each thing that is decided, so that one decision does not shift another."""

    def __init__(self, *what: str | int):
        """Begin the stream that belongs to these names and numbers."""
        digest = hashlib.sha256(repr(what).encode()).digest()
        self._bits = np.random.PCG64(int.from_bytes(digest[:16], "big"))

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Return a number from low up to, but not, high."""
        return low + (high - low) * (int(self._bits.random_raw()) >> 11) * _STEP

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[int(self.uniform() * len(items))]

    def noise(self, count: int) -> NDArray[np.float32]:
        """Return white noise, (count,), even between -1 and 1."""
        bits = np.asarray(self._bits.random_raw(count), np.uint64) >> np.uint64(40)
        return (bits.astype(np.float32) * np.float32(2.0**-23)) - np.float32(1)
