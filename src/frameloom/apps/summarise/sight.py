"""What is measured of a picture: how it looks, how well it can be seen, and what moves.

    picture --OKLab of 16x9 cells--> histogram of colours (64) + layout (96)    features: alike pictures lie close
            --luma-----------------> sharpness, exposure                        is it worth showing?
    two pictures --flow------------> camera, bustle                             does something happen?

Features are compared by Euclidean distance: 0 for the same picture, about 0.3 within a shot, up to about 1.4.
Colours are OKLab (Ottosson, "A perceptual color space for image processing", 2020); the histogram's square root makes
its distance that of Hellinger. Most of the mean lightness is taken out first: a shadow is no other place.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.edit.automatic.watching import camera, to_oklab
from frameloom.media.image import blur, eight_bit, flow, resize, resize_planes, stretch, to_rgb
from frameloom.media.planes import ColorName, Planes

LOOK_WIDTH, FLOW_WIDTH = 480, 160
"""Width in px that sharpness and what moves are measured in."""
FLOW_S = Fraction(3, 50)
"""Least time between the pictures of a flow, so that a repeated one does not count as stillness."""
FEATURES = 64 + 96
"""Numbers that describe a picture."""

CELLS = 64, 36
_LEAST_PLACES = 20
"""That can be followed, for a movement to be told."""
_PLACES = 8, 4
LIGHT_BINS, HUE_BINS = 4, 4
_CHROMA_REACH = 0.16
"""Of OKLab's axes a and b, what the histogram tells apart; vivid colours lie at its rim."""
_USUAL_LIGHT, _LIGHT_KEPT = 0.6, 0.3
"""Lightness that a picture is brought to, but for this share of the way: less light makes OKLab smaller as a whole."""
_SPREAD_WEIGHT = 0.7, 3.0
"""Share of the layout's lightness and of its colours in a distance."""

Feature = NDArray[np.float32]
"""(FEATURES,)."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What was measured of one picture."""

    time: Fraction
    feature: Feature
    sharpness: float
    """Mean step between neighbouring pixels over contrast: about 0.3 when sharp, below 0.1 when blurred."""
    exposure: float
    """0 to 1: 1 where neither black nor white swallows the picture and it has contrast."""
    lightness: float
    """Mean of OKLab's lightness."""
    camera: float
    """Speed of the whole picture, growth included, in its widths a second."""
    bustle: float
    """Speed of what moves by itself, in widths a second."""
    focus: tuple[float, float]
    """Where the subject is, as shares of width and height: what moves by itself, and whose colours stand out."""

    @property
    def quality(self) -> float:
        """Return how good it is to look at, 0 to 1."""
        return min(self.sharpness / 0.25, 1.0) * self.exposure


def feature_of(rgb: NDArray[np.uint8]) -> Feature:
    """Return what describes a picture's colours and their places; rgb is (H, W, 3) of 64x36 cells."""
    lab = to_oklab(rgb)
    lab *= np.float32((_USUAL_LIGHT / max(float(lab[..., 0].mean()), 0.1)) ** (1 - _LIGHT_KEPT))
    return np.concatenate([_histogram(lab.reshape(-1, 3)), _layout(lab)])


def _histogram(colours: NDArray[np.float32]) -> Feature:
    """Return the square root of the share of each bin of lightness, a and b, shared between neighbours, (64,)."""
    reach = np.array([0.5, _CHROMA_REACH, _CHROMA_REACH], np.float32)
    middle = np.array([0.5, 0, 0], np.float32)
    bins = np.array([LIGHT_BINS, HUE_BINS, HUE_BINS])
    place = np.clip((colours - middle) / reach, -1, 1) * (bins - 1) / 2 + (bins - 1) / 2
    low = np.minimum(np.floor(place).astype(int), bins - 2)
    share = place - low
    counts = np.zeros(int(bins.prod()))
    for corner in np.ndindex(2, 2, 2):
        weight = np.where(np.array(corner), share, 1 - share).prod(axis=1)
        index = np.ravel_multi_index(tuple((low + corner).T), tuple(bins))
        counts += np.bincount(index, weight, minlength=len(counts))
    return np.sqrt(counts / len(colours)).astype(np.float32)


def _layout(lab: NDArray[np.float32]) -> Feature:
    """Return what lies where, (96,), scaled so that its distances weigh like those of the histogram."""
    across, down = _PLACES
    rows, columns = lab.shape[0] // down, lab.shape[1] // across
    cells = lab.reshape(down, rows, across, columns, 3).mean(axis=(1, 3))
    weights = np.array([_SPREAD_WEIGHT[0], _SPREAD_WEIGHT[1], _SPREAD_WEIGHT[1]], np.float32)
    layout: Feature = (cells * weights / np.sqrt(across * down)).ravel().astype(np.float32)
    return layout


class Sight:
    """Measures pictures; remembers the last few for what moves."""

    def __init__(self, color: ColorName = "bt709") -> None:
        self._color = color
        self._past: list[tuple[Fraction, Planes]] = []

    def pass_by(self, time: Fraction, picture: Planes) -> None:
        """Remember a picture that is not measured."""
        self._past.append((time, picture))
        while len(self._past) > 1 and time - self._past[1][0] >= FLOW_S:
            self._past.pop(0)

    def measure(self, time: Fraction, picture: Planes) -> Seen:
        """Return what there is to see in a picture."""
        colors = to_rgb(resize_planes(picture, *CELLS, "area"), self._color)
        feature, lab = feature_of(colors), to_oklab(colors)
        moved = _moved(*self._past[0], time, picture) if self._past else _STILL
        height = max(round(picture.height * LOOK_WIDTH / picture.width), 16)
        luma = eight_bit(resize(picture.y, LOOK_WIDTH, height, "area")).astype(np.float32)
        steps = (np.abs(np.diff(luma, axis=1)).mean() + np.abs(np.diff(luma, axis=0)).mean()) / 2
        spread = float(luma.std())
        return Seen(
            time,
            feature,
            float(steps) / max(spread, 4.0),
            exposure_of(luma),
            float(lab[..., 0].mean()),
            moved.camera,
            moved.bustle,
            focus_of(lab, moved.speeds),
        )


def exposure_of(luma: NDArray[np.float32]) -> float:
    """Return 1 where a picture has contrast and neither end swallows it, down to 0 for a plain one; luma of 8 bits.

    >>> exposure_of(np.full((4, 4), 16, np.float32))
    0.0
    """
    low, high = np.percentile(luma, (2, 98))
    contrast = min(float(high - low) / 110, 1.0)
    swallowed = float(((luma <= 18) | (luma >= 233)).mean())
    return contrast * (1 - max(0.0, swallowed - 0.1))


def focus_of(lab: NDArray[np.float32], speeds: NDArray[np.float32] | None = None) -> tuple[float, float]:
    """Return where the subject is, as shares of width and height; lab is (36, 64, 3), speeds beyond the camera (h, w).

    The middle of the tenth of the picture whose colours are farthest from its mean, or that moves, near its middle.
    """
    height, width = lab.shape[:2]
    apart = np.linalg.norm(lab - lab.mean(axis=(0, 1)), axis=-1)
    weight = apart / max(float(apart.mean()), 1e-6)
    if speeds is not None and float(speeds.max()) > _MOVES_PX:
        moving = stretch(speeds, width, height, "area")
        weight = weight + 2 * moving / max(float(moving.mean()), 0.1)
    rows, columns = (np.mgrid[:height, :width] + 0.5) / np.array([height, width])[:, None, None]
    weight = blur(weight.astype(np.float32), 2) * np.exp(-(((columns - 0.5) / 0.5) ** 2 + ((rows - 0.5) / 0.5) ** 2))
    weight = np.where(weight >= np.quantile(weight, 0.9), weight, 0)
    total = float(weight.sum())
    if not total:  # a picture of one colour shows no subject
        return 0.5, 0.5
    return float((columns * weight).sum()) / total, float((rows * weight).sum()) / total


@dataclass(frozen=True, eq=False)
class _Moved:
    """What moved between two pictures."""

    camera: float
    bustle: float
    speeds: NDArray[np.float32] | None
    """Of each place beyond the camera, in px of the field, (h, w); 0 where nothing can be followed."""


_STILL = _Moved(0.0, 0.0, None)
_MOVES_PX = 0.5
"""Of the field of flow, that something has moved for sure."""


def _small(picture: Planes) -> NDArray[np.uint8]:
    height = max(round(picture.height * FLOW_WIDTH / picture.width), 16)
    return np.ascontiguousarray(eight_bit(resize(picture.y, FLOW_WIDTH, height, "area")))


def _moved(before: Fraction, past: Planes, time: Fraction, picture: Planes) -> _Moved:
    """Return what moved between two pictures, speeds in widths a second."""
    if past.y.shape != picture.y.shape or time <= before:
        return _STILL
    earlier, now = _small(past), _small(picture)
    field, where = flow(earlier, now, "fast")[::2, ::2] / np.float32(2), _textured(earlier)[::2, ::2]
    if where.sum() < _LEAST_PLACES:
        return _STILL
    right, down, growth, _ = camera(field, where)
    scale = 2 / FLOW_WIDTH / float(time - before)
    whole = float(np.hypot(right, down)) * scale + abs(growth) / float(time - before) / 4
    height, width = where.shape
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    across = field[..., 0] - np.float32(right) - np.float32(growth) * (columns - (width - 1) / 2)
    along = field[..., 1] - np.float32(down) - np.float32(growth) * (rows - (height - 1) / 2)
    speeds = np.where(where, np.hypot(across, along), 0).astype(np.float32)
    fastest = np.sort(speeds[where])[-max(int(where.sum()) // 10, 1) :]
    return _Moved(min(whole, 5.0), min(float(fastest.mean()) * scale, 5.0), speeds)


def _textured(luma: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return where there is something that a flow can follow."""
    levels = luma.astype(np.int16)
    steps = np.zeros_like(levels)
    steps[:, 1:] += np.abs(np.diff(levels, axis=1))
    steps[1:] += np.abs(np.diff(levels, axis=0))
    return steps > 8
