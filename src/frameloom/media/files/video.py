"""Video files to frames and back: the only place that touches PyAV.

    file or folder --read_frames--> frames with times        frames --write_clip--> file or folder

Frames stream: memory does not grow with duration unless a clip is asked for whole (read_clip).
Rotation is applied; pixels that are not square stay as stored. Colour follows the file's own tags; without
tags, high definition counts as BT.709 and the rest as BT.601, as players do.
"""

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.container import InputContainer
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream

from frameloom.core.errors import MediaError
from frameloom.core.files import whole_file, whole_folder
from frameloom.media import frames as bounds
from frameloom.media.files.container import LIBAV_ERRORS, open_file, rate_of, reason, video_stream
from frameloom.media.files.encode import VideoTrack, add_video, encode_frames
from frameloom.media.files.formats import CONTAINERS, VideoCodec, VideoFormat, encoder_for
from frameloom.media.files.gif import MAX_GIF_RATE, write_gif
from frameloom.media.files.pictures import (
    MAX_WEBP_RATE,
    PICTURE_SUFFIXES,
    check_folder,
    pictures_in,
    read_folder,
    read_picture,
    write_folder,
    write_webp,
)
from frameloom.media.files.sink import label, media_file, mux_by_time
from frameloom.media.frames import Frame, Pixels, VideoInfo, Written, as_rgb, check_rate, check_size
from frameloom.media.sound import SAMPLE_RATE

__all__ = ["Frame", "VideoInfo", "Written", "probe", "read_clip", "read_frames", "write_clip"]

VIDEO_SUFFIXES = (".mp4", ".mov", ".mkv", ".webm")
WRITABLE_SUFFIXES = (".mp4", ".webm", ".gif", ".webp")
_QUALITY = 88
"""Of VideoFormat: CRF 14 of x264, for clips that are small and will be measured."""
_UNSPECIFIED = 2
"""Of AVColorSpace."""


def read_frames(path: Path | str) -> Iterator[Frame]:
    """Yield each frame of a video, animation, picture or folder of pictures, in order of presentation.

    Raises:
        MediaError: missing, not video, damaged, without frames, or too large.
    """
    path = _existing(Path(path))
    if path.is_dir():
        return read_folder(path)
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return read_picture(path)
    return _read_video(path)


def read_clip(path: Path | str, max_frames: int | None = None) -> Pixels:
    """Return frames as one array, (T, H, W, 3), the first max_frames if given.

    Raises:
        MediaError: as read_frames, or more frames than memory should hold.
    """
    frames: list[Pixels] = []
    taken = 0
    for frame in islice(read_frames(path), max_frames):
        frames.append(frame.pixels)
        taken += frame.pixels.nbytes
        if taken > bounds.MAX_CLIP_BYTES:
            raise MediaError(
                f"{path}: more than {bounds.MAX_CLIP_BYTES / 1024**3:g} GiB of frames; "
                f"take at most {len(frames) - 1} frames, or a smaller video"
            )
        if frame.pixels.shape != frames[0].shape:
            size = f"{frame.pixels.shape[1]}x{frame.pixels.shape[0]}"
            raise MediaError(f"{path}: its size changes to {size} px at {float(frame.time):.2f} s; cut it there")
    if not frames:
        raise MediaError(f"{path}: {max_frames} frames asked for; ask for at least one")
    return np.stack(frames)


def probe(path: Path | str) -> VideoInfo:
    """Return size, rate and length; reads the first frame, and the file's index or packets for the rest.

    Raises:
        MediaError: as read_frames.
    """
    path = _existing(Path(path))
    if path.is_dir():
        first, count = next(read_folder(path)), len(pictures_in(path))
        return _info(first.pixels, bounds.IMAGE_RATE, count, count / bounds.IMAGE_RATE)
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return _probe_picture(path)
    first = next(_read_video(path))
    with _opened(path) as (container, stream):
        rate = rate_of(stream)
        count, duration = _length(container, stream, rate)
    return _info(first.pixels, rate, count, duration)


def write_clip(
    path: Path | str,
    frames: Iterable[Pixels],
    rate: Fraction | int,
    *,
    scale: int = 1,
    made_by: str = "",
) -> Written:
    """Write frames, uint8 (H, W, 3) or (H, W, 1), in the format that the suffix names.

    `.mp4` is H.264 and `.webm` is VP9, both with chroma at half size; `.gif` has 256 colours; `.webp` and a folder of
    PNG (a path without suffix) are exact. The scale draws each pixel as a square of that many.

    Args:
        path: a file, or a folder that is new, empty or holds frames of ours.
        frames: (T, H, W, 3), or anything that yields frames; they stream, only a GIF's are held.
        rate: frames per second.
        scale: factor of enlargement, a whole number.
        made_by: how the clip was made; stands as a comment in the file.

    Raises:
        MediaError: unknown suffix, a rate that the format cannot play, no frames, or frames that do not fit.
        OutputError: the place cannot be written.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix and suffix not in WRITABLE_SUFFIXES:
        known = ", ".join(WRITABLE_SUFFIXES)
        raise MediaError(f"{path}: unknown suffix {suffix!r}; known: {known}, or none for a folder of PNG")
    if scale < 1:
        raise MediaError(f"{path}: scale {scale}; give a whole number from 1 up")
    rate = check_rate(path, rate)
    fastest = {".gif": MAX_GIF_RATE, ".webp": MAX_WEBP_RATE}.get(suffix)
    if fastest is not None and rate > fastest:
        raise MediaError(f"{path}: {suffix} plays at most {fastest} frames per second, not {rate}; choose .mp4")
    stream = as_rgb(path, frames, scale)
    first = next(stream, None)
    if first is None:
        raise MediaError(f"{path}: no frames to write")
    height, width = first.shape[:2]
    notes: tuple[str, ...] = ()
    stream = chain([first], stream)
    if suffix == ".mp4" and (width % 2 or height % 2):
        even_width, even_height = width + width % 2, height + height % 2
        notes = (f"{width}x{height} px padded to {even_width}x{even_height}: H.264 needs even sides",)
        stream, width, height = map(_pad_to_even, stream), even_width, even_height
    return Written(path, _write(path, stream, width, height, rate, made_by), width, height, notes)


def _write(path: Path, frames: Iterator[Pixels], width: int, height: int, rate: Fraction, made_by: str) -> int:
    """Write the whole file or none; return the number of frames."""
    suffix = path.suffix.lower()
    if not suffix:
        check_folder(path)
        with whole_folder(path) as folder:
            return write_folder(folder, frames, made_by)
    if suffix in (".gif", ".webp"):
        with whole_file(path) as part:
            return (write_gif if suffix == ".gif" else write_webp)(part, frames, rate, made_by)
    codec: VideoCodec = "vp9" if suffix == ".webm" else "h264"
    encoder = encoder_for(codec, VideoFormat(quality=_QUALITY), 8, rate)
    track = VideoTrack(path, encoder, width, height, rate, "bt709")
    with media_file(path, CONTAINERS[suffix].format, rate, SAMPLE_RATE) as container:
        label(container, made_by)
        return mux_by_time(container, [encode_frames(add_video(container, track), rate, _as_yuv(frames))])


def _as_yuv(frames: Iterator[Pixels]) -> Iterator[av.VideoFrame]:
    """Yield frames as 4:2:0 with BT.709 colour."""
    reformatter = VideoReformatter()
    for pixels in frames:
        yield reformatter.reformat(
            av.VideoFrame.from_ndarray(pixels, format="rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )


def _pad_to_even(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    return np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def _existing(path: Path) -> Path:
    if not path.exists():
        raise MediaError(f"{path}: no such file; give a video, an animation, or a folder of pictures")
    return path


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Yield a container and its first video stream.

    Raises:
        MediaError: not a media file, without video, or too large.
    """
    try:
        container = open_file(path)
    except LIBAV_ERRORS as error:
        known = ", ".join((*VIDEO_SUFFIXES, *PICTURE_SUFFIXES))
        raise MediaError(f"{path}: not a video that can be read ({reason(error)}); known: {known}") from error
    with container:
        stream = video_stream(path, container, 0)
        check_size(path, stream.codec_context.width, stream.codec_context.height)
        yield container, stream


def _read_video(path: Path) -> Iterator[Frame]:
    """Yield decoded frames; times count from the first frame."""
    reformatter = VideoReformatter()
    start: Fraction | None = None
    count = 0
    time = Fraction(0)
    with _opened(path) as (container, stream):
        rate = rate_of(stream)
        decoded = _decode(container, stream)
        while True:
            try:
                frame = next(decoded, None)
            except (av.FFmpegError, OSError) as error:
                good = f"{count} frames ({float(time):.2f} s)"
                raise MediaError(f"{path}: damaged after {good}: {error.strerror}; give an undamaged copy") from error
            if frame is None:
                break
            check_size(path, frame.width, frame.height)
            if frame.pts is not None and frame.time_base is not None:
                start = frame.pts * frame.time_base if start is None else start
                time = frame.pts * frame.time_base - start
            elif count:
                time += 1 / rate
            yield Frame(_upright(frame, reformatter), time)
            count += 1
    if not count:
        raise MediaError(f"{path}: no frames in its video stream; give a file that plays")


def _decode(container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
    """Yield frames; a packet that the file itself shows to be cut off counts as damage, not as the end."""
    for packet in container.demux(stream):
        if packet.is_corrupt:
            raise av.InvalidDataError(errno.EIO, "cut off in the middle of a frame")
        yield from packet.decode()


def _upright(frame: av.VideoFrame, reformatter: VideoReformatter) -> Pixels:
    """Return RGB pixels as shown, (H, W, 3)."""
    assume_709 = frame.colorspace == _UNSPECIFIED and frame.height >= 720
    converted = reformatter.reformat(
        frame,
        format="rgb24",
        src_colorspace=Colorspace.ITU709 if assume_709 else None,
        src_color_range=frame.color_range or None,
        dst_color_range=ColorRange.JPEG,
    )
    pixels = cast(Pixels, converted.to_ndarray())
    quarter_turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(pixels, quarter_turns)) if quarter_turns else pixels


def _length(container: InputContainer, stream: VideoStream, rate: Fraction) -> tuple[int, Fraction]:
    """Return frames and seconds from the file's index, or where it has none, by walking its packets."""
    if stream.frames and stream.duration and stream.time_base:
        return stream.frames, stream.duration * stream.time_base
    count, first, last = 0, None, 0
    for packet in container.demux(stream):
        if packet.size:
            count += 1
            if packet.pts is not None:
                first = packet.pts if first is None else min(first, packet.pts)
                last = max(last, packet.pts)
    if first is None or stream.time_base is None:
        return count, count / rate
    return count, (last - first) * stream.time_base + 1 / rate


def _probe_picture(path: Path) -> VideoInfo:
    """Return what an animation's frames tell; a still counts as one frame of a folder."""
    count, time, last = 0, Fraction(0), Fraction(0)
    for frame in read_picture(path):
        pixels = frame.pixels
        last, time = frame.time - time, frame.time
        count += 1
    if count == 1:
        return _info(pixels, bounds.IMAGE_RATE, 1, 1 / bounds.IMAGE_RATE)
    duration = time + last
    return _info(pixels, count / duration, count, duration)


def _info(pixels: Pixels, rate: Fraction, frames: int, duration: Fraction) -> VideoInfo:
    return VideoInfo(pixels.shape[1], pixels.shape[0], rate, frames, duration)
