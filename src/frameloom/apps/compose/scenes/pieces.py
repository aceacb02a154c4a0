"""Pieces: things that are drawn once, as planes with alpha, and laid over pictures as often as needed.

shapes, letters --> RGBA, alpha multiplied in --piece_of--> planes and weights --lay--> over a picture
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from frameloom.effects.titles.motion import Box
from frameloom.media.canvas import Drawing, Shape, rasterise
from frameloom.media.image import from_premultiplied, mix_by, stretch
from frameloom.media.planes import Planes
from frameloom.media.text import Rgba, TextBlock, draw_block


@dataclass(frozen=True, eq=False)
class Piece:
    """Something drawn, in planes with alpha, and where its corner lies; all even."""

    planes: Planes
    left: int
    top: int
    weight: NDArray[np.float32]
    """Alpha as shares, (H, W)."""
    weight_half: NDArray[np.float32]
    """The same for chroma."""

    @property
    def box(self) -> Box:
        """Return what the piece covers."""
        return self.left, self.top, self.left + self.planes.width, self.top + self.planes.height


def piece_of(pixels: Rgba, left: int, top: int) -> Piece:
    """Return a piece of pixels, (H, W, 4), whose alpha is multiplied in."""
    high, wide = pixels.shape[:2]
    x, y = left % 2, top % 2
    right, below = (x + wide) % 2, (y + high) % 2
    even = np.pad(pixels, ((y, below), (x, right), (0, 0))) if x or y or right or below else pixels
    planes = from_premultiplied(even)
    alpha = planes.alpha if planes.alpha is not None else np.zeros_like(planes.y)
    weight = alpha.astype(np.float32) / np.float32(255)
    half = stretch(weight, planes.u.shape[1], planes.u.shape[0], "area")
    return Piece(planes, left - x, top - y, weight, half)


def drawn(shapes: Sequence[Shape], width: int, height: int) -> Piece | None:
    """Return shapes as a piece, as much of it as lies in the picture; None if nothing does."""
    whole = Drawing(tuple(shapes), width, height)
    left, top, right, bottom = whole.box()
    if right <= left or bottom <= top:
        return None
    cut = Drawing(whole.shapes, right - left, bottom - top, (1, 0, 0, 1, -left, -top))
    return piece_of(rasterise(cut), left, top)


def lettered(block: TextBlock, x: float, y: float, shown: int | None = None) -> Piece:
    """Return a text as a piece, the corner of its box at a place."""
    text = draw_block(block, shown)
    pixels = np.asarray(Image.fromarray(text.pixels).convert("RGBa"))
    return piece_of(pixels, round(x) + text.left, round(y) + text.top)


def lay(onto: Planes, piece: Piece, dx: int = 0, dy: int = 0, opacity: int = 255, clip: Box | None = None) -> None:
    """Write a piece over planes that are ours to change; moves and clips are taken at even px."""
    bounds = clip or (0, 0, onto.width, onto.height)
    x, y = piece.left + (dx & ~1), piece.top + (dy & ~1)
    left, top = (max(first, bound, 0) & ~1 for first, bound in ((x, bounds[0]), (y, bounds[1])))
    right = min(x + piece.planes.width, bounds[2] + (bounds[2] & 1), onto.width)
    bottom = min(y + piece.planes.height, bounds[3] + (bounds[3] & 1), onto.height)
    if right <= left or bottom <= top or opacity <= 0:
        return
    for half, weights, pairs in (
        (1, piece.weight, ((onto.y, piece.planes.y),)),
        (2, piece.weight_half, ((onto.u, piece.planes.u), (onto.v, piece.planes.v))),
    ):
        place = slice(top // half, bottom // half), slice(left // half, right // half)
        own = slice((top - y) // half, (bottom - y) // half), slice((left - x) // half, (right - x) // half)
        weight = weights[own] if opacity >= 255 else weights[own] * np.float32(opacity / 255)
        for below, above in pairs:
            below[place] = mix_by(below[place], above[own], weight)
