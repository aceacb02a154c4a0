"""What can be set on an effect or a title, in words: the settings themselves are the source.

vignette   Darkens towards the corners.
  strength = 0.5    How dark the corners get.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from frameloom.core.config import Config
from frameloom.core.errors import ConfigError
from frameloom.effects.catalog import Effect
from frameloom.effects.titles import Title

NAME_FIELDS = ("effect", "design")
"""Fields that name the member of a union."""


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
        lines += [f"      {line.strip()}" for line in (about.description or "").splitlines()]
    return "\n".join(lines)


def _first_line(kind: type[Config]) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]


def _plain(value: object) -> str:
    """Return a default as it would be written."""
    if isinstance(value, BaseModel):
        return "{" + ", ".join(f"{name} = {_plain(inner)}" for name, inner in value) + "}"
    if isinstance(value, str | Path):
        return f'"{value}"'
    return "nothing" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
