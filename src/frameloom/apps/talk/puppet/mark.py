"""The mark on every picture of an animated portrait: what is seen was never filmed.

It cannot be turned off. Whether a portrait is a photograph or a painting is not guessed: a guess that fails would leave
a real person's face unmarked.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from frameloom.media.image import fill_polygon, from_rgb, mix_planes_by
from frameloom.media.planes import Planes
from frameloom.media.text import TextStyle, draw_text

Language = Literal["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "tr", "ar", "hi", "ja", "ko", "zh"]

WORDS: dict[Language, str] = {
    "en": "animated portrait",
    "de": "animiertes Porträt",
    "fr": "portrait animé",
    "es": "retrato animado",
    "it": "ritratto animato",
    "pt": "retrato animado",
    "nl": "geanimeerd portret",
    "pl": "animowany portret",
    "ru": "анимированный портрет",
    "uk": "анімований портрет",
    "tr": "canlandırılmış portre",  # noqa: RUF001
    "ar": "صورة متحركة بالحاسوب",
    "hi": "एनिमेटेड चित्र",
    "ja": "静止画を動かした映像です",
    "ko": "정지 사진을 움직인 영상",
    "zh": "由静态肖像生成的动画",
}
NOTE = "Animated portrait: a still picture moved by software to a sound; not a recording of a person."
"""What the file says of itself, in description and comment: .mov keeps the comment only."""
_SIZE = 0.03
"""Of the letters, as a share of the picture's shorter side; never below 11 px."""
_RIM, _PLATE = 0.35, 0.45
"""Of the plate about the letters, in their size, and how dark it is."""


@dataclass(frozen=True, eq=False)
class Mark:
    """A label in the lower left corner."""

    planes: Planes
    cover: NDArray[np.float32]
    """(h, w), from 0 to 1."""
    left: int
    top: int

    def on(self, picture: Planes) -> Planes:
        """Return a picture with the mark."""
        height, width = self.cover.shape
        rows, columns = slice(self.top, self.top + height), slice(self.left, self.left + width)
        half_rows = slice(self.top // 2, (self.top + height) // 2)
        half_columns = slice(self.left // 2, (self.left + width) // 2)
        under = Planes(
            picture.y[rows, columns].copy(),
            picture.u[half_rows, half_columns].copy(),
            picture.v[half_rows, half_columns].copy(),
        )
        marked = mix_planes_by(under, self.planes, self.cover)
        y, u, v = picture.y.copy(), picture.u.copy(), picture.v.copy()
        y[rows, columns], u[half_rows, half_columns], v[half_rows, half_columns] = marked.y, marked.u, marked.v
        return Planes(y, u, v)


def mark_for(width: int, height: int, language: Language) -> Mark:
    """Return the mark for pictures of a size, in a language: white letters on a plate of smoked glass.

    Raises:
        MediaError: a font cannot be read.
    """
    side = min(width, height)
    style = TextStyle(size=max(_SIZE, min(11 / side, 1)), weight=500)
    text = draw_text(WORDS[language], style, side, max_width=0.9 * width)[..., 3]
    rim = round(_RIM * style.size * side)
    tall, wide = (
        min(size + 2 * rim + size % 2, limit) for size, limit in zip(text.shape, (height, width), strict=True)
    )
    letters = np.zeros((tall, wide), np.float32)
    above, before = (max(room - size, 0) // 2 for room, size in zip((tall, wide), text.shape, strict=True))
    part = text[:tall, :wide].astype(np.float32) / 255
    letters[above : above + part.shape[0], before : before + part.shape[1]] = part
    plate = fill_polygon(_rounded(wide, tall, 1.5 * rim), wide, tall) * np.float32(_PLATE)
    cover = letters + (1 - letters) * plate
    light = np.rint(255 * letters / np.maximum(cover, 1e-6)).astype(np.uint8)
    margin = 2 * round(0.012 * side)
    left = min(margin, (width - wide) // 2 * 2)
    top = max(height - tall - margin, 0) // 2 * 2
    return Mark(from_rgb(np.repeat(light[..., None], 3, axis=2)), cover, left, top)


def _rounded(width: int, height: int, radius: float) -> NDArray[np.float64]:
    """Return the corners of a box whose corners are round, (N, 2) in px."""
    turn = np.linspace(0, 2 * np.pi, 32, endpoint=False) + np.pi / 32
    around = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    half = np.array([width - 1, height - 1]) / 2
    radius = min(radius, *half)
    corners: NDArray[np.float64] = half + np.sign(around) * (half - radius) + radius * around
    return corners
