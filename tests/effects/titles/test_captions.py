"""Subtitles over pictures."""

from fractions import Fraction
from pathlib import Path

import numpy as np

from frameloom.effects.titles.captions import begin_captions, begin_subtitles
from frameloom.effects.titles.settings import CaptionLook
from frameloom.media.subtitles import Cue

CUES = (
    Cue(Fraction(1), Fraction(3), "First"),
    Cue(Fraction(2), Fraction(4), "Second, longer than the first"),
    Cue(Fraction(5), Fraction(6), "Above", "top"),
)


def test_when_cues_are_shown_and_that_they_are_drawn_once() -> None:
    at = begin_captions(CUES, 320, 180)
    assert at(Fraction(0)) is None
    first = at(Fraction(1))
    assert first is not None
    assert at(Fraction(199, 100)) is first
    both = at(Fraction(2))
    assert both is not None
    assert both is not first
    assert both.planes.height > first.planes.height
    alone = at(Fraction(3))
    assert alone is not None
    assert alone.planes.height < both.planes.height
    assert at(Fraction(4)) is None
    assert at(Fraction(6)) is None


def test_places() -> None:
    at = begin_captions(CUES, 320, 180)
    low, high = at(Fraction(1)), at(Fraction(5))
    assert low is not None
    assert high is not None
    assert low.top > 120
    assert high.top < 30
    centered = begin_captions(CUES, 320, 180, look=CaptionLook(place="center"))(Fraction(1))
    assert centered is not None
    assert 60 < centered.top < 100  # where cues go that name no place themselves


def test_a_file_with_styles_or_in_a_look(tmp_path: Path) -> None:
    path = tmp_path / "a.ass"
    path.write_text(
        "[Script Info]\nScriptType: v4.00+\nPlayResX: 320\nPlayResY: 180\n\n[V4+ Styles]\n"
        "Format: Name, Fontname, Fontsize, PrimaryColour\nStyle: Default,Arial,30,&H0000FF00\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        "Dialogue: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,{\\an5\\bord0\\shad0}\u25a0\u25a0\u25a0\n",
        encoding="utf-8",
    )
    styled = begin_subtitles(path, 320, 180, Fraction(10))
    plain = begin_subtitles(path, 320, 180, Fraction(10), look=CaptionLook(), shift=Fraction(1))
    try:
        shown = styled(Fraction(1, 2))
        assert shown is not None
        assert styled(Fraction(6, 10)) is shown
        assert shown.planes.alpha is not None
        green = shown.planes.y[shown.planes.alpha > 250]
        assert abs(float(np.median(green)) - 173) <= 1  # 16 + 219 * 0.7152
        assert styled(Fraction(2)) is None
        assert plain(Fraction(1, 2)) is None
        assert plain(Fraction(3, 2)) is not None
    finally:
        styled.close()
        plain.close()
