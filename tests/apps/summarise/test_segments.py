"""Segments: no end within a word, none over a cut, side by side."""

from fractions import Fraction
from itertools import pairwise

from frameloom.apps.edit.automatic.spans import Span, touches
from frameloom.apps.summarise.segments import segments_of
from frameloom.apps.summarise.shots import Shot

RATE = Fraction(25)
SHOTS = (Shot(Fraction(0), Fraction(8), "begin"), Shot(Fraction(8), Fraction(20)))
GOOD = (Span(Fraction(0), Fraction(20)),)


def span(begin: str, end: str) -> Span:
    return Span(Fraction(begin), Fraction(end))


def test_without_words_each_shot_is_cut_every_few_seconds() -> None:
    found = segments_of(GOOD, SHOTS, (), RATE)
    assert [(one.first, one.stop, one.shot) for one in found] == [
        *((number * 50, number * 50 + 50, 0) for number in range(4)),
        *((number * 50, number * 50 + 50, 1) for number in range(4, 10)),
    ]
    assert found[3].first_bounds == (0, 200)
    assert found[3].stop_bounds == (0, 200)  # not into the next shot
    assert found[4].first_bounds == (200, 500)


def test_no_end_lies_in_a_word_however_it_is_moved() -> None:
    words = (span("1", "2.5"), span("2.9", "5"), span("7", "9"), span("12", "18"))
    found = segments_of(GOOD, SHOTS, words, RATE)
    assert found[0].first == 0
    assert found[-1].stop == 500
    for one in found:
        for number in {one.first, *one.first_bounds, one.stop, *one.stop_bounds} - {0, 500}:
            assert not touches(words, number / RATE, number / RATE), number
    assert all(number != 200 for one in found for number in (one.first, one.stop))  # the cut lies in a word


def test_segments_lie_side_by_side() -> None:
    found = segments_of(GOOD, SHOTS, (span("1", "2.5"), span("12", "18")), RATE)
    assert all(before.stop == after.first for before, after in pairwise(found))
    assert all(one.stop - one.first >= Fraction(3, 2) * RATE for one in found)


def test_what_is_damaged_is_in_no_segment() -> None:
    good = (span("0", "5"), span("7", "20"))
    found = segments_of(good, SHOTS, (), RATE)
    assert {one.stop for one in found} >= {125, 500}
    assert not any(one.first < 175 and one.stop > 125 for one in found)
    assert not any(low < 175 and high > 125 for one in found for low, high in [one.stop_bounds, one.first_bounds])
