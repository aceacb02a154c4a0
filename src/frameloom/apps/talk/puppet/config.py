"""What can be asked of a photo puppet."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, PositiveInt, model_validator

from frameloom.apps.talk.characterfile import Mood, Share
from frameloom.apps.talk.puppet.mark import Language
from frameloom.core.config import Config
from frameloom.core.times import Rate
from frameloom.media.files.formats import SoundFormat, VideoFormat


def _plays(rate: Fraction) -> Fraction:
    if not 1 <= rate <= 120:
        raise ValueError("write 1 to 120 pictures per second, such as 25 or 30000/1001")
    return rate


class PuppetConfig(Config):
    """A portrait that speaks."""

    portrait: Path
    """A picture of a face: photo, painting or drawing."""
    audio: Path
    """What it says: a file with sound."""
    visemes: Path | None = None
    """What the mouth does, as `frameloom say --visemes` and `frameloom visemes` write it; by default it is heard."""
    out: Path = Path("out/puppet.mp4")
    """The video: .mp4, .mov, .mkv or .webm."""
    consent: bool = False
    """Say true only if the person shown has agreed, or if the picture shows nobody who ever lived."""
    face: PositiveInt | None = None
    """Which face of several, counted from the left; by default the largest."""
    landmarks: Path | None = None
    """A TOML file that says where eyes, mouth and chin are, where no face is found."""
    view: Literal["auto", "whole"] = "auto"
    """auto cuts head and shoulders out of a large picture; whole shows all of it."""
    side: Annotated[int, Field(ge=64, le=4096)] = 720
    """Height and width of the video are at most so many px."""
    fps: Annotated[Rate, AfterValidator(_plays)] = Fraction(25)
    """Pictures per second."""
    language: Language = "en"
    """Language of the mark on the picture."""
    mood: Mood = "neutral"
    """What the face shows besides speech; neutral is the portrait's own."""
    energy: Share = 0.5
    """How much the head moves."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Fixes blinks and small movements."""
    video: VideoFormat = VideoFormat()
    """How pictures are stored."""
    sound: SoundFormat = SoundFormat()
    """How sound is stored."""

    @model_validator(mode="after")
    def _one_face(self) -> Self:
        if self.face is not None and self.landmarks is not None:
            raise ValueError("face counts faces that are found, landmarks say where one is; give one of them")
        return self


def of_file(settings: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Return settings read from a file, whose paths count from the file's folder."""
    placed = dict(settings)
    for name in ("portrait", "audio", "visemes", "landmarks", "out"):
        if isinstance(placed.get(name), str):
            placed[name] = path.parent / placed[name]
    return placed
