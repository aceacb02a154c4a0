"""What is spoken of an answer: no marks, addresses or emoji; cues apart; the same however it arrives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.apps.talk.aloud import MOST_HELD, Aloud, Cue, aloud


def read(*bits: str) -> list[str | Cue]:
    one, found = Aloud(), list[str | Cue]()
    for part in (*(part for bit in bits for part in one.feed(bit)), *one.end()):
        if found and isinstance(part, str) and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    return found


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("[link](http://x.y) and ![a cat](cat.png), [see][1].", "link and a cat, see."),
        ("[a (b)](http://x.y/(z)) end", "a (b) end"),
        ("See https://www.x.org/a?b=c, or http://me@y.z:80.", "See x.org, or y.z."),
        ("<https://x.y/z> (www.a.b/c)", "x.y (a.b)"),
        ("**Bold**, *soft*, __strong__, ~~gone~~, `code` of a_b", "Bold, soft, strong, gone, code of a b"),
        ("# Title\n\n> - quoted\n* two\n+ three", "Title\n\nquoted\ntwo\nthree"),
        ("1. one\n2) two\n1984. A year", "1, one\n2, two\n1984. A year"),
        ("Before\n```py\nx = '[a](b)'\n```\nAfter", "Before\n\nAfter"),
        ("Rule\n---\n- - -\nEnd", "Rule\n\n\nEnd"),
        ("Well done \U0001f44d\U0001f3fd\u2764\ufe0f! \U0001f468\u200d\U0001f469\u200d\U0001f467", "Well done ! "),
        ("C# costs 5 < 6, -5 degrees; [open", "C# costs 5 < 6, -5 degrees; open"),
        ("who, how, httpd and www", "who, how, httpd and www"),
    ],
)  # fmt: skip
def test_what_is_meant_for_the_eye_is_not_spoken(written: str, spoken: str) -> None:
    assert aloud(written) == spoken
    assert read(*written) == [spoken]


def test_cues_stand_between_what_is_spoken() -> None:
    written = "[happy] Hello! [wave]Bye [grumpy]."
    assert read(*written) == [Cue(mood="happy"), " Hello! ", Cue(gesture="wave"), "Bye grumpy."]


def test_what_cannot_be_a_mark_is_not_held_back() -> None:
    one = Aloud()
    assert "".join(map(str, one.feed("Well, I think [so far"))) == "Well, I think "
    assert "".join(map(str, one.feed("x" * MOST_HELD))) == "so far" + "x" * MOST_HELD


SIGNS = st.sampled_from(["a", "b 1", "*", "_", "`", "```", "~", "[", "]", "(", ")", "!", "#", "> ", "- ", "1. ", "2. ",
                         "\n", " ", "http://", "www.", "h", "w", ".", "\U0001f600", "[happy]", "<"])  # fmt: skip


@given(st.lists(SIGNS, max_size=14))
def test_a_text_gives_the_same_however_it_arrives(bits: list[str]) -> None:
    whole = "".join(bits)
    assert read(*bits) == read(whole) == read(*whole)
