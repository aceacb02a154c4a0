"""What is told of an effect or a title: everything that can be set, with what it may be."""

import pytest

from frameloom.apps.edit.describe import EFFECTS, TITLES, describe, overview
from frameloom.core.errors import ConfigError

BOTH = {**EFFECTS, **TITLES}


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("look", ['  name = "black-white"', "  strength = 1.0", "      a number or keyframes"]),
        ("hide", ["  box required", "      {left, top, width, height}", '      "blur", "pixelate" or "black"']),
        ("stabilise", ["      above 0 to 30", '      "zoom", "mirror", "repeat" or "black"']),
        ("caption", ["      from 1 to 20", '      "bottom", "top" or "center"']),
    ],
)
def test_what_a_setting_may_be_is_told(name: str, lines: list[str]) -> None:
    assert set(lines) <= set(describe(BOTH, name).splitlines())


def test_names_of_looks_are_told() -> None:
    assert '"noir", "sepia", "warm"' in describe(BOTH, "look")


@pytest.mark.parametrize("name", BOTH)
def test_every_setting_is_told_once(name: str) -> None:
    told = [line.split()[0] for line in describe(BOTH, name).splitlines()[1:] if line[:2] == "  " and line[2] != " "]
    assert told == [field for field in BOTH[name].model_fields if field not in ("effect", "design")]


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"speed: unknown; there are: adjust, .*, counter"):
        describe(BOTH, "speed")
    assert overview(TITLES).startswith("headline     Large words")
