from fractions import Fraction

import numpy as np
import pytest
from tests.apps.compose.scenes.example_scenes import SIZES, example, stage

from frameloom.apps.compose.scenes import begin, parts
from frameloom.apps.compose.scenes.overlays import Badge, NameTag, Ticker, overlaid
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
        Badge(text="Live"),
        Ticker(items=("Rain", "Sun"), label="Now"),
    ],
)
def test_overlays_stay_in_the_safe_area(overlay: NameTag | Badge | Ticker, aspect: str) -> None:
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


def test_a_lower_third_comes_and_goes() -> None:
    shown = stage()
    ground = plain(shown.width, shown.height, GREY)
    draw = overlaid(lambda time: ground, [NameTag(name="Amara", start=Fraction(1), length=Fraction(2))], shown)
    seen = [not np.array_equal(draw(Fraction(time)).y, ground.y) for time in (0, 2, 4)]
    assert seen == [False, True, False]


def test_a_ticker_runs_on_without_an_end() -> None:
    shown = stage(size=(640, 360))
    ground = plain(640, 360, GREY)
    ticker = Ticker(items=("Rain until noon",), speed=0.25)
    draw = overlaid(lambda time: ground, [ticker], shown)
    left, _, right, bottom = shown.safe
    row = slice(bottom - ticker.height(shown) // 2 - 6, bottom - 4)
    ink = [(draw(Fraction(time)).y[row, left:right] < 150).sum() for time in (3, 60, 3600)]
    assert min(ink) > 0
    one, later = (draw(Fraction(3) + shift).y[row, left:right] for shift in (Fraction(0), Fraction(1, 10)))
    assert np.array_equal(one[:, 16:], later[:, :-16])  # a quarter of 640 px in a second, and a tenth of one


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
