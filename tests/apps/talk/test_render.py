"""From poses to a file: exact length, sound beside pictures, transparency kept, nothing half-written."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.apps.talk.tracks import SENTENCE, track_of

from frameloom.apps.talk.behaviour import Behaviour, MoodChange
from frameloom.apps.talk.gallery import CharactersConfig, show_characters, spoken_visemes
from frameloom.apps.talk.render import Actor, Scene, SceneConfig, frames_of, pictures_of, render_scene
from frameloom.apps.talk.stage import Place, Stage
from frameloom.apps.talk.store import load_character
from frameloom.core.errors import ConfigError, MediaError
from frameloom.media.files.info import MediaInfo
from frameloom.media.files.probe import probe
from frameloom.media.files.sound_source import read_sound
from frameloom.media.files.source import read_pictures
from frameloom.media.image import from_rgb, to_rgb
from frameloom.media.planes import Planes


def scene(name: str = "ada", duration: Fraction = Fraction(3)) -> Scene:
    character = load_character(name)
    return Scene((Actor(Place(character), Behaviour(character.looks, track_of(SENTENCE, 3), seed=1)),), duration)


def tone(seconds: float, rate: int = 48_000) -> np.ndarray:
    wave = 0.3 * np.sin(np.arange(round(seconds * rate)) * 2 * np.pi * 440 / rate)
    return np.repeat(wave[:, None], 2, axis=1).astype(np.float32)


def info_of(path: Path) -> MediaInfo:
    return probe(path)


def test_a_film_lasts_as_long_as_its_speech_and_sounds(tmp_path: Path) -> None:
    out = tmp_path / "ada.mp4"
    config = SceneConfig(out=out, width=320, height=180, rate=Fraction(25))
    written = render_scene(scene(), config, [tone(1.0), tone(1.5)], view="lines")
    assert (written.frames, written.width, written.height) == (75, 320, 180)
    info = info_of(out)
    assert info.duration == pytest.approx(3, abs=0.03)
    heard = np.concatenate(list(read_sound(out)))
    assert len(heard) == pytest.approx(3 * 48_000, abs=2100)
    assert np.abs(heard[: 2 * 48_000]).max() > 0.2
    assert np.abs(heard[round(2.6 * 48_000) :]).max() < 0.01  # filled up with silence
    assert "talk; drawn characters: Ada" in str(info.metadata)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ada.mp4"]


@pytest.mark.parametrize("transparent", [False, True])
def test_only_what_moves_is_painted_and_nothing_else_changes(transparent: bool) -> None:
    """The picture whose box alone was painted is, bit by bit, the one that was painted whole."""
    actor = scene().actors[0]
    stage = Stage([actor.place], 160, 96, transparent=transparent)
    for time in (0.5, 1.1):
        pose = actor.behaviour.at(time)
        made, whole = stage.picture([pose]), from_rgb(stage.pixels([pose])[..., : 4 if transparent else 3])
        seen = slice(None) if made.alpha is None else made.alpha > 0
        assert np.array_equal(made.y[seen], whole.y[seen])
        if not transparent:
            assert np.array_equal(made.u, whole.u)
            assert np.array_equal(made.v, whole.v)
        else:
            assert np.array_equal(made.alpha, whole.alpha)


def test_too_much_sound_is_left_out(tmp_path: Path) -> None:
    out = tmp_path / "kip.mp4"
    config = SceneConfig(out=out, width=128, height=128)
    render_scene(scene("kip", Fraction(1)), config, [tone(2.0)], view="lines")
    assert info_of(out).duration == pytest.approx(1, abs=0.05)


def test_the_mouth_is_seen_to_move_with_what_is_said() -> None:
    """Pictures in the middle of "ah" differ where the mouth is from those in the middle of PP."""
    config = SceneConfig(out=Path("x.mp4"), width=200, height=200, framing="close")
    shown = [to_rgb(picture).astype(int) for picture in pictures_of(scene(), config)]
    wide, shut = shown[14], shown[26]  # 0.58 s: the end of "aa"; 1.06 s: PP
    again = shown[74]  # silence
    assert np.abs(wide - shut).max() > 80
    mouth = np.s_[115:160, 75:125]
    assert np.abs(wide[mouth] - again[mouth]).mean() > np.abs(shut[mouth] - again[mouth]).mean()


def test_any_picture_can_be_made_alone() -> None:
    config = SceneConfig(out=Path("x.mp4"), width=160, height=90)
    together = list(pictures_of(scene(), config))
    alone = next(pictures_of(scene(), config, 40, 41))
    assert (together[40].y == alone.y).all()
    assert (together[40].u == alone.u).all()


@pytest.mark.parametrize(("duration", "count"), [("1", 25), ("1.001", 26), ("0.01", 1), ("2.04", 51)])
def test_the_last_picture_may_last_beyond_the_end(duration: str, count: int) -> None:
    assert frames_of(scene(duration=Fraction(duration)), SceneConfig(out=Path("x.mp4"))) == count


def test_transparency_reaches_the_file(tmp_path: Path) -> None:
    out = tmp_path / "mira.webm"
    config = SceneConfig(out=out, width=128, height=128, transparent=True)
    render_scene(scene("mira", Fraction(1, 5)), config, view="lines")
    first: Planes = next(read_pictures(out)).planes
    assert first.alpha is not None
    assert first.alpha[100, 64] > 250
    assert first.alpha[2, 2] < 5


def test_nothing_is_left_where_the_format_does_not_fit(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="wav"):
        render_scene(scene(), SceneConfig(out=tmp_path / "a.wav", width=64, height=64), view="lines")
    with pytest.raises(ConfigError, match="a scene of no length"):
        render_scene(scene(duration=Fraction(0)), SceneConfig(out=tmp_path / "a.mp4"), view="lines")
    assert not list(tmp_path.iterdir())


def test_two_speak_before_one_background(tmp_path: Path) -> None:
    ada, kip = load_character("ada"), load_character("kip")
    actors = tuple(
        Actor(
            Place(one, 0.3 + 0.4 * number),
            Behaviour(one.looks, seed=number, moods=(MoodChange(0, "happy"),), turn=turn),
        )
        for number, (one, turn) in enumerate(((ada, 0.2), (kip, -0.2)))
    )
    out = tmp_path / "two.mp4"
    written = render_scene(Scene(actors, Fraction(1, 2)), SceneConfig(out=out, width=320, height=180), view="lines")
    assert written.frames == 13
    assert "Ada, Kip" in str(info_of(out).metadata)


def test_the_gallery_is_a_page_a_sheet_or_a_film(tmp_path: Path) -> None:
    page = show_characters(CharactersConfig(out=tmp_path / "all.html", names=("bruno", "kip"), width=64))
    text = page.read_text()
    assert text.count("<img") == 2 * (6 + 12 + 15)
    assert all(name in text for name in ("Bruno", "Kip", "surprised", "thumb", "aa"))
    sheet = show_characters(CharactersConfig(out=tmp_path / "one.png", names=("mira",), width=64))
    assert info_of(sheet).width == 6 * 70 + 6
    film = show_characters(CharactersConfig(out=tmp_path / "two.mp4", names=("kip",), width=64), view="lines")
    assert info_of(film).duration == pytest.approx(float(spoken_visemes().duration), abs=0.05)
