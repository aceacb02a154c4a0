"""Sounds of a text are found in what a mouth is heard to do: where they are, in order, and not where they are not."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.media.speech.mouths import heard, text

from frameloom.media.speech import alignment
from frameloom.media.speech.alignment import ENOUGH, found_in
from frameloom.media.visemes import RATE

S = Fraction


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


def test_a_word_that_is_heard_badly_keeps_its_least_time() -> None:
    found = found_in(heard(("PP", 10), ("aa", 30), ("PP", 10), ("aa", 20)), text("ma", "fu", "ma"))
    _, swallowed, last = found.words
    assert swallowed.stop - swallowed.start >= S(1, 10)  # of 0.2 s at a pace of 1.17
    assert last.start == S(2, 5)


def test_a_band_changes_nothing_where_all_is_said_about_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["mas", "fu", "sam", "us", "fa"] * 20
    names = {"m": "PP", "f": "FF", "s": "SS", "a": "aa", "u": "U"}
    parts = []
    for number, word in enumerate(words):
        parts += [("sil", number % 7 * 3), *((names[sign], 6 + number % 5) for sign in word)]
    track = heard(*parts, sure=0.6)
    whole = found_in(track, text(*words))
    monkeypatch.setattr(alignment, "REACH_S", 2.0)
    monkeypatch.setattr(alignment, "REACH", 0.0)
    assert found_in(track, text(*words)) == whole
    assert whole.words[-1].stop * RATE == len(track.weights)


def test_a_text_that_leaves_the_band_does_not_fit() -> None:
    assert found_in(heard(("U", 90 * RATE)), text("mas")).fit < ENOUGH
    assert found_in(heard(("U", 90 * RATE)), text(*["mas"] * 2990)).fit < ENOUGH  # hardly a row for each sound


@given(some.lists(some.tuples(some.sampled_from("mfsau"), some.integers(2, 9)), min_size=1, max_size=12))
def test_every_sound_gets_its_time_in_order(sounds: list[tuple[str, int]]) -> None:
    names = {"m": "PP", "f": "FF", "s": "SS", "a": "aa", "u": "U"}
    track = heard(*((names[sign], count) for sign, count in sounds))
    found = found_in(track, text("".join(sign for sign, _ in sounds)))
    assert "".join(one.ipa for one in found.phonemes) == "".join(sign for sign, _ in sounds)
    times = [time for one in found.phonemes for time in (one.start, one.stop)]
    assert times == sorted(times)
    assert times[-1] * RATE <= len(track.weights)
