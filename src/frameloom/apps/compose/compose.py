"""A storyboard becomes a film, and all that is published with it.

story.toml --read, check--> Storyboard --say--> narrations --lay out--> Laid
    Laid --pieces, each kept--> pictures --+
         --mix, loudness------> sound -----+--> film.mp4
         --> film.srt .vtt .ass, poster, thumbnails, transcript, chapters, timeline, record
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any

from frameloom.apps.compose.check import check
from frameloom.apps.compose.choosing import Chosen, choose_scenes
from frameloom.apps.compose.music import beat_of, bed_file, snap_to
from frameloom.apps.compose.pieces import (
    Piece,
    draw_piece,
    encode_piece,
    forget,
    missing_pieces,
    pieces_folder,
    pieces_of,
    track_for,
    work_of,
)
from frameloom.apps.compose.publishing import Published, publish
from frameloom.apps.compose.reading import Draft, Variables, read_draft, refuse
from frameloom.apps.compose.sounding import has_sound, heard, loudness_of
from frameloom.apps.compose.speaking import Speaker, Voices
from frameloom.apps.compose.templates import TEMPLATES
from frameloom.apps.compose.theme import AspectName, read_theme
from frameloom.apps.compose.timing import Laid, lay_out
from frameloom.core.config import Config
from frameloom.core.errors import MediaError, OutputError
from frameloom.core.files import spare
from frameloom.core.progress import View, showing
from frameloom.core.provenance import version
from frameloom.core.times import Rate, clock
from frameloom.effects.sound.loudness import Adjustment
from frameloom.media.files.encode import VideoTrack
from frameloom.media.files.formats import CONTAINERS, SoundFormat, VideoFormat
from frameloom.media.files.segments import alone, assemble
from frameloom.media.frames import Chapter, Written
from frameloom.media.planes import Planes

LINE_S = 5
"""Seconds between two lines of progress, where there is no bar."""


class ComposeConfig(Config):
    """What film is made of a storyboard, and where it goes."""

    story: Path
    """A .toml, .yaml, .json or .md file."""
    out: Path = Path("out")
    """A folder for the film and what belongs to it, or the film's own file name."""
    aspect: AspectName | None = None
    """Shape of the picture; by default as the storyboard says."""
    side: int | None = None
    """Shorter side in px; by default as the storyboard says."""
    rate: Rate | None = None
    """Pictures per second; by default as the storyboard says."""
    voice: str | None = None
    language: str | None = None
    seed: int | None = None
    pieces: Path | None = None
    """A folder that keeps pieces and narration for many films, and forgets none; by default one beside the film."""
    video: VideoFormat = VideoFormat(speed="fast", quality=78)
    audio: SoundFormat = SoundFormat()

    @property
    def film(self) -> Path:
        """Return the film's file."""
        if self.out.suffix and not self.out.is_dir():
            return self.out
        shape = "" if self.aspect is None else f"-{self.aspect.replace(':', 'x')}"
        language = "" if self.language is None else f"-{self.language}"
        return self.out / f"{self.story.stem}{shape}{language}.mp4"

    @property
    def changes(self) -> dict[str, Any]:
        """Return what is said here instead of in the storyboard."""
        given = {
            "aspect": self.aspect,
            "side": self.side,
            "rate": self.rate,
            "voice": self.voice,
            "language": self.language,
            "seed": self.seed,
        }
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True)
class Ready:
    """A storyboard with its words said and every beat in its place."""

    draft: Draft
    laid: Laid
    period: Fraction | None
    """Seconds from beat to beat of the music, where cuts fall on it."""
    chosen: tuple[Chosen, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Composed:
    """What was made."""

    written: Written
    duration: Fraction
    beats: int
    drawn: int
    """Pieces that were drawn; the others were there."""
    pieces: int
    published: Published
    notes: tuple[str, ...]

    def record(self) -> dict[str, object]:
        """Return it for programs."""
        return {
            "path": str(self.written.path),
            "seconds": float(self.duration),
            "width": self.written.width,
            "height": self.written.height,
            "pictures": self.written.frames,
            "beats": self.beats,
            "pieces": self.pieces,
            "drawn": self.drawn,
            "files": [str(path) for path in self.published.files],
            "notes": list(self.notes),
        }

    def text(self) -> str:
        """Return it for people."""
        written = self.written
        kept = f", {self.pieces - self.drawn} of {self.pieces} pieces as they were" if self.drawn < self.pieces else ""
        size = f"{written.width}x{written.height} px, {written.frames} pictures{kept}"
        return "\n".join([*self.notes, f"{written.path}: {clock(self.duration)}, {self.beats} beats, {size}"])


def compose(
    config: ComposeConfig, view: View = "auto", variables: Variables | None = None, voices: Voices | None = None
) -> Composed:
    """Make a film of a storyboard, while progress is shown.

    Args:
        config: which film, and where it goes.
        view: how progress is shown.
        variables: words for {name} in the texts.
        voices: those that are open already; what is opened besides is added to them.

    Raises:
        ConfigError: the storyboard has problems; lists them all with their lines.
        MediaError: a file is damaged, or a voice does not speak this.
        OutputError: the place cannot be written.
        KeyboardInterrupt: stopped; the same command goes on.
    """
    film = config.film
    check_suffix(film)
    spare(film, [config.story])
    folder = config.pieces or pieces_folder(film)
    with alone(film):
        ready = make_ready(config, folder, variables, voices)
        return _made(ready, config, film, folder, view)


def check_suffix(film: Path) -> None:
    """Refuse formats that are not put together of pieces, or hold no pictures.

    Raises:
        MediaError: says what would do.
    """
    container = CONTAINERS.get(film.suffix.lower())
    if container is None or not (container.format and container.video):
        known = ", ".join(suffix for suffix, one in CONTAINERS.items() if one.format and one.video)
        raise MediaError(f"{film}: a film with sound is not written as {film.suffix!r}; give {known}, or a folder")


def make_ready(
    config: ComposeConfig, folder: Path, variables: Variables | None = None, voices: Voices | None = None
) -> Ready:
    """Return a storyboard with its words said and every beat in its place.

    Raises:
        ConfigError: the storyboard has problems; lists them all.
        MediaError: a voice does not speak this.
        OutputError: the folder cannot be written.
    """
    draft = read_draft(config.story, variables=variables, changes=config.changes)
    found = check(draft)
    refuse(found.problems)
    board = found.storyboard
    theme = read_theme(board.theme or TEMPLATES[board.template].theme, draft.folder)
    _make(folder)
    speaker = Speaker(board, folder, {} if voices is None else voices)
    narrations = [speaker.narrate(beat) for beat in board.beats]
    chosen, notes = choose_scenes(board, draft.folder)
    scenes = [one.scene for one in chosen]
    laid = lay_out(board, scenes, narrations, theme, draft.folder)
    period = beat_of(board, laid.duration) if board.music and board.music.cut_on_beat else None
    if period is not None:
        laid = lay_out(board, scenes, narrations, theme, draft.folder, snap_to(period))
    return Ready(draft, laid, period, tuple(chosen), (*found.notes, *speaker.notes, *notes, *_longer(laid)))


def _longer(laid: Laid) -> Iterator[str]:
    """Yield a note for each beat that is longer than was asked, because its words are."""
    for placed in laid.beats:
        asked = placed.beat.length
        if asked is not None and placed.narration and placed.lead + placed.narration.duration > asked:
            took, wanted = float(placed.frames / laid.rate), float(asked)
            yield f"beats[{placed.number}]: its words take {took:.1f} s, not {wanted:g}; say less, or faster with pace"


def music_of(ready: Ready, folder: Path) -> Path | None:
    """Return the file of a film's music, which is made where it is not there yet; None where there is none.

    Raises:
        OutputError: the folder cannot be written.
    """
    laid, music = ready.laid, ready.laid.storyboard.music
    if music is None or music.path is not None:
        return None if music is None or music.path is None else laid.folder / music.path
    return bed_file(laid.storyboard, music, laid.duration, ready.period, folder)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror}); choose another place") from error


def _made(ready: Ready, config: ComposeConfig, film: Path, folder: Path, view: View) -> Composed:
    laid = ready.laid
    track, suffix, note = track_for(film, laid, config.video)
    pieces = pieces_of(laid, track, folder, suffix)
    missing = missing_pieces(pieces)
    try:
        _draw(laid, missing, track, film.name, view)
        music = music_of(ready, folder)
        is_heard = has_sound(laid)
        adjustment = loudness_of(laid, music) if is_heard else Adjustment()
        written = assemble(
            work_of(film, track, pieces),
            heard(laid, music, adjustment) if is_heard else None,
            audio=config.audio,
            made_by=f"frameloom {version()} compose",
            chapters=chapters_of(laid),
            metadata={"title": laid.storyboard.title} if laid.storyboard.title else None,
        )
    except KeyboardInterrupt:
        whole = len(pieces) - len(missing_pieces(pieces))
        told = f"{film}: stopped; {whole} of {len(pieces)} pieces are there; the same command goes on from there"
        raise KeyboardInterrupt(told) from None
    published = publish(ready.draft, laid, ready.chosen, pieces, film)
    if config.pieces is None:
        forget(folder, pieces, [*_sounds(laid), *([music] if music else [])])
    about_sound = f"sound: {adjustment.note}" if adjustment.note else ""
    notes = tuple(dict.fromkeys(filter(None, [*ready.notes, note, about_sound, *published.notes])))
    return Composed(written, laid.duration, len(laid.beats), len(missing), len(pieces), published, notes)


@dataclass(frozen=True)
class _Step:
    """A picture on its way to the encoder, and how far the work is."""

    picture: Planes
    progress: float
    text: str
    record: Mapping[str, float | int | str] = field(default_factory=dict)


def _draw(laid: Laid, missing: Sequence[Piece], track: VideoTrack, title: str, view: View) -> None:
    """Draw and encode pieces, while progress is shown."""
    with closing(_watched(_steps(laid, missing), title, view)) as pictures:
        for piece in missing:
            encode_piece(piece, track, islice(pictures, piece.count))


def _watched(steps: Iterator[_Step], title: str, view: View) -> Generator[Planes, None, None]:
    for step in showing(steps, title, view):
        yield step.picture


def _steps(laid: Laid, missing: Sequence[Piece]) -> Iterator[_Step]:
    total, done = sum(piece.count for piece in missing), 0
    began = said = monotonic()
    for number, piece in enumerate(missing, 1):
        for picture in draw_piece(laid, piece):
            done += 1
            now = monotonic()
            speed = done / max(now - began, 1e-6)
            record: dict[str, float | int | str] = {}
            if now - said >= LINE_S:
                said = now
                record = {"picture": done, "of": total, "pictures_per_s": round(speed, 1)}
            yield _Step(picture, done / total, f"piece {number} of {len(missing)}, {speed:.0f} pictures/s", record)


def _sounds(laid: Laid) -> list[Path]:
    """Return the files of narrations."""
    return [placed.narration.sound for placed in laid.beats if placed.narration and placed.narration.sound]


def chapters_of(laid: Laid) -> list[Chapter]:
    """Return the beats that have titles as chapters; the first begins with the film."""
    named = [placed for placed in laid.beats if placed.beat.title]
    if not named:
        return []
    starts = [Fraction(0), *(placed.first / laid.rate for placed in named[1:])]
    ends = [*starts[1:], laid.duration]
    return [Chapter(start, end, one.beat.title) for start, end, one in zip(starts, ends, named, strict=True)]
