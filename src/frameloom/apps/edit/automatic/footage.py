"""What is known of a clip before it is cut: how it looks at its ends, where words are, which part of it is of use.

file --probe, watch, listen--> Footage --usable--> the span without black, standing or stray pictures at its ends
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from frameloom.apps.edit.automatic.hearing import words_in
from frameloom.apps.edit.automatic.spans import Span, Spans, grown, touches
from frameloom.apps.edit.automatic.watching import Watched, watch
from frameloom.apps.edit.timeline import STILL_S
from frameloom.media.files.source import MediaInfo, probe

REACH_S = Fraction(8)
"""How much is looked at around each end of a clip."""
STRAY_S = Fraction(2, 5)
"""A shot that short at an end was left over by somebody's cut."""
LONGEST_FREEZE_S = Fraction(2)
"""A picture that stands longer is meant to, as a title is."""
MARGIN = (Fraction(6, 100), Fraction(12, 100))
"""What is kept free before and after a word, in seconds: its soft begin and end."""

FIRST_YEAR = 1990
"""Files say 1904 or 1970 when their clock was never set."""

_PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"}


@dataclass(frozen=True, eq=False)
class Footage:
    """A clip as it was given."""

    path: Path
    duration: Fraction
    head: Watched
    """Its first seconds, or all of it."""
    tail: Watched
    """Its last seconds, or all of it."""
    words: Spans = ()
    """Where somebody speaks, without the pauses between words."""
    recorded: datetime | None = None
    rate: Fraction | None = None
    still: bool = False
    """Whether it is one picture without a time of its own."""

    @property
    def guarded(self) -> Spans:
        """Return the words with the margins that no cut may touch."""
        return grown(self.words, *MARGIN, Fraction(0), self.duration)

    @property
    def cuts(self) -> tuple[Fraction, ...]:
        """Return the hard cuts that were seen."""
        return tuple(sorted({*self.head.found.cuts, *self.tail.found.cuts}))


def examine(path: Path, longest: Fraction | None = None) -> Footage:
    """Probe, watch and listen to a clip; what lies further in than `longest` seconds is of no interest.

    Raises:
        MediaError: it has no pictures, or cannot be read.
    """
    info = probe(path)
    if is_still(path):
        seen = watch(path, Fraction(0), Fraction(STILL_S))
        return Footage(path, min(longest or Fraction(STILL_S), Fraction(STILL_S)), seen, seen, still=True)
    end = info.duration if longest is None else min(info.duration, longest + REACH_S)
    if end <= 3 * REACH_S:
        head = tail = watch(path, Fraction(0), end)
    else:
        head, tail = watch(path, Fraction(0), REACH_S), watch(path, end - REACH_S, end)
    rate = info.video.rate if info.video else None
    return Footage(path, info.duration, head, tail, words_in(path, info, end), _recorded(info), rate)


def is_still(path: Path) -> bool:
    """Return whether a file is one picture, by its name."""
    return path.suffix.lower() in _PICTURES


def length_of(path: Path) -> Fraction:
    """Return how long a clip is shown when all of it is.

    Raises:
        MediaError: it cannot be read.
    """
    return Fraction(STILL_S) if is_still(path) else probe(path).duration


def usable(footage: Footage) -> tuple[Span, tuple[str, ...]]:
    """Return what of a clip is worth showing, and what is left out in plain words; no word is ever left out."""
    if footage.still:
        return Span(Fraction(0), footage.duration), ()
    begin, begin_notes = _begin(footage)
    end, end_notes = _end(footage)
    if end - begin < min(footage.duration / 2, Fraction(1)):
        return Span(Fraction(0), footage.duration), ()
    return Span(begin, end), (*begin_notes, *end_notes)


def _begin(footage: Footage) -> tuple[Fraction, tuple[str, ...]]:
    """Return where the part of use begins: after black, then after what stands, then after a stray shot."""
    head, begin, notes = footage.head, Fraction(0), []
    for until, what in ((head.found.black_head, "black"), (head.found.frozen_head, "a standing picture")):
        meant = what != "black" and until is not None and until > LONGEST_FREEZE_S
        if until and until > begin and not meant and not touches(footage.guarded, begin, until):
            notes.append(f"{float(until - begin):.2f} s of {what} left out at the head")
            begin = until
    stray = [cut for cut in head.found.cuts if begin < cut <= begin + STRAY_S]
    if stray and not touches(footage.guarded, begin, stray[-1]):
        notes.append(f"{float(stray[-1] - begin):.2f} s of another shot left out at the head")
        begin = stray[-1]
    return begin, tuple(notes)


def _end(footage: Footage) -> tuple[Fraction, tuple[str, ...]]:
    """Return where the part of use ends; the mirror of its begin."""
    tail, end, notes = footage.tail, footage.duration, []
    if tail.stop < footage.duration:
        return end, ()
    for since, what in ((tail.found.black_tail, "black"), (tail.found.frozen_tail, "a standing picture")):
        meant = what != "black" and since is not None and footage.duration - since > LONGEST_FREEZE_S
        if since is not None and since < end and not meant and not touches(footage.guarded, since, end):
            notes.append(f"{float(end - since):.2f} s of {what} left out at the tail")
            end = since
    stray = [cut for cut in tail.found.cuts if end - STRAY_S <= cut < end]
    if stray and not touches(footage.guarded, stray[0], end):
        notes.append(f"{float(end - stray[0]):.2f} s of another shot left out at the tail")
        end = stray[0]
    return end, tuple(notes)


def _recorded(info: MediaInfo) -> datetime | None:
    """Return when a file says it was recorded."""
    for name, text in info.metadata:
        if name.lower() in {"creation_time", "com.apple.quicktime.creationdate"}:
            try:
                found = datetime.fromisoformat(text)
            except ValueError:
                continue
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
            return found if found.year >= FIRST_YEAR else None
    return None
