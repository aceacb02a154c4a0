"""Settings: frozen values that refuse unknown keys, from TOML and the command line.

    recipe.toml --read--> dict --override--> dict --validate--> Config

A message names the file, the setting, what was given and what would do.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from frameloom.core.errors import ConfigError


class Config(BaseModel):
    """A frozen group of settings; the text under each field is its help."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        validate_default=True,
        allow_inf_nan=False,
    )


Settings = TypeVar("Settings", bound=Config)


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file.

    Raises:
        ConfigError: the file is missing, unreadable or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ConfigError(f"{path}: cannot be read ({reason}); give a TOML file") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error


def override(settings: Mapping[str, Any], assignments: Iterable[str]) -> dict[str, Any]:
    """Return settings with each `a.b=value` applied; values are read as TOML, else as text.

    >>> override({"model": {"z_dim": 4}}, ["model.z_dim=8", "name=fox"])
    {'model': {'z_dim': 8}, 'name': 'fox'}

    Raises:
        ConfigError: an assignment has no '=' or passes through a value.
    """
    result = {key: dict(value) if isinstance(value, dict) else value for key, value in settings.items()}
    for assignment in assignments:
        name, separator, text = assignment.partition("=")
        if not separator or not name.strip():
            raise ConfigError(f"--set {assignment}: write it as name=value, for example model.z_dim=64")
        try:
            value = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            value = text
        *tables, key = name.strip().split(".")
        place = result
        for table in tables:
            inner = place.get(table, {})
            if not isinstance(inner, dict):
                raise ConfigError(f"--set {assignment}: {table!r} is a value, not a table")
            place[table] = place = dict(inner)
        place[key] = value
    return result


def validate(kind: type[Settings], settings: Mapping[str, Any], where: str) -> Settings:
    """Return settings as a Config of this kind.

    Raises:
        ConfigError: names each setting that does not fit, one a line.
    """
    try:
        return TypeAdapter(kind).validate_python(dict(settings))
    except ValidationError as error:
        lines = [f"{where}: {_explain(kind, item)}" for item in error.errors(include_url=False)]
        raise ConfigError("\n".join(lines)) from error


def _explain(kind: type[Config], item: Mapping[str, Any]) -> str:
    """Return one validation error as `setting: what is wrong, what was given`."""
    names = [str(part) for part in item["loc"]]
    fields, path = _walk(kind, names)
    dotted = ".".join(path) or "settings"
    if item["type"] == "extra_forbidden":
        close = difflib.get_close_matches(names[-1], fields, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(sorted(fields))}"
        return f"{dotted}: unknown setting; {hint}"
    if item["type"] == "missing":
        return f"{dotted}: missing; add it"
    return f"{dotted}: {item['msg'][0].lower()}{item['msg'][1:]}, got {item['input']!r}"


def _walk(kind: type[Config], names: list[str]) -> tuple[set[str], list[str]]:
    """Return the fields known where an error points, and its path without union tags."""
    fields = dict(kind.model_fields)
    path: list[str] = []
    for depth, name in enumerate(names):
        if name in fields:
            path.append(name)
            if depth < len(names) - 1:
                fields = _inner_fields(fields[name].annotation, names[depth + 1])
        elif depth == len(names) - 1 or name.isdigit():
            path.append(name)
    return set(fields), path


def _inner_fields(annotation: Any, tag: str) -> dict[str, Any]:
    """Return the fields of a Config annotation; in a union, of the member that the tag names."""
    if isinstance(annotation, type) and issubclass(annotation, Config):
        return dict(annotation.model_fields)
    members = [
        part for part in getattr(annotation, "__args__", ()) if isinstance(part, type) or hasattr(part, "__args__")
    ]
    found: dict[str, Any] = {}
    for member in members:
        inner = _inner_fields(member, tag)
        discriminators = {field.default for name, field in inner.items() if name in {"family", "source"}}
        if tag in discriminators:
            return inner
        found.update(inner)
    return found
