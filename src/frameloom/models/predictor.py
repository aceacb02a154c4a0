"""The quality predictor: a gated transformer whose attention alternates between time and space.

    past (B, T, C, H, W) --patches--> tokens (B, T, N, D) --[time space space time] x depth--> tokens --> future

Source: Tang et al., "PredFormer", arXiv:2410.04733 (quadruplet TSST, learned positions, gated units); attention,
Vaswani et al., arXiv:1706.03762; gated units, Shazeer, arXiv:2002.05202; RMS norm, Zhang & Sennrich, arXiv:1910.07467.
Differs from it: output weights of each residual branch start at zero; the frames seen and predicted are one window,
and longer horizons go on from the window's own frames.
"""

from typing import Literal, Self

import torch
import torch.nn.functional as F
from pydantic import PositiveInt, model_validator
from torch import Tensor, nn

from frameloom.core.config import Config
from frameloom.models.base import Batch, Loss, Model, Phase


class PredictorConfig(Config):
    """Size of the network."""

    family: Literal["predictor"] = "predictor"
    window: PositiveInt = 10
    """Frames seen, and frames predicted at once."""
    size: PositiveInt = 64
    """Height and width of a frame in px."""
    channels: PositiveInt = 1
    """Channels of a frame."""
    patch: PositiveInt = 8
    """Height and width of the square that becomes a token, px."""
    dim: PositiveInt = 256
    """Length of a token."""
    heads: PositiveInt = 8
    """Attention heads."""
    depth: PositiveInt = 4
    """Groups of four blocks: time, space, space, time."""

    @model_validator(mode="after")
    def _shares_are_whole(self) -> Self:
        if self.size % self.patch:
            raise ValueError(f"size {self.size} is not a multiple of patch {self.patch}; change one")
        if self.dim % self.heads:
            raise ValueError(f"dim {self.dim} is not a multiple of heads {self.heads}; change one")
        return self


class GatedBlock(nn.Module):
    """Attention over the second last dimension, then a gated unit, each beside a shortcut."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads, inner = heads, 8 * dim // 3
        self.attention_norm, self.unit_norm = nn.RMSNorm(dim), nn.RMSNorm(dim)
        self.query_key_value = nn.Linear(dim, 3 * dim, bias=False)
        self.join = nn.Linear(dim, dim, bias=False)
        self.gate_and_value = nn.Linear(dim, 2 * inner, bias=False)
        self.output = nn.Linear(inner, dim, bias=False)
        nn.init.zeros_(self.join.weight)
        nn.init.zeros_(self.output.weight)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return tokens (M, L, D) after each of the L has looked at all of them."""
        heads = self.query_key_value(self.attention_norm(tokens)).unflatten(2, (3, self.heads, -1))
        query, key, value = heads.permute(2, 0, 3, 1, 4)  # (M, heads, L, D / heads) each
        seen = F.scaled_dot_product_attention(query, key, value)
        tokens = tokens + self.join(seen.transpose(1, 2).flatten(2))
        gate, value = self.gate_and_value(self.unit_norm(tokens)).chunk(2, 2)
        result: Tensor = tokens + self.output(F.silu(gate) * value)
        return result


class Predictor(Model):
    """See the module."""

    def __init__(self, config: PredictorConfig) -> None:
        super().__init__(config)
        side, pixels = config.size // config.patch, config.channels * config.patch**2
        self.input = nn.Linear(pixels, config.dim)
        self.when = nn.Parameter(nn.init.normal_(torch.empty(config.window, 1, config.dim), std=0.02))
        self.where = nn.Parameter(nn.init.normal_(torch.empty(side * side, config.dim), std=0.02))
        self.blocks = nn.ModuleList(GatedBlock(config.dim, config.heads) for _ in range(4 * config.depth))
        self.output = nn.Sequential(nn.RMSNorm(config.dim), nn.Linear(config.dim, pixels))

    def phases(self) -> list[Phase]:
        """Return one phase."""
        return [Phase("predict", list(self.parameters()), self.prediction_loss)]

    def prediction_loss(self, batch: Batch, progress: float) -> Loss:
        """Return squared error of the future, summed over a frame's pixels in [0, 1]."""
        window = self.config.window
        future = self(batch["video"][:, :window])
        error = ((future - batch["video"][:, window : 2 * window]) / 2).square().sum((2, 3, 4)).mean()
        return Loss(error, {"mse": error.detach()})

    def forward(self, past: Tensor) -> Tensor:
        """Return the next window of frames after past, both (B, window, C, H, W) in [-1, 1]."""
        patch, side = self.config.patch, self.config.size // self.config.patch
        squares = past.unflatten(4, (side, patch)).unflatten(3, (side, patch))  # (B, T, C, h, p, w, p)
        tokens = self.input(squares.permute(0, 1, 3, 5, 2, 4, 6).flatten(4).flatten(2, 3)) + self.when + self.where
        batch, frames, places, _ = tokens.shape
        for index, block in enumerate(self.blocks):
            if index % 4 in (0, 3):  # time: a token's own history
                tokens = block(tokens.transpose(1, 2).flatten(0, 1)).unflatten(0, (batch, places)).transpose(1, 2)
            else:
                tokens = block(tokens.flatten(0, 1)).unflatten(0, (batch, frames))
        pixels = torch.sigmoid(self.output(tokens).float()).view(batch, frames, side, side, -1, patch, patch)
        return pixels.permute(0, 1, 4, 2, 5, 3, 6).reshape(past.shape) * 2 - 1

    @torch.no_grad()
    def predict(self, past: Tensor, frames: int) -> Tensor:
        """Return the next frames (B, frames, C, H, W) after past (B, T, C, H, W); a shorter past repeats the first."""
        window = self.config.window
        missing = max(window - past.shape[1], 0)
        known = torch.cat([past[:, :1].expand(-1, missing, -1, -1, -1), past[:, -window:]], 1)
        while known.shape[1] < window + frames:
            known = torch.cat([known, self(known[:, -window:])], 1)
        return known[:, window : window + frames]
