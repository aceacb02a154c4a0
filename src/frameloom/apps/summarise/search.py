"""Which moments of films look like a picture: the nearest key frames by colours and their places.

picture --feature--> distance to every key frame of every film, through the cache
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from frameloom.apps.summarise.analysis import Analysis
from frameloom.apps.summarise.sight import CELLS, Feature, feature_of
from frameloom.core.times import clock
from frameloom.media.files.source import read_still
from frameloom.media.image import resize_rgb

ALIKE_SCALE = 0.5
"""Distance at which a likeness has fallen to a third."""


@dataclass(frozen=True)
class Found:
    """A moment of a film that looks like what was asked for."""

    path: Path
    time: Fraction
    likeness: float
    """0 to 1."""

    def record(self) -> dict[str, object]:
        """Return it for programs."""
        return {"path": str(self.path), "time": float(self.time), "likeness": round(self.likeness, 4)}

    def __str__(self) -> str:
        """Return it for people."""
        return f"{self.likeness:5.2f}  {self.path}  {clock(self.time)}"


def look_of(path: Path) -> Feature:
    """Return what describes a picture file.

    Raises:
        MediaError: not a picture, or damaged.
    """
    rgba = read_still(path)
    return feature_of(resize_rgb(np.ascontiguousarray(rgba[..., :3]), *CELLS))


def search(analyses: Sequence[Analysis], like: Feature, most: int = 10) -> list[Found]:
    """Return the moments that look most like a picture, the most alike first."""
    found = [
        Found(analysis.path, key.time, float(np.exp(-((np.linalg.norm(key.feature - like) / ALIKE_SCALE) ** 2))))
        for analysis in analyses
        for key in analysis.keys
    ]
    return sorted(found, key=lambda one: -one.likeness)[:most]
