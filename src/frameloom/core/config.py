"""Settings: frozen values that refuse unknown keys, from TOML and the command line.

    recipe.toml --read--> dict --override--> dict --validate--> Config

A message names the file, the setting, what was given and what would do.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

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

DEEPEST = 64
"""Tables and lists within each other that any file of ours may need; a reader's stack takes more."""
_MOST_SHOWN = 120
"""Characters of a wrong value that a message repeats."""


_WANTED = {
    "string_type": "text",
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), "a list"),
    **dict.fromkeys(("dict_type", "mapping_type"), "a table"),
    **dict.fromkeys(("model_type", "model_attributes_type", "dataclass_type"), "a table of settings"),
    "path_type": "the path of a file or folder",
}
"""What should stand where something else does, by pydantic's name of the fault."""
_TOO_MANY = ("too_long", "too_short", "string_too_long", "string_too_short")
_MOST_KNOWN = 12
"""Settings of a table that a message names."""


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file.

    Raises:
        ConfigError: the file is missing, unreadable or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ConfigError(f"{path}: cannot be read ({reason}); give a TOML file") from error
    except RecursionError as error:  # how deep that is depends on who reads
        raise ConfigError(f"{path}: nested more than {DEEPEST} deep; give a plainer TOML file") from error
    except ValueError as error:  # TOMLDecodeError among them, and names that no file can have
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
        told = []
        for fault in _faults(kind, error):
            says_where = fault.place.startswith(f"{where}.")  # music.mood of the command music
            told.append(f"{fault.place}: {fault.text}" if says_where else f"{where}: {fault.place}: {fault.text}")
        raise ConfigError("\n".join(told)) from error


@dataclass(frozen=True)
class Fault:
    """A setting that does not fit."""

    path: tuple[int | str, ...]
    """Names and numbers that lead to it."""
    text: str
    """What is wrong, what was given or would do."""
    is_ours: bool = True
    """Whether a rule of ours says so, not only that the type is another."""

    @property
    def place(self) -> str:
        """Return where it stands, as tracks[0].items[2].start."""
        written = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path)
        return written.lstrip(".") or "settings"


def faults_in(kind: Any, settings: object) -> list[Fault]:
    """Return each setting that does not fit a Config, or a union of them."""
    try:
        TypeAdapter(kind).validate_python(settings)
    except ValidationError as error:
        return _faults(kind, error)
    return []


def _faults(kind: Any, error: ValidationError) -> list[Fault]:
    return _told_once([_fault(kind, item) for item in error.errors(include_url=False)])


def _fault(kind: Any, item: Mapping[str, Any]) -> Fault:
    """Return one validation error in our words."""
    fields, path = _walk(_configs(kind), item["loc"], item["type"])
    return Fault(tuple(path), _explain(item, fields), item["type"] == "value_error")


def _explain(item: Mapping[str, Any], fields: set[str]) -> str:
    """Return what is wrong, given the fields known there."""
    if item["type"] == "extra_forbidden":
        name = str(item["loc"][-1])
        close = difflib.get_close_matches(name, fields, n=1)
        return f"unknown setting; did you mean {close[0]!r}?" if close else _unknown(fields)
    if item["type"] == "missing":
        return "missing; add it"
    context = item.get("ctx", {})
    if item["type"] in _TOO_MANY and isinstance(item["input"], dict | list | tuple | str):
        counted = (
            "" if not isinstance(item["input"], str) else " character" if len(item["input"]) == 1 else " characters"
        )
        most = f"{context['max_length']} at most" if "max_length" in context else f"{context['min_length']} or more"
        return f"holds {len(item['input'])}{counted}; give {most}"
    if item["type"] in _WANTED:
        return f"input should be {_WANTED[item['type']]}, got {_short(item['input'])}{_how(item, fields)}"
    given = context.get("tag", item["input"])
    expected = re.findall("'([^']*)'", context.get("expected_tags", "") or str(context.get("expected", "")))
    close = difflib.get_close_matches(given, expected, n=1) if isinstance(given, str) else []
    message = item["msg"].removeprefix("Value error, ")
    if item["type"] == "union_tag_not_found":
        return f"does not say which kind it is; add {context.get('discriminator')} to it"
    if item["type"] == "union_tag_invalid":
        name = str(context.get("discriminator", "kind")).strip("'")
        told = f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(expected)}"
        return f"{name} {_short(given)} is not known; {told}"
    if close:
        return f"did you mean {close[0]!r}? got {given!r}"
    told = f"{message[0].lower()}{message[1:]}"
    # A rule that several settings must keep together names those that break it; all of them would bury it.
    names_it = isinstance(given, str) and repr(given) in told
    is_whole = item["type"] == "value_error" and (isinstance(item["input"], dict) or names_it)
    return told if is_whole else f"{told}, got {_short(given)}"


def _how(item: Mapping[str, Any], fields: set[str]) -> str:
    """Return how to write what is wanted instead of what was given, where that is plain."""
    given = item["input"]
    if item["type"] == "string_type" and isinstance(given, bool | float | int | date | time):
        return f'; write "{_short(given)}"'
    if item["type"] == "model_type" and 0 < len(fields) <= _MOST_KNOWN:
        return f"; known in it: {', '.join(sorted(fields))}"
    return ""


def _unknown(fields: set[str]) -> str:
    return f"unknown setting; known here: {', '.join(sorted(fields))}"


def _short(value: object) -> str:
    """Return what was given, cut off where it goes on for long."""
    if value is None:
        return "nothing"
    text = (
        str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, date | time) else repr(value)
    )
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


def _told_once(faults: list[Fault]) -> list[Fault]:
    """Return one fault for each place; where one of several types may stand, the type that came furthest speaks."""
    chosen: dict[str, Fault] = {}
    for fault in faults:
        if fault.place not in chosen or (fault.is_ours and not chosen[fault.place].is_ours):
            chosen[fault.place] = fault
    inner = {place[:end] for place in chosen for end in range(len(place)) if place[end] in ".["}
    return [fault for place, fault in chosen.items() if place not in inner]


def _walk(kinds: list[type[Config]], location: tuple[int | str, ...], error: str) -> tuple[set[str], list[int | str]]:
    """Return the fields known where an error points, and its path without the names of a union's members."""
    candidates = kinds
    path: list[int | str] = []
    by_name = False  # whether what comes next is a key of a dict
    for depth, part in enumerate(location):
        if by_name:
            by_name = False
            path.append(part)
            continue
        tagged = [candidate for candidate in candidates if part in _tags(candidate)]
        owners = [candidate for candidate in candidates if part in candidate.model_fields]
        if isinstance(part, int):
            path.append(part)
        elif tagged and (len(candidates) > 1 or not owners):
            candidates = tagged
        elif depth == len(location) - 1 and error in {"extra_forbidden", "missing"}:
            path.append(part)
        elif owners:
            path.append(part)
            annotations = [owner.model_fields[part].annotation for owner in owners]
            by_name = any(map(_is_mapping, annotations))
            candidates = [inner for annotation in annotations for inner in _configs(annotation)]
    return {name for candidate in candidates for name in candidate.model_fields}, path


def _is_mapping(annotation: Any) -> bool:
    """Return whether a table of any names may stand where an annotation says."""
    origin = get_origin(annotation)
    return origin in (dict, Mapping) or (origin is Annotated and _is_mapping(get_args(annotation)[0]))


def _configs(annotation: Any) -> list[type[Config]]:
    """Return the groups of settings that may stand where an annotation says."""
    if isinstance(annotation, type) and issubclass(annotation, Config):
        return [annotation]
    return [inner for part in get_args(annotation) for inner in _configs(part)]


def _tags(kind: type[Config]) -> set[str]:
    """Return the values by which a union tells this group of settings from others: its constant fields."""
    return {
        field.default
        for field in kind.model_fields.values()
        if get_origin(field.annotation) is Literal and get_args(field.annotation) == (field.default,)
    }
