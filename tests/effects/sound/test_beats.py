"""Beats of click tracks by the measure of the field: F within 70 ms; and none where there are none."""

from fractions import Fraction

import numpy as np
import pytest
from tests.effects.hearing import RATE, chords, clicks, noise, stereo, voice

from frameloom.effects.sound.beats import Pulse, find_onsets, find_pulse
from frameloom.effects.sound.features import measure_features
from frameloom.media.sound import silence

SECONDS = 15.0


def times_of(bpm: float, jitter_s: float = 0.0) -> list[float]:
    rng = np.random.default_rng(4)
    return [time + float(rng.normal()) * jitter_s for time in np.arange(0.37, SECONDS - 0.3, 60 / bpm)]


def f_measure(found: tuple[Fraction, ...], expected: list[float]) -> float:
    """Return 2 * hits / (found + expected); a hit lies within 70 ms, and each beat counts once."""
    left = [float(time) for time in found]
    hits = 0
    for time in expected:
        near = [candidate for candidate in left if abs(candidate - time) <= 0.07]
        if near:
            left.remove(min(near, key=lambda candidate: abs(candidate - time)))
            hits += 1
    return 2 * hits / (len(found) + len(expected))


def pulse_of(wave: np.ndarray) -> Pulse | None:
    return find_pulse(measure_features([stereo(wave)]))


@pytest.mark.parametrize("bpm", [60, 83, 100, 128, 150, 180])
def test_the_beats_of_a_click_track(bpm: int) -> None:
    pulse = pulse_of(clicks(times_of(bpm), SECONDS))
    assert pulse is not None
    assert pulse.bpm == pytest.approx(bpm, rel=0.02)
    assert f_measure(pulse.beats, times_of(bpm)) > 0.95
    assert pulse.confidence > 0.9


@pytest.mark.parametrize("bpm", [60, 100, 128, 180])
def test_with_swing_noise_and_a_hand_that_is_not_steady(bpm: int) -> None:
    """A softer click two thirds on, noise 18 dB below the clicks, beats that are 10 ms off."""
    times = times_of(bpm, jitter_s=0.01)
    swing = [time + 40 / bpm for time in times[:-1]]
    pulse = pulse_of(clicks(times, SECONDS) + clicks(swing, SECONDS, level=0.15) + noise(SECONDS, -26))
    assert pulse is not None
    assert pulse.bpm == pytest.approx(bpm, rel=0.02)
    assert f_measure(pulse.beats, times) > 0.95


def test_beats_stand_where_the_clicks_are() -> None:
    times = times_of(120)
    pulse = pulse_of(clicks(times, SECONDS))
    assert pulse is not None
    late_s = [float(beat) - min(times, key=lambda time, beat=beat: abs(time - beat)) for beat in pulse.beats]
    assert abs(float(np.median(late_s))) < 0.01
    assert all(isinstance(beat, Fraction) for beat in pulse.beats)


def test_beats_go_on_through_a_gap_and_end_with_the_music() -> None:
    """Two beats left out are still counted; what is silent before and after is not."""
    times = [time for time in times_of(120) if 3 < time < 12]
    played = [time for time in times if not 6.2 < time < 7.2]
    pulse = pulse_of(clicks(played, SECONDS))
    assert pulse is not None
    assert f_measure(pulse.beats, times) > 0.95


def test_chords_have_the_tempo_of_their_changes() -> None:
    pulse = pulse_of(chords(12, note_s=0.5))
    assert pulse is not None
    assert pulse.bpm == pytest.approx(120, rel=0.02)


@pytest.mark.parametrize(
    "wave",
    [
        noise(12, -20),
        0.3 * np.sin(np.arange(12 * RATE) * 0.05),
        clicks(np.random.default_rng(0).uniform(0, 11, 30).tolist(), 12),
        voice([(0.3, 2.1), (2.4, 3.3), (4.2, 6.0), (6.3, 8.8), (9.1, 11)], 12),
        np.zeros(12 * RATE),
        clicks([0.5], 1.5),
    ],
    ids=["noise", "tone", "random", "voice", "silence", "short"],
)
def test_what_has_no_pulse_gets_none(wave: np.ndarray) -> None:
    assert pulse_of(wave) is None


def test_nothing_has_neither_onsets_nor_pulse() -> None:
    features = measure_features([silence(0)])
    assert find_onsets(features) == ()
    assert find_pulse(features) is None


def test_onsets_are_found_once_with_their_strength() -> None:
    times = [0.5, 1.21, 1.4, 2.73]
    wave = clicks(times[:3], 4) + clicks(times[3:], 4, level=0.1) + noise(4, -60)
    onsets = find_onsets(measure_features([stereo(wave)]))
    assert [float(onset.time) for onset in onsets] == pytest.approx(times, abs=0.015)
    assert max(onset.strength for onset in onsets) == 1
    assert onsets[3].strength < 0.8


def test_a_steady_sound_has_no_onsets_but_its_own() -> None:
    wave = 0.2 * np.sin(np.arange(4 * RATE) * 0.05) + noise(4, -50)
    assert len(find_onsets(measure_features([stereo(wave)]))) <= 1
