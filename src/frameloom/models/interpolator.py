"""The picture between two pictures: a small net mends what optical flow makes of it.

    first, second --flow, to time t--> two views ---+--------------------------------> (1 - w) first + w second + change
                         what to believe of them ---+--net, quarter size--> w, change

The classical stage, `media.flow`, does the moving, at any time between; the net only chooses between the two views
anew, place by place, and adds a little to luma. It begins as the classical stage itself: its last layer is zero.
Chroma follows the choice.

What it is to lower is the logarithm of each picture's error: a picture that flow makes well is easily made worse, and
that must cost as much as making a bad one better gains.

Sources: mask and residual over two warped pictures, Huang et al., "RIFE", arXiv:2011.06294, section 3; the logarithm of
the error, Chen et al., "HINet", arXiv:2105.06086, eq. 2; the difference of gradients, Mathieu et al., arXiv:1511.05440,
eq. 6.
Differs from them: flow is not learned, so 76,000 weights are enough, and time needs no net of its own.
"""

from typing import Literal

import torch
import torch.nn.functional as F
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt
from torch import Tensor, nn

from frameloom.core.config import Config
from frameloom.core.errors import ModelError
from frameloom.media.planes import Planes
from frameloom.media.views import DESCRIPTION, SIDES_OF, Flows
from frameloom.models.base import Batch, Loss, Model, Phase


class InterpolatorConfig(Config):
    """Size of the net and balance of its objective."""

    family: Literal["interpolator"] = "interpolator"
    width: PositiveInt = 32
    """Channels at a quarter of the size."""
    depth: PositiveInt = 3
    """Residual blocks of two convolutions."""
    gradient: NonNegativeFloat = 0.2
    """Weight of the difference of gradients."""
    softness: PositiveFloat = 1e-3
    """Error, in pixel values from 0 to 1, below which nothing more is to be gained."""


class Block(nn.Module):
    """Two 3x3 convolutions beside a shortcut, without a norm: levels of grey must come through."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, 1, 1)
        self.slope = nn.PReLU(width)
        self.second = nn.Conv2d(width, width, 3, 1, 1)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps of the same shape (N, width, H, W)."""
        result: Tensor = maps + self.second(self.slope(self.first(maps)))
        return result


class Interpolator(Model):
    """See the module."""

    def __init__(self, config: InterpolatorConfig) -> None:
        super().__init__(config)
        cells, width = SIDES_OF**2, config.width
        self.head = nn.Sequential(nn.Conv2d(2 * cells + len(DESCRIPTION) - 2, width, 3, 1, 1), nn.PReLU(width))
        self.body = nn.Sequential(*(Block(width) for _ in range(config.depth)))
        self.tail = nn.Conv2d(width, 2 * cells, 3, 1, 1)
        nn.init.zeros_(self.tail.weight)
        self.tail.bias = nn.Parameter(torch.zeros(2 * cells))

    def phases(self) -> list[Phase]:
        """Return one phase: the picture between is met."""
        return [Phase("between", list(self.parameters()), self.between_loss)]

    def between_loss(self, batch: Batch, progress: float) -> Loss:
        """Return the error of the picture between and of its gradients, in bels above the softness."""
        told, truth = batch["views"], batch["video"][:, 1]
        made = self.luma(told)
        softness = self.config.softness
        apart = (made - truth) / 2
        error = bels(apart.square().mean((1, 2, 3)) / softness**2)
        gradient = bels(gradient_difference(made / 2, truth / 2) / softness)
        base = (merged(told, told[:, 2:3], torch.zeros_like(truth)).float() - truth) / 2
        gained = psnr(apart) - psnr(base)
        parts = {"error": error, "gradient": gradient, "psnr": psnr(apart), "gained_db": gained}
        total = error + self.config.gradient * gradient
        return Loss(total, {name: part.detach() for name, part in parts.items()})

    def refine(self, told: Tensor) -> Tensor:
        """Return share of the second view, in [0, 1], and change of luma, (N, 2, H, W).

        Takes what `media.flow.described` gives, (N, 9, H, W) with sides that are multiples of 4. Convolutions alone,
        so that it exports.
        """
        luma, rest = told.split([2, len(DESCRIPTION) - 2], 1)
        maps = torch.cat([F.pixel_unshuffle(luma, SIDES_OF), F.avg_pool2d(rest, SIDES_OF)], 1)
        answer = F.pixel_shuffle(self.tail(self.body(self.head(maps))), SIDES_OF)
        weight = (told[:, 2:3] + answer[:, :1]).clamp(0, 1)
        return torch.cat([weight, answer[:, 1:]], 1)

    def luma(self, told: Tensor) -> Tensor:
        """Return luma of the picture between, (N, 1, H, W), unbounded, of what a net is told (N, 9, H, W)."""
        weight, change = self.refine(told).float().split(1, 1)
        return merged(told, weight, change)

    @torch.inference_mode()
    def between(self, first: Planes, second: Planes, flows: Flows, share: float) -> Planes:
        """Return the picture at a share of the way from the first to the second.

        Raises:
            ModelError: the pictures differ in size or depth.
        """
        from frameloom.media.flow import blended, described, views  # OpenCV is needed in use, not in training

        if first.y.shape != second.y.shape or first.depth != second.depth:
            forms = " and ".join(f"{one.width}x{one.height} px of {one.depth} bits" for one in (first, second))
            raise ModelError(f"pictures of {forms}; bring them to one form first")
        seen = views(first, second, flows, share)
        told = torch.from_numpy(described(seen))[None].to(self.device)
        weight, change = self.refine(told)[0].float().cpu().numpy()
        return blended(seen, weight, change)


def merged(told: Tensor, weight: Tensor, change: Tensor) -> Tensor:
    """Return first (1 - weight) + second weight + change, (N, 1, H, W), of what a net is told (N, 9, H, W)."""
    first, second = told[:, :1], told[:, 1:2]
    return first + (second - first) * weight + change


def gradient_difference(made: Tensor, truth: Tensor) -> Tensor:
    """Return by how much the steps from pixel to pixel differ in size, (N,), of (N, 1, H, W): the mean of both ways.

    Source: Mathieu et al., arXiv:1511.05440, eq. 6, with alpha = 1.
    """
    apart = [(made.diff(dim=axis).abs() - truth.diff(dim=axis).abs()).abs().mean((1, 2, 3)) for axis in (2, 3)]
    return (apart[0] + apart[1]) / 2


def bels(times: Tensor) -> Tensor:
    """Return the mean over pictures of the logarithm, to ten, of one more than what is given, (N,)."""
    return (1 + times).log10().mean()


def psnr(apart: Tensor) -> Tensor:
    """Return the mean over pictures of the signal-to-noise ratio in dB of errors (N, 1, H, W) in [0, 1]."""
    return (-10 * apart.detach().square().mean((1, 2, 3)).clamp(min=1e-10).log10()).mean()
