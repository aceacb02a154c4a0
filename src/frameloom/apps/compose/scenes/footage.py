"""Pictures of the user's own, slowly moving, and a line of words over whatever fills the frame.

picture --cover or contain--> a little larger than the frame --window that moves (Ken Burns)--> planes
"""

from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from PIL import Image, ImageFilter
from pydantic import Field

from frameloom.apps.compose.scenes.board import Board, Motion, Overlaid
from frameloom.apps.compose.scenes.figures import backdrop, bar
from frameloom.apps.compose.scenes.focus import Cut, Place, cut_of
from frameloom.apps.compose.scenes.heading import Short, Text, add_text, pixels_of
from frameloom.apps.compose.scenes.layout import cue_times, height_of, unit, width_of
from frameloom.apps.compose.scenes.lettering import is_to_left, write
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.core.config import Config
from frameloom.effects.easing import ease
from frameloom.media.image import from_rgb, window
from frameloom.media.planes import Planes

Fit = Literal["cover", "contain"]
"""cover fills the frame and cuts what is over; contain shows all, over a blurred copy of it."""
Move = Literal["in", "out", "left", "right", "up", "down", "none"]
Share = Annotated[float, Field(ge=0, le=1)]

_ZOOM = 1.14
"""How much larger the picture is than the frame where it moves most."""


class Picture(Config):
    """A picture of your own, slowly moving."""

    kind: Literal["image"] = "image"
    path: Path
    fit: Fit = "cover"
    move: Move = "in"
    focus_x: Share | None = None
    """What must stay in sight, as a share of the picture's width, and zooming goes there; by default faces are found,
    or else what stands out."""
    focus_y: Share | None = None
    """The same as a share of its height."""
    caption: Text = ""
    """A line over the picture, on a panel."""
    credit: Short = ""
    """Whose picture it is, in small letters."""

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return (self.caption,) if self.caption else ()

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        pixels = pixels_of(self.path, stage, "image")
        zoom = 1.0 if self.move == "none" else _ZOOM
        size = (round(stage.width * zoom / 2) * 2, round(stage.height * zoom / 2) * 2)
        image = _on(pixels, stage.theme.background)
        cut = cut_of(np.asarray(image), stage.width / stage.height, self.focus_x, self.focus_y)
        rgb = _covering(image, size, cut) if self.fit == "cover" else _containing(image, size, cut)
        large, aim = from_rgb(np.asarray(rgb)), cut.aim if self.fit == "cover" else (0.5, 0.5)
        under = self._still(large) if self.move == "none" else self._moving(large, stage, aim)
        return with_words(under, stage, self.caption, self.credit)

    @staticmethod
    def _still(picture: Planes) -> Draw:
        return lambda time: picture

    def _moving(self, large: Planes, stage: Stage, aim: Place) -> Draw:
        wide, high = stage.width, stage.height
        spare = large.width - wide, large.height - high
        last: list[tuple[tuple[float, float, float], Planes]] = []

        def draw(time: Fraction) -> Planes:
            done = ease("sine", min(max(float(time / stage.duration), 0.0), 1.0)) if stage.duration else 0.0
            back = 1 - done
            if self.move in {"in", "out"}:
                near = done if self.move == "in" else back
                scale = _ZOOM - (_ZOOM - 1) * near
                x, y = (large.width - wide * scale) * aim[0], (large.height - high * scale) * aim[1]
            else:
                scale = 1.0
                x = spare[0] * {"left": back, "right": done}.get(self.move, 0.5)
                y = spare[1] * {"up": back, "down": done}.get(self.move, 0.5)
            view = (round(x, 3), round(y, 3), round(scale, 5))
            if not last or last[0][0] != view:
                last[:] = [(view, window(large, *view, wide, high))]
            return last[0][1]

        return draw


def _on(pixels: np.ndarray, ground: str) -> Image.Image:
    """Return a picture without transparency, over a colour."""
    image = Image.fromarray(pixels)
    if int(pixels[..., 3].min()) == 255:
        return image.convert("RGB")
    plain = Image.new("RGBA", image.size, ground)
    plain.alpha_composite(image)
    return plain.convert("RGB")


def _covering(image: Image.Image, size: tuple[int, int], cut: Cut) -> Image.Image:
    return image.resize(size, Image.Resampling.LANCZOS, (cut.left, cut.top, cut.right, cut.bottom))


def _containing(image: Image.Image, size: tuple[int, int], cut: Cut) -> Image.Image:
    """Return all of a picture over a blurred and darkened copy that fills the frame."""
    small = _covering(image, (max(size[0] // 8, 2), max(size[1] // 8, 2)), cut)
    soft = small.filter(ImageFilter.GaussianBlur(max(2, min(size) / 8 / 24))).resize(size, Image.Resampling.BICUBIC)
    filled = soft.point(lambda value: round(value * 0.55))
    room = (size[0] * 0.86, size[1] * 0.86)
    factor = min(room[0] / image.width, room[1] / image.height)
    inner = image.resize(
        (max(1, round(image.width * factor)), max(1, round(image.height * factor))), Image.Resampling.LANCZOS
    )
    filled.paste(inner, ((size[0] - inner.width) // 2, (size[1] - inner.height) // 2))
    return filled


def with_words(under: Draw, stage: Stage, caption: str, credit: str = "") -> Draw:
    """Return pictures with a line on a panel and a credit over them, all within the safe area."""
    if not caption.strip() and not credit.strip():
        return under
    theme, box = stage.theme, stage.safe
    board = Board(backdrop(stage))
    pad = unit(stage, 2)
    if caption.strip():
        block = write(
            stage,
            caption,
            "body",
            width_of(box) * (0.94 if stage.is_upright else 0.8) - 4 * pad,
            height_of(box) * 0.4,
            weight=700,
        )
        strip = unit(stage, 0.8)
        wide, high = block.width + 2 * pad + 3 * strip, block.height + 2 * pad
        flip = is_to_left(caption)
        left, top = (box[2] - wide if flip else box[0]), box[3] - high
        at = cue_times(stage, 1)[0]
        panel = (left, top, left + wide, box[3])
        board.add(bar(stage, panel, theme.surface, stage.side * theme.radius), Motion(at, "fade", 0.4))
        x = panel[2] - pad - strip if flip else left + pad
        side = (x, top + pad, x + strip, box[3] - pad)
        board.add(bar(stage, side, theme.accent, strip / 2), Motion(at, "sink", 0.5))
        add_text(board, stage, block, left + pad + (0 if flip else 3 * strip), top + pad, at + 0.1)
    if credit.strip():
        small = write(stage, credit, "small", width_of(box) * 0.6, unit(stage, 5), theme.muted, lines=1, scale=0.92)
        gap = unit(stage, 0.8)
        x = box[2] - small.width - gap
        around = (x - gap, box[1], box[2], box[1] + small.height + gap)
        board.add(bar(stage, around, theme.surface, stage.side * theme.radius * 0.5))
        add_text(board, stage, small, x, box[1] + gap / 2)
    return Overlaid(under, board.parts)
