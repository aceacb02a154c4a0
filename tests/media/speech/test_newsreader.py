"""English signs are said as a newsreader says them, and captions keep what is written."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from frameloom.media.speech.newsreader import read_aloud
from frameloom.media.speech.spoken import Manner, joined
from frameloom.media.speech.voices import open_voice


def said(text: str) -> str:
    return "".join(piece.spoken for piece in read_aloud(text))


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("See https://www.example.com/docs?x=1.", "See example dot com slash docs."),
        ("(bbc.co.uk/news)", "(bbc dot co dot uk slash news)"),
        ("http://localhost:8000/a_b/", "localhost, port eight thousand slash a underscore b"),
        ("Mail ada_l@example.org!", "Mail ada underscore l at example dot org!"),
        ("@ada_l on #MachineLearning", "at ada underscore l on hashtag Machine Learning"),
        ("$4.99, $0.99, £1", "four dollars and ninety nine cents, ninety nine cents, one pound"),
        ("€1,250.50", "one thousand two hundred and fifty euros and fifty cents"),
        ("$1.5 million, £3bn, 20 USD", "one point five million dollars, three billion pounds, twenty US dollars"),
        ("$5-10 or \u2212¥500", "five to ten dollars or minus five hundred yen"),
        ("£2.01 and £0.50", "two pounds and one penny and fifty pence"),
        ("5 % or 10-20%", "five percent or ten to twenty percent"),
        ("3.11.2, v2.0 and 1.0.0-rc1", "three point eleven point two, version two point zero and "
         "one point zero point zero release candidate one"),
        ("version 3.11 of 30.11.2026", "version three point eleven of November thirtieth, twenty twenty six"),
        ("+1 555-0134", "plus one, five five five, oh one three four"),
        ("(020) 7946 0958", "oh two oh, seven nine four six, oh nine five eight"),
        ("call 555-1234", "call five five five, one two three four"),
        ("setup.py, README.md and src/my-Main.c", "setup dot pie, read me dot md and src slash my dash Main dot c"),
        ("/usr/bin/env", "slash usr slash bin slash env"),
        ("x\u00b2 + v\u2080\u00b3, no \u00b2", "x squared + v\u2080 cubed, no \u00b2"),
        ("192.168.0.1:80", "one nine two dot one six eight dot zero dot one, port eighty"),
        ("C# and No. 5, e.g. 1.5M", "C sharp and number 5, for example, one point five million"),
    ],
)  # fmt: skip
def test_signs_are_said(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    "text",
    [
        "He/she/it goes. A sentence.It is 3.14, 10:30, 1,000,000 and 3/4.",
        "Pages 998-1002, 3-0 and issue #12; C++ or AT&T, 24/7 at 5 km/h.",
        "Is it you?me and Dr. No at p.m. in the U.S. market...",
    ],
)
def test_what_voices_read_well_is_left_to_them(text: str) -> None:
    assert said(text) == text


@given(some.text("a1B.,/:@#$€%-+_ ()~v", max_size=60))
def test_no_letter_is_lost(text: str) -> None:
    pieces = read_aloud(text)
    assert "".join(piece.written for piece in pieces) == text
    assert all(piece.spoken.strip() or not piece.written.strip() for piece in pieces)


@pytest.mark.parametrize("voice", ["hibari", "espeak"])
def test_words_keep_what_is_written_and_their_order(voice: str) -> None:
    text = "Mail ada@example.org, it costs well-known $4.99 now."
    words = joined(open_voice(voice).speak(text, Manner())).words
    assert [word.text for word in words] == ["Mail", "ada@example.org", "it", "costs", "well-known", "$4.99", "now"]
    assert all(one.start < one.stop <= other.start for one, other in pairwise(words))
    long = {word.text: word.stop - word.start for word in words}
    assert min(long["ada@example.org"], long["$4.99"]) > 3 * long["it"]
