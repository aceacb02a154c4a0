"""Times as people write them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from frameloom.core.times import Duration, Time, clock, format_time, parse_time


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12.5", Fraction(25, 2)),
        (" 3 ", Fraction(3)),
        ("2.5s", Fraction(5, 2)),
        ("1001/30000", Fraction(1001, 30000)),
        ("1:02", Fraction(62)),
        ("1:02:03.5", Fraction(7447, 2)),
        (0.1, Fraction(1, 10)),
        (1e-7, Fraction(1, 10**7)),
        (7, Fraction(7)),
        ("-2", Fraction(-2)),
    ],
)
def test_every_way_to_write_a_time(text: object, seconds: Fraction) -> None:
    assert parse_time(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "x", "1:2:3:4", "1/0", "inf", "nan", "1e5000", True, None, [], "9" * 40, "1..2", "9:99", "1:60:00"]
)
def test_what_is_no_time_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"not a time; write seconds \(12.5\)"):
        parse_time(text)


@given(st.fractions(0, 10**6, max_denominator=10**11))
def test_reading_undoes_writing(time: Fraction) -> None:
    assert parse_time(format_time(time)) == time


def test_a_long_binary_fraction_is_written_as_a_fraction() -> None:
    assert format_time(Fraction(14715, 65536)) == "14715/65536"


@pytest.mark.parametrize(
    ("time", "text"), [(Fraction(0), "0:00.00"), (Fraction(599995, 10000), "1:00.00"), (Fraction(3661), "1:01:01.00")]
)
def test_a_clock_is_rounded_as_a_whole(time: Fraction, text: str) -> None:
    assert clock(time) == text


def test_settings_say_what_is_wrong() -> None:
    with pytest.raises(ValidationError, match="a time cannot be negative here"):
        TypeAdapter(Time).validate_python("-1")
    with pytest.raises(ValidationError, match="must be more than zero"):
        TypeAdapter(Duration).validate_python(0)
