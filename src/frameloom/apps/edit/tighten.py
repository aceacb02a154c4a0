"""Cut lists made by rule: drop what is silent or still, and keep or remove spans by hand.

    sound above the threshold  --###---#-##------####--
    short ones out, margins    -#####-######----######-   what is left is kept; short gaps are not worth a cut
    kept, on whole pictures    |####|   |####|  |#####|   one clip each, in order

Cuts lie on whole pictures and grow outwards, so picture and sound stay together and no margin gets shorter. The
renderer fades the sound over each join for some milliseconds, so that it does not click.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from frameloom.apps.edit.automatic.hearing import Loudness, loud_spans
from frameloom.apps.edit.automatic.spans import Span, Spans, at_least, between, common, grown, merged, snapped, total
from frameloom.apps.edit.automatic.watching import changes
from frameloom.apps.edit.timeline import MAX_ITEMS, Clip, FileSource, Timeline, Track
from frameloom.core.config import Config
from frameloom.core.errors import ConfigError, MediaError
from frameloom.core.times import Duration, Time, clock, format_time, parse_time
from frameloom.effects.sound.speech import Listening
from frameloom.media.files.source import MediaInfo, probe


class TightenConfig(Config):
    """What of a recording counts as dull, and what becomes of it."""

    input: Path
    by: Literal["sound", "motion", "both", "either"] = "sound"
    """What keeps a part: sound, motion, both at once, or either of them."""
    threshold: Annotated[float, Field(ge=-90, le=0)] | None = None
    """Level in dB of full scale above which there is sound; by default found between the noise and the voice."""
    motion: Annotated[float, Field(gt=0, lt=1)] = 0.01
    """Share of the picture that changes while there is motion."""
    min_silence: Duration = Fraction(1, 2)
    """Seconds that a dull part must last to be cut, before the margins are taken from it."""
    min_keep: Time = Fraction(3, 50)
    """Seconds that sound or motion must last to count: clicks are shorter."""
    min_cut: Duration = Fraction(1, 5)
    """Seconds that a cut must take out, after the margins."""
    before: Time = Fraction(3, 20)
    """Seconds kept before each part with sound or motion."""
    after: Time = Fraction(1, 5)
    """Seconds kept after it."""
    silent_speed: Annotated[float, Field(gt=1, le=100)] | None = None
    """How many times faster dull parts are shown; by default they are dropped."""

    @property
    def listening(self) -> Listening:
        """Return what counts as silence."""
        return Listening(
            least_silence_s=float(self.min_silence), least_sound_s=float(self.min_keep), threshold_db=self.threshold
        )


@dataclass(frozen=True)
class Tightened:
    """What was found and what becomes of it."""

    timeline: Timeline
    kept: Spans
    dull: Spans
    duration: Fraction
    """Of the recording, in seconds."""
    loudness: Loudness | None = None
    """What the threshold was chosen from, where sound counts."""

    @property
    def new_duration(self) -> Fraction:
        """Return how long it is now, in seconds."""
        return sum(
            (item.duration or Fraction(0) for item in self.timeline.tracks[0].items if isinstance(item, Clip)),
            Fraction(0),
        )

    def text(self) -> str:
        """Return how much was taken out, and each cut with its reason, for people."""
        saved = self.duration - self.new_duration
        lines = [
            f"{clock(self.duration)} -> {clock(self.new_duration)}: {clock(saved)} "
            f"({float(saved / self.duration):.0%}) saved, {len(self.dull)} dull parts"
        ]
        lines += [f"  {line}" for line in self.timeline.reason.split("; ")]
        lines += [f"  {clock(span.begin)} - {clock(span.end)}  {float(span.duration):.2f} s" for span in self.dull]
        return "\n".join(lines)


def tighten(config: TightenConfig) -> Timeline:
    """Return the timeline of a recording without its dull parts; as tightened, without the figures.

    Raises:
        MediaError: as tightened.
    """
    return tightened(config).timeline


def tightened(config: TightenConfig) -> Tightened:
    """Find what is dull in a recording and take it out, or speed it up.

    Raises:
        MediaError: unreadable, without the stream that is asked for, or nothing but dull.
    """
    info = probe(config.input)
    end = info.duration
    loudness = None
    lively: list[Spans] = []
    notes: list[str] = []
    if config.by != "motion":
        loudness, spans = loud_spans(config.input, info, config.listening)
        lively.append(spans)
        notes.append(
            f"what is below {loudness.threshold:.0f} dB is silence "
            f"(noise at {loudness.noise:.0f} dB, voice at {loudness.voice:.0f} dB)"
        )
    if config.by != "sound":
        lively.append(_moving(config, info))
        notes.append(f"motion in more than {config.motion:.1%} of the picture counts")
    together = common(*lively) if config.by == "both" else merged(span for spans in lively for span in spans)
    kept = keep(together, config, _grid(info), end)
    if not kept:
        raise MediaError(f"{config.input}: nothing but {_dull(config)} by these settings; {_remedy(config, loudness)}")
    dull = between(kept, Fraction(0), end)
    timeline = _timeline(config, kept, dull, "; ".join(notes))
    return Tightened(timeline, kept, dull, end, loudness)


def keep(lively: Iterable[Span], config: TightenConfig, rate: Fraction | None, end: Fraction) -> Spans:
    """Return what is kept of a recording, given where it is lively: pure, and the whole rule.

    Short bits do not count, gaps that are too short to cut are closed, margins are added, and cuts are put on whole
    pictures.
    """
    counted = merged(at_least(merged(lively), config.min_keep), over=config.min_silence)
    spans = grown(counted, config.before, config.after, Fraction(0), end)
    if not spans:
        return ()
    if spans[0].begin < config.min_cut:
        spans = (Span(Fraction(0), spans[0].end), *spans[1:])
    if end - spans[-1].end < config.min_cut:
        spans = (*spans[:-1], Span(spans[-1].begin, end))
    spans = merged(spans, over=config.min_cut)
    return snapped(spans, rate, Fraction(0), end) if rate else spans


def _moving(config: TightenConfig, info: MediaInfo) -> Spans:
    if info.video is None:
        raise MediaError(f"{config.input}: no video stream to find motion in; use --by sound")
    return merged(
        Span(change.time, change.time + change.duration)
        for change in changes(config.input)
        if change.share > config.motion
    )


def _grid(info: MediaInfo) -> Fraction | None:
    """Return the rate on whose pictures cuts must lie, if there are any."""
    return info.video.rate if info.video else None


def _timeline(config: TightenConfig, kept: Spans, dull: Spans, reason: str) -> Timeline:
    source = FileSource(path=config.input)
    speed = config.silent_speed
    parts = sorted([(span, True) for span in kept] + ([(span, False) for span in dull] if speed else []))
    if len(parts) > MAX_ITEMS:
        raise ConfigError(f"{config.input}: {len(parts)} parts are too many; give a longer min_silence")
    gone = {span.end: span for span in dull}
    clips = []
    for span, lively in parts:
        if lively:
            before = gone.get(span.begin)
            why = f"after {float(before.duration):.2f} s of {_dull(config)}" if before else "from the begin"
            clips.append(Clip(source=source, start=span.begin, duration=span.duration, reason=why))
        elif speed:
            length = span.duration / Fraction(repr(speed))
            why = f"{float(span.duration):.2f} s of {_dull(config)}, {speed:g} times faster"
            clips.append(Clip(source=source, start=span.begin, duration=length, speed=speed, reason=why))
    return Timeline(tracks=(Track(name="clips", items=tuple(clips)),), reason=reason)


def _dull(config: TightenConfig) -> str:
    return {
        "sound": "silence",
        "motion": "stillness",
        "both": "silence or stillness",
        "either": "silence and stillness",
    }[config.by]


def _remedy(config: TightenConfig, loudness: Loudness | None) -> str:
    """Return which settings let more count, with the values that were too high."""
    lower = [f"threshold ({loudness.threshold:.0f})"] if loudness else []
    lower += [f"motion ({config.motion:g})"] if config.by != "sound" else []
    return f"lower {' or '.join(lower)} with --choose, or keep by something else"


def _parse_range(value: object) -> object:
    """Read "0:10-0:20" as a span."""
    if isinstance(value, str):
        begin, dash, end = value.partition("-")
        if not dash:
            raise ValueError("not a range of time; write it as BEGIN-END, such as 0:10-0:20")
        value = (parse_time(begin), parse_time(end))
    elif isinstance(value, list | tuple) and len(value) == 2:
        value = (parse_time(value[0]), parse_time(value[1]))
    if isinstance(value, tuple) and not 0 <= value[0] < value[1]:
        raise ValueError("a range must end after it begins")
    return value


def _write_range(value: tuple[Fraction, Fraction]) -> str:
    return f"{format_time(value[0])}-{format_time(value[1])}"


TimeRange = Annotated[tuple[Fraction, Fraction], BeforeValidator(_parse_range), PlainSerializer(_write_range)]
"""From and until, such as "0:10-0:20"."""


class CutConfig(Config):
    """Which parts of a file to keep."""

    input: Path
    start: Time = Fraction(0)
    """Where it begins."""
    stop: Time | None = None
    """Where it ends; by default with the file."""
    keep: tuple[TimeRange, ...] = ()
    """What to keep, by default all; times are those of the file."""
    remove: tuple[TimeRange, ...] = ()
    """What to take out of that."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.stop is not None and self.stop <= self.start:
            raise ValueError(f"stop at {format_time(self.stop)} s is not after start at {format_time(self.start)} s")
        return self


def cut(config: CutConfig) -> Timeline:
    """Return the timeline of what is kept of a file, exactly as asked for.

    Raises:
        MediaError: it cannot be read.
        ConfigError: nothing is left, or it would begin after the end of the file.
    """
    end = probe(config.input).duration
    if config.start >= end:
        raise ConfigError(f"{config.input}: begins at {clock(config.start)} of {clock(end)}; begin earlier")
    whole = Span(config.start, min(end, config.stop or end))
    wanted = common([whole], [Span(*each) for each in config.keep] or [whole])
    kept = tuple(_without(wanted, [Span(*each) for each in config.remove]))
    if not kept:
        raise ConfigError(f"{config.input}: nothing is left of it; keep more or remove less")
    source = FileSource(path=config.input)
    clips = tuple(Clip(source=source, start=span.begin, duration=span.duration) for span in kept)
    return Timeline(tracks=(Track(name="clips", items=clips),), reason=f"{clock(total(kept))} of {clock(end)} kept")


def _without(wanted: Spans, removed: Iterable[Span]) -> Iterator[Span]:
    for span in wanted:
        yield from between(removed, *span)
