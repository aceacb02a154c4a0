"""A timeline becomes a finished file.

    Timeline --layout--> compose --pictures--> encoder --+
                  |                                      +--> out.mp4, whole or not at all
                  +----> sounding --samples--> loudness -+

Long work is encoded in segments that stay when it is stopped: the same command goes on where it was, and what is
there can be watched as out.partial.mp4.
"""

import hashlib
import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Literal

from frameloom.apps.edit.compose import background, compose
from frameloom.apps.edit.copying import copy_parts
from frameloom.apps.edit.layout import Layout, lay_out, layout
from frameloom.apps.edit.sounding import has_sound, sounding
from frameloom.apps.edit.timeline import Timeline, files_of
from frameloom.apps.edit.words import add_soft, burned, read_soft
from frameloom.core.config import Config
from frameloom.core.errors import ConfigError, MediaError
from frameloom.core.files import spare
from frameloom.core.progress import View, showing
from frameloom.core.provenance import commit, version
from frameloom.core.times import Time, clock
from frameloom.effects.sound.loudness import Adjustment, adjust, plan_for, target_of
from frameloom.media.files.assembly import assemble, keep_playable
from frameloom.media.files.formats import CONTAINERS, SoundFormat, VideoFormat
from frameloom.media.files.remux import CopyError, write_copying
from frameloom.media.files.segments import SEGMENT_S, encode_segment, missing_segments, segmented
from frameloom.media.files.sink import write_media
from frameloom.media.files.workplace import alone
from frameloom.media.frames import Chapter, Written
from frameloom.media.planes import Planes
from frameloom.media.sound import Sound
from frameloom.media.subtitles.soft import holds_subtitles

LINE_S = 5
"""Seconds between two lines of progress, where there is no bar."""


class RenderConfig(Config):
    """Where a timeline is rendered to, and how."""

    out: Path
    """The file; its suffix names the container. None is a folder of PNG, .wav and the like hold sound alone."""
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
    notes: list[str]
    """What a person should be told; grows while the work is done."""

    @property
    def in_segments(self) -> bool:
        """Return whether it is long enough to be encoded in pieces, in a file that can be put together of them."""
        container = CONTAINERS[self.config.out.suffix.lower()]
        return self.pictures and bool(container.format) and self.stop - self.first > SEGMENT_S * self.laid.rate

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
    spare(config.out, files_of(timeline))
    laid = layout(shrunk(timeline, config.draft))
    job = plan_job(laid, config)
    soft = read_soft(laid, *job.span) if job.pictures and holds_subtitles(config.out) else []
    loudness = loudness_of(job) if job.sound else Adjustment()
    copied, why = _copied(job, loudness) if config.copy_untouched and job.pictures else (None, "")
    written = copied or (_long if job.in_segments else _at_once)(job, loudness, view)
    start, stop = job.span
    add_soft(soft, config.out)
    told = [why, f"sound: {loudness.note}" if loudness.note else "", *written.notes]
    notes = tuple(dict.fromkeys([*job.notes, *filter(None, told)]))
    return Rendered(replace(written, notes=notes), stop - start)


def _copied(job: Job, loudness: Adjustment) -> tuple[Written | None, str]:
    """Write a file in which untouched pictures are copied; where that cannot be, return why."""
    laid, config = job.laid, job.config
    parts, why = copy_parts(laid, job.first, job.stop)
    if not parts:
        return None, f"nothing is copied: {why}"
    try:
        written = write_copying(
            config.out,
            parts,
            heard(job, loudness) if job.sound else None,
            rate=laid.rate,
            video=config.video,
            sample_rate=laid.timeline.sample_rate,
            channels=laid.timeline.channels,
            audio=config.audio,
            made_by=made_by(),
            chapters=chapters(job),
        )
    except CopyError as error:
        return None, f"nothing is copied: {error}"
    return written, ""


def _at_once(job: Job, loudness: Adjustment, view: View) -> Written:
    """Write pictures and sound side by side."""
    laid, config = job.laid, job.config
    return write_media(
        config.out,
        _watched(job, [(job.first, job.stop)], view) if job.pictures else None,
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


def _long(job: Job, loudness: Adjustment, view: View) -> Written:
    """Write in segments, while nobody else writes to the same file."""
    with alone(job.config.out):
        return _in_segments(job, loudness, view)


def _in_segments(job: Job, loudness: Adjustment, view: View) -> Written:
    """Encode what is missing of the pictures, then put all of them and the sound together.

    Raises:
        KeyboardInterrupt: stopped; what is there can be played, and the same command goes on.
    """
    laid, config = job.laid, job.config
    work = segmented(
        config.out,
        _key(job),
        frames=job.stop - job.first,
        rate=laid.rate,
        width=laid.width,
        height=laid.height,
        depth=laid.depth,
        color=laid.color,
        video=config.video,
        alpha=background(laid).alpha is not None,
    )
    timeline = laid.timeline
    spare(work.partial, files_of(timeline))
    missing = missing_segments(work)
    try:
        runs = [(job.first + segment.first, job.first + segment.first + segment.count) for segment in missing]
        with closing(_watched(job, runs, view)) as pictures:
            for segment in missing:
                encode_segment(work, segment, islice(pictures, segment.count))
        return assemble(
            work,
            heard(job, loudness) if job.sound else None,
            sample_rate=timeline.sample_rate,
            channels=timeline.channels,
            audio=config.audio,
            made_by=made_by(),
            chapters=chapters(job),
        )
    except KeyboardInterrupt:
        kept = keep_playable(
            work,
            heard(job, loudness) if job.sound else None,
            sample_rate=timeline.sample_rate,
            channels=timeline.channels,
            audio=config.audio,
            made_by=made_by(),
        )
        there = f"{clock(kept.frames / laid.rate)} can be watched as {kept.path}" if kept else "nothing is whole yet"
        raise KeyboardInterrupt(f"{config.out}: stopped; {there}; the same command goes on from there") from None


def _key(job: Job) -> str:
    """Return what the pictures of a job depend on: the timeline, the files it names as they are now, and the span."""
    named = {path for path in files_of(job.laid.timeline) if path.exists()}
    files = sorted(named.union(*(path.iterdir() for path in named if path.is_dir())))
    stats = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    settings = job.laid.timeline.model_dump_json(exclude={"loudness", "markers"})
    text = json.dumps([settings, stats, job.first, job.stop, job.laid.width, job.laid.height, version(), commit()])
    return hashlib.sha256(text.encode()).hexdigest()


def plan_job(laid: Layout, config: RenderConfig) -> Job:
    """Return what will be written.

    Raises:
        MediaError: the suffix is unknown.
        ConfigError: the span lies outside, or nothing would be written.
    """
    container = CONTAINERS.get(config.out.suffix.lower())
    if container is None:
        known = ", ".join(name for name in CONTAINERS if name)
        raise MediaError(
            f"{config.out}: unknown suffix {config.out.suffix!r}; known: {known}, or none for a folder of PNG"
        )
    stop = laid.duration if config.stop is None else min(config.stop, laid.duration)
    if config.start >= stop:
        raise ConfigError(
            f"--from {clock(config.start)} --to {clock(stop)}: nothing lies there; "
            f"the timeline is {clock(laid.duration)} long"
        )
    begin = int(config.start * laid.rate)
    end = laid.frames if stop == laid.duration else max(begin + 1, int(stop * laid.rate + Fraction(1, 2)))
    heard_at_all = has_sound(laid)
    seen = any(
        placed.has_pictures
        for track in laid.tracks
        for placed in track.clips
        if track.track.kind == "video" and not track.track.hidden
    ) or any(subtitles.burn for subtitles in laid.timeline.subtitles)
    pictures = seen and bool(container.video)
    notes = [str(problem) for problem in laid.problems]
    kind = config.out.suffix or "a folder of PNG"
    if heard_at_all and not container.sound:
        notes.append(f"{config.out}: {kind} holds no sound; it is left out")
    if not holds_subtitles(config.out) and not all(subtitles.burn for subtitles in laid.timeline.subtitles):
        notes.append(f"{config.out}: {kind} holds no subtitle tracks; they are left out")
    if not pictures and not (heard_at_all and container.sound):
        raise ConfigError(
            f"{config.out}: nothing to write there; the timeline has {'no sound' if seen else 'no pictures'}"
        )
    return Job(laid, config, begin, end, pictures, heard_at_all and bool(container.sound), notes)


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
    markers = sorted(
        (marker for marker in job.laid.timeline.markers if start <= marker.time < stop), key=lambda m: m.time
    )
    ends = [*(marker.time for marker in markers), stop][1:]
    return [Chapter(marker.time - start, end - start, marker.name) for marker, end in zip(markers, ends, strict=True)]


def made_by() -> str:
    """Return what stands in a file as its maker."""
    return f"frameloom {version()} edit"


def _watched(job: Job, runs: list[tuple[int, int]], view: View) -> Generator[Planes, None, None]:
    """Yield the pictures of runs of frames, from each first number up to its stop, while progress is shown."""
    for step in showing(_steps(job, runs), job.config.out.name, view):
        yield step.picture


def _steps(job: Job, runs: list[tuple[int, int]]) -> Iterator[_Step]:
    began = said = monotonic()
    rate, total = job.laid.rate, job.stop - job.first
    done = before = total - sum(stop - first for first, stop in runs)
    for picture in _composed(job, runs):
        done += 1
        now = monotonic()
        speed = (done - before) / max(now - began, 1e-6)
        text = f"{clock(done / rate, 0)} of {clock(total / rate, 0)}, {speed:.0f} pictures/s"
        worth_a_line = now - said >= LINE_S
        said = now if worth_a_line else said
        record = {"picture": done, "of": total, "pictures_per_s": round(speed, 1)} if worth_a_line else {}
        yield _Step(picture, done / total, text, record)


def _composed(job: Job, runs: list[tuple[int, int]]) -> Iterator[Planes]:
    for first, stop in _merged(runs):
        with burned(job.laid) as overlays:
            yield from compose(job.laid, first, stop, overlays, job.notes.append)


def _merged(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return runs with neighbours made one, so that nothing is opened anew where they meet.

    >>> _merged([(0, 5), (5, 9), (12, 15)])
    [(0, 9), (12, 15)]
    """
    merged: list[tuple[int, int]] = []
    for first, stop in runs:
        if merged and merged[-1][1] == first:
            merged[-1] = (merged[-1][0], stop)
        else:
            merged.append((first, stop))
    return merged
