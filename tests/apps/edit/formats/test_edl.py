"""Edit decision lists: written by the book, and read as other programs write them."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.apps.edit.formats.edl import edl_text, read_edl
from frameloom.apps.edit.formats.timecode import rate_of_codes, read_timecode, timecode
from frameloom.apps.edit.timeline import Clip, FileSource, Gap, Timeline, Track, Transition
from frameloom.core.errors import ConfigError

NTSC = Fraction(30000, 1001)


def read(folder: Path, *lines: str, rate: int | Fraction | None = 25) -> Timeline:
    (folder / "x.edl").write_text("\n".join(("TITLE: theirs", *lines)), encoding="utf-8")
    return read_edl(folder / "x.edl", None if rate is None else Fraction(rate))[0]


def test_a_dissolve_is_written_by_the_book(tmp_path: Path) -> None:
    items = (
        Clip(source=tmp_path / "beach day.mp4", start=1, duration=4),
        Transition(duration="0.2"),
        Clip(source=tmp_path / "pier.mp4", start=2, duration=3, speed=2.0),
    )
    text, notes = edl_text(Timeline(name="Trip", rate=25, tracks=(Track(items=items),)))
    assert notes == []
    assert text.splitlines() == [
        "TITLE: Trip",
        "FCM: NON-DROP FRAME",
        "",
        "001  BEACHDAY V     C        00:00:01:00 00:00:04:20 00:00:00:00 00:00:03:20",
        "* FROM CLIP NAME: beach day.mp4",
        f"* FROM FILE: {tmp_path}/beach day.mp4",
        "002  BEACHDAY V     C        00:00:04:20 00:00:04:20 00:00:03:20 00:00:03:20",
        "002  PIER     V     D 005    00:00:02:00 00:00:08:00 00:00:03:20 00:00:06:20",
        "* FROM CLIP NAME: beach day.mp4",
        "M2   PIER     50.000000                00:00:02:00",
        "* TO CLIP NAME: pier.mp4",
        f"* TO FILE: {tmp_path}/pier.mp4",
        "* FRAME RATE: 25",
    ]


def test_a_list_of_another_program(tmp_path: Path) -> None:
    timeline = read(
        tmp_path,
        "FCM: NON-DROP FRAME",
        "",
        "000001  AX       V     C        00:00:10:00 00:00:12:00 01:00:00:00 01:00:02:00",
        "* FROM CLIP NAME:  a.mov",
        "* SOURCE FILE: shots/a.mov",
        "000002  AX       V     C        00:00:12:00 00:00:12:00 01:00:02:00 01:00:02:00",
        "000002  BX       V     D    010 00:00:05:00 00:00:07:00 01:00:02:00 01:00:04:00",
        "EFFECTS NAME IS CROSS DISSOLVE",
        "* FROM CLIP NAME:  a.mov",
        "* TO CLIP NAME:  b.mov",
        "000003  CX       V     W001 005 00:00:00:00 00:00:01:00 01:00:04:00 01:00:05:00",
        "* FROM CLIP NAME:  c.mov",
        "000004  BL       V     C        00:00:00:00 00:00:01:00 01:00:05:00 01:00:06:00",
        "000005  D        V     C        00:00:00:00 00:00:01:00 01:00:07:00 01:00:08:00",
    )
    assert timeline.name == "theirs"
    assert timeline.tracks[0].items == (
        Clip(source=tmp_path / "shots/a.mov", start=10, duration="2.4"),
        Transition(duration="0.4"),
        Clip(source=tmp_path / "b.mov", start=5, duration="2.2"),
        Transition(name="wipeleft", duration="0.2"),
        Clip(source=tmp_path / "c.mov", duration=1, reason="no media given for 'c.mov'; set the path of its file"),
        Gap(duration=1),
        Gap(duration=1),
        Clip(
            source=FileSource(path=tmp_path / "D"),
            duration=1,
            reason="no media given for 'D'; set the path of its file",
        ),
    )


def test_fades_from_and_to_black(tmp_path: Path) -> None:
    timeline = read(
        tmp_path,
        "001  BL       V     C        00:00:00:00 00:00:00:00 01:00:00:00 01:00:00:00",
        "001  AX       V     D    012 00:00:02:00 00:00:04:00 01:00:00:00 01:00:02:00",
        "* TO FILE: a.mp4",
        "002  AX       V     C        00:00:04:00 00:00:04:00 01:00:02:00 01:00:02:00",
        "002  BL       V     D    010 00:00:00:00 00:00:01:00 01:00:02:00 01:00:03:00",
    )
    assert timeline.tracks[0].items == (
        Transition(duration="0.48"),
        Clip(source=tmp_path / "a.mp4", start=2, duration="2.4"),
        Transition(duration="0.4"),
        Gap(duration="0.6"),
    )


def test_sound_events_become_sound_tracks_and_silence_the_pictures(tmp_path: Path) -> None:
    timeline = read(
        tmp_path,
        "001  AX       V     C        00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00",
        "* FROM FILE: a.mp4",
        "002  AX       A     C        00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00",
        "* FROM FILE: a.wav",
    )
    assert [track.kind for track in timeline.tracks] == ["video", "sound"]
    assert timeline.tracks[0].items == (Clip(source=tmp_path / "a.mp4", duration=1, sound=False),)
    assert timeline.tracks[1].items == (Clip(source=tmp_path / "a.wav", duration=1),)


def test_lengths_that_differ_are_a_speed(tmp_path: Path) -> None:
    line = "001  AX       V     C        00:00:00:00 00:00:04:00 00:00:00:00 00:00:02:00"
    (tmp_path / "x.edl").write_text(f"{line}\n* FROM FILE: a.mp4", encoding="utf-8")
    timeline, notes = read_edl(tmp_path / "x.edl")
    assert timeline.tracks[0].items == (Clip(source=tmp_path / "a.mp4", duration=2, speed=2.0),)
    assert notes == [
        "does not say its rate; read as 24 frames per second",
        "line 1: its source and record lengths differ; it is played 2 times as fast",
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("001  AX V C 00:00:00:00 00:00:01:00 00:00:00:00", r"line 2: not an event of CMX 3600, got '001  AX V C"),
        ("001  AX V C 00:00:00:30 00:00:01:00 00:00:00:00 00:00:01:00", r"line 2: no such time code at 25 frames"),
        ("001  AX V C 00:00:02:00 00:00:01:00 00:00:00:00 00:00:01:00", r"line 2: ends before it begins"),
        ("001  AX V K B 00:00:02:00 00:00:01:00 00:00:00:00 00:00:01:00", r"line 2: not an event"),
        ("001  AX V KB 010 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00", r"line 2: a key \(KB\) cannot be read"),
        ("* nothing", r"x\.edl: no events; give an edit decision list"),
    ],
)
def test_a_damaged_list_is_told_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read(tmp_path, line)


def test_events_that_lie_over_each_other_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"line 3: begins before the event in front of it ends"):
        read(
            tmp_path,
            "001  AX V C 00:00:00:00 00:00:02:00 00:00:00:00 00:00:02:00",
            "002  AX V C 00:00:00:00 00:00:02:00 00:00:01:00 00:00:03:00",
        )


def test_a_timeline_without_pictures_cannot_be_an_edl() -> None:
    with pytest.raises(ConfigError, match=r"tracks: no video track with a clip"):
        edl_text(Timeline(tracks=(Track(kind="sound", items=(Clip(source="a.wav", duration=1),)),)))


def test_a_name_cannot_write_an_event_of_its_own(tmp_path: Path) -> None:
    clip = Clip(source=tmp_path / "a\n002  X V C 00:00:00:00.mp4", duration=1)
    text, _ = edl_text(Timeline(rate=25, name="a\nb", tracks=(Track(items=(clip,)),)))
    assert [line for line in text.splitlines() if line[:1].isdigit()] == [text.splitlines()[3]]
    assert text.startswith("TITLE: a b\n")


@pytest.mark.parametrize(
    ("code", "frame"),
    [("00:00:59;29", 1799), ("00:01:00;02", 1800), ("00:10:00;00", 17982), ("01:00:00;00", 107892)],
)
def test_dropped_numbers_follow_the_clock(code: str, frame: int) -> None:
    assert read_timecode(code, NTSC) == frame


@given(st.integers(0, 86_399 * 24), st.sampled_from([Fraction(24), Fraction(25), NTSC, Fraction(60)]))
def test_time_codes_come_back(frame: int, rate: Fraction) -> None:
    assert read_timecode(timecode(frame, rate), rate) == frame


@pytest.mark.parametrize(
    ("codes", "drop", "rate"),
    [
        (["00:00:00:23"], False, 24),
        (["00:00:00:24"], False, 25),
        (["00:00:00:29"], False, 30),
        (["00:00:00:10"], True, NTSC),
        (["00:00:00;10"], False, NTSC),
        (["00:00:00:59"], False, 60),
    ],
)
def test_the_rate_is_guessed_from_the_numbers(codes: list[str], drop: bool, rate: Fraction) -> None:
    assert rate_of_codes(codes, drop) == rate
