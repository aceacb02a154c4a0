"""The few bytes of H.264 that copying needs: units, parameter sets and where pictures start afresh.

    packet in MP4 or Matroska:  [length][unit] [length][unit] ...
    packet from an encoder:     00 00 01 [unit] 00 00 01 [unit] ...
    avcC:  version, profile, compatibility, level, length size | SPS ... | PPS ... | bit depths

A slice names its picture parameter set (PPS) by number, which names its sequence parameter set (SPS); so two encoders'
pictures can share a stream while their numbers differ.

Sources: ITU-T H.264 (08/2024), 7.3.1 (units), 7.3.2.1 and 7.3.2.2 (parameter sets), 9.1 (Exp-Golomb codes);
ISO/IEC 14496-15:2022, 5.3.3.1 (avcC).
"""

from dataclasses import dataclass, replace

from frameloom.core.errors import MediaError

IDR, SPS, PPS = 5, 7, 8
"""Types of unit: a slice of a picture after which nothing refers to anything before it; and the parameter sets."""

MAX_SETS = 32
"""Numbers of sequence parameter sets go from 0 to 31."""

_START_CODE = b"\x00\x00\x01"
_HIGH = (100, 110, 122, 144, 244)
"""Profiles whose avcC ends with format and bit depths."""


@dataclass(frozen=True)
class ParameterSets:
    """What an avcC record holds."""

    profile: int
    compatibility: int
    level: int
    length_size: int
    sequence: tuple[bytes, ...]
    picture: tuple[bytes, ...]
    tail: bytes = b""
    """Format and bit depths, of the higher profiles."""

    @property
    def numbers(self) -> frozenset[int]:
        """Return the numbers in use, of either kind."""
        return frozenset(number_of(unit) for unit in (*self.sequence, *self.picture))


def kind_of(unit: bytes) -> int:
    """Return the type of a unit."""
    return unit[0] & 31


def number_of(unit: bytes) -> int:
    """Return the number of a sequence or picture parameter set.

    Raises:
        MediaError: the unit ends too early.
    """
    skip = 4 if kind_of(unit) == SPS else 1  # an SPS names profile and level before its number
    bits = "".join(f"{byte:08b}" for byte in unit[skip : skip + 8])
    zeros = len(bits) - len(bits.lstrip("0"))
    code = bits[zeros : 2 * zeros + 1]
    if len(code) <= zeros:
        raise MediaError("a parameter set of H.264 is cut off; give an undamaged file")
    return int(code, 2) - 1


def read_avcc(data: bytes) -> ParameterSets:
    """Return what an avcC record holds.

    Raises:
        MediaError: it is no such record, or cut off.
    """
    if len(data) < 7 or data[0] != 1:
        raise MediaError("no avcC record of H.264; give an MP4, MOV or Matroska file")
    sequence, at = _units(data, 6, data[5] & 31)
    if at >= len(data):
        raise MediaError("an avcC record of H.264 is cut off; give an undamaged file")
    picture, at = _units(data, at + 1, data[at])
    return ParameterSets(data[1], data[2], data[3], (data[4] & 3) + 1, sequence, picture, data[at:])


def _units(data: bytes, at: int, count: int) -> tuple[tuple[bytes, ...], int]:
    """Return units that each follow their length of 16 bits, and where they end."""
    units = []
    for _ in range(count):
        size = int.from_bytes(data[at : at + 2], "big")
        unit = data[at + 2 : at + 2 + size]
        if not size or len(unit) < size:
            raise MediaError("an avcC record of H.264 is cut off; give an undamaged file")
        units.append(unit)
        at += 2 + size
    return tuple(units), at


def write_avcc(sets: ParameterSets) -> bytes:
    """Return an avcC record."""
    parts = [bytes([1, sets.profile, sets.compatibility, sets.level, 0xFC | (sets.length_size - 1)])]
    parts += [bytes([0xE0 | len(sets.sequence)]), *(_sized(unit, 2) for unit in sets.sequence)]
    parts += [bytes([len(sets.picture)]), *(_sized(unit, 2) for unit in sets.picture)]
    return b"".join(parts) + sets.tail


def merge(sets: ParameterSets, units: list[bytes]) -> ParameterSets:
    """Return parameter sets with those among an encoder's units added; the higher profile and level count.

    Raises:
        MediaError: a number is taken.
    """
    sequence = tuple(unit for unit in units if kind_of(unit) == SPS)
    picture = tuple(unit for unit in units if kind_of(unit) == PPS)
    taken = sets.numbers & {number_of(unit) for unit in (*sequence, *picture)}
    if taken:
        raise MediaError(f"parameter set {min(taken)} of H.264 has two meanings; encode all pictures again")
    profile, level = (
        max([sets.profile, *(unit[1] for unit in sequence)]),
        max([sets.level, *(unit[3] for unit in sequence)]),
    )
    compatibility = sets.compatibility
    for unit in sequence:
        compatibility &= unit[2]
    tail = sets.tail if sets.tail or profile not in _HIGH else b"\xfd\xf8\xf8\x00"  # 4:2:0, 8 bits, no extensions
    return replace(
        sets,
        profile=profile,
        compatibility=compatibility,
        level=level,
        sequence=sets.sequence + sequence,
        picture=sets.picture + picture,
        tail=tail,
    )


def units_of(packet: bytes, length_size: int) -> list[bytes]:
    """Return the units of a packet whose units follow their lengths.

    Raises:
        MediaError: a length passes the packet's end.
    """
    units, at = [], 0
    while at < len(packet):
        size = int.from_bytes(packet[at : at + length_size], "big")
        at += length_size
        if not size or at + size > len(packet):
            raise MediaError("a packet of H.264 is damaged: a unit passes its end; give an undamaged file")
        units.append(packet[at : at + size])
        at += size
    return units


def units_after_start_codes(data: bytes) -> list[bytes]:
    """Return the units of a byte stream, each after 00 00 01."""
    pieces = data.split(_START_CODE)[1:]
    return [unit for piece in pieces if (unit := piece.rstrip(b"\x00"))]  # zeros belong to the next start code


def with_lengths(units: list[bytes], length_size: int) -> bytes:
    """Return units as a packet of MP4 or Matroska."""
    return b"".join(_sized(unit, length_size) for unit in units)


def _sized(unit: bytes, length_size: int) -> bytes:
    return len(unit).to_bytes(length_size, "big") + unit
