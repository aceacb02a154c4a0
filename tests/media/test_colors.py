"""Colours by name and number, and where they lie in bright spaces."""

import numpy as np
import pytest

from frameloom.core.errors import ConfigError
from frameloom.media.colors import graphics_rgb, parse_color


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("RebeccaPurple", (0x66, 0x33, 0x99, 255)),
        ("#12f", (0x11, 0x22, 0xFF, 255)),
        ("#12f8", (0x11, 0x22, 0xFF, 0x88)),
        (" #01020304 ", (1, 2, 3, 4)),
        ("rgb(10, 20, 30)", (10, 20, 30, 255)),
        ("transparent", (0, 0, 0, 0)),
    ],
)
def test_colors(text: str, color: tuple[int, int, int, int]) -> None:
    assert parse_color(text) == color


@pytest.mark.parametrize("text", ["", "blau", "#12", "#gggggg", "rgb(1,2)"])
def test_what_is_no_color(text: str) -> None:
    with pytest.raises(ConfigError, match="unknown colour"):
        parse_color(text)


def test_white_is_graphics_white() -> None:
    white = np.full((1, 1, 3), 255, np.uint8)
    assert graphics_rgb(white, "bt709").tolist() == [[[255] * 3]]
    assert graphics_rgb(white, "hlg").tolist() == [[[191] * 3]]  # 75 % (BT.2408, table 1)
    assert graphics_rgb(white, "pq").tolist() == [[[148] * 3]]  # 58 %
    assert graphics_rgb(white * 0, "pq").max() == 0


def test_red_of_a_narrow_space_is_less_pure_in_a_wide_one() -> None:
    red, green, blue = graphics_rgb(np.array([255, 0, 0], np.uint8), "bt2020").tolist()
    assert red < 255
    assert 0 < blue < green < red
