"""Random numbers by address: the same (seed, stream, clip, sprite, draw) gives the same number, in any order.

    key --mix--> + clip --mix--> + sprite --mix--> + draw --mix--> 53 bits --> [0, 1)

So a clip is the same in every batch, on every device and on every process, and nothing has to be stored for resuming.
Source: Steele, Lea & Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014, fig. 17 (mix64variant13).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

_GOLDEN = 0x9E3779B97F4A7C15 - 2**64
_FIRST = 0xBF58476D1CE4E5B9 - 2**64
_SECOND = 0x94D049BB133111EB - 2**64


@dataclass(frozen=True)
class Dice:
    """Holds one state for each thing that draws; int64 arithmetic wraps, as the source asks."""

    state: Tensor

    @classmethod
    def seeded(cls, seed: int, stream: int, device: torch.device | str = "cpu") -> "Dice":
        """Return the one state, shape (), of a seed below 2**63 and a stream number."""
        return cls(torch.tensor(seed, dtype=torch.int64, device=device)).split(stream)

    def split(self, number: int | Tensor) -> "Dice":
        """Return independent dice for each number; shapes broadcast."""
        return Dice(_mix(self.state + _spread(number)))

    def uniform(self, draw: int | Tensor) -> Tensor:
        """Return numbers in [0, 1) with all 53 bits of a double."""
        bits = _mix(self.state + _spread(draw + 1))
        return _shift(bits, 11).to(torch.float64) * 2.0**-53

    def whole(self, draw: int | Tensor, low: int, high: int) -> Tensor:
        """Return whole numbers from low to high, both included."""
        return (self.uniform(draw) * (high - low + 1)).floor().to(torch.int64) + low


def _spread(number: int | Tensor) -> int | Tensor:
    """Return number * golden, wrapped to int64 for a Python number as a tensor does it by itself."""
    product = number * _GOLDEN
    return product if isinstance(product, Tensor) else (product + 2**63) % 2**64 - 2**63


def _mix(bits: Tensor) -> Tensor:
    bits = (bits ^ _shift(bits, 30)) * _FIRST
    bits = (bits ^ _shift(bits, 27)) * _SECOND
    return bits ^ _shift(bits, 31)


def _shift(bits: Tensor, count: int) -> Tensor:
    """Return bits moved right with zeros moved in."""
    return (bits >> count) & ((1 << (64 - count)) - 1)
