from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.apps.compose.scenes.example_scenes import EXAMPLES, PLAIN, SIZES, example, stage, write_picture

from frameloom.apps.compose.scenes import bars, begin
from frameloom.apps.compose.scenes.figures import yuv_shares
from frameloom.apps.compose.scenes.figuring import ticks
from frameloom.apps.compose.scenes.tex import placed, set_formula
from frameloom.core.config import validate
from frameloom.core.errors import ConfigError
from frameloom.media.colors import parse_color
from frameloom.media.files.video import write_clip

BAD = [
    ("bars", {"data": []}, "too_short"),
    ("bars", {"data": {"a": "many"}}, "valid number"),
    ("bars", {"data": {"a": float("inf")}}, "finite"),
    ("donut", {"data": {"Bus": -3, "Car": 4}}, "'Bus' is -3: a share cannot be negative"),
    ("donut", {"data": {"Bus": 0}}, "all values are 0: there is nothing to share"),
    ("lines", {"labels": ["a", "b"]}, r"series\[0\] has 3 values for 2 labels; give as many of both"),
    (
        "tiles",
        {"tiles": [{"label": x, "row": 1, "column": 1, "value": 0} for x in "NS"]},
        "'N' and 'S' are both in row 1",
    ),
    ("quiz", {"answer": 4}, "answer 4 of 3 options; give 1 to 3"),
    ("formula", {"lines": [r"\frac{1"]}, r"not whole: a } is missing; add it"),
    ("formula", {"lines": [r"\frac{1}"]}, r"cannot be read \(something is missing\)"),
    ("formula", {"lines": [r"\fraction{a}{b}"]}, r"unknown command \\fraction"),
    ("formula", {"lines": ["雨 = x"]}, "no letters for '雨'; write words in `note`"),
    ("formula", {"lines": [" "]}, "formula of 1 characters; give 1 to 500"),
    ("code", {"language": "klingon"}, "unknown language 'klingon'"),
    ("code", {"code": "x\n" * 41, "steps": []}, "code of 41 lines; at most 40 can be read"),
    ("code", {"steps": ["1-9"]}, "step '1-9': lines go from 1 to 2, the lower one first"),
    ("code", {"steps": ["first"]}, "step 'first': give a line or lines, such as 3 or 1-4"),
    ("bullets", {"items": []}, "too_short"),
]


@pytest.mark.parametrize(("kind", "changes", "told"), BAD)
def test_what_cannot_be_shown_is_told(kind: str, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        example(kind, **changes)


@pytest.mark.parametrize(
    ("kind", "changes", "told"),
    [
        ("image", {}, "image: .*picture.png"),
        ("product", {}, "product: picture: .*picture.png"),
        ("clip", {}, "clip: .*clip.mp4"),
        ("model", {"model": "no-such-model"}, "model: .*no-such-model"),
    ],
)
def test_what_is_missing_is_told(kind: str, changes: dict[str, Any], told: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=told):
        begin(example(kind, **changes), stage(folder=tmp_path))


def test_a_damaged_picture_is_told(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG junk")
    with pytest.raises(ConfigError, match=r"image: .*picture.png"):
        begin(example("image"), stage(folder=tmp_path))


def is_color(picture: Any, color: str) -> Any:
    y, u, v = (round(part) for part in yuv_shares(parse_color(color)[:3]))
    close = [np.abs(plane.astype(int) - part) <= 2 for plane, part in ((picture.y, y), (picture.u, u), (picture.v, v))]
    return close[0] & np.repeat(np.repeat(close[1] & close[2], 2, 0), 2, 1)


def test_bars_are_as_high_as_their_numbers() -> None:
    scene = example("bars", title="", source="", data={"a": 10, "b": 20, "c": 40}, highlight=None)
    picture = begin(scene, stage(size=(960, 540)))(Fraction(5))
    columns = is_color(picture, PLAIN.series[0]).sum(axis=0)
    inside = columns[columns > 20]
    heights = sorted({int(np.median(part)) for part in np.array_split(inside, 3)})
    assert heights[1] / heights[0] == pytest.approx(2, rel=0.06)
    assert heights[2] / heights[0] == pytest.approx(4, rel=0.06)


@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1"])
def test_names_and_numbers_of_many_bars_are_whole(aspect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Any] = []
    monkeypatch.setattr(bars, "add_text", lambda board, stage, block, *place: written.append(block))
    data = {f"Town of {letter}": 10 + number / 10 for number, letter in enumerate("ABCDEFGHIJKL")}
    wide, high = SIZES[aspect]
    begin(
        example("bars", title="The towns in the valley", data=data, after=" M", source="Source"),
        stage(aspect, size=(wide * 4, high * 4)),
    )
    counts = [sum(len(line.glyphs) for line in block.lines) for block in written]
    assert counts == [len("10.0 M"), len("Town of A")] * 12


def test_few_bars_fill_most_of_the_picture_s_width() -> None:
    scene = example("bars", title="", source="", data={"a": 10, "b": 20, "c": 40}, highlight=None)
    shown = stage(size=(960, 540))
    columns = np.flatnonzero(is_color(begin(scene, shown)(Fraction(5)), PLAIN.series[0]).any(axis=0))
    assert columns[-1] - columns[0] > 0.7 * (shown.safe[2] - shown.safe[0])


@pytest.mark.parametrize("size", [(960, 540), (540, 960)])
def test_the_line_of_a_timeline_is_there_before_its_first_event_is_named(size: tuple[int, int]) -> None:
    draw = begin(example("timeline", title=""), stage(size=size, cues=(3, 4)))
    before, named = draw(Fraction(1)), draw(Fraction(19, 5))
    assert is_color(before, PLAIN.line).sum() > 300
    assert not is_color(before, PLAIN.accent).any()
    assert is_color(named, PLAIN.accent).sum() > 100


def test_slices_cover_their_shares() -> None:
    scene = example("donut", title="", middle="", data={"a": 1, "b": 3})
    picture = begin(scene, stage(size=(960, 540)))(Fraction(5))
    first, second = (is_color(picture, color) for color in PLAIN.series[:2])
    columns = np.flatnonzero((first | second).any(axis=0))
    end = columns[np.flatnonzero(np.diff(columns) > 8)[0]] + 1  # of the ring, without the legend
    first, second = first[:, :end].sum(), second[:, :end].sum()
    assert second / first == pytest.approx(3, rel=0.08)


def test_a_counter_counts_to_its_number_in_cells_that_stay() -> None:
    scene = example("counter", value=88, start=11, label="", source="", after="")
    draw = begin(scene, stage(size=(640, 360), cues=(0,)))
    first, last = draw(Fraction(0)).y, draw(Fraction(4)).y
    inked = [np.flatnonzero((picture < 200).any(axis=0)) for picture in (first, last)]
    middles = [(columns.min() + columns.max()) / 2 for columns in inked]
    assert middles[0] == pytest.approx(middles[1], abs=8)
    assert not np.array_equal(first, last)


@given(low=st.floats(-1e6, 1e6), span=st.floats(1e-3, 1e6))
def test_ticks_enclose_what_they_measure(low: float, span: float) -> None:
    marks = ticks(low, low + span)
    assert marks[0] <= low + 1e-6 * span
    assert marks[-1] >= low + span - 1e-6 * span
    assert 2 <= len(marks) <= 7
    assert np.allclose(np.diff(marks), marks[1] - marks[0], rtol=1e-4)


def test_ticks_of_one_value_are_apart() -> None:
    assert len(set(ticks(5, 5))) >= 2


def test_a_fraction_is_a_rule_between_two_letters() -> None:
    parts = placed(set_formula(r"\frac{a}{b}"), 100, 0, 0)
    tops = sorted((min(part[1::2]), max(part[1::2])) for part in parts)
    rules = [part for part in parts if max(part[1::2]) - min(part[1::2]) < 12]
    assert len(rules) == 1
    rule = min(rules[0][1::2])
    assert tops[0][1] < rule < tops[-1][0]
    wide = set_formula(r"\frac{a+b+c}{b}")
    assert wide.width > 2 * set_formula(r"\frac{a}{b}").width


def test_stretched_signs_and_powers_of_matrices_are_set() -> None:
    assert len(set_formula(r"\overrightarrow{AB}").outlines) > 4  # the arrow is of several pieces
    power = set_formula(r"\begin{bmatrix} a & b \end{bmatrix}^{-1}")
    assert power.width > set_formula(r"\begin{bmatrix} a & b \end{bmatrix}").width


def test_a_quiz_shows_its_answer_last_and_in_the_colour_of_what_is_right() -> None:
    draw = begin(example("quiz"), stage(size=(640, 360), duration=10, cues=(0, 1, 2, 3, 8)))
    assert is_color(draw(Fraction(7)), PLAIN.good).sum() < 200
    assert is_color(draw(Fraction(9)), PLAIN.good).sum() > 3000


def test_a_clip_begins_where_asked_and_its_last_picture_stays(tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mp4", [np.full((48, 64, 3), 25 * number, np.uint8) for number in range(10)], 10)
    draw = begin(example("clip", caption="", start="0.4"), stage(folder=tmp_path))
    values = [int(np.median(draw(Fraction(time, 10)).y)) for time in (0, 2, 5, 30, 1)]
    expected = [16 + 219 * 25 * number / 255 for number in (4, 6, 9, 9, 5)]
    assert values == pytest.approx(expected, abs=4)
    assert draw(Fraction(3)) is draw(Fraction(4))


def test_contain_shows_all_of_a_picture_and_cover_fills_the_frame(tmp_path: Path) -> None:
    write_picture(tmp_path / "picture.png", (200, 40))
    options = {"caption": "", "credit": "", "move": "none"}
    whole = begin(example("image", fit="contain", **options), stage(folder=tmp_path))(Fraction(0))
    cut = begin(example("image", fit="cover", **options), stage(folder=tmp_path))(Fraction(0))
    row = whole.y[108].astype(int)
    assert row.min() < 45
    assert row.max() > 190
    assert np.ptp(cut.y[108].astype(int)) < 0.6 * np.ptp(row)


def test_a_move_goes_where_it_says(tmp_path: Path) -> None:
    write_picture(tmp_path / "picture.png", (192, 108))  # brighter to the right
    options = {"caption": "", "credit": ""}
    for move, change in (("right", 1), ("left", -1)):
        draw = begin(example("image", move=move, **options), stage(folder=tmp_path))
        middles = [float(draw(Fraction(time)).y.mean()) for time in (0, 5)]
        assert np.sign(middles[1] - middles[0]) == change
    draw = begin(example("image", move="in", **options), stage(folder=tmp_path))
    spans = [np.ptp(draw(Fraction(time)).y.astype(int)) for time in (0, 5)]
    assert spans[1] < spans[0]


def test_a_model_s_clip_is_fixed_by_its_seed() -> None:
    draws = [begin(example("model", seed=seed), stage()) for seed in (1, 1, 2)]
    first, again, other = (draw(Fraction(4)).y for draw in draws)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_line_of_a_storyboard_s_message_names_the_scene_and_what_was_meant() -> None:
    from frameloom.apps.compose.scenes.words import Title

    with pytest.raises(ConfigError, match=r"story.toml: subtitel: unknown setting; did you mean 'subtitle'"):
        validate(Title, {**EXAMPLES["title"], "subtitel": "x"}, "story.toml")
