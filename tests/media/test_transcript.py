"""Words said, as files and as cues: what is written is read again, and broken files name the place."""

import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.core.errors import MediaError, OutputError
from frameloom.media.subtitles import read_subtitles
from frameloom.media.transcript import (
    CUE_S,
    LINE_CHARACTERS,
    Word,
    cues_of,
    read_transcript,
    sentences_of,
    text_of,
    words_in,
    write_transcript,
)


def said(text: str, start: float = 0.0, each: float = 0.4) -> list[Word]:
    """Words one after the other."""
    begin, step = Fraction(str(start)), Fraction(str(each))
    return [Word(begin + n * step, begin + (n + 1) * step, word) for n, word in enumerate(text.split())]


def test_cues_end_with_sentences_and_in_pauses() -> None:
    words = [*said("Good day. We are"), *said("in the hall", start=3)]
    assert [(float(cue.start), float(cue.end), cue.text) for cue in cues_of(words)] == [
        (0, 0.8, "Good day."),
        (0.8, 1.6, "We are"),
        (3, 4.2, "in the hall"),
    ]


def test_a_long_cue_has_two_lines_of_about_one_length() -> None:
    (cue,) = cues_of(said("one of the largest clean rooms in the whole wide world", each=0.2))
    first, second = cue.text.split("\n")
    assert first == "one of the largest clean"
    assert second == "rooms in the whole wide world"


@given(st.lists(st.integers(1, 12), min_size=1, max_size=80), st.floats(0.1, 1.5))
def test_cues_hold_every_word_and_stay_short(lengths: list[int], each: float) -> None:
    words = said(" ".join("x" * length for length in lengths), each=round(each, 2))
    cues = cues_of(words)
    assert " ".join(cue.text.replace("\n", " ") for cue in cues) == text_of(words)
    assert all(len(cue.text) <= 2 * LINE_CHARACTERS for cue in cues)
    assert all(cue.end - cue.start <= CUE_S for cue in cues)
    assert all(one.end <= other.start for one, other in pairwise(cues))


def test_sentences_are_whole_where_they_are_not_long() -> None:
    words = [*said("He leans his bicycle on the wall. Then he goes.")]
    assert [one.text for one in sentences_of(words)] == ["He leans his bicycle on the wall.", "Then he goes."]
    assert all(len(one.text) <= 200 for one in sentences_of(said("word " * 200)))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    words = tuple(said("Good day to all of you. Come in!", start=1.5))
    write_transcript(tmp_path / "w.json", words)
    assert read_transcript(tmp_path / "w.json") == words
    write_transcript(tmp_path / "w.srt", words)
    assert [cue.text for cue in read_subtitles(tmp_path / "w.srt").cues] == ["Good day to all of you.", "Come in!"]
    assert read_transcript(tmp_path / "w.srt")[0].start == Fraction(3, 2)
    write_transcript(tmp_path / "w.vtt", words)
    assert (tmp_path / "w.vtt").read_text().startswith("WEBVTT\n")
    write_transcript(tmp_path / "w.txt", words)
    assert (tmp_path / "w.txt").read_text() == "Good day to all of you.\nCome in!\n"
    with pytest.raises(OutputError, match=r"w\.doc: not a format of transcripts; give \.srt, \.vtt, \.json, \.txt"):
        write_transcript(tmp_path / "w.doc", words)
    assert not (tmp_path / "w.doc").exists()


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ("{", "not a transcript"),
        ("[]", 'it has no list of "words"'),
        ('{"words": 3}', 'it has no list of "words"'),
        ('{"words": [{"start": 0, "end": 1}]}', r'words\[0\] has no "text"'),
        ('{"words": [{"start": 2, "end": 1, "text": "a"}]}', r'words\[0\] has no "start" before its "end"'),
        ('{"words": [{"start": 0, "end": 1, "text": "a"}, {"start": true, "end": 9, "text": "b"}]}', r"words\[1\]"),
        ('{"words": [{"start": NaN, "end": 1, "text": "a"}]}', r"words\[0\]"),
        ('{"words": [{"start": 0, "end": Infinity, "text": "a"}]}', r"words\[0\]"),
        ("[" * 100_000, "not a transcript"),
        (json.dumps({"words": [{"start": 0, "end": 1, "text": ""}] * 50_001}), "more than 50000 words"),
    ],
)
def test_a_broken_transcript_names_the_place(tmp_path: Path, held: str, told: str) -> None:
    (tmp_path / "w.json").write_text(held)
    with pytest.raises(MediaError, match=told):
        read_transcript(tmp_path / "w.json")


def test_of_other_kinds_nothing_is_read(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"w\.doc: unknown kind of transcript; give \.srt"):
        read_transcript(tmp_path / "w.doc")
    with pytest.raises(MediaError, match="cannot be read"):
        read_transcript(tmp_path / "none.json")


NUMBERS = st.booleans() | st.integers() | st.floats()
VALUES = st.none() | NUMBERS | st.text(max_size=3) | st.lists(st.integers(), max_size=2)
ROWS = st.dictionaries(st.sampled_from(["start", "end", "text", "chance", "else"]), VALUES) | VALUES


@given(st.fixed_dictionaries({"words": st.lists(ROWS, max_size=4) | VALUES}) | VALUES)
def test_any_json_is_a_transcript_or_says_what_is_wrong(held: object) -> None:
    try:
        words = words_in(held)
    except ValueError:
        return
    assert all(0 <= word.start < word.end and 0 <= word.chance <= 1 for word in words)
