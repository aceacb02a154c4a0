"""What a clip looks like near a place where it may be cut: light, colour, movement, hard cuts, black and frozen ends.

    file --one pass, 192 px--> every picture as 32x18 cells   -> hard cuts, black, frozen, fades
                               eight pictures a second        -> light, palette, sharpness, movement of the camera

Colours are OKLab (Ottosson, "A perceptual color space for image processing", 2020): lightness from 0 to 1, and about
0.02 from one colour to the next that an eye can tell apart. Movement is that of the picture: when a camera pans to the
right, what it sees goes left. It is fitted to dense optical flow by medians, so that somebody who walks past does not
count.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.edit.automatic.boundaries import Boundaries, boundaries
from frameloom.core.errors import MediaError
from frameloom.media.files.picture import Picture, PictureForm
from frameloom.media.files.source import probe, read_pictures
from frameloom.media.image import eight_bit, flow, resize, resize_planes, to_rgb
from frameloom.media.planes import Planes

Direction = Literal["left", "right", "up", "down", "in", "out", "still", "mixed"]
"""Where the whole picture goes; `in` when what it shows grows."""

SIDE_PX = 192
CELLS = (32, 18)
"""Columns and rows of the small picture that layout and cuts are judged by."""
SAMPLES_PER_S = 8
MAX_SAMPLES = 2000
MAX_PICTURES = 200_000
"""More pictures than this in one look are refused: an hour at 50 a second."""
FLOW_S = Fraction(3, 50)
"""Least time between the two pictures of an optical flow, so that repeated pictures do not count as stillness."""
EDGE_S = Fraction(3, 5)
"""How much of a clip its edge is judged by."""

CHANGE_CELLS = (64, 36)
CHANGE_S = Fraction(1, 5)
CHANGE_LEVELS = 5
"""Levels of 8 bits that noise does not pass in the mean of a cell."""

PAN_SPEED = 0.05
"""Least speed of a pan, in widths of the picture a second."""
ZOOM_SPEED = 0.10
"""Least growth of a zoom, a second."""

_MIDDLES = (np.arange(16) + 0.5) / 16
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)

Grid = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Moment:
    """What is seen at one time."""

    time: Fraction
    since: Fraction | None
    """Time of the picture that its movement was measured from; None where there is none in the same shot."""
    lightness: float
    """Mean lightness, 0 to 1."""
    contrast: float
    """Standard deviation of lightness."""
    palette: Grid
    """Sixteen quantiles of each part of OKLab, (16, 3)."""
    layout: Grid
    """OKLab of 32x18 cells, (18, 32, 3)."""
    sharpness: float
    """Mean step between neighbouring pixels over contrast: about 0.3 when sharp, below 0.1 when blurred."""
    right: float
    """Speed of the whole picture to the right, in its widths a second."""
    down: float
    """Speed of the whole picture downwards, in its widths a second."""
    growth: float
    """Share by which what is seen grows in a second."""
    bustle: float
    """Speed of what moves within the picture, beyond its own movement, in widths a second."""


@dataclass(frozen=True, eq=False)
class Watched:
    """A span of a clip, looked at once; times are those of the file."""

    start: Fraction
    stop: Fraction
    moments: tuple[Moment, ...]
    found: Boundaries
    """Hard cuts within, and what its ends are like."""


@dataclass(frozen=True, eq=False)
class Edge:
    """The last or first part of a second of a clip as it will be cut: means and medians of its moments."""

    lightness: float
    palette: Grid
    layout: Grid
    sharpness: float
    right: float
    down: float
    growth: float
    bustle: float

    @property
    def speed(self) -> float:
        """Return how fast the whole picture goes, in widths a second."""
        return float(np.hypot(self.right, self.down))

    @property
    def direction(self) -> Direction:
        """Return where the whole picture goes."""
        if abs(self.growth) > ZOOM_SPEED and abs(self.growth) / 4 > self.speed:
            return "in" if self.growth > 0 else "out"
        across, along = abs(self.right), abs(self.down)
        if self.speed < PAN_SPEED:
            return "still"
        if max(across, along) < 2 * min(across, along):
            return "mixed"
        if across > along:
            return "right" if self.right > 0 else "left"
        return "down" if self.down > 0 else "up"


@dataclass(frozen=True)
class Change:
    """How much of a picture is not as it was a moment ago."""

    time: Fraction
    duration: Fraction
    share: float
    """Of the picture, 0 to 1."""


def changes(path: Path, start: Fraction = Fraction(0), stop: Fraction | None = None) -> Iterator[Change]:
    """Yield, for each picture, how much of it has changed since a fifth of a second ago.

    Raises:
        MediaError: not video, or damaged.
    """
    before: deque[tuple[Fraction, NDArray[np.int16]]] = deque()
    for picture in read_pictures(path, start, stop, PictureForm(*CHANGE_CELLS)):
        time = max(picture.time, start)
        now = picture.planes.y.astype(np.int16)
        while len(before) > 1 and time - before[1][0] >= CHANGE_S:
            before.popleft()
        share = float((np.abs(now - before[0][1]) > CHANGE_LEVELS).mean()) if before else 0.0
        before.append((time, now))
        yield Change(time, picture.duration, share)


def watch(path: Path, start: Fraction = Fraction(0), stop: Fraction | None = None) -> Watched:
    """Look at a clip from `start` to `stop` in one pass that holds only small pictures.

    Raises:
        MediaError: not video, damaged, nothing in the span, or far too long for one look.
    """
    info = probe(path)
    if info.video is None:
        raise MediaError(f"{path}: no video stream; give a file with video")
    end = info.duration if stop is None else stop
    largest = max(info.video.width, info.video.height)
    width, height = (
        max(2, round(side * min(1, SIDE_PX / largest) / 2) * 2) for side in (info.video.width, info.video.height)
    )
    gap = max(Fraction(1, SAMPLES_PER_S), (end - start) / MAX_SAMPLES)
    return watch_pictures(read_pictures(path, start, end, PictureForm(width, height)), start, end, gap, str(path))


def watch_pictures(
    pictures: Iterator[Picture],
    start: Fraction,
    stop: Fraction,
    gap: Fraction = Fraction(1, SAMPLES_PER_S),
    name: str = "clip",
) -> Watched:
    """Look at pictures, small and of one size, taking a moment every `gap` seconds.

    Raises:
        MediaError: no pictures, or far too many.
    """
    moments: list[Moment] = []
    times: list[Fraction] = []
    cells: list[NDArray[np.uint8]] = []
    before: deque[tuple[Fraction, Planes]] = deque(maxlen=12)
    due = start
    for picture in pictures:
        if len(times) >= MAX_PICTURES:
            raise MediaError(
                f"{name}: more than {MAX_PICTURES} pictures between {start} and {stop} s; look at less of it"
            )
        time = max(picture.time, start)
        times.append(time)
        cells.append(eight_bit(resize(picture.planes.y, *CELLS, "area")))
        if time >= due or time + picture.duration >= stop:
            earlier = next(
                (pair for pair in reversed(before) if time - pair[0] >= FLOW_S), before[0] if before else None
            )
            moments.append(_moment(time, picture.planes, earlier))
            due = max(due + gap, time)
        before.append((time, picture.planes))
    if not times:
        raise MediaError(f"{name}: no pictures between {float(start):.2f} and {float(stop):.2f} s; give another span")
    found = boundaries(np.stack(cells), times, stop)
    return Watched(start, stop, _within_shots(moments, found.cuts), found)


def edge(watched: Watched, time: Fraction, side: Literal["before", "after"]) -> Edge:
    """Return what the part of a second before or after a time looks like, not reaching over a hard cut."""
    if side == "before":
        since = max([watched.start, time - EDGE_S, *(cut for cut in watched.found.cuts if cut < time)])
        near = [moment for moment in watched.moments if since <= moment.time < time]
    else:
        until = min([watched.stop, time + EDGE_S, *(cut for cut in watched.found.cuts if cut > time)])
        near = [moment for moment in watched.moments if time <= moment.time < until]
    near = near or [min(watched.moments, key=lambda moment: abs(moment.time - time))]
    last = near[-1] if side == "before" else near[0]
    moving = [moment for moment in near if moment.since is not None] or [last]
    movement = {
        name: float(np.median([getattr(moment, name) for moment in moving]))
        for name in ("right", "down", "growth", "bustle")
    }
    light = float(np.median([moment.lightness for moment in near]))
    sharpness = float(np.median([moment.sharpness for moment in near]))
    return Edge(lightness=light, palette=last.palette, layout=last.layout, sharpness=sharpness, **movement)


def palette_distance(a: Edge, b: Edge) -> float:
    """Return how far the colours of one are from those of the other, wherever they are: about 0.02 can just be seen.

    The root of the summed squares of the Wasserstein distances along each axis of OKLab.
    """
    return float(np.linalg.norm(np.abs(a.palette - b.palette).mean(axis=0)))


def layout_distance(a: Edge, b: Edge) -> float:
    """Return the mean distance in OKLab of what lies in the same places."""
    return float(np.linalg.norm(a.layout - b.layout, axis=-1).mean())


def to_oklab(rgb: NDArray[np.uint8]) -> Grid:
    """Return sRGB of 8 bits, (..., 3), in OKLab.

    >>> to_oklab(np.array([255, 255, 255], np.uint8)).round(3).tolist()
    [1.0, 0.0, 0.0]
    """
    share = rgb / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    lab: Grid = (np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T).astype(np.float32) + np.float32(0)
    return lab


def camera(field: NDArray[np.float32], where: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """Return right, down and growth of the whole picture, and the speed of the rest, from a flow, (H, W, 2), in px.

    Medians over the places that have something to follow: half of the picture may move otherwise.
    """
    if where.sum() < 20:
        return 0.0, 0.0, 0.0, 0.0
    height, width = where.shape
    rows, columns = np.nonzero(where)
    place = np.stack([columns - (width - 1) / 2, rows - (height - 1) / 2], axis=1)
    moved = field[rows, columns]
    outer = np.abs(place) > min(width, height) / 8
    growth = 0.0
    for _ in range(3):
        shift = np.median(moved - growth * place, axis=0)
        ratios = ((moved - shift)[outer] / place[outer]) if outer.any() else np.zeros(1)
        growth = float(np.median(ratios))
    rest = np.linalg.norm(moved - shift - growth * place, axis=1)
    return float(shift[0]), float(shift[1]), growth, float(np.percentile(rest, 90))


def _moment(time: Fraction, picture: Planes, earlier: tuple[Fraction, Planes] | None) -> Moment:
    lab = to_oklab(to_rgb(resize_planes(picture, *CELLS, "area")))
    flat = lab.reshape(-1, 3)
    luma = picture.y.astype(np.float32)
    steps = np.abs(np.diff(luma, axis=1))
    spread = float(luma.std())
    right = down = growth = bustle = 0.0
    if earlier is not None and earlier[0] < time:
        seconds, width = float(time - earlier[0]), picture.width
        found = camera(_flow(earlier[1], picture)[::3, ::3] / np.float32(3), _textured(earlier[1])[::3, ::3])
        right, down, bustle = (part * 3 / width / seconds for part in (found[0], found[1], found[3]))
        growth = found[2] / seconds
    return Moment(
        time,
        earlier[0] if earlier else None,
        lightness=float(flat[:, 0].mean()),
        contrast=float(flat[:, 0].std()),
        palette=np.quantile(flat, _MIDDLES, axis=0).astype(np.float32),
        layout=lab,
        sharpness=float(steps.mean()) / max(spread, 1.0),
        right=right,
        down=down,
        growth=growth,
        bustle=bustle,
    )


def _flow(before: Planes, after: Planes) -> NDArray[np.float32]:
    return flow(np.ascontiguousarray(eight_bit(before.y)), np.ascontiguousarray(eight_bit(after.y)))


def _textured(picture: Planes) -> NDArray[np.bool_]:
    """Return where there is something that a flow can follow."""
    luma = eight_bit(picture.y).astype(np.float32)
    steps = np.zeros_like(luma)
    steps[:, 1:] += np.abs(np.diff(luma, axis=1))
    steps[1:] += np.abs(np.diff(luma, axis=0))
    textured: NDArray[np.bool_] = steps > 6
    return textured


def _within_shots(moments: Sequence[Moment], cuts: Sequence[Fraction]) -> tuple[Moment, ...]:
    """Forget the movement of moments that were compared with a picture of the shot before."""

    def crosses(moment: Moment) -> bool:
        return moment.since is not None and any(moment.since < cut <= moment.time for cut in cuts)

    return tuple(replace(moment, since=None) if crosses(moment) else moment for moment in moments)
