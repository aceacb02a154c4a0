"""Fields over a face that are given at some vertices and as smooth as can be between.

The least sum of squared second differences over the net. Neighbours are those on the skin, so that upper and lower lip,
or the two lids, part freely though they touch in the picture.

Source: Botsch & Sorkine, "On Linear Variational Surface Deformation Methods", TVCG 2008, section 3.
"""

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.talk.puppet.anatomy import (
    CHIN,
    EYES,
    JAW_LINE,
    LOWER_LIP,
    NOSE_BASE,
    OVAL,
    UPPER_LIP,
    Frame,
    Points,
    net,
)

_RELAXED = 0.4
"""Half the width of a closed mouth that does not smile, in units."""
_RING = len(OVAL)

Given = dict[int, tuple[float, float]]
"""How far vertices go to the right and down in the face's frame, in units."""


class Smooth:
    """Fills in fields between the vertices for which they are given."""

    def __init__(self, vertices: Points, frame: Frame):
        self.count = len(vertices)
        self.local = frame.local(vertices)
        self.axes = np.stack([frame.right, frame.down]) * frame.unit
        self.of_eyes = float(self.local[[point for eye in EYES for point in eye.lower], 1].mean())
        self.of_nose = float(self.local[NOSE_BASE, 1])
        self.half_width = float(np.ptp(self.local[list(UPPER_LIP[0]), 0])) / 2
        lips = self.local[list(UPPER_LIP[3] + LOWER_LIP[3])]
        self.bend = float(np.polyfit(lips[:, 0], lips[:, 1], 2)[0]) * self.half_width**2
        # how far the corners of the mouth lie below its middle, in units; less than 0 in a smile
        self.smiles = max(self.half_width - _RELAXED, 0.0)
        # how much further than in rest they are from the middle
        start, end = net().edges.T
        weight = 1 / np.maximum(np.linalg.norm(vertices[start] - vertices[end], axis=1), 0.02 * frame.unit)
        joined = np.zeros((self.count, self.count))
        joined[start, end] = joined[end, start] = weight
        laplacian = np.eye(self.count) - joined / joined.sum(axis=1, keepdims=True)
        self.energy = laplacian.T @ laplacian
        outermost = range(self.count - _RING, self.count)
        self.fixed: Given = dict.fromkeys(outermost, (0.0, 0.0))

    def of(self, given: Given) -> NDArray[np.float64]:
        """Return the field, (576, 2) in px."""
        given = self.fixed | given
        known = np.array(list(given))
        field = np.zeros((self.count, 2))
        field[known] = list(given.values())
        free = np.setdiff1d(np.arange(self.count), known)
        pull = self.energy[np.ix_(free, known)] @ field[known]
        field[free] = np.linalg.solve(self.energy[np.ix_(free, free)], -pull)
        in_px: NDArray[np.float64] = field @ self.axes
        return in_px

    @property
    def skull(self) -> Given:
        """Return that all from the base of the nose upwards stays."""
        return self._still(self.local[:, 1] < self.of_nose)

    @property
    def below_eyes(self) -> Given:
        """Return that the edges of the lids, and all from the lower ones downwards, stay."""
        lids = dict.fromkeys((point for eye in EYES for point in eye.upper + eye.lower), (0.0, 0.0))
        return lids | self._still(self.local[:468, 1] > self.of_eyes)

    @staticmethod
    def _still(which: NDArray[np.bool_]) -> Given:
        return dict.fromkeys(np.flatnonzero(which).tolist(), (0.0, 0.0))

    def chin(self, right: float, down: float) -> Given:
        """Return that the chin goes so far and the rest of the jaw's edge stays, with the skull."""
        edge: Given = {point: (right * share, down * share) for point, share in JAW_LINE.items()}
        return self.skull | edge | dict.fromkeys(CHIN, (right, down))

    def across(self, row: tuple[int, ...]) -> NDArray[np.float64]:
        """Return where the points of a row of a lip lie between the corners, from -1 to 1."""
        x = self.local[list(row), 0]
        across: NDArray[np.float64] = (x - (x[0] + x[-1]) / 2) / ((x[-1] - x[0]) / 2)
        return across
