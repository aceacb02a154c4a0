"""Summaries: their length to the picture, no word cut, sound that goes on, and reasons in words."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.apps.summarise.films import CUTS, RATE, SECONDS, WORDS, pictures, write

from frameloom.apps.edit.interchange import read_timeline
from frameloom.apps.edit.timeline import Clip, Timeline
from frameloom.apps.summarise.analysis import Analysis, analyse
from frameloom.apps.summarise.condense import CondenseConfig, condense
from frameloom.apps.summarise.summarise import SummariseConfig, summarise
from frameloom.core.errors import ConfigError, MediaError, OutputError
from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.source import probe, read_sound
from frameloom.media.transcript import Word, read_transcript

FAST = VideoFormat(speed="draft")


def clips_of(timeline: Timeline) -> list[Clip]:
    return [item for item in timeline.tracks[0].items if isinstance(item, Clip)]


def test_shots_are_found_at_their_pictures(seen: Analysis) -> None:
    assert [float(shot.start) for shot in seen.shots] == [0, *CUTS]
    assert [shot.begins_by for shot in seen.shots] == ["begin", "cut", "cut"]
    assert seen.shots[-1].stop == SECONDS
    assert all(seen.keys_of(shot) for shot in seen.shots)


@pytest.mark.parametrize("length", ["5", "7.3", "10", "12.5", "16"])
def test_a_summary_is_as_long_as_asked_for_and_cuts_no_word(seen: Analysis, length: str) -> None:
    made = condense(seen, CondenseConfig(length=length))
    assert abs(made.duration - Fraction(length)) <= 1 / RATE
    clips = clips_of(made.timeline)
    assert sum(clip.duration or 0 for clip in clips) == made.duration
    for clip in clips:
        if not clip.freeze:
            for time in (clip.start, clip.start + (clip.duration or 0)):
                assert not any(begin < time < end for begin, end in WORDS), float(time)


def test_parts_come_in_order_or_the_best_first(seen: Analysis) -> None:
    starts = [clip.start for clip in clips_of(condense(seen, CondenseConfig(length=10)).timeline)]
    assert starts == sorted(starts)
    best = condense(seen, CondenseConfig(length=10, order="best")).highlights
    assert [one.score for one in best] == sorted((one.score for one in best), reverse=True)


def test_each_part_says_why(seen: Analysis) -> None:
    made = condense(seen, CondenseConfig(length=6))
    assert all(clip.reason for clip in clips_of(made.timeline))
    assert "somebody speaks" in made.text()
    assert [marker.note for marker in made.timeline.markers] == [one.why for one in made.highlights]


def test_words_of_a_file_count_for_those_heard(seen: Analysis, tmp_path: Path) -> None:
    words = tmp_path / "words.vtt"
    words.write_text("WEBVTT\n\n00:00.500 --> 00:14.000\none long sentence\n\n00:15.000 --> 00:16.500\nshort\n")
    made = condense(seen, CondenseConfig(length=6), read_transcript(words))
    for one in made.highlights:
        for time in (one.start, one.stop):
            assert not Fraction(1, 2) < time < 14
            assert not 15 < time < Fraction(33, 2)


def test_where_words_leave_no_way_the_last_picture_stands_still(seen: Analysis, tmp_path: Path) -> None:
    words = tmp_path / "words.vtt"
    words.write_text("WEBVTT\n\n00:00.000 --> 00:04.000\none\n\n00:04.300 --> 00:24.000\ntwo\n")
    made = condense(seen, CondenseConfig(length=6), read_transcript(words))
    assert made.duration == 6
    assert clips_of(made.timeline)[-1].freeze
    assert any("stands still" in note for note in made.notes)


def test_a_film_shorter_than_its_summary_is_shown_whole(seen: Analysis) -> None:
    made = condense(seen, CondenseConfig(length=60))
    assert made.duration == SECONDS
    assert "all is shown" in made.notes[0]


def test_a_length_that_nobody_sees_is_refused(seen: Analysis) -> None:
    with pytest.raises(ConfigError, match="too short to see; give 2 s or more"):
        condense(seen, CondenseConfig(length="0.5"))


def test_a_summary_is_rendered_and_its_sound_goes_on(talking: Path, tmp_path: Path) -> None:
    config = SummariseConfig(input=talking, out=tmp_path / "out.mp4", length=10, cache=tmp_path / "c", video=FAST)
    (made,) = summarise(config, "lines")
    info = probe(tmp_path / "out.mp4")
    assert info.videos[0].frames == 100
    assert abs(info.duration - 10) <= 1 / RATE
    assert len(info.chapters) == len(made.condensed.highlights)
    sound = np.concatenate(list(read_sound(tmp_path / "out.mp4", channels=1)))[:, 0]
    now = Fraction(0)
    for one in made.condensed.highlights[:-1]:
        now += one.stop - one.start
        near = sound[int(now * 48_000) - 480 : int(now * 48_000) + 480]
        assert np.abs(np.diff(near)).max() < 0.05  # no click at the join
        assert np.abs(near).max() < 0.05  # and no word


@pytest.mark.parametrize("name", ["cut.otio", "cut.edl", "cut.toml"])
def test_a_summary_is_a_timeline_for_other_editors(talking: Path, tmp_path: Path, name: str) -> None:
    config = SummariseConfig(input=talking, out=tmp_path / name, length=10, cache=tmp_path / "cache")
    (made,) = summarise(config, "lines")
    read = read_timeline(tmp_path / name)
    assert len(clips_of(read)) == len(clips_of(made.condensed.timeline))
    assert made.delivered is not None
    assert not any("do not see" in note for note in made.delivered.notes)
    if name != "cut.edl":
        assert read.markers == made.condensed.timeline.markers


def test_of_a_folder_no_film_hides_another_and_a_bad_one_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    for name in ("one.mp4", "one.mkv"):
        write(folder / name, pictures(seconds=6), None)
    (folder / "empty.mp4").touch()
    config = SummariseConfig(
        input=folder, out=tmp_path / "short", length=Fraction(3), cache=Path("none"), video=VideoFormat(speed="draft")
    )
    made = summarise(config, "lines")
    names = sorted(path.name for path in (tmp_path / "short").iterdir())
    assert names == ["one.mkv-summary.mp4", "one.mp4-summary.mp4"]
    assert [one.film.name for one in made] == ["one.mkv", "one.mp4"]
    assert "empty.mp4" in made[0].text().splitlines()[0]
    for name in ("one.mp4", "one.mkv"):
        (folder / name).unlink()
    with pytest.raises(MediaError, match=r"films: none of 1 films: .*empty.mp4"):
        summarise(config, "lines")


def test_a_folder_of_films_is_summarised_at_once(talking: Path, tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    write(folder / "still.mp4", pictures(seconds=6), None)
    (folder / "talk.mp4").symlink_to(talking)
    config = SummariseConfig(input=folder, out=tmp_path / "out", length=3, suffix=".toml", cache=tmp_path / "cache")
    assert [one.film.name for one in summarise(config, "lines")] == ["still.mp4", "talk.mp4"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["still-summary.toml", "talk-summary.toml"]
    with pytest.raises(OutputError, match="is a folder; give a folder for its summaries"):
        summarise(config.model_copy(update={"out": tmp_path / "out.mp4"}))
    with pytest.raises(MediaError, match="no films in this folder"):
        summarise(config.model_copy(update={"input": tmp_path / "out"}))


def test_a_film_without_sound_is_summarised(tmp_path: Path) -> None:
    film = write(tmp_path / "still.mp4", pictures(), None)
    seen = analyse(film, keep=False, view="lines")
    made = condense(seen, CondenseConfig(length=9))
    assert made.duration == 9
    assert clips_of(made.timeline)[0].volume == 0


def test_what_is_said_in_one_breath_is_not_cut(seen: Analysis) -> None:
    breath = Word(Fraction(0), Fraction(SECONDS), "andthenandthen")
    with pytest.raises(
        ConfigError, match=r"between words fits into 0:05\.00, the shortest lasts 0:24\.00; give a longer"
    ):
        condense(seen, CondenseConfig(length="5"), [breath])
