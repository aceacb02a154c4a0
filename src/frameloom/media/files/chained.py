"""Whether anything is missing between two packets of a file: its bytes are whole elements, or are not.

    Matroska   block | block | cluster head | block     each element says how long it is, so that the next is found
    MPEG-TS    G.... G.... G....                        a sync byte every 188 bytes

A demultiplexer that meets damage goes on where it understands the file again, and says nothing; a film whose picture
stands still for long looks the same in its times, but not in its bytes.

Source: RFC 8794 (EBML), sections 4 to 6; RFC 9559 (Matroska), section 5; ISO/IEC 13818-1, 2.4.3.2, for the sync byte.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from av.video.stream import VideoStream

_CLUSTER, _GROUP = 0x1F43B675, 0xA0
_OPENED = (_CLUSTER, _GROUP)
"""Elements that are looked into."""
_BLOCKS = (0xA3, 0xA1)
_PASSED = (
    *(*_BLOCKS, 0xE7, 0xA7, 0xAB, 0xEC, 0xBF),  # blocks, times, places, void, checksum
    *(0x9B, 0xFB, 0xFA, 0xFD, 0xA4, 0x75A1, 0x75A2, 0x8E, 0xAF),  # of a group of blocks
    *(0x1C53BB6B, 0x1254C367, 0x1043A770, 0x1941A469, 0x114D9B74),  # cues, tags, chapters, attachments, seek head
)
"""Elements that may lie between two blocks."""
_BLOCK_HEAD = 4
"""Bytes of a block before its picture: track, time, flags."""

_SYNC = 0x47
_TS_SIZES = 188, 192, 204
_READ_BYTES = 204 * 188 * 32
"""Of a transport stream at once."""


class Chain(Protocol):
    """Tells whether packets are missing."""

    def holds(self, start: int, size: int, stop: int) -> bool:
        """Return whether nothing is missing from the packet of this place and size to the one at stop."""
        ...


def chain_of(path: Path, stream: VideoStream) -> Chain | None:
    """Return what tells for a file; None where its container needs it not or is not known here."""
    name = stream.container.format.name
    if "matroska" in name:
        return _Elements(path, len(stream.container.streams))
    return _Transport(path) if name == "mpegts" else None


@dataclass(frozen=True)
class _Elements:
    """Matroska; a place is where a block's content begins."""

    path: Path
    tracks: int
    """How many there are; they are numbered from 1."""

    def holds(self, start: int, size: int, stop: int) -> bool:
        at = start + _BLOCK_HEAD + size
        with self.path.open("rb") as handle:
            others = {*range(1, self.tracks + 1)} - {_track(handle, start)}
            while at < stop:
                name, length, head = _element(handle, at)
                if name in _OPENED or (name in _BLOCKS and at + head == stop):
                    at += head
                elif name in _PASSED and (name not in _BLOCKS or _track(handle, at + head) in others):
                    at += head + length
                else:
                    return False
        return at == stop


@dataclass(frozen=True)
class _Transport:
    """MPEG-TS; a place is where a packet of the stream begins."""

    path: Path

    def holds(self, start: int, size: int, stop: int) -> bool:
        fitting = [each for each in _TS_SIZES if (stop - start) % each == 0]
        with self.path.open("rb") as handle:
            while fitting and start < stop:
                handle.seek(start)
                data = handle.read(min(_READ_BYTES, stop - start))
                fitting = [each for each in fitting if set(data[::each]) == {_SYNC}]
                start += len(data) or stop
        return bool(fitting)


def _track(handle: BinaryIO, at: int) -> int:
    """Return which track a block is of; 0 where its number is longer than a byte."""
    handle.seek(at)
    number = handle.read(1)[:1]
    return number[0] & 0x7F if number and number[0] & 0x80 else 0


def _element(handle: BinaryIO, at: int) -> tuple[int, int, int]:
    """Return the name of an element, the length of its content and of its head. Source: RFC 8794, sections 4 to 6."""
    handle.seek(at)
    data = handle.read(12)
    wide = 9 - data[0].bit_length() if data else 9
    if wide > 4 or len(data) <= wide or not data[wide]:
        return 0, 0, 0
    size = 9 - data[wide].bit_length()
    length = int.from_bytes(data[wide : wide + size], "big") & ((1 << 7 * size) - 1)
    return int.from_bytes(data[:wide], "big"), length, wide + size
