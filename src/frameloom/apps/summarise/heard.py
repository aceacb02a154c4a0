"""What is heard of a film, told from the levels of its pieces ten minutes at a time, so that memory hardly grows.

    levels   |-------------|-------------|------      five numbers every 10 ms
    told     [=============]==                        each stretch with half a minute of what is around it
                        ===[=============]==

Only how loud its loud parts are is asked of the whole film; everything else is told from what lies near.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.edit.automatic.hearing import words_of
from frameloom.apps.edit.automatic.spans import Span, Spans, common, merged
from frameloom.apps.summarise.pieces import Piece, Small
from frameloom.effects.sound.features import FRAMES_PER_S, HIGHEST_PITCH_HZ, SILENT_DB, Features
from frameloom.effects.sound.listening import understand
from frameloom.effects.sound.speech import Listening, loud_level

STRETCH_S, MARGIN_S = 600, 30
LOUDEST_FRAMES = 40
"""Of a second, whose mean level counts: 400 ms."""
_HOP = Fraction(1, FRAMES_PER_S)
_SILENCE = np.array([SILENT_DB, SILENT_DB, 0, 0, HIGHEST_PITCH_HZ], np.float32)
"""What stands where a piece has no levels."""

Row = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Heard:
    """The part of an analysis that comes of sound; spans in seconds of the film."""

    level_db: Row
    """Of each second, (S,), as the others."""
    flux: Row
    speech: Row
    silences: Spans = ()
    spoken: Spans = ()
    words: Spans = ()


def heard_in(pieces: Sequence[Piece], duration: Fraction, count: int, stretch_s: int = STRETCH_S) -> Heard:
    """Return what is heard in the pieces of a film, of so many seconds; what a stretch is changes nothing."""
    rows = {int(piece.start * FRAMES_PER_S): piece.levels for piece in pieces if len(piece.levels)}
    end = max((first + len(levels) for first, levels in rows.items()), default=0)
    level_db, flux = np.full(count, SILENT_DB, np.float32), np.zeros(count, np.float32)
    if not end:
        return Heard(level_db, flux, flux)
    listening = Listening(loud_db=loud_level(np.concatenate([levels[:, 0] for levels in rows.values()])))
    silences: list[Span] = []
    spoken: list[Span] = []
    words: list[Span] = []
    for begin, stop in _stretches(end, stretch_s * FRAMES_PER_S):
        low, high = max(begin - MARGIN_S * FRAMES_PER_S, 0), min(stop + MARGIN_S * FRAMES_PER_S, end)
        features = Features(_HOP, min(high * _HOP, duration) - low * _HOP, *_columns(rows, low, high))
        heard = understand(features, listening)
        own, shift = Span(begin * _HOP, stop * _HOP), low * _HOP
        for kept, found in (
            (silences, [Span(one.start, one.stop) for one in heard.silences]),
            (spoken, [Span(one.start, one.stop) for one in heard.speech]),
            (words, words_of(heard)),
        ):
            kept += common([Span(one.begin + shift, one.end + shift) for one in found], [own])
        seconds = slice(begin // FRAMES_PER_S, min(-(-stop // FRAMES_PER_S), count))
        inner = slice(begin - low, stop - low)
        level_db[seconds] = _by_second(loudest(features.level_db)[inner], SILENT_DB)[: count - seconds.start]
        flux[seconds] = _by_second(features.flux[inner], 0)[: count - seconds.start]
    return Heard(level_db, flux, _shares(merged(spoken), count), merged(silences), merged(spoken), merged(words))


def _stretches(end: int, length: int) -> Iterator[tuple[int, int]]:
    for begin in range(0, end, length):
        yield begin, min(begin + length, end)


def _columns(rows: dict[int, Small], low: int, high: int) -> NDArray[np.float32]:
    """Return the levels of the frames from low until high, (5, F)."""
    columns = np.repeat(_SILENCE[:, None], high - low, axis=1)
    for first, levels in rows.items():
        begin, stop = max(first, low), min(first + len(levels), high)
        if begin < stop:
            columns[:, begin - low : stop - low] = levels[begin - first : stop - first].T
    return columns


def loudest(level_db: Row) -> Row:
    """Return the level of the 400 ms around each frame."""
    power = np.concatenate([[0.0], np.cumsum(10 ** (level_db.astype(np.float64) / 10))])
    index = np.arange(len(level_db))
    low, high = np.maximum(index - LOUDEST_FRAMES // 2, 0), np.minimum(index + LOUDEST_FRAMES // 2, len(level_db))
    means = (power[high] - power[low]) / np.maximum(high - low, 1)
    level: Row = np.maximum(10 * np.log10(np.maximum(means, 1e-10)), SILENT_DB).astype(np.float32)
    return level


def _by_second(row: Row, nothing: float) -> Row:
    """Return the highest of each second."""
    padded = np.full(-(-len(row) // FRAMES_PER_S) * FRAMES_PER_S, nothing, np.float32)
    padded[: len(row)] = row
    highest: Row = padded.reshape(-1, FRAMES_PER_S).max(axis=1)
    return highest


def _shares(spans: Spans, count: int) -> Row:
    """Return which share of each second the spans cover."""
    flags = np.zeros(count * FRAMES_PER_S, np.bool_)
    for span in spans:
        flags[int(span.begin * FRAMES_PER_S) : int(span.end * FRAMES_PER_S)] = True
    shares: Row = flags.reshape(count, FRAMES_PER_S).mean(axis=1, dtype=np.float32)
    return shares
