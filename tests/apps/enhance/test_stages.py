"""Stages: each piece of a film goes through them as if it were alone, with the pictures around it that they ask for."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.apps.enhance.films import TICK, UNEVEN, film

from frameloom.apps.enhance.stages import Span, Stage, changing, of_one_span, staged
from frameloom.media.files.source import Picture, read_pictures
from frameloom.media.planes import Planes


@pytest.fixture(scope="module")
def uneven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("films") / "uneven.mp4", UNEVEN, 1560, sounds=0)


def through(path: Path, stages: tuple[Stage, ...], start: Fraction | int, stop: Fraction | None) -> list[Picture]:
    made = staged(path, stages, [Span(Fraction(start), stop)])
    found = list(of_one_span(made))
    assert list(made) == []
    return found


def seen_by(before: int, after: int, seen: list[Fraction]) -> Stage:
    def run(pictures: Iterator[Picture]) -> Iterator[Picture]:
        held = list(pictures)
        seen.extend(picture.time for picture in held)
        yield from held

    return Stage("look", run, before, after)


@pytest.mark.parametrize(("before", "after"), [(0, 0), (1, 0), (3, 2), (100, 100)])
@pytest.mark.parametrize(("start", "stop"), [(0, 300), (300, 600), (301, 1500), (310, 320), (600, None), (1501, None)])
def test_a_piece_is_given_what_it_asks_for(uneven: Path, before: int, after: int, start: int, stop: int | None) -> None:
    inside = [tick for tick in UNEVEN if tick >= start and (stop is None or tick < stop)]
    earlier = [tick for tick in UNEVEN if tick < start]
    later = [tick for tick in UNEVEN if stop is not None and tick >= stop]
    expected = [*(earlier[-before:] if before else []), *inside, *later[:after]]
    seen: list[Fraction] = []
    end = None if stop is None else stop * TICK
    shown = [picture.time for picture in through(uneven, (seen_by(before, after, seen),), start * TICK, end)]
    assert shown == [tick * TICK for tick in inside]
    assert seen == [tick * TICK for tick in expected]


def test_reach_adds_up_along_the_way(uneven: Path) -> None:
    seen: list[Fraction] = []
    stages = (seen_by(1, 1, seen), seen_by(2, 0, []), seen_by(0, 2, []))
    list(through(uneven, stages, 301 * TICK, 600 * TICK))
    assert seen == [tick * TICK for tick in (96, 120, 300, 301, 330, 600, 610, 620)]


def test_a_stage_is_given_no_more_than_it_and_those_after_it_ask_for(uneven: Path) -> None:
    first: list[Fraction] = []
    last: list[Fraction] = []
    list(through(uneven, (seen_by(4, 0, first), seen_by(1, 0, last)), 600 * TICK, 601 * TICK))
    assert first == [tick * TICK for tick in (96, 120, 300, 301, 330, 600)]
    assert last == [tick * TICK for tick in (330, 600)]


def test_spans_follow_each_other_and_may_be_empty(uneven: Path) -> None:
    cuts = [Fraction(0), 700 * TICK, 800 * TICK, 1500 * TICK]
    spans = [Span(start, stop) for start, stop in zip(cuts, [*cuts[1:], None], strict=True)]
    seen: list[Fraction] = []
    made = [(span, picture and picture.time) for span, picture in staged(uneven, (seen_by(2, 1, seen),), spans)]
    expected: list[tuple[Span, Fraction | None]] = []
    for span in spans:
        inside = [tick * TICK for tick in UNEVEN if tick * TICK >= span.start]
        expected += [(span, time) for time in inside if span.stop is None or time < span.stop]
        expected.append((span, None))
    assert made == expected


def test_pictures_come_with_their_durations(uneven: Path) -> None:
    whole = [(picture.time, picture.duration) for picture in read_pictures(uneven)]
    cuts = [0, 300, 600, 1000, None]
    parts = [
        (picture.time, picture.duration)
        for start, stop in pairwise(cuts)
        for picture in through(uneven, (), (start or 0) * TICK, None if stop is None else stop * TICK)
    ]
    assert parts == whole


def test_a_stage_may_add_pictures_in_between(uneven: Path) -> None:
    """What comes on in a piece belongs to it, also a picture that the source has not."""

    def doubled(pictures: Iterator[Picture]) -> Iterator[Picture]:
        for picture in pictures:
            half = picture.duration / 2
            yield Picture(picture.planes, picture.time, half)
            yield Picture(picture.planes, picture.time + half, half)

    stage = Stage("double", doubled, before=1)
    whole = [picture.time for picture in through(uneven, (stage,), Fraction(0), None)]
    cuts = [Fraction(0), Fraction(1, 2), Fraction(1), Fraction(2)]
    parts = [
        picture.time
        for start, stop in zip(cuts, [*cuts[1:], None], strict=True)
        for picture in through(uneven, (stage,), start, stop)
    ]
    assert parts == whole
    assert len(whole) == 2 * len(UNEVEN)


def test_a_change_begins_anew_for_each_run() -> None:
    begun = 0

    def begin() -> object:
        nonlocal begun
        begun += 1
        return lambda picture, time: Planes(picture.y + np.uint8(1), picture.u, picture.v)

    stage = changing("brighter", begin, before=4)  # type: ignore[arg-type]
    half = np.zeros((2, 2), np.uint8)
    picture = Picture(Planes(np.zeros((4, 4), np.uint8), half, half), Fraction(3), Fraction(1))
    for _ in range(2):
        (made,) = stage.run(iter([picture]))
        assert (made.time, made.duration) == (3, 1)
        assert (made.planes.y == 1).all()
    assert begun == 2
    assert stage.before == 4
