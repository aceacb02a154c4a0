"""Predict a clip by moving its sprites: the predictor that a CPU can train.

    past --Localiser--> places --Motion--> future places
    past --Appearance at the places--> patches            future = soft_or of the patches at the future places

A prediction is the mean over what may happen, the best answer under squared error; the floor of that mean
is the data's own, not the network's.

Source: own; the parts are `sprites`. The generic way to the same task is `predictor`.
Limits: a fixed number of sprites of fixed size on an empty background. Places in training are the generator's.
"""

from typing import Literal, Self

import torch
import torch.nn.functional as F
from pydantic import NonNegativeFloat, PositiveInt, model_validator
from torch import Tensor, nn

from frameloom.core.config import Config
from frameloom.models.base import Batch, Loss, Model, Phase
from frameloom.models.sprites import (
    Appearance,
    Localiser,
    corners_of,
    localisation_loss,
    marginals_of,
    render,
    require_canvas,
    spoilt_marginals,
)


class SpritePredictorConfig(Config):
    """Size of the networks and balance of the objective."""

    family: Literal["sprite_predictor"] = "sprite_predictor"
    past: PositiveInt = 10
    """Frames seen."""
    future: PositiveInt = 10
    """Frames predicted at once; longer horizons go on from these."""
    sprites: PositiveInt = 2
    """Sprites in a clip."""
    canvas: PositiveInt = 64
    """Height and width of a frame in px."""
    patch: PositiveInt = 28
    """Height and width of a sprite in px."""
    width: PositiveInt = 32
    """Channels of the localiser at half resolution."""
    motion_width: PositiveInt = 384
    """Hidden units of the motion network."""
    corruption: NonNegativeFloat = 0.04
    """Share of the places in the extra paths that are spoilt, as a localiser's can be."""

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        require_canvas(self.canvas, self.patch)
        return self


class Motion(nn.Module):
    """Past places to future places, per sprite: one perceptron for rows and columns, which look once at each other."""

    def __init__(self, past: int, future: int, places: int, width: int) -> None:
        super().__init__()
        self.future, self.places = future, places
        self.input = nn.Linear(past * places, width)
        self.across = nn.Linear(width, width)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
            for _ in range(3)
        )
        self.output = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, future * places))

    def forward(self, marginals: Tensor) -> Tensor:
        """Return log-marginals (N, future, 2, P) after marginals (N, past, 2, P)."""
        hidden = self.input(marginals.transpose(1, 2).flatten(2))  # (N, 2, width)
        for index, block in enumerate(self.blocks):
            hidden = hidden + block(hidden)
            if index == 0:
                hidden = hidden + self.across(hidden.flip(1))
        logits = self.output(hidden).float().unflatten(2, (self.future, self.places)).transpose(1, 2)
        return F.log_softmax(15 * torch.tanh(logits / 15), 3)


class SpritePredictor(Model):
    """See the module."""

    def __init__(self, config: SpritePredictorConfig) -> None:
        super().__init__(config)
        self.places = config.canvas - config.patch + 1
        self.localiser = Localiser(config.past, config.sprites, config.canvas, config.patch, config.width)
        self.appearance = Appearance(config.past, config.patch, 24)
        self.motion = Motion(config.past, config.future, self.places, config.motion_width)

    def phases(self) -> list[Phase]:
        """Return one phase."""
        return [Phase("predict", list(self.parameters()), self.prediction_loss)]

    def prediction_loss(self, batch: Batch, progress: float) -> Loss:
        """Return squared error of the future + nats of past places, future places and patches."""
        past, future = self.config.past, self.config.future
        video = (batch["video"][:, : past + future, 0] + 1) / 2
        log_places = self.localiser(video[:, :past])
        localisation, order = localisation_loss(log_places, batch["positions"][:, :past])
        index = torch.arange(len(video), device=video.device)[:, None]
        ahead = batch["positions"][:, past : past + future].transpose(1, 2)[index, order]  # (B, K, future, 2)
        drawn = self.appearance(video[:, :past], corners_of(log_places))
        patches = batch["patches"][index, order][:, None].expand_as(drawn)
        appearance = F.binary_cross_entropy(drawn.float().clamp(1e-5, 1 - 1e-5), patches)
        log_ahead = self.motion(marginals_of(log_places).detach().flatten(0, 1))  # (B*K, future, 2, P)
        motion = -log_ahead.gather(3, ahead.flatten(0, 1)[..., None]).mean()
        frames = render(drawn[:, 1], log_ahead.exp().unflatten(0, drawn.shape[:1] + drawn.shape[2:3]))
        error = (frames - video[:, past:]).square().sum((2, 3)).mean()
        extra = self.extra_motion_loss(batch["paths"]) if "paths" in batch else motion.new_zeros(())
        parts = {"mse": error, "localisation": localisation, "appearance": appearance, "motion": motion, "extra": extra}
        total = error / 50 + localisation + 4 * appearance + motion + extra
        return Loss(total, {name: part.detach() for name, part in parts.items()})

    def extra_motion_loss(self, paths: Tensor) -> Tensor:
        """Return nats per coordinate of the future of paths (N, T, 2) in px, seen through a spoilt localiser."""
        corners = paths[:, : self.config.past + self.config.future].floor().long().clamp(0, self.places - 1)
        seen, ahead = corners.split([self.config.past, self.config.future], 1)
        observed = spoilt_marginals(seen, self.places, self.config.corruption)
        log_ahead: Tensor = self.motion(observed)
        return -log_ahead.gather(3, ahead[..., None]).mean()

    @torch.no_grad()
    def predict(self, past: Tensor, frames: int) -> Tensor:
        """Return the next frames (B, frames, 1, H, W) after past (B, T, 1, H, W); a shorter past repeats the first."""
        missing = max(self.config.past - past.shape[1], 0)
        video = torch.cat([past[:, :1].expand(-1, missing, -1, -1, -1), past[:, -self.config.past :]], 1)
        video = (video[:, :, 0] + 1) / 2
        log_places = self.localiser(video)
        patches = self.appearance(video, corners_of(log_places))[:, 1]
        known = marginals_of(log_places).flatten(0, 1)  # (B*K, T, 2, P)
        while known.shape[1] < self.config.past + frames:
            known = torch.cat([known, self.motion(known[:, -self.config.past :]).exp()], 1)
        ahead = known[:, self.config.past : self.config.past + frames].unflatten(0, patches.shape[:2])
        return render(patches, ahead)[:, :, None] * 2 - 1
