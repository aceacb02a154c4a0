"""Lips made ready: where closed ones meet, which the network tells within a few pixels only; parted ones filled in."""

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.talk.puppet.anatomy import LOWER_LIP, UPPER_LIP, Frame, Points
from frameloom.apps.talk.puppet.shapes import UPPER_SHARE
from frameloom.apps.talk.puppet.slits import curve, step
from frameloom.media.image import Rgb, blur, fill_polygon, sample, sample_at

_REACH = 0.055
"""How far off the line may be, in units."""
_STEPS = 45
_THINNEST = 0.012
"""Least thickness of a lip, in units."""


def meet(rgb: Rgb, face: Points, frame: Frame) -> Points:
    """Return a face, (468, 2), whose lips meet on the darkest line near to where they should."""
    upper, lower = list(UPPER_LIP[3]), list(LOWER_LIP[3])
    corners = face[list(UPPER_LIP[0])][[0, -1]]
    line = np.concatenate([corners[:1], (face[upper] + face[lower]) / 2, corners[1:]])
    offsets = np.linspace(-_REACH, _REACH, _STEPS)
    numbers = np.arange(len(line))
    fine = np.linspace(0, numbers[-1], 4 * len(line))
    dense = np.stack([np.interp(fine, numbers, line[:, axis]) for axis in (0, 1)], axis=-1)
    places = dense[:, None] + (offsets[None, :, None] * frame.unit) * frame.down
    soft = blur(rgb, max(0.008 * frame.unit, 0.4))
    light = sample_at(soft, places.astype(np.float32)).astype(np.float64).mean(axis=-1)
    found = np.interp(numbers, fine, _darkest(light, offsets))
    moved = line + (found * frame.unit)[:, None] * frame.down
    result = face.copy()
    result[upper] = result[lower] = moved[1:-1]
    result[[UPPER_LIP[0][0], UPPER_LIP[0][-1]]] = moved[[0, -1]]
    return result


def in_order(face: Points, frame: Frame) -> Points:
    """Return a face, (468, 2), whose rows of each lip follow on each other: where they cross, the skin would fold."""
    result = face.copy()
    for rows, up in ((UPPER_LIP, -1), (LOWER_LIP, 1)):
        outer, inner = list(rows[0]), list(rows[3])
        thick = up * (result[outer] - result[inner]) @ frame.down
        lacking = np.clip(_THINNEST * frame.unit - thick, 0, None)
        lacking[[0, -1]] = 0
        result[outer] += (up * lacking)[:, None] * frame.down
        for number in (1, 2):
            result[list(rows[number])] = result[outer] + (result[inner] - result[outer]) * (number / 3)
    return result


def closed(rgb: Rgb, vertices: Points, frame: Frame) -> Rgb:
    """Return a portrait whose parted lips are filled in with their own colour, and a dark line where they will meet.

    Moved lips that touch then never show a trace of the teeth between them.
    """
    upper, lower = curve(vertices[list(UPPER_LIP[3])]), curve(vertices[list(LOWER_LIP[3])])
    size = np.array(rgb.shape[1::-1])
    low = np.clip(np.floor(np.minimum(upper.min(axis=0), lower.min(axis=0))).astype(int), 0, size - 1)
    high = np.clip(np.ceil(np.maximum(upper.max(axis=0), lower.max(axis=0))).astype(int) + 1, low + 1, size)
    width, height = high - low
    outline = np.concatenate([upper, lower[::-1]]) - low
    cover = np.clip(2 * blur(fill_polygon(outline, int(width), int(height)), 0.8) - 1, 0, 1)
    x, y = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
    top, bottom = np.interp(x, upper[:, 0], upper[:, 1]), np.interp(x, lower[:, 0], lower[:, 1])
    share = np.clip((y - top) / np.maximum(bottom - top, 1), 0, 1)
    rim = 0.03 * frame.unit
    soft = blur(rgb, 0.02 * frame.unit)
    sheets = [
        sample(soft, x.astype(np.float32), edge.astype(np.float32)).astype(np.float64)
        for edge in (top - rim, bottom + rim)
    ]
    across = step((share - UPPER_SHARE + 0.1) / 0.2)[..., None]
    dark = 1 - 0.5 * np.exp(-(((share - UPPER_SHARE) / 0.16) ** 2))
    filled = (sheets[0] * (1 - across) + sheets[1] * across) * dark[..., None]
    result = rgb.copy()
    part = result[low[1] : high[1], low[0] : high[0]]
    part[:] = np.rint(part * (1 - cover[..., None]) + filled * cover[..., None]).astype(np.uint8)
    return result


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
    for before in reversed(came):
        at.append(int(before[at[-1]]))
    path = offsets[np.array(at[::-1])]
    return np.convolve(np.pad(path, 2, mode="edge"), [0.1, 0.24, 0.32, 0.24, 0.1], mode="valid")
