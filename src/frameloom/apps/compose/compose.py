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

from frameloom.apps.compose.keeping import forget_others, list_uses
from frameloom.apps.compose.pieces import (
    Piece,
    draw_piece,
    encode_piece,
    missing_pieces,
    pieces_folder,
    pieces_of,
    track_for,
    work_of,
)
from frameloom.apps.compose.publishing import BESIDE, Published, publish
from frameloom.apps.compose.reading import Variables
from frameloom.apps.compose.ready import ComposeConfig, Ready, check_suffix, make_ready, music_of
from frameloom.apps.compose.record import Source, sources_of
from frameloom.apps.compose.sounding import has_sound, heard, loudness_of
from frameloom.apps.compose.speaking import Voices
from frameloom.apps.compose.timing import Laid
from frameloom.core.files import spare
from frameloom.core.progress import View, showing
from frameloom.core.provenance import version
from frameloom.core.times import clock
from frameloom.effects.sound.loudness import Adjustment
from frameloom.media.files.assembly import assemble
from frameloom.media.files.encode import VideoTrack
from frameloom.media.files.languages import three_letters
from frameloom.media.files.workplace import alone
from frameloom.media.frames import Chapter, Written
from frameloom.media.planes import Planes

LINE_S = 5
"""Seconds between two lines of progress, where there is no bar."""


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
    targets = [film, *(film.with_suffix(suffix) for suffix in BESIDE)]
    for target in targets:
        spare(target, [config.story])
    folder = config.pieces or pieces_folder(film)
    try:
        with alone(film):
            ready = make_ready(config, folder, variables, voices)
            sources = sources_of(ready.laid)
            for target in targets:
                spare(target, [one.path for one in sources])
            return _made(ready, sources, config, film, folder, view)
    except KeyboardInterrupt as stop:
        raise KeyboardInterrupt(str(stop) or f"{film}: stopped; the same command goes on from there") from None


def _made(
    ready: Ready, sources: Sequence[Source], config: ComposeConfig, film: Path, folder: Path, view: View
) -> Composed:
    laid = ready.laid
    track, suffix, note = track_for(film, laid, config.video)
    pieces = pieces_of(laid, track, folder, suffix)
    missing = missing_pieces(pieces)
    used = [*(piece.path for piece in pieces), *_sounds(laid)]
    if config.pieces is not None:
        list_uses(folder, film.name, used)
    try:
        _draw(laid, missing, track, film.name, view)
        music = music_of(ready, folder)
        used += [music] if music else []
        is_heard = has_sound(laid)
        adjustment = loudness_of(laid, music) if is_heard else Adjustment()
        written = assemble(
            work_of(film, track, pieces),
            heard(laid, music, adjustment) if is_heard else None,
            audio=config.audio,
            made_by=f"frameloom {version()} compose",
            chapters=chapters_of(laid),
            metadata={"title": laid.storyboard.title} if laid.storyboard.title else None,
            language=three_letters(laid.storyboard.language) if _sounds(laid) else "",
        )
    except KeyboardInterrupt:
        whole = len(pieces) - len(missing_pieces(pieces))
        told = f"{film}: stopped; {whole} of {len(pieces)} pieces are there; the same command goes on from there"
        raise KeyboardInterrupt(told) from None
    published = publish(ready.draft, laid, ready.chosen, sources, pieces, film)
    if config.pieces is None:
        forget_others(folder, used)
    else:
        list_uses(folder, film.name, used)
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
