"""How interesting each second of a film is, as a weighted sum that says why.

    motion    what moves by itself, above the film's usual               1.3
    camera    a camera that begins to move                               0.2
    face      somebody looks at us, the more the rarer that is           0.5
    loud      louder than the film's usual                               0.7
    onset     something begins to sound                                  0.3
    speech    somebody speaks, the more the rarer that is                0.7
    silence   it falls silent where it never does                        0.2
    new       it looks unlike the rest of the film                       0.9
    change    it looks unlike the seconds before                         0.8
    poor      dark, washed out or blurred, for the film                 -0.4

Each part lies in [0, 1]: 0 at what the film usually does, 1 at what stands out of it as far as can be. What is usual is
the film's own median, so that a fan that turns all day does not count as motion. A second takes a little of what its
neighbours are worth: something that happens does not begin and end on the second.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.summarise.analysis import Analysis, distances
from frameloom.apps.summarise.keyframes import LARGE_FACE
from frameloom.effects.sound.features import SILENT_DB

PartName = Literal["motion", "camera", "face", "loud", "onset", "speech", "silence", "new", "change", "poor"]
PARTS: tuple[PartName, ...] = get_args(PartName)
WEIGHTS: dict[PartName, float] = {
    "motion": 1.3,
    "camera": 0.2,
    "face": 0.5,
    "loud": 0.7,
    "onset": 0.3,
    "speech": 0.7,
    "silence": 0.2,
    "new": 0.9,
    "change": 0.8,
    "poor": -0.4,
}

HEARD: tuple[PartName, ...] = ("loud", "onset", "speech", "silence")
SEEN: tuple[PartName, ...] = tuple(name for name in PARTS if name not in HEARD)

WORDS: dict[PartName, str] = {
    "motion": "much moves",
    "camera": "the camera moves",
    "face": "a face",
    "loud": "loud",
    "onset": "a sudden sound",
    "speech": "somebody speaks",
    "silence": "it falls silent",
    "new": "unlike the rest of the film",
    "change": "a sudden change",
    "poor": "hard to see",
}

_REFERENCES = 400
"""Seconds of the film, evenly spread, that its looks are compared with."""
_PAST_S = 8
"""How many seconds before one tells what has changed."""
_NEIGHBOURS = np.array([0.15, 0.7, 0.15])
_FLOOR = {"motion": 0.02, "camera": 0.03, "loud": 5.0, "onset": 0.03, "new": 0.08, "change": 0.08}
"""Least spread that a measure is judged by: less is noise, whatever the film."""
_SPREADS = 4.0
"""How many times its usual spread above the median a measure is worth 1."""
_LOUD_DB = 30
"""More than this above the median only says that the film is mostly silent."""
_LEAST_SHARE = 0.15
"""Of a score, for a part to be named as a reason."""
_LEAST_WORTH = 0.04
"""Less is no reason, whatever its share."""

Row = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Interest:
    """The score of each second and the parts that it is the sum of."""

    score: Row
    """(S,), 0 for the dull; it may pass 1."""
    parts: dict[PartName, Row]
    """Each in [0, 1], (S,); those seen or heard of the film."""
    measures: dict[PartName, Row]
    """What the parts were told from, in their own units, against the film's median."""

    def mean(self, start: Fraction, stop: Fraction) -> float:
        """Return the mean score from one time to another, seconds in part counting in part."""
        passed = np.concatenate([[0.0], np.cumsum(self.score)])
        edges = np.interp([float(start), float(stop)], np.arange(len(passed)), passed)
        return float(edges[1] - edges[0]) / float(stop - start)

    def worth(self, names: Iterable[PartName]) -> Row:
        """Return what some parts add to each second, (S,)."""
        worth = np.zeros(len(self.score))
        for name in names:
            if name in self.parts:
                worth += WEIGHTS[name] * self.parts[name]
        return worth

    def why(self, first: int, stop: int) -> str:
        """Say in words what the seconds from first until stop are worth, the strongest reason first."""
        span = slice(first, max(stop, first + 1))
        worth = {name: float(WEIGHTS[name] * row[span].mean()) for name, row in self.parts.items()}
        good = sum(max(part, 0) for part in worth.values())
        told = [name for name in worth if worth[name] > 0 and self.measures[name][span].max() > 0]
        ranked = sorted(told, key=lambda name: -worth[name])
        said = [self._said(name, span) for name in ranked[:3] if worth[name] >= max(_LEAST_SHARE * good, _LEAST_WORTH)]
        return ", ".join(said) or "nothing stands out"

    def _said(self, name: PartName, span: slice) -> str:
        above_db = float(self.measures[name][span].max()) if name == "loud" else 0.0
        if 1 <= above_db <= _LOUD_DB:
            return f"{WORDS[name]} (+{above_db:.0f} dB)"
        if name == "speech":
            return f"{WORDS[name]} ({self.measures[name][span].mean():.0%})"
        return WORDS[name]


def interest_of(analysis: Analysis) -> Interest:
    """Return how interesting each second is."""
    seen = analysis.column("pictures") > 0
    measures: dict[PartName, Row] = {}
    parts: dict[PartName, Row] = {}
    for name, row in _sights(analysis, seen).items():
        measures[name], parts[name] = _standing_out(name, row, seen)
    if (analysis.level_db > SILENT_DB).any():
        parts |= _sounds(analysis, measures)
    if (faces := analysis.column("face")).any():
        measures["face"] = faces.astype(np.float64)
        parts["face"] = np.minimum(measures["face"] / LARGE_FACE, 1) * (1 - float((faces[seen] > 0).mean()))
    measures["poor"] = parts["poor"] = _poor(analysis, seen)
    score = np.zeros(len(seen))
    for name, row in parts.items():
        parts[name] = row = np.where(seen, np.convolve(np.pad(row, 1, mode="edge"), _NEIGHBOURS, "valid"), 0)
        score += WEIGHTS[name] * row
    return Interest(np.maximum(score, 0), parts, measures)


def _sights(analysis: Analysis, seen: NDArray[np.bool_]) -> dict[PartName, Row]:
    """Return the measures of what is seen, (S,) each."""
    features = analysis.features
    places = np.flatnonzero(seen)
    if not len(places):
        return {}
    references = features[places[np.unique(np.linspace(0, len(places) - 1, _REFERENCES).astype(int))]]
    new = np.concatenate(
        [np.median(distances(part, references), axis=1) for part in np.array_split(features, len(features) // 1000 + 1)]
    )
    return {
        "motion": analysis.column("bustle").astype(np.float64),
        "camera": analysis.column("camera").astype(np.float64),
        "new": new.astype(np.float64),
        "change": _changes(features, seen),
    }


def _changes(features: NDArray[np.float32], seen: NDArray[np.bool_]) -> Row:
    """Return how far each second looks from the mean of those before."""
    changes = np.zeros(len(features))
    for second in range(1, len(features)):
        past = slice(max(0, second - _PAST_S), second)
        if seen[second] and seen[past].any():
            mean = features[past][seen[past]].mean(axis=0)
            changes[second] = float(np.linalg.norm(features[second] - mean))
    return changes


def _sounds(analysis: Analysis, measures: dict[PartName, Row]) -> dict[PartName, Row]:
    """Return the parts of what is heard."""
    heard = np.ones(len(analysis.level_db), bool)
    level = np.maximum(analysis.level_db.astype(np.float64), -70.0)
    parts: dict[PartName, Row] = {}
    measures["loud"], parts["loud"] = _standing_out("loud", level, heard)
    measures["onset"], parts["onset"] = _standing_out("onset", analysis.flux.astype(np.float64), heard)
    share = float(analysis.speech.mean())
    measures["speech"] = analysis.speech.astype(np.float64)
    parts["speech"] = measures["speech"] * (1 - share)
    silent = _silent(analysis)
    measures["silence"] = silent
    parts["silence"] = silent * max(0.0, 1 - 4 * float(silent.mean()))
    return parts


def _silent(analysis: Analysis) -> Row:
    """Return which share of each second is silent."""
    shares = np.zeros(len(analysis.level_db))
    for span in analysis.silences:
        for second in range(int(span.begin), min(int(-(-span.end // 1)), len(shares))):
            shares[second] += min(float(span.end), second + 1.0) - max(float(span.begin), float(second))
    return np.clip(shares, 0, 1)


def _standing_out(name: PartName, row: Row, known: NDArray[np.bool_]) -> tuple[Row, Row]:
    """Return how far a measure lies above its median, and that as a part in [0, 1]."""
    if not known.any():
        return row, np.zeros(len(row))
    middle = float(np.median(row[known]))
    above = row - middle
    low, high = np.percentile(row[known], (25, 75))
    spread = max(float(high - low) / 1.35, _FLOOR[name])
    return above, np.where(known, np.clip(above / (_SPREADS * spread), 0, 1), 0)


def _poor(analysis: Analysis, seen: NDArray[np.bool_]) -> Row:
    """Return how far a second falls below the usual sharpness and exposure of the film."""
    quality = np.minimum(analysis.column("sharpness") / 0.25, 1.0) * analysis.column("exposure")
    middle = float(np.median(quality[seen])) if seen.any() else 0.0
    if middle <= 0:
        return np.zeros(len(quality))
    return np.where(seen, np.clip(1 - quality.astype(np.float64) / middle, 0, 1), 0)
