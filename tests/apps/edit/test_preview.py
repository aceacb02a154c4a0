"""The contact sheet shows what the finished file will show."""

from pathlib import Path

import numpy as np
import pytest

from frameloom.apps.edit.preview import PreviewConfig, preview
from frameloom.apps.edit.timeline import Clip, ColorSource, Subtitles, Timeline, Track
from frameloom.core.errors import OutputError
from frameloom.media.files.source import read_still


def blue(subtitles: tuple[Subtitles, ...] = ()) -> Timeline:
    clip = Clip(source=ColorSource(color="#102040"), duration=2)
    return Timeline(width=320, height=180, rate=10, tracks=(Track(items=(clip,)),), subtitles=subtitles)


@pytest.mark.parametrize("name", ["words.srt", "words.ass"])
def test_burned_subtitles_are_on_the_sheet(tmp_path: Path, name: str) -> None:
    text = "1\n00:00:00,500 --> 00:00:01,500\nWords\n"
    if name.endswith(".ass"):
        text = (
            "[Script Info]\nScriptType: v4.00+\n\n[Events]\n"
            "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
            "Dialogue: 0,0:00:00.50,0:00:01.50,Default,,0,0,0,,Words\n"
        )
    (tmp_path / name).write_text(text, encoding="utf-8")
    plain = read_still(preview(blue(), PreviewConfig(out=tmp_path / "plain.png")))
    with_words = blue((Subtitles(path=tmp_path / name),))
    worded = read_still(preview(with_words, PreviewConfig(out=tmp_path / "worded.png")))
    place = np.s_[12 : 12 + 180, 12 : 12 + 320, :3]
    assert plain[place].max() < 90
    assert worded[place].max() > 200


def test_a_sheet_is_a_png(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"sheet\.jpg: a contact sheet is a picture; give a \.png file"):
        preview(blue(), PreviewConfig(out=tmp_path / "sheet.jpg"))
