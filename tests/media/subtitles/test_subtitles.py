"""Cues from files of all kinds, also damaged ones, and back into files."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.core.errors import MediaError, OutputError
from frameloom.media.subtitles import (
    MAX_BYTES,
    Cue,
    format_srt,
    format_vtt,
    guess_encoding,
    read_subtitles,
    shift_cues,
    trim_cues,
    write_subtitles,
)

SRT = """1
00:00:01,000 --> 00:00:02,500
Hello, <b>world</b>!

2
00:00:03,000 --> 00:00:04,000 X1:10 X2:20 Y1:10 Y2:20
<i>Two lines,
in italics</i>

3
0:01:05.5 --> 00:01:06,050
{\\an8}At the top: 1 < 2 & <3

4
00:01:07,000 --> 00:01:08,000
42
"""
VTT = """WEBVTT - a title

STYLE
::cue { color: red }

NOTE nothing --> to show

intro
00:01.000 --> 00:02.500 line:0 align:start
<v Ann>Hello &amp; <c.loud>good <00:00:01.500>day</c></v>

01:00:00.000 --> 01:00:01.000
1 &lt; 2
"""
ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,20,&H00FFFFFF,&H000000FF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,2,0,2,10,10,10,1
Style: Top,Arial,20,&H00FFFFFF,&H000000FF,&H00000000,&H00000000,0,-1,0,0,100,100,0,0,1,2,0,8,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:03.00,0:00:04.50,Top,,0,0,0,,Later
Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,not seen
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\b1}Hello{\\b0},\\Nworld
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\p1}m 0 0 l 9 9{\\p0}
""".replace("\\\n", "")


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_srt(tmp_path: Path) -> None:
    found = read_subtitles(write(tmp_path, "a.srt", SRT))
    assert found.encoding == "utf-8"
    assert found.notes == ()
    assert found.cues == (
        Cue(Fraction(1), Fraction(5, 2), "Hello, world!"),
        Cue(Fraction(3), Fraction(4), "Two lines,\nin italics", italic=True),
        Cue(Fraction(131, 2), Fraction(1321, 20), "At the top: 1 < 2 & <3", "top"),
        Cue(Fraction(67), Fraction(68), "42"),
    )


def test_srt_of_windows_and_macintosh(tmp_path: Path) -> None:
    expected = read_subtitles(write(tmp_path, "a.srt", SRT)).cues
    for name, data in (
        ("dos", SRT.replace("\n", "\r\n").encode("utf-8-sig")),
        ("mac", SRT.replace("\n", "\r").encode()),
        ("wide", SRT.encode("utf-16")),
        ("bare", SRT.encode("utf-16-le")),
    ):
        assert read_subtitles(write(tmp_path, f"{name}.srt", data)).cues == expected


def test_vtt(tmp_path: Path) -> None:
    assert read_subtitles(write(tmp_path, "a.vtt", VTT)).cues == (
        Cue(Fraction(1), Fraction(5, 2), "Hello & good day", "top"),
        Cue(Fraction(3600), Fraction(3601), "1 < 2"),
    )


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ("line:0", "top"),
        ("line:-1", "bottom"),
        ("line:10%", "top"),
        ("line:50%,center", "center"),
        ("line:90%", "bottom"),
    ],
)
def test_where_vtt_puts_its_cues(tmp_path: Path, settings: str, place: str) -> None:
    path = write(tmp_path, "a.vtt", f"WEBVTT\n\n00:01.000 --> 00:02.000 {settings}\nHi\n")
    assert read_subtitles(path).cues[0].place == place


def test_ass_as_cues(tmp_path: Path) -> None:
    assert read_subtitles(write(tmp_path, "a.ass", ASS)).cues == (
        Cue(Fraction(1), Fraction(2), "Hello,\nworld"),
        Cue(Fraction(3), Fraction(9, 2), "Later", "top", italic=True),
    )


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.srt", SRT.replace("0:01:05.5", "one:05"), r"a\.srt, line 11: not two times, got 'one:05 --> 00:01:06,050'"),
        ("a.srt", SRT.replace("00:00:02,500", "00:00:00,500"), r"a\.srt, line 2: ends before it starts"),
        ("a.srt", "just text\n", r"a\.srt: no subtitles in this file"),
        ("a.srt", b"\x00\x01\x02" * 50, r"a\.srt: not text"),
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\n" + "word " * 3000, r"line 2: .* too long"),
        ("a.vtt", SRT, r"a\.vtt, line 1: not WebVTT, got '1'"),
        ("a.vtt", VTT.replace("00:02.500", "2500"), r"a\.vtt, line 9: not two times"),
        ("a.ass", "nothing\n", r"a\.ass: not ASS or SSA"),
        ("a.ass", ASS.replace("0:00:03.00", "never"), r"a\.ass, line 11: .*never"),
        ("a.txt", SRT, r"a\.txt: unknown kind of subtitles; give \.srt, \.vtt, \.ass, \.ssa"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, name: str, text: str | bytes, message: str) -> None:
    with pytest.raises(MediaError, match=message):
        read_subtitles(write(tmp_path, name, text))


def test_no_file_and_too_large_a_file(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"none\.srt: cannot be read \(No such file"):
        read_subtitles(tmp_path / "none.srt")
    with pytest.raises(MediaError, match=r"more than 16 MB is too large for subtitles; is it a video\?"):
        read_subtitles(write(tmp_path, "a.srt", b" " * (MAX_BYTES + 1)))


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("plain", "ascii", "utf-8"),
        ("Zo\u00eb, na\u00efve, M\u00fcller, gar\u00e7on, \u00a1Ol\u00e9!", "cp1252", "cp1252"),
        ("\u201ccurly\u201d \u2013 dash", "cp1252", "cp1252"),
        ("\u8fd9\u662f\u4e2d\u6587\u5b57\u5e55\uff0c\u4f60\u597d\u3002 English", "gb18030", "gb18030"),
        ("\u8fd9\u662f\u4e2d\u6587", "utf-16-le", "utf-16"),
        ("Stra\u00dfe und \u00dcbermut \u00fcber \u00c4hren", "latin-1", "cp1252"),
    ],
)
def test_encodings_are_guessed_and_the_guess_is_told(tmp_path: Path, text: str, encoding: str, found: str) -> None:
    data = (b"\xff\xfe" if encoding == "utf-16-le" else b"") + text.encode(encoding)
    assert guess_encoding(data) == found
    path = write(tmp_path, "a.srt", data + "".encode(encoding))
    if encoding in {"cp1252", "gb18030"}:
        path.write_bytes(f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n".encode(encoding))
        read = read_subtitles(path)
        assert read.cues[0].text == text
        assert read.notes == (f"{path}: says nothing of its encoding; read as {found} (save it as UTF-8 to be sure)",)


def test_an_encoding_that_is_named_is_taken(tmp_path: Path) -> None:
    path = write(tmp_path, "a.srt", "1\n00:00:01,000 --> 00:00:02,000\n\u3053\u3093\n".encode("shift-jis"))
    assert read_subtitles(path, "shift-jis").cues[0].text == "\u3053\u3093"
    with pytest.raises(MediaError, match="not text in utf-8"):
        read_subtitles(path, "utf-8")
    with pytest.raises(MediaError, match="not text in klingon"):
        read_subtitles(path, "klingon")


def test_shift_and_trim() -> None:
    cues = (Cue(Fraction(1), Fraction(2), "a"), Cue(Fraction(3), Fraction(5), "b"))
    assert shift_cues(cues, Fraction(1, 2)) == (
        Cue(Fraction(3, 2), Fraction(5, 2), "a"),
        Cue(Fraction(7, 2), Fraction(11, 2), "b"),
    )
    assert shift_cues(cues, Fraction(-4)) == (Cue(Fraction(0), Fraction(1), "b"),)
    assert trim_cues(cues, Fraction(3, 2), Fraction(4)) == (
        Cue(Fraction(0), Fraction(1, 2), "a"),
        Cue(Fraction(3, 2), Fraction(5, 2), "b"),
    )


def test_writing(tmp_path: Path) -> None:
    cues = [Cue(Fraction(3661) + Fraction(1, 3), Fraction(3662), "a < b & c\n\nd", "top", italic=True)]
    assert format_srt(cues) == "1\n01:01:01,333 --> 01:01:02,000\n{\\an8}<i>a < b & c\nd</i>\n"
    assert format_vtt(cues) == "WEBVTT\n\n01:01:01.333 --> 01:01:02.000 line:0\n<i>a &lt; b &amp; c\nd</i>\n"
    with pytest.raises(OutputError, match=r"written as \.srt or \.vtt"):
        write_subtitles(tmp_path / "a.txt", cues)


TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20).filter(
    lambda text: not set(text) & set("<>{}\\&")
)


@given(
    st.lists(
        st.tuples(st.integers(0, 10**7), st.integers(1, 10**5), TEXTS, st.sampled_from(["top", "bottom", "center"]))
    ),
    st.sampled_from([".srt", ".vtt"]),
)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, str, str]], suffix: str
) -> None:
    path = tmp_path_factory.mktemp("subtitles") / f"a{suffix}"
    cues = sorted(
        (
            Cue(Fraction(start, 1000), Fraction(start + long, 1000), text, place)  # type: ignore[arg-type]
            for start, long, text, place in rows
        ),
        key=lambda cue: cue.start,
    )
    write_subtitles(path, cues)
    if cues:
        assert list(read_subtitles(path).cues) == cues
