"""A track as other programs see it: pieces end to end on whole frames, transitions across the cuts.

    ours      |---- A ----=====|            OTIO, FCP XML   |---- A ---|-- B -----|
                    |=====-- B ----|                              in_offset|out_offset
                     d seconds                                    d//2 frames, the rest

The cut lies in the middle of the overlap; what a clip shows beyond its cut is its handle. Begins and ends are rounded,
never lengths, so that nothing drifts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from frameloom.apps.edit.timeline import STILL_S, Clip, FileSource, Gap, ModelSource, Timeline, Track, Transition
from frameloom.apps.edit.timemap import TimeMap, duration_for
from frameloom.core.errors import ConfigError, FrameloomError
from frameloom.media.files.info import MediaInfo
from frameloom.media.files.probe import probe

DEFAULT_RATE = Fraction(25)
_STILL_MODEL_S = 2


@dataclass(frozen=True)
class Piece:
    """A clip, gap or transition on whole frames of the timeline."""

    item: Clip | Gap | Transition | None
    """None for time that the timeline leaves empty without an item."""
    begin: int
    """Frame of the timeline; of a transition, where it begins."""
    end: int
    """Frame after its last one; neighbours meet, transitions lie across them."""
    head: int = 0
    """Frames of a clip before its begin, shown by the transition into it; of a transition, frames before the cut."""
    tail: int = 0
    """Frames of a clip after its end, shown by the transition out of it; of a transition, frames after the cut."""
    times: TimeMap | None = None
    """Of a clip: which moment of its source it shows; time 0 is `head` frames before its begin."""
    repeated: bool = False
    """Whether it stands for an item that an earlier piece already stands for."""

    @property
    def frames(self) -> int:
        """Return how many frames it takes."""
        return self.end - self.begin


@dataclass(frozen=True)
class _Placed:
    index: int
    clip: Clip
    begin: int
    end: int
    length: Fraction
    into: Transition | None
    shared: bool
    """Whether `into` comes out of the clip before."""
    out_of: Transition | None
    gaps: tuple[Gap, ...]


def rate_of(timeline: Timeline, info: Callable[[Clip], MediaInfo | None]) -> Fraction:
    """Return a timeline's frames per second: its own, else of the first clip with pictures, else 25."""
    if timeline.rate:
        return timeline.rate
    clips = (item for track in timeline.tracks if track.kind == "video" for item in track.items)
    for clip in clips:
        found = info(clip) if isinstance(clip, Clip) else None
        if found and found.video and found.video.rate:
            return found.video.rate
    return DEFAULT_RATE


def prober() -> Callable[[Clip], MediaInfo | None]:
    """Return a function that says what a clip's file says of itself, None if it cannot be read; asks each file once."""
    known: dict[tuple[str, int], MediaInfo | None] = {}

    def info(clip: Clip) -> MediaInfo | None:
        if not isinstance(clip.source, FileSource):
            return None
        key = (str(clip.source.path), clip.source.stream)
        if key not in known:
            try:
                known[key] = probe(clip.source.path)
            except FrameloomError:
                known[key] = None
        return known[key]

    return info


def length_of(clip: Clip, info: MediaInfo | None) -> Fraction | None:
    """Return how long a clip is shown, in seconds; None if only its file could tell, and that cannot be read."""
    if clip.duration is not None:
        return clip.duration
    if isinstance(clip.source, ModelSource):
        return Fraction(_STILL_MODEL_S)
    if clip.freeze or not isinstance(clip.source, FileSource):
        return Fraction(STILL_S)
    return None if info is None else max(duration_for(clip.speed, info.duration - clip.start), Fraction(0))


def pieces_of(track: Track, rate: Fraction, length: Callable[[Clip], Fraction], where: str) -> list[Piece]:
    """Return a track's pieces in order.

    Raises:
        ConfigError: clips lie over each other, or transitions are longer than their clip.
    """
    return list(_cut(list(_placed(track, rate, length, where)), track, rate, where))


def _placed(track: Track, rate: Fraction, length: Callable[[Clip], Fraction], where: str) -> Iterator[_Placed]:
    """Yield a track's clips with their frames, overlapping where a transition joins them."""
    now, frame = Fraction(0), 0
    into: Transition | None = None
    shared = False
    gaps: list[Gap] = []
    items = track.items
    for index, (before, item) in enumerate(pairwise((None, *items))):
        following = items[index + 1] if index + 1 < len(items) else None
        if isinstance(item, Gap):
            now, into = now + item.duration, None
            gaps.append(item)
        elif isinstance(item, Transition):
            into, shared = item, isinstance(before, Clip) and isinstance(following, Clip)
            now -= item.duration if shared else 0
        elif isinstance(item, Clip):
            if item.at is not None:
                if item.at < now:
                    text = f"begins at {item.at} s, before what is in front of it ends ({now} s); begin later"
                    raise ConfigError(f"{where}.items[{index}].at: {text}")
                now = item.at
            duration = length(item)
            begin = frames(now, rate) if shared else max(frames(now, rate), frame)
            frame = max(frames(now + duration, rate), begin + 1)
            out_of = following if isinstance(following, Transition) else None
            yield _Placed(index, item, begin, frame, duration, into, shared, out_of, tuple(gaps))
            now, into, shared, gaps = now + duration, None, False, []


def _cut(placed: list[_Placed], track: Track, rate: Fraction, where: str) -> Iterator[Piece]:
    """Yield pieces from clips that overlap."""
    cursor = 0
    for index, own in enumerate(placed):
        before = placed[index - 1] if index else None
        after = placed[index + 1] if index + 1 < len(placed) else None
        overlap = before.end - own.begin if before and own.shared else 0
        if own.into and overlap > 0:
            head = overlap // 2
            yield Piece(own.into, own.begin, own.begin + overlap, head, overlap - head)
        else:
            head = 0
            yield from _empty(own.gaps, cursor, own.begin, rate)
            if own.into:
                begins = _fade(own.into, own, rate)
                yield Piece(own.into, own.begin, own.begin + begins, 0, begins, repeated=own.shared)
        joined = after.begin if after and after.shared and after.begin < own.end else None
        tail = own.end - joined - (own.end - joined) // 2 if joined is not None else 0
        if own.end - tail <= own.begin + head:
            raise ConfigError(f"{where}.items[{own.index}]: its transitions are longer than it is; make them shorter")
        times = TimeMap(own.clip.start, own.length, own.clip.speed, own.clip.reverse, own.clip.freeze)
        yield Piece(own.clip, own.begin + head, own.end - tail, head, tail, times)
        cursor = own.end - tail
        if own.out_of and joined is None:
            ends = _fade(own.out_of, own, rate)
            yield Piece(own.out_of, own.end - ends, own.end, ends, 0)
    last = [item for item in track.items[_after_last_clip(track) :] if isinstance(item, Gap)]
    yield from _empty(tuple(last), cursor, cursor + frames(Fraction(sum(gap.duration for gap in last)), rate), rate)


def _fade(transition: Transition, own: _Placed, rate: Fraction) -> int:
    """Return the frames of a transition from or to nothing."""
    return min(max(frames(transition.duration, rate), 1), own.end - own.begin)


def _empty(gaps: tuple[Gap, ...], begin: int, end: int, rate: Fraction) -> Iterator[Piece]:
    """Yield the gaps between two clips, and what is left of the time between them."""
    now = Fraction(begin) / rate
    cursor = begin
    for gap in gaps:
        now += gap.duration
        stop = max(cursor, min(frames(now, rate), end))
        yield Piece(gap, cursor, stop)
        cursor = stop
    if end > cursor:
        yield Piece(None, cursor, end)


def _after_last_clip(track: Track) -> int:
    return 1 + max((index for index, item in enumerate(track.items) if isinstance(item, Clip)), default=-1)


def frames(time: Fraction, rate: Fraction) -> int:
    """Return the frame nearest to a time in seconds."""
    return int(time * rate + Fraction(1, 2))
