"""The net that finds edits: what is likened to what, and that its answers are those of their pictures."""

import pytest
import torch

from frameloom.core.errors import ModelError
from frameloom.models.shot_detector import ShotDetector, ShotDetectorConfig, f1, pairs


@pytest.fixture
def net() -> ShotDetector:
    torch.manual_seed(0)
    return ShotDetector(ShotDetectorConfig())


def clip(count: int = 2, time: int = 40) -> torch.Tensor:
    return torch.rand(count, time, 3, 27, 48, generator=torch.Generator().manual_seed(1)) * 2 - 1


def test_the_size_is_small(net: ShotDetector) -> None:
    assert 50_000 < sum(parameter.numel() for parameter in net.parameters()) < 150_000


def test_each_picture_is_likened_to_those_around_and_those_across() -> None:
    chosen = pairs(10, 2)[5]
    assert [(pair // 10, pair % 10) for pair in chosen.tolist()] == [(5, 4), (5, 3), (5, 6), (5, 7), (4, 5), (3, 6)]
    first = pairs(10, 2)[0]
    assert [(pair // 10, pair % 10) for pair in first.tolist()] == [(0, 0), (0, 0), (0, 1), (0, 2), (0, 0), (0, 1)]


def test_likeness_is_the_cosine(net: ShotDetector) -> None:
    codes = torch.tensor([[[1.0, 0.0], [0.0, 2.0], [3.0, 3.0]]])
    net.config = ShotDetectorConfig(reach=1)
    before, after, across = net._likeness(codes)[0, 1].tolist()
    assert (before, after) == (pytest.approx(0, abs=1e-5), pytest.approx(0.5**0.5, rel=1e-5))
    assert across == pytest.approx(0, abs=1e-5)
    assert net._likeness(codes)[0, 2, 2].item() == pytest.approx(0.5**0.5, rel=1e-5)  # across: the second and the third


def test_clips_do_not_mix_and_far_pictures_do_not_matter(net: ShotDetector) -> None:
    video = clip(time=140)
    both = net.detect(video)
    assert both.shape == (2, 140, 2)
    assert both.min() >= 0
    assert both.max() <= 1
    torch.testing.assert_close(net.detect(video[1:]), both[1:])
    changed = video.clone()
    changed[:, 139] = 0
    torch.testing.assert_close(net.detect(changed)[:, :40], both[:, :40])
    assert not torch.equal(net.detect(changed)[:, 130:], both[:, 130:])


def test_the_loss_is_the_weighted_cross_entropy_of_the_inner_pictures() -> None:
    """At chances of one half each picture costs ln 2, one with a cut four times that."""
    net = ShotDetector(ShotDetectorConfig(margin=0.1, rare=4.0))
    with torch.no_grad():
        net.answer.weight.zero_()
        assert net.answer.bias is not None
        net.answer.bias.zero_()
    cuts, transitions = torch.zeros(1, 20), torch.zeros(1, 20)
    cuts[0, [0, 10]] = 1  # the first lies in the margin
    transitions[0, 4:8] = 1
    loss = net.shots_loss({"video": clip(1, 20), "cuts": cuts, "transitions": transitions}, 0.0)
    bit = torch.tensor(2.0).log()
    torch.testing.assert_close(loss.parts["cuts"], 100 * bit * (15 + 4) / 16)
    torch.testing.assert_close(loss.parts["transitions"], 100 * bit)
    torch.testing.assert_close(loss.total, loss.parts["cuts"] + loss.parts["transitions"])


def test_f1_is_that_of_hand() -> None:
    truth = torch.tensor([[[1, 1], [1, 0], [0, 0], [0, 1]]]).bool()
    found = torch.tensor([[[1, 1], [0, 0], [0, 0], [0, 1]]]).bool()
    assert f1(found, truth).tolist() == [pytest.approx(2 / 3), 1.0]
    assert f1(found & False, truth & False).tolist() == [0.0, 0.0]


def test_other_forms_are_refused(net: ShotDetector) -> None:
    with pytest.raises(ModelError, match=r"pictures are \(1, 4, 3, 27, 47\); this model takes \(B, T, 3, 27, 48\)"):
        net.detect(torch.zeros(1, 4, 3, 27, 47))
