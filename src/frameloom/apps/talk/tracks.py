"""What a dialogue gives besides a film: its subtitles, and what each mouth does, as files."""

from collections.abc import Iterator
from pathlib import Path

from frameloom.apps.talk.dialogue import Dialogue
from frameloom.apps.talk.export import check_format, write_visemes
from frameloom.apps.talk.script import Script
from frameloom.apps.talk.store import files_of_character
from frameloom.core.config import Config
from frameloom.core.files import check_outputs, whole_file
from frameloom.media.subtitles import format_srt


class TracksConfig(Config):
    """Which files are written besides a film."""

    srt: Path | None = None
    """A file for the subtitles."""
    visemes: Path | None = None
    """A file for what mouths do: .json, or what another program reads; where several speak, one each: a-ada.json."""
    read: tuple[Path, ...] = ()
    """Files that the script was read from: nothing is written over them."""


def check_tracks(config: TracksConfig, script: Script, film: Path | None = None) -> None:
    """Refuse files that could not be written once all is spoken.

    Args:
        config: which.
        script: who speaks.
        film: is written beside them.

    Raises:
        OutputError: a suffix is not known, or a file is asked for twice, or is read for it, or is out of reach.
        MissingDependencyError: openfacefx is not installed, which writes those of other programs.
    """
    targets = [film, config.srt, *mouths_of(config, script).values()]
    check_outputs(filter(None, targets), [*config.read, *files_of(script)])


def mouths_of(config: TracksConfig, script: Script) -> dict[str, Path]:
    """Return the file of each mouth, by name in the cast: where several speak, they are named after them.

    Raises:
        OutputError: the suffix is not known.
        MissingDependencyError: openfacefx is not installed, which writes those of other programs.
    """
    out = config.visemes
    if out is None:
        return {}
    chosen = check_format(out)
    suffix = out.suffix if chosen is None else out.name[-len(chosen.suffix) :]
    speakers = [name for name in script.cast if any(turn.who == name for turn in script.turns)]
    if len(speakers) == 1:
        return {speakers[0]: out}
    return {name: out.with_name(f"{out.name.removesuffix(suffix)}-{name}{suffix}") for name in speakers}


def files_of(script: Script) -> Iterator[Path]:
    """Yield the files that a film of a script is made from."""
    yield from (turn.sound for turn in script.turns if turn.sound is not None)
    if script.setting.background is not None:
        yield Path(script.setting.background)
    for member in script.cast.values():
        yield from files_of_character(member.character)


def write_tracks(dialogue: Dialogue, config: TracksConfig) -> list[Path]:
    """Write the files and return their paths.

    Raises:
        OutputError: a place cannot be written.
    """
    written: list[Path] = []
    if config.srt is not None:
        with whole_file(config.srt) as part:
            part.write_text(format_srt(dialogue.cues), encoding="utf-8")
        written.append(config.srt)
    mouths = mouths_of(config, dialogue.script)
    return [*written, *(write_visemes(dialogue.track(name), own) for name, own in mouths.items())]
