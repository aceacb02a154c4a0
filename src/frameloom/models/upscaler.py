"""Super-resolution and restoration of luma: a few convolutions at the small size, then pixels are shuffled apart.

    luma, levels --head--> features --body, n times--> --tail--> scale^2 values a pixel --+--> shuffled: scale times
         +------------------------ repeated scale^2 times --------------------------------+    as wide and high

Levels say how noisy a picture is and how hard it was compressed, so that one net leaves a clean picture as it is and
mends a poor one; with scale 1 it only mends. In training each convolution of the body is a sum of linear branches; as
nothing comes between them, they are folded into one kernel, for training as for use, and cost nothing.

Sources: pixel shuffle, Shi et al., "ESPCN", arXiv:1609.05158; repeated pixels as what is added to, and folded
branches, Zhang et al., "Edge-oriented Convolution Block", ACM MM 2021; Ding et al., "RepVGG", arXiv:2101.03697;
levels as maps, Zhang et al., "FFDNet", arXiv:1710.04026.
Differs from them: branches are folded in the space of kernels at every step, not once at the end.
"""

from typing import Literal

import torch
import torch.nn.functional as F
from pydantic import PositiveFloat, PositiveInt
from torch import Tensor, nn

from frameloom.core.config import Config
from frameloom.core.errors import ModelError
from frameloom.models.base import Batch, Loss, Model, Phase

LEVELS = ("noise", "compression")
"""What a picture may suffer from, each from 0 (none) to 1 (as much as the data has)."""


class UpscalerConfig(Config):
    """Size of the net, and how many times larger it makes a picture."""

    family: Literal["upscaler"] = "upscaler"
    scale: Literal[1, 2, 3, 4] = 2
    """Times that a picture becomes wider and higher."""
    width: PositiveInt = 24
    """Channels."""
    depth: PositiveInt = 6
    """Convolutions between the first and the last."""
    expansion: PositiveInt = 2
    """Channels of the second branch as a multiple of the width; in training alone."""
    softness: PositiveFloat = 1e-3
    """Error, in pixel values, below which the objective is round like a square."""


class Folded(nn.Module):
    """A 3x3 convolution whose kernel is the sum of three: its own, one of two in a row, and what does nothing."""

    def __init__(self, width: int, expansion: int) -> None:
        super().__init__()
        own = nn.Conv2d(width, width, 3)
        self.own, self.bias = nn.Parameter(0.5 * own.weight.detach()), own.bias
        self.wide = nn.Parameter(torch.randn(expansion * width, width) * width**-0.5)
        self.narrow = nn.Parameter(torch.zeros(width, expansion * width, 3, 3))
        self.through = nn.Parameter(torch.ones(width))  # a new layer passes on what it is given, with a little beside

    def kernel(self) -> Tensor:
        """Return the one kernel that they are, (width, width, 3, 3)."""
        row = torch.einsum("omhw,mi->oihw", self.narrow, self.wide)
        nothing = F.pad(torch.diag(self.through)[:, :, None, None], (1, 1, 1, 1))
        return self.own + row + nothing

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps of the same size (N, width, H, W)."""
        return F.conv2d(maps, self.kernel(), self.bias, padding=1)


class Upscaler(Model):
    """See the module."""

    def __init__(self, config: UpscalerConfig) -> None:
        super().__init__(config)
        self.head = nn.Conv2d(1 + len(LEVELS), config.width, 3, 1, 1)
        self.body = nn.ModuleList(Folded(config.width, config.expansion) for _ in range(config.depth))
        self.slopes = nn.ParameterList(torch.full((config.width,), 0.1) for _ in range(config.depth + 1))
        self.tail = nn.Conv2d(config.width, config.scale**2, 3, 1, 1)
        nn.init.zeros_(self.tail.weight)
        self.tail.bias = nn.Parameter(torch.zeros(config.scale**2))

    @property
    def scale(self) -> int:
        """Return how many times larger a picture becomes."""
        scale: int = self.config.scale
        return scale

    @property
    def radius(self) -> int:
        """Return how far away, in px of what is given, a pixel still matters."""
        depth: int = self.config.depth
        return depth + 2

    def phases(self) -> list[Phase]:
        """Return one phase: what was lost comes back."""
        return [Phase("restore", list(self.parameters()), self.restoring_loss)]

    def restoring_loss(self, batch: Batch, progress: float) -> Loss:
        """Return the mean distance of a pixel in [0, 1], x 100, that is a square near 0 (Charbonnier).

        Source: Lai et al., "LapSRN", arXiv:1704.03915, eq. 3.
        """
        low, high = batch["low"].flatten(0, 1), batch["video"].flatten(0, 1)
        levels = batch["levels"].repeat_interleave(batch["low"].shape[1], 0)
        apart = (self(low, levels).float() - high) / 2
        softness = self.config.softness
        total = 100 * ((apart.square() + softness**2).sqrt() - softness).mean()
        psnr = -10 * apart.detach().square().mean((1, 2, 3)).clamp(min=1e-10).log10()
        return Loss(total, {"psnr": psnr.mean()})

    def forward(self, luma: Tensor, levels: Tensor) -> Tensor:
        """Return pictures (N, 1, scale H, scale W) of luma (N, 1, H, W), both in [-1, 1], at levels (N, 2)."""
        maps = levels[:, :, None, None].expand(-1, -1, *luma.shape[2:])
        features = F.prelu(self.head(torch.cat([luma, maps.to(luma)], 1)), self.slopes[0])
        for layer, slope in zip(self.body, list(self.slopes)[1:], strict=True):
            features = F.prelu(layer(features), slope)
        pixels: Tensor = self.tail(features) + luma
        return F.pixel_shuffle(pixels, self.scale)

    @torch.no_grad()
    def enlarge(self, luma: Tensor, levels: Tensor | None = None) -> Tensor:
        """Return pictures (N, 1, scale H, scale W) in [-1, 1]; without levels they are taken as clean.

        Raises:
            ModelError: the pictures are of another form.
        """
        if luma.ndim != 4 or luma.shape[1] != 1 or 0 in luma.shape:
            raise ModelError(f"pictures are {tuple(luma.shape)}; this model takes luma, (N, 1, H, W)")
        levels = luma.new_zeros(len(luma), len(LEVELS)) if levels is None else levels
        large: Tensor = self(luma, levels)
        return large.float().clamp(-1, 1)
