"""A simple actor: what a face does while a track of visemes is spoken.

    track --smoothed--> shapes of the mouth      chance (seeded) --> blinks, glances, a head that is never quite still

Any other actor that yields an expression for each picture can stand in its place.
"""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.talk.puppet.expression import Expression
from frameloom.media.visemes import RATE, VISEMES, VisemeTrack

Actor = Callable[[VisemeTrack, Fraction, int], Iterator[Expression]]
"""Takes a track, pictures per second and a seed; yields an expression for each picture until the track ends."""

MOUTHS: dict[str, dict[str, float]] = {
    "sil": {},
    "PP": {"press": 0.8},
    "FF": {"upper": 0.7, "tuck": 1.0, "jaw": 0.05},
    "TH": {"jaw": 0.3, "upper": 0.2, "tongue": 1.0, "lower": 0.2},
    "DD": {"jaw": 0.22, "upper": 0.25, "lower": 0.3, "tongue": 0.5, "width": 0.1},
    "kk": {"jaw": 0.3, "width": 0.1, "upper": 0.1},
    "CH": {"jaw": 0.1, "rounding": 0.55, "upper": 0.35, "lower": 0.4},
    "SS": {"jaw": 0.06, "width": 0.35, "upper": 0.45, "lower": 0.4},
    "nn": {"jaw": 0.2, "tongue": 0.5, "width": 0.1, "upper": 0.2},
    "RR": {"jaw": 0.2, "rounding": 0.45, "upper": 0.1},
    "aa": {"jaw": 0.85, "width": 0.1, "upper": 0.2, "lower": 0.1},
    "E": {"jaw": 0.45, "width": 0.5, "upper": 0.3, "lower": 0.2},
    "I": {"jaw": 0.22, "width": 0.7, "upper": 0.35, "lower": 0.3},
    "O": {"jaw": 0.5, "rounding": 0.75},
    "U": {"jaw": 0.17, "rounding": 1.0},
}
"""The mouth of each viseme, at full strength; what is not named is 0."""
_PARTS = ("speech", "jaw", "width", "rounding", "upper", "lower", "press", "tuck", "tongue")
_SOFT_ROWS = 4.0
"""Deviation of the smoothing, in rows: lips take about a tenth of a second from one sound to the next."""
_LEAD_ROWS = 4
"""Mouths move before they are heard."""
_BLINK_S = 0.34


def act(track: VisemeTrack, rate: Fraction, seed: int) -> Iterator[Expression]:
    """Yield what a face does in each picture while a track is spoken."""
    mouths = _mouths(track)
    count = math.ceil(track.duration * rate)
    chance = np.random.default_rng(seed)
    blinks = _blinks(float(track.duration), chance)
    phases = chance.uniform(0, 2 * math.pi, 8)
    drive = _smooth(track.intensity[:, None].astype(np.float64), 12)[:, 0]
    for number in range(count):
        time = float(number / rate)
        row = min(int(time * RATE), len(mouths) - 1)
        values = dict(zip(_PARTS, (round(float(part), 4) for part in mouths[row]), strict=True))
        shut = max((_lid(time - start) for start in blinks), default=0.0)
        push = float(drive[row])
        sway = [math.sin(2 * math.pi * hertz * time + phase) for hertz, phase in zip(_SWAYS, phases, strict=True)]
        settle = min(time / 0.6, 1.0)  # the first picture is the portrait
        yield Expression(
            **values,
            brows=settle * (0.35 * push * max(sway[6], 0)),
            lid_left=shut,
            lid_right=shut,
            gaze_x=settle * 0.25 * max(abs(sway[7]) - 0.75, 0) * 4 * math.copysign(1, sway[7]),
            yaw=settle * (0.28 * sway[0] + 0.22 * sway[1]),
            pitch=settle * (0.16 * sway[2] + 0.3 * push * sway[3]),
            roll=settle * (0.22 * sway[4] + 0.1 * push * sway[5]),
            breath=settle * (0.5 - 0.5 * math.cos(2 * math.pi * time / 4.2)),
        )


_SWAYS = (0.11, 0.23, 0.17, 0.9, 0.13, 0.61, 0.31, 0.083)
"""Of the head and the eyes, in Hz; none is a multiple of another, so that nothing repeats."""


def _mouths(track: VisemeTrack) -> NDArray[np.float64]:
    """Return what the mouth does in each row, (T, 9)."""
    table = np.array([[MOUTHS[name].get(part, 0.0) for part in _PARTS] for name in VISEMES])
    table[1:, 0] = 1.0
    weights = track.weights.astype(np.float64)
    loud = np.clip(0.45 + 0.75 * track.intensity.astype(np.float64), 0, 1.1)[:, None]
    strength = np.ones((len(weights), len(_PARTS)))
    strength[:, 1:4] = loud  # how far jaw and lips go depends on how loud it is; whether they close does not
    mouths = np.roll(weights @ table * strength, -_LEAD_ROWS, axis=0)
    mouths[len(mouths) - min(_LEAD_ROWS, len(mouths)) :] = 0
    soft = _smooth(mouths, _SOFT_ROWS)
    shut = _smooth(np.roll(weights[:, 1:3].sum(axis=1, keepdims=True), -_LEAD_ROWS, axis=0), 2.0)
    soft[:, 1:6] *= np.clip(1.15 - 0.9 * shut, 0, 1)  # "p", "b", "m" and "f" do close, however short they are
    return soft


def _smooth(rows: NDArray[np.float64], deviation: float) -> NDArray[np.float64]:
    """Return columns, (T, N), smoothed by a Gaussian."""
    reach = math.ceil(3 * deviation)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(rows, ((reach, reach), (0, 0)), mode="edge")
    return np.stack([np.convolve(column, kernel, mode="valid") for column in padded.T], axis=1)


def _blinks(duration_s: float, chance: np.random.Generator) -> list[float]:
    """Return when blinks begin, in s: about every four seconds, now and then twice."""
    times = []
    time = float(chance.uniform(1.0, 2.5))
    while time < duration_s:
        times.append(time)
        time += 0.45 if chance.random() < 0.12 else float(chance.uniform(2.2, 5.6))
    return times


def _lid(since_s: float) -> float:
    """Return how far a lid is shut, so long after a blink began: it shuts faster than it opens."""
    if not 0 <= since_s <= _BLINK_S:
        return 0.0
    shutting = 0.1
    if since_s < shutting:
        return math.sin(since_s / shutting * math.pi / 2) ** 2
    return math.cos((since_s - shutting) / (_BLINK_S - shutting) * math.pi / 2) ** 2
