"""Axes and lines of a curve, against values from the hand."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.core.errors import MediaError
from frameloom.media.pages.plot import Line, log_ticks, number_text, plot, ticks


def draw(*lines: Line, logarithmic: bool = False) -> str:
    return plot("t", lines, x_label="step", y_label="loss", logarithmic=logarithmic)[1]


def points(svg: str) -> list[list[tuple[float, float]]]:
    """Return the places of each polyline."""
    return [
        [tuple(float(part) for part in place.split(",")) for place in found.split()]
        for found in re.findall(r'<polyline class="line" points="([^"]*)"', svg)
    ]


def test_a_line_from_corner_to_corner() -> None:
    """The field lies between x 56 and 708 and between y 260 (bottom) and 26 (top)."""
    assert points(draw(Line("a", [0, 5, 10], [0, 50, 100]))) == [[(56, 260), (382, 143), (708, 26)]]


def test_decades_are_evenly_spaced() -> None:
    assert points(draw(Line("a", [0, 1, 2], [1, 10, 100]), logarithmic=True)) == [[(56, 260), (382, 143), (708, 26)]]


def test_what_is_not_finite_leaves_a_gap() -> None:
    runs = points(draw(Line("a", [0, 1, 2, 3, 4], [1, 2, math.nan, 4, 5])))
    assert [len(run) for run in runs] == [2, 2]
    assert [len(run) for run in points(draw(Line("a", [0, 1, 2], [1, 0, 2]), logarithmic=True))] == [1, 1]


def test_a_band_goes_there_and_back() -> None:
    svg = draw(Line("a", [0, 10], [5, 5], low=[0, 0], high=[10, 10]))
    assert 'class="band" points="56.0,26.0 708.0,26.0 708.0,260.0 56.0,260.0"' in svg


def test_long_lines_are_thinned_and_keep_their_ends() -> None:
    (run,) = points(draw(Line("a", list(range(5001)), list(range(5001)))))
    assert len(run) == 600
    assert (run[0], run[-1]) == ((56, 260), (708, 26))


def test_kinds_look_different() -> None:
    lines = [Line("m", [0, 1], [0, 1]), Line("b", [0, 1], [0, 1], "baseline"), Line("f", [0, 1], [0, 1], "floor")]
    svg = draw(*lines)
    for style in ("var(--line-1)", "var(--faint)", "var(--floor)"):
        assert style in svg


def test_names_are_made_safe() -> None:
    legend, svg = plot("<t>", [Line("<b>", [0, 1], [0, 1])], x_label="<x>", y_label="<y>")
    assert "<b>" not in legend
    assert not re.search("<[txyb]>", svg)


@pytest.mark.parametrize(
    ("line", "logarithmic", "message"),
    [
        (Line("a", [], []), False, "curve 't': nothing finite to draw$"),
        (Line("a", [1], [math.inf]), False, "nothing finite to draw$"),
        (Line("a", [1, 2], [0, -1]), True, "nothing finite to draw above zero"),
        (Line("a", [1, 2], [1]), False, "line 'a' has x, y and band of different lengths"),
        (Line("a", [1, 2], [1, 2], low=[0, 1]), False, "line 'a' has x, y and band of different lengths"),
    ],
)
def test_what_cannot_be_drawn_says_why(line: Line, logarithmic: bool, message: str) -> None:
    with pytest.raises(MediaError, match=message):
        draw(line, logarithmic=logarithmic)


@given(low=st.floats(-1e6, 1e6), span=st.floats(1e-3, 1e6))
def test_ticks_hold_their_interval(low: float, span: float) -> None:
    found = ticks(low, low + span)
    step = found[1] - found[0]
    assert found[0] <= low + 1e-6 * step
    assert found[-1] >= low + span - 1e-6 * step
    assert 2 <= len(found) <= 8


@given(low=st.floats(1e-6, 1e6), factor=st.floats(1, 1e6))
def test_log_ticks_hold_their_interval(low: float, factor: float) -> None:
    found = log_ticks(low, low * factor)
    assert found[0] <= low
    assert found[-1] >= low * factor
    assert 2 <= len(found) <= 15


def test_one_value_has_axes_too() -> None:
    assert ticks(4, 4) == [2, 3, 4, 5, 6]
    assert ticks(0, 0) == [-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6]
    assert points(draw(Line("a", [3], [4])))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-1.5, "\N{MINUS SIGN}1.5"),
        (1234.0, "1,234"),
        (0.125, "0.125"),
        (2.5e-5, "2.5e-5"),
        (3e12, "3e12"),
        (2.4e6, "2.4M"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number_text(value) == text
