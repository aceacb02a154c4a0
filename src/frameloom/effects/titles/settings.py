"""Titles: words over pictures, drawn and moved; each design is one group of settings.

    headline        lower-third         caption          ticker              credits        label        counter
     _______        |                                    [NEWS] words go by   Role  Name    ____         1,234
      TITLE         |  Name                ______________                    Role  Name    | ON |        percent
     subtitle       |  role               | what is said |

Lengths are shares of the picture, so that a title looks the same at 480p and 4K. Text stays within the title-safe area,
the inner nine tenths of the picture (SMPTE ST 2046-1). What is read from right to left is mirrored.
"""

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, model_validator

from frameloom.core.config import Config
from frameloom.core.times import Duration
from frameloom.effects.easing import EasingName
from frameloom.effects.pictures.base import IS_COLOR
from frameloom.effects.titles.motion import Motion
from frameloom.media.text.faces import FontName, FontPath

ThemeName = Literal["plain", "night", "paper", "signal", "film"]
Words = Annotated[str, Field(max_length=2000)]
ColorText = Annotated[str, IS_COLOR]


class Theme(Config):
    """Colours and letters of a title."""

    font: FontName | FontPath = "sans"
    """sans, serif, mono, modern, or a font file."""
    weight: Annotated[int, Field(ge=100, le=900)] = 700
    """Of what is largest; the rest is regular."""
    on_picture: ColorText = "white"
    """Of letters that stand on the picture itself."""
    text: ColorText = "white"
    """Of letters that stand on a panel."""
    second: ColorText = "#e4e8ee"
    """Of smaller letters on a panel."""
    accent: ColorText = "#ffb020"
    """Of bars, rules and small labels."""
    on_accent: ColorText = "#15181d"
    """Of letters that stand on the accent."""
    panel: ColorText = "#101418d8"
    """Behind the words, where a design has something behind them."""
    outline: Annotated[float, Field(ge=0, le=0.3)] = 0.0
    """Border of letters that stand on the picture itself, as a share of the em."""
    shadow: Annotated[float, Field(ge=0, le=0.3)] = 0.035
    """Fall of their shadow, as a share of the em."""


THEMES: dict[ThemeName, Theme] = {
    "plain": Theme(),
    "night": Theme(on_picture="#eaf2ff", text="#eaf2ff", second="#a9bddb", accent="#4da3ff", panel="#0a1730e0"),
    "paper": Theme(
        font="serif", text="#22201c", second="#5c564c", accent="#b23a2e", on_accent="white", panel="#f6f1e6f0"
    ),
    "signal": Theme(accent="#e5202e", on_accent="white", panel="#16181df0"),
    "film": Theme(
        font="serif",
        weight=400,
        on_picture="#fff6e0",
        text="#fff6e0",
        second="#e0d3b4",
        accent="#d9b45b",
        panel="#000000a0",
    ),
}
"""Looks that go together."""


class TitleSettings(Config):
    """What all designs share."""

    theme: ThemeName | Theme = "plain"
    scale: Annotated[float, Field(ge=0.2, le=5)] = 1.0
    """How much larger than the design's own size."""
    language: Annotated[str, Field(max_length=35)] = ""
    """Tag such as "zh-hant" or "ja", for regional forms of letters."""
    motion: Motion = Motion()

    @property
    def look(self) -> Theme:
        """Return the theme itself."""
        return self.theme if isinstance(self.theme, Theme) else THEMES[self.theme]


class Headline(TitleSettings):
    """Large words, and smaller ones beneath."""

    design: Literal["headline"] = "headline"
    text: Words
    subtitle: Words = ""
    place: Literal["center", "top", "bottom", "start"] = "center"
    """start: half way up, at the side where reading begins."""
    rule: bool = True
    """Whether a line in the accent parts text and subtitle."""
    panel: bool = False
    """Whether there is a panel behind the words."""


class LowerThird(TitleSettings):
    """Who is speaking: a name and a role beside a bar, low in the picture."""

    design: Literal["lower-third"] = "lower-third"
    name: Words
    role: Words = ""
    side: Literal["start", "end"] = "start"
    """start is left for names that are read to the right."""
    motion: Motion = Motion(enter="wipe", leave="wipe", duration=Fraction(7, 10))


class CaptionLook(TitleSettings):
    """How spoken words are shown: subtitles, and captions."""

    place: Literal["bottom", "top", "center"] = "bottom"
    back: Literal["box", "outline", "shadow"] = "box"
    """What makes the letters readable."""
    max_lines: Annotated[int, Field(ge=1, le=20)] = 6
    """Letters shrink rather than take more lines."""
    motion: Motion = Motion(duration=Fraction(1, 5))


class Caption(CaptionLook):
    """What is said or meant, at the bottom or top."""

    design: Literal["caption"] = "caption"
    text: Words


class Ticker(TitleSettings):
    """Words that go by in a bar."""

    design: Literal["ticker"] = "ticker"
    text: Annotated[str, Field(max_length=20_000)]
    """Each line is one message."""
    heading: Annotated[str, Field(max_length=60)] = ""
    """Stands still in front."""
    speed: Annotated[float, Field(gt=0, le=2)] = 0.08
    """Widths of the picture per second."""
    repeat: bool = True
    """Whether the words begin again when they are through."""
    filled: Annotated[float, Field(ge=0, le=1)] = 0.0
    """How much of the bar the words fill when it appears; with 0 they come in from its end."""
    place: Literal["bottom", "top"] = "bottom"
    motion: Motion = Motion(duration=Fraction(2, 5))


class Credits(TitleSettings):
    """Names that roll up; they take just the title's duration to pass."""

    design: Literal["credits"] = "credits"
    text: Annotated[str, Field(max_length=20_000)]
    """One line each: "# heading", "role | name", or words in the middle; an empty line leaves room."""
    motion: Motion = Motion(enter="none", leave="none")


class Label(TitleSettings):
    """A small note in a corner: a place, a date, LIVE."""

    design: Literal["label"] = "label"
    text: Words
    corner: Literal["top-left", "top-right", "bottom-left", "bottom-right"] = "top-left"
    dot: bool = False
    """Whether a dot in the accent stands before it."""


class Counter(TitleSettings):
    """A number that counts."""

    design: Literal["counter"] = "counter"
    start: float = 0.0
    end: float
    decimals: Annotated[int, Field(ge=0, le=6)] = 0
    prefix: Annotated[str, Field(max_length=40)] = ""
    suffix: Annotated[str, Field(max_length=40)] = ""
    grouping: Literal["", ",", ".", " ", "'"] = ","
    """Between thousands; with "." the decimal mark is a comma."""
    text: Words = ""
    """Beneath the number."""
    counting: Duration | None = None
    """Seconds until the end is reached; by default four fifths of the title's duration."""
    easing: EasingName = "cubic-out"

    @model_validator(mode="after")
    def _is_readable(self) -> "Counter":
        if max(abs(self.start), abs(self.end)) > 1e12:
            raise ValueError("counts from -1e12 to 1e12")
        return self
