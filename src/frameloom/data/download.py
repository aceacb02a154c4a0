"""The four official MNIST files, fetched from whichever mirror answers.

    mirror 1 --fails--> mirror 2 ... --bytes--> .NAME.part --whole and checksum right--> NAME

What has arrived stays in the part file, so that the next mirror or the next run goes on from there. A file that is
there and right is not fetched again.
"""

import errno
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from frameloom.core.errors import DataError, OutputError

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    "https://storage.googleapis.com/cvdf-datasets/mnist",
    "https://yann.lecun.com/exdb/mnist",
)
TIMEOUT_S = 30
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Wanted:
    """A file as it must be."""

    name: str
    size: int
    sha256: str


MNIST = (
    Wanted("train-images-idx3-ubyte.gz", 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
    Wanted("train-labels-idx1-ubyte.gz", 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
    Wanted("t10k-images-idx3-ubyte.gz", 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
    Wanted("t10k-labels-idx1-ubyte.gz", 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
)
"""As published in 1998."""


class MirrorError(Exception):
    """One mirror did not give what was asked of it; the message says why."""


def get_mnist(
    folder: Path,
    mirrors: Sequence[str] = MIRRORS,
    files: Sequence[Wanted] = MNIST,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[Path]:
    """Put the four files into a folder and return where they are.

    Args:
        folder: made if missing.
        mirrors: addresses of folders that hold the files, tried in this order.
        files: what to fetch.
        progress: called with name, bytes there and bytes in all as a file arrives.

    Raises:
        DataError: no mirror gave a file; says what each one answered.
        OutputError: the folder cannot be written.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return [_get(folder, mirrors, wanted, progress or _ignore) for wanted in files]


def _get(folder: Path, mirrors: Sequence[str], wanted: Wanted, progress: Callable[[str, int, int], None]) -> Path:
    """Return where one file is, having fetched it if need be."""
    target, part = folder / wanted.name, folder / f".{wanted.name}.part"
    with writing(target):
        if target.is_file() and _is_right(target, wanted):
            return target
    answers = []
    for mirror in mirrors:
        try:
            _fetch(f"{mirror.rstrip('/')}/{wanted.name}", part, wanted, progress)
        except MirrorError as error:
            answers.append(f"{mirror}: {error}")
            continue
        with writing(target):
            part.replace(target)
        return target
    said = "; ".join(answers) or "no mirror given"
    raise DataError(f"{wanted.name}: no mirror gave it ({said}); run again to resume, or put the file into {folder}")


def _fetch(address: str, part: Path, wanted: Wanted, progress: Callable[[str, int, int], None]) -> None:
    """Bring the part file to its full size, from where it stands, and check it."""
    with writing(part), part.open("ab") as output:
        if output.tell() > wanted.size:
            _empty(output)
        if output.tell() < wanted.size:
            for chunk in _read(address, output, wanted.size):
                output.write(chunk)
                progress(wanted.name, output.tell(), wanted.size)
        there = output.tell()
    if there < wanted.size:
        raise MirrorError(f"ended after {there} of {wanted.size} bytes")
    with writing(part):
        if _is_right(part, wanted):
            return
        part.unlink()
    raise MirrorError("checksum differs, so it is damaged or another file")


def _read(address: str, output: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield what is missing, never more than it takes; a server that cannot resume starts the file anew."""
    headers = {"Range": f"bytes={output.tell()}-", "User-Agent": "frameloom"}
    with asking():
        response = urlopen(Request(address, headers=headers), timeout=TIMEOUT_S)
    with response:
        if response.status != 206:
            _empty(output)
        left = size - output.tell()
        while left > 0:
            with asking():
                chunk = response.read(min(_CHUNK, left))
            if not chunk:
                return
            left -= len(chunk)
            yield chunk


def _empty(output: BinaryIO) -> None:
    output.truncate(0)
    output.seek(0)


@contextmanager
def asking() -> Iterator[None]:
    """Say what went wrong on the network.

    Raises:
        MirrorError: something did.
    """
    try:
        yield
    except HTTPError as error:
        error.close()
        raise MirrorError(f"HTTP {error.code} {error.reason}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise MirrorError(str(getattr(error, "reason", error)) or type(error).__name__) from error


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Say what went wrong on the disk.

    Raises:
        OutputError: something did.
    """
    try:
        yield
    except OSError as error:
        full = error.errno == errno.ENOSPC
        advice = "no space left on the device; free some" if full else f"cannot be written ({error.strerror or error})"
        raise OutputError(f"{place}: {advice}, or choose another folder") from error


def _is_right(path: Path, wanted: Wanted) -> bool:
    """Return whether size and checksum are those wanted."""
    if path.stat().st_size != wanted.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == wanted.sha256


def _ignore(name: str, there: int, size: int) -> None:
    """Show no progress."""
