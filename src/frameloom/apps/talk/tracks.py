"""What a dialogue gives besides a film: its subtitles, and what each mouth does, as files."""

from collections.abc import Iterable
from pathlib import Path

from frameloom.apps.talk.dialogue import Dialogue
from frameloom.apps.talk.export import check_format, format_of, write_visemes
from frameloom.core.config import Config
from frameloom.core.files import check_outputs, whole_file
from frameloom.media.subtitles import format_srt


class TracksConfig(Config):
    """Which files are written besides a film."""

    srt: Path | None = None
    """A file for the subtitles."""
    visemes: Path | None = None
    """A file for what mouths do, one for each who speaks: .json, or what another program reads."""
    read: tuple[Path, ...] = ()
    """Files that the script was read from: nothing is written over them."""


def check_tracks(config: TracksConfig, heard: Iterable[Path] = (), film: Path | None = None) -> None:
    """Refuse files that could not be written once all is spoken, that are one, or that were read.

    Raises:
        OutputError: a suffix is not known, or a file would be written over another.
        MissingDependencyError: openfacefx is not installed, which writes those of other programs.
    """
    if config.visemes is not None:
        check_format(config.visemes)
    check_outputs(filter(None, [film, config.srt, config.visemes]), [*config.read, *heard])


def write_tracks(dialogue: Dialogue, config: TracksConfig) -> list[Path]:
    """Write the files and return their paths; where several speak, each has a file of mouths, named after them.

    Raises:
        OutputError: a place cannot be written.
    """
    written: list[Path] = []
    if config.srt is not None:
        with whole_file(config.srt) as part:
            part.write_text(format_srt(dialogue.cues), encoding="utf-8")
        written.append(config.srt)
    out = config.visemes
    if out is not None:
        chosen = format_of(out)
        suffix = out.suffix if chosen is None else out.name[-len(chosen.suffix) :]
        speakers = [name for name in dialogue.script.cast if any(line.turn.who == name for line in dialogue.lines)]
        for name in speakers:
            own = out if len(speakers) == 1 else out.with_name(f"{out.name.removesuffix(suffix)}-{name}{suffix}")
            written.append(write_visemes(dialogue.track(name), own))
    return written
