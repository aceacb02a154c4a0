"""Easing: how fast a change goes on its way from 0 to 1.

Source: Robert Penner, "Programming Macromedia Flash MX", 2002, chapter 7; names as at easings.net.
"""

import math
from collections.abc import Callable
from typing import Literal

EasingName = Literal[
    "linear", "hold",
    "sine-in", "sine-out", "sine", "quad-in", "quad-out", "quad", "cubic-in", "cubic-out", "cubic",
    "quart-in", "quart-out", "quart", "expo-in", "expo-out", "expo", "circ-in", "circ-out", "circ",
    "back-in", "back-out", "back", "elastic-out", "bounce-out",
]  # fmt: skip
"""A plain name eases at both ends."""

_OVERSHOOT = 1.70158
"""Makes `back` pass its end by a tenth (Penner)."""


def ease(name: EasingName, progress: float) -> float:
    """Return how much of the change is done at this share of its time; `back` and `elastic` pass 0 or 1 on the way.

    >>> ease("quad", 0.25), ease("hold", 0.99), ease("bounce-out", 1.0)
    (0.125, 0.0, 1.0)
    """
    if progress <= 0 or progress >= 1:
        return float(progress >= 1)
    if name == "linear":
        return progress
    if name == "hold":
        return 0.0
    if name == "elastic-out":
        return 2 ** (-10 * progress) * math.sin((progress * 10 - 0.75) * 2 * math.pi / 3) + 1
    if name == "bounce-out":
        return _bounce(progress)
    shape, _, end = name.partition("-")
    into = _INTO[shape]
    if end == "in":
        return into(progress)
    if end == "out":
        return 1 - into(1 - progress)
    return into(2 * progress) / 2 if progress < 0.5 else 1 - into(2 - 2 * progress) / 2


def _bounce(progress: float) -> float:
    middle, height = next((middle, height) for begin, middle, height in _BOUNCES if progress >= begin)
    return 7.5625 * (progress - middle) ** 2 + height


_BOUNCES = (
    (2.5 / 2.75, 2.625 / 2.75, 0.984375),
    (2 / 2.75, 2.25 / 2.75, 0.9375),
    (1 / 2.75, 1.5 / 2.75, 0.75),
    (0.0, 0.0, 0.0),
)
"""Where each bounce begins, where it is lowest, and how high it starts from there; all shares (Penner)."""

_INTO: dict[str, Callable[[float], float]] = {
    "sine": lambda share: 1 - math.cos(share * math.pi / 2),
    "quad": lambda share: share**2,
    "cubic": lambda share: share**3,
    "quart": lambda share: share**4,
    "expo": lambda share: 2 ** (10 * share - 10),
    "circ": lambda share: 1 - math.sqrt(1 - share**2),
    "back": lambda share: (_OVERSHOOT + 1) * share**3 - _OVERSHOOT * share**2,
}
