"""How a video changes from frame to frame, without a truth to compare with.

Motion is the mean of |v[t+1] - v[t]|: how much changes. Flicker is the mean of |v[t+1] - 2 v[t] + v[t-1]|:
how much of that change turns back at once.
"""

from torch import Tensor

from frameloom.core.errors import DataError


def motion(video: Tensor) -> Tensor:
    """Return the mean absolute change between neighbouring frames of each clip: (B,).

    Raises:
        DataError: fewer than 2 frames.
    """
    _check(video, 2)
    return (video[:, 1:] - video[:, :-1]).abs().mean(dim=(1, 2, 3, 4))


def flicker(video: Tensor) -> Tensor:
    """Return the mean absolute second difference in time of each clip: (B,); 0 for a steady fade.

    Raises:
        DataError: fewer than 3 frames.
    """
    _check(video, 3)
    return (video[:, 2:] - 2 * video[:, 1:-1] + video[:, :-2]).abs().mean(dim=(1, 2, 3, 4))


def _check(video: Tensor, least: int) -> None:
    """Refuse what is not a batch of clips, or too short."""
    if video.dim() != 5 or video.shape[1] < least:
        raise DataError(f"expected (B, T, C, H, W) with at least {least} frames, got {tuple(video.shape)}")
