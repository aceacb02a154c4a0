"""Phrases that tell what a part is about, and titles made of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.apps.summarise.chapters import TITLE_CHARACTERS, titles_of
from frameloom.apps.summarise.telling import LONGEST, stems, telling


def test_words_of_one_root_are_alike() -> None:
    for words in (
        "cycle cycles cycling cycled",
        "run running runs",
        "berry berries",
        "sail sails sailing",
        "Webb's webb",
    ):
        assert len(set(stems(words))) == 1, words
    assert stems("glass") == ["glass"]
    assert stems("the and of it's") == []
    assert stems("一辆 红色") == ["一辆", "红色"]


def test_what_is_said_everywhere_tells_nothing() -> None:
    texts = ["Welcome to the show. The harbour at night.", "Welcome to the show. Seven red bicycles."]
    first, second = telling(texts, most=1)
    assert first == ["harbour"]
    assert second == ["Seven red bicycles"]
    assert telling(["", "the of and"]) == [[], []]


def test_a_phrase_does_not_go_over_a_comma_or_a_common_word() -> None:
    (found,) = telling(["large harbour, small boats of wood"], most=9)
    assert all("," not in phrase and " of " not in phrase for phrase in found)


@given(st.lists(st.text(alphabet="abcde ,.", max_size=60), max_size=6), st.integers(1, 4))
def test_phrases_are_in_the_text_and_share_no_word(texts: list[str], most: int) -> None:
    for text, phrases in zip(texts, telling(texts, most), strict=True):
        assert len(phrases) <= most
        assert all(len(phrase.split()) <= LONGEST for phrase in phrases)
        assert all(phrase in " ".join(text.split()) for phrase in phrases)
        used = [stem for phrase in phrases for stem in set(stems(phrase))]
        assert len(used) == len(set(used))


@pytest.mark.parametrize(
    ("texts", "titles"),
    [
        (["", "Good day."], ["Chapter 1", "Good day."]),
        (
            [
                "This is the optical segment of the Webb Space Telescope, and the Webb Space Telescope is large.",
                "We now turn to the kitchen garden, where the kitchen garden is green and the sun is out.",
            ],
            ["Webb Space Telescope, optical segment", "Kitchen garden, green"],
        ),
        (
            ["it is what it was and it will be what it will be for all of us"],
            ["it is what it was and it will be what it will …"],
        ),
    ],
)
def test_titles_are_short_and_telling(texts: list[str], titles: list[str]) -> None:
    found = titles_of(texts)
    assert found == titles
    assert all(len(title) <= TITLE_CHARACTERS for title in found)
