"""Pictures at new times, from a stream of pictures: smoother, at any rate, or in slow motion.

    pictures --Watch--> span, span, ... --flow, once a span--> the picture at each time asked for in it
                        moves: drawn between first and second
                        cut, or shown again: the nearer one as it is

Times are exact and may be at any distance. What is asked for at the time of an original is that original, bit for bit.
A picture that is only shown again, once or twice, as in animation and after a conversion of film, is no original: what
moves is spread evenly up to the next new picture (`respread`). One that stands for longer stands. Memory holds two
pictures, and two repeats at most.
"""

import math
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise

from frameloom.core.errors import ConfigError
from frameloom.media.changes import Change, Watch
from frameloom.media.files.picture import Picture
from frameloom.media.flow import between, flows_between
from frameloom.media.image import Effort
from frameloom.media.planes import Planes
from frameloom.media.views import Flows

Draw = Callable[[Planes, Planes, Flows, float], Planes]
"""Makes the picture at a share of the way between two: `media.flow.between`, or `between` of an `Interpolator`."""

MOST_REPEATS = 2
"""How often a picture may be shown again and yet only stand for motion; more, and it stands still."""


def interpolated(
    pictures: Iterable[Picture],
    times: Iterable[Fraction],
    draw: Draw = between,
    *,
    effort: Effort = "medium",
    respread: bool = True,
) -> Iterator[Picture]:
    """Yield the picture at each time, to the end of the times or of the pictures.

    Args:
        pictures: in order of time, all of one form.
        times: ascending, in s on the clock of the pictures; may be without end.
        draw: how a picture between two is made.
        effort: how finely flow is looked for.
        respread: spread motion over pictures that are only shown again.

    Raises:
        ConfigError: the times go back.
    """
    asked = iter(times)
    upcoming = next(asked, None)

    def chosen(span: "_Span") -> Iterator[Fraction]:
        nonlocal upcoming
        while upcoming is not None and upcoming < span.end:
            now, upcoming = upcoming, next(asked, None)
            if upcoming is not None and upcoming <= now:
                raise ConfigError(f"times: {upcoming} s comes after {now} s; give them in ascending order")
            yield now

    return _timed(_shown(pictures, chosen, draw, effort, respread))


def at_rate(
    pictures: Iterable[Picture],
    rate: Fraction | int,
    draw: Draw = between,
    *,
    effort: Effort = "medium",
    respread: bool = True,
) -> Iterator[Picture]:
    """Yield pictures at an even rate, per second, from the first picture's time on; the rest as `interpolated`.

    Raises:
        ConfigError: the rate is not above 0.
    """
    if rate <= 0:
        raise ConfigError(f"rate: {rate} pictures per second; give more than 0")
    step = 1 / Fraction(rate)
    start: Fraction | None = None

    def chosen(span: "_Span") -> Iterator[Fraction]:
        nonlocal start
        start = span.first.time if start is None else start
        for number in range(math.ceil((span.first.time - start) / step), math.ceil((span.end - start) / step)):
            yield start + number * step

    return _timed(_shown(pictures, chosen, draw, effort, respread))


def multiplied(
    pictures: Iterable[Picture], factor: int, draw: Draw = between, *, effort: Effort = "medium", respread: bool = True
) -> Iterator[Picture]:
    """Yield that many pictures for each, evenly spaced until the next; a variable rate stays one.

    Raises:
        ConfigError: the factor is below 1.
    """
    if factor < 1:
        raise ConfigError(f"factor: {factor} pictures for one; give 1 or more")

    def chosen(span: "_Span") -> Iterator[Fraction]:
        own = [span.first.time, *(picture.time for picture in span.repeats), span.end]
        for begin, end in pairwise(own):
            yield from (begin + (end - begin) * number / factor for number in range(factor))

    return _timed(_shown(pictures, chosen, draw, effort, respread))


def slowed(pictures: Iterable[Picture], factor: Fraction | int) -> Iterator[Picture]:
    """Yield the same pictures, so many times as far apart, from the first one's time on: slow motion, once drawn.

    Raises:
        ConfigError: the factor is not above 0.
    """
    if factor <= 0:
        raise ConfigError(f"factor: {factor} times as slow; give more than 0")
    start: Fraction | None = None
    for picture in pictures:
        start = picture.time if start is None else start
        time = start + (picture.time - start) * factor
        yield replace(picture, time=time, duration=picture.duration * factor)


@dataclass(eq=False)
class _Span:
    """From one picture to the next that differs, or to the end."""

    first: Picture
    second: Picture | None
    change: Change
    repeats: tuple[Picture, ...] = ()
    """Pictures between that show the first again, over which motion is spread."""
    flows: Flows | None = field(default=None, init=False)

    @property
    def end(self) -> Fraction:
        return self.first.time + self.first.duration if self.second is None else self.second.time

    def at(self, time: Fraction, draw: Draw, effort: Effort) -> Planes:
        """Return the picture at a time before the end."""
        first, second = self.first, self.second
        if second is None or time <= first.time:
            return first.planes
        share = (time - first.time) / (second.time - first.time)
        if self.change is not Change.MOVES:
            return (first if 2 * share < 1 else second).planes
        self.flows = self.flows or flows_between(first.planes.y, second.planes.y, effort)
        return draw(first.planes, second.planes, self.flows, float(share))


def _spans(pictures: Iterable[Picture], respread: bool) -> Iterator[_Span]:
    """Yield spans in order; each begins where the one before ends."""
    watch = Watch()
    first: Picture | None = None
    repeats: list[Picture] = []
    stands = not respread
    for picture in pictures:
        change = watch.see(picture.planes.y)
        if first is None:
            first = picture
            continue
        if change is Change.SAME and not stands and len(repeats) < MOST_REPEATS:
            repeats.append(picture)
            continue
        if change is Change.MOVES:
            yield _Span(first, picture, change, tuple(repeats))
        else:  # it stands, or a cut follows: each repeat is an original
            shown = [first, *repeats, picture]
            for one, other in pairwise(shown):
                yield _Span(one, other, change if other is picture else Change.SAME)
        stands = not respread or change is Change.SAME
        first, repeats = picture, []
    if first is not None:
        shown = [first, *repeats]
        for one, other in pairwise(shown):
            yield _Span(one, other, Change.SAME)
        yield _Span(shown[-1], None, Change.SAME)


Shown = Generator[tuple[Planes, Fraction], None, Fraction]
"""Pictures and when they come on; returns when the last one goes."""


def _shown(
    pictures: Iterable[Picture],
    chosen: Callable[[_Span], Iterator[Fraction]],
    draw: Draw,
    effort: Effort,
    respread: bool,
) -> Shown:
    end = Fraction(0)
    for span in _spans(pictures, respread):
        for time in chosen(span):
            yield span.at(time, draw, effort), time
        end = span.end
    return end


def _timed(shown: Shown) -> Iterator[Picture]:
    """Yield pictures that stay until the next one comes on."""
    held: tuple[Planes, Fraction] | None = None
    while True:
        try:
            planes, time = next(shown)
        except StopIteration as ended:
            if held is not None:
                yield Picture(*held, ended.value - held[1])
            return
        if held is not None:
            yield Picture(*held, time - held[1])
        held = planes, time
