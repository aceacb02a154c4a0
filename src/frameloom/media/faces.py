"""Faces in a picture: where each is, and its eyes, nose, mouth and ears.

    picture --whole, then square by square--> 128x128 --net--> 896 guesses --those that overlap made one--> faces

Faces that look about into the camera and are at least an eighth as high as the picture are found; those turned far
aside or small in a crowd are not. One that stands on its head may be, but then eyes and mouth are not where it is said.

Source: Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", arXiv:1907.05047; the net
is MediaPipe's for short range (nets/README.md), anchors and decoding are those of its module face_detection.
Differs from it: a long picture is also looked at in squares, so that faces in a wide film are large enough.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import MediaError
from frameloom.media.image import Rgb

NET = Path(__file__).parent / "nets" / "blazeface_short_range.tflite"
SIDE = 128
"""Of what the net sees, in px."""
SURE = 0.6
"""Least chance of a face, for a picture that most likely has one."""
OVERLAP = 0.3
"""Share of their union that two boxes of one face have in common at least."""
LONG = 1.25
"""How many times as long as wide a picture is looked at in squares too."""
LEAST_PX = 16
"""Side of the smallest picture that is looked at."""

Point = tuple[float, float]
"""x and y in px."""


@dataclass(frozen=True)
class Face:
    """Where a face is, in px of the picture; it may reach a little beyond the border."""

    left: float
    top: float
    right: float
    bottom: float
    """The box holds brows to chin, and the cheeks."""
    chance: float
    """How sure it is, in [0, 1]."""
    right_eye: Point
    """The person's own right, which is on the left of the picture."""
    left_eye: Point
    nose: Point
    """Its tip."""
    mouth: Point
    """Its middle."""
    right_ear: Point
    """Where the ear begins."""
    left_ear: Point

    @property
    def width(self) -> float:
        """Return the width of the box in px."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Return the height of the box in px."""
        return self.bottom - self.top

    @property
    def center(self) -> Point:
        """Return the middle of the box."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


def find_faces(picture: Rgb, sure: float = SURE) -> list[Face]:
    """Return the faces in a picture, the largest first.

    Args:
        picture: RGB of 8 bits, (H, W, 3); a fourth channel is not looked at.
        sure: the least chance of a face, in [0, 1]; below .8 animals, drawings and bright spots are found too.

    Raises:
        MediaError: the net is not in the package.
    """
    if min(picture.shape[:2]) < LEAST_PX:
        return []
    rgb = np.ascontiguousarray(picture[..., :3])
    found = [_guesses(rgb[top:bottom, left:right], left, top, sure) for left, top, right, bottom in _views(rgb)]
    rows = _merged(np.concatenate(found))
    faces = [
        Face(*row[:5].tolist(), *(cast(Point, tuple(pair)) for pair in row[5:].reshape(6, 2).tolist())) for row in rows
    ]
    return sorted(faces, key=lambda face: -face.width * face.height)


def _views(rgb: Rgb) -> Iterator[tuple[int, int, int, int]]:
    """Yield what is looked at, as left, top, right, bottom: all, and squares along a long picture that overlap."""
    height, width = rgb.shape[:2]
    yield 0, 0, width, height
    short, long = min(height, width), max(height, width)
    if long < LONG * short:
        return
    count = math.ceil((long - short) / (0.8 * short)) + 1  # neighbours share a fifth at least
    for start in np.linspace(0, long - short, count).round().astype(int).tolist():
        yield (start, 0, start + short, height) if width > height else (0, start, width, start + short)


def _guesses(view: Rgb, left: int, top: int, least: float) -> NDArray[np.float64]:
    """Return the guesses that are sure enough: left, top, right, bottom, chance, six points; in px of the picture."""
    height, width = view.shape[:2]
    long = max(height, width)
    scale = SIDE / long
    small = cv2.resize(
        view, (max(round(width * scale), 1), max(round(height * scale), 1)), interpolation=cv2.INTER_AREA
    )
    across, down = (SIDE - small.shape[1]) // 2, (SIDE - small.shape[0]) // 2
    square = np.zeros((SIDE, SIDE, 3), np.uint8)
    square[down : down + small.shape[0], across : across + small.shape[1]] = small
    logits, places = _answer(square)
    chance = 1 / (1 + np.exp(-np.clip(logits, -80, 80)))
    sure = chance >= least
    middle = places[sure, :2] + _anchors()[sure]
    half = places[sure, 2:4] / 2
    points = places[sure, 4:].reshape(-1, 6, 2) + _anchors()[sure][:, None]
    pairs = np.concatenate([(middle - half)[:, None], (middle + half)[:, None], points], axis=1)
    pairs = (pairs - (across, down)) / scale + (left, top)
    rows = pairs.reshape(len(pairs), 16)
    return np.concatenate([rows[:, :4], chance[sure, None], rows[:, 4:]], axis=1)


def _answer(square: Rgb) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what the net says of (128, 128, 3): logits (896,), and (896, 16) in px beside the anchors."""
    # 1 / 127.5 and 127.5 bring [0, 255] to [-1, 1]
    blob = cv2.dnn.blobFromImage(square, 1 / 127.5, (SIDE, SIDE), (127.5, 127.5, 127.5))
    net, lock = _net()
    with lock:
        net.setInput(blob)
        logits, places = (cast(NDArray[Any], one) for one in net.forward(("classificators", "regressors")))
    return logits.reshape(-1).astype(np.float64), places.reshape(-1, 16).astype(np.float64)


@cache
def _net() -> tuple[cv2.dnn.Net, Lock]:
    """Return the net and who may use it: one thread at a time."""
    if not NET.is_file():
        raise MediaError(f"{NET}: the net that finds faces is missing; install frameloom again")
    engine = getattr(cv2.dnn, "ENGINE_CLASSIC", None)  # OpenCV 5 has several, 4 one; only this one reads the file
    net = cv2.dnn.readNetFromTFLite(str(NET)) if engine is None else cv2.dnn.readNetFromTFLite(str(NET), engine)
    return net, Lock()


@cache
def _anchors() -> NDArray[np.float64]:
    """Return the place that each guess is told from, (896, 2) in px: two in each of 16x16 cells, six in each of 8x8."""
    parts = []
    for cells, each in ((16, 2), (8, 6)):
        middles = (np.arange(cells) + 0.5) * SIDE / cells
        grid = np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2)
        parts.append(np.repeat(grid, each, axis=0))
    return np.concatenate(parts)


def _merged(rows: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return a row for each face: those that overlap the surest one made a mean, weighed by chance."""
    left = rows[np.argsort(-rows[:, 4], kind="stable")]
    faces = []
    while len(left):
        same = _overlaps(left[0], left) >= OVERLAP
        same[0] = True
        weight = left[same, 4:5]
        mean = (left[same] * weight).sum(axis=0) / weight.sum()
        mean[4] = left[0, 4]
        faces.append(mean)
        left = left[~same]
    return faces


def _overlaps(one: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what a box and each of some have in common, as a share of what both cover."""
    width = np.minimum(one[2], rows[:, 2]) - np.maximum(one[0], rows[:, 0])
    height = np.minimum(one[3], rows[:, 3]) - np.maximum(one[1], rows[:, 1])
    common = np.maximum(width, 0) * np.maximum(height, 0)
    areas = (rows[:, 2] - rows[:, 0]) * (rows[:, 3] - rows[:, 1])
    area = (one[2] - one[0]) * (one[3] - one[1])
    share: NDArray[np.float64] = common / np.maximum(area + areas - common, 1e-9)
    return share
