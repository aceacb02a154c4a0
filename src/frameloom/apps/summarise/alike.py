"""Moments of films that look like a picture, by colours and their places, alone or beside words.

picture --feature--> distance to every key frame, through the cache

score = the likeness; with words the mean of theirs and of the likeness of what is shown within two seconds
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from frameloom.apps.summarise.analysis import Analysis
from frameloom.apps.summarise.finding import Match, best
from frameloom.apps.summarise.sight import CELLS, Feature, feature_of
from frameloom.media.files.source import read_still
from frameloom.media.image import resize_rgb

ALIKE_SCALE = 0.5
"""Distance at which a likeness has fallen to a third."""
NEAR_S = 2
"""How far from a moment a key frame may lie whose likeness counts for it."""


def look_of(path: Path) -> Feature:
    """Return what describes a picture file.

    Raises:
        MediaError: not a picture, or damaged.
    """
    rgba = read_still(path)
    return feature_of(resize_rgb(np.ascontiguousarray(rgba[..., :3]), *CELLS))


def find_like(
    like: Feature, looks: Mapping[Path, Analysis], said: Sequence[Match] | None = None, most: int = 10
) -> list[Match]:
    """Return the moments that look most like a picture, the best first.

    Args:
        like: what describes the picture.
        looks: what is known of each film.
        said: all that words found; None where there are no words.
        most: how many are returned.
    """
    shown = [
        Match(film, key.time, min(key.time + 1, look.duration), _likeness(key.feature, like), "looks like it")
        for film, look in looks.items()
        for key in look.keys
    ]
    if said is None:
        return best(shown, most)
    return best([*(_beside(one, shown) for one in said), *(replace(one, score=one.score / 2) for one in shown)], most)


def _likeness(feature: Feature, like: Feature) -> float:
    return float(np.exp(-((np.linalg.norm(feature - like) / ALIKE_SCALE) ** 2)))


def _beside(match: Match, shown: Sequence[Match]) -> Match:
    """Return what words found with how much the picture is like what is shown there."""
    begin, end = match.start - NEAR_S, match.end + NEAR_S
    likeness = max((one.score for one in shown if one.film == match.film and begin <= one.start <= end), default=0.0)
    return replace(match, score=(match.score + likeness) / 2, why=f"{match.why}; looks like it: {likeness:.2f}")
