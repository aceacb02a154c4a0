"""Viseme tracks as files: JSON that other programs read at once.

{"frameloom": ..., "rate": 100, "visemes": [15 names], "weights": [[15], ...], "intensity": [...],
 "cues": [[start in s, viseme], ...]}                                    cues: the strongest, where it changes
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import MediaError
from frameloom.core.files import whole_file
from frameloom.core.provenance import version
from frameloom.media.visemes import RATE, VISEMES, VisemeTrack

_DIGITS = 4
_AT_ONCE = 4096
LARGEST = 2**29
"""Bytes of a file that is read."""


def write_track(track: VisemeTrack, path: Path, **told: str) -> None:
    """Write a track; told is kept in the file beside it.

    Raises:
        OutputError: the file cannot be written.
    """
    labels = track.labels
    edges = [0, *(np.flatnonzero(np.diff(labels)) + 1).tolist()] if len(labels) else []
    head = {"frameloom": version(), **told, "rate": RATE, "visemes": VISEMES}
    cues = [[row / RATE, VISEMES[labels[row]]] for row in edges]
    with whole_file(path) as part, part.open("w", encoding="utf-8") as file:
        file.write(_json(head)[:-1])
        for name, rows in (("weights", track.weights), ("intensity", track.intensity)):
            file.write(f',"{name}":[')
            file.writelines(_listed(rows))
            file.write("]")
        file.write(f',"cues":{_json(cues)}}}\n')


def _listed(rows: NDArray[np.float32]) -> Iterator[str]:
    """Yield rows as they stand in a list of JSON, some at a time: hours of them would be large as Python's numbers."""
    for first in range(0, len(rows), _AT_ONCE):
        some = np.round(rows[first : first + _AT_ONCE].astype(float), _DIGITS).tolist()
        yield ("," if first else "") + _json(some)[1:-1]


def _json(told: object) -> str:
    return json.dumps(told, separators=(",", ":"))


def read_track(path: Path) -> VisemeTrack:
    """Return the track in a file; rows sum to 1 again.

    Raises:
        MediaError: it cannot be read, or is no track.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise MediaError(f"{path}: larger than {LARGEST >> 20} MiB; give a viseme track")
        record = json.loads(path.read_text(encoding="utf-8"))
        weights = np.array(record["weights"], np.float32).reshape(-1, len(VISEMES))
        intensity = np.array(record["intensity"], np.float32)
        fits = tuple(record["visemes"]) == VISEMES and record["rate"] == RATE and intensity.shape == (len(weights),)
        sums = weights.sum(1, keepdims=True)
        is_sane = bool(np.isfinite(weights).all() and np.isfinite(intensity).all() and (weights >= 0).all())
        if not fits or not is_sane or (sums <= 0).any():
            raise MediaError(f"{path}: no viseme track of {RATE} rows a second; write one with `frameloom visemes`")
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror or error}); give a viseme track") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, MediaError):
            raise
        raise MediaError(f"{path}: no viseme track ({error}); write one with `frameloom visemes`") from error
    return VisemeTrack(weights / sums, intensity)
