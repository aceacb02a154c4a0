"""A broken signal: slices slip, colours part, blocks go astray; in bursts, by seed."""

from fractions import Fraction
from typing import Annotated, Literal

import numpy as np
from pydantic import Field as Setting

from frameloom.core.config import Config
from frameloom.effects.curve import Curve
from frameloom.effects.pictures.base import Change, ClipContext, stays, unchanged, values_at, within
from frameloom.effects.pictures.film import chance
from frameloom.media.planes import Plane, Planes


class Glitch(Config):
    """Broken signal."""

    effect: Literal["glitch"] = "glitch"
    amount: Annotated[Curve, within(0, 1)] = 0.5
    """How much of the time, and how strongly, it is broken; 1 is always."""
    slices: bool = True
    colors: bool = True
    blocks: bool = True
    bursts: Annotated[float, Setting(gt=0, le=60)] = 10.0
    """How often a second the picture may break in another way."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        if stays(self.amount, 0) or not (self.slices or self.colors or self.blocks):
            return unchanged
        per_s = Fraction(self.bursts).limit_denominator(1000)

        def change(picture: Planes, time: Fraction) -> Planes:
            (amount,) = values_at(time, self.amount)
            dice = chance(clip, time, salt=5, per_s=per_s)
            if dice.uniform() >= amount:
                return picture
            y, u, v = picture.y.copy(), picture.u.copy(), picture.v.copy()
            if self.colors:
                u, v = (_slipped(plane, dice, 0.03 * amount) for plane in (u, v))
            if self.slices:
                _slip_slices(y, u, v, dice, amount)
            if self.blocks:
                _stray_blocks(y, u, v, dice, amount)
            return Planes(y, u, v, picture.alpha)

        return change


def _slipped(plane: Plane, dice: np.random.Generator, share: float) -> Plane:
    """Return a plane moved sideways by up to a share of its width."""
    return np.roll(plane, round(plane.shape[1] * share * dice.uniform(-1, 1)), axis=1)


def _slip_slices(y: Plane, u: Plane, v: Plane, dice: np.random.Generator, amount: float) -> None:
    """Move some bands of rows sideways, in copies of ours."""
    half_height, half_width = u.shape
    for _ in range(1 + dice.poisson(6 * amount)):
        top = int(dice.uniform(0, half_height))
        bottom = min(top + 1 + int(half_height * 0.12 * dice.uniform() ** 2), half_height)
        slip = round(half_width * 0.2 * amount * dice.uniform(-1, 1))
        for plane, scale in ((y, 2), (u, 1), (v, 1)):
            band = plane[top * scale : bottom * scale]
            band[:] = np.roll(band, slip * scale, axis=1)


def _stray_blocks(y: Plane, u: Plane, v: Plane, dice: np.random.Generator, amount: float) -> None:
    """Put some blocks of the picture, in steps of macroblocks of 16 px, where they do not belong, in copies of ours."""
    half_height, half_width = u.shape
    rows, columns = half_height // 8, half_width // 8
    if rows < 3 or columns < 5:
        return
    for _ in range(dice.poisson(8 * amount)):
        tall, wide = int(dice.integers(1, 3)), int(dice.integers(1, 5))
        top, source_top = (int(part) for part in dice.integers(0, rows - tall + 1, 2))
        left, source_left = (int(part) for part in dice.integers(0, columns - wide + 1, 2))
        for plane, cell in ((y, 16), (u, 8), (v, 8)):
            source = plane[source_top * cell :, source_left * cell :][: tall * cell, : wide * cell].copy()
            plane[top * cell :, left * cell :][: tall * cell, : wide * cell] = source
