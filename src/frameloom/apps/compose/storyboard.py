"""A storyboard: what is said and shown, beat after beat, as frozen values that a person can write and read.

    Storyboard
      title, look, voice, music ...        for all of it
      beats:  Beat(say, scene)  Beat  ...  each owns its words, its picture and its length

The words' own times drive all else: a beat is as long as it takes to say, captions follow the words, and a part of a
picture appears when it is named. Paths are relative to the storyboard's file.
"""

import re
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, NonNegativeInt, model_validator

from frameloom.apps.compose.scenes import SceneConfig
from frameloom.apps.compose.theme import AspectName
from frameloom.core.config import Config
from frameloom.core.times import Duration, Rate, Time
from frameloom.effects.sound.loudness import TargetName
from frameloom.effects.sound.music.config import Mood
from frameloom.effects.titles import Title
from frameloom.effects.transitions import Look, TransitionName

ASPECTS: dict[AspectName, Fraction] = {
    "16:9": Fraction(16, 9),
    "9:16": Fraction(9, 16),
    "1:1": Fraction(1),
    "4:5": Fraction(4, 5),
}
"""Width over height, by name."""

TemplateName = Literal["news", "advert", "lesson"]

MOST_BEATS = 500
LONGEST_S = 600
"""Of one beat."""
MOST_CHARACTERS = 12_000
"""Of one beat: what somebody says in that time, and fast."""

Factor = Annotated[float, Field(ge=0.5, le=2)]
LANGUAGE = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$"


def _is_language(value: str) -> str:
    if not re.fullmatch(LANGUAGE, value):
        raise ValueError("not the code of a language; write one such as en, zh or pt-br")
    return value


Language = Annotated[str, AfterValidator(_is_language), Field(json_schema_extra={"pattern": LANGUAGE})]
"""A code such as en, zh, pt-br."""


class Transition(Look):
    """How the beat before becomes this one."""

    duration: Duration = Fraction(1, 2)


def _short_transition(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


TransitionChoice = Annotated[
    Transition, BeforeValidator(_short_transition, json_schema_input_type=Transition | TransitionName)
]
"""A transition, or its name alone."""


class Beat(Config):
    """One thought: its words, its picture, its time."""

    say: Annotated[str, Field(max_length=MOST_CHARACTERS)] = ""
    """What is said."""
    recording: Path | None = None
    """A file in which `say` is said, instead of a voice."""
    scene: SceneConfig | None = None
    """What is shown; without one, the best picture of the asset folder, or the words themselves."""
    title: Annotated[str, Field(max_length=200)] = ""
    """Names a chapter that begins here."""
    length: Annotated[Duration, Field(le=LONGEST_S)] | None = None
    """Seconds; by default as long as the words take, and a breath. Words that need longer get it."""
    breath: Annotated[Time, Field(le=30)] | None = None
    """Seconds of quiet after the words."""
    cues: Annotated[tuple[Time | str, ...], Field(max_length=100)] = ()
    """When each part of the picture appears: a time in the beat, or the word that it waits for; by default when it is
    named."""
    find: Annotated[str, Field(max_length=500)] = ""
    """What to look for in the asset folder; by default what is said."""
    transition: TransitionChoice | None = None
    """How the beat before becomes this one; by default as the storyboard says."""
    over: Annotated[tuple[Title, ...], Field(max_length=10)] = ()
    """Titles over the picture: lower thirds, labels, captions of one's own."""
    voice: str | None = None
    language: Language | None = None
    pace: Factor | None = None
    """How fast it is said, as a multiple of the voice's own pace."""
    pitch: Factor | None = None
    captions: bool | None = None
    """Whether what is said is shown too."""
    poster: bool = False
    """Whether this beat gives the poster."""

    @model_validator(mode="after")
    def _is_not_empty(self) -> Self:
        if not self.say.strip() and self.scene is None and not self.over and not self.find:
            raise ValueError("is empty: give it words (say), a picture (scene), or both")
        if self.recording is not None and not any(letter.isalnum() for letter in self.say):
            raise ValueError("has a recording without its words; write in say what is said in it")
        return self


class Captions(Config):
    """How what is said is shown."""

    show: bool = True
    """Whether captions are burned into the pictures; the files of subtitles are written anyway."""
    highlight: bool = True
    """Whether the word that is said stands out."""
    place: Literal["bottom", "middle"] = "bottom"
    scale: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    most_characters: Annotated[int, Field(ge=8, le=120)] | None = None
    """Of one caption; by default what two lines hold."""


def _short_captions(value: object) -> object:
    return {"show": value} if isinstance(value, bool) else value


class Music(Config):
    """What is heard under the words."""

    mood: Mood = "calm"
    """Of a bed that is made here."""
    intensity: Annotated[float, Field(ge=0, le=1)] = 0.5
    """0 few instruments, played softly, to 1 all of them."""
    melody: bool = False
    """Whether an instrument leads; not under narration, which it would talk over."""
    seed: NonNegativeInt | None = None
    """Another seed is another piece of the same mood; by default the storyboard's."""
    path: Path | None = None
    """A file instead; it is played again from its begin where it is too short."""
    volume: Annotated[float, Field(ge=-60, le=12)] = -12.0
    """Gain in dB; it gives way to the voice by itself."""
    cut_on_beat: bool = False
    """Whether beats of the storyboard end on beats of the music: a little later than they would."""
    licence: Annotated[str, Field(max_length=200)] = ""
    """Of a file of one's own, for the record."""


def _short_music(value: object) -> object:
    if isinstance(value, str):
        return {"path": value} if "." in value or "/" in value else {"mood": value}
    return value


class Storyboard(Config):
    """A whole film to be."""

    title: Annotated[str, Field(max_length=200)] = ""
    template: TemplateName = "lesson"
    """How beats are paced, joined and coloured where they do not say it themselves."""
    theme: Annotated[str, Field(max_length=1000)] = ""
    """Colours, letters and safe areas: the name of a theme, or a theme file; by default the template's."""
    aspect: AspectName = "16:9"
    side: Annotated[int, Field(ge=64, le=2160, multiple_of=2)] = 1080
    """Shorter side in px."""
    rate: Annotated[Rate, Field(ge=1, le=120)] = Fraction(25)
    """Pictures per second."""
    seed: NonNegativeInt = 0
    """Fixes all that is random."""
    language: Language = "en"
    languages: tuple[Language, ...] = ()
    """Where texts are tables by language, such as {en = "Rain", zh = "雨"}: the languages that there are."""
    voice: str | None = None
    """hibari, espeak, espeak:f3, piper ...; none for a reading that is timed and not heard."""
    pace: Factor = 1.0
    pitch: Factor = 1.0
    captions: Annotated[Captions, BeforeValidator(_short_captions, json_schema_input_type=Captions | bool)] = Captions()
    music: Annotated[Music, BeforeValidator(_short_music, json_schema_input_type=Music | str)] | None = None
    marks: bool = True
    """Whether cuts, titles and answers are heard, where the template has sounds for them."""
    loudness: TargetName = "social"
    """What the sound is brought to: social (-14 LUFS), streaming, podcast, ebu ..."""
    transition: TransitionChoice | None = None
    """Between all beats that do not say it themselves."""
    over: Annotated[tuple[Title, ...], Field(max_length=10)] = ()
    """Titles over all of it, such as a ticker."""
    assets: Path | None = None
    """A folder of pictures and clips that are matched to the words of beats without a scene."""
    likeness: Annotated[float, Field(ge=0, le=1)] = 0.3
    """How well a picture of the folder must match the words to be taken."""
    variables: Annotated[dict[str, str | int | float], Field(default_factory=dict, max_length=200)]
    """Words that stand for {name} in the texts, if nobody gives others."""
    beats: Annotated[tuple[Beat, ...], Field(min_length=1, max_length=MOST_BEATS)]

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height in px.

        >>> Storyboard(beats=(Beat(say="Hello."),), aspect="4:5").size
        (1080, 1350)
        """
        shape = ASPECTS[self.aspect]
        one = Fraction(1)
        width, height = self.side * max(shape, one), self.side / min(shape, one)
        return round(width / 2) * 2, round(height / 2) * 2
