"""Texts of a storyboard that will be cut off, or set too small for a telephone: told before the film is made.

scenes --begun on small stages, no words said, no pictures read--> how each text is set --> notes with their lines

Beats whose picture is still to be found among the assets are not looked at, nor are clips that models make.
"""

from collections.abc import Iterator
from typing import Any

from frameloom.apps.compose.choosing import in_words
from frameloom.apps.compose.lines import Way
from frameloom.apps.compose.reading import Draft, Problem
from frameloom.apps.compose.scenes import SceneConfig, begin
from frameloom.apps.compose.scenes.board import Board
from frameloom.apps.compose.scenes.clips import Clip, Model
from frameloom.apps.compose.scenes.figures import backdrop
from frameloom.apps.compose.scenes.footage import Picture, with_words
from frameloom.apps.compose.scenes.layered import Layered
from frameloom.apps.compose.scenes.lettering import READABLE, Setting, watching
from frameloom.apps.compose.scenes.presenter import Presenter
from frameloom.apps.compose.scenes.series import Series
from frameloom.apps.compose.stage import Stage
from frameloom.apps.compose.storyboard import Storyboard
from frameloom.apps.compose.templates import TEMPLATES
from frameloom.apps.compose.theme import read_theme
from frameloom.apps.compose.timing import lay_out

_SIDE = 540
"""Px of the shorter side for which is looked: large enough that rounding decides nothing."""
_SHOWN = 40
"""Characters by which a text is known again."""


def hard_to_read(draft: Draft, board: Storyboard) -> Iterator[Problem]:
    """Yield what is to be told of each text that will be cut off or hard to read, in the shape that is asked for.

    Raises:
        ConfigError: the theme does not fit, or a scene cannot be drawn.
    """
    theme = read_theme(board.theme or TEMPLATES[board.template].theme, draft.folder)
    scenes = [beat.scene or in_words(beat) for beat in board.beats]
    small = board.model_copy(update={"side": min(_SIDE, board.side)})
    laid = lay_out(small, scenes, [None] * len(scenes), theme, draft.folder)
    for placed in laid.beats:
        if board.assets is not None and placed.beat.scene is None:
            continue
        with watching() as found:
            _begin(placed.scene, laid.stage(placed))
        for text, setting in found.items():
            if told := _told(text, setting, board.aspect):
                yield draft.problem(_way_to(draft.settings, ("beats", placed.number, "scene"), text), told)


def _begin(scene: SceneConfig, stage: Stage) -> None:
    """Set all letters of a scene; pictures and clips of the user's are not read for it."""
    match scene:
        case Layered():
            for one in scene.over:
                one.begin(stage)
            _begin(scene.under, scene.room(stage))
        case Picture() | Clip():
            with_words(Board(backdrop(stage)), stage, scene.caption, scene.credit)
        case Series():
            for shot in scene.shots:
                _begin(shot, stage)
        case Presenter():
            scene.words(stage, scene.who(stage.folder))
        case Model():
            pass
        case _:
            begin(scene, stage)


def _told(text: str, setting: Setting, aspect: str) -> str:
    """Return what is to be told of a text; nothing where all is well."""
    first = text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()}…"
    if not setting.is_whole:
        return f"{first!r} is cut off in {aspect}; shorten it, or share it out among several scenes"
    if setting.size < READABLE:
        size = f"{setting.size:.1%} of the shorter side, {READABLE:.1%} is read with ease"
        return f"{first!r} is too small for a telephone in {aspect} ({size}); shorten it, break it, or show less"
    return ""


def _way_to(settings: Any, way: Way, text: str) -> Way:
    """Return where below a place a text is written; the place itself if it is not found."""
    value = settings
    for part in way:
        if isinstance(value, dict) and part not in value:
            return way[:-1]
        value = value[part]
    return next(_ways(value, way, text), way)


def _ways(value: Any, way: Way, text: str) -> Iterator[Way]:
    if isinstance(value, str) and text in value:
        yield way
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _ways(inner, (*way, key), text)
