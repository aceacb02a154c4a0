"""Which moment of its source a clip shows: constant speed, ramps, reverse and freeze.

    source time = start + integral of speed                 forwards
    source time = start + span - integral of speed          backwards, where span is the integral over the whole clip

Constant speeds are exact fractions. A ramp is integrated over a fine grid, once, so that picture and sound, which read
the same table, cannot drift apart.
"""

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from frameloom.effects.curve import Curve, Keyframes, value_at

_STEPS = 200
"""Grid points between two keyframes."""
_TICKS = 1_000_000
"""Resolution of source times inside a ramp: a microsecond."""


@dataclass(frozen=True)
class TimeMap:
    """A clip's time to its source's, both in seconds."""

    start: Fraction
    duration: Fraction
    speed: Curve
    reverse: bool = False
    freeze: bool = False

    @property
    def is_plain(self) -> bool:
        """Return whether the source runs as it is."""
        return not self.reverse and not self.freeze and self.speed == 1

    @property
    def span(self) -> Fraction:
        """Return how much of the source is shown."""
        return Fraction(0) if self.freeze else travelled(self.speed, self.duration)

    def source_time(self, time: Fraction) -> Fraction:
        """Return where in the source the clip is at a time from its begin."""
        if self.freeze:
            return self.start
        way = travelled(self.speed, time)
        return self.start + (self.span - way if self.reverse else way)

    def grid(self) -> list[tuple[Fraction, Fraction]]:
        """Return times in the clip with the source seconds that have passed; between them speed changes steadily."""
        inner = [] if isinstance(self.speed, int | float) else _table(self.speed)[0]
        times = [Fraction(0), *(time for time in inner if 0 < time < self.duration), self.duration]
        return [(time, travelled(self.speed, time)) for time in times]


def travelled(speed: Curve, time: Fraction) -> Fraction:
    """Return source seconds that pass in this many seconds of a clip.

    >>> travelled(2.0, Fraction(3)), travelled(0.1, Fraction(5))
    (Fraction(6, 1), Fraction(1, 2))
    """
    if isinstance(speed, int | float):
        return Fraction(repr(speed)) * time
    times, ways = _table(speed)
    if time >= times[-1]:
        return ways[-1] + Fraction(repr(speed[-1].value)) * (time - times[-1])
    if time <= times[0]:
        return Fraction(repr(speed[0].value)) * time
    index = bisect_right(times, time) - 1
    share = (time - times[index]) / (times[index + 1] - times[index])
    way = ways[index] + share * (ways[index + 1] - ways[index])
    return Fraction(round(way * _TICKS), _TICKS)


def duration_for(speed: Curve, span: Fraction) -> Fraction:
    """Return how long a clip lasts that shows this much of its source.

    >>> duration_for(0.5, Fraction(3))
    Fraction(6, 1)
    """
    if isinstance(speed, int | float):
        return span / Fraction(repr(speed))
    times, ways = _table(speed)
    if span >= ways[-1]:
        return times[-1] + (span - ways[-1]) / Fraction(repr(speed[-1].value))
    if span <= ways[0]:
        return span / Fraction(repr(speed[0].value))
    index = bisect_right(ways, span) - 1
    share = (span - ways[index]) / (ways[index + 1] - ways[index])
    return times[index] + share * (times[index + 1] - times[index])


@lru_cache(maxsize=64)
def _table(speed: Keyframes) -> tuple[list[Fraction], list[Fraction]]:
    """Return times, and the source seconds travelled until each: trapezoids between the points of a grid."""
    times = [speed[0].t]
    for before, after in pairwise(speed):
        times += [before.t + (after.t - before.t) * step / _STEPS for step in range(1, _STEPS + 1)]
    speeds = [Fraction(round(value_at(speed, time) * _TICKS), _TICKS) for time in times]
    ways = [speeds[0] * times[0]]
    for index, (early, late) in enumerate(pairwise(times)):
        ways.append(ways[-1] + (late - early) * (speeds[index] + speeds[index + 1]) / 2)
    return times, ways
