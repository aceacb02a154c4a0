"""What a drawn character does at one instant, as numbers: no time, no looks.

    Pose: mouth, eyes, brows, head, body, two arms     neutral: Pose()

Left and right are the viewer's. Angles are in radians; shares run from 0 to 1, or from -1 where both ways make sense.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Literal, TypeVar

HandShape = Literal["rest", "open", "point", "wave", "fist", "thumb"]
"""What a hand shows."""


@dataclass(frozen=True, slots=True)
class Mouth:
    """Shape of a mouth."""

    open: float = 0.0
    """Gap between the lips: 0 closed, 1 as for a loud "ah"."""
    width: float = 0.0
    """-1 as narrow as it gets, 1 as wide."""
    round: float = 0.0
    """How far the lips are pushed out into a ring."""
    press: float = 0.0
    """How firmly closed lips lie on each other."""
    bite: float = 0.0
    """How far the lower lip lies under the upper teeth."""
    teeth: float = 0.0
    """How much of the upper teeth shows."""
    clench: float = 0.0
    """How far the lower teeth come up to the upper ones."""
    tongue: float = 0.0
    """How high the tongue lies."""
    tip: float = 0.0
    """How far the tongue's tip comes out between the teeth."""
    jaw: float = 0.0
    """How far the jaw hangs down."""


@dataclass(frozen=True, slots=True)
class Face:
    """What a mood does to a face; each from -1 to 1, 0 is neutral."""

    smile: float = 0.0
    """Corners of the mouth up, or down."""
    brows: float = 0.0
    """Brows up, or down."""
    frown: float = 0.0
    """Inner ends of the brows down as in anger, or up as in sorrow."""
    asym: float = 0.0
    """One brow higher than the other."""
    lids: float = 0.0
    """Eyes wider open, or narrower."""
    parted: float = 0.0
    """Lips apart while nothing is said."""
    cheeks: float = 0.0
    """Cheeks lifted, which pushes the lower lids up."""


@dataclass(frozen=True, slots=True)
class Arm:
    """Where a hand is and what it shows; x is outwards from the middle of the body, y down from the chin."""

    x: float = 178.0
    y: float = 640.0
    turn: float = 0.0
    """How far the hand is turned about its wrist against the forearm; outwards is positive."""
    shape: HandShape = "rest"
    shape_from: HandShape = "rest"
    blend: float = 1.0
    """Share of `shape` between the two."""


@dataclass(frozen=True, slots=True)
class Pose:
    """All of it."""

    mouth: Mouth = field(default_factory=Mouth)
    face: Face = field(default_factory=Face)
    blink: float = 0.0
    """1 is shut."""
    gaze_x: float = 0.0
    """Where the eyes look, from -1 to 1; 0 is at the viewer."""
    gaze_y: float = 0.0
    yaw: float = 0.0
    """The head turned to the viewer's right, in radians."""
    pitch: float = 0.0
    """The head bent down."""
    roll: float = 0.0
    """The head tilted clockwise."""
    lag: float = 0.0
    """How far hair and ears still swing to the right of the head's turn."""
    lean: float = 0.0
    """The body leaning to the viewer's right, in radians."""
    breath: float = 0.0
    """1 is a full chest."""
    shrug: float = 0.0
    """Shoulders up."""
    left: Arm = field(default_factory=Arm)
    right: Arm = field(default_factory=Arm)


Part = TypeVar("Part", Mouth, Face)


def mixed(a: Part, b: Part, share: float) -> Part:
    """Return a where the share is 0, b where it is 1, and what lies between."""
    values = {f.name: getattr(a, f.name) * (1 - share) + getattr(b, f.name) * share for f in fields(a)}
    return replace(a, **values)
