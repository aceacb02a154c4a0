"""What OpenTimelineIO's media references mean: files, pictures, colours, titles and models."""

from pathlib import Path
from typing import Any

from opentimelineio import schema
from opentimelineio.core import MediaReference

from frameloom.apps.edit.formats.files import read_json_object
from frameloom.apps.edit.formats.otio_write import COLOR, KEY, MODEL, TITLE
from frameloom.apps.edit.formats.paths import foreign
from frameloom.apps.edit.timeline import MAX_SIDE_PX, Clip
from frameloom.core.errors import ConfigError

_MOST_WORDS = 2000
_BLACK = {"black", "slug", "color", "solid", "solidcolor", "color matte", "gap"}


def source_settings(
    reference: MediaReference | None, name: str, folder: Path, where: str
) -> tuple[dict[str, Any], str]:
    """Return the settings of a source, and why it is not what it should be, if so.

    Raises:
        ConfigError: it names no local file, or a sequence of pictures.
    """
    if isinstance(reference, schema.ExternalReference) and reference.target_url:
        path = foreign(reference.target_url, folder, where)
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
    own = reference.parameters.get(KEY)
    parameters = read_json_object(own.encode(), "parameters") if isinstance(own, str) else {}
    kind = reference.generator_kind or ""
    effect = _parameters_of_effect(reference)
    if parameters or kind == COLOR:
        tag = {COLOR: "color", TITLE: "title", MODEL: "model"}.get(kind, "color")
        return {"kind": tag, **parameters}, ""
    if kind.lower() == "text" and isinstance(effect.get("str"), str):
        return _headline(effect["str"]), ""
    if kind.lower() == "color" and hasattr(effect.get("fillcolor"), "keys"):
        return {"kind": "color", "color": _hex(effect["fillcolor"])}, ""
    reason = "" if kind.lower() in _BLACK else f"the generator {kind or name!r} becomes black"
    return {"kind": "color"}, reason


def _headline(text: object) -> dict[str, Any]:
    return {"kind": "title", "title": {"design": "headline", "text": str(text)[:_MOST_WORDS]}}


def _parameters_of_effect(reference: schema.GeneratorReference) -> dict[str, Any]:
    """Return what Final Cut Pro's generators are told, by name."""
    found = reference.metadata.get("fcp_xml", {}).get("parameter", [])
    each = [found] if hasattr(found, "keys") else list(found)
    return {str(part.get("parameterid", "")): part.get("value") for part in each if hasattr(part, "keys")}


def _hex(color: Any) -> str:
    """Return a colour given by its parts, from 0 to 255."""
    parts = (str(color.get(name, "0" if name != "alpha" else "255")) for name in ("red", "green", "blue", "alpha"))
    values = [min(int(part), 255) if part.isdecimal() and len(part) < 4 else 0 for part in parts]
    text = "#" + "".join(f"{value:02x}" for value in values)
    return text.removesuffix("ff") if len(text) == 9 else text


def size_settings(metadata: Any) -> dict[str, Any]:
    """Return a timeline's width and height, where Final Cut Pro 7 XML gave ones that we can make."""
    found = metadata
    for name in ("fcp_xml", "media", "video", "format", "samplecharacteristics"):
        found = found.get(name) if hasattr(found, "keys") else None
    sides = [str(found.get(name, "")) if hasattr(found, "keys") else "" for name in ("width", "height")]
    if not all(side.isdecimal() and 0 < int(side[:6]) <= MAX_SIDE_PX and int(side) % 2 == 0 for side in sides):
        return {}
    return {"width": int(sides[0]), "height": int(sides[1])}
