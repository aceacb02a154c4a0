"""A piece as a file: plain arrays that hold no code, times as numerator and denominator."""

from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.summarise.pieces import Candidate, Piece
from frameloom.apps.summarise.reading import Damage


def save_piece(path: Path, piece: Piece) -> None:
    """Write a piece as a file of plain arrays."""
    thumbs = [candidate.thumb for candidate in piece.candidates]
    np.savez(
        path,
        span=_times([piece.start, piece.stop]),
        starts=_times([time for time, _ in piece.starts]),
        kinds=np.array([kind for _, kind in piece.starts], "U16"),
        seconds=piece.seconds,
        features=piece.features,
        levels=piece.levels,
        damage=_times([time for one in piece.damage for time in (one.start, one.stop)]),
        damaged=np.array([one.of for one in piece.damage], "U16"),
        times=_times([candidate.time for candidate in piece.candidates]),
        grades=np.array([(one.quality, one.sharpness, one.exposure, one.face) for one in piece.candidates], np.float32),
        looks=np.array([one.feature for one in piece.candidates], np.float16),
        thumbs=np.frombuffer(b"".join(thumbs), np.uint8),
        lengths=np.array([len(thumb) for thumb in thumbs], np.int64),
    )


def read_piece(path: Path) -> Piece:
    """Return the piece in a file.

    Raises:
        OSError, ValueError, KeyError: gone, cut off, or of another making.
    """
    with path.open("rb") as handle, np.load(handle, allow_pickle=False) as held:
        start, stop = _fractions(held["span"])
        lost = _fractions(held["damage"])
        ends = np.cumsum(held["lengths"])
        thumbs = held["thumbs"].tobytes()
        grades: list[tuple[float, float, float, float]] = held["grades"].tolist()
        looks = held["looks"]
        candidates = tuple(
            Candidate(time, *grades[index], looks[index], thumbs[end - length : end])
            for index, (time, end, length) in enumerate(
                zip(_fractions(held["times"]), ends, held["lengths"], strict=True)
            )
        )
        kinds = [str(kind) for kind in held["kinds"]]
        return Piece(
            start,
            stop,
            tuple(zip(_fractions(held["starts"]), kinds, strict=True)),
            held["seconds"],
            held["features"],
            held["levels"],
            candidates,
            tuple(
                Damage(begin, end, "sound" if str(of) == "sound" else "pictures")
                for begin, end, of in zip(lost[::2], lost[1::2], held["damaged"], strict=True)
            ),
        )


def _times(times: list[Fraction]) -> NDArray[np.int64]:
    """Return times as pairs of numerator and denominator, (N, 2)."""
    return np.array([(time.numerator, time.denominator) for time in times], np.int64).reshape(-1, 2)


def _fractions(pairs: NDArray[np.int64]) -> list[Fraction]:
    return [Fraction(int(above), int(below)) for above, below in pairs]
