"""Another sampling rate for a sound that is there as a whole.

samples --spectrum--> cut off or filled up --back--> samples: what both rates can hold stays as it is

Source: Smith, "Spectral Audio Signal Processing", ccrma.stanford.edu/~jos/sasp, "Spectral interpolation".
"""

import numpy as np
from numpy.typing import NDArray

_AROUND = 256
"""Samples of silence at either end, lest the ends meet."""


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
