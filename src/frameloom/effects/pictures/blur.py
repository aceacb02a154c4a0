"""Blurring and its opposites: of the whole picture or a region; sharpening, glow, and a light hand against noise."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Literal

import numpy as np
from pydantic import Field as Setting

from frameloom.core.config import Config
from frameloom.effects.curve import Curve
from frameloom.effects.pictures.base import Change, ClipContext, Field, for_size, stays, unchanged, values_at, within
from frameloom.effects.pictures.color import Strength
from frameloom.effects.pictures.regions import Box, Shape, change_in, cover
from frameloom.media.image import (
    add_scaled,
    blur,
    blur_along,
    blur_box,
    difference,
    look_up,
    mix,
    mix_by,
    mix_planes_by,
    smooth_keeping_edges,
    stretch,
)
from frameloom.media.planes import Plane, Planes, dtype_of

Length = Annotated[Curve, within(0, 1)]
"""A length as a share of the picture's height."""


class Blur(Config):
    """Blur of the whole picture, of a region, or of all but a region."""

    effect: Literal["blur"] = "blur"
    kind: Literal["gaussian", "box", "directional"] = "gaussian"
    radius: Length = 0.01
    """Standard deviation of a Gaussian, half the side of a box, half the length of a line; share of the height."""
    angle: Annotated[Curve, within(-360, 360)] = 0.0
    """Of a directional blur, in degrees, clockwise from to the right."""
    region: Box | None = None
    shape: Shape = "ellipse"
    feather: Strength = 0.05
    """Width of the region's soft rim, outside of it; share of the height."""
    outside: bool = False
    """Keep the region sharp and blur the rest."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        if stays(self.radius, 0):
            return unchanged
        region = self.region
        rest = for_size(
            lambda width, height: 1 - cover(region or Box(), self.shape, self.feather * height, width, height)
        )

        def change(picture: Planes, time: Fraction) -> Planes:
            radius, angle = values_at(time, self.radius, self.angle)
            radius_px = radius * picture.height
            if radius_px < 0.05:
                return picture
            if region is None:
                return self.blurred(picture, radius_px, angle)
            if self.outside:
                return mix_planes_by(picture, self.blurred(picture, radius_px, angle), rest(picture))
            return change_in(
                picture,
                region,
                self.shape,
                self.feather * picture.height,
                lambda part: self.blurred(part, radius_px, angle),
                margin_px=3 * radius_px,
            )

        return change

    def blurred(self, picture: Planes, radius_px: float, angle: float = 0.0) -> Planes:
        """Return the whole picture blurred; the radius is in px of luma."""
        if self.kind == "directional":
            across, down = (2 * radius_px * turn(math.radians(angle)) for turn in (math.cos, math.sin))
            return _each(
                picture,
                lambda plane: blur_along(plane, across, down),
                lambda plane: blur_along(plane, across / 2, down / 2),
            )
        if self.kind == "box":
            return _each(
                picture,
                lambda plane: blur_box(plane, round(radius_px)),
                lambda plane: blur_box(plane, round(radius_px / 2)),
            )
        return blur_planes(picture, radius_px)


def blur_planes(picture: Planes, sigma_px: float) -> Planes:
    """Return a picture blurred by a Gaussian; alpha stays."""
    return _each(picture, lambda plane: blur(plane, sigma_px), lambda plane: blur(plane, sigma_px / 2))


def _each(picture: Planes, luma: Callable[[Plane], Plane], chroma: Callable[[Plane], Plane]) -> Planes:
    return Planes(luma(picture.y), chroma(picture.u), chroma(picture.v), picture.alpha)


class Sharpen(Config):
    """Unsharp mask of luma: what a blur would take away is added instead."""

    effect: Literal["sharpen"] = "sharpen"
    amount: Annotated[Curve, within(0, 5)] = 0.6
    radius: Annotated[float, Setting(gt=0, le=0.1)] = 0.0015
    """Standard deviation as a share of the height."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        if stays(self.amount, 0):
            return unchanged

        def change(picture: Planes, time: Fraction) -> Planes:
            (amount,) = values_at(time, self.amount)
            if not amount:
                return picture
            soft = blur(picture.y, max(self.radius * picture.height, 0.5))
            return Planes(add_scaled(picture.y, soft, 1 + amount, -amount), picture.u, picture.v, picture.alpha)

        return change


class Glow(Config):
    """Bright parts shine over their surroundings."""

    effect: Literal["glow"] = "glow"
    strength: Annotated[Curve, within(0, 2)] = 0.6
    threshold: Strength = 0.6
    """Light above this share of white shines."""
    radius: Annotated[float, Setting(gt=0, le=0.5)] = 0.02
    """Share of the height."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        if stays(self.strength, 0):
            return unchanged
        unit = 1 << (clip.depth - 8)
        start = (16 + 219 * self.threshold) * unit
        table = np.clip(np.arange(256 * unit) - start, 0, None).astype(dtype_of(clip.depth))

        def change(picture: Planes, time: Fraction) -> Planes:
            (strength,) = values_at(time, self.strength)
            if not strength:
                return picture
            sigma = self.radius * picture.height
            light = blur(look_up(picture.y, table), sigma)
            u, v = (mix(plane, blur(plane, sigma / 2), min(strength, 1) / 2) for plane in (picture.u, picture.v))
            return Planes(add_scaled(picture.y, light, 1, 2 * strength), u, v, picture.alpha)

        return change


class Denoise(Config):
    """Less noise for little: what stands still is averaged over time, and edges are kept in space."""

    effect: Literal["denoise"] = "denoise"
    temporal: Strength = 0.6
    """Share of the pictures before in what stands still."""
    spatial: Strength = 0.0
    """Strength of a filter that keeps edges; 1 evens out differences of about 20 of 255."""
    threshold: Annotated[float, Setting(gt=0, le=64)] = 8.0
    """Differences between pictures (of 255, of blurred luma) beyond which a pixel counts as moving."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        if not self.temporal and not self.spatial:
            return unchanged
        unit = 1 << (clip.depth - 8)
        levels = np.arange(256 * unit, dtype=np.float32) / (unit * self.threshold)
        trust = (self.temporal * np.clip(2 - levels, 0, 1)).astype(np.float32)
        before: Planes | None = None

        def change(picture: Planes, time: Fraction) -> Planes:
            nonlocal before
            result = _smooth(picture, 20 * self.spatial) if self.spatial else picture
            if self.temporal:
                if before is not None and before.y.shape == picture.y.shape:
                    result = _averaged(result, before, picture, trust)
                before = result
            return result

        return change


def _averaged(result: Planes, before: Planes, now: Planes, table: Field) -> Planes:
    """Return a picture with a share of the one before where it stands still; colour, where it and its light do."""
    light = _trust(now.y, before.y, table)
    still = stretch(light, now.width // 2, now.height // 2, "area")
    tint = np.minimum(still, np.minimum(_trust(now.u, before.u, table), _trust(now.v, before.v, table)))
    u, v = mix_by(result.u, before.u, tint), mix_by(result.v, before.v, tint)
    return Planes(mix_by(result.y, before.y, light), u, v, result.alpha)


def _trust(now: Plane, before: Plane, table: Field) -> Field:
    """Return the share of the picture before, (H, W), by how little its surroundings differ."""
    return look_up(blur_box(difference(now, before), 2), table)


def _smooth(picture: Planes, spread: float) -> Planes:
    return _each(
        picture, lambda plane: smooth_keeping_edges(plane, spread), lambda plane: smooth_keeping_edges(plane, spread)
    )
