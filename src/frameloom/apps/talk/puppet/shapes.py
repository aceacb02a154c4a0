"""How far each vertex of a face goes for each thing a face can do: fields that are added up.

    where vertices go = where they are + sum of (how much of a thing) * (its field)

A field is given at the points that anatomy knows about (lips, lids, the edge of the jaw, what stays put) and is as
smooth as can be between: the least sum of squared second differences over the net. Neighbours are those on the skin, so
that upper and lower lip, or the two lids, part freely though they touch in the picture.

Source of the smoothness: Botsch & Sorkine, "On Linear Variational Surface Deformation Methods", TVCG 2008, section 3.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.talk.puppet.anatomy import (
    BROWS,
    CHEEKS,
    CHIN,
    EYES,
    JAW_LINE,
    LOWER_LIP,
    NOSE_BASE,
    OVAL,
    UPPER_LIP,
    Eye,
    Frame,
    Points,
    net,
)

OPENING = 0.25
"""How far the lower lip goes down with the jaw, in units; see Frame."""
UPPER_SHARE = 0.38
"""How much of the way the upper lip goes where parted lips come together."""
_PURSED = 0.26
"""Half the width of a mouth that says "oo"."""
_RING = len(OVAL)


@dataclass(frozen=True, eq=False)
class Shapes:
    """Fields, (576, 2) each, in px."""

    names: tuple[str, ...]
    fields: NDArray[np.float64]
    """(K, 576, 2)"""

    def moved(self, vertices: Points, amounts: NDArray[np.float64]) -> Points:
        """Return where vertices go, given how much of each thing there is, (K,)."""
        moved: Points = vertices + np.tensordot(amounts, self.fields, axes=1)
        return moved


def shapes_of(vertices: Points, frame: Frame) -> Shapes:
    """Return all that a face with these vertices, (576, 2), can do."""
    smooth = _Smooth(vertices, frame)
    fields = {
        "speech": smooth.of(_shut(smooth)),
        "jaw": smooth.of(_jaw(smooth)),
        "width": smooth.of(_lips(smooth, along=0.085, outer=(0.012, -0.018)) | smooth.chin(0, 0)),
        "rounding": smooth.of(_round(smooth)),
        "upper": smooth.of(_lips(smooth, outer=(-0.035, 0), inner=(-0.055, 0)) | smooth.chin(0, 0)),
        "lower": smooth.of(_lips(smooth, outer=(0, 0.045), inner=(0, 0.055)) | smooth.chin(0, 0.01)),
        "press": smooth.of(_lips(smooth, along=0.012, outer=(0.022, -0.03)) | smooth.chin(0, -0.012)),
        "tuck": smooth.of(_lips(smooth, outer=(0, -0.05), inner=(0, 0.004)) | smooth.chin(0, -0.02)),
        "smile": smooth.of(_smile(smooth)),
        "brows": smooth.of(dict.fromkeys(BROWS, (0.0, -0.07)) | smooth.below_eyes),
        "lid_left": smooth.of(_lid(vertices, frame, EYES[0])),
        "lid_right": smooth.of(_lid(vertices, frame, EYES[1])),
    }
    return Shapes(tuple(fields), np.stack(list(fields.values())))


Given = dict[int, tuple[float, float]]
"""How far vertices go to the right and down in the face's frame, in units."""


class _Smooth:
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
        """Return that all from the lower lids downwards stays."""
        return self._still(self.local[:468, 1] > self.of_eyes)

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


def _bow(across: NDArray[np.float64], power: float = 2.2) -> NDArray[np.float64]:
    """Return 1 in the middle and 0 in the corners."""
    return 1 - np.abs(np.clip(across, -1, 1)) ** power


def _lips(
    smooth: _Smooth,
    along: float = 0.0,
    outer: tuple[float, float] = (0.0, 0.0),
    inner: tuple[float, float] = (0.0, 0.0),
) -> Given:
    """Return how lips go: corners apart, and the outer and inner edges of the upper and lower lip down."""
    given: Given = {}
    for lip, rows in enumerate((UPPER_LIP, LOWER_LIP)):
        for number, row in enumerate(rows):
            share = number / 3
            down = outer[lip] * (1 - share) + inner[lip] * share
            across = smooth.across(row)
            for point, s, bow in zip(row, across, _bow(across), strict=True):
                given[point] = (along * float(s), down * float(bow))
    return given


def _round(smooth: _Smooth) -> Given:
    """Return how lips come together into a ring: narrower, fuller, and without the curve of a smile."""
    half = smooth.half_width
    along = -min(max(half - _PURSED, 0.08), 0.17)
    given = smooth.chin(0, 0.01)
    for rows, outer, inner in ((UPPER_LIP, -0.03, -0.004), (LOWER_LIP, 0.045, 0.045)):
        for number, row in enumerate(rows):
            across = smooth.across(row)
            down = outer + (inner - outer) * number / 3
            for point, s, bow in zip(row, across, _bow(across, 3.5), strict=True):
                given[point] = (along * float(s), down * float(bow) - 0.8 * smooth.bend * float(s) ** 2)
    return given


def _jaw(smooth: _Smooth) -> Given:
    """Return how a dropping jaw takes lower lip, chin and cheeks along; the upper lip rises a little."""
    given = smooth.skull | {point: (0.0, share * OPENING) for point, share in JAW_LINE.items()}
    corner = 0.16
    for number, (up, low) in enumerate(zip(UPPER_LIP, LOWER_LIP, strict=True)):
        for row, middle in ((up, -0.01 - 0.015 * number), (low, 0.96 + 0.013 * number)):
            across = smooth.across(row)
            bow = _bow(across, 2.2)
            for point, s, b in zip(row, across, bow, strict=True):
                down = (middle * b + corner * (1 - b)) * OPENING - 0.4 * smooth.bend * s**2
                given[point] = (-0.03 * float(s), float(down))
    return given | dict.fromkeys(CHIN, (0.0, 0.94 * OPENING))


def _shut(smooth: _Smooth) -> Given:
    """Return how lips that the portrait shows apart come together: the lower one and the jaw do most of it."""
    local = smooth.local
    upper, lower = local[list(UPPER_LIP[3])], local[list(LOWER_LIP[3])]
    gap = np.maximum(lower[:, 1] - upper[:, 1], 0)
    given = smooth.chin(0, -0.4 * float(gap.max()))
    relaxed = -0.25 * float(gap.max())
    for number, (up, low) in enumerate(zip(UPPER_LIP, LOWER_LIP, strict=True)):
        share = (0.75 + number / 12, 0.7 + number / 10)
        for row, part in ((up, UPPER_SHARE * share[0]), (low, (UPPER_SHARE - 1) * share[1])):
            for point, s, apart in zip(row, smooth.across(row), gap, strict=True):
                given[point] = (relaxed * float(s), part * float(apart))
    return given


def _smile(smooth: _Smooth) -> Given:
    given = smooth.chin(0, 0)
    for rows in (UPPER_LIP, LOWER_LIP):
        for row in rows:
            for point, s in zip(row, smooth.across(row), strict=True):
                given[point] = (0.045 * float(s), -0.055 * abs(float(s)) ** 1.6 + 0.008)
    return given | dict.fromkeys(CHEEKS, (0.0, -0.02))


def _lid(vertices: Points, frame: Frame, eye: Eye) -> Given:
    """Return how an eye shuts: the upper lid comes down to the lower one and draws its skin along."""
    local = frame.local(vertices)
    upper, lower = local[list(eye.upper)], local[list(eye.lower)]
    gap = lower - upper
    meet = 0.88
    moving = {*eye.upper, *eye.lower, *eye.crease, *eye.orbit, *eye.pouch}
    given: Given = {i: (0.0, 0.0) for i in range(len(vertices)) if i not in moving}

    def put(points: tuple[int, ...], ways: NDArray[np.float64]) -> None:
        given.update({point: (float(way[0]), float(way[1])) for point, way in zip(points, ways, strict=True)})

    put(eye.lower[1:-1], -(1 - meet) * gap[1:-1])
    put(eye.upper[1:-1], meet * gap[1:-1])
    put(eye.crease, 0.5 * gap[1:-1])
    put(eye.orbit, 0.12 * gap[1:-1])
    put(eye.pouch, -0.06 * gap[1:-1])
    put((eye.upper[0], eye.upper[-1]), np.zeros((2, 2)))
    return given
