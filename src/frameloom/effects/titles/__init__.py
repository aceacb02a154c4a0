"""Titles: words over pictures, drawn and moved.

    Title (settings) --begin--> at(time) --> planes with alpha, left, top

What is drawn once is kept: while nothing moves, the very same object is returned.
"""

from fractions import Fraction
from typing import Annotated

from pydantic import Field

from frameloom.effects.titles import designs, rolls
from frameloom.effects.titles.motion import At, Box
from frameloom.effects.titles.settings import Caption, Counter, Credits, Headline, Label, LowerThird, Ticker
from frameloom.effects.titles.stage import Stage
from frameloom.media.planes import ColorName, Depth
from frameloom.media.text import TextStyle, missing

Title = Annotated[
    Headline | LowerThird | Caption | Ticker | Credits | Label | Counter,
    Field(discriminator="design"),
]
"""Settings of any design."""


def begin(
    title: Title,
    width: int,
    height: int,
    duration: Fraction,
    depth: Depth = 8,
    color: ColorName = "bt709",
    area: Box | None = None,
) -> At:
    """Return what a title shows at each time, in seconds from its begin: planes with alpha and their corner, or None.

    Args:
        title: the design.
        width: of the picture, in px.
        height: of the picture, in px.
        duration: how long the title is shown, in seconds.
        depth: bits of a sample.
        color: the picture's colour space.
        area: left, top, right and bottom in px of what it may fill; by default the title-safe area.

    Raises:
        MediaError: a font cannot be read, or the text is too large to draw.
    """
    stage = Stage(width, height, duration, depth, color, area)
    match title:
        case Headline():
            return designs.show_headline(title, stage)
        case LowerThird():
            return designs.show_lower_third(title, stage)
        case Caption():
            return designs.show_caption(title, stage)
        case Ticker():
            return rolls.run_ticker(title, stage)
        case Credits():
            return rolls.roll_credits(title, stage)
        case Label():
            return designs.show_label(title, stage)
        case Counter():
            return designs.count(title, stage)


def missing_in(title: Title) -> str:
    """Return the characters of a title that no font has, each once; they would be drawn as empty boxes.

    Raises:
        MediaError: a font cannot be read.
    """
    style = TextStyle(font=title.look.font, weight=title.look.weight, language=title.language)
    words = (getattr(title, name, "") for name in ("text", "subtitle", "name", "role", "heading", "prefix", "suffix"))
    return missing("\n".join(words), style)
