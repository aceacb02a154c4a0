"""Faster and slower as a tape does it, pitch and all; and backwards.

    source  x  x  x  x  x  x         each sample of the result is a weighted sum of the source's around its position;
            ---w-W-w---              played faster, the weights widen, so that nothing folds back from above

Source: Smith, "Digital Audio Resampling Home Page", ccrma.stanford.edu/~jos/resample (band-limited interpolation).
"""

import math
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from frameloom.effects.sound.blocks import Supply
from frameloom.effects.sound.timemap import TimeMap
from frameloom.media.sound import Sound, silence

FASTEST = 8.0
"""Beyond this speed nothing is heard."""

_GRID = 1024
_ZERO_CROSSINGS = 12
_PHASES = 512
_BETA = 8.0
_PASS = 0.94
"""Of the band up to half the rate, what is kept."""
_WIDTHS_PER_OCTAVE = 4


def varispeed(blocks: Iterable[Sound], time_map: TimeMap, total_samples: int) -> Generator[Sound, None, None]:
    """Yield exactly total_samples of the source at the positions of the map; nothing where the source is empty.

    Args:
        blocks: the source from its sample 0, (N, channels) each; where it ends, silence follows.
        time_map: position in the source at each sample of the result; where it stands still or runs faster than
            8 times, the result is silent.
        total_samples: length of the result.
    """
    supply = Supply(blocks)
    held, first = supply.ahead(1)[:0], 0
    last_audible = True
    try:
        if not held.shape[1]:
            return
        for begin in range(0, total_samples, _GRID):
            stop = min(begin + _GRID, total_samples)
            positions = time_map(np.arange(begin, begin + _GRID + 1, dtype=np.float64))
            speed = float(positions[-1] - positions[0]) / _GRID
            audible = 0 < speed <= FASTEST * 1.001
            reach, table = _weights(_width_for(speed if audible else 1.0))
            low, high = math.floor(positions[0]) - reach, math.floor(positions[-1]) + reach + 1
            held, first = _move(supply, held, first, low, high)
            if audible or last_audible:
                block = _interpolate(held, positions[: stop - begin] - first, reach, table)
                if audible != last_audible:
                    course = np.linspace(float(last_audible), float(audible), _GRID, dtype=np.float32)
                    block = block * course[: len(block), None]
            else:
                block = silence(stop - begin, held.shape[1])
            last_audible = audible
            yield block
    finally:
        supply.close()


def reverse(
    read: Callable[[int, int], Iterable[Sound]], start: int, stop: int, *, block: int = 1 << 16
) -> Iterator[Sound]:
    """Yield the samples from stop back to start, exactly; holds one block.

    Args:
        read: gives the samples from one number up to another, in order.
        start: number of the sample that comes last.
        stop: one past the number of the sample that comes first.
        block: samples read at once.
    """
    for end in range(stop, start, -block):
        begin = max(end - block, start)
        pieces = list(read(begin, end))
        yield np.concatenate(pieces)[::-1] if pieces else silence(0)


def _move(supply: Supply, held: Sound, first: int, low: int, high: int) -> tuple[Sound, int]:
    """Return the source from low to high, silence outside it, and low; what was held may be a part of it."""
    out = silence(high - low, held.shape[1])
    begin = max(first, low)
    kept = held[begin - first : high - first] if begin < first + len(held) else held[:0]
    out[begin - low : begin - low + len(kept)] = kept
    position = first + len(held)
    if high > position:
        if low > position:
            supply.skip(low - max(position, 0))
            position = low
        begin = max(position, 0)
        new = supply.take(high - begin) if high > begin else held[:0]
        out[begin - low : begin - low + len(new)] = new
    return out, low


def _interpolate(held: Sound, positions: NDArray[np.float64], reach: int, table: NDArray[np.float32]) -> Sound:
    """Return the waveform through the held samples at positions among them, (N, channels)."""
    whole = np.floor(positions)
    phases = np.rint((positions - whole) * _PHASES).astype(np.intp)
    starts = whole.astype(np.intp) - reach + 1
    windows = sliding_window_view(held, 2 * reach, axis=0)[starts]  # (N, channels, taps)
    weighted: Sound = np.einsum("nct,nt->nc", windows, table[phases])
    return weighted


def _width_for(speed: float) -> int:
    """Return how wide the weights are, in steps of a quarter octave above those of normal speed."""
    return max(0, math.ceil(_WIDTHS_PER_OCTAVE * math.log2(max(speed, 1.0)) - 1e-6))


@lru_cache(maxsize=16)
def _weights(width: int) -> tuple[int, NDArray[np.float32]]:
    """Return how many samples on each side count, and the weights of each phase, (_PHASES + 1, 2 * reach)."""
    speed = 2 ** (width / _WIDTHS_PER_OCTAVE)
    reach = math.ceil(_ZERO_CROSSINGS * speed)
    cutoff = _PASS / speed if width else 1.0
    phases = np.arange(_PHASES + 1)[:, None] / _PHASES
    places = np.arange(-reach + 1, reach + 1) - phases
    window = np.i0(_BETA * np.sqrt(np.maximum(1 - (places / reach) ** 2, 0))) / np.i0(_BETA)
    table = np.sinc(places * cutoff) * window
    return reach, (table / table.sum(axis=1, keepdims=True)).astype(np.float32)
