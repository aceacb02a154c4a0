"""Where closed lips meet: the dark line that the network finds within a few pixels only."""

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.talk.puppet.anatomy import LOWER_LIP, UPPER_LIP, Frame, Points
from frameloom.media.image import Rgb, blur, sample_at

_REACH = 0.055
"""How far off the line may be, in units."""
_STEPS = 45


def meet(rgb: Rgb, face: Points, frame: Frame) -> Points:
    """Return a face, (468, 2), whose lips meet on the darkest line near to where they should."""
    upper, lower = list(UPPER_LIP[3]), list(LOWER_LIP[3])
    line = (face[upper] + face[lower]) / 2
    offsets = np.linspace(-_REACH, _REACH, _STEPS)
    fine = np.linspace(0, 10, 41)
    dense = np.stack([np.interp(fine, np.arange(11), line[:, axis]) for axis in (0, 1)], axis=-1)
    places = dense[:, None] + (offsets[None, :, None] * frame.unit) * frame.down
    soft = blur(rgb, max(0.008 * frame.unit, 0.4))
    light = sample_at(soft, places.astype(np.float32)).astype(np.float64).mean(axis=-1)
    path = _darkest(light, offsets)
    found = np.interp(np.arange(11), fine, path)
    found[[0, -1]] *= 0.5
    shift = (found * frame.unit)[:, None] * frame.down
    result = face.copy()
    result[upper] = result[lower] = line + shift
    return _spread(result, face)


def _darkest(light: NDArray[np.float64], offsets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the offsets of the darkest line through rows of light, (N, S), that bends little."""
    contrast = (light - light.min()) / max(float(np.ptp(light)), 1.0)
    cost = contrast + 0.25 * (offsets / _REACH) ** 2
    jump = 0.35 * np.abs(np.arange(len(offsets))[:, None] - np.arange(len(offsets))[None]) / 4
    best = cost[0]
    came: list[NDArray[np.int64]] = []
    for row in cost[1:]:
        total = best[None, :] + jump
        came.append(total.argmin(axis=1))
        best = total.min(axis=1) + row
    at = [int(best.argmin())]
    for step in reversed(came):
        at.append(int(step[at[-1]]))
    path = offsets[np.array(at[::-1])]
    return np.convolve(np.pad(path, 2, mode="edge"), [0.1, 0.24, 0.32, 0.24, 0.1], mode="valid")


def _spread(result: Points, before: Points) -> Points:
    """Move the rows between the edges of the lips along with the line."""
    for rows in (UPPER_LIP, LOWER_LIP):
        inner = list(rows[3])
        moved = result[inner] - before[inner]
        for number in (1, 2):
            row = list(rows[number])[1:-1]
            result[row] = before[row] + moved[1:-1] * (number / 3)
    return result
