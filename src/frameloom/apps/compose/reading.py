"""Storyboards from files: settings with their lines, texts in one language, variables filled in, and every fault told.

story.toml / .yaml / .json / .md --parse--> settings, lines --language, variables--> Storyboard | problems
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from frameloom.apps.compose.lines import Lines, Parsed, ParseError, Syntax, Way, line_of, parse
from frameloom.apps.compose.markdown import parse_markdown
from frameloom.apps.compose.storyboard import Storyboard
from frameloom.core.config import faults_in
from frameloom.core.errors import ConfigError

SYNTAXES: dict[str, Syntax] = {".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}
MARKDOWN = (".md", ".markdown")
MOST_BYTES = 2_000_000
MOST_TOLD = 200
"""Problems, a line each; how many there are in all is told in the last."""

Variables = Mapping[str, str | int | float]

NAMED = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""A {name} that a variable stands for."""
FONTS = {"font", "heading_font", "body_font"}
"""Settings that may be font files."""
_CODE = re.compile("[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
"""A language, as it is written where texts are given in several."""
_WANTS_TEXT = ("input should be text", "input should be the path")
_BRACED = ("formula", "code")
"""Scenes in which braces mean other things than a {name}, so that one that nobody knows is no fault."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a storyboard, and where."""

    file: Path
    line: int
    place: str
    text: str

    def __str__(self) -> str:
        """Return it for people."""
        return f"{self.file}:{self.line}: {self.place}: {self.text}"

    def record(self) -> dict[str, object]:
        """Return it for programs."""
        return {"file": str(self.file), "line": self.line, "place": self.place, "problem": self.text}


@dataclass(frozen=True)
class Draft:
    """What a file says, whether it is whole or not."""

    path: Path
    lines: Lines
    settings: Mapping[str, Any]
    storyboard: Storyboard | None
    problems: tuple[Problem, ...]
    names: frozenset[str] = frozenset()
    """Each {name} in its texts."""
    variables: Variables = field(default_factory=dict)
    """What stands for them if nobody gives others."""
    unknown: tuple[Problem, ...] = ()
    """Those of the problems that are a {name} which nobody knows."""

    @property
    def folder(self) -> Path:
        """Return what the storyboard's paths are relative to."""
        return self.path.parent

    def problem(self, way: Way, text: str) -> Problem:
        """Return a problem of a setting."""
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in way).lstrip(".")
        return Problem(self.path, line_of(self.lines, way), place or "storyboard", text)


def refuse(problems: Sequence[Problem]) -> None:
    """Raise an error of all problems, one a line, if there are any.

    Raises:
        ConfigError: there are.
    """
    if problems:
        ordered = in_order(problems)
        count = "" if len(ordered) == 1 else f"\n{ordered[0].file}: {len(ordered)} problems in all"
        raise ConfigError("\n".join(map(str, ordered[:MOST_TOLD])) + count)


def in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Return each problem once, by line; those of a file that the first names stand behind it."""
    files = list(dict.fromkeys(one.file for one in problems))
    return sorted(dict.fromkeys(problems), key=lambda one: (files.index(one.file), one.line))


def read_draft(path: Path, *, variables: Variables | None = None, changes: Mapping[str, Any] | None = None) -> Draft:
    """Return what a file says.

    Args:
        path: .toml, .yaml, .json or .md.
        variables: words for {name} in the texts, instead of the storyboard's own.
        changes: settings to use instead of those of the file, such as aspect and language.

    Raises:
        ConfigError: the file cannot be read, or has another suffix.
    """
    text = _text(path)
    suffix = path.suffix.lower()
    try:
        parsed = parse_markdown(text) if suffix in MARKDOWN else parse(text, SYNTAXES[suffix])
    except ParseError as fault:
        return Draft(path, {}, {}, None, (Problem(path, fault.line, "file", fault.text),))
    return _filled(path, parsed, variables or {}, changes or {})


def names_in(path: Path) -> frozenset[str]:
    """Return each {name} that stands in a storyboard.

    Raises:
        ConfigError: the file cannot be read, or has another suffix.
    """
    return frozenset(NAMED.findall(_text(path)))


def _text(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in SYNTAXES and suffix not in MARKDOWN:
        raise ConfigError(f"{path}: not a storyboard's suffix; give {', '.join([*SYNTAXES, *MARKDOWN])}")
    data = read_bytes(path, MOST_BYTES, "a storyboard")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 text; save it as UTF-8") from error


def read_bytes(path: Path, most: int, what: str) -> bytes:
    """Return what is in a plain file.

    Raises:
        ConfigError: it cannot be read, is none, or holds more.
    """
    try:
        size = path.stat().st_size
        if path.exists() and not path.is_file() and not path.is_dir():
            raise ConfigError(f"{path}: not a plain file; give {what}")
        if size > most:
            raise ConfigError(f"{path}: {size / 1e6:.1f} MB are too many for {what}; at most {most / 1e6:g}")
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); give {what}") from error


def _filled(path: Path, parsed: Parsed, given: Variables, changes: Mapping[str, Any]) -> Draft:
    settings = {**parsed.settings, **changes}
    settings.pop("$schema", None)  # for editors
    bare = Draft(path, parsed.lines, settings, None, ())
    problems: list[Problem] = []
    languages, own = settings.get("languages", ()), settings.get("variables", {})
    if isinstance(languages, list | tuple) and languages and all(isinstance(one, str) for one in languages):
        language = str(settings.get("language", languages[0]))
        settings = {**settings, "language": language}
        if language not in languages:
            text = f"{language!r} is none of this storyboard's languages: {', '.join(languages)}"
            problems.append(bare.problem(("language",), text))
            language = languages[0]
        problems += _untranslated(bare, settings, language, frozenset(languages))
        settings = _in_language(settings, language, frozenset(languages))
    elif _is_another(written := parsed.settings.get("language"), asked := changes.get("language")):
        told = f"its texts are in {written}, not {asked}; write them as {{{written} = ..., {asked} = ...}}"
        problems.append(bare.problem(("language",), f"{told}, and languages = [{written!r}, {asked!r}] at the head"))
    defaults = own if isinstance(own, dict) else {}
    known = {**defaults, **given}
    filled = {key: value for key, value in settings.items() if key != "variables"}
    unknown = _unknown_names(bare, filled, known) if known else []
    problems += unknown
    texts = {key: value if key == "variables" else _replaced(value, known) for key, value in settings.items()}
    ready = _with_fonts(texts, path.parent)
    faults = faults_in(Storyboard, ready)
    texts_wanted = (fault.path for fault in faults if fault.text.startswith(_WANTS_TEXT))
    tables = {way: table for way in texts_wanted if (table := _translations(ready, way))}
    if tables:
        known_here = ", ".join(f'"{one}"' for one in dict.fromkeys(name for table in tables.values() for name in table))
        told = f"is given by language, and languages = [{known_here}] is missing at the head"
        problems.append(bare.problem(next(iter(tables)), told))
    for fault in faults:
        if fault.path in tables:
            continue
        asked = " (asked for beside the file)" if fault.path and fault.path[0] in changes else ""
        problems.append(bare.problem(fault.path, fault.text + asked))
    storyboard = None if faults else Storyboard.model_validate(ready)
    names = frozenset(name for text in _texts(filled) for name in NAMED.findall(text))
    return Draft(path, parsed.lines, ready, storyboard, tuple(problems), names, defaults, tuple(unknown))


def _is_another(written: object, asked: object) -> bool:
    """Return whether another language is asked for than the one that is written; en-gb is no other than en."""
    if not isinstance(written, str) or not isinstance(asked, str):
        return False
    return written.partition("-")[0] != asked.partition("-")[0]


def _in_language(value: Any, language: str, languages: frozenset[str]) -> Any:
    """Return settings with each table of translations replaced by one of them."""
    if isinstance(value, dict):
        if value and set(value) <= languages:
            return value[language] if language in value else next(iter(value.values()))
        return {key: _in_language(inner, language, languages) for key, inner in value.items()}
    if isinstance(value, list):
        return [_in_language(inner, language, languages) for inner in value]
    return value


def _translations(settings: Any, way: Way) -> dict[str, str]:
    """Return the texts by language that stand at a place; nothing where something else does."""
    try:
        for part in way:
            settings = settings[part]
    except (KeyError, IndexError, TypeError):  # what a fault is about may be missing
        return {}
    is_table = isinstance(settings, dict) and all(isinstance(text, str) for text in settings.values())
    return settings if is_table and all(_CODE.fullmatch(str(name)) for name in settings) else {}


def _untranslated(draft: Draft, value: Any, language: str, languages: frozenset[str], way: Way = ()) -> list[Problem]:
    """Return a problem for each table of translations that lacks a language."""
    if isinstance(value, dict) and value and set(value) <= languages:
        told = f"{language} is missing; it is there in {', '.join(value)}"
        return [] if language in value else [draft.problem(way, told)]
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [one for key, held in inner for one in _untranslated(draft, held, language, languages, (*way, key))]


def _replaced(value: Any, known: Variables) -> Any:
    """Return settings with each {name} that is known replaced; one that is all of a text keeps its kind."""
    if isinstance(value, dict):
        return {key: _replaced(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, known) for inner in value]
    if not isinstance(value, str):
        return value
    whole = NAMED.fullmatch(value)
    if whole and whole[1] in known:
        return known[whole[1]]
    return NAMED.sub(lambda found: str(known.get(found[1], found[0])), value)


def _unknown_names(draft: Draft, value: Any, known: Variables, way: Way = ()) -> list[Problem]:
    """Return a problem for each {name} in what is said or written that nobody knows."""
    if isinstance(value, dict) and value.get("kind") in _BRACED:
        return []
    if isinstance(value, dict):
        return [one for key, inner in value.items() for one in _unknown_names(draft, inner, known, (*way, key))]
    if isinstance(value, list):
        return [one for at, inner in enumerate(value) for one in _unknown_names(draft, inner, known, (*way, at))]
    if not isinstance(value, str):
        return []
    names = [name for name in NAMED.findall(value) if name not in known]
    return [draft.problem(way, f"{{{name}}} is not known; {_nearest(name, known)}") for name in names]


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts of settings as they are written."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from _texts(inner)


def _nearest(name: str, known: Variables) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {{{close[0]}}}?" if close else f"known here: {', '.join(known)}"


def _with_fonts(value: Any, folder: Path) -> Any:
    """Return settings whose font files are looked for beside the storyboard."""
    if isinstance(value, dict):
        return {
            key: str((folder / inner).absolute())
            if key in FONTS and isinstance(inner, str) and Path(inner).suffix
            else _with_fonts(inner, folder)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_with_fonts(inner, folder) for inner in value]
    return value
