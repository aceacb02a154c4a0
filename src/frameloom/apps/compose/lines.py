"""Which line of a file each setting stands on: TOML, YAML and JSON become settings that know their lines.

    text --parse--> settings (dict) + lines {("beats", 1, "say"): 12}

Sources: TOML 1.0; YAML 1.2, core schema (so that 16:9, yes and no are words); RFC 8259.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import yaml
from yaml.reader import ReaderError

from frameloom.apps.compose.toml_lines import TomlLines

Way = tuple[int | str, ...]
Lines = Mapping[Way, int]
"""From names and numbers that lead to a setting to its line, counted from 1."""

Syntax = Literal["toml", "yaml", "json"]

DEEPEST = 24
"""Tables and lists within each other: a storyboard has less than ten."""


@dataclass(frozen=True)
class Parsed:
    """What a file says, and where."""

    settings: dict[str, Any]
    lines: Lines


class ParseError(ValueError):
    """A file is not of its syntax."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line, self.text = line, text


def line_of(lines: Lines, path: Way) -> int:
    """Return the line of a setting, or of what it stands in.

    >>> line_of({("beats",): 3, ("beats", 0): 4}, ("beats", 0, "say"))
    4
    """
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return 1


def parse(text: str, syntax: Syntax) -> Parsed:
    """Return the settings of a text.

    Raises:
        ParseError: it is not of this syntax, or holds no settings; says where.
    """
    settings, lines = {"toml": _toml, "yaml": _yaml, "json": _json}[syntax](text)
    for way, line in lines.items():
        if len(way) > DEEPEST:
            raise ParseError(line, _too_deep(syntax))
    if half := _HALF.search(json.dumps(settings, ensure_ascii=False, default=str)):
        told = f"half a sign (\\u{ord(half[0]):x}) stands by itself; write the sign itself"
        raise ParseError(_line_with(text, f"\\u{ord(half[0]):x}"), told)
    if not isinstance(settings, dict):
        raise ParseError(1, f"holds {_kind(settings)}, not settings; write `title = ...` and a list of beats")
    return Parsed(settings, lines)


_HALF = re.compile("[\ud800-\udfff]")
"""A surrogate, of which two are one sign; escapes can write one alone, and no file can hold it."""


def _line_with(text: str, piece: str) -> int:
    """Return the line of the first place where a piece stands, in whatever case."""
    return text.count("\n", 0, max(0, text.lower().find(piece))) + 1


def _too_deep(syntax: Syntax) -> str:
    return f"not valid {syntax.upper()} for a storyboard: tables or lists within each other more than {DEEPEST} times"


def _kind(value: object) -> str:
    names = {list: "a list", str: "text", type(None): "nothing"}
    return names.get(type(value), f"the value {value!r}")


# TOML: tomllib says what it means, and a scanner where.

_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


_LONG_KEY = re.compile(r"""(?:^|[\s\[{,])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){500}""")
"""A name of so many parts that reading it would take long."""


def _toml(text: str) -> tuple[Any, Lines]:
    if long := _LONG_KEY.search(text):
        raise ParseError(text.count("\n", 0, long.start() + 1) + 1, _too_deep("toml"))
    try:
        settings = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        told = str(error)
        at = _AT_LINE.search(told)
        line = int(at[1]) if at else text.count("\n") + 1
        what = _AT_LINE.sub("", told).strip().removesuffix("(at end of document)").strip()
        raise ParseError(line, f"not valid TOML: {what[:1].lower()}{what[1:]}") from error
    except RecursionError as error:
        raise ParseError(1, "not valid TOML: lists within lists without end") from error
    except ValueError as error:
        raise ParseError(1, f"not valid TOML: {error}") from error
    found = TomlLines(text, DEEPEST)
    if found.too_deep:
        raise ParseError(found.too_deep, _too_deep("toml"))
    return settings, found.lines


# YAML


class _Words(yaml.SafeLoader):  # type: ignore[misc]
    """The core schema of YAML 1.2."""


_Words.yaml_implicit_resolvers = {}
for _tag, _form, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+0123456789.")),
):
    _Words.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_form})$"), _first)


def _yaml(text: str) -> tuple[Any, Lines]:
    lines: dict[Way, int] = {}
    try:
        loader = _Words(text)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ParseError(line, f"not valid YAML: no text holds the character #x{error.character:04x}") from error
    try:
        node = loader.get_single_node()
        _walk_yaml(node, (), lines, set())
        return (None if node is None else loader.construct_document(node)), lines
    except ParseError:
        raise
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise ParseError(mark.line + 1 if mark else 1, f"not valid YAML: {problem}") from error
    except RecursionError as error:
        raise ParseError(1, _too_deep("yaml")) from error
    except ValueError as error:
        raise ParseError(1, f"not valid YAML: {error}") from error
    finally:
        loader.dispose()


def _walk_yaml(node: Any, path: Way, lines: dict[Way, int], seen: set[int]) -> None:
    """Note the line of each node.

    Raises:
        ParseError: a name stands twice, or a node is used twice (an alias), which may grow without bound.
    """
    if isinstance(node, yaml.CollectionNode):
        if id(node) in seen:
            raise ParseError(node.start_mark.line + 1, "an anchor is used again with *; write it out instead")
        seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*path, str(key.value))
            if inner in lines:
                raise ParseError(key.start_mark.line + 1, f"{key.value!r} stands here twice; leave one out")
            lines[inner] = key.start_mark.line + 1
            _walk_yaml(value, inner, lines, seen)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            lines[(*path, number)] = value.start_mark.line + 1
            _walk_yaml(value, (*path, number), lines, seen)


# JSON

_SPACE = re.compile(r"[ \t\r\n]*")


def _json(text: str) -> tuple[Any, Lines]:
    try:
        settings = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise ParseError(error.lineno, f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}") from error
    except RecursionError as error:
        raise ParseError(1, _too_deep("json")) from error
    except ValueError as error:
        raise ParseError(1, f"not valid JSON: {error}") from error
    return settings, _JsonLines(text).lines


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name!r} stands twice in one place; leave one out")
        found[name] = value
    return found


class _JsonLines:
    """Walks through a text that is known to be JSON."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Way, int] = {}
        self._text, self._take = text, json.JSONDecoder().raw_decode
        self._at, self._line, self._counted = 0, 1, 0
        self._past_space()
        self._walk(())

    def _past_space(self) -> None:
        self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]

    def _line_here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _walk(self, path: Way) -> None:
        """Note the lines of the value that begins here, and go behind it and the space after it."""
        opening = self._text[self._at]
        if opening not in "[{":
            _, self._at = self._take(self._text, self._at)
            self._past_space()
            return
        if len(path) >= DEEPEST:
            raise ParseError(self._line_here(), _too_deep("json"))
        self._at += 1
        self._past_space()
        number = 0
        while self._text[self._at] not in "]}":
            inner: Way = (*path, number)
            line = self._line_here()
            if opening == "{":
                name, self._at = self._take(self._text, self._at)
                inner = (*path, name)
                self._past_space()
                self._at += 1  # the colon
                self._past_space()
            self.lines[inner] = line
            self._walk(inner)
            number += 1
            if self._text[self._at] == ",":
                self._at += 1
                self._past_space()
        self._at += 1
        self._past_space()
