"""Music under an edit: when its beats and bars fall on the timeline, and its track, repeated when it is too short.

|0 . . . |1 . . . |2 . . . |3 . ~          first bar 0, last bar 3: played to 3, then again from 0
|0 . . . |1 . . . |2 . . . |0 . . . |1 .   the beat goes on through the seam
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from frameloom.apps.edit.automatic.hearing import BEATS_OF_A_BAR, pulse_of
from frameloom.apps.edit.timeline import MAX_ITEMS, Clip, Duck, FileSource, Item, Track
from frameloom.media.files.source import probe

END_FADE_S = Fraction(2)
SEAM_S = Fraction(1, 50)
"""Fade at each side of a seam, so that it does not click."""


@dataclass(frozen=True)
class Beats:
    """When the beats of a piece of music fall, for as long as an edit may be."""

    times: tuple[Fraction, ...] = ()
    """In order, in seconds."""
    bars: frozenset[Fraction] = frozenset()
    """Those that begin a bar."""
    period: Fraction = Fraction(0)
    """Seconds from one beat to the next, in the middle of all."""
    loop: tuple[Fraction, Fraction] | None = None
    """From where to where the music can be repeated without losing the beat."""
    length: Fraction = Fraction(0)
    """Of the music, played once, in seconds."""

    def within(self, begin: Fraction, end: Fraction) -> tuple[Fraction, ...]:
        """Return the beats from begin to end, both included, of the music as it is repeated."""
        return tuple(beat for beat, _ in self._repeated(begin, end))

    def is_bar(self, beat: Fraction) -> bool:
        """Return whether a beat, as `within` returns them, begins a bar."""
        return any(bar for time, bar in self._repeated(beat, beat) if time == beat)

    def _repeated(self, begin: Fraction, end: Fraction) -> list[tuple[Fraction, bool]]:
        found: list[tuple[Fraction, bool]] = []
        for shift, since, until in self.passes(end + self.period):
            low, high = max(since, begin - shift), min(until, end - shift)
            span = self.times[bisect_left(self.times, low) : bisect_right(self.times, high)]
            found += [(time + shift, time in self.bars) for time in span if time < until or time == self.length]
        return found

    def passes(self, total: Fraction) -> list[tuple[Fraction, Fraction, Fraction]]:
        """Return how the music is repeated to fill a time: shift of its times, from, until."""
        first, turn = self.loop or (Fraction(0), self.length)
        passes: list[tuple[Fraction, Fraction, Fraction]] = []
        now, since = Fraction(0), Fraction(0)
        while now < total and turn > first and len(passes) < MAX_ITEMS // 10:
            last = now + self.length - since >= total
            until = self.length if last else turn
            passes.append((now - since, since, until))
            now += until - since
            since = first
        return passes


NO_BEATS = Beats()


def beats_of(times: Sequence[Fraction], bars: Sequence[Fraction], length: Fraction) -> Beats:
    """Return beats with their period and the loop between the first and the last bar."""
    gaps = sorted(after - before for before, after in pairwise(times))
    starts = sorted(bars) or list(times[::BEATS_OF_A_BAR])
    loop = (starts[0], starts[-1]) if len(starts) > 2 else None
    return Beats(tuple(times), frozenset(bars), gaps[len(gaps) // 2] if gaps else Fraction(0), loop, length)


def read_beats(path: Path) -> Beats:
    """Find the beats of a piece of music.

    Raises:
        MediaError: it cannot be read, or has no sound.
    """
    return beats_of(*pulse_of(path), probe(path).duration)


def music_track(path: Path, beats: Beats, total: Fraction, volume: float, under: str | None) -> Track:
    """Return a track of music that lasts as long as the edit, fades out with it, and falls under a named track."""
    items: list[Item] = []
    passes = beats.passes(total)
    now = Fraction(0)
    for index, (_, since, until) in enumerate(passes):
        length = min(until - since, total - now)
        ends = now + length >= total
        items.append(
            Clip(
                source=FileSource(path=path),
                start=since,
                duration=length,
                fade_in=SEAM_S if index else Fraction(0),
                fade_out=min(END_FADE_S, length / 2) if ends else SEAM_S,
                reason="" if len(passes) == 1 else f"time {index + 1} of the music",
            )
        )
        now += length
    duck = Duck(under=under) if under else None
    return Track(name="music", kind="sound", items=tuple(items), volume=volume, duck=duck)
