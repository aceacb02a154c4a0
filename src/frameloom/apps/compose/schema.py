"""The JSON Schema of storyboards, for editors that complete and check: as files may be written, not as they are kept.

A text may also be a table of translations, {en = "Rain", zh = "雨"}, and a number or a switch the {name} of a variable.
"""

import json
from pathlib import Path
from typing import Any

from frameloom.apps.compose.storyboard import LANGUAGE, Storyboard
from frameloom.core.errors import OutputError
from frameloom.core.files import whole_file

_TRANSLATED = {
    "type": "object",
    "description": "The text in each language.",
    "patternProperties": {LANGUAGE: {"type": "string"}},
    "additionalProperties": False,
    "minProperties": 1,
}
_NAME = {"type": "string", "pattern": r"^\{[A-Za-z_][A-Za-z0-9_]*\}$", "description": "The {name} of a variable."}
_VALUES = ("default", "const", "enum", "discriminator", "required")
"""Parts of a schema that hold no schemas."""
_TOLD = ("title", "description", "default")
"""Parts of a schema that editors show."""


def schema_text() -> str:
    """Return the JSON Schema of a storyboard."""
    schema = {**_as_written(Storyboard.model_json_schema()), "title": "Frameloom storyboard"}
    schema["properties"]["$schema"] = {"type": "string", "description": "Where editors find this schema."}
    return json.dumps(schema, indent=2, ensure_ascii=False)


def write_schema(out: Path) -> Path:
    """Write the JSON Schema and return its path.

    Raises:
        OutputError: the place cannot be written, or is named as another kind of file.
    """
    if out.suffix.lower() != ".json":
        raise OutputError(f"{out}: is not named as a JSON Schema; give a .json file")
    with whole_file(out) as part:
        part.write_text(schema_text() + "\n", encoding="utf-8")
    return out


def _as_written(node: Any) -> Any:
    """Return a schema that takes translations for texts, and names of variables for numbers."""
    if isinstance(node, list):
        return [_as_written(one) for one in node]
    if not isinstance(node, dict):
        return node
    inner = {key: value if key in _VALUES else _as_written(value) for key, value in node.items()}
    kind = node.get("type")
    if "const" in node or kind not in ("string", "integer", "number", "boolean"):
        return inner
    told = {key: inner.pop(key) for key in _TOLD if key in inner}
    other = _TRANSLATED if kind == "string" and "enum" not in node else _NAME
    return {**told, "anyOf": [inner, other]}
