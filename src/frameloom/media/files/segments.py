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

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.packet import Packet

from frameloom.core.errors import MediaError
from frameloom.media.files.container import LIBAV_ERRORS, opened, reason
from frameloom.media.files.encode import (
    VideoTrack,
    add_video,
    encode_pictures,
)
from frameloom.media.files.formats import VideoCodec, VideoFormat, choose, keeps_alpha
from frameloom.media.files.sink import media_file, mux_by_time, pick_encoder
from frameloom.media.files.workplace import claim, fingerprint, partial_of, work_folder
from frameloom.media.frames import check_rate, check_size
from frameloom.media.planes import ColorName, Depth, Planes
from frameloom.media.sound import SAMPLE_RATE

SEGMENT_S = Fraction(20)
"""Seconds of a segment: what is lost at most when a render ends early."""


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
