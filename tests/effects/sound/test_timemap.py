"""Positions against integrals by hand."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.core.errors import ConfigError
from frameloom.effects.sound.timemap import SpeedKey, ramp, steady


def test_a_steady_speed() -> None:
    assert steady(Fraction(3, 2))(np.array([0.0, 10.0])).tolist() == [0, 15]


def test_a_ramp_is_the_integral_of_its_speed() -> None:
    """1 up to 100, to 3 at 200 (mean 2), held: 100, 300; half way up: 100 + 50 * 1.5."""
    position = ramp([SpeedKey(100, 1), SpeedKey(200, 3)])
    assert position(np.array([0.0, 50, 100, 150, 200, 210])).tolist() == pytest.approx([0, 50, 100, 175, 300, 330])


def test_keys_before_the_beginning_count_from_it() -> None:
    """The result's sample 0 is the source's, also where the ramp began before it: speed 2 at 0."""
    position = ramp([SpeedKey(-100, 1), SpeedKey(100, 3)])
    assert position(np.array([0.0, 100.0])).tolist() == pytest.approx([0, 250])


@given(st.lists(st.floats(0, 8), min_size=1, max_size=6))
def test_time_never_runs_back(speeds: list[float]) -> None:
    position = ramp([SpeedKey(100 * number, speed) for number, speed in enumerate(speeds)])
    assert (np.diff(position(np.arange(-50.0, 900.0))) >= -1e-9).all()


@pytest.mark.parametrize("keys", [[], [SpeedKey(5, 1), SpeedKey(5, 2)]])
def test_keys_out_of_order_are_refused(keys: list[SpeedKey]) -> None:
    with pytest.raises(ConfigError, match=r"speed: keys at samples .*each later than the one before"):
        ramp(keys)


@pytest.mark.parametrize("speed", [-1.0, math.nan, math.inf])
def test_a_speed_backwards_is_refused(speed: float) -> None:
    with pytest.raises(ConfigError, match=r"speed: \[.*\]; give 0 or more, and reverse the source to play backwards"):
        steady(speed)
