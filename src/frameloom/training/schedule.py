r"""Progress through a budget of steps or minutes, and the learning rate that follows it.

    rate  1 |   ________________
            |  /                \
            | /                  \_
          0 |/_____________________\_
             warm-up   stable   decay     progress 0 .. 1

Source: Haegele et al., "Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations",
arXiv:2405.18392: a stable rate, then 1 - sqrt. The stable stage can be resumed with a longer budget.
Differs from it: progress may be wall-clock time, so that one recipe serves every machine.
"""

import math

LOWEST_RATE = 0.01
"""Share of the rate with which the warm-up begins: the first step should move, too."""


def progress_of(step: int, elapsed_s: float, steps: int | None, minutes: float | None) -> float:
    """Return how much of the budget is used, in [0, 1]; of two budgets, the one that is used up first counts.

    >>> progress_of(step=25, elapsed_s=30.0, steps=100, minutes=None)
    0.25
    >>> progress_of(step=25, elapsed_s=30.0, steps=100, minutes=1.0)
    0.5
    """
    by_steps = step / steps if steps is not None else 0.0
    by_time = elapsed_s / (60 * minutes) if minutes is not None else 0.0
    return min(1.0, max(by_steps, by_time))


def rate_factor(progress: float, warmup: float, decay: float) -> float:
    """Return the factor on the learning rate, in [0, 1].

    >>> [rate_factor(p, warmup=0.1, decay=0.5) for p in (0.05, 0.1, 0.5, 0.625, 1.0)]
    [0.5, 1.0, 1.0, 0.5, 0.0]
    """
    if progress < warmup:
        return max(LOWEST_RATE, progress / warmup)
    if progress > 1 - decay:
        return max(0.0, 1 - math.sqrt((progress - (1 - decay)) / decay))
    return 1.0


def average_decay(step: int, decay: float) -> float:
    """Return how much of the average of the weights is kept at a step; young averages forget fast.

    >>> average_decay(0, 0.999), average_decay(10**6, 0.999)
    (0.1, 0.999)
    """
    return min(decay, (1 + step) / (10 + step))
