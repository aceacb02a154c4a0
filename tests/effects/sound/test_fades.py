"""Fades and gains against values from the hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.core.errors import ConfigError
from frameloom.effects.sound.fades import Fade, GainKey, balance, factor, fade_factors, gain_curve, rise


def test_fades_at_a_quarter() -> None:
    quarter = np.array([0.0, 0.25, 1.0])
    assert rise("linear", quarter).tolist() == pytest.approx([0, 0.25, 1])
    assert rise("equal-power", quarter).tolist() == pytest.approx([0, math.sin(math.pi / 8), 1])
    assert rise("exponential", quarter).tolist() == pytest.approx([0, (1000**0.25 - 1) / 999, 1])


@given(st.floats(0, 1))
def test_equal_power_keeps_power_and_linear_keeps_amplitude(progress: float) -> None:
    share = np.array([progress])
    assert rise("equal-power", share) ** 2 + rise("equal-power", 1 - share) ** 2 == pytest.approx(1, abs=1e-5)
    assert rise("linear", share) + rise("linear", 1 - share) == pytest.approx(1, abs=1e-6)


def test_a_fade_in_and_out_mirror_each_other() -> None:
    """Four samples in, four out, of ten: shares 1/8, 3/8, 5/8, 7/8, and back."""
    factors = fade_factors(Fade(4, "linear"), Fade(4, "linear"), np.arange(10), 10)
    assert factors is not None
    assert factors.tolist() == pytest.approx([0.125, 0.375, 0.625, 0.875, 1, 1, 0.875, 0.625, 0.375, 0.125])


def test_no_factors_where_no_fade_reaches() -> None:
    assert fade_factors(Fade(4), Fade(4), np.arange(4, 6), 10) is None
    assert fade_factors(Fade(4), Fade(4), np.arange(4, 7), 10) is not None
    assert fade_factors(Fade(4), Fade(4), np.arange(3, 6), 10) is not None


def test_gain_between_keys_moves_in_decibels() -> None:
    curve = gain_curve([GainKey(100, -20), GainKey(200, 0), GainKey(300, -40, "hold"), GainKey(400, 0)])
    numbers = np.array([0, 100, 150, 200, 250, 300, 399, 400, 900])
    assert curve(numbers).tolist() == pytest.approx([0.1, 0.1, 10**-0.5, 1, 0.1, 0.01, 0.01, 1, 1])


def test_gain_with_easing() -> None:
    """quad-in at half way has done a quarter: -15 dB of -20."""
    curve = gain_curve([GainKey(0, -20, "quad-in"), GainKey(100, 0)])
    assert curve(np.array([50])).tolist() == pytest.approx([10 ** (-15 / 20)], rel=1e-4)


def test_a_gain_of_nothing_is_silence() -> None:
    assert gain_curve([GainKey(0, -math.inf)])(np.arange(3)).tolist() == [0, 0, 0]
    assert factor(-90) == 0
    assert factor(6.0206) == pytest.approx(2, rel=1e-5)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=5))
def test_a_curve_does_not_depend_on_where_it_is_asked(cuts: list[int]) -> None:
    curve = gain_curve([GainKey(5, -20, "sine"), GainKey(20, 3, "hold"), GainKey(30, -6, "quad-out"), GainKey(50, 0)])
    numbers = np.arange(60)
    pieces = [curve(piece) for piece in np.split(numbers, sorted(cuts)) if len(piece)]
    assert np.concatenate(pieces).tolist() == curve(numbers).tolist()


@pytest.mark.parametrize("keys", [[], [GainKey(5, 0), GainKey(5, -3)], [GainKey(5, 0), GainKey(4, -3)]])
def test_keys_out_of_order_are_refused(keys: list[GainKey]) -> None:
    with pytest.raises(ConfigError, match=r"gain: keys at samples .*each later than the one before"):
        gain_curve(keys)


def test_balance() -> None:
    stereo = np.array([[1, 1]], np.float32)
    assert balance(stereo, 2, 0) is stereo
    assert balance(stereo, 2, 0.25).tolist() == [[0.75, 1]]
    assert balance(stereo, 2, -1).tolist() == [[1, 0]]


def test_one_channel_is_placed_with_constant_power() -> None:
    mono = np.array([[1]], np.float32)
    assert balance(mono, 1, 0.5) is mono
    assert balance(mono, 2, 0)[0].tolist() == pytest.approx([1, 1])
    assert balance(mono, 2, 1)[0].tolist() == pytest.approx([0, math.sqrt(2)], abs=1e-6)
    assert (balance(mono, 2, 0.3)[0] ** 2).sum() == pytest.approx(2)
    assert balance(mono, 6, 0)[0].tolist() == pytest.approx([1] * 6)
