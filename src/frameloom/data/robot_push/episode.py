"""One episode of a robot that pushes things about: what cameras saw, what it did, where its hand was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Camera = Literal["main", "aux1"]
"""The two cameras of BAIR; "aux1" is the one that everybody evaluates on."""

ACTION_SIZE, STATE_SIZE = 4, 3


@dataclass(frozen=True)
class Episode:
    """T frames of each camera, with the action taken after each."""

    frames: Mapping[Camera, NDArray[np.uint8]]
    """RGB, (T, H, W, 3)."""
    actions: NDArray[np.float32]
    """(T, 4): the t-th is taken between frames t and t + 1; the last leads out of the episode."""
    states: NDArray[np.float32]
    """Where the hand is in m, (T, 3)."""
    labels: Mapping[Camera, NDArray[np.uint8]] = field(default_factory=dict)
    """What each pixel shows, (T, H, W): 0 surroundings, 1 table, 2 arm, 3 and up the objects; empty where unknown."""
