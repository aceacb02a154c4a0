"""Colours by name or number, as people write them, and what they are in wide and bright colour spaces.

Sources: CSS Color Module 4 (names); IEC 61966-2-1 (sRGB); ITU-R BT.2087 (primaries of BT.709 in BT.2020), BT.2100
(HLG and PQ), BT.2408 (graphics white: 203 cd/m2, which is 75 % of HLG and 58 % of PQ).
"""

import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor

from frameloom.core.errors import ConfigError
from frameloom.media.planes import ColorName

Rgba8 = tuple[int, int, int, int]
"""Red, green, blue and alpha, 0 to 255; alpha is straight."""

_TO_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]], np.float32)
_GRAPHICS_WHITE = 203.0
"""In cd/m2."""
_SRGB = np.arange(256) / 255
_LINEAR = np.where(_SRGB <= 0.04045, _SRGB / 12.92, ((_SRGB + 0.055) / 1.055) ** 2.4).astype(np.float32)


def parse_color(text: str) -> Rgba8:
    """Return a colour written as a CSS name, #rgb, #rrggbb, #rrggbbaa, rgb(...), hsl(...) or "transparent".

    >>> parse_color("tomato"), parse_color("#ff000080")
    ((255, 99, 71, 255), (255, 0, 0, 128))

    Raises:
        ConfigError: it is none of these.
    """
    name = text.strip().lower()
    if name == "transparent":
        return (0, 0, 0, 0)
    try:
        parts = ImageColor.getrgb(name)
    except ValueError as error:
        raise ConfigError(
            f"unknown colour {text[:40]!r}; give a CSS name such as 'tomato', or #rrggbb or #rrggbbaa"
        ) from error
    red, green, blue, alpha = (min(max(part, 0), 255) for part in (*parts[:3], parts[3] if len(parts) == 4 else 255))
    return red, green, blue, alpha


def graphics_rgb(rgb: NDArray[np.uint8], color: ColorName) -> NDArray[np.uint8]:
    """Return sRGB graphics, (..., 3), as R'G'B' of a colour space, so that they look the same on its screens.

    White stays at graphics white in HLG and PQ, where the brightest code would glare.

    >>> graphics_rgb(np.full((1, 3), 255, np.uint8), "hlg")[0].tolist()  # 0.75 of 255
    [191, 191, 191]
    """
    if color in {"bt601", "bt709"}:
        return rgb
    linear = np.clip(_LINEAR[rgb] @ _TO_2020.T, 0, 1)
    if color == "hlg":
        scene = (linear * np.float32(_GRAPHICS_WHITE / 1000)) ** np.float32(1 / 1.2)
        low = np.sqrt(3 * scene)
        high = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-6)) + 0.55991073
        signal = np.where(scene <= 1 / 12, low, high)
    elif color == "pq":
        power = (linear * np.float32(_GRAPHICS_WHITE / 10_000)) ** np.float32(0.1593017578125)
        signal = ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** np.float32(78.84375)
    else:
        signal = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** np.float32(1 / 2.4) - 0.055)
    return np.asarray(np.rint(np.clip(signal, 0, 1) * 255), np.uint8)
