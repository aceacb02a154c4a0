"""What a world of sprites sees of the past: where each sprite was, to the pixel, and its patch.

    frames --Localiser--> heat --settle--> corners (B, K, T, 2) --bounds--> least, most (B, K, h, h)
                                                                               |  Unmixing
                                                                             patch

The localiser points to within a px or two; `settle` then matches each sprite's own ink from frame to frame, which makes
its flight exact. Ink adds up, clipped at 1, so what the frames leave possible for each pixel of a patch is an interval,
mostly a point: only where two sprites cover each other all the time is there something left to be learned.

Sources: the localiser is that of `sprites`; registration by correlation in the frequency domain, Anuta, 1970; the
middle of a patch is its centre of mass, as LeCun et al. centred MNIST.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from frameloom.models.sprites import corners_of, crowd, glimpse, place

TRUST = (1.0, 1.0, 1.0, 1.0, 0.3, 0.3, 0.1, 0.1)
"""Weight of localiser and straight flight against the pixels, round by round: they lead, and then let go."""
DOUBT = 3.0
"""Divides log-probabilities that have led astray."""
TOLERANCE = 1e-3
"""Squared error of a frame drawn again beyond which a sprite is not where it was thought to be."""
FAINTEST = -8.0
"""Log-probability of a place below which the localiser is not believed."""
FULL = 0.95
"""Ink above which a pixel cannot tell what else adds to it."""
FARTHEST_PX = 6.0
"""Distance from straight flight beyond which a place is not less likely still."""


def windows(frames: Tensor, corners: Tensor, size: int) -> Tensor:
    """Return windows (B, K, T, size, size) of frames (B, K, T, H, W) at corners (B, K, T, 2)."""
    shape = corners.shape[:3]
    return glimpse(frames.flatten(0, 2), corners.flatten(0, 2), size).view(*shape, size, size)


def layers(patches: Tensor, corners: Tensor, canvas: int) -> Tensor:
    """Return layers (B, K, T, canvas, canvas) of patches (B, K, h, h) at corners (B, K, T, 2)."""
    shape, places = corners.shape[:3], canvas - patches.shape[-1] + 1
    rows, columns = F.one_hot(corners.flatten(0, 2), places).to(patches.dtype).unbind(1)
    repeated = patches[:, :, None].expand(-1, -1, shape[2], -1, -1).flatten(0, 2)
    return place(repeated, rows, columns).view(*shape, canvas, canvas)


def bounds(video: Tensor, corners: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Return the least and the most ink that each pixel of the patches can have, both (B, K, size, size).

    No sprite has more ink than any frame shows where it is, nor less than what the others at most leave over.

    Args:
        video: frames (B, T, H, W) in [0, 1].
        corners: (B, K, T, 2) in px.
        size: height and width of a patch.
    """
    canvas = video.shape[-1]
    shown = windows(video[:, None].expand(-1, corners.shape[1], -1, -1, -1), corners, size)

    def of_others(patches: Tensor) -> Tensor:
        drawn = layers(patches, corners, canvas)
        return windows((drawn.sum(1, keepdim=True) - drawn).clamp(0, 1), corners, size)

    most = shown.amin(2)
    least = torch.zeros_like(most)
    for _ in range(2):
        least = torch.minimum((shown - of_others(most)).amax(2).clamp(min=0), most)
        left = torch.where(shown < 1, shown - of_others(least), 1.0).amin(2)
        most = torch.maximum(torch.minimum(most, left), least)
    return least, most


def settle(video: Tensor, log_places: Tensor, size: int) -> Tensor:
    """Return the corners (B, K, T, 2) at which patches that stay the same explain frames (B, T, H, W) best.

    Frames drawn again tell whether all is found. Where they do not, the log-probabilities (B, K, T, P, P) are read in
    other ways: with less trust in which sprite is which, or in all that they say.
    """
    pooled = log_places.logsumexp(1, keepdim=True).expand_as(log_places)
    corners = _settled(video, log_places, size)
    for reading in (pooled, log_places / DOUBT):
        wrong = _misfit(video, corners, size)
        lost = (wrong > TOLERANCE).nonzero()[:, 0]
        if len(lost):
            again = _settled(video[lost], reading[lost], size)
            better = _misfit(video[lost], again, size) < wrong[lost]
            corners = corners.index_put((lost[better],), again[better])
    return corners


def _settled(video: Tensor, log_places: Tensor, size: int) -> Tensor:
    """Return corners (B, K, T, 2) that begin where the localiser points.

    Sprite by sprite, what its windows have in common is sought in what the others leave of each frame, near where
    the log-probabilities point and where straight flight leads.
    """
    corners, heat = corners_of(log_places), log_places.clamp(min=FAINTEST)
    for trust in TRUST:
        for sprite in range(corners.shape[1]):
            found = _search(video, corners, heat, sprite, size, trust)
            corners = torch.cat([corners[:, :sprite], found[:, None], corners[:, sprite + 1 :]], 1)
    places = log_places.shape[-1]
    for _ in range(2):
        least, most = bounds(video, corners, size)
        moved = corners + off_centre((least + most) / 2).round().long()[:, :, None]
        inside = ((moved >= 0) & (moved < places)).flatten(2).all(2)[..., None, None]
        corners = torch.where(inside, moved, corners)
    return corners


def _misfit(video: Tensor, corners: Tensor, size: int) -> Tensor:
    """Return the largest squared error (B,) of a frame of a clip, drawn again with its sprites at corners."""
    least, most = bounds(video, corners, size)
    drawn = crowd(layers((least + most) / 2, corners, video.shape[-1]))
    return (drawn - video).square().sum((2, 3)).amax(1)


def off_centre(patches: Tensor) -> Tensor:
    """Return how far the centre of mass of patches (..., h, h) is from their middle, (..., 2) px down and right.

    >>> off_centre(torch.eye(4)[2].expand(4, 4)).tolist()
    [-0.5, 0.0]
    """
    size = patches.shape[-1]
    line = torch.arange(size, device=patches.device, dtype=patches.dtype) - size / 2
    mass = patches.sum((-1, -2)).clamp(min=1e-3)
    return torch.stack([patches.sum(-1) @ line, patches.sum(-2) @ line], -1) / mass[..., None]


def _search(video: Tensor, corners: Tensor, heat: Tensor, sprite: int, size: int, trust: float) -> Tensor:
    """Return better corners (B, T, 2) of one sprite, with the others where they are.

    What windows have in common is their median as long as they may be misplaced, then the least but one.
    """
    places, canvas = heat.shape[-1], video.shape[-1]
    shown = windows(video[:, None].expand(-1, corners.shape[1], -1, -1, -1), corners, size)
    frames = shown.shape[2]
    rank = (frames - 1) // 2 if trust > min(TRUST) else min(1, frames - 1)
    patches = shown.sort(2).values[:, :, rank]
    drawn = layers(patches, corners, canvas)
    others = (drawn.sum(1) - drawn[:, sprite]).clamp(0, 1)
    telling = ((others < FULL) | (video < FULL)).to(video.dtype)
    rest = (video - others).clamp(min=0) * telling
    patch = patches[:, sprite, None]
    square = _spectrum(telling, canvas) * _spectrum(patch.square(), canvas).conj()
    product = _spectrum(rest, canvas) * _spectrum(patch, canvas).conj()
    misfit = torch.fft.irfft2(square - 2 * product, s=(canvas, canvas))[..., :places, :places]
    score = trust * (heat[:, sprite] - _detour(corners[:, sprite], places)) - misfit
    best = score.flatten(2).argmax(2)
    return torch.stack([best // places, best % places], -1)


def _spectrum(image: Tensor, canvas: int) -> Tensor:
    spectrum: Tensor = torch.fft.rfft2(image, s=(canvas, canvas))
    return spectrum


def _detour(corners: Tensor, places: int) -> Tensor:
    """Return the squared distance (B, T, P, P) of each place from where straight flight through neighbours leads."""
    batch, frames = corners.shape[:2]
    line = corners.float()
    leads = line.new_full((3, batch, frames, 2), torch.inf)
    if frames > 2:
        leads[0, :, 2:] = 2 * line[:, 1:-1] - line[:, :-2]
        leads[1, :, :-2] = 2 * line[:, 1:-1] - line[:, 2:]
        leads[2, :, 1:-1] = (line[:, :-2] + line[:, 2:]) / 2
    grid = torch.arange(places, device=corners.device)
    distance = (leads[..., None] - grid).square()  # (3, B, T, 2, P)
    nearest: Tensor = (distance[..., 0, :, None] + distance[..., 1, None, :]).amin(0)
    return nearest.clamp(max=FARTHEST_PX**2)


class Unmixing(nn.Module):
    """Chooses each pixel of a patch between its bounds."""

    def __init__(self, patch: int, width: int = 16) -> None:
        super().__init__()
        self.patch = patch
        self.share = nn.Sequential(
            nn.Conv2d(2, width, 3, 1, 1),
            nn.SiLU(),
            nn.Conv2d(width, width, 3, 1, 1),
            nn.SiLU(),
            nn.Conv2d(width, 1, 3, 1, 1),
        )

    def forward(self, video: Tensor, corners: Tensor) -> Tensor:
        """Return patches (B, K, h, h) of frames (B, T, H, W) in [0, 1] at corners (B, K, T, 2)."""
        least, most = bounds(video, corners, self.patch)
        share: Tensor = torch.sigmoid(self.share(torch.stack([least, most], 2).flatten(0, 1)).float())
        return least + (most - least) * share.view_as(least)
