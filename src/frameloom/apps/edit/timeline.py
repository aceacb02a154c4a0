"""A timeline: what is shown and heard when, as frozen values that a person can write and read.

    Timeline
      tracks: the first is drawn first, later ones over it
        items, one after another:  Clip   Transition   Clip   Gap   Clip
                                     |----overlap----|
      A transition overlaps its neighbours for its duration, as a cross-fade does; at the ends of a track it comes from
      or goes to nothing. A clip may instead say `at` which time it begins.

Times are exact fractions of a second. Paths are relative to the file the timeline was read from.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, NonNegativeInt, PositiveInt, Tag

from frameloom.core.config import Config
from frameloom.core.times import Duration, Rate, Seconds, Time
from frameloom.effects.blend import BlendName
from frameloom.effects.curve import Curve
from frameloom.effects.pictures.base import IS_COLOR, within
from frameloom.effects.pictures.catalog import Effect
from frameloom.effects.sound.ducking import Ducking
from frameloom.effects.sound.loudness import Target, TargetName
from frameloom.effects.titles import Title
from frameloom.effects.titles.settings import CaptionLook
from frameloom.effects.transitions import Look
from frameloom.media.planes import ColorName, Depth
from frameloom.media.sound import SAMPLE_RATE

MAX_SIDE_PX = 8192
MAX_ITEMS = 10_000
SLOWEST_RATE, FASTEST_RATE = Fraction(1, 10), 1000
STILL_S = 5
"""How long a picture, title or colour is shown when nobody says."""

Fit = Literal["contain", "cover", "stretch", "none"]
"""How a picture fills a place of another shape: all of it seen, all of the place filled, distorted, or as it is."""


class FileSource(Config):
    """A video, animation or sound file."""

    kind: Literal["file"] = "file"
    path: Path
    stream: NonNegativeInt = 0
    """Which of several video (or sound) streams."""


class ImageSource(Config):
    """A still picture."""

    kind: Literal["image"] = "image"
    path: Path


class ColorSource(Config):
    """One colour all over."""

    kind: Literal["color"] = "color"
    color: Annotated[str, IS_COLOR] = "black"
    """As `#rrggbb`, `#rrggbbaa` or a CSS name."""


class TitleSource(Config):
    """Text drawn by us, on nothing."""

    kind: Literal["title"] = "title"
    title: Title


class ModelSource(Config):
    """A clip that a Frameloom model makes."""

    kind: Literal["model"] = "model"
    model: str
    """A shipped model's name, or a model folder."""
    classes: tuple[NonNegativeInt, ...] = ()
    """What it shall show, such as digits, where the model can be told."""
    seed: NonNegativeInt = 0
    rate: Rate = Fraction(10)
    """Frames per second at which the model's frames are played."""


def _short_source(value: object) -> object:
    """Read `source = "a.mp4"` as the file or picture it names, and a title's settings as a title."""
    if isinstance(value, dict) and "kind" not in value and "design" in value:
        return {"kind": "title", "title": value}
    if not isinstance(value, str | Path):
        return value
    suffix = Path(value).suffix.lower()
    return {"kind": "image" if suffix in {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"} else "file", "path": value}


Source = Annotated[
    Annotated[FileSource | ImageSource | ColorSource | TitleSource | ModelSource, Field(discriminator="kind")],
    BeforeValidator(_short_source),
]
"""Where a clip's pictures and sound come from."""


class Clip(Config):
    """A piece of a source, how it is placed in the picture, and how loud it is."""

    item: Literal["clip"] = "clip"
    source: Source
    name: str = ""
    start: Time = Fraction(0)
    """Where in the source it begins, in seconds."""
    duration: Duration | None = None
    """How long it is shown; by default the rest of its source, or five seconds of what has no end."""
    at: Time | None = None
    """When it begins on the timeline; by default where the item before it ends."""

    speed: Curve = 1.0
    """Source seconds per second; keyframes make a ramp."""
    keep_pitch: bool = True
    """Whether voices keep their pitch when the speed changes."""
    reverse: bool = False
    freeze: bool = False
    """Whether the picture at `start` stands still, without sound."""
    slow_motion: Literal["repeat", "blend", "flow"] = "repeat"
    """How pictures between those of the source are made when it is slowed down."""

    fit: Fit = "contain"
    x: Annotated[Curve, within(-100, 100)] = 0.5
    """Where its middle is, as a share of the picture's width from the left."""
    y: Annotated[Curve, within(-100, 100)] = 0.5
    """Where its middle is, as a share of the picture's height from the top."""
    scale: Annotated[Curve, within(0, 100)] = 1.0
    """Size, where 1 is as `fit` says."""
    rotation: Annotated[Curve, within(-36_000, 36_000)] = 0.0
    """Degrees clockwise."""
    opacity: Annotated[Curve, within(0, 1)] = 1.0
    blend: BlendName = "normal"
    effects: Annotated[tuple[Effect, ...], Field(max_length=50)] = ()

    sound: bool = True
    """Whether its sound is heard."""
    volume: Annotated[Curve, within(-96, 24)] = 0.0
    """Gain of its sound in dB."""
    fade_in: Time = Fraction(0)
    """Seconds in which picture and sound come up from nothing."""
    fade_out: Time = Fraction(0)
    """Seconds in which picture and sound go down to nothing."""
    reason: str = ""
    """Why it was chosen and cut so; written by the automatic commands."""


class Gap(Config):
    """Time in which a track shows and sounds nothing."""

    item: Literal["gap"] = "gap"
    duration: Duration


class Transition(Look):
    """How one clip becomes the next, while both are shown."""

    item: Literal["transition"] = "transition"
    duration: Duration = Fraction(1)
    reason: str = ""


def _kind_of_item(value: Any) -> str:
    """Tell a clip, a gap and a transition apart, also where a hand-written file leaves `item` out."""
    if isinstance(value, Config):
        return str(getattr(value, "item", "clip"))
    if not isinstance(value, dict):
        return "clip"
    if "item" in value:
        return str(value["item"])
    if "source" in value:
        return "clip"
    return "gap" if set(value) == {"duration"} else "transition"


Item = Annotated[
    Annotated[Clip, Tag("clip")] | Annotated[Gap, Tag("gap")] | Annotated[Transition, Tag("transition")],
    Discriminator(_kind_of_item),
]


class Duck(Ducking):
    """Lets a track fall while another one is heard, as music falls under a voice."""

    under: str
    """Name of the track that is to be heard."""


class Track(Config):
    """Items one after another; a track of kind sound shows no pictures."""

    name: str = ""
    kind: Literal["video", "sound"] = "video"
    items: Annotated[tuple[Item, ...], Field(max_length=MAX_ITEMS)] = ()
    volume: Annotated[float, Field(ge=-96, le=24)] = 0.0
    """Gain of all its sound in dB."""
    mute: bool = False
    hidden: bool = False
    """Whether its pictures are left out."""
    duck: Duck | None = None


class Subtitles(Config):
    """Words over the pictures (burned) or beside them (soft: a player shows them on request)."""

    path: Path
    """An .srt, .vtt, .ass or .ssa file; its times are those of the timeline."""
    burn: bool = True
    language: Annotated[str, Field(pattern=r"[a-z]{2,3}")] = "und"
    """ISO 639 code, such as en or zh."""
    shift: Seconds = Fraction(0)
    """Seconds by which all of them come later."""
    look: CaptionLook | None = None
    """How they are drawn when they are burned in; by default as their file says, or boxed."""


class Marker(Config):
    """A named place in time; becomes a chapter of the finished file."""

    time: Time
    name: str
    note: str = ""


def _playable(rate: Fraction) -> Fraction:
    if not SLOWEST_RATE <= rate <= FASTEST_RATE:
        raise ValueError(f"must be from {float(SLOWEST_RATE)} to {FASTEST_RATE} pictures a second")
    return rate


class Timeline(Config):
    """A whole edit."""

    name: str = ""
    width: Annotated[PositiveInt, Field(le=MAX_SIDE_PX, multiple_of=2)] | None = None
    """Width in px; by default that of the first clip that has pictures."""
    height: Annotated[PositiveInt, Field(le=MAX_SIDE_PX, multiple_of=2)] | None = None
    """Height in px; by default that of the first clip that has pictures."""
    rate: Annotated[Rate, AfterValidator(_playable)] | None = None
    """Frames per second; by default that of the first clip that has pictures."""
    sample_rate: Annotated[int, Field(ge=8000, le=192_000)] = SAMPLE_RATE
    channels: Literal[1, 2] = 2
    color: ColorName | None = None
    """Colour space; by default that of the first clip that has pictures."""
    depth: Depth | None = None
    """Bits of a sample of the picture; by default 10 for a high dynamic range (hlg, pq), else 8."""
    background: Annotated[str, IS_COLOR] = "black"
    """Colour where nothing is shown; `transparent` makes a video with alpha, where the format holds it."""
    tracks: Annotated[tuple[Track, ...], Field(max_length=100)] = ()
    """Drawn from the first, at the bottom, to the last."""
    loudness: TargetName | Annotated[float, Field(ge=-50, le=-5)] | Target | None = None
    """A named target (social, podcast, ebu ...) or LUFS: sound is measured first, then brought to it."""
    subtitles: tuple[Subtitles, ...] = ()
    markers: tuple[Marker, ...] = ()
    reason: str = ""


def files_of(settings: object) -> Iterator[Path]:
    """Yield every file or folder that settings name: sources, tables of colours, subtitles, fonts ..."""
    if isinstance(settings, Path):
        yield settings
    elif isinstance(settings, Config):
        for name in type(settings).model_fields:
            yield from files_of(getattr(settings, name))
    elif isinstance(settings, tuple):
        for inner in settings:
            yield from files_of(inner)
