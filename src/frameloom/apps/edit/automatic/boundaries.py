"""Hard cuts, and ends that are black, frozen or fading, told from the small pictures of a clip.

change  ._.._.|._..__._       a hard cut stands out of the changes around it, and the picture does not come back
light   ____/-----------      black, then a fade
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

BLACK_LEVEL = 0.07
"""Share of white that nothing in a black picture passes."""
FROZEN_LEVEL = 2.5
"""Levels of 8 bits by which no cell of a frozen picture changes."""
FROZEN_S = Fraction(1, 2)
"""A picture that stands for less may just be calm."""
CUT_LEVEL = 0.055
"""Least mean change of a hard cut, as a share of white."""
CUT_RATIO = 4
"""How far a hard cut stands out of the changes around it."""
PLAIN_LEVEL = 0.02
"""Contrast of a picture that shows nothing yet: a fade begins or ends there."""
FADE_S = (Fraction(1, 5), Fraction(3))

Cells = NDArray[np.uint8]
"""Luma of limited range, (T, rows, columns)."""
Light = NDArray[np.float32]
"""Luma as a share of white, (T, rows, columns)."""


@dataclass(frozen=True)
class Boundaries:
    """What was found; times in seconds of the file."""

    cuts: tuple[Fraction, ...] = ()
    """Begin of each new shot within."""
    black_head: Fraction | None = None
    """Until when it is black from its start on."""
    black_tail: Fraction | None = None
    """From when on it is black until its stop."""
    frozen_head: Fraction | None = None
    frozen_tail: Fraction | None = None
    fade_in: Fraction | None = None
    """Until when it comes up from a plain colour at its start."""
    fade_out: Fraction | None = None
    """From when on it goes down to a plain colour at its stop."""


def boundaries(cells: Cells, times: list[Fraction], stop: Fraction) -> Boundaries:
    """Return what pictures that come on at these times, the last until `stop`, tell of cuts and ends."""
    shown = [*times, stop]
    light: Light = (cells.astype(np.float32) - np.float32(16)) / np.float32(219)
    dark = np.percentile(light, 98, axis=(1, 2)) < BLACK_LEVEL
    return Boundaries(
        tuple(times[index] for index in hard_cuts(light)),
        *_ends(dark, shown),
        *_frozen_ends(_standing(cells), _standing(cells[::-1]), shown),
        *_fades(light, shown),
    )


def hard_cuts(light: Light) -> list[int]:
    """Return the numbers of the pictures that begin a new shot; light is (T, 18, 32).

    A change counts when it stands out of those around it, and when the picture neither comes back at once nor was there
    just before: a flash does both.
    """
    count = len(light)
    if count < 3:
        return []
    changes = np.abs(np.diff(light, axis=0)).mean(axis=(1, 2))  # (T-1,)
    cuts: list[int] = []
    for index in np.flatnonzero(changes > CUT_LEVEL):
        number = int(index) + 1
        around = np.concatenate([changes[max(0, index - 8) : index], changes[index + 1 : index + 9]])
        if changes[index] < CUT_RATIO * np.median(around):
            continue
        comes_back = _nearest(light[number - 1], light[number + 1 : number + 5])
        was_there = _nearest(light[number], light[max(0, number - 5) : number - 1])
        if min(comes_back, was_there) > changes[index] / 2:
            cuts.append(number)
    return cuts


def _nearest(picture: Light, others: Light) -> float:
    return float(np.abs(others - picture).mean(axis=(1, 2)).min()) if len(others) else float("inf")


def _standing(cells: Cells) -> int:
    """Return how many pictures from the first on show the same."""
    apart = np.abs(cells.astype(np.int16) - cells[0]).max(axis=(1, 2)) > FROZEN_LEVEL
    return int(apart.argmax()) if apart.any() else len(cells)


def _ends(dark: NDArray[np.bool_], shown: list[Fraction]) -> tuple[Fraction | None, Fraction | None]:
    """Return until when the first run of true lasts, and from when on the last; None where there is none."""
    lit = np.flatnonzero(~dark)
    count = len(dark)
    first, last = (int(lit[0]), count - 1 - int(lit[-1])) if len(lit) else (count, count)
    return _until(first, shown, Fraction(0)), _since(last, shown, Fraction(0))


def _frozen_ends(first: int, last: int, shown: list[Fraction]) -> tuple[Fraction | None, Fraction | None]:
    """Return until when it is frozen at its start, and from when on at its end."""
    if first == len(shown) - 1:
        return None, None
    return _until(first - 1, shown, FROZEN_S), _since(last - 1, shown, FROZEN_S)


def _until(pictures: int, shown: list[Fraction], least: Fraction) -> Fraction | None:
    return shown[pictures] if pictures > 0 and shown[pictures] - shown[0] >= least else None


def _since(pictures: int, shown: list[Fraction], least: Fraction) -> Fraction | None:
    time = shown[len(shown) - 1 - pictures]
    return time if pictures > 0 and shown[-1] - time >= least else None


def _fades(light: Light, shown: list[Fraction]) -> tuple[Fraction | None, Fraction | None]:
    """Return until when a fade at the start lasts, and from when on one at the end."""
    contrast = light.std(axis=(1, 2))
    begins = shown[:-1]
    into = _fade(contrast, [time - shown[0] for time in begins])
    out = _fade(contrast[::-1], [shown[-1] - time for time in reversed(begins)])
    return (shown[0] + into if into else None), (shown[-1] - out if out else None)


def _fade(contrast: Light, since: list[Fraction]) -> Fraction | None:
    """Return how long contrast takes to rise steadily from nothing, after what may be nothing for a while."""
    shows = np.flatnonzero(contrast > PLAIN_LEVEL)
    if not len(shows) or shows[0] == 0:
        return None
    first = int(shows[0])
    following = [index for index in range(first, len(since)) if since[index] - since[first] <= FADE_S[1]]
    level = float(np.median(contrast[following[len(following) * 2 // 3] : following[-1] + 1]))
    last = next((index for index in following if contrast[index] >= 0.9 * level), None)
    if last is None or since[last] - since[first - 1] < FADE_S[0]:
        return None
    steady = all(after >= before - PLAIN_LEVEL for before, after in pairwise(contrast[first : last + 1]))
    return since[last] if steady else None
