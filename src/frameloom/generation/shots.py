"""Shots of a video as its pictures come by: a small network, without torch, in constant memory.

    pictures --small--> windows of 100, of which the inner 50 count --network--> chances --peaks, stretches--> edits

The first picture stands in for those before it, the last for those after it.

Source: windows with an inner part that counts, Soucek & Lokoc, "TransNet V2", arXiv:2008.04838, section 3.2.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import ModelError
from frameloom.generation.sessions import file_of, open_session
from frameloom.media.planes import Planes
from frameloom.media.shots import Edit
from frameloom.media.thumbs import Thumb, thumb_of

DETECTOR_NAME = "detector.onnx"
"""File of a model folder."""
CUT_CHANCE, GRADUAL_CHANCE = 0.5, 0.5
"""Chances from which there is a cut, and from which two shots are seen."""
SHORTEST_GRADUAL = 3
"""Pictures; what is shorter counts as a cut."""
LONGEST_GAP = 3
"""Pictures amid a transition in which it may seem to be none."""

Chances = NDArray[np.float32]
"""Of a cut and of a transition, (T, 2) in [0, 1]."""


class Detector:
    """A network that tells of small pictures in a row how likely edits are."""

    def __init__(self, name_or_folder: str | Path = "shots", threads: int = 1) -> None:
        """Open the network of a shipped model or of a model folder.

        Raises:
            ModelError: there is none, or it is of another kind.
        """
        path = file_of(name_or_folder, DETECTOR_NAME)
        self._session = open_session(path, threads)
        counted = self._session.get_modelmeta().custom_metadata_map.get("counted", "")
        given, *others = self._session.get_inputs()
        if given.name != "pictures" or others or not counted.isdecimal():
            raise ModelError(f"{path}: finds no shots; give the network of a shot detector")
        self.window, self.counted = int(given.shape[1]), int(counted)

    def chances(self, thumbs: Iterable[Thumb]) -> Iterator[Chances]:
        """Yield the chances of each picture, (T, 2), some pictures at a time."""
        before = (self.window - self.counted) // 2
        held: list[Thumb] = []
        pending = 0
        for thumb in thumbs:
            if not held:
                held = [thumb] * before
            held.append(thumb)
            pending += 1
            if len(held) == self.window:
                yield self._told(held, self.counted)
                held = held[self.counted :]
                pending -= self.counted
        while pending > 0:
            missing = self.window - len(held)
            yield self._told(held + [held[-1]] * missing, min(pending, self.counted))
            held = held[self.counted :] if len(held) > self.counted else held[-1:]
            pending -= self.counted

    def _told(self, window: list[Thumb], count: int) -> Chances:
        pictures = np.stack(window)[None].astype(np.float32)
        (chances,) = self._session.run(None, {"pictures": pictures})
        begin = (self.window - self.counted) // 2
        counted: Chances = chances[0, begin : begin + count]
        return counted


def edits(chances: Iterable[Chances]) -> Iterator[Edit]:
    """Yield cuts and transitions, in order, of chances as they come.

    A cut is the highest of chances in a row above the threshold; a transition a stretch of high chances, in which a
    cut is part of it; one of less than three pictures is a cut. The first picture begins nothing.
    """
    picker = _Picker()
    for number, (cut, gradual) in enumerate(chain.from_iterable(chances)):
        yield from picker.see(number, float(cut), float(gradual))
    yield from picker.finish()


class _Picker:
    """Keeps what of an edit is still going on."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, float, float]] = []
        """Number, and chances, of the pictures since something began."""
        self.quiet = 0

    def see(self, number: int, cut: float, gradual: float) -> Iterator[Edit]:
        happens = number > 0 and (cut > CUT_CHANCE or gradual > GRADUAL_CHANCE)
        if happens or self.rows:
            self.rows.append((number, cut, gradual))
        self.quiet = 0 if happens else self.quiet + 1
        if self.rows and self.quiet > LONGEST_GAP:
            yield from self.finish()

    def finish(self) -> Iterator[Edit]:
        """Yield what has come to its end."""
        rows, self.rows = self.rows, []
        stretches = _stretches([gradual > GRADUAL_CHANCE for _, _, gradual in rows])
        found = []
        taken = np.zeros(len(rows), bool)
        for first, end in stretches:
            if end - first >= SHORTEST_GRADUAL:
                taken[max(first - 1, 0) : end + 1] = True
                sure = max(gradual for _, _, gradual in rows[first:end])
                found.append(Edit(rows[first][0], rows[end - 1][0] + 1, sure))
        for first, end in _stretches([cut > CUT_CHANCE for _, cut, _ in rows], gap=0):
            best = max(range(first, end), key=lambda each: rows[each][1])
            if not taken[best]:
                found.append(Edit(rows[best][0], rows[best][0], rows[best][1]))
        yield from sorted(found, key=lambda edit: edit.first)


def _stretches(happens: list[bool], gap: int = LONGEST_GAP) -> list[tuple[int, int]]:
    """Return first and end of the stretches in which something happens, over gaps of so many."""
    found: list[tuple[int, int]] = []
    for number in np.flatnonzero(happens).tolist():
        if found and number - found[-1][1] <= gap:
            found[-1] = (found[-1][0], number + 1)
        else:
            found.append((number, number + 1))
    return found


def find_edits(pictures: Iterable[Planes], detector: Detector) -> Iterator[Edit]:
    """Yield cuts and transitions as pictures come by."""
    return edits(detector.chances(map(thumb_of, pictures)))
