"""Reading media: pictures and sound as streams, with exact times, from any point on.

    file --read_pictures--> Picture, Picture, ...      file --read_sound--> block, block, ...

The file's clock: 0 is where its first picture or sound stream begins, so that both keep their offset. Memory does not
grow with duration. A still, an animation or a folder of pictures is read as pictures too, through pillow.
"""

from collections import deque
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from frameloom.core.errors import MediaError
from frameloom.media.files.container import check_file, is_folder
from frameloom.media.files.decode import decode_from
from frameloom.media.files.info import MediaInfo, SoundStreamInfo, SubtitleStreamInfo, VideoStreamInfo
from frameloom.media.files.picture import Picture, PictureForm, Shaper, even
from frameloom.media.files.pictures import PICTURE_SUFFIXES, pictures_in, read_stills
from frameloom.media.files.probe import probe
from frameloom.media.files.sound_source import read_sound
from frameloom.media.frames import IMAGE_RATE, Pixels, check_size
from frameloom.media.image import Rgb, from_rgb, resize_planes
from frameloom.media.planes import Planes

__all__ = [
    "MediaInfo",
    "Picture",
    "PictureForm",
    "SoundStreamInfo",
    "SubtitleStreamInfo",
    "VideoStreamInfo",
    "probe",
    "read_backwards",
    "read_pictures",
    "read_sound",
    "read_still",
]

MAX_HELD_BYTES = 256 * 1024**2
"""Most memory of pictures that reading backwards keeps at once; longer spans are decoded again."""


def read_pictures(
    path: Path | str,
    start: Fraction | int = 0,
    stop: Fraction | int | None = None,
    form: PictureForm | None = None,
    *,
    stream: int = 0,
    strict: bool = False,
) -> Iterator[Picture]:
    """Yield the picture on screen at start, then each later one that comes on before stop.

    A start before the first picture gives the first one, a start after the last one the last. Variable frame rates are
    kept. Without a form, pictures keep their size (upright, square pixels, sides even), depth and colour. An opaque
    picture has no alpha. A strict reading leaves out damaged pictures and those that are made from them, and the
    picture before such a stretch does not stay through it; otherwise they are shown as players do, painted over.

    Raises:
        MediaError: missing, not media, without such a stream, damaged (named with its time), or too large.
    """
    path, start = Path(path), Fraction(start)
    shaping = _Shaping(path, form)
    with closing(_shots(path, start, stream, strict)) as shots:
        for shot in _shown(shots, start, None if stop is None else Fraction(stop)):
            yield shaping.picture(shot)


def read_backwards(
    path: Path | str,
    start: Fraction | int,
    stop: Fraction | int,
    form: PictureForm | None = None,
    *,
    stream: int = 0,
) -> Iterator[Picture]:
    """Yield the pictures of read_pictures from the last to the first.

    Each span is decoded from the key frame before it; one that does not fit into memory is decoded again for each part.

    Raises:
        MediaError: as read_pictures.
    """
    path, start, end = Path(path), Fraction(start), Fraction(stop)
    shaping = _Shaping(path, form)
    step = Fraction(1)
    while True:
        back = max(start, end - step)
        with closing(_shots(path, back, stream)) as shots:
            span = _last_of(_shown(shots, start, end))
        yield from map(shaping.picture, reversed(span))
        if not span or span[0].time <= start or span[0].time >= end:
            return
        end = span[0].time


def read_still(path: Path | str) -> Rgb:
    """Return the first picture of a picture file, upright, (H, W, 4).

    Raises:
        MediaError: not a picture, damaged, or too large.
    """
    path = Path(path)
    check_file(path)
    with closing(read_stills(path)) as stills:
        return next(stills).pixels


@dataclass(frozen=True, eq=False)
class _Shot:
    """A picture not yet shaped: a decoder's frame or RGBA pixels."""

    frame: av.VideoFrame | Pixels
    time: Fraction
    duration: Fraction
    aspect: Fraction | None = None
    damaged_from: Fraction | None = None


def _shots(path: Path, start: Fraction, stream: int, strict: bool = False) -> Generator[_Shot, None, None]:
    """Yield shots in order of time, the first at or before start where there is one."""
    folder = is_folder(path)
    if not folder and path.suffix.lower() not in PICTURE_SUFFIXES:
        with closing(decode_from(path, start, stream, strict=strict)) as frames:
            for decoded in frames:
                yield _Shot(decoded.frame, decoded.time, decoded.duration, decoded.aspect, decoded.damaged_from)
        return
    if stream:
        raise MediaError(f"{path}: no video stream {stream}; pictures have only one")
    if folder:
        names = pictures_in(path)
        first = min(max(int(start * IMAGE_RATE), 0), len(names) - 1)
        for index, name in enumerate(names[first:], first):
            yield _Shot(read_still(name), index / IMAGE_RATE, 1 / IMAGE_RATE)
        return
    check_file(path)
    with closing(read_stills(path)) as stills:
        for still in stills:
            yield _Shot(still.pixels, still.time, still.duration)


def _shown(shots: Iterator[_Shot], start: Fraction, stop: Fraction | None) -> Iterator[_Shot]:
    """Yield what is on screen at start and comes on before stop, each with the time that it really stays."""
    held: _Shot | None = None
    damage: MediaError | None = None
    try:
        for shot in shots:
            if held is not None and shot.time > start and _comes_on(held, start, stop):
                end = shot.time if shot.damaged_from is None else shot.damaged_from
                yield replace(held, duration=end - held.time)
            held = shot
            if not _comes_on(shot, start, stop):
                return
    except MediaError as error:
        damage = error  # what was decoded before it is shown first
    if held is not None:
        yield held
    if damage is not None and not (held is not None and _lasts_until(held, stop)):
        try:
            raise damage
        finally:
            damage = None  # else the error and this frame would hold each other, and the file stay open


def _comes_on(shot: _Shot, start: Fraction, stop: Fraction | None) -> bool:
    return stop is None or shot.time < stop or shot.time <= start


def _lasts_until(shot: _Shot, stop: Fraction | None) -> bool:
    """Return whether a shot stays until then, but for half its length: damage after it does not matter."""
    return stop is not None and shot.time + shot.duration * 3 / 2 >= stop


def _last_of(shots: Iterator[_Shot]) -> list[_Shot]:
    """Return the last shots, as many as memory may hold."""
    kept: deque[_Shot] = deque()
    for shot in shots:
        kept.append(shot)
        if len(kept) > max(MAX_HELD_BYTES // _bytes_of(shot.frame), _FEWEST_HELD):
            kept.popleft()
    return list(kept)


_FEWEST_HELD = 4


def _bytes_of(frame: av.VideoFrame | Pixels) -> int:
    if isinstance(frame, np.ndarray):
        return frame.nbytes
    return max(sum(plane.buffer_size for plane in frame.planes), 1)


class _Shaping:
    """Makes pictures of shots, all in one form."""

    def __init__(self, path: Path, form: PictureForm | None):
        self.path, self.form, self.given = path, form, form is not None
        self.shaper: Shaper | None = None

    def picture(self, shot: _Shot) -> Picture:
        """Return a shot as it is shown."""
        if isinstance(shot.frame, np.ndarray):
            return Picture(self._drawn(shot.frame, shot.time), shot.time, shot.duration, shot.damaged_from)
        self.shaper = self.shaper or Shaper(self.path, self.form, shot.aspect)
        planes = self.shaper.planes(shot.frame, shot.time)
        return Picture(planes, shot.time, shot.duration, shot.damaged_from)

    def _drawn(self, rgba: Pixels, time: Fraction) -> Planes:
        """Return the planes of RGBA pixels; an odd side is filled up with its last row or column."""
        height, width = rgba.shape[:2]
        check_size(self.path, width, height)
        form = self.form = self.form or PictureForm(even(width), even(height))
        if not self.given and (even(width), even(height)) != (form.width, form.height):
            raise MediaError(
                f"{self.path}: its size changes from {form.width}x{form.height} to {width}x{height} px "
                f"at {float(time):.2f} s; give a size to read it in, or pictures of one size"
            )
        if width % 2 or height % 2:
            rgba = np.pad(rgba, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        seen = rgba if (rgba[..., 3] < 255).any() else rgba[..., :3]
        return resize_planes(from_rgb(seen, form.depth, form.color), form.width, form.height)
