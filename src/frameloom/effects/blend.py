"""Lay one picture over another: alpha, opacity and blend modes, only where the two meet.

    result alpha   o = s + b (1 - s)               s: alpha of above times opacity, b: alpha of below
    result colour  (s C + b (1 - s) below) / o     C = (1 - b) above + b mode(below, above)

`normal`, `color`, `luminosity`, `hue` and `saturation` work on Y'CbCr itself: luma, and length and angle of chroma.
The others are defined on each of red, green and blue and are computed there in floats; what goes back to the planes is
only the change that they make, so that a mode that changes nothing leaves every sample as it was.

Source: W3C, "Compositing and Blending Level 1" (2024), sections 5, 9 and 10.
Differs from it: the last four modes take luma of the video's own matrix and length of chroma for its saturation.
"""

from collections.abc import Callable
from typing import Any, Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from frameloom.media.image import add_rgb_change, between_samples, mix, mix_by, rgb_shares, stretch
from frameloom.media.planes import ColorName, Plane, Planes

BlendName = Literal[
    "normal", "multiply", "screen", "overlay", "darken", "lighten", "add", "subtract", "difference",
    "soft-light", "hard-light", "color-dodge", "color-burn", "luminosity", "color", "hue", "saturation",
]  # fmt: skip

BLEND_NAMES: tuple[BlendName, ...] = get_args(BlendName)

Shares = NDArray[np.float32]
"""Of something from 0 to 1: alpha, (H, W), or red, green and blue, (H, W, 3)."""


def over(
    below: Planes,
    above: Planes,
    left: int,
    top: int,
    opacity: float = 1.0,
    mode: BlendName = "normal",
    color: ColorName = "bt709",
) -> Planes:
    """Return a picture with another one laid over it, its left top corner at this place in px, which may be outside.

    Both have the same depth. At an odd place luma and alpha lie exactly, and chroma is taken half way between
    samples. Where nothing of the upper picture is seen, the lower one itself comes back, and where nothing else is, the
    upper one.
    """
    if opacity <= 0:
        return below
    hides_all = above.alpha is None and opacity >= 1 and mode == "normal" and above.y.shape == below.y.shape
    if hides_all and (left, top) == (0, 0):
        return above
    if left % 2 or top % 2:
        above = _one_further(above, left % 2, top % 2)
        left, top = left - left % 2, top - top % 2
    box = (
        slice(max(top, 0), min(top + above.height, below.height)),
        slice(max(left, 0), min(left + above.width, below.width)),
    )
    if box[0].start >= box[0].stop or box[1].start >= box[1].stop:
        return below
    under = _cut(below, *box)
    laid = _cut(
        above, *(slice(part.start - shift, part.stop - shift) for part, shift in zip(box, (top, left), strict=True))
    )
    return _pasted(below, _joined(under, _blended(under, laid, mode, color), min(opacity, 1.0)), *box)


def _one_further(picture: Planes, right: int, down: int) -> Planes:
    """Return a picture two px wider, higher or both, with itself one px from the left, the top or both."""
    margins = ((down, down), (right, right))
    alpha = np.full_like(picture.y, _most(picture)) if picture.alpha is None else picture.alpha
    u, v = (between_samples(plane, right, down) for plane in (picture.u, picture.v))
    y, wide_alpha = cast(Plane, np.pad(picture.y, margins, mode="edge")), cast(Plane, np.pad(alpha, margins))
    return Planes(y, u, v, wide_alpha)


def _most(picture: Planes) -> int:
    """Return the sample of alpha that is opaque."""
    return 255 if picture.depth == 8 else 1023


def _half(part: slice) -> slice:
    return slice(part.start // 2, part.stop // 2)


def _cut(picture: Planes, rows: slice, columns: slice) -> Planes:
    """Return a view of a box with even sides and corners."""
    half = _half(rows), _half(columns)
    alpha = None if picture.alpha is None else picture.alpha[rows, columns]
    return Planes(picture.y[rows, columns], picture.u[half], picture.v[half], alpha)


def _pasted(picture: Planes, piece: Planes, rows: slice, columns: slice) -> Planes:
    """Return a new picture in which a piece takes the place of its box."""
    if piece.y.shape == picture.y.shape:
        return piece
    alpha = None if picture.alpha is None else picture.alpha.copy()
    result = Planes(picture.y.copy(), picture.u.copy(), picture.v.copy(), alpha)
    for plane, part, place in zip(_planes(result), _planes(piece), _places(rows, columns), strict=True):
        if plane is not None and part is not None:
            plane[place] = part
    return result


def _planes(picture: Planes) -> tuple[Plane, Plane, Plane, Plane | None]:
    return picture.y, picture.u, picture.v, picture.alpha


def _places(rows: slice, columns: slice) -> tuple[tuple[slice, slice], ...]:
    half = _half(rows), _half(columns)
    return (rows, columns), half, half, (rows, columns)


def _joined(under: Planes, laid: Planes, opacity: float) -> Planes:
    """Return both by Porter and Duff's `over`; both have the same size."""
    if laid.alpha is None and under.alpha is None:
        if opacity >= 1:
            return laid.opaque
        return Planes(
            *(mix(one, other, opacity) for one, other in zip(_planes(under)[:3], _planes(laid)[:3], strict=True))
        )
    most = np.float32(_most(under))
    alpha = np.full(laid.y.shape, opacity, np.float32)
    if laid.alpha is not None:
        alpha *= laid.alpha / most
    half = (under.u.shape[1], under.u.shape[0])
    result_alpha = None
    weight, weight_half = alpha, stretch(alpha, *half, "area")
    if under.alpha is not None:
        total = alpha + under.alpha.astype(np.float32) / most * (1 - alpha)
        result_alpha = cast(Plane, np.rint(total * most).astype(under.y.dtype))
        weight, weight_half = _share(alpha, total), _share(weight_half, stretch(total, *half, "area"))
    u, v = (mix_by(one, other, weight_half) for one, other in ((under.u, laid.u), (under.v, laid.v)))
    return Planes(mix_by(under.y, laid.y, weight), u, v, result_alpha)


def _share(part: Shares, total: Shares) -> Shares:
    return np.divide(part, total, out=np.zeros_like(part), where=total > 0)


def _blended(under: Planes, laid: Planes, mode: BlendName, color: ColorName) -> Planes:
    """Return the upper picture as the mode makes it of both; where there is nothing below, it stays as it is."""
    if mode == "normal":
        return laid
    if mode in _BY_CHANNEL:
        below, above = rgb_shares(under, color), rgb_shares(laid, color)
        blended = add_rgb_change(under, np.clip(_BY_CHANNEL[mode](below, above), 0, 1) - below, color)
    else:
        blended = Planes(*_BY_LUMA_AND_CHROMA[mode](under, laid))
    if under.alpha is None:
        return Planes(blended.y, blended.u, blended.v, laid.alpha)
    known = under.alpha.astype(np.float32) / np.float32(_most(under))
    half = stretch(known, under.u.shape[1], under.u.shape[0], "area")
    u, v = (mix_by(one, other, half) for one, other in ((laid.u, blended.u), (laid.v, blended.v)))
    return Planes(mix_by(laid.y, blended.y, known), u, v, laid.alpha)


def _hard_light(below: Shares, above: Shares) -> Shares:
    return np.where(above <= 0.5, 2 * below * above, 1 - 2 * (1 - below) * (1 - above))


def _soft_light(below: Shares, above: Shares) -> Shares:
    bright = np.where(below <= 0.25, ((16 * below - 12) * below + 4) * below, np.sqrt(below))
    toward = np.where(above <= 0.5, below * (1 - below), bright - below)
    return below + (2 * above - 1) * toward


def _dodge(below: Shares, above: Shares) -> Shares:
    return np.where(below > _STEP, below / np.maximum(1 - above, _TINY), 0)


def _burn(below: Shares, above: Shares) -> Shares:
    return np.where(below < 1 - _STEP, 1 - (1 - below) / np.maximum(above, _TINY), 1)


_TINY = np.float32(1e-6)
_STEP = np.float32(1 / 2046)
"""Half a level of 10 bits: what is nearer to black or white counts as such, or rounding would decide what 0 / 0 is."""

_BY_CHANNEL: dict[str, Callable[[Shares, Shares], Any]] = {
    "multiply": lambda below, above: below * above,
    "screen": lambda below, above: below + above - below * above,
    "overlay": lambda below, above: _hard_light(above, below),
    "darken": np.minimum,
    "lighten": np.maximum,
    "add": lambda below, above: below + above,
    "subtract": lambda below, above: below - above,
    "difference": lambda below, above: abs(below - above),
    "soft-light": _soft_light,
    "hard-light": _hard_light,
    "color-dodge": _dodge,
    "color-burn": _burn,
}


def _with_length_of(direction: Planes, length: Planes) -> tuple[Plane, Plane]:
    """Return chroma with the angle of one picture and the length of the other; grey has no angle and stays grey."""
    grey = np.float32(128 if direction.depth == 8 else 512)
    u, v = direction.u - grey, direction.v - grey
    factor = np.hypot(length.u - grey, length.v - grey) / np.maximum(np.hypot(u, v), _TINY)
    most = _most(direction)
    scaled = (np.rint(np.clip(part * factor + grey, 0, most)).astype(direction.u.dtype) for part in (u, v))
    first, second = (cast(Plane, part) for part in scaled)
    return first, second


_BY_LUMA_AND_CHROMA: dict[str, Callable[[Planes, Planes], tuple[Plane, Plane, Plane]]] = {
    "luminosity": lambda below, above: (above.y, below.u, below.v),
    "color": lambda below, above: (below.y, above.u, above.v),
    "hue": lambda below, above: (below.y, *_with_length_of(above, below)),
    "saturation": lambda below, above: (below.y, *_with_length_of(below, above)),
}
