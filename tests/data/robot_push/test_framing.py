"""The frame around each record, against bytes that TensorFlow wrote, and under every kind of damage."""

import gzip
import re
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.core.errors import DataError, MissingDependencyError, OutputError
from frameloom.data.robot_push import framing
from frameloom.data.robot_push.framing import DamagedRecordError, Index, check, read_index, read_record, write_payloads

BY_TENSORFLOW = bytes.fromhex("090000000000000037f97139313233343536373839e5b08ac7000000000000000029039807d8ea82a2")
"""What tf.io.TFRecordWriter 2.21 made of b"123456789" and b""."""
PAYLOADS = [bytes([65 + number]) * (20 + number) for number in range(6)]


def packed(payloads: list[bytes]) -> bytes:
    lengths = [struct.pack("<Q", len(payload)) for payload in payloads]
    pairs = zip(lengths, payloads, strict=True)
    return b"".join(n + struct.pack("<I", check(n)) + p + struct.pack("<I", check(p)) for n, p in pairs)


def starts(payloads: list[bytes]) -> list[int]:
    return [sum(16 + len(payload) for payload in payloads[:number]) for number in range(len(payloads) + 1)]


def read(index: Index) -> tuple[list[bytes], dict[int, str]]:
    """Return what can be read of a file, and why the rest cannot, by number."""
    good, bad = [], {}
    for number in range(len(index)):
        try:
            good.append(read_record(index, number))
        except DamagedRecordError as error:
            bad[number] = str(error)
    return good, bad


def surviving(tmp_path: Path, content: bytes) -> tuple[list[bytes], dict[int, str]]:
    path = tmp_path / "a.tfrecords"
    path.write_bytes(content)
    return read(read_index(path))


@pytest.mark.parametrize(
    ("data", "crc"),
    [(b"123456789", 0xE3069283), (bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43), (bytes(range(32)), 0x46DD794E)],
)
def test_the_checksum_is_that_of_rfc_3720(data: bytes, crc: int) -> None:
    masked = check(data)
    turned = (masked - 0xA282EAD8) % 2**32
    assert (turned << 15 | turned >> 17) % 2**32 == crc


def test_what_tensorflow_wrote_is_read_and_written_again(tmp_path: Path) -> None:
    path = tmp_path / "a.tfrecords"
    path.write_bytes(BY_TENSORFLOW)
    assert read(read_index(path)) == ([b"123456789", b""], {})
    assert write_payloads(tmp_path / "b.tfrecords", [b"123456789", b""]) == 2
    assert (tmp_path / "b.tfrecords").read_bytes() == BY_TENSORFLOW


def test_records_are_read_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "a.tfrecords"
    write_payloads(path, PAYLOADS)
    index = read_index(path)
    assert [read_record(index, number) for number in (4, 0, 5, 1)] == [PAYLOADS[number] for number in (4, 0, 5, 1)]
    assert len(index) == 6
    for number in (-1, 6):
        with pytest.raises(DataError, match=rf"a.tfrecords: no record {number}; it has 6"):
            read_record(index, number)


def test_packed_files_hold_the_same_and_are_the_same_each_time(tmp_path: Path) -> None:
    one, other = tmp_path / "a.tfrecords.gz", tmp_path / "other-name.tfrecords.gz"
    write_payloads(one, PAYLOADS)
    write_payloads(other, PAYLOADS)
    assert one.read_bytes() == other.read_bytes()
    assert gzip.decompress(one.read_bytes()) == packed(PAYLOADS)
    assert read(read_index(one)) == (PAYLOADS, {})


def test_an_empty_file_has_no_record(tmp_path: Path) -> None:
    assert surviving(tmp_path, b"") == ([], {})


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("place", ["length", "check of the length", "payload", "check of the payload"])
def test_a_flipped_bit_costs_its_record_alone(tmp_path: Path, number: int, place: str) -> None:
    offset = {"length": 1, "check of the length": 9, "payload": 17, "check of the payload": 12 + len(PAYLOADS[number])}
    content = bytearray(packed(PAYLOADS))
    content[starts(PAYLOADS)[number] + offset[place]] ^= 0x10
    good, bad = surviving(tmp_path, bytes(content))
    assert good == PAYLOADS[:number] + PAYLOADS[number + 1 :]
    what = "length does" if "length" in place else "bytes do"
    assert re.fullmatch(
        rf"{tmp_path}/a.tfrecords: record {number}: its {what} not match (its|their) checksum.*; get the file again, "
        "or do without this record",
        bad[number],
    )
    assert len(bad) == 1


@pytest.mark.parametrize(("place", "lost"), [(4, 1), (4, 15), (4, 30), (14, 1), (14, 15), (20, 3)])
@pytest.mark.parametrize("number", range(5))
def test_lost_bytes_cost_the_record_they_were_in(tmp_path: Path, number: int, place: int, lost: int) -> None:
    content, cut = packed(PAYLOADS), starts(PAYLOADS)[number] + place
    good, bad = surviving(tmp_path, content[:cut] + content[cut + lost :])
    assert good == PAYLOADS[:number] + PAYLOADS[number + 1 :]
    assert list(bad) == [number]


@pytest.mark.parametrize("number", range(6))
def test_added_bytes_cost_the_record_they_are_in(tmp_path: Path, number: int) -> None:
    content, start = packed(PAYLOADS), starts(PAYLOADS)[number]
    good, bad = surviving(tmp_path, content[: start + 14] + b"noise" + content[start + 14 :])
    assert good == PAYLOADS[:number] + PAYLOADS[number + 1 :]
    assert bad.keys() <= {number, number + 1}  # what came after the last record counts as another


@pytest.mark.parametrize("left", [1, 8, 11, 12, 20, 39])
def test_a_file_that_is_cut_off_keeps_what_came_before(tmp_path: Path, left: int) -> None:
    good, bad = surviving(tmp_path, packed(PAYLOADS)[: starts(PAYLOADS)[5] + left])
    assert good == PAYLOADS[:5]
    reason = "the file ends in its length" if left < 12 else f"the file ends in it, after {left} of 41 bytes"
    assert reason in bad[5]


def test_a_length_that_is_too_large_is_not_believed(tmp_path: Path) -> None:
    length = struct.pack("<Q", 1 << 40)
    good, bad = surviving(tmp_path, length + struct.pack("<I", check(length)) + packed(PAYLOADS[:2]))
    assert good == PAYLOADS[:2]
    assert "record 0: it has 1099511627776 bytes, more than 268435456" in bad[0]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_happens_to_a_file_no_wrong_record_comes_out(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = packed(PAYLOADS)
    begin = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(begin, min(len(content), begin + 60)))
    changed = content[:begin] + data.draw(st.binary(max_size=60)) + content[end:]
    good, _ = surviving(tmp_path_factory.mktemp("any"), changed)
    assert set(good) - {b""} <= set(PAYLOADS)
    hit = [n for n, start in enumerate(starts(PAYLOADS)[:-1]) if start < end and starts(PAYLOADS)[n + 1] > begin]
    assert set(PAYLOADS) - {PAYLOADS[n] for n in hit} <= set(good) or begin == end


def test_the_search_crosses_its_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for chunk in range(1, 40):
        monkeypatch.setattr(framing, "_SEARCH_CHUNK", chunk)
        assert surviving(tmp_path, b"noise before" + packed(PAYLOADS))[0] == PAYLOADS


def test_a_file_made_to_be_slow_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every length is right and reaches far, and no payload is: checking each to its end would take for ever."""
    length = struct.pack("<Q", 5000)
    header = length + struct.pack("<I", check(length))
    checked: list[int] = []
    whole = framing._payload
    monkeypatch.setattr(framing, "_payload", lambda *where: (checked.append(where[2]), whole(*where))[1])
    content = b"x" + header * 1000
    assert surviving(tmp_path, content)[0] == []
    assert sum(checked) <= 5 * len(content)


def test_too_many_records_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "MOST_RECORDS", 5)
    with pytest.raises(DataError, match=r"a.tfrecords: more than 5 records; split the file"):
        surviving(tmp_path, packed(PAYLOADS))


def test_a_damaged_packed_file_gives_what_came_before(tmp_path: Path) -> None:
    dice = np.random.default_rng(0)
    payloads = [dice.bytes(10_000) for _ in range(6)]
    path = tmp_path / "a.tfrecords.gz"
    write_payloads(path, payloads)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    good, bad = read(read_index(path))
    assert good == payloads[: len(good)]
    assert 2 <= len(good) <= 3
    assert list(bad) == [len(good)]
    path.write_bytes(whole[:-2])  # only what checks the stream is cut: every record is whole, and the user is told
    good, bad = read(read_index(path))
    assert good == payloads
    assert "record 6: the packed stream is damaged (" in bad[6]
    path.write_bytes(b"no gzip")
    with pytest.raises(DataError, match=r"a.tfrecords.gz: cannot be unpacked \(.*\); get the file again"):
        read_index(path)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "LARGEST_UNPACKED", 1 << 20)
    path = tmp_path / "a.tfrecords.gz"
    path.write_bytes(gzip.compress(bytes(1 << 25)))
    with pytest.raises(DataError, match=r"unpacks to more than 1048576 bytes; unpack it with gzip -d"):
        read_index(path)


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a.tfrecords: cannot be read \(No such file or directory\); give a file of r"):
        read_index(tmp_path / "a.tfrecords")
    with pytest.raises(DataError, match=r"a.tfrecords.gz: cannot be read \(No such file or directory\); give a file"):
        read_index(tmp_path / "a.tfrecords.gz")
    write_payloads(tmp_path / "b.tfrecords", PAYLOADS)
    index = read_index(tmp_path / "b.tfrecords")
    (tmp_path / "b.tfrecords").unlink()
    with pytest.raises(DataError, match=r"b.tfrecords: cannot be read \(No such file"):
        read_record(index, 0)


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> list[bytes]:
        raise DataError("no more")

    with pytest.raises(DataError, match="no more"):
        write_payloads(tmp_path / "a.tfrecords", (payload for part in [PAYLOADS, broken] for payload in _of(part)))
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        write_payloads(tmp_path / "file" / "a.tfrecords", PAYLOADS)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def _of(part: object) -> list[bytes]:
    return part() if callable(part) else part  # type: ignore[no-any-return,return-value]


def test_the_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google_crc32c", None)
    with pytest.raises(MissingDependencyError, match="records are checked by google-crc32c; pip install google-crc32c"):
        surviving(tmp_path, BY_TENSORFLOW)
