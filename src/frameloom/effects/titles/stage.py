"""What the designs of titles share: the picture they stand in, letters in a theme's looks, plates, and typing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from PIL import Image, ImageDraw

from frameloom.effects.titles.motion import At, Box, Part, Pose, Scene, play
from frameloom.effects.titles.settings import TitleSettings
from frameloom.media.colors import parse_color
from frameloom.media.planes import ColorName, Depth
from frameloom.media.text import Align, Rgba, TextBlock, TextStyle, draw_block
from frameloom.media.text.bidi import Direction

SAFE = 0.05
"""Share of each side that is left free (SMPTE ST 2046-1: title-safe is nine tenths)."""

_FINER = 4
"""Times as fine as the picture that round corners are drawn."""


@dataclass(frozen=True)
class Stage:
    """The picture that a title is made for, and how long it is shown."""

    width: int
    height: int
    duration: Fraction
    depth: Depth
    color: ColorName
    area: Box | None = None
    """What may be filled, in px; None for the title-safe area."""

    @property
    def side(self) -> int:
        """Return the shorter side in px, which sizes are shares of."""
        return min(self.width, self.height)

    @property
    def is_upright(self) -> bool:
        """Return whether the picture is a telephone's: higher than wide."""
        return self.height > self.width

    @property
    def safe(self) -> Box:
        """Return what may be filled: the title-safe area, unless another was given."""
        if self.area is not None:
            return self.area
        x, y = round(self.width * SAFE), round(self.height * SAFE)
        return x, y, self.width - x, self.height - y

    def foot(self, wide: float, upright: float) -> int:
        """Return the row on which stands what is low: so much of the height above the title-safe area's last.

        In an area that was given it is the last row itself: whoever gives one knows what lies below it.
        """
        if self.area is not None:
            return self.area[3]
        return self.safe[3] - round(self.height * (upright if self.is_upright else wide))

    def play(self, scene_at: Callable[[Fraction], Scene]) -> At:
        """Return what the scenes show on this stage."""
        return play(scene_at, self.width, self.height, self.depth, self.color)


def style_of(
    title: TitleSettings, size: float, weight: int, color: str, align: Align = "left", on_picture: bool = False
) -> TextStyle:
    """Return letters in a title's theme; those that stand on the picture itself have border and shadow."""
    look = title.look
    return TextStyle(
        font=look.font,
        size=min(1.0, size * title.scale),
        weight=weight,
        color=color,
        align=align,
        language=title.language,
        outline=look.outline if on_picture else 0,
        shadow=look.shadow if on_picture else 0,
        line_spacing=0.92,
    )


def plate(width: int, height: int, color: str, radius: int = 0) -> Rgba:
    """Return a rectangle of one colour, (height, width, 4), with round corners if asked for."""
    red, green, blue, alpha = parse_color(color)
    width, height = max(1, width), max(1, height)
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[:] = (red, green, blue, alpha)
    if radius > 0:
        corner = Image.new("L", (radius * _FINER, radius * _FINER))
        ImageDraw.Draw(corner).ellipse((0, 0, 2 * radius * _FINER - 1, 2 * radius * _FINER - 1), fill=alpha)
        shape = np.asarray(corner.resize((radius, radius), Image.Resampling.BOX))[: height // 2, : width // 2]
        high, wide = shape.shape
        pixels[:high, :wide, 3], pixels[:high, width - wide :, 3] = shape, shape[:, ::-1]
        pixels[height - high :, :wide, 3], pixels[height - high :, width - wide :, 3] = shape[::-1], shape[::-1, ::-1]
    return pixels


def text_part(block: TextBlock, left: int, top: int, shown: int | None = None) -> Part:
    """Return a text, its box at a place, perhaps only its first characters."""
    drawn = draw_block(block, shown)
    return Part(drawn.pixels, left + drawn.left, top + drawn.top)


def lay(canvas: Image.Image, part: Part, dx: int = 0, dy: int = 0) -> None:
    """Draw a part over a canvas, moved; what lies outside is cut off."""
    x, y = part.left + dx, part.top + dy
    high, wide = part.pixels.shape[:2]
    if -wide < x < canvas.width and -high < y < canvas.height:
        canvas.alpha_composite(Image.fromarray(part.pixels), (max(x, 0), max(y, 0)), (max(-x, 0), max(-y, 0)))


def joined(parts: Sequence[Part]) -> Part:
    """Return parts as one, each over the one before."""
    left, top = min(part.left for part in parts), min(part.top for part in parts)
    right, bottom = max(part.box[2] for part in parts), max(part.box[3] for part in parts)
    canvas = Image.new("RGBA", (right - left, bottom - top))
    for part in parts:
        lay(canvas, part, -left, -top)
    return Part(np.asarray(canvas), left, top)


class Typing:
    """Texts that appear character by character; each state is drawn once."""

    def __init__(self, blocks: Sequence[tuple[TextBlock, int, int]]) -> None:
        self._blocks = blocks
        self._lengths = [block.lines[-1].end for block, _, _ in blocks]
        self._last: tuple[int, tuple[Pose, ...]] = (0, ())

    def poses(self, progress: float) -> tuple[Pose, ...]:
        """Return the texts as far as they are typed."""
        count = round(sum(self._lengths) * progress)
        if count != self._last[0]:
            poses, left = [], count
            for (block, x, y), length in zip(self._blocks, self._lengths, strict=True):
                if left > 0:
                    poses.append(Pose(text_part(block, x, y, left)))
                left -= length
            self._last = count, tuple(poses)
        return self._last[1]


def indent(inner: int, outer: int, align: Align) -> int:
    """Return how far from the left something stands in something wider."""
    return {"left": 0, "right": outer - inner}.get(align, (outer - inner) // 2)


def side_of(direction: Direction) -> Align:
    """Return where reading begins."""
    return "left" if direction == "ltr" else "right"


def even(value: int) -> int:
    """Return the next even number."""
    return value + value % 2
