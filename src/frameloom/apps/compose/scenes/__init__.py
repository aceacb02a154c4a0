"""Drawn scenes: words, charts, lessons, advertising, pictures and clips, each from one frozen Config.

    scene + Stage --begin--> Draw: time in s from the start of the scene --> planes

A scene's kind is its discriminator, its other settings are its content; how it looks is the theme's. Each says what its
parts are, so that words can be matched to them, and each part comes at its cue.
"""

from typing import Annotated

from pydantic import Field

from frameloom.apps.compose.scenes.bars import Bars
from frameloom.apps.compose.scenes.code import Code
from frameloom.apps.compose.scenes.comparison import Comparison
from frameloom.apps.compose.scenes.counter import Counter
from frameloom.apps.compose.scenes.donut import Donut
from frameloom.apps.compose.scenes.footage import Clip, Model, Picture
from frameloom.apps.compose.scenes.formula import FormulaScene
from frameloom.apps.compose.scenes.lines import Lines
from frameloom.apps.compose.scenes.presenter import Presenter
from frameloom.apps.compose.scenes.quiz import Quiz
from frameloom.apps.compose.scenes.selling import EndCard, Price, Product
from frameloom.apps.compose.scenes.tiles import Tiles
from frameloom.apps.compose.scenes.timeline import Timeline
from frameloom.apps.compose.scenes.words import Bullets, Headline, Quote, Title
from frameloom.apps.compose.stage import Draw, Stage

__all__ = ["Draw", "SceneConfig", "Stage", "begin", "parts"]

SceneConfig = Annotated[
    Title | Headline | Bullets | Quote | Counter | Bars | Lines | Donut | Tiles | Timeline | Comparison | Quiz
    | FormulaScene | Code | Product | Price | EndCard | Picture | Clip | Model
    | Presenter,
    Field(discriminator="kind"),
]  # fmt: skip
"""What a beat shows."""


def begin(scene: SceneConfig, stage: Stage) -> Draw:
    """Return what a scene shows on a stage at each time.

    Raises:
        ConfigError: a picture, clip or model cannot be read.
    """
    return scene.begin(stage)


def parts(scene: SceneConfig) -> tuple[str, ...]:
    """Return the text of each part that a cue brings, in the order of cues; empty where nothing waits for a word."""
    return scene.parts()
