"""How far each vertex of a face goes for each thing a face can do: fields that are added up.

    where vertices go = where they are + sum of (how much of a thing) * (its field)

A field is given at the points that anatomy knows about (lips, lids, the edge of the jaw, what stays put) and smooth
between; see smooth.py.
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
    UPPER_LIP,
    Eye,
    Frame,
    Points,
)
from frameloom.apps.talk.puppet.slits import step
from frameloom.apps.talk.puppet.smooth import Given, Smooth

OPENING = 0.25
"""How far the lower lip goes down with the jaw, in units; see Frame."""
LIP_GAP = 0.055
"""How far the edge of a lip goes that is raised or pulled down, in units."""
ROUND_GAP = 0.049
"""How far lips pushed out into a ring part, in units."""
_RISE = 0.055
"""How far the edge of the upper lip rises with the jaw, as a share of the opening."""
JAW_GAP = (1 + _RISE) * OPENING
"""How far lips part with the jaw, in units."""
UPPER_SHARE = 0.38
"""How much of the way the upper lip goes where parted lips come together."""
_PURSED = 0.26
"""Half the width of a mouth that says "oo"."""
_EASED = 0.5
"""How much of a broad smile's width goes when it speaks."""


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
    smooth = Smooth(vertices, frame)
    fields = {
        "speech": smooth.of(_shut(smooth)),
        "jaw": smooth.of(_jaw(smooth)),
        "width": smooth.of(_lips(smooth, along=0.085, outer=(0.012, -0.018)) | smooth.chin(0, 0)),
        "rounding": smooth.of(_round(smooth)),
        "upper": smooth.of(_lips(smooth, outer=(-0.035, 0), inner=(-LIP_GAP, 0)) | smooth.chin(0, 0)),
        "lower": smooth.of(_lips(smooth, outer=(0, 0.045), inner=(0, LIP_GAP)) | smooth.chin(0, 0.01)),
        "press": smooth.of(_lips(smooth, along=0.012, outer=(0.022, -0.03)) | smooth.chin(0, -0.012)),
        "tuck": smooth.of(_lips(smooth, outer=(0, -0.05), inner=(0, 0.004)) | smooth.chin(0, -0.02)),
        "smile": smooth.of(_smile(smooth)),
        "brow_left": smooth.of(_brows(up=(0.07, 0.0)) | smooth.below_eyes),
        "brow_right": smooth.of(_brows(up=(0.0, 0.07)) | smooth.below_eyes),
        "frown": smooth.of(_frown(smooth) | smooth.below_eyes),
        "lid_left": smooth.of(_lid(vertices, frame, EYES[0])),
        "lid_right": smooth.of(_lid(vertices, frame, EYES[1])),
    }
    return Shapes(tuple(fields), np.stack(list(fields.values())))


def _bow(across: NDArray[np.float64], power: float = 2.2) -> NDArray[np.float64]:
    """Return 1 in the middle and 0 in the corners."""
    return 1 - np.abs(np.clip(across, -1, 1)) ** power


def _lips(
    smooth: Smooth,
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


def _round(smooth: Smooth) -> Given:
    """Return how lips come together into a ring: narrower, fuller, and without the curve of a smile."""
    along = -min(max(smooth.half_width - _EASED * smooth.smiles - _PURSED, 0.08), 0.19)
    given = smooth.chin(0, 0.01)
    for rows, outer, inner in ((UPPER_LIP, -0.03, -0.004), (LOWER_LIP, 0.045, 0.045)):
        for number, row in enumerate(rows):
            across = smooth.across(row)
            down = outer + (inner - outer) * number / 3
            for point, s, bow in zip(row, across, _bow(across, 3.5), strict=True):
                given[point] = (along * float(s), down * float(bow) - 0.8 * smooth.bend * float(s) ** 2)
    return given


def _jaw(smooth: Smooth) -> Given:
    """Return how a dropping jaw takes lower lip, chin and cheeks along; the upper lip rises a little."""
    given = smooth.skull | {point: (0.0, share * OPENING) for point, share in JAW_LINE.items()}
    corner = 0.16
    for number, (up, low) in enumerate(zip(UPPER_LIP, LOWER_LIP, strict=True)):
        inner = number / 3
        for row, middle in ((up, -0.01 - (_RISE - 0.01) * inner), (low, 0.96 + 0.04 * inner)):
            across = smooth.across(row)
            bow = _bow(across, 2.2)
            for point, s, b in zip(row, across, bow, strict=True):
                down = (middle * b + corner * (1 - b)) * OPENING - 0.4 * smooth.bend * s**2
                given[point] = (-0.03 * float(s), float(down))
    return given | dict.fromkeys(CHIN, (0.0, 0.94 * OPENING))


def _shut(smooth: Smooth) -> Given:
    """Return how lips that the portrait shows apart come together: the lower one and the jaw do most of it."""
    local = smooth.local
    upper, lower = local[list(UPPER_LIP[3])], local[list(LOWER_LIP[3])]
    gap = np.maximum(lower[:, 1] - upper[:, 1], 0)
    given = smooth.chin(0, -0.4 * float(gap.max()))
    relaxed = -_EASED * smooth.smiles
    for number, (up, low) in enumerate(zip(UPPER_LIP, LOWER_LIP, strict=True)):
        share = (0.75 + number / 12, 0.7 + number / 10)
        for row, part in ((up, UPPER_SHARE * share[0]), (low, (UPPER_SHARE - 1) * share[1])):
            for point, s, apart in zip(row, smooth.across(row), gap, strict=True):
                given[point] = (relaxed * float(s), part * float(apart))
    return given


def _smile(smooth: Smooth) -> Given:
    given = smooth.chin(0, 0)
    for rows in (UPPER_LIP, LOWER_LIP):
        for row in rows:
            for point, s in zip(row, smooth.across(row), strict=True):
                given[point] = (0.045 * float(s), -0.055 * abs(float(s)) ** 1.6 + 0.008)
    return given | dict.fromkeys(CHEEKS, (0.0, -0.02))


def _brows(up: tuple[float, float]) -> Given:
    """Return how far the brow on the left and the other one go up."""
    return {point: (0.0, -way) for brow, way in zip(BROWS, up, strict=True) for point in brow}


def _frown(smooth: Smooth) -> Given:
    """Return how the inner ends of the brows come down and together; the outer ends rise a little."""
    given: Given = {}
    for brow, towards in zip(BROWS, (1, -1), strict=True):
        x = towards * smooth.local[list(brow), 0]
        inwards = (x - x.min()) / np.ptp(x)
        for point, share in zip(brow, inwards, strict=True):
            pull = float(step((share - 0.35) / 0.65))
            given[point] = (0.03 * towards * pull, 0.075 * pull - 0.02)
    return given


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
