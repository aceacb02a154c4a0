"""Whole files or none: write beside the target, then rename.

target.mp4  <--os.replace--  .target.mp4.<pid>.part  <--write--  caller
"""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from frameloom.core.errors import OutputError


@contextmanager
def whole_file(target: Path, part_in: Path | None = None) -> Iterator[Path]:
    """Yield a temporary path with the target's suffix; rename it to the target when the block ends well.

    The target's folder is made if missing. When the block fails, the target keeps what it had.

    Args:
        target: the file to be.
        part_in: a folder on the same device for the temporary file, where somebody clears it after a crash; else the
            target's own.

    Raises:
        OutputError: the place cannot be written, or there is no space.
    """
    part = (part_in or target.parent) / f".{target.stem}.{os.getpid()}.part{target.suffix}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir():
            raise OutputError(f"{target}: is a folder; give a file name")
        part.touch()
        yield part
        with part.open("rb") as handle:
            os.fsync(handle.fileno())
        part.replace(target)
    except OutputError:
        raise
    except OSError as error:
        refuse(target, error)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Yield a temporary folder; when the block ends well, it takes the target's place.

    Raises:
        OutputError: the place cannot be written, is a file, or there is no space.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not target.is_dir():
            raise OutputError(f"{target}: is a file; give a folder name")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        yield part
        if target.exists():
            target.replace(old)
        part.replace(target)
    except OutputError:
        raise
    except OSError as error:
        refuse(target, error)
    finally:
        if old.exists() and not target.exists():
            old.replace(target)
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def folder_beside(target: Path) -> Iterator[Path]:
    """Yield a folder on a target's device for what becomes the target; in the end it is gone, with all that is left.

    The target's folder is made if missing, and taken away again if nothing came to lie in it.

    Raises:
        OutputError: the place cannot be written, or is a folder.
    """
    missing = [folder for folder in target.parents if not folder.exists()]
    try:
        try:
            if target.is_dir():
                raise OutputError(f"{target}: is a folder; give a file name")
            target.parent.mkdir(parents=True, exist_ok=True)
            made = TemporaryDirectory(prefix=".frameloom-", dir=target.parent)
        except OutputError:
            raise
        except OSError as error:
            refuse(target, error)
        with made as folder:
            yield Path(folder)
    finally:
        with suppress(OSError):
            for made_folder in missing:
                made_folder.rmdir()


def check_outputs(targets: Iterable[Path], sources: Iterable[Path] = ()) -> None:
    """Refuse, before long work, files that could not be written in the end, are each other, or are read for it.

    Raises:
        OutputError: a target is a folder, lies where nothing can be written, is another target too, or a source.
    """
    told: dict[Path, Path] = {}
    every = list(sources)
    for target in targets:
        place = target.resolve()
        if place in told:
            raise OutputError(f"{target}: is asked for twice; give each its own name")
        told[place] = target
        spare(target, every)
        if target.is_dir():
            raise OutputError(f"{target}: is a folder; give a file name")
        there = next(folder for folder in place.parents if folder.exists())
        if not there.is_dir():
            raise OutputError(f"{target}: cannot be written ({there} is a file); choose another place")
        if not os.access(there, os.W_OK):
            raise OutputError(f"{target}: cannot be written (Permission denied); choose another place")


def spare(target: Path, sources: Iterable[Path]) -> None:
    """Refuse to write over what is read, under whatever name, or into a folder that holds it.

    Raises:
        OutputError: the target is a source, or a folder with a source in it.
    """
    for source in sources:
        if _same(target, source) or _holds(target, source):
            raise OutputError(f"{target}: would overwrite {source}, which is read for it; give another name")


def _holds(folder: Path, source: Path) -> bool:
    try:
        return source.exists() and any(_same(folder, above) for above in source.resolve().parents)
    except OSError:  # no file can have such a name
        return False


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return False


def refuse(target: Path, error: OSError) -> NoReturn:
    """Raise an OutputError in the words of the person who asked for the file."""
    if file := next((folder for folder in target.parents if folder.is_file()), None):
        raise OutputError(f"{target}: cannot be written ({file} is a file); choose another place") from error
    if error.errno == errno.ENOSPC:
        raise OutputError(f"{target}: no space left on the device; free some or write elsewhere") from error
    raise OutputError(f"{target}: cannot be written ({error.strerror or error}); choose another place") from error
