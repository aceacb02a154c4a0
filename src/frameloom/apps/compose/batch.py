"""Many films of one storyboard: the cells of a table fill the {names} in its texts, row by row.

rows.csv / rows.jsonl + story.toml --one row at a time--> out/NAME.mp4 ...; a bad row is told, and the next is made
"""

import csv
import difflib
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import StringIO
from itertools import chain, count
from pathlib import Path
from time import time

from frameloom.apps.compose.compose import Composed, compose
from frameloom.apps.compose.keeping import forget_unlisted
from frameloom.apps.compose.reading import Draft, Variables, names_in, read_bytes, read_draft, refuse
from frameloom.apps.compose.ready import ComposeConfig
from frameloom.apps.compose.speaking import Voices
from frameloom.core.errors import ConfigError, FrameloomError
from frameloom.core.progress import View
from frameloom.core.times import counted

PIECES = ".pieces"
"""Folder of the pieces that all films share: what is alike in them is drawn once."""
_NAMED_BY = ("file", "name", "id")
"""Columns that name a row's film, the first that is there."""
_LONGEST_NAME = 120
"""Bytes of a film's name: file systems take 255, of which half is left for what is written beside it."""
_OF_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""Names that no file has on Windows."""
MOST_BYTES = 50_000_000
"""Of a table."""
Table = Sequence[tuple[int, Variables | str]]
"""Rows with their lines; for one that cannot be read, what is wrong with it."""


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
    notes: tuple[str, ...] = ()

    def record(self) -> dict[str, object]:
        """Return it for programs."""
        bad = [{"line": one.line, "why": one.why} for one in self.bad]
        films = [one.record() for one in self.made]
        return {"rows": str(self.rows), "films": films, "bad": bad, "notes": list(self.notes)}

    def text(self) -> str:
        """Return it for people."""
        told = f"{self.rows}: {counted(len(self.made), 'film')}, {counted(len(self.bad), 'bad row')}"
        return "\n".join([*(one.text() for one in self.made), *self.notes, *map(str, self.bad), told])


@dataclass(frozen=True)
class _Job:
    """What is to be made of a row."""

    line: int
    name: str = ""
    """Of its film; empty where the row cannot be read."""
    variables: Variables = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    why: str = ""
    """What is wrong with it; empty where nothing is."""


def batch(config: ComposeConfig, rows: Path, view: View = "auto") -> Batch:
    """Make a film for each row; when all are through, what none of the films uses any more is forgotten.

    Raises:
        ConfigError: the table cannot be read, has no rows, or no column for a {name}; tells them all.
        KeyboardInterrupt: stopped; the same command goes on.
    """
    if config.out.suffix and not config.out.is_dir():
        raise ConfigError(f"{config.out}: a batch makes many films; give a folder")
    began = time()
    table = list(read_rows(rows))
    jobs = list(_jobs(config, rows, table))
    if not jobs:
        raise ConfigError(f"{rows}: has no rows; give one for each film")
    made: list[Composed] = []
    bad: list[Bad] = []
    voices: Voices = {}
    pieces = config.pieces or config.out / PIECES
    for job in jobs:
        if job.why:
            bad.append(Bad(job.line, job.why))
            continue
        one = config.model_copy(update={"out": config.out / job.name, "pieces": pieces})
        try:
            made.append(compose(one, view, job.variables, voices))
        except FrameloomError as error:
            bad.append(Bad(job.line, str(error)))
    if config.pieces is None and pieces.is_dir():
        forget_unlisted(pieces, config.out, {job.name for job in jobs}, began)
    notes = dict.fromkeys(note for job in jobs for note in job.notes)
    return Batch(rows, tuple(made), tuple(bad), tuple(notes))


def _jobs(config: ComposeConfig, rows: Path, table: Table) -> Iterator[_Job]:
    """Yield what is to be made of each row.

    Raises:
        ConfigError: as _draft.
    """
    draft, known = _draft(config, rows, table), names_in(config.story)
    taken: set[str] = set()
    for line, row in table:
        if isinstance(row, str):
            yield _Job(line, why=row)
            continue
        asked = _name_of(row, line)
        name = _free_name(asked, line, taken)
        taken.add(name.casefold())
        notes = [] if name == asked else [f"another row is called {asked!r} too; its film is {name}.mp4"]
        empty = {key for key, value in row.items() if key in draft.names and not str(value).strip()}
        absent = [key for key in row if key in empty and key not in draft.variables]
        if absent:
            why = f"{', '.join(absent)}: empty; fill it, or give in variables what stands there then"
        else:
            why = ""
            notes += [f"{key} is empty; {draft.variables[key]!r} stands there" for key in row if key in empty]
        told = (*(f"row in line {line}: {note}" for note in notes), *_unused(rows, row, known))
        filled = {key: value for key, value in row.items() if key not in empty}
        yield _Job(line, f"{name}.mp4", filled, told, why)


def _draft(config: ComposeConfig, rows: Path, table: Table) -> Draft:
    """Return a storyboard, each {name} in which has a column, or stands among its variables.

    Raises:
        ConfigError: one has neither, which tells them all with their lines; or it cannot be read at all.
    """
    columns = {name: "" for _, row in table if not isinstance(row, str) for name in row if name}
    draft = read_draft(config.story, variables=columns, changes=config.changes)
    if not draft.settings:
        refuse(draft.problems)
    if columns:
        places = {one.text: one for one in reversed(draft.unknown)}  # the first place of each
        refuse([replace(one, text=f"{text} ({rows} has no such column)") for text, one in places.items()])
    return draft


def _free_name(asked: str, line: int, taken: Collection[str]) -> str:
    """Return a name that no film has yet, also where capitals make no difference to the file system."""
    names = chain([asked], (f"{asked}-{number}" for number in count(line)))
    return next(name for name in names if name.casefold() not in taken)


def _unused(rows: Path, row: Variables, known: Collection[str]) -> Iterator[str]:
    """Yield a note for each cell of a row that stands for nothing in the storyboard."""
    for name in row:
        if name and name not in known and name not in _NAMED_BY:
            close = difflib.get_close_matches(name, known, n=1)
            told = f"did you mean {close[0]!r}?" if close else f"write {{{name}}} where it belongs"
            yield f"{rows}: {name!r} stands for nothing in the storyboard; {told}"


def read_rows(path: Path) -> Iterator[tuple[int, Variables | str]]:
    """Yield the line of each row, and its cells by name, or what is wrong with it.

    Raises:
        ConfigError: the file cannot be read, or is neither .csv nor .jsonl.
    """
    suffix = path.suffix.lower()
    if suffix not in {".csv", ".tsv", ".jsonl"}:
        raise ConfigError(f"{path}: give a .csv, .tsv or .jsonl file")
    try:
        text = read_bytes(path, MOST_BYTES, "a table of rows").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text; save it as UTF-8") from error
    yield from _of_jsonl(text) if suffix == ".jsonl" else _of_csv(text, "\t" if suffix == ".tsv" else _mark_of(text))


def _mark_of(text: str) -> str:
    """Return what parts the cells of a table: a semicolon where it parts the names, as Excel in Europe writes."""
    names = text.split("\n", 1)[0]
    return ";" if ";" in names and "," not in names else ","


def _of_csv(text: str, mark: str) -> Iterator[tuple[int, Variables | str]]:
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=mark)
    rows = iter(reader)
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, f"not a row of cells: {error}"
            continue
        if None in cells:
            yield reader.line_num, f"has more cells than there are names: {', '.join(reader.fieldnames or ())}"
        elif any(value is None for value in cells.values()):
            absent = [name for name, value in cells.items() if value is None]
            yield reader.line_num, f"has no cell for {', '.join(absent)}"
        else:
            yield reader.line_num, {name.strip(): value for name, value in cells.items()}


def _of_jsonl(text: str) -> Iterator[tuple[int, Variables | str]]:
    for line, one in enumerate(text.split("\n"), 1):
        if not one.strip():
            continue
        try:
            row = json.loads(one)
        except (ValueError, RecursionError) as error:
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
    bare = f"{bare}-film" if _OF_DEVICES.fullmatch(bare) else bare
    return bare.encode()[:_LONGEST_NAME].decode(errors="ignore") or f"row-{line:05}"
