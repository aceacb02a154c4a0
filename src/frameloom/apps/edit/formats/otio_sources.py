"""What OpenTimelineIO's media references mean: files, pictures, colours, titles and models."""

from pathlib import Path
from typing import Any

from opentimelineio import schema
from opentimelineio.core import MediaReference

from frameloom.apps.edit.formats.otio_write import COLOR, MODEL, TITLE
from frameloom.apps.edit.formats.paths import unquoted
from frameloom.apps.edit.timeline import Clip
from frameloom.core.errors import ConfigError

_BLACK = {"black", "slug", "color", "solid", "solidcolor", "color matte", "gap"}


def source_settings(
    reference: MediaReference | None, name: str, folder: Path, where: str
) -> tuple[dict[str, Any], str]:
    """Return the settings of a source, and why it is not what it should be, if so.

    Raises:
        ConfigError: it names no local file, or a sequence of pictures.
    """
    if isinstance(reference, schema.ExternalReference) and reference.target_url:
        path = unquoted(reference.target_url, folder, where)
        return Clip.model_validate({"source": str(path)}).source.model_dump(), ""
    if isinstance(reference, schema.ImageSequenceReference):
        text = f"a sequence of pictures ({reference.name_prefix}...{reference.name_suffix}); make a video of it first"
        raise ConfigError(f"{where}: {text}")
    if isinstance(reference, schema.GeneratorReference):
        return _generated(reference, name)
    missing = name or (reference.name if reference is not None else "") or "missing"
    plain = missing.replace("\0", "").replace("/", "_") or "missing"
    return {"kind": "file", "path": str(folder / plain)}, f"no media given for {missing!r}; set the path of its file"


def _generated(reference: schema.GeneratorReference, name: str) -> tuple[dict[str, Any], str]:
    parameters = dict(reference.parameters)
    kind = reference.generator_kind or ""
    if kind == COLOR:
        return {"kind": "color", "color": str(parameters.get("color", "black"))}, ""
    if kind == TITLE and "title" in parameters:
        return {"kind": "title", "title": {"text": str(name)}}, ""
    if kind == MODEL and "model" in parameters:
        return {"kind": "model", "model": str(parameters["model"])}, ""
    reason = "" if kind.lower() in _BLACK else f"the generator {kind or name!r} becomes black"
    return {"kind": "color"}, reason
