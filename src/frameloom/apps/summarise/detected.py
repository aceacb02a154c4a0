"""Shots found by the network that knows the editor's transitions, in place of the watch on changes.

    pictures of a stretch --small--> network --edits--> shots, each with the exact time of its first picture

A stretch is a minute or so; its small pictures, 4 kB each, are kept until it ends.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cache

from frameloom.apps.summarise.shots import CutFinder, Kind, MakesFinder, Shot
from frameloom.generation.sessions import SHIPPED
from frameloom.generation.shots import DETECTOR_NAME, Detector, edits
from frameloom.media.files.source import Picture
from frameloom.media.thumbs import Thumb, thumb_of

NETWORK = "shots"


class NetworkFinder:
    """Finds cuts and gradual transitions by a detector."""

    reach = Fraction(3)

    def __init__(self, open_detector: Callable[[], Detector], name: str) -> None:
        """Make a finder of a name whose detector is opened once it is needed: what is known already needs none."""
        self.name = name
        self._open = open_detector
        self._times: list[Fraction] = []
        self._thumbs: list[Thumb] = []

    def see(self, picture: Picture) -> Iterable[Shot]:
        """Keep the small picture; what it means is told at the end of the stretch."""
        self._times.append(picture.time)
        self._thumbs.append(thumb_of(picture.planes))
        return ()

    def finish(self, stop: Fraction) -> Iterator[Shot]:
        """Yield all shots; one that a transition leads into begins in its middle."""
        if not self._times:
            return
        kind: Kind = "cut"
        start = self._times[0]
        for edit in edits(self._open().chances(self._thumbs)):
            time = self._times[(edit.first + edit.end) // 2]
            if time > start:
                yield Shot(start, time, kind)
                start, kind = time, edit.kind
        yield Shot(start, stop, kind)


def best_finder() -> MakesFinder:
    """Return what makes finders with the shipped network; the watch on changes where there is none."""
    path = SHIPPED / NETWORK / DETECTOR_NAME
    if not path.is_file():
        return CutFinder
    name = f"{NETWORK}-{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
    open_once = cache(lambda: Detector(path))
    return lambda: NetworkFinder(open_once, name)
