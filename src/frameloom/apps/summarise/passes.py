"""A pass through a film while somebody watches: how far it is, how fast, and from where it goes on if it is stopped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, Protocol

from frameloom.apps.summarise.store import Keeper
from frameloom.core.progress import View, show
from frameloom.core.times import clock


@dataclass(frozen=True)
class Step:
    """How far a pass is."""

    what: Literal["seen", "heard"]
    done: Fraction
    of: Fraction
    speed: float
    """Seconds of the film in a second of work."""

    @property
    def progress(self) -> float:
        """Return the share of the film that is behind it."""
        return float(self.done / self.of)

    @property
    def text(self) -> str:
        """Return it in words."""
        times = f"{self.speed:.{int(self.speed < 10)}f}"
        return f"{clock(self.done, 0)} of {clock(self.of, 0)} {self.what}, {times} times as fast as it plays"

    @property
    def record(self) -> Mapping[str, float | int | str]:
        """Return it for programs."""
        return {f"{self.what}_s": float(self.done), "of_s": float(self.of), "speed": round(self.speed, 1)}


class _Part(Protocol):
    @property
    def stop(self) -> Fraction: ...


def watch(steps: Iterable[Step], path: Path, view: View, kept: Keeper, parts: Sequence[_Part]) -> None:
    """Go through a film, whose parts grow as they are kept.

    Raises:
        KeyboardInterrupt: stopped; the message says how to go on.
    """
    try:
        show(steps, path.name, view)
    except KeyboardInterrupt:
        goes_on = kept.store is not None and parts
        said = f"{clock(parts[-1].stop, 0)} are kept; the same command goes on from there" if goes_on else ""
        raise KeyboardInterrupt(f"{path}: stopped; {said or 'nothing is kept'}") from None
