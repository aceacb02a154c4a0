"""Orders by hand, from the examples of Unicode Standard Annex 9; capitals stand for Hebrew letters there and here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.media.text.bidi import Direction, direction_of, levels_of, line_levels, visual_order

RLI, LRI, FSI, PDI = "\u2067", "\u2066", "\u2068", "\u2069"
MIRRORED = {"(": ")", ")": "("}  # L4, which shaping does
RLE, RLO, LRO, PDF = "\u202b", "\u202e", "\u202d", "\u202c"


def hebrew(text: str) -> str:
    return "".join(chr(0x5D0 + ord(letter) - 65) if "A" <= letter <= "Z" else letter for letter in text)


def seen(text: str, direction: Direction) -> str:
    levels = levels_of(hebrew(text), direction)
    mirrored = [
        MIRRORED.get(letter, letter) if level % 2 else letter for letter, level in zip(text, levels, strict=True)
    ]
    return "".join(mirrored[index] for index in visual_order(levels))


@pytest.mark.parametrize(
    ("text", "direction", "levels", "shown"),
    [
        ("car means CAR.", "ltr", "00000000001110", "car means RAC."),
        ("car MEANS CAR.", "rtl", "22211111111111", ".RAC SNAEM car"),
        (
            f"he said '{RLI}car MEANS CAR{PDI}.'",
            "ltr",
            "0" * 10 + "222" + "1" * 10 + "000",
            f"he said '{RLI}RAC SNAEM car{PDI}.'",
        ),
        ("ABC 123", "rtl", "1111222", "123 CBA"),  # numbers run left to right
        ("ABC -12.5", "rtl", "111112222", "12.5- CBA"),  # a sign before it does not (W6), a point within does (W4)
        ("ABC 30%", "rtl", "1111222", "30% CBA"),  # what ends a number goes with it (W5)
        ("ABC (abc) DEF", "rtl", "1111122211111", "FED (abc) CBA"),  # brackets (N0)
        ("abc (DEF) ghi", "ltr", "0000011100000", "abc (FED) ghi"),
        ("ABC  ", "ltr", "11100", "CBA  "),  # white space at the end (L1)
        ("abc", "rtl", "222", "abc"),
        (f"a{RLO}bc{PDF}d", "ltr", "0" + "1" * 4 + "0", None),
    ],
)
def test_orders_of_the_standard(text: str, direction: Direction, levels: str, shown: str | None) -> None:
    found = levels_of(hebrew(text), direction)
    kept = [index for index, letter in enumerate(text) if letter not in RLE + RLO + LRO + PDF]
    assert "".join(str(found[index]) for index in kept) == "".join(levels[index] for index in kept)
    if shown is not None:
        assert seen(text, direction) == shown


def test_numbers_after_arabic_letters_are_arabic_numbers() -> None:
    assert levels_of("\u0627 5%", "rtl") == [1, 1, 2, 1]  # W2: so the sign is not drawn to the number


def test_the_direction_comes_from_the_first_strong_letter_outside_isolates() -> None:
    assert direction_of("123 \u05d0 abc") == "rtl"
    assert direction_of(f"{RLI}\u05d0{PDI} abc") == "ltr"
    assert direction_of("123", "rtl") == "rtl"


def test_an_isolate_finds_its_own_direction() -> None:
    text = f"x {FSI}\u05d0 1{PDI} y"
    assert levels_of(text, "ltr") == [0, 0, 0, 1, 1, 2, 0, 0, 0]


def test_embeddings_too_deep_are_taken_for_none() -> None:
    assert max(levels_of(RLE * 200 + "a", "ltr")) <= 126


def test_a_line_keeps_its_white_space_at_its_end() -> None:
    levels = levels_of("\u05d0 \u05d1", "ltr")
    assert levels == [1, 1, 1]
    assert line_levels("\u05d0 ", levels[:2], "ltr") == [1, 0]


@given(st.text("aB1 .(\u05d0\u0627\u0665\u2067\u2069\u202b\u202c[]%+", max_size=40), st.sampled_from(["ltr", "rtl"]))
def test_every_character_is_seen_once(text: str, direction: Direction) -> None:
    levels = levels_of(text, direction)
    assert len(levels) == len(text)
    assert sorted(visual_order(levels)) == list(range(len(text)))


@given(st.text("abc .,1", max_size=30))
def test_left_to_right_text_stays_as_it_is(text: str) -> None:
    assert set(levels_of(text, "ltr")) <= {0}
