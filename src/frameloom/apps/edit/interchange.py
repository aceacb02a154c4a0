"""Timelines in and out: our TOML and JSON, OpenTimelineIO, edit decision lists and Final Cut Pro 7 XML.

.toml .json                          everything, exactly
.otio                                everything, exactly; other programs see cuts, dissolves, speeds, markers
.xml  (Premiere, Resolve, Kdenlive)  clips, dissolves, constant speed, markers, on whole frames
.edl  (CMX 3600)                     the first video track: cuts, dissolves, constant speed, on whole frames
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from frameloom.apps.edit.formats.files import read_file, with_portable_paths, with_usable_paths, write_file, write_text
from frameloom.apps.edit.timeline import Clip, FileSource, Timeline, Track
from frameloom.core.errors import ConfigError

FORMATS = (".toml", ".json", ".otio", ".otiod", ".xml", ".edl")


@dataclass(frozen=True)
class Imported:
    """A timeline and what was lost on its way in."""

    timeline: Timeline
    notes: tuple[str, ...] = ()


def read_timeline(path: Path | str) -> Timeline:
    """Return the timeline in a file, with paths that can be used from here.

    Raises:
        ConfigError: the file cannot be read, or names each place that does not fit, one a line.
    """
    return import_timeline(Path(path)).timeline


def import_timeline(path: Path) -> Imported:
    """Return the timeline in a file, and notes of what it holds that we cannot say.

    Raises:
        ConfigError: as read_timeline.
    """
    suffix = _suffix(path)
    if suffix == ".otiod":  # a folder with the timeline and its media
        path = path / "content.otio"
    if suffix in {".toml", ".json"}:
        return Imported(read_file(path))
    # OpenTimelineIO takes a fifth of a second to import, so only what needs it does.
    if suffix == ".edl":
        from frameloom.apps.edit.formats.edl import read_edl

        timeline, notes = read_edl(path)
        return Imported(timeline, tuple(notes))
    from frameloom.apps.edit.formats.otio_files import read_otio_file

    timeline, notes = read_otio_file(path)
    return Imported(with_usable_paths(timeline, path), tuple(notes))


def write_timeline(timeline: Timeline, path: Path | str) -> list[str]:
    """Write a timeline in the format that the file's name says; return notes of what that format cannot hold.

    Raises:
        ConfigError: the format is unknown, or the timeline cannot be laid out.
        OutputError: the file cannot be written.
    """
    path = Path(path)
    suffix = _suffix(path)
    if suffix in {".toml", ".json"}:
        write_file(timeline, path)
        return []
    if suffix == ".otiod":
        raise ConfigError(f"{path}: bundles of media are read, not written; write .otio")
    if suffix == ".edl":
        from frameloom.apps.edit.formats.edl import edl_text

        text, notes = edl_text(timeline)
        write_text(text, path)
        return notes
    from frameloom.apps.edit.formats.otio_files import write_otio_file

    return write_otio_file(timeline, with_portable_paths(timeline, path), path)


def cut_list(path: Path, spans: Iterable[tuple[Fraction, Fraction]], name: str = "", reason: str = "") -> Timeline:
    """Return the timeline of the spans of one file that are kept, given as begin and end in seconds.

    >>> kept = cut_list(Path("talk.mp4"), [(Fraction(0), Fraction(2)), (Fraction(5), Fraction(9))])
    >>> [str(item.duration) for item in kept.tracks[0].items]
    ['2', '4']

    Raises:
        ConfigError: a span ends before it begins, or none is kept.
    """
    clips = []
    for begin, end in spans:
        if not 0 <= begin < end:
            raise ConfigError(f"{path}: a kept span goes from {begin} to {end} s; it must end after it begins")
        clips.append(Clip(source=FileSource(path=path), start=begin, duration=end - begin, reason=reason))
    if not clips:
        raise ConfigError(f"{path}: nothing is kept; keep at least one span")
    return Timeline(name=name or path.stem, tracks=(Track(items=tuple(clips)),))


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise ConfigError(f"{path}: not a timeline's format, got {suffix or 'no suffix'!r}; use {', '.join(FORMATS)}")
    return suffix
