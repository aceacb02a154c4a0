"""Places to the px and patches between their bounds, of clips whose sprites are known."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from frameloom.models.vaegan.sprite_sight import (
    Unmixing,
    _detour,
    _misfit,
    _settled,
    bounds,
    layers,
    off_centre,
    settle,
    windows,
)

CANVAS, PATCH = 48, 16
PLACES = CANVAS - PATCH + 1


def blobs(count: int, sprites: int, dice: torch.Generator) -> Tensor:
    """Return patches (count, sprites, 16, 16) of strokes 2 px wide, in 8 bits, with their mass in the middle."""
    found: list[Tensor] = []
    while len(found) < count * sprites:
        strokes = (torch.rand(6, 6, generator=dice) > 0.5).float().repeat_interleave(2, 0).repeat_interleave(2, 1)
        patch = F.pad(strokes * (1 - 0.3 * torch.rand(12, 12, generator=dice)), (2, 2, 2, 2)).mul(255).round() / 255
        if bool((off_centre(patch).abs() < 0.4).all()) and patch.sum() > 40:
            found.append(patch)
    return torch.stack(found).view(count, sprites, PATCH, PATCH)


def flights(count: int, sprites: int, frames: int, dice: torch.Generator) -> Tensor:
    """Return straight corners (count, sprites, frames, 2) that stay on the canvas."""
    start = torch.randint(8, PLACES - 8, (count, sprites, 1, 2), generator=dice)
    velocity = torch.randint(-2, 3, (count, sprites, 1, 2), generator=dice)
    return start + velocity * torch.arange(frames)[:, None]


def film(patches: Tensor, corners: Tensor) -> Tensor:
    return layers(patches, corners, CANVAS).sum(1).clamp(max=1)


def sure(corners: Tensor) -> Tensor:
    """Return log-places (B, K, T, P, P) of a localiser that points at the corners."""
    index = corners[..., 0] * PLACES + corners[..., 1]
    return (F.one_hot(index, PLACES**2).float() + 1e-12).log().unflatten(3, (PLACES, PLACES))


def test_windows_cut_out_what_layers_draw() -> None:
    dice = torch.Generator().manual_seed(0)
    patches, corners = torch.rand(2, 3, PATCH, PATCH, generator=dice), flights(2, 3, 4, dice)
    drawn = layers(patches, corners, CANVAS)
    assert torch.equal(windows(drawn, corners, PATCH), patches[:, :, None].expand(-1, -1, 4, -1, -1))
    assert drawn.sum((3, 4)) == pytest.approx(patches.sum((2, 3))[:, :, None].expand(-1, -1, 4), rel=1e-5)


def test_the_centre_of_mass_is_told_in_px_down_and_right_of_the_middle() -> None:
    patch = torch.zeros(2, 8, 8)
    patch[0, 5, 4] = 0.5
    patch[1, 3, 4], patch[1, 3, 6] = 1.0, 1.0
    assert off_centre(patch).tolist() == [[1.0, 0.0], [-1.0, 1.0]]


def test_a_pixel_seen_alone_once_has_no_doubt() -> None:
    patches = torch.rand(1, 2, PATCH, PATCH)
    corners = torch.tensor([[[[0, 0], [0, 0]], [[0, 20], [0, 0]]]])  # the second frame has one over the other
    least, most = bounds(film(patches, corners), corners, PATCH)
    torch.testing.assert_close(least, patches)
    torch.testing.assert_close(most, patches)


def test_sprites_that_always_cover_each_other_share_their_ink_in_doubt() -> None:
    patches = torch.full((1, 2, PATCH, PATCH), 0.25)
    corners = torch.zeros(1, 2, 3, 2, dtype=torch.int64)
    least, most = bounds(film(patches, corners), corners, PATCH)
    assert least.unique().tolist() == [0.0]
    assert most.unique().tolist() == [0.5]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(1, 3))
def test_the_truth_lies_between_the_bounds(seed: int, frames: int, sprites: int) -> None:
    dice = torch.Generator().manual_seed(seed)
    patches, corners = blobs(2, sprites, dice), flights(2, sprites, frames, dice)
    video = film(patches, corners)
    least, most = bounds(video, corners, PATCH)
    assert bool((least <= patches + 1e-5).all())
    assert bool((patches <= most + 1e-5).all())
    chosen = Unmixing(PATCH)(video, corners)
    assert bool(((least <= chosen + 1e-6) & (chosen <= most + 1e-6)).all())


def test_a_sprite_alone_that_is_missed_by_a_px_or_two_is_settled() -> None:
    dice = torch.Generator().manual_seed(0)
    corners, patches = flights(60, 1, 5, dice), blobs(60, 1, dice)
    missed = corners + torch.randint(-1, 2, corners.shape, generator=dice)
    missed[:, :, 3] += 1
    settled = settle(film(patches, corners), sure(missed.clamp(0, PLACES - 1)), PATCH)
    assert float((settled == corners).flatten(1).all(1).float().mean()) >= 0.95


def test_misses_are_mended_even_where_sprites_cover_each_other() -> None:
    dice = torch.Generator().manual_seed(1)
    corners, patches = flights(40, 2, 5, dice), blobs(40, 2, dice)
    corners[:, 1] = corners[:, 0] + torch.tensor([[3, -2], [4, 0], [2, 2], [-1, 4], [0, 6]])
    corners = corners.clamp(0, PLACES - 1)
    missed = (corners + torch.randint(-1, 2, corners.shape, generator=dice)).clamp(0, PLACES - 1)
    exact = (settle(film(patches, corners), sure(missed), PATCH) == corners).flatten(1).all(1)
    assert float(exact.float().mean()) >= 0.9
    assert float((missed == corners).flatten(1).all(1).float().mean()) == 0.0


def test_straight_flight_leads_from_two_neighbours_to_the_third() -> None:
    flight = torch.tensor([[[2, 3], [4, 4], [9, 9], [8, 6], [10, 7]]])  # the third frame is misplaced
    far = _detour(flight, 12)[0]
    assert far.shape == (5, 12, 12)
    assert float(far[2, 6, 5]) == 0.0  # between its neighbours
    assert float(far[2, 6, 7]) == 4.0
    assert float(far[4, 7, 3]) == 0.0  # twice (8, 6) less (9, 9)
    assert float(far[1, 10, 11]) == 1.0  # twice (9, 9) less (8, 6) is (10, 12)
    assert float(far[3].max()) == 36.0
    assert bool((_detour(flight[:, :2], 12) == 36.0).all())  # two frames are no flight


def test_what_cannot_be_drawn_again_is_read_anew() -> None:
    dice = torch.Generator().manual_seed(5)
    corners, patches = flights(16, 2, 5, dice), blobs(16, 2, dice)
    video = film(patches, corners)
    swapped = torch.rand(16, 1, 5, 1, generator=dice) < 0.5
    heat = sure(torch.where(swapped, corners.flip(1), corners))
    once, settled = _settled(video, heat, PATCH), settle(video, heat, PATCH)
    before, after = _misfit(video, once, PATCH), _misfit(video, settled, PATCH)
    assert bool((after <= before).all())
    assert int((after < 1e-3).sum()) > int((before < 1e-3).sum())
    assert torch.equal(settled[before < 1e-3], once[before < 1e-3])


def test_a_sprite_found_in_the_place_of_the_other_is_found_again() -> None:
    dice = torch.Generator().manual_seed(3)
    patches = blobs(1, 2, dice)
    down = torch.arange(5)
    corners = torch.stack([torch.stack([down + 2, down + 3], 1), torch.stack([30 - down, down + 24], 1)])[None]
    swapped = corners.clone()
    swapped[:, :, 2] = corners.flip(1)[:, :, 2]
    assert torch.equal(settle(film(patches, corners), sure(swapped), PATCH), corners)


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_few_frames_will_do(frames: int) -> None:
    dice = torch.Generator().manual_seed(1)
    patches, corners = blobs(1, 1, dice), flights(1, 1, frames, dice)
    off_by_one = (corners + 1).clamp(0, PLACES - 1)
    assert torch.equal(settle(film(patches, corners), sure(off_by_one), PATCH), corners)
