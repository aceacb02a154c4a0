"""Scales, chords within them, and voices that move from chord to chord by the smallest steps.

Pitches are MIDI numbers: 69 is the A of 440 Hz, 12 to an octave. A degree is a step of the scale, 1 the tonic.
"""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise, product
from typing import Literal

Mode = Literal["ionian", "lydian", "mixolydian", "dorian", "aeolian"]
Form = Literal["triad", "seventh", "ninth"]
Pitches = tuple[int, ...]

MODES: dict[Mode, Pitches] = {
    "ionian": (0, 2, 4, 5, 7, 9, 11),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "aeolian": (0, 2, 3, 5, 7, 8, 10),
}
"""Semitones above the tonic."""

TONICS = {
    name: number
    for number, names in enumerate(
        (
            ("C",),
            ("C#", "Db"),
            ("D",),
            ("D#", "Eb"),
            ("E",),
            ("F",),
            ("F#", "Gb"),
            ("G",),
            ("G#", "Ab"),
            ("A",),
            ("A#", "Bb"),
            ("B",),
        )
    )
    for name in names
}
"""Semitones above C."""

LOWEST_VOICE, HIGHEST_VOICE = 50, 76
_CENTRE = 62
_WIDEST = 17
_CLUSTER = 6.0
"""What two voices a semitone apart cost, in semitones of movement."""


def hertz(pitch: float) -> float:
    """Return the frequency of a pitch.

    >>> hertz(69), hertz(57)
    (440.0, 220.0)
    """
    return float(440 * 2 ** ((pitch - 69) / 12))


def step(tonic: int, mode: Mode, degree: int) -> int:
    """Return the pitch of a degree, counted on above 7, over the tonic's pitch.

    >>> step(60, "ionian", 5), step(60, "aeolian", 10)
    (67, 75)
    """
    octave, place = divmod(degree - 1, 7)
    return tonic + 12 * octave + MODES[mode][place]


@cache
def chord(tonic: int, mode: Mode, degree: int, form: Form) -> Pitches:
    """Return the four pitch classes (0 to 11) of a chord on a degree, its root first; a triad doubles its root.

    A ninth that would stand a semitone above the root is left out.

    >>> chord(0, "ionian", 5, "seventh"), chord(0, "ionian", 1, "ninth"), chord(0, "ionian", 3, "ninth")
    ((7, 11, 2, 5), (0, 4, 7, 2), (4, 7, 11, 4))
    """
    root, second = step(tonic, mode, degree), step(tonic, mode, degree + 1)
    last = {"triad": 0, "seventh": 6, "ninth": 1 if second - root > 1 else 0}[form]
    return tuple(step(tonic, mode, degree + above) % 12 for above in (0, 2, 4, last))


@cache
def voicing(classes: Pitches, before: Pitches | None, root_on_top: bool = False) -> Pitches:
    """Return the pitches, rising, that sound these classes with the least movement from those before.

    The root on top makes an end of it.
    """
    places = [range(LOWEST_VOICE + (name - LOWEST_VOICE) % 12, HIGHEST_VOICE + 1, 12) for name in classes]
    choices = {tuple(sorted(choice)) for choice in product(*places)}
    fitting = [choice for choice in choices if len(set(choice)) == len(choice) and choice[-1] - choice[0] <= _WIDEST]
    if root_on_top:
        fitting = [choice for choice in fitting if choice[-1] % 12 == classes[0]]
    return min(fitting, key=lambda choice: (_cost(choice, before), choice))


def _cost(choice: Sequence[int], before: Pitches | None) -> float:
    moved = 0 if before is None else sum(abs(a - b) for a, b in zip(choice, before, strict=True))
    clusters = sum(b - a == 1 for a, b in pairwise(choice))
    return moved + _CLUSTER * clusters + 0.35 * abs(sum(choice) / len(choice) - _CENTRE)
