"""Takes: what a camera saw in one go, cut out of real footage, small and many.

    videos   --cuts found, shrunk once--> runs of pictures --+
    pictures --shrunk once--> stills ------------------------+--a window, still or on its way--> take of 96x54

A window pans, zooms, shakes, or whips round; a run goes forth and back, slow or fast; colours change from take to take.
So a few minutes of footage give shots without end. Inside a take there is no cut: `media.changes` has looked for them.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameloom.media.changes import Change, Watch, is_cut, look
from frameloom.media.image import eight_bit, from_rgb, look_up, resize, resize_planes
from frameloom.media.planes import Planes

WIDTH, HEIGHT = 96, 54
"""Of a take: twice the size that is looked at, so that transitions are drawn finer than that."""

Stack = NDArray[np.uint8]
"""A plane of many pictures, (T, H, W)."""

_RUN_WIDTH, _RUN_HEIGHT, _STILL_WIDTH = 192, 108, 640
_SHORTEST_RUN = 12
_FAR, _EVERY = 12, 6
"""Pictures so far apart that look as different as after a cut have a dissolve between them, or too much motion; how
often that is looked at."""


@dataclass(frozen=True, eq=False)
class Take:
    """Pictures in a row: luma (T, H, W), chroma (T, H/2, W/2) each; also what is kept of footage."""

    y: Stack
    u: Stack
    v: Stack

    def __len__(self) -> int:
        return len(self.y)

    def picture(self, number: int) -> Planes:
        """Return one of its pictures."""
        return Planes(self.y[number], self.u[number], self.v[number])


Footage = Sequence[Take]
"""The same run or still in its own size, in half of it, and so on."""

Span = tuple[int, int]
"""First picture and the one after the last."""


def read_runs(path: Path) -> Iterator[Footage]:
    """Yield the parts of a video in which a shot runs on, stretched to 192x108 px.

    Raises:
        MediaError: it cannot be read.
    """
    from frameloom.media.files.source import read_pictures

    watch, run = Watch(), list[Planes]()
    for picture in read_pictures(path):
        change = watch.see(picture.planes.y)
        if change is Change.CUT:
            yield from _run(run)
            run = []
        if change is not Change.SAME:
            run.append(resize_planes(picture.planes, _RUN_WIDTH, _RUN_HEIGHT))
        if len(run) > _FAR and not len(run) % _EVERY and is_cut(look(run[-1 - _FAR].y), look(run[-1].y)):
            yield from _run(run[: -_FAR - _EVERY])
            run = []
    yield from _run(run)


def read_take(path: Path) -> Footage:
    """Return a picture as a take of one, 640 px wide and as high as 16:9 makes it at most.

    Raises:
        MediaError: it is no picture.
    """
    from frameloom.media.files.source import read_still

    rgb = read_still(path)
    height, width = (side // 2 * 2 for side in rgb.shape[:2])
    planes = from_rgb(np.ascontiguousarray(rgb[:height, :width, :3]))
    small = resize_planes(planes, _STILL_WIDTH, max(round(height * _STILL_WIDTH / width / 2) * 2, 2))
    sizes = [small]
    while sizes[-1].width >= 2 * WIDTH:
        sizes.append(resize_planes(sizes[-1], sizes[-1].width // 4 * 2, max(sizes[-1].height // 4 * 2, 2)))
    return [_stacked([each]) for each in sizes]


def _run(pictures: Sequence[Planes]) -> list[Footage]:
    return [[_stacked(pictures)]] if len(pictures) >= _SHORTEST_RUN else []


def _stacked(pictures: Sequence[Planes]) -> Take:
    planes = ([eight_bit(getattr(each, name)) for each in pictures] for name in ("y", "u", "v"))
    return Take(*(np.stack(list(plane)) for plane in planes))


def shoot(random: np.random.Generator, sizes: Footage, length: int, span: Span) -> Take:
    """Return a take of so many pictures out of a run or a still, as dice have it; only those of the span are drawn."""
    numbers = _order(random, len(sizes[0]), length)
    height, width = sizes[0].y.shape[1:]
    windows = _windows(random, length, width, height, is_still=len(sizes[0]) == 1)
    narrowest = int((windows[:, 2] - windows[:, 0]).min())
    halvings = next((each for each in range(len(sizes) - 1, 0, -1) if narrowest >> each >= WIDTH), 0)
    footage, windows = sizes[halvings], windows >> halvings
    mirrored = random.random() < 0.5
    y, u, v = (np.empty((length, HEIGHT // part, WIDTH // part), np.uint8) for part in (1, 2, 2))
    for out, plane, part in ((y, footage.y, 1), (u, footage.u, 2), (v, footage.v, 2)):
        size = (WIDTH // part, HEIGHT // part)
        for time in range(*span):
            left, top, right, bottom = windows[time] // part
            seen = plane[numbers[time], top:bottom, left:right]
            out[time] = resize(seen, *size, "area" if seen.shape[1] >= size[0] else "linear")
        if mirrored:
            out[:] = out[:, :, ::-1].copy()
    return _graded(random, Take(y, u, v))


def _order(random: np.random.Generator, count: int, length: int) -> NDArray[np.int_]:
    """Return which pictures of a run are shown: forth and back, some twice, some left out, some held."""
    pace = (1.0, 1.0, 1.0, 0.5, 0.8, 2.0, 3.0)[int(random.integers(7))]
    steps = np.full(length, pace)
    if random.random() < 0.1:
        held = int(random.integers(length))
        steps[held : held + int(random.integers(4, 40))] = 0
    way = (np.cumsum(steps) + random.integers(2 * count)).astype(int) % (2 * count)
    numbers: NDArray[np.int_] = np.minimum(way, 2 * count - 1 - way)
    return numbers


def _windows(random: np.random.Generator, length: int, width: int, height: int, *, is_still: bool) -> NDArray[np.int_]:
    """Return left, top, right and bottom, even, of what is seen at each time, (T, 4)."""
    least = WIDTH / width if is_still else 0.5
    share = least + (1 - least) * random.random() ** 1.5
    zoom = np.zeros(length)
    if random.random() < (0.5 if is_still else 0.2):
        zoom = np.linspace(0, random.normal(0, 0.25), length) * min(length / 50, 1)
    across = np.clip(share * np.exp(zoom), 0.8 * least, 1.0)
    places = np.stack([_way(random, length, is_still=is_still) for _ in range(2)], 1)
    if random.random() < 0.15:
        places += _shaken(random, length)
    places = 1 - abs(1 - np.mod(places, 2))  # what would leave the picture turns back
    sides = np.stack([across * width, across * min(height, width * HEIGHT / WIDTH)], 1)
    first = places * (np.array([width, height]) - sides)
    windows: NDArray[np.int_] = np.concatenate([first, first + sides], 1).astype(int) // 2 * 2
    return windows


def _way(random: np.random.Generator, length: int, *, is_still: bool) -> NDArray[np.floating[Any]]:
    """Return where along an axis a window is, in shares of what it may go: resting, drifting, or whipped round."""
    way = np.full(length, random.random())
    kind = random.random()
    if kind < (0.7 if is_still else 0.25):
        way += random.normal(0, 0.008) * np.arange(length)
    if kind < (0.12 if is_still else 0.04) and length > 12:
        lasts = int(random.integers(4, 16))
        begins = int(random.integers(length))
        eased = np.clip((np.arange(length) - begins) / lasts, 0, 1)
        way += random.choice([-1, 1]) * random.uniform(0.2, 0.9) * eased**2 * (3 - 2 * eased)
    return way


def _shaken(random: np.random.Generator, length: int) -> NDArray[np.floating[Any]]:
    """Return the shaking of a hand over a while, (T, 2)."""
    steps = random.normal(0, 1, (length, 2))
    smooth = steps if random.random() < 0.4 else np.apply_along_axis(np.convolve, 0, steps, np.ones(3) / 3, "same")
    while_ = np.clip(3 - abs(np.linspace(-4, 4, length) - random.uniform(-4, 4)), 0, 1)[:, None]
    return smooth * while_ * random.uniform(0.01, 0.2)


def _graded(random: np.random.Generator, take: Take) -> Take:
    """Return a take with other contrast, brightness and colour."""
    levels = np.arange(256) - 128.0
    light, power = random.normal(0, 14), math.exp(random.normal(0, 0.22))
    y = look_up(take.y.reshape(-1, WIDTH), _table(levels * power + light))
    rich = 0.0 if random.random() < 0.12 else math.exp(random.normal(0, 0.3))
    u, v = (
        look_up(plane.reshape(-1, WIDTH // 2), _table(levels * rich + random.normal(0, 4 if rich else 0.5)))
        for plane in (take.u, take.v)
    )
    return Take(y.reshape(take.y.shape), u.reshape(take.u.shape), v.reshape(take.v.shape))


def _table(levels: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    table: NDArray[np.uint8] = np.clip(np.rint(levels + 128), 16, 240).astype(np.uint8)
    return table
