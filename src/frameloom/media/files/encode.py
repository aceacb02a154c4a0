"""Encoders: pictures and sound to packets, each stream with a time base that holds its times exactly.

    Planes --frame--> VideoTrack's encoder --> packets, picture k at k / rate
    Sound  ---------> SoundTrack's encoder --> packets, sample n at n / sample_rate

A picture goes to the encoder without a copy where it still is the decoder's frame, else through one copy into a frame
that is used again and again: the software encoders named in `formats` have copied what they are given when `encode`
returns.
"""

import io
import os
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TypeAlias, cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.codec.context import Flags, ThreadType
from av.container import OutputContainer
from av.packet import Packet, PacketSideData
from av.video.codeccontext import VideoCodecContext
from av.video.plane import VideoPlane
from av.video.stream import VideoStream
from numpy.typing import NDArray

from frameloom.core.errors import MediaError
from frameloom.media.files.formats import (
    HARDWARE_CODECS,
    LAYOUTS,
    SOFTWARE,
    Encoder,
    SoundCodec,
    SoundFormat,
    VideoFormat,
    check_sound,
    choose,
    encoder_for,
)
from frameloom.media.files.languages import as_named
from frameloom.media.image import mix_by
from frameloom.media.planes import ColorName, Plane, Planes, plain, yuv_of
from frameloom.media.sound import Sound

Timed: TypeAlias = "tuple[Fraction, Sequence[Packet[VideoStream] | Packet[AudioStream]]]"
"""Packets, and the time in seconds up to which their stream has been encoded."""

COLOR_CODES: dict[ColorName, tuple[int, int, int]] = {
    "bt601": (6, 6, 6),
    "bt709": (1, 1, 1),
    "bt2020": (9, 9, 14),
    "hlg": (9, 9, 18),
    "pq": (9, 9, 16),
}
"""Matrix, primaries and transfer as numbered in ITU-T H.273."""

LIMITED_RANGE = 1
"""Of AVColorRange."""

_SOUND_ENCODERS: dict[SoundCodec, tuple[str, str, int]] = {
    "aac": ("aac", "fltp", 96_000),
    "opus": ("libopus", "flt", 64_000),
    "mp3": ("libmp3lame", "fltp", 96_000),
    "flac": ("flac", "s32", 0),
    "pcm": ("pcm_s24le", "s32", 0),
}
"""Encoder, sample format, and bits per second of a channel."""
_X265_DELAY = 2
"""Frames by which x265, with B pictures that others refer to, runs ahead; it does not tell."""
_MACROBLOCK_PX, _VECTOR = 16, 8
_PROOF_RATE = Fraction(25)
_PROOF_LEVELS = (40, 80, 120, 160, 200)
_PROOF_TOLERANCE = 8
_PART_SAMPLES = 4096
"""Most samples encoded at a time, so that pictures never wait long."""


@dataclass(frozen=True)
class VideoTrack:
    """Pictures as a file will hold them; the path is named in errors."""

    path: Path
    encoder: Encoder
    width: int
    height: int
    rate: Fraction
    color: ColorName
    tags: tuple[int, int, int] | None = None
    """Matrix, primaries and transfer to write instead of the colour's own."""


@dataclass(frozen=True)
class SoundTrack:
    """Sound as a file will hold it; the path is named in errors."""

    path: Path
    codec: SoundCodec
    sample_rate: int
    channels: int
    bitrate: int | None = None
    language: str = ""
    """Three letters, of ISO 639-2/T; empty where it is not known."""


def add_video(container: OutputContainer, track: VideoTrack) -> VideoStream:
    """Return a new stream that counts time in pictures."""
    stream = cast(VideoStream, container.add_stream(track.encoder.name, rate=track.rate, options=_options(track)))
    stream.time_base = 1 / track.rate
    _set_up(stream.codec_context, track)
    return stream


def open_encoder(track: VideoTrack) -> VideoCodecContext:
    """Return an encoder without a stream, open, with its parameters in `extradata`."""
    context = cast(VideoCodecContext, av.CodecContext.create(track.encoder.name, "w"))
    context.options = _options(track)
    context.framerate = track.rate
    context.flags |= Flags.global_header
    _set_up(context, track)
    context.open()
    return context


def _options(track: VideoTrack) -> dict[str, str]:
    """Return an encoder's options, with which the same pictures always give the same bytes.

    x264's tree of macroblocks reads memory that nobody wrote where a row of them is no multiple of its vectors.
    """
    options = dict(track.encoder.options)
    if track.encoder.name == "libx264" and -(-track.width // _MACROBLOCK_PX) % _VECTOR:
        options["mbtree"] = "0"
    return options


def _set_up(context: VideoCodecContext, track: VideoTrack) -> None:
    if track.encoder.name == "libsvtav1":
        os.environ.setdefault("SVT_LOG", "1")  # its library writes to standard error by itself; 1: errors only
    context.width, context.height, context.pix_fmt = track.width, track.height, track.encoder.pixel_format
    context.time_base = 1 / track.rate
    context.thread_type = ThreadType.AUTO
    context.color_range = LIMITED_RANGE
    context.colorspace, context.color_primaries, context.color_trc = track.tags or COLOR_CODES[track.color]


def encode_pictures(
    stream: VideoStream | VideoCodecContext, track: VideoTrack, pictures: Iterable[Planes]
) -> Iterator[Timed]:
    """Yield the packets of pictures, the first shown at 0.

    Raises:
        MediaError: a picture has another size than the track.
    """
    return encode_frames(stream, track.rate, _frames(pictures, track))


def encode_frames(
    stream: VideoStream | VideoCodecContext, rate: Fraction, frames: Iterable[av.VideoFrame]
) -> Iterator[Timed]:
    """Yield the packets of frames, the k-th shown at k / rate.

    Packets come in the order of decoding, one a frame, so the i-th is due at i, less what frames are held back for
    others to come first. Software encoders' own times of decoding are not used: x265 sets none for one or two frames.
    """
    context = stream if isinstance(stream, VideoCodecContext) else stream.codec_context
    name = context.codec.name
    if not context.is_open:
        context.open()  # only then it tells its depth
    delay = max(context.reorder_depth, _X265_DELAY if name == "libx265" else 0)
    due = -delay
    count = 0
    for frame in chain(frames, [None]):
        if frame is not None:
            frame.pts, frame.time_base, frame.pict_type = count, 1 / rate, 0  # the encoder chooses the type anew
            count += 1
        packets = stream.encode(frame)
        if name in SOFTWARE.values():
            for packet in packets:
                packet.dts, due = due, due + 1
        yield count / rate, packets


def _frames(pictures: Iterable[Planes], track: VideoTrack) -> Iterator[av.VideoFrame]:
    """Yield frames in the encoder's form, or in one that swscale brings there."""
    form = track.encoder.pixel_format
    keeps_alpha = form.startswith("yuva")
    copies_at_once = track.encoder.name in SOFTWARE.values()
    own: av.VideoFrame | None = None
    filled: Planes | None = None
    for index, picture in enumerate(pictures):
        if (picture.width, picture.height) != (track.width, track.height):
            raise MediaError(
                f"{track.path}: picture {index} is {picture.width}x{picture.height} px, "
                f"but the video is {track.width}x{track.height}; give pictures of one size"
            )
        if _fits(picture, form, track):
            yield picture.decoded
            continue
        if picture is filled and own is not None and copies_at_once:
            yield own  # planes are never written in place: it holds them already
            continue
        shown = picture if keeps_alpha else on_black(picture)
        name = ("yuva420p" if keeps_alpha else "yuv420p") + ("10le" if picture.depth == 10 else "")
        if own is None or own.format.name != name or not copies_at_once:
            own = av.VideoFrame(track.width, track.height, name)
            own.color_range = LIMITED_RANGE
            own.colorspace, own.color_primaries, own.color_trc = COLOR_CODES[track.color]
        _fill(own, shown)
        filled = picture
        yield own


def _fits(picture: Planes, form: str, track: VideoTrack) -> bool:
    """Return whether the decoder's frame can go to the encoder as it is."""
    frame = picture.decoded
    return (
        isinstance(frame, av.VideoFrame)
        and picture.alpha is None
        and frame.format.name == form
        and (frame.width, frame.height) == (track.width, track.height)
    )


def _fill(frame: av.VideoFrame, picture: Planes) -> None:
    """Copy planes into a frame; missing alpha is opaque."""
    for plane, source in zip(frame.planes, (picture.y, picture.u, picture.v, picture.alpha), strict=False):
        _view(plane, picture.y.dtype)[:] = (255 if picture.depth == 8 else 1023) if source is None else source


def _view(plane: VideoPlane, kind: np.dtype[np.uint8] | np.dtype[np.uint16]) -> Plane:
    """Return the samples of a frame's plane, (H, W), in place."""
    return np.ndarray((plane.height, plane.width), kind, memoryview(plane), 0, (plane.line_size, kind.itemsize))


def on_black(picture: Planes) -> Planes:
    """Return an opaque picture: what is transparent lets black through."""
    if picture.alpha is None:
        return picture
    weight = picture.alpha.astype(np.float32) / np.float32(255 if picture.depth == 8 else 1023)
    half = weight.reshape(picture.height // 2, 2, picture.width // 2, 2).mean((1, 3))
    black = yuv_of((0, 0, 0), picture.depth)
    sources: list[tuple[Plane, NDArray[np.float32]]] = [(picture.y, weight), (picture.u, half), (picture.v, half)]
    y, u, v = (
        mix_by(np.full_like(part, level), part, share) for (part, share), level in zip(sources, black, strict=True)
    )
    return Planes(y, u, v)


def prove(name: str) -> None:
    """Encode a few pictures with an encoder, decode them and compare; exit with the reason where it fails."""
    codec = next((codec for codec in HARDWARE_CODECS if name.startswith(f"{codec}_")), None)
    if codec is None or name not in av.codecs_available:
        sys.exit("not in this build of FFmpeg")
    encoder = encoder_for(codec, VideoFormat(), 8, _PROOF_RATE, name=name)
    track = VideoTrack(Path(name), encoder, 320, 192, _PROOF_RATE, "bt709")
    buffer = io.BytesIO()
    with av.logging.Capture() as said:
        av.logging.set_level(av.logging.ERROR)
        try:
            with av.open(buffer, "w", format="matroska") as container:
                pictures = [plain(320, 192, (level, level, level)) for level in _PROOF_LEVELS]
                for _, packets in encode_pictures(add_video(container, track), track, pictures):
                    container.mux(packets)
            buffer.seek(0)
            with av.open(buffer, "r") as again:
                frames = [frame.reformat(format="yuv420p") for frame in again.decode(again.streams.video[0])]
        except (av.FFmpegError, ValueError) as error:
            sys.exit(said[-1][2].strip() if said else str(error))
    means = [round(float(_view(frame.planes[0], np.dtype(np.uint8)).mean())) for frame in frames]
    wanted = [yuv_of((level, level, level))[0] for level in _PROOF_LEVELS]
    if len(means) != len(wanted) or max(abs(a - b) for a, b in zip(means, wanted, strict=True)) > _PROOF_TOLERANCE:
        sys.exit(f"gave pictures of luma {means}, not {wanted}")


def sound_track(
    path: Path, audio: SoundFormat | None, sample_rate: int, channels: int, language: str = ""
) -> SoundTrack:
    """Return how a file will hold its sound.

    Raises:
        MediaError: the file takes no sound, or none of this codec, rate or number of channels.
    """
    audio = audio or SoundFormat()
    codec = choose(path, None, audio).sound
    if codec is None:
        raise MediaError(f"{path}: takes no sound; leave it out")
    check_sound(path, codec, sample_rate, channels)
    return SoundTrack(path, codec, sample_rate, channels, audio.bitrate, language)


def add_sound(container: OutputContainer, track: SoundTrack) -> AudioStream:
    """Return a new stream that counts time in samples."""
    name, form, bits = _SOUND_ENCODERS[track.codec]
    stream = cast(AudioStream, container.add_stream(name, rate=track.sample_rate))
    stream.codec_context.format, stream.codec_context.layout = form, LAYOUTS[track.channels]
    stream.time_base = stream.codec_context.time_base = Fraction(1, track.sample_rate)
    if track.language:
        stream.metadata["language"] = as_named(track.language, container.format.name)
    if bits:
        stream.codec_context.bit_rate = track.bitrate or bits * track.channels
    return stream


def encode_sound(stream: AudioStream, track: SoundTrack, blocks: Iterable[Sound]) -> Iterator[Timed]:
    """Yield the packets of sound, its first sample heard at 0.

    Raises:
        MediaError: a block has another number of channels than the track.
    """
    _, form, _ = _SOUND_ENCODERS[track.codec]
    done = 0
    for block in blocks:
        if block.ndim != 2 or block.shape[1] != track.channels:
            raise MediaError(
                f"{track.path}: a block of sound is {tuple(block.shape)}, not (samples, {track.channels}); "
                "give each channel a column"
            )
        for start in range(0, len(block), _PART_SAMPLES):
            samples = _samples(block[start : start + _PART_SAMPLES], form)
            frame = av.AudioFrame.from_ndarray(samples, form, LAYOUTS[track.channels])
            frame.sample_rate, frame.pts, frame.time_base = track.sample_rate, done, Fraction(1, track.sample_rate)
            done += frame.samples
            yield Fraction(done, track.sample_rate), stream.encode(frame)
    packets = stream.encode(None)
    _tell_padding(packets, stream.codec_context.frame_size)
    yield Fraction(done, track.sample_rate), packets


def _samples(block: Sound, form: str) -> NDArray[np.float32] | NDArray[np.int32]:
    """Return samples as an encoder takes them, clipped to full scale."""
    clipped = np.clip(block, -1, 1)
    if form == "fltp":
        return np.ascontiguousarray(clipped.T)
    if form == "flt":
        return clipped.reshape(1, -1)
    bits_24 = np.rint(clipped.reshape(1, -1).astype(np.float64) * (1 << 23)).clip(-(1 << 23), (1 << 23) - 1)
    return bits_24.astype(np.int32) << 8


def _tell_padding(packets: "Sequence[Packet[AudioStream]]", frame_size: int) -> None:
    """Let the container know how many samples of the last packet only fill it up; AAC's encoder leaves that to us."""
    if not packets or not frame_size or not packets[-1].duration or packets[-1].has_sidedata("skip_samples"):
        return
    padding = frame_size - packets[-1].duration
    if padding > 0:
        note = PacketSideData(_SKIP_SAMPLES, 10)  # type: ignore[call-arg]  # its stub leaves them out
        memoryview(note).cast("B")[:] = struct.pack("<IIBB", 0, padding, 0, 0)
        packets[-1].set_sidedata(note)


_SKIP_SAMPLES = 11
"""Of AVPacketSideDataType: samples to skip at the start and at the end, each 32 bits, and two reasons."""
