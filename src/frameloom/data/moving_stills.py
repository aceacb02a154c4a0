"""Stills set in motion: one behind, a piece of another in front, each on a way of its own.

    still --pan, turn, zoom--> behind ---------+--> pictures at the times asked for
    still --a blob cut out of it, on its way--> in front

What comes out from behind something, and where things end up at any time between, is known exactly; of few stills come
many such clips.

Source: layers in affine motion, as in Dosovitskiy et al., "FlowNet", arXiv:1504.06852, section 4.1.2.
Differs from it: what is cut out is a smooth random blob.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import MediaError
from frameloom.media.image import Matrix, from_rgb, mix_by, place_planes, resize, stretch
from frameloom.media.planes import Planes

Luma = NDArray[np.uint8]
"""(H, W)."""

LARGEST_STEP_PX = 28.0
"""How far a layer goes from the first picture to the last, at most."""
LARGEST_TURN, LARGEST_ZOOM = 0.06, 0.06
"""How much it turns, in radians, and grows."""

_SIDE_PX = 960
_LUMPS = 6
"""A blob is smooth over such a share of its picture."""


def read_stills(folder: Path, suffixes: frozenset[str], least: int) -> Iterator[Luma]:
    """Yield luma of the pictures in a folder, at any depth, in order of name, at most 960 px wide.

    Raises:
        MediaError: one is no picture, or has a side of fewer than so many px.
    """
    from frameloom.media.files.source import read_still

    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in suffixes):
        rgb = read_still(path)
        height, width = (side // 2 * 2 for side in rgb.shape[:2])
        luma = from_rgb(np.ascontiguousarray(rgb[:height, :width, :3])).y
        scale = min(1.0, _SIDE_PX / width)
        small = resize(luma, round(width * scale), round(height * scale), "area")
        if min(small.shape) < least:
            raise MediaError(
                f"{path}: {small.shape[1]}x{small.shape[0]} px are too small; a side needs {least} or more"
            )
        yield small.astype(np.uint8)


def set_in_motion(random: np.random.Generator, stills: Sequence[Luma], side: int, times: Sequence[float]) -> Luma:
    """Return pictures (T, side, side) at times from 0 to 1 of two stills, drawn at random, in even motion."""
    behind, front = (stills[int(random.integers(len(stills)))] for _ in range(2))
    back, ahead = _Way(random, behind, side), _Way(random, front, side)
    blob = _blob(random, *front.shape)
    pictures = []
    for time in times:
        far = _placed(behind, None, back.at(time), side)
        near = _placed(front, blob, ahead.at(time), side)
        assert near.alpha is not None
        pictures.append(mix_by(far.y, near.y, (near.alpha / np.float32(255)).astype(np.float32)))
    return np.stack(pictures).astype(np.uint8)


class _Way:
    """An even way of a window over a still, drawn at random."""

    def __init__(self, random: np.random.Generator, still: Luma, side: int) -> None:
        self._half = (side - 1) / 2
        height, width = still.shape
        self._centre = np.array([random.uniform(min(side, length) / 2, max(length - side / 2, side / 2))
                                 for length in (width, height)])  # fmt: skip
        turn = random.uniform(0, 2 * math.pi)
        self._step = random.uniform(0, LARGEST_STEP_PX) * np.array([math.cos(turn), math.sin(turn)])
        self._turn = random.uniform(-LARGEST_TURN, LARGEST_TURN)
        self._zoom = random.uniform(-LARGEST_ZOOM, LARGEST_ZOOM)
        self._scale = random.uniform(0.7, 1.2)

    def at(self, time: float) -> Matrix:
        """Return where in the still the places of the window lie."""
        late = time - 0.5
        scale = self._scale * math.exp(self._zoom * late)
        cos, sin = scale * math.cos(self._turn * late), scale * math.sin(self._turn * late)
        turned = np.array([[cos, -sin], [sin, cos]])
        corner = self._centre + self._scale * self._step * late - turned @ [self._half, self._half]
        return np.concatenate([turned, corner[:, None]], axis=1)


def _placed(luma: Luma, alpha: Luma | None, matrix: Matrix, side: int) -> Planes:
    """Return what is seen of luma through a window; nobody looks at its chroma."""
    chroma = np.full((luma.shape[0] // 2, luma.shape[1] // 2), 128, np.uint8)
    return place_planes(Planes(luma, chroma, chroma, alpha), matrix, side, side)


def _blob(random: np.random.Generator, height: int, width: int) -> Luma:
    """Return what of a still is cut out, 255, with soft edges, (H, W)."""
    lumps = random.normal(size=(_LUMPS * height // width + 2, _LUMPS + 2)).astype(np.float32)
    slope = width / (2 * _LUMPS)  # so that the edge is about a px wide
    smooth = stretch(lumps, width, height, "cubic") - np.float32(random.uniform(0.0, 0.6))
    cut: Luma = np.clip(127.5 + 127.5 * slope * smooth, 0, 255).astype(np.uint8)
    return cut
