"""The pictures of a film, beat by beat: scene, titles, captions; and seams, in which one beat becomes the next.

    seam   last picture of the beat before --transition--> scene    first pictures of a beat
    body   scene                                                    the others

Nothing that stands still is drawn again: while scene, titles and captions are the same objects, so is the picture.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction

from frameloom.apps.compose.captions import begin_captions
from frameloom.apps.compose.overall import begin_overall
from frameloom.apps.compose.timing import Laid, Placed, shows_captions
from frameloom.effects import titles, transitions
from frameloom.effects.blend import over
from frameloom.effects.titles.motion import At, Shown
from frameloom.effects.titles.settings import LowerThird
from frameloom.effects.titles.stage import SAFE
from frameloom.media.planes import Planes


def pictures_of(laid: Laid, placed: Placed, first: int, stop: int) -> Iterator[Planes]:
    """Yield the pictures of a beat from one number in it up to another, without its seam.

    Raises:
        MediaError: a file that is shown is damaged.
    """
    shows = _BeatPictures(laid, placed)
    for number in range(first, stop):
        yield shows.at(number)


def seam_of(laid: Laid, placed: Placed) -> Iterator[Planes]:
    """Yield the pictures in which the beat before becomes this one; none where it is cut.

    Raises:
        MediaError: a file that is shown is damaged.
    """
    if placed.transition is None:
        return
    before = laid.beats[placed.number - 1]
    past = laid.draw(before)((before.frames - 1) / laid.rate)
    shows = _BeatPictures(laid, placed)
    look = placed.transition
    if look.matte is not None:
        look = look.model_copy(update={"matte": laid.folder / look.matte})
    change = transitions.begin(look, laid.width, laid.height)
    for number in range(placed.changing):
        share = (number + 1) / (placed.changing + 1)
        yield shows.at(number, lambda picture, share=share: change(past, picture, share))  # type: ignore[misc]


class _BeatPictures:
    """The pictures of one beat, asked for in order."""

    def __init__(self, laid: Laid, placed: Placed) -> None:
        self._laid, self._first = laid, placed.first
        self._draw = laid.draw(placed)
        duration = placed.frames / laid.rate
        size = laid.width, laid.height
        self._own = [_lifted(laid, placed, title, titles.begin(title, *size, duration)) for title in placed.beat.over]
        self._all = [begin_overall(laid, placed, title) for title in laid.storyboard.over]
        self._captions = begin_captions(laid, placed)
        self._last: tuple[Planes, tuple[Shown, ...], Planes] | None = None

    def at(self, number: int, change: Callable[[Planes], Planes] | None = None) -> Planes:
        """Return a picture by its number in the beat."""
        time = number / self._laid.rate
        film = (self._first + number) / self._laid.rate
        picture = self._draw(time)
        if change is not None:
            picture = change(picture)
        half = 1 / (2 * self._laid.rate)
        shown = [at(time) for at in (*self._own, *self._all)]
        shown += [self._captions(film + half)] if self._captions else []
        layers = tuple(layer for layer in shown if layer is not None)
        last = self._last
        if last and last[0] is picture and len(last[1]) == len(layers) and all(map(_same, last[1], layers)):
            return last[2]
        finished = picture
        for layer in layers:
            finished = over(finished, layer.planes, layer.left, layer.top)
        self._last = picture, layers, finished
        return finished


def _lifted(laid: Laid, placed: Placed, title: titles.Title, at: At) -> At:
    """Return a title that stands above the captions and tickers, where it is a lower third."""
    if not isinstance(title, LowerThird):
        return at
    below = laid.caption_box_of(placed)[1] if shows_captions(laid.storyboard, placed.beat) else laid.free[1]
    lift = max(0, round(laid.height * (1 - SAFE)) - below) & ~1
    last: tuple[Shown, Shown] | None = None

    def lifted(time: Fraction) -> Shown | None:
        nonlocal last
        shown = at(time)
        if shown is None:
            return None
        if last is None or last[0] is not shown:
            last = shown, shown._replace(top=shown.top - lift)
        return last[1]

    return lifted


def _same(one: Shown, other: Shown) -> bool:
    return one is other
