"""All that is wrong with a storyboard's theme, each where it stands: in the storyboard, or in the theme's own file.

theme = "own.toml" --read--> settings, lines --over its base--> faults, files that are not there, contrasts
"""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from frameloom.apps.compose.lines import Parsed, ParseError, parse
from frameloom.apps.compose.reading import Draft, Problem
from frameloom.apps.compose.sources import absent, wrong_file, wrong_font
from frameloom.apps.compose.templates import TEMPLATES
from frameloom.apps.compose.theme import Theme, found_beside, read_theme, theme_names, too_close
from frameloom.core.config import faults_in
from frameloom.media.text.faces import FONT_SUFFIXES


def wrong_theme(draft: Draft) -> Iterator[Problem]:
    """Yield a problem for each thing that is wrong with the theme that a storyboard names."""
    name, template = draft.settings.get("theme", ""), draft.settings.get("template", "lesson")
    if isinstance(name, str):
        default = TEMPLATES[template if template in list(TEMPLATES) else "lesson"].theme
        if told := _absent(name or default, draft.folder):
            yield draft.problem(("theme",), told)
        elif name and name not in theme_names():
            yield from _in_file(draft.folder / name, default, ())


def _absent(name: str, folder: Path) -> str:
    """Return that there is no such theme, and what may have been meant; nothing where there is."""
    if name in theme_names():
        return ""
    if not name.endswith(".toml"):
        close = difflib.get_close_matches(name, theme_names(), n=1)
        told = f"did you mean {close[0]!r}?" if close else f"give one of {', '.join(theme_names())}, or a .toml file"
        return f"unknown theme {name!r}; {told}"
    return absent(folder / name, name, "theme file")


def _in_file(path: Path, default: str, above: tuple[Path, ...]) -> Iterator[Problem]:
    """Yield what is wrong with a theme file that those above it start from, and with the files that it starts from."""
    try:
        parsed = parse(path.read_text(encoding="utf-8-sig"), "toml")
    except ParseError as fault:
        yield Problem(path, fault.line, "file", fault.text)
        return
    except (OSError, UnicodeDecodeError) as error:
        yield Problem(path, 1, "file", f"cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8 text'})")
        return
    bare = Draft(path, parsed.lines, parsed.settings, None, ())
    below = list(_in_base(bare, default, (*above, path.resolve())))
    yield from below
    problems = list(_in_settings(bare, parsed, default if below else None))
    yield from problems
    if not below and not problems:
        yield from (bare.problem(way, told) for way, told in too_close(read_theme(path.name, path.parent)))


def _in_base(theme: Draft, default: str, above: tuple[Path, ...]) -> Iterator[Problem]:
    """Yield what is wrong with what a theme starts from."""
    base = theme.settings.get("base")
    if base is None:
        return
    if not isinstance(base, str):
        yield theme.problem(("base",), f"give a theme's name or file, not {base!r}")
    elif told := _absent(base, theme.folder):
        yield theme.problem(("base",), told)
    elif (theme.folder / base).resolve() in above:
        way = " -> ".join(one.name for one in (*above, theme.folder / base))
        yield theme.problem(("base",), f"leads in a circle ({way}); let one of them start from one that comes along")
    elif base not in theme_names():
        yield from _in_file(theme.folder / base, default, above)


def _in_settings(theme: Draft, parsed: Parsed, instead: str | None) -> Iterator[Problem]:
    """Yield what is wrong with a theme's own settings, over another base if its own is wrong."""
    own = {key: value for key, value in parsed.settings.items() if key != "base"}
    base = parsed.settings.get("base") if instead is None else instead
    start: dict[str, Any] = {} if base is None else read_theme(base, theme.folder).model_dump()
    for fault in faults_in(Theme, {**start, "name": theme.path.stem, **found_beside(theme.path, own)}):
        yield theme.problem(fault.path, fault.text)
    for key in ("heading_font", "body_font"):
        if _is_font(own.get(key)) and (told := wrong_font(theme.folder / own[key])):
            yield theme.problem((key,), told)
    if isinstance(logo := own.get("logo"), str) and (told := wrong_file(theme.folder / logo, logo, "picture")):
        yield theme.problem(("logo",), told)


def _is_font(value: object) -> bool:
    return isinstance(value, str) and Path(value).suffix.lower() in FONT_SUFFIXES
