"""A clip as sprites: one small patch each, at a distribution over places in every frame.

    frames --Localiser--> place (B, K, T, P, P) --crops--> Appearance --> patch (B, K, h, h)
    patch, place --place--> layers (B, K, T, H, W) --soft_or--> frames (B, T, H, W)

Moving pixels need not be redrawn, only placed: this is what makes the families that share this room
trainable on a CPU. Pixels are in [0, 1] here: 0 is nothing, 1 is ink.

Source: the separable placing is the spatial transformer's (Jaderberg et al., arXiv:1506.02025) on an integer
grid; the layered clip is Wang & Adelson, "Representing moving images with layers", 1994.
Differs from them: places are distributions, so that what cannot be known is blurred as squared error asks.
"""

import itertools
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from frameloom.models.layers import Residual, perceptron


def require_canvas(canvas: int, patch: int, channels: int = 1) -> None:
    """Check the settings of a family that places sprites.

    Raises:
        ValueError: the canvas cannot be halved three times, has no room to move in, or is in colour.
    """
    if canvas % 8:
        raise ValueError(f"frames of {canvas} px are not a multiple of 8, as sprites need; crop or resize them")
    if patch >= canvas:
        raise ValueError(f"a patch of {patch} px has no room to move in frames of {canvas} px; lower patch")
    if channels != 1:
        raise ValueError(f"{channels} channels: sprites are grey; use channels = 1, or the pixels decoder")


def place(patch: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Return patches (N, h, w) drawn where rows (N, P) and columns (N, Q) say, (N, h + P - 1, w + Q - 1).

    Rows and columns are distributions over the patch's upper left corner: one row of each is a shifted copy.
    """
    vertical = _toeplitz(rows, patch.shape[-2])  # (N, H, h)
    horizontal = _toeplitz(columns, patch.shape[-1])  # (N, W, w)
    return vertical @ patch @ horizontal.transpose(1, 2)


def crop(image: Tensor, rows: Tensor, columns: Tensor, size: int) -> Tensor:
    """Return the expected size x size window of images (N, H, W) at those places: the transpose of `place`."""
    return _toeplitz(rows, size).transpose(1, 2) @ image @ _toeplitz(columns, size)


def _toeplitz(weights: Tensor, size: int) -> Tensor:
    """Return (N, P + size - 1, size) whose column i holds the weights (N, P) shifted down by i."""
    padded = F.pad(weights, (size - 1, size - 1))
    return padded.unfold(1, size, 1).flip(2)


def glimpse(frames: Tensor, corners: Tensor, size: int) -> Tensor:
    """Return windows (N, size, size) of frames (N, H, W) whose upper left corners (N, 2) are integer px."""
    reach = torch.arange(size, device=frames.device)
    rows = (corners[:, 0, None] + reach).clamp(0, frames.shape[1] - 1)
    columns = (corners[:, 1, None] + reach).clamp(0, frames.shape[2] - 1)
    index = torch.arange(len(frames), device=frames.device)[:, None, None]
    return frames[index, rows[:, :, None], columns[:, None, :]]


def soft_or(layers: Tensor) -> Tensor:
    """Return 1 - prod(1 - layer) over dimension 1: the maximum, for ink that is nearly 0 or 1.

    Written out, because the backward of prod is slow.
    """
    empty = 1 - layers[:, 0]
    for layer in layers.unbind(1)[1:]:
        empty = empty * (1 - layer)
    return 1 - empty


def crowd(layers: Tensor) -> Tensor:
    """Return the sum over dimension 1, at most 1: ink that adds up until it is full."""
    return layers.sum(1).clamp(max=1)


def grid_weights(position: Tensor, size: int) -> Tensor:
    """Return one-hot weights (..., size) at the nearest grid point of positions (...) in px.

    The gradient is that of linear interpolation, so a sharp picture can still move its sprites.
    """
    steps = torch.arange(size, device=position.device, dtype=position.dtype)
    linear = (1 - (position[..., None] - steps).abs()).clamp(min=0)
    nearest = F.one_hot(position.detach().round().long().clamp(0, size - 1), size).to(linear.dtype)
    return linear + (nearest - linear).detach()


def match(cost: Tensor) -> Tensor:
    """Return for each of B cost matrices (B, K, K) the truth (B, K) that each guess takes at least total cost."""
    count = cost.shape[-1]
    orders = torch.tensor(list(itertools.permutations(range(count))), device=cost.device)
    totals = cost[:, torch.arange(count, device=cost.device), orders].sum(-1)  # (B, K!)
    return orders[totals.argmin(1)]


class Localiser(nn.Module):
    """Finds K sprites in T frames: the same small U-Net on every frame, joined over time where the map is smallest.

    One heat map per sprite and frame; time tells which sprite is which.
    """

    def __init__(self, frames: int, sprites: int, canvas: int, patch: int, width: int) -> None:
        super().__init__()
        self.frames, self.sprites, self.patch, self.places = frames, sprites, patch, canvas - patch + 1
        self.input = nn.Sequential(
            nn.PixelUnshuffle(4), nn.Conv2d(16, width, 3, 1, 1), nn.SiLU(), Residual(width, width)
        )
        self.down = Residual(width, 2 * width, 2)
        together, joint = frames * 2 * width, 5 * width
        self.join = nn.Sequential(
            nn.Conv2d(together, joint, 1),
            nn.SiLU(),
            Residual(joint, joint),
            Residual(joint, joint),
            nn.Conv2d(joint, together, 1),
        )
        self.up = nn.ConvTranspose2d(2 * width, width, 2, 2)
        self.merge = Residual(width, width)
        self.output = nn.Sequential(nn.Conv2d(width, 16 * sprites, 3, 1, 1), nn.PixelShuffle(4))

    def forward(self, video: Tensor) -> Tensor:
        """Return log-probabilities of each sprite's corner, (B, K, T, P, P), of frames (B, T, H, W) in [0, 1]."""
        fine = self.input(video.flatten(0, 1)[:, None])
        coarse = self.down(fine)  # (B*T, 2w, H/8, W/8)
        joint = self.join(coarse.unflatten(0, video.shape[:2]).flatten(1, 2)).reshape(coarse.shape)
        fine = self.merge(self.up(coarse + joint) + fine)
        half = self.patch // 2
        heat = self.output(fine).float()[:, :, half : half + self.places, half : half + self.places]
        heat = 15 * torch.tanh(heat / 15)  # bounded: denormal probabilities are slow on a CPU
        heat = heat.unflatten(0, video.shape[:2]).transpose(1, 2)
        return F.log_softmax(heat.flatten(3), 3).view_as(heat)


def localisation_loss(log_places: Tensor, corners: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean nats per sprite and frame under the best assignment of sprites, and that assignment.

    Args:
        log_places: (B, K, T, P, P) log-probabilities.
        corners: (B, T, K, 2) true corners in px.
    """
    places = log_places.shape[-1]
    index = (corners[..., 0] * places + corners[..., 1]).transpose(1, 2)  # (B, K, T)
    flat = log_places.flatten(3)  # (B, K, T, P*P)
    wanted = index[:, :, None, :, None].expand(-1, -1, flat.shape[1], -1, 1)  # (B, truth, guess, T, 1)
    pairs = torch.stack([flat.gather(3, one)[..., 0].mean(2) for one in wanted.unbind(1)], 2)  # (B, guess, truth)
    order = match(-pairs.detach())
    return -pairs.gather(2, order[..., None]).mean(), order


def corners_of(log_places: Tensor) -> Tensor:
    """Return the likeliest corner of each sprite and frame, (B, K, T, 2) in px."""
    places = log_places.shape[-1]
    best = log_places.flatten(3).argmax(3)
    return torch.stack([best // places, best % places], -1)


class Appearance(nn.Module):
    """Reads each sprite's patch off its aligned windows.

    Another sprite only ever adds ink, so the order statistics over time tell own ink from foreign ink.
    """

    def __init__(self, frames: int, patch: int, width: int) -> None:
        super().__init__()
        self.patch = patch
        self.first = nn.Sequential(nn.Conv2d(frames, width, 3, 1, 1), nn.SiLU(), nn.Conv2d(width, 1, 3, 1, 1))
        self.second = nn.Sequential(
            nn.Conv2d(frames + 3, width, 3, 1, 1),
            nn.SiLU(),
            nn.Conv2d(width, width, 3, 1, 1),
            nn.SiLU(),
            nn.Conv2d(width, 1, 3, 1, 1),
        )

    def forward(self, video: Tensor, corners: Tensor) -> Tensor:
        """Return patches (B, 2, K, h, h), guessed and mended, of frames (B, T, H, W) at corners (B, K, T, 2)."""
        batch, sprites, frames = corners.shape[:3]
        windows = self._windows(video[:, None].expand(-1, sprites, -1, -1, -1), corners)  # (B, K, T, h, h)
        ordered = windows.sort(2).values.flatten(0, 1)
        guess = torch.sigmoid(self.first(ordered).float()).unflatten(0, (batch, sprites))[:, :, 0]  # (B, K, h, h)
        places = video.shape[-1] - self.patch + 1
        drawn = place(
            guess[:, :, None].expand(-1, -1, frames, -1, -1).flatten(0, 2),
            F.one_hot(corners[..., 0], places).to(guess.dtype).flatten(0, 2),
            F.one_hot(corners[..., 1], places).to(guess.dtype).flatten(0, 2),
        ).view(batch, sprites, frames, *video.shape[2:])
        others = (drawn.sum(1, keepdim=True) - drawn).clamp(0, 1)
        foreign = self._windows(others, corners)
        clear = 1 - foreign
        seen = (windows * clear).sum(2) / clear.sum(2).clamp(min=1e-3)  # (B, K, h, h)
        hidden = (windows - foreign).sort(2).values
        evidence = torch.cat([hidden, seen[:, :, None], clear.sum(2)[:, :, None] / frames, guess[:, :, None]], 2)
        logits = self.second(evidence.flatten(0, 1)).float().unflatten(0, (batch, sprites))[:, :, 0]
        return torch.stack([guess, torch.sigmoid(logits + torch.logit(guess.clamp(1e-4, 1 - 1e-4)))], 1)

    def _windows(self, layers: Tensor, corners: Tensor) -> Tensor:
        """Return the windows (B, K, T, h, h) of each sprite's layers (B, K, T, H, W)."""
        shape = corners.shape[:3]
        return glimpse(layers.flatten(0, 2), corners.flatten(0, 2), self.patch).view(*shape, self.patch, self.patch)


def render(patches: Tensor, marginals: Tensor, overlap: Callable[[Tensor], Tensor] = soft_or) -> Tensor:
    """Return frames (B, T, H, W) of patches (B, K, h, h) at marginals over rows and columns (B, K, T, 2, P)."""
    shape = marginals.shape[:3]
    repeated = patches[:, :, None].expand(-1, -1, shape[2], -1, -1).flatten(0, 2)
    rows, columns = marginals.flatten(0, 2).unbind(1)
    layers = place(repeated, rows, columns)
    return overlap(layers.view(*shape, *layers.shape[1:]))


def marginals_of(log_places: Tensor) -> Tensor:
    """Return distributions over rows and columns, (B, K, T, 2, P), of joint ones (B, K, T, P, P)."""
    places = log_places.exp()
    return torch.stack([places.sum(4), places.sum(3)], 3)


def spoilt_marginals(corners: Tensor, places: int, share: float) -> Tensor:
    """Return one-hot marginals (N, T, 2, P) of corners (N, T, 2), a share of them mislocated by up to 2 px."""
    spoilt = torch.rand(corners.shape[:2], device=corners.device) < share
    moved = (corners + torch.randint(-2, 3, corners.shape, device=corners.device)).clamp(0, places - 1)
    return F.one_hot(torch.where(spoilt[..., None], moved, corners), places).float()


class Paths(nn.Module):
    """Code to path: a start, a velocity and a wobble, folded at the edges of the canvas as light is by mirrors."""

    def __init__(self, code: int, places: int, width: int, noise: int = 0) -> None:
        super().__init__()
        self.reach = places - 1
        self.line = perceptron([code, width, width, 4])
        self.recurrent = nn.GRU(code + noise, width // 2, batch_first=True)
        self.wobble = nn.Linear(width // 2, 2)
        nn.init.zeros_(self.wobble.weight)
        nn.init.zeros_(self.wobble.bias)

    def forward(self, code: Tensor, frames: int, noise: Tensor | None = None) -> Tensor:
        """Return corners (N, frames, 2) in px, not rounded, of codes (N, Z) and noise (N, frames, E)."""
        start, velocity = self.line(code).float().split(2, 1)
        inputs = code[:, None].expand(-1, frames, -1)
        hidden, _ = self.recurrent(inputs if noise is None else torch.cat([inputs, noise], 2))
        moves = 4 * velocity[:, None] + self.wobble(hidden).float()
        return fold(self.reach * (0.5 + start[:, None]) + moves.cumsum(1), self.reach)


def fold(line: Tensor, reach: int) -> Tensor:
    """Return the real line folded to and fro into [0, reach].

    >>> fold(torch.tensor([3.0, 11.0, -2.0]), 10).tolist()
    [3.0, 9.0, 2.0]
    """
    return reach - (line.remainder(2 * reach) - reach).abs()
