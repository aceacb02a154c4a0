"""Many films of one storyboard: the cells of a table fill the {names} in its texts, row by row.

rows.csv / rows.jsonl + story.toml --one row at a time--> out/NAME.mp4 ...; a bad row is told, and the next is made
"""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from frameloom.apps.compose.compose import Composed, compose
from frameloom.apps.compose.reading import Variables
from frameloom.apps.compose.ready import ComposeConfig
from frameloom.apps.compose.speaking import Voices
from frameloom.core.errors import ConfigError, FrameloomError
from frameloom.core.progress import View
from frameloom.core.times import counted

PIECES = ".pieces"
"""Folder of the pieces that all films share: what is alike in them is drawn once."""
_NAMED_BY = ("file", "name", "id")
"""Columns that name a row's film, the first that is there."""


@dataclass(frozen=True)
class Bad:
    """A row of which nothing came."""

    line: int
    why: str

    def __str__(self) -> str:
        """Return it for people."""
        return f"row in line {self.line}: {self.why}"


@dataclass(frozen=True)
class Batch:
    """What came of all rows."""

    rows: Path
    made: tuple[Composed, ...]
    bad: tuple[Bad, ...]

    def record(self) -> dict[str, object]:
        """Return it for programs."""
        bad = [{"line": one.line, "why": one.why} for one in self.bad]
        return {"rows": str(self.rows), "films": [one.record() for one in self.made], "bad": bad}

    def text(self) -> str:
        """Return it for people."""
        told = f"{self.rows}: {counted(len(self.made), 'film')}, {counted(len(self.bad), 'bad row')}"
        return "\n".join([*(one.text() for one in self.made), *map(str, self.bad), told])


def batch(config: ComposeConfig, rows: Path, view: View = "auto") -> Batch:
    """Make a film for each row.

    Raises:
        ConfigError: the table cannot be read, or has no rows.
        KeyboardInterrupt: stopped; the same command goes on.
    """
    if config.out.suffix and not config.out.is_dir():
        raise ConfigError(f"{config.out}: a batch makes many films; give a folder")
    made: list[Composed] = []
    bad: list[Bad] = []
    names: set[str] = set()
    voices: Voices = {}
    pieces = config.pieces or config.out / PIECES
    for line, row in read_rows(rows):
        if isinstance(row, str):
            bad.append(Bad(line, row))
            continue
        name = _name_of(row, line)
        if name in names:
            name = f"{name}-{line}"
        names.add(name)
        one = config.model_copy(update={"out": config.out / f"{name}.mp4", "pieces": pieces})
        try:
            made.append(compose(one, view, row, voices))
        except FrameloomError as error:
            bad.append(Bad(line, str(error)))
    if not names and not bad:
        raise ConfigError(f"{rows}: has no rows; give one for each film")
    return Batch(rows, tuple(made), tuple(bad))


def read_rows(path: Path) -> Iterator[tuple[int, Variables | str]]:
    """Yield the line of each row, and its cells by name, or what is wrong with it.

    Raises:
        ConfigError: the file cannot be read, or is neither .csv nor .jsonl.
    """
    suffix = path.suffix.lower()
    if suffix not in {".csv", ".tsv", ".jsonl"}:
        raise ConfigError(f"{path}: give a .csv, .tsv or .jsonl file")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); give a table of rows") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text; save it as UTF-8") from error
    yield from _of_jsonl(text) if suffix == ".jsonl" else _of_csv(text, "\t" if suffix == ".tsv" else ",")


def _of_csv(text: str, mark: str) -> Iterator[tuple[int, Variables | str]]:
    reader = csv.DictReader(text.splitlines(), delimiter=mark)
    for cells in reader:
        if None in cells:
            yield reader.line_num, f"has more cells than there are names: {', '.join(reader.fieldnames or ())}"
        elif any(value is None for value in cells.values()):
            absent = [name for name, value in cells.items() if value is None]
            yield reader.line_num, f"has no cell for {', '.join(absent)}"
        else:
            yield reader.line_num, {name.strip(): value for name, value in cells.items()}


def _of_jsonl(text: str) -> Iterator[tuple[int, Variables | str]]:
    for line, one in enumerate(text.splitlines(), 1):
        if not one.strip():
            continue
        try:
            row = json.loads(one)
        except ValueError as error:
            yield line, f"not JSON: {error}"
            continue
        if isinstance(row, dict) and all(isinstance(value, str | int | float) for value in row.values()):
            yield line, row
        else:
            yield line, "not an object of texts and numbers"


def _name_of(row: Variables, line: int) -> str:
    """Return a file name for a row's film."""
    given = next((str(row[key]) for key in _NAMED_BY if str(row.get(key, "")).strip()), "")
    bare = re.sub(r"[^\w.-]+", "-", given).strip("-.")
    return bare[:80] or f"row-{line:05}"
