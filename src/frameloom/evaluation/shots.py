"""How well edits are found: each true one is met by at most one that was found, cuts and graduals counted apart.

    true   |cut|       [  gradual  ]            |cut|
    found  |   |  |         |    |                          hit, false, hit, false (within the gradual), missed

A cut is met within a picture; a gradual by whatever overlaps it, a point too. Methods that tell no kinds are thus
judged like those that do. What is found within a gradual and meets nothing counts against graduals alone, anything
else that meets nothing against both.

Source: TRECVID, Smeaton et al., "Video shot boundary detection: seven years of TRECVid activity", CVIU 2010, and the
benchmark of PySceneDetect 0.7 (a point within a fade).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from frameloom.media.shots import Edit, Kind

TOLERANCE = 1
"""Pictures by which a found cut may be off, and by which a gradual may be missed."""


@dataclass(frozen=True)
class Count:
    """Edits of one kind: how many were found, missed, and found where there are none."""

    hit: int = 0
    missed: int = 0
    false: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.hit + other.hit, self.missed + other.missed, self.false + other.false)

    @property
    def precision(self) -> float:
        """Return the share of what was found that is true; 1 where nothing was."""
        return self.hit / (self.hit + self.false) if self.hit + self.false else 1.0

    @property
    def recall(self) -> float:
        """Return the share of the true ones that were found; 1 where there are none."""
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of both; 1 where there is nothing to find and nothing was.

        >>> Count(hit=3, missed=1, false=1).f1
        0.75
        """
        every = 2 * self.hit + self.missed + self.false
        return 2 * self.hit / every if every else 1.0


Counts = dict[Kind, Count]


def compare(
    found: Iterable[Edit],
    truth: Sequence[Edit],
    ignored: Sequence[tuple[int, int]] = (),
    tolerance: int = TOLERANCE,
) -> Counts:
    """Return how the edits found in a video compare with the true ones; nothing found within what is ignored counts."""
    found = list(found)
    near = [
        (abs(one.first + one.end - other.first - other.end), number, index)
        for number, one in enumerate(truth)
        for index, other in enumerate(found)
        if one.first - tolerance <= other.end and other.first <= one.end + tolerance
    ]
    met: set[int] = set()
    used: set[int] = set()
    for _, number, index in sorted(near):
        if number not in met and index not in used:
            met.add(number)
            used.add(index)
    counts: Counts = {}
    for kind in ("cut", "gradual"):
        mine = [number for number, one in enumerate(truth) if one.kind == kind]
        hit = sum(number in met for number in mine)
        counts[kind] = Count(hit, len(mine) - hit)
    for index, other in enumerate(found):
        if index in used or any(first <= other.end and other.first < end for first, end in ignored):
            continue
        within = any(one.first <= other.end and other.first <= one.end for one in truth if one.kind == "gradual")
        counts["gradual"] += Count(false=1)
        if not within:
            counts["cut"] += Count(false=1)
    return counts


def total(counts: Iterable[Counts]) -> Counts:
    """Return the sums over videos."""
    sums: Counts = {"cut": Count(), "gradual": Count()}
    for each in counts:
        sums = {"cut": sums["cut"] + each["cut"], "gradual": sums["gradual"] + each["gradual"]}
    return sums
