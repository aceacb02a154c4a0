"""Blocks that mean the same in several families."""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch.nn.functional as F
from torch import Tensor, nn


class Residual(nn.Module):
    """Two 3x3 convolutions beside a shortcut; the second starts at zero, so the block starts as the shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1)
        self.norm = nn.GroupNorm(math.gcd(8, outputs), outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1)
        nn.init.zeros_(self.second.weight)
        self.shortcut = (
            nn.Identity() if inputs == outputs and stride == 1 else nn.Conv2d(inputs, outputs, stride, stride)
        )

    def forward(self, image: Tensor) -> Tensor:
        """Return (N, outputs, H / stride, W / stride) of (N, inputs, H, W)."""
        inner: Tensor = self.second(F.silu(self.norm(self.first(image))))
        return F.silu(inner + self.shortcut(image))


class FrameDecoder(nn.Module):
    """Code to image: a small map, doubled in size and convolved until it has the size."""

    def __init__(self, code: int, channels: int, size: int, width: int, smallest: int = 4) -> None:
        super().__init__()
        doublings = 0
        while size % 2 == 0 and size // 2 >= smallest - 1:
            size, doublings = size // 2, doublings + 1
        widths = [max(width // 2**level, 16) for level in range(doublings + 1)]
        self.start = (widths[0], size, size)
        self.input = nn.Linear(code, math.prod(self.start))
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.ConvTranspose2d(a, b, 2, 2), nn.SiLU(), nn.Conv2d(b, b, 3, 1, 1), nn.SiLU())
            for a, b in pairwise(widths)
        )
        self.output = nn.Conv2d(widths[-1], channels, 3, 1, 1)

    def forward(self, code: Tensor) -> Tensor:
        """Return (N, channels, size, size), unbounded, of codes (N, code)."""
        image = F.silu(self.input(code)).unflatten(1, self.start)
        for block in self.blocks:
            image = block(image)
        result: Tensor = self.output(image)
        return result


class FrameEncoder(nn.Module):
    """Image to code: strided convolutions down to a small map, then one linear layer."""

    def __init__(self, channels: int, code: int, size: int, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs, outputs = channels, max(width // 4, 16)
        while size > 4:
            layers += [nn.Conv2d(inputs, outputs, 4, 2, 1), nn.LeakyReLU(0.2)]
            inputs, outputs, size = outputs, min(2 * outputs, width), size // 2
        self.convolutions = nn.Sequential(*layers)
        self.output = nn.Linear(inputs * size * size, code)

    def forward(self, image: Tensor) -> Tensor:
        """Return codes (N, code) of (N, channels, size, size)."""
        result: Tensor = self.output(self.convolutions(image).flatten(1))
        return result


def perceptron(sizes: Sequence[int]) -> nn.Sequential:
    """Return linear layers of these sizes with SiLU between them."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), nn.SiLU()]
    return nn.Sequential(*layers[:-1])
