"""A film condensed to a length: its best parts, in order or the best first, as a timeline for the editor.

    Analysis --interest--> scores --segments, choose--> runs --> Timeline: a clip each, that says why it was chosen

No cut splits a word, sound fades over each cut for some hundredths of a second, and the length is the one asked for to
the picture. Where words leave no way to that, the last picture stands still for what is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, PositiveInt

from frameloom.apps.edit.timeline import MAX_SIDE_PX, Clip, FileSource, Fit, Item, Marker, Timeline, Track
from frameloom.apps.summarise.analysis import Analysis
from frameloom.apps.summarise.choose import JUMP_COST, Run, summary_of, worths
from frameloom.apps.summarise.framing import Aspect, framing, size_of
from frameloom.apps.summarise.interest import Interest, interest_of
from frameloom.apps.summarise.segments import Segment, segments_of
from frameloom.apps.summarise.telling import telling
from frameloom.apps.summarise.words import words_for
from frameloom.core.config import Config
from frameloom.core.errors import ConfigError
from frameloom.core.times import Duration, clock
from frameloom.effects.curve import Keyframe
from frameloom.media.transcript import Word, text_of

SHARE = Fraction(15, 100)
"""Of a film, that a summary shows unless a length is asked for: what published summaries are measured at."""
SHORTEST = Fraction(2)
"""Seconds that a summary lasts at least: parts of less than one and a half are not cut."""
FADE_S = Fraction(3, 100)
FADE_DB = -40.0
BASE_SCORE = 0.08
"""What a dull second is worth: a longer part of the same worth is the better one."""

Order = Literal["film", "best"]


class CondenseConfig(Config):
    """How long a summary is, and in which order."""

    length: Duration | None = None
    """How long it is; by default 15 % of the film."""
    order: Order = "film"
    """As in the film, or the best first."""
    aspect: Aspect | None = None
    """Its shape, such as 9:16, cut out of the film around the subject; by default the film's own."""
    width: Annotated[PositiveInt, Field(le=MAX_SIDE_PX, multiple_of=2)] | None = None
    """Its width in px; by default as large as the film allows."""


@dataclass(frozen=True)
class Highlight:
    """A part of a film that is shown, and why."""

    start: Fraction
    stop: Fraction
    score: float
    """Mean of its seconds."""
    why: str
    said: str = ""
    """What is spoken of in it, in a few of its words, where that is known."""

    @property
    def reason(self) -> str:
        """Return why it is shown, and what is spoken of."""
        return f"{self.why}; of: {self.said}" if self.said else self.why


@dataclass(frozen=True)
class Condensed:
    """A summary before it is rendered."""

    timeline: Timeline
    highlights: tuple[Highlight, ...]
    """In the order of the timeline."""
    duration: Fraction
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the parts with their reasons, for people."""
        lines = [f"{clock(one.start)} - {clock(one.stop)}  {one.score:.2f}  {one.reason}" for one in self.highlights]
        return "\n".join(lines)

    def record(self) -> dict[str, object]:
        """Return the parts with their reasons, for programs."""
        parts = [
            {
                "start": float(one.start),
                "stop": float(one.stop),
                "score": round(one.score, 3),
                "why": one.why,
                **({"said": one.said} if one.said else {}),
            }
            for one in self.highlights
        ]
        return {"highlights": parts}


def condense(analysis: Analysis, config: CondenseConfig, said: Sequence[Word] | None = None) -> Condensed:
    """Return the summary of a film, in which what is said may be known.

    Raises:
        ConfigError: the length asked for is shorter than a second, or nothing fits into it.
    """
    rate = analysis.rate
    notes = analysis.notes
    seen = sum((span.duration for span in analysis.good), Fraction(0))
    length = config.length or max(min(SHORTEST, seen), SHARE * seen)
    if length < min(SHORTEST, seen):
        raise ConfigError(
            f"{analysis.path}: a summary of {float(length):g} s is too short to see; give {SHORTEST} s or more"
        )
    interest = interest_of(analysis)
    if length >= seen:
        notes.append(f"{analysis.path}: {clock(seen)} long, not more than the {clock(length)} asked for: all is shown")
        runs = [Run(int(-(-s.begin * rate // 1)), int(s.end * rate), (0, 0), (0, 0), ()) for s in analysis.good]
        missing = 0
    else:
        segments = segments_of(analysis.good, analysis.shots, words_for(analysis, said), rate)
        budget = round(length * rate)
        runs = best_runs(analysis, interest, segments, budget)
        if not runs:
            shortest = min((segment.length for segment in segments), default=0) / rate
            raise ConfigError(
                f"{analysis.path}: no part that ends between words fits into {clock(length)}, the shortest lasts "
                f"{clock(shortest)}; give a longer --length"
            )
        missing = budget - sum(run.length for run in runs)
    highlights = with_words([_highlight(run, interest, rate) for run in runs], said or ())
    if config.order == "best":
        highlights.sort(key=lambda one: -one.score)
    if missing > 0:
        notes.append(
            f"the last picture stands still for {float(missing / rate):.2f} s: between words nothing worth more fits"
        )
    timeline = timeline_of(analysis, highlights, size_of(analysis, config.aspect, config.width), missing / rate)
    return Condensed(
        timeline, tuple(highlights), sum((one.stop - one.start for one in highlights), missing / rate), tuple(notes)
    )


def best_runs(analysis: Analysis, interest: Interest, segments: Sequence[Segment], budget: int) -> list[Run]:
    """Return the runs that are shown of a film."""
    if not segments:
        return []
    rate = analysis.rate
    spans = [_seconds(segment.first, segment.stop, rate, len(interest.score)) for segment in segments]
    scores = np.array([interest.mean(one.first / rate, one.stop / rate) for one in segments]) + BASE_SCORE
    looks = np.stack([analysis.features[span].mean(axis=0) for span in spans])
    jump_cost = JUMP_COST * float(scores.max()) * float(rate)
    return summary_of(segments, worths(segments, scores, looks), budget, jump_cost)


def _seconds(first: int, stop: int, rate: Fraction, count: int) -> slice:
    """Return the seconds that pictures lie in."""
    begin = min(int(first / rate), count - 1)
    return slice(begin, max(begin + 1, min(int(-(-stop // rate)), count)))


def _highlight(run: Run, interest: Interest, rate: Fraction) -> Highlight:
    span = _seconds(run.first, run.stop, rate, len(interest.score))
    score = interest.mean(run.first / rate, run.stop / rate)
    return Highlight(run.first / rate, run.stop / rate, score, interest.why(span.start, span.stop))


def with_words(highlights: Sequence[Highlight], said: Sequence[Word]) -> list[Highlight]:
    """Return parts of a film, each with what is spoken of in it and in the others less."""
    texts = [
        text_of(word for word in said if one.start <= (word.start + word.end) / 2 < one.stop) for one in highlights
    ]
    phrases = telling(texts)
    return [replace(one, said=", ".join(found)) for one, found in zip(highlights, phrases, strict=True)]


def timeline_of(
    analysis: Analysis, highlights: Sequence[Highlight], size: tuple[int, int], hold: Fraction = Fraction(0)
) -> Timeline:
    """Return the timeline that shows parts of a film one after the other, the last picture standing still at last."""
    source = FileSource(path=analysis.path)
    video = analysis.info.videos[0]
    fit: Fit = "contain" if size[0] * video.height == size[1] * video.width else "cover"
    clips: list[Clip] = []
    markers: list[Marker] = []
    now = Fraction(0)
    for one in highlights:
        length = one.stop - one.start
        name = clock(one.start)
        fades = _fades(length) if analysis.info.sound else 0.0
        x, y = framing(analysis, one.start, one.stop, size)
        clips.append(
            Clip(
                source=source,
                name=name,
                start=one.start,
                duration=length,
                fit=fit,
                x=x,
                y=y,
                volume=fades,
                reason=one.reason,
            )
        )
        markers.append(Marker(time=now, name=name, note=one.reason))
        now += length
    if hold:
        last = highlights[-1].stop - 1 / analysis.rate
        x, y = framing(analysis, last, highlights[-1].stop, size)
        held = Clip(source=source, start=last, duration=hold, freeze=True, fit=fit, x=x, y=y)
        clips.append(held.model_copy(update={"reason": "fills the length"}))
    return Timeline(
        name=analysis.path.stem,
        width=size[0],
        height=size[1],
        rate=analysis.rate,
        tracks=(Track(name="summary", items=tuple(clips)),),
        markers=tuple(markers),
        reason=f"{clock(now + hold)} of {clock(analysis.duration)}",
    )


def without_fades(timeline: Timeline) -> Timeline:
    """Return a timeline for other editors, which fade sound in their own ways."""

    def plain(item: Item) -> Item:
        return item.model_copy(update={"volume": 0.0}) if isinstance(item, Clip) else item

    tracks = tuple(track.model_copy(update={"items": tuple(map(plain, track.items))}) for track in timeline.tracks)
    return timeline.model_copy(update={"tracks": tracks})


def _fades(length: Fraction) -> tuple[Keyframe, ...]:
    """Return a volume that comes up at the begin and goes down at the end."""
    fade = min(FADE_S, length / 3)
    levels = ((Fraction(0), FADE_DB), (fade, 0.0), (length - fade, 0.0), (length, FADE_DB))
    return tuple(Keyframe(t=time, value=value, easing="linear") for time, value in levels)
