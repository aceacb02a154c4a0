"""Final Cut Pro 7 XML: what its adapter needs and leaves out, and a guard before it reads a stranger's file.

    our timeline --to_otio--> OpenTimelineIO's --for_fcp--> the adapter --> .xml
    .xml --checked_xml--> the adapter --from_fcp--> OpenTimelineIO's --Reader--> our timeline

Speed: the format counts a clip's `in` in frames after the change of speed, OpenTimelineIO before it.
Source: Apple, "Final Cut Pro XML Interchange Format", 2010.
"""

import json
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from opentimelineio import schema
from opentimelineio.opentime import RationalTime, TimeRange

from frameloom.apps.edit.formats.files import MAX_DEPTH
from frameloom.apps.edit.formats.losses import countable, lost_settings
from frameloom.apps.edit.formats.otio_write import KEY, TITLE, to_otio
from frameloom.apps.edit.timeline import Clip, Timeline
from frameloom.core.errors import ConfigError
from frameloom.media.colors import parse_color

_MAX_ELEMENTS = 2_000_000
_ITEMS = frozenset({"clipitem", "generatoritem", "transitionitem"})
_MAX_ITEMS = 5000
"""The adapter takes time with the square of them: about half a minute for this many."""
_MAX_REFERENCES = 8
"""How deep sequences may stand in each other by reference."""
_NS = "fcp_xml"


def checked_xml(data: bytes, where: str) -> bytes:
    """Return XML that the adapter can read without harm, from a file that may be anything.

    Refused: declarations of entities (a few lines of them can grow to gigabytes, or name other files), deep nesting,
    and sequences that contain each other by reference, which grow in the same way.

    Raises:
        ConfigError: says what was found.
    """
    parser = expat.ParserCreate()
    depth = count = items = 0

    def doctype(name: str, system: str | None, public: str | None, internal: bool) -> None:
        if internal:
            raise ConfigError(f"{where}: declares its own entities, which timelines never do; export it again")

    def begin(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth, count, items
        depth, count = depth + 1, count + 1
        items += name in _ITEMS
        if items > _MAX_ITEMS:
            raise ConfigError(f"{where}: more than {_MAX_ITEMS} items; export fewer sequences")
        if depth > MAX_DEPTH or count > _MAX_ELEMENTS:
            raise ConfigError(f"{where}: nested more than {MAX_DEPTH} deep, or too large; give a timeline's file")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"{where}: not valid XML: {error}") from error
    root = ElementTree.fromstring(data)
    if root.tag != "xmeml":
        raise ConfigError(
            f"{where}: holds <{root.tag[:40]}>; give Final Cut Pro 7 XML (<xmeml>), not FCPXML of version X"
        )
    _check_references(root, where)
    for track in root.iter("track"):
        for name in track.findall("name"):
            if not name.text:  # the adapter wants a text
                track.remove(name)
    return ElementTree.tostring(root)


def _check_references(root: ElementTree.Element, where: str) -> None:
    """Raise a ConfigError if what the ids stand for, written out, would be too large."""
    named: dict[str, list[ElementTree.Element]] = {}
    for element in root.iter():
        if "id" in element.attrib and len(element):
            named.setdefault(element.attrib["id"], []).append(element)
    known: dict[str, int] = {}

    def weigh(element: ElementTree.Element, references: int) -> int:
        total = 1 + sum(weight(child, references) for child in element)
        if total > _MAX_ELEMENTS:
            raise ConfigError(f"{where}: its sequences contain each other too often; flatten them first")
        return total

    def weight(element: ElementTree.Element, references: int) -> int:
        name = element.attrib.get("id")
        if name is None or name not in named:
            return weigh(element, references)
        if references >= _MAX_REFERENCES:
            raise ConfigError(
                f"{where}: its sequences contain each other more than {_MAX_REFERENCES} deep; flatten them"
            )
        if name not in known:
            known[name] = max(weigh(whole, references + 1) for whole in named[name])
        return known[name]

    weight(root, 0)


def for_fcp(timeline: Timeline) -> tuple[schema.Timeline, list[str]]:
    """Return a timeline as the adapter can write it, and notes of what is lost.

    Raises:
        ConfigError: the timeline cannot be laid out.
    """
    timeline, notes = countable(timeline)
    whole = {"tracks": tuple(track.model_copy(update={"items": _absolute(track.items)}) for track in timeline.tracks)}
    made, more = to_otio(timeline, timeline.model_copy(update=whole))
    made.name = made.name or "timeline"
    for number, clip in enumerate(made.find_clips()):
        _prepare(clip, number)
    for track in made.tracks:
        name = {"name": track.name} if track.name else {}
        track.metadata[_NS] = {**name, "enabled": "TRUE" if track.enabled else "FALSE"}
    if timeline.width and timeline.height:
        size = {"width": str(timeline.width), "height": str(timeline.height)}
        made.metadata[_NS] = {"media": {"video": {"format": {"samplecharacteristics": size}}}}
    for marker in made.tracks.markers:
        marker.metadata.clear()
        marker.metadata[_NS] = {"comment": marker.comment}
    return made, [*notes, *more, *lost_settings(timeline)]


def from_fcp(found: Any) -> Any:
    """Return what the adapter read, with switches, speeds, stills and remarks as OpenTimelineIO says them."""
    for timeline in [found] if isinstance(found, schema.Timeline) else found:
        for marker in timeline.tracks.markers:
            marker.comment = str(marker.metadata.get(_NS, {}).get("comment") or "")
        for part in [*timeline.tracks, *timeline.find_clips()]:
            part.enabled = str(part.metadata.get(_NS, {}).get("enabled", "")).upper() != "FALSE"
        for clip in timeline.find_clips():
            _understand_speed(clip)
    return found


def _understand_speed(clip: schema.Clip) -> None:
    """Turn the filter that sets a clip's speed, or makes it a still, into what OpenTimelineIO has for it."""
    stills = str(clip.metadata.get(_NS, {}).get("stillframe", "")).upper() == "TRUE"
    speeds = [speed for effect in clip.effects if (speed := _speed_of(effect)) is not None]
    if not stills and not speeds:
        return
    kept = [effect.clone() for effect in clip.effects if _speed_of(effect) is None]
    clip.effects.clear()
    clip.effects.extend(kept)
    if stills:
        clip.effects.append(schema.FreezeFrame())
    else:
        clip.effects.append(schema.LinearTimeWarp(time_scalar=speeds[0]))
        _scale_start(clip, abs(speeds[0]))


def _absolute(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return items whose files have whole paths, as other programs want them."""
    return tuple(
        item.model_copy(update={"source": item.source.model_copy(update={"path": item.source.path.absolute()})})
        if isinstance(item, Clip) and hasattr(item.source, "path")
        else item
        for item in items
    )


def _prepare(clip: schema.Clip, number: int) -> None:
    """Make a clip one that the adapter writes whole: it takes equal clips for the same one, and needs known lengths."""
    clip.metadata.clear()
    clip.metadata[KEY] = {"number": number}
    reference, used = clip.media_reference, clip.source_range
    if isinstance(reference, schema.GeneratorReference):
        reference.metadata[_NS] = _generator(reference)
        reference.generator_kind = "Text" if reference.generator_kind == TITLE else "Color"
    if reference.available_range is None:
        length = RationalTime(used.end_time_exclusive().value, used.duration.rate)
        reference.available_range = TimeRange(RationalTime(0, length.rate), length)
    for effect in clip.effects:
        if isinstance(effect, schema.FreezeFrame):
            clip.metadata[_NS] = {"stillframe": "TRUE"}
        elif isinstance(effect, schema.LinearTimeWarp):
            clip.metadata[_NS] = {"filter": {"effect": _time_remap(effect.time_scalar)}}
            _scale_start(clip, 1 / abs(effect.time_scalar))


def _time_remap(speed: float) -> dict[str, Any]:
    return {
        "name": "Time Remap",
        "effectid": "timeremap",
        "effectcategory": "motion",
        "effecttype": "motion",
        "mediatype": "video",
        "parameter": [
            {"parameterid": "variablespeed", "name": "variablespeed", "value": "0"},
            {"parameterid": "speed", "name": "speed", "value": repr(abs(speed) * 100)},
            {"parameterid": "reverse", "name": "reverse", "value": "TRUE" if speed < 0 else "FALSE"},
        ],
    }


def _speed_of(effect: schema.Effect) -> float | None:
    """Return the speed that a filter sets, negative for backwards; None for other filters."""
    settings = effect.metadata.get(_NS, {})
    if str(settings.get("effectid", "")).lower() != "timeremap":
        return None
    parameters = settings.get("parameter", [])
    each = [parameters] if hasattr(parameters, "keys") else list(parameters)
    values = {str(part.get("parameterid", "")): str(part.get("value", "")) for part in each if hasattr(part, "keys")}
    try:
        speed = float(values.get("speed", "100")) / 100
    except ValueError:
        return 1.0
    return -speed if values.get("reverse", "").upper() == "TRUE" else speed


def _scale_start(clip: schema.Clip, factor: float) -> None:
    """Count a clip's begin in frames after (1 / speed) or before (speed) its change of speed."""
    used, reference = clip.source_range, clip.media_reference
    first = reference.available_range.start_time if reference and reference.available_range else RationalTime(0, 1)
    start = used.start_time - first.rescaled_to(used.start_time.rate)
    moved = RationalTime(round(start.value * factor), start.rate) + first.rescaled_to(start.rate)
    clip.source_range = TimeRange(moved, used.duration)


def _generator(reference: schema.GeneratorReference) -> dict[str, Any]:
    """Return the effect that makes a colour or a text."""
    common = {"effecttype": "generator", "mediatype": "video"}
    own = json.loads(reference.parameters[KEY])
    if reference.generator_kind == TITLE:
        title = own["title"]
        words = next(
            (str(title[name]) for name in ("text", "name", "words") if title.get(name)), title.get("design", "")
        )
        return {**common, "effectcategory": "Text", "parameter": {"parameterid": "str", "name": "Text", "value": words}}
    red, green, blue, alpha = parse_color(str(own.get("color", "black")))
    value = {"alpha": str(alpha), "red": str(red), "green": str(green), "blue": str(blue)}
    fill = {"parameterid": "fillcolor", "name": "Color", "value": value}
    return {**common, "effectcategory": "Matte", "parameter": fill}
