import numpy as np
import pytest

from frameloom.media.planes import Depth, Planes, plain, yuv_of
from frameloom.media.thumbs import thumb_of


@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("size", [(1280, 720), (96, 54), (48, 27 * 2), (20, 12)])
def test_a_plain_picture_stays_what_it_is(depth: Depth, size: tuple[int, int]) -> None:
    thumb = thumb_of(plain(*size, (200, 30, 60), depth))
    assert thumb.shape == (3, 27, 48)
    assert thumb.dtype == np.uint8
    for plane, value in zip(thumb, yuv_of((200, 30, 60)), strict=True):
        assert abs(plane.astype(int) - value).max() <= 1


def test_values_are_means_of_what_they_stand_for() -> None:
    dice = np.random.default_rng(0)
    y, u, v = (dice.integers(0, 256, (54 * part, 96 * part)).astype(np.uint8) for part in (2, 1, 1))
    thumb = thumb_of(Planes(y, u, v)).astype(float)
    assert thumb[0] == pytest.approx(y.reshape(27, 4, 48, 4).mean((1, 3)), abs=0.51)
    assert thumb[1] == pytest.approx(u.reshape(27, 2, 48, 2).mean((1, 3)), abs=0.51)
