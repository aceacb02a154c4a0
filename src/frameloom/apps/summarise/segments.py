"""The parts of a film that a summary is put together from: within a shot, from pause to pause, a few seconds each.

    shots     |----------------|-----------|          a cut in the middle of a word is no place to begin or end
    words       ===  == ====      =====  ==
    free      ##   ##  #    ######     ##  ####       where a cut may lie
    segments  |----|-------|-------|---|------|       each end may move within the free span that it lies in

All is counted in pictures, so that lengths add up exactly.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from frameloom.apps.edit.automatic.footage import MARGIN
from frameloom.apps.edit.automatic.spans import Span, Spans, between, grown
from frameloom.apps.summarise.shots import Shot

SHORTEST_S = Fraction(3, 2)
"""A shorter part is joined to its neighbour."""
LONGEST_S = Fraction(2)
"""Where nothing keeps a part together, it is cut about so long."""
BREATH_S = Fraction(1, 4)
"""How far from a word a cut lies where there is room."""


@dataclass(frozen=True)
class Segment:
    """Pictures from first until stop, by number; the ends may be moved within bounds, both included."""

    first: int
    stop: int
    first_bounds: tuple[int, int]
    stop_bounds: tuple[int, int]
    shot: int
    """Number of the shot that it begins in."""

    @property
    def length(self) -> int:
        """Return its length in pictures."""
        return self.stop - self.first


@dataclass(frozen=True, order=True)
class _Place:
    """Where one segment may end and the next begin; numbers of pictures."""

    before: int
    """Where the one before ends."""
    after: int
    """Where the one after begins: the same, or the first picture of the next shot."""
    low: int
    """How early the one before may end."""
    high: int
    """How late the one after may begin."""
    is_cut: bool
    """Whether a shot begins or ends here, so that neither may go over it."""

    @property
    def stop_bounds(self) -> tuple[int, int]:
        return self.low, self.before if self.is_cut else self.high

    @property
    def first_bounds(self) -> tuple[int, int]:
        return self.after if self.is_cut else self.low, self.high


def segments_of(good: Spans, shots: Sequence[Shot], words: Spans, rate: Fraction) -> tuple[Segment, ...]:
    """Return the segments of what can be read of a film, in order, side by side within each good span."""
    starts = [shot.start for shot in shots]
    found: list[Segment] = []
    for span in good:
        places = _long_enough(sorted({*_places(span, starts, words, rate)}), SHORTEST_S * rate)
        for one, other in pairwise(places):
            if other.before > one.after:
                shot = max(bisect_right(starts, Fraction(one.after) / rate) - 1, 0)
                found.append(Segment(one.after, other.before, one.first_bounds, other.stop_bounds, shot))
    return tuple(found)


def _places(span: Span, starts: Sequence[Fraction], words: Spans, rate: Fraction) -> Iterator[_Place]:
    """Yield every place for a cut in a span that can be read; its own ends are always such places."""
    edges = [span.begin, *(start for start in starts if span.begin < start < span.end), span.end]
    free = between(grown(words, *MARGIN, *span), *span)
    lows = {edge: _down(edge, rate) for edge in edges}
    highs = {edge: _up(edge, rate) for edge in edges}
    for part in free:
        inner = [part.begin, *(edge for edge in edges if part.begin < edge < part.end), part.end]
        for begin, end in pairwise(inner):
            low, high = _up(begin, rate), _down(end, rate)
            if begin in highs:
                highs[begin] = max(high, highs[begin])
            if end in lows:
                lows[end] = min(low, lows[end])
            for time in _within(begin, end, begin in highs, end in lows):
                if low <= high:
                    number = min(max(round(time * rate), low), high)
                    yield _Place(number, number, low, high, False)
    for edge in edges:
        if edge in (span.begin, span.end) or any(part.begin <= edge <= part.end for part in free):
            yield _Place(_down(edge, rate), _up(edge, rate), lows[edge], highs[edge], True)


def _within(begin: Fraction, end: Fraction, after_cut: bool, before_cut: bool) -> Iterator[Fraction]:
    """Yield the places within a part without word or cut: a breath off the words, and every few seconds between."""
    breath = min(BREATH_S, (end - begin) / 2)
    corners = sorted({begin if after_cut else begin + breath, end if before_cut else end - breath})
    for corner in corners:
        if begin < corner < end:
            yield corner
    if len(corners) == 2:
        count = max(round((corners[1] - corners[0]) / LONGEST_S), 1)
        yield from (corners[0] + (corners[1] - corners[0]) * index / count for index in range(1, count))


def _long_enough(places: Sequence[_Place], least: Fraction) -> list[_Place]:
    """Return places without those that would make a segment too short; cuts are kept before pauses."""
    kept = [places[0]]
    for place in places[1:-1]:
        if place.before - kept[-1].after >= least:
            kept.append(place)
        elif place.is_cut and not kept[-1].is_cut:
            kept[-1] = place
    last = places[-1]
    if len(kept) > 1 and last.before - kept[-1].after < least:
        kept.pop()
    return [*kept, last]


def _up(time: Fraction, rate: Fraction) -> int:
    """Return the first picture that begins at a time or later."""
    return int(-(-time * rate // 1))


def _down(time: Fraction, rate: Fraction) -> int:
    """Return how many whole pictures there are until a time."""
    return int(time * rate // 1)
