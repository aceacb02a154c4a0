"""Key frames: of each shot the pictures that are sharp, well exposed and like the rest of it, the best first.

grade = .45 quality (sharpness and exposure, against the best of the film) + .4 likeness to the shot's mean look
        + .15 face (1 from a fifth of the picture's height on)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from frameloom.apps.summarise.pieces import Candidate
from frameloom.apps.summarise.shots import Shot
from frameloom.apps.summarise.sight import Feature

MOST_PER_SHOT = 3
WEIGHTS = 0.45, 0.4, 0.15
"""Of quality, likeness and face in a grade."""
LARGE_FACE = 0.2
"""Share of the picture's height from which on a face is worth all that one can be."""
UNLIKE = 0.25
"""How far apart two key frames of a shot look at least."""
ALIKE_SCALE = 0.35
"""Distance at which a likeness has fallen to a third."""


@dataclass(frozen=True, eq=False)
class KeyFrame:
    """A picture that stands for its shot."""

    time: Fraction
    grade: float
    """0 to 1."""
    sharpness: float
    exposure: float
    likeness: float
    """To the mean look of its shot, 0 to 1."""
    face: float
    """Height of the face in it, as a share of the picture's; 0 without one."""
    feature: Feature
    thumb: bytes
    """A small JPEG."""


def key_frames(shots: Sequence[Shot], candidates: Sequence[Candidate]) -> tuple[KeyFrame, ...]:
    """Return the key frames of each shot, up to three that differ, the best first; of each shot at least one.

    A shot without candidate of its own has none: it began and ended between two looks.
    """
    best = max((candidate.quality for candidate in candidates), default=1.0) or 1.0
    found: list[KeyFrame] = []
    index = 0
    ordered = sorted(candidates, key=lambda candidate: candidate.time)
    for shot in shots:
        own: list[Candidate] = []
        while index < len(ordered) and ordered[index].time < shot.stop:
            if ordered[index].time >= shot.start:
                own.append(ordered[index])
            index += 1
        found += _of_shot(own, best)
    return tuple(found)


def _of_shot(candidates: Sequence[Candidate], best: float) -> Iterator[KeyFrame]:
    if not candidates:
        return
    looks = {candidate.time: candidate.feature.astype(np.float32) for candidate in candidates}
    middle = np.mean(list(looks.values()), axis=0)
    graded = []
    for candidate in candidates:
        likeness = float(np.exp(-((np.linalg.norm(looks[candidate.time] - middle) / ALIKE_SCALE) ** 2)))
        parts = min(candidate.quality / best, 1.0), likeness, min(candidate.face / LARGE_FACE, 1.0)
        grade = sum(weight * part for weight, part in zip(WEIGHTS, parts, strict=True))
        graded.append((grade, likeness, candidate))
    chosen: list[Candidate] = []
    for grade, likeness, candidate in sorted(graded, key=lambda each: -each[0]):
        apart = [float(np.linalg.norm(looks[candidate.time] - looks[other.time])) for other in chosen]
        if len(chosen) < MOST_PER_SHOT and min(apart, default=1.0) > UNLIKE:
            chosen.append(candidate)
            yield KeyFrame(
                candidate.time,
                grade,
                candidate.sharpness,
                candidate.exposure,
                likeness,
                candidate.face,
                looks[candidate.time],
                candidate.thumb,
            )
