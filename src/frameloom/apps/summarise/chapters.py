"""Chapters: where a film turns to something else, by look, sound and silence; and the texts that players read.

shots    |---|--|----|------|--|---|      a chapter begins where a shot does, or in a long silence,
turn        .  .    |      .  |           where what follows looks and sounds least like what was before
chapters |----------|---------|-----

.txt YouTube's description     .vtt WebVTT     .ffmeta ffmpeg     .otio .xml .toml .json markers on a timeline
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np

from frameloom.apps.edit.interchange import FORMATS, write_timeline
from frameloom.apps.edit.timeline import Clip, FileSource, Marker, Timeline, Track
from frameloom.apps.summarise.analysis import Analysis
from frameloom.apps.summarise.telling import telling
from frameloom.core.config import Config
from frameloom.core.errors import ConfigError
from frameloom.core.files import spare, whole_file
from frameloom.core.times import Duration, clock
from frameloom.media.frames import Chapter
from frameloom.media.subtitles import Cue, format_vtt
from frameloom.media.transcript import Word, text_of

LEAST_S = Fraction(10)
"""YouTube asks for as much."""
LEAST_SHARE = Fraction(1, 30)
"""Of the film."""
AROUND_S = 20
"""Seconds on either side that a turn is judged by."""
TURN = 0.22
"""Least turn that begins a chapter."""
SILENCE_S = Fraction(3, 2)
"""A silence so long is a place for a chapter to begin, and counts as a part of a turn."""
TITLE_CHARACTERS = 48


class ChaptersConfig(Config):
    """How chapters are made."""

    least: Duration | None = None
    """Seconds that a chapter lasts at least; by default ten, or a thirtieth of the film."""


@dataclass(frozen=True)
class _Turn:
    time: Fraction
    strength: float


def chapters_of(analysis: Analysis, config: ChaptersConfig, said: Sequence[Word] | None = None) -> tuple[Chapter, ...]:
    """Return the chapters of a film, from its begin to its end, titled after what is said."""
    least = config.least or max(LEAST_S, LEAST_SHARE * analysis.duration)
    starts: list[Fraction] = []
    for turn in sorted(_turns(analysis), key=lambda each: (-each.strength, each.time)):
        apart = [abs(turn.time - other) for other in (Fraction(0), analysis.duration, *starts)]
        if turn.strength >= TURN and min(apart) >= least:
            starts.append(turn.time)
    spans = list(pairwise([Fraction(0), *sorted(starts), analysis.duration]))
    texts = [text_of(w for w in said or () if begin <= (w.start + w.end) / 2 < end) for begin, end in spans]
    return tuple(Chapter(*span, title) for span, title in zip(spans, titles_of(texts), strict=True))


def _turns(analysis: Analysis) -> Iterator[_Turn]:
    """Yield places where a chapter may begin, with how much the film turns there."""
    silent = {(span.begin + span.end) / 2: span.duration for span in analysis.silences if span.duration >= SILENCE_S}
    for time in sorted({*silent, *(shot.start for shot in analysis.shots[1:])}):
        near = max((length for middle, length in silent.items() if abs(middle - time) <= length / 2 + 1), default=0)
        second = int(time + Fraction(1, 2))
        yield _Turn(time, _turned(analysis, second) + 0.1 * min(float(near) / 3, 1.0))


def _turned(analysis: Analysis, second: int) -> float:
    """Return how unlike the seconds before and after one look and sound."""
    before, after = slice(max(0, second - AROUND_S), second), slice(second, second + AROUND_S)
    seen = analysis.column("pictures") > 0
    if not seen[before].any() or not seen[after].any():
        return 0.0
    looks = [analysis.features[part][seen[part]].mean(axis=0) for part in (before, after)]
    level = [float(np.median(np.maximum(analysis.level_db[part], -70))) for part in (before, after)]
    speech = [float(analysis.speech[part].mean()) for part in (before, after)]
    look = float(np.linalg.norm(looks[0] - looks[1]))
    return look + min(abs(level[0] - level[1]) / 100, 0.2) + 0.15 * abs(speech[0] - speech[1])


def titles_of(texts: Sequence[str]) -> list[str]:
    """Return a title for each chapter: all that is said, where that is short, else what tells it from the others.

    >>> titles_of(["", "The sea."])
    ['Chapter 1', 'The sea.']
    """
    return [
        (text if len(text) <= TITLE_CHARACTERS else _short(phrases) or _cut_off(text)) or f"Chapter {number}"
        for number, (text, phrases) in enumerate(zip(texts, telling(texts), strict=True), 1)
    ]


def _short(phrases: Sequence[str]) -> str:
    """Return as many phrases as a title holds, the first letter large."""
    kept: list[str] = []
    for phrase in phrases:
        if len(", ".join([*kept, phrase])) <= TITLE_CHARACTERS:
            kept.append(phrase)
    title = ", ".join(kept)
    return title[:1].upper() + title[1:]


def _cut_off(text: str) -> str:
    """Return the first words of a text."""
    return text[:TITLE_CHARACTERS].rsplit(" ", 1)[0].rstrip(".,;:") + " …"


def youtube_text(chapters: Sequence[Chapter]) -> str:
    """Return the lines of a description that YouTube makes chapters of; the first begins at 0:00."""
    return "".join(f"{clock(Fraction(int(one.start)), 0)} {_line(one.title)}\n" for one in chapters)


def ffmetadata_text(chapters: Sequence[Chapter]) -> str:
    """Return ffmpeg's metadata file.

    Source: FFmpeg, "ffmpeg-formats", section "Metadata".
    """
    parts = [";FFMETADATA1\n"]
    for one in chapters:
        start, stop = (round(time * 1000) for time in (one.start, one.stop))
        title = "".join(f"\\{letter}" if letter in "=;#\\" else letter for letter in _line(one.title))
        parts.append(f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={stop}\ntitle={title}\n")
    return "\n".join(parts)


def write_chapters(analysis: Analysis, chapters: Sequence[Chapter], out: Path) -> list[str]:
    """Write chapters in the format that the suffix names; return notes of what it cannot hold.

    Raises:
        ConfigError: the format is unknown.
        OutputError: the place cannot be written.
    """
    spare(out, [analysis.path])
    suffix = out.suffix.lower()
    if suffix in FORMATS:
        return write_timeline(_timeline(analysis, chapters), out)
    if suffix == ".txt":
        text = youtube_text(chapters)
    elif suffix == ".ffmeta":
        text = ffmetadata_text(chapters)
    elif suffix == ".vtt":
        text = format_vtt([Cue(one.start, one.stop, one.title) for one in chapters])
    else:
        known = f".txt (YouTube), .vtt, .ffmeta, {', '.join(FORMATS)}"
        raise ConfigError(f"{out}: not a format of chapters, got {suffix or 'no suffix'!r}; use {known}")
    with whole_file(out) as part:
        part.write_text(text, encoding="utf-8")
    return []


def _timeline(analysis: Analysis, chapters: Sequence[Chapter]) -> Timeline:
    """Return the whole film with a marker for each chapter."""
    clip = Clip(source=FileSource(path=analysis.path), duration=analysis.duration)
    return Timeline(
        name=analysis.path.stem,
        rate=analysis.rate,
        tracks=(Track(name="film", items=(clip,)),),
        markers=tuple(Marker(time=one.start, name=one.title) for one in chapters),
    )


def _line(text: str) -> str:
    return " ".join(text.split())
