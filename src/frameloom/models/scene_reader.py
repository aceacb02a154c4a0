"""A reader of robot video: where the hand is in a frame, and what each pixel shows. The instrument, not a generator.

    frame --Trunk--> deep map --pool, linear--> features
                         |
                         +--up--> fine map --> heat map --soft-argmax--> row and column of the hand
                                          +--> labels: surroundings, table, arm, objects

It is trained on frames of the simulator, of which it knows the labels, and where the hand is in space; a camera,
twelve numbers in the settings, says where that is in the picture. Frames are spoilt in training as predictions are:
blurred, noisy, with ghosts. Hand and labels must be found all the same; the features must tell how much was spoilt,
so that a Frechet distance over them sees blur.

Source: the soft-argmax is that of Levine et al., "End-to-end training of deep visuomotor policies",
arXiv:1504.00702; the net with skips is Ronneberger et al., "U-Net", arXiv:1505.04597.
Differs from them: the heat map is taught to be a small bell at the hand, so its mean is a place to a fraction of a px.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

import torch
import torch.nn.functional as F
from annotated_types import Len
from pydantic import PositiveInt, model_validator
from torch import Tensor, nn

from frameloom.core.config import Config
from frameloom.core.errors import ModelError
from frameloom.models.base import Batch, Loss, Model, Phase
from frameloom.models.layers import Residual

LABELS = ("surroundings", "table", "arm", "objects")
"""What a pixel may show; all objects are one."""

SPOILS = ("blur along columns", "blur along rows", "noise", "ghost")
"""What is done to frames in training."""

BELL_PX = 1.5
"""Standard deviation of the heat map that is taught."""

TILES = 4
"""Rows and columns of tiles of which the features tell what they show."""

LARGEST_BLUR_PX, LARGEST_NOISE, LARGEST_GHOST = 2.0, 0.2, 0.45
"""What a spoiling of 1 is: standard deviation in px and in pixel values, and a share of another frame."""

SMALLEST_BLUR_PX = 0.1
"""A bell so narrow changes nothing."""


class SceneReaderConfig(Config):
    """Size of the reader, and the camera whose pictures it reads."""

    family: Literal["scene_reader"] = "scene_reader"
    camera: Annotated[tuple[float, ...], Len(12, 12)]
    """Matrix of 3 x 4, row by row: (x, y, z, 1) in m to (row w, column w, w), in shares of the picture's sides."""
    size: PositiveInt = 64
    """Height and width of a frame in px."""
    channels: PositiveInt = 3
    """Colours of a frame."""
    width: PositiveInt = 16
    """Channels of the net at half resolution; twice as many at each halving."""
    features: PositiveInt = 96
    """Length of the feature vector of a frame."""

    @model_validator(mode="after")
    def _size_can_be_halved(self) -> Self:
        if self.size % 8:
            raise ValueError(f"size {self.size} is not a multiple of 8; crop or resize the frames")
        return self


@dataclass(frozen=True)
class SceneReading:
    """What was read off N frames."""

    pose: Tensor
    """Row and column of the hand in px, (N, 2); 0 is the middle of the first px."""
    labels: Tensor
    """Logits of what each pixel shows, (N, 4, H, W), in the order of LABELS."""
    features: Tensor
    """(N, features)."""


class Trunk(nn.Module):
    """Frame to a deep map at an eighth of its size and a fine map at half of it."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.input = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(4 * channels, width, 3, 1, 1), nn.SiLU())
        self.large_to_middle = Residual(width, 2 * width, 2)
        self.middle_to_deep = nn.Sequential(Residual(2 * width, 4 * width, 2), Residual(4 * width, 4 * width))
        self.deep_to_middle = nn.ConvTranspose2d(4 * width, 2 * width, 2, 2)
        self.merge = Residual(2 * width, 2 * width)
        self.middle_to_large = nn.ConvTranspose2d(2 * width, width, 2, 2)

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Return maps (N, 4w, H / 8, W / 8) and (N, w, H / 2, W / 2) of frames (N, C, H, W) in [-1, 1]."""
        large = self.input(frames)
        middle = self.large_to_middle(large)
        deep = self.middle_to_deep(middle)
        middle = self.merge(self.deep_to_middle(deep) + middle)
        return deep, F.silu(self.middle_to_large(middle) + large)


class SceneReader(Model):
    """See the module."""

    def __init__(self, config: SceneReaderConfig) -> None:
        super().__init__(config)
        width = config.width
        self.trunk = Trunk(config.channels, width)
        self.heat = nn.Sequential(nn.Conv2d(width, 4, 3, 1, 1), nn.PixelShuffle(2))
        self.paint = nn.Sequential(nn.Conv2d(width, 4 * len(LABELS), 3, 1, 1), nn.PixelShuffle(2))
        self.summary = nn.Sequential(
            nn.AdaptiveAvgPool2d(TILES), nn.Flatten(), nn.Linear(4 * width * TILES**2, config.features)
        )
        self.telling = nn.Sequential(nn.SiLU(), nn.Linear(config.features, 2 + len(SPOILS) + len(LABELS) * TILES**2))

    def phases(self) -> list[Phase]:
        """Return one phase: find the hand, paint the labels, tell what a frame is like."""
        return [Phase("read", list(self.parameters()), self.reading_loss)]

    def reading_loss(self, batch: Batch, progress: float) -> Loss:
        """Return heat + .2 distance + 2 label + 5 telling; without labels in the batch they are not asked for.

        The heat's part is in nats beyond those of the taught bell, the distance in px, the labels' in nats per pixel;
        the telling is a squared error in shares: of place in the picture, of spoiling, of labels in tiles of it.
        """
        video, spoilt = spoil(batch["video"])
        deep, fine = self.trunk(video.flatten(0, 1))
        told = self.telling(self.summary(deep)).float().split([2, len(SPOILS), len(LABELS) * TILES**2], 1)
        log_places = log_heat(self.heat(fine))  # (N, H, W)
        truth, inside = place_px(self.config.camera, batch["states"].flatten(0, 1), *video.shape[-2:])
        seen = inside / inside.sum().clamp(min=1)  # a hand outside the picture teaches nothing
        extra = F.kl_div(log_places, bell(truth, *video.shape[-2:]), reduction="none").sum((1, 2))
        apart = ((mean_place(log_places) - truth).square().sum(1) + 1e-6).sqrt()
        parts = {"heat": (seen * extra).sum(), "distance_px": (seen * apart).sum()}
        place = (truth + 0.5) / torch.tensor(video.shape[-2:], device=truth.device)
        parts["telling"] = (seen * (told[0] - place).square().mean(1)).sum() + F.mse_loss(told[1], spoilt.flatten(0, 1))
        accuracy = {}
        if "labels" in batch:
            labels = batch["labels"].flatten(0, 1).clamp(max=len(LABELS) - 1)
            logits = self.paint(fine).float()
            parts["label"] = F.cross_entropy(logits, labels)
            tiles = F.adaptive_avg_pool2d(F.one_hot(labels, len(LABELS)).movedim(3, 1).float(), TILES)
            parts["telling"] = parts["telling"] + F.mse_loss(told[2], tiles.flatten(1))
            accuracy["label_accuracy"] = (logits.argmax(1) == labels).float().mean()
        weights = {"heat": 1.0, "distance_px": 0.2, "label": 2.0, "telling": 5.0}
        total = torch.stack([weights[name] * part for name, part in parts.items()]).sum()
        return Loss(total, {name: part.detach() for name, part in (parts | accuracy).items()})

    @torch.no_grad()
    def read(self, frames: Tensor) -> SceneReading:
        """Read frames (N, C, H, W) in [-1, 1], all at once.

        Raises:
            ModelError: the frames are of another kind than the reader reads.
        """
        deep, fine = self._maps(frames)
        return SceneReading(mean_place(log_heat(self.heat(fine))), self.paint(fine).float(), self.summary(deep).float())

    @torch.no_grad()
    def pose(self, frames: Tensor) -> Tensor:
        """Return row and column of the hand in px, (N, 2), of frames (N, C, H, W) in [-1, 1]; raises as `read`."""
        return mean_place(log_heat(self.heat(self._maps(frames)[1])))

    @torch.no_grad()
    def labels(self, frames: Tensor) -> Tensor:
        """Return logits of LABELS, (N, 4, H, W), of frames (N, C, H, W) in [-1, 1]; raises as `read`."""
        logits: Tensor = self.paint(self._maps(frames)[1])
        return logits.float()

    @torch.no_grad()
    def features(self, frames: Tensor) -> Tensor:
        """Return features (N, F) of frames (N, C, H, W) in [-1, 1]; raises as `read`."""
        features: Tensor = self.summary(self._maps(frames)[0])
        return features.float()

    def _maps(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        if frames.ndim != 4 or frames.shape[1] != self.config.channels or any(side % 8 for side in frames.shape[2:]):
            raise ModelError(
                f"frames are {tuple(frames.shape)}; this reader reads (N, {self.config.channels}, H, W) "
                "with H and W multiples of 8"
            )
        deep, fine = self.trunk(frames.contiguous(memory_format=torch.channels_last))
        return deep, fine


def project(camera: Sequence[float], points: Tensor) -> Tensor:
    """Return where a camera shows points (..., 3): row and column, (..., 2), in shares of the picture's sides.

    >>> project((1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2), torch.tensor([0.5, 1.0, 7.0])).tolist()
    [0.25, 0.5]
    """
    matrix = torch.tensor(camera, dtype=torch.float32, device=points.device).view(3, 4)
    # Products and sums, here and below, are no matmul, so that places stay exact where that runs in bfloat16.
    row, column, depth = ((points.float()[..., None, :] * matrix[:, :3]).sum(-1) + matrix[:, 3]).unbind(-1)
    return torch.stack([row, column], -1) / depth[..., None].clamp(min=1e-6)


def place_px(camera: Sequence[float], points: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Return row and column in px, (N, 2), at which a camera shows points (N, 3), and which are in the picture, (N,).

    What is outside is put on the edge.
    """
    shares = project(camera, points)
    inside = ((shares >= 0) & (shares <= 1)).all(1)
    return shares.clamp(0, 1) * torch.tensor([height, width], device=points.device) - 0.5, inside


def bell(places: Tensor, height: int, width: int) -> Tensor:
    """Return normal distributions (N, height, width) around places (N, 2) in px."""
    rows, columns = (
        (-0.5 * ((places[:, axis, None] - torch.arange(size, device=places.device)) / BELL_PX).square()).softmax(1)
        for axis, size in enumerate((height, width))
    )
    return rows[:, :, None] * columns[:, None, :]


def log_heat(heat: Tensor) -> Tensor:
    """Return log-probabilities (N, H, W) of heat maps (N, 1, H, W)."""
    bounded = 15 * torch.tanh(heat[:, 0].float() / 15)  # denormal probabilities are slow on a CPU
    return bounded.flatten(1).log_softmax(1).view_as(bounded)


def mean_place(log_places: Tensor) -> Tensor:
    """Return the mean row and column in px, (N, 2), of log-probabilities (N, H, W): the soft-argmax."""
    places = log_places.exp()
    rows, columns = (torch.arange(size, device=places.device, dtype=places.dtype) for size in places.shape[1:])
    return torch.stack([(places.sum(2) * rows).sum(1), (places.sum(1) * columns).sum(1)], 1)


def spoil(video: Tensor) -> tuple[Tensor, Tensor]:
    """Return clips (B, T, C, H, W) as predictions may look, and how much each of SPOILS was done, (B, T, 4) in [0, 1].

    Each is done to about half of the frames; the light changes everywhere, and is not counted.
    """
    batch, frames = video.shape[:2]
    amounts = torch.rand(batch, frames, len(SPOILS), device=video.device)
    amounts = amounts * (torch.rand_like(amounts) < 0.5)
    own = torch.arange(frames, device=video.device)
    other = (own + torch.randint(-3, 4, (batch, frames), device=video.device)).clamp(0, frames - 1)
    ghosts = video[torch.arange(batch, device=video.device)[:, None], other]
    amounts[..., 3] *= other != own
    columns, rows, noise, ghost = (amount[..., None, None, None] for amount in amounts.unbind(2))
    mixed = torch.lerp(video, ghosts, LARGEST_GHOST * ghost)
    contrast, light = (0.2 * torch.randn(batch, frames, video.shape[2], 1, 1, device=video.device) for _ in range(2))
    blurred = _blur(video.shape[3], columns) @ (mixed * contrast.exp() + light) @ _blur(video.shape[4], rows).mT
    return (blurred + LARGEST_NOISE * noise * torch.randn_like(video)).clamp(-1, 1), amounts


def _blur(size: int, amounts: Tensor) -> Tensor:
    """Return matrices (B, T, 1, size, size) that blur lines of px by amounts (B, T, 1, 1, 1) in [0, 1]."""
    deviations = SMALLEST_BLUR_PX + LARGEST_BLUR_PX * amounts
    steps = torch.arange(size, device=amounts.device)
    return (-0.5 * ((steps[:, None] - steps) / deviations).square()).softmax(-1)
