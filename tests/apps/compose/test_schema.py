"""The JSON Schema takes all that a storyboard may be written as, and refuses what is wrong."""

import json
import re
import tomllib
from typing import Any

import pytest

from frameloom.apps.compose.examples import KINDS, example
from frameloom.apps.compose.schema import schema_text

SCHEMA: dict[str, Any] = json.loads(schema_text())
TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int,
    "number": (int, float),
}  # fmt: skip


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Return whether a value is of a schema: as much of JSON Schema as ours uses."""
    if "$ref" in schema:
        return fits(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    for name, wanted in (("anyOf", range(1, 99)), ("oneOf", range(1, 2))):
        if name in schema and sum(fits(value, one) for one in schema[name]) not in wanted:
            return False
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(
        isinstance(value, TYPES[kind]) and (isinstance(value, bool) <= (kind == "boolean")) for kind in kinds
    ):
        return False
    if ("const" in schema and value != schema["const"]) or value not in schema.get("enum", [value]):
        return False
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        return False
    if isinstance(value, list):
        return all(fits(one, schema.get("items", {})) for one in value)
    return not isinstance(value, dict) or _fits_table(value, schema)


def _fits_table(value: dict[str, Any], schema: dict[str, Any]) -> bool:
    if not set(schema.get("required", ())) <= set(value):
        return False
    for key, inner in value.items():
        forms = [schema["properties"][key]] if key in schema.get("properties", {}) else []
        forms += [form for pattern, form in schema.get("patternProperties", {}).items() if re.search(pattern, key)]
        others = schema.get("additionalProperties", True)
        if not forms and others is False:
            return False
        if not all(fits(inner, form) for form in forms or ([others] if isinstance(others, dict) else [])):
            return False
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_the_examples_are_of_the_schema(kind: str) -> None:
    assert fits(tomllib.loads(example(kind).read_text(encoding="utf-8")), SCHEMA)


BEAT = {"say": "Rain."}


@pytest.mark.parametrize(
    "settings",
    [
        {"music": "calm"},
        {"music": "song.mp3"},
        {"captions": False},
        {"transition": "fade"},
        {"side": "{px}", "captions": {"show": "{yes}"}},
        {"beats": [{"say": {"en": "Rain", "zh": "\u96e8"}, "length": "1:02.5", "cues": [1, "rain"]}]},
        {"beats": [{"scene": {"kind": "bars", "data": {"Rain": 3}}}]},
        {"beats": [{"scene": {"kind": "formula", "lines": ["a^2", {"tex": "b"}]}}]},
    ],
)
def test_short_forms_are_of_the_schema(settings: dict[str, Any]) -> None:
    assert fits({"beats": [BEAT], **settings}, SCHEMA)


@pytest.mark.parametrize(
    "settings",
    [
        {"titel": "x"},
        {"aspect": "4:3"},
        {"side": "many"},
        {"transition": "swoosh"},
        {"beats": [{"say": 3}]},
        {"beats": [{"say": {"English please": "Rain"}}]},
        {"beats": [{"scene": {"kind": "bulets", "items": ["a"]}}]},
        {"beats": [{"scene": {"kind": "bullets", "items": [3]}}]},
    ],
)
def test_what_is_wrong_is_not(settings: dict[str, Any]) -> None:
    assert not fits({"beats": [BEAT], **settings}, SCHEMA)
