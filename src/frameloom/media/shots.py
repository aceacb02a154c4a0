"""What a video is cut into: shots, and the edits between them.

shot | cut | shot | transition, both are seen | shot
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["cut", "gradual"]


@dataclass(frozen=True)
class Edit:
    """Where one shot gives way to another."""

    first: int
    """Picture from which on the new shot is seen."""
    end: int
    """Picture from which on it is alone; of a cut the same."""
    chance: float = 1.0
    """How sure it is, in [0, 1]."""

    @property
    def kind(self) -> Kind:
        """Return what it is."""
        return "cut" if self.first == self.end else "gradual"


@dataclass(frozen=True)
class Shot:
    """A stretch of pictures without an edit; a transition belongs to the shot that ends with it."""

    first: int
    end: int
    """The picture after the last."""
    opened_by: Edit | None
    """The edit that leads into it; none leads into the first."""


def shots_of(found: Iterable[Edit], count: int) -> list[Shot]:
    """Return the shots between the edits of a video of so many pictures.

    >>> [(shot.first, shot.end) for shot in shots_of([Edit(10, 10), Edit(30, 34)], 50)]
    [(0, 10), (10, 34), (34, 50)]
    """
    openings: list[Edit | None] = [None, *found]
    firsts = [0 if each is None else each.end for each in openings]
    ends = [*firsts[1:], count]
    return [Shot(*each) for each in zip(firsts, ends, openings, strict=True)]
