"""Reads every record of a folder and says which are damaged.

    folder --find--> files --> every record: checksum, form, numbers --> Checking, Checking, ...; the last one names all

A file that cannot be read at all is named and costs no other.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from frameloom.core.errors import DataError
from frameloom.data.robot_push.framing import DamagedRecordError, read_index
from frameloom.data.robot_push.records import SUFFIXES, check_episode

_EVENT_EVERY = 64
"""Records between two events inside a file."""


@dataclass(frozen=True)
class Checking:
    """How far the check is, and what it has found."""

    progress: float
    text: str
    record: Mapping[str, float | int | str] = field(default_factory=dict)
    files: int = 0
    """Files gone through."""
    whole: int = 0
    """Records that can be read."""
    frames: int = 0
    """Frames of them, those of two cameras counted once."""
    damaged: tuple[str, ...] = ()
    """The others: file, number and reason."""


def checking(place: Path) -> Iterator[Checking]:
    """Read every record of a file, or of all files in a folder at any depth, and yield how far it is.

    Raises:
        DataError: there are none, or a file cannot be read.
    """
    paths = [place] if place.is_file() else sorted(_walk(place))
    if not paths:
        raise DataError(f"{place}: no such file, and no folder with files of records (*.tfrecords)")
    whole = frames = 0
    damaged: list[str] = []
    for done, path in enumerate(paths):
        for part, found in _read(path):
            if isinstance(found, DataError):
                damaged.append(str(found))
            elif found is not None:
                whole, frames = whole + 1, frames + found
            if part is not None:
                yield Checking((done + part) / len(paths), f"{whole} whole, {len(damaged)} damaged")
    record: dict[str, float | int | str] = {
        "files": len(paths),
        "whole": whole,
        "frames": frames,
        "damaged": len(damaged),
    }
    told = f"{whole} whole, {len(damaged)} damaged"
    yield Checking(1.0, told, record, len(paths), whole, frames, tuple(damaged))


def _read(path: Path) -> Iterator[tuple[float | None, int | DataError | None]]:
    """Yield the share of a file that is read, now and then, and its records' frames, or what is wrong with them."""
    yield 0.0, None
    try:
        index = read_index(path)
    except DataError as error:
        yield None, error
        return
    for number in range(len(index)):
        part = number / len(index) if number % _EVENT_EVERY == 0 else None
        try:
            yield part, len(check_episode(index, number).actions)
        except DamagedRecordError as error:
            yield part, error


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the files of records in a folder, at any depth."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(place, name) for name in names if name.endswith(SUFFIXES) and not name.startswith("."))
