"""Subtitles of a timeline: burned into the pictures, or soft, as a track that a player shows on request."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from fractions import Fraction
from pathlib import Path

from frameloom.apps.edit.compose import Overlay
from frameloom.apps.edit.layers import Layer
from frameloom.apps.edit.layout import Layout
from frameloom.effects.captions import begin_subtitles
from frameloom.effects.titles_motion import Shown
from frameloom.media.subtitles import read_subtitles, shift_cues, trim_cues
from frameloom.media.subtitles_soft import add_subtitles

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


def add_soft(laid: Layout, out: Path, start: Fraction, stop: Fraction) -> None:
    """Put the soft subtitles of a timeline into its finished file, which holds the part between two times.

    Raises:
        MediaError: a file of subtitles is damaged.
        OutputError: the file cannot hold subtitles.
    """
    whole = not start and stop >= laid.duration
    for subtitles in laid.timeline.subtitles:
        if subtitles.burn:
            continue
        keeps_style = whole and not subtitles.shift and subtitles.path.suffix.lower() in STYLED
        shifted = shift_cues(read_subtitles(subtitles.path).cues, subtitles.shift)
        words = subtitles.path if keeps_style else trim_cues(shifted, start, stop)
        add_subtitles(out, words, out, subtitles.language)
