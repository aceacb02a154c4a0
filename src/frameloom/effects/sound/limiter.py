"""A limiter that knows peaks before they come, also those between the samples.

    sound --4x--> peaks --> what gain each needs --least of the next 5 ms--> rise at 50 dB/s --smooth over 5 ms--> gain

The gain is down in full when the peak arrives, and moves without a kink. All but the slow rise looks at a few
milliseconds only; that one is the running minimum of a slanted line: no loop over samples.

Source: ITU-R BS.1770-4, annex 2 (true peak by oversampling); Giannoulis et al., "Digital Dynamic Range Compressor
Design", JAES 60(6), 2012 (gain computed in decibels). Differs from them: 48 taps a phase instead of 12.
"""

from collections.abc import Generator, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from frameloom.effects.sound.blocks import windows
from frameloom.media.sound import SAMPLE_RATE, Sound, silence

_GRID = 4096
_AHEAD_S = 0.005
_RISE_DB_PER_S = 50.0
_PHASES = 4
_HALF_TAPS = 24
_MARGIN_DB = 0.3
"""What a meter with another filter may find above us, in noise up to half the rate (measured with ebur128)."""


def limit(blocks: Iterable[Sound], ceiling_db: float, *, rate: int = SAMPLE_RATE) -> Generator[Sound, None, None]:
    """Yield the same number of samples with no true peak above the ceiling (dBTP); what is below it stays as it is.

    Channels share one gain, so nothing moves from side to side. Memory and result do not depend on the blocks.
    """
    ahead = max(1, round(_AHEAD_S * rate))
    limit_of = 10 ** ((ceiling_db - _MARGIN_DB) / 20)
    rise_db = _RISE_DB_PER_S / rate
    smooth = np.hanning(ahead + 2)[1:-1]
    smooth /= smooth.sum()
    past_db = np.zeros(ahead - 1)
    last_db = 0.0
    after = ahead - 1 + _HALF_TAPS
    # The grid begins `ahead` samples before the sound, so that a peak in its first samples is known in time.
    shifted = windows(_after_silence(blocks, ahead), _GRID, _HALF_TAPS, after)
    skipped = 0
    try:
        for window in shifted:
            count = len(window) - _HALF_TAPS - after
            needed_db = _needed(window, limit_of)
            sound = window[_HALF_TAPS : _HALF_TAPS + count]
            if needed_db is None and last_db == 0 and not past_db.any():
                block = sound
            else:
                least_db = np.zeros(count) if needed_db is None else _least_ahead(needed_db, ahead)
                slope = rise_db * np.arange(1, count + 1)
                lowest = np.minimum.accumulate(np.concatenate([[last_db], least_db - slope]))[1:]
                course_db = np.minimum(lowest + slope, 0)
                last_db = float(course_db[-1])
                joined = np.concatenate([past_db, course_db])
                past_db = joined[len(joined) - (ahead - 1) :]
                gain_db = np.convolve(joined, smooth, "valid")
                block = sound * (10 ** (gain_db / 20)).astype(np.float32)[:, None]
            drop = min(ahead - skipped, len(block))
            skipped += drop
            if len(block) > drop:
                yield block[drop:]
    finally:
        shifted.close()


def true_peak(sound: Sound) -> float:
    """Return the highest magnitude of the waveform through these samples, as a factor of full scale."""
    padded = np.concatenate([silence(_HALF_TAPS, sound.shape[1]), sound, silence(_HALF_TAPS, sound.shape[1])])
    return float(_peaks(padded).max(initial=0))


def _after_silence(blocks: Iterable[Sound], samples: int) -> Iterator[Sound]:
    first = True
    for block in blocks:
        if first:
            yield silence(samples, block.shape[1])
            first = False
        yield block


def _needed(window: Sound, ceiling: float) -> NDArray[np.float64] | None:
    """Return the gain in dB that each sample but the outer needs, (N,), at most 0; None where nothing can pass."""
    if float(np.abs(window).max(initial=0)) * _LARGEST_SUM <= ceiling:
        return None
    peaks = _peaks(window)
    if float(peaks.max(initial=0)) <= ceiling:
        return None
    return -20 * np.log10(np.maximum(peaks.astype(np.float64) / ceiling, 1))


def _peaks(window: Sound) -> NDArray[np.float32]:
    """Return the highest magnitude at each sample and up to the next, over channels, (N - 2 * _HALF_TAPS,)."""
    count = len(window) - 2 * _HALF_TAPS
    peaks: NDArray[np.float32] = np.abs(window[_HALF_TAPS : _HALF_TAPS + count]).max(axis=1)
    for channel in np.ascontiguousarray(window.T):
        for taps in _TAPS:
            between = np.abs(np.convolve(channel, taps, "valid")[1:])
            np.maximum(peaks, between[:count], out=peaks)
    return peaks


def _least_ahead(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return the least of each value and the width - 1 after it, (N - width + 1,); by doubling, log2(width) passes."""
    reach = 1
    while 2 * reach <= width:
        values = np.minimum(values[:-reach], values[reach:])
        reach *= 2
    rest = width - reach
    rested: NDArray[np.float64] = np.minimum(values[: len(values) - rest], values[rest:])
    return rested


def _between() -> list[NDArray[np.float32]]:
    """Return the taps that give the waveform at 1/4, 2/4 and 3/4 between two samples (Kaiser, 80 dB)."""
    taps = []
    for phase in range(1, _PHASES):
        place = np.arange(-_HALF_TAPS + 1, _HALF_TAPS + 1) - phase / _PHASES
        window = np.i0(8.0 * np.sqrt(np.maximum(1 - (place / _HALF_TAPS) ** 2, 0))) / np.i0(8.0)
        taps.append((np.sinc(place) * window)[::-1].astype(np.float32))
    return taps


_TAPS = _between()
_LARGEST_SUM = max(float(np.abs(taps).sum()) for taps in _TAPS)
"""No sample can lead to more than this times the largest near it."""
