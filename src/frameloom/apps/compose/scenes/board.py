"""The board that drawn scenes are put on: pieces drawn once, how they come and go, and pictures made of them.

    pieces + motions --time--> states --what has settled is kept--> planes; the very same object while nothing moves

A piece is turned into planes once. What has come to rest is laid onto the background once, too, so that a picture costs
a copy and what moves.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, Protocol

from frameloom.apps.compose.scenes.pieces import Piece, lay
from frameloom.effects.easing import EasingName, ease
from frameloom.media.planes import Planes

MotionName = Literal["none", "fade", "rise", "slide", "wipe", "grow", "sink", "spread"]
"""How a piece comes: grow from its lower edge, sink from its upper, spread from left (or right), wipe is uncovered."""


State = Hashable
"""How a part is seen; None: not yet."""


class Part(Protocol):
    """What a board shows."""

    def state(self, time: float) -> State:
        """Return how the part is seen at a time in s."""
        ...

    def rests(self, state: State) -> bool:
        """Return whether it stays so from now on."""
        ...

    def paint(self, onto: Planes, state: State) -> None:
        """Write the part over planes."""
        ...


@dataclass(frozen=True)
class Motion:
    """When and how a piece comes."""

    at: float = 0.0
    """Seconds."""
    name: MotionName = "rise"
    length: float = 0.5
    """Seconds."""
    reach: int = 24
    """How far it rises or slides, in px."""
    easing: EasingName = "cubic-out"
    to_right: bool = True
    """Which way it slides, wipes or spreads."""
    until: float | None = None
    """When it fades away, in s."""


_REST = (0, 0, 255, None)
_GONE = "gone"
_LEAVES = 0.3
"""Seconds that fading away takes."""


@dataclass(frozen=True, eq=False)
class Still:
    """A piece that comes, stays, and perhaps goes."""

    piece: Piece
    motion: Motion

    def state(self, time: float) -> State:
        """Return shift, opacity and clip."""
        motion = self.motion
        if time < motion.at:
            return None
        if motion.until is not None and time > motion.until:
            left = 1 - (time - motion.until) / _LEAVES
            return _GONE if left <= 0 else (0, 0, max(0, min(255, round(255 * left))), None)
        if motion.name == "none" or time >= motion.at + motion.length:
            return _REST
        return self._coming(ease(motion.easing, (time - motion.at) / motion.length))

    def _coming(self, done: float) -> State:
        """Return the state on the way in."""
        motion, box = self.motion, self.piece.box
        away, sight = 1 - done, max(0, min(255, round(255 * done)))
        if motion.name == "rise":
            return 0, round(away * motion.reach) & ~1, sight, None
        if motion.name == "slide":
            return (round(away * motion.reach) & ~1) * (-1 if motion.to_right else 1), 0, sight, None
        if motion.name == "grow":
            return 0, round(away * (box[3] - box[1])) & ~1, 255, box
        if motion.name == "sink":
            return 0, -(round(away * (box[3] - box[1])) & ~1), 255, box
        if motion.name == "spread":
            return (round(away * (box[2] - box[0])) & ~1) * (-1 if motion.to_right else 1), 0, 255, box
        if motion.name == "wipe":
            seen = round(done * (box[2] - box[0])) & ~1
            part = (box[0], box[1], box[0] + seen, box[3]) if motion.to_right else (box[2] - seen, *box[1:])
            return 0, 0, 255, part
        return 0, 0, sight, None

    def rests(self, state: State) -> bool:
        """Return whether it stays so from now on."""
        return state == _GONE or (state == _REST and self.motion.until is None)

    def paint(self, onto: Planes, state: State) -> None:
        """Write the piece over planes."""
        if isinstance(state, tuple):
            lay(onto, self.piece, *state)


@dataclass(eq=False)
class Live:
    """A part that is drawn anew for each step of its way, such as a number that counts up."""

    draw: Callable[[float], Sequence[Piece]]
    """Gives the pieces for a share from 0 to 1."""
    at: float
    length: float
    easing: EasingName = "cubic-out"
    steps: int = 240
    _last: tuple[State, Sequence[Piece]] | None = None

    def state(self, time: float) -> State:
        """Return the step, None before the first."""
        if time < self.at:
            return None
        return round(ease(self.easing, (time - self.at) / self.length) * self.steps) if self.length else self.steps

    def rests(self, state: State) -> bool:
        """Return whether the last step is reached."""
        return state == self.steps

    def paint(self, onto: Planes, state: State) -> None:
        """Write the pieces of a step over planes."""
        if not isinstance(state, int):
            return
        if self._last is None or self._last[0] != state:
            self._last = state, self.draw(state / self.steps)
        for piece in self._last[1]:
            lay(onto, piece)


class Board:
    """Parts over a background, from the lowest; call it for the picture at a time."""

    def __init__(self, background: Planes) -> None:
        self.background = background
        self.parts: list[Part] = []
        self._settled: tuple[tuple[State, ...], Planes] = ((), background)
        self._last: tuple[tuple[State, ...], Planes] | None = None

    def add(self, piece: Piece | None, motion: Motion = Motion(name="none")) -> None:
        """Add a piece that comes as told."""
        if piece is not None:
            self.parts.append(Still(piece, motion))

    def __call__(self, time: Fraction) -> Planes:
        """Return the opaque picture at a time in s from the start of the scene."""
        states = tuple(part.state(float(time)) for part in self.parts)
        if self._last is None or self._last[0] != states:
            self._last = states, self._picture(states)
        return self._last[1]

    def _picture(self, states: tuple[State, ...]) -> Planes:
        settled = 0
        while settled < len(states) and states[settled] is not None and self.parts[settled].rests(states[settled]):
            settled += 1
        base = self._base(states[:settled])
        if all(state is None for state in states[settled:]):
            return base
        picture = _copied(base)
        for part, state in zip(self.parts[settled:], states[settled:], strict=True):
            part.paint(picture, state)
        return picture

    def _base(self, states: tuple[State, ...]) -> Planes:
        """Return the background with the parts that have settled."""
        known, picture = self._settled
        if known != states[: len(known)]:
            known, picture = (), self.background
        if len(known) < len(states):
            picture = _copied(picture)
            for part, state in zip(self.parts[len(known) : len(states)], states[len(known) :], strict=True):
                part.paint(picture, state)
        self._settled = states, picture
        return picture


def _copied(picture: Planes) -> Planes:
    return Planes(picture.y.copy(), picture.u.copy(), picture.v.copy())


class Overlaid:
    """Parts over pictures that move by themselves."""

    def __init__(self, under: Callable[[Fraction], Planes], parts: Sequence[Part]) -> None:
        self._under, self._parts = under, tuple(parts)
        self._last: tuple[Planes, tuple[State, ...], Planes] | None = None

    def __call__(self, time: Fraction) -> Planes:
        """Return the opaque picture at a time in s from the start of the scene."""
        below = self._under(time)
        states = tuple(part.state(float(time)) for part in self._parts)
        if all(state is None for state in states):
            return below
        if self._last is None or self._last[0] is not below or self._last[1] != states:
            picture = _copied(below)
            for part, state in zip(self._parts, states, strict=True):
                part.paint(picture, state)
            self._last = below, states, picture
        return self._last[2]
