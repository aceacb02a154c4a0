"""The net that mends pictures between pictures: it begins as what it mends, and its losses have the values of hand."""

import math

import numpy as np
import pytest
import torch

from frameloom.core.errors import ModelError
from frameloom.media.flow import between, flows_between
from frameloom.media.planes import Depth, Planes
from frameloom.media.views import DESCRIPTION
from frameloom.models.base import Batch
from frameloom.models.interpolator import Interpolator, InterpolatorConfig, bels, gradient_difference, merged, psnr
from frameloom.training.config import read_recipe


@pytest.fixture
def net() -> Interpolator:
    return Interpolator(InterpolatorConfig())


def pictures(depth: Depth = 8, size: tuple[int, int] = (70, 46)) -> tuple[Planes, Planes]:
    """Return a random picture, and the same 4 px to the right; sides are no multiples of 4."""
    rng = np.random.default_rng(3)
    width, height = size
    gain, kind = (1, np.uint8) if depth == 8 else (4, np.uint16)
    planes = [
        np.kron(rng.integers(16, 236, (rows // 4 + 1, columns // 4 + 1)), np.ones((4, 4)))[:rows, :columns].astype(kind)
        * kind(gain)
        for rows, columns in ((height, width), (height // 2, width // 2), (height // 2, width // 2))
    ]
    return Planes(*planes), Planes(np.roll(planes[0], 4, 1), *(np.roll(plane, 2, 1) for plane in planes[1:]))


def told(count: int = 2, side: int = 16) -> torch.Tensor:
    return torch.rand(count, len(DESCRIPTION), side, side)


@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("share", [0.25, 0.5])
def test_a_new_net_gives_what_it_mends_bit_for_bit(net: Interpolator, depth: Depth, share: float) -> None:
    first, second = pictures(depth)
    flows = flows_between(first.y, second.y)
    made, plain = net.between(first, second, flows, share), between(first, second, flows, share)
    for own, other in ((made.y, plain.y), (made.u, plain.u), (made.v, plain.v)):
        assert np.array_equal(own, other)


def test_the_size_is_what_the_page_says(net: Interpolator) -> None:
    weights = sum(parameter.numel() for parameter in net.parameters())
    assert 50_000 < weights < 100_000
    assert weights == pytest.approx(76_000, abs=1000)


def test_refine_gives_weights_within_bounds_and_starts_with_those_given(net: Interpolator) -> None:
    views = told()
    assert torch.equal(net.refine(views), torch.stack([views[:, 2], torch.zeros(2, 16, 16)], 1))
    with torch.no_grad():
        assert net.tail.bias is not None
        net.tail.bias[:16], net.tail.bias[16:] = 0.7, -0.1
    weight, change = net.refine(views).split(1, 1)
    torch.testing.assert_close(weight, (views[:, 2:3] + 0.7).clamp(max=1))
    torch.testing.assert_close(change, torch.full_like(change, -0.1))


def test_a_changed_net_changes_luma_and_chroma_as_it_says(net: Interpolator) -> None:
    first, second = pictures()
    flows = flows_between(first.y, second.y)
    with torch.no_grad():
        assert net.tail.bias is not None
        net.tail.bias[:16], net.tail.bias[16:] = -1.0, 0.2  # the first picture alone, 25.5 levels brighter
    made = net.between(first, second, flows, 0.0)
    assert np.abs(made.y[8:-8, 8:-8] - first.y[8:-8, 8:-8].astype(float) - 25.5).max() <= 1
    assert np.array_equal(made.u[4:-4, 4:-4], first.u[4:-4, 4:-4])


def test_merged_is_the_sum_in_shares() -> None:
    views = torch.zeros(1, len(DESCRIPTION), 4, 4)
    views[:, 0], views[:, 1] = -0.5, 0.5
    made = merged(views, torch.full((1, 1, 4, 4), 0.75), torch.full((1, 1, 4, 4), 0.125))
    assert made.unique().tolist() == [0.375]


def test_the_loss_of_a_new_net_is_that_of_paper(net: Interpolator) -> None:
    """Both views are 0, the truth 0.4 with a step of 0.4 in its last column: by hand, in shares of 1."""
    views, video = torch.zeros(1, len(DESCRIPTION), 8, 8), torch.full((1, 3, 1, 8, 8), 0.4)
    video[..., -1] = 0.8
    loss = net.between_loss({"views": views, "video": video}, 0.0)
    apart = torch.tensor([0.2] * 7 + [0.4])
    error = float((1 + 1e6 * apart.square().mean()).log10())
    gradient = math.log10(1 + 1e3 * (0.2 / 7) / 2)  # one step of seven in a row, none in a column
    assert loss.parts["error"] == pytest.approx(error, rel=1e-5)
    assert loss.parts["gradient"] == pytest.approx(gradient, rel=1e-5)
    assert float(loss.total.detach()) == pytest.approx(error + 0.2 * gradient, rel=1e-5)
    assert loss.parts["psnr"] == pytest.approx(-10 * float(apart.square().mean().log10()), rel=1e-5)
    assert loss.parts["gained_db"] == 0


def test_the_truth_is_the_middle_of_three(net: Interpolator) -> None:
    views, video = torch.zeros(1, len(DESCRIPTION), 8, 8), torch.ones(1, 3, 1, 8, 8)
    video[:, 1] = 0
    assert float(net.between_loss({"views": views, "video": video}, 0.0).total.detach()) == pytest.approx(0, abs=1e-6)


def test_gradients_differ_by_size_not_by_sign() -> None:
    up = torch.arange(4.0).expand(1, 1, 4, 4)
    assert gradient_difference(up, -up) == 0
    assert gradient_difference(up, torch.zeros(1, 1, 4, 4)) == 0.5  # 1 along rows, 0 along columns
    assert gradient_difference(2 * up, up.mT) == 1.5  # |2 - 0| and |0 - 1|, half of each


def test_a_good_picture_counts_as_much_as_a_bad_one() -> None:
    """Ten times less error is a bel in whichever picture, as long as it is well above the softness."""
    good, bad = torch.tensor([1e4, 1e6]), torch.tensor([1e5, 1e5])
    assert bels(good) == pytest.approx(5, abs=1e-4)
    assert bels(bad) == pytest.approx(5, abs=1e-4)


def test_ten_times_the_error_costs_twenty_db() -> None:
    apart = torch.full((2, 1, 4, 4), 0.01)
    assert psnr(apart) == pytest.approx(40, abs=1e-4)
    assert psnr(10 * apart) == pytest.approx(20, abs=1e-4)


def test_it_learns_which_view_to_believe(net: Interpolator) -> None:
    """The truth is the second view where little of the first is seen, else the first: the net must find that out."""
    torch.manual_seed(0)

    def batch() -> Batch:
        views = told(4)
        views[:, 0], views[:, 1] = -0.5, 0.5
        views[:, 2] = 0.5
        seen = torch.rand(4, 1, 4, 4).round().repeat_interleave(4, 2).repeat_interleave(4, 3)
        views[:, 3:4] = seen
        truth = torch.where(seen > 0.5, views[:, :1], views[:, 1:2])
        return {"views": views, "video": truth[:, None].expand(-1, 3, -1, -1, -1)}

    optimiser = torch.optim.Adam(net.parameters(), 2e-3)
    first = float(net.between_loss(batch(), 0.0).total.detach())
    for _ in range(60):
        optimiser.zero_grad()
        net.between_loss(batch(), 0.0).total.backward()
        optimiser.step()
    assert float(net.between_loss(batch(), 0.0).total.detach()) < first - 0.8  # bels


def test_pictures_of_two_forms_are_refused(net: Interpolator) -> None:
    first, second = pictures()
    ten = pictures(10)[1]
    flows = flows_between(first.y, second.y)
    with pytest.raises(ModelError, match="pictures of 70x46 px of 8 bits and 70x46 px of 10 bits; bring them to one"):
        net.between(first, ten, flows, 0.5)


def test_the_recipe_fits_the_data() -> None:
    recipe = read_recipe("interpolate")
    assert isinstance(recipe.model, InterpolatorConfig)
    assert recipe.data.source == "triplets"
