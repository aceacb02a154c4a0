"""Copied instead of encoded: only what is untouched, every picture in its place, and a reason where nothing is."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from frameloom.apps.edit.copying import copy_parts, is_untouched
from frameloom.apps.edit.layout import layout
from frameloom.apps.edit.render import RenderConfig, render
from frameloom.apps.edit.timeline import Timeline
from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.sink import write_media
from frameloom.media.files.source import read_pictures
from frameloom.media.files.spans import Span
from frameloom.media.planes import plain

RATE = 25
TITLE = {"source": {"design": "caption", "text": "over it"}, "duration": 1}


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of 12 s whose picture k has grey level 20 + k / 2, with a key picture at least every five seconds."""
    path = tmp_path_factory.mktemp("files") / "counting.mp4"
    pictures = (plain(64, 48, (level, level, level)) for level in (20 + np.arange(300) // 2).tolist())
    write_media(path, pictures, None, rate=Fraction(RATE), width=64, height=48, video=VideoFormat(speed="draft"))
    return path


def edit(*items: object, **more: object) -> Timeline:
    return Timeline.model_validate({"tracks": [{"items": items}], **more})


def greys(path: Path) -> list[float]:
    return [float(picture.planes.y.mean()) for picture in read_pictures(path)]


def test_a_cut_is_copied_but_for_its_edges(tmp_path: Path, counting: Path) -> None:
    timeline = edit({"source": counting, "start": 1.2, "duration": 10})
    copied, encoded = tmp_path / "copied.mp4", tmp_path / "encoded.mp4"
    rendered = render(timeline, RenderConfig(out=copied, copy_untouched=True), "lines")
    assert any("of 250 pictures are copied as they are" in note for note in rendered.written.notes)
    render(timeline, RenderConfig(out=encoded), "lines")
    assert len(greys(copied)) == 250
    assert greys(copied) == pytest.approx(greys(encoded), abs=1)
    assert greys(copied) == pytest.approx(greys(counting)[30:280], abs=1)


def test_what_a_transition_touches_is_encoded(counting: Path) -> None:
    timeline = edit({"source": counting}, {"name": "fade", "duration": 1}, {"source": counting})
    laid = layout(timeline)
    parts, why = copy_parts(laid, 0, laid.frames)
    assert not why
    assert sum(part.count for part in parts) == laid.frames == 575
    at = 0
    for part in parts:
        if isinstance(part, Span):
            assert at + part.count <= 275 or at >= 300, "pictures 275 to 300 lie under the fade"
        at += part.count
    assert sum(part.count for part in parts if isinstance(part, Span)) > 300


@pytest.mark.parametrize(
    "settings",
    [
        {"speed": 2},
        {"reverse": True},
        {"opacity": 0.5},
        {"scale": 0.5},
        {"effects": [{"effect": "vignette"}]},
        {"fade_in": 1},
    ],
)
def test_a_touched_clip_is_not_copied(tmp_path: Path, counting: Path, settings: dict[str, object]) -> None:
    timeline = edit({"source": counting, **settings}, width=64, height=48, rate=RATE)
    laid = layout(timeline)
    assert not is_untouched(laid.tracks[0].clips[0], laid)
    out = tmp_path / "out.mp4"
    config = RenderConfig(out=out, copy_untouched=True, stop=Fraction(1), video=VideoFormat(speed="draft"))
    rendered = render(timeline, config, "lines")
    assert "nothing is copied: no clip is shown as it is" in rendered.written.notes
    assert len(greys(out)) == RATE


def test_what_has_something_over_it_is_not_copied(counting: Path) -> None:
    both = Timeline.model_validate({"tracks": [{"items": [{"source": counting}]}, {"items": [TITLE]}]})
    laid = layout(both)
    assert copy_parts(laid, 0, laid.frames) == ([], "something is drawn over the pictures")
