"""Steady sounds are told from what changes as speech does."""

import numpy as np
import pytest

from frameloom.effects.sound.liveliness import SPOKEN, STEADY, LivelinessStream, share_of_speech
from frameloom.effects.sound.mel import RATE, Mono, Rows, mel_rows


def tones(*hertz: float, seconds: float = 2) -> Mono:
    times = np.arange(int(seconds * RATE)) / RATE
    return sum(0.1 * np.sin(2 * np.pi * each * times) for each in hertz).astype(np.float32)


def liveliness(rows: Rows, piece: int = 1000) -> np.ndarray:
    stream = LivelinessStream()
    parts = [stream.push(rows[first : first + piece]) for first in range(0, len(rows), piece)]
    return np.concatenate([*parts, stream.finish()])


@pytest.mark.parametrize("hertz", [(440,), (50, 100), (262, 330, 392)])
def test_what_is_steady_is_not_lively_from_its_first_sample_to_its_last(hertz: tuple[float, ...]) -> None:
    quiet = np.zeros(RATE // 2, np.float32)
    told = liveliness(mel_rows(np.concatenate([quiet, tones(*hertz), quiet])))
    assert told[95:205].max() < STEADY
    assert share_of_speech(told)[95:205].max() == 0
    assert share_of_speech(told)[52:248].max() < 0.3


def test_vowels_that_change_are_lively() -> None:
    vowels = np.concatenate([tones(300, 2300, seconds=0.15), tones(700, 1200, seconds=0.15)] * 5)
    told = liveliness(mel_rows(vowels))
    assert told.min() > SPOKEN
    assert share_of_speech(told).min() == 1


def test_pieces_tell_what_the_whole_tells() -> None:
    rows = mel_rows(
        np.random.default_rng(0).standard_normal(RATE).astype(np.float32) * np.hanning(RATE).astype(np.float32)
    )
    assert len(liveliness(rows)) == len(rows)
    assert np.array_equal(liveliness(rows, 7), liveliness(rows))
    assert len(liveliness(rows[:0])) == 0
