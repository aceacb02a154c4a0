"""What can be asked of an enhancement: settings, and profiles, which are nothing but named sets of them."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from frameloom.core.config import Config
from frameloom.core.times import Rate
from frameloom.media.files.formats import VideoFormat

Quality = Literal["lanczos", "tiny", "perceptual", "small", "quality"]
Profile = Literal["phone", "vhs", "anime", "webcam", "screen"]

PROFILES: dict[Profile, Mapping[str, Any]] = {
    "phone": {"stabilise": True, "denoise": "auto", "color": "auto"},
    "vhs": {"scale": 2, "deblock": "auto", "denoise": "auto", "color": "auto"},
    "anime": {"scale": 2},
    "webcam": {"scale": 2, "deblock": "auto", "denoise": "auto", "color": "auto"},
    "screen": {"scale": 2, "strength": 0.5},
}
"""What each profile asks for; settings given beside it come first."""

MOST_NOISE = 30.0
"""Strongest noise that can be asked to be taken out."""

MOST_FPS = 1000
_HIGHEST_DENOMINATOR = 1001


def _fps(rate: Fraction) -> Fraction:
    if not 1 <= rate <= MOST_FPS or rate.denominator > _HIGHEST_DENOMINATOR:
        raise ValueError(f"write 1 to {MOST_FPS} pictures per second, such as 60 or 60000/1001")
    return rate


Fps = Annotated[Rate, AfterValidator(_fps)]
"""Pictures per second."""


def _noise(value: object) -> object:
    try:
        if value in ("auto", "no") or 0 < float(str(value)) <= MOST_NOISE:
            return value
    except ValueError:
        pass
    raise ValueError(f"write auto, no, or the noise's standard deviation, of 255: above 0, at most {MOST_NOISE:g}")


Noise = Annotated[Literal["auto", "no"] | float, BeforeValidator(_noise)]
"""Noise to take out."""


def _level(value: object) -> object:
    try:
        if value in ("auto", "no") or 0 < float(str(value)) <= 1:
            return value
    except ValueError:
        pass
    raise ValueError("write auto, no, or how hard it was compressed: above 0, at most 1")


Level = Annotated[Literal["auto", "no"] | float, BeforeValidator(_level)]
"""Traces of compression to mend."""


class EnhanceConfig(Config):
    """What is enhanced, and how."""

    input: Path
    """A video, an animation or a folder of pictures."""
    out: Path
    """The file: .mp4, .mov, .mkv or .webm."""
    scale: Literal[1, 2, 3, 4] = 1
    """How many times as wide and high pictures become."""
    quality: Quality = "small"
    """Size of the network that makes pictures larger: the larger, the better and the slower; `lanczos` is none, `tiny`
    has the film encoded fast too, and `perceptual` is as small as small, but sharp for the eye rather than near to the
    truth."""
    model: str | None = None
    """A network to use instead: a model folder, an .onnx file or a shipped one's name. Without a scale it mends."""
    precision: Literal["float32", "int8"] = "float32"
    """Of the network's numbers: with 8 bits it is faster on most processors, and a little coarser."""
    device: Literal["auto", "cpu", "gpu"] = "auto"
    """Where the network computes: `auto` takes a GPU if torch can use one."""
    strength: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Share of the network in larger pictures; the rest is Lanczos."""
    denoise: Noise = "no"
    """Noise to take out, by the network if there is one: `auto` measures it; a number is its deviation, of 255."""
    deblock: Level = "no"
    """Traces of compression that the network mends: `auto` tells how hard it was; 1 is as hard as CRF 42 of x264."""
    stabilise: bool = False
    """Whether to take out the shaking of the camera, at the price of a border."""
    color: Literal["auto", "no"] = "no"
    """`auto` takes out a cast of colour and uses the whole range from black to white."""
    fps: Fps | None = None
    """Pictures per second to be, evenly: new ones are drawn along what moves. By default each keeps its time."""
    profile: Profile | None = None
    """A named set of the settings above; those given beside it come first."""
    reference: Path | None = None
    """The film as it should be, to measure the result against."""
    report: bool = False
    """Whether to measure the result: flicker beside the source's and, with a reference, how near it comes."""
    video: VideoFormat = VideoFormat()
    """How the pictures are stored."""

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, given: Any) -> Any:
        """Add what the profile asks for where nothing else is given; who takes `tiny` is in a hurry."""
        if not isinstance(given, Mapping):
            return given
        named = [PROFILES[name] for name in PROFILES if name == given.get("profile")]
        whole = {**(named[0] if named else {}), **given}
        video = whole.get("video", {})
        if whole.get("quality") == "tiny" and isinstance(video, Mapping):
            whole["video"] = {"speed": "fast", **video}
        return whole

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        asked = self.uses_network or self.scale > 1 or self.denoise != "no" or self.color != "no"
        if not asked and not self.stabilise and self.fps is None:
            if self.deblock != "no":
                raise ValueError(
                    "deblock takes a network, and lanczos is none; give the quality tiny, perceptual, small or quality"
                )
            raise ValueError(
                "nothing is asked for; give a scale of 2, 3 or 4, denoise, deblock, stabilise, color, fps, "
                f"or a profile ({', '.join(PROFILES)})"
            )
        return self

    @property
    def uses_network(self) -> bool:
        """Return whether what is asked for takes a network."""
        if self.model is not None:
            return True
        return self.quality != "lanczos" and (self.scale > 1 or self.deblock != "no" or self.denoise != "no")
