"""Video variational autoencoder and its evidence lower bound.

    clip --encode--> posterior (mean, log-variance) --draw--> latent --decode--> clip

Two decoders share the bound. `pixels`: one latent per clip, unrolled by a recurrent net and painted by
convolutions. `sprites`: per sprite a latent of appearance and one of its path, rendered by placing.

Source: Kingma & Welling, "Auto-Encoding Variational Bayes", arXiv:1312.6114, eq. 10.
Differs from it: free bits (Kingma et al., arXiv:1606.04934), KL warm-up, and, where classes are known, one
learned normal prior per class. For sprites, places are a third latent, between path and clip: a localiser that is
not trained here points at them (a posterior without doubt), and a Laplace around the decoded path is their prior:

    log p(clip) >= log p(clip | look, places) + log p(places | path) - KL(look) - KL(path)
"""

import math
from dataclasses import dataclass
from typing import Literal, Self

import torch
import torch.nn.functional as F
from pydantic import NonNegativeFloat, NonNegativeInt, PositiveInt, model_validator
from torch import Tensor, nn

from frameloom.core.config import Config
from frameloom.models.base import Batch, Condition, Loss, Model, Phase
from frameloom.models.layers import FrameDecoder, FrameEncoder, perceptron
from frameloom.models.losses import bernoulli_nll, normal_kl
from frameloom.models.sprites import (
    Appearance,
    Localiser,
    Paths,
    corners_of,
    grid_weights,
    localisation_loss,
    render,
    require_canvas,
)


class VaeConfig(Config):
    """Size of the network and balance of its objective."""

    family: Literal["vae"] = "vae"
    decoder: Literal["sprites", "pixels"] = "pixels"
    """What paints a clip: placed sprites, or convolutions."""
    frames: PositiveInt = 10
    """Frames in a clip."""
    size: PositiveInt = 64
    """Height and width of a frame in px."""
    channels: PositiveInt = 1
    """Channels of a frame; sprites are grey."""
    z_dim: PositiveInt = 32
    """Length of the latent code (of a sprite's appearance)."""
    path_dim: PositiveInt = 6
    """Length of the latent code of a sprite's path."""
    c_dim: PositiveInt = 64
    """Length of a frame's code."""
    h_dim: PositiveInt = 128
    """Hidden units, and channels of the painter's smallest map."""
    sprites: PositiveInt = 2
    """Sprites in a clip."""
    patch: PositiveInt = 28
    """Height and width of a sprite in px."""
    localiser_width: PositiveInt = 32
    """Channels of the localiser at half resolution."""
    classes: NonNegativeInt = 0
    """Classes of sprite with a prior of their own; 0: one standard normal prior."""
    beta: NonNegativeFloat = 1.0
    """Weight of the KL of looks (or of the clip) once warm; a look shows in every frame, so that 1 is weak."""
    path_beta: NonNegativeFloat = 1.0
    """Weight of the paths' KL once warm."""
    warm_up: NonNegativeFloat = 0.1
    """Share of the run over which the KL's weight grows from 0."""
    free_bits: NonNegativeFloat = 0.02
    """Nats of KL per latent dimension that cost nothing."""
    temperature: NonNegativeFloat = 1.0
    """Deviation of drawn looks (or clips) as a share of the prior's: below 1 samples are cleaner, and more alike."""

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        if self.decoder == "sprites":
            require_canvas(self.size, self.patch, self.channels)
        return self


@dataclass(frozen=True)
class Posterior:
    """A diagonal normal over latents (N, Z)."""

    mean: Tensor
    log_variance: Tensor

    def draw(self, temperature: float = 1.0) -> Tensor:
        """Return one reparameterised sample, with the deviation times the temperature."""
        return self.mean + temperature * torch.randn_like(self.mean) * (0.5 * self.log_variance).exp()


def posterior(output: Tensor) -> Posterior:
    """Return the normal whose mean and (bounded) log-variance are the halves of (N, 2Z)."""
    mean, log_variance = output.float().chunk(2, -1)
    return Posterior(mean, 6 * torch.tanh(log_variance / 6))


class PixelPainter(nn.Module):
    """One latent per clip, a recurrent code per frame, convolutions per frame."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.config = config
        self.frame = FrameEncoder(config.channels, config.c_dim, config.size, config.h_dim)
        self.watch = nn.GRU(config.c_dim, config.h_dim, batch_first=True)
        self.head = nn.Linear(config.h_dim, 2 * config.z_dim)
        self.unroll = nn.GRU(config.z_dim, config.h_dim, batch_first=True)
        self.paint = FrameDecoder(config.h_dim + config.z_dim, config.channels, config.size, config.h_dim)

    def locate(self, video: Tensor) -> Tensor:
        """Return no places (0,): there are no sprites."""
        return video.new_zeros(0)

    def nats(self, video: Tensor, places: Tensor, latents: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Return -log p(video | latents) per clip, (B,), and 0 for the places."""
        ink = bernoulli_nll(self.decode(latents, video.shape[1]), video).flatten(1).sum(1)
        return ink, torch.zeros_like(ink)

    def encode(self, video: Tensor, places: Tensor) -> list[Posterior]:
        """Return the clip's posterior of video (B, T, C, H, W) in [0, 1]."""
        codes = self.frame(video.flatten(0, 1)).unflatten(0, video.shape[:2])
        _, last = self.watch(codes)
        return [posterior(self.head(last[0]))]

    def decode(self, latents: list[Tensor], frames: int) -> Tensor:
        """Return ink probabilities (B, T, C, H, W)."""
        repeated = latents[0][:, None].expand(-1, frames, -1)
        hidden, _ = self.unroll(repeated)
        code = torch.cat([hidden, repeated], 2)
        ink: Tensor = torch.sigmoid(self.paint(code.flatten(0, 1)).float()).unflatten(0, code.shape[:2])
        return ink


class SpritePainter(nn.Module):
    """Two latents per sprite: appearance and path. Latents are (B*K, Z)."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.config = config
        self.places = config.size - config.patch + 1
        self.localiser = Localiser(config.frames, config.sprites, config.size, config.patch, config.localiser_width)
        self.appearance = Appearance(config.frames, config.patch, 24)
        self.path_head = perceptron([config.frames * 2, 256, 256, 2 * config.path_dim])
        self.paths = Paths(config.path_dim, self.places, 256)
        self.log_scale = nn.Parameter(torch.ones(()))
        self.look = FrameEncoder(1, 2 * config.z_dim, config.patch, config.h_dim)
        self.paint = FrameDecoder(config.z_dim, 1, config.patch, config.h_dim)

    def locate(self, video: Tensor) -> Tensor:
        """Return log-places (B, K, T, P, P); the localiser is not trained here."""
        with torch.no_grad():
            log_places: Tensor = self.localiser(video[:, :, 0])
            return log_places

    def encode(self, video: Tensor, places: Tensor) -> list[Posterior]:
        """Return the posteriors of path and look of video (B, T, 1, H, W) in [0, 1] with its log-places."""
        corners = corners_of(places)
        path = posterior(self.path_head((corners.flatten(0, 1) / self.places - 0.5).flatten(1)))
        with torch.no_grad():
            patches = self.appearance(video[:, :, 0], corners)[:, 1]
        return [path, posterior(self.look(patches.flatten(0, 1)[:, None]))]

    def nats(self, video: Tensor, places: Tensor, latents: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Return -log p(video | look, places) and -log p(places | path) per clip, both (B,)."""
        path, content = latents
        corners = corners_of(places)
        ink = self._paint(content, F.one_hot(corners, self.places).to(video.dtype))
        distance = (self.paths(path, corners.shape[2]) - corners.flatten(0, 1)).abs()
        scale = self.log_scale.clamp(min=-1.5)
        laplace = distance / scale.exp() + scale + math.log(2)  # a px is the unit of density
        return bernoulli_nll(ink, video).flatten(1).sum(1), laplace.flatten(1).sum(1).unflatten(
            0, corners.shape[:2]
        ).sum(1)

    def decode(self, latents: list[Tensor], frames: int) -> Tensor:
        """Return ink probabilities (B, T, 1, H, W)."""
        path, content = latents
        weights = grid_weights(self.paths(path, frames), self.places)  # (B*K, T, 2, P)
        return self._paint(content, weights.unflatten(0, (-1, self.config.sprites)))

    def _paint(self, content: Tensor, weights: Tensor) -> Tensor:
        """Return ink (B, T, 1, H, W) of looks (B*K, Z) at weights over rows and columns (B, K, T, 2, P)."""
        patches = torch.sigmoid(self.paint(content).float())[:, 0]
        return render(patches.unflatten(0, weights.shape[:2]), weights)[:, :, None]


class Vae(Model):
    """See the module."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__(config)
        self.painter: PixelPainter | SpritePainter
        self.painter = SpritePainter(config) if config.decoder == "sprites" else PixelPainter(config)
        if config.classes:
            self.prior = nn.Parameter(
                torch.cat([torch.randn(config.classes, config.z_dim), torch.zeros(config.classes, config.z_dim)], 1)
            )

    def phases(self) -> list[Phase]:
        """Return one phase; a sprite painter's localiser and appearance are taken as they are."""
        kept = (".localiser.", ".appearance.")
        trained = [value for name, value in self.named_parameters() if not any(part in name for part in kept)]
        return [Phase("elbo", trained, self.elbo_loss)]

    def elbo_loss(self, batch: Batch, progress: float) -> Loss:
        """Return (reconstruction + places + weighted KL) / 100, in nats per clip; the parts say the bound itself."""
        video = (batch["video"][:, : self.config.frames] + 1) / 2
        places = self.painter.locate(video)
        posteriors = self.painter.encode(video, places)
        ink, along = self.painter.nats(video, places, [q.draw() for q in posteriors])
        reconstruction, path = ink.mean(), along.mean()
        kls = self.divergences(posteriors, self._classes(batch, places))
        sprites = self.config.sprites if self.config.decoder == "sprites" else 1
        counted = torch.stack([kl.mean(0).clamp(min=self.config.free_bits).sum() for kl in kls]) * sprites
        weights = counted.new_tensor([self.config.path_beta, self.config.beta][-len(kls) :])
        warmth = min(1.0, progress / self.config.warm_up) if self.config.warm_up else 1.0
        kl = torch.stack([kl.sum(1).mean() for kl in kls]).sum() * sprites
        bits = (reconstruction + path + kl) / video[0].numel() / math.log(2)
        active = torch.cat([k.mean(0) for k in kls]).gt(0.01).float().sum()
        settled = active.new_tensor(float(progress >= max(self.config.warm_up, 0.1)))
        parts = {
            "reconstruction": reconstruction,
            "kl": kl,
            "bits_per_dim": bits,
            "active": active,
            "path": path,
            "settled": settled,
        }
        total = (reconstruction + path + warmth * (weights * counted).sum()) / 100
        return Loss(total, {name: part.detach() for name, part in parts.items()})

    def divergences(self, posteriors: list[Posterior], classes: Tensor | None) -> list[Tensor]:
        """Return the KL of each posterior to its prior per dimension, (N, Z) each; the last is the one with classes."""
        *others, content = posteriors
        result = [normal_kl(q.mean, q.log_variance) for q in others]
        if classes is None:
            return [*result, normal_kl(content.mean, content.log_variance)]
        mean, log_variance = self.prior[classes.flatten()].chunk(2, 1)
        return [*result, normal_kl(content.mean, content.log_variance, mean, log_variance)]

    def guard(self, parts: dict[str, float]) -> str | None:
        """Return why training should stop: past warm-up and a tenth of the run, no latent carries anything."""
        if parts["active"] >= 1 or parts["settled"] < 1:
            return None
        return "KL collapse: no latent dimension is active; lower beta or lengthen warm_up"

    @torch.no_grad()
    def sample(
        self, count: int, *, condition: Condition | None = None, generator: torch.Generator | None = None
    ) -> Tensor:
        """Return clips (count, T, C, H, W) in [-1, 1] decoded from draws of the prior."""
        config = self.config
        slots = count * config.sprites if config.decoder == "sprites" else count

        def normal(size: int) -> Tensor:
            return torch.randn(slots, size, generator=generator, device=self.device)

        content = config.temperature * normal(config.z_dim)
        if config.classes:
            classes = torch.randint(config.classes, (slots,), generator=generator, device=self.device)
            if condition is not None and condition.classes is not None:
                shown = condition.classes.to(self.device)
                classes = (shown if config.decoder == "sprites" else shown[:, :1]).flatten()
            mean, log_variance = self.prior[classes].chunk(2, 1)
            content = mean + content * (0.5 * log_variance).exp()
        latents = [normal(config.path_dim), content] if config.decoder == "sprites" else [content]
        return self.painter.decode(latents, config.frames) * 2 - 1

    def _classes(self, batch: Batch, places: Tensor) -> Tensor | None:
        """Return each slot's class, (B, K) in the order in which the localiser found the sprites; None without classes.

        A clip that is one slot goes by its first sprite.
        """
        if not self.config.classes:
            return None
        if isinstance(self.painter, PixelPainter):
            return batch["classes"][:, :1]
        _, order = localisation_loss(places, batch["positions"][:, : self.config.frames])
        return batch["classes"].gather(1, order)
