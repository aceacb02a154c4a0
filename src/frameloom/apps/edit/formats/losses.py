"""What the older formats cannot hold, in words."""

from fractions import Fraction

from frameloom.apps.edit.formats.pieces import prober, rate_of
from frameloom.apps.edit.timeline import Timeline

_NTSC = Fraction(1000, 1001)
USUAL_RATES = tuple(sorted([*map(Fraction, (24, 25, 30, 48, 50, 60)), *(rate * _NTSC for rate in (24, 30, 48, 60))]))
"""Frames per second for which there are time codes, SMPTE ST 12-1 and ST 12-3."""


def countable(timeline: Timeline) -> tuple[Timeline, list[str]]:
    """Return a timeline at a rate with time codes, and a note if its own has none: a multiple of it, or the nearest."""
    rate = rate_of(timeline, prober())
    if rate in USUAL_RATES:
        return timeline.model_copy(update={"rate": rate}), []
    multiples = [usual for usual in USUAL_RATES if (usual / rate).denominator == 1]
    near = multiples[0] if multiples else min(USUAL_RATES, key=lambda usual: abs(usual - rate))
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
