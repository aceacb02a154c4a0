"""What of a timeline can be copied instead of encoded: stretches in which one clip is shown as it is, and nothing else.

timeline   A A A A A A A x x x B B B B B B        x: a transition
written    f c c c c c f f f f f c c c c f        c: packets of the source, f: composed and encoded afresh
"""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from frameloom.apps.edit.compose import compose
from frameloom.apps.edit.layout import Layout, Placed
from frameloom.apps.edit.timeline import Clip, ColorSource, FileSource
from frameloom.media.files.remux import Fresh
from frameloom.media.files.spans import Span, copyable_spans

_PLAIN = Clip(source=ColorSource())
_SEEN = (
    "speed",
    "reverse",
    "freeze",
    "x",
    "y",
    "scale",
    "rotation",
    "opacity",
    "blend",
    "effects",
    "fade_in",
    "fade_out",
)
"""Settings that change how a clip looks; it is untouched where they have their defaults."""


def copy_parts(laid: Layout, first: int, stop: int) -> tuple[list[Span | Fresh], str]:
    """Return the pictures from one number up to another as spans to copy and runs to encode, and why none is copied.

    Raises:
        MediaError: a source is damaged.
    """
    shown = [track for track in laid.tracks if track.track.kind == "video" and not track.track.hidden]
    if len(shown) != 1 or any(subtitles.burn for subtitles in laid.timeline.subtitles):
        return [], "something is drawn over the pictures"
    parts: list[Span | Fresh] = []
    reason = "no clip is shown as it is"
    at = first
    for placed in shown[0].clips:
        if not is_untouched(placed, laid):
            continue
        for number, span, why in _spans(placed, laid, first, stop):
            reason = why or reason
            if span is not None and number >= at:
                parts += [_fresh(laid, at, number)] if number > at else []
                parts.append(span)
                at = number + span.count
    if not any(isinstance(part, Span) for part in parts):
        return [], reason
    return ([*parts, _fresh(laid, at, stop)] if at < stop else parts), ""


def is_untouched(placed: Placed, laid: Layout) -> bool:
    """Return whether a clip's pictures fill the timeline's just as they are."""
    video = placed.info.video if placed.info else None
    if video is None or not isinstance(placed.clip.source, FileSource) or placed.clip.source.stream:
        return False
    as_they_are = (video.width, video.height, video.rate, video.depth, video.color) == (
        *(laid.width, laid.height, laid.rate, laid.depth, laid.color),
    )
    return as_they_are and all(getattr(placed.clip, name) == getattr(_PLAIN, name) for name in _SEEN)


def _spans(placed: Placed, laid: Layout, first: int, stop: int) -> Iterator[tuple[int, Span | None, str]]:
    """Yield the number on the timeline of each span of a clip, the span, and why there is none."""
    rate = laid.rate
    begin = placed.begin + (placed.into.duration if placed.into else 0)
    end = placed.end - (placed.out_of.duration if placed.out_of else 0)
    at, last = max(first, ceil(begin * rate)), min(stop, ceil(end * rate))
    if at >= last or not isinstance(placed.clip.source, FileSource):
        return
    start = placed.times.source_time(Fraction(at) / rate - placed.begin)
    found = copyable_spans(placed.clip.source.path, start, start + (last - at) / rate, rate)
    if found.reason:
        yield at, None, found.reason
    for span in found.spans:
        yield at + span.first - found.first, span, ""


def _fresh(laid: Layout, first: int, stop: int) -> Fresh:
    return Fresh(stop - first, lambda: compose(laid, first, stop))
