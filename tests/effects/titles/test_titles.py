"""Titles: where they stand, how they come and go, and that nothing is drawn twice while nothing moves."""

from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from frameloom.effects.titles import Title, begin, missing_in
from frameloom.effects.titles.designs import format_number
from frameloom.effects.titles.motion import At, Motion, Part, Pose, Shown, moved, progress_at, to_planes, wiped
from frameloom.effects.titles.rolls import _SOFT, Strip
from frameloom.effects.titles.settings import Counter
from frameloom.effects.titles.stage import plate

TITLE: TypeAdapter[Title] = TypeAdapter(Title)
WIDTH, HEIGHT = 320, 180
ARABIC = "\u0627\u0644\u0639\u0631\u0628\u064a\u0629"
DESIGNS: dict[str, dict[str, Any]] = {
    "headline": {"text": "A title", "subtitle": "and what is beneath"},
    "lower-third": {"name": "Jane Gray", "role": "Biologist"},
    "caption": {"text": "What is said, over two lines if it must be so long as this."},
    "ticker": {"text": "First words\nand more of them", "heading": "NEWS"},
    "credits": {"text": "# Team\nSound | Ann\n\nall others"},
    "label": {"text": "LIVE", "dot": True},
    "counter": {"end": 1234, "text": "visitors"},
}


def make(design: str, duration: int = 4, size: tuple[int, int] = (WIDTH, HEIGHT), **settings: Any) -> At:
    title = TITLE.validate_python({"design": design, **DESIGNS[design], **settings})
    return begin(title, *size, Fraction(duration))


def seen(at: At, time: str | int | Fraction) -> Shown:
    shown = at(Fraction(time))
    assert shown is not None
    return shown


def box(shown: Shown) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of what can be seen."""
    assert shown.planes.alpha is not None
    rows, columns = np.nonzero(shown.planes.alpha > 8)
    return (
        shown.left + int(columns.min()),
        shown.top + int(rows.min()),
        shown.left + int(columns.max()) + 1,
        shown.top + int(rows.max()) + 1,
    )


def weight(at: At, time: str | Fraction) -> float:
    shown = at(Fraction(time))
    return 0.0 if shown is None or shown.planes.alpha is None else float(shown.planes.alpha.sum(dtype=float))


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("size", [(320, 180), (180, 320), (64, 48)])
@pytest.mark.parametrize("text", ["latin", "arabic"])
def test_regions_are_even_and_within_the_picture(design: str, size: tuple[int, int], text: str) -> None:
    named = {"text", "name", "role", "subtitle", "heading"}
    settings = {key: ARABIC for key in DESIGNS[design] if key in named} if text == "arabic" else {}
    at = make(design, size=size, **settings)
    for quarter in range(17):
        shown = at(Fraction(quarter, 4))
        if shown is None:
            continue
        planes, left, top = shown
        assert planes.alpha is not None
        assert planes.alpha.shape == planes.y.shape
        assert planes.u.shape == planes.v.shape == (planes.height // 2, planes.width // 2)
        assert left >= 0
        assert top >= 0
        assert [value % 2 for value in (left, top, planes.width, planes.height)] == [0] * 4
        assert left + planes.width <= size[0]
        assert top + planes.height <= size[1]


@pytest.mark.parametrize("design", ["headline", "lower-third", "caption", "label"])
def test_the_same_object_while_nothing_moves(design: str) -> None:
    at = make(design)
    assert at(Fraction(3, 2)) is at(Fraction(2)) is at(Fraction(5, 2))


@pytest.mark.parametrize("design", ["headline", "lower-third", "caption", "label"])
def test_text_stays_within_the_safe_area(design: str) -> None:
    left, top, right, bottom = box(seen(make(design), 2))
    assert left >= WIDTH * 0.05 - 4
    assert right <= WIDTH * 0.95 + 4
    assert top >= HEIGHT * 0.05 - 4
    assert bottom <= HEIGHT * 0.95 + 4


@pytest.mark.parametrize("design", ["headline", "lower-third", "caption", "label", "counter"])
def test_all_come_from_nothing_and_go_to_nothing(design: str) -> None:
    at = make(design)
    whole = weight(at, "2")
    assert weight(at, "0") < whole / 100
    assert weight(at, "4") < whole / 100
    assert weight(at, "1/10") < whole
    coming = [weight(at, Fraction(step, 50)) for step in range(40)]
    assert all(after >= before * 0.98 for before, after in pairwise(coming)) or design == "counter"


def test_a_headline_is_in_the_middle() -> None:
    left, top, right, bottom = box(seen(make("headline", rule=False), 2))
    assert abs(left + right - WIDTH) <= 6
    assert abs(top + bottom - HEIGHT) <= 16  # ascenders and descenders are not alike
    assert box(seen(make("headline", place="top"), 2))[1] < HEIGHT * 0.15
    assert box(seen(make("headline", place="bottom"), 2))[3] > HEIGHT * 0.85


@pytest.mark.parametrize("design", ["headline", "lower-third"])
def test_what_is_read_from_the_right_is_mirrored(design: str) -> None:
    place = {"place": "start"} if design == "headline" else {}
    words = {"text": ARABIC, "subtitle": ""} if design == "headline" else {"name": ARABIC, "role": ""}
    left = box(seen(make(design, **place), 2))
    right = box(seen(make(design, **place, **words), 2))
    assert left[0] < WIDTH * 0.1
    assert right[2] > WIDTH * 0.9
    assert right[0] > WIDTH * 0.3


def test_the_other_side_of_a_lower_third() -> None:
    assert box(seen(make("lower-third", side="end"), 2))[2] > WIDTH * 0.9
    assert box(seen(make("lower-third", side="end", name=ARABIC), 2))[0] < WIDTH * 0.1


def test_corners() -> None:
    for corner, (low_x, low_y) in {
        "top-left": (1, 1),
        "top-right": (0, 1),
        "bottom-left": (1, 0),
        "bottom-right": (0, 0),
    }.items():
        left, top, _, _ = box(seen(make("label", corner=corner), 2))
        assert ((left < WIDTH / 4) == bool(low_x), (top < HEIGHT / 4) == bool(low_y)) == (True, True)


def test_a_fade_has_half_its_alpha_half_way() -> None:
    motion = {"enter": "fade", "leave": "none", "duration": 1, "easing": "linear"}
    at = make("caption", motion=motion)
    assert weight(at, "1/2") == pytest.approx(weight(at, "2") / 2, rel=0.02)
    assert weight(at, "4") == weight(at, "2")


@pytest.mark.parametrize(("name", "moves"), [("rise", (0, 1)), ("drop", (0, -1)), ("slide", (-1, 0))])
def test_ways_to_come(name: str, moves: tuple[int, int]) -> None:
    at = make("caption", place="center", motion={"enter": name, "duration": 1, "easing": "linear"})
    early, late = box(seen(at, "1/2")), box(seen(at, "2"))
    assert np.sign(early[0] - late[0]) == moves[0]
    assert np.sign(early[1] - late[1]) == moves[1]


def test_a_wipe_uncovers_from_where_reading_begins() -> None:
    motion = {"enter": "wipe", "duration": 1, "easing": "linear"}
    at, back = make("caption", motion=motion), make("caption", motion=motion, text=ARABIC)
    for wipe, edge in ((at, 0), (back, 2)):
        half, whole = box(seen(wipe, "1/2")), box(seen(wipe, "2"))
        assert half[edge] == whole[edge]
        assert half[2] - half[0] == pytest.approx((whole[2] - whole[0]) / 2, abs=2)


def test_a_pop_grows_about_its_middle() -> None:
    at = make("caption", place="center", motion={"enter": "pop", "duration": 1, "easing": "linear"})
    half, whole = box(seen(at, "1/2")), box(seen(at, "2"))
    assert half[2] - half[0] == pytest.approx(0.8 * (whole[2] - whole[0]), abs=3)
    assert half[0] + half[2] == pytest.approx(whole[0] + whole[2], abs=3)


def test_typing_shows_more_and_more_at_final_places() -> None:
    motion = {"enter": "type", "leave": "none", "duration": 2}
    at = make("headline", text="abcdefgh", subtitle="", motion=motion)
    shares = [weight(at, Fraction(step, 4)) for step in range(1, 9)]
    assert all(after > before for before, after in pairwise(shares))
    assert box(seen(at, "1"))[0] == box(seen(at, "3"))[0]
    assert at(Fraction(1)) is at(Fraction(101, 100))


def test_a_short_title_still_comes_and_goes() -> None:
    at = begin(
        TITLE.validate_python({"design": "caption", "text": "Hi", "motion": {"duration": 5}}), 320, 180, Fraction(1, 2)
    )
    assert weight(at, "1/4") > 0
    assert weight(at, "0") == weight(at, "1/2") == 0


def test_a_ticker_goes_by_at_its_speed_without_seams() -> None:
    at = make("ticker", duration=60, motion={"enter": "none", "leave": "none"}, speed=0.1, text="word " * 40)
    first, later = seen(at, 10).planes.y, seen(at, 15).planes.y  # 160 px on
    head, soft = 80, round(HEIGHT * _SOFT) + 1
    whole = slice(head + 160, WIDTH - soft), slice(head, WIDTH - 160 - soft)
    assert np.array_equal(first[:, whole[0]], later[:, whole[1]])
    assert np.array_equal(first[:, :30], later[:, :30])  # the heading stands


def test_a_ticker_begins_empty() -> None:
    for words in ("word " * 40, f"{ARABIC} " * 40):
        at = make("ticker", duration=60, motion={"enter": "none"}, text=words, heading="")
        assert np.ptp(seen(at, 0).planes.y) == 0
        assert np.ptp(seen(at, 2).planes.y) > 100


@pytest.mark.parametrize("axis", ["x", "y"])
@pytest.mark.parametrize("start", [-3, 0, 510, 511, 1023])
def test_a_window_of_a_long_picture(axis: Literal["x", "y"], start: int) -> None:
    def draw(begin: int, stop: int) -> NDArray[np.uint8]:
        """Return lines each of their own grey, and every second line red, so that chroma tells where it comes from."""
        places = np.arange(begin, stop)
        lines = np.stack([places % 200, np.where(places % 4 < 2, places % 200, 0), places % 200, 0 * places + 255], 1)
        wide = np.repeat(lines[:, None].astype(np.uint8), 4, axis=1)
        return np.ascontiguousarray(wide if axis == "y" else wide.transpose(1, 0, 2))

    window = Strip(draw, axis, 8, "bt709").window(start, 8)
    whole = to_planes(draw(start, start + 8), 8, "bt709")
    for name in ("y", "u", "v", "alpha"):
        assert np.array_equal(getattr(window, name), getattr(whole, name))


def test_a_ticker_may_be_filled_from_the_begin_on() -> None:
    at = make("ticker", duration=60, motion={"enter": "none"}, text="word " * 40, heading="", filled=0.5)
    inked = np.flatnonzero((seen(at, 0).planes.y > 180).any(axis=0))
    assert WIDTH * 0.49 < inked.min() < WIDTH * 0.53


def test_an_area_that_is_given_is_kept() -> None:
    area = (40, 20, WIDTH - 60, HEIGHT - 50)
    at = begin(
        TITLE.validate_python({"design": "lower-third", **DESIGNS["lower-third"]}),
        WIDTH,
        HEIGHT,
        Fraction(4),
        area=area,
    )
    left, _, _, bottom = box(seen(at, 2))
    assert (left, bottom) == (area[0], area[3])


def test_an_arabic_ticker_runs_to_the_right() -> None:
    at = make("ticker", duration=60, motion={"enter": "none"}, speed=0.1, text=f"{ARABIC} " * 40, heading="")
    first, later = seen(at, 10).planes.y, seen(at, 12).planes.y  # 64 px on
    soft = round(HEIGHT * _SOFT) + 1
    assert np.array_equal(first[:, soft : WIDTH - 64 - soft], later[:, 64 + soft : WIDTH - soft])


@pytest.mark.parametrize("words", ["#" * 80, "\u0644" * 80])
def test_the_words_of_a_ticker_come_and_go_softly(words: str) -> None:
    at = make("ticker", duration=60, motion={"enter": "none", "leave": "none"}, text=words, heading="", filled=1.0)
    lightest = seen(at, 2).planes.y.astype(int).max(axis=0)
    soft, ground = round(HEIGHT * _SOFT), int(seen(at, 2).planes.y.min())
    inner = int(lightest[soft:-soft].max())
    for place in range(soft - 2):
        most = ground + (inner - ground) * (place + 2) / soft
        assert lightest[place] <= most
        assert lightest[-1 - place] <= most


def test_a_ticker_that_is_through_begins_again_or_not() -> None:
    settings = {"motion": {"enter": "none", "leave": "none"}, "speed": 1.0, "text": "word", "heading": ""}
    again, once = make("ticker", duration=60, **settings), make("ticker", duration=60, repeat=False, **settings)
    assert np.ptp(seen(again, 30).planes.y) > 100
    assert np.ptp(seen(once, 30).planes.y) == 0
    assert np.ptp(seen(once, "1/2").planes.y) > 100


def test_credits_pass_in_just_their_time() -> None:
    at = make("credits", duration=10)
    assert weight(at, "0") == weight(at, "10") == 0
    tops = [box(seen(at, time))[1] for time in ("1", "2", "3")]
    assert tops[0] > tops[1] > tops[2]
    assert np.diff(tops)[0] == pytest.approx(np.diff(tops)[1], abs=2)


def test_credits_roll_pixel_by_pixel() -> None:
    """An odd step must move chroma with luma: the roll is drawn anew for odd places."""
    at = make("credits", duration=400, size=(320, 320))
    pictures = [seen(at, 200 + step).planes for step in range(3)]
    edges = [np.nonzero(picture.alpha.any(axis=1))[0][0] for picture in pictures if picture.alpha is not None]
    assert edges[0] > edges[-1]


def test_a_counter_counts_and_ends() -> None:
    at = make("counter", counting=2, easing="linear", motion={"enter": "none", "leave": "none"})
    assert at(Fraction(5, 2)) is at(Fraction(3))
    assert at(Fraction(1)) is not at(Fraction(11, 10))


@pytest.mark.parametrize(
    ("settings", "value", "text"),
    [
        ({}, 1234567.6, "1,234,568"),
        ({"grouping": ""}, 1234.0, "1234"),
        ({"grouping": " ", "decimals": 2, "prefix": "$"}, 1234.5, "$1 234.50"),
        ({"grouping": "."}, -1234, "\u22121.234"),
    ],
)
def test_numbers(settings: dict[str, Any], value: float, text: str) -> None:
    assert format_number(Counter(end=1, **settings), value) == text


def test_sizes_follow_the_picture() -> None:
    small = np.array(box(seen(make("lower-third"), 2)))
    large = np.array(box(seen(make("lower-third", size=(1280, 720)), 2)))
    assert np.allclose(large / 4, small, atol=3)
    double = np.array(box(seen(make("label", scale=2), 2))) - np.array(box(seen(make("label"), 2)))
    assert double[2] > 0


def test_ten_bits_and_other_spaces() -> None:
    title = TITLE.validate_python({"design": "caption", "text": "Hi", "theme": {"panel": "white", "text": "white"}})
    for color, white in (("bt709", 940), ("hlg", 64 + round(876 * 191 / 255)), ("pq", 64 + round(876 * 148 / 255))):
        shown = begin(title, 320, 180, Fraction(4), 10, color)(Fraction(2))  # type: ignore[arg-type]
        assert shown is not None
        assert shown.planes.depth == 10
        assert shown.planes.alpha is not None
        assert abs(int(shown.planes.y[10, 10]) - white) <= 1
        assert shown.planes.alpha.max() == 1023


def test_planes_of_known_pixels() -> None:
    rgba = np.zeros((2, 4, 4), np.uint8)
    rgba[0, 0] = (255, 0, 0, 255)
    planes = to_planes(rgba, 8, "bt709")
    assert planes.y[0, 0] == 63  # 16 + 219 * 0.2126
    assert planes.v.tolist() == [[240, 128]]  # all that is seen of the four is red: no black is mixed in
    assert planes.u.tolist() == [[102, 128]]
    assert planes.alpha is not None
    assert planes.alpha.tolist() == [[255, 0, 0, 0], [0, 0, 0, 0]]


def test_progress() -> None:
    motion = Motion(enter="fade", leave="wipe", duration=Fraction(1), easing="linear")
    found = [progress_at(motion, Fraction(time), Fraction(4)) for time in ("0", "1/4", "2", "15/4", "4")]
    assert found == [("fade", 0.0), ("fade", 0.25), ("fade", 1.0), ("wipe", 0.25), ("wipe", 0.0)]
    assert progress_at(Motion(enter="none"), Fraction(0), Fraction(4)) == ("none", 1.0)


def test_boxes_of_a_wipe() -> None:
    assert wiped((10, 0, 20, 5), 0.3, "ltr") == (10, 0, 13, 5)
    assert wiped((10, 0, 20, 5), 0.3, "rtl") == (17, 0, 20, 5)


def test_round_corners() -> None:
    alpha = plate(40, 20, "#00000080", 8)[..., 3]
    assert alpha[0, 0] == 0
    assert alpha[10, 20] == 128
    assert np.array_equal(alpha, alpha[::-1])
    assert np.array_equal(alpha, alpha[:, ::-1])
    missing = 40 * 20 - alpha.sum() / 128
    assert missing == pytest.approx((4 - np.pi) * 8**2, rel=0.05)


@pytest.mark.parametrize(
    "wrong",
    [
        {"design": "headline"},
        {"design": "poster", "text": "x"},
        {"design": "caption", "text": "x", "theme": {"panel": "blau"}},
        {"design": "caption", "text": "x" * 2001},
        {"design": "counter", "end": 1e13},
        {"design": "label", "text": "x", "motion": {"duration": 0}},
    ],
)
def test_what_is_wrong_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TITLE.validate_python(wrong)


def test_what_no_font_has_is_told() -> None:
    title = TITLE.validate_python({"design": "lower-third", "name": "A\u1820", "role": "\ua000b"})
    assert missing_in(title) == "\u1820\ua000"


def test_moved_is_at_rest_in_the_end() -> None:
    part = Part(plate(4, 4, "red"), 0, 0)
    for name in ("none", "fade", "rise", "drop", "slide", "wipe", "pop", "type"):
        assert moved(part, name, 1.0, "ltr", 10) == (Pose(part), 255)  # type: ignore[arg-type]
