"""Decoded pictures in order of presentation, from any time on, exactly.

    seek to a key frame before --> packets --> decoder --> frame, time, duration

The first frame comes at or before the time asked for, whatever the container's index is worth: where a seek lands too
late, or among pictures that need earlier ones (open groups of pictures; old x264 in 4:4:4, which says only in the first
picture how it must be decoded), it is repeated from further back, and at last the file is read from its beginning.
What is damaged is passed over as players do, for up to a second; more, or a damaged end, is an error. A strict reading
leaves out what players would make up as well, goes on with the next key frame, and says of the frame there since when.
"""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.codec.context import CodecContext
from av.container import InputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from frameloom.core.errors import MediaError
from frameloom.media.files.container import (
    LIBAV_ERRORS,
    LIMITS,
    UNTIMED,
    begin_of,
    carries_alpha,
    first_of,
    missing_bytes,
    opened,
    rate_of,
    reason,
    seek,
    video_stream,
)
from frameloom.media.files.strict import StrictDecoder

MAX_OUTAGE_S = 1
"""Longest stretch without a good picture, or a clock that goes backwards, that is passed over."""

_COARSE_TICK = Fraction(1, 2000)
"""Clocks that tick slower round the times of common rates."""
_MOST_UNKEYED = 2000
"""Packets after a seek among which a key frame must be."""
_MOST_READ_BYTES = 64 * 1024**2
"""A larger MPEG program stream is sought in, at the price of times that may be off by a part of a picture."""


@dataclass(frozen=True, eq=False)
class Decoded:
    """A frame, when it comes on screen and how long it stays if nothing follows, in seconds on the file's clock."""

    frame: av.VideoFrame
    time: Fraction
    duration: Fraction
    aspect: Fraction | None
    """Width by height of a stored pixel, as the file says."""
    damaged_from: Fraction | None = None
    """Since when frames before it are damaged and left out; None where all before it came."""


def decode_from(path: Path, start: Fraction, index: int = 0, *, strict: bool = False) -> Generator[Decoded, None, None]:
    """Yield frames in order of their times, the first at or before start where there is one.

    Args:
        path: a video.
        start: seconds on the file's clock.
        index: which of its streams of pictures.
        strict: whether frames are left out that are made from damaged ones; else only what cannot be decoded at all.

    Raises:
        MediaError: missing, not media, without such a stream, or damaged (named with its time).
    """
    back = Fraction(0)
    while start - back > 0:
        with opened(path) as container:
            stream = video_stream(path, container, index)
            if not _is_seekable(path, container, stream) or not seek(container, stream, start - back):
                break
            with closing(_Decoding(path, container, stream, sought=True, strict=strict).frames()) as frames:
                first = first_of(frames)
                if first is not None and first.time <= start and not first.frame.is_corrupt:
                    yield first
                    yield from frames
                    return
        back = back * 2 + 1
    with opened(path) as container:
        stream = video_stream(path, container, index)
        yield from _Decoding(path, container, stream, sought=False, strict=strict).frames()


def _is_seekable(path: Path, container: InputContainer, stream: VideoStream) -> bool:
    """Return whether times after a seek are those of a reading from the beginning."""
    name = container.format.name
    if name == "mpeg":  # where several pictures share a packet, only the first has a time
        return path.stat().st_size > _MOST_READ_BYTES
    return bool(stream.time_base) and not _is_counted(container, stream)


def _is_counted(container: InputContainer, stream: VideoStream) -> bool:
    """Return whether pictures are counted, for the container has no times of presentation."""
    name = container.format.name
    return name in UNTIMED or (name == "avi" and bool(stream.codec_context.has_b_frames))


class _Decoding:
    """One pass over the packets of a stream."""

    def __init__(self, path: Path, container: InputContainer, stream: VideoStream, *, sought: bool, strict: bool):
        self.path, self.container, self.stream, self.sought = path, container, stream, sought
        self.is_strict = strict
        self.strict: StrictDecoder | None = None
        self.tick = stream.time_base or Fraction(1, av.time_base)
        self.begin = begin_of(container)
        self.lasting = 1 / rate_of(stream)
        self.aspect = stream.sample_aspect_ratio
        self.counted = _is_counted(container, stream)
        self.start = Fraction(0) if stream.start_time is None else stream.start_time * self.tick - self.begin
        self.end = self._stated_end()
        self.decoder: VideoCodecContext | None = None
        self.keyed = False
        self.floor: Fraction | None = None
        self.last: Fraction | None = None
        self.reached = Fraction(0)
        self.count = self.good = 0
        self.damage = ""

    def frames(self) -> Generator[Decoded, None, None]:
        packets = self.container.demux(self.stream)
        unkeyed = 0
        while True:
            try:
                packet = next(packets, None)
            except LIBAV_ERRORS as error:
                raise self._damaged(reason(error)) from error
            if packet is None:
                break
            if packet.is_keyframe and not self.keyed:
                self.keyed = True
                if self.sought:
                    if packet.pts is None:
                        return
                    self.floor = packet.pts * self.tick - self.begin
            if self.sought and not self.keyed:
                unkeyed += 1
                if unkeyed > _MOST_UNKEYED:
                    return
                continue
            for frame, anew in self._decoded(packet):
                if (decoded := self._timed(frame, anew)) is not None:
                    yield decoded
        self.damage = self.damage or (self.strict.damage if self.strict else "")
        missing = missing_bytes(self.path)
        if missing and not self.damage and not self._is_complete():
            self.damage = f"cut off, {missing} bytes are missing at its end"
        if self.damage:
            raise self._damaged(self.damage)
        if self.last is None and not self.sought:
            raise MediaError(f"{self.path}: no pictures in its video stream; give a file that plays")

    def _decoded(self, packet: "Packet[VideoStream]") -> list[tuple[av.VideoFrame, bool]]:
        """Return the frames that a packet completes, none where it is damaged, and whether some are left out before."""
        if self.decoder is None:
            self.decoder = _alpha_decoder(packet) or self.stream.codec_context
            if self.is_strict and not self.counted:  # a picture that is left out would shift the count
                self.strict = StrictDecoder(self.path, self.stream, self.decoder)
        if self.strict is not None:
            return self.strict.decoded(packet)
        if packet.is_corrupt and packet.size and self.container.format.name != "mpegts":
            self.damage = self.damage or "cut off in the middle of a frame"
            return []
        try:
            return [(frame, False) for frame in self.decoder.decode(packet)]
        except LIBAV_ERRORS as error:
            if self.keyed:  # a recording may begin between key frames
                self.damage = self.damage or reason(error)
            return []

    def _timed(self, frame: av.VideoFrame, anew: bool) -> Decoded | None:
        """Return a frame with its time; None where it comes out of turn. Anew: frames before it are left out."""
        duration = frame.duration * self.tick
        if self.counted:
            time = self.count * self.lasting
        elif frame.pts is not None:
            time = self._exact(frame.pts * self.tick - self.begin)
        else:
            time = Fraction(0) if self.last is None else self.last + (duration or self.lasting)
        self.count += 1
        last = self.last
        if self.floor is not None and time < self.floor:
            return None  # shown before the key frame, and made from pictures before it
        if last is not None and time <= last:
            if last - time > MAX_OUTAGE_S:
                raise self._damaged(f"its clock goes back to {float(time):.2f} s")
            return None
        if self.damage and time - (self.start if last is None else last) > max(
            Fraction(MAX_OUTAGE_S), 3 * self.lasting
        ):
            raise self._damaged(self.damage)
        self.damage = ""
        self.last = time
        self.good += 1
        since = self.start if last is None else self.reached
        self.reached = time + self._stay(time, duration)
        return Decoded(frame, time, self.reached - time, self.aspect, since if anew and since < time else None)

    def _exact(self, time: Fraction) -> Fraction:
        """Return a time that a container has rounded to coarse ticks (Matroska, WebM) as its rate has it."""
        if self.tick < _COARSE_TICK:
            return time
        even = self.start + round((time - self.start) / self.lasting) * self.lasting
        return even if abs(even - time) < self.tick else time

    def _stay(self, time: Fraction, duration: Fraction) -> Fraction:
        """Return how long a frame stays if it is the last."""
        if duration <= 0 or abs(duration - self.lasting) < self.tick:
            duration = self.lasting
        return min(duration, self.end - time) if self.end is not None and time < self.end else duration

    def _stated_end(self) -> Fraction | None:
        """Return where the stream ends, of containers that store it exactly."""
        stream = self.stream
        if not self.container.format.name.startswith("mov,") or stream.start_time is None or not stream.duration:
            return None
        return (stream.start_time + stream.duration) * self.tick - self.begin

    def _is_complete(self) -> bool:
        return self.end is not None and self.end - self.reached < self.lasting / 2

    def _damaged(self, why: str) -> MediaError:
        return MediaError(
            f"{self.path}: damaged after {self.good} frames ({float(self.last or 0):.2f} s): {why}; "
            "give an undamaged copy"
        )


def _alpha_decoder(packet: "Packet[VideoStream]") -> VideoCodecContext | None:
    """Return a decoder that knows the transparency of VP8 and VP9; FFmpeg's own ones leave it out."""
    if not carries_alpha(packet):
        return None
    name = {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(packet.stream.codec_context.codec.canonical_name)
    if name is None or name not in av.codecs_available:
        return None
    decoder = cast(VideoCodecContext, CodecContext.create(name, "r"))
    decoder.options = LIMITS
    decoder.thread_count = 0
    return decoder
