"""Slices of the font of Chinese, Japanese and Korean hold the signs that they are for."""

import uharfbuzz as harfbuzz

from frameloom.media.text.slices import LANGUAGES, SIGNS, signs_of, slice_of, slices


def test_a_slice_is_a_small_font_with_its_signs_and_no_others() -> None:
    made = slice_of("zh", 0x4F60 // SIGNS)
    assert made[:4] == b"OTTO"
    assert len(made) < 150_000
    signs = harfbuzz.Face(harfbuzz.Blob(made)).unicodes
    assert min(signs) == 0x4F00
    assert max(signs) == 0x4FFF
    assert len(signs) == SIGNS


def test_signs_take_the_forms_of_their_language() -> None:
    assert len({slice_of(language, 0x9AA8 // SIGNS) for language in LANGUAGES}) > 1  # of 骨


def test_what_is_written_in_those_scripts_has_its_slice() -> None:
    assert {ord(sign) // SIGNS for sign in "\u4f60\u597d\u3042\u30a2\ud55c\uff01\u3002\u9fa5"} <= set(slices())


def test_a_text_takes_a_font_of_its_own_signs() -> None:
    signs = harfbuzz.Face(harfbuzz.Blob(signs_of("Hello \u4f60\u597d, 1 \u4f60"))).unicodes
    assert set(signs) == {0x4F60, 0x597D}
    assert signs_of("Hello.") == b""
