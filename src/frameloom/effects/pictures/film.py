"""Marks of film and lens: vignette, grain, and old film with all its faults.

Chance comes from the clip's seed and the number of the picture, so that any picture can be made alone, and again.
"""

from fractions import Fraction
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field as Setting

from frameloom.core.config import Config
from frameloom.effects.curve import Curve
from frameloom.effects.pictures.base import Change, ClipContext, Field, for_size, stays, unchanged, values_at, within
from frameloom.effects.pictures.color import Look, LookName, Strength
from frameloom.effects.pictures.motion import Shake
from frameloom.media.image import add_scaled, blur, look_up, scaled
from frameloom.media.planes import Plane, Planes

_ROOM = 128
"""Px by which the noise is larger than the picture, each way: from where in it a picture's grain is taken is chance."""


def chance(clip: ClipContext, time: Fraction, salt: int, per_s: Fraction | None = None) -> np.random.Generator:
    """Return the generator of the picture at a time; the same for all pictures within 1 / per_s seconds."""
    number = int(time * (per_s or clip.rate) + Fraction(1, 1000))
    return np.random.default_rng([clip.seed & 0xFFFFFFFF, salt, max(number, 0)])


class Vignette(Config):
    """Darker towards the corners."""

    effect: Literal["vignette"] = "vignette"
    strength: Annotated[Curve, within(0, 1)] = 0.5
    """Share of light that is lost in the corners."""
    radius: Annotated[float, Setting(ge=0, lt=1)] = 0.35
    """Where it begins, as a share of the way from the middle to a corner."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        if stays(self.strength, 0):
            return unchanged
        unit = 1 << (clip.depth - 8)
        falls = for_size(lambda width, height: (self._fall(width, height), self._fall(width // 2, height // 2)))

        def change(picture: Planes, time: Fraction) -> Planes:
            (strength,) = values_at(time, self.strength)
            if not strength:
                return picture
            whole, half = (1 - np.float32(strength) * fall for fall in falls(picture))
            u, v = (scaled(plane, half, 128 * unit) for plane in (picture.u, picture.v))
            return Planes(scaled(picture.y, whole, 16 * unit), u, v, picture.alpha)

        return change

    def _fall(self, width: int, height: int) -> Field:
        """Return the share of the loss at each place: 0 up to the radius, 1 in the corners."""
        x = ((np.arange(width, dtype=np.float32) + 0.5) / width * 2 - 1)[None, :]
        y = ((np.arange(height, dtype=np.float32) + 0.5) / height * 2 - 1)[:, None]
        share = np.clip((np.sqrt((x * x + y * y) / 2) - self.radius) / (1 - self.radius), 0, 1)
        fall: Field = (share * share * (3 - 2 * share)).astype(np.float32)
        return fall


class Grain(Config):
    """Film grain of luma: another in each picture, most in the middle tones, none in black and white."""

    effect: Literal["grain"] = "grain"
    strength: Annotated[Curve, within(0, 1)] = 0.3
    """1 is a standard deviation of 25 of 255 in middle grey."""
    size: Annotated[float, Setting(ge=0.25, le=8)] = 1.0
    """Px at a height of 1080."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        if stays(self.strength, 0):
            return unchanged
        unit = 1 << (clip.depth - 8)
        noises = for_size(lambda width, height: self._noise(clip, width, height))
        light = np.clip((np.arange(256 * unit) / unit - 16) / 219, 0, 1)
        weight = (25 * unit * np.sqrt(4 * light * (1 - light))).astype(np.float32)

        def change(picture: Planes, time: Fraction) -> Planes:
            (strength,) = values_at(time, self.strength)
            if not strength:
                return picture
            dice = chance(clip, time, salt=1)
            top, left = (int(part) for part in dice.integers(0, _ROOM, 2))
            turn_y, turn_x = (int(part) for part in dice.choice([-1, 1], 2))
            part = noises(picture)[top : top + picture.height, left : left + picture.width][::turn_y, ::turn_x]
            grain = look_up(picture.y, weight) * part
            return Planes(add_scaled(picture.y, grain, 1, strength), picture.u, picture.v, picture.alpha)

        return change

    def _noise(self, clip: ClipContext, width: int, height: int) -> Field:
        """Return noise of standard deviation 1, larger than the picture."""
        dice = np.random.default_rng([clip.seed & 0xFFFFFFFF, 0])
        raw = dice.standard_normal((height + _ROOM, width + _ROOM), dtype=np.float32)
        soft = blur(raw, 0.6 * self.size * clip.height / 1080)
        return np.ascontiguousarray(soft / soft.std())


class OldFilm(Config):
    """Old film: a tone, grain, flicker, scratches, dust, and a picture that does not stand still."""

    effect: Literal["old-film"] = "old-film"
    tone: LookName | Literal["none"] = "sepia"
    grain: Strength = 0.4
    flicker: Strength = 0.3
    """1 changes the light by up to a third."""
    scratches: Strength = 0.4
    dust: Strength = 0.4
    weave: Strength = 0.3
    """1 moves the picture by up to 1 % of its height."""
    vignette: Strength = 0.4

    def begin(self, clip: ClipContext) -> Change:
        """Return the change: one after the other, each as if alone."""
        steps: list[Change] = []
        if self.weave:
            steps.append(Shake(amount=0.01 * self.weave, angle=0, speed=4.0).begin(clip))
        if self.tone != "none":
            steps.append(Look(name=self.tone).begin(clip))
        if self.vignette:
            steps.append(Vignette(strength=self.vignette).begin(clip))
        if self.grain:
            steps.append(Grain(strength=self.grain, size=1.6).begin(clip))
        if self.flicker:
            steps.append(lambda picture, time: _flickered(picture, self.flicker, chance(clip, time, salt=2)))
        if self.scratches or self.dust:
            steps.append(lambda picture, time: _worn(picture, self.scratches, self.dust, clip, time))

        def change(picture: Planes, time: Fraction) -> Planes:
            for step in steps:
                picture = step(picture, time)
            return picture

        return change


def _flickered(picture: Planes, flicker: float, dice: np.random.Generator) -> Planes:
    """Return the picture in a little more or less light."""
    factor = 1 + flicker / 3 * float(dice.uniform(-1, 1))
    black = 16 << (picture.depth - 8)
    y = add_scaled(picture.y, picture.y, factor, 0, black * (1 - factor))
    return Planes(y, picture.u, picture.v, picture.alpha)


def _worn(picture: Planes, scratches: float, dust: float, clip: ClipContext, time: Fraction) -> Planes:
    """Return the picture with scratches, which last for a third of a second, and dust, which lasts for one picture."""
    y = picture.y.copy()
    height, width = y.shape
    unit = 1 << (picture.depth - 8)
    dice = chance(clip, time, salt=3, per_s=Fraction(3))
    shiver = chance(clip, time, salt=4)
    for _ in range(dice.poisson(3 * scratches)):
        column = int(dice.uniform(0, width)) + int(shiver.integers(-1, 2))
        thick = max(round(height / 700 * dice.uniform(0.5, 1.5)), 1)
        bright = dice.uniform() < 0.7
        strip = y[:, max(column, 0) : max(column, 0) + thick]
        strip[:] = (strip * 0.6 + (235 if bright else 16) * unit * 0.4).astype(y.dtype)
    for _ in range(shiver.poisson(6 * dust)):
        _speck(y, shiver, unit)
    return Planes(y, picture.u, picture.v, picture.alpha)


def _speck(y: Plane, dice: np.random.Generator, unit: int) -> None:
    """Put one speck of dust or hair into luma, which is a copy of ours."""
    height, width = y.shape
    radius = max(height / 250 * dice.uniform(0.4, 1.6), 1.0)
    side = int(2 * radius) + 3
    if side >= min(height, width):
        return
    top, left = int(dice.uniform(0, height - side)), int(dice.uniform(0, width - side))
    at = np.arange(side) - side / 2 + 0.5
    bent: NDArray[np.floating[Any]] = np.hypot(
        at[None, :] + dice.uniform(-0.6, 0.6) * at[:, None], at[:, None] * dice.uniform(0.6, 1.4)
    )
    share = np.clip(radius + 0.5 - bent, 0, 1) * 0.8
    goal = (235 if dice.uniform() < 0.6 else 16) * unit
    part = y[top : top + side, left : left + side]
    part[:] = np.rint(part + (goal - part.astype(np.float64)) * share).astype(y.dtype)
