"""Keys: what lies before a green or blue screen, what is bright enough, what lies in a box; each makes alpha.

    chroma about grey, turned so that the screen's colour lies along the first axis, and scaled so that it lies at 1

    difference = along - |across|     1 for the screen, 0 for grey, less for most else
    alpha                             0 where difference is above 1 - tolerance, 1 below that less softness
    spill                             what reaches along beyond 0.7 |across| is so much of the screen's colour, mixed in
    pixel without spill               (pixel - spill * screen) / (1 - spill), in luma too: else edges have a pale rim

All depends on U and V alone: tables of 256 x 256, looked up at the size of chroma. Shadows on the screen move towards
grey, so they stay on its axis. Source: Vlahos, "Comprehensive electronic compositing system", US 4,100,569.
"""

import math
from fractions import Fraction
from itertools import islice
from typing import Annotated, Literal, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator

from frameloom.core.config import Config
from frameloom.core.errors import ConfigError
from frameloom.effects.pictures.base import Change, ClipContext, Field, flat, for_size, unchanged
from frameloom.effects.pictures.color import Strength
from frameloom.effects.pictures.regions import Box, Shape, cover
from frameloom.media.colors import parse_color
from frameloom.media.image import add_scaled, look_up, sample, scaled, stretch
from frameloom.media.planes import Depth, Plane, Planes, dtype_of, yuv_of

_MOST_SPILL = 0.8
"""Beyond it, what is left of a pixel is mostly noise, and is not made stronger."""

_LEAST_CHROMA = 24.0
"""Distance from grey, of 8 bits, below which nothing counts as a coloured screen."""


def _screen(color: str) -> str:
    if color != "auto":
        parse_color(color)
    return color


class ChromaKey(Config):
    """What stands before a screen of one colour."""

    effect: Literal["chroma-key"] = "chroma-key"
    color: Annotated[str, AfterValidator(_screen)] = "auto"
    """Colour of the screen; `auto` looks at the border of the clip's first pictures."""
    tolerance: Strength = 0.6
    """How much of the way from the screen's colour to grey is clear."""
    softness: Strength = 0.25
    """How much more of that way is partly clear."""
    spill: Strength = 1.0
    """How much of the screen's light on the subject is taken away."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change.

        Raises:
            ConfigError: the colour is grey, or there is no coloured screen to be found.
        """
        key = _screen_of(clip) if self.color == "auto" else _screen_named(self.color, clip)
        clear, loss, gain, chroma = self._tables(key, clip.depth)
        unit = 1 << (clip.depth - 8)
        place = (np.arange(256 * unit) / unit).astype(np.float32)

        def change(picture: Planes, time: Fraction) -> Planes:
            u, v = look_up(picture.u, place), look_up(picture.v, place)

            def field(table: Field) -> Field:
                return stretch(sample(table, u, v), picture.width, picture.height)

            matte = with_alpha(picture, field(clear))
            if not self.spill:
                return Planes(picture.y, picture.u, picture.v, matte)
            y = scaled(add_scaled(picture.y, field(loss), 1, -unit), field(gain), 16 * unit)
            both = sample(chroma, u, v)
            return Planes(y, np.ascontiguousarray(both[..., 0]), np.ascontiguousarray(both[..., 1]), matte)

        return change

    def _tables(self, key: NDArray[np.float64], depth: Depth) -> tuple[Field, Field, Field, Plane]:
        """Return alpha, loss and gain of luma, (256, 256), and U' and V', (256, 256, 2), by V and U."""
        unit = 1 << (depth - 8)
        v, u = np.mgrid[0:256, 0:256] - 128.0
        light, *tone = key
        length = math.hypot(*tone)
        direction = np.array(tone) / length
        along = (u * direction[0] + v * direction[1]) / length
        across = (v * direction[0] - u * direction[1]) / length
        difference = along - np.abs(across)
        share = np.clip((1 - self.tolerance - difference) / max(self.softness, 0.02) + 1, 0, 1)
        spill = np.clip(along - 0.7 * np.abs(across), 0, None) * self.spill
        gain = 1 / (1 - np.minimum(spill, _MOST_SPILL))
        clean = np.stack([(u - spill * tone[0]) * gain, (v - spill * tone[1]) * gain], axis=-1) + 128
        whole = cast(Plane, np.clip(np.rint(clean * unit), 0, 256 * unit - 1).astype(dtype_of(depth)))
        clear, loss = share * share * (3 - 2 * share), spill * light
        return clear.astype(np.float32), loss.astype(np.float32), gain.astype(np.float32), whole


def _screen_named(color: str, clip: ClipContext) -> NDArray[np.float64]:
    """Return Y above black, U and V about grey, (3,), of a colour.

    Raises:
        ConfigError: it is grey.
    """
    key = np.array(yuv_of(parse_color(color)[:3], color=clip.color), float) - [16, 128, 128]
    if math.hypot(*key[1:]) < _LEAST_CHROMA:
        raise ConfigError(f"chroma-key: color {color!r} is nearly grey; give the screen's colour, such as '#00b140'")
    return key


def _screen_of(clip: ClipContext) -> NDArray[np.float64]:
    """Return Y above black, U and V about grey, (3,), of the commonest colour at the border of the first pictures.

    Raises:
        ConfigError: there is none with enough colour.
    """
    counts, lights = np.zeros((64, 64)), np.zeros((64, 64))
    for picture, _ in islice(clip.read(), 8):
        unit = 4 << (picture.depth - 8)  # cells of 4 of 8 bits
        u, v = picture.u // unit, picture.v // unit
        height, width = u.shape
        border = np.zeros(u.shape, bool)
        border[: max(height // 8, 1)] = True
        border[:, : max(width // 10, 1)] = border[:, -max(width // 10, 1) :] = True
        np.add.at(counts, (v[border], u[border]), 1)
        np.add.at(lights, (v[border], u[border]), picture.y[::2, ::2][border] / (unit / 4))
    rows, columns = np.mgrid[0:64, 0:64] * 4 + 2.0 - 128
    pale = np.hypot(rows, columns) < _LEAST_CHROMA
    counts[pale] = lights[pale] = 0
    shifts = [(down, across) for down in (-1, 0, 1) for across in (-1, 0, 1)]
    near = np.sum([np.roll(counts, shift, (0, 1)) for shift in shifts], axis=0)
    row, column = np.unravel_index(int(np.argmax(near)), (64, 64))
    if near[row, column] == 0:
        raise ConfigError("chroma-key: no coloured screen at the clip's border; give its color, such as '#00b140'")
    part = np.s_[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
    weight = counts[part] / counts[part].sum()
    light = lights[part].sum() / counts[part].sum() - 16
    return np.array([light, (columns[part] * weight).sum(), (rows[part] * weight).sum()])


class LumaKey(Config):
    """What is brighter, or darker, than a level."""

    effect: Literal["luma-key"] = "luma-key"
    level: Strength = 0.2
    """Of white; what lies below is clear."""
    softness: Strength = 0.1
    """Width of the range above the level that is partly clear."""
    invert: bool = False
    """Clear what is bright instead."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        unit, most = 1 << (clip.depth - 8), 255 if clip.depth == 8 else 1023
        light = (np.arange(256 * unit) / unit - 16) / 219
        share = np.clip((light - self.level) / max(self.softness, 1e-6), 0, 1)
        share = 1 - share if self.invert else share
        table = np.rint(share * most).astype(dtype_of(clip.depth))

        def change(picture: Planes, time: Fraction) -> Planes:
            matte = look_up(picture.y, table)
            if picture.alpha is not None:
                matte = scaled(picture.alpha, (matte / np.float32(most)).astype(np.float32))
            return Planes(picture.y, picture.u, picture.v, matte)

        return change


class MatteBox(Config):
    """Clears what lies outside a box or ellipse (a garbage matte), or inside it."""

    effect: Literal["matte-box"] = "matte-box"
    box: Box = Box()
    shape: Shape = "box"
    feather: Strength = 0.0
    """Width of the soft rim, outside of the box; share of the height."""
    invert: bool = False
    """Clear the inside instead."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        if self.box == Box() and self.shape == "box" and not self.invert:
            return unchanged

        def kept_of(width: int, height: int) -> Field:
            inside = cover(self.box, self.shape, self.feather * height, width, height)
            return 1 - inside if self.invert else inside

        kept = for_size(kept_of)

        def change(picture: Planes, time: Fraction) -> Planes:
            return Planes(picture.y, picture.u, picture.v, with_alpha(picture, kept(picture)))

        return change


def with_alpha(picture: Planes, share: Field) -> Plane:
    """Return the picture's alpha times a share for each place, (H, W) in [0, 1]."""
    if picture.alpha is not None:
        return scaled(picture.alpha, share)
    most = 255 if picture.depth == 8 else 1023
    return scaled(flat(picture.width, picture.height, most, picture.depth), share)
