"""Moving the picture within its frame: mirror, zoom and pan with curves, from box to box (Ken Burns), and shaking.

place in the result --matrix--> place in the source; the frame keeps its size
"""

import math
from fractions import Fraction
from typing import Annotated, Literal, cast

import numpy as np
from pydantic import Field as Setting

from frameloom.core.config import Config
from frameloom.effects.curve import Curve
from frameloom.effects.easing import EasingName, ease
from frameloom.effects.pictures.base import Change, ClipContext, is_still, stays, unchanged, values_at, within
from frameloom.effects.pictures.color import Strength
from frameloom.effects.pictures.regions import Box
from frameloom.media.image import Edge, Matrix, warp_planes
from frameloom.media.planes import Plane, Planes


def view(width: int, height: int, x: float, y: float, zoom: float, degrees: float = 0.0) -> Matrix:
    """Return the matrix that brings a place to the middle of the frame, larger by zoom, turned clockwise.

    Args:
        width: of the frame in px.
        height: of the frame in px.
        x: share of the width at which the place lies.
        y: share of the height.
        zoom: 2 shows half as much each way.
        degrees: turn of the picture.
    """
    cosine, sine = math.cos(math.radians(degrees)) / zoom, math.sin(math.radians(degrees)) / zoom
    turn = np.array([[cosine, sine], [-sine, cosine]])
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    goal = np.array([x * width - 0.5, y * height - 0.5])
    return np.concatenate([turn, (goal - turn @ middle)[:, None]], axis=1)


class Mirror(Config):
    """Left for right, top for bottom, or both."""

    effect: Literal["mirror"] = "mirror"
    axis: Literal["horizontal", "vertical", "both"] = "horizontal"

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        rows = slice(None, None, 1 if self.axis == "horizontal" else -1)
        columns = slice(None, None, 1 if self.axis == "vertical" else -1)

        def change(picture: Planes, time: Fraction) -> Planes:
            def turned(plane: Plane) -> Plane:
                return cast(Plane, np.ascontiguousarray(plane[rows, columns]))

            alpha = None if picture.alpha is None else turned(picture.alpha)
            return Planes(turned(picture.y), turned(picture.u), turned(picture.v), alpha)

        return change


class Zoom(Config):
    """Zoom, pan and turn."""

    effect: Literal["zoom"] = "zoom"
    zoom: Annotated[Curve, within(0.05, 50)] = 1.0
    x: Annotated[Curve, within(-2, 3)] = 0.5
    """What is in the middle of the frame, as a share of the width."""
    y: Annotated[Curve, within(-2, 3)] = 0.5
    """What is in the middle of the frame, as a share of the height."""
    angle: Annotated[Curve, within(-36000, 36000)] = 0.0
    """Degrees, clockwise."""
    edge: Edge = "black"
    smoothing: Literal["linear", "cubic"] = "linear"

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        curves = (self.x, self.y, self.zoom, self.angle)
        neutral = (0.5, 0.5, 1.0, 0.0)
        if is_still(*curves) and values_at(Fraction(0), *curves) == neutral:
            return unchanged

        def change(picture: Planes, time: Fraction) -> Planes:
            values = values_at(time, *curves)
            if values == neutral:
                return picture
            return warp_planes(picture, view(picture.width, picture.height, *values), self.edge, self.smoothing)

        return change


class KenBurns(Config):
    """A slow move from one part of the picture to another, over the whole clip."""

    effect: Literal["ken-burns"] = "ken-burns"
    start: Box = Box()
    end: Box = Box(left=0.1, top=0.1, width=0.8, height=0.8)
    """Parts that fill the frame at begin and end; of another form than the frame's, with as much more as it takes."""
    easing: EasingName = "sine"
    smoothing: Literal["linear", "cubic"] = "cubic"

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        if self.start == self.end == Box():
            return unchanged
        first, last = (1 / max(box.width, box.height) for box in (self.start, self.end))

        def change(picture: Planes, time: Fraction) -> Planes:
            share = ease(self.easing, float(time / clip.duration) if clip.duration else 0.0)
            zoom = first * (last / first) ** share  # equal factors in equal times look even
            # The place that stays where it is lies on the line through both middles: width grows as 1 / zoom.
            part = share if first == last else (1 / zoom - 1 / first) / (1 / last - 1 / first)
            x, y = (a + (b - a) * part for a, b in zip(self.start.center, self.end.center, strict=True))
            if (x, y, zoom) == (0.5, 0.5, 1.0):
                return picture
            return warp_planes(picture, view(picture.width, picture.height, x, y, zoom), "mirror", self.smoothing)

        return change


class Shake(Config):
    """A camera held by hand: smooth chance, a little zoomed in so that no border shows."""

    effect: Literal["shake"] = "shake"
    amount: Annotated[Curve, within(0, 0.5)] = 0.01
    """Furthest move as a share of the height."""
    angle: Annotated[float, Setting(ge=0, le=45)] = 0.5
    """Furthest turn in degrees, at an amount of 0.01."""
    speed: Annotated[float, Setting(gt=0, le=30)] = 2.0
    """Moves a second."""
    hide_border: Strength = 1.0
    """1 zooms in as far as needed; 0 shows the picture's border going on."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        if stays(self.amount, 0):
            return unchanged
        dice = np.random.default_rng([clip.seed & 0xFFFFFFFF, 7])
        waves = self.speed * 2 * math.pi * np.array([0.47, 0.83, 1.31]) * dice.uniform(0.85, 1.15, (3, 3))
        phases = dice.uniform(0, 2 * math.pi, (3, 3))
        shares = np.array([0.5, 0.3, 0.2])
        wide = clip.height / clip.width

        def change(picture: Planes, time: Fraction) -> Planes:
            (amount,) = values_at(time, self.amount)
            if not amount:
                return picture
            across, down, turn = np.sin(waves * float(time) + phases) @ shares
            most = math.radians(self.angle * amount / 0.01)
            room = 1 + self.hide_border * (2 * amount + math.sin(most) / wide)
            matrix = view(
                picture.width,
                picture.height,
                0.5 + amount * wide * across,
                0.5 + amount * down,
                room,
                math.degrees(most) * turn,
            )
            return warp_planes(picture, matrix, "repeat")

        return change
