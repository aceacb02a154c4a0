"""A setting that may change over time: one number, or keyframes with easing between them.

0.5        or        [{t = 0, value = 0}, {t = "1.5", value = 1, easing = "cubic-out"}]
"""

from fractions import Fraction
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field

from frameloom.core.config import Config
from frameloom.core.times import Time
from frameloom.effects.easing import EasingName, ease


class Keyframe(Config):
    """A value at a time, and how to get there from the one before."""

    t: Time
    """Seconds from the begin of the clip."""
    value: float
    easing: EasingName = "sine"


def _in_order(frames: tuple[Keyframe, ...]) -> tuple[Keyframe, ...]:
    for before, after in pairwise(frames):
        if after.t <= before.t:
            raise ValueError(f"keyframes must go forward in time, but {after.t} s comes after {before.t} s")
    return frames


Keyframes = Annotated[tuple[Keyframe, ...], Field(min_length=1), AfterValidator(_in_order)]
Curve = float | Keyframes
"""A number, or keyframes in order of time."""


def value_at(curve: Curve, time: Fraction) -> float:
    """Return the value at a time in seconds; before the first keyframe and after the last it stands still.

    >>> fade = (Keyframe(t=1, value=0), Keyframe(t=3, value=10, easing="linear"))
    >>> [value_at(fade, Fraction(t)) for t in (0, 2, 9)]
    [0.0, 5.0, 10.0]
    """
    if isinstance(curve, int | float):
        return float(curve)
    if time <= curve[0].t:
        return curve[0].value
    for before, after in pairwise(curve):
        if time < after.t:
            share = float((time - before.t) / (after.t - before.t))
            return before.value + (after.value - before.value) * ease(after.easing, share)
    return curve[-1].value
