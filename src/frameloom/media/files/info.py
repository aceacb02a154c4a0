"""What a media file says of itself: values, their text for people and their record for programs.

    clip.mov  mov, 0:12.00, 3.1 MB, 2.1 Mb/s
      video     hevc 1080x1920 (stored 1920x1080, turned 90), 30 pictures/s, ...
      sound     aac 48 kHz stereo, 0:12.00, 128 kb/s

Names of matrix, primaries and transfer: ITU-T H.273 (07/2024), tables 2 to 4, as ffmpeg spells them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from frameloom.core.errors import MediaError
from frameloom.core.times import clock, format_time
from frameloom.media.frames import Chapter
from frameloom.media.planes import ColorName, Depth


@dataclass(frozen=True)
class VideoStreamInfo:
    """One stream of pictures."""

    codec: str
    width: int
    """Px as shown: upright, with square pixels, sides even."""
    height: int
    stored_width: int
    stored_height: int
    sample_aspect_ratio: Fraction
    """Width by height of a stored pixel."""
    rotation: int
    """Degrees clockwise from stored to upright."""
    mirrored: bool
    rate: Fraction
    """Pictures per second, on average."""
    base_rate: Fraction
    """The lowest rate in which every picture has its own place."""
    constant_rate: bool
    frames: int
    duration: Fraction
    """Seconds."""
    start: Fraction
    """Seconds on the file's clock."""
    pixel_format: str
    depth: Depth
    """Bits in which it is read: 8, or 10 for anything deeper."""
    bits: int
    alpha: bool
    range: str
    """`limited`, `full` or `unknown` (which counts as limited)."""
    matrix: str
    primaries: str
    transfer: str
    color: ColorName
    """As which it is read; without tags, height decides."""
    bit_rate: int | None
    language: str | None


@dataclass(frozen=True)
class SoundStreamInfo:
    """One stream of sound."""

    codec: str
    rate: int
    """Samples per second."""
    layout: str
    channels: int
    duration: Fraction
    start: Fraction
    bit_rate: int | None
    language: str | None


@dataclass(frozen=True)
class SubtitleStreamInfo:
    """One stream of subtitles."""

    codec: str
    language: str | None


@dataclass(frozen=True)
class MediaInfo:
    """What a file holds."""

    path: Path
    container: str
    duration: Fraction
    """Seconds from the first picture or sound to the last."""
    start: Fraction
    """Where the file's clock begins in the container's own time, in seconds."""
    size: int
    """Bytes."""
    bit_rate: int
    videos: tuple[VideoStreamInfo, ...] = ()
    sounds: tuple[SoundStreamInfo, ...] = ()
    subtitles: tuple[SubtitleStreamInfo, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def video(self) -> VideoStreamInfo | None:
        """Return the first stream of pictures."""
        return self.videos[0] if self.videos else None

    @property
    def sound(self) -> SoundStreamInfo | None:
        """Return the first stream of sound."""
        return self.sounds[0] if self.sounds else None

    @property
    def width(self) -> int:
        """Return px as shown, of the first stream of pictures."""
        return self._pictures().width

    @property
    def height(self) -> int:
        """Return px as shown, of the first stream of pictures."""
        return self._pictures().height

    @property
    def rate(self) -> Fraction:
        """Return pictures per second, on average."""
        return self._pictures().rate

    @property
    def frames(self) -> int:
        """Return the number of pictures."""
        return self._pictures().frames

    def _pictures(self) -> VideoStreamInfo:
        if self.video is None:
            raise MediaError(f"{self.path}: no video stream; give a file with video")
        return self.video


_BRANDS = ("compatible_brands", "major_brand", "minor_version")
"""Metadata that says nothing to people."""


def record_of(info: MediaInfo) -> dict[str, Any]:
    """Return what JSON holds; times and rates stay exact, as text."""
    record = asdict(info)
    record["metadata"] = dict(info.metadata)
    return {name: _plain(value) for name, value in record.items()}


def _plain(value: Any) -> Any:
    match value:
        case Fraction():
            return format_time(value)
        case Path():
            return str(value)
        case Mapping():
            return {name: _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value


def text_of(info: MediaInfo) -> str:
    """Return lines for people."""
    head = [info.container, _length(info.duration), _bytes(info.size)]
    lines = [f"{info.path}: " + ", ".join([*head, *_bit_rate(info.bit_rate)])]
    lines += [f"  video     {', '.join(_video_words(video))}" for video in info.videos]
    lines += [f"  sound     {', '.join(_sound_words(sound))}" for sound in info.sounds]
    lines += [f"  subtitles {', '.join([text.codec, *_known(text.language)])}" for text in info.subtitles]
    lines += [f"  chapter   {clock(max(part.start, Fraction(0)))} {part.title}".rstrip() for part in info.chapters]
    lines += [
        f"  {name}: {' '.join(value.split())[:200]}"
        for name, value in info.metadata
        if name not in _BRANDS and value.strip()
    ]
    return "\n".join(lines)


def _video_words(video: VideoStreamInfo) -> Iterator[str]:
    stored = video.stored_width, video.stored_height
    changes = [f"stored {stored[0]}x{stored[1]}"] if stored != (video.width, video.height) else []
    if video.sample_aspect_ratio != 1:
        aspect = video.sample_aspect_ratio
        changes.append(f"pixels {aspect.numerator}:{aspect.denominator}")
    if video.rotation:
        changes.append(f"turned {video.rotation} degrees")
    if video.mirrored:
        changes.append("mirrored")
    size = f"{video.codec} {video.width}x{video.height}"
    yield f"{size} ({', '.join(changes)})" if changes else size
    yield f"{_number(video.rate)} pictures/s{'' if video.constant_rate else ' on average, variable'}"
    yield f"{video.frames} in {_length(video.duration)}"
    if video.start:
        yield f"from {clock(video.start, 3)}"
    yield f"{video.bits} bit {video.pixel_format}{' with transparency' if video.alpha else ''}"
    tags = [tag for tag in dict.fromkeys((video.matrix, video.primaries, video.transfer)) if tag != "unknown"]
    known = [f"{video.range} range"] if video.range != "unknown" else []
    yield " ".join([*known, "/".join(tags) if tags else f"untagged colour (read as {video.color})"])
    yield from _bit_rate(video.bit_rate)
    yield from _known(video.language)


def _sound_words(sound: SoundStreamInfo) -> Iterator[str]:
    yield f"{sound.codec} {_number(Fraction(sound.rate, 1000))} kHz {sound.layout}"
    yield _length(sound.duration)
    if sound.start:
        yield f"from {clock(sound.start, 3)}"
    yield from _bit_rate(sound.bit_rate)
    yield from _known(sound.language)


def _known(language: str | None) -> list[str]:
    return [] if language is None else [language]


def _length(duration: Fraction) -> str:
    return clock(duration) if duration else "unknown length"


def _number(value: Fraction) -> str:
    """Return a rate with at most three digits after the point.

    >>> _number(Fraction(30)), _number(Fraction(30000, 1001))
    ('30', '29.97')
    """
    return f"{float(value):.3f}".rstrip("0").rstrip(".")


def _bytes(size: int) -> str:
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"


def _bit_rate(bits: int | None) -> list[str]:
    if not bits:
        return []
    return [f"{bits / 10**6:.1f} Mb/s" if bits >= 10**6 else f"{bits / 1000:.0f} kb/s"]
