"""The files that a storyboard names: there, readable, and of the kind that is asked for.

settings --walk--> Named(way, text, kind) --look--> problems with their lines, and what would do
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from frameloom.apps.compose.assets import listed
from frameloom.apps.compose.lines import Way
from frameloom.apps.compose.reading import FONTS, Draft, Problem
from frameloom.apps.compose.suffixes import CLIPS, PICTURES
from frameloom.core.errors import ConfigError, MediaError
from frameloom.core.times import parse_time
from frameloom.media.files.probe import probe
from frameloom.media.files.source import read_still
from frameloom.media.text import TextStyle, missing
from frameloom.media.text.faces import FONT_SUFFIXES

_MOST_SUGGESTED = 3
_PICTURED = {"logo", "picture", "matte"}
"""Settings that are pictures wherever they stand."""
_PATHS: dict[str, "Kind"] = {"image": "picture", "clip": "clip"}
"""What `path` is, by the kind of scene that it stands in."""

Kind = Literal["font", "folder", "theme file", "picture", "clip", "heard clip", "sound"]
_SOUNDS = frozenset({".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a", ".aac"})
_KIN: dict[Kind, frozenset[str]] = {
    "font": frozenset(FONT_SUFFIXES),
    "theme file": frozenset({".toml"}),
    "picture": PICTURES,
    "clip": CLIPS,
    "heard clip": CLIPS,
    "sound": _SOUNDS | CLIPS,
}
"""Suffixes of files that may have been meant."""

_MARGIN_S = Fraction(1, 10)
"""By which `stop` may lie after the end of a clip: lengths are told in round numbers."""


@dataclass(frozen=True)
class _Named:
    """A file that settings name."""

    way: Way
    text: str
    kind: Kind
    begin: object = None
    """Where in a clip to begin, as it is written."""
    stop: object = None
    """Where in it to end."""


def wrong_files(draft: Draft) -> Iterator[Problem]:
    """Yield a problem for each file that is named and not there, cannot be read, or is of another kind."""
    for one in _named(draft.settings, ()):
        path = draft.folder / one.text
        told = wrong_font(Path(one.text)) if one.kind == "font" else wrong_file(path, one.text, one.kind, one.begin)
        if told:
            yield draft.problem(one.way, told)


def early_ends(draft: Draft) -> Iterator[Problem]:
    """Yield what is to be told of each clip that is over before its `stop`."""
    for one in _named(draft.settings, ()):
        stops, path = _seconds(one.stop), draft.folder / one.text
        if one.kind not in ("clip", "heard clip") or stops is None or wrong_file(path, one.text, one.kind, one.begin):
            continue
        ends = probe(path).duration
        if ends and stops > ends + _MARGIN_S:
            told = f"{one.text} ends after {float(ends):.2f} s, before stop {one.stop}; it is shown until its end"
            yield draft.problem((*one.way[:-1], "stop"), told)


def _named(value: object, way: Way) -> Iterator[_Named]:
    """Yield the files that settings name."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, str):
                if kind := _kind_of(value, (*way, key), inner):
                    yield _Named((*way, key), inner, kind, value.get("start"), value.get("stop"))
            elif way or key != "variables":
                yield from _named(inner, (*way, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _named(inner, (*way, at))


def _kind_of(settings: Mapping[str, Any], way: Way, text: str) -> Kind | None:
    """Return of which kind a file is that a setting names; None where it names none."""
    name, suffix = way[-1], Path(text).suffix.lower()
    if name in FONTS:
        return "font" if suffix else None
    if name in _PICTURED or (name == "find" and suffix in PICTURES):
        return "picture"
    if name == "path":
        kind = "sound" if way == ("music", "path") else _PATHS.get(str(settings.get("kind")))
        return "heard clip" if kind == "clip" and settings.get("sound") is True else kind
    if name == "recording":
        return "sound"
    if way == ("music",) and ("." in text or "/" in text):
        return "sound"
    return "folder" if way == ("assets",) else None


def wrong_file(path: Path, named: str, kind: Kind, begin: object = None) -> str:
    """Return what is wrong with a file, as it is named; nothing where all is well."""
    if not named.strip() and kind != "folder":
        return "names no file; give one, or leave it out"
    if "://" in named:
        return f"{named}: is an address, and nothing is downloaded; save it beside the storyboard and name the file"
    if told := absent(path, named, kind):
        return told
    if kind == "folder":
        return _wrong_list(path) if path.is_dir() else f"{named}: is a file; give a folder"
    if path.is_dir():
        return f"{named}: is a folder; give a file"
    try:
        return _of_another_kind(path, named, kind, begin)
    except MediaError as error:
        return f"{named}: cannot be shown or heard: {error}"


def _wrong_list(folder: Path) -> str:
    """Return what is wrong with the list of assets in a folder; nothing where all is well."""
    try:
        listed(folder)
    except ConfigError as error:
        return "; ".join(str(error).splitlines())
    return ""


def absent(path: Path, named: str, kind: Kind) -> str:
    """Return that a file is not there, and what may have been meant; nothing where it is."""
    try:
        if path.exists():
            return ""
        if path.is_symlink():
            return f"{named}: is a link to {path.readlink()}, which is not there"
        noun = kind if kind in ("folder", "font", "theme file") else "file"
        return f"{named}: no such {noun}; {_suggestion(path, kind)}"
    except OSError as error:
        return f"{named[:80]}: cannot be looked for ({error.strerror}); give another name"


def _of_another_kind(path: Path, named: str, kind: Kind, begin: object) -> str:
    suffix = path.suffix.lower()
    if kind == "picture":
        if suffix in CLIPS - {".gif"}:
            return f'{named}: is a clip, not a picture; show it as a scene of kind = "clip"'
        read_still(path)
        return ""
    info = probe(path)
    if kind == "sound":
        return "" if info.sounds else f"{named}: holds no sound; give a file that does"
    if not info.videos:
        return f"{named}: holds no pictures; give a clip"
    if kind == "heard clip" and not info.sounds:
        return f"{named}: holds no sound; leave out sound = true"
    if (starts := _seconds(begin)) is not None and info.duration and starts >= info.duration and suffix not in PICTURES:
        return f"{named}: ends after {float(info.duration):.2f} s; let start be less than that, not {begin}"
    return ""


def _seconds(begin: object) -> Any:
    try:
        return None if begin is None else parse_time(begin)
    except ValueError:
        return None


def wrong_font(path: Path) -> str:
    """Return what is wrong with a font file; nothing where all is well."""
    if told := absent(path, path.name, "font"):
        return told
    try:
        missing("A", TextStyle(font=path))
    except (MediaError, ValueError) as error:
        return f"{path.name}: cannot be read as a font: {error}"
    return ""


def _suggestion(path: Path, kind: Kind) -> str:
    """Return what may have been meant, of what stands in the same folder and is of the kind that is asked for."""
    folder = path.parent
    if not folder.is_dir():
        return f"there is no folder {folder} either; paths are relative to the storyboard"
    seen = (one for one in folder.iterdir() if not one.name.startswith(".") and one.exists())
    names = sorted(one.name for one in seen if _is_kin(one, kind))
    stems = {Path(name).stem.casefold(): name for name in names}
    if close := difflib.get_close_matches(path.stem.casefold(), stems, n=1):
        return f"did you mean {stems[close[0]]!r}?"
    shown = ", ".join(names[:_MOST_SUGGESTED])
    return f"beside it there is {shown}" if shown else f"in {folder} there is nothing of its kind"


def _is_kin(path: Path, kind: Kind) -> bool:
    return path.is_dir() if kind == "folder" else path.is_file() and path.suffix.lower() in _KIN[kind]
