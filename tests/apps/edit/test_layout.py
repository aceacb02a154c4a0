"""Where clips come to lie, and that every problem is found, named and placed."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from frameloom.apps.edit.check import check
from frameloom.apps.edit.layout import lay_out, layout
from frameloom.apps.edit.timeline import Clip, Duck, Gap, Subtitles, Timeline, Track, Transition
from frameloom.core.errors import ConfigError
from frameloom.media.files.video import write_clip

RED = {"kind": "color", "color": "red"}


@pytest.fixture(scope="module")
def clip_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 2 s at 25 pictures a second, 64x48."""
    path = tmp_path_factory.mktemp("files") / "clip.mp4"
    write_clip(path, np.zeros((50, 48, 64, 3), np.uint8), 25)
    return path


def color(seconds: Fraction | int = 2, **more: object) -> Clip:
    return Clip.model_validate({"source": RED, "duration": seconds, **more})


def one(*items: object, **more: object) -> Timeline:
    return Timeline.model_validate({"tracks": [{"items": items, **more}]})


def spans(timeline: Timeline) -> list[tuple[Fraction, Fraction]]:
    return [(placed.begin, placed.end) for placed in lay_out(timeline).tracks[0].clips]


def problems(timeline: Timeline) -> list[str]:
    return [str(problem) for problem in lay_out(timeline).problems]


def test_items_follow_each_other() -> None:
    assert spans(one(color(2), Gap(duration=Fraction(1)), color(3))) == [(0, 2), (3, 6)]


def test_a_transition_overlaps_its_neighbours() -> None:
    timeline = one(color(2), Transition(duration=Fraction(1, 2)), color(3))
    assert spans(timeline) == [(0, 2), (Fraction(3, 2), Fraction(9, 2))]
    first, second = lay_out(timeline).tracks[0].clips
    assert first.out_of is second.into is not None


def test_transitions_at_the_ends_overlap_nothing() -> None:
    fade = Transition(duration=Fraction(1, 2))
    timeline = one(fade, color(2), fade)
    assert spans(timeline) == [(0, 2)]
    placed = lay_out(timeline).tracks[0].clips[0]
    assert placed.into is not None
    assert placed.out_of is not None


def test_a_transition_beside_a_gap_overlaps_nothing() -> None:
    assert spans(one(color(2), Transition(), Gap(duration=Fraction(1)), color(3))) == [(0, 2), (3, 6)]


def test_a_clip_may_say_when_it_begins() -> None:
    assert spans(one(color(2), color(1, at=5))) == [(0, 2), (5, 6)]


def test_length_size_and_rate_come_from_the_first_clip(clip_file: Path) -> None:
    laid = layout(one({"source": clip_file}))
    assert (laid.width, laid.height, laid.rate, laid.duration, laid.frames) == (64, 48, 25, 2, 50)


def test_speed_changes_how_long_the_rest_of_a_file_lasts(clip_file: Path) -> None:
    assert spans(one({"source": clip_file, "start": 1, "speed": 0.5})) == [(0, 2)]


def test_a_given_side_keeps_the_shape(clip_file: Path) -> None:
    laid = layout(Timeline.model_validate({"width": 128, "tracks": [{"items": [{"source": clip_file}]}]}))
    assert (laid.width, laid.height) == (128, 96)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([color(1), Transition(duration=Fraction(2)), color(3)], "tracks[0].items[0]: its transitions take 0:02.00"),
        ([color(1), Transition(), Transition(), color(3)], "tracks[0].items[2]: a transition follows another one"),
        ([color(3), color(1, at=2)], "tracks[0].items[1].at: begins at 0:02.00, but what is before it ends at 0:03.00"),
        ([color(1, speed=0.001)], "tracks[0].items[0].speed: must be from 0.05 to 100, got 0.001"),
        ([{"source": "missing.mp4"}], "tracks[0].items[0].source: missing.mp4: no such file"),
        ([Gap(duration=Fraction(1))], "tracks: nothing to show or hear"),
        ([color(48 * 3600 + 1)], "tracks: 48:00:01.00 long; at most 48 hours"),
    ],
)
def test_every_problem_has_a_place_and_a_remedy(items: list[object], expected: str) -> None:
    found = problems(one(*items))
    assert any(line.startswith(expected) for line in found), found
    with pytest.raises(ConfigError) as error:
        layout(one(*items))
    assert expected in str(error.value)


def test_all_problems_come_at_once(clip_file: Path) -> None:
    timeline = Timeline.model_validate(
        {
            "tracks": [
                {"name": "a", "items": [{"source": "missing.mp4"}, {"source": clip_file, "start": 9}]},
                {"name": "a", "items": [color(1)], "duck": {"under": "voice"}},
                {"name": "b", "items": [color(1)], "duck": {"under": "b"}},
            ],
            "subtitles": [{"path": "missing.srt"}],
        }
    )
    text = "\n".join(problems(timeline))
    for part in (
        "tracks[0].items[0].source: missing.mp4",
        "tracks[0].items[1].start: begins at 0:09.00 of a file that ends at 0:02.00",
        "tracks[1].name: 'a' is the name of two tracks",
        "tracks[1].duck.under: no track is called 'voice'; there are: 'a', 'a', 'b'",
        "tracks[2].duck.under: a track cannot fall under itself",
        "subtitles[0].path: missing.srt: no such file",
    ):
        assert part in text


def test_a_clip_longer_than_its_file_is_only_noted(clip_file: Path) -> None:
    timeline = one({"source": clip_file, "duration": 3})
    found = lay_out(timeline).problems
    assert [problem.grave for problem in found] == [False]
    assert "its last picture will stand still" in str(found[0])
    assert layout(timeline).duration == 3


def test_check_finds_missing_files_of_effects_and_letters_without_a_font(tmp_path: Path, clip_file: Path) -> None:
    timeline = Timeline.model_validate(
        {
            "width": 640,
            "tracks": [
                {
                    "items": [
                        {"source": clip_file, "effects": [{"effect": "lut", "path": tmp_path / "no.cube"}]},
                        {"source": {"design": "caption", "text": "\U00012000"}, "duration": 1},
                    ]
                }
            ],
        }
    )
    lines = [str(problem) for problem in check(timeline)]
    assert lines[0].startswith("tracks[0].items[0].effects[0].path")
    assert any("no font has" in line for line in lines)
    assert any("enlarged 10.0 times" in line for line in lines)


def test_ducking_needs_another_track() -> None:
    duck = Duck(under="voice")
    timeline = Timeline(
        tracks=(Track(name="voice", items=(color(1),)), Track(name="music", items=(color(1),), duck=duck))
    )
    assert not [problem for problem in lay_out(timeline).problems if problem.grave]
    assert Subtitles(path=Path("a.srt")).burn
