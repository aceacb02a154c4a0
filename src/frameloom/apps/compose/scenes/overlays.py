"""What news lays over any picture: a lower third, a ticker, a badge; in the theme's looks, within the safe area.

    scene's Draw + overlays --overlaid--> Draw

Lower third and ticker are drawn by effects/titles, as titles over whole films are.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field, field_validator

from frameloom.apps.compose.scenes.figures import bar
from frameloom.apps.compose.scenes.heading import Short, Text
from frameloom.apps.compose.scenes.layout import unit, width_of
from frameloom.apps.compose.scenes.lettering import is_to_left, write
from frameloom.apps.compose.scenes.pieces import Piece, lettered
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.apps.compose.theme import Theme
from frameloom.core.config import Config
from frameloom.core.times import Time
from frameloom.effects import titles
from frameloom.effects.blend import over
from frameloom.effects.titles.motion import At, Box, Motion, Shown, faded
from frameloom.effects.titles.settings import LowerThird
from frameloom.effects.titles.settings import Theme as TitleTheme
from frameloom.effects.titles.settings import Ticker as RunningTitle
from frameloom.media.planes import Planes

_FADING_S = Fraction(3, 10)
"""Seconds in which a badge comes."""
_MOST_CHARACTERS = 15_000
_FILLED = 0.65
"""Share of a ticker that is filled from the begin on: a scene may be over before words have come in."""


def _looks(theme: Theme) -> TitleTheme:
    """Return a title's looks in a theme."""
    return TitleTheme(
        font=theme.body_font,
        on_picture=theme.text,
        text=theme.text,
        second=theme.muted,
        accent=theme.accent,
        on_accent=theme.on_accent,
        panel=theme.surface,
    )


class NameTag(Config):
    """A lower third: who speaks, or where this is."""

    kind: Literal["lower-third"] = "lower-third"
    name: Short
    role: Short = ""
    start: Time = Fraction(0)
    """Seconds from the begin of the scene."""
    length: Annotated[Time, Field(gt=0)] = Fraction(5)
    """Seconds that it stays."""

    def begin(self, stage: Stage) -> list[At]:
        """Return what is laid over the picture."""
        title = LowerThird(name=self.name, role=self.role, theme=_looks(stage.theme))
        at = titles.begin(title, stage.width, stage.height, self.length, area=stage.safe)
        return [lambda time: at(time - self.start) if 0 <= time - self.start <= self.length else None]

    def height(self, stage: Stage) -> int:
        """Return how much of the safe area it takes with the gap above it, in px."""
        shown = self.begin(stage)[0](self.start + self.length / 2)
        return stage.safe[3] - shown.top + (unit(stage, 2) + 1 & ~1) if shown else 0


class Badge(Config):
    """A word in the corner, such as Live, Archive or Advertisement."""

    kind: Literal["badge"] = "badge"
    text: Annotated[str, Field(min_length=1, max_length=40)]

    def begin(self, stage: Stage) -> list[At]:
        """Return what is laid over the picture."""
        theme, box = stage.theme, stage.safe
        pad = unit(stage, 1.1)
        block = write(stage, self.text, "label", width_of(box) * 0.5, unit(stage, 7), theme.on_accent, lines=1)
        left = box[0] if is_to_left(self.text) else box[2] - block.width - 4 * pad
        panel = (left, box[1], left + block.width + 4 * pad, box[1] + block.height + 2 * pad)
        plate = bar(stage, panel, theme.accent, stage.side * theme.radius * 0.6)
        words = lettered(block, left + 2 * pad, box[1] + pad)
        return [_fading_in(piece) for piece in (plate, words) if piece is not None]

    def height(self, stage: Stage) -> int:
        """Return how much of the safe area it takes with the gap below it, in px."""
        return unit(stage, 8.5) & ~1


def _fading_in(piece: Piece) -> At:
    """Return a piece that comes out of nothing and stays."""
    shown = Shown(piece.planes, piece.left, piece.top)
    return lambda time: faded(shown, round(255 * min(time / _FADING_S, Fraction(1))))


class Ticker(Config):
    """Short news that run along the bottom, again and again."""

    kind: Literal["ticker"] = "ticker"
    items: Annotated[tuple[Text, ...], Field(min_length=1, max_length=30)]
    label: Annotated[str, Field(max_length=60)] = ""
    """Stands before it, such as Now."""
    speed: Annotated[float, Field(gt=0, le=1)] = 0.16
    """Of the picture's width that it runs in a second."""

    @field_validator("items")
    @classmethod
    def _can_be_drawn(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if (length := sum(map(len, value))) > _MOST_CHARACTERS:
            raise ValueError(f"{length} characters in all; at most {_MOST_CHARACTERS}: leave some out")
        return value

    def begin(self, stage: Stage) -> list[At]:
        """Return what is laid over the picture: the same at the same time, however long the scene is."""
        title, area = self.title(stage.theme), _foot(stage)
        return [titles.begin(title, stage.width, stage.height, stage.duration, area=area)]

    def title(self, theme: Theme) -> RunningTitle:
        """Return it as a title in a theme's looks."""
        return RunningTitle(
            text="\n".join(" ".join(item.split()) for item in self.items),
            heading=self.label,
            speed=self.speed,
            filled=_FILLED,
            theme=_looks(theme),
            motion=Motion(enter="none", leave="none"),
        )

    def height(self, stage: Stage) -> int:
        """Return how much of the safe area it takes with the gap above it, in px; none where it stands below."""
        top = top_of(self, stage.theme, stage.width, stage.height, _foot(stage))
        return max(0, stage.safe[3] - top + (unit(stage, 2) + 1 & ~1))


def _foot(stage: Stage) -> Box:
    """Return what a ticker may fill: down to the floor of a stage that has one."""
    left, top, right, bottom = stage.safe
    return left, top, right, bottom if stage.floor is None else stage.floor


@lru_cache(maxsize=64)
def top_of(ticker: Ticker, theme: Theme, width: int, height: int, area: Box) -> int:
    """Return the first row of a ticker at the foot of an area."""
    shown = titles.begin(ticker.title(theme), width, height, Fraction(1), area=area)(Fraction(0))
    return area[3] if shown is None else shown.top


Overlay = Annotated[NameTag | Badge | Ticker, Field(discriminator="kind")]
"""What is laid over a scene."""


def overlaid(draw: Draw, overlays: Sequence[NameTag | Badge | Ticker], stage: Stage) -> Draw:
    """Return a scene with overlays over it, the last one on top; stage.safe is where they may stand."""
    return _Overlaid(draw, [at for overlay in overlays for at in overlay.begin(stage)]) if overlays else draw


class _Overlaid:
    """Titles over a scene; the very same picture while nothing of both changes."""

    def __init__(self, under: Draw, layers: Sequence[At]) -> None:
        self._under, self._layers = under, tuple(layers)
        self._last: tuple[Planes, tuple[Shown, ...], Planes] | None = None

    def __call__(self, time: Fraction) -> Planes:
        """Return the opaque picture at a time in s from the start of the scene."""
        below = self._under(time)
        shown = tuple(one for at in self._layers if (one := at(time)) is not None)
        last = self._last
        if last is None or last[0] is not below or list(map(id, last[1])) != list(map(id, shown)):
            picture = below
            for one in shown:
                picture = over(picture, one.planes, one.left, one.top)
            self._last = last = below, shown, picture
        return last[2]


def kept_clear(stage: Stage, overlays: Sequence[NameTag | Badge | Ticker]) -> Stage:
    """Return a stage whose safe area ends above tickers and lower thirds, and begins below badges."""
    left, top, right, bottom = stage.safe
    low = max((one.height(stage) for one in overlays if not isinstance(one, Badge)), default=0)
    high = max((one.height(stage) for one in overlays if isinstance(one, Badge)), default=0)
    return replace(stage, safe=(left, top + high, right, bottom - low))
