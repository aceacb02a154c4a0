"""Inputs between a page that sends them when it likes and a model that asks once a frame.

    inputs: press, release, press ... --take--> [held] [next] [then] --turn--> the input for this frame

A key may be pressed and released between two frames; the press still counts for one. Of what comes faster, the latest
wins, and never more than three inputs are held.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Held:
    """An input, and its number on the page."""

    number: int
    action: tuple[float, ...]


class Helm:
    """The inputs of one page."""

    def __init__(self, size: int) -> None:
        """Begin with an action of this length that does nothing."""
        self._held = Held(0, (0.0,) * size)
        self._next: Held | None = None
        self._then: Held | None = None

    def take(self, held: Held) -> None:
        """Take an input."""
        if self._next is not None and _lets_go(self._next, held):
            self._then = held
        else:
            self._next, self._then = held, None

    def turn(self) -> Held:
        """Return what is to be done in this frame."""
        if self._next is not None:
            self._held, self._next, self._then = self._next, self._then, None
        return self._held


def _lets_go(before: Held, after: Held) -> bool:
    """Return whether something that was done is done no more."""
    return any(was and not now for was, now in zip(before.action, after.action, strict=True))
