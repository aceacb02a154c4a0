r"""What goes from one file into another as it is, beside pictures that are made anew.

    source --packets of sound, subtitles, cover, fonts-----> target       chapters, metadata --label--> target
       \---- sound that the target cannot hold, encoded ----/
        \--- subtitles in the form that the target holds --/

Times are those of the source's clock, which begins with its first picture or sound. What is left out is said.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Discard, Disposition, Stream
from av.subtitles.stream import SubtitleStream
from av.video.stream import VideoStream

from frameloom.core.errors import MediaError
from frameloom.media import ffmpeg
from frameloom.media.files.container import (
    LIBAV_ERRORS,
    begin_of,
    is_folder,
    opened,
    reason,
    sound_streams,
    video_streams,
)
from frameloom.media.files.encode import COLOR_CODES, SoundTrack, Timed, add_sound, encode_sound, sound_track
from frameloom.media.files.formats import CONTAINERS, SoundFormat
from frameloom.media.files.info import MediaInfo, VideoStreamInfo
from frameloom.media.files.pictures import PICTURE_SUFFIXES
from frameloom.media.files.probe import codes_of
from frameloom.media.files.sound_source import read_sound
from frameloom.media.frames import Chapter
from frameloom.media.planes import ColorName
from frameloom.media.sound import SAMPLE_RATE
from frameloom.media.subtitles.soft import subtitle_codec

_KINDS = {"audio": "sound", "subtitle": "subtitles", "data": "data", "attachment": "attachment", "video": "pictures"}
_OWN = ("major_brand", "minor_version", "compatible_brands", "encoder", "comment")
"""Metadata that the writing of a file sets itself; a comment is put before its own."""
_TEXTS = ("subrip", "mov_text", "webvtt", "ass", "text")
"""Subtitles that are text, and can become one another."""
_TEXT_FILES = {"mov_text": ".mp4", "subrip": ".mkv", "webvtt": ".webm"}
"""Files in which subtitles of a codec are handed over."""
_COARSE_TICK = Fraction(1, 2000)
"""Clocks that tick slower, as those of Matroska, round how long a packet lasts."""
_UNKNOWN = 2
"""Of H.273: unspecified."""
_SAME_MATRIX: dict[ColorName, tuple[int, ...]] = {
    "bt601": (5, 6),
    "bt709": (1,),
    "bt2020": (9, 10),
    "hlg": (9, 10),
    "pq": (9, 10),
}
"""Numbers of one and the same matrix: pictures read as this colour keep the one they had."""


@dataclass(frozen=True)
class Passed:
    """What a file hands on, and how; made by `passing`."""

    source: Path
    copied: tuple[int, ...] = ()
    """Numbers of the streams whose packets are copied."""
    encoded: tuple[tuple[int, int, SoundTrack], ...] = ()
    """Streams of sound that are encoded anew: their numbers among all streams and among those of sound, and how."""
    converted: tuple[tuple[int, str], ...] = ()
    """Numbers of the streams of subtitles that become those of another codec, and which."""
    chapters: tuple[Chapter, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    comment: str = ""
    language: str | None = None
    """Of the pictures."""
    sample_rates: tuple[int, ...] = (SAMPLE_RATE,)
    notes: tuple[str, ...] = ()
    """What a person should be told is not kept."""

    def signed(self, made_by: str) -> str:
        """Return the comment that the new file gets: the source's own, then how the file was made."""
        return "; ".join(filter(None, (self.comment, made_by)))


def passing(info: MediaInfo, out: Path) -> Passed:
    """Return what a source hands on to a file with new pictures.

    Raises:
        MediaError: the source cannot be opened.
    """
    source = info.path
    metadata = {name.lower(): value for name, value in info.metadata}
    kept = tuple((name, value) for name, value in info.metadata if name.lower() not in _OWN)
    head = Passed(source, chapters=info.chapters, metadata=kept, comment=metadata.get("comment", ""))
    if is_folder(source) or source.suffix.lower() in PICTURE_SUFFIXES:
        return head
    copied: list[int] = []
    encoded: list[tuple[int, int, SoundTrack]] = []
    converted: list[tuple[int, str]] = []
    notes: list[str] = []
    with opened(source) as container:
        sounds = sound_streams(container)
        first = next((stream.index for stream in video_streams(container)), None)
        for stream in container.streams:
            if stream.index == first:
                continue
            if _can_be_copied(stream) and _takes(out, stream):
                copied.append(stream.index)
            elif isinstance(stream, AudioStream) and stream in sounds and CONTAINERS[out.suffix.lower()].sound:
                track = _own_track(out, stream)
                encoded.append((stream.index, sounds.index(stream), track))
                notes.append(f"{_name(stream)} cannot stand in {out.suffix} as it is: encoded anew as {track.codec}")
            elif _codec(stream) in _TEXTS and (text := subtitle_codec(out)):
                converted.append((stream.index, text))
            elif not _repeats_chapters(stream, info):
                notes.append(f"{_name(stream)} is left out: {_why_left_out(stream, out)}")
        begin = begin_of(container)
        run_in = max(
            [Fraction(0), *(begin - start for index in copied if (start := _first_time(source, index)) is not None)]
        )
        if run_in > 0 and out.suffix.lower() == ".mkv":
            notes.append(
                f"sound begins with a run-in that {out.suffix} cannot hide: "
                f"all starts {float(1000 * run_in):.0f} ms later, together; .mp4 hides it"
            )
        rates = {stream.sample_rate for stream in sounds} | {track.sample_rate for _, _, track in encoded}
    return Passed(
        source,
        tuple(copied),
        tuple(encoded),
        tuple(converted),
        head.chapters,
        head.metadata,
        head.comment,
        info.video.language if info.video else None,
        tuple(sorted(rates or {SAMPLE_RATE})),
        tuple(notes),
    )


def tags_of(video: VideoStreamInfo) -> tuple[int, int, int]:
    """Return matrix, primaries and transfer, numbered as in H.273, of pictures as they are read from a stream.

    What the stream says is kept, but for a matrix that reading has changed; what it does not say is that of the colour
    it is read as, for a larger picture without tags would be taken for another.
    """
    own = COLOR_CODES[video.color]
    matrix, primaries, transfer = codes_of(video)
    return (
        matrix if matrix in _SAME_MATRIX[video.color] else own[0],
        own[1] if primaries == _UNKNOWN else primaries,
        own[2] if transfer == _UNKNOWN else transfer,
    )


def add_passed(
    container: OutputContainer, passed: Passed, stack: ExitStack, end: Fraction | None = None
) -> list[Iterator[Timed]]:
    """Add the streams that are handed on to a file; return their packets, up to an end in seconds.

    Each stream is read from the source by itself, so that one that lies behind the others does not fill memory.

    Raises:
        MediaError: when packets are asked for: the source is damaged.
    """
    tracks: list[Iterator[Timed]] = []
    for index in passed.copied:
        source = stack.enter_context(opened(passed.source))
        template = source.streams[index]
        stream = _added(container, template, template)
        if template.type != "attachment":
            tracks.append(_packets(passed.source, source, template, stream, begin_of(source), end))
    if passed.encoded or passed.converted:
        original = stack.enter_context(opened(passed.source))
    for index, ordinal, track in passed.encoded:
        heard = read_sound(passed.source, stop=end, rate=track.sample_rate, channels=track.channels, stream=ordinal)
        sound = add_sound(container, track)
        _describe(sound, original.streams[index])
        tracks.append(encode_sound(sound, track, heard))
    for index, codec in passed.converted:
        path = Path(stack.enter_context(TemporaryDirectory(prefix="frameloom-"))) / f"words{_TEXT_FILES[codec]}"
        arguments: list[ffmpeg.Argument] = ["-copyts", "-i", passed.source, "-map", f"0:{index}", "-c:s", codec, path]
        ffmpeg.run(arguments, about=str(passed.source))
        words = stack.enter_context(opened(path))
        template = words.streams.subtitles[0]
        stream = _added(container, template, original.streams[index])
        tracks.append(_packets(path, words, template, stream, begin_of(original), end))
    return tracks


def _added(container: OutputContainer, template: Stream, original: Stream) -> Stream:
    """Return a new stream for packets like those of a template, that says of itself what the original says."""
    stream = container.add_stream_from_template(template, opaque=True)
    _describe(stream, original)
    return stream


def _describe(stream: Stream, original: Stream) -> None:
    stream.metadata.update(original.metadata)
    stream.disposition = original.disposition


def _packets(
    path: Path, source: InputContainer, template: Stream, stream: Stream, begin: Fraction, end: Fraction | None
) -> Iterator[Timed]:
    """Yield the packets of one stream, their times counted from a begin in the container's own time."""
    for other in source.streams:
        if other.index != template.index:
            other.discard = Discard.all
    end_pts = _stated_end(source, template)
    tick = template.time_base or Fraction(1, av.time_base)
    held: Packet[Stream] | None = None
    try:
        for packet in source.demux(template):
            if _is_cover(template) and packet.size:
                packet.pts = packet.dts = round(begin / packet.time_base)  # it is shown all the time
            if packet.pts is None and packet.dts is None:
                continue
            shift = round(begin / packet.time_base)
            pts = packet.dts if packet.pts is None else packet.pts
            dts = packet.pts if packet.dts is None else packet.dts
            if pts is None or dts is None:
                continue
            if end_pts is not None and packet.duration and pts < end_pts < pts + packet.duration:
                packet.duration = end_pts - pts  # the rest of its samples only fill it up
            packet.pts, packet.dts = pts - shift, dts - shift
            if held is not None:
                yield _timed(held, stream)
            held = packet
            if end is not None and dts * packet.time_base - begin >= end:
                return
        if held is not None:
            if template.type == "audio" and tick >= _COARSE_TICK and held.duration:
                held.duration += 1  # it was rounded, maybe down, and no sample may be lost
            yield _timed(held, stream)
    except LIBAV_ERRORS as error:
        raise MediaError(f"{path}: damaged: {reason(error)}; give an undamaged copy") from error


def _timed(packet: "Packet[Stream]", stream: Stream) -> Timed:
    time = (packet.dts or 0) * packet.time_base
    packet.stream = stream
    return time, [packet]  # type: ignore[list-item]  # subtitles go the same way


def _first_time(path: Path, index: int) -> Fraction | None:
    """Return when a stream of sound begins in the container's own time, with what decoders need to get going."""
    with opened(path) as container:
        stream = container.streams[index]
        if stream.type != "audio" or container.format.name.startswith("matroska"):
            return None
        packet = next(container.demux(stream), None)
        return None if packet is None or packet.pts is None else packet.pts * packet.time_base


def _stated_end(source: InputContainer, stream: Stream) -> int | None:
    """Return where a stream of sound ends, in its ticks, of containers that store it exactly."""
    if stream.type != "audio" or not source.format.name.startswith("mov,"):
        return None
    return None if stream.start_time is None or not stream.duration else stream.start_time + stream.duration


def _can_be_copied(stream: Stream) -> bool:
    return isinstance(stream, AudioStream | SubtitleStream) or stream.type == "attachment" or _is_cover(stream)


def _is_cover(stream: Stream) -> bool:
    return bool(stream.disposition & Disposition.attached_pic)


def _takes(out: Path, template: Stream) -> bool:
    """Return whether a kind of file holds a stream like this: a header with it alone is written, to memory.

    Matroska takes a cover for one more video, so that players show it as a still.
    """
    suffix = out.suffix.lower()
    if _is_cover(template) and suffix not in (".mp4", ".mov"):
        return False
    if template.type == "attachment":
        return suffix == ".mkv"
    form = CONTAINERS[suffix].format
    try:
        with av.open(io.BytesIO(), "w", format=form) as trial:
            trial.add_stream_from_template(template, opaque=True).disposition = template.disposition
            trial.start_encoding()
    except LIBAV_ERRORS:
        return False
    return True


def _own_track(out: Path, stream: AudioStream) -> SoundTrack:
    """Return how sound is encoded that cannot be copied: as near to what it was as the file allows."""
    channels = stream.channels if stream.channels in (1, 2, 6) else 2 if stream.channels < 6 else 6
    try:
        return sound_track(out, SoundFormat(), stream.sample_rate, channels)
    except MediaError:
        return sound_track(out, SoundFormat(), SAMPLE_RATE, channels)


def _name(stream: Stream) -> str:
    same = [other.index for other in stream.container.streams if other.type == stream.type]
    language = stream.metadata.get("language", "und")
    words = ", ".join(filter(None, (_codec(stream), "" if language == "und" else language)))
    number = f" {same.index(stream.index) + 1}" if len(same) > 1 else ""
    return f"{_KINDS.get(stream.type, stream.type)}{number}" + (f" ({words})" if words else "")


def _codec(stream: Stream) -> str:
    return stream.codec_context.codec.canonical_name if stream.codec_context else ""


def _repeats_chapters(stream: Stream, info: MediaInfo) -> bool:
    """Return whether a stream is how QuickTime stores chapters, which are read already."""
    return stream.type == "data" and bool(info.chapters) and info.container in ("mp4", "mov", "m4v")


def _why_left_out(stream: Stream, out: Path) -> str:
    if isinstance(stream, VideoStream) and not _is_cover(stream):
        return "only the first stream of pictures is worked on"
    if stream.type == "data":
        return "its meaning is tied to the old pictures"
    takers = _takers(stream)
    return f"{out.suffix} does not hold it" + (f"; {' and '.join(takers)} would" if takers else "")


def _takers(stream: Stream) -> Sequence[str]:
    """Return the suffixes of files with pictures that would hold a stream."""
    if not _can_be_copied(stream):
        return ()
    with_pictures = [suffix for suffix, kind in CONTAINERS.items() if kind.format and kind.video]
    return [suffix for suffix in with_pictures if _takes(Path(f"x{suffix}"), stream)]
