"""See what transitions look like: a sheet of moments, or a film that plays each.

.png                       fade       [10 %] [30 %] [50 %] [70 %] [90 %]      smoothup   ...
                           wipeleft   ...                                     smoothdown ...
.mp4 .webm .webp .gif      A -fade-> B -wipeleft-> A -...
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from itertools import cycle, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, cast

import numpy as np
from pydantic import Field, PositiveInt

from frameloom.apps.edit.scenery import day, night
from frameloom.core.config import Config
from frameloom.core.errors import ConfigError
from frameloom.core.files import spare, whole_file
from frameloom.core.times import Duration, Rate
from frameloom.effects.blend import over
from frameloom.effects.easing import EasingName
from frameloom.effects.transitions import TRANSITION_NAMES, Look, TransitionName, begin
from frameloom.media.files.pictures import write_still
from frameloom.media.files.sink import write_media
from frameloom.media.files.video import read_frames
from frameloom.media.image import Rgb, from_rgb, resize, to_rgb
from frameloom.media.planes import Planes
from frameloom.media.text import TextStyle, draw_text

_GAP_PX = 6
_GROUND = (24, 26, 30)
_LABEL = TextStyle(size=1, color="#c8ccd4")
_CAPTION = TextStyle(size=0.07, weight=700, shadow=0.05)
_SHAPE = 4 / 3
"""Width over height that a sheet of many rows comes near to."""
_HOLD = Fraction(2, 5)
"""Seconds for which each picture rests in a film."""


class GalleryConfig(Config):
    """Which transitions, on which pictures, and as what."""

    out: Path
    """A .png file for a sheet; .mp4, .webm, .webp or .gif for a film."""
    names: Annotated[tuple[TransitionName, ...], Field(min_length=1)] = TRANSITION_NAMES
    a: Path | None = None
    """Picture or video to begin with; a landscape by day when nobody says."""
    b: Path | None = None
    """Picture or video to end with; the landscape by night when nobody says."""
    matte: Path | None = None
    """Picture for `matte`; a spiral when nobody says."""
    easing: EasingName = "linear"
    width: Annotated[int, Field(ge=32, le=3840)] = 320
    """Width of one picture in px; made even."""
    columns: Annotated[PositiveInt, Field(le=25)] = 5
    """Moments of each transition on a sheet."""
    seconds: Duration = Fraction(1)
    """How long each transition takes in a film."""
    rate: Rate = Fraction(25)


def gallery(config: GalleryConfig) -> Path:
    """Write the sheet or the film and return its path.

    Raises:
        MediaError: a picture cannot be read, or the suffix is unknown.
        OutputError: the place cannot be written.
    """
    spare(config.out, filter(None, (config.a, config.b, config.matte)))
    width = config.width // 2 * 2
    height = width * 9 // 16 // 2 * 2
    a = day(width, height) if config.a is None else _first_picture(config.a, width, height)
    b = night(width, height) if config.b is None else _first_picture(config.b, width, height)
    with _matte(config.matte, width, height) as matte:
        looks = [Look(name=name, matte=matte, easing=config.easing) for name in config.names]
        if config.out.suffix.lower() == ".png":
            with whole_file(config.out) as part:
                write_still(part, contact_sheet(looks, a, b, config.columns))
        else:
            film = play(looks, a, b, config.seconds, config.rate)
            write_media(config.out, film, None, rate=config.rate, width=width, height=height)
    return config.out


def contact_sheet(looks: Sequence[Look], a: Planes, b: Planes, columns: int = 5) -> Rgb:
    """Return a row for each transition: its name, and moments spread evenly over its way, (H, W, 3).

    Many rows stand in blocks side by side, read downwards, so that the sheet is about as wide as a screen. Both
    pictures have one size and 8 bits.
    """
    if not looks:
        raise ConfigError("contact sheet: no transitions; name at least one")
    labels = [draw_text(look.name, _LABEL, max(a.height // 8, 12)) for look in looks]
    margin = max(label.shape[1] for label in labels) + 2 * _GAP_PX
    across, down = a.width + _GAP_PX, a.height + _GAP_PX
    wide = columns * across + margin
    rows = _rows_of_a_block(len(looks), wide, down)
    blocks = -(-len(looks) // rows)
    page: Rgb = np.empty((rows * down + _GAP_PX, blocks * wide, 3), np.uint8)
    page[:] = _GROUND
    for place, (look, label) in enumerate(zip(looks, labels, strict=True)):
        block, row = divmod(place, rows)
        first, top = block * wide, _GAP_PX + row * down
        _draw(page, label, first + _GAP_PX, top + (a.height - label.shape[0]) // 2)
        change = begin(look, a.width, a.height)
        for column in range(columns):
            left = first + margin + column * across
            picture = to_rgb(change(a, b, (column + 0.5) / columns))
            page[top : top + a.height, left : left + a.width] = picture
    return page


def _rows_of_a_block(count: int, wide: int, down: int) -> int:
    """Return how many rows stand below each other where blocks of this width in px come nearest to the sheet's shape.

    >>> _rows_of_a_block(2, 1700, 186), _rows_of_a_block(72, 1700, 186)
    (2, 24)
    """

    def distance(blocks: int) -> float:
        return abs(math.log(blocks * wide / (-(-count // blocks) * down) / _SHAPE))

    return -(-count // min(range(1, count + 1), key=distance))


def play(looks: Sequence[Look], a: Planes, b: Planes, seconds: Fraction, rate: Fraction) -> Iterator[Planes]:
    """Yield the frames of a film that goes from one picture to the other and back, by each transition in turn."""
    frames, rest = max(round(seconds * rate), 1), max(round(_HOLD * rate), 1)
    for look, (first, second) in zip(looks, pairwise(cycle((a, b))), strict=False):
        name = draw_text(look.name, _CAPTION, a.height)
        caption = from_rgb(name)
        change = begin(look, a.width, a.height)
        for index in range(frames + rest):
            picture = change(first, second, min(index / frames, 1.0))
            yield over(picture, caption, (a.width - caption.width) // 2, a.height - caption.height - a.height // 40)


def _draw(page: Rgb, drawn: Rgb, left: int, top: int) -> None:
    """Lay a picture with alpha over our own page, cut to what it holds."""
    area = page[max(top, 0) : top + drawn.shape[0], left : left + drawn.shape[1]]
    seen = drawn[max(-top, 0) :][: area.shape[0]]
    share = seen[..., 3:].astype(np.uint16)
    area[:] = (seen[..., :3] * share + area * (255 - share)) // 255


def _first_picture(path: Path, width: int, height: int) -> Planes:
    """Return the first picture of a file, cut to fill this size."""
    frames = read_frames(path)
    pixels = next(frames).pixels
    del frames  # a generator that is dropped closes its file
    tall, wide = pixels.shape[:2]
    scale = max(width / wide, height / tall)
    rows, columns = min(round(height / scale), tall), min(round(width / scale), wide)
    top, left = (tall - rows) // 2, (wide - columns) // 2
    cut = np.ascontiguousarray(pixels[top : top + rows, left : left + columns])
    return from_rgb(cast(Rgb, resize(cut, width, height)))


@contextmanager
def _matte(given: Path | None, width: int, height: int) -> Iterator[Path]:
    """Yield the path of a picture for `matte`: the one given, or a spiral that lasts as long as the block."""
    if given is not None:
        yield given
        return
    with TemporaryDirectory() as folder:
        x, y = np.meshgrid(np.linspace(-1, 1, width) * width / height, np.linspace(-1, 1, height))
        turn = (np.arctan2(y, x) / (2 * np.pi) + np.hypot(x, y) * 2) % 1
        path = Path(folder) / "spiral.png"
        write_still(path, np.repeat((turn * 255).astype(np.uint8)[..., None], 3, axis=2))
        yield path
