"""See characters before they speak: a page or a sheet of their moods, mouths and gestures; a short film of all of it.

.html    a section for each character            .png    a row of moods for each, or all of one
.mp4 .webm .webp .gif    each says all visemes, in all moods
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from frameloom.apps.talk.behaviour import MOODS, Behaviour, MoodChange, still_pose
from frameloom.apps.talk.character import Character, Framing
from frameloom.apps.talk.characterfile import Mood
from frameloom.apps.talk.curves import TARGETS
from frameloom.apps.talk.gestures import GESTURES, Gesture
from frameloom.apps.talk.pose import Pose
from frameloom.apps.talk.render import Actor, Scene, SceneConfig, render_scene
from frameloom.apps.talk.stage import Place, Stage
from frameloom.apps.talk.store import character_names, files_of_character, load_character
from frameloom.core.config import Config
from frameloom.core.files import check_outputs, whole_file
from frameloom.core.progress import View
from frameloom.core.provenance import version
from frameloom.media.files.pictures import jpeg, write_still
from frameloom.media.pages.page import Page, Photo
from frameloom.media.visemes import RATE, VISEMES, VisemeTrack

_GAP_PX = 6
_COLUMNS = 6


class CharactersConfig(Config):
    """Which characters, and as what."""

    out: Path
    """A .html for a page, a .png for a sheet, or a video."""
    names: tuple[str, ...] = ()
    """Characters by name or file; by default all that come with the package."""
    width: Annotated[int, Field(ge=64, le=1920, multiple_of=2)] = 320
    """Width of one picture in px."""


@dataclass(frozen=True)
class _View:
    name: str
    pose: Pose
    framing: Framing


def show_characters(config: CharactersConfig, view: View = "auto") -> Path:
    """Write the page, the sheet or the film and return its path.

    Raises:
        ConfigError: a character is unknown, or its file does not fit.
        MediaError: a picture cannot be read, or the suffix is unknown.
        OutputError: the place cannot be written.
    """
    names = config.names or character_names()
    characters = [load_character(name) for name in names]
    check_outputs([config.out], [file for name in names for file in files_of_character(name)])
    suffix = config.out.suffix.lower()
    if suffix in (".html", ".htm"):
        page_of(characters, config.width).save(config.out)
    elif suffix == ".png":
        with whole_file(config.out) as part:
            write_still(part, sheet_of(characters, config.width))
    else:
        _film(characters, config, view)
    return config.out


def page_of(characters: Sequence[Character], width: int = 320) -> Page:
    """Return a page with a section for each character."""
    told = "Each is a file of settings: `frameloom characters new my.toml --from ada` gives one to change."
    page = Page("Characters", told, made_by=f"frameloom {version()} characters")
    for one in characters:
        page.section(one.looks.name, one.looks.about)
        for views, wide in ((_moods(one), width), (_gestures(one), width * 3 // 4), (_mouths(), width * 9 // 16)):
            photos = [
                Photo(jpeg(_pixels(one, each, wide)), each.name, f"{one.looks.name}: {each.name}") for each in views
            ]
            page.photos(photos, width_px=wide)
    return page


def sheet_of(characters: Sequence[Character], width: int = 320) -> NDArray[np.uint8]:
    """Return a sheet, (H, W, 3): moods of each character, or all there is to see of a single one."""
    rows: list[tuple[Character, list[_View]]] = []
    for one in characters:
        views = _moods(one)
        if len(characters) == 1:
            views = [*views, *_gestures(one), *_mouths()]
        rows += [(one, views[at : at + _COLUMNS]) for at in range(0, len(views), _COLUMNS)]
    step = width + _GAP_PX
    sheet = np.full((len(rows) * step + _GAP_PX, _COLUMNS * step + _GAP_PX, 3), 24, np.uint8)
    for row, (one, views) in enumerate(rows):
        for column, each in enumerate(views):
            top, left = _GAP_PX + row * step, _GAP_PX + column * step
            sheet[top : top + width, left : left + width] = _pixels(one, each, width)
    return sheet


def _moods(one: Character) -> list[_View]:
    return [_View(mood, still_pose(one.looks, mood), "bust") for mood in MOODS]


def _gestures(one: Character) -> list[_View]:
    return [_View(name, still_pose(one.looks, "happy", TARGETS["E"], name), "half") for name in GESTURES]


def _mouths() -> list[_View]:
    return [_View(name, Pose(mouth=mouth, face=MOODS["neutral"]), "close") for name, mouth in TARGETS.items()]


def _pixels(one: Character, each: _View, width: int) -> NDArray[np.uint8]:
    pixels = Stage([Place(one)], width, width, each.framing).pixels([each.pose])
    share = pixels[..., 3:].astype(np.uint16)
    shown: NDArray[np.uint8] = ((pixels[..., :3] * share + 236 * (255 - share)) // 255).astype(np.uint8)
    return shown


def spoken_visemes(seconds_each: float = 0.22) -> VisemeTrack:
    """Return a track that says "ah" and each viseme in turn, then rests a little."""
    each = max(round(seconds_each * RATE), 1)
    order = [0, 0, *(number for name in VISEMES[1:] for number in (VISEMES.index(name), VISEMES.index("aa"))), 0, 0, 0]
    labels = np.repeat(order, each)
    weights = np.eye(len(VISEMES), dtype=np.float32)[labels]
    return VisemeTrack(weights, np.where(labels > 0, 0.75, 0.0).astype(np.float32))


def _film(characters: Sequence[Character], config: CharactersConfig, view: View) -> None:
    track = spoken_visemes()
    length = float(track.duration)
    moods: list[Mood] = list(MOODS)
    changes = [MoodChange(length * number / len(moods), mood) for number, mood in enumerate(moods)]
    gestures = [
        Gesture(length * number / len(GESTURES), length * (number + 0.95) / len(GESTURES), name)
        for number, name in enumerate(GESTURES)
    ]
    count = len(characters)
    actors = tuple(
        Actor(
            Place(one, (number + 0.5) / count),
            Behaviour(one.looks, track, seed=number, moods=changes, gestures=gestures),
        )
        for number, one in enumerate(characters)
    )
    scene = SceneConfig(out=config.out, width=config.width * count, height=config.width, rate=Fraction(25))
    render_scene(Scene(actors, track.duration), scene, view=view)
