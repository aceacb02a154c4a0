"""Files name the language of their sound, and others read it there."""

from pathlib import Path

import numpy as np
import pytest

from frameloom.media.files.encode import add_sound, encode_sound, sound_track
from frameloom.media.files.languages import three_letters
from frameloom.media.files.sink import media_file, mux_by_time
from frameloom.media.files.source import probe


@pytest.mark.parametrize(
    ("name", "form"), [("a.mp4", "mp4"), ("a.mov", "mov"), ("a.mkv", "matroska"), ("a.webm", "webm")]
)
@pytest.mark.parametrize(("language", "found"), [("deu", {"deu", "ger"}), ("zho", {"zho", "chi"}), ("", {None, "und"})])
def test_a_track_has_its_language(tmp_path: Path, name: str, form: str, language: str, found: set[str | None]) -> None:
    path = tmp_path / name
    track = sound_track(path, None, 48_000, 2, language)
    with media_file(path, form, 25, 48_000) as container:
        mux_by_time(container, [encode_sound(add_sound(container, track), track, [np.zeros((4800, 2), np.float32)])])
    assert probe(path).sounds[0].language in found


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        *(("en", "eng"), ("en-gb", "eng"), ("EN_US", "eng"), ("deu", "deu"), ("no", "nor"), ("nb", "nob")),
        *(("zh-hant", "zho"), ("yue", "zho"), ("cmn-latn-pinyin", "zho"), ("iw", "heb"), ("xx", ""), ("", "")),
    ],
)
def test_languages_have_three_letters(asked: str, told: str) -> None:
    assert three_letters(asked) == told
