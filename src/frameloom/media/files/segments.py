r"""Long renders in segments: what is encoded stays encoded, whatever interrupts the work.

    .film.mp4.work/  work.json  00000.mp4  00001.mp4  00002.mp4  ...     each whole, or not there
                                    \_________|_________/
                                       packets copied, times exact
                                               |
                      sound, encoded in one go +--> film.mp4     (after Ctrl-C: film.partial.mp4)

A segment is about 20 seconds, begins with a key frame and refers to no other, so segments can be encoded in any order,
also in parallel. The work folder carries a key; with another key, what it held is thrown away. The result is the same
whether or not the work was interrupted, on one machine with one release of FFmpeg.
"""

import hashlib
import json
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import takewhile
from pathlib import Path
from typing import IO

import av
from av.packet import Packet

from frameloom.core.errors import MediaError, OutputError
from frameloom.core.files import refuse, whole_file
from frameloom.media.files.container import LIBAV_ERRORS, opened, reason
from frameloom.media.files.encode import (
    SoundTrack,
    Timed,
    VideoTrack,
    add_sound,
    add_video,
    encode_pictures,
    encode_sound,
    sound_track,
)
from frameloom.media.files.formats import SoundFormat, VideoCodec, VideoFormat, choose, keeps_alpha
from frameloom.media.files.remux import copy_stream
from frameloom.media.files.sink import label, media_file, mux_by_time, pick_encoder
from frameloom.media.frames import Chapter, Written, check_rate, check_size
from frameloom.media.planes import ColorName, Depth, Planes
from frameloom.media.sound import SAMPLE_RATE, Sound, sample_at

SEGMENT_S = Fraction(20)
"""Seconds of a segment: what is lost at most when a render ends early."""

_NOTE = "work.json"
_LOCK = "lock"
_PARTIAL = "partial"
"""Stands in the work folder while a partial file of ours stands beside it."""
_HALF = re.compile(r"\..*\.part\.[a-z0-9]+")
"""What a process that was killed had not written to the end."""
_OURS = re.compile(r"work\.json|lock|partial|\d{5,}\.(mp4|mov|mkv|json)|\..*\.part\.[a-z0-9]+")
"""Names in a work folder, left-overs of a process that was killed among them."""


@dataclass(frozen=True)
class Segment:
    """A run of pictures that is encoded by itself."""

    index: int
    first: int
    """Number of its first picture."""
    count: int
    path: Path


@dataclass(frozen=True)
class Work:
    """A render in segments; made by `segmented`."""

    path: Path
    folder: Path
    track: VideoTrack
    segments: tuple[Segment, ...]
    notes: tuple[str, ...] = ()

    @property
    def partial(self) -> Path:
        """Return where a render that was interrupted leaves what can be played."""
        return partial_of(self.path)


def partial_of(path: Path) -> Path:
    """Return where work on a file that was interrupted leaves what can be played."""
    return path.with_name(f"{path.stem}.partial{path.suffix}")


def segmented(
    path: Path,
    key: str,
    *,
    frames: int,
    rate: Fraction,
    width: int,
    height: int,
    depth: Depth = 8,
    color: ColorName = "bt709",
    video: VideoFormat | None = None,
    alpha: bool = False,
    segment_s: Fraction = SEGMENT_S,
) -> Work:
    """Begin a render in segments, or go on with one that was interrupted.

    Args:
        path: the file to be.
        key: what the pictures depend on, as a hash of timeline, sources and settings.
        frames: number of pictures.
        rate: pictures per second.
        width: in px.
        height: in px.
        depth: bits of the pictures' samples.
        color: colour space of the pictures.
        video: how to store them.
        alpha: whether any picture has alpha.
        segment_s: seconds of a segment.

    Raises:
        MediaError: the format does not take what is given, or is one that is written directly (GIF, WebP, PNG).
        OutputError: the place cannot be written.
    """
    video = video or VideoFormat()
    codec = choose(path, video, None).video
    if codec is None or codec in ("gif", "webp", "png"):
        raise MediaError(f"{path}: is written directly, not in segments; use write_media")
    if frames < 1:
        raise MediaError(f"{path}: no pictures to write")
    check_size(path, width, height)
    rate = check_rate(path, rate)
    alpha = alpha and keeps_alpha(path, codec)
    encoder, note = pick_encoder(path, codec, video, depth, rate, alpha)
    track = VideoTrack(path, encoder, width, height, rate, color)
    folder = work_folder(path)
    suffix = segment_suffix(codec, alpha)
    length = max(1, round(segment_s * rate))
    segments = tuple(
        Segment(index, first, min(length, frames - first), folder / f"{index:05}{suffix}")
        for index, first in enumerate(range(0, frames, length))
    )
    fresh = claim(folder, fingerprint(key, track, {"frames": frames, "length": length}))
    notes = [note] if note else []
    notes += [] if fresh else [f"{folder}: unfinished work on something else was thrown away"]
    return Work(path, folder, track, segments, tuple(notes))


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep other processes from rendering to the same file in segments; a crash lets go of it.

    Folders that are made for it go again where nothing came of it.

    Raises:
        OutputError: another process is at it, or the place cannot be written.
    """
    folder = work_folder(path)
    if path.is_dir():
        raise OutputError(f"{path}: is a folder; give a file name")
    new = [one for one in folder.parents if not one.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / _LOCK).open("ab")
    except OSError as error:
        refuse(path, error)
    with handle:
        if not _is_first(handle):
            raise OutputError(f"{path}: is being rendered by another process; wait for it or give another name")
        try:
            yield
        finally:
            with suppress(OSError):
                (folder / _LOCK).unlink()
                if {name.name for name in folder.iterdir()} == {_NOTE}:  # nothing was encoded yet
                    (folder / _NOTE).unlink()
                for empty in (folder, *new):
                    empty.rmdir()  # if nothing else is in it


def _is_first(handle: IO[bytes]) -> bool:
    """Lock a file until it is closed; return False if somebody else has."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def work_folder(path: Path) -> Path:
    """Return the folder beside a file that holds its segments while it is made."""
    return path.with_name(f".{path.name}.work")


def fingerprint(key: str, track: VideoTrack, division: Mapping[str, int | str]) -> str:
    """Return a hash of all that segments depend on: their key, how they are encoded, and where they are divided."""
    settings = {**asdict(track), "path": "", "rate": str(track.rate), **division}
    text = json.dumps([key, settings, {name: list(version) for name, version in av.library_versions.items()}])
    return hashlib.sha256(text.encode()).hexdigest()


def claim(folder: Path, mark: str) -> bool:
    """Make the folder ours, under this mark; return False if it held work of another, which is gone then.

    Raises:
        OutputError: it holds what we would not make, or cannot be written.
    """
    note = folder / _NOTE
    try:
        known = json.loads(note.read_text(encoding="utf-8")).get("key") if note.exists() else None
    except (OSError, ValueError, AttributeError):
        known = ""
    names = sorted(folder.iterdir()) if folder.is_dir() else []
    if known != mark:
        for name in names:
            if not (_OURS.fullmatch(name.name) and name.is_file()):
                raise OutputError(f"{folder}: holds {name.name}, which is no work of ours; move it away")
    for name in names:
        if name.name not in {_LOCK, _PARTIAL} and (known != mark or _HALF.fullmatch(name.name)):
            name.unlink()
    if known == mark:
        return True
    with whole_file(note) as part:
        part.write_text(json.dumps({"key": mark}), encoding="utf-8")
    return known is None


def whole_segments(work: Work) -> tuple[Segment, ...]:
    """Return the segments that are encoded; what cannot be read counts as not there."""
    return tuple(segment for segment in work.segments if holds(segment.path, segment.count))


def missing_segments(work: Work) -> tuple[Segment, ...]:
    """Return the segments that are yet to be encoded, in order."""
    whole = {segment.index for segment in whole_segments(work)}
    return tuple(segment for segment in work.segments if segment.index not in whole)


def holds(path: Path, count: int) -> bool:
    """Return whether a file of a segment is there, can be read and holds this many pictures."""
    if not path.exists():
        return False
    try:
        with opened(path) as container:
            return container.streams.video[0].frames in (0, count)  # Matroska tells none
    except (MediaError, IndexError):
        return False


def encode_segment(work: Work, segment: Segment, pictures: Iterable[Planes]) -> None:
    """Encode the pictures of one segment; afterwards it is whole, or not there.

    Raises:
        MediaError: there are more or fewer pictures than the segment has, or one of another size.
        OutputError: the place cannot be written.
    """
    with segment_file(segment.path, work.track, pictures) as count:
        if count != segment.count:
            raise MediaError(f"{work.path}: segment {segment.index} got {count} pictures, not {segment.count}")


def segment_suffix(codec: VideoCodec, alpha: bool) -> str:
    """Return the suffix of files that hold a codec's segments."""
    return ".mov" if codec == "prores" else ".mkv" if alpha else ".mp4"


@contextmanager
def segment_file(path: Path, track: VideoTrack, pictures: Iterable[Planes]) -> Iterator[int]:
    """Encode pictures and yield how many they were; the file is there when the block ends well.

    Raises:
        MediaError: a picture has another size than the track.
        OutputError: the place cannot be written.
    """
    form = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska"}[path.suffix]
    with media_file(path, form, track.rate, SAMPLE_RATE) as container:
        yield mux_by_time(container, [encode_pictures(add_video(container, track), track, pictures)])


def assemble(
    work: Work,
    sound: Iterable[Sound] | None = None,
    *,
    sample_rate: int = SAMPLE_RATE,
    channels: int = 2,
    audio: SoundFormat | None = None,
    made_by: str = "",
    chapters: Sequence[Chapter] = (),
    metadata: Mapping[str, str] | None = None,
) -> Written:
    """Put all segments and the sound into the file, and remove the work folder.

    Raises:
        MediaError: segments are missing or damaged, or the format does not take the sound.
        OutputError: the place cannot be written.
    """
    absent = missing_segments(work)
    if absent:
        raise MediaError(
            f"{work.path}: {len(absent)} of {len(work.segments)} segments are not encoded yet; encode them"
        )
    sounds = None if sound is None else sound_track(work.path, audio, sample_rate, channels)
    written = _join(work, work.path, work.segments, sounds, sound, made_by, chapters, metadata)
    clear(work.path)
    return written


def clear(path: Path) -> None:
    """Remove what was kept while a file was made, and the partial file if it is ours."""
    folder = work_folder(path)
    if (folder / _PARTIAL).exists():
        partial_of(path).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def note_partial(path: Path) -> None:
    """Remember that the partial file beside a file is ours."""
    with suppress(OSError):
        (work_folder(path) / _PARTIAL).touch()


def keep_playable(
    work: Work,
    sound: Iterable[Sound] | None = None,
    *,
    sample_rate: int = SAMPLE_RATE,
    channels: int = 2,
    audio: SoundFormat | None = None,
    made_by: str = "",
) -> Written | None:
    """Leave what is encoded from the beginning on as `NAME.partial.SUFFIX`; the work folder stays, to go on later.

    The sound ends with the last picture. Returns None where not even the first segment is whole.

    Raises:
        MediaError: a segment is damaged, or the format does not take the sound.
        OutputError: the place cannot be written.
    """
    done = tuple(takewhile(lambda segment: holds(segment.path, segment.count), work.segments))
    if not done:
        return None
    sounds = None if sound is None else sound_track(work.path, audio, sample_rate, channels)
    end = sample_at((done[-1].first + done[-1].count) / work.track.rate, sample_rate)
    note_partial(work.path)
    return _join(work, work.partial, done, sounds, None if sound is None else _until(sound, end), made_by, (), None)


def _until(sound: Iterable[Sound], end: int) -> Iterator[Sound]:
    """Yield sound up to a sample."""
    for block in sound:
        yield block[:end]
        end -= len(block)
        if end <= 0:
            return


def _join(
    work: Work,
    path: Path,
    segments: Sequence[Segment],
    sounds: SoundTrack | None,
    sound: Iterable[Sound] | None,
    made_by: str,
    chapters: Sequence[Chapter],
    metadata: Mapping[str, str] | None,
) -> Written:
    """Copy the packets of segments, each at its exact time, and encode the sound beside them."""
    track = work.track
    form = choose(path, VideoFormat(), None).container.format
    sample_rate = sounds.sample_rate if sounds else SAMPLE_RATE
    with (
        opened(segments[0].path) as first,
        media_file(path, form, track.rate, sample_rate, work.folder) as container,
    ):
        label(container, made_by, chapters, metadata)
        template = first.streams.video[0]
        stream = copy_stream(container, template, track.rate)
        head = template.codec_context.extradata
        tracks: list[Iterator[Timed]] = [_packets(work, segments, stream, head)]
        if sounds and sound is not None:
            tracks.append(encode_sound(add_sound(container, sounds), sounds, sound))
        frames = mux_by_time(container, tracks)
    return Written(path, frames, track.width, track.height, work.notes)


def _packets(work: Work, segments: Sequence[Segment], stream: av.VideoStream, head: bytes | None) -> Iterator[Timed]:
    """Yield the packets of segments, counted in pictures from the first.

    Packets come in the order of decoding, one a picture, so the i-th is due at i, less what pictures are held back for
    others to come first; the first segment, the longest, tells how much that is.
    """
    rate = work.track.rate
    index, delay = 0, None
    for segment in segments:
        for number, due, packet in counted_packets(segment.path, segment.count, rate, head):
            delay = -due if delay is None else delay
            packet.pts, packet.dts, packet.duration = segment.first + number, index - delay, 1
            packet.time_base, packet.stream = 1 / rate, stream
            index += 1
            yield packet.dts / rate, [packet]


def counted_packets(
    path: Path, count: int, rate: Fraction, head: bytes | None
) -> "Iterator[tuple[int, int, Packet[av.VideoStream]]]":
    """Yield the packets of a segment in the order of decoding, each with its picture's number and when it is due.

    Args:
        path: the segment.
        count: how many pictures it has.
        rate: pictures per second, in which it counts.
        head: parameters of the first segment's encoder, which must be those of this one.

    Raises:
        MediaError: it cannot be read, was encoded in another way, or holds more or fewer pictures.
    """
    held = 0
    try:
        with opened(path) as container:
            source = container.streams.video[0]
            if source.codec_context.extradata != head:
                raise MediaError(f"{path}: was encoded in another way than the first; remove {path.parent}")
            for packet in container.demux(source):
                if packet.pts is None or packet.dts is None or not packet.size:
                    continue
                pictures = packet.time_base * rate
                held += 1
                yield round(packet.pts * pictures), round(packet.dts * pictures), packet
    except LIBAV_ERRORS as error:
        if isinstance(error, MediaError):
            raise
        raise MediaError(f"{path}: cannot be read ({reason(error)}); remove it and go on") from error
    if held != count:
        raise MediaError(f"{path}: holds {held} pictures, not {count}; remove it and go on")
