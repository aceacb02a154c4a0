"""Another rate, the same sound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.effects.sound.resample import minutes_of, resampled


def tone(hertz: float, rate: int, samples: int) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(samples) / rate).astype(np.float32)


@pytest.mark.parametrize(("rate", "wanted"), [(22_050, 16_000), (24_000, 16_000), (24_000, 48_000), (22_050, 48_000)])
def test_a_tone_stays_what_and_where_it_is(rate: int, wanted: int) -> None:
    made = resampled(tone(440, rate, rate // 2), rate, wanted)
    expected = tone(440, wanted, len(made))
    assert made[500:-500] == pytest.approx(expected[500:-500], abs=2e-3)


def test_what_the_new_rate_cannot_hold_is_gone() -> None:
    made = resampled(tone(10_000, 24_000, 12_000), 24_000, 16_000)
    assert np.abs(made[500:-500]).max() < 0.01


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2000),
    st.sampled_from([8000, 16_000, 22_050, 24_000, 44_100, 48_000]),
    st.sampled_from([16_000, 48_000]),
)
def test_as_many_samples_as_begin_within_the_time(samples: int, rate: int, wanted: int) -> None:
    made = resampled(np.zeros(samples, np.float32), rate, wanted)
    assert len(made) == -(-samples * wanted // rate)
    assert made.dtype == np.float32


def test_minutes_are_those_of_the_whole() -> None:
    sound = tone(31, 800, 150 * 800) + tone(140, 800, 150 * 800)
    minutes = list(minutes_of(sound, 800, 400))
    assert [len(minute) for minute in minutes] == [24_000, 24_000, 12_000]
    assert np.concatenate(minutes)[100:-100] == pytest.approx(resampled(sound, 800, 400)[100:-100], abs=2e-3)
