"""Whom the camera shows: a cut on who speaks, in the pause before, and the whole scene now and then.

    turns    |--- ada ---|   |-- kip --| |-ada-| |----------------- kip -----------------|
    shots    [ everybody ][   kip      ][ both  ][     kip      ][ ada listens ][  kip    ]

Source: the idioms of dialogue in He, Cohen & Salesin, "The Virtual Cinematographer", SIGGRAPH 1996, section 3.
Differs from it: one row of characters, so that no line can be crossed, and no shot is shorter than a person needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

EVERYBODY = ""
"""Whom a shot shows that shows all."""

SHORTEST = Fraction(3, 2)
"""Seconds of speech that are worth a cut."""
OPENING = Fraction(5, 2)
"""Seconds at the start in which everybody is seen."""
LONGEST = Fraction(8)
"""Seconds that one shot of a speaker lasts before somebody listens for a while."""
LISTENING = Fraction(3, 2)
"""Seconds for which a listener is shown."""


@dataclass(frozen=True)
class Said:
    """A turn of a dialogue, in s of the film."""

    who: str
    start: Fraction
    stop: Fraction
    to: str = EVERYBODY
    """Who is spoken to."""
    shot: str = "auto"
    """`close` and `wide` are kept; `auto` is chosen."""
    breaks: tuple[Fraction, ...] = ()
    """Where a sentence ends, in s of the film: good places to look at who listens."""


@dataclass(frozen=True)
class Shot:
    """What the camera shows for a while."""

    start: Fraction
    stop: Fraction
    whom: str
    """A speaker or listener, or EVERYBODY."""


def shots_of(turns: Sequence[Said], duration: Fraction) -> tuple[Shot, ...]:
    """Return shots from 0 to the end, without gaps, no two on end of the same.

    Args:
        turns: in order.
        duration: of the film, in s.
    """
    everybody = len({turn.who for turn in turns}) < 2
    begins = [Fraction(0), *(_between(one, other) for one, other in pairwise(turns))][: len(turns)]
    shots: list[Shot] = []
    for turn, start, stop in zip(turns, begins, [*begins[1:], duration], strict=True):
        if turn.shot == "wide" or (turn.shot == "auto" and everybody):
            shots.append(Shot(start, stop, EVERYBODY))
        elif turn.shot == "close":
            shots.append(Shot(start, stop, turn.who))
        elif not start and stop > OPENING + SHORTEST:
            shots += [Shot(start, OPENING, EVERYBODY), *_long(turn, OPENING, stop)]
        elif not start or turn.stop - turn.start < SHORTEST:
            shots.append(Shot(start, stop, EVERYBODY))
        else:
            shots += _long(turn, start, stop)
    return _merged(shots)


def _between(one: Said, other: Said) -> Fraction:
    """Return where to cut from one turn to the next: nearer to the new voice, so that it is seen to begin."""
    return one.stop + (other.start - one.stop) * Fraction(2, 3)


def _long(turn: Said, start: Fraction, stop: Fraction) -> list[Shot]:
    """Return shots of a speaker; where one would last for long, the listener is seen after a sentence."""
    shots: list[Shot] = []
    while turn.to and stop - start > LONGEST:
        fits = [at for at in turn.breaks if start + SHORTEST * 2 <= at <= stop - LISTENING - SHORTEST]
        near = min(fits, key=lambda at: abs(at - start - LONGEST * Fraction(5, 8)), default=None)
        if near is None:
            break
        shots += [Shot(start, near, turn.who), Shot(near, near + LISTENING, turn.to)]
        start = near + LISTENING
    return [*shots, Shot(start, stop, turn.who)]


def _merged(shots: Sequence[Shot]) -> tuple[Shot, ...]:
    """Return shots of which no two on end show the same, and none is empty."""
    merged: list[Shot] = []
    for shot in shots:
        if shot.stop <= shot.start:
            continue
        if merged and merged[-1].whom == shot.whom:
            merged[-1] = Shot(merged[-1].start, shot.stop, shot.whom)
        else:
            merged.append(shot)
    return tuple(merged)
