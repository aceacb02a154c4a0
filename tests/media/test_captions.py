"""Captions beside a film: each form of a line, and what is no line names itself."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frameloom.core.errors import MediaError
from frameloom.media.captions import read_captions


def test_a_caption_holds_until_its_end_or_the_next_line(tmp_path: Path) -> None:
    text = "# of a walk\n\n0:12 a red bicycle\n  1:02.5 - 1:10 two children   wave \n30 a boat\n"
    (tmp_path / "walk.captions.txt").write_text("\ufeff" + text, encoding="utf-8")
    cues = read_captions(tmp_path / "walk.captions.txt", Fraction(80))
    assert [(float(cue.start), float(cue.end), cue.text) for cue in cues] == [
        (12, 30, "a red bicycle"),
        (30, 62.5, "a boat"),
        (62.5, 70, "two children wave"),
    ]
    (tmp_path / "one.captions.txt").write_text("70 the end")
    assert read_captions(tmp_path / "one.captions.txt", Fraction(80))[0].end == 80
    assert read_captions(tmp_path / "one.captions.txt", Fraction(60))[0].end == 70  # a shorter film takes no harm


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no captions in this file; write a line such as: 0:12 a red bicycle"),
        ("# nothing\n", "no captions"),
        ("0:01 ok\nsoon a boat\n", "line 2: not a time"),
        ("0:05 - 0:02 a boat\n", "line 1: ends before it begins"),
        ("-3 a boat\n", "begins before 0"),
        ("0:05\n", "line 1: no text"),
        ("0:05 - 0:07\n", "line 1: no text"),
        (f"0:05 {'a' * 3000}\n", "more than 2000 characters"),
        ("0:01 a\n" * 50_001, "50001 captions are too many"),
        ("0:01 a\0b\n", "zero bytes"),
    ],
)
def test_a_broken_line_names_itself(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "x.captions.txt").write_text(text)
    with pytest.raises(MediaError, match=told):
        read_captions(tmp_path / "x.captions.txt", Fraction(100))


LINES = st.lists(st.text(alphabet="0123456789:.- \t#/eab\u2013\u00e9", max_size=24), max_size=6)


@given(lines=LINES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_captions_or_says_what_is_wrong(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "any.captions.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        cues = read_captions(path, Fraction(100))
    except MediaError:
        return
    assert all(0 <= cue.start <= cue.end and cue.text for cue in cues)
    assert [cue.start for cue in cues] == sorted(cue.start for cue in cues)
