r"""Pictures at times of their own, in pieces: a variable rate is kept, and what is encoded stays encoded.

    .film.mp4.work/  00000.mp4 + 00000.json   00001.mp4 + 00001.json   ...     each whole, or not there
                           \________________________/
                     packets copied, each picture put at its time from the .json
                                     |
         what the source hands on ---+--> film.mp4     (after Ctrl-C: film.partial.mp4)

A piece has the pictures of a span of time. How many they are need not be known before: an encoder counts them, and only
the finished file says when each is shown, in ticks fine enough for every time of the source. As in `segments`, pieces
can be encoded in any order, and the result is the same whether or not the work was interrupted.
"""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, takewhile
from math import lcm
from pathlib import Path

import av

from frameloom.core.errors import MediaError
from frameloom.core.files import whole_file
from frameloom.media.files.container import begin_of, is_folder, opened, rate_of, video_streams
from frameloom.media.files.encode import Timed, VideoTrack
from frameloom.media.files.formats import CONTAINERS, DEEP, VideoCodec, VideoFormat, choose, keeps_alpha
from frameloom.media.files.passing import Passed, add_passed
from frameloom.media.files.picture import Picture
from frameloom.media.files.pictures import PICTURE_SUFFIXES
from frameloom.media.files.remux import copy_stream
from frameloom.media.files.segments import SEGMENT_S, counted_packets, holds, segment_file, segment_suffix
from frameloom.media.files.sink import label, media_file, mux_by_time, pick_encoder
from frameloom.media.files.workplace import claim, clear, fingerprint, note_partial, partial_of, work_folder
from frameloom.media.frames import IMAGE_RATE, Written, check_rate, check_size
from frameloom.media.planes import ColorName, Depth, Planes

MOST_TICKS = 10_000_000
"""Finest count of a second that is written; where it would be finer, times are rounded to MICROSECOND."""

MICROSECOND = 1_000_000
_STILL_TICKS = 1000
"""Animations say in milliseconds how long each picture stays."""


@dataclass(frozen=True)
class Piece:
    """The pictures of a span of time, in seconds."""

    index: int
    start: Fraction
    stop: Fraction | None
    """None for the last: whatever comes."""
    path: Path

    @property
    def times(self) -> Path:
        """Return where stands when its pictures are shown."""
        return self.path.with_suffix(".json")

    def holds(self, time: Fraction) -> bool:
        """Return whether a picture that comes on then belongs to it."""
        return time >= self.start and (self.stop is None or time < self.stop)


@dataclass(frozen=True)
class TimedWork:
    """A file in the making; made by `timed`."""

    path: Path
    folder: Path
    track: VideoTrack
    ticks: int
    """Of a second."""
    pieces: tuple[Piece, ...]
    notes: tuple[str, ...] = ()

    @property
    def partial(self) -> Path:
        """Return where work that was interrupted leaves what can be played."""
        return partial_of(self.path)


@dataclass(frozen=True)
class _Shown:
    """When the pictures of a piece are shown, in ticks."""

    times: tuple[int, ...]
    end: int


def ticks_of(path: Path) -> int:
    """Return ticks of a second that hold every time of a source's pictures exactly, where that is not too fine.

    Raises:
        MediaError: it cannot be opened, or has no pictures.
    """
    if is_folder(path):
        return int(IMAGE_RATE)
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return _STILL_TICKS
    with opened(path) as container:
        stream = next(iter(video_streams(container)), None)
        if stream is None:
            raise MediaError(f"{path}: no video stream; give a file with video")
        tick = stream.time_base or Fraction(1, av.time_base)
        start = (stream.start_time or 0) * tick
        return finest(tick.denominator, begin_of(container).denominator, start.denominator, rate_of(stream).numerator)


def finest(*ticks: int) -> int:
    """Return a count of a second that all of these divide; microseconds where it would be too fine.

    >>> finest(12800, 24), finest(1000, 30000), finest(90000, 1_000_003)
    (38400, 30000, 1000000)
    """
    exact = lcm(*ticks)
    return exact if exact <= MOST_TICKS else MICROSECOND


def codec_for(path: Path, video: VideoFormat) -> VideoCodec:
    """Return the codec of a file of pictures at times of their own.

    Raises:
        MediaError: no such file can have this name, or it does not take the codec; says what would do.
    """
    container = CONTAINERS.get(path.suffix.lower())
    codec = choose(path, video, None).video if container and container.format and container.video else None
    if codec is None:
        able = [suffix for suffix, kind in CONTAINERS.items() if kind.format and kind.video]
        what = repr(path.suffix) if path.suffix else "a folder"
        raise MediaError(f"{path}: {what} is no video with exact times; write {', '.join(able[:-1])} or {able[-1]}")
    return codec


def timed(
    path: Path,
    key: str,
    *,
    duration: Fraction,
    ticks: int,
    rate: Fraction,
    width: int,
    height: int,
    depth: Depth = 8,
    color: ColorName = "bt709",
    tags: tuple[int, int, int] | None = None,
    video: VideoFormat | None = None,
    alpha: bool = False,
    piece_s: Fraction = SEGMENT_S,
) -> TimedWork:
    """Begin a file of pictures at times of their own, or go on with one that was interrupted.

    Args:
        path: the file to be.
        key: what the pictures depend on, as a hash of sources and settings.
        duration: seconds, as far as is known.
        ticks: of a second; times are written in them.
        rate: pictures per second, on average.
        width: in px.
        height: in px.
        depth: bits of the pictures' samples.
        color: colour space of the pictures.
        tags: matrix, primaries and transfer to write instead of the colour's own.
        video: how to store them.
        alpha: whether any picture has alpha.
        piece_s: seconds of a piece.

    Raises:
        MediaError: the format does not take what is given, or is one of pictures at a constant rate (GIF, WebP, PNG).
        OutputError: the place cannot be written.
    """
    video = video or VideoFormat()
    codec = codec_for(path, video)
    check_size(path, width, height)
    rate = check_rate(path, rate)
    notes = []
    if alpha and not keeps_alpha(path, codec):
        notes.append(f"{codec} in {path.suffix} holds no transparency: put on black; .webm or prores keep it")
        alpha = False
    if depth == 10 and codec not in DEEP:
        notes.append(f"{codec} holds 8 bits: the pictures' 10 are rounded; {', '.join(DEEP)} hold 10")
    encoder, note = pick_encoder(path, codec, video, depth, rate, alpha)
    track = VideoTrack(path, encoder, width, height, rate, color, tags)
    folder, suffix = work_folder(path), segment_suffix(codec, alpha)
    count = max(-(-duration // piece_s), 1)
    pieces = tuple(
        Piece(
            index,
            index * piece_s,
            (index + 1) * piece_s if index + 1 < count else None,
            folder / f"{index:05}{suffix}",
        )
        for index in range(count)
    )
    division: dict[str, int | str] = {"pieces": count, "seconds": str(piece_s), "ticks": ticks}
    if not claim(folder, fingerprint(key, track, division)):
        notes.append(f"{folder}: unfinished work on something else was thrown away")
    return TimedWork(path, folder, track, ticks, pieces, (*filter(None, [note]), *notes))


def missing_pieces(work: TimedWork) -> tuple[Piece, ...]:
    """Return the pieces that are yet to be encoded, in order; what cannot be read counts as not there."""
    return tuple(piece for piece in work.pieces if _shown(piece) is None)


def encode_piece(work: TimedWork, piece: Piece, pictures: Iterable[Picture]) -> int:
    """Encode the pictures of one piece and return how many they are; afterwards it is whole, or not there.

    Raises:
        MediaError: a picture has another size than the file, or does not come on after the one before.
        OutputError: the place cannot be written.
    """
    times: list[int] = []
    end = 0

    def planes() -> Iterator[Planes]:
        nonlocal end
        for picture in pictures:
            time = round(picture.time * work.ticks)
            if times and time <= times[-1]:
                raise MediaError(
                    f"{work.path}: a picture at {float(picture.time):.6f} s comes no later than the one before; "
                    "give pictures in order of time"
                )
            times.append(time)
            end = max(time + 1, round((picture.time + picture.duration) * work.ticks))
            yield picture.planes

    stream = planes()
    first = next(stream, None)
    if first is None:
        piece.path.unlink(missing_ok=True)
        _note_times(piece, _Shown((), 0))
        return 0
    with segment_file(piece.path, work.track, chain([first], stream)):
        _note_times(piece, _Shown(tuple(times), end))  # there before the pictures are: they are what counts
    return len(times)


def _note_times(piece: Piece, shown: _Shown) -> None:
    with whole_file(piece.times) as part:
        part.write_text(json.dumps({"times": shown.times, "end": shown.end}), encoding="utf-8")


def _shown(piece: Piece) -> _Shown | None:
    """Return when the pictures of a piece are shown; None where it is not whole."""
    try:
        note = json.loads(piece.times.read_text(encoding="utf-8"))
        shown = _Shown(tuple(map(int, note["times"])), int(note["end"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return shown if not shown.times or holds(piece.path, len(shown.times)) else None


def assemble_pieces(work: TimedWork, passed: Passed, made_by: str = "") -> Written:
    """Put all pieces and what the source hands on into the file, and remove the work folder.

    Raises:
        MediaError: pieces are missing or damaged, the source is, or there are no pictures.
        OutputError: the place cannot be written.
    """
    absent = missing_pieces(work)
    if absent:
        raise MediaError(f"{work.path}: {len(absent)} of {len(work.pieces)} pieces are not encoded yet; encode them")
    written = _join(work, work.path, work.pieces, passed, made_by, None)
    clear(work.path)
    return written


def keep_pieces_playable(work: TimedWork, passed: Passed, made_by: str = "") -> tuple[Written, Fraction] | None:
    """Leave what is encoded from the beginning on as `NAME.partial.SUFFIX`, and return how long it is, in seconds.

    The work folder stays, to go on later. Returns None where not even the first piece is whole.

    Raises:
        MediaError: a piece is damaged.
    """
    done = tuple(takewhile(lambda piece: _shown(piece) is not None, work.pieces))
    ends = [shown.end for piece in done if (shown := _shown(piece)) and shown.times]
    if not ends:
        return None
    end = Fraction(ends[-1], work.ticks)
    note_partial(work.path)
    return _join(work, work.partial, done, replace(passed, chapters=()), made_by, end), end


def _join(
    work: TimedWork, path: Path, pieces: Sequence[Piece], passed: Passed, made_by: str, end: Fraction | None
) -> Written:
    """Copy the packets of pieces, each picture at its time, and what the source hands on beside them."""
    track = work.track
    first = next((piece for piece in pieces if (shown := _shown(piece)) and shown.times), None)
    if first is None:
        raise MediaError(f"{path}: no pictures to write")
    form = choose(path, VideoFormat(), None).container.format
    with (
        opened(first.path) as template,
        ExitStack() as stack,
        media_file(path, form, Fraction(work.ticks), lcm(*passed.sample_rates), work.folder) as container,
    ):
        label(container, passed.signed(made_by), passed.chapters, dict(passed.metadata))
        source = template.streams.video[0]
        stream = copy_stream(container, source, track.rate)
        stream.time_base = Fraction(1, work.ticks)
        if passed.language:
            stream.metadata["language"] = passed.language
        packets = _packets(work, pieces, stream, source.codec_context.extradata)
        mux_by_time(container, [packets, *add_passed(container, passed, stack, end)])
    frames = sum(len(shown.times) for piece in pieces if (shown := _shown(piece)))
    return Written(path, frames, track.width, track.height, (*work.notes, *passed.notes))


def _packets(work: TimedWork, pieces: Sequence[Piece], stream: av.VideoStream, head: bytes | None) -> Iterator[Timed]:
    """Yield the packets of pieces, each picture at its time.

    Packets come in the order of decoding, one a picture. The i-th is due when the i-th picture is shown, less what
    pictures are held back for others to come first: never later than its own, for times rise as numbers do.
    """
    rate, tick = work.track.rate, Fraction(1, work.ticks)
    due: deque[int] = deque()
    begun = False
    for piece in pieces:
        shown = _shown(piece)
        if shown is None:
            raise MediaError(f"{piece.path}: cannot be read; remove it and go on")
        if not shown.times:
            continue
        times = (*shown.times, shown.end)
        due.extend(shown.times)
        for number, counted, packet in counted_packets(piece.path, len(shown.times), rate, head):
            if not begun:
                begun, step = True, max(1, round(work.ticks / rate))
                due.extendleft(times[0] - step * back for back in range(1, 1 - counted))
            packet.pts, packet.dts, packet.duration = times[number], due.popleft(), times[number + 1] - times[number]
            packet.time_base, packet.stream = tick, stream
            yield packet.dts * tick, [packet]
