"""What a face does at one moment, as numbers that mean the same on every portrait.

All zero is the portrait as it is. Shares run from 0 to 1, or from -1 to 1 where both ways make sense; left and right
are those of the picture.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expression:
    """A moment of a face."""

    speech: float = 0.0
    """How far the mouth speaks: 1 shuts one that the portrait shows open, and what follows counts from there."""
    jaw: float = 0.0
    """How far the jaw is dropped; 1 is a loud "ah", about 16 mm."""
    width: float = 0.0
    """Corners of the mouth apart (1, "ee") or together (-1)."""
    rounding: float = 0.0
    """Lips pushed out into a ring, as in "oo"."""
    upper: float = 0.0
    """Upper lip raised."""
    lower: float = 0.0
    """Lower lip pulled down, away from the teeth."""
    press: float = 0.0
    """Closed lips pressed on each other, as before "p"."""
    tuck: float = 0.0
    """Lower lip drawn in under the upper teeth, as in "f"."""
    tongue: float = 0.0
    """Tip of the tongue raised to the upper teeth, as in "th" and "l"."""
    smile: float = 0.0
    """Corners of the mouth up, or down."""
    brow_left: float = 0.0
    """The brow on the left of the picture up, or down."""
    brow_right: float = 0.0
    frown: float = 0.0
    """Inner ends of the brows down as in anger, or up as in sorrow."""
    lid_left: float = 0.0
    """1 shuts the eye on the left of the picture; less than 0 opens it wider."""
    lid_right: float = 0.0
    gaze_x: float = 0.0
    """Eyes turned to the right of the picture from where the portrait looks; 1 is about 12 degrees."""
    gaze_y: float = 0.0
    """Eyes turned down."""
    yaw: float = 0.0
    """Head turned to the right of the picture; 1 is about 8 degrees, as with all turns of the head."""
    pitch: float = 0.0
    """Head bent down."""
    roll: float = 0.0
    """Head tilted clockwise."""
    breath: float = 0.0
    """1 is a full chest."""


REST = Expression()
"""The portrait as it is."""
