"""Timelines as our own files, TOML or JSON: only what differs from the defaults is written, every time exactly.

Timeline --portable paths--> plain values --write_toml or json--> file
file --bounded read--> validate --usable paths--> Timeline
"""

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from frameloom.apps.edit.formats.paths import map_paths, portable, usable
from frameloom.apps.edit.formats.toml import Plain, write_toml
from frameloom.apps.edit.timeline import Clip, FileSource, ImageSource, ModelSource, Timeline, Transition
from frameloom.core.config import DEEPEST, Config, read_toml, validate
from frameloom.core.errors import ConfigError
from frameloom.core.files import whole_file
from frameloom.core.times import format_time, parse_time

MAX_BYTES = 50_000_000
"""Largest JSON, .otio, .xml or .edl that is read; ten thousand clips and their sound take about 35 MB of .otio."""
MAX_TOML_BYTES = 4_000_000
"""Largest TOML file; ten thousand clips take about a quarter of it, and reading takes a second per megabyte."""
MAX_DEPTH = DEEPEST
"""Deepest nesting of values in a file."""

_SPELLED_OUT = frozenset({"tracks", "items", "markers", "subtitles"})


def read_file(path: Path) -> Timeline:
    """Return the timeline in a .toml or .json file, with paths that can be used from here.

    Raises:
        ConfigError: the file cannot be read, or names each setting that does not fit.
    """
    settings = _read_json(path) if path.suffix.lower() == ".json" else _read_toml(path)
    timeline = validate(Timeline, settings, str(path))
    return with_usable_paths(timeline, path)


def write_file(timeline: Timeline, path: Path) -> None:
    """Write a timeline as .toml or .json, with paths relative to the file where they lie near it.

    Raises:
        ConfigError: it holds a text that is not Unicode.
        OutputError: the file cannot be written.
    """
    settings = plain(with_portable_paths(timeline, path))
    if path.suffix.lower() == ".json":
        text = json.dumps(settings, indent=2, ensure_ascii=False) + "\n"
    else:
        text = write_toml(settings, _SPELLED_OUT)
    write_text(text, path)


def with_usable_paths(timeline: Timeline, path: Path) -> Timeline:
    """Return a timeline read from this file, its paths resolved against the file's folder.

    Raises:
        ConfigError: one of them names no local file.
    """
    folder = path.parent
    timeline = map_paths(timeline, lambda given, where: usable(str(given), folder, f"{path}: {where}"))
    return _map_models(timeline, lambda model: str(usable(model, folder, f"{path}: model")))


def with_portable_paths(timeline: Timeline, path: Path) -> Timeline:
    """Return a timeline whose paths are as they shall stand in this file."""
    timeline = map_paths(timeline, lambda given, _: Path(portable(given, path.parent)))
    return _map_models(timeline, lambda model: portable(Path(model), path.parent))


def write_text(text: str, path: Path) -> None:
    """Write text as UTF-8, whole or not at all.

    Raises:
        ConfigError: it is not Unicode, as names of files sometimes are not.
        OutputError: the file cannot be written.
    """
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        given = text[error.start - 20 : error.end]
        raise ConfigError(f"{path}: the name {given!r} is not Unicode; rename that file") from error
    with whole_file(path) as part:
        part.write_bytes(data)


def read_bytes(path: Path, most: int = MAX_BYTES) -> bytes:
    """Return a file's content.

    Raises:
        ConfigError: it cannot be read, or is larger than `most`.
    """
    try:
        with path.open("rb") as handle:
            data = handle.read(most + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise ConfigError(f"{path}: cannot be read ({reason}); give a timeline's file") from error
    if len(data) > most:
        raise ConfigError(f"{path}: larger than {most / 1e6:g} MB; give a smaller timeline")
    return data


def read_json_object(data: bytes, where: str) -> dict[str, Any]:
    """Return the object in JSON text that is nested at most MAX_DEPTH deep.

    Raises:
        ConfigError: it is something else.
    """
    try:
        value = json.loads(data)
    except RecursionError as error:
        raise ConfigError(f"{where}: nested more than {MAX_DEPTH} deep; give a timeline's file") from error
    except ValueError as error:
        raise ConfigError(f"{where}: not valid JSON: {error}") from error
    _check_depth(value, where)
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: holds a {type(value).__name__}; a timeline is an object {{...}}")
    return value


def plain(config: Config) -> dict[str, Plain]:
    """Return what differs from the defaults, and what tells one kind from another, as TOML and JSON can say it."""
    always = {"item", "name", "duration"} if isinstance(config, Transition) else set()
    settings: dict[str, Plain] = {}
    for name, field in type(config).model_fields.items():
        value = getattr(config, name)
        is_tag = get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1
        if value is None or (name == "item" and isinstance(config, Clip)):
            continue
        if is_tag or name in always or field.is_required() or value != field.get_default(call_default_factory=True):
            settings[name] = _plain(value)
    return {"item": settings.pop("item"), **settings} if "item" in settings else settings


def _plain(value: object) -> Plain:
    if isinstance(value, FileSource | ImageSource) and Clip.model_validate({"source": str(value.path)}).source == value:
        return str(value.path)
    if isinstance(value, Config):
        return plain(value)
    if isinstance(value, Fraction):
        return _time(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [_plain(part) for part in value]
    raise TypeError(f"no plain form of {type(value).__name__}")


def _time(time: Fraction) -> Plain:
    """Return a time as a number where that is exact, else as text."""
    text = format_time(time)
    for form in ([float(text) if "." in text else int(text)] if "/" not in text else []) + [text, str(time)]:
        if _means(form, time):
            return form
    return format_time(Fraction(round(time * 10**12), 10**12))  # more digits than a time may have


def _means(form: float | str, time: Fraction) -> bool:
    try:
        return parse_time(form) == time
    except ValueError:
        return False


def _map_models(timeline: Timeline, change: Any) -> Timeline:
    """Return a timeline whose model folders are changed; a shipped model's name has no slash."""
    if not any(_is_model_folder(item) for track in timeline.tracks for item in track.items):
        return timeline
    tracks = tuple(
        track.model_copy(
            update={
                "items": tuple(
                    item.model_copy(
                        update={"source": item.source.model_copy(update={"model": change(item.source.model)})}
                    )
                    if isinstance(item, Clip) and isinstance(item.source, ModelSource) and _is_model_folder(item)
                    else item
                    for item in track.items
                )
            }
        )
        for track in timeline.tracks
    )
    return timeline.model_copy(update={"tracks": tracks})


def _is_model_folder(item: object) -> bool:
    return isinstance(item, Clip) and isinstance(item.source, ModelSource) and "/" in item.source.model


def _read_toml(path: Path) -> dict[str, Any]:
    read_bytes(path, MAX_TOML_BYTES)
    settings = read_toml(path)
    _check_depth(settings, str(path))
    return settings


def _read_json(path: Path) -> dict[str, Any]:
    return read_json_object(read_bytes(path), str(path))


def _check_depth(value: object, where: str) -> None:
    """Raise a ConfigError if values are nested too deep; walks without recursion."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            part
            for outer in level
            if isinstance(outer, dict | list)
            for part in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise ConfigError(f"{where}: nested more than {MAX_DEPTH} deep; give a timeline's file")
