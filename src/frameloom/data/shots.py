"""Videos as they are learned from: luma in memory, with the windows in which a shot runs on and something moves.

    video --luma, at most 640 px wide--> what happened since the last one --> pictures, windows without cut or repeat

Of a video that does not fit into memory, runs of pictures are taken here and there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import MediaError
from frameloom.media.changes import LOOK_WIDTH, Change, Watch
from frameloom.media.files.source import probe, read_pictures
from frameloom.media.flow import described, flows_between, views
from frameloom.media.image import Effort, eight_bit, resize
from frameloom.media.planes import Planes

Luma = NDArray[np.uint8]
"""(..., H, W)."""

RUN = 48
"""Pictures in a row of a video that does not fit into memory."""


@dataclass(frozen=True, eq=False)
class Film:
    """Luma of a video, and where a shot runs on."""

    luma: Luma
    """(T, H, W)."""
    windows: tuple[tuple[int, int], ...]
    """First picture, and how many further on the last."""


def read_film(path: Path, room: int, side: int, reach: int) -> Film:
    """Return a video's luma in at most so many bytes, and the windows of 2 to `reach` steps in which it moves on.

    Raises:
        MediaError: it cannot be read, or has sides of fewer than so many px.
    """
    pictures: list[Luma] = []
    changes: list[Change] = []  # from the picture before
    for luma, change in _followed(path, room):
        if min(luma.shape) < side:
            raise MediaError(f"{path}: {luma.shape[1]}x{luma.shape[0]} px are less than a crop of {side}")
        pictures.append(luma)
        changes.append(change)
    breaks = list(accumulate((change is not Change.MOVES for change in changes), initial=0))
    windows = tuple(
        (first, steps)
        for steps in range(2, reach + 1)
        for first in range(len(pictures) - steps)
        if breaks[first + steps + 1] == breaks[first + 1]
    )
    return Film(np.stack(pictures), windows)


def told_of(first: Luma, second: Luma, share: float, effort: Effort) -> NDArray[np.float32]:
    """Return what a net is told about the picture between two, (9, H, W), of their luma."""
    one, other = (_grey(np.ascontiguousarray(luma)) for luma in (first, second))
    return described(views(one, other, flows_between(one.y, other.y, effort), share))


def _followed(path: Path, room: int) -> Iterator[tuple[Luma, Change]]:
    """Yield luma of pictures and what happened since the one before; runs of them where all would not fit."""
    videos = [] if path.is_dir() else probe(path).videos
    expected = videos[0].frames or float(videos[0].duration * videos[0].rate) if videos else 0
    watch, every, kept = Watch(), 1, 0
    for number, picture in enumerate(read_pictures(path)):
        luma = eight_bit(picture.planes.y)
        width = min(LOOK_WIDTH, luma.shape[1])
        small = eight_bit(resize(luma, width, round(luma.shape[0] * width / luma.shape[1]), "area"))
        if number == 0:
            every = max(1, -(-int(expected * small.nbytes) // room))
        if number // RUN % every:
            watch = Watch()  # the next one kept follows on nothing
            continue
        if kept * small.nbytes >= room:
            return
        kept += 1
        yield small.copy(), watch.see(small)


def _grey(luma: Luma) -> Planes:
    """Return a picture of this luma; nobody looks at its chroma."""
    height, width = luma.shape
    chroma = np.full((height // 2, width // 2), 128, np.uint8)
    return Planes(luma, chroma, chroma)
