from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from tests.apps.compose.scenes.example_scenes import SIZES

from frameloom.apps.compose.scenes.focus import cut_of, standing_out
from frameloom.media.faces import find_faces

ASTRONAUT = Path(__file__).parents[3] / "media/pictures/astronaut.jpg"


def spotted(x: int, y: int, size: tuple[int, int] = (320, 180)) -> NDArray[np.uint8]:
    """A grey picture with a red spot in it."""
    picture = np.full((size[1], size[0], 3), 128, np.uint8)
    picture[y - 8 : y + 8, x - 8 : x + 8] = (220, 30, 30)
    return picture


@pytest.mark.parametrize("x", [70, 160, 250])
def test_what_stands_out_is_found(x: int) -> None:
    place = standing_out(spotted(x, 90))
    assert place[0] == pytest.approx(x / 320, abs=0.03)
    assert place[1] == pytest.approx(0.5, abs=0.03)


def test_a_picture_of_one_colour_is_cut_in_its_middle() -> None:
    cut = cut_of(np.full((100, 200, 3), 77, np.uint8), 1.0)
    assert (cut.left, cut.top, cut.right, cut.bottom) == pytest.approx((50, 0, 150, 100))
    assert cut.aim == pytest.approx((0.5, 0.5))


def test_a_spot_stays_in_sight_and_zooming_goes_there() -> None:
    cut = cut_of(spotted(60, 90), 9 / 16)
    assert cut.left <= 52
    assert cut.right >= 68
    wide = cut.right - cut.left
    assert wide == pytest.approx(180 * 9 / 16)
    assert cut.aim[0] == pytest.approx((60 - cut.left) / wide, abs=0.1)


@given(
    form=st.floats(0.3, 3.0),
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    x=st.none() | st.floats(0, 1),
    y=st.none() | st.floats(0, 1),
)
def test_a_cut_lies_in_the_picture_and_has_the_frame_s_form(
    form: float, size: tuple[int, int], x: float | None, y: float | None
) -> None:
    cut = cut_of(np.random.default_rng(3).integers(0, 255, (*size, 3), np.uint8), form, x, y)
    assert -1e-6 <= cut.left < cut.right <= size[1] + 1e-6
    assert -1e-6 <= cut.top < cut.bottom <= size[0] + 1e-6
    assert (cut.right - cut.left) / (cut.bottom - cut.top) == pytest.approx(form)
    assert all(0 <= share <= 1 for share in cut.aim)


def test_what_is_given_is_kept() -> None:
    cut = cut_of(spotted(60, 90), 9 / 16, x=0.8)
    assert (cut.left + cut.right) / 2 == pytest.approx(0.8 * 320, abs=1)
    assert cut.aim[0] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1", "4:5"])
def test_a_face_is_not_cut_off(aspect: str) -> None:
    width, height = SIZES[aspect]
    whole = np.asarray(Image.open(ASTRONAUT).convert("RGB"))
    (face,) = find_faces(whole, 0.8)
    cut = cut_of(whole, width / height)
    assert cut.left <= face.left
    assert cut.right >= face.right
    assert cut.top <= face.top - 0.4 * face.height  # hair
    assert cut.bottom >= face.bottom
    aim = cut.left + cut.aim[0] * (cut.right - cut.left), cut.top + cut.aim[1] * (cut.bottom - cut.top)
    assert aim == pytest.approx(face.center, abs=1)
