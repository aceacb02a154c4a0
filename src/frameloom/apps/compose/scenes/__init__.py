"""Drawn scenes: words, charts, lessons, advertising, pictures and clips, each from one frozen Config.

    scene + Stage --begin--> Draw: time in s from the start of the scene --> planes

A scene's kind is its discriminator, its other settings are its content; how it looks is the theme's. Each says what its
parts are, so that words can be matched to them, and each part comes at its cue.
"""

from typing import Annotated

from pydantic import Field

from frameloom.apps.compose.scenes.layered import Layered, Single
from frameloom.apps.compose.stage import Draw, Stage

__all__ = ["Draw", "SceneConfig", "Stage", "begin", "parts"]

SceneConfig = Annotated[Single | Layered, Field(discriminator="kind")]
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
