"""On which line of a TOML text each setting stands, which tomllib does not tell.

    text --tokens--> walk --> {("beats", 1, "say"): 12}

Source: TOML 1.0.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from frameloom.apps.compose.lines import Way

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+)|(?P<comment>\#[^\n]*)|(?P<end>\n)
    |(?P<long>\"{3}(?:[^\\]|\\.)*?\"{3,5}|'{3}.*?'{3,5})
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'[^'\n]*')
    |(?P<mark>\[\[|\]\]|[\[\]{}=,.])
    |(?P<bare>[^\s\#\[\]{}=,."']+)""",
    re.VERBOSE | re.DOTALL,
)


class TomlLines:
    """Walks through a text that is known to be TOML."""

    def __init__(self, text: str, deepest: int) -> None:
        self.lines: dict[Way, int] = {}
        self.too_deep = 0
        """The first line whose name has more than so many parts; nothing is noted from there on."""
        self._deepest = deepest
        self._tokens = list(_tokens(text))
        self._at = 0
        self._counts: dict[Way, int] = {}
        table: Way = ()
        while self._at < len(self._tokens) and not self.too_deep:
            kind, word, line = self._tokens[self._at]
            if kind == "end":
                self._at += 1
            elif word in ("[", "[["):
                self._at += 1
                table = self._table(self._key(), word == "[[", line)
            else:
                self._pair(table)

    def _table(self, names: tuple[str, ...], is_list: bool, line: int) -> "Way":
        path: Way = ()
        if self.too_deep:
            return path
        for number, name in enumerate(names):
            path = (*path, name)
            self.lines.setdefault(path, line)
            if number < len(names) - 1 and path in self._counts:
                path = (*path, self._counts[path])
        if is_list:
            self._counts[path] = self._counts.get(path, -1) + 1
            path = (*path, self._counts[path])
            self.lines[path] = line
        self._at += 1 if self._tokens[self._at][1] == "]]" or not is_list else 2
        return path

    def _key(self) -> tuple[str, ...]:
        """Take a dotted key."""
        names: list[str] = []
        while True:
            kind, word, line = self._tokens[self._at]
            self.too_deep = self.too_deep or (line if len(names) > self._deepest else 0)
            names.append(_bare_text(word) if kind == "text" else word)
            self._at += 1
            if self._tokens[self._at][1] != ".":
                return tuple(names)
            self._at += 1

    def _pair(self, table: "Way") -> None:
        line = self._tokens[self._at][2]
        path = table
        names = self._key()
        if self.too_deep:
            self._at = len(self._tokens) - 1
            return
        for name in names:
            path = (*path, name)
            self.lines.setdefault(path, line)
        self._at += 1  # the equals sign
        self._value(path)

    def _value(self, path: "Way") -> None:
        kind, word, _ = self._tokens[self._at]
        self._at += 1
        if kind == "mark" and word in ("[", "[["):
            self._list(path, 2 if word == "[[" else 1)
        elif word == "{":
            while (token := self._tokens[self._at])[1] != "}":
                if token[0] == "end" or token[1] == ",":
                    self._at += 1
                else:
                    self._pair(path)
            self._at += 1
        else:
            while self._at < len(self._tokens) and self._tokens[self._at][1] not in ("\n", ",", "]", "]]", "}"):
                self._at += 1  # 1.5 and dates are several tokens

    def _list(self, path: "Way", depth: int) -> None:
        """Walk through a list whose first `depth` brackets are taken."""
        if depth == 2:  # [[ within a value opens two lists
            self._tokens.insert(self._at, ("mark", "[", self._tokens[self._at - 1][2]))
        number = 0
        while (token := self._tokens[self._at])[1] not in ("]", "]]"):
            if token[0] == "end" or token[1] == ",":
                self._at += 1
                continue
            self.lines[(*path, number)] = token[2]
            self._value((*path, number))
            number += 1
        if self._tokens[self._at][1] == "]]":
            self._tokens[self._at] = ("mark", "]", token[2])
        else:
            self._at += 1


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    line = 1
    for found in _TOKEN.finditer(text):
        kind, word = str(found.lastgroup), found[0]
        if kind not in ("space", "comment"):
            yield ("text" if kind == "long" else kind), word, line
        line += word.count("\n")
    yield "end", "\n", line


def _bare_text(quoted: str) -> str:
    return str(tomllib.loads(f"text = {quoted}")["text"])
