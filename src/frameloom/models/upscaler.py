"""Super-resolution and restoration of luma: a few convolutions at the small size, then pixels are shuffled apart.

    luma, levels --head--> features --body, n times--> --tail--> scale^2 values a pixel --shuffled--+--> scale times as
     |  |      (+ past)                                                                             |    wide and high
     |  +---------------------------- each pixel repeated scale^2 times ----------------------------+         |
     +---------------------- less repeated luma <-- moved along flow <-- the picture before, large -----------+

Levels say how noisy a picture is and how hard it was compressed, so that one net leaves a clean picture as it is and
mends a poor one; with scale 1 it only mends, and may take squares of pixels as one, which is as many times faster. A
recurrent one is told what it made of the picture before, moved to where things are now, by what it differs from luma:
by nothing, where there was none. In training each convolution of the body is a sum of linear branches; as nothing comes
between them, they are folded into one kernel, for training as for use, and cost nothing. A judge of pictures may add
its opinion: what is made is sharper then, and further from the truth.

Sources: pixel shuffle, Shi et al., "ESPCN", arXiv:1609.05158; repeated pixels as what is added to, and folded
branches, Zhang et al., "Edge-oriented Convolution Block", ACM MM 2021; Ding et al., "RepVGG", arXiv:2101.03697;
levels as maps, Zhang et al., "FFDNet", arXiv:1710.04026; the picture before, moved along flow and shuffled together,
Sajjadi et al., "FRVSR", arXiv:1801.04590.
Differs from them: branches are folded in the space of kernels at every step, not once at the end; flow is not learned.
"""

from typing import Literal

import torch
import torch.nn.functional as F
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt
from torch import Tensor, nn

from frameloom.core.config import Config
from frameloom.core.errors import ModelError
from frameloom.models.base import Batch, Loss, Model, Phase
from frameloom.models.losses import structural_difference
from frameloom.models.patch_judge import PatchJudge

LEVELS = ("noise", "compression")
"""What a picture may suffer from, each from 0 (none) to 1 (as much as the data has)."""


class UpscalerConfig(Config):
    """Size of the net, and how many times larger it makes a picture."""

    family: Literal["upscaler"] = "upscaler"
    scale: Literal[1, 2, 3, 4] = 2
    """Times that a picture becomes wider and higher."""
    cell: Literal[1, 2] = 1
    """Side, in px, of the squares of what is given that are taken as one; sides of pictures are multiples of it."""
    width: PositiveInt = 24
    """Channels."""
    depth: PositiveInt = 6
    """Convolutions between the first and the last."""
    expansion: PositiveInt = 2
    """Channels of the second branch as a multiple of the width; in training alone."""
    recurrent: bool = False
    """Whether it is told what it made of the picture before."""
    structure: NonNegativeFloat = 0.0
    """Weight of the difference in structure beside the distance of pixels."""
    judged: NonNegativeFloat = 0.0
    """Weight of what a judge says beside it; without any, there is no judge."""
    judge_width: PositiveInt = 24
    """Channels of the judge at half the size."""
    penalty: NonNegativeFloat = 1.0
    """Weight of the judge's gradient penalties."""
    penalty_every: PositiveInt = 8
    """Steps between penalties; the weight is multiplied by it."""
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
        values = (config.scale * config.cell) ** 2
        self.head = nn.Conv2d(config.cell**2 + len(LEVELS), config.width, 3, 1, 1)
        self.past = nn.Conv2d(values, config.width, 3, 1, 1, bias=False) if config.recurrent else None
        if self.past:
            nn.init.zeros_(self.past.weight)
        self.body = nn.ModuleList(Folded(config.width, config.expansion) for _ in range(config.depth))
        self.slopes = nn.ParameterList(torch.full((config.width,), 0.1) for _ in range(config.depth + 1))
        self.tail = nn.Conv2d(config.width, values, 3, 1, 1)
        nn.init.zeros_(self.tail.weight)
        self.tail.bias = nn.Parameter(torch.zeros(values))
        self.judge = PatchJudge(config.judge_width, config.penalty, config.penalty_every) if config.judged else None

    @property
    def scale(self) -> int:
        """Return how many times larger a picture becomes."""
        scale: int = self.config.scale
        return scale

    @property
    def radius(self) -> int:
        """Return how far away, in px of what is given, a pixel still matters."""
        depth: int = self.config.depth
        return self.cell * (depth + 2)

    @property
    def cell(self) -> int:
        """Return the side of the squares of pixels that are taken as one; sides of pictures are multiples of it."""
        cell: int = self.config.cell
        return cell

    def phases(self) -> list[Phase]:
        """Return the judge's objective, if there is one, and that what was lost comes back."""
        judging = list(self.judge.parameters()) if self.judge else []
        restoring = [parameter for name, parameter in self.named_parameters() if not name.startswith("judge.")]
        phases = [Phase("judge", judging, self.judging_loss)] if judging else []
        return [*phases, Phase("restore", restoring, self.restoring_loss)]

    def judging_loss(self, batch: Batch, progress: float) -> Loss:
        """Return what the judge minimises: true above made, and now and then the gradient penalties."""
        if self.judge is None:
            raise ModelError("this model has no judge; give model.judged a weight")
        with torch.no_grad():
            made = self._made(batch)
        game, penalty = self.judge.judging_losses(*self._judged(made, batch))
        return Loss(game + penalty, {"game": game.detach(), "penalty": penalty.detach()})

    def restoring_loss(self, batch: Batch, progress: float) -> Loss:
        """Return the mean distance of a pixel in [0, 1] that is a square near 0 (Charbonnier), and of structure, x 100.

        A recurrent one goes through the pictures (B, T) in order, with "back" (B, T, 2, H, W), the way in px from each
        place of a low picture to where it was in the one before.

        Source: Lai et al., "LapSRN", arXiv:1704.03915, eq. 3.
        """
        made, truth = self._made(batch), batch["video"].flatten(0, 1)
        apart, softness = (made.float() - truth) / 2, self.config.softness
        total = distance = 100 * ((apart.square() + softness**2).sqrt() - softness).mean()
        psnr = -10 * apart.detach().square().mean((1, 2, 3)).clamp(min=1e-10).log10()
        parts = {"distance": distance, "psnr": psnr.mean()}
        if self.config.structure:
            parts["structure"] = 100 * structural_difference((made.float() + 1) / 2, (truth + 1) / 2)
            total = total + self.config.structure * parts["structure"]
        if self.judge:
            parts["fooling"], parts["likeness"] = self.judge.fooling_losses(*self._judged(made, batch))
            total = total + self.config.judged * (parts["fooling"] + parts["likeness"])
        return Loss(total, {name: part.detach() for name, part in parts.items()})

    def _judged(self, made: Tensor, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Return what a judge sees: of each clip the last picture as made, as it should be, and as it was given."""
        low = batch["low"]
        given = low[:, -1].repeat_interleave(self.scale, 2).repeat_interleave(self.scale, 3)
        return made.unflatten(0, low.shape[:2])[:, -1], batch["video"][:, -1], given

    def _made(self, batch: Batch) -> Tensor:
        """Return what becomes of the low pictures of a batch, (B * T, 1, scale H, scale W)."""
        low, levels = batch["low"], batch["levels"]
        if self.past is None:
            whole: Tensor = self(low.flatten(0, 1), levels.repeat_interleave(low.shape[1], 0))
            return whole
        made: list[Tensor] = []
        for time in range(low.shape[1]):
            before = moved(made[-1].clamp(-1, 1), batch["back"][:, time]) if made else None
            made.append(self(low[:, time], levels, before))
        return torch.stack(made, 1).flatten(0, 1)

    def forward(self, luma: Tensor, levels: Tensor, before: Tensor | None = None) -> Tensor:
        """Return pictures (N, 1, scale H, scale W) of luma (N, 1, H, W), both in [-1, 1], at levels (N, 2).

        Before is what was made of the picture before, (N, 1, scale H, scale W), with everything where it is now.
        """
        cells = F.pixel_unshuffle(luma, self.cell)
        repeated = luma.repeat_interleave(self.scale, 2).repeat_interleave(self.scale, 3)
        maps = levels[:, :, None, None].expand(-1, -1, *cells.shape[2:])
        first = self.head(torch.cat([cells, maps.to(cells)], 1))
        if self.past and before is not None:
            first = first + self.past(F.pixel_unshuffle(before.to(luma) - repeated, self.scale * self.cell))
        features = F.prelu(first, self.slopes[0])
        for layer, slope in zip(self.body, list(self.slopes)[1:], strict=True):
            features = F.prelu(layer(features), slope)
        large: Tensor = F.pixel_shuffle(self.tail(features), self.scale * self.cell) + repeated
        return large

    @torch.no_grad()
    def enlarge(self, luma: Tensor, levels: Tensor | None = None, before: Tensor | None = None) -> Tensor:
        """Return pictures (N, 1, scale H, scale W) in [-1, 1]; without levels they are taken as clean.

        Before is what came of the pictures before, moved to where things are now; a model that is not recurrent does
        not look at it.

        Raises:
            ModelError: the pictures are of another form.
        """
        if luma.ndim != 4 or luma.shape[1] != 1 or 0 in luma.shape or any(side % self.cell for side in luma.shape[2:]):
            whole = f", sides multiples of {self.cell}" if self.cell > 1 else ""
            raise ModelError(f"pictures are {tuple(luma.shape)}; this model takes luma, (N, 1, H, W){whole}")
        levels = luma.new_zeros(len(luma), len(LEVELS)) if levels is None else levels
        large: Tensor = self(luma, levels, before)
        return large.float().clamp(-1, 1)


def moved(large: Tensor, back: Tensor) -> Tensor:
    """Return pictures (N, 1, sH, sW) as they are where each place was by back, (N, 2, H, W), px of x and y.

    Between pixels values are mixed; what comes from outside is as the border.
    """
    height, width = large.shape[2:]
    scale = height // back.shape[2]
    ways = scale * F.interpolate(back.float(), scale_factor=scale, mode="bilinear") if scale > 1 else back.float()
    x = torch.arange(width, device=large.device) + ways[:, 0]
    y = torch.arange(height, device=large.device)[:, None] + ways[:, 1]
    places = torch.stack([(2 * x + 1) / width - 1, (2 * y + 1) / height - 1], -1)
    return F.grid_sample(large.float(), places, padding_mode="border", align_corners=False)
