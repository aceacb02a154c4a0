"""Join clips into one video, in full or with cut points and transitions that are chosen and explained.

    a.mp4  b.mp4  c.mp4  [music.mp3]
      |  examine: look and listen            footage.py, watching.py
      |  usable: drop black and stray ends   footage.py
      |  cut_point: a pause between words, a beat of the music
      |  choose: the table of rules          rules.py
      v
    Timeline, with a reason in words on each clip and transition

What holds above all: no word is cut, and none lies under a transition. Times fall on whole pictures of the first clip.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, NonNegativeInt, model_validator

from frameloom.apps.edit.automatic.beats import NO_BEATS, Beats, music_track, read_beats
from frameloom.apps.edit.automatic.footage import Footage, examine, is_still, length_of, usable
from frameloom.apps.edit.automatic.rules import STYLES, Choice, Join, StyleName, choose
from frameloom.apps.edit.automatic.spans import Span, between, pause_at, touches
from frameloom.apps.edit.automatic.watching import edge
from frameloom.apps.edit.timeline import MAX_ITEMS, Clip, FileSource, ImageSource, Item, Timeline, Track, Transition
from frameloom.core.config import Config
from frameloom.core.errors import ConfigError
from frameloom.core.times import Duration, clock
from frameloom.effects.transitions import TransitionName

CLIPS = "clips"
"""Name of the track of clips."""
DEFAULT_RATE = Fraction(25)
OFF_BAR_S = Fraction(1)
"""Seconds of footage that a cut on the first beat of a bar is worth."""
LATE_S = Fraction(1, 4)
"""How long after a word a clip goes on when it ends in a pause."""
LATE_COST = 2
"""How many seconds too early are as bad as one too late, where a clip may not be longer."""
TALK_S = Fraction(3, 10)
"""Words that come this near to a join on both sides make it a conversation."""


class JoinConfig(Config):
    """Which clips to join, and how."""

    inputs: Annotated[tuple[Path, ...], Field(min_length=1, max_length=MAX_ITEMS // 2)]
    """Video files or pictures, in order."""
    music: Path | None = None
    """A sound file to play under them; repeated from bar to bar when it is too short."""
    music_volume: Annotated[float, Field(ge=-60, le=12)] = 0.0
    """Gain of the music in dB."""
    duck: bool = True
    """Whether the music falls while the clips are heard."""
    auto: bool = False
    """Whether to choose cut points and transitions from what is seen and heard; else clips are shown in full."""
    style: StyleName = "calm"
    """How much the automatic choice shows of the joining itself."""
    transition: TransitionName = "cut"
    """How each clip becomes the next, when it is not chosen automatically."""
    duration: Duration = Fraction(1)
    """Seconds of such a transition."""
    shortest: Duration = Fraction(1)
    """Seconds that the automatic choice leaves of a clip at least, where it has that much."""
    longest: Duration | None = None
    """Seconds that the automatic choice shows of a clip at most; it may pass this to finish a word."""
    seed: NonNegativeInt = 0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.longest is not None and self.longest < self.shortest:
            raise ValueError(f"longest is {self.longest} s, but shortest is {self.shortest} s; make longest the larger")
        return self


@dataclass(frozen=True)
class CutPoint:
    """Where a clip ends, in its own time, and why there."""

    time: Fraction
    reason: str
    on_beat: bool = False


@dataclass(frozen=True)
class Piece:
    """A clip with the span of it that is of use."""

    footage: Footage
    span: Span
    notes: tuple[str, ...] = ()


def join(config: JoinConfig) -> Timeline:
    """Return the timeline that joins the clips.

    Raises:
        MediaError: a file cannot be read.
        ConfigError: a clip is too short for the transition that was asked for.
    """
    beats = read_beats(config.music) if config.music else NO_BEATS
    if config.auto:
        footage = [examine(path, config.longest) for path in config.inputs]
        items, total = automatic(footage, config, beats)
        reason = f"joined automatically, style {config.style}"
    else:
        items, total = in_full(config)
        reason = "joined in full"
    tracks = [Track(name=CLIPS, items=items)]
    if config.music:
        tracks.append(music_track(config.music, beats, total, config.music_volume, CLIPS if config.duck else None))
    return Timeline(tracks=tuple(tracks), reason=reason)


def in_full(config: JoinConfig) -> tuple[tuple[Item, ...], Fraction]:
    """Return clips in full with the same transition between all, and their length together.

    Raises:
        ConfigError: a clip is too short for it.
    """
    items: list[Item] = []
    total = Fraction(0)
    overlap = config.duration if config.transition != "cut" else Fraction(0)
    for index, path in enumerate(config.inputs):
        length = length_of(path)
        sides = (index > 0) + (index < len(config.inputs) - 1)
        if overlap * sides > length:
            raise ConfigError(
                f"{path}: {clock(length)} s are too short for {sides} transition(s) of {clock(overlap)} s; "
                "give a shorter --duration"
            )
        if index and overlap:
            items.append(Transition(name=config.transition, duration=overlap, seed=config.seed))
            total -= overlap
        items.append(Clip(source=source_of(path), duration=length))
        total += length
    return tuple(items), total


def automatic(
    footage: Sequence[Footage], config: JoinConfig, beats: Beats = NO_BEATS
) -> tuple[tuple[Item, ...], Fraction]:
    """Return clips, cut and joined by the rules, and their length together; pure in what was measured."""
    rate = next((each.rate for each in footage if each.rate), DEFAULT_RATE)
    pieces = [Piece(each, *usable(each)) for each in footage]
    past: list[Choice] = []
    items: list[Item] = []
    now = Fraction(0)
    into = ""
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        begin = piece.span.begin
        point = cut_point(piece, config, NO_BEATS if following is None else beats, now, rate)
        length = point.time - begin
        choice = None
        if following is not None:
            join = facts(piece, following, point, config, beats, rate, len(past))
            choice = choose(join, STYLES[config.style], past)
            past.append(choice)
            length += choice.length / 2 if point.on_beat else 0
        notes = [note for note in piece.notes if note.endswith("head") or _limit(piece, config) == piece.span.end]
        reason = "; ".join(part for part in (into, *notes, f"ends {point.reason}") if part)
        items.append(Clip(source=source_of(piece.footage.path), start=begin, duration=length, reason=reason))
        now += length
        into = choice.reason if choice else ""
        if choice is not None and choice.length:
            items.append(_transition(choice, config.seed))
            now -= choice.length
            into = ""
    return tuple(items), now


def _limit(piece: Piece, config: JoinConfig) -> Fraction:
    """Return the latest time at which a clip should end."""
    begin, end = piece.span
    return end if config.longest is None else min(end, begin + config.longest)


def cut_point(piece: Piece, config: JoinConfig, beats: Beats, now: Fraction, rate: Fraction) -> CutPoint:
    """Return where a clip that begins on the timeline at `now` ends: on a beat, in a pause, or where it ends."""
    begin, end = piece.span
    limit = _limit(piece, config)
    soonest = min(begin + config.shortest, limit)
    if found := _on_beat(piece, soonest, limit, beats, now, rate):
        return found
    words = piece.footage.words
    off = ", off the beat, which the words do not allow" if beats.times and words else ""
    off = off or (", as the music has no beat there" if beats.times else "")
    if limit == end:
        what = "the end of the clip" if end == piece.footage.duration else "the last picture of use"
        return CutPoint(_whole_pictures(piece, end, rate), f"at {clock(end)}, {what}{_after_word(piece, end)}{off}")
    return _in_a_pause(piece, soonest, limit, rate, off)


def _on_beat(
    piece: Piece, soonest: Fraction, limit: Fraction, beats: Beats, now: Fraction, rate: Fraction
) -> CutPoint | None:
    """Return the beat that costs least of the clip: no word is cut or lost, and half a beat is left to overlap.

    The first beat of a bar may cost a second more than another one.
    """
    begin, end = piece.span
    words = piece.footage.guarded
    said = max((word.end for word in words if word.end <= limit), default=begin)
    best: tuple[Fraction, CutPoint] | None = None
    for beat in beats.within(now + soonest - begin, now + limit - begin):
        time = begin + round((beat - now) * rate) / rate
        if time + beats.period / 2 > end or time < said or touches(words, time, time):
            continue
        is_bar = beats.is_bar(beat)
        cost = limit - time + (0 if is_bar else OFF_BAR_S)
        if best is None or cost < best[0]:
            what = "the first beat of a bar" if is_bar else "a beat"
            reason = f"at {clock(time)}, on {what} of the music at {clock(beat)}{_after_word(piece, time)}"
            best = cost, CutPoint(time, reason, on_beat=True)
    return best[1] if best else None


def _in_a_pause(piece: Piece, soonest: Fraction, limit: Fraction, rate: Fraction, off: str) -> CutPoint:
    """Return where to stop a clip that is longer than it may be: in the pause nearest to that, late ones at a price."""
    begin, end = piece.span
    words = piece.footage.guarded
    if not words:
        time = begin + (limit - begin) * rate // 1 / rate
        return CutPoint(time, f"at {clock(time)}, the longest that was asked for{off}")
    best: tuple[Fraction, Fraction] | None = None
    for pause in between(words, begin, end):
        wished = max(pause.begin, min(limit, pause.begin + LATE_S))
        time = begin - (begin - wished) * rate // 1 / rate
        if soonest <= time <= pause.end:
            cost = limit - time if time <= limit else LATE_COST * (time - limit)
            best = min(best or (cost, time), (cost, time))
    if best is None:
        return CutPoint(end, f"at {clock(end)}, with the clip, as there is no pause between its words{off}")
    time = best[1]
    late = ", later than asked for, to finish a word" if time > limit else ""
    return CutPoint(time, f"at {clock(time)}{late}{_after_word(piece, time)}{off}")


def _after_word(piece: Piece, time: Fraction) -> str:
    """Say which pause a time lies in."""
    pause = pause_at(piece.footage.words, time, *piece.span)
    if pause is None or pause.begin <= piece.span.begin:
        return ""
    place = "the last word" if pause.end >= piece.span.end else "a word"
    return f", in the pause of {float(pause.duration):.2f} s after {place}"


def _whole_pictures(piece: Piece, end: Fraction, rate: Fraction) -> Fraction:
    """Return an end that lies on a whole picture, unless it is that of the file or a word would be lost."""
    begin = piece.span.begin
    time = begin + (end - begin) * rate // 1 / rate
    return end if end == piece.footage.duration or touches(piece.footage.guarded, time, end) else time


def facts(
    before: Piece, after: Piece, point: CutPoint, config: JoinConfig, beats: Beats, rate: Fraction, number: int
) -> Join:
    """Return what the rules want to know of a join."""
    ends, begins = point.time, after.span.begin
    room, what = _room(before, after, point)
    ahead = before.footage.guarded, after.footage.guarded
    talk = all(ahead) and _quiet_before(before, ends) < TALK_S and _quiet_after(after, begins) < TALK_S
    tail = before.footage.tail if ends > before.footage.tail.start else before.footage.head
    fades = [
        "the first clip fades out by itself" if tail.found.fade_out is not None and ends > tail.found.fade_out else "",
        "the next clip fades in by itself"
        if (into := after.footage.head.found.fade_in) is not None and begins < into
        else "",
    ]
    one, other = before.footage.recorded, after.footage.recorded
    longest = after.span.duration if config.longest is None else min(after.span.duration, config.longest)
    return Join(
        before=edge(tail, min(ends, tail.stop), "before"),
        after=edge(after.footage.head, begins, "after"),
        shorter=min(ends - before.span.begin, longest),
        room=room,
        room_ends_at=what,
        talk=talk,
        fades=" and ".join(part for part in fades if part),
        apart=Fraction(round(abs((one - other).total_seconds()))) if one and other else None,
        beat=beats.period if point.on_beat else None,
        step=2 / rate,
        number=number,
        seed=config.seed,
    )


def _room(before: Piece, after: Piece, point: CutPoint) -> tuple[Fraction, str]:
    """Return the longest overlap that covers no word and no hard cut, and what a longer one would cover.

    It lies before the cut point, or around it when that is a beat; of the next clip it is always the first part.
    """
    ends, begins = point.time, after.span.begin
    shots = [ends - cut for cut in before.footage.cuts if cut < ends]
    coming = [cut - begins for cut in after.footage.cuts if cut > begins]
    share = 2 if point.on_beat else 1
    rooms = [
        (share * _quiet_before(before, ends), "a word of the first clip"),
        (_quiet_after(after, begins), "a word of the next clip"),
        (share * min(shots, default=ends - before.span.begin), "a hard cut in the first clip"),
        (min(coming, default=after.span.duration), "a hard cut in the next clip"),
    ]
    if point.on_beat:
        left = min([_quiet_after(before, ends), *(cut - ends for cut in before.footage.cuts if cut >= ends)])
        rooms.append((2 * left, "the next word, hard cut or end of the first clip"))
    return min(rooms, key=lambda pair: pair[0])


def _quiet_before(piece: Piece, time: Fraction) -> Fraction:
    """Return seconds from the last word, or the begin of the clip, to a time."""
    said = [word.end for word in piece.footage.guarded if word.begin < time]
    return max(Fraction(0), time - max([piece.span.begin, *said]))


def _quiet_after(piece: Piece, time: Fraction) -> Fraction:
    """Return seconds from a time to the next word, or to the end of the clip."""
    says = [word.begin for word in piece.footage.guarded if word.end > time]
    return max(Fraction(0), min([piece.span.end, *says]) - time)


def _transition(choice: Choice, seed: int) -> Transition:
    return Transition(
        name=choice.name,
        duration=choice.length,
        direction=choice.direction,
        easing=choice.easing,
        seed=seed,
        reason=choice.reason,
    )


def source_of(path: Path) -> FileSource | ImageSource:
    """Return a file as a source."""
    return ImageSource(path=path) if is_still(path) else FileSource(path=path)
