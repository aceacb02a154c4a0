"""Films side by side: for each picture of one, what another shows at that time."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from fractions import Fraction

from frameloom.media.files.info import MediaInfo
from frameloom.media.files.source import Picture, PictureForm, read_pictures
from frameloom.media.image import resize_planes
from frameloom.media.planes import Planes

TOLERANCE_S = Fraction(1, 1000)
"""A picture counts as shown this much early: Matroska and WebM round times to milliseconds."""


class Shown:
    """A film that is asked what it shows at times that never go back."""

    def __init__(self, pictures: Iterator[Picture], begin: Fraction) -> None:
        self.pictures, self.begin = pictures, begin
        self.now: Picture | None = None
        self.next = next(pictures, None)

    def at(self, time: Fraction) -> Planes | None:
        """Return what is shown this long after the film's begin; None before there is anything."""
        while self.next is not None and self.next.time - self.begin <= time + TOLERANCE_S:
            self.now, self.next = self.next, next(self.pictures, None)
        return None if self.now is None else self.now.planes


@contextmanager
def beside(info: MediaInfo, other: MediaInfo, start: Fraction = Fraction(0)) -> Iterator[Shown]:
    """Yield a film in its own size, with samples and colours of another, to be asked from a time on.

    Times are counted from each film's first picture: a run-in of sound moves one, and not the other.
    """
    video, like = info.videos[0], other.videos[0]
    form = PictureForm(info.width, info.height, like.depth, like.color)
    pictures = read_pictures(info.path, video.start + start, form=form)
    try:
        yield Shown(pictures, video.start)
    finally:
        if isinstance(pictures, Generator):
            pictures.close()


def as_large(picture: Planes, width: int, height: int) -> Planes:
    """Return a picture in a size: Lanczos where it grows, areas where it shrinks."""
    shrinks = width <= picture.width and height <= picture.height
    return resize_planes(picture, width, height, "area" if shrinks else "lanczos")
