"""The three families combined: a recurrent predictor, a latent for what cannot be known, and judges of realism.

    past --observe--> state --+-- prior(state) -----------------+--> z --advance--> state, frame --> ...
                              +-- posterior(state, next frame) -+

    elbo      -log p(frames | z of the posterior) + beta KL(posterior || prior)          VAE and Seq2Seq
    judges    real clips above imagined ones, of both paths; R1 and R2                   GAN
    realism   imagined clips above real ones, with the judge's features alike

The stages are settings: judges and realism begin at `adversarial_from`. Every phase has an optimiser of its own, and
Adam forgets the scale of a gradient: `realism_rate` is what weighs realism against the bound.

Sources: learned prior and skips from the last observed frames, Denton & Fergus, "SVG", arXiv:1802.07687; the two
adversarial paths and feature matching, Lee et al., "SAVP", arXiv:1804.01523; prediction from the prior beside the
bound, Sohn et al., "Learning structured output representation", NeurIPS 2015, eq. 9; relativistic judges, as in `gan`;
a condition as a product with the judge's features, Miyato & Koyama, arXiv:1802.05637.
Differs from them: one pair of judges for both paths, told which, and each step takes one of them in turn; the judge of
clips is told the actions; where nobody says what is done, a policy draws it, so that the same model can be steered or
left to itself; KL balancing (Hafner et al., arXiv:2010.02193).
"""

from typing import Annotated, Literal, Protocol, Self

import torch
from annotated_types import Ge, Le
from pydantic import NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt, model_validator
from torch import Tensor, nn

from frameloom.core.config import Config
from frameloom.core.errors import DataError
from frameloom.models.base import Batch, Loss, Model, Phase, State
from frameloom.models.gan import Judge
from frameloom.models.losses import gradient_penalty, normal_kl, relativistic_loss
from frameloom.models.sprites import require_canvas
from frameloom.models.vae import Posterior
from frameloom.models.vaegan.pixel_world import Head, PixelWorld
from frameloom.models.vaegan.policy import outputs, policy
from frameloom.models.vaegan.sprite_world import SpriteWorld

Share = Annotated[float, Ge(0), Le(1)]

PATHS = ("posterior", "prior")
"""Where the latents of an imagined clip come from; the judges are told which."""


class VaeganConfig(Config):
    """Size of the networks, balance of the objectives, and when each begins."""

    family: Literal["vaegan"] = "vaegan"
    decoder: Literal["sprites", "pixels"] = "pixels"
    """The world that is carried from frame to frame: placed sprites, or feature maps."""
    past: PositiveInt = 2
    """Frames seen in training; in use any number."""
    future: PositiveInt = 10
    """Frames predicted in training; in use any number."""
    size: PositiveInt = 64
    """Height and width of a frame in px."""
    channels: PositiveInt = 1
    """Channels of a frame; sprites are grey."""
    actions: NonNegativeInt = 0
    """Length of an action; 0: there are none."""
    action_dropout: Share = 0.25
    """Share of the clips whose past actions are hidden in training, so that frames alone are enough to begin."""
    z_dim: NonNegativeInt = 8
    """Length of the latent of a step (and sprite); 0: what cannot be known is averaged."""
    c_dim: PositiveInt = 32
    """Channels of a frame's code."""
    h_dim: PositiveInt = 64
    """Channels (units) of the recurrent state."""
    sprites: PositiveInt = 2
    """Sprites in a clip."""
    patch: PositiveInt = 28
    """Height and width of a sprite in px."""
    localiser_width: PositiveInt = 32
    """Channels of the sprites' localiser at half resolution."""
    train_sight: bool = True
    """Whether localiser and appearance of sprites learn too, or stay as the recipe's start gives them."""
    corruption: Share = 0.04
    """Share of the places in the extra paths that are spoilt, as a localiser's can be."""
    noise: PositiveFloat = 0.4
    """Deviation of a pixel in [0, 1] around its prediction: larger asks less of pixels against the KL."""
    beta: NonNegativeFloat = 1.0
    """Weight of the KL once warm."""
    warm_up: Share = 0.1
    """Share of the run over which the KL's weight grows from 0."""
    free_bits: NonNegativeFloat = 0.0
    """Nats of KL per clip and step that cost nothing."""
    balance: Share = 0.8
    """Share of the KL's gradient that moves the prior; the rest moves the posterior."""
    hybrid: Share = 0.0
    """Share of the clips that are predicted from the prior in training, as in use, so that errors are learned from."""
    temperature: NonNegativeFloat = 1.0
    """Factor on the deviation of what is drawn from the prior in use; below 1 futures are likelier and less diverse."""
    sampling_end: Share = 0.5
    """Share of the run after which the model goes on from its own frames alone; before, ever less from the truth."""
    adversarial_from: Share = 1.0
    """Share of the run after which judges and realism are trained too; 1: never."""
    realism_rate: NonNegativeFloat = 0.15
    """Learning rate of realism as a share of the recipe's."""
    judge_rate: NonNegativeFloat = 0.2
    """Learning rate of the judges as a share of the recipe's."""
    feature_matching: NonNegativeFloat = 10.0
    """Weight of the distance between the clip judge's features of real and imagined clips."""
    judge_dim: PositiveInt = 128
    """Channels of the judges' smallest maps."""
    penalty: NonNegativeFloat = 2.0
    """Weight of R1 and R2."""
    penalty_every: PositiveInt = 4
    """Steps between penalties; the weight is multiplied by it."""

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        if self.decoder == "sprites":
            require_canvas(self.size, self.patch, self.channels)
            if self.actions:
                raise ValueError(f"{self.actions} actions: sprites fly by themselves; set actions = 0 or use pixels")
        elif self.size % 8:
            raise ValueError(f"size {self.size} is not a multiple of 8; crop or resize the clips")
        return self


class World(Protocol):
    """What carries a clip from frame to frame; frames are in [0, 1], told is (B, actions + 1), or (B, 0) without.

    The last number of told says whether the action before it is known. Latents are (B, Z), or (B, K, Z) of sprites.
    """

    UNIT: float
    """Factor on the bound that makes its gradient handy: 1 over what a frame counts for."""

    def observe(self, past: Tensor, told: Tensor) -> State:
        """Return the state after frames (B, T, C, H, W), T >= 1, under told (B, >= T - 1, actions + 1)."""
        ...

    def prepare(self, batch: Batch, told: Tensor) -> tuple[State, list[Tensor]]:
        """Return the state after a training clip's past, and of each later step what posterior and nats look at."""
        ...

    def look(self, state: State) -> State:
        """Return the state with what is seen before it is told what is done; of pixels "sight" (B, h, H/4, W/4)."""
        ...

    def attend(self, state: State, told: Tensor) -> State:
        """Return the state that has looked with what it is told (B, actions + 1); the four below take it."""
        ...

    def prior(self, state: State) -> Posterior:
        """Return the latent's distribution before the next frame is seen."""
        ...

    def posterior(self, state: State, target: Tensor) -> Posterior:
        """Return the latent's distribution once the next frame is seen."""
        ...

    def advance(self, state: State, z: Tensor) -> tuple[State, Tensor]:
        """Return the next state and frame (B, C, H, W)."""
        ...

    def nats(self, state: State, frame: Tensor, target: Tensor) -> Tensor:
        """Return -log p(target) (B,) given the state and frame just advanced to."""
        ...

    def feed(self, state: State, target: Tensor, truth: Tensor) -> State:
        """Return the state that goes on from the target where truth (B,) says so."""
        ...

    def sight_losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return objectives of the world's own, to be added to the bound."""
        ...

    def trained(self) -> list[nn.Parameter]:
        """Return what the bound trains."""
        ...

    def shown(self) -> list[nn.Parameter]:
        """Return what realism trains: what makes frames from latents of the prior or posterior."""
        ...


class Judges(nn.Module):
    """A judge of single frames and a judge of whole clips with their past; both are told the path, one the actions."""

    def __init__(self, config: VaeganConfig) -> None:
        super().__init__()
        channels, shown = config.channels, config.past + config.future
        self.past, self.shown = config.past, shown
        self.frame = Judge(channels, config.size, config.judge_dim, len(PATHS))
        self.clip = Judge(shown * channels, config.size, config.judge_dim, classes=0)
        self.names = nn.Embedding(len(PATHS), config.judge_dim)

        if config.actions:
            self.heed = nn.Linear((shown - 1) * config.actions, config.judge_dim)

    def forward(self, video: Tensor, actions: Tensor, path: int, frame: int) -> tuple[Tensor, Tensor]:
        """Return scores (2, B) of a frame ahead and of the clip, and the clip's features.

        Args:
            video: (B, past + future, C, H, W) in [-1, 1].
            actions: (B, at least past + future - 1, A), or (B, T, 0).
            path: index of PATHS.
            frame: which frame ahead is looked at alone.
        """
        told = torch.full((len(video), 1), path, device=video.device)
        by_frame = self.frame(video[:, self.past + frame], told)
        looks, code = self.clip.look(video.flatten(1, 2)), self.names(told[:, 0])
        if actions.shape[2]:
            code = code + self.heed(actions[:, : self.shown - 1].flatten(1))
        return torch.stack([by_frame, self.clip.grade(looks, code)]).float(), looks.float()


class Vaegan(Model):
    """See the module."""

    def __init__(self, config: VaeganConfig) -> None:
        super().__init__(config)
        self.world: PixelWorld | SpriteWorld
        self.world = SpriteWorld(config) if config.decoder == "sprites" else PixelWorld(config)
        if config.actions:
            self.policy = Head(config.h_dim, outputs(config.actions), config.size // 4)
        self.steps: Tensor
        if config.adversarial_from < 1:
            self.judges = Judges(config)
            self.register_buffer("steps", torch.zeros((), dtype=torch.int64))

    @property
    def action_size(self) -> int:
        """Return the length of an action; 0 without."""
        size: int = self.config.actions
        return size

    def phases(self) -> list[Phase]:
        """Return the bound's phase and, where there are judges, theirs and the one that fools them."""
        begins = self.config.adversarial_from
        policy = list(self.policy.parameters()) if self.config.actions else []
        bound = Phase("elbo", [*self.world.trained(), *policy], self.elbo_loss)
        if begins >= 1:
            return [bound]
        return [
            bound,
            Phase(
                "judges", list(self.judges.parameters()), self.judge_loss, rate=self.config.judge_rate, begins=begins
            ),
            Phase("realism", self.world.shown(), self.realism_loss, rate=self.config.realism_rate, begins=begins),
        ]

    def elbo_loss(self, batch: Batch, progress: float) -> Loss:
        """Return the bound per pixel and frame, x 100, in nats of the world's own kind; the parts say it per frame."""
        config = self.config
        told = self._told(batch, config.action_dropout)
        truth_share = max(0.0, 1 - progress / config.sampling_end) if config.sampling_end else 0.0
        state, targets = self.world.prepare(batch, told)
        learns = torch.ones(len(told), dtype=torch.bool, device=told.device)
        if config.hybrid:
            learns = torch.rand(len(told), device=told.device) >= config.hybrid  # the others go on as in use
        nats, deeds, kl, counted = [], [], [], []
        for index, target in enumerate(targets):
            state, now = self.world.look(state), told[:, config.past - 1 + index]
            if config.actions:
                deeds.append(policy(self.policy(state["sight"])).nats(now[:, :-1]))
            state = self.world.attend(state, now)
            if config.z_dim:
                prior, guess = self.world.prior(state), self.world.posterior(state, target)
                kl.append(_kl(guess, prior))
                balanced = config.balance * _kl(_fixed(guess), prior) + (1 - config.balance) * _kl(guess, _fixed(prior))
                counted.append(learns * balanced.clamp(min=config.free_bits))
                z = guess.draw()
                if config.hybrid:
                    known = learns.view(-1, *[1] * (z.ndim - 1))
                    z = torch.where(known, z, prior.draw(config.temperature))
            else:
                z = target.new_zeros(len(target), 0)
            state, frame = self.world.advance(state, z)
            nats.append(self.world.nats(state, frame, target))
            truth = torch.rand(len(target), device=target.device) < truth_share
            state = self.world.feed(state, target, truth)
        reconstruction = torch.stack(nats).mean()
        parts = {"reconstruction": reconstruction}
        total = reconstruction
        if config.actions:
            parts["policy"] = torch.stack(deeds).mean()
            total = total + parts["policy"]
        if config.z_dim:
            warmth = min(1.0, progress / config.warm_up) if config.warm_up else 1.0
            total = total + warmth * config.beta * torch.stack(counted).mean()
            parts["kl"] = torch.stack(kl).mean()
        total = total * self.world.UNIT
        for name, loss in self.world.sight_losses(batch).items():
            total, parts[name] = total + loss, loss
        return Loss(total, {name: part.detach() for name, part in parts.items()})

    def judge_loss(self, batch: Batch, progress: float) -> Loss:
        """Return what the judges minimise: real above imagined, and now and then the penalties; one path a step."""
        self.steps += 1
        path, frame = self._turn()
        real, told = batch["video"][:, : self.config.past + self.config.future], self._told(batch)
        with torch.no_grad():
            fake = self.imagine(batch, told, PATHS[path])
        fair, foul = (self.judges(video, told[..., :-1], path, frame)[0] for video in (real, fake))
        game, gap = relativistic_loss(fair, foul), (fair - foul).detach().mean(1)
        penalty = game.new_zeros(())
        if self.config.penalty and int(self.steps) // len(PATHS) % self.config.penalty_every == 0:
            penalty = (
                self.config.penalty
                * self.config.penalty_every
                * self._penalty((real, fake), told[..., :-1], path, frame)
            )
        parts = {"game": game.detach(), "penalty": penalty.detach(), "gap_frame": gap[0], "gap_clip": gap[1]}
        return Loss(game + penalty, parts)

    def realism_loss(self, batch: Batch, progress: float) -> Loss:
        """Return what the world minimises against the judges: imagined above real, and features alike.

        The posterior knows the future, so its clips must look like theirs one by one; the prior's must in the mean.
        """
        path, frame = self._turn()
        real, told = batch["video"][:, : self.config.past + self.config.future], self._told(batch)
        with torch.no_grad():
            fair, wanted = self.judges(real, told[..., :-1], path, frame)
        foul, features = self.judges(self.imagine(batch, told, PATHS[path]), told[..., :-1], path, frame)
        fooling = relativistic_loss(foul, fair)
        apart = features - wanted if PATHS[path] == "posterior" else features.mean(0) - wanted.mean(0)
        matching = apart.abs().mean()
        parts = {"fooling": fooling.detach(), "matching": matching.detach()}
        return Loss(fooling + self.config.feature_matching * matching, parts)

    def imagine(self, batch: Batch, told: Tensor, path: str) -> Tensor:
        """Return the batch's clips (B, past + future, C, H, W) in [-1, 1] with the future imagined.

        Args:
            batch: clips, and what comes with them.
            told: (B, T, actions + 1), or (B, T, 0).
            path: "posterior" (the latents have seen each next frame) or "prior".
        """
        past = batch["video"][:, : self.config.past]
        state, targets = self.world.prepare(batch, told)
        frames = []
        for index, target in enumerate(targets):
            state = self.world.attend(self.world.look(state), told[:, self.config.past - 1 + index])
            if not self.config.z_dim:
                z = target.new_zeros(len(target), 0)
            elif path == "posterior":
                z = self.world.posterior(state, target).draw()
            else:
                z = self.world.prior(state).draw()
            state, frame = self.world.advance(state, z)
            frames.append(frame)
        return torch.cat([past, torch.stack(frames, 1).float() * 2 - 1], 1)

    def guard(self, parts: dict[str, float]) -> str | None:
        """Return why training should stop: a judge has won for good."""
        won = max(parts.get("gap_frame", 0.0), parts.get("gap_clip", 0.0))
        return f"the discriminator has won (score gap {won:.0f}); raise penalty or lower the rate" if won > 60 else None

    @torch.no_grad()
    def start(self, past: Tensor, actions: Tensor | None = None) -> State:
        """Return the state after past (B, T, C, H, W) in [-1, 1], T >= 1, under actions (B, >= T - 1, A)."""
        return self.world.observe((past + 1) / 2, self._telling(actions, len(past), past.shape[1] - 1, past))

    @torch.no_grad()
    def step(self, state: State, action: Tensor | None = None) -> tuple[State, Tensor]:
        """Return the state and the next frame, (B, C, H, W) in [-1, 1], of latents drawn from the prior.

        Args:
            state: from start or step.
            action: (B, A); left out, the model draws one as it has learned that robots act.
        """
        example, state = next(iter(state.values())), self.world.look(state)
        if action is None and self.config.actions:
            action = policy(self.policy(state["sight"])).draw().to(example)
        told = self._telling(None if action is None else action[:, None], len(example), 1, example)[:, 0]
        state = self.world.attend(state, told)
        z = example.new_zeros(len(example), 0)
        if self.config.z_dim:
            z = self.world.prior(state).draw(self.config.temperature)
        state, frame = self.world.advance(state, z)
        return state, frame.float() * 2 - 1

    def predict(self, past: Tensor, frames: int, actions: Tensor | None = None) -> Tensor:
        """Return one of the possible futures, (B, frames, C, H, W) in [-1, 1]; torch's random numbers choose it.

        Args:
            past: (B, T, C, H, W) in [-1, 1], T >= 1.
            frames: how many.
            actions: (B, at least T + frames - 1, A), the t-th between frames t and t + 1; left out, those of the past
                are not known and the policy draws the others.
        """
        state, future = self.start(past, actions), []
        for index in range(frames):
            action = None if actions is None else actions[:, past.shape[1] - 1 + index]
            state, frame = self.step(state, action)
            future.append(frame)
        return torch.stack(future, 1)

    def _turn(self) -> tuple[int, int]:
        """Return which path it is the turn of (without latents there is one), and the frame ahead to be looked at."""
        return int(self.steps) % 2 if self.config.z_dim else 1, int(torch.randint(self.config.future, ()))

    def _told(self, batch: Batch, hide: float = 0.0) -> Tensor:
        """Return actions and whether they are known, (B, T, A + 1) or (B, T, 0); a share of clips hides the past's."""
        video = batch["video"]
        count, frames = video.shape[:2]
        if not self.config.actions:
            return video.new_zeros(count, frames, 0)
        known = video.new_ones(count, frames, 1)
        known[:, : self.config.past - 1] = (torch.rand(count, 1, 1, device=video.device) >= hide).to(video.dtype)
        return torch.cat([batch["actions"][:, :frames] * known, known], 2)

    def _telling(self, actions: Tensor | None, count: int, frames: int, like: Tensor) -> Tensor:
        """Return the same for use: (count, T, A + 1) of actions (count, T, A), or of none for so many frames."""
        size = self.config.actions
        if not size:
            return like.new_zeros(count, frames, 0)
        if actions is None:
            return like.new_zeros(count, frames, size + 1)
        if actions.shape[-1] != size or actions.shape[1] < frames or len(actions) != count:
            raise DataError(f"actions {tuple(actions.shape)} do not fit; give ({count}, at least {frames}, {size})")
        actions = actions.to(like)
        return torch.cat([actions, torch.ones_like(actions[..., :1])], 2)

    def _penalty(self, videos: tuple[Tensor, Tensor], actions: Tensor, path: int, frame: int) -> Tensor:
        """Return R1 + R2 of both judges, in float32 because they are differentiated twice."""
        penalties = []
        with torch.autocast(videos[0].device.type, enabled=False):
            for video in videos:
                shown = video.detach().float().requires_grad_()
                scores, _ = self.judges(shown, actions, path, frame)
                penalties.append(gradient_penalty(scores.sum(0), shown))
        return torch.stack(penalties).sum()


def _kl(one: Posterior, other: Posterior) -> Tensor:
    """Return KL(one || other) of each clip, (B,), in nats."""
    return normal_kl(one.mean, one.log_variance, other.mean, other.log_variance).flatten(1).sum(1)


def _fixed(normal: Posterior) -> Posterior:
    """Return the same distribution without gradient."""
    return Posterior(normal.mean.detach(), normal.log_variance.detach())
