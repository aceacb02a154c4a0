"""Media files out: pictures and sound go into one file, by time, and the file is whole or not there.

    pictures --> video encoder --+
                                 +-- by time --> container --> target
    sound -----> sound encoder --+

Picture k is shown at k / rate and sample n sounds at n / sample_rate, exactly; only Matroska and WebM count pictures in
milliseconds. Memory does not grow with duration: whichever of pictures and sound is behind is asked for its next part.
"""

import errno
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from heapq import merge
from itertools import chain
from math import lcm
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer

from frameloom.core.errors import MediaError
from frameloom.core.files import whole_file, whole_folder
from frameloom.media.files import hardware
from frameloom.media.files.encode import (
    Timed,
    VideoTrack,
    add_sound,
    add_video,
    encode_pictures,
    encode_sound,
    on_black,
    sound_track,
)
from frameloom.media.files.formats import (
    DEEP,
    Encoder,
    SoundFormat,
    VideoCodec,
    VideoFormat,
    choose,
    encoder_for,
    keeps_alpha,
)
from frameloom.media.files.gif import MAX_GIF_RATE, write_gif
from frameloom.media.files.pictures import MAX_WEBP_RATE, check_folder, write_folder, write_webp
from frameloom.media.frames import Chapter, Pixels, Written, check_rate, check_size
from frameloom.media.image import to_rgb
from frameloom.media.planes import ColorName, Depth, Planes
from frameloom.media.sound import SAMPLE_RATE, Sound

_LARGEST_TIMESCALE = 2**31 - 1
_WEBP_METHODS = {"draft": 0, "fast": 2, "medium": 4, "best": 6}


def write_media(
    path: Path,
    pictures: Iterable[Planes] | None,
    sound: Iterable[Sound] | None,
    *,
    rate: Fraction = Fraction(25),
    width: int = 0,
    height: int = 0,
    depth: Depth = 8,
    color: ColorName = "bt709",
    sample_rate: int = SAMPLE_RATE,
    channels: int = 2,
    video: VideoFormat | None = None,
    audio: SoundFormat | None = None,
    made_by: str = "",
    chapters: Sequence[Chapter] = (),
    metadata: Mapping[str, str] | None = None,
) -> Written:
    """Write pictures, sound or both in the format that the suffix names; without a suffix, a folder of PNG.

    Args:
        path: a file, or a folder that is new, empty or holds frames of ours.
        pictures: all of one size; if the first has alpha and the codec can hold it, it is kept.
        sound: blocks of samples, one after the other.
        rate: pictures per second.
        width: of the pictures, in px; as height, even.
        height: of the pictures, in px.
        depth: bits of the pictures' samples; those of the file are `video.depth` or the same.
        color: colour space of the pictures; the file says so.
        sample_rate: samples of sound per second.
        channels: 1, 2, 6 (5.1) or 8 (7.1).
        video: how to store pictures.
        audio: how to store sound.
        made_by: how the file was made; stands as a comment in it.
        chapters: named parts.
        metadata: title, artist, date and the like.

    Raises:
        MediaError: the format does not take what is given, or nothing is given.
        OutputError: the place cannot be written.
    """
    video, audio = video or VideoFormat(), audio or SoundFormat()
    chosen = choose(path, None if pictures is None else video, None if sound is None else audio)
    rate = check_rate(path, rate)
    notes: list[str] = []
    sounds = None if sound is None else sound_track(path, audio, sample_rate, channels)
    alpha = False
    if pictures is not None and chosen.video:
        check_size(path, width, height)
        first, pictures = _peek(path, pictures)
        alpha = first.alpha is not None and keeps_alpha(path, chosen.video)
        if first.alpha is not None and not alpha:
            notes.append(
                f"{chosen.video} in {path.suffix} holds no transparency: put on black; .webm or prores keep it"
            )
        if depth == 10 and chosen.container.format and chosen.video not in DEEP:
            notes.append(f"{chosen.video} holds 8 bits: the pictures' 10 are rounded; {', '.join(DEEP)} hold 10")
        if not chosen.container.format:
            written = write_animation(path, pictures, chosen.video, video, rate, color, alpha, made_by)
            return Written(path, written, width, height, tuple(notes))
    track = None
    if chosen.video:
        encoder, note = pick_encoder(path, chosen.video, video, depth, rate, alpha)
        notes += [note] if note else []
        track = VideoTrack(path, encoder, width, height, rate, color)
    with media_file(path, chosen.container.format, rate, sample_rate) as container:
        label(container, made_by, chapters, metadata)
        tracks = []
        if track and pictures is not None:
            tracks.append(encode_pictures(add_video(container, track), track, pictures))
        if sounds and sound is not None:
            tracks.append(encode_sound(add_sound(container, sounds), sounds, sound))
        frames = mux_by_time(container, tracks)
    return Written(path, frames if track else 0, width if track else 0, height if track else 0, tuple(notes))


def pick_encoder(
    path: Path, codec: VideoCodec, video: VideoFormat, depth: Depth, rate: Fraction, alpha: bool
) -> tuple[Encoder, str]:
    """Return the encoder for a codec and what a person should be told of the choice, if anything.

    Raises:
        MediaError: a hardware encoder asked for by name does not work here.
    """
    if video.hardware == "no" or alpha:
        return encoder_for(codec, video, depth, rate, alpha), ""
    name, note = hardware.choose(codec, video.hardware, where=str(path))
    return encoder_for(codec, video, depth, rate, alpha, name), note


@contextmanager
def media_file(
    path: Path, form: str, rate: Fraction, sample_rate: int, part_in: Path | None = None
) -> Iterator[OutputContainer]:
    """Yield a container to fill; the file appears under its name when the block ends well.

    Until then it lies in a folder on the same device that is cleared after a crash, if one is given; else beside.

    Raises:
        MediaError: FFmpeg refuses what it was given.
        OutputError: the place cannot be written.
    """
    with whole_file(path, part_in) as part, media_container(path, part, form, rate, sample_rate) as container:
        yield container


@contextmanager
def media_container(path: Path, part: Path, form: str, rate: Fraction, sample_rate: int) -> Iterator[OutputContainer]:
    """Yield a container at a part's place to fill; errors name the path that it is to have.

    Raises:
        MediaError: FFmpeg refuses what it was given.
        OSError: the place cannot be written.
    """
    options = {}
    if path.suffix.lower() in (".mp4", ".mov", ".m4a"):
        exact = lcm(rate.numerator, sample_rate)
        scale = exact if exact <= _LARGEST_TIMESCALE else sample_rate  # edit lists say in it where sound begins, ends
        options = {"movflags": "+faststart", "movie_timescale": str(scale)}
    try:
        with av.open(f"file:{part}", "w", format=form, container_options=options) as container:
            yield container
    except av.FFmpegError as error:
        if isinstance(error, OSError) or error.errno == errno.ENOSPC:
            raise OSError(error.errno, error.strerror) from error
        raise MediaError(f"{path}: not encoded ({error.strerror}); choose another size, rate or codec") from error


def mux_by_time(container: OutputContainer, tracks: Sequence[Iterator[Timed]]) -> int:
    """Fill a container from tracks, always from the one that is behind; return the packets of video."""
    count = 0
    for _, packets in merge(*tracks, key=lambda timed: timed[0]):
        count += sum(packet.stream.type == "video" for packet in packets)
        container.mux(packets)
    return count


def label(
    container: OutputContainer,
    made_by: str,
    chapters: Sequence[Chapter] = (),
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Say in a file how it was made, what it is, and which parts it has."""
    container.metadata.update({**(metadata or {}), "comment": made_by})
    milliseconds = Fraction(1, 1000)
    container.set_chapters(
        [
            {
                "id": number,
                "start": round(chapter.start / milliseconds),
                "end": round(chapter.stop / milliseconds),
                "time_base": milliseconds,
                "metadata": {"title": chapter.title},
            }
            for number, chapter in enumerate(chapters, 1)
        ]
    )


def write_animation(
    path: Path,
    pictures: Iterable[Planes],
    codec: VideoCodec,
    video: VideoFormat,
    rate: Fraction,
    color: ColorName,
    alpha: bool,
    made_by: str,
) -> int:
    """Write a GIF, a WebP or a folder of PNG; return the number of pictures.

    Raises:
        MediaError: the rate is more than the format can play, or a GIF is too long.
        OutputError: the place cannot be written.
    """
    check_animation_rate(path, codec, rate)
    frames = (_pixels(picture, color, alpha) for picture in pictures)
    if codec == "png":
        check_folder(path)
        with whole_folder(path) as folder:
            return write_folder(folder, frames, made_by)
    with whole_file(path) as part:
        if codec == "webp":
            return write_webp(part, frames, rate, made_by, video.quality, _WEBP_METHODS[video.speed])
        return write_gif(part, frames, rate, made_by)


def check_animation_rate(path: Path, codec: VideoCodec, rate: Fraction) -> None:
    """Refuse a rate that browsers slow down.

    Raises:
        MediaError: says what would do.
    """
    fastest = {"gif": MAX_GIF_RATE, "webp": MAX_WEBP_RATE}.get(codec)
    if fastest is not None and rate > fastest:
        raise MediaError(f"{path}: .{codec} plays at most {fastest} frames per second, not {rate}; choose .mp4")


def _pixels(picture: Planes, color: ColorName, alpha: bool) -> Pixels:
    """Return RGB, or RGBA where alpha is kept."""
    if not alpha:
        return to_rgb(on_black(picture), color)
    opacity = np.full_like(picture.y, 255) if picture.alpha is None else picture.alpha >> (picture.depth - 8)
    return np.dstack([to_rgb(picture, color), opacity.astype(np.uint8)])


def _peek(path: Path, pictures: Iterable[Planes]) -> tuple[Planes, Iterable[Planes]]:
    """Return the first picture, and all of them."""
    stream = iter(pictures)
    first = next(stream, None)
    if first is None:
        raise MediaError(f"{path}: no pictures to write")
    return first, chain([first], stream)
