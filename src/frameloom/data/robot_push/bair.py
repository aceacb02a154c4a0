"""BAIR's robot pushing videos, fetched out of their published archive without keeping the archive.

    mirror --Range--> header, file, header, file ... --only softmotion30_44k/*/traj_*.tfrecords--> .NAME.part --> NAME

The archive is a plain tar of about 30 GB, so that every file in it can be asked for from any byte on: a file that is
there is passed over, a part file goes on from its end, and the disk needs room for the files alone. No checksum of the
archive is known for certain; what is checked is every header's sum, every file's size and every record's CRC-32C.
Source: POSIX.1-1988 ustar for the headers; rail.eecs.berkeley.edu/datasets for the archive.
"""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPResponse
from pathlib import Path
from urllib.request import Request, urlopen

from frameloom.core.errors import DataError, OutputError
from frameloom.data.download import TIMEOUT_S, MirrorError, asking, writing
from frameloom.data.robot_push.framing import DamagedRecordError, read_index, read_record

MIRRORS = ("http://rail.eecs.berkeley.edu/datasets",)
ARCHIVE = "bair_robot_pushing_dataset_v0.tar"
LARGEST_ARCHIVE = 1 << 36
"""Bytes; the published one has about 30 GB."""
LARGEST_FILE = 1 << 32
"""Bytes; the published ones have about 190 MB."""
TRIES = 3
"""How often each mirror is asked to go on where it broke off."""

_WANTED = re.compile(r"(?:\./)?(softmotion30_44k/(?:train|val|test)/traj_\d{1,9}_to_\d{1,9}\.tfrecords)")
_BLOCK = 512
_CHUNK = 1 << 20
_NEAR = 1 << 22
"""Bytes that are sooner read and thrown away than asked past."""
_EVENT_EVERY = 1 << 24
_PLAIN_FILE = (b"0", b"\0")


@dataclass(frozen=True)
class Arriving:
    """How far the archive has been gone through."""

    progress: float
    text: str
    record: Mapping[str, float | int | str] = field(default_factory=dict)
    """Name and number of records of a file that has just become whole."""
    files: tuple[Path, ...] = ()
    """Those that are there, in the order of the archive."""
    damaged: tuple[str, ...] = ()
    """Records that arrived damaged: file, number and reason."""


@dataclass(frozen=True)
class _Member:
    """A file in the archive."""

    name: str
    size: int
    is_plain: bool

    @property
    def padded(self) -> int:
        """Return how many bytes it takes in the archive."""
        return -(-self.size // _BLOCK) * _BLOCK


def get_bair(folder: Path, mirrors: Sequence[str] = MIRRORS) -> Iterator[Arriving]:
    """Put the records of the archive into a folder, and yield how far it is; the last one names all files.

    Args:
        folder: made if missing; softmotion30_44k/train and softmotion30_44k/test come into it.
        mirrors: addresses of folders that hold the archive, tried in this order.

    Raises:
        DataError: no mirror gave the archive; says what each one answered.
        OutputError: the folder cannot be written, or its disk has too little room.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    answers: dict[str, None] = {}
    for mirror in [mirror for mirror in mirrors for _ in range(TRIES)]:
        try:
            with closing(_Archive(f"{mirror.rstrip('/')}/{ARCHIVE}")) as archive:
                yield from _unpack(archive, folder)
        except MirrorError as error:
            answers[f"{mirror}: {error}"] = None
        else:
            return
    said = "; ".join(answers) or "no mirror given"
    raise DataError(f"{ARCHIVE}: no mirror gave it ({said}); run again to resume, or unpack it into {folder}")


class _Archive:
    """The archive on one mirror, gone through from front to back."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.response: HTTPResponse | None = None
        self.at = 0
        self.size = self._ask()

    def close(self) -> None:
        """Hang up."""
        if self.response is not None:
            self.response.close()
            self.response = None

    def read(self, count: int) -> bytes:
        """Return so many bytes."""
        return b"".join(self.chunks(count))

    def chunks(self, count: int) -> Iterator[bytes]:
        """Yield so many bytes as they come."""
        while count > 0:
            if self.response is None:
                self._ask()
            with asking():
                chunk = self.response.read(min(count, _CHUNK)) if self.response else b""
            if not chunk:
                raise MirrorError(f"ended after {self.at} of {self.size} bytes")
            self.at += len(chunk)
            count -= len(chunk)
            yield chunk

    def skip(self, count: int) -> None:
        """Pass over so many bytes."""
        if count > _NEAR:
            self.close()
            self.at += count
        else:
            for _ in self.chunks(count):
                pass

    def _ask(self) -> int:
        """Ask for the archive from here on, and return its size."""
        headers = {"Range": f"bytes={self.at}-", "User-Agent": "frameloom"}
        with asking():
            self.response = urlopen(Request(self.address, headers=headers), timeout=TIMEOUT_S)
        ranged = self.response.status == 206
        given = self.response.headers.get("Content-Range" if ranged else "Content-Length", "")
        size = given.rpartition("/")[2]
        if not re.fullmatch(r"\d{1,15}", size) or int(size) > LARGEST_ARCHIVE:
            self.close()
            raise MirrorError(f"gives {size or 'no'} bytes as size; the archive has about 30 GB")
        if not ranged and self.at:
            before, self.at = self.at, 0
            for _ in self.chunks(before):  # it cannot go on from a place, so it is brought there
                pass
        return int(size)


def _unpack(archive: _Archive, folder: Path) -> Iterator[Arriving]:
    """Bring what is missing, and yield how far it is."""
    files: list[Path] = []
    damaged: list[str] = []
    _require_room(archive, folder)
    while (member := _next_member(archive)) is not None:
        wanted = _WANTED.fullmatch(member.name)
        if wanted is None or not member.is_plain:
            archive.skip(member.padded)
            continue
        target = folder / wanted[1]
        if target.is_file() and target.stat().st_size == member.size:
            archive.skip(member.padded)
            files.append(target)
            continue
        part = target.with_name(f".{target.name}.part")
        for _ in _bring(archive, member, part):
            yield Arriving(archive.at / archive.size, f"{target.name}, {_told(archive)}")
        archive.skip(member.padded - member.size)
        count, faults = _check(part, target)
        with writing(target):
            part.replace(target)
        files.append(target)
        damaged += faults
        record: dict[str, float | int | str] = {"file": str(target), "records": count, "damaged": len(faults)}
        yield Arriving(archive.at / archive.size, f"{target.name}, {_told(archive)}", record)
    if not files:
        raise MirrorError("the archive holds no softmotion30_44k/*/traj_*.tfrecords")
    text = f"{len(files)} files of records"
    yield Arriving(1.0, text, {"files": len(files), "damaged": len(damaged)}, tuple(files), tuple(damaged))


def _bring(archive: _Archive, member: _Member, part: Path) -> Iterator[None]:
    """Bring a part file to its full size, from where it stands, and yield now and then."""
    with writing(part):
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("ab") as output:
            if output.tell() > member.size:
                output.truncate(0)
                output.seek(0)
            archive.skip(output.tell())
            due = archive.at + _EVENT_EVERY
            for chunk in archive.chunks(member.size - output.tell()):
                output.write(chunk)
                if archive.at >= due:
                    due = archive.at + _EVENT_EVERY
                    yield


def _check(part: Path, target: Path) -> tuple[int, list[str]]:
    """Return how many records a file has, and what is wrong with which."""
    index = read_index(part)
    faults = []
    for number in range(len(index)):
        try:
            read_record(index, number)
        except DamagedRecordError as error:
            faults.append(str(error).replace(str(part), str(target)))
    return len(index), faults


def _next_member(archive: _Archive) -> _Member | None:
    """Return the next file of the archive, None at its end; nothing but its name and size is believed."""
    if archive.at + _BLOCK > archive.size:
        return None
    header = archive.read(_BLOCK)
    if header == bytes(_BLOCK):
        return None
    name, prefix = (
        header[begin:end].split(b"\0")[0].decode("ascii", "replace") for begin, end in ((0, 100), (345, 500))
    )
    size, given = (_octal(header[begin:end]) for begin, end in ((124, 136), (148, 156)))
    if given != sum(header[:148]) + sum(header[156:]) + 8 * ord(" ") or size is None or size > LARGEST_FILE:
        raise MirrorError(
            f"byte {archive.at - _BLOCK} of the archive is no header of a file up to {LARGEST_FILE} bytes"
        )
    is_ustar = header[257:262] == b"ustar"
    member = _Member(f"{prefix}/{name}" if prefix and is_ustar else name, size, header[156:157] in _PLAIN_FILE)
    if archive.at + member.padded > archive.size:
        raise MirrorError(f"{member.name} would reach past the end of the archive")
    return member


def _octal(text: bytes) -> int | None:
    """Return a number of a header, None if it is none."""
    digits = text.strip(b" \0")
    return int(digits, 8) if re.fullmatch(b"[0-7]{1,12}", digits) else None


def _require_room(archive: _Archive, folder: Path) -> None:
    """Refuse to begin what cannot end.

    Raises:
        OutputError: what is missing is more than the disk has room for.
    """
    with writing(folder):
        there = sum(path.stat().st_size for path in folder.rglob("*traj_*") if path.is_file())
        free = shutil.disk_usage(folder).free
    missing = archive.size - there
    if missing > free:
        raise OutputError(f"{folder}: {_gb(missing)} are still to come and {_gb(free)} are free; choose another folder")


def _told(archive: _Archive) -> str:
    return f"{_gb(archive.at)} of {_gb(archive.size)}"


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
