"""From what a mouth says to how it moves: targets of visemes, blended as neighbouring sounds pull on each other.

    weights (T, 15) --dominance: rises before a sound, falls after it--> shares --x targets--> mouth (T, 10)
                    --closure: PP and FF, whatever their neighbours----> press, bite

A sound pulls on the mouth up to some 60 ms before it is heard and lets go within some 40 ms, so that a mouth runs ahead
and never behind. Strong sounds (PP, FF, U, O) pull harder than weak ones (kk, nn).

Source: Cohen & Massaro, "Modeling coarticulation in synthetic visual speech" (1993): dominance functions. Differs from
it: closures are imposed after blending, so that even the shortest of them is seen.
"""

from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.talk.pose import Mouth
from frameloom.media.visemes import RATE, VISEMES, VisemeTrack

TARGETS: dict[str, Mouth] = {
    "sil": Mouth(),
    "PP": Mouth(press=1.0, width=-0.05),
    "FF": Mouth(open=0.16, bite=1.0, teeth=1.0, width=0.1, jaw=0.05),
    "TH": Mouth(open=0.3, teeth=0.7, tongue=0.75, tip=1.0, width=0.1, jaw=0.2),
    "DD": Mouth(open=0.32, teeth=0.85, tongue=0.8, clench=0.1, width=0.2, jaw=0.22),
    "kk": Mouth(open=0.42, teeth=0.55, tongue=0.45, width=0.05, jaw=0.35),
    "CH": Mouth(open=0.34, round=0.5, teeth=1.0, clench=1.0, jaw=0.1),
    "SS": Mouth(open=0.24, width=0.45, teeth=1.0, clench=1.0, jaw=0.05),
    "nn": Mouth(open=0.2, teeth=0.35, tongue=1.0, width=0.05, jaw=0.15),
    "RR": Mouth(open=0.32, round=0.4, teeth=0.3, tongue=0.55, width=-0.1, jaw=0.2),
    "aa": Mouth(open=1.0, teeth=0.7, tongue=0.12, width=0.1, jaw=1.0),
    "E": Mouth(open=0.6, teeth=0.75, tongue=0.35, width=0.5, jaw=0.5),
    "I": Mouth(open=0.36, teeth=0.9, tongue=0.5, width=0.85, clench=0.25, jaw=0.2),
    "O": Mouth(open=0.72, round=0.7, teeth=0.15, tongue=0.1, jaw=0.65),
    "U": Mouth(open=0.3, round=1.0, jaw=0.25),
}
"""Shape of the mouth that each viseme aims at."""

_PULL = {"PP": 5.0, "FF": 5.0, "TH": 2.0, "U": 1.8, "O": 1.5, "CH": 1.6, "SS": 1.3, "sil": 0.8, "kk": 0.6, "nn": 0.8}
"""How strongly a viseme pulls on the mouth; 1 where nothing is said."""
AHEAD_S, BEHIND_S = 0.06, 0.04
"""How long before a sound the mouth begins to move, and after it lets go."""
_BELOW = 1e-6
_NAMES = tuple(field.name for field in fields(Mouth))
_OPEN, _BITE, _PRESS, _JAW = (_NAMES.index(name) for name in ("open", "bite", "press", "jaw"))
_QUIET, _LOUD = 0.5, 0.62
"""Share of a target's opening that a quiet mouth takes, and what a loud one adds."""


@dataclass(frozen=True, eq=False)
class MouthCurves:
    """How a mouth moves, a hundred times a second."""

    values: NDArray[np.float64]
    """(T, 10): the fields of `Mouth`, closures not yet imposed."""
    lips_shut: NDArray[np.float64]
    """(T,), 1 where a PP shuts the lips."""
    lip_bitten: NDArray[np.float64]
    """(T,), 1 where an FF puts the lower lip under the teeth."""

    def at(self, time: float, span: float = 0.0) -> Mouth:
        """Return the mouth at a time in s; a closure within half a span of it shows in full."""
        count = len(self.values)
        if not count:
            return Mouth()
        place = min(max(time * RATE, 0.0), count - 1.0)
        low = int(place)
        high = min(low + 1, count - 1)
        row = self.values[low] * (1 - (place - low)) + self.values[high] * (place - low)
        first = max(int(place - span * RATE / 2 + 0.5), 0)
        last = min(int(place + span * RATE / 2 + 0.5), count - 1) + 1
        near = slice(min(first, low), max(last, high + 1)) if span else slice(low, high + 1)
        shut, bitten = float(self.lips_shut[near].max()), float(self.lip_bitten[near].max())
        return closed(Mouth(*row.tolist()), shut, bitten)


def closed(mouth: Mouth, shut: float, bitten: float) -> Mouth:
    """Return a mouth with its lips shut by a share, or the lower one bitten by a share."""
    bitten = bitten * (1 - shut)
    bite = TARGETS["FF"]
    values = dict(zip(_NAMES, astuple(mouth), strict=True))
    values["open"] = (mouth.open * (1 - bitten) + bite.open * bitten) * (1 - shut)
    values["round"] = mouth.round * (1 - 0.7 * bitten)
    values["bite"] = max(mouth.bite * (1 - shut), bitten)
    values["teeth"] = max(mouth.teeth, bitten) * (1 - shut)
    values["tip"] = mouth.tip * (1 - shut) * (1 - bitten)
    values["press"] = max(mouth.press, shut)
    values["jaw"] = mouth.jaw * (1 - 0.7 * max(shut, bitten))
    return Mouth(**values)


def mouth_curves(track: VisemeTrack) -> MouthCurves:
    """Return how a mouth moves for what is said."""
    weights = track.weights.astype(np.float64)
    shares = _shares(weights)
    targets = np.array([astuple(TARGETS[name]) for name in VISEMES])
    values = shares @ targets if len(weights) else np.zeros((0, len(_NAMES)))
    loud = _QUIET + _LOUD * _spread(track.intensity[:, None].astype(np.float64), 0.05, 0.05)[:, 0]
    values[:, _OPEN] *= np.minimum(loud, 1.15)
    values[:, _JAW] *= np.minimum(loud, 1.15)
    values[:, [_PRESS, _BITE]] **= 2
    shut, bitten = (_closure(weights[:, VISEMES.index(name)]) for name in ("PP", "FF"))
    return MouthCurves(values, shut * (1 - weights[:, VISEMES.index("FF")]), bitten)


def viseme_curves(track: VisemeTrack) -> NDArray[np.float64]:
    """Return how much of each viseme a mouth shows, (T, 15), closures imposed; each row sums to 1."""
    weights = track.weights.astype(np.float64)
    shares = _shares(weights)
    for name in ("FF", "PP"):
        column = VISEMES.index(name)
        shut = _closure(weights[:, column])[:, None]
        shares = shares * (1 - shut) + np.eye(len(VISEMES))[column] * shut
    return shares


def _shares(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the dominance of each viseme, (T, 15), as shares of all."""
    if not len(weights):
        return weights
    pulls = np.array([_PULL.get(name, 1.0) for name in VISEMES])
    dominance = _spread(weights, AHEAD_S, BEHIND_S) * pulls + _BELOW
    shares: NDArray[np.float64] = dominance / dominance.sum(axis=1, keepdims=True)
    return shares


def _spread(rows: NDArray[np.float64], ahead_s: float, behind_s: float) -> NDArray[np.float64]:
    """Return rows, (T, N), each spread over the time before it and, shorter, after it; a constant stays."""
    ahead, behind = round(ahead_s * RATE), round(behind_s * RATE)
    steps = np.arange(-ahead, behind + 1)
    kernel = np.where(
        steps < 0, 0.5 + 0.5 * np.cos(np.pi * steps / (ahead + 1)), 0.5 + 0.5 * np.cos(np.pi * steps / (behind + 1))
    )
    kernel /= kernel.sum()
    if not len(rows):
        return rows
    padded = np.pad(rows, ((behind, ahead), (0, 0)), mode="edge")
    # row t takes from t + ahead (weighted as steps = -ahead) back to t - behind
    return np.stack([np.convolve(column, kernel, mode="valid") for column in padded.T], axis=1)


def _closure(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how shut a mouth is by one viseme: 1 through its sound, however short, and 0 some 40 ms away."""
    if not len(weights):
        return weights
    reach = 3
    hat = 1 - np.abs(np.arange(-reach, reach + 1)) / (reach + 1)
    padded = np.pad(weights, reach)
    near = np.max(np.stack([padded[k : k + len(weights)] * hat[k] for k in range(2 * reach + 1)]), axis=0)
    strong: NDArray[np.float64] = np.clip((near - 0.2) / 0.4, 0.0, 1.0)
    return np.asarray(strong * strong * (3 - 2 * strong), np.float64)
