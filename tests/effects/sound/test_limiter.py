"""Peaks under the ceiling, also between samples; the rest untouched."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.effects.sound.limiter import limit, true_peak
from frameloom.media.sound import Sound, silence

RATE = 48_000


def limited(sound: Sound, ceiling_db: float = -1.0, cuts: list[int] | None = None) -> Sound:
    return np.concatenate(list(limit(np.split(sound, sorted(cuts or [])), ceiling_db)))


def noise(samples: int, level: float, seed: int = 0) -> Sound:
    return (np.random.default_rng(seed).standard_normal((samples, 2)) * level).astype(np.float32)


def test_the_peak_between_samples_of_a_quarter_rate_sine() -> None:
    """Sampled at 45 degrees: samples at 0.707, the waveform at 1."""
    wave = np.sin(np.pi / 2 * np.arange(4800) + np.pi / 4)[:, None] * np.hanning(4800)[:, None]
    assert float(np.abs(wave).max()) == pytest.approx(0.707, abs=0.01)
    assert true_peak(wave.astype(np.float32)) == pytest.approx(1, abs=0.01)


def test_what_stays_below_passes_bit_for_bit() -> None:
    sound = noise(20_000, 0.05)
    assert np.array_equal(limited(sound), sound)


@given(st.integers(0, 2**32 - 1), st.floats(0.05, 3), st.floats(-12, 0))
@settings(max_examples=30, deadline=None)
def test_no_peak_passes_the_ceiling(seed: int, level: float, ceiling_db: float) -> None:
    assert true_peak(limited(noise(9000, level, seed), ceiling_db)) <= 10 ** (ceiling_db / 20)


def test_a_peak_in_the_first_and_in_the_last_sample() -> None:
    sound = silence(1000)
    sound[0], sound[-1] = 4, -4
    out = limited(sound)
    assert len(out) == 1000
    assert true_peak(out) <= 10 ** (-1 / 20)


def test_only_the_neighbourhood_of_a_peak_is_touched() -> None:
    """5 ms before; after it, back from -6.3 dB at 50 dB a second and 5 ms."""
    sound = np.full((RATE, 2), 0.1, np.float32)
    sound[24_000] = 1.6
    changed = np.flatnonzero((limited(sound, 0) != sound).any(axis=1))
    assert 24_000 - 240 <= changed[0] < 24_000
    assert changed[-1] < 24_000 + 240 + int(RATE * 8 / 50)


def test_channels_share_one_gain() -> None:
    sound = np.full((5000, 2), 0.1, np.float32)
    sound[2500, 0] = 2
    out = limited(sound)
    assert out[2500, 1] / sound[2500, 1] == pytest.approx(out[2500, 0] / sound[2500, 0], rel=1e-5)
    assert out[2500, 1] < 0.05


@pytest.mark.parametrize("place", [3800, 3850, 3856, 4095, 4500])
def test_the_gain_moves_without_a_step(place: int) -> None:
    """Down within 5 ms, up by at most 50 dB a second, also where blocks of the grid meet."""
    sound = np.full((9000, 1), 0.1, np.float32)
    sound[place] = 2
    gain_db = 20 * np.log10(np.delete(limited(sound) / sound, place))
    assert np.diff(gain_db).min() > -0.1
    assert np.diff(gain_db).max() < 50 / RATE * 1.1


@given(st.lists(st.integers(0, 12_000), max_size=6))
@settings(max_examples=20, deadline=None)
def test_cutting_changes_no_bit(cuts: list[int]) -> None:
    sound = noise(12_000, 0.3)
    assert np.array_equal(limited(sound, cuts=cuts), limited(sound))


@pytest.mark.parametrize("samples", [0, 1, 239, 240, 241, 4096, 4097])
def test_lengths(samples: int) -> None:
    blocks = list(limit([noise(samples, 2)], -1))
    assert sum(map(len, blocks)) == samples
