"""Phonemes with times become rows that sum to one; loudness becomes intensity, however loud the recording."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from frameloom.media.speech.spoken import Phoneme, Spoken
from frameloom.media.speech.track import frames_of, intensity_of, shares, spans, track_of
from frameloom.media.visemes import VISEMES

RATE = 8000


def phonemes(*given: tuple[str, str, str]) -> tuple[Phoneme, ...]:
    return tuple(Phoneme(ipa, Fraction(start), Fraction(stop)) for ipa, start, stop in given)


def tone(seconds: float, level: float = 0.3) -> NDArray[np.float32]:
    time = np.arange(round(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * 200 * time)).astype(np.float32)[:, None]


def test_rows_hold_the_share_of_each_mouth() -> None:
    rows = shares(spans(phonemes(("m", "0", "0.015"), ("a", "0.015", "0.03"))), 4)
    pp, aa = VISEMES.index("PP"), VISEMES.index("aa")
    assert rows[:, pp] == pytest.approx([1, 0.5, 0, 0])
    assert rows[:, aa] == pytest.approx([0, 0.5, 1, 0])
    assert rows[:, 0] == pytest.approx([0, 0, 0, 1])


def test_a_diphthong_goes_through_two_mouths_and_h_waits_for_the_next() -> None:
    found = spans(phonemes(("h", "0", "0.1"), ("aɪ", "0.1", "0.3")))
    assert found == [(VISEMES.index("aa"), 0, Fraction(3, 20)), (VISEMES.index("I"), Fraction(3, 20), Fraction(3, 10))]
    assert spans(phonemes(("a", "0", "0.1"), ("h", "0.1", "0.2"))) == [(VISEMES.index("aa"), 0, Fraction(1, 10))]


@given(st.lists(st.tuples(st.sampled_from("pafshʔ"), st.integers(0, 400), st.integers(1, 300)), max_size=8))
def test_rows_sum_to_one_whatever_is_given(given_ms: list[tuple[str, int, int]]) -> None:
    every = tuple(Phoneme(ipa, Fraction(at, 1000), Fraction(at + lasts, 1000)) for ipa, at, lasts in given_ms)
    spoken = Spoken(tone(0.5), RATE, every, ())
    track = track_of(spoken)
    assert track.weights.shape == (50, 15)
    assert track.weights.sum(1) == pytest.approx(1, abs=1e-5)
    assert track.weights.min() >= -1e-6
    assert track.intensity.shape == (50,)
    assert 0 <= track.intensity.min() <= track.intensity.max() <= 1


def test_one_mouth_becomes_the_next_within_40_ms() -> None:
    track = track_of(Spoken(tone(0.4), RATE, phonemes(("m", "0", "0.2"), ("a", "0.2", "0.4")), ()))
    pp = track.weights[:, VISEMES.index("PP")]
    assert pp[:18] == pytest.approx(1, abs=1e-5)
    assert pp[22:] == pytest.approx(0, abs=1e-5)
    assert (np.diff(pp[17:23]) <= 1e-6).all()
    assert 0.2 < pp[19:21].mean() < 0.8


def test_intensity_follows_loudness_and_not_the_recording() -> None:
    sound = np.concatenate([tone(0.3), tone(0.3, 0.03), np.zeros((RATE // 2, 1), np.float32)])
    loud, soft, silent = (
        intensity_of(sound, RATE)[rows].mean() for rows in (slice(5, 25), slice(35, 55), slice(70, 105))
    )
    assert loud == pytest.approx(0.8, abs=0.01)
    assert loud - soft == pytest.approx(20 / 36, abs=0.01)  # a tenth of the amplitude is 20 dB less
    assert silent == 0
    assert intensity_of(sound * np.float32(0.1), RATE) == pytest.approx(intensity_of(sound, RATE), abs=1e-3)
    assert intensity_of(np.zeros((RATE, 1), np.float32), RATE).max() == 0
    assert not len(intensity_of(np.zeros((0, 1), np.float32), RATE))


def test_a_mouth_is_at_rest_where_nothing_is_said() -> None:
    track = track_of(Spoken(tone(0.6), RATE, phonemes(("a", "0", "0.2")), ()))
    assert track.intensity[30:] == pytest.approx(0, abs=1e-6)
    assert track.intensity[2:15].min() > 0.5
    assert track.labels[40] == 0


@pytest.mark.parametrize(("samples", "rate", "rows"), [(0, 16000, 0), (1, 16000, 1), (160, 16000, 1), (441, 22050, 2)])
def test_every_begun_row_counts(samples: int, rate: int, rows: int) -> None:
    assert frames_of(samples, rate) == rows
