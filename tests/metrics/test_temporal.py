"""Change in time against values worked out by hand."""

import pytest
import torch

from frameloom.core.errors import DataError
from frameloom.metrics.temporal import flicker, motion


def test_a_steady_fade_moves_and_does_not_flicker() -> None:
    fade = (torch.arange(5.0) / 8).view(1, 5, 1, 1, 1).expand(2, 5, 3, 4, 4)
    assert torch.equal(motion(fade), torch.full((2,), 0.125))
    assert torch.equal(flicker(fade), torch.zeros(2))


def test_a_blinking_video_flickers_twice_as_much_as_it_moves() -> None:
    blink = (torch.arange(6) % 2).float().view(1, 6, 1, 1, 1).expand(1, 6, 1, 2, 2)
    assert motion(blink).item() == 1
    assert flicker(blink).item() == 2


def test_too_short_clips_are_refused() -> None:
    with pytest.raises(DataError, match="at least 2 frames, got"):
        motion(torch.zeros(1, 1, 1, 2, 2))
    with pytest.raises(DataError, match="at least 3 frames, got"):
        flicker(torch.zeros(1, 2, 1, 2, 2))
