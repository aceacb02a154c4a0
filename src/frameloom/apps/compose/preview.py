"""A look at a storyboard before it is made: a contact sheet with a picture of each beat, and a small, fast film."""

from dataclasses import dataclass
from pathlib import Path

from frameloom.apps.compose.compose import Composed, compose
from frameloom.apps.compose.pictures import pictures_of
from frameloom.apps.compose.pieces import pieces_folder
from frameloom.apps.compose.reading import read_draft
from frameloom.apps.compose.ready import ComposeConfig, make_ready
from frameloom.apps.compose.timing import Laid
from frameloom.apps.edit.preview import MAX_PICTURES, sheet
from frameloom.core.files import whole_file
from frameloom.core.progress import View
from frameloom.core.times import clock
from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.pictures import write_still
from frameloom.media.image import Rgb, to_rgb

DRAFT_SIDE = 360
"""Shorter side in px of the small film, unless a smaller one is asked for."""
COLUMNS = 4


@dataclass(frozen=True)
class Previewed:
    """What was made."""

    sheet: Path
    beats: int
    film: Composed | None
    notes: tuple[str, ...]

    def record(self) -> dict[str, object]:
        """Return it for programs."""
        film = None if self.film is None else self.film.record()
        return {"sheet": str(self.sheet), "beats": self.beats, "film": film, "notes": list(self.notes)}

    def text(self) -> str:
        """Return it for people."""
        told = f"{self.sheet}: {self.beats} beats"
        return f"{self.film.text()}\n{told}" if self.film else "\n".join([*self.notes, told])


def preview(config: ComposeConfig, view: View = "auto", sheet_only: bool = False) -> Previewed:
    """Write a contact sheet, and unless only that is asked for, the film in small, beside and not over a whole one.

    Raises:
        ConfigError: the storyboard has problems; lists them all.
        MediaError: a file is damaged, or a voice does not speak this.
        OutputError: the place cannot be written.
    """
    board = read_draft(config.story, changes=config.changes).storyboard
    side = config.side or min(DRAFT_SIDE, DRAFT_SIDE if board is None else board.side)
    video = VideoFormat(speed="draft", quality=60)
    film = config.film
    draft = film if film == config.out else film.with_suffix(f".draft{film.suffix}")
    small = config.model_copy(update={"side": side, "video": video, "out": draft})
    ready = make_ready(small, pieces_folder(draft))
    path = film.with_suffix(".sheet.png")
    with whole_file(path) as part:
        write_still(part, sheet(_pictures(ready.laid), min(COLUMNS, len(ready.laid.beats))))
    made = None if sheet_only else compose(small, view)
    return Previewed(path, len(ready.laid.beats), made, ready.notes)


def _pictures(laid: Laid) -> list[tuple[Rgb, str]]:
    """Return the picture of each beat when most of it has been said, and when that beat begins."""
    pictures = []
    for placed in laid.beats[:MAX_PICTURES]:
        number = placed.frames * 4 // 5
        picture = next(pictures_of(laid, placed, number, number + 1))
        pictures.append(
            (to_rgb(picture), f"{placed.number + 1}. {clock(placed.first / laid.rate)} {placed.scene.kind}")
        )
    return pictures
