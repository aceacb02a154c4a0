"""A scene with a lower third, a ticker or a badge over it."""

from typing import Annotated, Literal

from pydantic import Field

from frameloom.apps.compose.scenes.bars import Bars
from frameloom.apps.compose.scenes.cards import EndCard, Price
from frameloom.apps.compose.scenes.clips import Clip, Model
from frameloom.apps.compose.scenes.code import Code
from frameloom.apps.compose.scenes.comparison import Comparison
from frameloom.apps.compose.scenes.counter import Counter
from frameloom.apps.compose.scenes.donut import Donut
from frameloom.apps.compose.scenes.footage import Picture
from frameloom.apps.compose.scenes.formula import FormulaScene
from frameloom.apps.compose.scenes.lines import Lines
from frameloom.apps.compose.scenes.overlays import NameTag, Overlay, Ticker, kept_clear, overlaid
from frameloom.apps.compose.scenes.presenter import Presenter
from frameloom.apps.compose.scenes.quiz import Quiz
from frameloom.apps.compose.scenes.selling import Product
from frameloom.apps.compose.scenes.series import Series
from frameloom.apps.compose.scenes.tiles import Tiles
from frameloom.apps.compose.scenes.timeline import Timeline
from frameloom.apps.compose.scenes.words import Bullets, Headline, Quote, Title
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.core.config import Config

Single = (
    Title | Headline | Bullets | Quote | Counter | Bars | Lines | Donut | Tiles | Timeline | Comparison | Quiz
    | FormulaScene | Code | Product | Price | EndCard | Picture | Clip | Series | Model | Presenter
)  # fmt: skip
"""A scene that stands for itself."""


class Layered(Config):
    """A scene, and what news lays over it."""

    kind: Literal["layered"] = "layered"
    under: Annotated[Single, Field(discriminator="kind")]
    over: Annotated[tuple[Overlay, ...], Field(min_length=1, max_length=8)]
    """Lower thirds, tickers and badges, the last one on top."""

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return self.under.parts()

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows: it keeps clear of tickers and badges, and what else lies over it of tickers.

        What is drawn keeps clear of lower thirds, too; pictures and clips reach beneath them.
        """
        running = [one for one in self.over if isinstance(one, Ticker)]
        standing = [one for one in self.over if not isinstance(one, Ticker)]
        under = self.under.begin(self.room(stage))
        return overlaid(overlaid(under, standing, kept_clear(stage, running)), running, stage)

    def room(self, stage: Stage) -> Stage:
        """Return what the scene under it all is drawn for."""
        above = kept_clear(stage, [one for one in self.over if isinstance(one, Ticker)])
        reaches = isinstance(self.under, Picture | Clip | Series)
        passed = Ticker | NameTag if reaches else Ticker
        return kept_clear(above, [one for one in self.over if not isinstance(one, passed)])
