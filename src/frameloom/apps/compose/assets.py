"""The user's own folder of pictures and clips, matched to the words of beats, or to a picture they shall look like.

    river-flood.jpg + caption in assets.toml --words--> Asset --words of a beat--> score, 0 to 1
                                             --colours and their places--> likeness

assets.toml in the folder may tell more of each file:   ["IMG_0815.jpg"]
                                                        caption = "The old bridge under water"
                                                        licence = "CC BY 4.0"
                                                        credit = "Mary Miller"
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import Field

from frameloom.apps.compose.naming import stems_of
from frameloom.apps.compose.suffixes import CLIPS, PICTURES
from frameloom.apps.summarise.alike import ALIKE_SCALE, look_of
from frameloom.apps.summarise.sight import CELLS, Feature, feature_of
from frameloom.core.config import Config, faults_in, read_toml
from frameloom.core.errors import ConfigError, MediaError
from frameloom.media.files.source import read_pictures
from frameloom.media.image import resize_planes, to_rgb

LIST = "assets.toml"
MOST_FILES = 10_000
_AGAIN = 0.5
"""What a second use of the same picture counts."""


class About(Config):
    """What is known of a file."""

    caption: str = Field(default="", max_length=1000)
    """What is seen."""
    licence: str = Field(default="", max_length=300)
    credit: str = Field(default="", max_length=60)
    """Whose it is; shown in small letters."""


@dataclass(frozen=True)
class Asset:
    """A file that may be shown."""

    path: Path
    stems: frozenset[str]
    """What matters of the words of its name, its folders and its caption."""
    about: About

    @property
    def is_clip(self) -> bool:
        """Return whether it moves."""
        return self.path.suffix.lower() in CLIPS


@dataclass(frozen=True)
class Match:
    """A file and how well it fits."""

    asset: Asset
    score: float
    """0 to 1."""
    why: str


def index(folder: Path, film: Path | None = None) -> list[Asset]:
    """Return the pictures and clips of a folder, in order of their names.

    Args:
        folder: where they are.
        film: what is made of them; it, what stands beside it and earlier films in its folder are none.

    Raises:
        ConfigError: it is no folder, holds too many, or its list does not fit.
    """
    if not folder.is_dir():
        raise ConfigError(f"{folder}: no such folder; give one with pictures and clips")
    told = listed(folder)
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        is_hidden = any(part.startswith(".") for part in name.parts)
        is_footage = path.suffix.lower() in PICTURES | CLIPS and path.is_file()
        if is_hidden or not is_footage or _is_made(path, folder, film):
            continue
        about = told.get(name.as_posix(), About())
        words = " ".join([*name.with_suffix("").parts, about.caption]).replace("_", " ").replace("-", " ")
        found.append(Asset(path, frozenset(stems_of(words, is_exact=True)), about))
        if len(found) > MOST_FILES:
            raise ConfigError(f"{folder}: holds more than {MOST_FILES} pictures and clips; give a folder with fewer")
    return found


def _is_made(path: Path, folder: Path, film: Path | None) -> bool:
    """Return whether a file of an asset folder is of a film that is made of it: else the film would show itself."""
    if film is None:
        return False
    out = film.resolve().parent
    if out == folder.resolve():
        return path.name.startswith(f"{film.stem}.")
    return path.resolve().is_relative_to(out) and out.is_relative_to(folder.resolve())


def listed(folder: Path) -> dict[str, About]:
    """Return what the list of assets in a folder tells of its files; nothing where there is no list.

    Raises:
        ConfigError: it does not fit, or names a file that is not there; tells all.
    """
    path = folder / LIST
    if not path.exists():
        return {}
    settings = read_toml(path)
    faults = [
        f"{path}: {name}: {one.place}: {one.text}"
        for name, about in settings.items()
        for one in faults_in(About, about)
    ]
    faults += [f"{path}: {name}: no such file here" for name in settings if not (folder / name).exists()]
    if faults:
        raise ConfigError("\n".join(faults))
    return {name: About.model_validate(about) for name, about in settings.items()}


def licence_of(path: Path) -> str:
    """Return the licence of a file as a list of assets beside it, or in a folder above it, tells.

    Raises:
        ConfigError: the list does not fit.
    """
    for folder in list(path.absolute().parents)[:3]:
        about = listed(folder).get(path.absolute().relative_to(folder).as_posix())
        if about is not None and about.licence:
            return about.licence
    return "not stated"


class Matcher:
    """Finds files for one beat after the other; what was used counts less."""

    def __init__(self, assets: Sequence[Asset]) -> None:
        self._assets = assets
        self._used: Counter[Path] = Counter()
        counts = Counter(stem for asset in assets for stem in asset.stems)
        self._weights = {stem: math.log(1 + len(assets) / count) for stem, count in counts.items()}
        self._looks: dict[Path, Feature | None] = {}

    def best(self, words: str) -> Match | None:
        """Return the file that matches words best; None where none does at all."""
        wanted = stems_of(words, is_exact=True)
        scored = [(self._score(asset, wanted), asset) for asset in self._assets]
        return self._first(scored, lambda asset: ", ".join(sorted(asset.stems & wanted)))

    def alike(self, picture: Path) -> Match | None:
        """Return the file that looks most like a picture.

        Raises:
            MediaError: the picture cannot be read.
        """
        look = look_of(picture)
        scored = [(_likeness(look, self._look(asset)), asset) for asset in self._assets]
        return self._first(scored, lambda asset: f"looks like {picture.name}")

    def use(self, asset: Asset) -> None:
        """Take note that a file is shown."""
        self._used[asset.path] += 1

    def drop(self, asset: Asset) -> None:
        """Take a file out of what is looked through, because it cannot be shown."""
        self._assets = [one for one in self._assets if one is not asset]

    def _score(self, asset: Asset, wanted: set[str]) -> float:
        """Return the share of what matters that both have, of whichever has less to say."""
        shared = sum(self._weights[stem] for stem in asset.stems & wanted)
        own = sum(self._weights[stem] for stem in asset.stems)
        rarest = max(self._weights.values(), default=1.0)
        asked = sum(self._weights.get(stem, rarest) for stem in wanted)
        return shared / min(own, asked) if own and asked else 0.0

    def _first(self, scored: list[tuple[float, Asset]], why: Callable[[Asset], str]) -> Match | None:
        ready = [(score * _AGAIN ** self._used[asset.path], asset) for score, asset in scored]
        if not ready:
            return None
        score, asset = max(ready, key=lambda one: one[0])
        return Match(asset, min(1.0, score), why(asset)) if score > 0 else None

    def _look(self, asset: Asset) -> Feature | None:
        if asset.path not in self._looks:
            try:
                self._looks[asset.path] = _look_of_clip(asset.path) if asset.is_clip else look_of(asset.path)
            except MediaError:
                self._looks[asset.path] = None
        return self._looks[asset.path]


def _likeness(one: Feature, other: Feature | None) -> float:
    """Return how alike two looks are, 0 to 1, as a search in films tells it."""
    return 0.0 if other is None else float(np.exp(-((np.linalg.norm(one - other) / ALIKE_SCALE) ** 2)))


def _look_of_clip(path: Path) -> Feature | None:
    """Return what describes the first picture of a clip."""
    picture = next(read_pictures(path), None)
    return None if picture is None else feature_of(to_rgb(resize_planes(picture.planes.opaque, *CELLS, "area")))
