"""Scenes whose words are read from right to left are mirrored; numbers, code and years stay as they are."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from tests.apps.compose.scenes.example_scenes import PLAIN, example, stage

from frameloom.apps.compose.scenes import begin
from frameloom.apps.compose.scenes.bars import _receding
from frameloom.apps.compose.scenes.figures import yuv_shares
from frameloom.apps.compose.theme import contrast, read_theme, theme_names
from frameloom.media.colors import parse_color
from frameloom.media.image import to_rgb

ARABIC = "مطر"


def middle(picture: Any, color: str) -> float:
    """How far right the pixels of a colour lie on the average, 0 to 1."""
    _, u, v = yuv_shares(parse_color(color)[:3])
    inked = (np.abs(picture.u.astype(int) - u) < 5) & (np.abs(picture.v.astype(int) - v) < 5)
    return float(np.nonzero(inked)[1].mean() / picture.u.shape[1])


def edges(picture: Any) -> tuple[float, float]:
    """Where the first and the last marked column lie, 0 to 1."""
    marked = np.flatnonzero((np.abs(to_rgb(picture).astype(int) - 255).max(axis=2) > 100).any(axis=0))
    return marked[0] / picture.y.shape[1], marked[-1] / picture.y.shape[1]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("price", {"kicker": ARABIC, "note": "", "was": ""}),
        ("counter", {"label": ARABIC, "source": "", "after": ""}),
    ],
)
def test_numbers_stand_where_their_words_begin(kind: str, words: dict[str, str]) -> None:
    shown = stage(size=(640, 360))
    left, right = edges(begin(example(kind, **words), shown)(Fraction(5)))
    assert left > 0.4
    assert right == pytest.approx(shown.safe[2] / 640, abs=0.03)
    latin = {name: "Rain" if text == ARABIC else text for name, text in words.items()}
    assert edges(begin(example(kind, **latin), shown)(Fraction(5)))[1] < 0.6


@pytest.mark.parametrize("direction", ["columns", "rows"])
def test_the_first_bar_stands_at_the_right_or_grows_from_there(direction: str) -> None:
    data = [{"label": ARABIC, "value": 10}, {"label": ARABIC, "value": 40}]
    picture = begin(example("bars", title=ARABIC, source="", data=data, direction=direction, highlight=1),
                    stage(size=(640, 360)))(Fraction(5))  # fmt: skip
    assert middle(picture, PLAIN.accent) > 0.53


def test_a_ring_stands_at_the_right_and_its_legend_beside_it() -> None:
    data = [{"label": ARABIC, "value": 40}]
    pictures = [
        begin(example("donut", title="", middle="", data=[{**data[0], "label": label}]), stage(size=(640, 360)))
        for label in (ARABIC, "Rain")
    ]
    right, left = (middle(draw(Fraction(5)), PLAIN.series[0]) for draw in pictures)
    assert right > 0.6
    assert left < 0.4
    picture = begin(example("donut", title="", middle="", source="", data=data), stage(size=(640, 360)))(Fraction(5))
    _, u, v = yuv_shares(parse_color(PLAIN.series[0])[:3])
    coloured = (np.abs(picture.u.astype(int) - u) < 5) & (np.abs(picture.v.astype(int) - v) < 5)
    assert edges(picture)[0] < np.nonzero(coloured)[1].min() / 320 - 0.05  # words at the left of their chip


def test_code_is_read_from_the_left_whatever_its_comments_are_in() -> None:
    whole, sign = (
        begin(example("code", title="", code=code, steps=()), stage(size=(640, 360)))(Fraction(5)).y < 150
        for code in (f"# {ARABIC}\n", "#\n")
    )
    inked = np.flatnonzero(sign[120:, :320].any(axis=0))
    assert whole[:, inked].sum() == pytest.approx(sign[:, inked].sum(), rel=0.02)
    assert whole[:, inked[-1] + 4 :].sum() > sign[:, inked[-1] + 4 :].sum()


@pytest.mark.parametrize("name", theme_names())
def test_bars_that_do_not_stand_out_can_still_be_seen(name: str) -> None:
    theme = read_theme(name)
    for ground in (theme.background, theme.background_to):
        assert 3 <= contrast(_receding(theme), ground) <= contrast(theme.muted, ground)


def test_wrong_options_fade_when_the_answer_comes() -> None:
    draw = begin(example("quiz", kicker=""), stage(size=(640, 360), duration=10, cues=(0, 1, 2, 3, 8)))
    dark = [(draw(Fraction(time)).y < 90).sum() for time in (7, 9)]
    assert dark[1] < dark[0]
