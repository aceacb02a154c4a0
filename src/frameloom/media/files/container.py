"""Opening media files that nobody vouches for: only plain files, only containers that hold their own streams.

    opened(path) --> libav container        begin_of(container) = time 0 of the file's clock

A playlist (HLS, DASH, concat) names other files, so none is opened; a name never counts as an address.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, TypeVar

import av
from av.audio.stream import AudioStream
from av.codec.context import CodecContext
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard, Disposition, Stream
from av.video.stream import VideoStream

from frameloom.core.errors import MediaError
from frameloom.media.frames import IMAGE_RATE, MAX_FRAME_PX

Item = TypeVar("Item")

LIBAV_ERRORS = (av.FFmpegError, OSError, ValueError, ArithmeticError, MemoryError)
"""What PyAV raises on files that are not what they say."""

LIMITS = {"max_pixels": str(MAX_FRAME_PX)}
"""What decoders are told, so that a header alone cannot fill memory."""

_CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,live_flv,asf,ogg,mxf,nut,wtv,dv,gxf,rm,ivf,"
    "wav,w64,aiff,caf,au,flac,mp3,aac,ac3,eac3,amr,amrnb,amrwb,ape,wv,tta,dts,truehd,mlp,h264,hevc,vvc,obu,av1,m4v,"
    "mjpeg,mjpeg_2000,vc1,vc1test,yuv4mpegpipe,gif,apng,swf,bink,smk,roq,avs2,avs3,iff,dirac,cavsvideo,h261,h263,"
    "jpeg_pipe,png_pipe,bmp_pipe,tiff_pipe,webp_pipe,jpegxl_pipe,jpegxl_anim,j2k_pipe,dpx_pipe,exr_pipe,ppm_pipe,"
    "pgm_pipe,pam_pipe,pfm_pipe,qoi_pipe,sgi_pipe,hdr_pipe,psd_pipe"
)
"""Demuxers that may be tried: none of them opens a second file."""

UNTIMED = ("h264", "hevc", "vvc", "obu", "m4v", "mpegvideo", "mjpeg", "vc1", "dirac", "cavsvideo", "avs2", "avs3")
"""Bare streams of pictures: they have no times of presentation, so pictures are counted."""

BARE_SOUND = ("mp3", "aac", "ac3", "eac3", "dts", "truehd", "mlp", "amr", "amrnb", "amrwb")
"""Bare streams of sound: their times are exact only when all is read from the beginning."""

_NOT_MOVING = Disposition.attached_pic | Disposition.timed_thumbnails


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """Yield a media file, closed again at the end whatever happens.

    Raises:
        MediaError: missing, unreadable, empty, a folder or device, or no media.
    """
    check_file(path)
    try:
        container = open_file(path)
    except LIBAV_ERRORS as error:
        raise MediaError(f"{path}: not a media file that can be read ({reason(error)}); give video or sound") from error
    with container:
        yield container


def open_file(path: Path) -> InputContainer:
    """Return a container that opens nothing but this file; raises one of LIBAV_ERRORS."""
    return av.open(
        f"file:{path}",  # keeps a name with a colon from being read as a protocol
        options=LIMITS,
        container_options={"protocol_whitelist": "file", "format_whitelist": _CONTAINERS},
        metadata_errors="replace",
    )


def is_folder(path: Path) -> bool:
    """Return whether a path can be seen to be a folder; what cannot be seen is left to check_file."""
    try:
        return path.is_dir()
    except OSError:
        return False


def check_file(path: Path) -> None:
    """Refuse what is no plain file with content.

    Raises:
        MediaError: says which it is.
    """
    try:
        if path.is_dir():
            raise MediaError(f"{path}: a folder; give a file, or a folder of pictures")
        size = path.stat().st_size
        if not path.is_file():
            raise MediaError(f"{path}: not a plain file; give a file")
        with path.open("rb"):
            pass
    except FileNotFoundError as error:
        raise MediaError(f"{path}: no such file; give a video, sound or picture") from error
    except MediaError:
        raise
    except (OSError, ValueError) as error:
        raise MediaError(f"{path}: cannot be read ({reason(error)}); check its name and permissions") from error
    if not size:
        raise MediaError(f"{path}: empty, 0 bytes; give a whole file")


def reason(error: BaseException) -> str:
    """Return in a few words why an operation failed."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(text.split())[:200]


def video_streams(container: InputContainer) -> list[VideoStream]:
    """Return the streams of moving pictures that can be decoded here; cover art is none."""
    moving = (stream for stream in container.streams.video if not stream.disposition & _NOT_MOVING)
    return [stream for stream in moving if _is_known(stream)]


def sound_streams(container: InputContainer) -> list[AudioStream]:
    """Return the streams of sound that can be decoded here."""
    return [stream for stream in container.streams.audio if _is_known(stream)]


def _is_known(stream: Stream) -> bool:
    context: CodecContext | None = stream.codec_context  # None where there is no decoder, whatever PyAV's types say
    return context is not None


def video_stream(path: Path, container: InputContainer, index: int) -> VideoStream:
    """Return a video stream ready to decode, with all others put aside.

    Raises:
        MediaError: there is none, or nothing here decodes it.
    """
    streams = video_streams(container)
    if not 0 <= index < len(streams):
        raise _without(path, container, "video", index, len(streams))
    _alone(container, streams[index])
    streams[index].thread_type = "AUTO"
    return streams[index]


def sound_stream(path: Path, container: InputContainer, index: int) -> AudioStream:
    """Return a sound stream ready to decode, with all others put aside.

    Raises:
        MediaError: there is none, or nothing here decodes it.
    """
    streams = sound_streams(container)
    if not 0 <= index < len(streams):
        raise _without(path, container, "sound", index, len(streams))
    _alone(container, streams[index])
    return streams[index]


def _alone(container: InputContainer, stream: Stream) -> None:
    stream.codec_context.options = LIMITS
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all


def _without(path: Path, container: InputContainer, kind: str, index: int, known: int) -> MediaError:
    which = f"no {kind} stream {index}" if known else f"no {kind} stream"
    unknown = sum(1 for stream in container.streams if not _is_known(stream) and stream.type in ("video", "audio"))
    more = f", {unknown} in a format that cannot be decoded here" if unknown else ""
    return MediaError(f"{path}: {which} (found: {_found(container)}{more}); give a file with {kind}")


def _found(container: InputContainer) -> str:
    """Return which streams there are, as `1 audio stream`."""
    kinds = [stream.type for stream in container.streams]
    parts = [f"{kinds.count(kind)} {kind} stream{'s' * (kinds.count(kind) > 1)}" for kind in dict.fromkeys(kinds)]
    return ", ".join(parts) or "nothing"


def seek(container: InputContainer, stream: VideoStream | AudioStream, time: Fraction) -> bool:
    """Go to where a stream can be decoded from, before a time in seconds; return whether that was possible."""
    if not stream.time_base:
        return False
    try:
        container.seek(int((time + begin_of(container)) // stream.time_base), stream=stream)
    except LIBAV_ERRORS:
        return False
    return True


def first_of(items: Iterator[Item]) -> Item | None:
    """Return what comes first after a seek; None where that is damaged or nothing.

    Damage is named when the file is read from its beginning.
    """
    try:
        return next(items, None)
    except MediaError:
        return None


def begin_of(container: InputContainer) -> Fraction:
    """Return which container time is 0 on the file's clock: where its first picture or sound stream begins."""
    first: list[VideoStream | AudioStream] = [*video_streams(container)[:1], *sound_streams(container)[:1]]
    return min((begin for stream in first if (begin := _begin(stream)) is not None), default=Fraction(0))


def _begin(stream: VideoStream | AudioStream) -> Fraction | None:
    if stream.start_time is None or not stream.time_base:
        return None
    return stream.start_time * stream.time_base


def rate_of(stream: VideoStream) -> Fraction:
    """Return frames per second, on average; that of pictures where the file says none."""
    for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate is not None and rate > 0:
            return rate
    return IMAGE_RATE


def carries_alpha(packet: "Packet[Stream] | Packet[VideoStream]") -> bool:
    """Return whether a packet has transparency beside its picture, as VP8 and VP9 store it in WebM."""
    said = packet.stream.metadata
    has_alpha = said.get("alpha_mode", said.get("ALPHA_MODE")) == "1"  # the second where it stands as a tag, too
    return has_alpha and packet.has_sidedata("matroska_block_additional")


def missing_bytes(path: Path) -> int:
    """Return how many bytes a file lacks of what its outermost boxes announce (ISO media, Matroska, RIFF)."""
    size = path.stat().st_size
    with path.open("rb") as handle:
        head = handle.read(64)
        if head[:4] == b"\x1a\x45\xdf\xa3":
            return max(_matroska_end(head) - size, 0)
        if head[:4] in (b"RIFF", b"RF64"):
            length = int.from_bytes(head[4:8], "little")
            return max(length + 8 - size, 0) if length < _UNKNOWN_RIFF and head[:4] == b"RIFF" else 0
        if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"):
            return max(_boxes_end(handle, size) - size, 0)
    return 0


_UNKNOWN_RIFF = 0x7FFF0000
"""Writers that do not know a length put one of this size or more."""
_MOST_BOXES = 100_000


def _matroska_end(head: bytes) -> int:
    """Return where the segment ends; 0 where it does not say. Source: RFC 8794 (EBML), sections 4 and 5."""
    header_end = _element_end(head, 4)
    if not header_end or head[header_end : header_end + 4] != b"\x18\x53\x80\x67":
        return 0
    return _element_end(head, header_end + 4)


def _element_end(data: bytes, at: int) -> int:
    """Return where the element ends whose length, of variable size, stands here; 0 where it is unknown."""
    if at >= len(data) or not data[at]:
        return 0
    size = 9 - data[at].bit_length()
    unknown = (1 << 7 * size) - 1
    length = int.from_bytes(data[at : at + size], "big") & unknown
    return 0 if length == unknown else at + size + length


def _boxes_end(handle: BinaryIO, size: int) -> int:
    """Return where the last box ends. Source: ISO/IEC 14496-12, 4.2."""
    at = 0
    for _ in range(_MOST_BOXES):
        handle.seek(at)
        head = handle.read(16)
        if len(head) < 8:
            return at
        length = int.from_bytes(head[:4], "big")
        if length == 1 and len(head) == 16:
            length = int.from_bytes(head[8:], "big")
        if length < 8 or not head[4:8].isalnum():
            return at
        at += length
        if at >= size:
            return at
    return at
