"""To the target within half a unit, and no harm to what has no loudness."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from frameloom.effects.sound.limiter import true_peak
from frameloom.effects.sound.loudness import TARGETS, Adjustment, Target, adjust, plan, plan_for, target_of
from frameloom.media.ffmpeg import Loudness, measure_loudness
from frameloom.media.sound import Sound, silence

RATE = 48_000


def speech_like(seconds: int, level: float) -> Sound:
    """Return noise in syllables with a sharp peak now and then: it needs the limiter when it is made loud."""
    rng = np.random.default_rng(3)
    samples = RATE * seconds
    wave = np.convolve(rng.standard_normal(samples), np.hanning(40) / 20, "same")
    wave *= 0.3 + 0.7 * np.sin(2 * np.pi * 2 * np.arange(samples) / RATE) ** 2
    wave[rng.integers(0, samples, 4 * seconds)] *= 3
    return (np.stack([wave, wave], axis=1) * level).astype(np.float32)


def sine(level_db: float, seconds: float) -> Sound:
    wave = 10 ** (level_db / 20) * np.sin(2 * np.pi * 997 * np.arange(int(RATE * seconds)) / RATE)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def adjusted(sound: Sound, target: Target) -> tuple[Adjustment, Sound]:
    done = plan_for(lambda: np.array_split(sound, 9), target)
    return done, np.concatenate(list(adjust(np.array_split(sound, 5), done)))


def test_the_plan_of_known_loudness() -> None:
    assert plan(Loudness(-30, -12, 5, -40), target_of("ebu")) == Adjustment(7)
    assert plan(Loudness(-30, -12, 5, -40), target_of("podcast")) == Adjustment(14, -1)
    assert plan(Loudness(-10, 0.5, 5, -20), target_of(-14.0)) == Adjustment(-4)


def test_what_is_very_soft_is_not_raised_without_end() -> None:
    done = plan(Loudness(-60, -40, 5, -70), target_of("social"))
    assert (done.gain_db, done.note) == (20, "-60.0 LUFS is very soft: raised by 20 dB only")
    assert plan(Loudness(-60, -40, 5, -70), Target(most_gain_db=40)).gain_db == 40


def test_what_has_no_loudness_stays_as_it_is() -> None:
    done = plan(Loudness(-math.inf, -3, 0, -math.inf), target_of("social"))
    assert done == Adjustment(0, None, "silent, or shorter than 0.4 s: its loudness stays as it is")
    assert plan(Loudness(-math.inf, 0, 0, -math.inf), target_of("social")).ceiling_dbtp == -1


@pytest.mark.parametrize("sound", [silence(0), silence(RATE), sine(-20, 0.1)], ids=["nothing", "silence", "short"])
def test_silence_and_short_sounds_come_back(sound: Sound) -> None:
    blocks = list(adjust([sound], plan_for(lambda: [sound], target_of("social"))))
    assert np.array_equal(np.concatenate(blocks), sound)


def test_a_sine_gets_exactly_the_gain_it_lacks() -> None:
    """-33 dBFS in both channels is -33 LUFS (EBU Tech 3341, case 2): 10 dB to -23."""
    done, out = adjusted(sine(-33, 3), target_of("ebu"))
    assert done.gain_db == pytest.approx(10, abs=0.1)
    assert done.ceiling_dbtp is None
    assert float(out.max()) == pytest.approx(10 ** (-23 / 20), rel=0.01)


@pytest.mark.parametrize("name", TARGETS)
def test_the_result_measures_as_the_target(name: str) -> None:
    target = TARGETS[name]  # type: ignore[index]
    done, out = adjusted(speech_like(6, 0.3), target)
    measured = measure_loudness([out])
    assert measured.integrated_lufs == pytest.approx(target.lufs, abs=0.5)
    assert measured.true_peak_dbtp <= target.peak_dbtp
    assert true_peak(out) <= 10 ** (target.peak_dbtp / 20)
    assert not done.note


def test_a_sound_that_peaks_hold_down_is_told_so() -> None:
    """A click every 0.2 s over very soft noise: no gain within 6 dB of the first brings it to -5."""
    sound = np.random.default_rng(1).standard_normal((RATE * 3, 2)).astype(np.float32) * np.float32(0.01)
    sound[::9600] = 1
    done, _ = adjusted(sound, Target(lufs=-5, most_gain_db=40))
    assert done.note == "its peaks hold it below -5 LUFS: more would squash it"


def test_targets_by_name_number_and_value() -> None:
    assert target_of("film") == Target(lufs=-27, peak_dbtp=-2)
    assert target_of(-19) == Target(lufs=-19, peak_dbtp=-1)
    assert target_of(Target(lufs=-20)).lufs == -20
    with pytest.raises(ValidationError, match="less than or equal to -5"):
        target_of(3.0)
