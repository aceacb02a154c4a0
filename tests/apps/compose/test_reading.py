"""Texts in one language, with variables filled in, whatever the file."""

from pathlib import Path

import pytest

from frameloom.apps.compose.check import check_file
from frameloom.apps.compose.reading import read_draft, refuse
from frameloom.core.errors import ConfigError

TEXT = """\
language = "en"
languages = ["en", "zh"]
side = "{px}"
[variables]
px = 64
town = "Oakford"
[[beats]]
say = { en = "Rain in {town}.", zh = "{town}下雨了。" }
[beats.scene]
kind = "formula"
lines = ['\\frac{a}{b}']
"""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")
def test_variables_and_languages_are_filled_in(story: Path) -> None:
    draft = read_draft(story)
    assert not draft.problems
    assert draft.settings["side"] == 64  # a name that is all of a text keeps its kind
    assert draft.settings["beats"][0]["say"] == "Rain in Oakford."
    assert draft.settings["beats"][0]["scene"]["lines"] == ["\\frac{a}{b}"]  # braces of its own
    other = read_draft(story, variables={"town": "Bonn"}, changes={"language": "zh", "aspect": "1:1"})
    assert other.storyboard is not None
    assert other.storyboard.beats[0].say == "Bonn下雨了。"
    assert other.storyboard.size == (64, 64)
    assert draft.settings["variables"]["town"] == "Oakford"


def test_a_text_that_is_not_translated_is_told(story: Path) -> None:
    story.write_text(TEXT.replace(', zh = "{town}下雨了。"', ""), encoding="utf-8")
    assert not read_draft(story).problems
    (problem,) = read_draft(story, changes={"language": "zh"}).problems
    assert (problem.line, problem.text) == (8, "zh is missing; it is there in en")


def test_a_name_that_nobody_knows_is_told_wherever_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "story.toml"
    path.write_text('[[beats]]\nsay = "Hi."\nscene = { kind = "headline", text = "Hi {who}" }\n', encoding="utf-8")
    (problem,) = read_draft(path, variables={"whom": "Ada"}).problems
    assert (problem.line, problem.place) == (3, "beats[0].scene.text")
    assert problem.text == "{who} is not known; did you mean {whom}?"
    assert not read_draft(path, variables={"who": "Ada"}).problems


def test_another_language_than_the_texts_are_in_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "story.toml"
    path.write_text('language = "en"\n[[beats]]\nsay = "Rain."\n', encoding="utf-8")
    (problem,) = read_draft(path, changes={"language": "zh"}).problems
    assert (problem.line, problem.place) == (1, "language")
    assert problem.text.startswith("its texts are in en, not zh; write them as {en = ..., zh = ...}")
    assert not read_draft(path, changes={"language": "en-gb"}).problems
    path.write_text('[[beats]]\nsay = "下雨了。"\n', encoding="utf-8")  # says nothing of its language
    assert not read_draft(path, changes={"language": "zh"}).problems


def test_what_cannot_be_read_at_all(tmp_path: Path) -> None:
    path = tmp_path / "story.toml"
    with pytest.raises(ConfigError, match="cannot be read"):
        read_draft(path)
    path.write_bytes(b'title = "x"\nsay = "\xff"\n')
    with pytest.raises(ConfigError, match=r"story.toml:2: not UTF-8 text; save it as UTF-8"):
        read_draft(path)
    path.write_bytes(b"#" * 2_000_001)
    with pytest.raises(ConfigError, match="too many for a storyboard"):
        read_draft(path)
    with pytest.raises(ConfigError, match=r"not a storyboard's suffix; give .toml, .yaml"):
        read_draft(tmp_path / "story.doc")


def test_all_problems_are_one_error_in_order_of_lines(story: Path) -> None:
    story.write_text('[[beats]]\nsay = ""\n[[beats]]\nsay = 3\n', encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        refuse(read_draft(story).problems)
    lines = str(caught.value).splitlines()
    assert [line.split(":")[1] for line in lines] == ["1", "4", " 2 problems in all"]


def test_what_the_command_asks_for_is_told_apart_from_what_the_file_says(story: Path) -> None:
    (problem,) = read_draft(story, changes={"side": 99_998}).problems
    assert problem.text == "input should be less than or equal to 2160, got 99998 (asked for beside the file)"


def test_names_without_any_variables_are_noted(tmp_path: Path) -> None:
    path = tmp_path / "story.toml"
    path.write_text('[[beats]]\nsay = "Rain in {town}."\n', encoding="utf-8")
    found = check_file(path)
    assert not found.problems
    told = "{town} is said as it stands; give it in [variables], or in the rows of a batch"
    assert found.notes == (f"{path}:2: beats[0].say: {told}",)


def test_texts_by_language_without_the_list_of_languages_are_told_once(tmp_path: Path) -> None:
    story = tmp_path / "s.toml"
    beat = '[[beats]]\nsay = { en = "Rain", zh = "\u96e8" }\nscene = { kind = "bullets", items = [{ en = "One" }] }\n'
    story.write_text(beat * 2, encoding="utf-8")
    (found,) = read_draft(story).problems
    told = 'is given by language, and languages = ["en", "zh"] is missing at the head'
    assert str(found) == f"{story}:2: beats[0].say: {told}"


def test_a_schema_may_be_named_for_editors(tmp_path: Path) -> None:
    heads = {
        ".json": '{"$schema": "./storyboard.schema.json", "beats": [{"say": "Rain."}]}',
        ".toml": '#:schema ./storyboard.schema.json\n[[beats]]\nsay = "Rain."\n',
        ".yaml": "# yaml-language-server: $schema=./storyboard.schema.json\nbeats:\n  - say: Rain.\n",
    }
    for suffix, text in heads.items():
        story = tmp_path / f"s{suffix}"
        story.write_text(text, encoding="utf-8")
        assert read_draft(story).problems == ()
