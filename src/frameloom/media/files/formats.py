"""Formats that files are written in: which container takes which codec, and what each encoder is told.

    path's suffix + VideoFormat + SoundFormat --choose--> codecs --encoder_for--> name, pixel format and options

Quality is one scale for all codecs, 1 to 100, anchored at x264: 80 is its CRF 18, and 2 points are one step of CRF, so
that 12 points more take about twice the bytes. The other codecs' scales are laid beside it by measure (_QUANTIZERS).
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field, PositiveInt

from frameloom.core.config import Config
from frameloom.core.errors import MediaError
from frameloom.media.planes import Depth

VideoCodec = Literal["h264", "hevc", "av1", "vp9", "prores", "gif", "webp", "png"]
SoundCodec = Literal["aac", "opus", "mp3", "flac", "pcm"]
Codec = TypeVar("Codec", VideoCodec, SoundCodec)
Speed = Literal["draft", "fast", "medium", "best"]


class VideoFormat(Config):
    """How pictures are stored."""

    codec: VideoCodec | None = None
    """Codec; by default what the suffix of the file is best known for."""
    quality: Annotated[int, Field(ge=1, le=100)] = 80
    """1 to 100, about the same for each codec: 60 small, 70 good, 80 as if untouched, 90 for further work, 100 most."""
    speed: Speed = "medium"
    """How long the encoder may think: the slower, the smaller the file at the same quality."""
    depth: Depth | None = None
    """Bits of a sample, 8 or 10; by default those of the pictures."""
    hardware: str = "no"
    """Hardware encoder: `no`, `auto` (the first proven to work here, else software) or its name, as `h264_nvenc`."""


class SoundFormat(Config):
    """How sound is stored."""

    codec: SoundCodec | None = None
    """Codec; by default what the suffix of the file is best known for."""
    bitrate: PositiveInt | None = None
    """Bits per second, for aac, mp3 and opus; by default 96,000 (aac, mp3) or 64,000 (opus) for each channel."""


@dataclass(frozen=True)
class Container:
    """What a kind of file takes; the first codec is its default."""

    format: str
    """FFmpeg's name of it; empty where pictures are written without FFmpeg's containers."""
    video: tuple[VideoCodec, ...]
    sound: tuple[SoundCodec, ...]


CONTAINERS: dict[str, Container] = {
    ".mp4": Container("mp4", ("h264", "hevc", "av1", "vp9"), ("aac", "opus", "flac")),
    ".mov": Container("mov", ("h264", "hevc", "prores"), ("aac", "pcm")),
    ".mkv": Container("matroska", ("h264", "hevc", "av1", "vp9", "prores"), ("aac", "opus", "flac", "pcm")),
    ".webm": Container("webm", ("vp9", "av1"), ("opus",)),
    ".gif": Container("", ("gif",), ()),
    ".webp": Container("", ("webp",), ()),
    "": Container("", ("png",), ()),
    ".m4a": Container("ipod", (), ("aac",)),
    ".mka": Container("matroska", (), ("flac", "aac", "opus", "pcm")),
    ".flac": Container("flac", (), ("flac",)),
    ".wav": Container("wav", (), ("pcm",)),
    ".opus": Container("opus", (), ("opus",)),
    ".ogg": Container("ogg", (), ("opus",)),
    ".mp3": Container("mp3", (), ("mp3",)),
}
"""By suffix; no suffix is a folder of PNG."""

DEEP: tuple[VideoCodec, ...] = ("h264", "hevc", "av1", "prores")
"""Codecs that hold 10 bits; VP9 would, but PyAV's libvpx is built without."""

_ALPHA: dict[VideoCodec, tuple[str, ...]] = {
    "prores": (".mov", ".mkv"),
    "vp9": (".webm", ".mkv"),
    "gif": (".gif",),
    "webp": (".webp",),
    "png": ("",),
}
"""Codecs that keep alpha, and in which files."""

_MP3_RATES = (48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000)
_OPUS_RATES = (48_000, 24_000, 16_000, 12_000, 8_000)
_AAC_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000)


@dataclass(frozen=True)
class Chosen:
    """The codecs that a file will hold."""

    container: Container
    video: VideoCodec | None
    sound: SoundCodec | None


def choose(path: Path, video: VideoFormat | None, sound: SoundFormat | None) -> Chosen:
    """Return container and codecs for a path; None stands for a file without pictures or without sound.

    Raises:
        MediaError: the suffix is unknown, or its container does not take the codec; says what would do.
    """
    suffix = path.suffix.lower()
    container = CONTAINERS.get(suffix)
    if container is None:
        able = [name for name, kind in CONTAINERS.items() if _takes(kind, video, sound)]
        folder = ", or none for a folder of PNG" if "" in able else ""
        raise MediaError(f"{path}: unknown suffix {suffix!r}; known: {', '.join(filter(None, able))}{folder}")
    if video is None and sound is None:
        raise MediaError(f"{path}: neither pictures nor sound to write; give one of them")
    kind = f"a {suffix} file" if suffix else "a folder of PNG"
    sound_codec = None if sound is None else _pick(path, kind, "sound", sound.codec, container.sound, video is not None)
    video_codec = (
        None if video is None else _pick(path, kind, "pictures", video.codec, container.video, sound is not None)
    )
    if video is not None and video_codec is not None and video.depth == 10 and video_codec not in DEEP:
        raise MediaError(f"{path}: {video_codec} holds 8 bits, not 10; leave depth out, or choose {_any(DEEP)}")
    return Chosen(container, video_codec, sound_codec)


def _takes(kind: Container, video: VideoFormat | None, sound: SoundFormat | None) -> bool:
    return (video is None or bool(kind.video)) and (sound is None or bool(kind.sound))


def _pick(path: Path, kind: str, what: str, codec: Codec | None, taken: tuple[Codec, ...], both: bool) -> Codec:
    """Return the codec that was asked for, or the container's default, if it takes any."""
    if not taken:
        them = "it" if what == "sound" else "them"
        raise MediaError(f"{path}: {kind} holds no {what}; leave {them} out, or write {_takers(what, codec, both)}")
    if codec and codec not in taken:
        raise MediaError(
            f"{path}: {kind} takes no {codec}; choose {_any(taken)}, or write {_takers(what, codec, both)}"
        )
    return codec or taken[0]


def keeps_alpha(path: Path, codec: VideoCodec) -> bool:
    """Return whether transparency survives in this codec and file."""
    return path.suffix.lower() in _ALPHA.get(codec, ())


def check_sound(path: Path, codec: SoundCodec, rate: int, channels: int) -> None:
    """Refuse sound that a codec cannot hold.

    Raises:
        MediaError: the sample rate or the number of channels does not fit; says what would do.
    """
    allowed = {"opus": _OPUS_RATES, "aac": _AAC_RATES, "mp3": _MP3_RATES}.get(codec)
    if allowed is not None and rate not in allowed:
        raise MediaError(f"{path}: {codec} holds no sound of {rate} samples per second; choose {_any(allowed)}")
    layouts = (1, 2) if codec == "mp3" else tuple(LAYOUTS)
    if channels not in layouts:
        raise MediaError(f"{path}: {channels} channels of sound cannot be written; choose {_any(layouts)}")


LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
"""Channel layouts by number of channels."""


@dataclass(frozen=True)
class Encoder:
    """A video encoder of FFmpeg and what it is told."""

    name: str
    pixel_format: str
    options: dict[str, str]


SOFTWARE: dict[VideoCodec, str] = {
    "h264": "libx264",
    "hevc": "libx265",
    "av1": "libsvtav1",
    "vp9": "libvpx-vp9",
    "prores": "prores_ks",
}

HARDWARE_CODECS: tuple[VideoCodec, ...] = ("h264", "hevc", "av1")
"""Codecs that chips encode; see `hardware`."""

_QUANTIZERS: dict[str, tuple[float, float]] = {
    "libx264": (18, 0.5),
    "libx265": (20, 0.5),
    "libsvtav1": (24, 1.13),
    "libvpx-vp9": (25, 0.95),
}
"""Constant quality at 80 on our scale, and how much it rises for each point less.

Measured so that PSNR is equal to x264's at 90, 80, 70 and 60 (52.5, 49.4, 46.4, 43.4 dB), on 50 pictures of 640x360 of
each of four clips, at medium speed; VMAF then agrees within 1.5 (98.7, 98.2, 96.6, 92.2).
"""

_PRESETS: dict[str, dict[Speed, str]] = {
    "libx264": {"draft": "ultrafast", "fast": "veryfast", "medium": "medium", "best": "slower"},
    "libx265": {"draft": "ultrafast", "fast": "veryfast", "medium": "medium", "best": "slow"},
    "libsvtav1": {"draft": "12", "fast": "10", "medium": "7", "best": "4"},
    "libvpx-vp9": {"draft": "8", "fast": "5", "medium": "3", "best": "1"},
}


def encoder_for(
    codec: VideoCodec, video: VideoFormat, depth: Depth, rate: Fraction, alpha: bool = False, name: str | None = None
) -> Encoder:
    """Return an encoder of a codec, software unless named, with its options for pictures of this depth.

    Key frames come at least every five seconds and close their groups, so that any of them is a place to cut.
    """
    bits = (video.depth or depth) if codec in DEEP else 8
    if name is not None and name not in SOFTWARE.values():
        return _hardware_encoder(name, video, bits, rate)
    name = SOFTWARE[codec]
    if codec == "prores":
        profile = "4444" if alpha else _prores_profile(video.quality)
        return Encoder(name, "yuva444p10le" if alpha else "yuv422p10le", {"profile": profile, "vendor": "apl0"})
    quality, preset = str(quantizer(name, video.quality)), _PRESETS[name][video.speed]
    options = {"crf": quality, "g": str(key_frame_distance(rate))}
    if name == "libvpx-vp9":
        deadline = "realtime" if video.speed == "draft" else "good"
        options |= {"b": "0", "deadline": deadline, "cpu-used": preset, "row-mt": "1", "tile-columns": "2"}
        options |= {"auto-alt-ref": "0"} if alpha else {}  # libvpx cannot hide frames that have alpha
    else:
        options["preset"] = preset
    if name in ("libx264", "libx265"):
        options["a53cc"] = "0"  # captions of a source frame are not those of the edit
    if name == "libx265":
        options["x265-params"] = "open-gop=0:log-level=error"
    return Encoder(name, ("yuva420p" if alpha else "yuv420p") + ("10le" if bits == 10 else ""), options)


def _hardware_encoder(name: str, video: VideoFormat, bits: Depth, rate: Fraction) -> Encoder:
    """Return a hardware encoder that aims at constant quality; makers' scales follow x264's CRF only roughly."""
    quality, maker = str(quantizer("libx264", video.quality)), name.rpartition("_")[2]
    steps = ("draft", "fast", "medium", "best").index(video.speed)
    effort = ("speed", "speed", "balanced", "quality")[steps]
    options = {
        "nvenc": {"rc": "vbr", "cq": quality, "b": "0", "preset": ("p1", "p3", "p5", "p7")[steps]},
        "qsv": {"global_quality": quality, "preset": ("veryfast", "fast", "medium", "veryslow")[steps]},
        "amf": {"rc": "cqp", "qp_i": quality, "qp_p": quality, "quality": effort},
        "videotoolbox": {"flags": "+qscale", "global_quality": str(118 * video.quality)},  # 118: FF_QP2LAMBDA
    }[maker]
    form = "p010le" if bits == 10 else "yuv420p" if maker in ("nvenc", "amf") else "nv12"
    return Encoder(name, form, {"g": str(key_frame_distance(rate)), **options})


def quantizer(encoder: str, quality: int) -> int:
    """Return the encoder's constant quality (CRF) for ours.

    >>> quantizer("libx264", 80), quantizer("libx264", 70), quantizer("libx264", 1)
    (18, 23, 51)
    """
    at_80, step = _QUANTIZERS[encoder]
    largest = 51 if encoder in ("libx264", "libx265") else 63
    return min(max(round(at_80 + (80 - quality) * step), 1), largest)


def key_frame_distance(rate: Fraction) -> int:
    """Return the most pictures from one key frame to the next: five seconds.

    >>> key_frame_distance(Fraction(30000, 1001))
    150
    """
    return max(1, round(5 * rate))


def _prores_profile(quality: int) -> str:
    return "proxy" if quality < 50 else "lt" if quality < 70 else "standard" if quality < 85 else "hq"


def _takers(what: str, codec: str | None, both: bool) -> str:
    """Return the suffixes of files that take a codec, or any such codec, as words; both: beside sound or pictures."""
    able = {suffix: kind for suffix, kind in CONTAINERS.items() if not both or (kind.video and kind.sound)}
    lists = {suffix: kind.sound if what == "sound" else kind.video for suffix, kind in able.items()}
    return _any(
        tuple(suffix or "a folder" for suffix, codecs in lists.items() if (codec in codecs if codec else codecs))
    )


def _any(choices: tuple[object, ...]) -> str:
    """Return choices as `a, b or c`."""
    *most, last = (str(choice) for choice in choices)
    return f"{', '.join(most)} or {last}" if most else last
