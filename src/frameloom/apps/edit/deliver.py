"""What comes of a timeline: a finished file, or the timeline itself in a format that another editor reads.

out.mp4, out.gif, out.wav ... --> rendered            out.toml, out.otio, out.edl, out.xml ... --> written as it is
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from frameloom.apps.edit.explain import plan_text
from frameloom.apps.edit.interchange import FORMATS, write_timeline
from frameloom.apps.edit.layout import Layout, lay_out
from frameloom.apps.edit.render import RenderConfig, render
from frameloom.apps.edit.timeline import Timeline, files_of
from frameloom.core.files import spare
from frameloom.core.progress import View
from frameloom.core.times import clock, format_time
from frameloom.media.files.formats import choose


@dataclass(frozen=True)
class Delivered:
    """What was made, and what a person should be told of it."""

    path: Path
    text: str
    notes: tuple[str, ...] = ()
    record: Mapping[str, str | int] = field(default_factory=dict)
    """Its duration in seconds, exact, and what there is to see; for programs."""


def deliver(timeline: Timeline, config: RenderConfig, view: View = "auto") -> Delivered:
    """Render a timeline, or write it where the suffix names a timeline's format.

    Raises:
        ConfigError: the timeline has problems.
        MediaError: a source is damaged, or the format does not fit.
        OutputError: the place cannot be written.
    """
    if config.out.suffix.lower() in FORMATS:
        spare(config.out, files_of(timeline))
        notes = tuple(write_timeline(timeline, config.out))
        if config.start or config.stop is not None:
            notes = (*notes, f"{config.out}: holds the whole timeline; --from and --to say what is rendered")
        duration = lay_out(timeline).duration
        record = {"duration": format_time(duration)}
        return Delivered(config.out, f"{config.out}: timeline of {clock(duration)}", notes, record)
    rendered = render(timeline, config, view)
    written = rendered.written
    size = f", {written.width}x{written.height} px, {written.frames} pictures" if written.frames else ""
    text = f"{config.out}: {clock(rendered.duration)}{size}"
    seen = {"width": written.width, "height": written.height, "pictures": written.frames}
    return Delivered(config.out, text, written.notes, {"duration": format_time(rendered.duration), **seen})


def summary(laid: Layout, config: RenderConfig) -> str:
    """Return what would be rendered, in words."""
    formats = choose(config.out, config.video, config.audio)
    codecs = " and ".join(name for name in (formats.video, formats.sound) if name)
    size = f"{laid.width}x{laid.height} px" if formats.video else ""
    head = ", ".join(part for part in (f"{config.out}: {clock(laid.duration)}", size, codecs) if part)
    return f"{head}\n{plan_text(with_lengths(laid))}"


def with_lengths(laid: Layout) -> Timeline:
    """Return a timeline whose clips all say how long they last."""
    lengths = {placed.where: placed.duration for track in laid.tracks for placed in track.clips}
    tracks = []
    for number, track in enumerate(laid.timeline.tracks):
        items = tuple(
            item.model_copy(update={"duration": lengths.get(f"tracks[{number}].items[{index}]", item.duration)})
            for index, item in enumerate(track.items)
        )
        tracks.append(track.model_copy(update={"items": items}))
    return laid.timeline.model_copy(update={"tracks": tuple(tracks)})
