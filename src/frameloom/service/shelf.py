"""Finished recordings, under names that nobody guesses; the oldest make room for new ones.

recording --write--> FOLDER/token.mp4 --> /recordings/token.mp4
"""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from frameloom.core.provenance import version
from frameloom.generation.stream import Recording

MOST = 16
"""Recordings that are kept."""


@dataclass(frozen=True)
class Kept:
    """A recording to be fetched."""

    url: str
    name: str
    """As what a browser saves it."""
    path: Path
    frames: int


class Shelf:
    """The recordings of all pages."""

    def __init__(self, folder: Path) -> None:
        """Keep them in a folder that is this shelf's own."""
        self.folder = folder
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = Lock()

    def keep(self, recording: Recording, model: str, scene: str, rate: int) -> Kept:
        """Write a recording as MP4; see Recording.save for what it raises."""
        file = f"{secrets.token_urlsafe(12)}.mp4"
        made_by = f"frameloom {version()} stream {model}: {len(recording)} frames of {scene}, steered live"
        recording.save(self.folder / file, rate, made_by)
        name = "-".join(["frameloom", Path(model).name, *scene.split()]) + ".mp4"
        kept = Kept(f"recordings/{file}", name, self.folder / file, len(recording))
        with self._lock:
            self._kept[file] = kept
            while len(self._kept) > MOST:
                _, oldest = self._kept.popitem(last=False)
                oldest.path.unlink(missing_ok=True)
        return kept

    def find(self, file: str) -> Kept | None:
        """Return what is kept under a name, if anything is."""
        return self._kept.get(file)
