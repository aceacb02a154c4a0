"""Damage in a film: told once, with its times, and in nothing that is made of it; and a cache that is not there."""

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.media.files.damaged import GOP_S, SECONDS, cut_off, film, spoil

from frameloom.apps.summarise.analysis import Analysis, analyse
from frameloom.apps.summarise.condense import CondenseConfig, condense
from frameloom.apps.summarise.interest import interest_of
from frameloom.apps.summarise.reading import Damage, damage_notes
from frameloom.apps.summarise.shots import CutFinder
from frameloom.apps.summarise.stills import SpritesConfig, best_key, write_sprites
from frameloom.apps.summarise.store import Keeper, default_folder
from frameloom.apps.summarise.summarise import SummariseConfig, summarise
from frameloom.core.config import validate
from frameloom.core.errors import ConfigError, MediaError, OutputError
from frameloom.media.subtitles import read_subtitles


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("whole") / "film.mp4")


def look(path: Path) -> Analysis:
    return analyse(path, keep=False, view="lines", make_finder=CutFinder)


@pytest.fixture(scope="module")
def spoiled(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """A film in which the decoder paints over what it cannot read, from 4.3 s on."""
    return look(spoil(whole, tmp_path_factory.mktemp("spoiled") / "film.mp4", 4.3, 4.6))


def test_what_a_decoder_paints_over_is_told_and_left_out(spoiled: Analysis) -> None:
    (damage,) = spoiled.damage
    assert damage.of == "pictures"
    assert 3.7 <= damage.start <= 4.6
    assert damage.stop == 6 == 3 * GOP_S
    (note,) = spoiled.notes
    assert note.startswith(f"{spoiled.path}: damaged from 0:0")
    assert note.endswith("to 0:06.00 of its pictures; that is left out")
    assert spoiled.good[0] == (0, damage.start)
    assert spoiled.good[-1].end == SECONDS


def test_nothing_shows_the_damage(spoiled: Analysis, tmp_path: Path) -> None:
    (damage,) = spoiled.damage
    assert not [key for key in spoiled.keys if damage.start <= key.time < damage.stop]
    assert not damage.start <= best_key(spoiled, interest_of(spoiled)).time < damage.stop
    made = condense(spoiled, CondenseConfig(length=Fraction(6)))
    assert not [one for one in made.highlights if one.start < damage.stop and one.stop > damage.start]
    assert made.notes[0] == spoiled.notes[0]
    sprites = write_sprites(spoiled, SpritesConfig(out=tmp_path / "t.vtt", every=Fraction(1)))
    begins = [cue.start for cue in read_subtitles(sprites.vtt).cues]
    assert 5 not in begins
    assert {0, 1, 2, 6, 11} <= set(begins)
    assert sprites.count == len(begins)


def test_the_rest_is_as_in_the_whole_film(whole: Path, spoiled: Analysis) -> None:
    sound = look(whole)
    assert not sound.damage
    assert not sound.notes
    np.testing.assert_allclose(spoiled.level_db, sound.level_db, atol=0.01)  # noise hit a packet of sound, too
    for second in (0, 1, 2, 7, 8, 9, 10, 11):
        np.testing.assert_allclose(spoiled.features[second], sound.features[second], atol=0.02)
    assert [shot.start for shot in sound.shots if shot.start > 6] == [
        shot.start for shot in spoiled.shots if shot.start > 6
    ]


def test_a_film_that_is_cut_off_is_seen_until_there(tmp_path: Path) -> None:
    path = cut_off(film(tmp_path / "whole.mkv"), tmp_path / "film.mkv", 0.6)
    found = look(path)
    assert 5 < found.duration < 9
    assert found.good[0].begin == 0
    assert not [one for one in found.damage if one.of == "pictures"]
    missing = len((tmp_path / "whole.mkv").read_bytes()) - len(path.read_bytes())
    note = found.notes[-1]
    assert note.startswith(f"{path}: cut off at 0:0")
    assert note.endswith(f", {missing} bytes are missing at its end")


def test_a_film_without_its_head_is_an_error(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    data = whole.read_bytes()
    path.write_bytes(data[: data.index(b"moov") - 4])
    with pytest.raises(MediaError, match=r"film\.mp4: not a media file that can be read"):
        look(path)


def test_many_places_are_one_note() -> None:
    lost = [Damage(Fraction(10 * n), Fraction(10 * n + 2), "pictures") for n in range(5)]
    heard = [Damage(Fraction(1), Fraction(3), "sound")]
    first, second = damage_notes(Path("a.mp4"), [*lost, *heard])
    assert first == (
        "a.mp4: damaged from 0:00.00 to 0:02.00, from 0:10.00 to 0:12.00, from 0:20.00 to 0:22.00 "
        "and in 2 more places, 10.0 s in all, of its pictures; that is left out"
    )
    assert second == "a.mp4: damaged from 0:01.00 to 0:03.00 of its sound; that is left out"


def test_a_cache_of_the_user_need_not_be_there(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    found = analyse(whole, view="lines", make_finder=CutFinder)
    (note,) = found.notes
    assert "what was found is not kept" in note
    assert "give a folder by --cache" in note
    with pytest.raises(OutputError, match="is a file"):
        analyse(whole, cache=tmp_path / "file", view="lines", make_finder=CutFinder)


def test_a_cache_that_fills_up_is_told(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    keeper = Keeper.of(whole, "finder", default_folder())
    assert keeper.store is not None
    keeper.store.folder.joinpath(keeper.store.name).touch()  # where its folder should be
    with keeper.trying(whole):
        raise OutputError("no space")
    assert keeper.store is None
    assert keeper.find(0) is None
    assert "not kept: no space" in keeper.why_not


@pytest.mark.parametrize(("given", "suffix"), [("otio", ".otio"), (".MKV", ".mkv")])
def test_a_suffix_has_a_dot(given: str, suffix: str) -> None:
    assert SummariseConfig(input=Path("a"), out=Path("b"), suffix=given).suffix == suffix


def test_an_unknown_suffix_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"suffix: write one of \.mp4"):
        validate(SummariseConfig, {"input": "a", "out": "b", "suffix": "docx"}, "summarise")


def test_a_broken_film_of_a_folder_is_told_and_the_others_are_done(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    os.link(whole, folder / "b.mp4")
    (folder / "a.mp4").write_text("no film")
    spoil(whole, folder / "c.mp4", 4.3, 4.6)
    config = SummariseConfig(input=folder, out=tmp_path / "out", suffix="otio", length=Fraction(4), cache=Path("none"))
    made = summarise(config, "lines")
    told = "\n".join(one.text() for one in made).splitlines()
    assert sum("a.mp4: not a media file" in line for line in told) == 1
    assert sum("c.mp4: damaged from" in line for line in told) == 1
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["b-summary.otio", "c-summary.otio"]
