from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from frameloom.apps.edit.automatic.spans import (
    Span,
    at_least,
    between,
    common,
    grown,
    merged,
    pause_at,
    snapped,
    total,
    touches,
)


def span(begin, end):
    return Span(Fraction(begin), Fraction(end))


def test_spans_are_joined_in_order_over_short_gaps():
    given_spans = [span(5, 6), span(0, 1), span("1.1", 2), span(2, 3), span(4, 4)]
    assert merged(given_spans) == (span(0, 1), span("1.1", 3), span(5, 6))
    assert merged(given_spans, Fraction("0.2")) == (span(0, 3), span(5, 6))


def test_what_is_between_is_what_is_left():
    assert between([span(1, 2), span(3, 9)], Fraction(0), Fraction(4)) == (span(0, 1), span(2, 3))
    assert between([], Fraction(1), Fraction(1)) == ()
    assert between([span(-1, 5)], Fraction(0), Fraction(4)) == ()


def test_spans_grow_within_bounds_and_shrink():
    assert grown([span(1, 2), span(3, 4)], Fraction(2), Fraction("0.5"), Fraction(0), Fraction("4.2")) == (
        span(0, "4.2"),
    )
    assert grown([span(1, 2)], Fraction("-0.2"), Fraction("-0.3"), Fraction(0), Fraction(9)) == (span("1.2", "1.7"),)


def test_common_and_least():
    found = common([span(0, 4), span(6, 8)], [span(1, 2), span(3, 7)])
    assert found == (span(1, 2), span(3, 4), span(6, 7))
    assert at_least(found, Fraction(1)) == found
    assert total(found) == 3


def test_touching_ends_have_nothing_in_common():
    words = [span(1, 2)]
    assert not touches(words, Fraction(0), Fraction(1))
    assert touches(words, Fraction(0), Fraction("1.01"))
    assert touches(words, Fraction("1.5"), Fraction("1.5"))
    assert not touches(words, Fraction(2), Fraction(2))


def test_cuts_are_put_on_whole_pictures_outwards():
    assert snapped([span("0.41", "0.99")], Fraction(10), Fraction(0), Fraction(5)) == (span("0.4", 1),)
    assert snapped([span("0.41", "0.99")], Fraction(10), Fraction("0.405"), Fraction("0.995")) == (
        span("0.405", "0.995"),
    )


def test_the_pause_a_time_lies_in():
    words = [span(1, 2), span(3, 4)]
    assert pause_at(words, Fraction("2.5"), Fraction(0), Fraction(9)) == span(2, 3)
    assert pause_at(words, Fraction("0.5"), Fraction(0), Fraction(9)) == span(0, 1)
    assert pause_at(words, Fraction(5), Fraction(0), Fraction(9)) == span(4, 9)
    assert pause_at(words, Fraction("1.5"), Fraction(0), Fraction(9)) is None


times = st.fractions(0, 20, max_denominator=50)


@given(st.lists(st.tuples(times, times), max_size=12))
def test_spans_and_what_is_between_them_fill_the_time_without_overlap(pairs):
    spans = [Span(*sorted(pair)) for pair in pairs]
    free = between(spans, Fraction(0), Fraction(20))
    assert total(free) + total(merged(spans)) == 20
    assert not any(touches(merged(spans), *gap) for gap in free)
