"""Music under a voice: when, how far, how steadily."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from frameloom.effects.sound.ducking import Ducking, duck
from frameloom.media.sound import Sound

RATE = 48_000
QUICK = Ducking(amount_db=20, attack_s=0.1, hold_s=0.2, release_s=0.4, lookahead_s=0.1)


def voice(spans: list[tuple[float, float]], seconds: float, level_db: float = -20) -> Sound:
    sound = np.zeros((round(RATE * seconds), 1), np.float32)
    for start, stop in spans:
        sound[round(start * RATE) : round(stop * RATE)] = 10 ** (level_db / 20)
    return sound


def gain(key: Sound, ducking: Ducking = QUICK, cuts: list[int] | None = None) -> np.ndarray:
    music = np.ones((len(key), 2), np.float32)
    blocks = duck(np.split(music, sorted(cuts or [])), np.array_split(key, 13), ducking)
    return np.concatenate(list(blocks))[:, 0]


def at(course: np.ndarray, seconds: float) -> float:
    return float(course[round(seconds * RATE)])


def test_it_is_down_when_the_voice_begins_and_up_after_hold_and_release() -> None:
    course = gain(voice([(1, 2)], 4))
    assert (course[: int(0.88 * RATE)] == 1).all()
    assert course[RATE : int(2.2 * RATE)].tolist() == pytest.approx([0.1] * int(1.2 * RATE), rel=1e-4)
    assert at(course, 2.4) == pytest.approx(10**-0.5, rel=0.07)
    assert (course[int(2.64 * RATE) :] == 1).all()


def test_it_stays_down_in_a_pause_shorter_than_hold_and_look_ahead() -> None:
    course = gain(voice([(1, 1.5), (1.78, 2.3)], 4))
    assert course[RATE : int(2.4 * RATE)].max() == pytest.approx(0.1, rel=1e-4)


def test_it_comes_back_a_part_of_the_way_in_a_longer_pause() -> None:
    """Held to 1.7, up for 0.2 s of 0.4 for 20 dB: 10 dB, then down again ahead of 2.0."""
    assert at(gain(voice([(1, 1.5), (2, 2.3)], 4)), 1.9) == pytest.approx(10**-0.5, rel=0.1)


def test_a_voice_at_the_very_beginning() -> None:
    assert at(gain(voice([(0, 1)], 2)), 0) == pytest.approx(0.1, rel=1e-4)


def test_what_is_below_the_threshold_is_not_heard() -> None:
    assert (gain(voice([(1, 2)], 3, level_db=-45)) == 1).all()
    assert gain(voice([(1, 2)], 3, level_db=-40)).min() == pytest.approx(0.1, rel=1e-4)


def test_once_heard_it_is_heard_until_six_below() -> None:
    """A voice that fades to -45 dB keeps the music down; at -50 it does not."""
    key = voice([(1, 1.5)], 5)
    key[int(1.5 * RATE) : 3 * RATE] = 10 ** (-45 / 20)
    assert at(gain(key), 3.1) == pytest.approx(0.1, rel=1e-4)
    key[int(1.5 * RATE) : 3 * RATE] = 10 ** (-50 / 20)
    assert at(gain(key), 3.1) == 1


def test_no_amount_changes_nothing() -> None:
    assert (gain(voice([(1, 2)], 3), Ducking(amount_db=0)) == 1).all()


def test_at_once_and_without_look_ahead() -> None:
    course = gain(voice([(1, 2)], 3), Ducking(amount_db=20, attack_s=0, hold_s=0, release_s=0, lookahead_s=0))
    assert (course[:RATE] == 1).all()
    assert course[int(1.01 * RATE) : 2 * RATE].max() == pytest.approx(0.1, rel=1e-4)
    assert (course[int(2.01 * RATE) + 1 :] == 1).all()


def test_a_key_that_ends_first_is_silence() -> None:
    music = np.ones((2 * RATE, 2), np.float32)
    assert len(np.concatenate(list(duck([music], [], QUICK)))) == 2 * RATE


@given(st.lists(st.integers(0, 2 * RATE), max_size=6))
@settings(max_examples=10, deadline=None)
def test_cutting_changes_no_bit(cuts: list[int]) -> None:
    key = voice([(0.4, 1.1)], 2)
    assert np.array_equal(gain(key, cuts=cuts), gain(key))


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ValidationError, match="less than or equal to 60"):
        Ducking(amount_db=90)
