"""Subtitles of a timeline: burned into the pictures, or soft, as a track that a player shows on request."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from frameloom.apps.edit.compose import Overlay
from frameloom.apps.edit.layers import Layer
from frameloom.apps.edit.layout import Layout
from frameloom.effects.titles.captions import begin_subtitles
from frameloom.effects.titles.motion import Shown
from frameloom.media.subtitles import Cue, read_subtitles, shift_cues, trim_cues
from frameloom.media.subtitles.soft import add_subtitles

STYLED = (".ass", ".ssa")
"""Files that bring their own styles."""


@contextmanager
def burned(laid: Layout) -> Iterator[tuple[Overlay, ...]]:
    """Yield what draws the subtitles of a timeline that are burned in.

    Raises:
        MediaError: a file of subtitles is damaged.
    """
    form = laid.width, laid.height, laid.rate, laid.depth, laid.color
    with ExitStack() as stack:
        overlays = []
        for words in laid.timeline.subtitles:
            if words.burn:
                drawn = begin_subtitles(words.path, *form, shift=words.shift, look=words.look)
                overlays.append(_overlay(stack.enter_context(closing(drawn))))
        yield tuple(overlays)


def _overlay(at: Callable[[Fraction], Shown | None]) -> Overlay:
    """Return an overlay of what is shown at each time."""

    def overlay(time: Fraction) -> Layer | None:
        shown = at(time)
        return None if shown is None else Layer(shown.planes, shown.left, shown.top)

    return overlay


@dataclass(frozen=True)
class Soft:
    """A subtitle track to be."""

    words: Path | tuple[Cue, ...]
    """A file with styles, or cues in the times of the finished file."""
    language: str


def read_soft(laid: Layout, start: Fraction, stop: Fraction) -> list[Soft]:
    """Return the soft subtitles of the part of a timeline between two times; damage shows before the long work.

    Raises:
        MediaError: a file of subtitles is damaged.
    """
    whole = not start and stop >= laid.duration
    found = []
    for subtitles in laid.timeline.subtitles:
        if subtitles.burn:
            continue
        keeps_style = whole and not subtitles.shift and subtitles.path.suffix.lower() in STYLED
        cues = trim_cues(shift_cues(read_subtitles(subtitles.path).cues, subtitles.shift), start, stop)
        found.append(Soft(subtitles.path if keeps_style else tuple(cues), subtitles.language))
    return found


def add_soft(tracks: Sequence[Soft], out: Path) -> None:
    """Put subtitle tracks into a finished file.

    Raises:
        OutputError: the place cannot be written.
    """
    for track in tracks:
        add_subtitles(out, track.words, out, track.language)
