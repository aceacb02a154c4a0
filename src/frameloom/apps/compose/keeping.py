"""What is kept of films that were made, and forgotten when none uses it any more.

.film.mp4.pieces/   KEY.mp4  KEY.wav ...                     of one film: whatever it does not use goes
.pieces/            KEY.mp4  KEY.wav ...  FILM.mp4.uses ...  of many: whatever is in none of their lists goes
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from frameloom.core.files import whole_file

_LIST = ".uses"


def list_uses(folder: Path, film: str, used: Iterable[Path]) -> None:
    """Write down what a film uses of a folder that many share.

    Raises:
        OutputError: the folder cannot be written.
    """
    with whole_file(folder / f"{film}{_LIST}") as part:
        part.write_text("\n".join(sorted({path.stem for path in used})) + "\n", encoding="utf-8")


def forget_others(folder: Path, used: Iterable[Path]) -> None:
    """Remove from the folder of a film what it does not use."""
    _keep(folder, {path.stem for path in used})


def forget_unlisted(folder: Path, films: Path, asked: Collection[str], before: float) -> None:
    """Remove what no film uses from a folder that many share.

    Args:
        folder: with what they use, and their lists.
        films: the folder of the films; the list of one that is neither there nor asked for goes.
        asked: names of films, made or not.
        before: seconds since 1970; what is younger stays, for somebody may be about to use it.
    """
    lists = [path for path in folder.glob(f"*{_LIST}") if path.is_file()]
    stale = {path for path in lists if path.stem not in asked and not (films / path.stem).exists()}
    used = {stem for path in lists if path not in stale for stem in path.read_text(encoding="utf-8").split()}
    _keep(folder, used, before, stale)


def _keep(folder: Path, used: set[str], before: float | None = None, stale: Collection[Path] = ()) -> None:
    """Remove files that are old enough, and neither used nor a list that is not stale."""
    for path in folder.iterdir():
        is_used = path not in stale if path.suffix == _LIST else path.name.split(".")[0] in used
        with suppress(OSError):
            if path.is_file() and not is_used and (before is None or path.stat().st_mtime < before):
                path.unlink()
