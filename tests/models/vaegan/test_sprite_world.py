"""Steps, chances and futures of the world of sprites; its promises about flights are kept by the shipped model."""

import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.models.base import Batch
from frameloom.models.store import load_model
from frameloom.models.vaegan import Vaegan, VaeganConfig
from frameloom.models.vaegan.sprite_sight import layers
from frameloom.models.vaegan.sprite_world import REACH_PX, STEPS, SpriteWorld, _landing, _shift

SMALL: dict[str, Any] = {
    "decoder": "sprites", "past": 2, "future": 2, "size": 24, "patch": 8, "c_dim": 8, "h_dim": 8, "localiser_width": 8,
    "z_dim": 2,
}  # fmt: skip
PLACES = 17


def world(**other: Any) -> SpriteWorld:
    torch.manual_seed(0)
    return SpriteWorld(VaeganConfig(**{**SMALL, **other}))


def ignorant(net: nn.Sequential) -> None:
    """Make a network answer zeros."""
    last = net[-1]
    assert isinstance(last, nn.Linear)
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)


def at(corners: list[list[int]], of: SpriteWorld) -> dict[str, Tensor]:
    """Return the attended state of one clip with one sprite that has been seen at these corners."""
    state = of._state(torch.tensor(corners)[None, None], torch.ones(1, 1, 8, 8))
    return of.attend(state, torch.zeros(1, 0))


def one_hot(index: int, size: int) -> Tensor:
    return F.one_hot(torch.tensor(index), size).float()


@settings(deadline=None)
@given(st.integers(0, PLACES - 1), st.integers(-REACH_PX, REACH_PX))
def test_a_step_moves_a_place_and_may_lead_beyond_the_wall(place: int, step: int) -> None:
    landing = _landing(one_hot(place, PLACES), one_hot(step + REACH_PX, STEPS))
    assert landing.tolist() == one_hot(place + step + REACH_PX, PLACES + 2 * REACH_PX).tolist()
    shifted = _shift(one_hot(place, PLACES), one_hot(step + REACH_PX, STEPS))
    assert shifted.tolist() == landing[REACH_PX:-REACH_PX].tolist()


def test_an_unsure_step_spreads_the_place() -> None:
    step = 0.25 * one_hot(REACH_PX - 1, STEPS) + 0.75 * one_hot(REACH_PX + 2, STEPS)
    assert _shift(one_hot(3, 8), step).tolist() == [0, 0, 0.25, 0, 0, 0.75, 0, 0]
    assert _shift(one_hot(6, 8), step).tolist() == [0, 0, 0, 0, 0, 1, 0, 0]  # the rest cannot be


@pytest.mark.parametrize(
    ("corner", "target", "chance"),
    [((8, 8), (8, 8), 1 / 11 / 11), ((0, 8), (5, 3), 1 / 6 / 11), ((1, 16), (0, 16), 1 / 7 / 6)],
)
def test_who_knows_nothing_gives_every_step_that_stays_on_the_canvas_the_same_chance(
    corner: tuple[int, int], target: tuple[int, int], chance: float
) -> None:
    dull = world(sprites=1)
    ignorant(dull.next)
    state, frame = dull.advance(at([[8, 8], list(corner)], dull), torch.zeros(1, 1, 4))
    nats = dull.nats(state, frame, torch.tensor([[target]]))
    assert nats.tolist() == pytest.approx([-math.log(chance)], rel=1e-5)


def test_what_lies_beyond_reach_has_finite_nats() -> None:
    dull = world(sprites=1)
    state, frame = dull.advance(at([[8, 8]], dull), torch.zeros(1, 1, 4))
    nats = dull.nats(state, frame, torch.tensor([[[0, 16]]]))
    assert nats.tolist() == pytest.approx([2 * 20 * math.log(10)], rel=1e-4)


@pytest.mark.parametrize("z_dim", [0, 2])
def test_the_bound_on_paths_of_who_knows_nothing_is_the_entropy_of_the_steps(z_dim: int) -> None:
    dull = world(z_dim=z_dim, corruption=0.0)
    ignorant(dull.next)
    if z_dim:
        ignorant(dull.expect)
        ignorant(dull.guess)
    inside = torch.tensor([[[8, 8], [9, 7], [10, 6]]])
    assert float(dull.path_bound(inside).detach()) == pytest.approx(2 * math.log(11), rel=1e-5)
    along_the_wall = torch.tensor([[[0, 8], [0, 9], [0, 10]]])
    assert float(dull.path_bound(along_the_wall).detach()) == pytest.approx(math.log(6) + math.log(11), rel=1e-5)


def test_the_bound_on_paths_holds_the_divergence() -> None:
    dull = world(corruption=0.0, beta=2.0, balance=0.75)
    for net in (dull.next, dull.expect, dull.guess):
        ignorant(net)
    last = dull.guess[-1]
    assert isinstance(last, nn.Linear)
    nn.init.constant_(last.bias[:2], 3.0)  # the means of both latents of an axis: KL = 9 / 2 each
    path = torch.tensor([[[8, 8], [8, 8]]])
    assert float(dull.path_bound(path).detach()) == pytest.approx(2 * math.log(11) + 2 * (4 * 4.5), rel=1e-5)
    bound = dull.path_bound(path)
    bound.backward()
    prior = dull.expect[-1]
    assert isinstance(prior, nn.Linear)
    assert prior.bias.grad is not None
    assert last.bias.grad is not None
    assert prior.bias.grad[:2].tolist() == pytest.approx([-2 * 0.75 * 2 * 3.0] * 2, rel=1e-4)
    assert last.bias.grad[:2].tolist() == pytest.approx([2 * 0.25 * 2 * 3.0] * 2, rel=1e-4)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0, 2]))
def test_sprites_never_leave_the_canvas(seed: int, z_dim: int) -> None:
    wild = world(z_dim=z_dim)
    with torch.no_grad():
        for parameter in wild.parameters():
            parameter.mul_(5)
        dice = torch.Generator().manual_seed(seed)
        state = wild._state(torch.randint(0, PLACES, (3, 2, 2, 2), generator=dice), torch.rand(3, 2, 8, 8))
        for _ in range(6):
            z = 3 * torch.randn(3, 2, 2 * z_dim, generator=dice)
            state, frame = wild.advance(wild.attend(state, torch.zeros(3, 0)), z)
            assert state["place"].sum(-1) == pytest.approx(torch.ones(3, 2, 2), abs=1e-4)
            assert bool(((frame >= 0) & (frame <= 1)).all())


def test_a_future_with_a_latent_is_sharp_and_draws_patches_where_they_are() -> None:
    sharp = world()
    patches = torch.rand(3, 2, 8, 8)
    with torch.no_grad():
        state = sharp._state(torch.randint(0, PLACES, (3, 2, 2, 2)), patches)
        state, frame = sharp.advance(sharp.attend(state, torch.zeros(3, 0)), torch.randn(3, 2, 4))
    corners = state["place"].argmax(-1)
    assert torch.equal(state["place"], F.one_hot(corners, PLACES).float())
    expected = layers(patches, corners[:, :, None], 24)[:, :, 0].sum(1).clamp(max=1)
    torch.testing.assert_close(frame[:, 0], expected)


def test_the_gradient_of_a_sharp_frame_reaches_steps_prior_and_latent() -> None:
    sharp = world()
    state = sharp.attend(sharp._state(torch.full((1, 2, 2, 2), 8), torch.rand(1, 2, 8, 8)), torch.zeros(1, 0))
    _, frame = sharp.advance(state, sharp.prior(state).draw())
    (frame * torch.rand_like(frame)).sum().backward()
    for part in (sharp.next, sharp.expect, sharp.code):
        assert all(value.grad is not None and bool(value.grad.any()) for value in part.parameters())
    assert all(value.grad is None for value in sharp.guess.parameters())


def test_the_posterior_sees_the_target_and_the_prior_does_not() -> None:
    any_world = world()
    state = any_world.attend(any_world._state(torch.full((1, 2, 2, 2), 8), torch.rand(1, 2, 8, 8)), torch.zeros(1, 0))
    here, there = (any_world.posterior(state, torch.full((1, 2, 2), place)) for place in (8, 10))
    assert not torch.allclose(here.mean, there.mean)
    assert here.mean.shape == any_world.prior(state).mean.shape == (1, 2, 4)


def test_only_where_told_the_world_goes_on_from_the_truth() -> None:
    any_world = world()
    state = any_world._state(torch.full((2, 2, 2, 2), 8), torch.rand(2, 2, 8, 8))
    state, _ = any_world.advance(any_world.attend(state, torch.zeros(2, 0)), torch.zeros(2, 2, 4))
    fed = any_world.feed(state, torch.full((2, 2, 2), 11), torch.tensor([True, False]))
    assert fed["place"][0].argmax(-1).unique().tolist() == [11]
    assert fed["step"][0].argmax(-1).unique().tolist() == [REACH_PX + 3]
    assert torch.equal(fed["place"][1], state["place"][1])
    assert torch.equal(fed["step"][1], state["step"][1])


def test_sight_that_is_not_trained_is_left_alone() -> None:
    def names(of: SpriteWorld, parameters: list[nn.Parameter]) -> set[str]:
        mine = {id(value) for value in parameters}
        return {name.partition(".")[0] for name, value in of.named_parameters() if id(value) in mine}

    moves = {"code", "recurrent", "expect", "guess", "next"}
    seeing, given = world(), world(train_sight=False)
    assert names(seeing, seeing.trained()) == {*moves, "localiser", "appearance"}
    assert names(given, given.trained()) == moves
    assert names(seeing, seeing.shown()) == moves - {"guess"}


def test_the_error_of_patches_is_that_of_sprites_in_their_true_places() -> None:
    source = MovingMnist(MovingMnistConfig(preset="stochastic", frames=4, paths_per_clip=2))
    batch: Batch = source.batch(0, 4)
    losses = world(size=64, patch=28).sight_losses(batch)
    assert losses.keys() == {"localisation", "appearance", "motion"}
    alone = {**batch, "video": batch["video"][:, :2]}
    shown = layers(batch["patches"], batch["positions"][:, :2].transpose(1, 2), 64).sum(1).clamp(max=1)
    assert (alone["video"][:, :, 0] + 1) / 2 == pytest.approx(shown, abs=1e-5)


@pytest.fixture(name="shipped", scope="module")
def _shipped() -> Vaegan:
    model = load_model("mnist-stochastic")
    assert isinstance(model, Vaegan)
    return model


def clip(corners: list[list[list[int]]]) -> Tensor:
    """Return a clip (1, T, 1, 64, 64) in [-1, 1] of two real digits that are at these corners, (T, 2, 2)."""
    digits = MovingMnist(MovingMnistConfig(preset="stochastic", frames=1), "test").batch(0, 1)["patches"]
    drawn = layers(digits, torch.tensor(corners).transpose(0, 1)[None], 64)
    return drawn.sum(1).clamp(max=1)[:, :, None] * 2 - 1


@pytest.mark.parametrize("seed", range(3))
def test_a_flight_away_from_walls_goes_on_the_same_in_every_draw(shipped: Vaegan, seed: int) -> None:
    flight = [[[2 + 2 * frame, 4 + frame], [31 - frame, 33 - 2 * frame]] for frame in range(15)]
    video = clip(flight)
    torch.manual_seed(seed)
    future = shipped.predict(video[:, :5], 10)
    torch.testing.assert_close(future, video[:, 5:], atol=1e-3, rtol=0)


def test_draws_part_at_a_wall_and_each_is_sharp(shipped: Vaegan) -> None:
    past = clip([[[14 - 3 * frame, 20], [20 + 3 * frame, 30]] for frame in range(5)])
    torch.manual_seed(0)
    draws = torch.cat([shipped.predict(past, 12) for _ in range(6)])
    assert bool((draws[:, 11] - draws[:1, 11]).abs().amax((1, 2, 3))[1:].gt(0.5).all())
    ink = (draws[:, 11] + 1).sum((1, 2, 3)) / (past[:, 0] + 1).sum()
    assert bool((ink <= 1.001).all())


def test_a_seed_fixes_a_future(shipped: Vaegan) -> None:
    past = clip([[[14 - 3 * frame, 20], [20 + 3 * frame, 30]] for frame in range(5)])
    futures = []
    for _ in range(2):
        torch.manual_seed(7)
        futures.append(shipped.predict(past, 8))
    assert torch.equal(*futures)


@pytest.mark.parametrize("frames", [1, 2, 9])
def test_any_number_of_frames_is_enough(shipped: Vaegan, frames: int) -> None:
    past = clip([[[2 + 2 * frame, 4 + frame], [31 - frame, 33 - 2 * frame]] for frame in range(frames)])
    future = shipped.predict(past, 3)
    assert future.shape == (1, 3, 1, 64, 64)
    assert float(future.min()) >= -1.001
    assert float(future.max()) <= 1.001
