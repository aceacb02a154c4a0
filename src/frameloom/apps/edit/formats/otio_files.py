"""OpenTimelineIO's own files, and Final Cut Pro 7 XML through its adapter.

Nothing that a file or the environment names is run: the JSON is read by the library's core, which loads no plugins, and
the one adapter needed is loaded from its installed package.
"""

import importlib.util
import json
import sys
import warnings
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from opentimelineio import core, exceptions, schema

from frameloom.apps.edit.formats.fcp import checked_xml, for_fcp, from_fcp
from frameloom.apps.edit.formats.files import read_bytes, read_json_object, write_text
from frameloom.apps.edit.formats.otio_read import Reader
from frameloom.apps.edit.formats.otio_write import to_otio
from frameloom.apps.edit.timeline import Timeline
from frameloom.core.errors import ConfigError, MissingDependencyError

FAULTS = (exceptions.OTIOError, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What OpenTimelineIO and its adapters raise on files that are not what they should be."""


def read_otio_file(path: Path) -> tuple[Timeline, list[str]]:
    """Return the timeline in a .otio or .xml file as it stands there, and notes of what was lost.

    Raises:
        ConfigError: the file cannot be read, or holds what we cannot say; names the place.
    """
    data = read_bytes(path)
    found = _read_fcp(data, path) if path.suffix.lower() == ".xml" else _read_json(data, path)
    reader = Reader(str(path), path.parent)
    try:
        return reader.timeline(found), [note.removeprefix(f"{path}: ") for note in reader.notes]
    except FAULTS as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"{path}: not a timeline that can be understood ({_line(error)}); export it again") from error


def write_otio_file(timeline: Timeline, shown: Timeline, path: Path) -> list[str]:
    """Write a timeline as .otio or .xml; return notes of what other programs will not see.

    `shown` is the same timeline with its paths as they shall be written.

    Raises:
        ConfigError: the timeline cannot be laid out.
        OutputError: the file cannot be written.
    """
    if path.suffix.lower() == ".xml":
        made, notes = for_fcp(timeline)
        text = _quietly(_adapter().write_to_string, made)
    else:
        made, notes = to_otio(timeline, shown)
        text = core.serialize_json_to_string(made, indent=2)
    write_text(text, path)
    return notes


def _read_json(data: bytes, path: Path) -> core.SerializableObject:
    value = read_json_object(data, str(path))
    if "OTIO_SCHEMA" not in value:
        raise ConfigError(f"{path}: has no OTIO_SCHEMA; give a file that OpenTimelineIO wrote")
    try:
        return core.deserialize_json_from_string(json.dumps(value))
    except FAULTS as error:
        raise ConfigError(f"{path}: not valid OpenTimelineIO: {_line(error)}") from error


def _read_fcp(data: bytes, path: Path) -> schema.Timeline:
    data = checked_xml(data, str(path))
    try:
        found = _quietly(_adapter().read_from_string, data)
    except (*FAULTS, SyntaxError) as error:
        text = f"not Final Cut Pro 7 XML that can be understood ({_line(error)}); export it again"
        raise ConfigError(f"{path}: {text}") from error
    return from_fcp(found)


def _line(error: BaseException) -> str:
    """Return an error as one line."""
    return " ".join(str(error).split())[:200] or type(error).__name__


def _quietly(call: Callable[[Any], Any], value: Any) -> Any:
    """Return what the adapter makes of a value; it asks elements whether they are true, which Python 3.12 warns of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return call(value)


@lru_cache(maxsize=1)
def _adapter() -> ModuleType:
    """Return the adapter for Final Cut Pro 7 XML, under the name that its relative imports need."""
    package = importlib.util.find_spec("otio_fcp_adapter")
    places = list(package.submodule_search_locations or []) if package else []
    if not places:
        raise MissingDependencyError("otio-fcp-adapter is not installed; run: pip install otio-fcp-adapter")
    name = "opentimelineio.adapters.fcp_xml"
    spec = importlib.util.spec_from_file_location(name, Path(places[0]) / "fcp_xml.py")
    if spec is None or spec.loader is None:
        raise MissingDependencyError("otio-fcp-adapter is damaged; install it again")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules.setdefault(name, module)
    return module
