"""Clips that a model made, as pictures: a grid that plays, and a file of it.

(B, T, C, H, W) in [-1, 1] --grid--> (T, H, W, 3) uint8 --save--> grid.mp4 | .gif | .webp | frames/
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from frameloom.core.errors import DataError
from frameloom.data.batch import to_uint8
from frameloom.media.files.video import Written, write_clip

Pixels = NDArray[np.uint8]

GROUND = 48
"""Grey of gaps and captions' ground: digits stand on black, so the edges of a clip stay visible."""
INK = 225
_EASY_TO_SEE_PX = 480
"""A video narrower than this is enlarged when no scale is asked for."""


def grid(
    video: Tensor,
    columns: int | None = None,
    gap: int = 2,
    *,
    scale: int = 1,
    captions: Sequence[str] = (),
) -> Pixels:
    """Return clips side by side, (T, H, W, 3), with each pixel drawn as a square of scale px.

    Args:
        video: (B, T, C, H, W) in [-1, 1] with 1 or 3 channels.
        columns: how many in a row; as square a grid as can be if None.
        gap: px of the clip's size between clips and around them.
        scale: factor of enlargement.
        captions: a line under each clip, cut where it is too long.

    Raises:
        DataError: the video has another form, or as many captions as clips are not given.
    """
    clips = _frames(video)
    count, length, height, width = clips.shape[:4]
    if captions and len(captions) != count:
        raise DataError(f"{len(captions)} captions for {count} clips; give one for each")
    if (columns is not None and columns < 1) or gap < 0 or scale < 1:
        raise DataError(f"columns {columns}, gap {gap}, scale {scale}; give at least 1 column, gap 0 and scale 1")
    across = min(columns or math.ceil(math.sqrt(count)), count)
    down = math.ceil(count / across)
    gap, height, width = gap * scale, height * scale, width * scale
    font_size = max(10, min(width // 9, 18))
    font = ImageFont.load_default(size=font_size)
    text_height = font_size * 3 // 2 if captions else 0
    pitch = height + text_height + gap
    sheet = np.full((length, gap + down * pitch, gap + across * (width + gap), 3), GROUND, np.uint8)
    for index in range(count):
        top, left = gap + index // across * pitch, gap + index % across * (width + gap)
        sheet[:, top : top + height, left : left + width] = clips[index].repeat(scale, axis=1).repeat(scale, axis=2)
        if captions:
            strip = _caption(captions[index], width, text_height, font)
            sheet[:, top + height : top + height + text_height, left : left + width] = strip
    return sheet


def save(
    video: Tensor,
    path: Path | str,
    rate: Fraction | int = 10,
    *,
    columns: int | None = None,
    scale: int | None = None,
    captions: Sequence[str] = (),
    made_by: str = "",
) -> Written:
    """Write clips as one grid in the format that the path's suffix names.

    Args:
        video: (B, T, C, H, W) in [-1, 1] with 1 or 3 channels.
        path: .mp4, .webm, .gif, .webp, or a folder of PNG.
        rate: frames per second.
        columns: how many in a row; as square a grid as can be if None.
        scale: factor of enlargement; if None, a folder keeps each pixel and a small video becomes easy to see.
        captions: a line under each clip.
        made_by: how the clips were made; stands as a comment in the file.

    Raises:
        DataError: as grid.
        MediaError: as write_clip.
        OutputError: the place cannot be written.
    """
    if scale is None:
        width = grid(video[:, :1], columns).shape[2]
        scale = 1 if not Path(path).suffix else max(1, math.ceil(_EASY_TO_SEE_PX / width))
    return write_clip(path, grid(video, columns, scale=scale, captions=captions), rate, made_by=made_by)


def _frames(video: Tensor) -> Pixels:
    """Return clips as pixels, (B, T, H, W, 3)."""
    if video.ndim != 5 or video.shape[2] not in (1, 3) or 0 in video.shape:
        raise DataError(f"video is {tuple(video.shape)}; give (B, T, C, H, W) with 1 or 3 channels")
    pixels = to_uint8(video.detach().cpu()).permute(0, 1, 3, 4, 2).numpy()
    return np.broadcast_to(pixels, (*pixels.shape[:4], 3))


def _caption(text: str, width: int, height: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> Pixels:
    """Return a line of text, (height, width, 3), cut with dots where it is too long."""
    shown = text
    while shown and font.getlength(shown) > width:
        shown = shown.removesuffix("…")[:-1].rstrip()
        shown = f"{shown}…" if shown else ""
    strip = Image.new("RGB", (width, height), (GROUND, GROUND, GROUND))
    ImageDraw.Draw(strip).text((0, height / 2), shown, fill=(INK, INK, INK), font=font, anchor="lm")
    return np.asarray(strip)
