"""Whole files or none: what is written, resumed, kept after Ctrl-C, and refused."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from frameloom.apps.edit import render as rendering
from frameloom.apps.edit.compose import compose
from frameloom.apps.edit.render import RenderConfig, render
from frameloom.apps.edit.timeline import Subtitles, Timeline
from frameloom.core.errors import ConfigError, MediaError, OutputError
from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.probe import probe
from frameloom.media.files.sink import write_media
from frameloom.media.files.source import read_pictures, read_sound
from frameloom.media.planes import Planes
from frameloom.media.sound import SAMPLE_RATE

FAST = VideoFormat(speed="draft")


def timeline(seconds: float = 1, **more: object) -> Timeline:
    """Return a picture that goes from black to white, 20 pictures a second."""
    white = {
        "source": {"kind": "color", "color": "white"},
        "duration": seconds,
        "opacity": [{"t": 0, "value": 0}, {"t": seconds, "value": 1, "easing": "linear"}],
    }
    return Timeline.model_validate({"width": 32, "height": 24, "rate": 20, "tracks": [{"items": [white]}], **more})


def with_tone(folder: Path, seconds: float) -> Timeline:
    """Return the same with a tone beneath."""
    tone = folder / "tone.wav"
    wave = 0.1 * np.sin(2 * np.pi * 1000 * np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE)
    write_media(tone, None, [np.repeat(wave[:, None], 2, axis=1).astype(np.float32)])
    base = timeline(seconds)
    sound = {"kind": "sound", "items": [{"source": tone}]}
    return Timeline.model_validate({**base.model_dump(), "tracks": [*base.model_dump()["tracks"], sound]})


def levels(path: Path) -> list[float]:
    return [float(picture.planes.y.mean()) for picture in read_pictures(path)]


@pytest.mark.parametrize("name", ["out.mp4", "out.mov", "out.mkv", "out.webm", "out.gif", "out.webp", "out"])
def test_every_container_holds_every_picture(tmp_path: Path, name: str) -> None:
    rendered = render(timeline(), RenderConfig(out=tmp_path / name, video=FAST), "lines")
    shown = levels(tmp_path / name)
    assert len(shown) == rendered.written.frames == 20
    assert shown == pytest.approx([16 + 219 * k / 20 for k in range(20)], abs=4)


def test_a_part_of_the_timeline(tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    render(timeline(), RenderConfig(out=out, video=FAST, start=Fraction(1, 4), stop=Fraction(1, 2)), "lines")
    assert levels(out) == pytest.approx([16 + 219 * k / 20 for k in range(5, 10)], abs=3)


def test_a_draft_is_smaller(tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    render(timeline(width=128, height=64), RenderConfig(out=out, video=FAST, draft=4), "lines")
    info = probe(out)
    assert (info.width, info.height, info.frames) == (32, 16, 20)


def test_sound_alone(tmp_path: Path) -> None:
    out = tmp_path / "out.flac"
    rendered = render(with_tone(tmp_path, 1.5), RenderConfig(out=out), "lines")
    assert rendered.written.frames == 0
    assert sum(len(block) for block in read_sound(out)) == SAMPLE_RATE * 3 // 2


def test_sound_alone_gets_no_black_pictures(tmp_path: Path) -> None:
    with_tone(tmp_path, 1)
    spoken = Timeline.model_validate({"tracks": [{"items": [{"source": tmp_path / "tone.wav"}]}]})
    written = render(spoken, RenderConfig(out=tmp_path / "out.mp4")).written
    assert (written.frames, probe(tmp_path / "out.mp4").video) == (0, None)
    with pytest.raises(ConfigError, match=r"out\.gif: nothing to write there; the timeline has no pictures"):
        render(spoken, RenderConfig(out=tmp_path / "out.gif"))
    (tmp_path / "words.srt").write_text("1\n00:00:00,200 --> 00:00:00,800\nHello\n", encoding="utf-8")
    worded = spoken.model_copy(update={"subtitles": (Subtitles(path=tmp_path / "words.srt"),)})
    assert render(worded, RenderConfig(out=tmp_path / "words.mp4", video=FAST)).written.frames == 25


def test_a_gif_says_that_it_holds_no_sound(tmp_path: Path) -> None:
    rendered = render(with_tone(tmp_path, 0.5), RenderConfig(out=tmp_path / "out.gif"), "lines")
    assert any("holds no sound; it is left out" in note for note in rendered.written.notes)


def test_loudness_comes_to_its_target(tmp_path: Path) -> None:
    """A sine of 1 kHz at amplitude .1 in both channels has -20 + .0 LUFS within the K-weighting's ripple."""
    out = tmp_path / "out.flac"
    quiet = with_tone(tmp_path, 3).model_copy(update={"loudness": "ebu"})
    render(quiet, RenderConfig(out=out), "lines")
    level = np.sqrt(np.mean(np.concatenate(list(read_sound(out)))[:, 0] ** 2) * 2)
    assert 20 * np.log10(level) == pytest.approx(-23, abs=0.3)


def test_markers_become_chapters(tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    markers = [{"time": 0.5, "name": "second"}, {"time": 0, "name": "first"}]
    render(timeline(markers=markers), RenderConfig(out=out, video=FAST), "lines")
    assert [(chapter.title, chapter.start, chapter.stop) for chapter in probe(out).chapters] == [
        ("first", 0, Fraction(1, 2)),
        ("second", Fraction(1, 2), 1),
    ]


class Interrupting:
    """Composes as ever, but stops at a picture, as Ctrl-C does."""

    def __init__(self, at: int) -> None:
        self.at, self.made = at, 0

    def __call__(self, *arguments: object, **more: object) -> Iterator[Planes]:
        for picture in compose(*arguments, **more):  # type: ignore[arg-type]
            if self.made == self.at:
                raise KeyboardInterrupt
            self.made += 1
            yield picture


def test_stopped_work_can_be_watched_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit = with_tone(tmp_path, 50)
    whole, out = tmp_path / "whole.mp4", tmp_path / "out.mp4"
    render(edit, RenderConfig(out=whole, video=FAST), "lines")

    monkeypatch.setattr(rendering, "compose", Interrupting(at=500))
    with pytest.raises(
        KeyboardInterrupt, match=r"0:20.00 can be watched as .*out.partial.mp4; the same command goes on"
    ):
        render(edit, RenderConfig(out=out, video=FAST), "lines")
    assert not out.exists()
    assert len(levels(tmp_path / "out.partial.mp4")) == 400
    assert probe(tmp_path / "out.partial.mp4").duration == 20

    again = Interrupting(at=10_000)
    monkeypatch.setattr(rendering, "compose", again)
    render(edit, RenderConfig(out=out, video=FAST), "lines")
    assert again.made == 600
    assert out.read_bytes() == whole.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.mp4", "tone.wav", "whole.mp4"]


def test_another_timeline_does_not_take_over_stopped_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out.mp4"
    with monkeypatch.context() as patch:
        patch.setattr(rendering, "compose", Interrupting(at=500))
        with pytest.raises(KeyboardInterrupt):
            render(timeline(30), RenderConfig(out=out, video=FAST), "lines")
    render(timeline(25, background="red"), RenderConfig(out=out, video=FAST), "lines")
    assert len(levels(out)) == 500


def test_work_goes_on_only_with_the_files_it_began_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, out = tmp_path / "words.srt", tmp_path / "out.mp4"
    edit = timeline(30, subtitles=({"path": words},))
    words.write_text("1\n00:00:01,000 --> 00:00:02,000\nFirst\n", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(rendering, "compose", Interrupting(at=450))
        with pytest.raises(KeyboardInterrupt):
            render(edit, RenderConfig(out=out, video=FAST), "lines")
    words.write_text("1\n00:00:01,000 --> 00:00:02,000\nOther words\n", encoding="utf-8")
    again = Interrupting(at=10_000)
    monkeypatch.setattr(rendering, "compose", again)
    render(edit, RenderConfig(out=out, video=FAST), "lines")
    assert again.made == 600


def test_ctrl_c_in_short_work_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "compose", Interrupting(at=5))
    with pytest.raises(KeyboardInterrupt):
        render(timeline(), RenderConfig(out=tmp_path / "out.mp4", video=FAST), "lines")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("config", "error", "text"),
    [
        ({"out": "out.avi"}, MediaError, "unknown suffix '.avi'; known: .mp4"),
        ({"out": "out.mp4", "start": 5}, ConfigError, "nothing lies there; the timeline is 0:01.00 long"),
        ({"out": "out.wav"}, ConfigError, "nothing to write there; the timeline has no sound"),
        ({"out": "file/out.mp4"}, OutputError, "file is a file"),
    ],
)
def test_what_cannot_be_written_is_said(
    tmp_path: Path, config: dict[str, object], error: type[Exception], text: str
) -> None:
    (tmp_path / "file").write_text("")
    given = RenderConfig.model_validate({**config, "out": tmp_path / str(config["out"])})
    with pytest.raises(error, match=text):
        render(timeline(), given, "lines")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_soft_subtitles_are_a_track_and_burned_ones_are_seen(tmp_path: Path) -> None:
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,200 --> 00:00:00,800\nHello\n", encoding="utf-8")
    soft, burnt = tmp_path / "soft.mp4", tmp_path / "burnt.mp4"
    black = timeline(tracks=[{"items": [{"source": {"kind": "color"}, "duration": 1}]}], width=320, height=180)
    subtitles = [{"path": words, "burn": False, "language": "en"}]
    render(Timeline.model_validate({**black.model_dump(), "subtitles": subtitles}), RenderConfig(out=soft, video=FAST))
    assert [stream.language for stream in probe(soft).subtitles] == ["eng"]
    assert max(levels(soft)) < 17
    render(
        Timeline.model_validate({**black.model_dump(), "subtitles": [{"path": words}]}),
        RenderConfig(out=burnt, video=FAST),
    )
    seen = [picture.planes.y.max() > 150 for picture in read_pictures(burnt)]
    assert seen == [False] * 4 + [True] * 12 + [False] * 4
