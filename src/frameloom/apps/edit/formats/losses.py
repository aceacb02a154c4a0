"""What the older formats cannot hold, in words."""

from fractions import Fraction

from frameloom.apps.edit.formats.pieces import prober, rate_of
from frameloom.apps.edit.timeline import Timeline


def countable(timeline: Timeline) -> tuple[Timeline, list[str]]:
    """Return a timeline at a whole rate or one of NTSC's, in which frames are counted; and a note if it had another."""
    rate = rate_of(timeline, prober())
    nominal = round(rate)
    if rate in {Fraction(nominal), Fraction(nominal * 1000, 1001)}:
        return timeline.model_copy(update={"rate": rate}), []
    near = Fraction(max(nominal, 1))
    return timeline.model_copy(update={"rate": near}), [f"rate: {rate} frames per second are written as {near}"]


def lost_settings(timeline: Timeline) -> list[str]:
    """Return notes of settings that only our own formats keep."""
    kept = {"name", "rate", "tracks", "markers", "reason", "width", "height"}
    fields = {name: field.default for name, field in Timeline.model_fields.items() if name not in kept}
    lost = [name for name, default in fields.items() if getattr(timeline, name) != default]
    notes = [f"{name}: not kept by this format" for name in lost]
    for number, track in enumerate(timeline.tracks):
        for name in ("volume", "duck"):
            if getattr(track, name):
                notes.append(f"tracks[{number}].{name}: not kept by this format")
    return notes
