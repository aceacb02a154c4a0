"""Reading media: pictures and sound as streams, with exact times, from any point on.

    file --read_pictures--> Picture, Picture, ...      file --read_sound--> block, block, ...

The file's clock: 0 is where its first picture or sound stream begins, so that both keep their offset. Memory
does not grow with duration.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Discard
from av.video.stream import VideoStream

from frameloom.core.errors import MediaError
from frameloom.media.container import LIBAV_ERRORS, begin_of, check_file, found, opened, rate_of, reason, video_streams
from frameloom.media.image import Rgb
from frameloom.media.info import MediaInfo, SoundStreamInfo, SubtitleStreamInfo, VideoStreamInfo
from frameloom.media.picture import Picture, PictureForm, Shaper
from frameloom.media.pictures import read_stills
from frameloom.media.probe import probe
from frameloom.media.sound_source import read_sound

__all__ = [
    "MediaInfo",
    "Picture",
    "PictureForm",
    "SoundStreamInfo",
    "SubtitleStreamInfo",
    "VideoStreamInfo",
    "probe",
    "read_backwards",
    "read_pictures",
    "read_sound",
    "read_still",
]


@dataclass(frozen=True, eq=False)
class _Decoded:
    frame: av.VideoFrame
    time: Fraction
    duration: Fraction
    """What the file says; 0 where it says nothing."""


def read_pictures(
    path: Path | str,
    start: Fraction | int = 0,
    stop: Fraction | None = None,
    form: PictureForm | None = None,
    *,
    stream: int = 0,
) -> Iterator[Picture]:
    """Yield the picture on screen at start, then each later one that comes on before stop.

    Variable frame rates are kept. Without a form, pictures keep their size (sides even, pixels square), depth and colour.

    Raises:
        MediaError: missing, not media, without such a stream, damaged (named with its time), or too large.
    """
    path = Path(path)
    with opened(path) as container:
        video = video_stream(path, container, stream)
        shaper = Shaper(path, form, video.sample_aspect_ratio)
        with closing(_decode_from(path, container, video, Fraction(start))) as frames:
            held: _Decoded | None = None
            for now in frames:
                if held is not None and now.time > start:
                    yield Picture(shaper.planes(held.frame, held.time), held.time, now.time - held.time)
                    if stop is not None and now.time >= stop:
                        return
                held = now
            if held is None:
                raise MediaError(f"{path}: no pictures in its video stream; give a file that plays")
            if stop is None or held.time < stop or held.time <= start:
                yield Picture(shaper.planes(held.frame, held.time), held.time, held.duration or 1 / rate_of(video))


def video_stream(path: Path, container: InputContainer, index: int) -> VideoStream:
    """Return a video stream ready to decode, with all others put aside.

    Raises:
        MediaError: there is none, or nothing here decodes it.
    """
    streams = video_streams(container)
    if index >= len(streams):
        which = "no video stream" if not streams else f"no video stream {index}"
        raise MediaError(f"{path}: {which} (found: {found(container)}); give a file with video")
    stream = streams[index]
    if stream.codec_context is None:
        raise MediaError(f"{path}: its video is in a format that cannot be decoded here; convert it to H.264")
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    stream.thread_type = "AUTO"
    return stream


def _decode_from(path: Path, container: InputContainer, stream: VideoStream, start: Fraction) -> Iterator[_Decoded]:
    """Yield decoded frames in order, the first at or before start where there is one."""
    begin = begin_of(container)
    step = Fraction(0)
    while start > 0:
        target = start - step
        if target <= 0 or not _seek(container, stream, target + begin):
            break
        frames = _decode(path, container, stream, begin)
        first = next(frames, None)
        if first is not None and first.time <= start:
            yield first
            yield from frames
            return
        frames.close()
        step = max(step * 2, Fraction(1))
    container.seek(0) if start > 0 else None
    yield from _decode(path, container, stream, begin)


def _seek(container: InputContainer, stream: VideoStream, time: Fraction) -> bool:
    try:
        container.seek(int(time // (stream.time_base or Fraction(1, 1000))), stream=stream)
    except LIBAV_ERRORS:
        return False
    return True


def _decode(path: Path, container: InputContainer, stream: VideoStream, begin: Fraction) -> Iterator[_Decoded]:
    tick = stream.time_base or Fraction(1, 1000)
    last: Fraction | None = None
    try:
        for packet in container.demux(stream):
            if packet.is_corrupt:
                raise MediaError(
                    f"{path}: damaged at {float(last or 0):.2f} s: cut off in the middle of a frame; give an undamaged copy"
                )
            for frame in packet.decode():
                duration = frame.duration * tick
                if frame.pts is not None:
                    time = frame.pts * tick - begin
                else:
                    time = Fraction(0) if last is None else last + (duration or 1 / rate_of(stream))
                if last is None or time > last:
                    yield _Decoded(frame, time, duration)
                    last = time
    except LIBAV_ERRORS as error:
        if isinstance(error, MediaError):
            raise
        raise MediaError(
            f"{path}: damaged at {float(last or 0):.2f} s: {reason(error)}; give an undamaged copy"
        ) from error


def read_still(path: Path | str) -> Rgb:
    """Return the first picture of a picture file, upright, (H, W, 4).

    Raises:
        MediaError: not a picture, damaged, or too large.
    """
    path = Path(path)
    check_file(path)
    with closing(read_stills(path)) as stills:
        return next(stills).pixels


def read_backwards(
    path: Path | str, start: Fraction, stop: Fraction, form: PictureForm | None = None, *, stream: int = 0
) -> Iterator[Picture]:
    """Yield the pictures from start to stop, newest first."""
    yield from reversed(list(read_pictures(path, start, stop, form, stream=stream)))
