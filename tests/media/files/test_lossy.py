"""H.264 in memory: as many pictures come back, in order, the poorer the higher the setting."""

import numpy as np
import pytest

from frameloom.core.errors import MediaError
from frameloom.media.files.lossy import through_h264


def moving(count: int = 4, height: int = 48, width: int = 64) -> np.ndarray:
    dice = np.random.default_rng(0)
    wide = dice.integers(16, 236, (height, width + 2 * count)).astype(np.uint8)
    return np.stack([wide[:, 2 * time : 2 * time + width] for time in range(count)])


def test_without_loss_they_come_back_as_they_were_and_in_order() -> None:
    assert np.array_equal(through_h264(moving(), 0), moving())


def test_a_higher_setting_is_poorer_and_the_same_is_the_same() -> None:
    errors = [np.abs(through_h264(moving(), crf).astype(int) - moving()).mean() for crf in (10, 25, 40)]
    assert errors[0] < errors[1] < errors[2]
    assert np.array_equal(through_h264(moving(), 30), through_h264(moving(), 30))


@pytest.mark.parametrize("shape", [(1, 48, 63), (1, 14, 64), (0, 48, 64)])
def test_what_cannot_be_encoded_is_refused(shape: tuple[int, int, int]) -> None:
    with pytest.raises(MediaError, match=r"cannot be encoded; give even sides of 16 px or more"):
        through_h264(np.zeros(shape, np.uint8), 20)


def test_a_preset_that_is_none_is_named() -> None:
    with pytest.raises(MediaError, match=r"x264 at crf 20, preset hasty: not encoded"):
        through_h264(moving(), 20, "hasty")
