"""Settings know their lines, whatever syntax they are written in."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from frameloom.apps.compose.lines import ParseError, line_of, parse

NAMES = some.text("abcdefgh_", min_size=1, max_size=6)
VALUES = some.one_of(some.integers(), some.booleans(), some.text("ab \"'#[]{},=\n\\", max_size=8))
TREES = some.recursive(
    VALUES, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(NAMES, inner, max_size=3), max_leaves=12
)


@given(some.dictionaries(NAMES, TREES, max_size=4))
def test_json_is_read_as_it_is_and_each_name_stands_on_its_line(settings: dict[str, Any]) -> None:
    text = json.dumps(settings, indent=1)
    parsed = parse(text, "json")
    assert parsed.settings == settings
    rows = text.split("\n")
    for way, line in parsed.lines.items():
        if isinstance(way[-1], str):
            assert rows[line - 1].lstrip().startswith(f"{json.dumps(way[-1])}:")
    assert _ways(settings) == set(parsed.lines)


def _ways(value: Any, way: tuple[Any, ...] = ()) -> set[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {one for key, each in inner for one in {(*way, key)} | _ways(each, (*way, key))}


TOML = '''\
# a remark = [not this
title = "A # no remark"
[music]
mood = "calm"            # remark
gain = -1.5
[[beats]]
say = """
one = 1
two"""
scene.kind = "x"
[[beats]]
scene = { kind = "b", items = [
  "a ] ,",  # remark ]
  ["q", [1, 2]],
  'b' ] }
grid = [[1, 2],
 [3, 4]]
when = 1979-05-27T07:32:00Z
[beats.voice]
"a name" = 1
[[beats.more]]
a."b c" = 1
[[beats.more]]
z = 3
'''


def test_toml_in_all_its_forms() -> None:
    lines = parse(TOML, "toml").lines
    expected = {
        ("title",): 2, ("music",): 3, ("music", "mood"): 4, ("music", "gain"): 5, ("beats",): 6, ("beats", 0): 6,
        ("beats", 0, "say"): 7, ("beats", 0, "scene"): 10, ("beats", 0, "scene", "kind"): 10, ("beats", 1): 11,
        ("beats", 1, "scene", "items", 0): 13, ("beats", 1, "scene", "items", 1, 1, 0): 14,
        ("beats", 1, "scene", "items", 2): 15, ("beats", 1, "grid", 0, 0): 16, ("beats", 1, "grid", 1, 1): 17,
        ("beats", 1, "when"): 18, ("beats", 1, "voice"): 19, ("beats", 1, "voice", "a name"): 20,
        ("beats", 1, "more", 0): 21, ("beats", 1, "more", 0, "a", "b c"): 22, ("beats", 1, "more", 1, "z"): 24,
    }  # fmt: skip
    assert {way: lines[way] for way in expected} == expected


def test_yaml_keeps_words_that_its_older_version_turns_into_others() -> None:
    parsed = parse("aspect: 16:9\nloud: yes\nday: 2026-11-30\nn: 3\nx: 1.5\nb: true\nnone:\n", "yaml")
    assert parsed.settings == {
        "aspect": "16:9", "loud": "yes", "day": "2026-11-30", "n": 3, "x": 1.5, "b": True, "none": None,
    }  # fmt: skip
    assert parsed.lines["day",] == 3


def test_a_setting_without_a_line_stands_where_its_owner_does() -> None:
    lines = parse('[[beats]]\nsay = "x"\n', "toml").lines
    assert line_of(lines, ("beats", 0, "scene", "kind")) == 1
    assert line_of(lines, ("title",)) == 1


@pytest.mark.parametrize("syntax", ["toml", "yaml", "json"])
def test_lists_without_end_are_refused(syntax: Any) -> None:
    text = ("a = " if syntax == "toml" else "") + "[" * 100_000
    with pytest.raises(ParseError, match="not valid"):
        parse(text, syntax)


@pytest.mark.parametrize("syntax", ["toml", "yaml", "json"])
def test_lists_within_lists_are_refused_where_they_stand(syntax: Any) -> None:
    begin, end = {"toml": ("a = ", ""), "yaml": ("a: ", ""), "json": ('{"a": ', "}")}[syntax]
    assert parse(begin + "[" * 20 + "]" * 20 + end, syntax).settings
    with pytest.raises(ParseError, match="within each other more than 24 times") as caught:
        parse("\n\n" + begin + "[" * 90 + "]" * 90 + end, syntax)
    assert caught.value.line == 3


def test_a_name_that_stands_twice_in_json_is_refused() -> None:
    with pytest.raises(ParseError, match="'a' stands twice in one place"):
        parse('{"a": 1, "a": 2}', "json")


def test_lines_of_a_long_list() -> None:
    text = json.dumps({"beats": list(range(60_000))}, indent=1)
    assert parse(text, "json").lines["beats", 59_999] == 60_002
