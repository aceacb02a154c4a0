"""TFRecord files: where each record lies, any of them read and checked, and what to do when some are damaged.

    file = records;   record = u64 length | u32 check of these 8 bytes | payload | u32 check of the payload

A check is a CRC-32C, turned and shifted. Four things can happen to a file, and each costs only what it hits:

    payload changed        the lengths still lead on                        read_record refuses this one
    length changed         search for the next place where both checks are right
    bytes lost or added    the same, from the start of the record in which the lengths went astray
    file cut off           what came before is there

Source: tensorflow/core/lib/io/record_writer.h and hash/crc32c.h, for the form and the mask.
Files that end in .gz are GZIP streams, TensorFlow's compression_type="GZIP"; they are unpacked into memory.
"""

import gzip
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import DataError, MissingDependencyError
from frameloom.core.files import whole_file

LARGEST_RECORD = 1 << 28
"""Bytes; a record of BAIR has 740,000."""
LARGEST_UNPACKED = 1 << 30
"""Bytes that a .gz file may unpack to."""
MOST_RECORDS = 200_000
"""In one file; one of BAIR has 256."""

_LENGTH, _CHECK = struct.Struct("<Q"), struct.Struct("<I")
_HEADER = struct.Struct("<QI")
_AROUND = _HEADER.size + _CHECK.size
_MASK_DELTA = 0xA282EAD8
_SMALLEST_FOUND = 16
"""Bytes that a record must have to be searched for, which passes over stretches of zeros."""
_SEARCH_CHUNK = 1 << 22
_SEARCH_EFFORT = 4
"""Times the size of its file that searches may check; only a file made to be slow takes more."""
_UNPACK_CHUNK = 1 << 20


class DamagedRecordError(DataError):
    """A record is not what was once written."""

    @classmethod
    def of(cls, path: Path, number: int, reason: str) -> "DamagedRecordError":
        """Return the error of a file's record with this number."""
        return cls(f"{path}: record {number}: {reason}; get the file again, or do without this record")


@dataclass(frozen=True)
class Index:
    """Where the records of a file lie; a damaged stretch counts as one record."""

    path: Path
    places: tuple[tuple[int, int], ...]
    """First byte and length of each payload."""
    damaged: dict[int, str] = field(default_factory=dict)
    """Why a record cannot be read, as far as the lengths tell; others may be damaged inside."""
    content: bytes | None = None
    """The whole file, where it was packed."""

    def __len__(self) -> int:
        return len(self.places)


def read_index(path: Path) -> Index:
    """Return where the records of a file lie; reads no payload unless a length is damaged.

    Raises:
        DataError: the file is missing, cannot be read, or is too large.
        MissingDependencyError: google-crc32c is not installed.
    """
    try:
        if path.suffix == ".gz":
            return _index_of_packed(path)
        with path.open("rb") as file:
            return Index(path, *_survey(path, file, path.stat().st_size))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}); give a file of records") from error


def read_record(index: Index, number: int) -> bytes:
    """Return the payload of a record, checked.

    Raises:
        DamagedRecordError: it is damaged.
        DataError: there is no such record, or the file cannot be read.
    """
    if not 0 <= number < len(index):
        raise DataError(f"{index.path}: no record {number}; it has {len(index)}")
    if reason := index.damaged.get(number):
        raise DamagedRecordError.of(index.path, number, reason)
    try:
        with BytesIO(index.content) if index.content is not None else index.path.open("rb") as file:
            payload = _payload(file, *index.places[number])
    except OSError as error:
        raise DataError(f"{index.path}: cannot be read ({error.strerror or error}); give a file of records") from error
    if payload is None:
        raise DamagedRecordError.of(index.path, number, "its bytes do not match their checksum")
    return payload


def write_payloads(path: Path, payloads: Iterable[bytes]) -> int:
    """Write payloads as one file, whole or not at all, and return how many; packed if its name ends in .gz.

    Raises:
        OutputError: the file cannot be written.
    """
    count = 0
    with whole_file(path) as part, part.open("wb") as file:
        # Without name and time, the same episodes give the same bytes.
        packed = gzip.GzipFile("", "wb", 9, file, mtime=0) if path.suffix == ".gz" else None
        output = cast("BinaryIO", packed or file)
        for payload in payloads:
            length = _LENGTH.pack(len(payload))
            output.write(length + _CHECK.pack(check(length)))
            output.write(payload)
            output.write(_CHECK.pack(check(payload)))
            count += 1
        if packed:
            packed.close()
    return count


def check(data: bytes) -> int:
    """Return the masked CRC-32C of some bytes.

    Raises:
        MissingDependencyError: google-crc32c is not installed.
    """
    try:
        from google_crc32c import value
    except ImportError as error:
        raise MissingDependencyError("records are checked by google-crc32c; pip install google-crc32c") from error
    crc: int = value(data)
    return ((crc >> 15 | crc << 17) + _MASK_DELTA) & 0xFFFFFFFF


def _index_of_packed(path: Path) -> Index:
    """Return the index of a .gz file; what a damaged stream has lost counts as one damaged record at the end."""
    content, reason = _unpacked(path)
    places, damaged = _survey(path, BytesIO(content), len(content))
    if reason and len(places) - 1 not in damaged:
        damaged[len(places)] = reason
        places = (*places, (len(content), 0))
    return Index(path, places, damaged, content)


def _unpacked(path: Path) -> tuple[bytes, str]:
    """Return what a .gz file holds, and why that is not all."""
    parts: list[bytes] = []
    there = 0
    try:
        with gzip.open(path) as file:
            while part := file.read1(_UNPACK_CHUNK):
                parts.append(part)
                there += len(part)
                if there > LARGEST_UNPACKED:
                    raise DataError(f"{path}: unpacks to more than {LARGEST_UNPACKED} bytes; unpack it with gzip -d")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        if not parts:
            raise DataError(f"{path}: cannot be unpacked ({error}); get the file again") from error
        return b"".join(parts), f"the packed stream is damaged ({error})"
    return b"".join(parts), ""


def _survey(path: Path, file: BinaryIO, size: int) -> tuple[tuple[tuple[int, int], ...], dict[int, str]]:
    """Return where the records of an open file lie, and which of them are damaged."""
    places: list[tuple[int, int]] = []
    damaged: dict[int, str] = {}
    search = _Search(file, size)
    at = 0
    while at < size:
        if len(places) == MOST_RECORDS:
            raise DataError(f"{path}: more than {MOST_RECORDS} records; split the file")
        length, reason = _length(file, at, size)
        if not reason:
            places.append((at + _HEADER.size, length))
            at += _AROUND + length
            continue
        if places and len(places) - 1 not in damaged and _payload(file, *places[-1]) is None:
            at = places.pop()[0] - _HEADER.size  # the lengths went astray in here: the next may begin before its end
            reason = "its bytes do not match their checksum"
        found = search.next_record(at + 1)
        damaged[len(places)] = f"{reason} (bytes {at} to {found})"
        places.append((at, 0))
        at = found
    return tuple(places), damaged


def _length(file: BinaryIO, at: int, size: int) -> tuple[int, str]:
    """Return the length of the payload of the record at a place, and what is wrong with it."""
    file.seek(at)
    header = file.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return 0, "the file ends in its length"
    length, given = _HEADER.unpack(header)
    if given != check(header[: _LENGTH.size]):
        return 0, "its length does not match its checksum"
    if length > LARGEST_RECORD:
        return 0, f"it has {length} bytes, more than {LARGEST_RECORD}"
    if at + _AROUND + length > size:
        return 0, f"the file ends in it, after {size - at} of {_AROUND + length} bytes"
    return length, ""


def _payload(file: BinaryIO, begin: int, length: int) -> bytes | None:
    """Return the payload that begins at a place, None if it is damaged."""
    file.seek(begin)
    payload, footer = file.read(length), file.read(_CHECK.size)
    whole = len(footer) == _CHECK.size and _CHECK.unpack(footer)[0] == check(payload)
    return payload if whole else None


class _Search:
    """Finds the next whole record in an open file, with an end to its patience."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file, self.size = file, size
        self.effort = _SEARCH_EFFORT * size

    def next_record(self, at: int) -> int:
        """Return where the next whole record begins from a place on, else the size of the file."""
        for place, length in self._candidates(at):
            self.effort -= length
            if self.effort < 0:
                break
            if _payload(self.file, place + _HEADER.size, length) is not None:
                return place
        return self.size

    def _candidates(self, at: int) -> Iterator[tuple[int, int]]:
        """Yield where a length matches its checksum, and that length."""
        for start in range(at, self.size, _SEARCH_CHUNK):
            self.file.seek(start)
            chunk = self.file.read(_SEARCH_CHUNK + _HEADER.size - 1)
            for offset in _possible(np.frombuffer(chunk, np.uint8), self.size - start):
                length, given = _HEADER.unpack_from(chunk, offset)
                if given == check(chunk[offset : offset + _LENGTH.size]):
                    yield start + offset, length


def _possible(data: NDArray[np.uint8], left: int) -> list[int]:
    """Return where in the data a length could stand that fits into what is left of the file."""
    count = max(0, len(data) - _HEADER.size + 1)
    upper = data[4 : 4 + count] | data[5 : 5 + count] | data[6 : 6 + count] | data[7 : 7 + count]
    offsets = np.flatnonzero(upper == 0)
    lengths = np.zeros(len(offsets), np.int64)
    for place in range(4):
        lengths |= data[offsets + place].astype(np.int64) << (8 * place)
    longest = np.minimum(LARGEST_RECORD, left - offsets - _AROUND)
    chosen: list[int] = offsets[(lengths >= _SMALLEST_FOUND) & (lengths <= longest)].tolist()
    return chosen
