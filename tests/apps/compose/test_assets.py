"""A folder of pictures is matched to the words of beats, or to a picture; a poor match is not taken, and told."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from frameloom.apps.compose.assets import Matcher, index, licence_of
from frameloom.apps.compose.choosing import choose_scenes, first_sentence
from frameloom.apps.compose.scenes.clips import Clip
from frameloom.apps.compose.scenes.footage import Picture
from frameloom.apps.compose.scenes.series import Series
from frameloom.apps.compose.scenes.words import Title
from frameloom.apps.compose.storyboard import Beat, Storyboard
from frameloom.core.errors import ConfigError
from frameloom.media.files.pictures import write_still
from frameloom.media.files.sink import write_media
from frameloom.media.planes import plain


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assets = tmp_path / "assets"
    (assets / "bridges").mkdir(parents=True)
    for name, color in (("river_flood.png", 40), ("bridges/old-mill.png", 120), ("IMG_0815.png", 200)):
        pixels = np.full((54, 96, 3), color, np.uint8)
        pixels[27:, :, 0] = 255 - color
        write_still(assets / name, pixels)
    write_media(
        assets / "children playing.mp4", [plain(32, 18, (9, 99, 9))] * 4, None, rate=Fraction(4), width=32, height=18
    )
    (assets / "assets.toml").write_text(
        '["IMG_0815.png"]\ncaption = "The school by the sea"\nlicence = "CC BY 4.0"\ncredit = "M. Miller"\n',
        encoding="utf-8",
    )
    (assets / "notes.txt").write_text("x", encoding="utf-8")
    return tmp_path


def _board(*beats: Beat, likeness: float = 0.3) -> Storyboard:
    return Storyboard(beats=beats, assets=Path("assets"), likeness=likeness)


def test_names_folders_and_captions_are_words(folder: Path) -> None:
    found = {asset.path.name: asset.stems for asset in index(folder / "assets")}
    assert set(found) == {"river_flood.png", "old-mill.png", "IMG_0815.png", "children playing.mp4"}
    assert {"bridg", "mill"} <= found["old-mill.png"]
    assert "school" in found["IMG_0815.png"]


def test_beats_get_what_matches_their_words_and_the_others_are_drawn(folder: Path) -> None:
    board = _board(
        Beat(say="The rivers flooded the fields."),
        Beat(say="The school is closed."),
        Beat(say="Children play again."),
        Beat(say="Gold fell by two dollars."),
        Beat(say="Own words.", scene=Title(title="Own")),
    )
    chosen, notes = choose_scenes(board, folder)
    assert [one.source for one in chosen] == ["assets", "assets", "assets", "words", "storyboard"]
    assert chosen[0].scene == Picture(path=Path("assets/river_flood.png"))
    assert chosen[1].scene == Picture(path=Path("assets/IMG_0815.png"), credit="M. Miller")
    assert isinstance(chosen[2].scene, Clip)
    assert chosen[3].scene == Title(title="Gold fell by two dollars.")
    assert chosen[0].score == 1
    assert notes[0] == "beats[0]: shows river_flood.png, score 1.00 (flood, river)"
    assert "its words are drawn instead" in notes[3]


def test_sentences_with_pictures_of_their_own_show_one_after_the_other(folder: Path) -> None:
    say = "It began early. The river flooded the fields. Nobody slept. The school by the sea is closed."
    chosen, notes = choose_scenes(_board(Beat(say=say), Beat(say="The school. The school.")), folder)
    series = chosen[0].scene
    assert isinstance(series, Series)
    assert [shot.path.name for shot in series.shots] == ["river_flood.png", "IMG_0815.png"]
    assert series.named == ("The river flooded the fields.", "The school by the sea is closed.")
    assert series.shots[1].credit == "M. Miller"
    assert notes[0].startswith("beats[0]: shows river_flood.png, score 1.00 (flood, river); IMG_0815.png, score")
    assert isinstance(chosen[1].scene, Picture)


def test_a_match_below_what_is_asked_is_not_taken(folder: Path) -> None:
    beat = Beat(say="x", find="an old castle with a long garden wall")
    chosen, notes = choose_scenes(_board(beat, likeness=0.9), folder)
    assert chosen[0].source == "words"
    assert "the nearest, old-mill.png, scores 0." in notes[0]


def test_a_picture_that_was_shown_counts_less_the_next_time(folder: Path) -> None:
    matcher = Matcher(index(folder / "assets"))
    first = matcher.best("river flood")
    assert first is not None
    matcher.use(first.asset)
    again = matcher.best("river flood")
    assert again is not None
    assert again.score == first.score / 2


def test_a_picture_finds_what_looks_like_it(folder: Path) -> None:
    chosen, _ = choose_scenes(_board(Beat(say="x", find="assets/bridges/old-mill.png")), folder)
    assert chosen[0].scene == Picture(path=Path("assets/bridges/old-mill.png"))
    assert chosen[0].score == pytest.approx(1)


def test_licences_come_from_the_list(folder: Path) -> None:
    assert licence_of(folder / "assets" / "IMG_0815.png") == "CC BY 4.0"
    assert licence_of(folder / "assets" / "river_flood.png") == "not stated"


def test_a_list_that_does_not_fit_is_told(folder: Path) -> None:
    (folder / "assets" / "assets.toml").write_text('["gone.png"]\nlicense = "x"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="did you mean 'licence'") as caught:
        index(folder / "assets")
    assert "gone.png: no such file here" in str(caught.value)
    with pytest.raises(ConfigError, match="no such folder; give one with pictures and clips"):
        index(folder / "nowhere")


def test_long_sentences_are_cut_between_words() -> None:
    assert first_sentence("It rains. It pours.") == "It rains."
    assert len(first_sentence("word " * 50)) <= 91
    assert first_sentence("word " * 50).endswith("word…")


def test_what_was_made_of_a_folder_is_no_picture_of_it(folder: Path) -> None:
    pixels = np.zeros((8, 8, 3), np.uint8)
    for name in ("out/film.poster.jpg", "story.thumbs.jpg"):
        (folder / "assets" / name).parent.mkdir(exist_ok=True)
        write_still(folder / "assets" / name, pixels)
    inside = {asset.path.name for asset in index(folder / "assets", folder / "assets" / "out" / "film.mp4")}
    assert "film.poster.jpg" not in inside
    assert "story.thumbs.jpg" in inside
    beside = {asset.path.name for asset in index(folder / "assets", folder / "assets" / "story.mp4")}
    assert "story.thumbs.jpg" not in beside
    assert "old-mill.png" in beside
    assert len(index(folder / "assets", folder / "elsewhere" / "film.mp4")) == 6


def test_what_cannot_be_shown_is_left_out_and_told(folder: Path) -> None:
    (folder / "assets" / "flood river.png").write_bytes(b"torn")
    (folder / "assets" / "gone.png").symlink_to("nowhere.png")
    chosen, notes = choose_scenes(_board(Beat(say="The river flood.")), folder)
    assert chosen[0].scene == Picture(path=Path("assets/river_flood.png"))
    assert notes[0].startswith("flood river.png: cannot be shown or heard")
    assert notes[0].endswith("it is left out")


def test_too_many_pictures_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frameloom.apps.compose.assets.MOST_FILES", 3)
    with pytest.raises(ConfigError, match="holds more than 3 pictures and clips"):
        index(folder / "assets")
