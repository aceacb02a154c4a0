"""OpenTimelineIO's times, which are floating-point, as the exact fractions they mean, and back.

RationalTime(48.0, 23.976) --seconds--> 48 / (24000/1001) = 2002/1000 s
"""

import math
from fractions import Fraction

from opentimelineio.opentime import RationalTime, TimeRange

from frameloom.core.errors import ConfigError

_CLOSE = 0.005
"""Programs write 24000/1001 as 23.976, 23.98 and 23.976023976."""
_MAX_RATE, _MAX_VALUE = 10_000_000, 1e12


def exact_rate(rate: float) -> Fraction:
    """Return the rate that is meant: a whole number, one of NTSC's, or the number as it stands.

    >>> exact_rate(23.98), exact_rate(25.0), exact_rate(12.5)
    (Fraction(24000, 1001), Fraction(25, 1), Fraction(25, 2))
    """
    if abs(rate - round(rate)) < 1e-4:
        return Fraction(round(rate))
    ntsc = Fraction(round(rate * 1.001) * 1000, 1001)
    if ntsc > 1 and abs(rate - ntsc) < _CLOSE:
        return ntsc
    return Fraction(rate).limit_denominator(100_000)


def seconds(time: RationalTime, where: str) -> Fraction:
    """Return a time in seconds.

    Raises:
        ConfigError: it is not a finite time.
    """
    if not (math.isfinite(time.value) and 0 < time.rate <= _MAX_RATE) or abs(time.value) > _MAX_VALUE:
        raise ConfigError(f"{where}: not a time, got {time.value:g} at rate {time.rate:g}; correct it")
    near = round(time.value)
    value = Fraction(near) if abs(time.value - near) < 1e-4 else Fraction(time.value).limit_denominator(1_000_000)
    return value / exact_rate(time.rate)


def rational(frames: int, rate: Fraction) -> RationalTime:
    """Return a number of frames as a time."""
    return RationalTime(frames, float(rate))


def time_range(begin: int, frames: int, rate: Fraction) -> TimeRange:
    """Return a range of frames."""
    return TimeRange(rational(begin, rate), rational(frames, rate))
