"""Write TOML as a person would: tables of tables spelled out, small things in one line.

[[tracks]]
[[tracks.items]]
source = "a.mp4"
x = [
    { t = 0, value = 0.5 },
    { t = 2, value = 0.7 },
]

Source: TOML 1.0.0, https://toml.io/en/v1.0.0; the standard library reads it but does not write it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

Plain = bool | int | float | str | Sequence["Plain"] | Mapping[str, "Plain"]
"""What TOML and JSON can both say, without null."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", '"': r"\"", "\\": r"\\"}


def write_toml(settings: Mapping[str, Plain], spelled_out: frozenset[str] = frozenset()) -> str:
    """Return settings as TOML; lists of tables whose key is in `spelled_out` become [[tables]], all else lines.

    >>> print(write_toml({"name": "x", "tracks": [{"mute": True}]}, frozenset({"tracks"})))
    name = "x"
    <BLANKLINE>
    [[tracks]]
    mute = true
    <BLANKLINE>
    """
    return "\n".join(_table(settings, "", spelled_out)).lstrip("\n") + "\n"


def _table(settings: Mapping[str, Plain], path: str, spelled_out: frozenset[str]) -> Iterator[str]:
    """Yield the lines of a table: first its own values, then the tables in it."""
    tables = {key: value for key, value in settings.items() if key in spelled_out and _is_tables(value)}
    for key, value in settings.items():
        if key not in tables:
            yield f"{_key(key)} = {_lines(value)}"
    for key, value in tables.items():
        name = f"{path}{_key(key)}"
        for table in value if isinstance(value, Sequence) else ():
            yield f"\n[[{name}]]"
            if isinstance(table, Mapping):
                yield from _table(table, f"{name}.", spelled_out)


def _is_tables(value: Plain) -> bool:
    return isinstance(value, Sequence) and bool(value) and all(isinstance(part, Mapping) for part in value)


def _lines(value: Plain) -> str:
    """Return a value; several tables stand one a line."""
    if isinstance(value, Sequence) and _is_tables(value) and len(value) > 1:
        return "[\n" + "".join(f"    {_value(part)},\n" for part in value) + "]"
    return _value(value)


def _value(value: Plain) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {_value(part)}" for key, part in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return "[" + ", ".join(_value(part) for part in value) + "]"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    return '"' + "".join(map(_character, text)) + '"'


def _character(character: str) -> str:
    """Return a character as it stands in a basic string: quotes, backslash and controls escaped."""
    if character in _ESCAPES:
        return _ESCAPES[character]
    return f"\\u{ord(character):04x}" if character < " " or character == "\x7f" else character
