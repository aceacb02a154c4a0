"""Subtitles of a timeline: burned into the pictures, or soft, as a track that a player shows on request."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from fractions import Fraction
from pathlib import Path

from frameloom.apps.edit.compose import Overlay
from frameloom.apps.edit.layers import Layer
from frameloom.apps.edit.layout import Layout
from frameloom.apps.edit.timeline import Subtitles
from frameloom.effects.captions import StyledCaptions, begin_captions
from frameloom.effects.titles_motion import Shown
from frameloom.media.subtitles import Cue, read_subtitles, shift_cues, trim_cues
from frameloom.media.subtitles_soft import add_subtitles

STYLED = (".ass", ".ssa")
"""Files that bring their own styles."""


@contextmanager
def burned(laid: Layout) -> Iterator[tuple[Overlay, ...]]:
    """Yield what draws the subtitles of a timeline that are burned in.

    Raises:
        MediaError: a file of subtitles is damaged.
    """
    with ExitStack() as stack:
        overlays = []
        for subtitles in laid.timeline.subtitles:
            if subtitles.burn:
                overlays.append(_overlay(_drawn(subtitles, laid, stack)))
        yield tuple(overlays)


def _drawn(subtitles: Subtitles, laid: Layout, stack: ExitStack) -> Callable[[Fraction], Shown | None]:
    size = laid.width, laid.height
    if subtitles.path.suffix.lower() in STYLED:
        styled = StyledCaptions(subtitles.path, *size, laid.rate, laid.depth, laid.color, subtitles.shift)
        return stack.enter_context(closing(styled))
    return begin_captions(_cues(subtitles), *size, laid.depth, laid.color, subtitles.look)


def _overlay(at: Callable[[Fraction], Shown | None]) -> Overlay:
    """Return an overlay of what is shown at each time."""

    def overlay(time: Fraction) -> Layer | None:
        shown = at(time)
        return None if shown is None else Layer(shown.planes, shown.left, shown.top)

    return overlay


def _cues(subtitles: Subtitles) -> tuple[Cue, ...]:
    return shift_cues(read_subtitles(subtitles.path).cues, subtitles.shift)


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
        words = subtitles.path if keeps_style else trim_cues(_cues(subtitles), start, stop)
        add_subtitles(out, words, out, subtitles.language)
