"""The file that says how a character looks, moves and sounds: parts, colours, manner, voice; see docs/characters.md."""

import difflib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from frameloom.core.config import Config
from frameloom.core.errors import ConfigError
from frameloom.media.colors import parse_color
from frameloom.media.speech.espeak import VARIANTS
from frameloom.media.speech.spoken import Factor
from frameloom.media.speech.voices import ENGINES

AUTO = "auto"
"""The name of no voice in particular: the best one that speaks a language."""


def _color(text: str) -> str:
    try:
        parse_color(text)
    except ConfigError as error:
        raise ValueError(str(error)) from error
    return text


def known_voice(name: str) -> str:
    """Return the name of a voice as it stands.

    Raises:
        ValueError: no voice has it.
    """
    known = [AUTO, *ENGINES, *(f"espeak:{variant}" for variant in VARIANTS if variant)]
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        told = f"did you mean {close[0]!r}?" if close else f"give {', '.join(known)}"
        raise ValueError(f"unknown voice {name!r}; {told}")
    return name


def _as_list(value: Any) -> Any:
    """Return a table alone as a list of one."""
    return [value] if isinstance(value, dict) else value


Color = Annotated[str, AfterValidator(_color)]
"""A CSS name such as "tomato", or #rrggbb."""
Share = Annotated[float, Field(ge=0, le=1)]
Scale = Annotated[float, Field(ge=0.7, le=1.4)]
Mood = Literal["neutral", "happy", "sad", "angry", "surprised", "thoughtful"]
Kind = Literal["human", "fox", "cat", "bear", "robot"]
HairStyle = Literal["none", "bob", "long", "bun", "curly", "short", "quiff", "buzz", "receding"]
OutfitStyle = Literal["tee", "shirt", "sweater", "hoodie", "blazer", "scarf", "shell"]
BackgroundKind = Literal["none", "plain", "gradient", "room", "studio", "picture"]


class HeadConfig(Config):
    """Shape and colour of the head."""

    shape: Literal["oval", "round", "square", "heart"] = "oval"
    """Outline of a human face; animals and robots have their own."""
    width: Scale = 1.0
    """Width, as a multiple."""
    height: Scale = 1.0
    """Height, as a multiple."""
    skin: Color = "#e8b594"
    """Colour of skin, fur or shell."""
    second: Color = "#fff4e6"
    """Colour of a muzzle, of the inside of ears, of a robot's screen frame."""
    blush: Share = 0.35
    """How red the cheeks are."""
    freckles: bool = False
    """Whether there are freckles."""
    nose: Literal["button", "straight", "broad"] = "button"
    """Shape of a human nose."""
    ears: Scale = 1.0
    """Size of the ears."""
    age: Share = 0.0
    """How deep the lines of a face are."""


class EyesConfig(Config):
    """Shape and colour of the eyes."""

    color: Color = "#5b3a24"
    """Colour of the iris, or of a robot's lights."""
    size: Scale = 1.0
    """Size, as a multiple."""
    spacing: Scale = 1.0
    """Distance from each other, as a multiple."""
    lashes: Share = 0.3
    """How strong the lashes are."""
    shadow: Color = "transparent"
    """Colour on the upper lids."""


class BrowsConfig(Config):
    """Eyebrows."""

    color: Color = "#3a241a"
    """Their colour."""
    thickness: Scale = 1.0
    """How thick they are, as a multiple."""
    arch: Share = 0.5
    """How much they are bent."""


class MouthConfig(Config):
    """Lips and what is behind them."""

    color: Color = "#b9564f"
    """Colour of the lips."""
    fullness: Annotated[float, Field(ge=0, le=1.5)] = 0.7
    """How full the lips are; 0 leaves a line."""
    size: Scale = 1.0
    """Width, as a multiple."""
    y: Annotated[float, Field(ge=-15, le=15)] = 0.0
    """How much lower it lies, in units of which a head has 240."""


class HairConfig(Config):
    """Hair on the head."""

    style: HairStyle = "short"
    """Its cut."""
    color: Color = "#3a241a"
    """Its colour."""
    streaks: Share = 0.5
    """How strongly it shines."""


class BeardConfig(Config):
    """Hair on the face."""

    style: Literal["none", "stubble", "moustache", "goatee", "full"] = "none"
    """Its cut."""
    color: Color = "#3a241a"
    """Its colour."""


class GlassesConfig(Config):
    """Glasses."""

    style: Literal["none", "round", "square", "half"] = "none"
    """Their frame."""
    color: Color = "#2b2b33"
    """Colour of the frame."""


class OutfitConfig(Config):
    """Clothes."""

    style: OutfitStyle = "sweater"
    """Their cut; `shell` is a robot's."""
    color: Color = "#3f6f8f"
    """Their colour."""
    second: Color = "#f4f1ea"
    """Colour of what is worn below, of a collar or a scarf."""
    accent: Color = "#e4a03a"
    """Colour of buttons, earrings, lamps."""
    earrings: bool = False
    """Whether earrings are worn."""


class BodyConfig(Config):
    """Proportions below the head."""

    shoulders: Scale = 1.0
    """Width of the shoulders, as a multiple."""
    neck: Scale = 1.0
    """Thickness of the neck, as a multiple."""


class BackgroundConfig(Config):
    """What stands behind a character."""

    kind: BackgroundKind = "gradient"
    """`none` is transparent."""
    color: Color = "#f3d9c4"
    """First colour."""
    second: Color = "#d98f6c"
    """Second colour, of a gradient's end, of furniture or light."""
    picture: Path | None = None
    """A picture file, for the kind `picture`; from the folder of the character file."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.kind == "picture") != (self.picture is not None):
            raise ValueError('the kind "picture" and the setting picture belong together; give both or neither')
        return self


class MannerConfig(Config):
    """How a character moves."""

    mood: Mood = "neutral"
    """Its mood unless a scene asks for another."""
    energy: Share = 0.5
    """How much head and body move."""
    gestures: Share = 0.5
    """How readily the hands come up."""
    expression: Share = 0.7
    """How strongly moods show."""
    blinks_per_minute: Annotated[float, Field(ge=0, le=60)] = 16.0
    """How often the eyes blink."""


class VoiceConfig(Config):
    """A voice, and how a character uses it."""

    name: Annotated[str, AfterValidator(known_voice)] = AUTO
    """hibari, piper, espeak, espeak:f3 ...; `auto` for whichever speaks the language best."""
    pitch: Factor = 1.0
    """How high, as a multiple of the voice's own pitch."""
    pace: Factor = 1.0
    """How fast, as a multiple of the voice's own pace."""


class CharacterConfig(Config):
    """A drawn character."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    """What it is called."""
    about: Annotated[str, Field(max_length=200)] = ""
    """One sentence about it."""
    kind: Kind = "human"
    """What it is."""
    head: HeadConfig = HeadConfig()
    eyes: EyesConfig = EyesConfig()
    brows: BrowsConfig = BrowsConfig()
    mouth: MouthConfig = MouthConfig()
    hair: HairConfig = HairConfig()
    beard: BeardConfig = BeardConfig()
    glasses: GlassesConfig = GlassesConfig()
    outfit: OutfitConfig = OutfitConfig()
    body: BodyConfig = BodyConfig()
    background: BackgroundConfig = BackgroundConfig()
    manner: MannerConfig = MannerConfig()
    language: Annotated[str, Field(min_length=1, max_length=20)] = "en"
    """Code of the language that it speaks, unless a script says otherwise."""
    voice: Annotated[tuple[VoiceConfig, ...], BeforeValidator(_as_list), Field(min_length=1, max_length=8)] = (
        VoiceConfig(),
    )
    """Its voices; the first one that is here and speaks the language is heard."""
