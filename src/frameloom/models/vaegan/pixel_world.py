"""A world of feature maps: what moves is carried by a flow, what stays is copied, what is new is painted.

    frame --code--+                        memory --up--> flow, paint, four shares
    memory -------+-- context --+--> GRU --+               frame = share of the last frame, moved by the flow
    told, z ------+             |                                + share of the last observed one, by all flows since
                          prior, posterior                       + share of the same, unmoved
                                                                 + share of the paint

Sources: convolutional recurrence, Shi et al., arXiv:1506.04214; composing the next frame from moved pixels, a static
background and new ones, Finn et al., arXiv:1605.07157, and Lee et al., "SAVP", arXiv:1804.01523; skips from the last
observed frame, Denton & Fergus, arXiv:1802.07687.
Differs from them: one flow vector per pixel in place of a few kernels; flows are also added up, so that a texture is
resampled once, however far it has come, and stays sharp (the advected coordinates of fluid simulation); latents enter
the recurrence, so that what they decided stays decided.
"""

from typing import TYPE_CHECKING, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from frameloom.models.base import Batch, State
from frameloom.models.layers import Residual
from frameloom.models.vae import Posterior, posterior

if TYPE_CHECKING:
    from frameloom.models.vaegan import VaeganConfig

REACH_PX = 8.0
"""Longest flow; a camera or arm that moves farther in a step is painted."""
SHARES = 4
"""Moved, traced back to the last observed frame, unmoved, painted."""


class PixelWorld(nn.Module):
    """State: memory (B, h, H/4, W/4); frame (B, C, H, W); still, the last observed one; origin (B, 2, H, W).

    Origin says how far from a pixel its matter was in the last observed frame, px as column and row.
    """

    def __init__(self, config: "VaeganConfig") -> None:
        super().__init__()
        self.config = config
        c, h, told = config.c_dim, config.h_dim, config.actions + 1 if config.actions else 0
        self.UNIT = 100 * config.noise**2 / (config.channels * config.size**2)
        self.code = nn.Sequential(
            nn.PixelUnshuffle(4), nn.Conv2d(16 * config.channels, c, 3, 1, 1), nn.SiLU(), Residual(c, c)
        )
        self.context = nn.Conv2d(c + h, h, 3, 1, 1)
        self.gates = nn.Conv2d(2 * h, 2 * h, 3, 1, 1)
        self.candidate = nn.Conv2d(2 * h, h, 3, 1, 1)
        self.hear = nn.Linear(told, h) if told else None
        if config.z_dim:
            self.decide = nn.Linear(config.z_dim, h)
            self.expect = Head(h, 2 * config.z_dim, config.size // 4)
            self.guess = Head(h + c, 2 * config.z_dim, config.size // 4)
        self.up = nn.ConvTranspose2d(h, c, 2, 2)
        self.skip = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(8 * config.channels, c, 3, 1, 1), nn.SiLU())
        self.merge = nn.Sequential(Residual(2 * c, c), Residual(c, c))
        self.paint = nn.Sequential(nn.Conv2d(c, 4 * (2 + SHARES + config.channels), 3, 1, 1), nn.PixelShuffle(2))
        last = cast(nn.Conv2d, self.paint[0])
        bias = torch.zeros(last.out_channels)
        bias[8:16], bias[20:24] = 3, -4  # a new model copies the last frame, and learns to move before it paints
        last.weight.data.mul_(0.1)
        last.bias = nn.Parameter(bias)

    def trained(self) -> list[nn.Parameter]:
        """Return every parameter."""
        return list(self.parameters())

    def shown(self) -> list[nn.Parameter]:
        """Return every parameter but the posterior's."""
        return [value for name, value in self.named_parameters() if not name.startswith("guess.")]

    def observe(self, past: Tensor, told: Tensor) -> State:
        """Return the state after frames (B, T, C, H, W) in [0, 1] under told (B, >= T - 1, actions + 1)."""
        maps = (len(past), self.config.h_dim, past.shape[3] // 4, past.shape[4] // 4)
        origin = past.new_zeros(len(past), 2, *past.shape[3:])
        state = {"memory": past.new_zeros(maps), "frame": past[:, 0], "still": past[:, 0], "origin": origin}
        for index, frame in enumerate(past.unbind(1)[1:]):
            state = self.attend(self.look(state), told[:, index])
            z = self.posterior(state, frame).mean if self.config.z_dim else frame.new_zeros(0)
            state = {"memory": self._remember(state, z), "frame": frame, "still": frame, "origin": origin}
        return state

    def prepare(self, batch: Batch, told: Tensor) -> tuple[State, list[Tensor]]:
        """Return the state after a training clip's past, and each later frame."""
        config = self.config
        video = (batch["video"][:, : config.past + config.future] + 1) / 2
        return self.observe(video[:, : config.past], told), list(video[:, config.past :].unbind(1))

    def look(self, state: State) -> State:
        """Return the state with its sight (B, h, H/4, W/4): what memory and the last frame say."""
        sight: Tensor = self.context(torch.cat([state["memory"], self.code(state["frame"])], 1))
        return {**state, "sight": sight}

    def attend(self, state: State, told: Tensor) -> State:
        """Return the state with its context (B, h, H/4, W/4): what is known before the next frame."""
        context = state["sight"]
        if self.hear is not None:
            context = context + self.hear(told)[:, :, None, None]
        return {**state, "context": F.silu(context)}

    def prior(self, state: State) -> Posterior:
        """Return the latent's distribution, (B, Z), before the next frame is seen."""
        return posterior(self.expect(state["context"]))

    def posterior(self, state: State, target: Tensor) -> Posterior:
        """Return the latent's distribution, (B, Z), once the next frame (B, C, H, W) is seen."""
        return posterior(self.guess(torch.cat([state["context"], self.code(target)], 1)))

    def advance(self, state: State, z: Tensor) -> tuple[State, Tensor]:
        """Return the next state and frame (B, C, H, W) in [0, 1]."""
        memory, last, still = self._remember(state, z), state["frame"], state["still"]
        fine = torch.cat([self.up(memory), self.skip(torch.cat([last, still], 1))], 1)
        flow, shares, paint = self.paint(self.merge(fine)).float().split([2, SHARES, self.config.channels], 1)
        flow, still = REACH_PX * torch.tanh(flow / REACH_PX), still.float()
        origin = flow + _move(state["origin"].float(), flow)
        layers = torch.stack([_move(last.float(), flow), _move(still, origin), still, torch.sigmoid(paint)], 1)
        frame = (shares.softmax(1)[:, :, None] * layers).sum(1)
        return {"memory": memory, "frame": frame, "still": state["still"], "origin": origin}, frame

    def nats(self, state: State, frame: Tensor, target: Tensor) -> Tensor:
        """Return -log p(target) (B,) under normal noise around the frame, up to a constant."""
        return 0.5 * ((frame - target.float()) / self.config.noise).square().flatten(1).sum(1)

    def feed(self, state: State, target: Tensor, truth: Tensor) -> State:
        """Return the state that goes on from the target where truth (B,) says so."""
        return {**state, "frame": torch.where(truth[:, None, None, None], target, state["frame"])}

    def sight_losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return none."""
        return {}

    def _remember(self, state: State, z: Tensor) -> Tensor:
        """Return the memory (B, h, H/4, W/4) of one step more: a GRU with convolutions for products."""
        context, memory = state["context"], state["memory"]
        if self.config.z_dim:
            context = context + self.decide(z)[:, :, None, None]
        update, reset = torch.sigmoid(self.gates(torch.cat([context, memory], 1))).chunk(2, 1)
        proposal = torch.tanh(self.candidate(torch.cat([context, reset * memory], 1)))
        return (1 - update) * memory + update * proposal


class Head(nn.Sequential):
    """Feature maps (B, channels, size, size) to so many numbers (B, outputs)."""

    def __init__(self, channels: int, outputs: int, size: int) -> None:
        small = max(size // 4, 1)
        super().__init__(
            nn.Conv2d(channels, 32, 3, 2, 1),
            nn.SiLU(),
            nn.Conv2d(32, 32, 3, 2, 1),
            nn.SiLU(),
            nn.AdaptiveAvgPool2d(small),
            nn.Flatten(),
            nn.Linear(32 * small**2, outputs),
        )


def _move(image: Tensor, flow: Tensor) -> Tensor:
    """Return images (B, C, H, W) whose pixel at p is the old one at p + flow(p); flow (B, 2, H, W) in px, x then y."""
    height, width = image.shape[2:]
    rows = torch.arange(height, device=image.device, dtype=image.dtype)[:, None]
    columns = torch.arange(width, device=image.device, dtype=image.dtype)[None, :]
    x = (columns + flow[:, 0]) * (2 / (width - 1)) - 1
    y = (rows + flow[:, 1]) * (2 / (height - 1)) - 1
    return F.grid_sample(image, torch.stack([x, y], 3), padding_mode="border", align_corners=True)
