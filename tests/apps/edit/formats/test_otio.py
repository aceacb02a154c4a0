"""OpenTimelineIO: what other programs see of our timelines, what we see of theirs, and what of ours they changed."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from opentimelineio import adapters, schema
from opentimelineio.opentime import RationalTime, TimeRange

from frameloom.apps.edit.formats.otio_times import exact_rate, seconds
from frameloom.apps.edit.interchange import Imported, import_timeline, read_timeline, write_timeline
from frameloom.apps.edit.timeline import Clip, ColorSource, FileSource, Gap, Marker, Timeline, Track, Transition
from frameloom.core.errors import ConfigError


def span(start: float, length: float, rate: float = 25) -> TimeRange:
    return TimeRange(RationalTime(start, rate), RationalTime(length, rate))


def shot(name: str, start: float = 0, length: float = 50, rate: float = 25) -> schema.Clip:
    return schema.Clip(name, schema.ExternalReference(f"{name}.mp4"), span(start, length, rate))


def dissolve(before: float, after: float, rate: float = 25) -> schema.Transition:
    kind = schema.TransitionTypes.SMPTE_Dissolve
    return schema.Transition("x", kind, RationalTime(before, rate), RationalTime(after, rate))


def read(folder: Path, *tracks: schema.Track) -> Imported:
    found = schema.Timeline("theirs")
    found.tracks.extend(tracks)
    path = folder / "theirs.otio"
    adapters.write_to_file(found, str(path))
    return import_timeline(path)


def written(timeline: Timeline, folder: Path) -> schema.Timeline:
    write_timeline(timeline, folder / "ours.otio")
    return adapters.read_from_file(str(folder / "ours.otio"))


@pytest.mark.parametrize(("frames", "before", "after"), [(10, 5, 5), (5, 2, 3), (1, 0, 1)])
def test_an_overlap_becomes_a_cut_in_its_middle_with_handles(
    tmp_path: Path, frames: int, before: int, after: int
) -> None:
    clips = [Clip(source=tmp_path / f"{name}.mp4", start=1, duration=4) for name in "ab"]
    join = Transition(duration=Fraction(frames, 25))
    made = written(Timeline(rate=25, tracks=(Track(items=(clips[0], join, clips[1])),)), tmp_path)
    first, cut, second = made.tracks[0]
    assert (cut.in_offset, cut.out_offset) == (RationalTime(before, 25), RationalTime(after, 25))
    assert cut.transition_type == "SMPTE_Dissolve"
    assert first.source_range == span(25, 100 - after)
    assert second.source_range == span(25 + before, 100 - before)
    assert made.tracks[0].duration() == RationalTime(200 - frames, 25)


def test_a_reversed_clip_shows_the_end_of_its_span_first(tmp_path: Path) -> None:
    items = (
        Clip(source=tmp_path / "a.mp4", start=2, duration=4, speed=2.0, reverse=True),
        Transition(duration="0.8"),
        Clip(source=tmp_path / "b.mp4", duration=4),
    )
    made = written(Timeline(rate=25, tracks=(Track(items=items),)), tmp_path)
    clip = made.tracks[0][0]
    assert clip.effects[0].time_scalar == -2
    # 8 s of source are shown backwards from 10 s; the last 10 of 100 frames lie beyond the cut, so 2 s + 10 frames * 2.
    assert clip.source_range == span(50 + 20, 90)


def test_frames_do_not_drift_when_lengths_lie_between_them(tmp_path: Path) -> None:
    clips = tuple(Clip(source=tmp_path / "a.mp4", duration="1/3") for _ in range(30))
    made = written(Timeline(rate=25, tracks=(Track(items=clips),)), tmp_path)
    assert made.tracks[0].duration() == RationalTime(250, 25)
    assert {clip.source_range.duration.value for clip in made.tracks[0]} == {8, 9}


def test_other_programs_get_the_sound_of_a_video_track_beside_it(tmp_path: Path) -> None:
    items = (Clip(source=tmp_path / "a.mp4", duration=2), Clip(source=tmp_path / "b.mp4", duration=2, sound=False))
    made = written(Timeline(rate=25, tracks=(Track(name="v", items=items),)), tmp_path)
    assert [(track.name, track.kind) for track in made.tracks] == [("v", "Video"), ("v sound", "Audio")]
    assert [type(item).__name__ for item in made.tracks[1]] == ["Clip", "Gap"]


def test_what_another_program_changed_is_taken_over_and_the_rest_kept(tmp_path: Path) -> None:
    items = (
        Clip(source=tmp_path / "a.mp4", start="1/3", duration=4, opacity=0.5),
        Transition(name="wipeleft", duration=1, easing="cubic"),
        Clip(source=tmp_path / "b.mp4", start="1/3", duration=4, volume=-6),
        Clip(source=tmp_path / "c.mp4", start="1/3", duration=4, at=20, volume=-3),
    )
    made = written(Timeline(rate=25, tracks=(Track(items=items),)), tmp_path)
    first = made.tracks[0][0]
    first.source_range = TimeRange(first.source_range.start_time, RationalTime(75, 25))  # was 87: 12 frames shorter
    first.name = "opening"
    adapters.write_to_file(made, str(tmp_path / "theirs.otio"))
    back = read_timeline(tmp_path / "theirs.otio").tracks[0].items
    assert back[0] == items[0].model_copy(
        update={"name": "opening", "start": Fraction(8, 25), "duration": Fraction(75 + 13, 25)}
    )
    assert back[1:3] == items[1:3], "their own times did not change"
    assert isinstance(back[3], Gap), "nobody keeps the third one at 20 s any more"
    assert back[4] == items[3].model_copy(update={"at": None})


def test_a_foreign_timeline_with_dissolve_gap_speed_marker_and_sound(tmp_path: Path) -> None:
    fast = shot("b", 40, 30)
    fast.effects.append(schema.LinearTimeWarp(time_scalar=2))
    still = shot("c", 10, 20)
    still.effects.append(schema.FreezeFrame())
    back = shot("d", 10, 20)
    back.effects.append(schema.LinearTimeWarp(time_scalar=-1))
    video = schema.Track("V1", kind="Video")
    video.extend([shot("a", 10, 50), dissolve(10, 5), fast, schema.Gap(source_range=span(0, 25)), still, back])
    sound = schema.Track("A1", kind="Audio")
    sound.extend([shot("a", 10, 50), dissolve(10, 5), shot("other", 40, 30)])
    timeline = read(tmp_path, video, sound).timeline
    assert timeline.rate == 25
    assert timeline.tracks[0].items == (
        Clip(source=tmp_path / "a.mp4", name="a", start="0.4", duration="2.2", sound=False),
        Transition(duration="0.6"),
        Clip(source=tmp_path / "b.mp4", name="b", start="0.8", duration="1.6", speed=2.0, sound=False),
        Gap(duration=1),
        Clip(source=tmp_path / "c.mp4", name="c", start="0.4", duration="0.8", freeze=True),
        Clip(source=tmp_path / "d.mp4", name="d", start="0.4", duration="0.8", reverse=True, sound=False),
    )
    assert timeline.tracks[1].kind == "sound"
    assert timeline.tracks[1].items[1] == Transition(duration="0.6")


def test_stereo_tracks_of_the_same_sound_are_taken_into_their_pictures(tmp_path: Path) -> None:
    tracks = [schema.Track(name, kind=kind) for name, kind in (("V1", "Video"), ("A1", "Audio"), ("A2", "Audio"))]
    for track in tracks:
        track.append(shot("a"))
    tracks[0].append(shot("b"))
    (track,) = read(tmp_path, *tracks).timeline.tracks
    assert [clip.sound for clip in track.items if isinstance(clip, Clip)] == [True, False]


def test_a_dissolve_beside_a_gap_takes_its_frames_from_it(tmp_path: Path) -> None:
    track = schema.Track("V1", kind="Video")
    track.extend([schema.Gap(source_range=span(0, 25)), dissolve(5, 5), shot("a", 10, 50), dissolve(5, 5)])
    assert read(tmp_path, track).timeline.tracks[0].items == (
        Gap(duration="0.8"),
        Transition(duration="0.4"),
        Clip(source=tmp_path / "a.mp4", name="a", start="0.2", duration="2.2"),
        Transition(duration="0.2"),
    )


def test_a_time_code_at_the_head_of_a_file_is_taken_off(tmp_path: Path) -> None:
    clip = shot("a", 90_000 + 50, 25)
    clip.media_reference.available_range = span(90_000, 500)
    track = schema.Track("V1", kind="Video", children=[clip])
    (item,) = read(tmp_path, track).timeline.tracks[0].items
    assert isinstance(item, Clip)
    assert item.start == 2


def test_a_nested_sequence_is_put_in_its_place(tmp_path: Path) -> None:
    inner = schema.Track("inner", kind="Video", children=[shot("a", 0, 50), shot("b", 0, 50)])
    nested = schema.Stack(children=[inner], source_range=span(25, 50))
    track = schema.Track("V1", kind="Video", children=[nested, shot("c", 0, 25)])
    assert read(tmp_path, track).timeline.tracks[0].items == (
        Clip(source=tmp_path / "a.mp4", name="a", start=1, duration=1),
        Clip(source=tmp_path / "b.mp4", name="b", duration=1),
        Clip(source=tmp_path / "c.mp4", name="c", duration=1),
    )


def test_a_cut_through_a_nested_dissolve_is_refused_with_its_place(tmp_path: Path) -> None:
    inner = schema.Track("inner", kind="Video", children=[shot("a", 10, 50), dissolve(5, 5), shot("b", 10, 50)])
    nested = schema.Stack(children=[inner], source_range=span(48, 20))
    with pytest.raises(ConfigError, match=r"tracks\[0\]\.items\[0\]: a nested sequence that cannot be put in place"):
        read(tmp_path, schema.Track("V1", kind="Video", children=[nested]))


def test_what_is_missing_or_unknown_is_told_with_its_place(tmp_path: Path) -> None:
    missing = schema.Clip("shot 12", schema.MissingReference(), span(0, 25))
    bars = schema.Clip("bars", schema.GeneratorReference("bars", "SMPTEBars"), span(0, 25))
    blurred = shot("a")
    blurred.effects.append(schema.Effect("soft", "Gaussian Blur"))
    wipe = schema.Transition("x", "Page_Peel", RationalTime(2, 25), RationalTime(3, 25))
    off = shot("off", 0, 25)
    off.enabled = False
    track = schema.Track("V1", kind="Video", children=[missing, bars, blurred, wipe, shot("b", 10), off])
    found = read(tmp_path, track)
    assert found.notes == (
        "tracks[0].items[0]: no media given for 'shot 12'; set the path of its file",
        "tracks[0].items[1]: the generator 'SMPTEBars' becomes black",
        "tracks[0].items[2]: the effect 'Gaussian Blur' is left out",
        "tracks[0].items[3]: the transition 'Page_Peel' becomes a dissolve",
    )
    items = found.timeline.tracks[0].items
    assert isinstance(items[0], Clip)
    assert items[0].source == FileSource(path=tmp_path / "shot 12")
    assert items[0].reason == "no media given for 'shot 12'; set the path of its file"
    assert isinstance(items[1], Clip)
    assert items[1].source == ColorSource()
    assert items[-1] == Gap(duration=1), "what is switched off shows nothing"


@pytest.mark.parametrize(
    ("rate", "exact"),
    [
        (23.976, Fraction(24000, 1001)),
        (23.98, Fraction(24000, 1001)),
        (24000 / 1001, Fraction(24000, 1001)),
        (29.97, Fraction(30000, 1001)),
        (59.94005994, Fraction(60000, 1001)),
        (24.0, 24),
        (25.0000001, 25),
        (12.5, Fraction(25, 2)),
        (48000.0, 48000),
        (1.0, 1),
    ],
)
def test_rates_written_with_few_digits_are_snapped_to_what_they_mean(rate: float, exact: Fraction) -> None:
    assert exact_rate(rate) == exact


def test_clips_of_several_rates_keep_exact_times(tmp_path: Path) -> None:
    track = schema.Track("V1", kind="Video", children=[shot("a", 24, 48, 23.976), shot("b", 0, 48000, 48000)])
    timeline = read(tmp_path, track).timeline
    first, second = timeline.tracks[0].items
    assert timeline.rate == Fraction(24000, 1001)
    assert isinstance(first, Clip)
    assert (first.start, first.duration) == (Fraction(1001, 1000), Fraction(1001, 500))
    assert second.duration == 1


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300])
def test_a_time_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(ConfigError, match=r"x: not a time"):
        seconds(RationalTime(value, 25), "x")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("https://example.com/a.mp4", r"tracks\[0\]\.items\[0\]: only files on this machine are read, got 'https:"),
        ("file://server/share/a.mp4", r"only files on this machine are read"),
        ("concat:a|b", r"only files on this machine are read"),
    ],
)
def test_media_elsewhere_is_refused_with_its_place(tmp_path: Path, target: str, message: str) -> None:
    clip = schema.Clip("a", schema.ExternalReference(target), span(0, 25))
    with pytest.raises(ConfigError, match=message):
        read(tmp_path, schema.Track("V1", kind="Video", children=[clip]))


@pytest.mark.parametrize("target", ["file:///films/a%20b.mp4", "file://localhost/films/a%20b.mp4", "/films/a b.mp4"])
def test_addresses_become_paths(tmp_path: Path, target: str) -> None:
    clip = schema.Clip("a", schema.ExternalReference(target), span(0, 25))
    (item,) = read(tmp_path, schema.Track("V1", kind="Video", children=[clip])).timeline.tracks[0].items
    assert isinstance(item, Clip)
    assert item.source == FileSource(path=Path("/films/a b.mp4"))


def deep(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", r"holds a list; a timeline is an object"),
        ("{", r"not valid JSON"),
        ("{}", r"has no OTIO_SCHEMA; give a file that OpenTimelineIO wrote"),
        (json.dumps({"OTIO_SCHEMA": "Timeline.1", "metadata": deep(100)}), r"nested more than 64 deep"),
        ('{"OTIO_SCHEMA": "Timeline.1", "metadata":' + "[" * 100_000, r"nested more than 64 deep"),
        (json.dumps({"OTIO_SCHEMA": "Clip.2", "name": 3}), r"not valid OpenTimelineIO"),
        (
            json.dumps({"OTIO_SCHEMA": "RationalTime.1", "rate": 1.0, "value": 1.0}),
            r"holds a RationalTime; give a file with a timeline",
        ),
        (json.dumps({"OTIO_SCHEMA": "SerializableCollection.1", "children": []}), r"holds no timeline"),
    ],
)
def test_a_damaged_file_is_one_clear_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.otio"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"x\.otio: .*{message}") as caught:
        read_timeline(path)
    assert len(str(caught.value).splitlines()) == 1


def test_damaged_metadata_of_ours_is_refused_not_believed(tmp_path: Path) -> None:
    made = written(Timeline(tracks=(Track(items=(Clip(source=tmp_path / "a.mp4", duration=1),)),)), tmp_path)
    own = json.loads(made.tracks[0][0].metadata["frameloom"])
    own["item"]["speed"] = "fast"
    made.tracks[0][0].metadata["frameloom"] = json.dumps(own)
    adapters.write_to_file(made, str(tmp_path / "x.otio"))
    with pytest.raises(ConfigError, match=r"x\.otio: tracks\[0\]: items\[0\]\.speed: input should be a number"):
        read_timeline(tmp_path / "x.otio")


def test_markers_keep_their_exact_time_or_take_a_new_one(tmp_path: Path) -> None:
    clip = Clip(source=tmp_path / "a.mp4", duration=4)
    markers = (Marker(time="1/3", name="a", note="n"), Marker(time="2/3", name="b"))
    made = written(Timeline(rate=25, tracks=(Track(items=(clip,)),), markers=markers), tmp_path)
    made.tracks.markers[1].marked_range = span(50, 0)
    adapters.write_to_file(made, str(tmp_path / "x.otio"))
    assert read_timeline(tmp_path / "x.otio").markers == (markers[0], Marker(time=2, name="b"))


def test_no_plugin_from_the_environment_is_loaded(tmp_path: Path) -> None:
    write_timeline(Timeline(tracks=(Track(items=(Clip(source="a.mp4", duration=1),)),)), tmp_path / "a.otio")
    (tmp_path / "evil.py").write_text("raise SystemExit('loaded')", encoding="utf-8")
    plugin = {"OTIO_SCHEMA": "SchemaDef.1", "name": "evil", "filepath": "evil.py"}
    manifest = {"OTIO_SCHEMA": "PluginManifest.1", "adapters": [], "schemadefs": [plugin]}
    (tmp_path / "m.json").write_text(json.dumps(manifest), encoding="utf-8")
    program = (
        "from pathlib import Path; from frameloom.apps.edit.interchange import read_timeline, write_timeline\n"
        f"for name in ('a.otio', 'a.xml'):\n    path = Path({str(tmp_path)!r}) / name\n"
        f"    write_timeline(read_timeline(Path({str(tmp_path)!r}) / 'a.otio'), path); read_timeline(path)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"OTIO_PLUGIN_MANIFEST_PATH": str(tmp_path / "m.json"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reversed_clip_before_a_dissolve_grows_at_the_low_end_of_its_span(tmp_path: Path) -> None:
    back = shot("a", 20, 50)
    back.effects.append(schema.LinearTimeWarp(time_scalar=-2))
    track = schema.Track("V1", kind="Video", children=[back, dissolve(5, 5), shot("b", 10, 50)])
    item = read(tmp_path, track).timeline.tracks[0].items[0]
    # It goes on for 5 frames beyond the cut, which are 10 frames of source, further down.
    assert item == Clip(source=tmp_path / "a.mp4", name="a", start="0.4", duration="2.2", speed=2.0, reverse=True)
