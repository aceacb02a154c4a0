"""Hiding a part of the picture: blurred, in coarse blocks, or black; fixed, or following what it covers.

When what it follows is lost, the cover stays and grows, and the maker is told: showing too little is the safe mistake.
"""

from bisect import bisect_right
from fractions import Fraction
from typing import Literal

import numpy as np

from frameloom.core.config import Config
from frameloom.core.times import Time
from frameloom.effects.pictures.base import Change, ClipContext
from frameloom.effects.pictures.blur import blur_planes
from frameloom.effects.pictures.color import Strength
from frameloom.effects.pictures.regions import Box, Shape, change_in
from frameloom.effects.pictures.tracking import Tracked, track
from frameloom.media.image import resize_planes
from frameloom.media.planes import Planes, plain


class Hide(Config):
    """A cover over a face, a number plate, a screen."""

    effect: Literal["hide"] = "hide"
    box: Box
    """What to cover, at the time `at`."""
    how: Literal["blur", "pixelate", "black"] = "pixelate"
    """A blur and coarse blocks keep so little that eight samples span the box; black keeps nothing."""
    follow: bool = False
    """Follow what the box shows through the clip, else stay."""
    at: Time = Fraction(0)
    """When the box is where it is said to be, in seconds from the clip's begin."""
    shape: Shape = "box"
    margin: Strength = 0.01
    """How much larger the cover is than the box on each side, as a share of the picture."""
    feather: Strength = 0.01
    """Width of the soft rim, outside the cover; share of the height."""

    def begin(self, clip: ClipContext) -> Change:
        """Return the change; looks through the clip once if it follows."""
        path = track(clip.read(), self.box, self.at) if self.follow else ()
        if self.follow:
            clip.tell(_report(path))
        times = [found.time for found in path]

        def change(picture: Planes, time: Fraction) -> Planes:
            box = path[max(bisect_right(times, time) - 1, 0)].box if path else self.box
            box = box.grown(self.margin)
            if path and len(path) > 1:
                box = _with_next(box, path, times, time, self.margin)
            return change_in(
                picture,
                box,
                self.shape,
                self.feather * picture.height,
                lambda part: self._covered(part, box, picture, clip),
            )

        return change

    def _covered(self, part: Planes, box: Box, whole: Planes, clip: ClipContext) -> Planes:
        """Return a part of the picture with nothing to know of it."""
        if self.how == "black":
            black = plain(part.width, part.height, (0, 0, 0), clip.depth, clip.color)
            return Planes(black.y, black.u, black.v, part.alpha)
        cell = max(box.width * whole.width, box.height * whole.height) / 8
        if self.how == "blur":
            return blur_planes(part, cell)
        across, down = (max(2 * round(side / cell / 2), 2) for side in (part.width, part.height))
        coarse = resize_planes(part.opaque, across, down, "area")
        blocks = resize_planes(coarse, part.width, part.height, "nearest")
        return Planes(blocks.y, blocks.u, blocks.v, part.alpha)


def _with_next(box: Box, path: tuple[Tracked, ...], times: list[Fraction], time: Fraction, margin: float) -> Box:
    """Return a box that also covers where the part is in the next small picture: a fast one may be half-way there."""
    following = path[min(bisect_right(times, time), len(path) - 1)].box.grown(margin)
    left, top = min(box.left, following.left), min(box.top, following.top)
    right = max(box.left + box.width, following.left + following.width)
    bottom = max(box.top + box.height, following.top + following.height)
    if right - left > 2 * box.width or bottom - top > 2 * box.height:
        return box  # found again elsewhere: a jump, not a motion
    return Box(left=left, top=top, width=right - left, height=bottom - top)


def _report(path: tuple[Tracked, ...]) -> str:
    """Return one line that says where what is hidden was lost."""
    if not path:
        return "hide: there are no pictures to follow through; the box stays where it is"
    lost = np.array([found.confidence == 0 for found in path])
    if not lost.any():
        return f"hide: followed in all {len(path)} pictures"
    starts = np.flatnonzero(lost & ~np.concatenate([[False], lost[:-1]]))
    ends = np.flatnonzero(lost & ~np.concatenate([lost[1:], [False]]))
    spans = [f"{float(path[a].time):.2f} to {float(path[b].time):.2f} s" for a, b in zip(starts, ends, strict=True)]
    more = f" and {len(spans) - 5} more" if len(spans) > 5 else ""
    return (
        f"hide: lost from {', '.join(spans[:5])}{more}; the cover stays there and grows: "
        "look at these times, and give another box there"
    )
