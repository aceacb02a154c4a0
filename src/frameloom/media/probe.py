"""What a media file holds: streams, times, colours, chapters, without decoding more than it must.

    file --probe--> MediaInfo --text--> lines for people
                              --record--> JSON

Names of matrix, primaries and transfer: ITU-T H.273 (07/2024), tables 2 to 4, as ffmpeg spells them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from frameloom.core.errors import MediaError
from frameloom.media.container import LIBAV_ERRORS, begin_of, opened, reason, sound_streams, video_streams
from frameloom.media.frames import IMAGE_RATE, check_size
from frameloom.media.picture import Turn, color_of, square, turn_of
from frameloom.media.pictures import PICTURE_SUFFIXES, pictures_in, read_picture
from frameloom.media.planes import ColorName, Depth

MAX_COUNTED_BYTES = 512 * 1024**2
"""A larger file without an index is not read whole to count its pictures."""

_SAMPLED = 600
"""Packets from which a constant rate is told from a variable one."""
_MATRICES = {0: "rgb", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "ycgco", 9: "bt2020nc"}
_PRIMARIES = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film", 9: "bt2020"}
_PRIMARIES |= {10: "smpte428", 11: "smpte431", 12: "smpte432", 22: "ebu3213"}
_TRANSFERS = {1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m", 8: "linear", 9: "log100"}
_TRANSFERS |= {11: "iec61966-2-4", 13: "iec61966-2-1", 14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084"}
_TRANSFERS |= {17: "smpte428", 18: "arib-std-b67"}


@dataclass(frozen=True)
class VideoStreamInfo:
    """One stream of pictures."""

    codec: str
    width: int
    """Px as shown: upright, with square pixels."""
    height: int
    stored_width: int
    stored_height: int
    sample_aspect_ratio: Fraction
    """Width by height of a stored pixel."""
    rotation: int
    """Degrees clockwise from stored to upright."""
    mirrored: bool
    rate: Fraction
    """Pictures per second, on average."""
    base_rate: Fraction
    """The lowest rate in which every picture has its own place."""
    constant_rate: bool
    frames: int
    duration: Fraction
    """Seconds."""
    start: Fraction
    """Seconds on the file's clock."""
    pixel_format: str
    depth: Depth
    """Bits in which it is read: 8, or 10 for anything deeper."""
    bits: int
    alpha: bool
    range: str
    """`limited`, `full` or `unknown` (which counts as limited)."""
    matrix: str
    primaries: str
    transfer: str
    color: ColorName
    """As which it is read; without tags, height decides."""
    bit_rate: int | None
    language: str | None


@dataclass(frozen=True)
class SoundStreamInfo:
    """One stream of sound."""

    codec: str
    rate: int
    """Samples per second."""
    layout: str
    channels: int
    duration: Fraction
    start: Fraction
    bit_rate: int | None
    language: str | None


@dataclass(frozen=True)
class SubtitleStreamInfo:
    """One stream of subtitles."""

    codec: str
    language: str | None


@dataclass(frozen=True)
class MediaInfo:
    """What a file holds."""

    path: Path
    container: str
    duration: Fraction
    """Seconds from the first picture or sound to the last."""
    start: Fraction
    """Where the file's clock begins in the container's own time, in seconds."""
    size: int
    """Bytes."""
    bit_rate: int
    videos: tuple[VideoStreamInfo, ...] = ()
    sounds: tuple[SoundStreamInfo, ...] = ()
    subtitles: tuple[SubtitleStreamInfo, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def video(self) -> VideoStreamInfo | None:
        """Return the first stream of pictures."""
        return self.videos[0] if self.videos else None

    @property
    def sound(self) -> SoundStreamInfo | None:
        """Return the first stream of sound."""
        return self.sounds[0] if self.sounds else None

    @property
    def width(self) -> int:
        """Return px as shown, of the first stream of pictures."""
        return self._pictures().width

    @property
    def height(self) -> int:
        """Return px as shown, of the first stream of pictures."""
        return self._pictures().height

    @property
    def rate(self) -> Fraction:
        """Return pictures per second, on average."""
        return self._pictures().rate

    @property
    def frames(self) -> int:
        """Return the number of pictures."""
        return self._pictures().frames

    def _pictures(self) -> VideoStreamInfo:
        if self.video is None:
            raise MediaError(f"{self.path}: no video stream; give a file with video")
        return self.video


def probe(path: Path | str) -> MediaInfo:
    """Return what a file, or a folder of pictures, holds; one picture of each stream is decoded.

    Raises:
        MediaError: missing, no media, or with pictures too large to hold.
    """
    path = Path(path)
    if path.is_dir() or path.suffix.lower() in PICTURE_SUFFIXES:
        return _probe_pictures(path)
    with opened(path) as container:
        try:
            return _probe(path, container)
        except LIBAV_ERRORS as error:
            if isinstance(error, MediaError):
                raise
            raise MediaError(f"{path}: damaged: {reason(error)}; give an undamaged copy") from error


def _probe(path: Path, container: InputContainer) -> MediaInfo:
    begin = begin_of(container)
    walks = _walk(path, container)
    videos = tuple(_video(path, stream, walks[stream.index], begin) for stream in video_streams(container))
    sounds = tuple(_sound(stream, walks[stream.index], begin) for stream in sound_streams(container))
    ends = [each.start + each.duration for each in (*videos, *sounds)]
    whole = Fraction(container.duration or 0, av.time_base)
    duration = max(ends, default=whole) or whole
    size = path.stat().st_size
    return MediaInfo(
        path,
        _container_name(path, container.format.name),
        duration,
        begin,
        size,
        container.bit_rate or (int(size * 8 / duration) if duration else 0),
        videos,
        sounds,
        tuple(SubtitleStreamInfo(_codec(stream), _language(stream)) for stream in container.streams.subtitles),
        tuple(_chapters(container, begin)),
        tuple(sorted((name, value) for name, value in container.metadata.items())),
    )


@dataclass
class _Walk:
    """What packets tell of one stream."""

    first: av.VideoFrame | None = None
    count: int = 0
    begin: Fraction | None = None
    end: Fraction | None = None
    times: list[int] = field(default_factory=list)

    def see(self, packet: Packet[Stream]) -> None:
        self.count += 1
        if packet.pts is None:
            return
        begin = packet.pts * packet.time_base
        end = begin + (packet.duration or 0) * packet.time_base
        self.begin = begin if self.begin is None else min(self.begin, begin)
        self.end = end if self.end is None else max(self.end, end)
        if len(self.times) < _SAMPLED:
            self.times.append(packet.pts)


def _walk(path: Path, container: InputContainer) -> dict[int, _Walk]:
    """Read packets until each stream of pictures is known; all of them where no index tells counts and lengths."""
    videos, sounds = video_streams(container), sound_streams(container)
    streams: list[VideoStream | AudioStream] = [*videos, *sounds]
    walks = {stream.index: _Walk() for stream in streams}
    known = all(stream.duration for stream in streams) and all(stream.frames for stream in videos)
    guessed = container.format.name in _GUESSED
    to_the_end = (guessed or not known) and path.stat().st_size <= MAX_COUNTED_BYTES
    waiting = {stream.index for stream in videos}
    if not waiting and not to_the_end:
        return walks
    for packet in container.demux(streams):
        walk = walks[packet.stream_index]
        if packet.size:
            walk.see(packet)
        if isinstance(packet.stream, VideoStream) and walk.first is None and walk.count < _SAMPLED:
            walk.first = _decoded(packet)
        if walk.first is not None and len(walk.times) >= _SAMPLED:
            waiting.discard(packet.stream_index)
        if not waiting and not to_the_end:
            break
    return walks


def _decoded(packet: Packet[VideoStream]) -> av.VideoFrame | None:
    try:
        return next(iter(packet.decode()), None)
    except LIBAV_ERRORS:
        return None


def _video(path: Path, stream: VideoStream, walk: _Walk, begin: Fraction) -> VideoStreamInfo:
    context, frame = stream.codec_context, walk.first
    if context is None:
        raise MediaError(f"{path}: its video is in a format that cannot be decoded here; convert it to H.264")
    width, height = (frame.width, frame.height) if frame else (context.width, context.height)
    if min(width, height) <= 0:
        raise MediaError(f"{path}: its pictures have no size; give a file that plays")
    check_size(path, width, height)
    aspect = usable_aspect(stream.sample_aspect_ratio)
    turn = turn_of(frame) if frame else Turn()
    shown = square(width, height, aspect)
    pixels = frame.format if frame else context.format
    tags = frame or context
    rgb = pixels is not None and pixels.is_rgb
    color = color_of(tags.colorspace, tags.color_primaries, tags.color_trc, height, rgb)
    bits = max((part.bits for part in pixels.components), default=8) if pixels else 8
    constant = _is_constant(walk.times)
    start, duration = _span(stream, walk, begin)
    rate = rate_of(stream)
    if walk.whole and not constant and duration:
        rate = (walk.count / duration).limit_denominator(1001)
    full = tags.color_range == ColorRange.JPEG or (pixels is not None and (rgb or pixels.name.startswith("yuvj")))
    return VideoStreamInfo(
        codec=_codec(stream),
        width=shown[turn.quarters % 2],
        height=shown[1 - turn.quarters % 2],
        stored_width=width,
        stored_height=height,
        sample_aspect_ratio=aspect,
        rotation=turn.quarters * 90,
        mirrored=turn.mirrored,
        rate=rate,
        base_rate=stream.base_rate or rate,
        constant_rate=constant,
        frames=stream.frames or (walk.count if walk.whole else round(duration * rate)),
        duration=duration,
        start=start,
        pixel_format=pixels.name if pixels else "unknown",
        depth=10 if bits > 8 else 8,
        bits=bits,
        alpha=walk.side_alpha or (frame is not None and has_alpha(frame)),
        range="full" if full else "limited" if tags.color_range == ColorRange.MPEG else "unknown",
        matrix=_MATRICES.get(tags.colorspace, "unknown"),
        primaries=_PRIMARIES.get(tags.color_primaries, "unknown"),
        transfer=_TRANSFERS.get(tags.color_trc, "unknown"),
        color=color,
        bit_rate=stream.bit_rate or None,
        language=_language(stream),
    )


def _sound(stream: AudioStream, walk: _Walk, begin: Fraction) -> SoundStreamInfo:
    context = stream.codec_context
    start, duration = _span(stream, walk, begin)
    rate, layout, channels = (context.sample_rate, context.layout.name, context.channels) if context else (0, "", 0)
    name, language = _codec(stream), _language(stream)
    return SoundStreamInfo(name, rate, layout, channels, duration, start, stream.bit_rate or None, language)


def _span(stream: VideoStream | AudioStream, walk: _Walk, begin: Fraction) -> tuple[Fraction, Fraction]:
    """Return where a stream begins on the file's clock and how long it is."""
    tick = stream.time_base or Fraction(1, av.time_base)
    first = walk.begin if stream.start_time is None else stream.start_time * tick
    start = max((begin if first is None else first) - begin, Fraction(0))
    if stream.duration and stream.duration > 0:
        return start, stream.duration * tick
    lasting = 1 / rate_of(stream) if isinstance(stream, VideoStream) else Fraction(0)
    if walk.whole:
        counted = walk.count * lasting
        return start, counted if walk.end is None else walk.end + (walk.duration or lasting) - begin - start
    container = stream.container
    assert isinstance(container, InputContainer)
    return start, max(Fraction(container.duration or 0, av.time_base) - start, Fraction(0))


def _is_constant(times: list[int]) -> bool:
    """Return whether pictures come at even distances, but for rounding to whole ticks.

    >>> _is_constant([0, 33, 67, 100]), _is_constant([0, 33, 133, 166])
    (True, False)
    """
    times = sorted(times)
    count = len(times) - 1
    return count < 2 or all(
        abs((time - times[0]) * count - (times[-1] - times[0]) * index) <= count for index, time in enumerate(times)
    )
