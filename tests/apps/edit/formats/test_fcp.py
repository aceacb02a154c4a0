"""Final Cut Pro 7 XML: what is written for other programs, and what is refused before anything reads it."""

from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest

from frameloom.apps.edit.formats.fcp import checked_xml
from frameloom.apps.edit.interchange import import_timeline, read_timeline, write_timeline
from frameloom.apps.edit.timeline import Clip, FileSource, Gap, Timeline, Track, Transition
from frameloom.core.errors import ConfigError

LAUGHS = (
    '<!DOCTYPE xmeml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><xmeml>&c;</xmeml>'
)
OUTSIDE = '<!DOCTYPE xmeml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xmeml>&a;</xmeml>'


def clip_xml(name: str, start: int, end: int, begin: int, extra: str = "", file: str = "") -> str:
    return (
        f"<clipitem><name>{name}</name><start>{start}</start><end>{end}</end><in>{begin}</in>"
        f"<out>{begin + end - start}</out>{file or f'<file><pathurl>{name}.mp4</pathurl></file>'}{extra}</clipitem>"
    )


def sequence_xml(*items: str, rate: str = "<timebase>24</timebase><ntsc>TRUE</ntsc>") -> str:
    return (
        '<?xml version="1.0"?><!DOCTYPE xmeml><xmeml version="5"><sequence><name>theirs</name>'
        f"<rate>{rate}</rate><media><video><track><name/>{''.join(items)}</track></video></media></sequence></xmeml>"
    )


def test_a_foreign_sequence_at_23_976(tmp_path: Path) -> None:
    dissolve = (
        "<transitionitem><start>44</start><end>52</end><alignment>center</alignment>"
        "<effect><name>Cross Dissolve</name></effect></transitionitem>"
    )
    first = clip_xml("a", 24, 48, 12).replace("<end>48</end>", "<end>-1</end>")
    second = clip_xml("b", 48, 96, 20).replace("<start>48</start>", "<start>-1</start>")
    (tmp_path / "x.xml").write_text(sequence_xml(first, dissolve, second), encoding="utf-8")
    timeline = read_timeline(tmp_path / "x.xml")
    frame = Fraction(1001, 24000)
    assert timeline.rate == 1 / frame
    assert timeline.tracks[0].items == (
        Gap(duration=24 * frame),
        Clip(source=tmp_path / "a.mp4", name="a", start=12 * frame, duration=28 * frame),
        Transition(duration=8 * frame),
        Clip(source=tmp_path / "b.mp4", name="b", start=20 * frame, duration=52 * frame),
    )


def test_speed_is_written_as_the_format_counts_it(tmp_path: Path) -> None:
    clip = Clip(source=tmp_path / "a.mp4", start=4, duration=2, speed=2.0)
    write_timeline(Timeline(rate=25, tracks=(Track(items=(clip,)),)), tmp_path / "x.xml")
    item = ElementTree.parse(tmp_path / "x.xml").find(".//video//clipitem")
    assert item is not None
    assert item.findtext("in") == "50", "4 s of source are 2 s of a clip played twice as fast"
    speeds = [part for part in item.iter("parameter") if part.findtext("parameterid") == "speed"]
    assert [part.findtext("value") for part in speeds] == ["200.0"]


def test_every_clip_is_written_whole_also_where_two_are_equal(tmp_path: Path) -> None:
    clip = Clip(source=tmp_path / "a b.mp4", duration=1)
    write_timeline(Timeline(rate=25, tracks=(Track(items=(clip, clip, clip)),)), tmp_path / "x.xml")
    root = ElementTree.parse(tmp_path / "x.xml").getroot()
    video = root.find(".//video")
    assert video is not None
    assert [(item.findtext("start"), item.findtext("end")) for item in video.iter("clipitem")] == [
        ("0", "25"),
        ("25", "50"),
        ("50", "75"),
    ]
    assert root.findtext(".//pathurl") == (tmp_path / "a b.mp4").as_uri()


@pytest.mark.parametrize(("rate", "written"), [("12.6", Fraction(24000, 1001)), ("12.5", 25), (10, 30), (100, 60)])
def test_a_rate_without_time_codes_is_written_as_a_multiple_or_the_nearest_and_told(
    tmp_path: Path, rate: str | int, written: Fraction
) -> None:
    clip = Clip(source=tmp_path / "a.mp4", duration=2)
    timeline = Timeline(rate=rate, tracks=(Track(items=(clip,), volume=-3),))
    notes = write_timeline(timeline, tmp_path / "x.xml")
    assert notes == [
        f"rate: {Fraction(rate)} frames per second are written as {written}",
        "tracks[0].volume: not kept by this format",
    ]
    assert read_timeline(tmp_path / "x.xml").rate == written


def test_hidden_tracks_stay_hidden(tmp_path: Path) -> None:
    tracks = (Track(name="a", items=(Clip(source=tmp_path / "a.mp4", duration=2),), hidden=True, mute=True),)
    write_timeline(Timeline(rate=25, tracks=tracks), tmp_path / "x.xml")
    assert read_timeline(tmp_path / "x.xml").tracks == tracks


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LAUGHS, r"declares its own entities, which timelines never do"),
        (OUTSIDE, r"declares its own entities"),
        ("<xmeml>" + "<a>" * 100 + "</a>" * 100 + "</xmeml>", r"nested more than 64 deep"),
        ("<xmeml>" + "<clipitem/>" * 5001 + "</xmeml>", r"more than 5000 items"),
        ("<xmeml>", r"not valid XML: no element found"),
        ("<fcpxml/>", r"holds <fcpxml>; give Final Cut Pro 7 XML"),
        ("<xmeml/>", r"not Final Cut Pro 7 XML that can be understood \(No top-level sequences found\)"),
        ("<xmeml><sequence><media><video><track><clipitem/></track></video></media></sequence></xmeml>", r"understood"),
    ],
)
def test_what_could_harm_or_is_damaged_is_one_clear_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"x\.xml: {message}" if "understood" not in message else message) as caught:
        read_timeline(path)
    assert len(str(caught.value).splitlines()) == 1


def nested(levels: int, copies: int) -> str:
    """Return sequences, each of which stands many times in the next one."""
    text = ""
    for level in range(levels):
        inner = f'<clipitem><sequence id="s{level - 1}"/></clipitem>' * copies if level else "<clipitem/>"
        text += f'<sequence id="s{level}"><media><video><track>{inner}</track></video></media></sequence>'
    return f"<xmeml>{text}</xmeml>"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (nested(8, 40), r"its sequences contain each other too often; flatten them first"),
        (nested(25, 2), r"its sequences contain each other too often"),
        ('<xmeml><sequence id="a"><clipitem><sequence id="a"/></clipitem></sequence></xmeml>', r"more than 8 deep"),
    ],
)
def test_sequences_that_grow_by_reference_are_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        checked_xml(text.encode(), "x.xml")


def test_unknown_filters_are_told(tmp_path: Path) -> None:
    blur = "<filter><effect><name>Gaussian Blur</name><effectid>blur</effectid></effect></filter>"
    (tmp_path / "x.xml").write_text(sequence_xml(clip_xml("a", 0, 24, 0, blur)), encoding="utf-8")
    found = import_timeline(tmp_path / "x.xml")
    assert found.notes == ("tracks[0].items[0]: the effect 'Gaussian Blur' is left out",)
    (item,) = found.timeline.tracks[0].items
    assert isinstance(item, Clip)
    assert item.source == FileSource(path=tmp_path / "a.mp4")
