"""Smart copy: the pictures around a cut are encoded anew, all others are copied as they are, byte for byte.

    source   |I--------|I--------|I--------|I--------|
    wanted         [----------------------------)
    written        [new|copied...|copied...|new-)

What cannot be proven is refused: before a file gets its name, the groups beside every join are decoded, and what was
copied must equal the source. New pictures of H.264 get parameter sets of a number of their own, so that those of the
source stay valid; both stand in the file's header.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from frameloom.core.errors import MediaError
from frameloom.core.files import whole_file
from frameloom.media.files import h264
from frameloom.media.files.container import opened
from frameloom.media.files.encode import (
    Timed,
    VideoTrack,
    add_sound,
    encode_pictures,
    encode_sound,
    open_encoder,
    sound_track,
)
from frameloom.media.files.formats import Encoder, SoundFormat, VideoFormat, choose, encoder_for
from frameloom.media.files.sink import label, media_container, mux_by_time
from frameloom.media.files.source import read_pictures
from frameloom.media.files.spans import CopiedCodec, Copyable, Span, copy_span, copyable_spans
from frameloom.media.frames import Chapter, Written
from frameloom.media.planes import Depth, Planes
from frameloom.media.sound import SAMPLE_RATE, Sound

__all__ = ["CopyError", "Copyable", "Fresh", "Span", "copy_span", "copyable_spans", "write_copying"]

_PROFILES = {66: "baseline", 77: "main", 100: "high", 110: "high10"}
_MILLISECOND = Fraction(1, 1000)


class CopyError(MediaError):
    """Parts cannot share a file without being encoded anew; encode all of them."""


@dataclass(frozen=True)
class Fresh:
    """Pictures that are encoded anew, between spans."""

    count: int
    pictures: Callable[[], Iterable[Planes]]


def copy_stream(container: OutputContainer, template: VideoStream, rate: Fraction) -> VideoStream:
    """Return a new stream for packets like those of another, that counts time in pictures."""
    stream = container.add_stream_from_template(template, opaque=True)
    stream.time_base, stream.codec_context.framerate = 1 / rate, rate
    if "alpha_mode" in template.metadata:
        stream.metadata["alpha_mode"] = template.metadata["alpha_mode"]  # else players take it for opaque
    return stream


def write_copying(
    path: Path,
    parts: Sequence[Span | Fresh],
    sound: Iterable[Sound] | None = None,
    *,
    rate: Fraction,
    video: VideoFormat | None = None,
    sample_rate: int = SAMPLE_RATE,
    channels: int = 2,
    audio: SoundFormat | None = None,
    made_by: str = "",
    chapters: Sequence[Chapter] = (),
    metadata: Mapping[str, str] | None = None,
) -> Written:
    """Write parts one after the other: spans copied, fresh pictures encoded in the same form, sound encoded.

    Size, depth and colour tags are those of the spans' source, which fresh pictures must have too.

    Raises:
        CopyError: the parts cannot share a file, or a join cannot be proven; encode all of them.
        MediaError: a source is damaged or has changed, or the format does not take what is given.
        OutputError: the place cannot be written.
    """
    spans = [part for part in parts if isinstance(part, Span)]
    if not spans:
        raise CopyError(f"{path}: there is nothing to copy; encode all pictures")
    sounds = None if sound is None else sound_track(path, audio, sample_rate, channels)
    with opened(spans[0].path) as source:
        template = source.streams.video[0]
        _check_alike(path, template, spans)
        form = choose(path, VideoFormat(codec=_codec(template)), None).container.format
        joiner = _Joiner.of(path, template, video or VideoFormat(), rate)
        with whole_file(path) as part:
            with media_container(path, part, form, rate, sample_rate) as container:
                label(container, made_by, chapters, metadata)
                stream = copy_stream(container, template, rate)
                stream.codec_context.extradata = joiner.extradata
                tracks: list[Iterator[Timed]] = [_packets(parts, joiner, stream, rate)]
                if sounds and sound is not None:
                    tracks.append(encode_sound(add_sound(container, sounds), sounds, sound))
                frames = mux_by_time(container, tracks)
            _prove(path, part, parts, rate)
        copied = sum(span.count for span in spans)
        notes = (f"{copied} of {frames} pictures are copied as they are",)
        return Written(path, frames, template.width, template.height, notes)


def _codec(stream: VideoStream) -> CopiedCodec:
    return cast(CopiedCodec, stream.codec_context.codec.canonical_name)


def _check_alike(path: Path, template: VideoStream, spans: Sequence[Span]) -> None:
    """Refuse spans of sources that differ in anything that a file's header says once."""
    for other in {span.path for span in spans}:
        with opened(other) as container:
            stream = container.streams.video[0]
            if _likeness(stream) != _likeness(template):
                raise CopyError(
                    f"{path}: {spans[0].path} and {other} differ in size, codec or its settings; encode all"
                )


def _likeness(stream: VideoStream) -> tuple[object, ...]:
    context = stream.codec_context
    tags = context.colorspace, context.color_primaries, context.color_trc, context.color_range
    return _codec(stream), context.width, context.height, context.pix_fmt, context.extradata, *tags


@dataclass(frozen=True)
class _Joiner:
    """How fresh pictures are encoded so that they can stand beside copied ones."""

    track: VideoTrack
    extradata: bytes | None
    length_size: int
    """Bytes of a unit's length in H.264; 0 for codecs whose packets need no change."""
    delay: int

    @classmethod
    def of(cls, path: Path, template: VideoStream, video: VideoFormat, rate: Fraction) -> "_Joiner":
        context = template.codec_context
        depth: Depth = 10 if "10" in (context.pix_fmt or "") else 8
        encoder = encoder_for(_codec(template), video.model_copy(update={"depth": None}), depth, rate)
        tags = context.colorspace, context.color_primaries, context.color_trc
        if _codec(template) != "h264":
            return cls(
                VideoTrack(path, encoder, context.width, context.height, rate, "bt709", tags), context.extradata, 0, 0
            )
        sets = h264.read_avcc(context.extradata or b"")
        free = next((number for number in range(h264.MAX_SETS) if number not in sets.numbers), None)
        profile = _PROFILES.get(sets.profile)
        if free is None or profile is None:
            raise CopyError(f"{path}: H.264 of profile {sets.profile} cannot be joined with new pictures; encode all")
        options = {**encoder.options, "profile": profile, "x264-params": f"sps-id={free}"}
        encoder = Encoder(encoder.name, encoder.pixel_format, options)
        track = VideoTrack(path, encoder, context.width, context.height, rate, "bt709", tags)
        trial = open_encoder(track)
        merged = h264.merge(sets, h264.units_after_start_codes(trial.extradata or b""))
        return cls(track, h264.write_avcc(merged), sets.length_size, trial.reorder_depth)

    def packets(self, pictures: Iterable[Planes]) -> "Iterator[Packet[VideoStream]]":
        """Yield packets in the order of decoding, their times counted in pictures from the first."""
        context: VideoCodecContext = open_encoder(self.track)
        for _, packets in encode_pictures(context, self.track, pictures):
            for packet in packets:
                yield self._lengthened(packet) if self.length_size else cast("Packet[VideoStream]", packet)

    def _lengthened(self, packet: "Packet[VideoStream] | Packet[AudioStream]") -> "Packet[VideoStream]":
        units = h264.units_after_start_codes(bytes(packet))
        again = cast("Packet[VideoStream]", Packet(h264.with_lengths(units, self.length_size)))
        again.pts, again.is_keyframe = packet.pts, packet.is_keyframe
        return again


def _packets(parts: Sequence[Span | Fresh], joiner: _Joiner, stream: VideoStream, rate: Fraction) -> Iterator[Timed]:
    """Yield all packets in the order of decoding: the i-th is due at i, less what the longest delay holds back."""
    delay = max([joiner.delay, *(part.delay for part in parts if isinstance(part, Span))])
    index = first = 0
    for part in parts:
        if isinstance(part, Span):
            numbered: Iterator[tuple[int, Packet[VideoStream]]] = copy_span(part, rate)
        else:
            numbered = ((packet.pts or 0, packet) for packet in joiner.packets(part.pictures()))
        for number, packet in numbered:
            packet.pts, packet.dts, packet.duration = first + number, index - delay, 1
            packet.time_base, packet.stream = 1 / rate, stream
            index += 1
            yield packet.dts / rate, [packet]
        first += part.count
        if index != first:
            raise MediaError(
                f"{joiner.track.path}: a part gave {index - first + part.count} pictures, not {part.count}"
            )


def _prove(path: Path, written: Path, parts: Sequence[Span | Fresh], rate: Fraction) -> None:
    """Decode what stands beside the joins, and compare what was copied with its source.

    Raises:
        CopyError: a picture is missing, comes at another time, or looks different.
    """
    first = 0
    total = sum(part.count for part in parts)
    for part in parts:
        if isinstance(part, Span):
            ends = [*part.keys[1:], part.first + part.count]
            groups = {(part.first, ends[0]), (part.keys[-1], ends[-1])}
            for begin, end in groups:
                _compare(path, written, part, begin, end, first - part.first, total, rate)
        first += part.count


def _compare(
    path: Path, written: Path, span: Span, begin: int, end: int, shift: int, total: int, rate: Fraction
) -> None:
    """Compare the pictures from begin to end of the source; one more of the file on either side must be there."""
    slack = 1 / rate / 4
    tolerance = _MILLISECOND if path.suffix.lower() in (".mkv", ".webm") else 0
    low, high = max(0, begin + shift - 1), min(total, end + shift + 1)
    since = span.time + (begin - span.first) / rate + slack
    source = read_pictures(span.path, since, since + (end - begin - 1) / rate)
    number = low
    for picture in read_pictures(written, low / rate + slack, (high - 1) / rate + slack):
        if abs(picture.time - number / rate) > tolerance:
            raise CopyError(f"{path}: picture {number} comes at {float(picture.time):.4f} s; encode all pictures")
        if begin + shift <= number < end + shift:
            original = next(source, None)
            if original is None or not _same(picture.planes, original.planes):
                raise CopyError(f"{path}: picture {number} was copied and looks different; encode all pictures")
        number += 1
    if number != high:
        raise CopyError(f"{path}: picture {number} is missing; encode all pictures")


def _same(a: Planes, b: Planes) -> bool:
    return all(np.array_equal(one, other) for one, other in ((a.y, b.y), (a.u, b.u), (a.v, b.v)))
