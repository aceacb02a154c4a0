"""What is drawn, to the pixel where it is known, and that nothing is ever cut off."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.media.letters import write_font

from frameloom.core.errors import MediaError
from frameloom.media.text import (
    MAX_CHARACTERS,
    Rgba,
    TextStyle,
    draw_block,
    draw_text,
    fit_text,
    measure_text,
    missing,
    set_text,
)
from frameloom.media.text.faces import FONTS
from frameloom.media.text.raster import widen

MANY = {
    "Latin": "fjord \u1ebe \u1ec7 \u1e4d",
    "Greek": "\u03b5\u03bb\u03bb\u03b7\u03bd\u03b9\u03ba\u03ac",
    "Cyrillic": "\u0420\u0443\u0441\u0441\u043a\u0438\u0439",
    "Chinese": "\u4f60\u597d\uff0c\u4e16\u754c\u3002",
    "Japanese": "\u65e5\u672c\u8a9e\u300c\u304b\u306a\u300d\u30fc",
    "Korean": "\ud55c\uad6d\uc5b4",
    "Arabic": "\u0627\u0644\u0639\u0631\u0628\u064a\u0629 123 (\u0646\u0639\u0645)\u061f",
    "Hebrew": "\u05d1\u05b0\u05bc\u05e8\u05b5\u05d0\u05e9\u05b4\u05c1\u05d9\u05ea",
    "Hindi": "\u0915\u094d\u0937\u0924\u094d\u0930\u093f\u092f \u0939\u093f\u0928\u094d\u0926\u0940",
    "Thai": "\u0e19\u0e49\u0e33\u0e43\u0e08\u0e17\u0e35\u0e48\u0e19\u0e35\u0e48",
    "Bengali": "\u09ac\u09be\u0982\u09b2\u09be",
    "Tamil": "\u0ba4\u0bae\u0bbf\u0bb4\u0bcd",
    "Tibetan": "\u0f56\u0f7c\u0f51\u0f0b\u0f61\u0f72\u0f42",
    "Burmese": "\u1019\u103c\u1014\u103a\u1019\u102c",
    "mathematics": "\u2211\u222b\u221a\U0001d49c",
    "emoji": "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467\U0001f1e8\U0001f1f3\U0001f44d\U0001f3fd",
    "all at once": "Hi \u4f60\u597d \u0639\u0631\u0628 \u05e9\u05dc\u05d5 \u0928\u092e \u0e19\u0e49\u0e33 \U0001f600",
}


@pytest.fixture
def box(tmp_path: Path) -> TextStyle:
    return TextStyle(font=write_font(tmp_path), size=0.1)


def ink(pixels: Rgba) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(pixels[..., 3])
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def test_a_known_letter_to_the_pixel(box: TextStyle) -> None:
    block = set_text("A", box, 1000)  # an em of 100 px
    assert (block.width, block.height, block.baselines) == (80, 100, (80,))
    drawn = draw_block(block)
    left, top, right, bottom = ink(drawn.pixels)
    assert (left + drawn.left, top + drawn.top, right + drawn.left, bottom + drawn.top) == (0, 10, 80, 80)
    assert (drawn.pixels[top:bottom, left:right] == 255).all()
    assert drawn.pixels.shape[0] % 2 == drawn.pixels.shape[1] % 2 == 0


def test_half_covered_pixels_are_half_opaque(box: TextStyle) -> None:
    pixels = draw_text("A", box.model_copy(update={"size": 0.105}), 100)  # 8.4 px wide, 7.35 high
    alpha = pixels[..., 3].astype(float) / 255
    assert alpha.sum() == pytest.approx(8.4 * 7.35, rel=0.01)


def test_color_and_alpha(box: TextStyle) -> None:
    pixels = draw_text("A", box.model_copy(update={"color": "#ff800080"}), 1000)
    assert pixels[40, 40].tolist() == [255, 128, 0, 128]
    assert pixels[0, 0, :3].tolist() == [255, 128, 0]  # so that no edge gets dark when it is scaled
    assert pixels[0, 0, 3] == 0


def test_an_outline_grows_the_letter_by_its_width(box: TextStyle) -> None:
    pixels = draw_text("A", box.model_copy(update={"outline": 0.1, "outline_color": "red"}), 1000)
    left, top, right, bottom = ink(pixels)
    assert (right - left, bottom - top) == (100, 90)
    assert pixels[(top + bottom) // 2, left + 4].tolist() == [255, 0, 0, 255]
    assert pixels[(top + bottom) // 2, left + 50].tolist() == [255, 255, 255, 255]
    assert pixels[top + 1, left + 1, 3] == 0  # corners are round: 9 * sqrt(2) px from the corner of the letter
    corner = int(10 - 10 / 2**0.5)
    assert pixels[top + corner + 1, left + corner + 1, 3] == 255


def test_a_single_pixel_grows_into_a_disc() -> None:
    point = np.zeros((11, 11), np.uint8)
    point[5, 5] = 255
    disc = widen(point, 3)
    assert disc[5, 2] == disc[8, 5] == 255
    assert disc[5, 1] == disc[8, 8] == 0
    assert disc[8, 7] == disc[3, 2] == pytest.approx(255 * (4 - 13**0.5), abs=2)
    assert np.array_equal(disc, disc.T)


def test_a_shadow_falls_to_the_right_and_down(box: TextStyle) -> None:
    pixels = draw_text("A", box.model_copy(update={"shadow": 0.2, "shadow_blur": 0, "shadow_color": "blue"}), 1000)
    left, top, right, bottom = ink(pixels)
    assert (right - left, bottom - top) == (100, 90)
    assert pixels[top + 5, left + 5].tolist() == [255, 255, 255, 255]
    assert pixels[bottom - 5, right - 5].tolist() == [0, 0, 255, 255]


def test_layers_in_color(tmp_path: Path) -> None:
    style = TextStyle(font=write_font(tmp_path, coloured=True), size=0.1)
    pixels = draw_text("A", style, 1000)
    left, top, _, _ = ink(pixels)
    assert pixels[top + 30, left + 20].tolist() == [255, 0, 0, 255]
    assert pixels[top + 30, left + 60].tolist() == [0, 0, 255, 255]


def test_letter_spacing_and_lines(box: TextStyle) -> None:
    assert measure_text("AA", box, 1000) == (160, 100)
    assert measure_text("AA", box.model_copy(update={"letter_spacing": 0.1}), 1000) == (170, 100)
    assert measure_text("A\nA\nA", box, 1000) == (80, 300)
    assert measure_text("A\nA", box.model_copy(update={"line_spacing": 1.5}), 1000) == (80, 250)
    assert measure_text("", box, 1000) == (0, 100)


@pytest.mark.parametrize(("align", "left"), [("start", 0), ("left", 0), ("center", 40), ("end", 80), ("right", 80)])
def test_align(box: TextStyle, align: str, left: int) -> None:
    block = set_text("AA\nA", box.model_copy(update={"align": align}), 1000)
    assert block.lefts == (0, left)


def test_arabic_starts_on_the_right() -> None:
    block = set_text("\u0627\u0644\u0639\u0631\u0628\u064a\u0629\n\u0646\u0639\u0645", TextStyle(), 480)
    assert block.lefts[0] == 0
    assert block.lefts[1] > 0
    assert [line.direction for line in block.lines] == ["rtl", "rtl"]


def test_wrapping(box: TextStyle) -> None:
    """A space is drawn by another font; it is dropped at the end of a line and counts between words."""
    lines = set_text("AA AA AA", box, 1000, 400).lines
    assert [(line.start, line.end) for line in lines] == [(0, 6), (6, 8)]
    assert [line.width for line in set_text("A A", box, 1000, 100).lines] == [0.8, 0.8]
    assert [(line.start, line.end, line.parted) for line in set_text("AAAAA", box, 1000, 240).lines] == [
        (0, 3, True),
        (3, 5, False),
    ]


def test_balanced_lines_are_about_equally_long(box: TextStyle) -> None:
    text = "A A A A A A A"
    loose = [line.width for line in set_text(text, box, 1000, 650, balanced=False).lines]
    even = [line.width for line in set_text(text, box, 1000, 650).lines]
    assert len(loose) == len(even) == 2
    assert max(even) - min(even) < max(loose) - min(loose)


def hyphens_in(text: str, width: float) -> list[bool]:
    """Whether each line ends with a hyphen; none is wider than asked for."""
    style = TextStyle(size=0.1)
    hyphen = set_text("\u2010", style, 1000).lines[0].glyphs[0].number
    block = set_text(text, style, 1000, width)
    assert block.width <= width + 1
    return [line.glyphs[-1].number == hyphen for line in block.lines]


def test_a_word_that_is_parted_shows_it_where_its_script_has_a_hyphen() -> None:
    assert hyphens_in("Donaudampfschiff", 600) == [True, False]
    assert hyphens_in("электрификация", 600) == [True, False]
    assert hyphens_in("long words", 330) == [False, False]
    assert not any(hyphens_in("0123456789" * 2, 500))
    assert not any(hyphens_in("雨" * 9, 500))
    assert not any(hyphens_in("العربية" * 3, 500))


def test_a_soft_hyphen_is_seen_where_a_line_ends_with_it_alone() -> None:
    assert hyphens_in("Donau\u00addampf", 380) == [True, False]
    assert hyphens_in("Donau\u00addampf", 900) == [False]


def test_japanese_is_parted_between_phrases_where_that_takes_no_more_lines() -> None:
    def lines_of(text: str, width: float) -> list[str]:
        return [text[line.start : line.end] for line in set_text(text, TextStyle(size=0.05), 1000, width).lines]

    assert lines_of("月曜日から歩行者と自転車が川を渡れます", 600) == ["月曜日から歩行者と", "自転車が川を渡れます"]
    assert lines_of("市が初の歩行者専用橋を開通", 460) == ["市が初の", "歩行者専用橋を開通"]
    assert max(map(len, lines_of("市が初の歩行者専用橋を開通" * 2, 260))) <= 5
    assert len(lines_of("雨はどうやってできるのか", 310)) == 2
    assert lines_of("从大海到街道的四个步骤", 350) == ["从大海到街道", "的四个步骤"]


def test_text_that_does_not_fit_shrinks(box: TextStyle) -> None:
    block = fit_text("AAAAAAAAAA", box, 1000, 400, 200, least_whole=0.25)
    assert not any(line.parted for line in block.lines)
    parted = fit_text("AAAAAAAAAA", box, 1000, 400, 300)
    assert parted.size_px > block.size_px
    assert parted.height <= 300
    assert 300 < block.width <= 400
    assert fit_text("A", box, 1000, 400, 200).size_px == 100
    assert fit_text("A" * 1000, box, 1000, 100, 100).size_px == pytest.approx(25)


def test_characters_shown_so_far_stand_at_their_final_place(box: TextStyle) -> None:
    block = set_text("AAA", box, 1000)
    whole, part = draw_block(block), draw_block(block, 2)
    assert ink(part.pixels)[2] + part.left == 160
    assert (part.left, part.top) == (whole.left, whole.top)
    assert draw_block(block, 0).pixels[..., 3].max() == 0


def test_windows_put_together_are_the_whole() -> None:
    block = set_text("Windows \u4f60\u597d fjord", TextStyle(shadow=0.05), 720)
    whole = draw_block(block)
    edges = [whole.left, 100, 200, whole.left + whole.pixels.shape[1]]
    parts = [draw_block(block, window=span) for span in pairwise(edges)]
    top, bottom = min(part.top for part in parts), max(part.top + part.pixels.shape[0] for part in parts)
    rows = np.zeros((bottom - top, whole.pixels.shape[1]), np.uint8)
    for part in parts:
        at = part.left - whole.left
        high, wide = part.pixels.shape[:2]
        rows[part.top - top : part.top - top + high, at : at + wide] = part.pixels[..., 3]
    expected = np.zeros_like(rows)
    expected[whole.top - top : whole.top - top + whole.pixels.shape[0]] = whole.pixels[..., 3][: bottom - whole.top]
    inner = np.abs(rows.astype(int) - expected)
    assert (inner > 40).mean() < 0.01  # only shadows that cross an edge differ


@pytest.mark.parametrize("name", MANY)
@pytest.mark.parametrize("weight", [400, 700])
def test_no_script_is_cut_off_or_missing(name: str, weight: int) -> None:
    style = TextStyle(size=0.1, weight=weight, italic=name == "Latin")
    assert missing(MANY[name], style) == ""
    alpha = draw_text(MANY[name], style, 480)[..., 3]
    assert alpha.max() > 200
    for edge in (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]):
        assert edge.max() == 0


def test_emoji_are_in_color_and_a_family_is_one_picture() -> None:
    style = TextStyle(size=0.2)
    one = draw_text("\U0001f600", style, 480)
    solid = one[one[..., 3] == 255][:, :3].astype(int)
    assert (solid.max(axis=1) - solid.min(axis=1)).mean() > 80
    single = measure_text("\U0001f600", style, 480)[0]
    for whole in (MANY["emoji"][1:6], "\U0001f1e8\U0001f1f3", "\U0001f44d\U0001f3fd", "1\ufe0f\u20e3"):
        assert measure_text(whole, style, 480)[0] == single
    assert measure_text("\U0001f1e8", style, 480)[0] == single


def test_arabic_letters_join_and_run_from_the_right() -> None:
    style = TextStyle(size=0.1)
    letters = "\u0628" * 3
    joined = set_text(letters, style, 480)
    assert joined.lines[0].glyphs[0].index == 2  # what is read last is seen first
    alone = sum(set_text(letter, style, 480).lines[0].width for letter in letters)
    assert joined.lines[0].width < 0.9 * alone


def test_space_between_letters_does_not_tear_arabic() -> None:
    wide = TextStyle(letter_spacing=0.5)
    word = "\u0628" * 4
    assert measure_text(word, wide, 480) == measure_text(word, TextStyle(), 480)
    assert measure_text("bbbb", wide, 480)[0] > 1.3 * measure_text("bbbb", TextStyle(), 480)[0]


def test_bold_is_made_where_there_is_no_file_of_it() -> None:
    regular, bold = (draw_text("\u5b57\u0c15", TextStyle(size=0.2, weight=weight), 480) for weight in (400, 700))
    assert bold[..., 3].sum(dtype=float) > 1.25 * regular[..., 3].sum(dtype=float)


def test_each_weight_is_heavier_than_the_one_before_until_signs_would_fill_up() -> None:
    inks = [
        draw_text("\u5b57", TextStyle(size=0.2, weight=weight), 480)[..., 3].sum(dtype=float)
        for weight in (400, 450, 500, 600, 700, 800, 900)
    ]
    assert inks[0] == inks[1] < inks[2] < inks[3] < inks[4] < inks[5] == inks[6]


def test_a_font_that_is_bold_by_itself_is_left_as_it_is(tmp_path: Path) -> None:
    own = tmp_path / "own.ttf"
    own.write_bytes((FONTS / "NotoSans-Bold.ttf").read_bytes())
    pictures = [draw_text("Rain", TextStyle(font=own, size=0.2, weight=weight), 480) for weight in (400, 900)]
    assert np.array_equal(*pictures)


def test_hindi_conjuncts_are_one_shape() -> None:
    assert len(set_text("\u0915\u094d\u0937", TextStyle(), 480).lines[0].glyphs) == 1


def test_ideographs_take_the_forms_of_their_language() -> None:
    forms = [draw_text("\u76f4\u9aa8", TextStyle(language=tag, size=0.2), 480)[..., 3] for tag in ("zh", "ja")]
    assert forms[0].shape != forms[1].shape or (forms[0] != forms[1]).any()
    kana = draw_text("\u76f4\u9aa8\u306e", TextStyle(size=0.2), 480)[..., 3]  # kana says that it is Japanese
    width = forms[1].shape[1] - 8
    assert np.array_equal(kana[:, :width][: forms[1].shape[0]], forms[1][:, :width][: kana.shape[0]])


def test_what_no_font_has_is_told() -> None:
    assert missing("a\u1820\U0001f600\ua000", TextStyle()) == "\u1820\ua000"


def test_the_same_look_at_every_size() -> None:
    style = TextStyle(size=0.08, outline=0.05)
    small, large = (measure_text("A title of some length", style, side, side * 0.7) for side in (480, 1920))
    assert np.allclose(np.array(large) / 4, small, atol=1.5)


@pytest.mark.parametrize("data", [b"", b"junk" * 500, (FONTS / "NotoSansHebrew-Regular.ttf").read_bytes()[:4000]])
def test_a_broken_font_is_one_clear_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "broken.ttf"
    path.write_bytes(data)
    with pytest.raises(MediaError, match=r"broken\.ttf: not a font, or damaged; give a \.ttf"):
        draw_text("A", TextStyle(font=path), 480)


def test_a_font_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"none\.otf: the font cannot be read \(No such file"):
        draw_text("A", TextStyle(font=tmp_path / "none.otf"), 480)
    (tmp_path / "folder.ttf").mkdir()
    with pytest.raises(MediaError, match="not a file"):
        draw_text("A", TextStyle(font=tmp_path / "folder.ttf"), 480)
    with pytest.raises(ValidationError, match="unknown font; give sans, serif, mono"):
        TextStyle(font=Path("Arial"))


def test_a_font_of_the_callers_own_draws_what_it_has(tmp_path: Path) -> None:
    style = TextStyle(font=write_font(tmp_path), size=0.1)
    assert {glyph.face.family for glyph in set_text("Ab", style, 480).lines[0].glyphs} == {"Two", "Noto Sans"}


def test_too_much_text() -> None:
    with pytest.raises(MediaError, match=f"too long; at most {MAX_CHARACTERS}"):
        draw_text("a" * (MAX_CHARACTERS + 1), TextStyle(), 480)
    with pytest.raises(MediaError, match="too large to draw"):
        draw_text("a" * 5000, TextStyle(size=0.5), 1080)


def test_unknown_colors_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown colour 'blau'"):
        TextStyle(color="blau")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=12), st.sampled_from([None, 30, 200]))
def test_any_text_is_drawn(text: str, width: int | None) -> None:
    block = set_text(text, TextStyle(size=0.1), 200, width)
    pixels = draw_block(block).pixels
    assert pixels.dtype == np.uint8
    assert pixels.shape[0] % 2 == pixels.shape[1] % 2 == 0
    edge = np.concatenate([pixels[0, :, 3], pixels[-1, :, 3], pixels[:, 0, 3], pixels[:, -1, 3]])
    assert edge.max() == 0
