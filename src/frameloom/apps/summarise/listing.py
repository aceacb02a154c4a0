"""Shots and seconds as lists: for people, as CSV for a spreadsheet, as a timeline for an editor."""

import csv
import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from frameloom.apps.edit.interchange import FORMATS, write_timeline
from frameloom.apps.edit.timeline import Clip, FileSource, Marker, Timeline, Track
from frameloom.apps.summarise.analysis import Analysis
from frameloom.apps.summarise.interest import Interest
from frameloom.apps.summarise.shots import Shot
from frameloom.core.errors import ConfigError
from frameloom.core.files import spare, whole_file
from frameloom.core.times import clock

_SHOT_COLUMNS = ("shot", "start_s", "stop_s", "duration_s", "begins_by", "key_frame_s", "score", "why")


def shot_rows(analysis: Analysis, interest: Interest) -> list[dict[str, object]]:
    """Return what is known of each shot, for programs."""
    rows: list[dict[str, object]] = []
    for number, shot in enumerate(analysis.shots, 1):
        first, stop = _seconds(shot)
        keys = analysis.keys_of(shot)
        values = (
            number,
            *(round(float(time), 6) for time in (shot.start, shot.stop, shot.duration)),
            shot.begins_by,
            round(float(keys[0].time), 6) if keys else None,
            round(float(interest.score[first:stop].mean()), 3),
            interest.why(first, stop),
        )
        rows.append(dict(zip(_SHOT_COLUMNS, values, strict=True)))
    return rows


def second_rows(interest: Interest) -> list[dict[str, object]]:
    """Return the score of each second and its parts, for programs."""
    return [
        {
            "second": second,
            "score": round(float(interest.score[second]), 4),
            **{name: round(float(row[second]), 4) for name, row in interest.parts.items()},
        }
        for second in range(len(interest.score))
    ]


def shots_text(analysis: Analysis, interest: Interest) -> str:
    """Return a line for each shot, for people."""
    lines = []
    for number, shot in enumerate(analysis.shots, 1):
        score = float(interest.score[slice(*_seconds(shot))].mean())
        why = interest.why(*_seconds(shot))
        lines.append(f"{number:4}  {clock(shot.start)} - {clock(shot.stop)}  {shot.begins_by:8} {score:.2f}  {why}")
    return "\n".join(lines)


def write_shots(analysis: Analysis, interest: Interest, out: Path) -> list[str]:
    """Write shots as CSV or as a timeline with a clip and a marker each; return notes of what cannot be held.

    Raises:
        ConfigError: the format is unknown.
        OutputError: the place cannot be written.
    """
    spare(out, [analysis.path])
    suffix = out.suffix.lower()
    if suffix == ".csv":
        write_csv(out, shot_rows(analysis, interest))
        return []
    if suffix in FORMATS:
        return write_timeline(timeline_of_shots(analysis, interest), out)
    raise ConfigError(f"{out}: not a format of shots, got {suffix or 'no suffix'!r}; use .csv, {', '.join(FORMATS)}")


def timeline_of_shots(analysis: Analysis, interest: Interest) -> Timeline:
    """Return the film cut into its shots, with a marker that says how interesting each is."""
    source = FileSource(path=analysis.path)
    clips: list[Clip] = []
    markers: list[Marker] = []
    now = Fraction(0)
    for number, shot in enumerate(analysis.shots, 1):
        why = interest.why(*_seconds(shot))
        score = float(interest.score[slice(*_seconds(shot))].mean())
        name = f"shot {number}"
        clips.append(Clip(source=source, name=name, start=shot.start, duration=shot.duration, reason=why))
        markers.append(Marker(time=now, name=name, note=f"{score:.2f}: {why}"))
        now += shot.duration
    tracks = (Track(name="shots", items=tuple(clips)),)
    return Timeline(name=analysis.path.stem, rate=analysis.rate, tracks=tracks, markers=tuple(markers))


def write_scores(analysis: Analysis, interest: Interest, out: Path) -> None:
    """Write the score of each second and its parts as CSV.

    Raises:
        ConfigError: not a .csv file.
        OutputError: the place cannot be written.
    """
    spare(out, [analysis.path])
    if out.suffix.lower() != ".csv":
        raise ConfigError(f"{out}: scores are written as a table, got {out.suffix or 'no suffix'!r}; give a .csv file")
    write_csv(out, second_rows(interest))


def write_csv(out: Path, rows: Sequence[dict[str, object]]) -> None:
    """Write rows of the same columns as CSV (RFC 4180).

    Raises:
        OutputError: the place cannot be written.
    """
    with io.StringIO(newline="") as held:
        writer = csv.DictWriter(held, list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows(rows)
        text = held.getvalue()
    with whole_file(out) as part:
        part.write_bytes(text.encode("utf-8"))


def _seconds(shot: Shot) -> tuple[int, int]:
    return int(shot.start), max(int(-(-shot.stop // 1)), int(shot.start) + 1)
