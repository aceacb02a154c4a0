"""Features of clips: what they must see, with the shipped reader, and what is refused."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from frameloom.core.config import Config
from frameloom.core.errors import DataError, ModelError
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.evaluation.instruments import Digits, Scenes, apart, open_instrument, pooled
from frameloom.metrics.distribution import Moments, frechet_distance
from frameloom.models.base import Model


class Means:
    """Reads scenes as their mean colour, and the hand in the corner."""

    def features(self, frames: Tensor) -> Tensor:
        return frames.mean(dim=(2, 3))

    def pose(self, frames: Tensor) -> Tensor:
        return torch.tensor([[3.0, 4.0]]).expand(len(frames), -1)


@pytest.fixture(scope="module")
def digits() -> Digits:
    found = open_instrument("moving_mnist")
    assert isinstance(found, Digits)
    return found


def test_pooling_sees_change_where_the_mean_does_not() -> None:
    still, trembling = torch.zeros(1, 4, 1, 2, 2), torch.zeros(1, 4, 1, 2, 2)
    trembling[0, :, 0, 0, 0] = torch.tensor([1.0, -1.0, 1.0, -1.0])
    assert pooled(still).tolist() == [[0, 0]]
    assert pooled(trembling).tolist() == [[0, 2 / 4]]  # one place of four changes by 2
    with pytest.raises(DataError, match=r"at least 2 frames, got maps of shape \(1, 1, 3\)"):
        pooled(torch.zeros(1, 1, 3))


def test_distance_of_features_is_a_root_mean_square() -> None:
    assert apart(torch.zeros(1, 1, 4), torch.tensor([[[3.0, 4.0, 0.0, 0.0]]])).tolist() == [[2.5]]


def test_scenes_are_read_frame_by_frame() -> None:
    video = torch.rand(2, 300, 3, 2, 2)  # more frames than are read at once
    scenes = Scenes(Means())
    assert torch.allclose(scenes.maps(video), video.mean(dim=(3, 4)))
    assert scenes.hand(video).shape == (2, 300, 2)
    assert scenes.hand(video)[1, 299].tolist() == [3.0, 4.0]


def test_the_clip_distance_sees_blur_freezing_and_disorder(digits: Digits) -> None:
    """Each spoils what single digits or single pixels need not show; real clips lie nearer."""
    source = MovingMnist(MovingMnistConfig(preset="stochastic", frames=8), "test")
    one, other = source.batch(0, 40)["video"], source.batch(1, 40)["video"]
    blurred = F.avg_pool2d(one.flatten(0, 1), 5, 1, 2, count_include_pad=False).view_as(one)
    frozen = one[:, :1].expand_as(one)
    disordered = one[:, torch.randperm(8, generator=torch.Generator().manual_seed(0))]

    def seen(video: Tensor) -> Moments:
        found = Moments()
        found.add(pooled(digits.maps(video)))
        return found

    real = frechet_distance(seen(other), seen(one))
    for spoilt in (blurred, frozen, disordered):
        assert frechet_distance(seen(spoilt), seen(one)) > 4 * real


def test_digits_are_read_in_the_last_frames(digits: Digits) -> None:
    video = MovingMnist(MovingMnistConfig(frames=12), "test").batch(0, 2)["video"]
    found = digits.digits(video)
    assert found is not None
    assert torch.equal(found, digits.reader.read(video[:, 2:]).features)
    assert digits.digits(video[:, :9]) is None
    assert digits.hand(video) is None
    with pytest.raises(DataError, match=r"digit-reader reads frames of \(1, 64, 64\), the clips have \(1, 32, 32\)"):
        digits.maps(video[..., :32, :32])


def test_a_reader_of_something_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_instrument("moving_mnist", "none") is None
    monkeypatch.setattr("frameloom.evaluation.instruments.load_model", lambda name, device: Model(Config()))
    with pytest.raises(ModelError, match="mnist-vae: does not read digits; give a digit reader, or none"):
        open_instrument("moving_mnist", "mnist-vae")
    with pytest.raises(ModelError, match="digit-reader: does not read robot scenes; give a scene reader, or none"):
        open_instrument("robot_push", "digit-reader")
