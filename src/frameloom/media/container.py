"""Opening media files that nobody vouches for: only plain files, only containers that hold their own streams.

    opened(path) --> libav container        begin_of(container) = time 0 of the file's clock

A playlist (HLS, DASH, concat) names other files, so none is opened; a name never counts as an address.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from frameloom.core.errors import MediaError
from frameloom.media.frames import IMAGE_RATE, MAX_FRAME_PX

LIBAV_ERRORS = (av.FFmpegError, OSError, ValueError, ArithmeticError, MemoryError)
"""What PyAV raises on files that are not what they say."""

_CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,live_flv,asf,ogg,mxf,nut,wtv,dv,gxf,rm,ivf,"
    "wav,w64,aiff,caf,au,flac,mp3,aac,ac3,eac3,amr,amrnb,amrwb,ape,wv,tta,dts,truehd,mlp,h264,hevc,vvc,obu,av1,m4v,"
    "mjpeg,mjpeg_2000,vc1,vc1test,yuv4mpegpipe,gif,apng,swf,bink,smk,roq,avs2,avs3,iff,dirac,cavsvideo,h261,h263,"
    "jpeg_pipe,png_pipe,bmp_pipe,tiff_pipe,webp_pipe,jpegxl_pipe,jpegxl_anim,j2k_pipe,dpx_pipe,exr_pipe,ppm_pipe,"
    "pgm_pipe,pam_pipe,pfm_pipe,qoi_pipe,sgi_pipe,hdr_pipe,psd_pipe"
)
"""Demuxers that may be tried: none of them opens a second file."""

_NOT_STILL = Disposition.attached_pic | Disposition.timed_thumbnails


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """Yield a media file, closed again at the end whatever happens.

    Raises:
        MediaError: missing, unreadable, empty, a folder or device, or no media.
    """
    check_file(path)
    try:
        # `file:` keeps a name with a colon from being read as a protocol.
        container = av.open(
            f"file:{path}",
            options={"max_pixels": str(MAX_FRAME_PX)},
            container_options={"protocol_whitelist": "file", "format_whitelist": _CONTAINERS},
            metadata_errors="replace",
        )
    except LIBAV_ERRORS as error:
        raise MediaError(f"{path}: not a media file that can be read ({reason(error)}); give video or sound") from error
    with container:
        yield container


def check_file(path: Path) -> None:
    """Refuse what is no plain file with content.

    Raises:
        MediaError: says which it is.
    """
    try:
        is_file, size = path.is_file(), path.stat().st_size
        with path.open("rb") if is_file else path.open() as handle:
            handle.read(1)
    except FileNotFoundError as error:
        raise MediaError(f"{path}: no such file; give a video, sound or picture") from error
    except IsADirectoryError as error:
        raise MediaError(f"{path}: a folder; give a file, or a folder of pictures") from error
    except (OSError, ValueError) as error:
        raise MediaError(f"{path}: cannot be read ({reason(error)}); check its permissions") from error
    if not size:
        raise MediaError(f"{path}: empty, 0 bytes; give a whole file")


def reason(error: BaseException) -> str:
    """Return in a few words why an operation failed."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(text.split())[:200]


def video_streams(container: InputContainer) -> list[VideoStream]:
    """Return the streams of moving pictures; cover art is none."""
    return [stream for stream in container.streams.video if not stream.disposition & _NOT_STILL]


def sound_streams(container: InputContainer) -> list[AudioStream]:
    """Return the streams of sound."""
    return list(container.streams.audio)


def begin_of(container: InputContainer) -> Fraction:
    """Return which container time is 0 on the file's clock: where its first picture or sound stream begins.

    A sound stream that begins below 0 does so to prime its decoder; what is heard begins at 0.
    """
    pictures = [begin for stream in video_streams(container)[:1] if (begin := _begin(stream)) is not None]
    sounds = [
        max(begin, Fraction(0)) for stream in sound_streams(container)[:1] if (begin := _begin(stream)) is not None
    ]
    return min(pictures + sounds, default=Fraction(0))


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


def carries_alpha(packet: "Packet[Stream]") -> bool:
    """Return whether a packet has transparency beside its picture, as VP8 and VP9 store it in WebM."""
    return packet.stream.metadata.get("alpha_mode") == "1" and packet.has_sidedata("matroska_block_additional")


def found(container: InputContainer) -> str:
    """Return which streams there are, as `1 audio stream`."""
    kinds = [stream.type for stream in container.streams]
    parts = [f"{kinds.count(kind)} {kind} stream{'s' * (kinds.count(kind) > 1)}" for kind in dict.fromkeys(kinds)]
    return ", ".join(parts) or "nothing"
