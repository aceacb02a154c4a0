"""What can be set on an effect or a title, in words: the settings themselves are the source.

hide  A cover over a face, a number plate, a screen.
  how = "pixelate"
      blur, pixelate or black
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import wrap
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from frameloom.core.config import Config
from frameloom.core.errors import ConfigError
from frameloom.effects.curve import Keyframe
from frameloom.effects.pictures.catalog import Effect
from frameloom.effects.titles import Title

NAME_FIELDS = ("effect", "design")
"""Fields that name the member of a union."""

_BOUNDS = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}
"""How the bounds of a number are told."""


def members(union: Any) -> dict[str, type[Config]]:
    """Return the kinds of settings of a union by the name that picks them."""
    kinds = get_args(get_args(union)[0]) or (get_args(union)[0],)
    return {
        kind.model_fields[name].default: kind for kind in kinds for name in NAME_FIELDS if name in kind.model_fields
    }


EFFECTS: Mapping[str, type[Config]] = members(Effect)
TITLES: Mapping[str, type[Config]] = members(Title)


def overview(kinds: Mapping[str, type[Config]]) -> str:
    """Return one line for each kind: its name and what it does."""
    width = max(map(len, kinds))
    return "\n".join(f"{name:{width}}  {_first_line(kind)}" for name, kind in kinds.items())


def describe(kinds: Mapping[str, type[Config]], name: str) -> str:
    """Return what a kind does and everything that can be set.

    Raises:
        ConfigError: there is no such kind.
    """
    if name not in kinds:
        raise ConfigError(f"{name}: unknown; there are: {', '.join(kinds)}")
    kind = kinds[name]
    lines = [f"{name}  {_first_line(kind)}", ""]
    for field, about in kind.model_fields.items():
        if field in NAME_FIELDS:
            continue
        value = "required" if about.is_required() else f"= {_plain(about.default)}"
        lines.append(f"  {field} {value}")
        told = [*wrap(_choice(about), 110), *(about.description or "").splitlines()]
        lines += [f"      {line.strip()}" for line in told]
    return "\n".join(lines)


def _choice(about: FieldInfo) -> str:
    """Return what a setting may be, where its default does not tell: names, a table, keyframes, a range."""
    kinds = list(_members(about.annotation))
    names = [f'"{name}"' for kind in kinds if get_origin(kind) is Literal for name in get_args(kind)]
    seen = isinstance(about.default, Config)
    tables = [] if seen else [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Config)]
    words = [_listed(names)] if names else []
    words += ["{" + ", ".join(table.model_fields) + "}" for table in tables]
    words += ["a number or keyframes"] if any(Keyframe in get_args(kind) for kind in kinds) else []
    bounds = {name: getattr(rule, name) for rule in about.metadata for name in _BOUNDS if hasattr(rule, name)}
    words += [" ".join(f"{_BOUNDS[name]} {bound:g}" for name, bound in bounds.items())] if bounds else []
    return " or ".join(words)


def _members(annotation: Any) -> Iterator[Any]:
    """Yield the types that a value may have."""
    if get_origin(annotation) in (Union, UnionType):
        for member in get_args(annotation):
            yield from _members(member)
    elif get_origin(annotation) is Annotated:
        yield from _members(get_args(annotation)[0])
    else:
        yield annotation


def _listed(names: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _first_line(kind: type[Config]) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]


def _plain(value: object) -> str:
    """Return a default as it would be written."""
    if isinstance(value, BaseModel):
        return "{" + ", ".join(f"{name} = {_plain(inner)}" for name, inner in value) + "}"
    if isinstance(value, str | Path):
        return f'"{value}"'
    return "nothing" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
