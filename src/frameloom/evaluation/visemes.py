"""How well a mouth is told from a voice: row by row, closure by closure, onset by onset.

    true   sil sil PP PP PP aa aa aa aa       the strongest viseme of every 10 ms
    found  sil sil sil PP PP PP aa aa aa      accuracy 7/9; the closure is found; its onset is 10 ms late

Lips that ought to be shut and stay open are what people see first: PP and FF are counted one by one. A closure is
found if its viseme is the strongest in one row of it at least, or within 20 ms of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from frameloom.media.visemes import RATE, VISEMES

Labels = NDArray[np.int64]
"""(T,), numbers of visemes."""

CLOSURES = "PP", "FF"
SLACK = 2
"""Rows by which a closure may be off."""
REACH = 15
"""Rows within which an onset is looked for."""


@dataclass(frozen=True, eq=False)
class VisemeScore:
    """What was counted over some speech; sums of scores are scores."""

    confusion: NDArray[np.int64]
    """Rows of a true viseme that were told as each, (15, 15)."""
    closures: dict[str, tuple[int, int]]
    """Found ones and all of them, by viseme."""
    onsets_ms: tuple[float, ...] = field(default=())
    """By how much each onset that was found is late."""
    missed: int = 0
    """Onsets without one of the same viseme nearby."""

    def __add__(self, other: "VisemeScore") -> "VisemeScore":
        both = {
            name: (a + other.closures[name][0], b + other.closures[name][1]) for name, (a, b) in self.closures.items()
        }
        onsets = self.onsets_ms + other.onsets_ms
        return VisemeScore(self.confusion + other.confusion, both, onsets, self.missed + other.missed)

    @property
    def accuracy(self) -> float:
        """Return the share of rows whose viseme is right."""
        return float(np.trace(self.confusion) / max(self.confusion.sum(), 1))

    def recall(self, closure: str) -> float:
        """Return the share of closures that were found; 1 where there are none."""
        found, every = self.closures[closure]
        return found / every if every else 1.0

    @property
    def onset_error_ms(self) -> float:
        """Return the median of how far off onsets are, late or early; not a number where none was found."""
        return float(np.median(np.abs(self.onsets_ms))) if self.onsets_ms else float("nan")

    @property
    def onsets_found(self) -> float:
        """Return the share of onsets that have one of the same viseme nearby."""
        every = len(self.onsets_ms) + self.missed
        return len(self.onsets_ms) / every if every else 1.0

    def table(self) -> str:
        """Return the confusion in percent of each true viseme, as text."""
        shares = 100 * self.confusion / np.maximum(self.confusion.sum(1, keepdims=True), 1)
        lines = ["true " + "".join(f"{name:>5}" for name in VISEMES)]
        lines += [
            f"{name:<5}" + "".join(f"{each:5.0f}" for each in row) for name, row in zip(VISEMES, shares, strict=True)
        ]
        return "\n".join(lines)


def compare(found: Labels, truth: Labels) -> VisemeScore:
    """Return how labels compare with the true ones; the longer is cut to the shorter."""
    rows = min(len(found), len(truth))
    found, truth = found[:rows], truth[:rows]
    confusion = np.zeros((len(VISEMES), len(VISEMES)), np.int64)
    np.add.at(confusion, (truth, found), 1)
    closures = {}
    for name in CLOSURES:
        viseme = VISEMES.index(name)
        stretches = [(first, stop) for which, first, stop in _stretches(truth) if which == viseme]
        hits = [bool((found[max(first - SLACK, 0) : stop + SLACK] == viseme).any()) for first, stop in stretches]
        closures[name] = sum(hits), len(hits)
    onsets, missed = [], 0
    starts = [(which, first) for which, first, _ in _stretches(found)]
    for which, first, _ in _stretches(truth):
        if which == 0 or first == 0:
            continue
        near = [there - first for viseme, there in starts if viseme == which and abs(there - first) <= REACH]
        if near:
            onsets.append(min(near, key=abs) * 1000 / RATE)
        else:
            missed += 1
    return VisemeScore(confusion, closures, tuple(onsets), missed)


def total(scores: Iterable[VisemeScore]) -> VisemeScore:
    """Return the sum of scores."""
    empty = VisemeScore(np.zeros((len(VISEMES), len(VISEMES)), np.int64), dict.fromkeys(CLOSURES, (0, 0)))
    return sum(scores, empty)


def _stretches(labels: Labels) -> list[tuple[int, int, int]]:
    """Return viseme, first row and the one after the last, of each stretch."""
    if not len(labels):
        return []
    edges = [0, *(np.flatnonzero(np.diff(labels)) + 1).tolist(), len(labels)]
    return [(int(labels[first]), first, stop) for first, stop in zip(edges[:-1], edges[1:], strict=True)]
