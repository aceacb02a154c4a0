"""Films in another shape: cut off at the sides so that the subject stays in the picture.

wide  [      o   ]   [   o      ]        focus of each second, as it was seen: the face, where there is one
tall      [ o ]        [ o ]             steady within a shot; it follows only what goes far
"""

from fractions import Fraction
from itertools import pairwise
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, PlainSerializer

from frameloom.apps.summarise.analysis import Analysis
from frameloom.effects.curve import Curve, Keyframe

STEADY = 0.12
"""Share of the picture that a subject may wander without being followed."""
LEAST_TIMES = 1.05
"""How many times as long as the picture the film is at least, for it to matter what is cut off."""
FACE_SHARE = 0.3
"""Share of a shot in which a face must be seen for it to be followed throughout."""
SMOOTH_S = 3
"""Seconds that a movement is averaged over."""


def _parse_aspect(value: object) -> object:
    if isinstance(value, str):
        width, colon, height = value.partition(":")
        if not colon or not width.isdecimal() or not height.isdecimal() or not int(width) * int(height):
            raise ValueError("not a shape; write it as WIDTH:HEIGHT, such as 9:16")
        value = Fraction(int(width), int(height))
    if isinstance(value, Fraction) and not Fraction(1, 4) <= value <= 4:
        raise ValueError("a shape is from 1:4 to 4:1")
    return value


Aspect = Annotated[
    Fraction, BeforeValidator(_parse_aspect), PlainSerializer(lambda value: f"{value.numerator}:{value.denominator}")
]
"""Width by height, such as "9:16"."""


def size_of(analysis: Analysis, aspect: Fraction | None, width: int | None) -> tuple[int, int]:
    """Return width and height in px, even: the largest of a shape that lies in the film, or so wide."""
    video = analysis.info.videos[0]
    shape = aspect or Fraction(video.width, video.height)
    across = width or min(Fraction(video.width), video.height * shape)
    return max(round(across / 2) * 2, 2), max(round(across / shape / 2) * 2, 2)


def framing(analysis: Analysis, start: Fraction, stop: Fraction, size: tuple[int, int]) -> tuple[Curve, Curve]:
    """Return where the middle of a part of the film lies in a picture of another shape, x and y, to be drawn to cover.

    In the film's own shape that is the middle.
    """
    video = analysis.info.videos[0]
    across = video.width * size[1] / (video.height * size[0])
    return (
        _course(analysis, start, stop, "x", max(across, 1.0)),
        _course(analysis, start, stop, "y", max(1 / across, 1.0)),
    )


def _followed(analysis: Analysis, axis: str, first: int, last: int) -> NDArray[np.float64]:
    """Return where the subject of a shot's seconds is along an axis: its face, also between where that is seen."""
    faces = analysis.column("face")[first:last] > 0
    known = np.flatnonzero(faces)
    if len(known) and faces.mean() >= FACE_SHARE:
        return np.interp(np.arange(len(faces)), known, analysis.column(f"face_{axis}")[first:last][known])
    return analysis.column(f"focus_{axis}")[first:last].astype(np.float64)


def _course(analysis: Analysis, start: Fraction, stop: Fraction, axis: str, times: float) -> Curve:
    """Return the course along one axis, where the film is so many times as long as the picture."""
    if times < LEAST_TIMES:
        return 0.5
    seen = analysis.column("pictures") > 0
    cuts = [shot.start for shot in analysis.shots if start < shot.start < stop]
    keys: list[Keyframe] = []
    for begin, end in pairwise([start, *cuts, stop]):
        first, last = int(begin), max(int(-(-end // 1)), int(begin) + 1)
        focus = np.clip(_followed(analysis, axis, first, last), 0.5 / times, 1 - 0.5 / times)
        own = focus[seen[first:last]]
        if not len(own):
            continue
        if own.max() - own.min() <= STEADY:
            places = [(begin, float(np.median(own)))]
        else:
            padded = np.pad(own, SMOOTH_S // 2, mode="edge")
            smooth = np.convolve(padded, np.ones(SMOOTH_S) / SMOOTH_S, "valid")
            numbers = np.flatnonzero(seen[first:last]) + first
            middles = [min(max(Fraction(2 * int(number) + 1, 2), begin), end) for number in numbers]
            places = [(begin, float(smooth[0])), *zip(middles, smooth.tolist(), strict=True)]
        for number, (time, place) in enumerate(places):
            if not keys or time - start > keys[-1].t:
                value = round(0.5 + (0.5 - place) * times, 4)
                keys.append(Keyframe(t=time - start, value=value, easing="linear" if number else "hold"))
    return tuple(keys) or 0.5
