"""Pictures at new times: exact times, originals untouched, nothing blended that must not be."""

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import count, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.media.moving import apart, texture, window

from frameloom.core.errors import ConfigError
from frameloom.generation.interpolate import at_rate, interpolated, multiplied, slowed
from frameloom.media.files.picture import Picture
from frameloom.media.planes import Planes
from frameloom.media.views import Flows

WIDTH, HEIGHT = 160, 96
RATE = 25


def at(x: float, seed: int = 0) -> Planes:
    return window(texture(WIDTH, HEIGHT, seed=seed), x, 0)


def film(places: list[float], seeds: list[int] | None = None, times: list[Fraction] | None = None) -> list[Picture]:
    """Return pictures of a texture that has moved so far; one every 1/25 s, or at these times."""
    shown = times or [Fraction(number, RATE) for number in range(len(places))]
    ends = [*shown[1:], shown[-1] + Fraction(1, RATE)]
    kinds = seeds or [0] * len(places)
    return [
        Picture(at(place, kind), begin, end - begin)
        for place, kind, begin, end in zip(places, kinds, shown, ends, strict=True)
    ]


def place_of(planes: Planes, seed: int = 0) -> float:
    """Return how far the texture has moved, to half a px, of places from 0 to 24."""
    places = np.arange(0, 24.5, 0.5)
    return float(places[int(np.argmin([apart(planes.y, at(place, seed).y) for place in places]))])


def test_twice_the_rate_gives_the_originals_and_what_is_half_way() -> None:
    given = film([0, 4, 8, 12])
    made = list(at_rate(given, 2 * RATE))
    assert [picture.time for picture in made] == [Fraction(number, 50) for number in range(8)]
    assert [picture.duration for picture in made] == [Fraction(1, 50)] * 8
    assert [picture.planes for picture in made[::2]] == [picture.planes for picture in given]  # the very objects
    assert [place_of(picture.planes) for picture in made] == [0, 2, 4, 6, 8, 10, 12, 12]


@pytest.mark.parametrize("factor", [2, 4])
def test_multiplied_keeps_a_variable_rate(factor: int) -> None:
    times = [Fraction(0), Fraction(1, 25), Fraction(1, 5), Fraction(1, 4)]
    given = film([0, 4, 8, 12], times=times)
    made = list(multiplied(given, factor))
    assert [picture.time for picture in made[::factor]] == times
    assert [picture.planes for picture in made[::factor]] == [picture.planes for picture in given]
    assert made[factor].time + made[factor].duration == Fraction(1, 25) + (Fraction(1, 5) - Fraction(1, 25)) / factor
    assert [place_of(picture.planes) for picture in made[: 2 * factor + 1 : factor // 2]] == [0, 2, 4, 6, 8]
    assert list(multiplied(given, 1))[2].planes is given[2].planes


def test_a_lower_rate_and_one_that_is_no_multiple_meet_the_motion() -> None:
    given = film([0, 6, 12, 18, 24])
    assert [place_of(picture.planes) for picture in at_rate(given, 10)][:2] == [0, 15]
    made = list(at_rate(given, Fraction(30)))
    assert [place_of(picture.planes) for picture in made[:5]] == [0, 5, 10, 15, 20]


def test_slow_motion_is_drawn_between() -> None:
    made = list(at_rate(slowed(film([0, 4, 8]), 4), RATE))
    assert len(made) == 12
    assert [place_of(picture.planes) for picture in made[:9]] == list(range(9))
    assert made[-1].time + made[-1].duration == Fraction(12, 25)


def test_nothing_is_drawn_across_a_cut() -> None:
    given = film([0, 4, 0, 4], seeds=[0, 0, 1, 1])
    made = list(at_rate(given, 4 * RATE))
    shown = [picture.planes for picture in made[4:9]]
    first, second = given[1].planes, given[2].planes
    assert shown == [first, first, second, second, second]


def test_motion_is_spread_over_pictures_shown_twice() -> None:
    given = film([0, 0, 8, 8, 16, 16])
    made = list(at_rate(given, 2 * RATE))
    assert [place_of(picture.planes) for picture in made[:9]] == [0, 2, 4, 6, 8, 10, 12, 14, 16]
    assert made[4].planes is given[2].planes
    assert [place_of(picture.planes) for picture in multiplied(given, 2)][:9] == [0, 2, 4, 6, 8, 10, 12, 14, 16]


def test_without_respread_each_original_is_kept() -> None:
    given = film([0, 0, 8, 8, 16, 16])
    made = list(at_rate(given, 2 * RATE, respread=False))
    assert [picture.planes for picture in made[::2]] == [picture.planes for picture in given]
    assert [place_of(picture.planes) for picture in made[:9]] == [0, 0, 0, 4, 8, 8, 8, 12, 16]


def test_a_picture_that_stands_for_longer_stands() -> None:
    given = film([0, 0, 0, 0, 0, 8])
    made = list(at_rate(given, 2 * RATE))
    assert [picture.planes for picture in made[::2]] == [picture.planes for picture in given]
    assert [place_of(picture.planes) for picture in made] == [0] * 9 + [4, 8, 8]


def test_repeats_before_a_cut_and_at_the_end_stay_as_they_are() -> None:
    given = film([0, 0, 4, 4], seeds=[0, 0, 1, 1])
    made = list(at_rate(given, 2 * RATE))
    assert [picture.planes for picture in made[::2]] == [picture.planes for picture in given]


def test_times_may_be_anything_that_ascends() -> None:
    given = film([0, 4, 8])
    times = [Fraction(-1), Fraction(1, 50), Fraction(1, 25), Fraction(11, 100), Fraction(99)]
    made = list(interpolated(given, times))
    assert [picture.time for picture in made] == times[:4]
    assert [made[0].planes, made[2].planes, made[3].planes] == [given[0].planes, given[1].planes, given[2].planes]
    assert made[3].time + made[3].duration == Fraction(3, 25)
    assert len(list(interpolated(given, (Fraction(number, 50) for number in count())))) == 6
    assert list(interpolated([], times)) == list(at_rate([], 30)) == list(multiplied([], 2)) == []


def test_another_way_to_draw_is_asked_once_a_picture_with_flow_found_once() -> None:
    asked: list[tuple[Flows, float]] = []

    def draw(first: Planes, second: Planes, flows: Flows, share: float) -> Planes:
        asked.append((flows, share))
        return second

    list(multiplied(film([0, 4]), 4, draw))
    assert [share for _, share in asked] == [0.25, 0.5, 0.75]
    assert len({id(flows) for flows, _ in asked}) == 1


def test_no_more_is_read_than_is_needed() -> None:
    taken: list[int] = []

    def source() -> Iterator[Picture]:
        for number, picture in enumerate(film([0, 4, 8, 12, 16])):
            taken.append(number)
            yield picture

    made = at_rate(source(), 2 * RATE)
    next(made)
    assert taken == [0, 1]
    next(made)
    next(made)
    assert taken == [0, 1, 2]


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.fractions(Fraction(1, 100), Fraction(1, 5), max_denominator=1000), min_size=1, max_size=4),
    st.fractions(5, 120, max_denominator=1001),
)
def test_an_even_rate_fills_the_whole_duration(steps: list[Fraction], rate: Fraction) -> None:
    times = [sum(steps[:number], Fraction(1, 3)) for number in range(len(steps) + 1)]
    given_pictures = film([2.0 * number for number in range(len(times))], times=times)
    end = times[-1] + Fraction(1, RATE)
    made = list(at_rate(given_pictures, rate))
    assert [picture.time for picture in made] == [times[0] + number / rate for number in range(len(made))]
    assert len(made) == math.ceil((end - times[0]) * rate)
    assert all(one.time + one.duration == other.time for one, other in pairwise(made))
    assert made[-1].time + made[-1].duration == end


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ConfigError, match="rate: 0 pictures per second; give more than 0"):
        at_rate(film([0]), 0)
    with pytest.raises(ConfigError, match="factor: 0 pictures for one; give 1 or more"):
        multiplied(film([0]), 0)
    with pytest.raises(ConfigError, match="factor: -1 times as slow; give more than 0"):
        list(slowed(film([0]), -1))
    with pytest.raises(ConfigError, match="times: 0 s comes after 1/50 s; give them in ascending order"):
        list(interpolated(film([0, 4]), [Fraction(1, 50), Fraction(0)]))
