"""Character files: the shipped ones are whole, new ones work, and each mistake is one clear line."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from frameloom.apps.talk.pose import Pose
from frameloom.apps.talk.stage import Place, Stage
from frameloom.apps.talk.store import PACKAGED, character_names, character_path, load_character, new_character
from frameloom.core.errors import ConfigError, MediaError, OutputError


@pytest.mark.parametrize("name", character_names())
def test_every_character_of_the_package_says_what_it_is(name: str) -> None:
    looks = load_character(name).looks
    assert looks.name.lower() == name
    assert looks.about.endswith(".")
    assert looks.background.kind != "none"


def test_names_in_capitals_and_paths_are_understood() -> None:
    assert character_path("Ada") == PACKAGED / "ada.toml"
    assert load_character(str(PACKAGED / "kip.toml")).looks.kind == "robot"


def test_a_new_character_is_a_whole_copy_under_its_own_name(tmp_path: Path) -> None:
    path = new_character(tmp_path / "old-friend.toml", "bruno")
    mine, source = load_character(str(path)).looks, load_character("bruno").looks
    assert mine.name == "Old Friend"
    assert mine.model_copy(update={"name": source.name, "about": source.about}) == source
    assert path.read_text().startswith("# ")
    with pytest.raises(OutputError, match=r"old-friend\.toml: is there already; give another name"):
        new_character(path)
    with pytest.raises(OutputError, match=r"a character is a \.toml file"):
        new_character(tmp_path / "friend.txt")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('kind = "fox"', "name: missing; add it"),
        ('name = "X"\nkind = "foxx"', "kind: did you mean 'fox'? got 'foxx'"),
        ('name = "X"\n[head]\nskin = "pinkish"', "head.skin: unknown colour 'pinkish'; give a CSS name"),
        ('name = "X"\n[head]\nwidth = 3', "head.width: input should be less than or equal to 1.4, got 3"),
        ('name = "X"\n[hiar]\nstyle = "bob"', "hiar: unknown setting; did you mean 'hair'?"),
        ('name = "X"\n[hair]\nstyle = "bobb"', "hair.style: did you mean 'bob'? got 'bobb'"),
        ('name = "X"\n[hair]\ncolour = "red"', "hair.colour: unknown setting; did you mean 'color'?"),
        ('name = "X"\n[background]\nkind = "picture"', 'the kind "picture" and the setting picture belong together'),
        ('name = "X"\n[background]\npicture = "a.png"', 'the kind "picture" and the setting picture belong together'),
        ('name = "X"\n[manner]\nmood = "hapy"', "manner.mood: did you mean 'happy'? got 'hapy'"),
        ('name = "X"\n[voice]\nname = "piperr"', "voice[0].name: unknown voice 'piperr'; did you mean 'piper'?"),
        ('name = "X"\n[voice]\nname = "carl"', "voice[0].name: unknown voice 'carl'; give auto, hibari, espeak, piper"),
        ('name = "X"\n[[voice]]\npitch = 3', "voice[0].pitch: input should be less than or equal to 2, got 3"),
        ('name = "X"\nvoice = []', "voice: holds 0; give 1 or more"),
        ("name = X", "not valid TOML"),
    ],
)
def test_each_mistake_is_one_clear_line(tmp_path: Path, text: str, line: str) -> None:
    path = tmp_path / "my.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as told:
        load_character(str(path))
    message = str(told.value)
    assert line in message
    assert message.startswith(str(path))
    assert "\n" not in message


def test_unknown_names_and_missing_files_are_told() -> None:
    with pytest.raises(ConfigError, match=r"adda: unknown character; did you mean 'ada'\?"):
        load_character("adda")
    with pytest.raises(ConfigError, match="zzz: unknown character; known: ada, bruno"):
        load_character("zzz")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_character("nowhere/my.toml")


def test_a_picture_stands_behind_and_covers_everything(tmp_path: Path) -> None:
    green = np.zeros((40, 100, 3), np.uint8)
    green[:, :, 1] = 200
    green[:, :10] = (200, 0, 0)  # cut off where the picture covers a square
    Image.fromarray(green).save(tmp_path / "meadow.png")
    path = tmp_path / "my.toml"
    path.write_text('name = "X"\n[background]\nkind = "picture"\npicture = "meadow.png"\n')
    pixels = Stage([Place(load_character(str(path)))], 120, 120).pixels([Pose()])
    assert pixels[2, 2].tolist() == [0, 200, 0, 255]
    assert pixels[2, -3].tolist() == [0, 200, 0, 255]
    path.write_text('name = "X"\n[background]\nkind = "picture"\npicture = "gone.png"\n')
    with pytest.raises(MediaError, match=r"gone\.png"):
        load_character(str(path))
