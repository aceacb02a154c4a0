"""A timeline as OpenTimelineIO says it; what that cannot say lies in metadata["frameloom"].

    metadata["frameloom"]   item     the whole item, its times exact
                            as       what OpenTimelineIO was told of it: whoever reads it back can see what another
                                     program has changed, and takes that from there and the rest from `item`
                            filler   made for other programs only

Other programs keep picture and sound on tracks of their own, so the sound of a video track goes on a track beside it.
Source: OpenTimelineIO 0.18, https://opentimelineio.readthedocs.io/en/v0.18.1/
"""

import json
from collections.abc import Callable, Mapping
from fractions import Fraction

from opentimelineio import schema
from opentimelineio.core import MediaReference

from frameloom.apps.edit.formats.files import plain
from frameloom.apps.edit.formats.otio_times import rational, time_range
from frameloom.apps.edit.formats.paths import address
from frameloom.apps.edit.formats.pieces import Piece, frames, length_of, pieces_of, prober, rate_of
from frameloom.apps.edit.formats.toml import Plain
from frameloom.apps.edit.timeline import (
    STILL_S,
    Clip,
    ColorSource,
    FileSource,
    Gap,
    ImageSource,
    Source,
    Timeline,
    TitleSource,
    Track,
    Transition,
)
from frameloom.media.files.info import MediaInfo

KEY = "frameloom"
COLOR, TITLE, MODEL = "SolidColor", "Title", "FrameloomModel"
"""Kinds of generators."""

Infos = Callable[[Clip], MediaInfo | None]


def to_otio(timeline: Timeline, shown: Timeline | None = None) -> tuple[schema.Timeline, list[str]]:
    """Return a timeline as OpenTimelineIO's, and notes of what other programs will not see.

    `shown` is the same timeline with its paths as they shall be written.

    Raises:
        ConfigError: clips lie over each other.
    """
    shown = shown or timeline
    info, notes = prober(), list[str]()
    rate = rate_of(timeline, info)
    result = schema.Timeline(_named(timeline.name))
    result.global_start_time = rational(0, rate)
    settings = {name: value for name, value in plain(shown).items() if name not in {"tracks", "markers"}}
    result.metadata[KEY] = _noted({"timeline": settings, "rate": str(rate)})
    for number, (track, written) in enumerate(zip(timeline.tracks, shown.tracks, strict=True)):
        where = f"tracks[{number}]"
        unknown = (item for item in track.items if isinstance(item, Clip) and length_of(item, info(item)) is None)
        notes += [f"{where}: {_file(clip)} cannot be read, so other programs see {STILL_S} s of it" for clip in unknown]
        pieces = pieces_of(track, rate, lambda clip: length_of(clip, info(clip)) or Fraction(STILL_S), where)
        names = dict(zip(map(id, track.items), written.items, strict=True))
        result.tracks.append(_track(written, pieces, names, rate, info))
        if track.kind == "video" and any(_is_heard(piece, info) for piece in pieces):
            result.tracks.append(_sound_of(written, pieces, names, rate, info))
        notes += _unseen(track, where)
    for marker in shown.markers:
        made = schema.Marker(
            _named(marker.name), time_range(frames(marker.time, rate), 0, rate), comment=_named(marker.note)
        )
        made.metadata[KEY] = _noted({"item": plain(marker), "as": marker_facts(made)})
        result.tracks.markers.append(made)
    return result, list(dict.fromkeys(notes))


def _track(
    track: Track, pieces: list[Piece], written: Mapping[int, object], rate: Fraction, info: Infos
) -> schema.Track:
    kind = schema.TrackKind.Audio if track.kind == "sound" else schema.TrackKind.Video
    result = schema.Track(_named(track.name), kind=kind)
    result.enabled = not (track.mute if track.kind == "sound" else track.hidden)
    result.metadata[KEY] = _noted({"track": {name: value for name, value in plain(track).items() if name != "items"}})
    for piece in pieces:
        item = written.get(id(piece.item))
        if isinstance(item, Clip):
            made = _clip(item, piece, rate, info)
            facts: Mapping[str, Plain] = clip_facts(made, piece.begin, piece.head, piece.tail, rate)
            more = {"heard": True} if track.kind == "video" and _is_heard(piece, info) else {}
            made.metadata[KEY] = _noted({"item": plain(item), "as": facts, **more})
        elif isinstance(item, Transition):
            made = _transition(item, piece, rate)
            more = {"filler": True} if piece.repeated else {}
            made.metadata[KEY] = _noted({"item": plain(item), "as": transition_facts(made), **more})
        else:
            made = schema.Gap(source_range=time_range(0, piece.frames, rate))
            own = {"item": plain(item)} if isinstance(item, Gap) else {"filler": True}
            made.metadata[KEY] = _noted({**own, "as": gap_facts(made)})
        result.append(made)
    return result


def _sound_of(
    track: Track, pieces: list[Piece], written: Mapping[int, object], rate: Fraction, info: Infos
) -> schema.Track:
    """Return the track that carries the sound of a video track to programs that keep it apart."""
    result = schema.Track(_named(f"{track.name} sound").strip(), kind=schema.TrackKind.Audio)
    result.enabled = not track.mute
    result.metadata[KEY] = _noted({"filler": True})
    for piece in pieces:
        item = written.get(id(piece.item))
        if isinstance(item, Clip) and _is_heard(piece, info):
            result.append(_clip(item, piece, rate, info))
        elif isinstance(item, Transition):
            result.append(_transition(item, piece, rate))
        else:
            result.append(schema.Gap(source_range=time_range(0, piece.frames, rate)))
    return result


def _clip(item: Clip, piece: Piece, rate: Fraction, info: Infos) -> schema.Clip:
    known = info(item) if piece.item is None else info_of(piece, info)
    times = piece.times
    low = piece.head + piece.frames if item.reverse else piece.head
    start = times.source_time(Fraction(low) / rate) if times else item.start
    reference = _reference(item.source)
    if known is not None:
        reference.available_range = time_range(0, frames(known.duration, rate), rate)
    result = schema.Clip(
        _named(item.name), reference, time_range(frames(max(start, Fraction(0)), rate), piece.frames, rate)
    )
    if not item.name and isinstance(item.source, FileSource | ImageSource):
        result.name = item.source.path.name
    if item.freeze:
        result.effects.append(schema.FreezeFrame())
    elif times is not None and not times.is_plain:
        length = times.duration or Fraction(1)
        speed = item.speed if isinstance(item.speed, int | float) else float(times.span / length)
        result.effects.append(schema.LinearTimeWarp(time_scalar=-speed if item.reverse else speed))
    return result


def info_of(piece: Piece, info: Infos) -> MediaInfo | None:
    """Return what the file of a clip's piece says of itself."""
    return info(piece.item) if isinstance(piece.item, Clip) else None


def _reference(source: Source) -> MediaReference:
    if isinstance(source, FileSource | ImageSource):
        reference = schema.ExternalReference(target_url=address(source.path))
        reference.name = source.path.name
        return reference
    parameters = json.dumps({name: value for name, value in plain(source).items() if name != "kind"})
    kind = COLOR if isinstance(source, ColorSource) else TITLE if isinstance(source, TitleSource) else MODEL
    return schema.GeneratorReference(source.kind, kind, parameters={KEY: parameters})


def _transition(item: Transition, piece: Piece, rate: Fraction) -> schema.Transition:
    is_dissolve = item.name == "fade"
    kind = schema.TransitionTypes.SMPTE_Dissolve if is_dissolve else schema.TransitionTypes.Custom
    return schema.Transition(item.name, kind, rational(piece.head, rate), rational(piece.tail, rate))


def _is_heard(piece: Piece, info: Infos) -> bool:
    """Return whether a clip's own sound is heard, as far as its file can be read."""
    clip = piece.item
    if not isinstance(clip, Clip) or not isinstance(clip.source, FileSource) or not clip.sound or clip.freeze:
        return False
    known = info(clip)
    return known is None or known.sound is not None


def clip_facts(clip: schema.Clip, begin: int | Fraction, head: object, tail: object, rate: Fraction) -> dict[str, str]:
    """Return what OpenTimelineIO says of a clip, to see later what has changed."""
    reference = clip.media_reference
    source = getattr(reference, "target_url", None) or getattr(reference, "generator_kind", "")
    speeds = [f"{effect.time_scalar:.9g}" for effect in clip.effects if isinstance(effect, schema.LinearTimeWarp)]
    own = clip.source_range
    return {
        "source": f"{source} {dict(getattr(reference, 'parameters', {}))}"
        if source in {COLOR, TITLE, MODEL}
        else source,
        "name": clip.name,
        "range": f"{own.start_time.value:.12g} {own.duration.value:.12g} {own.duration.rate:.9g}" if own else "",
        "speed": " ".join(speeds),
        "around": f"{head} {tail}",
        "begin": str(Fraction(begin) / rate),
    }


def gap_facts(gap: schema.Gap) -> dict[str, str]:
    """Return what OpenTimelineIO says of a gap."""
    return {"range": f"{gap.source_range.duration.value:.12g} {gap.source_range.duration.rate:.9g}"}


def transition_facts(transition: schema.Transition) -> dict[str, str]:
    """Return what OpenTimelineIO says of a transition."""
    before, after = transition.in_offset, transition.out_offset
    return {"range": f"{before.value:.12g} {after.value:.12g} {after.rate:.9g}", "kind": transition.transition_type}


def marker_facts(marker: schema.Marker) -> dict[str, str]:
    """Return what OpenTimelineIO says of a marker."""
    begin = marker.marked_range.start_time
    return {"range": f"{begin.value:.12g} {begin.rate:.9g}", "name": marker.name, "note": marker.comment}


def _unseen(track: Track, where: str) -> list[str]:
    """Return notes of what a track holds that no other program reads from our metadata."""
    notes: list[str] = []
    for index, item in enumerate(track.items):
        place = f"{where}.items[{index}]"
        if isinstance(item, Transition) and item.name != "fade":
            notes.append(f"{place}: other programs may show the transition {item.name!r} as a dissolve, or not at all")
        if isinstance(item, Clip):
            plain_clip = Clip(source=item.source)
            shows = (
                "fit",
                "x",
                "y",
                "scale",
                "rotation",
                "opacity",
                "blend",
                "effects",
                "volume",
                "fade_in",
                "fade_out",
            )
            if lost := [name for name in shows if getattr(item, name) != getattr(plain_clip, name)]:
                notes.append(f"{place}: other programs do not see {', '.join(lost)}")
            if not isinstance(item.speed, int | float):
                notes.append(f"{place}.speed: other programs see the mean of its ramp")
    return notes


def _file(clip: Clip) -> str:
    return clip.source.path.name if isinstance(clip.source, FileSource) else clip.name


def _noted(value: Mapping[str, Plain]) -> str:
    """Return our metadata as text: OpenTimelineIO's own JSON loses the last digit of numbers and what follows a NUL."""
    return json.dumps(value)


def _named(name: str) -> str:
    """Return a name as OpenTimelineIO can keep it."""
    return name.replace("\0", "")
