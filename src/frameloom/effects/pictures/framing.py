"""What surrounds a picture in a picture: a border, round corners, a shadow behind it. Cached: only alpha may move."""

from fractions import Fraction
from typing import Annotated, Literal

import numpy as np
from pydantic import Field as Setting

from frameloom.core.config import Config
from frameloom.effects.pictures.base import IS_COLOR, Change, ClipContext, Field, flat, for_size, unchanged
from frameloom.effects.pictures.color import Strength
from frameloom.effects.pictures.keying import with_alpha
from frameloom.effects.pictures.motion import view
from frameloom.media.colors import parse_color
from frameloom.media.image import Matrix, blur, look_up, mix_planes_by, scaled, stretch, warp_planes
from frameloom.media.planes import Depth, Plane, Planes, plain

Length = Annotated[float, Setting(ge=0, le=0.5)]
"""A share of the picture's height."""


def rounded(width: int, height: int, radius_px: float, inset_px: float = 0.0) -> Field:
    """Return how much of each pixel lies in the frame's box with round corners, (H, W) in [0, 1].

    Source: Inigo Quilez, "2D distance functions", the signed distance of a rounded box.
    """
    half_width, half_height = width / 2 - inset_px, height / 2 - inset_px
    radius = min(max(radius_px - inset_px, 0.0), half_width, half_height)
    x = np.abs(np.arange(width, dtype=np.float32) + np.float32(0.5 - width / 2))[None, :] - np.float32(
        half_width - radius
    )
    y = np.abs(np.arange(height, dtype=np.float32) + np.float32(0.5 - height / 2))[:, None] - np.float32(
        half_height - radius
    )
    distance = np.hypot(np.maximum(x, 0), np.maximum(y, 0)) + np.minimum(np.maximum(x, y), 0) - np.float32(radius)
    share: Field = np.clip(0.5 - distance, 0, 1).astype(np.float32)
    return share


class RoundCorners(Config):
    """Clears the corners."""

    effect: Literal["round-corners"] = "round-corners"
    radius: Length = 0.06

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        if not self.radius:
            return unchanged
        kept = for_size(lambda width, height: rounded(width, height, self.radius * height))

        def change(picture: Planes, time: Fraction) -> Planes:
            return Planes(picture.y, picture.u, picture.v, with_alpha(picture, kept(picture)))

        return change


class Border(Config):
    """A line of one colour along the inside of the frame."""

    effect: Literal["border"] = "border"
    width: Length = 0.01
    color: Annotated[str, IS_COLOR] = "white"
    radius: Length = 0.0
    """Of its corners; what lies outside of them is cleared."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        if not self.width and not self.radius:
            return unchanged
        rgb = parse_color(self.color)[:3]

        def parts_of(width: int, height: int) -> tuple[Planes, Field, Field]:
            line = plain(width, height, rgb, clip.depth, clip.color)
            inside = rounded(width, height, self.radius * height, self.width * height)
            return line, 1 - inside, rounded(width, height, self.radius * height)

        parts = for_size(parts_of)

        def change(picture: Planes, time: Fraction) -> Planes:
            line, outside, kept = parts(picture)
            framed = mix_planes_by(picture, line, outside)
            if not self.radius:
                return framed
            return Planes(framed.y, framed.u, framed.v, with_alpha(framed, kept))

        return change


class Shadow(Config):
    """A shadow behind what alpha shows; the picture is made a little smaller to give it room."""

    effect: Literal["shadow"] = "shadow"
    strength: Strength = 0.6
    blur: Length = 0.02
    """Standard deviation of its edge."""
    offset: Annotated[float, Setting(ge=0, le=0.5)] = 0.015
    """How far it falls."""
    angle: Annotated[float, Setting(ge=-360, le=360)] = 60.0
    """Where it falls, in degrees clockwise from to the right."""
    color: Annotated[str, IS_COLOR] = "black"
    inset: Annotated[float, Setting(ge=0, le=0.4)] = 0.05
    """Room that is made on each side."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change."""
        if not self.strength and not self.inset:
            return unchanged
        rgb = parse_color(self.color)[:3]

        def parts(alpha: Plane | None, width: int, height: int) -> tuple[Planes, Field, Plane]:
            """Return a picture of the shadow's colour, the picture's share in the colour, and alpha of both."""
            shade = plain(width, height, rgb, clip.depth, clip.color)
            opaque = flat(width, height, 255 if clip.depth == 8 else 1023, clip.depth)
            own = Planes(shade.y, shade.u, shade.v, opaque if alpha is None else alpha)
            placed = warp_planes(own, self._smaller(width, height)).alpha
            front = self._share(opaque if placed is None else placed, clip.depth)
            total = front + self._fallen(front) * (1 - front)
            seen = front / np.maximum(total, np.float32(1e-6))
            return shade, seen.astype(np.float32), scaled(opaque, total.astype(np.float32))

        still = for_size(lambda width, height: parts(None, width, height))

        def change(picture: Planes, time: Fraction) -> Planes:
            width, height = picture.width, picture.height
            shade, seen, alpha = still(picture) if picture.alpha is None else parts(picture.alpha, width, height)
            placed = warp_planes(picture.opaque, self._smaller(width, height), "repeat") if self.inset else picture
            mixed = mix_planes_by(shade, placed, seen)
            return Planes(mixed.y, mixed.u, mixed.v, alpha)

        return change

    def _smaller(self, width: int, height: int) -> Matrix:
        return view(width, height, 0.5, 0.5, 1 - 2 * self.inset)

    def _share(self, alpha: Plane, depth: Depth) -> Field:
        """Return alpha as shares, (H, W) in [0, 1]."""
        levels = np.arange(256 if depth == 8 else 1024, dtype=np.float32)
        return look_up(alpha, levels / levels[-1])

    def _fallen(self, front: Field) -> Field:
        """Return the shadow of a matte, (H, W) in [0, 1]; what it throws out of the frame is lost."""
        height, width = front.shape
        across, down = (self.offset * height * turn(np.radians(self.angle)) for turn in (np.cos, np.sin))
        room = height // 2 // 2 * 2  # even, so that halves of it are whole
        wide = np.pad(front, room)
        soft = wide
        if self.blur:
            small = stretch(wide, wide.shape[1] // 2, wide.shape[0] // 2, "area")
            soft = stretch(blur(small, self.blur * height / 2), wide.shape[1], wide.shape[0])
        top, left = room - round(down), room - round(across)
        return np.clip(soft[top : top + height, left : left + width], 0, 1) * np.float32(self.strength)
