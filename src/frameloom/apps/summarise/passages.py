"""What is told of a film in words, and when: what is said in it, and what somebody wrote of it.

talk.mp4  talk.srt (.vtt .ass .ssa, talk.en.srt)     said, as subtitles have it
          its first subtitle track                   the same, without such a file
          talk.captions.txt                          seen, as somebody wrote it
          cache/...-said-...                         said, as `transcript` wrote it down; only without subtitles
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from frameloom.apps.summarise.reading import damage_notes
from frameloom.apps.summarise.recogniser import Recogniser
from frameloom.apps.summarise.transcribe import known_words, transcribe
from frameloom.core.errors import MediaError
from frameloom.core.progress import View
from frameloom.media.captions import CAPTIONS_SUFFIX, read_captions
from frameloom.media.files.source import probe
from frameloom.media.subtitles import SUBTITLE_SUFFIXES
from frameloom.media.subtitles.soft import save_track
from frameloom.media.transcript import Word, read_transcript, sentences_of

Origin = Literal["said", "seen"]


@dataclass(frozen=True)
class Passage:
    """A sentence, and when it holds, in seconds of the film."""

    start: Fraction
    end: Fraction
    text: str
    origin: Origin


@dataclass(frozen=True)
class Told:
    """What is told of a film."""

    film: Path
    passages: tuple[Passage, ...]
    notes: tuple[str, ...] = ()
    """What is left out of it, and why."""


def told_of(film: Path, recogniser: Recogniser | None, cache: Path | None, view: View = "auto") -> Told:
    """Return what is told of a film; a file beside it that is damaged is left out with a note.

    Args:
        film: a film.
        recogniser: what listens to films without subtitles; None: only what was once written down counts.
        cache: the folder of the cache; None keeps nothing.
        view: how progress is shown.

    Raises:
        MediaError: the film itself cannot be read.
    """
    info = probe(film)
    notes: list[str] = []
    passages: list[Passage] = []
    subtitles = next(_subtitles_beside(film), None) or (film if info.subtitles else None)
    if subtitles is not None:
        try:
            words = read_transcript(subtitles) if subtitles != film else _words_inside(film)
            passages += [Passage(one.start, one.end, one.text, "said") for one in sentences_of(words)]
        except MediaError as error:
            notes.append(f"left out: {error}")
    captions = film.with_name(film.stem + CAPTIONS_SUFFIX)
    if captions.is_file():
        try:
            passages += [Passage(c.start, c.end, c.text, "seen") for c in read_captions(captions, info.duration)]
        except MediaError as error:
            notes.append(f"left out: {error}")
    if subtitles is None and info.sound is not None:
        if recogniser is None:
            heard = known_words(film, cache)
        else:
            made = transcribe(film, recogniser, cache, view)
            heard = made.words
            notes += [*damage_notes(film, made.damage), *made.remarks]
        passages += [Passage(one.start, one.end, one.text, "said") for one in sentences_of(heard)]
    return Told(film, tuple(sorted(passages, key=lambda one: one.start)), tuple(notes))


def _words_inside(film: Path) -> tuple[Word, ...]:
    """Return the words of a film's first subtitle track.

    Raises:
        MediaError: it is damaged, or its letters are pictures.
    """
    with TemporaryDirectory(prefix="frameloom-") as folder:
        track = Path(folder) / "track.srt"
        save_track(film, track)
        return read_transcript(track)


def _subtitles_beside(film: Path) -> Iterator[Path]:
    """Yield the files of subtitles of a film, those without a language in their names first."""
    for suffix in SUBTITLE_SUFFIXES:
        if film.with_suffix(suffix).is_file():
            yield film.with_suffix(suffix)
    for one in sorted(film.parent.iterdir()):
        if one.name.startswith(f"{film.stem}.") and one.suffix.lower() in SUBTITLE_SUFFIXES and one.stem != film.stem:
            yield one
