"""What is in files, told by a hash: the same for the same bytes, wherever they lie and whenever they were written."""

import hashlib
from functools import lru_cache
from pathlib import Path

_MOST_KNOWN = 4096

State = list[object]
"""What tells whether a file or a folder is as it was; JSON takes it."""


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, which is read once as long as nobody touches it.

    Raises:
        OSError: it cannot be read.
    """
    about = path.stat()
    return _hash(path.absolute(), about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)


@lru_cache(_MOST_KNOWN)
def _hash(path: Path, *_: int) -> str:
    """Return the SHA-256 of a file; the numbers are what its system tells of it, some of which change as it does."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def state_of(path: Path) -> State:
    """Return the name and the content of a file, or of all in a folder that is not hidden; of nothing, its name."""
    try:
        if not path.is_dir():
            return [path.name, hash_of(path)]
        return [path.name, [state_of(one) for one in sorted(path.iterdir()) if not one.name.startswith(".")]]
    except OSError:
        return [path.name]
