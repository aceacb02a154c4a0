"""Clips as they travel in a page: one sheet of all frames, which a small script draws on a canvas frame by frame.

frames (T, H, W, C) --sheet--> one picture --png--> an address in the page
"""

import base64
import html
import math
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from frameloom.core.errors import MediaError
from frameloom.media.frames import Pixels

_SHEET_SIDE_PX = 8192
"""Browsers refuse pictures with a side much longer than this."""


@dataclass(frozen=True)
class Clip:
    """A clip to show: uint8 frames, (T, H, W, 1) or (T, H, W, 3)."""

    frames: Pixels
    caption: str = ""
    predicted: bool = False
    """Whether a model made the frames after those given; its border tells then which are which."""


def length_of(clips: Sequence[Clip]) -> int:
    """Return how many frames each of the clips has.

    Raises:
        MediaError: none, of a wrong form, or of several lengths.
    """
    for clip in clips:
        frames = clip.frames
        if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[3] not in (1, 3) or 0 in frames.shape:
            form = f"{frames.dtype} {frames.shape}"
            raise MediaError(f"clip {clip.caption!r} is {form}; give uint8 (T, H, W, 1) or (T, H, W, 3)")
    lengths = sorted({len(clip.frames) for clip in clips})
    if len(lengths) != 1:
        raise MediaError(f"clips that play together have {lengths or 'no'} frames; give clips of one length")
    return lengths[0]


def canvas(clip: Clip) -> str:
    """Return a canvas that carries the sheet of a clip."""
    height, width = clip.frames.shape[1:3]
    mark = ' class="predicted"' if clip.predicted else ""
    label = html.escape(clip.caption or "clip", quote=True)
    return (
        f'<canvas width="{width}" height="{height}"{mark} role="img" aria-label="{label}" '
        f'data-sheet="{data_uri(sheet(clip.frames))}"></canvas>'
    )


def sheet(frames: Pixels) -> Pixels:
    """Return all frames of a clip as one picture, (H, W, C), from left to right and top to bottom.

    One frame is as wide as the sheet where its height allows it: like rows then lie close, which packs best.
    """
    count, height, width, channels = frames.shape
    across = math.ceil(count / max(_SHEET_SIDE_PX // height, 1))
    down = math.ceil(count / across)
    padded = np.zeros((across * down, height, width, channels), np.uint8)
    padded[:count] = frames
    rows = padded.reshape(down, across, height, width, channels).swapaxes(1, 2)
    return rows.reshape(down * height, across * width, channels)


def data_uri(pixels: Pixels) -> str:
    """Return a picture, uint8 (H, W, 1) or (H, W, 3), as PNG inside an address."""
    return "data:image/png;base64," + base64.b64encode(png(pixels)).decode("ascii")


def png(pixels: Pixels) -> bytes:
    """Return a picture, uint8 (H, W, 1) or (H, W, 3), as the bytes of a PNG file.

    Source: W3C, "Portable Network Graphics (PNG) Specification", third edition, sections 5 and 11.
    """
    height, width, channels = pixels.shape
    colour_type = {1: 0, 3: 2}[channels]
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    no_filter = np.zeros((height, 1), np.uint8)
    rows = np.concatenate([no_filter, pixels.reshape(height, width * channels)], axis=1).tobytes()
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
