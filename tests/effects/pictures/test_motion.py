"""Moving the picture in its frame, and what surrounds it: by hand."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.effects.clips import context, grey, picture

from frameloom.effects.pictures.framing import Border, RoundCorners, Shadow, rounded
from frameloom.effects.pictures.motion import KenBurns, Mirror, Shake, Zoom, view
from frameloom.effects.pictures.regions import Box
from frameloom.media.planes import Planes

NOW = Fraction(0)


def dot(x: int, y: int, width: int = 100, height: int = 80) -> Planes:
    one = grey(16, width, height)
    luma = one.y.copy()
    luma[y : y + 2, x : x + 2] = 235
    return Planes(luma, one.u, one.v)


def brightest(one: Planes) -> tuple[float, float]:
    rows, columns = np.nonzero(one.y > 100)
    return float(columns.mean()) + 0.5, float(rows.mean()) + 0.5


def test_mirror_by_hand() -> None:
    one = dot(10, 20)
    for axis, place in (("horizontal", (89, 21)), ("vertical", (11, 59)), ("both", (89, 59))):
        assert brightest(Mirror.model_validate({"axis": axis}).begin(context([one]))(one, NOW)) == place


def test_zoom_shows_its_place_in_the_middle() -> None:
    one = dot(70, 20)  # its middle at (71, 21)
    result = Zoom(zoom=2, x=0.71, y=21 / 80).begin(context([one]))(one, NOW)
    assert brightest(result) == pytest.approx((50, 40), abs=0.3)
    beside = Zoom(zoom=2, x=0.61, y=21 / 80).begin(context([one]))(one, NOW)
    assert brightest(beside) == pytest.approx((70, 40), abs=0.3)  # 10 px beside, twice as far


def test_angle_turns_clockwise() -> None:
    one = dot(79, 39)  # 30 px right of the middle
    result = Zoom(angle=90).begin(context([one]))(one, NOW)
    assert brightest(result) == pytest.approx((50, 70), abs=0.3)  # 30 px below it


@given(st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.floats(0.2, 8), st.floats(-180, 180))
def test_the_middle_of_the_frame_comes_from_the_place(x: float, y: float, zoom: float, degrees: float) -> None:
    matrix = view(64, 48, x, y, zoom, degrees)
    assert np.allclose(matrix @ [31.5, 23.5, 1], [x * 64 - 0.5, y * 48 - 0.5])
    assert np.isclose(np.linalg.det(matrix[:, :2]), 1 / zoom**2)


def test_ken_burns_goes_from_box_to_box() -> None:
    one = picture(128, 96)
    start, end = Box(), Box(left=0.5, top=0.5, width=0.25, height=0.25)
    pictures = [one] * 25
    change = KenBurns(start=start, end=end, easing="linear", smoothing="linear").begin(context(pictures))
    assert change(one, NOW) is one
    last = change(one, Fraction(1))
    part = one.y[48:72, 64:96].astype(float)
    assert np.abs(last.y.reshape(24, 4, 32, 4).mean(axis=(1, 3)) - part).mean() < 4
    # Half-way the zoom is 2 (the root of 1 * 4): width 1/2, and its middle lies (1 - 1/2) / (1 - 1/4) = 2/3 of the way.
    half = change(one, Fraction(1, 2))
    left, top = (round((0.5 + 2 / 3 * 0.125 - 0.25) * side) for side in (128, 96))
    part = one.y[top : top + 48, left : left + 64].astype(float)
    assert np.abs(half.y.reshape(48, 2, 64, 2).mean(axis=(1, 3)) - part).mean() < 10


def test_shake_stays_within_its_amount_and_shows_no_border() -> None:
    one = Planes(np.full((180, 320), 200, np.uint8), *(np.full((90, 160), 128, np.uint8) for _ in range(2)))
    framed = one.y.copy()
    framed[0] = framed[-1] = framed[:, 0] = framed[:, -1] = 16
    change = Shake(amount=0.03, angle=1).begin(context([one]))
    for index in range(0, 100, 7):
        result = change(Planes(framed, one.u, one.v), Fraction(index, 25))
        assert result.y.min() > 150
    spot = dot(159, 89, 320, 180)
    places = [
        brightest(Shake(amount=0.03, angle=0).begin(context([spot]))(spot, Fraction(index, 25))) for index in range(40)
    ]
    away = np.abs(np.array(places) - (160, 90)).max(axis=0)
    assert (away > 1).all()
    assert (away < 0.03 * 180 * 1.1 + 0.5).all()


def test_round_corners_lose_what_a_circle_leaves_of_a_square() -> None:
    kept = rounded(200, 100, 30)
    assert (1 - kept).sum() == pytest.approx((4 - np.pi) * 30**2, rel=0.02)
    assert kept[50].min() == kept[:, 100].min() == 1
    assert kept[0, 0] == 0
    assert np.array_equal(kept, kept[::-1, ::-1])
    one = grey(100, 200, 100)
    alpha = RoundCorners(radius=0.3).begin(context([one]))(one, NOW).alpha
    assert alpha is not None
    assert np.abs(alpha / 255 - kept).max() < 0.003


def test_border_by_hand() -> None:
    one = grey(100, 200, 100)
    result = Border(width=0.04, color="white").begin(context([one]))(one, NOW)
    assert (result.y[:4] == 235).all()
    assert (result.y[:, -4:] == 235).all()
    assert (result.y[4:-4, 4:-4] == 100).all()
    assert result.alpha is None
    cleared = Border(width=0.04, radius=0.2).begin(context([one]))(one, NOW).alpha
    assert cleared is not None
    assert cleared[0, 0] == 0
    assert cleared[50, 0] == 255


def test_a_shadow_falls_beside_the_picture() -> None:
    one = grey(200, 200, 100)
    result = Shadow(strength=0.5, blur=0.0, offset=0.05, angle=0, inset=0.1).begin(context([one]))(one, NOW)
    alpha = result.alpha
    assert alpha is not None
    assert alpha[50, 100] == 255
    assert result.y[50, 100] == 200
    assert (alpha[50, 16:19] == 0).all()  # inset 10 % of 200: the picture begins at 20
    assert alpha[50, 182] == pytest.approx(128, abs=2)  # 5 px of shadow right of 180
    assert result.y[50, 182] == 16
    assert alpha[50, 188] == 0
    placed = Planes(one.y, one.u, one.v, np.full((100, 200), 128, np.uint8))
    both = Shadow(strength=0.5, blur=0.0, offset=0, inset=0).begin(context([one]))(placed, NOW)
    assert both.alpha is not None
    assert int(both.alpha[50, 50]) == pytest.approx(128 + 0.25 * 127, abs=2)  # half over a quarter: 0.5 + 0.25 * 0.5
    assert int(both.y[50, 50]) == pytest.approx((200 * 0.5 + 16 * 0.125) / 0.625, abs=2)
