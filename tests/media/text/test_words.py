"""Chinese parts at words; what has spaces parts at them; nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.media.text.words import is_han, words_in


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("长江在重庆。", ["长江", "在", "重庆", "。"]),
        ("全长42.8公里", ["全长", "42.8", "公里"]),
        ("Don't stop, 3.5% more", ["Don't", " ", "stop", ",", " ", "3.5%", " ", "more"]),
        ("", []),
    ],
)
def test_words_stand_where_they_part(text: str, parts: list[str]) -> None:
    assert words_in(text) == parts


@given(st.text(alphabet="首日客流全长江 ab,。3.%\n\u3042", max_size=24))
def test_nothing_is_lost(text: str) -> None:
    assert "".join(words_in(text)) == text


def test_kana_are_japanese() -> None:
    assert is_han("重庆")
    assert not is_han("東京へ")
