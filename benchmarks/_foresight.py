"""Surprise as a part of a score that was tried and left out: how badly a film foretells its own next second.

    looks of two seconds --weights, learned while the film goes on--> look of the next      error = surprise

The weights begin with "as it was" and are mended after each second by recursive least squares (Haykin, "Adaptive Filter
Theory", chapter 10), over the twelve directions in which the film's looks differ most.
"""

import numpy as np
from numpy.typing import NDArray

DIRECTIONS, PAST, MEMORY = 12, 2, 0.995
WEIGHT = 0.4
"""In the sum with the other parts; .2, .4 and .8 all lowered the rank on the films that weights were looked at on."""
_NEIGHBOURS = np.array([0.15, 0.7, 0.15])


def surprise(features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how far each second's look lies from the one foretold, (S,)."""
    looks = features.astype(np.float64) - features.mean(axis=0)
    _, _, directions = np.linalg.svd(looks, full_matrices=False)
    places = looks @ directions[:DIRECTIONS].T
    count, size = places.shape
    weights = np.zeros((PAST * size + 1, size))
    weights[:size] = np.eye(size)
    spread = np.eye(len(weights))
    errors = np.zeros(count)
    for second in range(PAST, count):
        past = np.concatenate([*places[second - PAST : second][::-1], [1]])
        error = places[second] - past @ weights
        errors[second] = np.linalg.norm(error)
        gain = spread @ past / (MEMORY + past @ spread @ past)
        weights += np.outer(gain, error)
        spread = (spread - np.outer(gain, past @ spread)) / MEMORY
    return errors


def with_surprise(score: NDArray[np.float64], features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return a score with surprise as one more part, made as the other parts are."""
    errors = surprise(features)
    low, middle, high = np.percentile(errors, (25, 50, 75))
    part = np.clip((errors - middle) / (4 * max(float(high - low) / 1.35, 0.05)), 0, 1)
    return score + WEIGHT * np.convolve(np.pad(part, 1, mode="edge"), _NEIGHBOURS, "valid")
