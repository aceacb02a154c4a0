"""Pieces of texts get the times that a voice tells, whatever it says them as."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from frameloom.media.speech.english import aloud
from frameloom.media.speech.tokens import by_words, ends_clause, ends_sentence, placed, read_silently, tokens_of

S = Fraction


def _said(*words: tuple[str, float, float]) -> list[tuple[str, Fraction, Fraction]]:
    return [(text, S(str(start)), S(str(end))) for text, start, end in words]


def test_words_and_signs() -> None:
    text = "It — rains, 下雨了。谷に雨が降る 🎉 (really)!"
    assert [text[first:stop] for first, stop in tokens_of(text)] == [
        "It —", "rains,", "下", "雨", "了。", "谷", "に", "雨", "が", "降", "る 🎉", "(really)!",
    ]  # fmt: skip


@given(some.text(max_size=60))
def test_pieces_cover_all_letters_in_order(text: str) -> None:
    spans = tokens_of(text)
    assert all(first < stop for first, stop in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    covered = {at for first, stop in spans for at in range(first, stop)}
    assert all(at in covered for at, letter in enumerate(text) if letter.isalnum())


def test_what_is_said_as_written_has_exactly_its_time() -> None:
    tokens = placed("Rain fell.", _said(("rain", 0.25, 0.5), ("fell", 0.75, 1)), S(5, 4))
    assert [(one.start, one.end) for one in tokens] == [(S(1, 4), S(1, 2)), (S(3, 4), S(1))]


def test_a_number_takes_the_time_of_the_words_that_it_is_said_in() -> None:
    said = _said(
        ("of", 0, 1), ("one", 1, 2), ("it", 2, 3), ("is", 3, 4), ("three", 4, 5), ("with", 5, 6), ("three", 6, 7)
    )
    text = "of 1 it is 3. with three"
    tokens = {text[one.first : one.stop]: (one.start, one.end) for one in placed(text, said, S(7))}
    assert tokens["1"] == (1, 2)
    assert tokens["3."] == (4, 5)  # not the later "three"
    assert tokens["three"] == (6, 7)


def test_a_number_that_is_said_in_several_words_takes_all_of_their_time() -> None:
    said = _said(("by", 0, 1), ("forty", 1, 2), ("two", 2, 3), ("percent", 3, 4), ("more", 5, 6))
    assert [(one.start, one.end) for one in placed("by 42% more", said, S(6))] == [(0, 1), (1, 4), (5, 6)]


def test_a_voice_that_read_something_else_is_not_believed() -> None:
    tokens = placed("谷に雨", _said(("谷に雨", 0, 0.5)), S(6))
    assert [(one.start, one.end) for one in tokens] == [(0, 2), (2, 4), (4, 6)]


@given(
    some.text("ab .,雨", min_size=1, max_size=40), some.lists(some.sampled_from(["a", "b", "ab", "雨"]), max_size=12)
)
def test_times_never_fall_and_stay_inside(text: str, words: list[str]) -> None:
    said = [(word, S(at), S(at + 1)) for at, word in enumerate(words)]
    tokens = placed(text, said, S(len(words) + 1))
    times = [time for one in tokens for time in (one.start, one.end)]
    assert times == sorted(times)
    assert all(0 <= time <= len(words) + 1 for time in times)


def test_a_silent_reading_takes_time_by_its_letters_and_pauses() -> None:
    tokens, duration = read_silently("abcd. ef", 1)
    # five fifteenths for four letters and a space, two fifths of a pause, three fifteenths
    assert [(one.start, one.end) for one in tokens] == [(0, S(1, 3)), (S(1, 3) + S(2, 5), S(1, 3) + S(2, 5) + S(1, 5))]
    assert duration == tokens[-1].end
    assert read_silently("abcd. ef", 2)[1] == duration / 2
    assert read_silently("下雨", 1)[1] == S(4, 9)


@pytest.mark.parametrize("text", ["Rain.", "Rain?”", "雨。", "雨」。", "बारिश।"])
def test_ends_of_sentences(text: str) -> None:
    assert ends_sentence(text)
    assert ends_clause(text)


def test_other_ends() -> None:
    assert ends_clause("Rain,")
    assert not ends_sentence("Rain,")
    assert not ends_clause("Rain")


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("42%", "forty two percent"),
        ("1,250 roads", "one thousand two hundred and fifty roads"),
        (
            "in 2026 and 1905, 2003, 1900",
            "in twenty twenty six and nineteen oh five, two thousand and three, nineteen hundred",
        ),
        ("$1", "one dollar"),
        ("€3.5 million", "three point five million euros"),
        ("the 3rd, 20th, 21st", "the third, twentieth, twenty first"),
        ("-7 or 1000000", "minus seven or one million"),
        ("rain — sun", "rain, sun"),
        ("v1.2.3 and H264 and 10:30", "v1.2.3 and H264 and 10:30"),
        ("0.05", "zero point zero five"),
    ],
)
def test_english_aloud(written: str, spoken: str) -> None:
    assert aloud(written) == spoken


def test_a_title_ends_no_sentence() -> None:
    assert not any(map(ends_sentence, ("Dr.", "e.g.", "J.")))
    assert ends_sentence("rains.")


def test_signs_of_a_chinese_word_are_one() -> None:
    text = "长江在重庆、AI很好。"
    tokens, _ = read_silently(text, 1)
    words = by_words(text, tokens)
    assert [text[one.first : one.stop] for one in words] == ["长江", "在", "重庆、", "AI", "很", "好。"]
    assert (words[0].start, words[0].end) == (tokens[0].start, tokens[1].end)
    assert by_words("It rains.", read_silently("It rains.", 1)[0]) == list(read_silently("It rains.", 1)[0])
