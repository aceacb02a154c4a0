"""A stage: characters before a background that is painted once; poses become pictures.

poses --draw--> shapes --rasterise, only their box--> RGBA --> YUV --> into a copy of the background's planes
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.talk.character import Character, Framing, Span, shape_of
from frameloom.apps.talk.pose import Pose
from frameloom.core.errors import ConfigError
from frameloom.media.canvas import Drawing, rasterise, straight
from frameloom.media.files.source import read_still
from frameloom.media.image import from_rgb, resize_rgb, without_alpha
from frameloom.media.planes import Planes, plain

_CLOSER = 1.45
"""By which those who stand beside each other overlap in upright pictures, so as not to be small."""


@dataclass(frozen=True)
class Place:
    """A character and where it stands."""

    character: Character
    middle: float = 0.5
    """Across the picture, from 0 to 1."""
    flip: bool = False


def side_by_side(characters: Sequence[Character]) -> tuple[Place, ...]:
    """Return places for characters beside each other."""
    count = len(characters)
    return tuple(Place(one, (number + 0.5) / count) for number, one in enumerate(characters))


def share_of(count: int, width: int, height: int) -> float:
    """Return the share of a picture's width that each of a row may take: in upright ones they stand closer together."""
    return min(1.0, (_CLOSER if width < height else 1.0) / count)


def facing(places: Sequence[Place], width: int, height: int, framing: Framing) -> tuple[Place, ...]:
    """Return places for each of a row alone in the picture: off its middle, with room where the others stand.

    An upright picture leaves no room to step aside.
    """
    widest = max((abs(one.middle - 0.5) for one in places), default=0.0)
    free = 1 - min(width, height * shape_of(framing)) / width
    return tuple(
        replace(one, middle=0.5 + (free / 4 * (one.middle - 0.5) / widest if widest else 0.0)) for one in places
    )


class Stage:
    """Paints poses of characters before the background of the first of them."""

    def __init__(
        self, places: Sequence[Place], width: int, height: int, framing: Span = "half", transparent: bool = False
    ) -> None:
        """Paint the background.

        Raises:
            ConfigError: nobody stands on it.
            MediaError: the background's picture cannot be read.
        """
        if not places:
            raise ConfigError("a stage needs at least one character")
        self.places, self.width, self.height, self.framing = tuple(places), width, height, framing
        looks = self.places[0].character.looks.background
        self.transparent = transparent or looks.kind == "none"
        self._behind: NDArray[np.uint8] | None = None
        self._planes = plain(width, height, (0, 0, 0))
        if not self.transparent:
            alone = len(self.places) == 1
            self._behind = _background(self.places[0].character, width, height, places[0].middle if alone else 0.5)
            self._planes = from_rgb(self._behind[..., :3])

    def drawings(self, poses: Sequence[Pose]) -> list[Drawing]:
        """Return the drawing of each character, for a page that paints them itself."""
        share = share_of(len(self.places), self.width, self.height)
        return [
            place.character.draw(
                pose,
                self.width,
                self.height,
                framing=self.framing,
                middle=place.middle,
                share=share,
                flip=place.flip,
            )
            for place, pose in zip(self.places, poses, strict=True)
        ]

    def pixels(self, poses: Sequence[Pose]) -> NDArray[np.uint8]:
        """Return the picture as RGBA, (H, W, 4), with straight alpha."""
        onto = None if self._behind is None else self._behind.copy()
        for drawing in self.drawings(poses):
            onto = rasterise(drawing, onto)
        assert onto is not None
        return straight(onto) if self.transparent else onto

    def picture(self, poses: Sequence[Pose]) -> Planes:
        """Return the picture; with alpha where the stage is transparent."""
        drawings = self.drawings(poses)
        boxes = [drawing.box() for drawing in drawings]
        left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
        right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
        behind = self._behind
        shape = (bottom - top, right - left, 4)
        region = np.zeros(shape, np.uint8) if behind is None else behind[top:bottom, left:right].copy()
        for drawing in drawings:
            a, b, c, d, e, f = drawing.matrix
            moved = replace(drawing, width=shape[1], height=shape[0], matrix=(a, b, c, d, e - left, f - top))
            rasterise(moved, region)
        part = from_rgb(straight(region) if behind is None else without_alpha(region))
        whole = self._planes
        y, u, v = whole.y.copy(), whole.u.copy(), whole.v.copy()
        y[top:bottom, left:right] = part.y
        half = np.s_[top // 2 : bottom // 2, left // 2 : right // 2]
        u[half], v[half] = part.u, part.v
        if part.alpha is None:
            return Planes(y, u, v)
        alpha = np.zeros((self.height, self.width), np.uint8)
        alpha[top:bottom, left:right] = part.alpha
        return Planes(y, u, v, alpha)


def _background(character: Character, width: int, height: int, middle: float) -> NDArray[np.uint8]:
    """Return what stands behind a character, (H, W, 4), opaque."""
    looks = character.looks.background
    if looks.picture is None:
        pixels = rasterise(character.backdrop(width, height, middle))
    else:
        pixels = _covering(read_still(character.folder / looks.picture), width, height)
    return np.ascontiguousarray(np.concatenate([pixels[..., :3], np.full((height, width, 1), 255, np.uint8)], axis=2))


def _covering(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return the middle of a picture, scaled so that it covers a size."""
    scale = max(width / pixels.shape[1], height / pixels.shape[0])
    wide, high = (
        max(round(side * scale), least) for side, least in ((pixels.shape[1], width), (pixels.shape[0], height))
    )
    scaled = resize_rgb(np.ascontiguousarray(pixels[..., :3]), wide, high)
    top, left = (high - height) // 2, (wide - width) // 2
    return scaled[top : top + height, left : left + width]
