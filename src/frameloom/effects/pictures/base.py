"""What every picture effect is: settings that never change, and a change of pictures that begins anew for each clip.

    Vignette(strength=0.5).begin(clip) --> change(planes, time) --> planes

A change gets each picture of its clip in order, with its time in seconds from the clip's begin. It never writes into
what it is given, returns the very same object where its settings change nothing, and keeps alpha unless alpha is what
it makes. Lengths are shares of the picture's height and places shares of its sides, so that a draft looks the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator

from frameloom.effects.curve import Curve, value_at
from frameloom.media.colors import parse_color
from frameloom.media.planes import ColorName, Depth, Plane, Planes, dtype_of

Change = Callable[[Planes, Fraction], Planes]
"""Picture and its time in seconds from the clip's begin, to picture."""

Made = TypeVar("Made")

Field = NDArray[np.float32]
"""One number for each place, (H, W)."""


def _no_pictures() -> Iterator[tuple[Planes, Fraction]]:
    return iter(())


def _silent(_text: str) -> None:
    return None


@dataclass(frozen=True)
class ClipContext:
    """What an effect knows of the clip that it is begun for."""

    width: int
    """Px of the pictures that will come."""
    height: int
    rate: Fraction = Fraction(25)
    """Pictures per second."""
    duration: Fraction = Fraction(0)
    """Seconds."""
    color: ColorName = "bt709"
    depth: Depth = 8
    seed: int = 0
    read: Callable[[], Iterator[tuple[Planes, Fraction]]] = _no_pictures
    """Gives the clip's pictures before effects, about 320 px wide, each with its time, for effects that look ahead."""
    tell: Callable[[str], None] = _silent
    """Takes one line that the maker should hear, such as that a tracked face was lost."""


class PictureEffect(Protocol):
    """Settings that can begin to change a clip's pictures."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change, with a state of its own."""
        ...


def unchanged(picture: Planes, time: Fraction) -> Planes:
    """Return the very same picture."""
    return picture


def for_size(make: Callable[[int, int], Made]) -> Callable[[Planes], Made]:
    """Return what is made for a width and height in px, made anew only when pictures come in another size.

    All pictures of a clip have the clip's size, but those of a title are as large as its text is at that time.
    """
    size = (0, 0)
    made: list[Made] = []

    def of(picture: Planes) -> Made:
        nonlocal size
        if size != (picture.width, picture.height):
            size = (picture.width, picture.height)
            made[:] = [make(*size)]
        return made[0]

    return of


def flat(width: int, height: int, value: int, depth: Depth) -> Plane:
    """Return a plane of one value."""
    return cast(Plane, np.full((height, width), value, dtype_of(depth)))


def stays(curve: Curve, value: float) -> bool:
    """Tell whether a curve has this value at all times.

    >>> stays(0.5, 0.5), stays(0.5, 1)
    (True, False)
    """
    return all(point == value for point in _values(curve))


def is_still(*curves: Curve) -> bool:
    """Tell whether none of the curves changes over time."""
    return all(len(set(_values(curve))) == 1 for curve in curves)


def values_at(time: Fraction, *curves: Curve) -> tuple[float, ...]:
    """Return the value of each curve at a time."""
    return tuple(value_at(curve, time) for curve in curves)


def within(low: float, high: float) -> AfterValidator:
    """Return a check that all values of a curve lie in a range."""

    def check(curve: Curve) -> Curve:
        for value in _values(curve):
            if not low <= value <= high:
                raise ValueError(f"must be from {low:g} to {high:g}, but a value is {value:g}")
        return curve

    return AfterValidator(check)


def _values(curve: Curve) -> list[float]:
    return [curve] if isinstance(curve, int | float) else [frame.value for frame in curve]


def _is_color(color: str) -> str:
    parse_color(color)
    return color


IS_COLOR = AfterValidator(_is_color)
"""Checks that text names a colour."""
