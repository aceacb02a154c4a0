"""Levels, pitch and flux against values from the hand."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effects.hearing import RATE, noise, stereo, voice

from frameloom.core.errors import MediaError
from frameloom.effects.sound.features import SILENT_DB, measure_features
from frameloom.media.sound import silence


def tone(frequency: float, seconds: float = 1.0, level: float = 0.5, rate: int = RATE) -> np.ndarray:
    return level * np.sin(2 * np.pi * frequency * np.arange(round(rate * seconds)) / rate)


def test_frames_and_duration_are_exact() -> None:
    features = measure_features([stereo(np.zeros(48_001))])
    assert (features.hop, features.duration) == (Fraction(1, 100), Fraction(48_001, 48_000))
    assert len(features.level_db) == 101
    assert features.level_db.tolist() == pytest.approx([SILENT_DB] * 101, abs=1e-3)


def test_the_level_of_a_sine_is_three_below_its_peak() -> None:
    """0.5 is -6.02 dB, its mean square another 3.01 below."""
    assert measure_features([stereo(tone(1000))]).level_db.tolist() == pytest.approx([-9.03] * 100, abs=0.05)


def test_the_band_of_speech() -> None:
    assert measure_features([stereo(tone(1000))]).speech_db[50] == pytest.approx(-9.03, abs=0.1)
    for outside in (60, 8000):
        assert measure_features([stereo(tone(outside))]).speech_db[50] < -35


@pytest.mark.parametrize("pitch", [75, 110, 163, 250, 390])
def test_the_pitch_of_a_rich_tone(pitch: int) -> None:
    wave = sum(tone(pitch * partial, level=0.3 / partial) for partial in range(1, 8))
    features = measure_features([stereo(np.asarray(wave))])
    assert features.pitch_hz[10:90].tolist() == pytest.approx([pitch] * 80, rel=0.015)
    assert features.periodicity[10:90].min() > 0.9


def test_noise_has_no_pitch() -> None:
    assert np.median(measure_features([stereo(noise(2, -20))]).periodicity) < 0.5


def test_flux_is_where_something_begins() -> None:
    wave = tone(500, 2)
    wave[:RATE] = 0
    flux = measure_features([stereo(wave)]).flux
    assert int(flux.argmax()) in (99, 100, 101)
    assert flux[:97].max() == 0
    assert flux[106:].max() < flux.max() / 20


@given(st.lists(st.integers(0, 70_000), max_size=6))
@settings(max_examples=8, deadline=None)
def test_cutting_changes_no_bit(cuts: list[int]) -> None:
    sound = stereo(voice([(0.1, 1.3)], 70_000 / RATE))
    whole, pieces = measure_features([sound]), measure_features(np.split(sound, sorted(cuts)))
    for name in ("level_db", "speech_db", "flux", "periodicity", "pitch_hz"):
        assert np.array_equal(getattr(whole, name), getattr(pieces, name))


@pytest.mark.parametrize("rate", [8000, 16_000, 22_050, 44_100, 96_000])
def test_other_rates(rate: int) -> None:
    features = measure_features([tone(200, rate=rate)[:, None].astype(np.float32)], rate=rate)
    assert features.duration == 1
    assert abs(len(features.level_db) - 100) <= 1
    assert float(features.hop) == pytest.approx(0.01, rel=0.005)
    assert np.median(features.pitch_hz) == pytest.approx(200, rel=0.02)


def test_opposite_channels_have_a_level() -> None:
    wave = tone(500)
    sound = np.stack([wave, -wave], axis=1).astype(np.float32)
    assert measure_features([sound]).level_db[50] == pytest.approx(-9.03, abs=0.05)


def test_nothing_has_no_frames() -> None:
    assert measure_features([]).duration == 0
    assert len(measure_features([silence(0)]).flux) == 0


def test_other_channels_are_refused() -> None:
    with pytest.raises(MediaError, match="in a stream of"):
        measure_features([silence(5), silence(5, channels=1)])
