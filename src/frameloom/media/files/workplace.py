"""The folder beside a file in which long work on it is kept: whose it is, under which mark, and one process at a time.

    film.mp4   .film.mp4.work/   work.json  lock  partial  00000.mp4 ...

The folder carries a key; with another key, what it held is thrown away.
"""

import hashlib
import json
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO

import av

from frameloom.core.errors import OutputError
from frameloom.core.files import refuse, whole_file
from frameloom.media.files.encode import (
    VideoTrack,
)

_NOTE = "work.json"
_LOCK = "lock"
_PARTIAL = "partial"
"""Stands in the work folder while a partial file of ours stands beside it."""
_HALF = re.compile(r"\..*\.part\.[a-z0-9]+")
"""What a process that was killed had not written to the end."""
_OURS = re.compile(r"work\.json|lock|partial|\d{5,}\.(mp4|mov|mkv|json)|\..*\.part\.[a-z0-9]+")
"""Names in a work folder, left-overs of a process that was killed among them."""


def work_folder(path: Path) -> Path:
    """Return the folder beside a file that holds its segments while it is made."""
    return path.with_name(f".{path.name}.work")


def partial_of(path: Path) -> Path:
    """Return where work on a file that was interrupted leaves what can be played."""
    return path.with_name(f"{path.stem}.partial{path.suffix}")


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep other processes from rendering to the same file in segments; a crash lets go of it.

    Folders that are made for it go again where nothing came of it.

    Raises:
        OutputError: another process is at it, or the place cannot be written.
    """
    folder = work_folder(path)
    if path.is_dir():
        raise OutputError(f"{path}: is a folder; give a file name")
    new = [one for one in folder.parents if not one.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / _LOCK).open("ab")
    except OSError as error:
        refuse(path, error)
    with handle:
        if not _is_first(handle):
            raise OutputError(f"{path}: is being rendered by another process; wait for it or give another name")
        try:
            yield
        finally:
            with suppress(OSError):
                (folder / _LOCK).unlink()
                if {name.name for name in folder.iterdir()} == {_NOTE}:  # nothing was encoded yet
                    (folder / _NOTE).unlink()
                for empty in (folder, *new):
                    empty.rmdir()  # if nothing else is in it


def _is_first(handle: IO[bytes]) -> bool:
    """Lock a file until it is closed; return False if somebody else has."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def fingerprint(key: str, track: VideoTrack, division: Mapping[str, int | str]) -> str:
    """Return a hash of all that segments depend on: their key, how they are encoded, and where they are divided."""
    settings = {**asdict(track), "path": "", "rate": str(track.rate), **division}
    text = json.dumps([key, settings, {name: list(version) for name, version in av.library_versions.items()}])
    return hashlib.sha256(text.encode()).hexdigest()


def claim(folder: Path, mark: str) -> bool:
    """Make the folder ours, under this mark; return False if it held work of another, which is gone then.

    Raises:
        OutputError: it holds what we would not make, or cannot be written.
    """
    note = folder / _NOTE
    try:
        known = json.loads(note.read_text(encoding="utf-8")).get("key") if note.exists() else None
    except (OSError, ValueError, AttributeError):
        known = ""
    names = sorted(folder.iterdir()) if folder.is_dir() else []
    if known != mark:
        for name in names:
            if not (_OURS.fullmatch(name.name) and name.is_file()):
                raise OutputError(f"{folder}: holds {name.name}, which is no work of ours; move it away")
    for name in names:
        if name.name not in {_LOCK, _PARTIAL} and (known != mark or _HALF.fullmatch(name.name)):
            name.unlink()
    if known == mark:
        return True
    with whole_file(note) as part:
        part.write_text(json.dumps({"key": mark}), encoding="utf-8")
    return known is None


def note_partial(path: Path) -> None:
    """Remember that the partial file beside a file is ours."""
    with suppress(OSError):
        (work_folder(path) / _PARTIAL).touch()


def clear(path: Path) -> None:
    """Remove what was kept while a file was made, and the partial file if it is ours."""
    folder = work_folder(path)
    if (folder / _PARTIAL).exists():
        partial_of(path).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
