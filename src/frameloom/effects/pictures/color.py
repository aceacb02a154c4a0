"""Colour: exposure and contrast, white balance, grading by wheels, tables, named looks.

    alike on R, G and B (Adjust)      three tables, one a plane: under 2 ms for 1080p
    all else                          one table from YUV to YUV, see color_table.py: about 15 ms, whatever it computes

Order within a grade: saturation, contrast, then lift, gain and gamma: (x * gain + lift * (1 - x)) ^ (1 / gamma).
"""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field as Setting

from frameloom.core.config import Config
from frameloom.effects.curve import Curve, value_at
from frameloom.effects.pictures.base import Change, ClipContext, is_still, stays, unchanged, values_at, within
from frameloom.effects.pictures.color_table import Colors, ColorTable, bake
from frameloom.effects.pictures.cube import read_cube
from frameloom.media.image import look_up, mix, to_rgb
from frameloom.media.planes import LUMA_WEIGHTS, ColorName, Depth, Plane, Planes, dtype_of

DISPLAY_GAMMA = 2.4
"""Of BT.1886: one stop of light is 2^(1 / 2.4) of signal."""

Strength = Annotated[float, Setting(ge=0, le=1)]
Triple = tuple[float, float, float]
"""Red, green, blue."""


class Adjust(Config):
    """Exposure, contrast, brightness, gamma and saturation, each alike for all colours."""

    effect: Literal["adjust"] = "adjust"
    exposure: Annotated[Curve, within(-6, 6)] = 0.0
    """Stops: 1 is twice the light."""
    contrast: Annotated[Curve, within(0, 4)] = 1.0
    """Factor about middle grey of the signal."""
    brightness: Annotated[Curve, within(-1, 1)] = 0.0
    """Added to the signal; 1 lifts black to white."""
    gamma: Annotated[Curve, within(0.1, 10)] = 1.0
    """Above 1 is lighter in the middle; black and white stay."""
    saturation: Annotated[Curve, within(0, 4)] = 1.0
    """0 is grey."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change; tables are made anew only when a value has changed."""
        curves = self.exposure, self.contrast, self.brightness, self.gamma, self.saturation
        neutral = (0.0, 1.0, 0.0, 1.0, 1.0)
        if all(stays(curve, value) for curve, value in zip(curves, neutral, strict=True)):
            return unchanged
        values: tuple[float, ...] = ()
        tables: tuple[Plane, Plane] | None = None

        def change(picture: Planes, time: Fraction) -> Planes:
            nonlocal values, tables
            now = values_at(time, *curves)
            if now == neutral:
                return picture
            if tables is None or now != values:
                values, tables = now, _plane_tables(clip.depth, *now)
            luma, chroma = tables
            return Planes(
                look_up(picture.y, luma), look_up(picture.u, chroma), look_up(picture.v, chroma), picture.alpha
            )

        return change


def _plane_tables(
    depth: Depth, exposure: float, contrast: float, brightness: float, gamma: float, saturation: float
) -> tuple[Plane, Plane]:
    """Return the table of luma and that of both chroma planes."""
    unit = 1 << (depth - 8)
    levels = np.arange(256 * unit) / unit
    gain = 2 ** (exposure / DISPLAY_GAMMA)
    light = (levels - 16) / 219 * gain
    light = (light - 0.5) * contrast + 0.5 + brightness
    if gamma != 1:
        light = np.sign(light) * np.abs(light) ** (1 / gamma)
    luma = 16 + 219 * light
    chroma = 128 + (levels - 128) * gain * contrast * saturation
    return _as_samples(luma, depth), _as_samples(chroma, depth)


def _as_samples(levels: NDArray[np.float64], depth: Depth) -> Plane:
    unit = 1 << (depth - 8)
    return cast(Plane, np.clip(np.rint(levels * unit), 0, 256 * unit - 1).astype(dtype_of(depth)))


def through_table(
    colors: Callable[..., Colors],
    clip: ClipContext,
    strength: Curve = 1.0,
    curves: tuple[Curve, ...] = (),
    neutral: tuple[float, ...] | None = None,
) -> Change:
    """Return a change through a table that is made anew only when the value of a curve has changed.

    Args:
        colors: of (N, 3) colours and the value of each curve, to colours.
        clip: where it is used.
        strength: share of the change; costs nothing when it moves.
        curves: what else may change over time.
        neutral: values of the curves at which nothing changes.
    """
    values: tuple[float, ...] = ()
    table: ColorTable | None = None

    def change(picture: Planes, time: Fraction) -> Planes:
        nonlocal values, table
        now, share = values_at(time, *curves), value_at(strength, time)
        if now == neutral or not share:
            return picture
        if table is None or now != values:
            values, table = now, bake(lambda rgb: colors(rgb, *now), clip.depth, clip.color)
        whole = table.apply(picture)
        if share == 1:
            return whole
        y, u, v = mix(picture.y, whole.y, share), mix(picture.u, whole.u, share), mix(picture.v, whole.v, share)
        return Planes(y, u, v, picture.alpha)

    if stays(strength, 0) or (is_still(*curves) and values_at(Fraction(0), *curves) == neutral):
        return unchanged
    return change


class WhiteBalance(Config):
    """Warmer or cooler, greener or pinker; by hand, by the clip itself, or both."""

    effect: Literal["white-balance"] = "white-balance"
    temperature: Annotated[Curve, within(-1, 1)] = 0.0
    """Above 0 is warmer, below is cooler; 1 is about from 5600 to 10000 kelvin."""
    tint: Annotated[Curve, within(-1, 1)] = 0.0
    """Above 0 is pinker, below is greener."""
    auto: Strength = 0.0
    """How much of the clip's own cast is taken away first: what is nearly grey in it becomes grey."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change; looks through the clip once if it is to find the cast."""
        red, green, blue = LUMA_WEIGHTS[clip.color][0], 1 - sum(LUMA_WEIGHTS[clip.color]), LUMA_WEIGHTS[clip.color][1]
        neutral = cast_of(clip) ** self.auto if self.auto else np.ones(3)

        def colors(rgb: Colors, temperature: float, tint: float) -> Colors:
            gains = neutral * 2 ** (np.array([temperature, -tint / 2, -temperature]) * 0.3)
            gains /= gains @ [red, green, blue]  # grey keeps its luma
            return (rgb * gains).astype(np.float32)

        untouched = (0.0, 0.0) if (neutral == 1).all() else None
        return through_table(colors, clip, 1.0, (self.temperature, self.tint), untouched)


def cast_of(clip: ClipContext) -> NDArray[np.float64]:
    """Return the gains of red, green and blue, (3,), that make grey what is nearly grey in a clip.

    Grey world of robust parts: very dark and very bright pixels are left out, then, in turns, the most coloured half.
    Source: Huo et al., "Robust Automatic White Balance Algorithm using Gray Color Points in Images", 2006.
    """
    pixels = colors_of(clip)
    light = pixels.mean(axis=1)
    pixels = pixels[(light > 0.08) & (pixels.max(axis=1) < 0.96)]
    gains = np.ones(3)
    if len(pixels) < 100:
        return gains
    for _ in range(8):
        balanced = pixels * gains
        spread = (balanced.max(axis=1) - balanced.min(axis=1)) / balanced.mean(axis=1)
        nearest = balanced[spread <= np.median(spread)]
        means = np.median(nearest, axis=0)
        gains *= means[1] / means
    return np.clip(gains, 0.6, 1.67)


def colors_of(clip: ClipContext, pictures: int = 24) -> Colors:
    """Return some colours of pictures all over a clip, (N, 3) in [0, 1]."""
    every = max(int(clip.duration * clip.rate) // pictures, 1)
    found = [
        to_rgb(picture, clip.color)[::4, ::4].reshape(-1, 3)
        for index, (picture, _) in enumerate(clip.read())
        if index % every == 0
    ]
    if not found:
        return np.zeros((0, 3), np.float32)
    return np.concatenate(found[: 4 * pictures]).astype(np.float32) / np.float32(255)


class Grade(Config):
    """Lift, gamma and gain of red, green and blue, with contrast and saturation before."""

    effect: Literal["grade"] = "grade"
    lift: Triple = (0.0, 0.0, 0.0)
    """Added to black."""
    gamma: Triple = (1.0, 1.0, 1.0)
    """Above 1 is lighter in the middle."""
    gain: Triple = (1.0, 1.0, 1.0)
    """Factor of white."""
    contrast: Annotated[float, Setting(ge=0, le=4)] = 1.0
    saturation: Annotated[float, Setting(ge=0, le=4)] = 1.0
    strength: Annotated[Curve, within(0, 1)] = 1.0

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        if self == Grade(strength=self.strength):
            return unchanged
        return through_table(lambda rgb: graded(rgb, self, clip.color), clip, self.strength)


def graded(rgb: Colors, grade: Grade, color: ColorName) -> Colors:
    """Return colours, (N, 3), after a grade of full strength."""
    red, blue = LUMA_WEIGHTS[color]
    grey = rgb @ np.array([red, 1 - red - blue, blue], np.float32)[:, None]
    result = grey + (rgb - grey) * np.float32(grade.saturation)
    result = (result - 0.5) * np.float32(grade.contrast) + 0.5
    lift, gain, gamma = (np.array(part, np.float32) for part in (grade.lift, grade.gain, grade.gamma))
    result = result * gain + lift * (1 - result)
    return np.where(gamma == 1, result, np.sign(result) * np.abs(result) ** (1 / gamma)).astype(np.float32)


class ColorTableFile(Config):
    """A look from a .cube file, for pictures as they are shown (not log)."""

    effect: Literal["lut"] = "lut"
    path: Path
    strength: Annotated[Curve, within(0, 1)] = 1.0

    def begin(self, clip: ClipContext) -> Change:
        """Return the change.

        Raises:
            MediaError: the file is missing or not a table.
        """
        return through_table(read_cube(self.path), clip, self.strength)


LookName = Literal["black-white", "noir", "sepia", "warm", "cool", "faded", "teal-orange", "bleach", "night", "vivid"]

LOOKS: dict[LookName, Grade] = {
    "black-white": Grade(saturation=0, contrast=1.1),
    "noir": Grade(saturation=0, contrast=1.5, gamma=(0.9, 0.9, 0.9)),
    "sepia": Grade(saturation=0, contrast=1.1, lift=(0.06, 0.03, 0.0), gain=(1.0, 0.9, 0.74), gamma=(1.05, 1.0, 0.92)),
    "warm": Grade(gain=(1.06, 1.0, 0.88), saturation=1.05),
    "cool": Grade(gain=(0.9, 0.99, 1.07), saturation=0.95),
    "faded": Grade(lift=(0.1, 0.1, 0.12), gain=(0.95, 0.94, 0.9), contrast=0.9, saturation=0.75),
    "teal-orange": Grade(lift=(-0.03, 0.015, 0.05), gain=(1.09, 1.0, 0.86), contrast=1.1, saturation=1.1),
    "bleach": Grade(saturation=0.4, contrast=1.35),
    "night": Grade(saturation=0.4, gain=(0.42, 0.5, 0.64), gamma=(0.85, 0.88, 0.94), contrast=1.1),
    "vivid": Grade(saturation=1.35, contrast=1.12),
}
"""Named looks are nothing but grades; write one out to change it."""


class Look(Config):
    """A named look."""

    effect: Literal["look"] = "look"
    name: LookName = "black-white"
    strength: Annotated[Curve, within(0, 1)] = 1.0

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        return LOOKS[self.name].model_copy(update={"strength": self.strength}).begin(clip)
