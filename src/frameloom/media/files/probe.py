"""What a media file holds: streams, times, colours, chapters, from its header, some packets and one picture a stream.

    file --probe--> MediaInfo

Where no index tells counts and lengths (Matroska, raw streams), the packets are walked to the end, without decoding.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from frameloom.core.errors import MediaError
from frameloom.media.files.container import (
    BARE_SOUND,
    LIBAV_ERRORS,
    UNTIMED,
    begin_of,
    carries_alpha,
    check_file,
    is_folder,
    opened,
    rate_of,
    reason,
    sound_streams,
    video_streams,
)
from frameloom.media.files.info import MediaInfo, SoundStreamInfo, SubtitleStreamInfo, VideoStreamInfo
from frameloom.media.files.picture import Turn, color_of, has_alpha, square, turn_of, usable_aspect
from frameloom.media.files.pictures import PICTURE_SUFFIXES, pictures_in, read_stills
from frameloom.media.frames import IMAGE_RATE, Chapter, check_size

MAX_WALKED_BYTES = 256 * 1024**2
"""A larger file without an index is not read to its end; its pictures are then reckoned from rate and duration."""

_SAMPLED = 300
"""Packets from which a constant rate is told from a variable one."""
_GUESSED = (
    "mp3",
    "aac",
    "ac3",
    "eac3",
    "dts",
    "truehd",
    "mlp",
    "h264",
    "hevc",
    "vvc",
    "obu",
    "m4v",
    "mpegvideo",
    "mjpeg",
)
"""Containers whose lengths libavformat only estimates, from the bit rate."""
_REORDERED = 16
"""Packets at the end of a sample, between whose times others may still come."""
_MATRICES = {0: "rgb", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "ycgco", 9: "bt2020nc"}
_PRIMARIES = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film", 9: "bt2020"}
_PRIMARIES |= {10: "smpte428", 11: "smpte431", 12: "smpte432", 22: "ebu3213"}
_TRANSFERS = {1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m", 8: "linear", 9: "log100"}
_TRANSFERS |= {11: "iec61966-2-4", 13: "iec61966-2-1", 14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084"}
_TRANSFERS |= {17: "smpte428", 18: "arib-std-b67"}


def probe(path: Path | str) -> MediaInfo:
    """Return what a file, or a folder of pictures, holds; one picture of each stream is decoded.

    Raises:
        MediaError: missing, no media, damaged from its beginning, or with pictures too large to hold.
    """
    path = Path(path)
    if is_folder(path) or path.suffix.lower() in PICTURE_SUFFIXES:
        return _probe_pictures(path)
    with opened(path) as container:
        try:
            return _probe(path, container)
        except MediaError:
            raise
        except LIBAV_ERRORS as error:
            raise MediaError(f"{path}: damaged: {reason(error)}; give an undamaged copy") from error


def codes_of(video: VideoStreamInfo) -> tuple[int, int, int]:
    """Return matrix, primaries and transfer of a stream as numbered in H.273; 2 where it does not say."""
    named = (_MATRICES, video.matrix), (_PRIMARIES, video.primaries), (_TRANSFERS, video.transfer)
    matrix, primaries, transfer = (
        next((code for code, known in names.items() if known == name), 2) for names, name in named
    )
    return matrix, primaries, transfer


def _probe(path: Path, container: InputContainer) -> MediaInfo:
    begin = begin_of(container)
    size = path.stat().st_size
    walks = _walk(container, size)
    whole = Fraction(container.duration or 0, av.time_base)
    videos = tuple(_video(path, stream, walks[stream.index], begin, whole) for stream in video_streams(container))
    sounds = tuple(_sound(stream, walks[stream.index], begin, whole) for stream in sound_streams(container))
    if not videos and not sounds and not container.streams.subtitles:
        raise MediaError(f"{path}: neither pictures nor sound in it that can be decoded here; give video or sound")
    ends = [video.start + video.duration for video in videos] + [sound.start + sound.duration for sound in sounds]
    duration = max(ends, default=whole)
    return MediaInfo(
        path=path,
        container=_container_name(path, container.format.name),
        duration=duration,
        start=begin,
        size=size,
        bit_rate=container.bit_rate or (int(size * 8 / duration) if duration else 0),
        videos=videos,
        sounds=sounds,
        subtitles=tuple(SubtitleStreamInfo(_codec(each), _language(each)) for each in container.streams.subtitles),
        chapters=tuple(_chapters(container, begin)),
        metadata=tuple(sorted(container.metadata.items())),
    )


@dataclass
class _Walk:
    """What packets tell of one stream."""

    first: av.VideoFrame | None = None
    alpha: bool = False
    count: int = 0
    whole: bool = False
    begin: Fraction | None = None
    last: Fraction | None = None
    last_duration: Fraction = Fraction(0)
    times: list[int] = field(default_factory=list)

    def see(self, packet: "Packet[Stream]") -> None:
        self.count += 1
        if packet.pts is None:
            return
        time = packet.pts * packet.time_base
        self.begin = time if self.begin is None else min(self.begin, time)
        if self.last is None or time > self.last:
            self.last, self.last_duration = time, max(packet.duration or 0, 0) * packet.time_base
        if len(self.times) < _SAMPLED:
            self.times.append(packet.pts)


def _walk(container: InputContainer, size: int) -> dict[int, _Walk]:
    """Read packets until each stream of pictures is known, or to the end where no index tells counts and lengths."""
    videos = video_streams(container)
    streams: list[VideoStream | AudioStream] = [*videos, *sound_streams(container)]
    walks = {stream.index: _Walk() for stream in streams}
    indexed = all(stream.duration for stream in streams) and all(stream.frames for stream in videos)
    to_the_end = (not indexed or container.format.name in (*UNTIMED, *BARE_SOUND)) and size <= MAX_WALKED_BYTES
    waiting = {stream.index for stream in videos}
    if not streams or (not waiting and not to_the_end):
        return walks
    for packet in container.demux(streams):
        walk = walks[packet.stream.index]
        if packet.size:
            walk.see(packet)
        if packet.stream.index in waiting:
            if walk.first is None:
                walk.first, walk.alpha = _decoded(packet), walk.alpha or carries_alpha(packet)
            if walk.count >= _SAMPLED or not packet.size:
                waiting.discard(packet.stream.index)
        if not waiting and not to_the_end:
            return walks
    for walk in walks.values():
        walk.whole = True
    return walks


def _decoded(packet: "Packet[Stream]") -> av.VideoFrame | None:
    try:
        return next((frame for frame in packet.decode() if isinstance(frame, av.VideoFrame)), None)
    except LIBAV_ERRORS:
        return None


def _video(path: Path, stream: VideoStream, walk: _Walk, begin: Fraction, whole: Fraction) -> VideoStreamInfo:
    context, frame = stream.codec_context, walk.first
    tags = frame or context
    width, height, pixels = tags.width, tags.height, tags.format
    if min(width, height) <= 0 or pixels is None:
        raise MediaError(f"{path}: its pictures have no size; give a file that plays")
    check_size(path, width, height)
    aspect = usable_aspect(stream.sample_aspect_ratio)
    turn = turn_of(frame) if frame else Turn()
    shown = square(width, height, aspect)
    bits = max(part.bits for part in pixels.components)
    constant = _is_constant(walk.times, stream.time_base or Fraction(1, 1000))
    start, duration = _span(stream, walk, begin, whole, 1 / rate_of(stream))
    rate = rate_of(stream)
    if walk.whole and duration and not constant:
        rate = (walk.count / duration).limit_denominator(1001)
    full = tags.color_range == ColorRange.JPEG or pixels.is_rgb or pixels.name.startswith("yuvj")
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
        frames=walk.count if walk.whole else stream.frames or round(duration * rate),
        duration=duration,
        start=start,
        pixel_format=pixels.name,
        depth=10 if bits > 8 else 8,
        bits=bits,
        alpha=walk.alpha or (frame is not None and has_alpha(frame)),
        range="full" if full else "limited" if tags.color_range == ColorRange.MPEG else "unknown",
        matrix=_MATRICES.get(tags.colorspace, "unknown"),
        primaries=_PRIMARIES.get(tags.color_primaries, "unknown"),
        transfer=_TRANSFERS.get(tags.color_trc, "unknown"),
        color=color_of(tags.colorspace, tags.color_primaries, tags.color_trc, height, pixels.is_rgb),
        bit_rate=context.bit_rate or None,
        language=_language(stream),
    )


def _sound(stream: AudioStream, walk: _Walk, begin: Fraction, whole: Fraction) -> SoundStreamInfo:
    context = stream.codec_context
    start, duration = _span(stream, walk, begin, whole, Fraction(0))
    form = context.sample_rate, context.layout.name, context.channels
    return SoundStreamInfo(_codec(stream), *form, duration, start, context.bit_rate or None, _language(stream))


def _span(
    stream: VideoStream | AudioStream, walk: _Walk, begin: Fraction, whole: Fraction, lasting: Fraction
) -> tuple[Fraction, Fraction]:
    """Return where a stream begins on the file's clock and how long it is; a packet that says nothing lasts so long."""
    tick = stream.time_base or Fraction(1, av.time_base)
    first = walk.begin if stream.start_time is None else stream.start_time * tick
    start = max((begin if first is None else first) - begin, Fraction(0))
    if walk.whole:
        if walk.last is None:
            return start, walk.count * lasting
        return start, max(walk.last + (walk.last_duration or lasting) - begin - start, Fraction(0))
    if stream.duration and stream.duration > 0:
        return start, stream.duration * tick
    return start, max(whole - start, Fraction(0))


def _is_constant(times: list[int], tick: Fraction) -> bool:
    """Return whether pictures come at even distances, but for rounding to whole ticks or milliseconds.

    >>> _is_constant([0, 33, 67, 100], Fraction(1, 1000)), _is_constant([0, 33, 133, 166], Fraction(1, 1000))
    (True, False)
    """
    times = sorted(times)[:-_REORDERED] if len(times) >= _SAMPLED else sorted(times)
    count = len(times) - 1
    slack = max(Fraction(1), Fraction(1, 1000) / tick) * count
    return count < 2 or all(
        abs((time - times[0]) * count - (times[-1] - times[0]) * index) <= slack for index, time in enumerate(times)
    )


def _chapters(container: InputContainer, begin: Fraction) -> Iterator[Chapter]:
    for chapter in container.chapters():
        tick = chapter["time_base"] or Fraction(1, av.time_base)
        start, stop = (max(chapter[end] * tick - begin, Fraction(0)) for end in ("start", "end"))
        yield Chapter(start, stop, chapter["metadata"].get("title", ""))


def _container_name(path: Path, names: str) -> str:
    known = names.split(",")
    suffix = path.suffix.lower().removeprefix(".")
    return suffix if suffix in known else known[0]


def _codec(stream: Stream) -> str:
    return stream.codec_context.codec.canonical_name if stream.codec_context else "unknown"


def _language(stream: Stream) -> str | None:
    language = stream.metadata.get("language")
    return None if language in (None, "", "und") else language


def _probe_pictures(path: Path) -> MediaInfo:
    """Return what pillow reads; a folder is a video of its pictures, and a still lasts one of them."""
    files = pictures_in(path) if is_folder(path) else [path]
    check_file(files[0])
    with closing(read_stills(files[0])) as stills:
        first = last = next(stills)
        times = [Fraction(0)]
        if not is_folder(path):
            for last in stills:
                times.append(last.time)
    count, duration = len(times), last.time + last.duration
    if count == 1:
        count, duration = len(files), len(files) / IMAGE_RATE
    height, width = first.pixels.shape[:2]
    shown = square(width, height, Fraction(1))
    alpha = bool((first.pixels[..., 3] < 255).any())
    rate = count / duration
    video = VideoStreamInfo(
        codec=files[0].suffix.lower().removeprefix("."),
        width=shown[0],
        height=shown[1],
        stored_width=width,
        stored_height=height,
        sample_aspect_ratio=Fraction(1),
        rotation=0,
        mirrored=False,
        rate=rate,
        base_rate=rate,
        constant_rate=_is_constant([int(time * 1000) for time in times], Fraction(1, 1000)),
        frames=count,
        duration=duration,
        start=Fraction(0),
        pixel_format="rgba" if alpha else "rgb24",
        depth=8,
        bits=8,
        alpha=alpha,
        range="full",
        matrix="rgb",
        primaries="unknown",
        transfer="unknown",
        color="bt709",
        bit_rate=None,
        language=None,
    )
    size = sum(name.stat().st_size for name in files)
    kind = "folder" if is_folder(path) else video.codec
    return MediaInfo(path, kind, duration, Fraction(0), size, int(size * 8 / duration), (video,))
