"""Stages that pictures go through: each makes a stream of pictures from a stream of pictures.

    source --[before][ a piece of time ][after]--> stage --> stage --> ... --> pictures of the piece

A stage may look at pictures around the one it works on, and says at how many. Every piece of a film goes through stages
that begin anew, with as many pictures before and after it as they ask for. So what comes out does not depend on where
the work was interrupted, whatever a stage remembers.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

from frameloom.apps.enhance.ahead import ahead
from frameloom.effects.pictures.base import Change
from frameloom.media.files.source import Picture, read_backwards, read_pictures

Run = Callable[[Iterator[Picture]], Iterator[Picture]]
"""A run of a stage over one piece."""


@dataclass(frozen=True)
class Stage:
    """One step of the work."""

    name: str
    run: Run
    before: int = 0
    """Pictures before the first that it is given to look at."""
    after: int = 0
    """Pictures after the last."""


def changing(name: str, begin: Callable[[], Change], before: int = 0) -> Stage:
    """Return a stage that changes pictures one by one, as effects do; begin is called for every piece."""

    def run(pictures: Iterator[Picture]) -> Iterator[Picture]:
        change = begin()
        for picture in pictures:
            yield Picture(change(picture.planes, picture.time), picture.time, picture.duration)

    return Stage(name, run, before)


@dataclass(frozen=True)
class Span:
    """A part of a film's time, in seconds; without an end, to the end of the film."""

    start: Fraction
    stop: Fraction | None = None


def staged(
    path: Path, stages: tuple[Stage, ...], spans: Sequence[Span]
) -> Generator[tuple[Span, Picture | None], None, None]:
    """Yield what stages make of a source's pictures in each span, and after each span nothing for a picture.

    A picture belongs to the span in which it comes on. One thread decodes, ahead of what stages take.

    Raises:
        MediaError: the source is damaged.
    """
    with closing(ahead(_read(path, stages, spans))) as decoded:
        for span in spans:
            given = _up_to_end(decoded)
            pictures = _run(given, stages, span)
            for picture in pictures:
                if span.stop is not None and picture.time >= span.stop:
                    break
                if picture.time >= span.start:
                    yield span, picture
            deque(given, maxlen=0)  # what no stage wanted to see
            yield span, None


def of_one_span(made: Iterator[tuple[Span, Picture | None]]) -> Iterator[Picture]:
    """Yield the pictures of one span of what `staged` yields, and leave the next one's."""
    for _, picture in made:
        if picture is None:
            return
        yield picture


def _read(path: Path, stages: tuple[Stage, ...], spans: Sequence[Span]) -> Generator[Picture | None, None, None]:
    """Yield the pictures of each span with those around it, and None where one ends."""
    before, after = sum(stage.before for stage in stages), sum(stage.after for stage in stages)
    for span in spans:
        yield from _around(path, span, before, after)
        yield None


def _up_to_end(pictures: Iterator[Picture | None]) -> Iterator[Picture]:
    for picture in pictures:
        if picture is None:
            return
        yield picture


def _run(pictures: Iterator[Picture], stages: tuple[Stage, ...], span: Span) -> Iterator[Picture]:
    before = sum(stage.before for stage in stages)
    for stage in stages:
        before -= stage.before
        pictures = _trimmed(stage.run(pictures), span.start, before)
    return pictures


def _trimmed(pictures: Iterator[Picture], start: Fraction, before: int) -> Iterator[Picture]:
    """Yield pictures without those before a time that no later stage asks for: nothing is made of them for nothing."""
    held: deque[Picture] = deque(maxlen=before)
    for picture in pictures:
        if picture.time < start:
            held.append(picture)
            continue
        yield from held
        held.clear()
        yield picture


def _around(path: Path, span: Span, before: int, after: int) -> Generator[Picture, None, None]:
    """Yield the pictures of a span of time, with some before and after it."""
    if before and span.start:
        with closing(_generator(read_backwards(path, 0, span.start))) as backwards:
            yield from reversed(list(islice(backwards, before)))
    with closing(_generator(read_pictures(path, span.start))) as pictures:
        for picture in pictures:
            if picture.time < span.start:
                continue  # comes on before, and stays
            if span.stop is not None and picture.time >= span.stop:
                after -= 1
                if after < 0:
                    return
            yield picture


def _generator(pictures: Iterator[Picture]) -> Generator[Picture, None, None]:
    """Return pictures in a form that can be closed, and the file with it."""
    yield from pictures
