"""Characters that speak become a film: each pose of each time, the sound beside it, in one file.

Scene: places, behaviours, duration --pictures--> encoder --+
                             sound --samples--> encoder ----+--> out.mp4, whole or not at all
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from time import monotonic
from typing import Annotated

from pydantic import Field

from frameloom.apps.talk.behaviour import Behaviour
from frameloom.apps.talk.character import Framing
from frameloom.apps.talk.stage import Place, Stage
from frameloom.core.config import Config
from frameloom.core.errors import ConfigError
from frameloom.core.progress import View, showing
from frameloom.core.provenance import version
from frameloom.core.times import Rate, clock
from frameloom.media.files.formats import SoundFormat, VideoFormat
from frameloom.media.files.sink import write_media
from frameloom.media.frames import Written
from frameloom.media.planes import Planes
from frameloom.media.sound import SAMPLE_RATE, Sound, sample_at, silence

_LINE_S = 5


class SceneConfig(Config):
    """Where a scene is written to, and how it looks."""

    out: Path
    """The file; its suffix names the container. .webm and prores in .mov keep transparency."""
    width: Annotated[int, Field(ge=64, le=7680, multiple_of=2)] = 1280
    """Width in px."""
    height: Annotated[int, Field(ge=64, le=4320, multiple_of=2)] = 720
    """Height in px."""
    rate: Rate = Fraction(25)
    """Pictures per second."""
    framing: Framing = "half"
    """Down to the waist, to the chest, or the face."""
    transparent: bool = False
    """Whether the background is left out, so that the film can be laid over another."""
    video: VideoFormat = VideoFormat()
    audio: SoundFormat = SoundFormat()


@dataclass(frozen=True)
class Actor:
    """A character on its place, and how it behaves."""

    place: Place
    behaviour: Behaviour


@dataclass(frozen=True)
class Scene:
    """Who is seen, and for how long."""

    actors: tuple[Actor, ...]
    duration: Fraction


@dataclass(frozen=True)
class Step:
    """A picture, and what is told of it."""

    picture: Planes
    progress: float
    text: str
    record: Mapping[str, float | int | str] = field(default_factory=dict)


def stage_of(scene: Scene, config: SceneConfig) -> Stage:
    """Return the stage of a scene.

    Raises:
        ConfigError: nobody stands on it.
        MediaError: the background's picture cannot be read.
    """
    places = [actor.place for actor in scene.actors]
    return Stage(places, config.width, config.height, config.framing, config.transparent)


def pictures_of(scene: Scene, config: SceneConfig, first: int = 0, stop: int | None = None) -> Iterator[Planes]:
    """Yield the pictures of a scene from one number up to another, each as of the middle of its time."""
    stage = stage_of(scene, config)
    last = frames_of(scene, config) if stop is None else stop
    for number in range(first, last):
        time = float((number + Fraction(1, 2)) / config.rate)
        yield stage.picture([actor.behaviour.at(time) for actor in scene.actors])


def frames_of(scene: Scene, config: SceneConfig) -> int:
    """Return how many pictures a scene has: the last one may begin before its end and last beyond it."""
    return max(-int(-scene.duration * config.rate // 1), 1)


def render_scene(
    scene: Scene,
    config: SceneConfig,
    sound: Iterable[Sound] | None = None,
    *,
    sample_rate: int = SAMPLE_RATE,
    channels: int = 2,
    view: View = "auto",
) -> Written:
    """Write a scene as a finished file, while progress is shown; the sound is filled up with silence.

    Raises:
        ConfigError: the scene is empty.
        MediaError: the format does not fit.
        OutputError: the place cannot be written.
    """
    if scene.duration <= 0:
        raise ConfigError("a scene of no length; give speech, sound or a duration")
    samples = sample_at(scene.duration, sample_rate)
    steps = showing(drawing(pictures_of(scene, config), frames_of(scene, config), config.rate), config.out.name, view)
    names = ", ".join(actor.place.character.looks.name for actor in scene.actors)
    return write_media(
        config.out,
        (step.picture for step in steps),
        None if sound is None else _lasting(sound, samples, channels),
        rate=config.rate,
        width=config.width,
        height=config.height,
        sample_rate=sample_rate,
        channels=channels,
        video=config.video,
        audio=config.audio,
        made_by=f"frameloom {version()} talk; drawn characters: {names}",
    )


def drawing(pictures: Iterable[Planes], total: int, rate: Fraction) -> Iterator[Step]:
    """Yield pictures of a film as steps that tell how far it is."""
    began = said = monotonic()
    for done, picture in enumerate(pictures, 1):
        now = monotonic()
        speed = done / max(now - began, 1e-6)
        text = f"{clock(done / rate, 0)} of {clock(total / rate, 0)}, {speed:.0f} pictures/s"
        worth_a_line = now - said >= _LINE_S
        said = now if worth_a_line else said
        record = {"picture": done, "of": total, "pictures_per_s": round(speed, 1)} if worth_a_line else {}
        yield Step(picture, done / total, text, record)


def _lasting(sound: Iterable[Sound], samples: int, channels: int) -> Iterator[Sound]:
    """Yield exactly so many samples: what is missing is silence, what is too much is left out."""
    given = 0
    for block in sound:
        part = block[: samples - given]
        if len(part):
            given += len(part)
            yield part
        if given >= samples:
            return
    if given < samples:
        yield silence(samples - given, channels)
