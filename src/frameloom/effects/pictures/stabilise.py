"""A steady picture from a shaken one: the camera's path is measured, smoothed, and the difference taken out.

    corners --flow, there and back--> move, turn, scale between pictures --summed--> path
    path --Gaussian, or its mean (fixed)--> wanted path;   wanted - path = correction --warp, zoomed in--> picture

Paths are cut where pictures do not follow from each other. Lengths are shares of the height, so that the small pictures
that are measured and the large ones that are warped agree.
Source: Grundmann et al., "Auto-directed video stabilization with robust L1 optimal camera paths", CVPR 2011, section 2,
for the measuring; the path is smoothed by a Gaussian instead, which needs no solver and keeps no corners in it.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Literal, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field as Setting

from frameloom.core.config import Config
from frameloom.effects.pictures.base import Change, ClipContext, unchanged
from frameloom.effects.pictures.color import Strength
from frameloom.media.image import Matrix, corners, eight_bit, follow, similarity, warp_planes
from frameloom.media.planes import Planes

Path = NDArray[np.float64]
"""(N, 4), or (4,) at one time: across and down in heights, turn in radians, logarithm of scale."""

_CORNERS = 200
_LEAST_INLIERS = 0.35
"""Share of corners that must agree on a motion; with less, pictures do not follow from each other."""


@dataclass(frozen=True)
class CameraPath:
    """Where the picture's content lies in each picture of a clip, summed from the first."""

    times: tuple[Fraction, ...]
    places: Path
    shots: NDArray[np.int64]
    """(N,): number of the shot that each picture belongs to."""


class Stabilise(Config):
    """A steady camera."""

    effect: Literal["stabilise"] = "stabilise"
    strength: Strength = 1.0
    smoothness: Annotated[float, Setting(gt=0, le=30)] = 1.0
    """Seconds over which the path is evened out (two standard deviations)."""
    mode: Literal["smooth", "fixed"] = "smooth"
    """`fixed` holds the camera still, as on a tripod, within each shot."""
    border: Literal["zoom", "mirror", "repeat", "black"] = "zoom"
    """What to do where the frame looks past the picture: zoom in until it nowhere does, or fill."""
    most_zoom: Annotated[float, Setting(ge=1, le=3)] = 1.3
    """With more needed, corrections are weakened until this is enough."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change; looks through the clip once."""
        if not self.strength:
            return unchanged
        path = camera_path((eight_bit(picture.y), time) for picture, time in clip.read())
        if len(path.times) < 2:
            return unchanged
        corrections = self.strength * (self._wanted(path) - path.places)
        zoom = 1.0
        ratio = clip.width / clip.height
        if self.border == "zoom":
            corrections, zoom = self._within_zoom(corrections, ratio, clip)
        edge = "mirror" if self.border == "zoom" else self.border
        seconds = np.array([float(time) for time in path.times])

        def change(picture: Planes, time: Fraction) -> Planes:
            correction = _at(float(time), seconds, corrections, path.shots)
            if zoom == 1 and not correction.any():
                return picture
            return warp_planes(picture, _matrix(correction, zoom, picture.width, picture.height), edge)

        return change

    def _wanted(self, path: CameraPath) -> Path:
        """Return the path as it should be, (N, 4)."""
        wanted = path.places.copy()
        seconds = np.array([float(time) for time in path.times])
        for shot in np.unique(path.shots):
            part = path.shots == shot
            wanted[part] = (
                path.places[part].mean(axis=0)
                if self.mode == "fixed"
                else smoothed(path.places[part], seconds[part], self.smoothness / 2)
            )
        return wanted

    def _within_zoom(self, corrections: Path, ratio: float, clip: ClipContext) -> tuple[Path, float]:
        """Return corrections and the zoom at which none of them shows the border."""
        zoom = max(zoom_for(row, ratio) for row in corrections)
        if zoom <= self.most_zoom:
            return corrections, zoom
        clip.tell(f"stabilise: needs a zoom of {zoom:.2f}; corrections are held back to stay within {self.most_zoom:g}")
        held = corrections.copy()
        for index, row in enumerate(held):
            low, high = 0.0, 1.0
            if zoom_for(row, ratio) <= self.most_zoom:
                continue
            for _ in range(12):
                middle = (low + high) / 2
                low, high = (middle, high) if zoom_for(row * middle, ratio) <= self.most_zoom else (low, middle)
            held[index] = row * low
        return held, self.most_zoom


def camera_path(pictures: Iterable[tuple[NDArray[np.uint8], Fraction]]) -> CameraPath:
    """Return the path of a camera from luma, (H, W), of a clip's pictures with their times."""
    times: list[Fraction] = []
    places = [np.zeros(4)]
    shots = [0]
    before: NDArray[np.uint8] | None = None
    for luma, time in pictures:
        if before is not None:
            motion = motion_between(before, luma)
            places.append(places[-1] + (np.zeros(4) if motion is None else motion))
            shots.append(shots[-1] + (motion is None))
        before = luma
        times.append(time)
    return CameraPath(tuple(times), np.array(places[: len(times)]), np.array(shots[: len(times)], np.int64))


def motion_between(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> Path | None:
    """Return how content moves about the middle, (4,) as in a path; None where one does not follow from the other."""
    height, width = before.shape
    points = corners(before, _CORNERS, height / 24)
    if len(points) < 8:
        return np.zeros(4) if float(np.abs(before.astype(np.int16) - after).mean()) < 30 else None
    there, kept = follow(before, after, points)
    if kept.mean() < _LEAST_INLIERS:
        return None
    middle = np.array([(width - 1) / 2, (height - 1) / 2], np.float32)
    found = similarity(points[kept] - middle, there[kept] - middle, max(height / 240, 0.5))
    if found is None or found[1] < _LEAST_INLIERS:
        return None
    matrix, _ = found
    scale = math.hypot(matrix[0, 0], matrix[1, 0])
    turn = math.atan2(matrix[1, 0], matrix[0, 0])
    return np.array([matrix[0, 2] / height, matrix[1, 2] / height, turn, math.log(scale)])


def smoothed(values: Path, seconds: Path, sigma_s: float) -> Path:
    """Return values, (N, C), averaged over time by a Gaussian; at both ends the path goes on point-symmetrically."""
    if len(values) < 3:
        return np.tile(values.mean(axis=0), (len(values), 1))
    before, after = 2 * values[0] - values[:0:-1], 2 * values[-1] - values[-2::-1]
    around = np.concatenate([before, values, after])
    times = np.concatenate([2 * seconds[0] - seconds[:0:-1], seconds, 2 * seconds[-1] - seconds[-2::-1]])
    result = np.empty_like(values)
    for index, second in enumerate(seconds):
        reach = 3 * sigma_s + 1e-6  # so that rounding takes as many on either side
        first, last = np.searchsorted(times, [second - reach, second + reach])
        weight = np.exp(-0.5 * ((times[first:last] - second) / sigma_s) ** 2)
        result[index] = weight @ around[first:last] / weight.sum()
    return result


def zoom_for(correction: Path, ratio: float) -> float:
    """Return the least zoom at which a frame, ratio heights wide, moved by a correction stays in the picture."""
    across, down, turn, size = correction
    # A place p of the frame shows (p / zoom - move) turned back and scaled back; all four corners must stay inside.
    cosine, sine = abs(math.cos(turn)), abs(math.sin(turn))
    scale = math.exp(-size)
    moved_x = abs(math.cos(turn) * across + math.sin(turn) * down) * scale
    moved_y = abs(-math.sin(turn) * across + math.cos(turn) * down) * scale
    needs = []
    for half, reach, moved in (
        (ratio / 2, ratio * cosine + sine, moved_x),
        (0.5, ratio * sine + cosine, moved_y),
    ):
        left = half - moved
        if left <= 0.01:
            return 100.0
        needs.append(reach / 2 * scale / left)
    return float(max(1.0, *needs))


def _matrix(correction: Path, zoom: float, width: int, height: int) -> Matrix:
    """Return the warp that takes content where a correction wants it."""
    across, down, turn, size = correction
    scale = math.exp(-size)
    cosine, sine = math.cos(turn) * scale, math.sin(turn) * scale
    back = np.array([[cosine, sine], [-sine, cosine]])
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    move = np.array([across, down]) * height
    return np.concatenate([back / zoom, (middle - back @ (middle / zoom + move))[:, None]], axis=1)


def _at(second: float, seconds: Path, corrections: Path, shots: NDArray[np.int64]) -> Path:
    """Return the correction, (4,), at a time: between two pictures of one shot, in between."""
    after = int(np.searchsorted(seconds, second, side="right"))
    before = max(after - 1, 0)
    if after >= len(seconds) or shots[after] != shots[before] or seconds[after] == seconds[before]:
        return cast(Path, corrections[before])
    share = (second - seconds[before]) / (seconds[after] - seconds[before])
    share = min(max(share, 0.0), 1.0)
    return cast(Path, corrections[before] * (1 - share) + corrections[after] * share)
