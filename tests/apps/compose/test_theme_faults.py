"""All that is wrong with a theme file is told at once, with the file's own name and lines."""

from pathlib import Path

import pytest

from frameloom.apps.compose.check import check_file

OWN = """base = "news-gazete"
acent = "red"
muted = "greyish"
heading_font = "no.ttf"
logo = "no.png"
series = ["red",
  "blue", "green", "nocolour"]
[safe.tal]
left = 0.1
"""


def told(tmp_path: Path, theme: str = "own.toml", **files: str) -> list[str]:
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    story = tmp_path / "story.toml"
    story.write_text(f'title = "x"\ntheme = "{theme}"\n[[beats]]\nsay = "Rain."\n')
    return [str(one).removeprefix(f"{tmp_path}/") for one in check_file(story).problems]


def test_all_faults_of_a_theme_file_are_told_with_its_name_and_their_lines(tmp_path: Path) -> None:
    found = told(tmp_path, own=OWN)
    expected = [
        "own.toml:1: base: unknown theme 'news-gazete'; did you mean 'news-gazette'?",
        "own.toml:2: acent: unknown setting; did you mean 'accent'?",
        "own.toml:3: muted: unknown colour 'greyish'",
        "own.toml:4: heading_font: no.ttf: no such font; ",
        "own.toml:5: logo: no.png: no such file; ",
        "own.toml:6: series: unknown colour 'nocolour'",
        "own.toml:8: safe.tal: unknown setting; did you mean 'tall'?",
    ]
    assert len(found) == len(expected), found
    for one, start in zip(found, expected, strict=True):
        assert one.startswith(start)


def test_colours_that_cannot_be_read_are_told_at_their_lines(tmp_path: Path) -> None:
    own = 'base = "news-gazette"\nseries = ["#000", "#111",\n "#222", "#ddd"]\nmuted = "#ccc"\n'
    first, *_ = found = told(tmp_path, own=own)
    assert first.startswith("own.toml:3: series[3]: #ddd on background #")
    assert any(one.startswith("own.toml:4: muted: #ccc on background #") for one in found)


def test_a_fault_in_the_file_that_a_theme_starts_from_is_told_there(tmp_path: Path) -> None:
    (found,) = told(tmp_path, own='base = "low.toml"\n', low='base = "news-gazette"\nradius = 9\n')
    assert found.startswith("low.toml:2: radius: ")


@pytest.mark.parametrize(
    ("theme", "own", "expected"),
    [
        ("own.toml", 'base = "own.toml"\n', "own.toml:1: base: leads in a circle (own.toml -> own.toml)"),
        ("own.toml", 'base = "news-gazette"\ntext = = 2\n', "own.toml:2: file: not valid TOML"),
        ("own.toml", "base = 3\n", "own.toml:1: base: give a theme's name or file, not 3"),
        ("own.toml", "base = 'gone.toml'\n", "own.toml:1: base: gone.toml: no such theme file; "),
        ("neon", "", "story.toml:2: theme: unknown theme 'neon'; give one of advert-atelier, "),
        ("oown.toml", "", "story.toml:2: theme: oown.toml: no such theme file; did you mean 'own.toml'?"),
    ],
)
def test_what_is_no_theme_is_told(theme: str, own: str, expected: str, tmp_path: Path) -> None:
    (found,) = told(tmp_path, theme, own=own)
    assert found.startswith(expected)
