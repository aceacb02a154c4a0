"""The upscaler: what it is before training, its folded kernels, its objective, how far it sees."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from frameloom.core.errors import ModelError
from frameloom.models.upscaler import Folded, Upscaler, UpscalerConfig, moved


def model(**settings: Any) -> Upscaler:
    torch.manual_seed(0)
    return Upscaler(UpscalerConfig(**{"width": 8, "depth": 3, **settings}))


def shaken(one: Upscaler) -> Upscaler:
    with torch.no_grad():
        for parameter in one.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return one


@pytest.mark.parametrize("cell", [1, 2])
@pytest.mark.parametrize("scale", [1, 2, 3, 4])
def test_a_new_one_repeats_pixels(scale: int, cell: int) -> None:
    luma = torch.rand(2, 1, 4, 6) * 2 - 1
    expected = luma.repeat_interleave(scale, 2).repeat_interleave(scale, 3)
    assert torch.equal(model(scale=scale, cell=cell).enlarge(luma), expected)


def test_a_folded_kernel_is_the_sum_of_its_branches() -> None:
    """Each branch computed by itself: 3x3, 1x1 then 3x3, and each channel times a number."""
    layer = Folded(4, expansion=3)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(torch.randn_like(parameter))
    maps = torch.randn(2, 4, 9, 7)
    own = functional.conv2d(maps, layer.own, layer.bias, padding=1)
    row = functional.conv2d(functional.conv2d(maps, layer.wide[:, :, None, None]), layer.narrow, padding=1)
    torch.testing.assert_close(layer(maps), own + row + maps * layer.through[:, None, None], rtol=1e-4, atol=1e-4)


def batch(low: Tensor, high: Tensor) -> dict[str, Tensor]:
    return {"low": low[:, None], "video": high[:, None], "levels": torch.zeros(len(low), 2)}


def test_an_error_of_a_tenth_costs_about_ten_and_gives_20_db() -> None:
    """A new model repeats pixels: all black for what was .1 bright (pixel values from 0 to 1)."""
    low = torch.full((2, 1, 4, 4), -1.0)
    loss = model().restoring_loss(batch(low, torch.full((2, 1, 8, 8), -0.8)), 0.5)
    assert loss.total.item() == pytest.approx(100 * (math.hypot(0.1, 1e-3) - 1e-3), rel=1e-5)
    assert loss.parts["psnr"].item() == pytest.approx(20, abs=1e-4)
    perfect = model().restoring_loss(batch(low, torch.full((2, 1, 8, 8), -1.0)), 0.5)
    assert perfect.total.item() == 0.0
    assert perfect.parts["psnr"].item() == pytest.approx(100)


def test_structure_adds_a_hundred_times_what_ssim_lacks_of_one() -> None:
    """A new model repeats pixels: it has no structure at all where the truth is a checkerboard about the same grey."""
    board = ((torch.arange(24)[:, None] + torch.arange(24)) % 2 * 2.0 - 1)[None, None]
    loss = model(structure=0.5).restoring_loss(batch(torch.zeros(1, 1, 12, 12), board), 0.5)
    assert loss.parts["structure"].item() == pytest.approx(100 * (1 - 0.03**2 / (0.25 + 0.03**2)), rel=1e-2)
    assert loss.total.item() == pytest.approx(loss.parts["distance"].item() + 0.5 * loss.parts["structure"].item())


def test_it_learns_what_bicubic_enlargement_does_not_know() -> None:
    """A checkerboard that shrinking has made grey at one level of noise, and flat pictures at another."""
    one, board = model(depth=1), (torch.arange(16)[:, None] + torch.arange(16)) % 2 * 2.0 - 1
    pairs = {
        "low": torch.zeros(2, 1, 1, 8, 8),
        "video": torch.stack([board, torch.zeros(16, 16)])[:, None, None],
        "levels": torch.tensor([[1.0, 0.0], [0.0, 0.0]]),
    }
    optimiser = torch.optim.Adam(one.parameters(), 2e-2)
    for _ in range(150):
        optimiser.zero_grad()
        one.restoring_loss(pairs, 0.5).total.backward()
        optimiser.step()
    noisy, clean = one.enlarge(pairs["low"][:, 0], pairs["levels"])
    inner = slice(4, 12)
    assert (noisy[0] - board)[inner, inner].abs().max() < 0.2
    assert clean[0, inner, inner].abs().max() < 0.2


def test_a_pixel_matters_as_far_as_the_radius_says_and_no_further() -> None:
    one = shaken(model(depth=2))
    luma = torch.zeros(1, 1, 25, 25)
    spot = luma.clone()
    spot[0, 0, 12, 12] = 1.0
    changed = (one.enlarge(spot) - one.enlarge(luma)).abs()[0, 0] > 0
    rows = changed.any(1).nonzero()[:, 0]
    assert (int(rows.min()), int(rows.max())) == (2 * (12 - one.radius), 2 * (12 + one.radius) + 1)


def test_of_cells_it_sees_as_many_times_as_far() -> None:
    one = shaken(model(depth=1, scale=1, cell=2))
    luma = torch.zeros(1, 1, 40, 40)
    spot = luma.clone()
    spot[0, 0, 20, 20] = 1.0
    changed = ((one.enlarge(spot) - one.enlarge(luma)).abs()[0, 0] > 0).any(1).nonzero()[:, 0]
    assert (int(changed.min()), int(changed.max())) == (20 - one.radius, 21 + one.radius)
    with pytest.raises(ModelError, match=r"this model takes luma, \(N, 1, H, W\), sides multiples of 2"):
        one.enlarge(luma[..., 1:])


def test_without_levels_a_picture_counts_as_clean() -> None:
    one, luma = shaken(model()), torch.rand(1, 1, 6, 6)
    assert torch.equal(one.enlarge(luma), one.enlarge(luma, torch.zeros(1, 2)))
    assert not torch.equal(one.enlarge(luma), one.enlarge(luma, torch.ones(1, 2)))
    assert one.enlarge(100 * luma).max() <= 1


@pytest.mark.parametrize("shape", [(1, 3, 8, 8), (8, 8), (1, 1, 0, 8)])
def test_other_pictures_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match=r"pictures are \(.*\); this model takes luma, \(N, 1, H, W\)"):
        model().enlarge(torch.zeros(shape))


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_what_was_made_moves_by_the_way_back_times_the_scale(scale: int) -> None:
    """A ramp across, read 1.5 px of the small picture to the right and one up: between whole pixels it is linear."""
    large = torch.arange(8.0 * scale).expand(1, 1, 8 * scale, 8 * scale)
    back = torch.tensor([1.5, -1.0])[None, :, None, None].expand(1, 2, 8, 8)
    found = moved(large, back)[0, 0]
    inner = slice(0, 6 * scale)
    torch.testing.assert_close(found[:, inner], large[0, 0, :, inner] + 1.5 * scale, rtol=1e-4, atol=1e-4)


def test_a_recurrent_one_does_the_same_until_it_has_learned_and_where_nothing_was_before() -> None:
    plain, one = shaken(model()), model(recurrent=True)
    one.load_state_dict(plain.state_dict(), strict=False)
    luma, before = torch.rand(2, 1, 6, 6), torch.rand(2, 1, 12, 12)
    assert torch.equal(one.enlarge(luma, before=before), plain.enlarge(luma))
    shaken(one)
    repeated = luma.repeat_interleave(2, 2).repeat_interleave(2, 3)
    assert torch.equal(one.enlarge(luma, before=repeated), one.enlarge(luma))
    assert not torch.equal(one.enlarge(luma, before=before), one.enlarge(luma))


def test_a_recurrent_one_learns_from_the_picture_before() -> None:
    """What is seen once, in the first picture, is nowhere in the others: only memory can tell."""
    one, board = model(depth=1, recurrent=True), torch.rand(4, 1, 1, 1, 1) * 2 - 1
    pairs = {
        "low": torch.cat([board, torch.zeros(4, 3, 1, 1, 1)], 1).expand(-1, -1, 1, 8, 8),
        "video": board.expand(4, 4, 1, 16, 16),
        "levels": torch.zeros(4, 2),
        "back": torch.zeros(4, 4, 2, 8, 8),
    }
    optimiser = torch.optim.Adam(one.parameters(), 1e-2)
    first = one.restoring_loss(pairs, 0.5).total.item()
    for _ in range(150):
        optimiser.zero_grad()
        one.restoring_loss(pairs, 0.5).total.backward()
        optimiser.step()
    assert one.restoring_loss(pairs, 0.5).total.item() < 0.25 * first
