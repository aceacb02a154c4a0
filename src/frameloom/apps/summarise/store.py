"""What was once seen of a film, kept under the hash of its content: the second look is instant.

    cache/known.json        path, size, time of change -> hash: an unchanged file is not read for its hash again
    cache/HASH-V/00000.npz  a minute of analysis each, written whole; all there: nothing is left to look at

The least recently used films go when the cache holds more than its bound. What cannot be read is made again.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

from frameloom.apps.summarise.piecefile import read_piece, save_piece
from frameloom.apps.summarise.pieces import Piece
from frameloom.core.errors import MediaError, OutputError
from frameloom.core.files import whole_file

MOST_BYTES = 1024**3
"""Of one cache; the film in work may pass it."""

BESIDE = ".frameloom"
"""Name of a cache beside the film."""

_KNOWN = "known.json"
_MOST_KNOWN = 2000


def default_folder() -> Path:
    """Return the folder for caches of this user, as the XDG base directory specification has it."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "frameloom" / "summaries"


def cache_for(film: Path, cache: Path | None) -> Path | None:
    """Return the folder of the cache for a film; None where nothing is kept."""
    if cache == Path("none"):
        return None
    return film.parent / BESIDE if cache == Path("beside") else cache or default_folder()


@dataclass(frozen=True)
class Store:
    """The place of one film in a cache."""

    folder: Path
    """Of the cache."""
    name: str
    """Of the film's own folder in it."""

    @property
    def place(self) -> Path:
        """Return the film's own folder."""
        return self.folder / self.name

    def find(self, number: int) -> Piece | None:
        """Return a piece that is there and whole."""
        with suppress(OSError, ValueError, KeyError, EOFError, BadZipFile):
            return read_piece(self._path(number))
        return None

    def keep(self, number: int, piece: Piece) -> None:
        """Write a piece.

        Raises:
            OutputError: the cache cannot be written.
        """
        with whole_file(self._path(number)) as part:
            save_piece(part, piece)

    def use(self) -> None:
        """Note that the film was used, and drop what is too much."""
        with suppress(OSError):
            os.utime(self.place)
        trim(self.folder, self.place)

    def _path(self, number: int) -> Path:
        return self.place / f"{number:05}.npz"


@dataclass
class Keeper:
    """The place of a film, if there is one; where it need not be, what cannot be written there is only told."""

    store: Store | None
    needed: bool
    """Whether a cache that cannot be written is an error."""
    why_not: str = ""
    """Why nothing is kept that should be."""

    @classmethod
    def of(cls, path: Path, kind: str, folder: Path | None) -> "Keeper":
        """Return that of a film in a cache, of which only the user's own need not be there; None keeps nothing.

        Raises:
            MediaError: the film cannot be read.
            OutputError: the cache cannot be written.
        """
        keeper = cls(None, folder != default_folder())
        if folder is not None:
            with keeper.trying(path):
                keeper.store = store_for(path, kind, folder)
        return keeper

    @contextmanager
    def trying(self, path: Path) -> Iterator[None]:
        """Go on without the cache where that is allowed and it cannot be written."""
        try:
            yield
        except OutputError as error:
            if self.needed:
                raise
            self.store = None
            self.why_not = f"{path}: what was found is not kept: {error}; or give a folder by --cache"

    def find(self, number: int) -> Piece | None:
        """Return a piece that is there and whole."""
        return self.store.find(number) if self.store else None

    def keep(self, path: Path, number: int, piece: Piece) -> None:
        """Write a piece of a film.

        Raises:
            OutputError: the cache cannot be written.
        """
        if self.store is not None:
            with self.trying(path):
                self.store.keep(number, piece)


def store_for(path: Path, kind: str, folder: Path) -> Store:
    """Return the place of what is known of a film, under its content and whatever else that depends on.

    Raises:
        MediaError: the film cannot be read.
    """
    return Store(folder, f"{content_hash(path, folder)[:40]}-{kind}")


def content_hash(path: Path, folder: Path) -> str:
    """Return the hash of a file's content; one that has not changed since it was asked for is not read again.

    Raises:
        MediaError: the file cannot be read.
    """
    try:
        about = path.stat()
        key = f"{path.resolve()}|{about.st_size}|{about.st_mtime_ns}"
        known = _known(folder)
        if key in known:
            return known[key]
        with path.open("rb") as handle:
            found = hashlib.file_digest(handle, "blake2b").hexdigest()
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror}); give a video file") from error
    known[key] = found
    with whole_file(folder / _KNOWN) as part:
        part.write_text(json.dumps(dict(list(known.items())[-_MOST_KNOWN:])), encoding="utf-8")
    return found


def _known(folder: Path) -> dict[str, str]:
    with suppress(OSError, ValueError):
        held = json.loads((folder / _KNOWN).read_text(encoding="utf-8"))
        if isinstance(held, dict) and all(isinstance(value, str) for value in held.values()):
            return held
    return {}


def trim(folder: Path, spared: Path, most: int = MOST_BYTES) -> None:
    """Drop the films that were not used for the longest time, until the cache is within its bound."""
    films = sorted(_films(folder), reverse=True)
    held = 0
    for _, place in films:
        held += sum(file.stat().st_size for file in place.iterdir())
        if held > most and place != spared:
            shutil.rmtree(place, ignore_errors=True)


def _films(folder: Path) -> Iterator[tuple[int, Path]]:
    """Yield the folders of films in a cache, each with the time of its last use."""
    if folder.is_dir():
        for place in folder.iterdir():
            if place.is_dir() and len(place.name) > 40 and place.name[40] == "-":
                yield place.stat().st_mtime_ns, place
