from fractions import Fraction

import numpy as np
import pytest
from tests.apps.compose.scenes.example_scenes import SIZES, example, stage

from frameloom.apps.compose.scenes import begin, parts
from frameloom.apps.compose.scenes.overlays import Badge, NameTag, Ticker, kept_clear, overlaid
from frameloom.media.planes import Planes, plain

GREY = (120, 120, 120)


def changed(picture: Planes, ground: Planes) -> tuple[int, int, int, int]:
    """The box of what is not as the ground is."""
    rows, columns = np.nonzero(np.abs(picture.y.astype(int) - ground.y) > 8)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize(
    "overlay",
    [
        NameTag(name="Amara Osei", role="Engineer"),
        NameTag(name="أمارا"),
        NameTag(name="W" * 60, role="m" * 180),
        Badge(text="Live"),
    ],
)
def test_overlays_stay_in_the_safe_area(overlay: NameTag | Badge, aspect: str) -> None:
    shown = stage(aspect)
    ground = plain(shown.width, shown.height, GREY)
    draw = overlaid(lambda time: ground, [overlay], shown)
    left, top, right, bottom = shown.safe
    for time in (1, 2, 4):
        box = changed(draw(Fraction(time)), ground)
        assert left - 2 <= box[0]
        assert top - 2 <= box[1]
        assert box[2] <= right + 2
        assert box[3] <= bottom + 2


@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize(("words", "label"), [("Rain", "Now"), ("مطر", "الآن")])
def test_a_ticker_is_as_wide_as_the_picture_and_its_label_begins_in_the_safe_area(
    words: str, label: str, aspect: str
) -> None:
    shown = stage(aspect)
    ground = plain(shown.width, shown.height, GREY)
    ticker = Ticker(items=(words,), label=label)
    picture = overlaid(lambda time: ground, [ticker], shown)(Fraction(0))
    box = changed(picture, ground)
    assert (box[0], box[2], box[3]) == (0, shown.width, shown.safe[3])
    assert 0 < box[1] - (shown.safe[3] - ticker.height(shown)) < shown.height * 0.04  # the gap
    accent = int(np.median(picture.y[box[1] + 1 : box[1] + 4, slice(0, 4) if words == "Rain" else slice(-4, None)]))
    inked = np.flatnonzero((np.abs(picture.y[box[1] : box[3]].astype(int) - accent) > 90).any(axis=0))
    first = inked.min() if words == "Rain" else shown.width - 1 - inked.max()
    assert shown.safe[0] - 1 <= first <= shown.safe[0] + shown.side * 0.03


def test_a_ticker_is_the_same_at_the_same_time_however_long_its_scene_is() -> None:
    ground = plain(640, 360, GREY)
    pictures = [
        overlaid(lambda time: ground, [Ticker(items=("Rain",))], stage(size=(640, 360), duration=length))(
            Fraction(3, 2)
        )
        for length in (2, 60)
    ]
    assert np.array_equal(pictures[0].y, pictures[1].y)


def test_a_ticker_of_a_book_is_refused() -> None:
    with pytest.raises(ValueError, match="16000 characters in all; at most 15000: leave some out"):
        Ticker(items=("x" * 1000,) * 16)


def test_a_scene_keeps_clear_of_a_badge() -> None:
    shown, badge = stage(size=(640, 360)), Badge(text="Live")
    ground = plain(640, 360, GREY)
    box = changed(overlaid(lambda time: ground, [badge], shown)(Fraction(1)), ground)
    assert box[3] < kept_clear(shown, [badge]).safe[1]


def test_while_nothing_moves_the_very_same_picture_comes_back() -> None:
    ground = plain(640, 360, GREY)
    draw = overlaid(lambda time: ground, [NameTag(name="Amara", length=Fraction(60)), Badge(text="Live")], stage())
    assert draw(Fraction(2)) is draw(Fraction(3))


def test_a_lower_third_comes_and_goes() -> None:
    shown = stage()
    ground = plain(shown.width, shown.height, GREY)
    draw = overlaid(lambda time: ground, [NameTag(name="Amara", start=Fraction(1), length=Fraction(2))], shown)
    assert draw(Fraction(1, 2)) is draw(Fraction(4)) is ground
    assert not np.array_equal(draw(Fraction(2)).y, ground.y)


def test_a_ticker_runs_on_without_an_end() -> None:
    shown = stage(size=(640, 360))
    ground = plain(640, 360, GREY)
    ticker = Ticker(items=("Rain until noon",), speed=0.25)
    draw = overlaid(lambda time: ground, [ticker], shown)
    bottom = shown.safe[3]
    row = slice(bottom - ticker.height(shown) // 2 - 6, bottom - 4)
    ink = [(draw(Fraction(time)).y[row] < 150).sum() for time in (0, 3, 60, 3600)]
    assert min(ink) > 0
    one, later = (draw(Fraction(3) + shift).y[row] for shift in (Fraction(0), Fraction(1, 10)))
    assert np.array_equal(one[:, 46:-30], later[:, 30:-46])  # a quarter of 640 px in a second, and a tenth of one


def test_a_layered_scene_keeps_clear_of_its_ticker() -> None:
    scene = example(
        "layered", over=[{"kind": "ticker", "items": ["Rain"]}], under={"kind": "bullets", "items": ["x"] * 8}
    )
    assert parts(scene) == ("x",) * 8
    shown = stage(size=(640, 360))
    draw = begin(scene, shown)
    assert draw(Fraction(5)).y.shape == (360, 640)
    gap = shown.safe[3] - Ticker(items=("Rain",)).height(shown)
    assert (draw(Fraction(5)).y[gap + 3 : gap + 6] == draw(Fraction(0)).y[gap + 3 : gap + 6]).all()
