"""Pitch follows speed, nothing folds back, backwards is exact."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.effects.sound.timemap import SpeedKey, TimeMap, ramp, steady
from frameloom.effects.sound.varispeed import reverse, varispeed
from frameloom.media.sound import Sound, silence

RATE = 48_000


def played(sound: Sound, time_map: TimeMap, samples: int, cuts: list[int] | None = None) -> Sound:
    blocks = list(varispeed(np.split(sound, sorted(cuts or [])), time_map, samples))
    return np.concatenate(blocks) if blocks else silence(0)


def sine(frequency: float, samples: int) -> Sound:
    return (0.5 * np.sin(2 * np.pi * frequency * np.arange(samples) / RATE)).astype(np.float32)[:, None]


@pytest.mark.parametrize("speed", [0.25, 0.7, 1.5, 2.0, 3.3])
def test_pitch_follows_speed(speed: float) -> None:
    """A sine of 1000 Hz becomes one of 1000 * speed, sample by sample."""
    out = played(sine(1000, 60_000), steady(speed), 10_000)
    expected = 0.5 * np.sin(2 * np.pi * 1000 * speed * np.arange(10_000) / RATE)
    assert np.abs(out[300:, 0] - expected[300:]).max() < 0.005


def test_normal_speed_changes_nothing() -> None:
    sound = np.random.default_rng(0).standard_normal((5000, 2)).astype(np.float32)
    assert np.allclose(played(sound, steady(1), 5000), sound, atol=1e-5)


@pytest.mark.parametrize("frequency", [14_000, 18_000, 23_000])
def test_what_would_be_above_half_the_rate_is_gone(frequency: float) -> None:
    """At double speed, everything above 12 kHz; without wider weights it would fold back at full level."""
    assert np.abs(played(sine(frequency, 40_000), steady(2), 15_000)[500:]).max() < 0.5 * 0.003


def test_a_ramp_follows_the_map() -> None:
    time_map = ramp([SpeedKey(0, 0.5), SpeedKey(20_000, 1.9)])
    out = played(sine(300, 60_000), time_map, 20_000)
    expected = 0.5 * np.sin(2 * np.pi * 300 * time_map(np.arange(20_000.0)) / RATE)
    assert np.abs(out[300:, 0] - expected[300:]).max() < 0.005


@given(st.lists(st.integers(0, 9000), max_size=6), st.floats(0.2, 8))
@settings(max_examples=15, deadline=None)
def test_cutting_changes_no_bit(cuts: list[int], speed: float) -> None:
    sound = np.random.default_rng(0).standard_normal((9000, 2)).astype(np.float32)
    samples = int(9000 / speed)
    assert np.array_equal(played(sound, steady(speed), samples, cuts), played(sound, steady(speed), samples))


@pytest.mark.parametrize("samples", [0, 1, 1023, 1024, 1025, 7000])
def test_the_length_is_exact_and_silence_follows(samples: int) -> None:
    out = played(sine(400, 3000), steady(1), samples)
    assert len(out) == samples
    assert not out[3100:].any()


@pytest.mark.parametrize("speed", [0.0, 9.0])
def test_beyond_its_range_it_is_silent(speed: float) -> None:
    assert not played(sine(400, 60_000), steady(speed), 5000)[1024:].any()


def test_no_sound_gives_none() -> None:
    assert list(varispeed([], steady(1), 100)) == []


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 60), st.integers(1, 9))
def test_backwards_is_exact(start: int, samples: int, block: int, piece: int) -> None:
    sound = np.arange(200, dtype=np.float32).reshape(100, 2)
    asked = []

    def read(first: int, stop: int) -> Iterator[Sound]:
        asked.append(stop - first)
        for begin in range(first, stop, piece):
            yield sound[begin : min(begin + piece, stop)]

    blocks = [*reverse(read, start, start + samples, block=block), silence(0)]
    assert np.array_equal(np.concatenate(blocks), sound[start : start + samples][::-1])
    assert max(asked, default=0) <= block
