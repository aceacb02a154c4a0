"""A reader of Moving MNIST clips: which digits, and where in every frame. The instrument, not a generator.

    clip --Localiser--> corners --Appearance--> patches --Classifier--> classes, features

It is trained on the generator's own labels, and reads real and generated clips alike, so that scores of
samples always stand beside the same scores of real clips.

Source: the classifier is the usual small convolutional net (LeCun et al., "Gradient-based learning applied
to document recognition", 1998, with residual blocks); the rest is `sprites`.
"""

from dataclasses import dataclass
from typing import Literal, Self

import torch
import torch.nn.functional as F
from pydantic import PositiveInt, model_validator
from torch import Tensor, nn

from frameloom.core.config import Config
from frameloom.core.errors import ModelError
from frameloom.models.base import Batch, Loss, Model, Phase
from frameloom.models.layers import Residual
from frameloom.models.sprites import Appearance, Localiser, corners_of, localisation_loss, require_canvas


class DigitReaderConfig(Config):
    """Size of the reader."""

    family: Literal["digit_reader"] = "digit_reader"
    frames: PositiveInt = 10
    """Frames read at once."""
    sprites: PositiveInt = 2
    """Digits in a clip."""
    classes: PositiveInt = 10
    """Kinds of digit."""
    canvas: PositiveInt = 64
    """Height and width of a frame in px."""
    patch: PositiveInt = 28
    """Height and width of a digit in px."""
    width: PositiveInt = 32
    """Channels of the localiser at half resolution."""
    features: PositiveInt = 64
    """Length of the feature vector of a digit."""

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        require_canvas(self.canvas, self.patch)
        return self


@dataclass(frozen=True)
class Reading:
    """What was read off B clips of T frames with K digits."""

    positions: Tensor
    """Upper left corner of each digit as row and column in px, (B, T, K, 2)."""
    class_logits: Tensor
    """(B, K, classes)."""
    features: Tensor
    """Features of appearance of each digit, (B, K, features)."""
    patches: Tensor
    """The digits as seen, (B, K, patch, patch) in [0, 1]."""


class Classifier(nn.Module):
    """Patch to features to class logits."""

    def __init__(self, classes: int, features: int, patch: int) -> None:
        super().__init__()
        small = (patch + 3) // 4
        self.trunk = nn.Sequential(
            nn.Conv2d(1, 32, 5, 1, 2), nn.MaxPool2d(2), nn.SiLU(), Residual(32, 64),
            nn.MaxPool2d(2, ceil_mode=True), Residual(64, 64), nn.Flatten(),
            nn.Dropout(0.3), nn.Linear(64 * small * small, features), nn.SiLU(),
        )  # fmt: skip
        self.output = nn.Linear(features, classes)

    def forward(self, patches: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (N, classes) and features (N, F) of patches (N, h, h) in [0, 1]."""
        features = self.trunk(patches[:, None])
        return self.output(features), features


class DigitReader(Model):
    """See the module."""

    def __init__(self, config: DigitReaderConfig) -> None:
        super().__init__(config)
        self.localiser = Localiser(config.frames, config.sprites, config.canvas, config.patch, config.width)
        self.appearance = Appearance(config.frames, config.patch, 24)
        self.classifier = Classifier(config.classes, config.features, config.patch)

    def phases(self) -> list[Phase]:
        """Return one phase: find, redraw and name the digits."""
        return [Phase("read", list(self.parameters()), self.reading_loss)]

    def reading_loss(self, batch: Batch, progress: float) -> Loss:
        """Return localisation + appearance + classification, in nats."""
        start = int(torch.randint(batch["video"].shape[1] - self.config.frames + 1, ()))
        span = slice(start, start + self.config.frames)
        video = (batch["video"][:, span, 0] + 1) / 2
        log_places = self.localiser(video)
        localisation, order = localisation_loss(log_places, batch["positions"][:, span])
        index = torch.arange(len(video), device=video.device)[:, None]
        truth = batch["positions"][:, span].transpose(1, 2)[index, order]  # (B, K, T, 2)
        patches, classes = batch["patches"][index, order], batch["classes"][index, order]
        taught = torch.rand(len(video), 1, 1, 1, device=video.device) < 0.5
        drawn = self.appearance(video, torch.where(taught, truth, corners_of(log_places)))
        appearance = F.binary_cross_entropy(drawn.float().clamp(1e-5, 1 - 1e-5), patches[:, None].expand_as(drawn))
        clean = torch.rand(*patches.shape[:2], 1, 1, device=video.device) < 0.5
        seen = torch.where(clean, _shifted(patches.flatten(0, 1)).view_as(patches), drawn[:, 1].detach()).flatten(0, 1)
        logits, _ = self.classifier(seen)
        labels = classes.flatten()
        named = F.cross_entropy(logits.float(), labels)
        parts = {
            "localisation": localisation,
            "appearance": appearance,
            "class": named,
            "accuracy": (logits.argmax(1) == labels).float().mean(),
        }
        return Loss(localisation + 4 * appearance + 0.5 * named, {name: part.detach() for name, part in parts.items()})

    @torch.no_grad()
    def read(self, video: Tensor) -> Reading:
        """Read clips (B, T, 1, H, W) in [-1, 1]; the first `frames` frames are read.

        Raises:
            ModelError: the clips are shorter.
        """
        if video.shape[1] < self.config.frames:
            raise ModelError(
                f"this reader reads {self.config.frames} frames, the clips have {video.shape[1]}; give more"
            )
        frames = (video[:, : self.config.frames, 0] + 1) / 2
        corners = corners_of(self.localiser(frames))
        patches = self.appearance(frames, corners)[:, 1]
        logits, features = self.classifier(patches.flatten(0, 1))
        shape = patches.shape[:2]
        return Reading(
            corners.transpose(1, 2).float(), logits.unflatten(0, shape), features.unflatten(0, shape), patches
        )


def _shifted(patches: Tensor) -> Tensor:
    """Return patches (N, h, h) moved together by up to 2 px: a reader's windows are not always exact."""
    rows, columns = (int(shift) for shift in torch.randint(-2, 3, (2,)))
    return F.pad(patches, (2, 2, 2, 2))[
        :, 2 + rows : 2 + rows + patches.shape[1], 2 + columns : 2 + columns + patches.shape[2]
    ]
