"""Sounds of a text are found in what a mouth is heard to do: where they are, in order, and not where they are not."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from frameloom.media.speech.alignment import ENOUGH, found_in
from frameloom.media.speech.spoken import Phoneme, Spoken, Word
from frameloom.media.visemes import RATE, VISEMES, VisemeTrack

S = Fraction


def text(*words: str) -> Spoken:
    """Return words, each sign a phoneme of a tenth of a second."""
    sounds = [(sign, number) for number, word in enumerate(words) for sign in word]
    phonemes = tuple(Phoneme(sign, S(at, 10), S(at + 1, 10)) for at, (sign, _) in enumerate(sounds))
    told, at = [], 0
    for word in words:
        told.append(Word(word, S(at, 10), S(at + len(word), 10)))
        at += len(word)
    return Spoken(np.zeros((at * 100, 1), np.float32), 1000, phonemes, tuple(told))


def heard(*parts: tuple[str, int], sure: float = 0.9) -> VisemeTrack:
    """Return visemes for so many rows each, heard with a likelihood."""
    rows = np.repeat([VISEMES.index(name) for name, _ in parts], [count for _, count in parts])
    weights = np.full((len(rows), len(VISEMES)), (1 - sure) / (len(VISEMES) - 1), np.float32)
    weights[np.arange(len(rows)), rows] = sure
    return VisemeTrack(weights, np.ones(len(rows), np.float32))


def test_sounds_are_found_where_they_are_heard() -> None:
    found = found_in(
        heard(("sil", 30), ("PP", 9), ("aa", 21), ("sil", 40), ("SS", 10), ("aa", 12), ("sil", 5)), text("ma", "sa")
    )
    assert [(one.ipa, float(one.start), float(one.stop)) for one in found.phonemes] == [
        ("m", 0.3, 0.39), ("a", 0.39, 0.6), ("s", 1.0, 1.1), ("a", 1.1, 1.22)
    ]  # fmt: skip
    assert [(one.text, float(one.start), float(one.stop)) for one in found.words] == [("ma", 0.3, 0.6), ("sa", 1, 1.22)]
    assert found.fit == pytest.approx(0.9, abs=0.01)


def test_words_without_a_pause_between_them_meet() -> None:
    found = found_in(heard(("PP", 9), ("aa", 21), ("SS", 10), ("aa", 12)), text("ma", "sa"))
    assert [(float(one.start), float(one.stop)) for one in found.words] == [(0, 0.3), (0.3, 0.52)]
    tight = found_in(heard(*(("PP", 1), ("aa", 1), ("SS", 1)) * 3), text("mas", "mas", "mas"))
    assert [float(one.start) for one in tight.phonemes] == [row / 100 for row in range(9)]  # not a row for a pause


def test_another_text_does_not_fit_nor_one_that_goes_on() -> None:
    parts = ("PP", 10), ("aa", 20), ("SS", 10), ("aa", 20)
    assert found_in(heard(*parts), text("fu", "ku")).fit < ENOUGH
    assert found_in(heard(*parts, ("sil", 60)), text("ma", "sa", "fu", "ku", "fu")).fit < 0.6
    assert found_in(heard(("PP", 2)), text("ma", "sa")).fit == 0  # less sound than sounds


def test_a_word_is_not_taken_for_its_like_elsewhere() -> None:
    twice = heard(("PP", 10), ("aa", 20), ("sil", 30), ("PP", 10), ("aa", 20))
    (word,) = found_in(twice, text("ma"), [(S(1, 2), S(3, 2))]).words
    assert word.start == S(3, 5)


@given(some.lists(some.tuples(some.sampled_from("mfsau"), some.integers(2, 9)), min_size=1, max_size=12))
def test_every_sound_gets_its_time_in_order(sounds: list[tuple[str, int]]) -> None:
    names = {"m": "PP", "f": "FF", "s": "SS", "a": "aa", "u": "U"}
    track = heard(*((names[sign], count) for sign, count in sounds))
    found = found_in(track, text("".join(sign for sign, _ in sounds)))
    assert "".join(one.ipa for one in found.phonemes) == "".join(sign for sign, _ in sounds)
    times = [time for one in found.phonemes for time in (one.start, one.stop)]
    assert times == sorted(times)
    assert times[-1] * RATE <= len(track.weights)
