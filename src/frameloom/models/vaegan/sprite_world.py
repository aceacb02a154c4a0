"""A world of sprites: patches that stay, places that move by whole steps, and a latent for where a wall sends them.

    frames --sight--> patch, places          memory = GRU(memory, code of place and last step)
    prior(memory) ------------------+
    posterior(memory, next place) --+--> z --> log p(step | memory, z) --likeliest--> next place --> frame

One net serves all sprites, and rows as well as columns; each axis hears the other's code and latent. A step is -5 to
5 px along each axis, as seen from where the sprite is, so that going straight on is a copy. Between walls all is known
and the latent says nothing; at a wall it says what no memory can, the new velocity. A draw of z has one sharp future:
chance is in the latent alone. Without a latent (z_dim = 0) places are distributions instead, and futures blur.

Sources: the recurrence with prior and posterior, Chung et al., "VRNN", arXiv:1506.02216; Denton & Fergus, "SVG",
arXiv:1802.07687; a straight-through estimator carries realism's gradient to steps, Bengio et al., arXiv:1308.3432.
Differs from them: the state is a place on the canvas, not a code of the frame. In training places are the generator's;
what follows from them alone is learned from paths, without frames.
"""

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from frameloom.models.base import Batch, State
from frameloom.models.layers import perceptron
from frameloom.models.losses import normal_kl
from frameloom.models.sprites import Localiser, crowd, localisation_loss, render
from frameloom.models.vae import Posterior, posterior
from frameloom.models.vaegan.sprite_sight import Unmixing, settle

if TYPE_CHECKING:
    from frameloom.models.vaegan import VaeganConfig

REACH_PX = 5
"""Longest step along an axis: 4 px, and what rounding adds at a wall."""
STEPS = 2 * REACH_PX + 1
LEAST = 1e-20
"""Chance of what is impossible; its logarithm is finite."""


class SpriteWorld(nn.Module):
    """State: memory (B, K, 2, h), place and log_place (B, K, 2, P), step (B, K, 2, 11), patch (B, K, s, s).

    The place is where the sprite is drawn, log_place how likely it was; a step of zeros is not known. Latents are
    (B, K, 2 Z): Z for rows, then Z for columns.
    """

    def __init__(self, config: "VaeganConfig") -> None:
        super().__init__()
        self.config = config
        self.places = config.size - config.patch + 1
        self.UNIT = 1 / config.sprites
        c, h, z = config.c_dim, config.h_dim, config.z_dim
        self.localiser = Localiser(config.past, config.sprites, config.size, config.patch, config.localiser_width)
        self.appearance = Unmixing(config.patch)
        self.code = nn.Linear(2 * (self.places + STEPS) - 1, c)
        self.recurrent = nn.GRU(2 * c, h, batch_first=True)
        if z:
            self.expect = perceptron([h + 2 * c, h, 2 * z])
            self.guess = perceptron([h + 2 * c + 2 * STEPS, h, 2 * z])
        self.next = perceptron([h + 2 * c + 2 * z, h, STEPS])
        self.fits: Tensor
        landing = torch.arange(self.places)[:, None] + torch.arange(-REACH_PX, REACH_PX + 1)
        self.register_buffer("fits", ((landing >= 0) & (landing < self.places)).float(), persistent=False)

    def trained(self) -> list[nn.Parameter]:
        """Return every parameter, or without sight's, as the settings say."""
        kept = () if self.config.train_sight else ("localiser.", "appearance.")
        return [value for name, value in self.named_parameters() if not name.startswith(kept)]

    def shown(self) -> list[nn.Parameter]:
        """Return what moves sprites: all but sight and the posterior."""
        kept = ("localiser.", "appearance.", "guess.")
        return [value for name, value in self.named_parameters() if not name.startswith(kept)]

    def observe(self, past: Tensor, told: Tensor) -> State:
        """Return the state after frames (B, T, 1, H, W) in [0, 1]; the localiser sees the last `past` of them.

        Of fewer frames it sees the first one repeatedly.
        """
        seen = past[:, -self.config.past :, 0].float()
        missing = self.config.past - seen.shape[1]
        log_places = self.localiser(torch.cat([seen[:, :1].expand(-1, missing, -1, -1), seen], 1))
        corners = settle(seen, log_places[:, :, missing:].float(), self.config.patch)
        return self._state(corners, self.appearance(seen, corners))

    def prepare(self, batch: Batch, told: Tensor) -> tuple[State, list[Tensor]]:
        """Return the state after a training clip's past, and the corners (B, K, 2) of each later step."""
        past, future = self.config.past, self.config.future
        corners = batch["positions"][:, : past + future].transpose(1, 2)  # (B, K, T, 2)
        seen = corners[:, :, :past]
        with torch.set_grad_enabled(torch.is_grad_enabled() and self.config.train_sight):
            patches = self.appearance((batch["video"][:, :past, 0].float() + 1) / 2, seen)
        return self._state(seen, patches), list(corners[:, :, past:].unbind(2))

    def look(self, state: State) -> State:
        """Return the state as it is: nobody acts on sprites."""
        return state

    def attend(self, state: State, told: Tensor) -> State:
        """Return the state whose memory has taken in the last place."""
        shape = state["memory"].shape
        code = self._code(state["place"], state["step"])
        memory, _ = self.recurrent(code.flatten(0, 2)[:, None], state["memory"].flatten(0, 2)[None])
        memory = memory.view(shape)
        return {**state, "memory": memory, "context": torch.cat([memory, code], -1)}

    def prior(self, state: State) -> Posterior:
        """Return the latents' distribution before the next place is seen."""
        return _joined(posterior(self.expect(state["context"])))

    def posterior(self, state: State, target: Tensor) -> Posterior:
        """Return the latents' distribution once the next corners (B, K, 2) are seen."""
        step = F.one_hot(self._step_to(state["place"], target), STEPS).to(state["context"].dtype)
        return _joined(posterior(self.guess(torch.cat([state["context"], _both(step)], -1))))

    def advance(self, state: State, z: Tensor) -> tuple[State, Tensor]:
        """Return the next state and frame (B, 1, H, W) in [0, 1]."""
        before = state["place"]
        latent = z.unflatten(-1, (2, self.config.z_dim)) if self.config.z_dim else before[..., :0]
        step = self._log_steps(state["context"], before, latent).exp()
        log_place = _shift(before, step).clamp(min=LEAST).log()
        if self.config.z_dim:
            sharp = F.one_hot(step.argmax(-1), STEPS).to(step.dtype)
            step = step + (sharp - step).detach()
        place = _shift(before, step)
        frame = render(state["patch"], place[:, :, None], crowd)
        return {
            "memory": state["memory"], "place": place, "step": step, "patch": state["patch"], "log_place": log_place
        }, frame  # fmt: skip

    def nats(self, state: State, frame: Tensor, target: Tensor) -> Tensor:
        """Return -log p(target) (B,) of the corners (B, K, 2), summed over sprites and axes."""
        return -state["log_place"].gather(-1, target[..., None]).flatten(1).sum(1)

    def feed(self, state: State, target: Tensor, truth: Tensor) -> State:
        """Return the state that goes on from the target corners (B, K, 2) where truth (B,) says so."""
        before = state["place"].argmax(-1) - state["step"].argmax(-1) + REACH_PX
        step = (target - before).clamp(-REACH_PX, REACH_PX) + REACH_PX
        told = truth[:, None, None, None]
        return {
            **state,
            "place": torch.where(told, F.one_hot(target, self.places).to(state["place"].dtype), state["place"]),
            "step": torch.where(told, F.one_hot(step, STEPS).to(state["step"].dtype), state["step"]),
        }

    def sight_losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return nats of past places, squared error of patches, and the bound on paths, per step."""
        losses = {}
        if self.config.train_sight:
            seen = (batch["video"][:, : self.config.past, 0].float() + 1) / 2
            corners = batch["positions"][:, : self.config.past]
            losses["localisation"], _ = localisation_loss(self.localiser(seen), corners)
            error = self.appearance(seen, corners.transpose(1, 2)) - batch["patches"]
            losses["appearance"] = error.square().sum((2, 3)).mean()
        if "paths" in batch:
            losses["motion"] = self.path_bound(batch["paths"].round().long().clamp(0, self.places - 1))
        return losses

    def path_bound(self, corners: Tensor) -> Tensor:
        """Return the bound on corners (N, T, 2) per sprite and step, each step given the true ones before.

        Steps of the past, from the second frame on, count too: a clip may begin anywhere.
        """
        config = self.config
        spoilt = torch.rand(corners.shape[:2], device=corners.device) < config.corruption
        spoilt[:, config.past :] = False
        moved = (corners + torch.randint(-2, 3, corners.shape, device=corners.device)).clamp(0, self.places - 1)
        seen = torch.where(spoilt[..., None], moved, corners)
        place, step = self._coded(seen)
        code = self._code(place, step)[:, :-1]  # (N, T - 1, 2, 2c)
        memory, _ = self.recurrent(code.transpose(1, 2).flatten(0, 1))
        context = torch.cat([memory.unflatten(0, (-1, 2)).transpose(1, 2), code], -1)
        ahead = self._step_to(place[:, :-1], corners[:, 1:])
        known = F.one_hot(ahead, STEPS).to(context.dtype)
        z, divergence = known[..., :0], context.new_zeros(())
        if config.z_dim:
            prior, guess = (
                posterior(self.expect(context)),
                posterior(self.guess(torch.cat([context, _both(known)], -1))),
            )
            z = guess.draw()
            divergence = config.balance * _kl(_fixed(guess), prior) + (1 - config.balance) * _kl(guess, _fixed(prior))
        log_steps = self._log_steps(context, place[:, :-1], z)
        nats = -log_steps.gather(-1, ahead[..., None])[..., 0]
        return nats.sum(2).mean() + config.beta * divergence

    def _state(self, corners: Tensor, patches: Tensor) -> State:
        """Return the state at the last of corners (B, K, T, 2), before it is taken in."""
        place, step = self._coded(corners.flatten(0, 1))
        code = self._code(place, step)[:, :-1].transpose(1, 2).flatten(0, 1)  # (B*K*2, T - 1, 2c)
        memory = code.new_zeros(len(code), self.config.h_dim)
        if code.shape[1]:
            memory = self.recurrent(code)[0][:, -1]
        slots = patches.shape[:2]
        return {
            "memory": memory.unflatten(0, (*slots, 2)),
            "log_place": place[:, -1].clamp(min=LEAST).log().unflatten(0, slots),
            "place": place[:, -1].unflatten(0, slots),
            "step": step[:, -1].unflatten(0, slots),
            "patch": patches,
        }

    def _coded(self, corners: Tensor) -> tuple[Tensor, Tensor]:
        """Return places (N, T, 2, P) of corners (N, T, 2), and the steps (N, T, 2, 11) that led there."""
        move = corners[:, 1:] - corners[:, :-1]
        known = (move.abs() <= REACH_PX)[..., None]
        step = F.one_hot(move.clamp(-REACH_PX, REACH_PX) + REACH_PX, STEPS) * known
        return F.one_hot(corners, self.places).float(), F.pad(step, (0, 0, 0, 0, 1, 0)).float()

    def _code(self, place: Tensor, step: Tensor) -> Tensor:
        """Return codes (..., 2, 2c) of places, steps and where another such step would lead."""
        return _both(self.code(torch.cat([place, step, _landing(place, step)], -1)))

    def _step_to(self, place: Tensor, target: Tensor) -> Tensor:
        """Return which step (..., 2) in 0 to 10 leads from places (..., 2, P) to target corners (..., 2)."""
        return (target - place.argmax(-1)).clamp(-REACH_PX, REACH_PX) + REACH_PX

    def _log_steps(self, context: Tensor, place: Tensor, z: Tensor) -> Tensor:
        """Return log-probabilities (..., 2, 11) of steps; none leads off the canvas."""
        logits = self.next(torch.cat([context, _both(z)], -1)).float()
        room = (place @ self.fits).clamp(min=LEAST).log()
        return F.log_softmax(15 * torch.tanh(logits / 15) + room, -1)


def _both(values: Tensor) -> Tensor:
    """Return (..., 2, 2n) of (..., 2, n): each axis's own, then the other's."""
    return torch.cat([values, values.flip(-2)], -1)


def _landing(place: Tensor, step: Tensor) -> Tensor:
    """Return distributions (..., P + 10) over places, and 5 px beyond each wall, after steps (..., 11) from places."""
    around = F.pad(place, (2 * REACH_PX, 2 * REACH_PX)).unfold(-1, STEPS, 1)  # (..., P + 10, 11)
    return (around * step.flip(-1)[..., None, :]).sum(-1)


def _shift(place: Tensor, step: Tensor) -> Tensor:
    """Return distributions over places (..., P) after steps (..., 11) that stay on the canvas."""
    stayed = _landing(place, step)[..., REACH_PX:-REACH_PX]
    return stayed / stayed.sum(-1, keepdim=True).clamp(min=LEAST)


def _joined(axes: Posterior) -> Posterior:
    """Return a distribution over (..., 2 Z) of one over (..., 2, Z)."""
    return Posterior(axes.mean.flatten(-2), axes.log_variance.flatten(-2))


def _fixed(normal: Posterior) -> Posterior:
    return Posterior(normal.mean.detach(), normal.log_variance.detach())


def _kl(one: Posterior, other: Posterior) -> Tensor:
    """Return the mean KL per sprite and step, of (N, T, 2, Z)."""
    return normal_kl(one.mean, one.log_variance, other.mean, other.log_variance).sum((2, 3)).mean()
