"""What lies between the shots of a video: edits.

shot | cut | shot | transition, both are seen | shot
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["cut", "gradual"]


@dataclass(frozen=True)
class Edit:
    """Where one shot gives way to another."""

    first: int
    """Picture from which on the new shot is seen."""
    end: int
    """Picture from which on it is alone; of a cut the same."""
    chance: float = 1.0
    """How sure it is, in [0, 1]."""

    @property
    def kind(self) -> Kind:
        """Return what it is."""
        return "cut" if self.first == self.end else "gradual"
