import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.apps.compose.scenes.example_scenes import stage

from frameloom.apps.compose.scenes.evenly import alike, calm, largest, lists
from frameloom.apps.compose.scenes.layout import columns, grid, lower, rows, stack
from frameloom.apps.compose.scenes.lettering import LEAST_SIZE, ROLES, RoleName, indent, write

WORDS = ("雨", "мост", "bridge", "جسر", "पुल", "🚀", "Donaudampfschifffahrtsgesellschaft", "a", "\n")


@settings(max_examples=15, deadline=None)
@given(
    text=st.lists(st.sampled_from(WORDS), min_size=1, max_size=25).map(" ".join).filter(str.strip),
    role=st.sampled_from(sorted(ROLES)),
    width=st.integers(120, 900),
    height=st.integers(60, 300),
    lines=st.sampled_from([None, 1, 2]),
)
def test_any_text_fits_its_box(text: str, role: RoleName, width: int, height: int, lines: int | None) -> None:
    block = write(stage(size=(1280, 720)), text, role, width, height, lines=lines)
    assert block.width <= width + 1
    assert block.height <= height + 1
    assert lines is None or len(block.lines) <= lines
    assert block.style.size >= LEAST_SIZE


def test_a_text_that_is_far_too_long_ends_with_an_ellipsis() -> None:
    shown = stage(size=(1280, 720))
    block = write(shown, "word " * 150, "body", 300, 100)
    whole = write(shown, "word", "body", 300, 100)
    assert block.height <= 101
    last = block.lines[-1].glyphs[-1].number
    assert last not in {glyph.number for line in whole.lines for glyph in line.glyphs}


def test_a_text_that_fits_keeps_its_role_s_size() -> None:
    assert write(stage(), "Rain", "heading", 300, 100).style.size == ROLES["heading"].size


def test_texts_alike_have_one_size() -> None:
    blocks = alike(stage(size=(1280, 720)), ("Rain", "Rain and more rain " * 4), "body", 400, 60)
    assert blocks[0].style.size == blocks[1].style.size < ROLES["body"].size


def test_text_that_runs_to_the_left_begins_at_the_right() -> None:
    shown, box = stage(), (10, 0, 210, 50)
    for text, x in (("Rain", 10.0), ("مطر", None)):
        block = write(shown, text, "body", 200, 50)
        assert indent(block, box, "start", text) == (x if x is not None else 210 - block.width)
    block = write(shown, "Rain", "body", 200, 50)
    assert indent(block, box, "center") == 10 + (200 - block.width) / 2
    assert indent(block, box, "right") == indent(block, box, "end", "Rain") == 210 - block.width


def test_boxes_share_out_what_they_split() -> None:
    box = (10, 20, 110, 60)
    assert columns(box, (1, 1), 20) == [(10, 20, 50, 60), (70, 20, 110, 60)]
    assert rows(box, (1, 3), 0) == [(10, 20, 110, 30), (10, 30, 110, 60)]
    assert grid(box, 3, 2, 0) == [(10, 20, 60, 40), (60, 20, 110, 40), (10, 40, 60, 60)]
    assert stack(box, [10, 10], [4], 1.0) == [36, 50]
    assert stack(box, [30, 30], [4], 0.5)[0] == 20


def test_lists_share_one_size_and_as_much_room_as_there_is() -> None:
    shown = stage(size=(1280, 720))
    long = "More rain in the morning between six and nine on all the hills"
    (first, second), (third,) = lists(shown, [(long, "Rain"), ("Sun",)], "lead", 700, 180, 10)
    assert first.style.size == second.style.size == third.style.size == ROLES["lead"].size
    assert len(first.lines) == 2
    assert first.height + 10 + second.height <= 180
    (small, _), _ = lists(shown, [(long, "Rain"), ("Sun",)], "lead", 700, 100, 10)
    assert small.style.size < first.style.size


def test_lists_that_never_fit_are_cut_off() -> None:
    shown = stage(size=(1280, 720))
    blocks = lists(shown, [("word " * 150,) * 4], "lead", 300, 200, 8)[0]
    assert sum(block.height for block in blocks) + 24 <= 202
    assert all(block.style.size >= LEAST_SIZE for block in blocks)


def test_lists_grow_where_there_is_room_and_no_line_breaks_for_it() -> None:
    shown, lead = stage(size=(1280, 720)), ROLES["lead"].size
    ((short,),) = largest(shown, [("Rain",)], "lead", 900, 400, 10, 1.5)
    assert short.style.size == pytest.approx(1.5 * lead)
    whole = "Rain in the valley"
    width = write(shown, whole, "lead", 2000, 400).width * 1.25
    ((long,),) = largest(shown, [(whole,)], "lead", width, 400, 10, 1.5)
    assert lead < long.style.size < 1.3 * lead
    assert len(long.lines) == 1
    ((low,),) = largest(shown, [("Rain",)], "lead", 900, short.height / 1.2, 10, 1.5)
    assert lead < low.style.size < short.style.size


def test_letters_are_a_little_smaller_where_a_line_does_not_break_then() -> None:
    shown, lead = stage(size=(1280, 720)), ROLES["lead"].size
    text = "Rain in the valley"
    wide = write(shown, text, "lead", 2000, 400).width
    near, far = (calm(shown, (text,), "lead", wide * share, 400, 10)[0] for share in (0.95, 0.6))
    assert (len(near.lines), near.style.size) == (1, pytest.approx(0.93 * lead))
    assert (len(far.lines), far.style.size) == (2, lead)


def test_letters_are_larger_in_upright_pictures() -> None:
    sizes = [write(stage(aspect), "a", "body", 300, 100).style.size for aspect in ("16:9", "1:1", "9:16", "4:5")]
    assert sizes[0] == sizes[1] < sizes[2] == sizes[3]


def test_things_stand_lower_in_a_telephone_s_picture() -> None:
    assert [lower(stage(aspect), 0.5) for aspect in ("16:9", "1:1", "4:5", "9:16")] == [0.5, 0.5, 0.5, 0.7]
