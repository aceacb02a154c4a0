"""Which moment of a source is heard at each moment of the result: speed, ramps of speed.

source  ^          ____/   4x
|     ____/        ramp
|____/             1x
+-------------> result                  position(n) = integral of the speed from 0 to n
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import ConfigError

TimeMap = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Positions in the source, in samples, at samples of the result; never falling."""


@dataclass(frozen=True)
class SpeedKey:
    """The speed at one sample of the result; until the next it changes steadily."""

    sample: int
    speed: float


def steady(speed: Fraction | float) -> TimeMap:
    """Return the map of one speed.

    Raises:
        ConfigError: a speed below 0.
    """
    return ramp([SpeedKey(0, float(speed))])


def ramp(keys: Sequence[SpeedKey]) -> TimeMap:
    """Return the map of a speed that goes from key to key; before the first and after the last it stays as there.

    >>> ramp([SpeedKey(0, 1), SpeedKey(100, 3)])(np.array([50.0, 100.0, 110.0])).tolist()
    [75.0, 200.0, 230.0]

    Raises:
        ConfigError: no keys, not one after the other, or a speed below 0.
    """
    places = np.array([key.sample for key in keys], np.float64)
    speeds = np.array([key.speed for key in keys], np.float64)
    if not len(keys) or (np.diff(places) <= 0).any():
        given = [key.sample for key in keys]
        raise ConfigError(f"speed: keys at samples {given}; give at least one, each later than the one before")
    if not (np.isfinite(speeds) & (speeds >= 0)).all():
        raise ConfigError(f"speed: {speeds.tolist()}; give 0 or more, and reverse the source to play backwards")
    passed = np.concatenate([[0], np.cumsum(np.diff(places) * (speeds[1:] + speeds[:-1]) / 2)])
    rates = np.append(np.diff(speeds) / np.diff(places), 0)

    def position(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        numbers = np.asarray(numbers, np.float64)
        index = np.maximum(np.searchsorted(places, numbers, "right") - 1, 0)
        since = numbers - places[index]
        slope = np.where(since < 0, 0, rates[index])
        return passed[index] - _origin + since * (speeds[index] + slope * since / 2)

    _origin = 0.0
    _origin = float(position(np.zeros(1))[0])
    return position
