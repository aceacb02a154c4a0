"""The sound that other programs keep on tracks beside the pictures, taken back into the clips it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from opentimelineio import schema

from frameloom.apps.edit.formats.otio_times import seconds
from frameloom.apps.edit.timeline import Clip, FileSource, Gap, Track, Transition

Heard = tuple[Fraction, Fraction, str, Fraction]
"""Begin, length, source and source begin of a clip's sound."""


@dataclass
class ReadTrack:
    """One track, as far as it is read."""

    track: Track
    own: bool
    """Whether it carries our settings."""
    filler: bool
    """Whether we wrote it for other programs only."""
    sounds: list[Heard | None] = field(default_factory=list)
    """Of each clip, in order."""


def heard(child: schema.Clip, now: Fraction) -> Heard:
    """Return what tells the sound of one clip from that of another."""
    reference, own = child.media_reference, child.source_range
    source = getattr(reference, "target_url", None) or f"{type(reference).__name__} {child.name}"
    start = seconds(own.start_time, "clip") if own else Fraction(0)
    return now, seconds(child.duration(), "clip"), source, start


def with_sound(read: Sequence[ReadTrack]) -> list[Track]:
    """Return the tracks; a sound track that only carries the sound of a video track is taken into it."""
    apart = [part for part in read if part.track.kind == "sound" and (part.filler or not part.own)]
    if not apart:
        return [part.track for part in read]
    seen = {sound for part in read if part.track.kind == "video" for sound in part.sounds}
    merged = [part for part in apart if part.sounds and all(sound in seen for sound in part.sounds)]
    heard = {sound for part in merged for sound in part.sounds}
    tracks: list[Track] = []
    for part in read:
        if part in merged:
            continue
        tracks.append(_heard_only(part, heard) if part.track.kind == "video" else part.track)
    return tracks


def _heard_only(part: ReadTrack, heard: set[Heard | None]) -> Track:
    """Return a video track whose clips sound only where another program has their sound."""
    sounds = iter(part.sounds)
    items: list[Clip | Gap | Transition] = []
    for item in part.track.items:
        if isinstance(item, Clip):
            is_heard = next(sounds) in heard or not isinstance(item.source, FileSource) or item.freeze
            items.append(item if is_heard or part.own else item.model_copy(update={"sound": False}))
        else:
            items.append(item)
    return part.track.model_copy(update={"items": tuple(items)})
