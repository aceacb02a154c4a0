"""The evidence lower bound, put together from parts by hand."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from frameloom.models.base import Batch, Condition
from frameloom.models.vae import Posterior, Vae, VaeConfig, posterior

Clips = Callable[..., Batch]
Maker = Callable[..., Tensor]
SIZES: dict[str, Any] = {"frames": 4, "size": 24, "patch": 8, "z_dim": 3, "path_dim": 2, "c_dim": 4, "h_dim": 16}
PIXELS = 4 * 24 * 24


def small(**settings: Any) -> Vae:
    return Vae(VaeConfig(**SIZES, localiser_width=8, **settings))


def fixed(vae: Vae, posteriors: list[Posterior], ink: float, monkeypatch: pytest.MonkeyPatch) -> list[list[Tensor]]:
    """Give a VAE these posteriors and a decoder of even grey; return what it decodes."""
    decoded: list[list[Tensor]] = []

    def decode(latents: list[Tensor], frames: int) -> Tensor:
        decoded.append(latents)
        count = len(latents[0]) // (vae.config.sprites if vae.config.decoder == "sprites" else 1)
        return torch.full((count, frames, 1, 24, 24), ink, requires_grad=True)

    monkeypatch.setattr(vae.painter, "encode", lambda video, places: posteriors)
    monkeypatch.setattr(vae.painter, "decode", decode)
    return decoded


def normals(mean: list[list[float]], log_variance: float = 0.0) -> Posterior:
    return Posterior(torch.tensor(mean), torch.full((len(mean), len(mean[0])), log_variance))


def test_a_posterior_is_the_halves_of_an_output_with_bounded_variance() -> None:
    q = posterior(torch.tensor([[1.0, 200.0, 6.0, -600.0]]))
    assert q.mean.tolist() == [[1.0, 200.0]]
    assert q.log_variance[0].tolist() == pytest.approx([6 * math.tanh(1), -6.0])


def test_a_draw_is_mean_plus_deviation_times_noise() -> None:
    q = Posterior(torch.tensor([[1.0, -2.0]], requires_grad=True), torch.tensor([[2 * math.log(3), 0.0]]))
    torch.manual_seed(4)
    draw = q.draw()
    torch.manual_seed(4)
    noise = torch.randn(1, 2)
    torch.testing.assert_close(draw, torch.tensor([[1.0, -2.0]]) + noise * torch.tensor([[3.0, 1.0]]))
    draw.sum().backward()
    assert q.mean.grad is not None  # reparameterised


@pytest.mark.parametrize(("progress", "beta"), [(0.0, 0.0), (0.1, 0.25), (0.2, 0.5), (1.0, 0.5)])
def test_the_bound_by_hand(progress: float, beta: float, toy_clips: Clips, monkeypatch: pytest.MonkeyPatch) -> None:
    vae = small(beta=0.5, warm_up=0.2, free_bits=0.0)
    fixed(vae, [normals([[2.0, 0.0, 1.0], [0.0, 0.0, 1.0]])], 0.25, monkeypatch)
    batch = {"video": torch.ones(2, 4, 1, 24, 24)}
    loss = vae.elbo_loss(batch, progress)
    reconstruction = PIXELS * math.log(4)  # -ln 0.25 for every inked pixel
    kl = (2.0 + 0.0 + 0.5 + 0.0 + 0.0 + 0.5) / 2
    assert loss.parts["reconstruction"].item() == pytest.approx(reconstruction)
    assert loss.parts["kl"].item() == pytest.approx(kl)
    assert loss.parts["bits_per_dim"].item() == pytest.approx((reconstruction + kl) / PIXELS / math.log(2))
    assert loss.parts["active"].item() == 2
    assert loss.parts["path"].item() == 0
    assert loss.total.item() == pytest.approx((reconstruction + beta * kl) / 100, rel=1e-6)


def test_without_warm_up_the_kl_counts_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    totals = []
    for progress, warm_up in ((0.0, 0.0), (1.0, 0.3)):
        vae = small(warm_up=warm_up)
        fixed(vae, [normals([[9.0, 0.0, 0.0]])], 0.5, monkeypatch)
        totals.append(vae.elbo_loss({"video": torch.ones(1, 4, 1, 24, 24)}, progress).total.item())
    assert totals == pytest.approx([(PIXELS * math.log(2) + 40.5 + 2 * 0.02) / 100] * 2)


def test_free_bits_are_counted_per_dimension_over_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    vae = small(warm_up=0.0, free_bits=0.7)
    fixed(vae, [normals([[2.0, 0.0, 1.0], [0.0, 0.0, 1.0]])], 0.5, monkeypatch)  # mean KL 1.0, 0.0, 0.5
    loss = vae.elbo_loss({"video": torch.ones(2, 4, 1, 24, 24)}, 1.0)
    assert loss.parts["kl"].item() == pytest.approx(1.5)
    assert loss.total.item() == pytest.approx((PIXELS * math.log(2) + 1.0 + 0.7 + 0.7) / 100)


def test_the_decoder_is_given_draws_and_the_encoder_ink(toy_clips: Clips, monkeypatch: pytest.MonkeyPatch) -> None:
    vae, batch = small(), toy_clips(frames=6)
    seen: list[Tensor] = []
    q = normals([[1.0, 2.0, 3.0]] * 3)
    decoded = fixed(vae, [q], 0.5, monkeypatch)
    monkeypatch.setattr(vae.painter, "encode", lambda video, places: (seen.append(video), [q])[1])
    torch.manual_seed(1)
    vae.elbo_loss(batch, 0.0)
    torch.manual_seed(1)
    assert torch.equal(decoded[0][0], q.draw())
    assert torch.equal(seen[0], (batch["video"][:, :4] + 1) / 2)  # the first `frames`, in [0, 1]


@pytest.mark.parametrize(("log_scale", "scale"), [(math.log(3), 3.0), (-9.0, math.exp(-1.5))])  # which is the least
def test_the_bound_of_sprites_by_hand(
    log_scale: float, scale: float, located: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    vae = small(decoder="sprites", warm_up=0.0, free_bits=0.0, path_beta=0.5, beta=3.0)
    path, look = normals([[2.0, 0.0]] * 4), normals([[0.0, 1.0, 1.0]] * 4)  # 2 clips of 2 sprites
    painted: list[tuple[Tensor, Tensor]] = []
    grey = torch.full((2, 4, 1, 24, 24), 0.5, requires_grad=True)
    monkeypatch.setattr(vae.painter, "encode", lambda video, places: [path, look])
    monkeypatch.setattr(vae.painter, "_paint", lambda *given: (painted.append(given), grey)[1])
    monkeypatch.setattr(Posterior, "draw", lambda q: q.mean)
    last = vae.painter.paths.line[-1]
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)  # every sprite rests in the middle, at (8, 8)
    nn.init.constant_(vae.painter.log_scale, log_scale)
    corners = torch.full((2, 2, 4, 2), 8)
    corners[0, 0, :, 0], corners[1, 1, 3, 1] = 11, 2  # 3 px off four times in the first clip, 6 px once in the second
    monkeypatch.setattr(vae.painter, "locate", lambda video: located(corners))
    loss = vae.elbo_loss({"video": torch.ones(2, 4, 1, 24, 24)}, 1.0)
    laplace = (12 / scale + 6 / scale) / 2 + 16 * math.log(2 * scale)  # of 2 sprites, 4 frames, 2 coordinates
    kl, reconstruction = 2 * (2.0 + 1.0), PIXELS * math.log(2)
    assert loss.parts["path"].item() == pytest.approx(laplace, rel=1e-4)
    assert loss.parts["kl"].item() == pytest.approx(kl)
    assert loss.parts["active"].item() == 3
    assert loss.parts["bits_per_dim"].item() == pytest.approx((reconstruction + laplace + kl) / PIXELS / math.log(2))
    weighted = 2 * (0.5 * 2.0 + 3.0 * 1.0)
    assert loss.total.item() == pytest.approx((reconstruction + laplace + weighted) / 100)
    ((content, weights),) = painted  # drawn looks, at the places that were found
    assert torch.equal(content, look.mean)
    assert torch.equal(weights.argmax(4), corners)
    assert torch.equal(weights.sum(4), torch.ones(2, 2, 4, 2))


def test_sprites_are_encoded_from_where_and_how_they_are_found(
    toy_clips: Clips, located: Maker, found: Maker, given_answers: Any
) -> None:
    painter, batch = small(decoder="sprites").painter, toy_clips(count=4)
    corners, patches = found(batch["positions"].transpose(1, 2)), found(batch["patches"])
    painter.appearance = given_answers(torch.stack([torch.zeros_like(patches), patches], 1))
    painter.path_head = given_answers(torch.arange(32.0).view(8, 4))
    painter.look = given_answers(torch.arange(48.0).view(8, 6))
    video = (batch["video"] + 1) / 2
    path, look = painter.encode(video, located(corners))
    assert torch.equal(painter.appearance.questions[0], corners)
    assert torch.equal(painter.path_head.questions[0], (corners.flatten(0, 1) / 17 - 0.5).flatten(1))
    assert torch.equal(painter.look.questions[0], patches.flatten(0, 1)[:, None])
    assert path.mean[1].tolist() == [4.0, 5.0]
    assert look.mean[1].tolist() == [6.0, 7.0, 8.0]


def test_a_class_has_a_prior_of_its_own() -> None:
    vae = small(classes=10)
    with torch.no_grad():
        vae.prior.zero_()
        vae.prior[7] = torch.tensor([1.0, 1.0, 1.0, 0.0, math.log(2), 0.0])
    (kl,) = vae.divergences([normals([[3.0, 3.0, 1.0], [0.0, 2.0, 0.0]])], torch.tensor([[7], [0]]))
    second = 0.5 * (1 / 2 + 4 / 2 - 1 + math.log(2))
    assert kl.flatten().tolist() == pytest.approx([2.0, second, 0.0, 0.0, 2.0, 0.0])
    path, _ = vae.divergences([normals([[2.0, 0.0]]), normals([[0.0] * 3])], torch.tensor([[7]]))
    assert path.tolist() == [[2.0, 0.0]]  # whose prior is the standard normal


def test_classes_follow_the_order_in_which_sprites_are_found(toy_clips: Clips, located: Maker, found: Maker) -> None:
    vae, batch = small(decoder="sprites", classes=10), toy_clips()
    places = located(found(batch["positions"].transpose(1, 2)))
    assert torch.equal(vae._classes(batch, places), found(batch["classes"]))
    assert small(decoder="sprites")._classes(batch, places) is None
    assert torch.equal(small(classes=10)._classes(batch, torch.zeros(0)), batch["classes"][:, :1])


@pytest.mark.parametrize(("decoder", "expected"), [("sprites", [4, 2, 4, 2]), ("pixels", [4, 4])])
def test_samples_are_draws_of_the_prior_of_the_classes(
    decoder: str, expected: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    vae = small(decoder=decoder, classes=10)
    decoded = fixed(vae, [], 0.75, monkeypatch)
    with torch.no_grad():
        vae.prior[:, :3] = torch.arange(10.0)[:, None]
        vae.prior[:, 3:] = -40.0  # no deviation: a draw is the mean
    clips = vae.sample(2, condition=Condition(classes=torch.tensor([[4, 2], [4, 2]])))
    torch.testing.assert_close(clips, torch.full((2, 4, 1, 24, 24), 0.5))  # ink 0.75 on the scale of video
    torch.testing.assert_close(decoded[0][-1], torch.tensor(expected).float()[:, None].expand(-1, 3))
    vae.sample(500)
    drawn = decoded[1][-1].round()
    assert set(drawn.flatten().tolist()) == set(range(10))
    with torch.no_grad():
        vae.prior[:, :3], vae.prior[:, 3:] = 0.0, 2 * math.log(3)
    vae.sample(2000)
    assert decoded[2][-1].std().item() == pytest.approx(3, rel=0.05)


def test_a_sprite_is_painted_where_its_path_is() -> None:
    vae = small(decoder="sprites")
    nn.init.constant_(vae.painter.paint.output.bias, 60.0)  # full squares
    last = vae.painter.paths.line[-1]
    nn.init.zeros_(last.weight)
    last.bias.data = torch.tensor([-0.25, 0.25, 0.5, -0.25])  # from (4, 12), by (2, -1) a frame
    ink = vae.painter.decode([torch.randn(2, 2), torch.randn(2, 3)], 3)
    expected = torch.zeros(1, 3, 1, 24, 24)
    for frame, (row, column) in enumerate([(6, 11), (8, 10), (10, 9)]):
        expected[0, frame, 0, row : row + 8, column : column + 8] = 1
    torch.testing.assert_close(ink, expected)


def test_the_guard_speaks_when_no_latent_carries_anything() -> None:
    vae = small()
    assert vae.guard({"active": 1.0, "settled": 1.0}) is None
    assert vae.guard({"active": 0.0, "settled": 0.9}) is None  # a new model has nothing to say yet
    assert (
        vae.guard({"active": 0.9, "settled": 1.0})
        == "KL collapse: no latent dimension is active; lower beta or lengthen warm_up"
    )


@pytest.mark.parametrize(
    ("progress", "warm_up", "settled"), [(0.0, 0.0, 0), (0.09, 0.0, 0), (0.1, 0.1, 1), (0.2, 0.3, 0), (0.3, 0.3, 1)]
)
def test_a_run_is_settled_once_the_kl_counts_in_full(
    progress: float, warm_up: float, settled: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    vae = small(warm_up=warm_up)
    fixed(vae, [normals([[0.0, 0.0, 0.0]])], 0.5, monkeypatch)
    parts = vae.elbo_loss({"video": torch.ones(1, 4, 1, 24, 24)}, progress).parts
    assert parts["settled"].item() == settled
    assert (vae.guard({name: part.item() for name, part in parts.items()}) is not None) == bool(settled)


def test_a_low_temperature_draws_looks_closer_together_and_leaves_paths_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    vae = small(decoder="sprites", temperature=0.25)
    decoded = fixed(vae, [], 0.5, monkeypatch)
    vae.sample(2000)
    path, look = decoded[0]
    assert path.std().item() == pytest.approx(1, rel=0.05)
    assert look.std().item() == pytest.approx(0.25, rel=0.05)
