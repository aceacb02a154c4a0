"""What is told to last through a pause ends with its sound; closures stay."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from frameloom.media.speech.pauses import pauses, settled
from frameloom.media.speech.spoken import Phoneme, Spoken, Word

RATE = 8000


def sound(*parts: tuple[float, float]) -> NDArray[np.float32]:
    """Return tones of so many s at a level each."""
    made = [level * np.sin(np.arange(round(lasts * RATE)) * 0.3) for lasts, level in parts]
    return np.concatenate(made).astype(np.float32)[:, None]


def speech(heard: NDArray[np.float32], *given: tuple[str, float, float]) -> Spoken:
    every = tuple(
        Phoneme(ipa, Fraction(start).limit_denominator(), Fraction(stop).limit_denominator())
        for ipa, start, stop in given
    )
    return Spoken(heard, RATE, every, (Word("all", every[0].start, every[-1].stop),))


def times(spoken: Spoken) -> list[tuple[str, float, float]]:
    return [(one.ipa, round(float(one.start), 2), round(float(one.stop), 2)) for one in spoken.phonemes]


def test_a_last_sound_does_not_outlast_what_is_heard() -> None:
    found = settled(speech(sound((0.4, 0.5), (0.6, 0.0)), ("a", 0, 0.3), ("n", 0.3, 0.9)))
    assert times(found) == [("a", 0, 0.3), ("n", 0.3, pytest.approx(0.4, abs=0.02))]
    assert found.words[0].stop == found.phonemes[-1].stop
    assert len(found.sound) == RATE


def test_after_a_pause_a_sound_begins_with_it_and_a_stop_with_its_closure() -> None:
    heard = sound((0.4, 0.5), (0.4, 0.001), (0.4, 0.5))
    vowel, stop = (settled(speech(heard, ("n", 0, 0.5), (ipa, 0.5, 1.2))) for ipa in ("ɪ", "p"))
    assert vowel.phonemes[1].start == pytest.approx(0.8, abs=0.02)
    assert stop.phonemes[1].start == pytest.approx(0.73, abs=0.02)
    assert vowel.phonemes[0].stop == pytest.approx(0.4, abs=0.02)


def test_what_lies_in_a_pause_is_dropped() -> None:
    found = settled(speech(sound((0.4, 0.5), (0.6, 0.0)), ("a", 0, 0.4), ("ə", 0.6, 0.7)))
    assert [one.ipa for one in found.phonemes] == ["a"]


def test_closures_are_no_pauses() -> None:
    heard = sound((0.4, 0.5), (0.1, 0.0), (0.4, 0.5))
    assert pauses(heard, RATE) == []
    given = speech(heard, ("a", 0, 0.4), ("p", 0.4, 0.5), ("a", 0.5, 0.9))
    assert settled(given) is given


def test_loudness_of_the_recording_does_not_matter() -> None:
    heard = sound((0.4, 0.5), (0.3, 0.002), (0.4, 0.5))
    (first,), (second,) = pauses(heard, RATE), pauses(heard * np.float32(0.01), RATE)
    assert first == second
    assert float(first[0]) == pytest.approx(0.4, abs=0.02)
    assert float(first[1]) == pytest.approx(0.7, abs=0.02)
    assert pauses(np.zeros((0, 1), np.float32), RATE) == []
