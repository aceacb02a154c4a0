"""Films become summaries: one film or a folder of them, each looked at once.

film --analyse--> Analysis --condense--> Timeline --editor--> summary.mp4 (or .otio, .edl, .toml: the timeline)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from frameloom.apps.edit.deliver import Delivered, deliver
from frameloom.apps.edit.interchange import FORMATS
from frameloom.apps.edit.render import RenderConfig
from frameloom.apps.summarise.analysis import Analysis, analyse
from frameloom.apps.summarise.condense import CondenseConfig, Condensed, condense, without_fades
from frameloom.apps.summarise.store import BESIDE, cache_for
from frameloom.apps.summarise.words import SaidConfig, said_in
from frameloom.core.errors import ConfigError, MediaError, OutputError
from frameloom.core.files import spare
from frameloom.core.progress import View
from frameloom.media.files.formats import CONTAINERS, SoundFormat, VideoFormat

FILM_SUFFIXES = (
    ".avi",
    ".m4v",
    ".mkv",
    ".mov",
    ".mp4",
    ".mpg",
    ".mpeg",
    ".mts",
    ".m2ts",
    ".ts",
    ".webm",
    ".wmv",
    ".flv",
)
_OUR_OWN = (".toml", ".json")


SUFFIXES = (*filter(None, CONTAINERS), *FORMATS)
"""Of what can be made of a film."""


def _suffix(suffix: str) -> str:
    dotted = f".{suffix.lower().removeprefix('.')}"
    if dotted not in SUFFIXES:
        raise ValueError(f"write one of {', '.join(SUFFIXES)}")
    return dotted


class SummariseConfig(CondenseConfig, SaidConfig):
    """Which film, where to, and how long."""

    input: Path
    """A film, or a folder of films."""
    out: Path
    """A video file, or a timeline (.otio, .edl, .xml, .toml, .json); a folder where the input is one."""
    suffix: Annotated[str, AfterValidator(_suffix)] = ".mp4"
    """Of what is made of each film of a folder: a video's, or a timeline's."""
    cache: Path | None = None
    """A folder to keep in what was seen; `beside` the film, `none`, by default that of the user."""
    video: VideoFormat = VideoFormat()
    audio: SoundFormat = SoundFormat()


@dataclass(frozen=True)
class Summarised:
    """What came of one film."""

    film: Path
    condensed: Condensed
    delivered: Delivered | None
    """None where only the plan was asked for."""
    left_out: tuple[str, ...] = ()
    """Why other films of the folder have no summary."""

    def text(self) -> str:
        """Return what was made and why, for people."""
        told = self.delivered
        notes = [*self.left_out, *self.condensed.notes, *(told.notes if told else ())]
        return "\n".join([*notes, self.condensed.text(), *([told.text] if told else [])])

    def record(self) -> dict[str, object]:
        """Return what was made and why, for programs."""
        told = self.delivered
        made = {"path": str(told.path), **told.record} if told else {}
        notes = [*self.left_out, *self.condensed.notes, *(told.notes if told else ())]
        return {"film": str(self.film), **made, **self.condensed.record(), "notes": notes}


def summarise(config: SummariseConfig, view: View = "auto", *, plan: bool = False) -> list[Summarised]:
    """Make a summary of a film, or of each film of a folder; a plan writes nothing.

    Raises:
        ConfigError: the length does not suit.
        MediaError: a film cannot be read.
        OutputError: the place cannot be written.
        KeyboardInterrupt: stopped; the message says how to go on.
    """
    films = films_in(config.input)
    in_folder = config.input.is_dir()
    if in_folder and config.out.suffix:
        raise OutputError(f"{config.out}: {config.input} is a folder; give a folder for its summaries")
    if not in_folder:
        spare(config.out, films)
        return [_one(films[0], config.out, config, view, plan)]
    names = [name_of(film, films) for film in films]
    outs = [config.out / f"{name}-summary{config.suffix}" for name in names]
    for film, out in zip(films, outs, strict=True):
        spare(out, [film])
    made: list[Summarised] = []
    failed: list[str] = []
    for film, out in zip(films, outs, strict=True):
        try:
            made.append(_one(film, out, config, view, plan))
        except (MediaError, ConfigError) as error:
            failed.append(str(error))
    if not made:
        raise MediaError(f"{config.input}: none of {len(films)} films: {failed[0]}")
    return [replace(made[0], left_out=tuple(failed)), *made[1:]]


def name_of(film: Path, films: Sequence[Path]) -> str:
    """Return what the summary of a film of a folder is called after: its stem, or all where others share it.

    >>> name_of(Path("a.mp4"), [Path("a.mp4"), Path("b.mp4")]), name_of(Path("a.mp4"), [Path("a.mp4"), Path("a.mkv")])
    ('a', 'a.mp4')
    """
    return film.name if sum(one.stem == film.stem for one in films) > 1 else film.stem


def _one(film: Path, out: Path, config: SummariseConfig, view: View, plan: bool) -> Summarised:
    said = said_in(film, config, cache_for(film, config.cache), view)
    condensed = condense(seen(film, config.cache, view), config, said)
    if plan:
        return Summarised(film, condensed, None)
    for_others = out.suffix.lower() in FORMATS and out.suffix.lower() not in _OUR_OWN
    timeline = without_fades(condensed.timeline) if for_others else condensed.timeline
    made = deliver(timeline, RenderConfig(out=out, video=config.video, audio=config.audio), view)
    return Summarised(film, condensed, made)


def seen(film: Path, cache: Path | None, view: View = "auto") -> Analysis:
    """Return what is known of a film; the cache is a folder, `beside` the film, or `none`.

    Raises:
        MediaError: it cannot be read.
        OutputError: the cache cannot be written.
    """
    folder = film.parent / BESIDE if cache == Path("beside") else cache
    return analyse(film, cache=folder, keep=cache != Path("none"), view=view)


def films_in(path: Path) -> list[Path]:
    """Return a film, or the films of a folder in order of their names.

    Raises:
        MediaError: there is nothing, or none in the folder.
    """
    if not path.is_dir():
        return [path]
    films = sorted(one for one in path.iterdir() if one.suffix.lower() in FILM_SUFFIXES and one.is_file())
    if not films:
        raise MediaError(f"{path}: no films in this folder; give one with {', '.join(FILM_SUFFIXES)}")
    return films
