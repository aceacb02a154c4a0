"""A clip made to look like a reference: its light by a monotone curve, its colour by mean and spread.

    luma:    curve that takes the clip's distribution to the reference's (histogram specification), slope held in bounds
    chroma:  (U', V') = T (U, V) + t, the linear map of least change that gives the reference's mean and covariance

Computed once from pictures all over both, so that nothing flickers. Chroma needs no other size: two sums of planes.
Sources: Gonzalez & Woods, "Digital Image Processing", 3.3.2; Pitie & Kokaram, "The Linear Monge-Kantorovitch Linear
Colour Mapping for Example-Based Colour Transfer", CVMP 2007, eq. 4.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from frameloom.core.config import Config
from frameloom.core.errors import MediaError
from frameloom.effects.pictures.base import Change, ClipContext, unchanged
from frameloom.effects.pictures.color import Strength
from frameloom.media.files.pictures import PICTURE_SUFFIXES
from frameloom.media.files.source import PictureForm, probe, read_pictures, read_still
from frameloom.media.image import add_scaled, eight_bit, from_rgb, look_up, resize_planes
from frameloom.media.planes import ColorName, Plane, Planes, dtype_of

_PICTURES = 48
"""So many of each, spread over the clip."""

_SLOPES = 0.25, 4.0
"""Least and greatest slope of the curve of light: flat parts would lose detail, steep ones show noise."""


@dataclass(frozen=True)
class Statistics:
    """How light and colour are spread over a clip; in samples of 8 bits."""

    light: NDArray[np.float64]
    """(256,): share of each level of luma."""
    mean: NDArray[np.float64]
    """(2,): of U and V."""
    covariance: NDArray[np.float64]
    """(2, 2)."""


class Match(Config):
    """Light and colour of a reference clip or picture."""

    effect: Literal["match"] = "match"
    reference: Path
    """A video or a picture; of a video, its first minute counts."""
    strength: Strength = 1.0

    def begin(self, clip: ClipContext) -> Change:
        """Return the change; looks through the clip and the reference once.

        Raises:
            MediaError: the reference cannot be read.
        """
        if not self.strength:
            return unchanged
        every = max(int(clip.duration * clip.rate) // _PICTURES, 1)
        own = statistics(islice((picture for picture, _ in clip.read()), 0, None, every))
        wanted = statistics(_pictures_of(self.reference, clip.color))
        if own is None:
            return unchanged
        if wanted is None:
            raise MediaError(f"{self.reference}: no pictures to match; give a video or picture that plays")
        curve = own_to_wanted(own.light, wanted.light)
        levels = np.arange(256)
        curve = levels + self.strength * (curve - levels)
        unit = 1 << (clip.depth - 8)
        whole = np.interp(np.arange(256 * unit) / unit, levels, curve) * unit
        table = cast(Plane, np.clip(np.rint(whole), 0, 256 * unit - 1).astype(dtype_of(clip.depth)))
        turn = least_map(own.covariance, wanted.covariance)
        turn = np.eye(2) + self.strength * (turn - np.eye(2))
        move = own.mean + self.strength * (wanted.mean - own.mean) - turn @ own.mean

        def change(picture: Planes, time: Fraction) -> Planes:
            u, v = (add_scaled(picture.u, picture.v, turn[row, 0], turn[row, 1], move[row] * unit) for row in range(2))
            return Planes(look_up(picture.y, table), u, v, picture.alpha)

        return change


def statistics(pictures: Iterable[Planes]) -> Statistics | None:
    """Return how light and colour are spread over all pictures together; None without pictures."""
    light, moments, count = np.zeros(256), np.zeros((3, 3)), 0
    for picture in pictures:
        light += np.bincount(eight_bit(picture.y).ravel(), minlength=256)
        chroma = np.stack([eight_bit(picture.u).ravel(), eight_bit(picture.v).ravel()]).astype(np.float64)
        ones = np.concatenate([np.ones((1, chroma.shape[1])), chroma])
        moments += ones @ ones.T
        count += chroma.shape[1]
    if not count:
        return None
    mean = moments[0, 1:] / count
    return Statistics(light / light.sum(), mean, moments[1:, 1:] / count - np.outer(mean, mean))


def own_to_wanted(own: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the level, (256,), that each level goes to so that one distribution becomes the other; never falls."""
    shares = np.linspace(0.005, 0.995, 100)
    levels = np.arange(256) + 0.5
    places = [np.interp(shares, np.cumsum(part) + np.arange(256) * 1e-9, levels) for part in (own, wanted)]
    before, after = (np.concatenate([[0], part, [256]]) for part in places)
    before = np.maximum.accumulate(before + np.arange(102) * 1e-6)
    curve = np.interp(np.arange(256), before, after)
    slopes = np.clip(np.diff(np.convolve(np.pad(curve, 8, mode="edge"), np.full(17, 1 / 17), "valid")), *_SLOPES)
    middle = int(np.searchsorted(np.cumsum(own), 0.5))
    steep = np.concatenate([[0], np.cumsum(slopes)])
    return cast(NDArray[np.float64], steep - steep[middle] + curve[middle])


def least_map(own: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the symmetric matrix, (2, 2), that takes one covariance to another; a gain above 3 is held back."""
    floor = 1.0  # of 8 bits squared: what noise has anyway
    root = _root(own + floor * np.eye(2))
    inverse = np.linalg.inv(root)
    result = inverse @ _root(root @ (wanted + floor * np.eye(2)) @ root) @ inverse
    values, vectors = np.linalg.eigh((result + result.T) / 2)
    return cast(NDArray[np.float64], (vectors * np.minimum(values, 3)) @ vectors.T)


def _root(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(matrix)
    return cast(NDArray[np.float64], (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T)


def _pictures_of(path: Path, color: ColorName) -> Iterator[Planes]:
    """Yield small pictures of a video's first minute, or the one of a picture, in a clip's colour space."""
    if path.suffix.lower() in PICTURE_SUFFIXES:
        still = read_still(path)
        height, width = still.shape[0] & ~1, still.shape[1] & ~1
        yield resize_planes(from_rgb(still[:height, :width, :3], color=color), 320, 180, "area")
        return
    form = PictureForm(320, 180, color=color)
    info = probe(path)
    step = min(info.duration or Fraction(1), Fraction(60)) / _PICTURES
    after = Fraction(0)
    for picture in read_pictures(path, 0, Fraction(60), form):
        if picture.time >= after:
            after = picture.time + step
            yield picture.planes
