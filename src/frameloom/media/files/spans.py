"""Runs of pictures in a file that can be copied without decoding, because nothing in them refers to anything outside.

    decoded   I0 P4 B2 B1 B3 P7 B6 B5 | I8 P12 B10 ...       groups: [0, 8), [8, ...)
    shown     I0 B1 B2 B3 P4 B5 B6 P7 | I8 B9 ...

A group begins with a key picture of which the codec promises that nothing after it, in the order of decoding, refers to
anything before it, and ends where the next begins; its pictures must be one run without gaps on the grid of the rate.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal, get_args

from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from frameloom.core.errors import MediaError
from frameloom.media.files import h264
from frameloom.media.files.container import LIBAV_ERRORS, begin_of, opened, reason, video_stream
from frameloom.media.files.picture import Turn, turn_of

CopiedCodec = Literal["h264", "vp9"]
_PIXEL_FORMATS = {"h264": ("yuv420p", "yuv420p10le"), "vp9": ("yuv420p",)}
_PROGRESSIVE = (0, 1)
"""Of AVFieldOrder: unknown and progressive."""
_FULL_RANGE = 2
_LARGEST_SLIP = Fraction(1, 4)
"""Most of a picture's time by which a container's rounding may move it."""


@dataclass(frozen=True)
class Span:
    """A run of whole groups of pictures in a file."""

    path: Path
    first: int
    """Number of its first picture in the file, on the grid of the rate."""
    count: int
    time: Fraction
    """When its first picture is shown, in seconds on the file's clock."""
    delay: int
    """By how many pictures the order of decoding runs ahead of the order of showing."""
    keys: tuple[int, ...]
    """Numbers of the pictures with which its groups begin."""


@dataclass(frozen=True)
class Copyable:
    """What of a stretch of a file can be copied."""

    first: int
    """Number of the picture on screen at its start."""
    count: int
    """Number of its pictures; where nothing can be copied, what the times ask for, or 0 without a stop."""
    spans: tuple[Span, ...]
    reason: str = ""
    """Why nothing can be copied, in words; empty if something can."""


@dataclass
class _Group:
    key: int
    numbers: list[int] = field(default_factory=list)
    is_clean: bool = True

    @property
    def is_run(self) -> bool:
        """Return whether the pictures are one run without gaps from the key on."""
        return self.is_clean and sorted(self.numbers) == list(range(self.key, self.key + len(self.numbers)))

    @property
    def delay(self) -> int:
        return max(index - (number - self.key) for index, number in enumerate(self.numbers))


def copyable_spans(path: Path, start: Fraction, stop: Fraction | None, rate: Fraction) -> Copyable:
    """Return what can be copied of the pictures from start to stop, in seconds on the file's clock.

    Pictures are numbered on the grid of the rate, from the first that is shown. Where something stands in the way,
    there are no spans, and the reason says what.

    Raises:
        MediaError: the file is missing, no media or damaged.
    """
    with opened(path) as container:
        stream = video_stream(path, container, 0)
        grid = Grid.of(container, stream, rate)
        first = max(0, grid.shown_at(start))
        if why := _obstacle(path, container, stream):
            return Copyable(first, _count(first, start, stop, rate, None), (), why)
        try:
            groups, end, whole = _groups(container, stream, grid, start, stop)
        except LIBAV_ERRORS as error:
            if isinstance(error, MediaError):
                return Copyable(first, _count(first, start, stop, rate, None), (), str(error))
            raise MediaError(f"{path}: damaged ({reason(error)}); give an undamaged copy") from error
        total = _count(first, start, stop, rate, end)
        if not whole:
            return Copyable(first, total, (), f"its pictures do not come at {rate} per second, each in its place")
        inside = [group for group in groups if first <= group.key and group.key + len(group.numbers) <= first + total]
        spans = tuple(_merge(path, grid, run) for run in _runs(inside))
        return Copyable(first, total, spans, "" if spans else "no whole group of pictures lies between its cuts")


@dataclass(frozen=True)
class Grid:
    """The places of pictures in time: number n is shown at origin + n / rate, or up to a slip away."""

    origin: Fraction
    """Seconds on the container's clock."""
    begin: Fraction
    """Where the file's clock begins, on the container's."""
    rate: Fraction
    tick: Fraction

    @classmethod
    def of(cls, container: InputContainer, stream: VideoStream, rate: Fraction) -> "Grid":
        """Return the grid of a stream."""
        tick = stream.time_base or Fraction(1, 1000)
        begin = begin_of(container)
        return cls((stream.start_time or 0) * tick if stream.start_time is not None else begin, begin, rate, tick)

    def number(self, pts: int) -> int | None:
        """Return the number of a picture; None if it is not in its place."""
        place = (pts * self.tick - self.origin) * self.rate
        number = round(place)
        return number if abs(place - number) <= min(self.tick * self.rate, _LARGEST_SLIP) else None

    def time(self, number: int) -> Fraction:
        """Return when a picture is shown, on the file's clock."""
        return self.origin - self.begin + number / self.rate

    def shown_at(self, time: Fraction) -> int:
        """Return the number of the picture on screen; a tick of rounding does not count."""
        return int((time + self.begin - self.origin + self.tick / 2) * self.rate // 1)


def _count(first: int, start: Fraction, stop: Fraction | None, rate: Fraction, end: int | None) -> int:
    """Return the pictures from start to stop; the file may end earlier."""
    wanted = 0 if stop is None else -int(-(stop - start) * rate // 1)
    return wanted if end is None else max(0, end - first if stop is None else min(wanted, end - first))


def _obstacle(path: Path, container: InputContainer, stream: VideoStream) -> str:
    """Return what in the nature of a stream forbids to copy it; its first picture is decoded to know."""
    codec = stream.codec_context.codec.canonical_name
    if codec not in get_args(CopiedCodec):
        return f"{codec} is not copied in parts, only {' and '.join(get_args(CopiedCodec))}"
    if codec == "h264":
        try:
            h264.read_avcc(stream.codec_context.extradata or b"")
        except MediaError as error:
            return str(error)
    if stream.codec_context.field_order not in _PROGRESSIVE:
        return "its pictures are interlaced"
    try:
        frame = next(iter(container.decode(stream)), None)
        container.seek(0)
    except LIBAV_ERRORS as error:
        raise MediaError(f"{path}: damaged ({reason(error)}); give an undamaged copy") from error
    if frame is None:
        raise MediaError(f"{path}: no pictures in its video stream; give a file that plays")
    if frame.format.name not in _PIXEL_FORMATS[codec] or frame.color_range == _FULL_RANGE:
        return f"its pictures are {frame.format.name}{' of full range' if frame.color_range == _FULL_RANGE else ''}"
    if frame.width % 2 or frame.height % 2:
        return "its sides are odd"
    if frame.interlaced_frame:
        return "its pictures are interlaced"
    if turn_of(frame) != Turn():
        return "its pictures are turned"
    if (stream.sample_aspect_ratio or 1) != 1:
        return "its pixels are not square"
    return ""


def walk(
    container: InputContainer, stream: VideoStream, grid: Grid, time: Fraction
) -> "Iterator[tuple[int | None, bool, Packet[VideoStream]]]":
    """Yield the packets from the key picture at or before a time on: number, whether a group begins there, and packet.

    Raises:
        MediaError: a packet is damaged.
    """
    with suppress(*LIBAV_ERRORS):
        container.seek(int((time + grid.begin) // grid.tick), stream=stream)
    is_clean_key = _key_test(stream)
    for packet in container.demux(stream):
        if not packet.size:
            continue
        if packet.is_corrupt:
            raise MediaError("a packet is cut off; give an undamaged copy")
        number = None if packet.pts is None or packet.is_discard else grid.number(packet.pts)
        yield number, packet.is_keyframe and is_clean_key(packet), packet


def _key_test(stream: VideoStream) -> "Callable[[Packet[VideoStream]], bool]":
    if stream.codec_context.codec.canonical_name != "h264":
        return lambda packet: True  # a key picture of VP9 renews all that can be referred to
    sets = h264.read_avcc(stream.codec_context.extradata or b"")
    known = {*sets.sequence, *sets.picture}

    def is_clean(packet: "Packet[VideoStream]") -> bool:
        units = h264.units_of(bytes(packet), sets.length_size)
        if any(h264.kind_of(unit) in (h264.SPS, h264.PPS) and unit not in known for unit in units):
            raise MediaError("its parameter sets change on the way")
        return any(h264.kind_of(unit) == h264.IDR for unit in units)

    return is_clean


def _groups(
    container: InputContainer, stream: VideoStream, grid: Grid, start: Fraction, stop: Fraction | None
) -> tuple[list[_Group], int | None, bool]:
    """Return the groups between two times, where the file ends if that was seen, and whether all pictures fit."""
    groups: list[_Group] = []
    last = -1
    for number, begins, _ in walk(container, stream, grid, start):
        if number is None:
            if groups:
                return groups, None, False
            continue
        last = max(last, number)
        if begins:
            if stop is not None and grid.time(number) >= stop:
                return groups, None, True
            groups.append(_Group(number))
        if groups:
            groups[-1].numbers.append(number)
    return groups, last + 1, True


def _runs(groups: list[_Group]) -> list[list[_Group]]:
    """Return runs of groups that follow each other without a gap."""
    runs: list[list[_Group]] = []
    for group in groups:
        if not group.is_run:
            continue
        if runs and runs[-1][-1].key + len(runs[-1][-1].numbers) == group.key:
            runs[-1].append(group)
        else:
            runs.append([group])
    return runs


def _merge(path: Path, grid: Grid, run: list[_Group]) -> Span:
    count = sum(len(group.numbers) for group in run)
    keys = tuple(group.key for group in run)
    return Span(path, run[0].key, count, grid.time(run[0].key), max(group.delay for group in run), keys)


def copy_span(span: Span, rate: Fraction) -> "Iterator[tuple[int, Packet[VideoStream]]]":
    """Yield the packets of a span in the order of decoding, each with the number of its picture in the span.

    Raises:
        MediaError: the file is not what it was when the span was found.
    """
    yielded = 0
    with opened(span.path) as container:
        stream = video_stream(span.path, container, 0)
        grid = Grid.of(container, stream, rate)
        for number, begins, packet in walk(container, stream, grid, span.time):
            if not yielded and not (begins and number == span.first):
                continue
            if begins and number == span.first + span.count:
                break
            if number is None or not span.first <= number < span.first + span.count:
                raise MediaError(f"{span.path}: has changed while it was copied; start again")
            yielded += 1
            yield number - span.first, packet
    if yielded != span.count:
        raise MediaError(f"{span.path}: has changed while it was copied; start again")
