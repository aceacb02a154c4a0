"""Boxes, ellipses and their rims."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.effects.clips import grey, picture

from frameloom.effects.pictures.regions import Box, Shape, change_in, cover, span_of
from frameloom.media.planes import Planes

HALF = Box(left=0.25, top=0.25, width=0.5, height=0.5)


def test_a_box_covers_its_pixels_and_no_other() -> None:
    share = cover(HALF, "box", 0, 16, 8)
    assert share[2:6, 4:12].min() == 1
    assert share.sum() == pytest.approx(4 * 8 + 0.5 * 24 + 4 * (1 - 0.5), abs=2.1)  # half a px of rim outside


def test_a_feather_falls_from_one_to_zero_outside() -> None:
    share = cover(HALF, "box", 10, 100, 100)
    assert share[50, 25] == 1
    assert share[50, 24] == pytest.approx(0.99275, abs=1e-4)  # 0.5 px out of 10: s = 0.95, s^2 (3 - 2 s)
    assert share[50, 19] == pytest.approx(0.42525, abs=1e-4)  # 5.5 px out: s = 0.45
    assert share[50, 14] == 0


def test_an_ellipse_has_the_area_of_an_ellipse() -> None:
    share = cover(HALF, "ellipse", 0, 200, 100)
    assert (share == 1).sum() == pytest.approx(np.pi * 50 * 25, rel=0.01)


@given(
    st.builds(
        Box, left=st.floats(-1, 1.5), top=st.floats(-1, 1.5), width=st.floats(0.01, 2), height=st.floats(0.01, 2)
    ),
    st.floats(0, 20),
    st.sampled_from(["box", "ellipse"]),
)
def test_the_span_holds_all_that_is_covered(box: Box, feather_px: float, shape: Shape) -> None:
    whole = cover(box, shape, feather_px, 64, 48)
    span = span_of(box, 64, 48, max(feather_px, 1))
    if span is None:
        assert whole.max() == 0
        return
    rows, columns = span
    assert all(edge % 2 == 0 for edge in (rows.start, rows.stop, columns.start, columns.stop))
    assert np.allclose(cover(box, shape, feather_px, 64, 48, span), whole[span])
    outside = whole.copy()
    outside[span] = 0
    assert outside.max() == 0


def test_only_the_region_changes() -> None:
    one = picture(64, 48)
    result = change_in(one, HALF, "box", 0, lambda part: grey(235, part.width, part.height))
    assert (result.y[12:36, 16:48] == 235).all()
    assert np.array_equal(result.y[:11], one.y[:11])
    assert np.array_equal(result.u[:, :7], one.u[:, :7])
    assert (result.u[6:18, 8:24] == 128).all()


def test_a_region_beside_the_picture_leaves_the_very_same_object() -> None:
    one = picture()
    assert change_in(one, Box(left=2, top=2), "box", 0, _fail) is one


def _fail(part: Planes) -> Planes:
    raise AssertionError


def test_a_grown_box_keeps_its_middle() -> None:
    assert HALF.grown(0.25) == Box()
    assert HALF.center == (0.5, 0.5)
