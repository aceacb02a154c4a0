"""Colours by name, of colours as people paint them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.apps.summarise.hues import HUES, colour_named, shares_of
from frameloom.apps.summarise.sight import feature_of

PAINTED = {
    "red": (220, 30, 30),
    "orange": (240, 140, 20),
    "yellow": (240, 220, 40),
    "green": (40, 160, 50),
    "turquoise": (40, 200, 210),
    "blue": (30, 60, 200),
    "purple": (130, 40, 180),
    "pink": (230, 30, 200),
}


def shares(color: tuple[int, int, int], columns: int) -> dict[str, float]:
    picture = np.full((36, 64, 3), 120, np.uint8)
    picture[:, :columns] = color
    look = feature_of(picture)[None]
    return {name: float(shares_of(look, name)[0]) for name in HUES}


@pytest.mark.parametrize("name", PAINTED)
def test_a_quarter_of_a_colour_is_about_a_quarter(name: str) -> None:
    found = shares(PAINTED[name], 16)
    assert max(found, key=lambda each: found[each]) == name
    assert 0.12 < found[name] < 0.27
    assert shares(PAINTED[name], 48)[name] > 2 * found[name]


@given(st.integers(0, 255))
def test_grey_is_no_colour(level: int) -> None:
    assert max(shares((level, level, level), 64).values()) < 0.01


def test_colours_have_names() -> None:
    assert {colour_named(name.upper()) for name in HUES} == set(HUES)
    assert colour_named("violet") == "purple"
    assert colour_named("bicycle") is None
