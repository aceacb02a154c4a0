"""The wire format, against bytes written by hand after protobuf.dev, "Encoding"."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.data.robot_push import wire
from frameloom.data.robot_push.wire import (
    WireError,
    bytes_feature,
    example,
    float_feature,
    read_bytes,
    read_features,
    read_floats,
)

# Example{ Features{ "a" -> bytes_list ["xyz"], "b" -> float_list [1, 2] packed, "c" -> float_list [1, 2] unpacked } }
A = bytes.fromhex("0a 0c 0a 01 61 12 07 0a 05 0a 03 78 79 7a")
B = bytes.fromhex("0a 11 0a 01 62 12 0c 12 0a 0a 08 00 00 80 3f 00 00 00 40")
C = bytes.fromhex("0a 11 0a 01 63 12 0c 12 0a 0d 00 00 80 3f 0d 00 00 00 40")
ONE, TWO = b"\0\0\x80?", b"\0\0\0@"


def group(*entries: bytes) -> bytes:
    return b"\x0a" + bytes([sum(map(len, entries))]) + b"".join(entries)


def test_an_example_by_hand_is_read() -> None:
    data = group(A, B, C)
    features = read_features(data)
    begin, end = read_bytes(data, features[b"a"])
    assert data[begin:end] == b"xyz"
    assert read_floats(data, features[b"b"]) == read_floats(data, features[b"c"]) == ONE + TWO


def test_what_is_written_is_as_by_hand() -> None:
    assert example([("a", bytes_feature(b"xyz")), ("b", float_feature(np.array([1, 2], np.float32)))]) == group(A, B)


def test_floats_in_several_parts_come_together() -> None:
    """Packed and unpacked in one list, and a list in two messages: a parser takes them as one."""
    parts = b"\x12\x0b\x0a\x04" + ONE + b"\x0d" + TWO + b"\x12\x06\x0a\x04" + ONE
    assert read_floats(parts, (0, len(parts))) == ONE + TWO + ONE


def test_unknown_fields_are_passed_over() -> None:
    more = bytes.fromhex("10 96 01") + bytes.fromhex("19 0000000000000000") + bytes.fromhex("1d 00000000")
    data = more + group(more, A, more) + more
    begin, end = read_bytes(data, read_features(data)[b"a"])
    assert data[begin:end] == b"xyz"


def test_groups_are_joined_and_the_last_of_a_key_counts() -> None:
    other = A.replace(b"xyz", b"uvw")
    data = group(A, B) + group(other)
    features = read_features(data)
    assert set(features) == {b"a", b"b"}
    begin, end = read_bytes(data, features[b"a"])
    assert data[begin:end] == b"uvw"


def test_an_entry_may_lack_key_or_value_or_have_them_turned_round() -> None:
    turned = b"\x0a\x0c" + A[5:] + A[2:5]
    data = group(turned, b"\x0a\x00")
    features = read_features(data)
    begin, end = read_bytes(data, features[b"a"])
    assert data[begin:end] == b"xyz"
    with pytest.raises(WireError, match="0 values of bytes where one should be"):
        read_bytes(data, features[b""])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("0a 05 0a", "field at byte 2 runs 4 bytes past its end"),
        ("0a 02 0a 01", "field at byte 4 runs 1 bytes past its end"),
        ("0a ff", "number at byte 1 has no end"),
        ("0a ffffffffffffffffffff7f", "number at byte 1 has no end"),
        ("0a ffffffffffffffffff7f", r"runs \d+ bytes past its end"),
        ("0b", "field of unknown kind 3 at byte 1"),
        ("0f", "field of unknown kind 7 at byte 1"),
        ("09 00", "field at byte 1 runs 7 bytes past its end"),
        ("0d 00", "field at byte 1 runs 3 bytes past its end"),
        ("08", "number at byte 1 has no end"),
    ],
)
def test_damage_is_told(data: str, message: str) -> None:
    with pytest.raises(WireError, match=message):
        read_features(bytes.fromhex(data))


def test_a_kind_that_is_another_gives_no_value() -> None:
    data = group(A, B)
    features = read_features(data)
    assert read_floats(data, features[b"a"]) == b""
    with pytest.raises(WireError, match="0 values of bytes"):
        read_bytes(data, features[b"b"])
    two = b"\x0a\x06\x0a\x01x\x0a\x01y"
    with pytest.raises(WireError, match="2 values of bytes where one should be"):
        read_bytes(two, (0, len(two)))


def test_features_without_number_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_FEATURES", 2)
    with pytest.raises(WireError, match="more than 2 features"):
        read_features(group(A, B, C))


@given(st.dictionaries(st.text(max_size=20), st.binary(max_size=40_000), max_size=5))
def test_bytes_of_any_length_come_back(values: dict[str, bytes]) -> None:
    data = example((key, bytes_feature(value)) for key, value in values.items())
    found = {}
    for key, span in read_features(data).items():
        begin, end = read_bytes(data, span)
        found[key.decode()] = data[begin:end]
    assert found == values


@pytest.mark.parametrize("length", [0, 1, 121, 122, 123, 124, 125, 126, 127, 128, 129, 16_377, 16_380, 16_383, 16_384])
def test_lengths_at_which_a_number_grows_by_a_byte_come_back(length: int) -> None:
    data = bytes_feature(b"x" * length)
    begin, end = read_bytes(data, (0, len(data)))
    assert data[begin:end] == b"x" * length


@given(st.lists(st.floats(width=32, allow_nan=False), max_size=70))
def test_floats_come_back(values: list[float]) -> None:
    data = float_feature(np.array(values, np.float32))
    assert np.frombuffer(read_floats(data, (0, len(data))), "<f4").tolist() == values


@given(st.binary(max_size=200))
def test_noise_is_read_or_refused(data: bytes) -> None:
    try:
        features = read_features(data)
    except WireError:
        return
    for span in features.values():
        for read in (read_bytes, read_floats):
            try:
                read(data, span)
            except WireError:
                continue
