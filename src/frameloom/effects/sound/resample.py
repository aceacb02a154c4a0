"""Another sampling rate for a sound that is there as a whole.

samples --spectrum--> cut off or filled up --back--> samples: what both rates can hold stays as it is

Source: Smith, "Spectral Audio Signal Processing", ccrma.stanford.edu/~jos/sasp, "Spectral interpolation".
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_AROUND = 256
"""Samples of silence at either end, lest the ends meet."""

_MINUTE_S, _MARGIN_S = 60, 1


def minutes_of(samples: NDArray[np.float32], rate: int, wanted: int) -> Iterator[NDArray[np.float32]]:
    """Yield mono samples (N,) at another rate, a minute at a time: for a long sound, whose spectrum takes much memory.

    >>> [len(minute) for minute in minutes_of(np.ones(61 * 48_000, np.float32), 48_000, 16_000)]
    [960000, 16000]
    """
    length, margin = _MINUTE_S * rate, _MARGIN_S * rate
    for begin in range(0, len(samples), length):
        early = min(begin, margin)
        made = resampled(samples[begin - early : begin + length + margin], rate, wanted)
        first = early * wanted // rate
        yield made[first : first + -(-min(length, len(samples) - begin) * wanted // rate)]


def resampled(samples: NDArray[np.float32], rate: int, wanted: int) -> NDArray[np.float32]:
    """Return mono samples (N,) at another rate, as many as begin within their time.

    >>> resampled(np.ones(441, np.float32), 44_100, 16_000).shape
    (160,)
    """
    if rate == wanted or not len(samples):
        return samples.astype(np.float32)
    common = int(np.gcd(rate, wanted))
    down, up = rate // common, wanted // common
    lead = -(-_AROUND // down) * down
    periods = -(-(len(samples) + 2 * lead) // down)
    padded = np.zeros(periods * down, np.float32)
    padded[lead : lead + len(samples)] = samples
    spectrum = np.fft.rfft(padded)
    length = periods * up
    kept = np.zeros(length // 2 + 1, spectrum.dtype)
    shared = min(len(spectrum), len(kept))
    kept[:shared] = spectrum[:shared]
    made = np.fft.irfft(kept, length) * (length / len(padded))
    first = lead // down * up
    count = -(-len(samples) * up // down)
    result: NDArray[np.float32] = made[first : first + count].astype(np.float32)
    return result
