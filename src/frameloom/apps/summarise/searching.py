"""Films searched by words, by a picture, or by both: the moments, as lines, for programs, or as a page to look at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import Field

from frameloom.apps.summarise.alike import find_like, look_of
from frameloom.apps.summarise.analysis import Analysis
from frameloom.apps.summarise.finding import INSTALL, Match, best, by_words, has_meaning
from frameloom.apps.summarise.passages import Told, told_of
from frameloom.apps.summarise.pieces import form_of
from frameloom.apps.summarise.store import cache_for
from frameloom.apps.summarise.summarise import films_in, seen
from frameloom.apps.summarise.words import SaidConfig, recogniser_for
from frameloom.core.config import Config
from frameloom.core.errors import ConfigError, MediaError, OutputError
from frameloom.core.files import spare
from frameloom.core.progress import View
from frameloom.core.provenance import version
from frameloom.core.times import clock, counted
from frameloom.media.captions import CAPTIONS_SUFFIX
from frameloom.media.files.pictures import jpeg
from frameloom.media.files.source import probe, read_pictures
from frameloom.media.image import resize_planes, to_rgb
from frameloom.media.pages.page import Page, Photo

if TYPE_CHECKING:
    from frameloom.apps.summarise.meaning import Meaning

MOST = 1000
"""Moments of one search."""

Made = TypeVar("Made")


class SearchConfig(Config):
    """What is searched, for what."""

    place: Path
    """A film, or a folder of films."""
    text: str = ""
    """Some words, such as "a red bicycle"; a picture, words, or both."""
    like: Path | None = None
    """A picture that the moments look like."""
    out: Path | None = None
    """A page (.html) with a picture of each moment; by default none."""
    most: Annotated[int, Field(ge=1, le=MOST)] = 10
    """How many moments are shown."""
    by_meaning: bool | None = None
    """Whether sentences that mean alike count; by default where frameloom[search] is installed."""
    transcript: bool = False
    """Whether to write down what is said in films without subtitles; needs frameloom[speech]."""
    speech_model: Path | None = None
    """A folder with a model of faster-whisper to write it down by."""
    cache: Path | None = None
    """A folder to keep in what was heard and what it means; `beside` the films, `none`, by default that of the user."""


@dataclass(frozen=True)
class Searched:
    """What was found."""

    matches: tuple[Match, ...]
    """The best first."""
    notes: tuple[str, ...]
    out: Path | None

    def text(self) -> str:
        """Return it for people."""
        found = [str(one) for one in self.matches] or ["nothing found"]
        page = [f"{self.out}: {counted(len(self.matches), 'moment')}"] if self.out else []
        return "\n".join([*self.notes, *found, *page])

    def record(self) -> dict[str, object]:
        """Return it for programs."""
        return {"found": [one.record() for one in self.matches], "notes": list(self.notes), "path": self.out}


def search_films(config: SearchConfig, view: View = "auto") -> Searched:
    """Return the moments of films that words, a picture, or both find; write a page of them where one is asked for.

    Raises:
        ConfigError: neither words nor a picture are given.
        MissingDependencyError: what was asked for needs a package that is not installed.
        MediaError: no film can be read, nothing is told of any in words, or the picture cannot be read.
        OutputError: the page cannot be written.
        KeyboardInterrupt: stopped; the message says how to go on.
    """
    if not config.text.strip() and config.like is None:
        raise ConfigError('text: nothing to search for; give some words, such as "a red bicycle", or --like PICTURE')
    look = look_of(config.like) if config.like is not None else None
    films = films_in(config.place)
    if config.out is not None:
        spare(config.out, films)
        if config.out.suffix.lower() != ".html":
            raise OutputError(f"{config.out}: what is found is shown on a page; give a .html file")
    notes: list[str] = []
    spoken = _spoken(films, config, notes, view) if config.text.strip() else None
    if look is None:
        matches = best(spoken or (), config.most)
    else:
        matches = find_like(look, _looks(films, config, notes, view), spoken, config.most)
    if config.out is not None:
        title = (
            config.text
            if config.like is None
            else ", ".join(filter(None, [config.text.strip(), f"like {config.like.name}"]))
        )
        page_of(title, matches).save(config.out)
    return Searched(tuple(matches), tuple(dict.fromkeys(notes)), config.out)


def _spoken(films: Sequence[Path], config: SearchConfig, notes: list[str], view: View) -> list[Match]:
    """Return all that words find, and add to the notes what a person should know of it."""
    told = _told(films, config, notes, view)
    use = has_meaning() if config.by_meaning is None else config.by_meaning
    if config.by_meaning is None and not use:
        notes.append(f"searched by words alone; to search by meaning: {INSTALL}")

    def tell(note: str) -> None:
        if note:
            notes.append(note)

    matches = by_words(config.text, told, cache_for(films[0], config.cache), _meaning() if use else None, tell)
    if not matches and not any(one.passages for one in told):
        listen = "" if config.transcript else ", or add --transcript"
        beside = f"{films[0].stem}.srt or {films[0].stem}{CAPTIONS_SUFFIX}"
        nothing = f"{config.place}: nothing is told in words; put {beside} beside the film{listen}"
        if config.like is None:
            raise MediaError(nothing)
        notes.append(nothing)
    return matches


def _meaning() -> "Meaning":
    """Return what tells meanings; it takes torch, which a search by words does without."""
    from frameloom.apps.summarise.meaning import open_meaning

    return open_meaning()


def _told(films: Sequence[Path], config: SearchConfig, notes: list[str], view: View) -> list[Told]:
    """Return what is told of each film that can be read, and add to the notes what is left out."""
    recogniser = recogniser_for(SaidConfig(transcript=config.transcript, speech_model=config.speech_model))
    told = _of_each(films, config, notes, lambda film: told_of(film, recogniser, cache_for(film, config.cache), view))
    notes += [note for one in told for note in one.notes]
    return told


def _looks(films: Sequence[Path], config: SearchConfig, notes: list[str], view: View) -> dict[Path, Analysis]:
    """Return what is known of each film that can be read, and add to the notes what is left out."""
    looks = _of_each(films, config, notes, lambda film: seen(film, config.cache, view))
    notes += [note for one in looks for note in one.notes]
    return {one.path: one for one in looks}


def _of_each(
    films: Sequence[Path], config: SearchConfig, notes: list[str], made_of: Callable[[Path], Made]
) -> list[Made]:
    """Return what is made of each film that can be read, and add to the notes why others cannot."""
    made: list[Made] = []
    failed: list[str] = []
    for film in films:
        try:
            made.append(made_of(film))
        except MediaError as error:
            failed.append(str(error))
    if not made:
        raise MediaError(failed[0] if len(films) == 1 else f"{config.place}: none of {len(films)} films: {failed[0]}")
    notes += [f"left out: {one}" for one in failed]
    return made


def page_of(query: str, matches: Sequence[Match]) -> Page:
    """Return a page with a picture of each moment."""
    page = Page(query, counted(len(matches), "moment"), made_by=f"frameloom {version()} search")
    photos = []
    for match in matches:
        when = f"{match.film.name} at {clock(match.start)}"
        caption = f"{when}; {match.score:.2f}: {match.why}" + (f". {match.text}" if match.text else "")
        thumb = _thumb(match)
        if thumb is None:
            page.text(caption)
        else:
            photos.append(Photo(thumb, caption, when))
    return page.photos(photos) if photos else page


def _thumb(match: Match) -> bytes | None:
    """Return a small picture of a moment as a JPEG; None where there is none or it is damaged."""
    info = probe(match.film)
    if info.video is None:
        return None
    try:
        picture = next(read_pictures(match.film, match.middle, match.middle), None)
    except MediaError:
        return None
    if picture is None:
        return None
    form = form_of(info)
    return jpeg(to_rgb(resize_planes(picture.planes, form.width, form.height, "area"), info.videos[0].color))
