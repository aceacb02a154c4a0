"""A storyboard made ready: read, checked, its words said, its scenes chosen, every beat in its place.

ComposeConfig --read, check--> Storyboard --say, choose--> narrations, scenes --lay out--> Ready
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from frameloom.apps.compose.check import check
from frameloom.apps.compose.choosing import Chosen, choose_scenes
from frameloom.apps.compose.music import beat_of, bed_file, snap_to
from frameloom.apps.compose.reading import Draft, Variables, read_draft, refuse
from frameloom.apps.compose.speaking import Speaker, Voices
from frameloom.apps.compose.templates import TEMPLATES
from frameloom.apps.compose.theme import AspectName, read_theme
from frameloom.apps.compose.timing import Laid, lay_out
from frameloom.core.config import Config
from frameloom.core.errors import MediaError, OutputError
from frameloom.core.times import Rate
from frameloom.media.files.formats import CONTAINERS, SoundFormat, VideoFormat


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
    """A folder that keeps pieces and narration for many films, with lists of what each uses, and forgets none; by
    default one beside the film."""
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
    speaker = Speaker(board, draft.folder, folder, {} if voices is None else voices)
    narrations = [speaker.narrate(beat) for beat in board.beats]
    chosen, notes = choose_scenes(board, draft.folder, config.film)
    scenes = [one.scene for one in chosen]
    laid = lay_out(board, scenes, narrations, theme, draft.folder)
    period = beat_of(board, laid.duration) if board.music and board.music.cut_on_beat else None
    if period is not None:
        laid = lay_out(board, scenes, narrations, theme, draft.folder, snap_to(period))
    notes += [*_longer(laid), *_unseen(laid)]
    return Ready(draft, laid, period, tuple(chosen), (*found.notes, *speaker.notes, *notes))


def _unseen(laid: Laid) -> Iterator[str]:
    """Yield a note for each beat that is over before a cue that was given in seconds."""
    for placed in laid.beats:
        stops = placed.frames / laid.rate
        late = [cue for cue in placed.beat.cues if isinstance(cue, Fraction) and cue >= stops]
        if late:
            told = f"ends after {float(stops):.1f} s, before its cue at {float(late[0]):g} s; that part is not seen"
            yield f"beats[{placed.number}]: {told}"


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
