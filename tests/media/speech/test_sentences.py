"""Text is cut where a voice may draw breath, nothing is lost, and Chinese numbers are read as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.core.errors import MediaError
from frameloom.media.speech.sentences import LONGEST, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. No met J. R. Smith at 3.15 p.m. today.", ["Dr. No met J. R. Smith at 3.15 p.m. today."]),
        ('He said "Stop!" Then he left.', ['He said "Stop!"', "Then he left."]),
        ("你好。再见！好", ["你好。", "再见！", "好"]),
        ("first line\nsecond line", ["first line", "second line"]),
        ("Well... maybe", ["Well... maybe"]),
        ("Yes. ... No.", ["Yes.", "No."]),
        ("Hello\x00 \t  you\x07.\r\nBye\udcff!", ["Hello you .", "Bye !"]),
        ("I asked approx. Ten and Dr. No.", ["I asked approx. Ten and Dr. No."]),
        ("नमस्ते। फिर मिलेंगे।", ["नमस्ते।", "फिर मिलेंगे।"]),
    ],
)
def test_sentences_end_where_they_do(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


@given(st.text(alphabet="ab .,;\n!？。é7", max_size=900))
def test_no_letter_is_lost_and_nothing_is_too_long(text: str) -> None:
    if not any(sign.isalnum() for sign in text):
        with pytest.raises(MediaError, match="nothing to speak"):
            list(sentences(text))
        return
    parts = list(sentences(text))
    assert [sign for part in parts for sign in part if sign.isalnum()] == [sign for sign in text if sign.isalnum()]
    assert all(len(part) <= LONGEST + 1 for part in parts)
    assert all(any(sign.isalnum() for sign in part) for part in parts)


@pytest.mark.parametrize("text", ["", "  \n ", "...", "?!", "🎉🎉"])
def test_what_has_nothing_to_speak_is_one_clear_line(text: str) -> None:
    with pytest.raises(MediaError, match=r"^text .*: has nothing to speak; give words$"):
        list(sentences(text))


@pytest.mark.parametrize("text", ["a" + 200_000 * " " + "b", 40_000 * "Mr. ", 20_000 * "one two. "])
def test_long_text_is_cut_in_time_that_grows_with_it(text: str) -> None:
    """With twice as much at each step, these took hours."""
    assert all(len(part) <= LONGEST + 1 for part in sentences(text))
