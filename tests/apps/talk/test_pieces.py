"""Pieces of an answer: what is spoken first is short, whole, and the same however the text arrives."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.apps.talk.aloud import Cue
from frameloom.apps.talk.pieces import MOST, MOST_FIRST, Pieces


def pieces(*bits: str) -> list[str]:
    return [piece for piece in with_cues(*bits) if isinstance(piece, str)]


def with_cues(*bits: str) -> list[str | Cue]:
    one = Pieces()
    return list(chain(*map(one.feed, bits), one.end()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Well, I think so. And you?", ["Well, I think so.", "And you?"]),
        ("Since you ask me, it depends: a lot.", ["Since you ask me,", "it depends: a lot."]),
        ("It costs 3.14, Dr. Now. Fine.", ["It costs 3.14,", "Dr. Now.", "Fine."]),
        (
            "\u4f60\u597d\u4f60\u597d\uff0c\u5929\u6c14\u5f88\u597d\u3002",
            ["\u4f60\u597d\u4f60\u597d\uff0c", "\u5929\u6c14\u5f88\u597d\u3002"],
        ),
        ("**Bold**   words\n- and a list", ["Bold words", "and a list"]),
        ("Hi", ["Hi"]),
        ("", []),
        ("... !", []),
    ],
)  # fmt: skip
def test_a_first_piece_ends_at_a_breath_and_others_with_their_sentence(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected
    assert pieces(*text) == expected


def test_a_long_sentence_without_a_comma_begins_with_some_of_its_words() -> None:
    first, *others = pieces("word " * 40)
    assert len(first) <= MOST_FIRST
    assert " ".join([first, *others]).split() == ["word"] * 40


@pytest.mark.parametrize(
    "text",
    ["word " * 200, "\u4f60\u597d" * 200, "word " * 40 + ", " + "word, " * 100, "\u0e19\u0e49\u0e33" * 150, "x" * 999],
)
def test_no_piece_is_longer_than_a_voice_should_take_at_one_go(text: str) -> None:
    first, *others = pieces(text)
    assert [first, *others] == pieces(*text)
    assert len(first) <= MOST_FIRST
    assert max(map(len, others)) <= MOST
    assert "".join([first, *others]).replace(" ", "") == text.replace(" ", "")
    assert not any(piece.startswith("\u0e49") for piece in others)


def test_a_cue_ends_a_piece() -> None:
    text = "[happy] Hi [wave] there. [sad]So, I must go now."
    expected = [Cue(mood="happy"), "Hi", Cue(gesture="wave"), "there.", Cue(mood="sad"), "So, I must go now."]
    assert with_cues(text) == with_cues(*text) == expected


def test_a_first_piece_is_there_before_the_rest() -> None:
    one = Pieces()
    assert list(one.feed("Good morning to you, I")) == ["Good morning to you,"]
    assert list(one.feed(" hope. You")) == ["I hope."]


@given(st.lists(st.text(alphabet="ab ,.!\n\uff0c\u597d3*", max_size=12), max_size=12))
def test_no_letter_is_lost_or_said_twice(bits: list[str]) -> None:
    def letters(text: str) -> str:
        return "".join(filter(str.isalnum, text))

    assert letters("".join(pieces(*bits))) == letters("".join(bits))
