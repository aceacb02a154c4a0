"""Transitions from one picture to another: FFmpeg's 58 by their names, and our own.

    change = begin(Look(name="wipeleft"), width, height)      geometry is made once
    picture = change(a, b, progress)                          0 is a itself, 1 is b itself

They work on the planes as decoded, without a GPU, in 8 and 10 bits. Alpha goes through every one of them: colours are
weighted by it on the way, so that what cannot be seen never shows.
"""

import numpy as np
from numpy.typing import NDArray

from frameloom.effects.easing import ease
from frameloom.effects.transitions.blurs import BLURS
from frameloom.effects.transitions.fades import FADES
from frameloom.effects.transitions.light import LIGHT
from frameloom.effects.transitions.look import TRANSITION_NAMES, Canvas, Change, Direction, Look, Maker, TransitionName
from frameloom.effects.transitions.morph import MORPHS
from frameloom.effects.transitions.slides import SLIDES
from frameloom.effects.transitions.warps import WARPS
from frameloom.effects.transitions.wipes import WIPES
from frameloom.media.image import scaled, stretch
from frameloom.media.planes import ColorName, Depth, Plane, Planes

__all__ = ["TRANSITION_NAMES", "Change", "Direction", "Look", "TransitionName", "begin"]

Shares = NDArray[np.float32]

_MAKERS: dict[str, Maker] = FADES | WIPES | SLIDES | BLURS | WARPS | LIGHT | MORPHS


def begin(look: Look, width: int, height: int, depth: Depth = 8, color: ColorName = "bt709") -> Change:
    """Return the transition for pictures of this form; width and height are even.

    At progress 0 and below it returns the first picture itself, at 1 and above the second.

    Raises:
        ConfigError: a matte is needed and not given.
        MediaError: the matte cannot be read.
    """
    canvas = Canvas(width, height, depth, color)
    change = _MAKERS[look.name](look, canvas)

    def transition(a: Planes, b: Planes, progress: float) -> Planes:
        share = ease(look.easing, progress)
        if share <= 0 or share >= 1:
            return a if share <= 0 else b
        if a.alpha is None and b.alpha is None:
            return change(a, b, share)
        return _divided(change(_weighted(a, canvas), _weighted(b, canvas), share), canvas)

    return transition


def _weighted(picture: Planes, canvas: Canvas) -> Planes:
    """Return a picture with its colours multiplied by its alpha: black where nothing is seen."""
    if picture.alpha is None:
        return Planes(picture.y, picture.u, picture.v, np.full_like(picture.y, canvas.most))
    return _times(picture, *_shares(picture.alpha, canvas), canvas)


def _divided(picture: Planes, canvas: Canvas) -> Planes:
    """Return a picture with straight colours again."""
    if picture.alpha is None:
        return picture
    full, half = (np.maximum(share, np.float32(1 / canvas.most)) for share in _shares(picture.alpha, canvas))
    return _times(picture, np.reciprocal(full), np.reciprocal(half), canvas)


def _shares(alpha: Plane, canvas: Canvas) -> tuple[Shares, Shares]:
    """Return alpha in [0, 1] for luma and for chroma."""
    full = alpha.astype(np.float32) / np.float32(canvas.most)
    return full, stretch(full, canvas.width // 2, canvas.height // 2, "area")


def _times(picture: Planes, full: Shares, half: Shares, canvas: Canvas) -> Planes:
    u, v = (scaled(plane, half, canvas.grey) for plane in (picture.u, picture.v))
    return Planes(scaled(picture.y, full, canvas.black), u, v, picture.alpha)
