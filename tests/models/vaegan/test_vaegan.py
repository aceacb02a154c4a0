"""The objectives of the combined model, against values worked out by hand."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from frameloom.core.config import validate
from frameloom.core.errors import ConfigError, DataError
from frameloom.models.base import Batch, Steered
from frameloom.models.vae import Posterior
from frameloom.models.vaegan import Vaegan, VaeganConfig, _fixed, _kl

SMALL: dict[str, Any] = {
    "past": 2, "future": 3, "size": 16, "actions": 4, "c_dim": 16, "h_dim": 8, "z_dim": 3, "judge_dim": 16,
}  # fmt: skip


def model(**settings: Any) -> Vaegan:
    torch.manual_seed(0)
    return Vaegan(VaeganConfig(**{**SMALL, **settings}))


def clips(count: int = 4, frames: int = 5) -> Batch:
    dice = torch.Generator().manual_seed(1)
    return {
        "video": torch.rand(count, frames, 1, 16, 16, generator=dice) * 2 - 1,
        "actions": torch.rand(count, frames, 4, generator=dice) * 2 - 1,
    }


def test_the_kl_of_a_clip_is_the_sum_over_its_latents() -> None:
    one = Posterior(torch.tensor([[2.0, 0.0], [0.0, 0.0]]), torch.zeros(2, 2))
    none = Posterior(torch.zeros(2, 2), torch.zeros(2, 2))
    assert _kl(one, none).tolist() == [2.0, 0.0]
    sprites = Posterior(torch.full((1, 2, 3), 2.0), torch.zeros(1, 2, 3))
    assert _kl(sprites, Posterior(torch.zeros(1, 2, 3), torch.zeros(1, 2, 3))).tolist() == [12.0]


@pytest.mark.parametrize("balance", [0.0, 0.8, 1.0])
def test_the_kl_moves_prior_and_posterior_by_their_shares(balance: float) -> None:
    combined, batch = model(balance=balance, past=1, future=1, warm_up=0.0, sampling_end=0.0, noise=1e6), clips()
    combined.world.UNIT = 1.0
    torch.manual_seed(3)
    loss = combined.elbo_loss(batch, 0.5).total
    expect, guess = (list(part.parameters()) for part in (combined.world.expect, combined.world.guess))
    toward_prior, toward_guess = (
        torch.cat([g.flatten() for g in torch.autograd.grad(loss, part, retain_graph=True, allow_unused=True)])
        for part in (expect, guess)
    )
    assert (toward_prior.abs().max() > 1e-9) == (balance > 0)
    assert (toward_guess.abs().max() > 1e-6) == (balance < 1)


def test_without_noise_of_chance_the_bound_is_reconstruction_plus_weighted_kl() -> None:
    combined, batch = model(beta=0.5, warm_up=0.2, sampling_end=0.0), clips()
    parts = {}
    for progress in (0.0, 0.1, 0.2, 0.9):
        torch.manual_seed(3)
        parts[progress] = combined.elbo_loss(batch, progress)
    unit = 100 * 0.4**2 / 256
    for progress, warmth in ((0.0, 0.0), (0.1, 0.5), (0.2, 1.0), (0.9, 1.0)):
        loss = parts[progress]
        expected = unit * (loss.parts["reconstruction"] + loss.parts["policy"] + warmth * 0.5 * loss.parts["kl"])
        torch.testing.assert_close(loss.total, expected)


def test_without_latents_only_the_policy_leaves_something_to_chance() -> None:
    certain, batch = model(z_dim=0), clips()
    assert "kl" not in certain.elbo_loss(batch, 0.5).parts
    past = batch["video"][:, :2]

    def future(seed: int, actions: Tensor | None) -> Tensor:
        torch.manual_seed(seed)
        return certain.predict(past, 3, actions)

    assert torch.equal(future(1, batch["actions"]), future(2, batch["actions"]))
    assert not torch.equal(future(1, None), future(2, None))
    idle = model(z_dim=0, actions=0)
    assert torch.equal(idle.predict(past, 3), idle.predict(past, 3))


def test_a_seed_fixes_the_future_and_another_gives_another() -> None:
    combined, past = model(), clips()["video"][:, :2]
    futures = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        futures.append(combined.predict(past, 4))
    assert torch.equal(futures[0], futures[1])
    assert not torch.equal(futures[0], futures[2])


def test_at_temperature_0_the_likeliest_latents_are_taken() -> None:
    sure, batch = model(temperature=0.0), clips()
    past = batch["video"][:, :2]
    futures = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        futures.append(sure.predict(past, 3, batch["actions"]))
    assert torch.equal(*futures)


def test_actions_are_told_with_whether_they_are_known() -> None:
    combined, batch = model(past=3, future=2), clips(64)
    shown, hidden = combined._told(batch), combined._told(batch, hide=1.0)
    assert torch.equal(shown[..., :4], batch["actions"])
    assert torch.equal(shown[..., 4], torch.ones(64, 5))
    assert not hidden[:, :2].any()  # between the three frames of the past
    assert torch.equal(hidden[:, 2:], shown[:, 2:])
    some = combined._told(batch, hide=0.25)[..., 4]
    assert torch.equal(some[:, 0], some[:, 1])  # a clip's past actions are all known or all hidden
    assert 0.55 < some[:, 0].mean() < 0.95


def test_the_policy_learns_what_is_done_and_acts_so_when_nobody_steers() -> None:
    """Everybody goes to the right when the picture is bright, and to the left when it is dark."""
    combined = model(z_dim=0, past=1, future=1, action_dropout=0.0)
    bright = torch.tensor([0.0, 1.0]).repeat(8)
    video = (bright * 2 - 1)[:, None, None, None, None].expand(-1, 2, 1, 16, 16)
    batch = {"video": video, "actions": (bright - 0.5)[:, None, None].expand(-1, 2, 4)}
    optimiser = torch.optim.Adam(combined.parameters(), 1e-2)
    combined.world.UNIT = 1.0
    for _ in range(150):
        optimiser.zero_grad()
        combined.elbo_loss(batch, 1.0).total.backward()
        optimiser.step()
    seen: list[Tensor] = []
    attend = combined.world.attend
    combined.world.attend = lambda state, told: (seen.append(told), attend(state, told))[1]  # type: ignore[method-assign]
    combined.step(combined.start(video[:, :1]))
    assert (seen[-1][:, :4] - batch["actions"][:, 0]).abs().mean() < 0.1
    assert torch.equal(seen[-1][:, 4], torch.ones(16))


def test_actions_change_the_future_and_no_actions_are_drawn_ones() -> None:
    combined, batch = model(), clips()
    assert isinstance(combined, Steered)
    assert combined.action_size == 4
    past = batch["video"][:, :2]

    def future(actions: Tensor | None) -> Tensor:
        torch.manual_seed(1)
        return combined.predict(past, 2, actions)

    assert not torch.equal(future(batch["actions"]), future(-batch["actions"]))
    assert not torch.equal(future(None), future(torch.zeros(4, 5, 4)))
    state = combined.start(past, batch["actions"])
    torch.manual_seed(1)
    first = combined.step(state, batch["actions"][:, 1])[1]
    torch.testing.assert_close(first, future(batch["actions"])[:, 0])


@pytest.mark.parametrize("shape", [(4, 5, 3), (4, 1, 4), (3, 5, 4)])
def test_actions_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match=r"actions \(.*\) do not fit; give \(4, at least 2, 4\)"):
        model().start(clips()["video"][:, :3], torch.zeros(shape))


def test_judges_that_see_no_difference_have_ln_2_and_the_stages_begin_when_they_should() -> None:
    combined, batch = model(adversarial_from=0.6, penalty=0.0), clips()
    for judge in (combined.judges.frame, combined.judges.clip):
        torch.nn.init.zeros_(judge.score.weight)
    for told in (combined.judges.frame.name, combined.judges.names, combined.judges.heed):
        torch.nn.init.zeros_(told.weight)
    torch.nn.init.zeros_(combined.judges.heed.bias)
    assert combined.judge_loss(batch, 0.7).total.item() == pytest.approx(math.log(2))
    loss = combined.realism_loss(batch, 0.7)
    assert loss.parts["fooling"].item() == pytest.approx(math.log(2))
    assert loss.total.item() == pytest.approx(math.log(2) + 10 * loss.parts["matching"].item(), rel=1e-5)
    assert [(phase.name, phase.begins, phase.rate) for phase in combined.phases()] == [
        ("elbo", 0.0, 1.0), ("judges", 0.6, 0.2), ("realism", 0.6, 0.15),
    ]  # fmt: skip
    assert [phase.name for phase in model().phases()] == ["elbo"]


def test_judges_and_world_pull_in_opposite_directions() -> None:
    combined, batch = model(adversarial_from=0.0, feature_matching=0.0, penalty=0.0), clips()
    last = combined.world.paint[0].bias

    def fooling() -> Tensor:
        torch.manual_seed(5)
        return combined.realism_loss(batch, 0.5).total

    combined.steps += 1
    before = fooling()
    (gradient,) = torch.autograd.grad(before, [last])
    with torch.no_grad():
        last -= 0.01 * gradient / gradient.norm()
    assert fooling() < before
    game = []
    for _ in range(2):
        combined.steps.zero_()
        torch.manual_seed(6)
        loss = combined.judge_loss(batch, 0.5).total
        game.append(loss.item())
        weight = combined.judges.clip.score.weight
        (gradient,) = torch.autograd.grad(loss, [weight])
        with torch.no_grad():
            weight -= 0.1 * gradient
    assert game[1] < game[0]


def test_both_paths_take_turns_and_judges_are_told_which(monkeypatch: pytest.MonkeyPatch) -> None:
    combined, batch, seen = model(adversarial_from=0.0, penalty=0.0), clips(), []
    imagine = combined.imagine
    monkeypatch.setattr(combined, "imagine", lambda b, t, path: (seen.append(path), imagine(b, t, path))[1])
    for _ in range(2):
        combined.judge_loss(batch, 0.5)
        combined.realism_loss(batch, 0.5)
    assert seen == ["prior", "prior", "posterior", "posterior"]
    video = imagine(batch, combined._told(batch), "prior")
    assert torch.equal(video[:, :2], batch["video"][:, :2])
    assert video.shape == (4, 5, 1, 16, 16)
    actions = batch["actions"]
    assert not torch.equal(combined.judges(video, actions, 0, 0)[0], combined.judges(video, actions, 1, 0)[0])


def test_the_judge_of_clips_hears_what_was_done_and_not_what_leads_out_of_the_clip() -> None:
    combined, batch = model(adversarial_from=0.0), clips()
    video, actions = batch["video"], batch["actions"]
    by_frame, by_clip = combined.judges(video, actions, 0, 0)[0]
    other = actions.clone()
    other[:, -1] += 1
    assert torch.equal(combined.judges(video, other, 0, 0)[0], torch.stack([by_frame, by_clip]))
    other[:, -2] += 1
    changed = combined.judges(video, other, 0, 0)[0]
    assert torch.equal(changed[0], by_frame)
    assert not torch.isclose(changed[1], by_clip).any()


def test_features_are_matched_one_by_one_where_the_future_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    combined, batch = model(adversarial_from=0.0), clips()
    looks = torch.tensor([[1.0], [-1.0], [3.0], [1.0]])  # real ones have 0: mean 1, mean size 1.5
    video = batch["video"]
    monkeypatch.setattr(combined, "imagine", lambda *_: video.clone())
    monkeypatch.setattr(
        combined.judges, "forward", lambda v, *_: (v.new_zeros(2, 4), looks * float(v.data_ptr() != video.data_ptr()))
    )
    matching = {}
    for turn, path in ((0, "posterior"), (1, "prior")):
        combined.steps.fill_(turn)
        matching[path] = combined.realism_loss(batch, 0.5).parts["matching"].item()
    assert matching == {"posterior": 1.5, "prior": 1.0}


def test_the_penalty_is_that_of_a_linear_judge() -> None:
    """A judge whose score is the sum of pixels of frame and clip has a gradient of known length."""
    combined, batch = model(adversarial_from=0.0), clips()

    class Sum(torch.nn.Module):
        def forward(self, video: Tensor, actions: Tensor, path: int, frame: int) -> tuple[Tensor, None]:
            return torch.stack([video.flatten(1).sum(1), video[:, 2 + frame].flatten(1).sum(1)]), None

    combined.judges = Sum()  # type: ignore[assignment]
    pixels = 16 * 16
    length = (4 * 1 + 4) * pixels  # four frames seen once, one frame seen twice: gradient 1 and 2
    assert combined._penalty((batch["video"],) * 2, batch["actions"], 0, 1).item() == pytest.approx(length, rel=1e-5)


def test_the_world_goes_on_from_the_truth_early_and_from_itself_later(monkeypatch: pytest.MonkeyPatch) -> None:
    combined, batch, shares = model(sampling_end=0.5), clips(64), []
    feed = combined.world.feed
    monkeypatch.setattr(
        combined.world, "feed", lambda s, t, truth: (shares.append(truth.float().mean()), feed(s, t, truth))[1]
    )
    for progress, expected in ((0.0, 1.0), (0.25, 0.5), (0.5, 0.0), (0.9, 0.0)):
        shares.clear()
        combined.elbo_loss(batch, progress)
        assert float(torch.stack(shares).mean()) == pytest.approx(expected, abs=0.1)


def test_a_judge_that_has_won_is_told() -> None:
    assert model().guard({"reconstruction": 1.0}) is None
    assert model().guard({"gap_frame": 1.0, "gap_clip": 10.0}) is None
    assert "has won (score gap 61)" in (model().guard({"gap_frame": 61.0, "gap_clip": 1.0}) or "")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"size": 20}, "size 20 is not a multiple of 8; crop or resize the clips"),
        ({"decoder": "sprites", "size": 64, "actions": 4}, "4 actions: sprites fly by themselves"),
        ({"decoder": "sprites", "size": 64, "actions": 0, "channels": 3}, "sprites are grey"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        validate(VaeganConfig, {**SMALL, **settings}, "vaegan")


def test_a_fixed_normal_has_no_gradient() -> None:
    normal = Posterior(torch.ones(1, requires_grad=True), torch.zeros(1, requires_grad=True))
    assert not _fixed(normal).mean.requires_grad
    assert not _fixed(normal).log_variance.requires_grad


def test_what_is_predicted_from_the_prior_has_no_kl_and_no_posterior() -> None:
    """With a share of 1 the bound is the error of the prior's own prediction: the posterior learns nothing."""
    combined, batch = model(hybrid=1.0, temperature=0.0, sampling_end=0.0, warm_up=0.0, action_dropout=0.0), clips()
    loss = combined.elbo_loss(batch, 0.5)
    torch.testing.assert_close(loss.total, combined.world.UNIT * (loss.parts["reconstruction"] + loss.parts["policy"]))
    guess = torch.autograd.grad(loss.total, list(combined.world.guess.parameters()), retain_graph=True)
    assert max(float(part.abs().max()) for part in guess) > 0  # from the past alone, which it reads
    future = (combined.predict(batch["video"][:, :2], 3, batch["actions"]) + 1) / 2
    apart = ((future - (batch["video"][:, 2:] + 1) / 2) / combined.config.noise).square()
    assert loss.parts["reconstruction"].item() == pytest.approx(0.5 * apart.flatten(2).sum(2).mean().item(), rel=1e-4)
