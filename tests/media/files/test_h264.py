"""The bytes of H.264 that copying reads and writes; expected values by hand from the standard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.core.errors import MediaError
from frameloom.media.files.h264 import (
    PPS,
    SPS,
    ParameterSets,
    kind_of,
    merge,
    number_of,
    read_avcc,
    units_after_start_codes,
    units_of,
    with_lengths,
    write_avcc,
)

# 0x67: an SPS; profile 66, constraints, level 30; then ue(v): 1 is the number 0, 010 the number 1, 00101 the number 4
SPS_0 = bytes([0x67, 66, 0xC0, 30, 0b1010_0000])
SPS_1 = bytes([0x67, 66, 0xC0, 31, 0b0101_0000])
SPS_4 = bytes([0x67, 100, 0, 40, 0b0010_1100])
PPS_0 = bytes([0x68, 0b1110_0000])
PPS_1 = bytes([0x68, 0b0101_1000])
AVCC = bytes([1, 66, 0xC0, 30, 0xFF, 0xE1, 0, 5, *SPS_0, 1, 0, 2, *PPS_0])
ONE = ParameterSets(66, 0xC0, 30, 4, (SPS_0,), (PPS_0,))


def test_numbers_by_hand() -> None:
    assert [number_of(unit) for unit in (SPS_0, SPS_1, SPS_4, PPS_0, PPS_1)] == [0, 1, 4, 0, 1]
    assert (kind_of(SPS_0), kind_of(PPS_0)) == (SPS, PPS) == (7, 8)


def test_a_record_by_hand() -> None:
    assert read_avcc(AVCC) == ONE
    assert write_avcc(ONE) == AVCC
    assert ONE.numbers == {0}


def test_the_tail_of_high_profiles_stays() -> None:
    high = bytes([1, 100, 0, 40, 0xFF, 0xE1, 0, 5, *SPS_4, 1, 0, 2, *PPS_1, 0xFD, 0xF8, 0xF8, 0])
    assert read_avcc(high).tail == b"\xfd\xf8\xf8\x00"
    assert write_avcc(read_avcc(high)) == high


@pytest.mark.parametrize("data", [b"", b"\x00\x00\x00\x01\x67abc", AVCC[:6], AVCC[:9], AVCC[:13], AVCC[:16]])
def test_what_is_no_record_says_so(data: bytes) -> None:
    with pytest.raises(MediaError, match=r"avcC record of H\.264|no avcC record"):
        read_avcc(data)


def test_sets_of_two_encoders_stand_side_by_side() -> None:
    both = merge(ONE, [SPS_1, PPS_1, b"\x06sei"])
    assert (both.sequence, both.picture) == ((SPS_0, SPS_1), (PPS_0, PPS_1))
    assert (both.profile, both.level, both.compatibility, both.tail) == (66, 31, 0xC0, b"")
    assert both.numbers == {0, 1}


def test_the_higher_profile_is_named() -> None:
    both = merge(ONE, [SPS_4, PPS_1])
    assert (both.profile, both.compatibility, both.level, both.tail) == (100, 0, 40, b"\xfd\xf8\xf8\x00")


def test_a_number_has_one_meaning() -> None:
    with pytest.raises(MediaError, match=r"parameter set 0 of H\.264 has two meanings; encode all pictures again"):
        merge(ONE, [SPS_0])


def test_a_set_that_is_cut_off() -> None:
    with pytest.raises(MediaError, match="cut off; give an undamaged file"):
        number_of(bytes([0x68, 0, 0]))


def test_start_codes_by_hand() -> None:
    stream = b"\x00\x00\x00\x01" + SPS_0 + b"\x00\x00\x00\x01" + PPS_0 + b"\x00\x00\x01" + b"\x65slice"
    assert units_after_start_codes(stream) == [SPS_0, PPS_0, b"\x65slice"]
    assert units_after_start_codes(b"") == []


def test_a_length_past_the_end_is_damage() -> None:
    with pytest.raises(MediaError, match=r"a packet of H\.264 is damaged: a unit passes its end"):
        units_of(b"\x00\x00\x00\x09abc", 4)


@given(units=st.lists(st.binary(min_size=1, max_size=40), max_size=5), size=st.sampled_from([1, 2, 4]))
def test_units_come_back(units: list[bytes], size: int) -> None:
    assert units_of(with_lengths(units, size), size) == units
