"""Two pictures to try things on: one landscape by day and by night, drawn from formulas, with a large letter each.

sky, sun or moon and stars, three ranges of hills that fade with distance, a lake that mirrors it all
"""

import numpy as np
from numpy.typing import NDArray

from frameloom.media.image import Rgb, from_rgb
from frameloom.media.planes import Planes
from frameloom.media.text import TextStyle, draw_text

Color = tuple[int, int, int]
Field = NDArray[np.float64]

_SHORE = 0.74
"""Where the lake begins, as a share of the height."""
_STARS = 260


def day(width: int, height: int) -> Planes:
    """Return the landscape under a warm sky, with an A; sides are even, in px."""
    hills: tuple[Color, ...] = ((236, 150, 110), (168, 92, 104), (74, 48, 82))
    picture = _landscape(width, height, ((72, 150, 214), (255, 214, 150)), hills, (0.7, 0.42), (255, 246, 214))
    return _lettered(picture, "A")


def night(width: int, height: int) -> Planes:
    """Return the landscape under stars, with a B; sides are even, in px."""
    hills: tuple[Color, ...] = ((44, 84, 124), (24, 52, 88), (8, 22, 46))
    picture = _landscape(width, height, ((8, 12, 40), (38, 104, 132)), hills, (0.27, 0.24), (214, 232, 255), stars=True)
    return _lettered(picture, "B")


def _landscape(
    width: int,
    height: int,
    sky: tuple[Color, Color],
    hills: tuple[Color, ...],
    light_at: tuple[float, float],
    light: Color,
    stars: bool = False,
) -> Field:
    """Return red, green and blue, 0 to 255, (H, W, 3)."""
    shore = round(height * _SHORE)
    x, y = (np.arange(width) + 0.5) / height, ((np.arange(shore) + 0.5) / height)[:, None]
    picture = _between(np.array(sky[0]), np.array(sky[1]), np.broadcast_to((y / _SHORE) ** 1.3, (shore, width)))
    if stars:
        picture += _starlight(width, shore)[..., None]
    far = np.hypot(x - light_at[0] * width / height, y - light_at[1])
    picture = _between(picture, np.array(light), 0.55 * np.exp(-far / 0.16))
    picture = _between(picture, np.array(light), np.clip((0.075 - far) * height + 0.5, 0, 1))
    for number, color in enumerate(hills):
        top = _ridge(x, number)
        mist = np.clip((y - top) / 0.3, 0, 1) * 0.35
        shade = _between(np.array(color), np.array(sky[1]), mist)
        picture = _between(picture, shade, np.clip((y - top) * height + 0.5, 0, 1))
    return np.concatenate([picture, _mirrored(picture, height - shore, np.array(hills[-1]))])


def _between(one: Field, other: Field, share: Field) -> Field:
    return one + (other - one) * share[..., None]


def _ridge(x: Field, number: int) -> Field:
    """Return the height of a range of hills at each place across, from the top; nearer ranges are lower and rounder."""
    base, rise = (0.5, 0.6, 0.7)[number], (0.09, 0.06, 0.04)[number]
    waves = ((2.1, 1.0), (4.7, 0.5), (9.3, 0.25), (21.0, 0.1), (47.0, 0.05))
    speeds, parts = (np.array(row)[:, None] for row in zip(*waves, strict=True))
    wave = (parts * np.sin(speeds * x * (1.6 - 0.3 * number) + 2.3 * number + speeds)).sum(axis=0)
    return np.asarray(base - rise * wave)


def _starlight(width: int, height: int) -> Field:
    dice = np.random.default_rng(7)
    light = np.zeros((height, width))
    rows, columns = (dice.random(_STARS) * 0.7 * height).astype(int), dice.integers(0, width, _STARS)
    np.add.at(light, (rows, columns), 220 * dice.random(_STARS) ** 2 + 20)
    return light


def _mirrored(picture: Field, rows: int, dark: Field) -> Field:
    """Return the lake: what stands above it upside down, broken by ripples that grow towards us."""
    depth = (np.arange(rows) + 0.5) / rows
    source = len(picture) - 1 - (np.arange(rows) * 1.5).astype(int)
    shift = np.rint(np.sin(90 * depth**0.6) * (1 + 5 * depth) * picture.shape[1] / 640).astype(int)
    columns = np.clip(np.arange(picture.shape[1]) + shift[:, None], 0, picture.shape[1] - 1)
    lake = picture[np.maximum(source, 0)[:, None], columns]
    return _between(lake, dark, np.broadcast_to((0.15 + 0.45 * depth)[:, None], lake.shape[:2]))


def _lettered(picture: Field, letter: str) -> Planes:
    """Return planes with a large letter in the middle."""
    pixels: Rgb = np.clip(picture + 0.5, 0, 255).astype(np.uint8)
    height, width = pixels.shape[:2]
    style = TextStyle(size=0.62, weight=700, color="#ffffffe0", shadow=0.02, shadow_color="#00000070", shadow_blur=0.06)
    drawn = draw_text(letter, style, height)[:height, :width]
    top, left = (height - drawn.shape[0]) // 2, (width - drawn.shape[1]) // 2
    area = pixels[top : top + drawn.shape[0], left : left + drawn.shape[1]]
    share = drawn[..., 3:] / 255
    area[:] = (drawn[..., :3] * share + area * (1 - share) + 0.5).astype(np.uint8)
    return from_rgb(pixels)
