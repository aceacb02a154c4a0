"""Films of dialogues: as long as their sound, cut on who speaks, with captions where they are asked for."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.apps.talk.humming import Hum, deaf

from frameloom.apps.recorded import Mono
from frameloom.apps.speak.tracks import read_track
from frameloom.apps.talk.camera import EVERYBODY
from frameloom.apps.talk.dialogue import Dialogue, spoken
from frameloom.apps.talk.film import Stages, TalkConfig, cast_of, talk, tell
from frameloom.apps.talk.script import Script
from frameloom.apps.talk.stage import facing, side_by_side
from frameloom.apps.talk.store import load_character
from frameloom.apps.talk.tracks import TracksConfig
from frameloom.apps.talk.voice import voices_of
from frameloom.core.config import validate
from frameloom.core.errors import ConfigError, MediaError, OutputError
from frameloom.media.files.pictures import write_still
from frameloom.media.files.probe import probe
from frameloom.media.files.sink import write_media
from frameloom.media.files.source import read_pictures, read_sound
from frameloom.media.frames import Written
from frameloom.media.sound import SAMPLE_RATE
from frameloom.media.visemes import VISEMES, VisemeTrack

SMALL = {"width": 160, "height": 96, "rate": 10, "video": {"speed": "draft"}}


def script(*turns: dict[str, object], cast: dict[str, object] | None = None, **setting: object) -> Script:
    given = {"cast": cast or {"ada": {}, "kip": {"character": "kip"}}, "turns": turns, "setting": {**SMALL, **setting}}
    return validate(Script, given, "script")


def filmed(asked: Script, out: Path, **options: object) -> Written:
    return talk(asked, TalkConfig(out=out, **options), deaf, "lines", lambda name, language: Hum())


LONG = "one two three four five six."
TURNS = ({"who": "ada", "say": LONG, "shot": "close"}, {"who": "kip", "say": LONG, "shot": "close"})


def test_a_film_is_as_long_as_its_sound_and_says_what_it_is(tmp_path: Path) -> None:
    out = tmp_path / "new" / "film.mp4"
    srt, visemes = tmp_path / "film.srt", tmp_path / "film.json"
    asked = script(*TURNS).model_copy(update={"title": "Numbers"})
    made = filmed(asked, out, srt=srt, visemes=visemes)
    info = probe(out)
    assert made.path == out
    assert info.duration == Fraction(made.frames, 10)
    samples = sum(len(block) for block in read_sound(out))
    assert abs(Fraction(samples, SAMPLE_RATE) - info.duration) < Fraction(1, 10)
    metadata = dict(info.metadata)
    assert metadata["title"] == "Numbers"
    assert metadata["comment"].endswith("talk; drawn characters: Ada, Kip; synthetic voices: Ada, Kip")
    assert [stream.language for stream in info.subtitles] == ["eng"]
    assert srt.read_text(encoding="utf-8").count("one two three four five six.") == 2
    tracks = [read_track(tmp_path / f"film-{name}.json") for name in ("ada", "kip")]
    assert all((track.labels == VISEMES.index("aa")).sum() == pytest.approx(300, abs=8) for track in tracks)
    assert sorted(path.name for path in out.parent.iterdir()) == ["film.mp4"]  # nothing is left beside it


def test_subtitles_and_mouths_can_be_had_without_a_film(tmp_path: Path) -> None:
    config = TracksConfig(srt=tmp_path / "a.srt", visemes=tmp_path / "a.json")
    paths = tell(script(*TURNS), config, deaf, "lines", lambda name, language: Hum())
    assert paths == [tmp_path / name for name in ("a.srt", "a-ada.json", "a-kip.json")]
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    for made in (tell, talk):
        config = TalkConfig(out=tmp_path / "b.mp4", visemes=tmp_path / "b.fbx")
        with pytest.raises(OutputError, match=r"b\.fbx: no format for mouth movements ends so"):
            made(script(*TURNS), config, deaf)  # before anything is spoken
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_each_mouth_has_a_file_in_the_format_that_is_asked_for(tmp_path: Path) -> None:
    pytest.importorskip("openfacefx", reason="openfacefx is not installed")
    config = TracksConfig(visemes=tmp_path / "a.rhubarb.json")
    paths = tell(script(*TURNS), config, deaf, "lines", lambda name, language: Hum())
    assert [path.name for path in paths] == ["a-ada.rhubarb.json", "a-kip.rhubarb.json"]
    assert all("mouthCues" in path.read_text() for path in paths)


def test_a_recording_without_speech_is_told(tmp_path: Path) -> None:
    tone = (0.2 * np.sin(np.arange(SAMPLE_RATE // 2) / 20)).astype(np.float32)[:, None]
    write_media(tmp_path / "voice.wav", None, [tone], channels=1)
    asked = script({"who": "ada", "sound": str(tmp_path / "voice.wav")}, cast={"ada": {}}, subtitles="no")
    nothing = VisemeTrack(np.eye(1, 15, dtype=np.float32).repeat(50, axis=0), np.zeros(50, np.float32))
    made = talk(asked, TalkConfig(out=tmp_path / "a.mp4"), lambda sound: nothing, "lines")
    assert made.notes[-1].startswith("turn 1: no speech is heard in ")


def test_a_soft_recording_is_as_loud_as_the_others_and_both_are_told(tmp_path: Path) -> None:
    tone = (0.2 * np.sin(np.arange(SAMPLE_RATE // 2) / 20)).astype(np.float32)[:, None]
    write_media(tmp_path / "soft.wav", None, [tone / 50], channels=1)
    asked = script({"who": "ada", "say": "one."}, {"who": "kip", "sound": str(tmp_path / "soft.wav")}, subtitles="no")
    heard: list[float] = []

    def hear(sound: Mono) -> VisemeTrack:
        heard.append(float(np.abs(sound).max()))
        return deaf(sound)

    made = talk(asked, TalkConfig(out=tmp_path / "a.mp4"), hear, "lines", lambda name, language: Hum())
    assert made.notes[-1].endswith("soft.wav: very soft: raised by 34 dB, and its noise with it")
    assert heard[0] > 0.1
    assert dict(probe(tmp_path / "a.mp4").metadata)["comment"].endswith(
        "drawn characters: Ada, Kip; synthetic voices: Ada; recorded voices: Kip"
    )


def test_sound_and_mouth_begin_together(tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    filmed(script({"who": "ada", "say": LONG}, cast={"ada": {}}, subtitles="no", rate=25), out)
    sound = np.concatenate(list(read_sound(out, channels=1)))[:, 0]
    heard_s = np.flatnonzero(np.abs(sound) > 0.02)[0] / SAMPLE_RATE
    pictures = [picture.planes.y[36:49, 70:90].astype(int) for picture in read_pictures(out)]
    change = [np.abs(b - a).mean() for a, b in pairwise(pictures)]
    opens_s = (int(np.argmax(change[:25])) + 1) / 25
    assert heard_s == pytest.approx(0.5, abs=0.03)
    assert opens_s == pytest.approx(heard_s, abs=0.12)  # mouths run ahead of what is heard, by up to 60 ms


def stages(asked: Script) -> Stages:
    characters = cast_of(asked)
    lines = spoken(asked, voices_of(asked, characters), deaf, lambda name, language: Hum())
    return Stages(Dialogue(asked, tuple(lines)), characters)


def test_the_camera_shows_who_speaks_and_any_picture_can_be_drawn_alone() -> None:
    shown = stages(script(*TURNS))
    assert shown.whom(Fraction(1)) == "ada"
    assert shown.whom(Fraction(5)) == "kip"
    again = stages(script(*TURNS))
    for number in (40, 10):
        one, other = shown.picture(number), again.picture(number)
        assert all(
            np.array_equal(a, b) for a, b in zip((one.y, one.u, one.v), (other.y, other.u, other.v), strict=True)
        )
    assert not np.array_equal(shown.picture(10).y, shown.picture(50).y)
    assert stages(script({"who": "ada", "say": "one."}, {"who": "kip", "say": "two."})).whom(Fraction(1)) == EVERYBODY


def test_two_are_turned_to_each_other_and_stand_off_the_middle_where_one_is_seen_alone() -> None:
    shown = stages(script(*TURNS))
    assert [shown.behaviours[name].turn for name in ("ada", "kip")] == pytest.approx([0.15, -0.15])
    row = side_by_side([load_character("ada"), load_character("kip")])
    # A bust is 530 units high, and whoever shows it takes 390 across: of 1280 px, 720 * 390 / 530.
    aside = (1 - 720 * 390 / 530 / 1280) / 4
    assert [one.middle for one in facing(row, 1280, 720, "bust")] == pytest.approx([0.5 - aside, 0.5 + aside])
    assert [one.middle for one in facing(row, 400, 720, "bust")] == [0.5, 0.5]
    assert [one.middle for one in facing(row[:1], 400, 720, "bust")] == [0.5]
    alone = stages(script({"who": "ada", "say": "one."}, cast={"ada": {}}))
    assert alone.behaviours["ada"].turn == 0


def test_captions_stand_in_the_pictures_where_they_are_asked_for() -> None:
    plainly, burned = (stages(script(*TURNS, subtitles=how)).picture(10) for how in ("no", "burned"))
    apart = np.abs(plainly.y.astype(int) - burned.y)
    assert apart[64:].max() > 100
    assert apart[:40].max() == 0


def test_captions_cover_no_faces_where_many_stand_in_an_upright_picture() -> None:
    cast = {name: {"character": name} for name in ("ada", "kip", "mira", "bruno")}
    turn = {**TURNS[0], "shot": "wide"}
    plainly, burned = (
        stages(script(turn, cast=cast, subtitles=how, width=180, height=320)).picture(10) for how in ("no", "burned")
    )
    rows = np.flatnonzero(np.abs(plainly.y.astype(int) - burned.y).max(axis=1))
    assert rows[0] > 140
    assert rows[-1] < 200


def test_backgrounds_are_colours_or_pictures_and_can_be_left_out(tmp_path: Path) -> None:
    red = stages(script(*TURNS, background="red")).picture(10)
    assert red.v[2, 2] > 200
    write_still(tmp_path / "wall.png", np.full((36, 64, 3), (0, 0, 255), np.uint8))
    blue = stages(script(*TURNS, background=str(tmp_path / "wall.png"))).picture(10)
    assert blue.u[2, 2] > 200
    with pytest.raises(ConfigError, match=r"setting\.background: 'walll' is neither a picture nor a colour"):
        cast_of(script(*TURNS, background="walll"))
    out = tmp_path / "film.webm"
    filmed(script({"who": "ada", "say": "one."}, cast={"ada": {}}), out, transparent=True)
    (first, *_) = read_pictures(out)
    assert first.planes.alpha is not None
    assert first.planes.alpha[2, 2] == 0
    assert first.planes.alpha.max() > 250


def test_what_is_to_be_transparent_is_so_in_mov_and_refused_elsewhere(tmp_path: Path) -> None:
    one = script({"who": "ada", "say": "one."}, cast={"ada": {}})
    filmed(one, tmp_path / "film.mov", transparent=True)
    (first, *_) = read_pictures(tmp_path / "film.mov")
    assert first.planes.alpha is not None
    assert first.planes.alpha[2, 2] == 0
    told = r"film\.mp4: h264 holds no transparency; write \.webm or \.mov, or leave transparent out"
    with pytest.raises(ConfigError, match=told):
        filmed(one, tmp_path / "film.mp4", transparent=True)
    assert [path.name for path in tmp_path.iterdir()] == ["film.mov"]


def test_a_file_without_room_for_sound_says_so_before_anything_is_spoken(tmp_path: Path) -> None:
    told = r"film.gif: a \.gif file holds no sound; leave it out, or write \.mp4, \.mov, \.mkv or \.webm"
    with pytest.raises(MediaError, match=told):
        filmed(script(*TURNS), tmp_path / "film.gif")
    with pytest.raises(ConfigError, match="nobody: unknown character"):
        filmed(script({"who": "a", "say": "b"}, cast={"a": {"character": "nobody"}}), tmp_path / "film.mp4")
    assert list(tmp_path.iterdir()) == []
