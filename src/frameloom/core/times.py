"""Times as people write them, exactly: seconds, fractions of seconds and clock times.

"1:02:03.5", "62.25", "1001/30000", 12, 0.1 --parse_time--> Fraction of seconds
"""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

_CLOCK = re.compile(r"(?:(\d{1,4}):(?=[0-5]?\d:))?(\d{1,4}):([0-5]?\d(?:\.\d{1,12})?)")
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,12})?|-?\d{1,18}/[1-9]\d{0,17}")
_FORMS = "write seconds (12.5), a fraction (1001/30000) or a clock time (1:02:03.5)"


def parse_time(value: object) -> Fraction:
    """Return seconds as an exact fraction; a float means the decimal number it is written as.

    >>> parse_time("1:02.5"), parse_time(0.1), parse_time("1001/30000")
    (Fraction(125, 2), Fraction(1, 10), Fraction(1001, 30000))

    Raises:
        ValueError: not a time.
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        value = format(Decimal(repr(value) if isinstance(value, float) else value), "f")
    if isinstance(value, str):
        text = value.strip().removesuffix("s")
        if clock := _CLOCK.fullmatch(text):
            hours, minutes, seconds = clock.groups()
            return int(hours or 0) * 3600 + int(minutes) * 60 + Fraction(seconds)
        if _NUMBER.fullmatch(text):
            return Fraction(text)
    raise ValueError(f"not a time; {_FORMS}")


def format_time(time: Fraction) -> str:
    """Return the shortest exact text of a time.

    >>> format_time(Fraction(5, 2)), format_time(Fraction(1001, 30000)), format_time(Fraction(3))
    ('2.5', '1001/30000', '3')
    """
    if 10**12 % time.denominator:  # parse_time reads twelve digits
        return str(time)
    text = format(Decimal(time.numerator) / Decimal(time.denominator), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def clock(time: Fraction, digits: int = 2) -> str:
    """Return a time as on a clock, rounded, for people.

    >>> clock(Fraction(125, 2)), clock(Fraction(7325))
    ('1:02.50', '2:02:05.00')
    """
    ticks = int(time * 10**digits + Fraction(1, 2))
    seconds, rest = divmod(ticks, 10**digits)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    tail = f"{seconds:02}.{rest:0{digits}}" if digits else f"{seconds:02}"
    return f"{hours}:{minutes:02}:{tail}" if hours else f"{minutes}:{tail}"


def _not_negative(value: Fraction) -> Fraction:
    if value < 0:
        raise ValueError("a time cannot be negative here")
    return value


def _positive(value: Fraction) -> Fraction:
    if value <= 0:
        raise ValueError("must be more than zero")
    return value


_SCHEMA: dict[str, Any] = {"type": ["string", "number"], "description": _FORMS}
_WRITE, _SHAPE = PlainSerializer(format_time), WithJsonSchema(_SCHEMA)

Seconds = Annotated[Fraction, BeforeValidator(parse_time), _WRITE, _SHAPE]
"""A shift in time in a settings file, in seconds, exact; may be negative."""

Time = Annotated[Fraction, BeforeValidator(parse_time), AfterValidator(_not_negative), _WRITE, _SHAPE]
"""A point in time in a settings file, in seconds, exact."""

Duration = Annotated[Fraction, BeforeValidator(parse_time), AfterValidator(_positive), _WRITE, _SHAPE]
"""A length of time in a settings file, in seconds, exact and more than zero."""

Rate = Duration
"""Frames per second in a settings file, such as 25 or "30000/1001"."""


def counted(number: int, thing: str) -> str:
    """Return how many there are of something, in words.

    >>> counted(1, "shot"), counted(2, "shot")
    ('1 shot', '2 shots')
    """
    return f"{number} {thing}{'' if number == 1 else 's'}"
