"""Themes: the colours, fonts, logo and safe areas that all scenes of a video share, kept as files.

    name or theme.toml --read_theme--> Theme --too_close--> colours that cannot be read on what they stand on

Each template has two: news-bulletin and -gazette, advert-poster and -atelier, lesson-board and -workbook.

Sources: WCAG 2.2, success criterion 1.4.3 (contrast); SMPTE ST 2046-1 (title-safe area); what platforms lay
over upright video (Meta for Reels: 14 % above, 35 % below, 6 % at the sides; TikTok: the lowest fifth).
"""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from frameloom.core.config import Config, read_toml, validate
from frameloom.core.errors import ConfigError
from frameloom.effects.titles.motion import Box
from frameloom.media.colors import parse_color
from frameloom.media.text.faces import FontName, FontPath

_THEMES = Path(__file__).parent / "themes"

LEAST_CONTRAST = 4.5
"""Of letters (WCAG 1.4.3); of bars and lines too, since their names are written in their colours."""

_ABOVE_CAPTIONS = 0.012
"""Share of the height between a scene and its captions."""

AspectName = Literal["16:9", "9:16", "1:1", "4:5"]

Color = Annotated[str, Field(max_length=64)]
Share = Annotated[float, Field(ge=0, le=0.45)]


class SafeArea(Config):
    """What is left free at each side of the picture, as shares of its width or height."""

    left: Share = 0.06
    top: Share = 0.07
    right: Share = 0.06
    bottom: Share = 0.06
    captions: Share = 0.13
    """Height of the strip above `bottom` that belongs to captions; scenes end above it."""


class SafeAreas(Config):
    """A safe area for each form of picture."""

    wide: SafeArea = SafeArea(left=0.065, top=0.09, right=0.065, bottom=0.05, captions=0.13)
    """16:9."""
    upright: SafeArea = SafeArea(left=0.07, top=0.14, right=0.07, bottom=0.2, captions=0.138)
    """9:16: scenes keep clear of what Reels lays over the lower third, captions of what TikTok and Shorts do."""
    square: SafeArea = SafeArea()
    """1:1."""
    tall: SafeArea = SafeArea(bottom=0.05, captions=0.12)
    """4:5."""

    def area(self, width: int, height: int) -> SafeArea:
        """Return the area for the form that is nearest to a picture's."""
        form = width / height
        if form > 1.25:
            return self.wide
        if form > 0.9:
            return self.square
        return self.tall if form > 0.68 else self.upright


class Theme(Config):
    """How all scenes of a video look."""

    name: str = "own"
    background: Color
    background_to: Color
    """The lower right corner; the same as background for a plain one."""
    backdrop: Literal["plain", "glow", "grid", "lines", "rings"] = "plain"
    """What is drawn on the background, faintly."""
    surface: Color
    """Of cards and panels."""
    line: Color
    """Of rules, axes and borders."""
    text: Color
    muted: Color
    """Of what is less important."""
    accent: Color
    on_accent: Color
    """Of letters on accent."""
    series: Annotated[tuple[Color, ...], Field(min_length=4, max_length=8)]
    """Of bars, lines and slices, in this order."""
    good: Color
    bad: Color
    heading_font: FontName | FontPath = "modern"
    body_font: FontName | FontPath = "sans"
    heading_weight: Annotated[int, Field(ge=300, le=900)] = 800
    body_weight: Annotated[int, Field(ge=300, le=599)] = 400
    radius: Annotated[float, Field(ge=0, le=0.05)] = 0.016
    """Of corners, as a share of the shorter side."""
    shadow: Annotated[float, Field(ge=0, le=0.6)] = 0.25
    """How dark the shadow of cards is; 0 for none."""
    align: Literal["start", "center"] = "start"
    """Where titles stand."""
    logo: Path | None = None
    """A picture, best a PNG that is transparent around the mark."""
    brand: str = Field(default="", max_length=40)
    """Written where there is no logo."""
    safe: SafeAreas = SafeAreas()

    @field_validator(
        "background", "background_to", "surface", "line", "text", "muted", "accent", "on_accent", "good", "bad"
    )
    @classmethod
    def _is_color(cls, value: str) -> str:
        parse_color(value)
        return value

    @field_validator("series")
    @classmethod
    def _are_colors(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            parse_color(one)
        return value

    def safe_box(self, width: int, height: int, captions: bool = True) -> Box:
        """Return left, top, right and bottom in px of what scenes may fill; with the captions' strip left free."""
        area = self.safe.area(width, height)
        below = area.bottom + (area.captions + _ABOVE_CAPTIONS if captions else 0)
        left, top = round(width * area.left) & ~1, round(height * area.top) & ~1
        return left, top, width - (round(width * area.right) & ~1), round(height * (1 - below)) & ~1

    def caption_box(self, width: int, height: int) -> Box:
        """Return left, top, right and bottom in px of the strip that belongs to captions."""
        area = self.safe.area(width, height)
        left, _, right, bottom = self.safe_box(width, height, captions=False)
        return left, round(height * (1 - area.bottom - area.captions)) & ~1, right, bottom


def theme_names() -> tuple[str, ...]:
    """Return the themes that come along."""
    return tuple(sorted(path.stem for path in _THEMES.glob("*.toml")))


def read_theme(name: str | Path, folder: Path = Path()) -> Theme:
    """Return a theme that comes along, or that of a .toml file; paths in it are relative to it.

    Raises:
        ConfigError: no such theme, or a setting does not fit.
    """
    return _read(name, folder, ())


def _read(name: str | Path, folder: Path, above: tuple[Path, ...]) -> Theme:
    """Return a theme that those above it start from."""
    if str(name) in theme_names():
        return validate(Theme, {"name": str(name), **read_toml(_THEMES / f"{name}.toml")}, str(name))
    path = folder / name
    if path.suffix != ".toml":
        raise ConfigError(f"unknown theme {str(name)!r}; give one of {', '.join(theme_names())}, or a .toml file")
    settings = read_toml(path)
    if path.resolve() in above:
        way = " -> ".join(one.name for one in (*above, path))
        raise ConfigError(
            f"{path}: base: leads in a circle ({way}); let one of them start from a theme that comes along"
        )
    return validate(Theme, {"name": path.stem, **_beside(path, settings, (*above, path.resolve()))}, str(path))


def _beside(path: Path, settings: dict[str, Any], above: tuple[Path, ...]) -> dict[str, Any]:
    """Return settings whose files are looked for beside the theme, over those of the `base` that it starts from."""
    found = found_beside(path, settings)
    base = found.pop("base", None)
    if base is None:
        return found
    return {**_read(str(base), path.parent, above).model_dump(), "name": path.stem, **found}


def found_beside(path: Path, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings of a theme file whose own files are named from anywhere: a storyboard may be elsewhere."""
    found = dict(settings)
    for key in ("logo", "heading_font", "body_font"):
        if isinstance(found.get(key), str) and Path(found[key]).suffix:
            found[key] = str((path.parent / found[key]).absolute())
    return found


def contrast(first: str, second: str) -> float:
    """Return the contrast of two opaque colours, from 1 to 21.

    >>> contrast("black", "white")
    21.0
    """
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return round((light + 0.05) / (dark + 0.05), 3)


def _luminance(color: str) -> float:
    shares = (part / 255 for part in parse_color(color)[:3])
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def too_close(theme: Theme) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield each colour of a theme that lies too close to one it stands on to be read, as its name and what is told."""
    grounds = ("background", "background_to", "surface")
    pairs = [
        *product(("text", "muted"), grounds),
        ("on_accent", "accent"),
        *product(("accent", "good", "bad"), grounds),
    ]
    for name, ground in pairs:
        yield from _too_close((name,), getattr(theme, name), ground, getattr(theme, ground))
    for (place, color), ground in product(enumerate(theme.series), grounds):
        yield from _too_close(("series", place), color, ground, getattr(theme, ground))


def _too_close(
    name: tuple[str | int, ...], color: str, ground: str, on: str
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    found = contrast(color, on)
    if found < LEAST_CONTRAST:
        yield name, f"{color} on {ground} {on} has a contrast of {found:.1f}; {LEAST_CONTRAST} is the least"


def readable_on(ground: str, theme: Theme) -> str:
    """Return which of the theme's colours is best read on a ground, black and white among them."""
    return max(
        (theme.text, theme.on_accent, theme.background, "white", "black"), key=lambda color: contrast(color, ground)
    )
