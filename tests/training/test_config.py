"""Recipes: found in a checkout and in the package, changed from the command line, refused with a hint."""

from pathlib import Path

import pytest

from frameloom.core.errors import ConfigError
from frameloom.training import config as room
from frameloom.training.config import PACKAGED, find_recipe, read_recipe

TEXT = """
name = "try"
[model]
family = "predictor"
size = 24
[data]
source = "moving_mnist"
[training]
steps = 4
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "try.toml"
    path.write_text(TEXT)
    return path


def test_a_recipe_is_read_with_settings_changed(file: Path) -> None:
    recipe = read_recipe(file, ["model.size=32", "training.rate=0.5"])
    assert (recipe.model.family, recipe.model.size) == ("predictor", 32)
    assert (recipe.training.steps, recipe.training.rate) == (4, 0.5)


def test_minutes_take_the_place_of_the_budget(file: Path) -> None:
    training = read_recipe(file, minutes=9).training
    assert (training.steps, training.minutes) == (None, 9)


@pytest.mark.parametrize("name", ["recipes/tutorial/gan.toml", "tutorial/gan.toml", "tutorial/gan"])
def test_packaged_recipes_are_found_from_anywhere(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_recipe(Path(name)) == PACKAGED / "tutorial" / "gan.toml"


def test_a_file_comes_before_a_packaged_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    mine = Path("recipes/tutorial/gan.toml")
    mine.parent.mkdir(parents=True)
    mine.write_text(TEXT)
    assert read_recipe(mine).name == "try"


def test_an_unknown_recipe_is_refused_with_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=r"recipes/tutorial/gann.toml: no such recipe; did you mean 'tutorial/gan'\?"):
        find_recipe(Path("recipes/tutorial/gann.toml"))
    monkeypatch.setattr(room, "PACKAGED", tmp_path)
    with pytest.raises(ConfigError, match="x: no such recipe; packaged recipes: none"):
        find_recipe(Path("x"))


@pytest.mark.parametrize("path", sorted(PACKAGED.rglob("*.toml")), ids=lambda path: path.stem)
def test_every_packaged_recipe_is_valid(path: Path) -> None:
    assert read_recipe(path).summary


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("training.stepz=1", "training.stepz: unknown setting; did you mean 'steps'"),
        ("training.rate=0", "training.rate: input should be greater than 0, got 0"),
        ("training.ema=1.0", "training.ema: input should be less than 1"),
        ('model.family="gam"', "model: .*gam"),
        ('name="a/b"', "name: string should match pattern"),
        ("training.warmup=0.9", None),
    ],
)
def test_settings_that_do_not_fit_are_named(file: Path, assignment: str, message: str | None) -> None:
    if message is None:
        assert read_recipe(file, [assignment]).training.warmup == 0.9
        return
    with pytest.raises(ConfigError, match=message):
        read_recipe(file, [assignment])


def test_a_recipe_needs_a_budget_that_adds_up(file: Path) -> None:
    file.write_text(TEXT.replace("steps = 4", ""))
    with pytest.raises(ConfigError, match="no budget; give steps, minutes or both"):
        read_recipe(file)
    file.write_text(TEXT + "warmup = 0.6\ndecay = 0.5\n")
    with pytest.raises(ConfigError, match=r"warmup 0.6 and decay 0.5 are more than the whole budget; lower one"):
        read_recipe(file)
