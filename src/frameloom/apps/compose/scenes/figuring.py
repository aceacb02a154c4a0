"""Data that charts are drawn from, numbers as people write them, and the ticks of an axis."""

import math
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from frameloom.apps.compose.scenes.heading import Short
from frameloom.core.config import Config

Number = Annotated[float, Field(ge=-1e12, le=1e12)]


class Datum(Config):
    """A number with its name."""

    label: Short
    value: Number


def _from_table(value: Any) -> Any:
    """Return a table such as {Rain = 3, Sun = 5} as a list of data."""
    if isinstance(value, dict):
        return tuple({"label": str(label), "value": number} for label, number in value.items())
    return value


Data = Annotated[
    tuple[Datum, ...], BeforeValidator(_from_table, json_schema_input_type=tuple[Datum, ...] | dict[str, Number])
]


def decimals_of(values: list[float]) -> int:
    """Return how many decimals tell the values apart as they were given, at most three.

    >>> decimals_of([1.0, 2.5]), decimals_of([3.0]), decimals_of([0.125])
    (1, 0, 3)
    """
    for decimals in (0, 1, 2):
        if all(abs(value * 10**decimals - round(value * 10**decimals)) < 1e-6 * 10**decimals for value in values):
            return decimals
    return 3


def number(value: float, decimals: int, before: str = "", after: str = "") -> str:
    """Return a number with its unit, thousands set apart.

    >>> number(1234567.5, 1, "$"), number(-3, 0, after=" %"), number(0.4, 0, "€")
    ('$1,234,567.5', '\N{MINUS SIGN}3 %', '€0')
    """
    digits = f"{abs(value):,.{decimals}f}"
    sign = "\N{MINUS SIGN}" if value < 0 and any(digit in "123456789" for digit in digits) else ""
    return f"{sign}{before}{digits}{after}"


_LEAST_SPAN = 1e-9
"""Of an axis; what differs by less looks equal."""


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers, evenly apart, that enclose a range.

    >>> ticks(0, 87)
    [0, 20, 40, 60, 80, 100]
    >>> ticks(0, 1e-300)[-1]
    1.0
    """
    if high - low < _LEAST_SPAN:
        high = low + (abs(low) or 1)
    step = 10 ** math.floor(math.log10((high - low) / most))
    step *= next(factor for factor in (1, 2, 2.5, 5, 10, 20) if (high - low) / (step * factor) <= most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]
