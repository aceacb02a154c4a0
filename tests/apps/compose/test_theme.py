from pathlib import Path

import numpy as np
import pytest

from frameloom.apps.compose.theme import (
    SafeAreas,
    contrast,
    read_theme,
    readable_on,
    theme_names,
    too_close,
)
from frameloom.core.errors import ConfigError


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("white", "black") == 21.0
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.005)  # the best known pair that just fails
    assert contrast("red", "red") == 1.0


def test_each_template_has_two_looks() -> None:
    for template in ("news", "advert", "lesson"):
        assert sum(name.startswith(f"{template}-") for name in theme_names()) == 2


@pytest.mark.parametrize("name", theme_names())
def test_shipped_themes_can_be_read(name: str) -> None:
    theme = read_theme(name)
    assert theme.name == name
    assert not list(too_close(theme))
    for color in (theme.accent, theme.good, *theme.series):
        assert contrast(readable_on(color, theme), color) >= 4.5


def test_a_pair_that_is_too_close_is_told() -> None:
    theme = read_theme("lesson-workbook").model_copy(update={"muted": "#9a9a9a"})
    assert next(too_close(theme)) == (
        ("muted",),
        "#9a9a9a on background #ffffff has a contrast of 2.8; 4.5 is the least",
    )


def test_a_theme_file_starts_from_another_and_finds_its_logo_beside_it(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('base = "news-gazette"\naccent = "#004488"\nlogo = "mark.png"\n')
    theme = read_theme("own.toml", tmp_path)
    assert (theme.name, theme.accent, theme.logo) == ("own", "#004488", tmp_path / "mark.png")
    assert theme.text == read_theme("news-gazette").text


def test_a_logo_is_found_whatever_folder_the_storyboard_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/own.toml").write_text('base = "news-gazette"\nlogo = "mark.png"\n')
    monkeypatch.chdir(tmp_path)
    logo = read_theme("own.toml", Path("sub")).logo
    assert logo is not None
    assert Path("sub") / logo == tmp_path / "sub/mark.png"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "own.toml: background: missing; add it"),
        ('base = "news-gazette"\naccent = "bleu"\n', "own.toml: accent: unknown colour 'bleu'"),
        ('base = "news-gazette"\nacent = "blue"\n', "own.toml: acent: unknown setting; did you mean 'accent'"),
        ('base = "news-gazette"\nseries = ["red"]\n', "own.toml: series: "),
        ('base = "newspaper"\n', "unknown theme 'newspaper'; give one of advert-atelier"),
        ('base = "news-gazette"\nbody_font = "Comic"\n', "own.toml: body_font: "),
    ],
)
def test_bad_theme_files_are_told(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(ConfigError, match=told):
        read_theme("own.toml", tmp_path)


def test_themes_that_start_from_each_other_are_told(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('base = "./own.toml"\n')
    with pytest.raises(ConfigError, match=r"own.toml: base: leads in a circle \(own.toml -> own.toml\); let one"):
        read_theme("own.toml", tmp_path)
    (tmp_path / "own.toml").write_text('base = "other.toml"\n')
    (tmp_path / "other.toml").write_text('base = "own.toml"\n')
    with pytest.raises(ConfigError, match=r"\(own.toml -> other.toml -> own.toml\)"):
        read_theme("own.toml", tmp_path)


def test_an_unknown_theme_is_told() -> None:
    with pytest.raises(ConfigError, match=r"unknown theme 'neon'; give one of advert-atelier, .*, or a .toml file"):
        read_theme("neon")


def test_upright_pictures_keep_clear_of_what_platforms_lay_over_them() -> None:
    for name in theme_names():
        theme = read_theme(name)
        left, top, right, bottom = theme.safe_box(1080, 1920)
        assert top >= 0.138 * 1920  # 14 %, but for a pixel
        assert bottom <= 0.65 * 1920
        assert min(left, 1080 - right) >= 0.06 * 1080
        assert theme.caption_box(1080, 1920)[3] <= 0.8 * 1920
        assert 10 < theme.caption_box(1080, 1920)[1] - bottom < 40


def test_boxes_are_even_and_of_the_nearest_form() -> None:
    areas = SafeAreas()
    assert areas.area(1920, 1080) is areas.wide
    assert areas.area(1000, 1000) is areas.square
    assert areas.area(1080, 1350) is areas.tall
    assert areas.area(720, 1280) is areas.upright
    theme = read_theme("news-bulletin")
    for size in ((854, 480), (1080, 1080), (270, 480), (1080, 1350)):
        assert not np.any(np.array(theme.safe_box(*size)) % 2)
        assert theme.safe_box(*size, captions=False)[3] > theme.safe_box(*size)[3]
