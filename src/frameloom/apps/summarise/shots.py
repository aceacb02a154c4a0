"""What finds shots: whoever sees pictures one by one and tells where each shot begins and ends.

    Picture, Picture, ... --see--> Shot, Shot, ... --finish--> the last Shot

The watch on changes knows hard cuts, and flashes and pans for what they are; the network of `detected` transitions too.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, Protocol

from frameloom.media.changes import Change, Watch
from frameloom.media.files.source import Picture

Kind = Literal["begin", "cut", "gradual", "damage"]
"""How a shot begins: with the film, by a cut or a transition, or after a stretch that cannot be read."""

LEAST_S = Fraction(1, 4)
"""A shorter shot is part of the next: nobody sees what it shows."""


@dataclass(frozen=True)
class Shot:
    """Pictures taken in one go, in seconds of the file; after a gradual transition it begins in the middle of that."""

    start: Fraction
    stop: Fraction
    begins_by: Kind = "cut"

    @property
    def duration(self) -> Fraction:
        """Return its length in seconds."""
        return self.stop - self.start


class FindsShots(Protocol):
    """Sees the pictures of one stretch of film, in order, and yields each shot when it has ended."""

    @property
    def name(self) -> str:
        """Return what stands for it and its version; what was found by one is not taken for another's."""
        ...

    @property
    def reach(self) -> Fraction:
        """Return how many seconds before and after a moment it must see to judge it."""
        ...

    def see(self, picture: Picture) -> Iterable[Shot]:
        """Return the shots that have ended, as far as can be told with this picture."""
        ...

    def finish(self, stop: Fraction) -> Iterable[Shot]:
        """Return the shots that are left when the stretch ends; the finder is spent then."""
        ...


MakesFinder = Callable[[], FindsShots]
"""Makes a fresh finder for each stretch."""


class CutFinder:
    """Finds hard cuts by the watch on changes."""

    name = "changes-1"
    reach = Fraction(1, 2)

    def __init__(self) -> None:
        self._watch = Watch()
        self._start: Fraction | None = None

    def see(self, picture: Picture) -> Iterable[Shot]:
        """Return the shot that this picture ends, if it does."""
        change = self._watch.see(picture.planes.y)
        start = self._start
        if start is None:
            self._start = picture.time
            return ()
        if change is not Change.CUT:
            return ()
        self._start = picture.time
        return (Shot(start, picture.time),)

    def finish(self, stop: Fraction) -> Iterable[Shot]:
        """Return the last shot."""
        return () if self._start is None else (Shot(self._start, stop),)


def without_blinks(shots: Iterable[Shot]) -> tuple[Shot, ...]:
    """Return shots with those too short to be seen joined to the next, the last one to the one before.

    >>> long, blink = Shot(Fraction(0), Fraction(2), "begin"), Shot(Fraction(2), Fraction(21, 10))
    >>> [str(shot.stop) for shot in without_blinks([long, blink])]
    ['21/10']
    """
    kept: list[Shot] = []
    waiting: Shot | None = None
    for shot in shots:
        if waiting is not None and waiting.stop == shot.start:
            shot = replace(waiting, stop=shot.stop)
        waiting = None
        if shot.duration < LEAST_S:
            waiting = shot
        else:
            kept.append(shot)
    if waiting is not None and kept and kept[-1].stop == waiting.start:
        kept[-1] = replace(kept[-1], stop=waiting.stop)
    elif waiting is not None:
        kept.append(waiting)
    return tuple(kept)
