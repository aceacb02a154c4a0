"""The mark on every picture of an animated portrait: what is seen was never filmed.

It cannot be turned off. Whether a portrait is a photograph or a painting is not guessed: a guess that fails would leave
a real person's face unmarked.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from frameloom.media.image import from_rgb, mix_planes_by
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
METADATA = {
    "description": "Animated portrait: a still picture moved by software to a sound; not a recording of a person.",
}
"""What the file says of itself."""
_SIZE = 0.032
_OPACITY = 0.85


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
    """Return the mark for pictures of a size, in a language."""
    side = min(width, height)
    style = TextStyle(size=max(_SIZE, min(11 / side, 1)), weight=500, outline=0.09, outline_color="#00000090")
    text = draw_text(WORDS[language], style, side, max_width=0.9 * width)
    tall, wide = (min(size + size % 2, limit) for size, limit in zip(text.shape[:2], (height, width), strict=True))
    rgba = np.zeros((tall, wide, 4), np.uint8)
    part = text[:tall, :wide]
    rgba[: part.shape[0], : part.shape[1]] = part
    margin = 2 * round(0.012 * side)
    left = min(margin, (width - wide) // 2 * 2)
    top = max(height - tall - margin, 0) // 2 * 2
    cover = rgba[..., 3].astype(np.float32) * np.float32(_OPACITY / 255)
    return Mark(from_rgb(np.ascontiguousarray(rgba[..., :3])), cover, left, top)
