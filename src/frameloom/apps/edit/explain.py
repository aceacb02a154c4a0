"""The plan of an edit as a table: what comes when, from where, for how long, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from frameloom.apps.edit.timeline import Clip, FileSource, Gap, ImageSource, Timeline, Track, Transition
from frameloom.core.times import clock


@dataclass(frozen=True)
class Row:
    """A line of a plan: a clip, or how one becomes the next; times in seconds on the timeline."""

    kind: str
    """clip, transition or gap."""
    what: str
    begin: Fraction
    end: Fraction
    start: Fraction | None
    """Where in its source a clip begins."""
    reason: str


def plan_rows(track: Track) -> Iterator[Row]:
    """Yield the rows of a track whose clips all say how long they last."""
    now = Fraction(0)
    for index, item in enumerate(track.items):
        length = item.duration or Fraction(0)
        if isinstance(item, Transition):
            inside = 0 < index < len(track.items) - 1
            begin = now - length if inside or index else now
            yield Row("transition", item.name, begin, begin + length, None, item.reason)
            now = begin if inside else now
        elif isinstance(item, Gap):
            yield Row("gap", "nothing", now, now + length, None, "")
            now += length
        else:
            now = now if item.at is None else item.at
            yield Row("clip", _called(item), now, now + length, item.start, item.reason)
            now += length


def plan_text(timeline: Timeline) -> str:
    """Return a plan for people: each clip with its times, each transition between them, with reasons."""
    lines = [timeline.reason] if timeline.reason else []
    for track in timeline.tracks:
        lines.append(f"\n{track.name or 'track'}:" if len(timeline.tracks) > 1 else "")
        for row in plan_rows(track):
            length = clock(row.end - row.begin)
            if row.kind == "transition":
                lines.append(
                    f"  {clock(row.begin):>9}    ~ {row.what}, {length}{': ' if row.reason else ''}{row.reason}"
                )
                continue
            start = f", from {clock(row.start)} of it" if row.start else ""
            lines.append(f"  {clock(row.begin):>9}  {row.what}, {length}{start}")
            lines += [f"               {part}" for part in row.reason.split("; ") if part]
    return "\n".join(lines).lstrip("\n")


def _called(clip: Clip) -> str:
    if clip.name:
        return clip.name
    return clip.source.path.name if isinstance(clip.source, FileSource | ImageSource) else clip.source.kind
