"""What is told of a film: subtitles beside it come before those inside it."""

from fractions import Fraction
from pathlib import Path

import pytest

from frameloom.apps.summarise.passages import told_of
from frameloom.core.errors import MediaError
from frameloom.media.files.sink import write_media
from frameloom.media.planes import plain
from frameloom.media.subtitles import Cue, format_srt
from frameloom.media.subtitles.soft import add_subtitles, save_track

INSIDE = Cue(Fraction(1), Fraction(2), "Ships float on water.")
BESIDE = Cue(Fraction(0), Fraction(1), "Birds fly.")


@pytest.fixture(params=[".mp4", ".mkv", ".webm"])
def film(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"film{request.param}"
    write_media(path, [plain(64, 36, (9, 9, 9))] * 30, None, rate=Fraction(10), width=64, height=36)
    add_subtitles(path, [INSIDE], path, "en")
    return path


def test_a_track_inside_is_read_where_no_file_lies_beside(film: Path) -> None:
    (passage,) = told_of(film, None, None).passages
    assert (passage.text, passage.origin) == ("Ships float on water.", "said")
    assert float(passage.start) == pytest.approx(1, abs=0.05)
    film.with_suffix(".srt").write_text(format_srt([BESIDE]), encoding="utf-8")
    assert [one.text for one in told_of(film, None, None).passages] == ["Birds fly."]


def test_a_film_without_a_track_has_none_to_save(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    write_media(path, [plain(64, 36, (9, 9, 9))] * 3, None, rate=Fraction(10), width=64, height=36)
    with pytest.raises(MediaError, match=r"film\.mp4"):
        save_track(path, tmp_path / "track.srt")
    assert not (tmp_path / "track.srt").exists()
