"""OpenTimelineIO's timelines as ours, whoever wrote them.

    Track --flat--> clips, gaps, transitions --what each means--> items --what we once wrote of them--> items, exactly

Cuts with handles become overlaps: each clip grows by what its transitions show beyond its ends. Where an item still is
as we wrote it, our own metadata gives it back exactly; where another program changed it, the change wins.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

from opentimelineio import algorithms, core, exceptions, schema

from frameloom.apps.edit.formats.files import read_json_object
from frameloom.apps.edit.formats.otio_sound import ReadTrack, heard, with_sound
from frameloom.apps.edit.formats.otio_sources import size_settings, source_settings
from frameloom.apps.edit.formats.otio_times import exact_rate, seconds
from frameloom.apps.edit.formats.otio_write import KEY, clip_facts, gap_facts, marker_facts, transition_facts
from frameloom.apps.edit.timeline import MAX_ITEMS, Timeline, Track, Transition
from frameloom.core.config import validate
from frameloom.core.errors import ConfigError

_MAX_TRACKS, _MAX_NESTED = 100, 8
_USUAL_RATES = (Fraction(1), Fraction(1000))
_NAMES = frozenset(get_args(Transition.model_fields["name"].annotation))
_DISSOLVES = {"SMPTE_Dissolve": "fade", "SMPTE_Wipe": "wipeleft"}


class Reader:
    """Reads one file's timeline; collects notes of what is lost."""

    def __init__(self, where: str, folder: Path) -> None:
        self.where = where
        self.folder = folder
        self.notes: list[str] = []

    def timeline(self, found: core.SerializableObject) -> Timeline:
        """Return the timeline.

        Raises:
            ConfigError: it holds none, or one that we cannot say; names the place.
        """
        stack, name, metadata = self._stack(found)
        children = [child for child in stack if isinstance(child, schema.Track)]
        if len(children) < len(stack):
            children = [
                child if isinstance(child, schema.Track) else schema.Track(children=[child.clone()]) for child in stack
            ]
        if len(children) > _MAX_TRACKS:
            raise ConfigError(f"{self.where}: {len(children)} tracks; at most {_MAX_TRACKS}")
        own = _own(metadata).get("timeline")
        rate = self._rate(found, children)
        read = [self._track(track, number) for number, track in enumerate(children)]
        settings: dict[str, Any] = dict(own) if own is not None else {"rate": rate, **size_settings(metadata)}
        settings["name"] = _kept_name(settings, name)
        settings["tracks"] = with_sound(read)
        settings["markers"] = [self._marker(marker, number) for number, marker in enumerate(stack.markers)]
        return validate(Timeline, settings, self.where)

    def _stack(self, found: core.SerializableObject) -> tuple[schema.Stack, str, Mapping[str, Any]]:
        if isinstance(found, schema.SerializableCollection):
            timelines = [part for part in found if isinstance(part, schema.Timeline | schema.Stack | schema.Track)]
            if not timelines:
                raise ConfigError(f"{self.where}: holds no timeline; export one sequence")
            if len(timelines) > 1:
                self.notes.append(f"holds {len(timelines)} timelines; the first is read")
            found = timelines[0]
        if isinstance(found, schema.Timeline):
            return found.tracks, found.name, found.metadata
        if isinstance(found, schema.Stack):
            return found, found.name, found.metadata
        if isinstance(found, schema.Track | schema.Clip):
            return schema.Stack(children=[found.clone()]), found.name, found.metadata
        raise ConfigError(f"{self.where}: holds a {type(found).__name__}; give a file with a timeline")

    def _rate(self, found: core.SerializableObject, tracks: Sequence[schema.Track]) -> Fraction | None:
        """Return the timeline's rate: of its begin, else of its first picture."""
        times = [found.global_start_time] if isinstance(found, schema.Timeline) and found.global_start_time else []
        times += [
            item.source_range.duration
            for track in sorted(tracks, key=lambda track: track.kind != schema.TrackKind.Video)
            for item in track
            if isinstance(item, schema.Clip | schema.Gap) and item.source_range
        ]
        rates = (exact_rate(time.rate) for time in times if 0 < time.rate < 1e6)
        return next((rate for rate in rates if _USUAL_RATES[0] < rate < _USUAL_RATES[1]), None)

    def _track(self, track: schema.Track, number: int) -> ReadTrack:
        where = f"{self.where}: tracks[{number}]"
        children = self._flat(track, where)
        if len(children) > MAX_ITEMS:
            raise ConfigError(f"{where}: {len(children)} items; at most {MAX_ITEMS}")
        own = _own(track.metadata)
        settings: dict[str, Any] = dict(own.get("track", {}))
        settings["name"] = _kept_name(settings, track.name)
        settings["kind"] = "sound" if track.kind == schema.TrackKind.Audio else "video"
        off = "mute" if settings["kind"] == "sound" else "hidden"
        if not track.enabled and off not in settings:
            settings |= {"mute": True, "hidden": True}
        elif track.enabled:
            settings.pop(off, None)
        result = ReadTrack(Track(), "track" in own, bool(own.get("filler")))
        notes = len(self.notes)
        settings["items"] = list(self._items(children, where, result))
        if result.filler:
            del self.notes[notes:]
        result.track = validate(Track, settings, where)
        return result

    def _flat(self, track: schema.Track, where: str, depth: int = 0) -> list[core.Composable]:
        """Return a track's children; nested ones are put in their place."""
        if depth > _MAX_NESTED:
            raise ConfigError(f"{where}: sequences nested more than {_MAX_NESTED} deep; flatten them first")
        flat: list[core.Composable] = []
        for index, child in enumerate(track):
            if not isinstance(child, schema.Stack | schema.Track):
                flat.append(child)
                continue
            try:
                nested = child.clone()
                if isinstance(nested, schema.Stack):
                    same = [part.clone() for part in nested if getattr(part, "kind", track.kind) == track.kind]
                    if len(same) > 1:
                        self.notes.append(
                            f"{where}.items[{index}]: of {len(same)} nested tracks only the uppermost shows"
                        )
                    nested = algorithms.flatten_stack(schema.Stack(children=same)) if same else schema.Track()
                if child.source_range is not None and len(nested):
                    nested = algorithms.track_trimmed_to_range(nested, child.source_range)
            except (
                exceptions.OTIOError,
                ValueError,
                TypeError,
                RuntimeError,
                IndexError,
                NotImplementedError,
            ) as error:
                text = f"a nested sequence that cannot be put in place ({error}); flatten it first"
                raise ConfigError(f"{where}.items[{index}]: {text}") from error
            if child.effects:
                self.notes.append(f"{where}.items[{index}]: effects on a nested sequence are left out")
            if len(nested):
                flat += self._flat(nested, f"{where}.items[{index}]", depth + 1)
            elif child.source_range is not None:
                flat.append(schema.Gap(source_range=child.source_range))
        return flat

    def _items(self, children: Sequence[core.Composable], where: str, read: ReadTrack) -> Iterable[Any]:
        """Yield the settings of a track's items, and note what is heard of each."""
        now = Fraction(0)
        between: list[tuple[dict[str, Any], bool]] = []  # what stands before the next clip, and whether it is filler
        for index, child in enumerate(children):
            place = f"{where}.items[{index}]"
            if isinstance(child, schema.Transition):
                between += self._transition(children, index, place)
                continue
            length = self._length(child, place)
            if not isinstance(child, schema.Clip) or not child.enabled:
                between += self._gap(child, length - self._taken(children, index, place))
            elif settings := self._clip(children, index, now, place):
                unmoved = settings.pop("unmoved")
                yield from (part for part, filler in between if not (filler and unmoved))
                yield settings
                read.sounds.append(heard(child, now))
                between = []
            now += length
        yield from (part for part, _ in between)

    def _length(self, child: core.Composable, where: str) -> Fraction:
        try:
            return max(seconds(child.duration(), where), Fraction(0))
        except (
            exceptions.OTIOError,
            ValueError,
            TypeError,
            RuntimeError,
            NotImplementedError,
            AttributeError,
        ) as error:
            if isinstance(error, ConfigError):
                raise
            what = f"{type(child).__name__} {getattr(child, 'name', '')!r}"
            raise ConfigError(f"{where}: {what} has no length; give it a source range") from error

    def _reach(self, children: Sequence[core.Composable], index: int, side: int, where: str) -> Fraction:
        """Return how far a transition reaches before (-1) or after (1) its cut, into what there is."""
        transition = children[index]
        if not isinstance(transition, schema.Transition):
            return Fraction(0)
        offset = transition.in_offset if side < 0 else transition.out_offset
        reach = max(seconds(offset, where), Fraction(0))
        neighbour = index + side
        if not 0 <= neighbour < len(children) or isinstance(children[neighbour], schema.Transition):
            return Fraction(0)
        return min(reach, self._length(children[neighbour], where))

    def _taken(self, children: Sequence[core.Composable], index: int, where: str) -> Fraction:
        """Return how much of a gap is shown by transitions beside it."""
        before = self._reach(children, index - 1, 1, where) if index else Fraction(0)
        after = self._reach(children, index + 1, -1, where) if index + 1 < len(children) else Fraction(0)
        return before + after

    def _transition(
        self, children: Sequence[core.Composable], index: int, where: str
    ) -> Iterable[tuple[dict[str, Any], bool]]:
        """Yield a transition's settings, and whether it is filler; nothing if there is nothing beside it."""
        child = children[index]
        shown = self._reach(children, index, -1, where) + self._reach(children, index, 1, where)
        own = _own(child.metadata)
        if shown <= 0:
            return
        if "item" not in own:
            name = child.name if child.name in _NAMES else _DISSOLVES.get(child.transition_type, "fade")
            if child.transition_type not in _DISSOLVES and child.name not in _NAMES:
                self.notes.append(f"{where}: the transition {child.transition_type!r} becomes a dissolve")
            yield {"item": "transition", "name": name, "duration": shown}, False
        elif dict(own.get("as", {})) == transition_facts(child):
            yield dict(own["item"]), bool(own.get("filler"))
        else:
            yield {**own["item"], "duration": shown}, False

    def _gap(self, child: core.Composable, left: Fraction) -> Iterable[tuple[dict[str, Any], bool]]:
        """Yield the settings of a gap, or of what shows nothing, and whether it is filler."""
        own = _own(child.metadata)
        unchanged = isinstance(child, schema.Gap) and dict(own.get("as", {})) == gap_facts(child)
        if unchanged and "item" in own:
            yield dict(own["item"]), False
        elif left > 0:
            yield {"item": "gap", "duration": left}, unchanged and bool(own.get("filler"))

    def _clip(
        self, children: Sequence[core.Composable], index: int, now: Fraction, where: str
    ) -> dict[str, Any] | None:
        """Return a clip's settings, and under `unmoved` whether it still stands where we wrote it."""
        child = children[index]
        length = self._length(child, where)
        head = self._reach(children, index - 1, -1, where) if index else Fraction(0)
        tail = self._reach(children, index + 1, 1, where) if index + 1 < len(children) else Fraction(0)
        settings: dict[str, Any] = self._meaning(child, length, head, tail, where)
        if length + head + tail <= 0:
            self.notes.append(f"{where}: {child.name!r} has no length and is left out")
            return None
        if child.markers:
            self.notes.append(f"{where}: markers on a clip are left out")
        own = _own(child.metadata)
        if "item" not in own:
            return {**settings, "unmoved": False}
        was = dict(own.get("as", {}))
        rate = exact_rate(child.source_range.duration.rate) if child.source_range else Fraction(1)
        around = [_offset(children, index - 1, -1, rate), _offset(children, index + 1, 1, rate)]
        facts = clip_facts(child, now * rate, around[0], around[1], rate)
        kept = dict(own["item"])
        if was == facts:
            return {**kept, "unmoved": True}
        if was.get("source") != facts["source"]:
            kept["source"] = settings["source"]
        if was.get("name") != facts["name"]:
            kept["name"] = facts["name"]
        if was.get("speed") != facts["speed"]:
            kept |= {name: settings.get(name, value) for name, value in _STILL.items()}
        if any(was.get(name) != facts[name] for name in ("range", "around", "speed")):
            kept |= {"start": settings["start"], "duration": settings["duration"]}
        unmoved = was.get("begin") == facts["begin"]
        if not unmoved:
            kept.pop("at", None)
        return {**kept, "unmoved": unmoved}

    def _meaning(
        self, child: schema.Clip, length: Fraction, head: Fraction, tail: Fraction, where: str
    ) -> dict[str, Any]:
        """Return what OpenTimelineIO itself says of a clip."""
        reference = child.media_reference
        settings: dict[str, Any] = {"duration": length + head + tail, "name": child.name or ""}
        source, reason = source_settings(reference, child.name, self.folder, where)
        if reason:
            settings["reason"] = reason
            self.notes.append(f"{where}: {reason}")
        settings["source"] = source
        if child.name and child.name == Path(str(source.get("path", ""))).name:
            settings["name"] = ""
        settings |= self._speed(child, where)
        begin = seconds(child.source_range.start_time, where) if child.source_range else Fraction(0)
        if reference is not None and reference.available_range is not None:
            first = seconds(reference.available_range.start_time, where)
            if not child.source_range or begin >= first:
                begin = max(begin - first, Fraction(0))
        speed = Fraction(str(settings.get("speed", 1))) if not settings.get("freeze") else Fraction(0)
        start = begin - (tail if settings.get("reverse") else head) * speed
        if start < 0:
            self.notes.append(f"{where}: its file begins {float(-start):g} s too late for its transition; it is moved")
        settings["start"] = max(start, Fraction(0))
        return settings

    def _speed(self, child: schema.Clip, where: str) -> dict[str, Any]:
        settings: dict[str, Any] = {}
        for effect in child.effects:
            if isinstance(effect, schema.FreezeFrame) or (
                isinstance(effect, schema.LinearTimeWarp) and effect.time_scalar == 0
            ):
                settings["freeze"] = True
            elif isinstance(effect, schema.LinearTimeWarp):
                settings["speed"] = abs(effect.time_scalar)
                settings["reverse"] = effect.time_scalar < 0
            else:
                self.notes.append(f"{where}: the effect {effect.effect_name or effect.name!r} is left out")
        return settings

    def _marker(self, marker: schema.Marker, number: int) -> dict[str, Any]:
        own = _own(marker.metadata)
        if "item" in own and dict(own.get("as", {})) == marker_facts(marker):
            return dict(own["item"])
        time = max(seconds(marker.marked_range.start_time, f"{self.where}: markers[{number}]"), Fraction(0))
        return {"time": time, "name": marker.name, "note": marker.comment or ""}


_STILL: Mapping[str, object] = {"speed": 1.0, "reverse": False, "freeze": False}


def _own(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return our own metadata as plain values."""
    found = metadata.get(KEY)
    return read_json_object(found.encode(), "metadata") if isinstance(found, str) else {}


def _kept_name(settings: Mapping[str, Any], name: str) -> str:
    """Return the name that we wrote, unless another program has changed it."""
    own = str(settings.get("name", ""))
    return own if own.replace("\0", "") == name else name


def _offset(children: Sequence[core.Composable], index: int, side: int, rate: Fraction) -> Fraction:
    """Return how far a neighbour reaches over a clip's end, in frames, if it is a transition."""
    neighbour = children[index] if 0 <= index < len(children) else None
    if not isinstance(neighbour, schema.Transition):
        return Fraction(0)
    return seconds(neighbour.in_offset if side < 0 else neighbour.out_offset, "transition") * rate
