"""Spans of time and what can be done with sets of them; the arithmetic of every cut list.

words     ---####----##---######--      grown(words, ...), joined over short pauses
between   ###----####--###------##      between(words, 0, end): the pauses
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple


class Span(NamedTuple):
    """From begin until end, in seconds, the end not included."""

    begin: Fraction
    end: Fraction

    @property
    def duration(self) -> Fraction:
        """Return its length in seconds."""
        return self.end - self.begin


Spans = tuple[Span, ...]
"""In order, apart from each other, none empty, unless said otherwise."""


def merged(spans: Iterable[Span], over: Fraction = Fraction(0)) -> Spans:
    """Return spans in order, those joined that overlap, touch, or have a gap shorter than `over`.

    >>> one, two = Span(Fraction(0), Fraction(1)), Span(Fraction(3, 2), Fraction(2))
    >>> merged([two, one], Fraction(1)) == (Span(Fraction(0), Fraction(2)),)
    True
    """
    result: list[Span] = []
    for span in sorted(spans):
        if span.end <= span.begin:
            continue
        if result and (span.begin <= result[-1].end or span.begin - result[-1].end < over):
            result[-1] = Span(result[-1].begin, max(result[-1].end, span.end))
        else:
            result.append(span)
    return tuple(result)


def between(spans: Iterable[Span], begin: Fraction, end: Fraction) -> Spans:
    """Return what the spans leave free from begin to end."""
    return tuple(_between(merged(spans), begin, end))


def _between(spans: Spans, begin: Fraction, end: Fraction) -> Iterator[Span]:
    now = begin
    for span in spans:
        if min(span.begin, end) > now:
            yield Span(now, min(span.begin, end))
        now = max(now, span.end)
    if end > now:
        yield Span(now, end)


def grown(spans: Iterable[Span], before: Fraction, after: Fraction, begin: Fraction, end: Fraction) -> Spans:
    """Return spans that begin and end that much earlier and later, within begin and end; negative values shrink."""
    return merged(Span(max(begin, span.begin - before), min(end, span.end + after)) for span in spans)


def common(a: Iterable[Span], b: Iterable[Span]) -> Spans:
    """Return what lies in both."""
    others = merged(b)
    return merged(Span(max(one.begin, two.begin), min(one.end, two.end)) for one in merged(a) for two in others)


def at_least(spans: Iterable[Span], duration: Fraction) -> Spans:
    """Return those that last that long."""
    return tuple(span for span in spans if span.duration >= duration)


def touches(spans: Sequence[Span], begin: Fraction, end: Fraction) -> bool:
    """Return whether a span has time in common with (begin, end); where both are one time, whether it lies inside."""
    return any(span.begin < end and begin < span.end for span in spans)


def snapped(spans: Iterable[Span], rate: Fraction, begin: Fraction, end: Fraction) -> Spans:
    """Return spans grown to whole pictures (or samples) of this rate, counted from zero, within begin and end."""
    step = 1 / rate
    return merged(
        Span(max(begin, span.begin // step * step), min(end, -(-span.end // step) * step)) for span in merged(spans)
    )


def total(spans: Iterable[Span]) -> Fraction:
    """Return how long they are together."""
    return sum((span.duration for span in spans), Fraction(0))


def pause_at(words: Sequence[Span], time: Fraction, begin: Fraction, end: Fraction) -> Span | None:
    """Return the pause that a time lies in, from begin to end, or None within a word."""
    edges = [Span(begin, begin), *words, Span(end, end)]
    for before, after in pairwise(edges):
        if before.end <= time <= after.begin:
            return Span(before.end, after.begin)
    return None
