"""A hand that pushes things about: way-points behind and beyond random objects, with noise.

    object o, direction d:    o - 8.5 cm d  --approach, raised-->  lower  --through o-->  o + d * reach  --> next object

BAIR's robot moved at random; most of its clips push little. Ours is drawn to the objects, so that a model sees pushes.
Coordinates are those of the picture of camera "aux1": right, away and up, in m from the middle of the bin's floor.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

LARGEST_STEP = np.array([0.045, 0.045, 0.035, 0.35])
"""What an action of 1 does in a frame: m right, away and up, radians of turning."""
LOWEST = np.array([-0.26, -0.2, 0.015, -1.4])
HIGHEST = np.array([0.26, 0.16, 0.16, 1.4])
"""Where the fingertips may be, and how far the hand may be turned."""

_PUSHING_HEIGHT = 0.018
_BEHIND = 0.085
"""How far before an object a push begins, in m."""
_BESIDE = 0.05
"""How far out of the fingers' bounds an object can still be touched, in m."""
_NEAR = 0.7
"""A way-point is reached when each part of the way left is at most this share of the largest step."""


def carried_out(hand: NDArray[np.float64], action: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where an action sends the hand, and the action as far as it gets: within [-1, 1], zero at the bounds.

    hand is where it was last sent, action (right, away, up, turn), both (4,).
    """
    goal = np.clip(hand + np.clip(action, -1.0, 1.0) * LARGEST_STEP, LOWEST, HIGHEST)
    return goal, (goal - hand) / LARGEST_STEP


class PushingPolicy:
    """Draws the next action from where the hand and the objects are; one for each episode."""

    def __init__(self, random: np.random.Generator) -> None:
        self.random = random
        self.points: Iterator[NDArray[np.float64]] = iter(())
        self.point: NDArray[np.float64] | None = None
        self.speed = 1.0

    def action(self, hand: NDArray[np.float64], objects: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (right, away, up, turn) in [-1, 1], shape (4,).

        hand is where the hand was last sent, (4,) in m and radians; objects are the places of the things, (N, 3) in m.
        """
        while self.point is None or bool(np.all(np.abs(self.point - hand) <= _NEAR * self.speed * LARGEST_STEP)):
            self.point = next(self.points, None)
            if self.point is None:
                self.points = iter(self._push(objects))
                self.speed = self.random.uniform(0.6, 1.0)
        way = (self.point - hand) / LARGEST_STEP
        fastest = float(np.abs(way).max())
        noise = self.random.normal(0.0, (0.12, 0.12, 0.06, 0.15))
        action: NDArray[np.float64] = np.clip(way * min(1.0, self.speed / fastest) + noise, -1.0, 1.0)
        return action

    def _push(self, objects: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        """Return the way-points, (4,) each, of one push through an object, or of a wander where none can be reached."""
        ground = objects[:, :2]
        inside = ((ground >= LOWEST[:2] - _BESIDE) & (ground <= HIGHEST[:2] + _BESIDE)).all(axis=1)
        if not inside.any() or self.random.random() < 0.1:
            return [self.random.uniform(LOWEST, HIGHEST)]
        target = objects[self.random.choice(np.flatnonzero(inside)), :2]
        # Towards the middle more often than not: things that lie at the wall cannot be pushed further out.
        middle = math.atan2(-target[1], -target[0])
        angle = middle + self.random.normal(0.0, 0.4 + 1.2 * math.exp(-float(np.hypot(*target)) / 0.1))
        # The fingers stand in a row: broadside they take along what they meet.
        across = angle % math.pi - math.pi / 2
        direction = np.array([math.cos(angle), math.sin(angle)])
        turn = float(np.clip(across + self.random.normal(0.0, 0.3), LOWEST[3], HIGHEST[3]))
        behind = target - _BEHIND * direction
        beyond = target + self.random.uniform(0.04, 0.16) * direction
        low = _PUSHING_HEIGHT + abs(self.random.normal(0.0, 0.006))
        travel = low if self.random.random() < 0.5 else self.random.uniform(0.05, 0.13)
        points = [(*behind, travel, turn), (*behind, low, turn), (*beyond, low, turn)]
        return [np.clip(point, LOWEST, HIGHEST) for point in points]
