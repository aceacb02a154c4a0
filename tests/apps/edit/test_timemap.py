"""Times of sources: closed forms by hand, and properties of every map."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.apps.edit.timemap import TimeMap, duration_for, travelled
from frameloom.effects.curve import Keyframe

RAMP = (Keyframe(t=Fraction(1), value=1), Keyframe(t=Fraction(3), value=3, easing="linear"))
"""One second at speed 1, two seconds from 1 to 3, then 3."""


@pytest.mark.parametrize(
    ("time", "way"),
    [(Fraction(1, 2), 0.5), (Fraction(1), 1.0), (Fraction(2), 2.5), (Fraction(3), 5.0), (Fraction(4), 8.0)],
)
def test_a_ramp_is_the_area_under_its_speed(time: Fraction, way: float) -> None:
    assert float(travelled(RAMP, time)) == pytest.approx(way, abs=2e-6)


def test_constant_speeds_are_exact() -> None:
    assert travelled(0.1, Fraction(1, 3)) == Fraction(1, 30)
    assert duration_for(0.1, Fraction(1, 30)) == Fraction(1, 3)


@given(st.integers(0, 6000), st.sampled_from(["linear", "sine", "cubic-out", "hold"]))
def test_duration_undoes_travel(milliseconds: int, easing: str) -> None:
    speed = (Keyframe(t=Fraction(1), value=0.5), Keyframe(t=Fraction(4), value=4, easing=easing))
    time = Fraction(milliseconds, 1000)
    assert float(duration_for(speed, travelled(speed, time))) == pytest.approx(float(time), abs=1e-5)


def test_backwards_shows_the_same_span() -> None:
    forward = TimeMap(Fraction(2), Fraction(3), 2.0)
    back = TimeMap(Fraction(2), Fraction(3), 2.0, reverse=True)
    assert [forward.source_time(Fraction(t)) for t in (0, 1, 3)] == [2, 4, 8]
    assert [back.source_time(Fraction(t)) for t in (0, 1, 3)] == [8, 6, 2]


def test_a_freeze_stays() -> None:
    still = TimeMap(Fraction(5), Fraction(9), 1.0, freeze=True)
    assert {still.source_time(Fraction(t)) for t in (0, 4, 9)} == {Fraction(5)}
    assert still.span == 0
    assert not still.is_plain


@given(st.lists(st.floats(0.1, 8), min_size=2, max_size=5), st.fractions(0, 10, max_denominator=1000))
def test_time_never_runs_back(speeds: list[float], time: Fraction) -> None:
    curve = tuple(Keyframe(t=Fraction(index), value=speed) for index, speed in enumerate(speeds))
    assert travelled(curve, time) <= travelled(curve, time + Fraction(1, 100))


def test_the_grid_holds_begin_and_end() -> None:
    grid = TimeMap(Fraction(0), Fraction(5), RAMP).grid()
    assert grid[0] == (0, 0)
    assert grid[-1][0] == 5
    assert float(grid[-1][1]) == pytest.approx(11, abs=2e-6)
