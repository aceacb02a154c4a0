"""What makes luma larger or better: networks, and Lanczos, which is none."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from frameloom.media.image import stretch

Luma = NDArray[np.float32]
"""(H, W): samples of limited range over 255, or over 1020 where they have 10 bits."""


class Network(Protocol):
    """What makes luma larger, or only better where its scale is 1."""

    @property
    def scale(self) -> int:
        """Return how many times as wide and high its result is."""
        ...

    @property
    def radius(self) -> int:
        """Return how far it looks, in px of what it is given: no result depends on anything farther away."""
        ...

    @property
    def cell(self) -> int:
        """Return what places where a picture may be cut are multiples of."""
        ...

    @property
    def takes_levels(self) -> bool:
        """Return whether it was told how noisy and how compressed pictures are."""
        ...

    @property
    def recurrent(self) -> bool:
        """Return whether it looks at what it made of the picture before."""
        ...

    def __call__(self, luma: Luma, before: Luma | None = None) -> Luma:
        """Return luma, (H, W), as (H * scale, W * scale).

        A recurrent one is given what it made of the picture before, with everything where it is now, if there was one.
        """
        ...


@dataclass(frozen=True)
class Lanczos:
    """No network: resampling with a windowed sinc of 8x8 px."""

    scale: int
    radius: ClassVar[int] = 4
    cell: ClassVar[int] = 1
    takes_levels: ClassVar[bool] = False
    recurrent: ClassVar[bool] = False

    def __call__(self, luma: Luma, before: Luma | None = None) -> Luma:
        """Return luma in its larger size."""
        return stretch(luma, luma.shape[1] * self.scale, luma.shape[0] * self.scale, "lanczos")
