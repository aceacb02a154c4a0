"""A judge of pictures that were made of smaller or poorer ones: it scores every patch, and knows what was given.

    picture, what it was made of --/2--> --/2--> --> features --> a score each 4 px

Made and true pictures of the same thing are compared in pairs. What it sees on the way serves as a measure of likeness.

Sources: scores of patches under a condition, Isola et al., "pix2pix", arXiv:1611.07004; likeness of features, Wang et
al., "pix2pixHD", arXiv:1711.11585, eq. 4.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from frameloom.models.losses import gradient_penalty, relativistic_loss


class PatchJudge(nn.Module):
    """See the module."""

    def __init__(self, width: int, penalty: float, penalty_every: int) -> None:
        """Make a judge with so many channels at half the size, and gradient penalties of a weight every few steps."""
        super().__init__()
        self.look = nn.ModuleList(
            [
                nn.Conv2d(2, width, 4, 2, 1),
                nn.Conv2d(width, 2 * width, 4, 2, 1),
                nn.Conv2d(2 * width, 2 * width, 3, 1, 1),
            ]
        )
        self.score = nn.Conv2d(2 * width, 1, 3, 1, 1, bias=False)
        self.penalty, self.penalty_every = penalty, penalty_every
        self.steps: Tensor
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))

    def forward(self, pictures: Tensor, given: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return scores (N, 1, H / 4, W / 4) and features of pictures and what they were made of, (N, 1, H, W)."""
        maps, features = torch.cat([pictures, given], 1), []
        for layer in self.look:
            maps = F.leaky_relu(layer(maps), 0.2)
            features.append(maps)
        return self.score(maps), features

    def judging_losses(self, made: Tensor, true: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the judge minimises: true pictures score above made ones; and, now and then, the penalties."""
        scores, _ = self(torch.cat([true, made]), given.repeat(2, 1, 1, 1))
        preferred, other = scores.float().chunk(2)
        self.steps += 1
        penalty = true.new_zeros(())
        if self.penalty and int(self.steps) % self.penalty_every == 0:
            slopes = [self._steepness(pictures, given) for pictures in (true, made)]
            penalty = self.penalty * self.penalty_every * torch.stack(slopes).sum()
        return relativistic_loss(preferred, other), penalty

    def _steepness(self, pictures: Tensor, given: Tensor) -> Tensor:
        """Return the gradient penalty of pictures, in float32 because they are differentiated twice."""
        with torch.autocast(pictures.device.type, enabled=False):
            seen = pictures.detach().float().requires_grad_()
            return gradient_penalty(self(seen, given.float())[0].mean((1, 2, 3)), seen)

    def fooling_losses(self, made: Tensor, true: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """Return what a maker of pictures minimises: made ones score above true ones, and have their features."""
        scores, features = self(torch.cat([made, true]), given.repeat(2, 1, 1, 1))
        preferred, other = scores.float().chunk(2)
        apart = [one - another.detach() for one, another in (maps.float().chunk(2) for maps in features)]
        return relativistic_loss(preferred, other.detach()), torch.stack([each.abs().mean() for each in apart]).sum()
