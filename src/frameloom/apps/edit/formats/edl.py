"""Edit decision lists, CMX 3600: one event a line, times as time codes.

    001  BEACH    V     C        00:00:00:00 00:00:01:23 01:00:00:00 01:00:01:23     source in, out; record in, out
    002  BEACH    V     C        00:00:01:23 00:00:01:23 01:00:01:23 01:00:01:23     the clip that the dissolve leaves
    002  PIER     V     D 005    00:00:00:18 00:00:03:00 01:00:01:23 01:00:04:05     its first 5 frames dissolve in
    * FROM CLIP NAME: beach.mp4                                                      BL is black

That is our own way to see a dissolve: it lies in the first frames of the second clip, while the first one goes on.
Source: SMPTE ST 258:2004; https://xmil.biz/EDL-X/CMX3600.pdf.
Not used: otio-cmx3600-adapter 1.0.0, which gives a clip that dissolves in the file of the clip before it, divides
source lengths by the speed where it should multiply, and cannot read a fade from black.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from frameloom.apps.edit.formats.files import read_bytes
from frameloom.apps.edit.formats.losses import countable, lost_settings
from frameloom.apps.edit.formats.paths import foreign
from frameloom.apps.edit.formats.pieces import Piece, length_of, pieces_of, prober
from frameloom.apps.edit.formats.timecode import rate_of_codes, read_timecode, timecode
from frameloom.apps.edit.timeline import (
    MAX_ITEMS,
    STILL_S,
    Clip,
    FileSource,
    ImageSource,
    Timeline,
    Transition,
)
from frameloom.core.config import validate
from frameloom.core.errors import ConfigError
from frameloom.core.times import parse_time

_CODE = r"(\d{1,2}[:;]\d\d[:;]\d\d[:;.]\d\d)"
_EVENT = re.compile(rf"(\d+)\s+(\S+)\s+(\S+)\s+(C|D|W\d*|K\w*)\s+(?:(\d+)\s+)?{_CODE}\s+{_CODE}\s+{_CODE}\s+{_CODE}\s*")
_SPEED = re.compile(r"M2\s+.*?\s(-?\d+(?:\.\d+)?)\s+[\d:;]+\s*")
_BLACK = {"BL", "BLACK"}
_RATE = "FRAME RATE"


@dataclass
class _Event:
    line: int
    number: str
    reel: str
    channel: str
    way: str
    """C, D or W and a number."""
    dissolve: int
    codes: tuple[str, str, str, str]
    comments: list[str] = field(default_factory=list)

    @property
    def is_black(self) -> bool:
        return self.reel.upper() in _BLACK


@dataclass(frozen=True)
class _Used:
    """An event with its times in frames."""

    event: _Event
    start: int
    stop: int
    begin: int
    end: int


def edl_text(timeline: Timeline) -> tuple[str, list[str]]:
    """Return the first video track as an edit decision list, and notes of what is lost.

    Raises:
        ConfigError: the timeline has no video track, or cannot be laid out.
    """
    timeline, notes = countable(timeline)
    rate = timeline.rate or Fraction(25)
    shown = (n for n, track in enumerate(timeline.tracks) if track.kind == "video" and not track.hidden)
    numbers = [n for n in shown if any(isinstance(item, Clip) for item in timeline.tracks[n].items)]
    if not numbers:
        raise ConfigError("tracks: no video track with a clip; an edit decision list holds one")
    others = (n for n in range(len(timeline.tracks)) if n != numbers[0])
    notes += [f"tracks[{n}]: not kept, as this format holds one video track" for n in others]
    track, info, where = timeline.tracks[numbers[0]], prober(), f"tracks[{numbers[0]}]"
    pieces = pieces_of(track, rate, lambda clip: length_of(clip, info(clip)) or Fraction(STILL_S), where)
    events, lost = _events(pieces, rate, where)
    notes += [*lost, *lost_settings(timeline)]
    if timeline.markers:
        notes.append("markers: not kept by this format")
    title = " ".join(timeline.name.split())[:70] or "timeline"
    head = [f"TITLE: {title}", "FCM: NON-DROP FRAME", ""]
    return "\n".join([*head, *events, f"* {_RATE}: {rate}"]) + "\n", notes


def _events(pieces: Sequence[Piece], rate: Fraction, where: str) -> tuple[list[str], list[str]]:
    """Return the lines of a track's events, and notes of what is lost."""
    lines: list[str] = []
    notes: list[str] = []
    number = 0
    left: tuple[str, int, int, str] = ("BL", 0, 0, "")

    def line(reel: str, way: str, start: int, stop: int, begin: int, end: int) -> str:
        codes = " ".join(timecode(frame, rate) for frame in (start, stop, begin, end))
        return f"{number:03}  {reel:8} V     {way:8} {codes}"

    for index, piece in enumerate(pieces):
        before = pieces[index - 1].item if index else None
        after = pieces[index + 1] if index + 1 < len(pieces) else None
        if isinstance(piece.item, Transition) and piece.item.name != "fade":
            notes.append(f"{where}: the transition {piece.item.name!r} is written as a dissolve")
        if isinstance(piece.item, Transition) and piece.tail == 0:
            number += 1
            reel, out, _, name = left
            lines.append(line(reel, "C", out, out, piece.begin, piece.begin))
            lines.append(line("BL", f"D {piece.frames:03}", 0, piece.frames, piece.begin, piece.end))
            lines.append(f"* FROM CLIP NAME: {name}")
        if not isinstance(piece.item, Clip) or piece.times is None:
            continue
        number += 1
        into = pieces[index - 1] if isinstance(before, Transition) else None
        begin = piece.begin - piece.head
        end = after.begin if after and isinstance(after.item, Transition) and after.head else piece.end
        start, stop = _source_frames(piece, end - begin, rate)
        reel, name = _reel(piece.item), _name(piece.item)
        if into is not None:
            reel_out, out, _, name_out = left if into.head else ("BL", 0, 0, "")
            lines.append(line(reel_out, "C", out, out, begin, begin))
            lines.append(line(reel, f"D {into.frames:03}", start, stop, begin, end))
            lines += [f"* FROM CLIP NAME: {name_out}"] if name_out else []
        else:
            lines.append(line(reel, "C", start, stop, begin, end))
        lines += _comments(piece.item, name, "TO" if into is not None else "FROM", reel, start, rate)
        if not isinstance(piece.item.source, FileSource | ImageSource):
            notes.append(f"{where}: {name!r} is not a file; other programs show it as missing")
        if not isinstance(piece.item.speed, int | float):
            notes.append(f"{where}: the speed of {name!r} is written as its mean")
        left = (reel, stop, end, name)
    return lines, notes


def _source_frames(piece: Piece, length: int, rate: Fraction) -> tuple[int, int]:
    """Return the source frames of an event of this many frames, from the begin of a clip."""
    times, clip = piece.times, piece.item
    if times is None or not isinstance(clip, Clip):
        return 0, length
    first, last = times.source_time(Fraction(0)), times.source_time(Fraction(length) / rate)
    start = max(round(min(first, last) * rate), 0)
    if clip.freeze:
        return start, start + 1
    span = length if times.is_plain else max(round(abs(last - first) * rate), 1)
    return start, start + span


def _comments(clip: Clip, name: str, side: str, reel: str, start: int, rate: Fraction) -> Iterator[str]:
    """Yield the lines under an event."""
    if clip.freeze:
        yield "* * FREEZE FRAME"
        yield f"M2   {reel:8} {0:05.1f}                {timecode(start, rate)}"
    elif clip.reverse or clip.speed != 1:
        speed = clip.speed if isinstance(clip.speed, int | float) else 1.0
        shown = float(Fraction(repr(speed)) * rate) * (-1 if clip.reverse else 1)
        yield f"M2   {reel:8} {shown:.6f}                {timecode(start, rate)}"
    yield f"* {side} CLIP NAME: {name}"
    if isinstance(clip.source, FileSource | ImageSource):
        yield f"* {side} FILE: {_line(str(clip.source.path.absolute()))}"


def _name(clip: Clip) -> str:
    if isinstance(clip.source, FileSource | ImageSource):
        return _line(clip.source.path.name)
    return _line(clip.name) or clip.source.kind


def _line(text: str) -> str:
    """Return text as it fits into one line."""
    return " ".join(text.splitlines())


def _reel(clip: Clip) -> str:
    """Return a name of at most eight letters and digits."""
    if not isinstance(clip.source, FileSource | ImageSource):
        return "AX"
    return re.sub(r"[^A-Za-z0-9]", "", clip.source.path.stem).upper()[:8] or "AX"


def read_edl(path: Path, rate: Fraction | None = None) -> tuple[Timeline, list[str]]:
    """Return the timeline in an edit decision list, and notes; the format does not say its rate, so it may be given.

    Without it: the rate that we wrote as a comment, 30000/1001 where drop frames are declared, else the smallest usual
    rate that has all the frame numbers.

    Raises:
        ConfigError: the file cannot be read; names the line.
    """
    text = read_bytes(path).decode("utf-8", errors="replace")
    title, drop, events, told = _parsed(text, path)
    if not events:
        raise ConfigError(f"{path}: no events; give an edit decision list of the form CMX 3600")
    notes: list[str] = []
    if rate is None and told is None:
        rate = rate_of_codes((code for event in events for code in event.codes), drop)
        notes.append(f"does not say its rate; read as {rate} frames per second")
    rate = rate or told or Fraction(25)
    has_sound = any("V" not in event.channel and event.channel != "B" for event in events)
    tracks = []
    for channel in dict.fromkeys(_track_name(event.channel) for event in events):
        own = [event for event in events if _track_name(event.channel) == channel]
        items = list(_items(_used(own, rate, path), rate, path, notes))
        if channel == "V" and has_sound:
            items = [{**item, "sound": False} if "source" in item else item for item in items]
        tracks.append({"kind": "video" if channel == "V" else "sound", "items": items})
    return validate(Timeline, {"name": title, "rate": rate, "tracks": tracks}, str(path)), notes


def _track_name(channel: str) -> str:
    return "V" if "V" in channel.upper() or channel.upper() == "B" else channel.upper()


def _parsed(text: str, path: Path) -> tuple[str, bool, list[_Event], Fraction | None]:
    """Return title, whether frames are dropped, events, and the rate if it is told."""
    title, drop, told = "", False, None
    events: list[_Event] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if line.startswith("TITLE:"):
            title = line.removeprefix("TITLE:").strip()
        elif line.startswith("FCM:"):
            drop = drop or ("DROP" in line and "NON" not in line)
        elif found := _EVENT.fullmatch(line):
            event, reel, channel, way, frames, *codes = found.groups()
            start, stop, begin, end = codes
            if way.startswith("K"):
                raise ConfigError(f"{path}: line {number}: a key ({way}) cannot be read; replace it by a cut")
            events.append(_Event(number, event, reel, channel, way, int(frames or 0), (start, stop, begin, end)))
            if len(events) > 2 * MAX_ITEMS:
                raise ConfigError(f"{path}: more than {2 * MAX_ITEMS} events; give a shorter list")
        elif line[:1].isdigit():
            raise ConfigError(f"{path}: line {number}: not an event of CMX 3600, got {line[:60]!r}; correct it")
        elif events and line:
            if line.lstrip("* ").startswith(_RATE):
                told = _told_rate(line.rpartition(":")[2])
            events[-1].comments.append(line)
    return title, drop, events, told


def _told_rate(text: str) -> Fraction | None:
    try:
        rate = parse_time(text)
    except ValueError:
        return None
    return rate if 1 <= rate <= 1000 else None


def _used(events: Sequence[_Event], rate: Fraction, path: Path) -> list[_Used]:
    """Return events with their frames, from the begin of the list."""
    used = []
    for event in events:
        try:
            start, stop, begin, end = (read_timecode(code, rate) for code in event.codes)
        except ValueError as error:
            raise ConfigError(f"{path}: line {event.line}: {error}") from error
        if stop < start or end < begin:
            raise ConfigError(f"{path}: line {event.line}: ends before it begins; correct its time codes")
        used.append(_Used(event, start, stop, begin, end))
    first = min(one.begin for one in used)
    hour = read_timecode("01:00:00:00", rate)
    origin = first - first % hour if first % hour < hour // 2 else first
    return [_Used(one.event, one.start, one.stop, one.begin - origin, one.end - origin) for one in used]


def _items(used: Sequence[_Used], rate: Fraction, path: Path, notes: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the settings of a track's items."""
    items: list[dict[str, Any]] = []
    now = 0
    for one, following in zip(used, [*used[1:], None], strict=True):
        event = one.event
        where = f"{path}: line {event.line}"
        leads = following is not None and following.event.number == event.number and following.event.way != "C"
        if event.way == "C" and one.begin == one.end and leads:
            following_event = following.event if following else event
            following_event.comments[:0] = event.comments
            continue
        if one.begin < now:
            raise ConfigError(f"{where}: begins before the event in front of it ends; correct its record time codes")
        if one.begin > now:
            items.append({"item": "gap", "duration": Fraction(one.begin - now) / rate})
        blend = Fraction(min(event.dissolve, one.end - one.begin)) / rate if event.way != "C" else Fraction(0)
        if blend:
            last = items[-1] if items and "source" in items[-1] and one.begin == now else None
            if last is not None:
                last["duration"] += blend
            if last is not None or not event.is_black:
                name = "wipeleft" if event.way.startswith("W") else "fade"
                items.append({"item": "transition", "name": name, "duration": blend})
        length = Fraction(one.end - one.begin) / rate
        if not event.is_black and length:
            items.append(_clip(one, length, rate, path, notes))
        elif length > blend:
            items.append({"item": "gap", "duration": length - blend})
        now = one.end
    yield from items


def _clip(one: _Used, length: Fraction, rate: Fraction, path: Path, notes: list[str]) -> dict[str, Any]:
    """Return the settings of the clip of one event."""
    event = one.event
    where = f"{path}: line {event.line}"
    told: dict[str, str] = {}
    settings: dict[str, Any] = {"start": Fraction(one.start) / rate, "duration": length}
    for comment in event.comments:
        body = comment.lstrip("* ").strip()
        if found := _SPEED.fullmatch(body):
            speed = Fraction(found[1]) / rate
            settings |= {"speed": _near(abs(speed)), "reverse": speed < 0} if speed else {"freeze": True}
        elif body.startswith("FREEZE FRAME"):
            settings["freeze"] = True
        elif ":" in body:
            key, _, value = body.partition(":")
            told[key.strip().upper()] = value.strip()
    if settings.get("freeze"):
        settings.pop("speed", None)
    elif "speed" not in settings and one.stop - one.start != one.end - one.begin:
        settings["speed"] = _near(Fraction(max(one.stop - one.start, 1), one.end - one.begin))
        notes.append(
            f"line {event.line}: its source and record lengths differ; it is played {settings['speed']:g} times as fast"
        )
    sides = ("TO", "FROM") if event.way != "C" else ("FROM", "TO")
    files = [told[key] for side in sides for key in (f"{side} FILE", f"{side} CLIP") if told.get(key)]
    names = [told[key] for side in sides for key in (f"{side} CLIP NAME",) if told.get(key)]
    files += [told[key] for key in ("SOURCE FILE", "OTIO REFERENCE FROM") if told.get(key)]
    if event.way != "C" and (own := [told[key] for key in ("TO FILE", "TO CLIP", "TO CLIP NAME") if told.get(key)]):
        files = own
    if not files:
        name = names[0] if names else event.reel
        settings["reason"] = f"no media given for {name!r}; set the path of its file"
        notes.append(f"line {event.line}: {settings['reason']}")
        files = [name.replace("/", "_")]
    settings["source"] = str(foreign(files[0], path.parent, where, encoded=False))
    return settings


def _near(speed: Fraction) -> float:
    """Return a speed as the short number that it was before it was written with six digits."""
    return float(round(speed, 6))
