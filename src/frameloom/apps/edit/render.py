"""A timeline becomes a finished file.

    Timeline --layout--> compose --pictures--> encoder --+
                  |                                      +--> out.mp4, whole or not at all
                  +----> sounding --samples--> loudness -+

Long work is encoded in segments that stay when it is stopped: the same command goes on where it was, and what is there can
be watched as out.partial.mp4.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from time import monotonic
from typing import Literal

from frameloom.apps.edit.compose import Overlay, compose
from frameloom.apps.edit.layout import Layout, lay_out, layout
from frameloom.apps.edit.sounding import has_sound, sounding
from frameloom.apps.edit.timeline import Timeline
from frameloom.apps.edit.words import burned
from frameloom.core.config import Config
from frameloom.core.errors import ConfigError, MediaError
from frameloom.core.progress import View, showing
from frameloom.core.provenance import version
from frameloom.core.times import Time, clock
from frameloom.effects.loudness import Adjustment, adjust, plan_for, target_of
from frameloom.media.formats import CONTAINERS, SoundFormat, VideoFormat
from frameloom.media.frames import Chapter, Written
from frameloom.media.planes import Planes
from frameloom.media.sink import write_media
from frameloom.media.sound import Sound

SEGMENT_S = 20
"""Seconds of pictures that are encoded as a piece of their own, and the most that is lost when work is stopped."""


class RenderConfig(Config):
    """Where a timeline is rendered to, and how."""

    out: Path
    """The file; its suffix names the container: .mp4, .mov, .mkv, .webm, .gif, .webp, a folder of PNG, or sound alone."""
    video: VideoFormat = VideoFormat()
    audio: SoundFormat = SoundFormat()
    draft: Literal[1, 2, 4, 8] = 1
    """Divides width and height, for a quick look."""
    start: Time = Fraction(0)
    """Where on the timeline to begin."""
    stop: Time | None = None
    """Where on the timeline to end."""
    copy_untouched: bool = False
    """Whether to copy what is not changed instead of encoding it again."""


@dataclass(frozen=True)
class Rendered:
    """What was made."""

    written: Written
    duration: Fraction


@dataclass(frozen=True)
class Job:
    """A part of a layout, and what of it is written."""

    laid: Layout
    config: RenderConfig
    first: int
    """Number of the first picture."""
    stop: int
    """Number of the picture after the last."""
    pictures: bool
    sound: bool
    notes: tuple[str, ...]

    @property
    def span(self) -> tuple[Fraction, Fraction]:
        """Return begin and end on the timeline, in seconds; the end of a whole timeline is its own, to the sample."""
        laid = self.laid
        end = laid.duration if self.stop == laid.frames and not self.pictures else self.stop / laid.rate
        return self.first / laid.rate, end


@dataclass(frozen=True)
class _Step:
    """A picture on its way to the encoder, and how far the work is."""

    picture: Planes
    progress: float
    text: str
    record: Mapping[str, float | int | str] = field(default_factory=dict)


def render(timeline: Timeline, config: RenderConfig, view: View = "auto") -> Rendered:
    """Write a timeline as a finished file, while progress is shown.

    Raises:
        ConfigError: the timeline has problems; lists them all.
        MediaError: a source is damaged, or the format does not fit.
        OutputError: the place cannot be written.
        KeyboardInterrupt: stopped; the message says what is there and how to go on.
    """
    job = plan_job(layout(shrunk(timeline, config.draft)), config)
    laid = job.laid
    loudness = loudness_of(job) if job.sound else Adjustment()
    written = write_media(
        config.out,
        _watched(job, view) if job.pictures else None,
        heard(job, loudness) if job.sound else None,
        rate=laid.rate,
        width=laid.width,
        height=laid.height,
        depth=laid.depth,
        color=laid.color,
        sample_rate=laid.timeline.sample_rate,
        channels=laid.timeline.channels,
        video=config.video,
        audio=config.audio,
        made_by=made_by(),
        chapters=chapters(job),
    )
    start, stop = job.span
    notes = (*job.notes, *(["sound: " + loudness.note] if loudness.note else []), *written.notes)
    return Rendered(replace(written, notes=notes), stop - start)


def plan_job(laid: Layout, config: RenderConfig) -> Job:
    """Return what will be written.

    Raises:
        MediaError: the suffix is unknown.
        ConfigError: the span lies outside, or nothing would be written.
    """
    container = CONTAINERS.get(config.out.suffix.lower())
    if container is None:
        known = ", ".join(name for name in CONTAINERS if name)
        raise MediaError(f"{config.out}: unknown suffix {config.out.suffix!r}; known: {known}, or none for a folder of PNG")
    stop = laid.duration if config.stop is None else min(config.stop, laid.duration)
    if config.start >= stop:
        raise ConfigError(
            f"--from {clock(config.start)} --to {clock(stop)}: nothing lies there; the timeline is {clock(laid.duration)} long"
        )
    begin = int(config.start * laid.rate)
    end = laid.frames if stop == laid.duration else max(begin + 1, int(stop * laid.rate + Fraction(1, 2)))
    heard_at_all = has_sound(laid)
    seen = any(track.track.kind == "video" and not track.track.hidden for track in laid.tracks)
    pictures = seen and bool(container.video)
    notes = [str(problem) for problem in laid.problems]
    if heard_at_all and not container.sound:
        notes.append(f"{config.out}: {config.out.suffix or 'a folder of PNG'} holds no sound; it is left out")
    if not pictures and not (heard_at_all and container.sound):
        raise ConfigError(f"{config.out}: nothing to write there; the timeline has {'no sound' if seen else 'no pictures'}")
    return Job(laid, config, begin, end, pictures, heard_at_all and bool(container.sound), tuple(notes))


def shrunk(timeline: Timeline, draft: int) -> Timeline:
    """Return a timeline with its sides divided."""
    if draft == 1:
        return timeline
    laid = lay_out(timeline)
    width, height = (max(2, side // (2 * draft) * 2) for side in (laid.width, laid.height))
    return timeline.model_copy(update={"width": width, "height": height, "rate": laid.rate})


def loudness_of(job: Job) -> Adjustment:
    """Return what brings the sound of a job to the loudness that its timeline asks for: a first pass over it."""
    timeline = job.laid.timeline
    if timeline.loudness is None:
        return Adjustment()
    target = target_of(timeline.loudness)
    return plan_for(
        lambda: sounding(job.laid, *job.span), target, rate=timeline.sample_rate, channels=timeline.channels
    )


def heard(job: Job, adjustment: Adjustment) -> Iterator[Sound]:
    """Return the sound of a job at its loudness."""
    blocks = sounding(job.laid, *job.span)
    return adjust(blocks, adjustment, rate=job.laid.timeline.sample_rate)


def chapters(job: Job) -> list[Chapter]:
    """Return a timeline's markers as chapters of the part that is written."""
    start, stop = job.span
    markers = sorted((marker for marker in job.laid.timeline.markers if start <= marker.time < stop), key=lambda m: m.time)
    ends = [*(marker.time for marker in markers), stop][1:]
    return [
        Chapter(marker.time - start, end - start, marker.name) for marker, end in zip(markers, ends, strict=True)
    ]


def made_by() -> str:
    """Return what stands in a file as its maker."""
    return f"frameloom {version()} edit"


def _watched(job: Job, view: View) -> Iterator[Planes]:
    """Yield the pictures of a job while progress is shown."""
    steps = showing(_steps(job), job.config.out.name, view)
    return (step.picture for step in steps)


def _steps(job: Job) -> Iterator[_Step]:
    began = said = monotonic()
    total = job.stop - job.first
    overlays: tuple[Overlay, ...] = burned(job.laid)
    for number, picture in enumerate(compose(job.laid, job.first, job.stop, overlays), 1):
        now = monotonic()
        speed = number / max(now - began, 1e-6)
        text = f"{clock(number / job.laid.rate, 0)} of {clock(total / job.laid.rate, 0)}, {speed:.0f} pictures/s"
        worth_a_line = now - said >= 5
        said = now if worth_a_line else said
        record = {"picture": number, "of": total, "pictures_per_s": round(speed, 1)} if worth_a_line else {}
        yield _Step(picture, number / total, text, record)
