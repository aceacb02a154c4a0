"""Placing, finding and moving sprites, against arrays written out by hand."""

import math
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from frameloom.models.base import Batch
from frameloom.models.sprites import (
    Appearance,
    Localiser,
    Paths,
    corners_of,
    crop,
    crowd,
    fold,
    glimpse,
    grid_weights,
    localisation_loss,
    marginals_of,
    match,
    place,
    render,
    soft_or,
    spoilt_marginals,
)

PATCH = torch.tensor([[1.0, 2.0], [3.0, 4.0]])


def one_hot(index: int, size: int) -> Tensor:
    return F.one_hot(torch.tensor([index]), size).float()


def test_a_patch_is_drawn_with_its_upper_left_corner_at_the_place() -> None:
    expected = [[0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 2.0, 0.0], [0.0, 0.0, 3.0, 4.0, 0.0]]
    assert place(PATCH[None], one_hot(1, 2), one_hot(2, 4))[0].tolist() == expected


def test_an_unsure_place_draws_the_mean_of_the_shifted_copies() -> None:
    drawn = place(PATCH[None], torch.tensor([[0.75, 0.25]]), one_hot(0, 1))
    assert drawn[0].tolist() == [[0.75, 1.5], [0.75 * 3 + 0.25 * 1, 0.75 * 4 + 0.25 * 2], [0.75, 1.0]]


def test_a_window_is_cut_out_with_its_upper_left_corner_at_the_place() -> None:
    image = torch.arange(20.0).view(1, 4, 5)
    assert crop(image, one_hot(2, 3), one_hot(1, 4), 2)[0].tolist() == [[11.0, 12.0], [16.0, 17.0]]


def test_crowded_ink_adds_up_until_it_is_full() -> None:
    layers = torch.tensor([[0.25, 0.5], [0.5, 0.75]])[None]
    assert crowd(layers).tolist() == [[0.75, 1.0]]
    patches, anywhere = torch.full((1, 2, 2, 2), 0.25), torch.ones(1, 2, 1, 2, 1)
    assert render(patches, anywhere, crowd).unique().tolist() == [0.5]
    assert render(patches, anywhere).unique().tolist() == [1 - 0.75**2]


@settings(deadline=None)
@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 5), st.integers(0, 99))
def test_crop_is_the_transpose_of_place(size: int, rows: int, columns: int, seed: int) -> None:
    dice = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(2, *shape, generator=dice, dtype=torch.float64)

    patch, image, down, right = draw(size, size), draw(rows + size - 1, columns + size - 1), draw(rows), draw(columns)
    one = (place(patch, down, right) * image).sum((1, 2))
    torch.testing.assert_close(one, (patch * crop(image, down, right, size)).sum((1, 2)))


def test_a_glimpse_is_a_slice_and_repeats_the_edge_outside() -> None:
    image = torch.arange(12.0).view(1, 3, 4).expand(3, -1, -1)
    seen = glimpse(image, torch.tensor([[1, 2], [0, 0], [2, -1]]), 2)
    assert seen.tolist() == [[[6.0, 7.0], [10.0, 11.0]], [[0.0, 1.0], [4.0, 5.0]], [[8.0, 8.0], [8.0, 8.0]]]


def test_soft_or_of_grey_ink() -> None:
    layers = torch.tensor([[0.5, 0.2, 0.0], [0.5, 0.0, 1.0], [0.5, 0.5, 0.3]])[None]
    assert soft_or(layers)[0].tolist() == pytest.approx([0.875, 0.6, 1.0])


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from([0.0, 1.0]), min_size=3, max_size=3), min_size=1, max_size=4))
def test_soft_or_of_black_and_white_is_the_maximum(layers: list[list[float]]) -> None:
    assert torch.equal(soft_or(torch.tensor(layers)[None])[0], torch.tensor(layers).amax(0))


def test_grid_weights_are_one_hot_at_the_nearest_point() -> None:
    weights = grid_weights(torch.tensor([1.4, 1.6, -7.0, 9.0]), 4)
    assert weights.argmax(1).tolist() == [1, 2, 0, 3]
    torch.testing.assert_close(weights, F.one_hot(torch.tensor([1, 2, 0, 3]), 4).float())


@settings(deadline=None)
@given(st.floats(0.01, 0.99), st.integers(0, 2))
def test_the_gradient_of_grid_weights_is_that_of_linear_interpolation(share: float, step: int) -> None:
    heights = torch.tensor([3.0, -1.0, 4.0, 2.0])
    position = torch.tensor(step + share, requires_grad=True)
    (grid_weights(position, 4) * heights).sum().backward()
    assert position.grad is not None
    assert position.grad.item() == pytest.approx((heights[step + 1] - heights[step]).item())


def test_the_cheapest_assignment_is_found_where_greed_fails() -> None:
    costs = torch.tensor([[[1.0, 2.0], [0.0, 5.0]], [[1.0, 2.0], [4.0, 0.0]]])
    assert match(costs).tolist() == [[1, 0], [0, 1]]
    three = torch.tensor([[[9.0, 9.0, 1.0], [1.0, 9.0, 9.0], [9.0, 1.0, 9.0]]])
    assert match(three).tolist() == [[2, 0, 1]]


def test_localisation_loss_is_the_mean_nats_under_the_best_assignment() -> None:
    places = torch.tensor([[[[0.1, 0.7], [0.1, 0.1]]], [[[0.2, 0.2], [0.4, 0.2]]]])[None]  # (1, K=2, T=1, 2, 2)
    corners = torch.tensor([[[[1, 0], [0, 1]]]])  # first truth: row 1, column 0
    loss, order = localisation_loss(places.log(), corners)
    assert loss.item() == pytest.approx(-(math.log(0.7) + math.log(0.4)) / 2)
    assert order.tolist() == [[1, 0]]


def test_a_sprite_keeps_its_name_over_time() -> None:
    first, second = torch.tensor([[0.7, 0.3], [0.0, 0.0]]), torch.tensor([[0.3, 0.7], [0.0, 0.0]])
    # Frame 0 would rather have the sprites named the one way, frames 1 and 2 the other.
    places = torch.stack([torch.stack([first, first, first]), torch.stack([second, second, second])])[None] + 1e-9
    corners = torch.tensor([[[[0, 0], [0, 1]], [[0, 1], [0, 0]], [[0, 1], [0, 0]]]])
    loss, order = localisation_loss(places.log(), corners)
    assert order.tolist() == [[1, 0]]
    assert loss.item() == pytest.approx(-(math.log(0.3) + 2 * math.log(0.7)) / 3)


def test_corners_and_marginals_of_a_distribution() -> None:
    places = torch.tensor([[0.1, 0.2, 0.0], [0.0, 0.3, 0.0], [0.0, 0.0, 0.4]])[None, None, None]
    assert corners_of(places.log()).tolist() == [[[[2, 2]]]]
    assert marginals_of(places.log())[0, 0, 0].flatten().tolist() == pytest.approx([0.3, 0.3, 0.4, 0.1, 0.5, 0.4])
    assert corners_of(one_hot(5, 9).view(1, 1, 1, 3, 3)).tolist() == [[[[1, 2]]]]


def test_sprites_are_rendered_over_one_another() -> None:
    marginals = F.one_hot(torch.tensor([[[[0, 0]], [[1, 1]]]]), 2).float()  # (1, K=2, T=1, 2, P=2)
    frame = render(torch.full((1, 2, 2, 2), 0.5), marginals)[0, 0]
    assert frame.tolist() == [[0.5, 0.5, 0.0], [0.5, 0.75, 0.5], [0.0, 0.5, 0.5]]


def test_rendering_known_sprites_gives_the_clip(toy_clips: Callable[..., Batch]) -> None:
    batch = toy_clips()
    marginals = F.one_hot(batch["positions"].transpose(1, 2), 17).float()
    assert torch.equal(render(batch["patches"], marginals)[:, :, None] * 2 - 1, batch["video"])


def test_a_localiser_gives_a_distribution_per_sprite_and_frame() -> None:
    log_places = Localiser(frames=3, sprites=2, canvas=24, patch=8, width=8)(torch.rand(2, 3, 24, 24))
    assert log_places.shape == (2, 2, 3, 17, 17)
    torch.testing.assert_close(log_places.exp().sum((3, 4)), torch.ones(2, 2, 3))


def test_a_localiser_points_at_corners_in_px() -> None:
    localiser = Localiser(frames=1, sprites=1, canvas=24, patch=8, width=8)
    heat = torch.zeros(1, 1, 24, 24)
    heat[0, 0, 4 + 11, 4 + 6] = 9.0  # the middle of a patch whose corner is at row 11, column 6
    localiser.output = _Given(heat)
    assert corners_of(localiser(torch.rand(1, 1, 24, 24))).tolist() == [[[[11, 6]]]]


def test_an_appearance_is_mended_from_its_first_guess(toy_clips: Callable[..., Batch]) -> None:
    batch, appearance = toy_clips(), Appearance(frames=4, patch=8, width=8)
    video, corners = (batch["video"][:, :, 0] + 1) / 2, batch["positions"].transpose(1, 2)
    guess, mended = appearance(video, corners).unbind(1)
    assert guess.shape == mended.shape == (3, 2, 8, 8)
    assert not torch.allclose(guess, mended)
    nn.init.zeros_(appearance.second[-1].weight)
    nn.init.zeros_(appearance.second[-1].bias)
    guess, mended = appearance(video, corners).unbind(1)
    torch.testing.assert_close(mended, guess)


def test_an_appearance_tells_own_from_foreign_ink() -> None:
    # Two sprites cross: the first stays, the second passes over its lower half in frame 1.
    appearance = Appearance(frames=2, patch=2, width=1)
    appearance.first = _Given(torch.full((2, 1, 2, 2), 40.0))  # both are guessed to be full squares
    evidence: list[Tensor] = []
    appearance.second = _Given(torch.zeros(2, 1, 2, 2), evidence)
    video = torch.zeros(1, 2, 4, 4)
    video[0, :, 0:2, 0:2] = 1.0
    video[0, 0, 2:4, 2:4], video[0, 1, 1:3, 0:2] = 1.0, 1.0
    appearance(video, torch.tensor([[[[0, 0], [0, 0]], [[2, 2], [1, 0]]]]))
    hidden, seen, clear, guess = evidence[0].split([2, 1, 1, 1], 1)
    assert clear[0, 0].tolist() == [[1.0, 1.0], [0.5, 0.5]]  # its lower row is clear in one frame of two
    assert clear[1, 0].tolist() == [[0.5, 0.5], [1.0, 1.0]]
    assert seen[:, 0].tolist() == [[[1.0, 1.0], [1.0, 1.0]]] * 2
    assert hidden[0].tolist() == [[[1.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 1.0]]]
    assert guess.tolist() == [[[[1.0, 1.0], [1.0, 1.0]]]] * 2


def test_marginals_are_spoilt_by_at_most_two_px() -> None:
    corners = torch.randint(0, 17, (50, 4, 2))
    assert torch.equal(spoilt_marginals(corners, 17, 0.0), F.one_hot(corners, 17).float())
    spoilt = spoilt_marginals(corners, 17, 1.0)
    assert torch.equal(spoilt.sum(3), torch.ones(50, 4, 2))
    off = (spoilt.argmax(3) - corners).abs()
    assert off.max() == 2
    assert 0.1 < (spoilt_marginals(corners, 17, 0.25).argmax(3) != corners).any(2).float().mean() < 0.4


def test_a_path_without_wobble_is_a_line_between_mirrors() -> None:
    paths = Paths(code=3, places=11, width=8, noise=2)
    last = paths.line[-1]
    nn.init.zeros_(last.weight)
    last.bias.data = torch.tensor([0.1, -0.2, 0.5, -0.25])  # start / 10 from the middle, px a frame / 4
    corners = paths(torch.randn(2, 3), 5, torch.randn(2, 5, 2))
    by_hand = torch.tensor([[8.0, 2.0], [10.0, 1.0], [8.0, 0.0], [6.0, 1.0], [4.0, 2.0]])
    torch.testing.assert_close(corners, by_hand.expand(2, -1, -1))


def test_noise_makes_a_path_wobble_once_it_has_learnt_to() -> None:
    paths = Paths(code=3, places=11, width=8, noise=2)
    code = torch.randn(1, 3)
    one, other = (paths(code, 5, torch.randn(1, 5, 2)) for _ in range(2))
    assert torch.equal(one, other)
    nn.init.normal_(paths.wobble.weight)
    one, other = (paths(code, 5, torch.randn(1, 5, 2)) for _ in range(2))
    assert not torch.allclose(one, other)


def test_folding_by_hand() -> None:
    line = torch.tensor([0.0, 3.0, 10.0, 11.0, 20.0, 23.0, -2.0, -12.0])
    assert fold(line, 10).tolist() == [0.0, 3.0, 10.0, 9.0, 0.0, 3.0, 2.0, 8.0]


@settings(deadline=None)
@given(st.floats(-50, 50), st.floats(-50, 50), st.integers(1, 40))
def test_folding_stays_inside_and_never_tears(one: float, other: float, reach: int) -> None:
    folded = fold(torch.tensor([one, other], dtype=torch.float64), reach)
    assert folded.min() >= 0
    assert folded.max() <= reach
    assert (folded[0] - folded[1]).abs() <= abs(one - other) + 1e-9


class _Given(nn.Module):
    """A network that has its answer, and keeps the questions."""

    def __init__(self, answer: Tensor, questions: list[Tensor] | None = None) -> None:
        super().__init__()
        self.answer, self.questions = answer, questions

    def forward(self, question: Tensor) -> Tensor:
        if self.questions is not None:
            self.questions.append(question)
        return self.answer
