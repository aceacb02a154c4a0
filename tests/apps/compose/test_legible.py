"""Texts that will be cut off or are too small are told before the film is made, in the shape that is asked for."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.apps.compose.scenes.example_scenes import stage

import frameloom
from frameloom.apps.compose.check import check_file
from frameloom.apps.compose.scenes.lettering import watching, write

EXAMPLES = Path(frameloom.__file__).parent / "apps/compose/examples"
BADGE = {"kind": "badge", "text": "Live"}
LONG = "some_function_of_mine(with_an_argument, and_with_another_one, third)"
TEXT = "It goes on and on without an end in sight. " * 20


def notes(tmp_path: Path, scene: dict[str, Any], aspect: str = "16:9", **settings: Any) -> tuple[str, ...]:
    story = tmp_path / "s.json"
    beats = [{"say": "First."}, {"say": "Look at this.", "scene": scene}]
    story.write_text(json.dumps({**settings, "voice": "none", "beats": beats}, indent=1), encoding="utf-8")
    return check_file(story, {"aspect": aspect}).notes


def test_long_lines_of_code_are_told_in_the_shape_in_which_they_are_too_small(tmp_path: Path) -> None:
    scene = {"kind": "code", "code": f"def f(x):\n    {LONG}\n"}
    assert notes(tmp_path, scene) == ()
    (told,) = notes(tmp_path, scene, "9:16")
    assert told.startswith(
        f"{tmp_path / 's.json'}:11: beats[1].scene.code: 'some_function_of_mine(with_an_argument,…' is too small"
    )


@pytest.mark.parametrize(
    "scene",
    [
        {"kind": "price", "price": "$49", "note": TEXT},
        {"kind": "presenter", "title": "So", "items": [TEXT] * 5},
        {"kind": "layered", "under": {"kind": "headline", "text": "So", "subtitle": TEXT}, "over": [BADGE]},
        {"kind": "layered", "under": {"kind": "title", "title": "So"}, "over": [{"kind": "badge", "text": "W" * 40}]},
    ],
)
def test_text_that_will_be_cut_off_is_told_with_its_first_words(tmp_path: Path, scene: dict[str, Any]) -> None:
    told = notes(tmp_path, scene, "9:16")
    assert any("is cut off in 9:16; shorten it" in one for one in told), told


def test_a_text_that_is_whole_in_one_of_the_ways_that_are_tried_is_whole() -> None:
    shown = stage(size=(960, 540))
    for widths in ((30, 900), (900, 30)):
        with watching() as found:
            for width in widths:
                write(shown, "It goes on and on", "title", width, 60 if width > 99 else 20)
        assert found["It goes on and on"].is_whole
    with watching() as found:
        write(shown, "It goes on and on", "title", 30, 20)
    assert not found["It goes on and on"].is_whole


@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1", "4:5"])
@pytest.mark.parametrize("name", ["advert", "lesson", "news"])
def test_all_texts_of_the_examples_are_whole_and_can_be_read(name: str, aspect: str) -> None:
    assert check_file(EXAMPLES / f"{name}.toml", {"aspect": aspect}).notes == ()
