"""Hands: a palm and fingers, each a line with a thickness, whose places depend on what the hand shows.

shape -> for the thumb and four fingers: angle and length        two shapes mix by their numbers
"""

import math

from frameloom.apps.talk.characterfile import CharacterConfig
from frameloom.apps.talk.drawn.colors import fall, light, rgba, shade, veil
from frameloom.apps.talk.drawn.geometry import Point, ellipse, limb, line, smooth
from frameloom.apps.talk.drawn.sketch import Sketch
from frameloom.apps.talk.pose import Arm, HandShape
from frameloom.media.canvas import Rgba

Fingers = tuple[tuple[float, float], ...]
"""Angle in radians from the middle of the hand (the thumb's side is positive) and length in units: thumb first."""

SHAPES: dict[HandShape, Fingers] = {
    "rest": ((0.62, 30), (0.16, 40), (0.04, 43), (-0.08, 40), (-0.22, 33)),
    "open": ((1.05, 36), (0.32, 47), (0.08, 51), (-0.16, 47), (-0.42, 39)),
    "wave": ((0.98, 36), (0.26, 49), (0.06, 53), (-0.14, 49), (-0.36, 40)),
    "point": ((0.5, 24), (0.08, 54), (-0.02, 20), (-0.12, 18), (-0.24, 16)),
    "fist": ((0.3, 22), (0.16, 18), (0.04, 19), (-0.1, 18), (-0.24, 16)),
    "thumb": ((1.45, 42), (0.16, 17), (0.04, 18), (-0.1, 17), (-0.24, 15)),
}


def fingers_of(arm: Arm) -> Fingers:
    """Return the fingers of a hand between two shapes."""
    a, b, share = SHAPES[arm.shape_from], SHAPES[arm.shape], arm.blend
    return tuple(
        (p[0] * (1 - share) + q[0] * share, p[1] * (1 - share) + q[1] * share) for p, q in zip(a, b, strict=True)
    )


def draw_hand(
    sketch: Sketch, wrist: Point, angle: float, arm: Arm, side: int, looks: CharacterConfig, skin: Rgba
) -> None:
    """Draw a hand at a wrist; the forearm points along an angle."""
    middle = angle + side * arm.turn
    thumb_side = -side  # thumbs point inwards
    if looks.kind == "robot":
        skin = shade(rgba(looks.outfit.second), 0.28)
    size = 0.94 if looks.kind == "human" else 1.04
    if looks.body.shoulders > 1.08:
        size *= 1.12
    c, s = math.cos(middle), math.sin(middle)
    if c * side < -0.35:
        thumb_side = side  # and up, where a hand lies before the chest

    def at(along: float, out: float) -> Point:
        """Return a place of the hand: along it from the wrist, and out to the thumb's side."""
        ox, oy = -s * thumb_side, c * thumb_side
        # the thumb's side is the one that lies inwards, or up where the hand is level
        return wrist[0] + (c * along + ox * out) * size, wrist[1] + (s * along + oy * out) * size

    fingers = fingers_of(arm)
    animal = looks.kind in ("fox", "cat", "bear")
    tone = fall(wrist[1] - 60, wrist[1] + 50, light(skin, 0.1), shade(skin, 0.08))
    dark = veil(shade(skin, 0.45), 0.45)
    roots: Fingers = ((26.0, 17.0), (41.0, 14.5), (44.0, 5.0), (42.0, -5.0), (37.0, -14.0))
    if animal:
        fingers = fingers[:1] + tuple((a * 1.15, length * 0.62 + 6) for a, length in fingers[1:4])
        roots = ((24.0, 17.0), (38.0, 13.0), (41.0, 0.0), (38.0, -13.0))
    wide = 5.6 if not animal else 9.5
    palm = smooth(
        [at(-6, 12), at(14, 18), at(34, 20), at(47, 13), at(49, 0), at(45, -13), at(32, -19), at(12, -16), at(-6, -12)]
    )
    thumb_angle, thumb_length = fingers[0]
    tip = (roots[0][0] + math.cos(thumb_angle) * thumb_length, roots[0][1] + math.sin(thumb_angle) * thumb_length)
    base = (12.0, 11.0)
    joint = ((base[0] + tip[0]) / 2 + 2, (base[1] + tip[1]) / 2 + 4)
    thumb = limb([(*at(*base), 9 * size), (*at(*joint), 7.4 * size), (*at(*tip), 5.6 * size)])
    for number in range(len(fingers) - 1, 0, -1):
        bend, length = fingers[number]
        root = roots[number]
        end = (root[0] + math.cos(bend) * length, root[1] + math.sin(bend) * length)
        start = (root[0] - 12, root[1] * 0.9)
        half = ((root[0] + end[0]) / 2, (root[1] + end[1]) / 2)
        width = wide * (0.88 if number == len(fingers) - 1 else 1.0) * size
        finger = limb([(*at(*start), width), (*at(*half), width), (*at(*end), width * 0.82)])
        sketch.fill(finger, tone)
    sketch.fill(palm, tone)
    for number in range(1, len(fingers) - 1):
        (a, la), (b, lb) = fingers[number], fingers[number + 1]
        x = (roots[number][0] + roots[number + 1][0]) / 2
        y = (roots[number][1] + roots[number + 1][1]) / 2
        bend, length = (a + b) / 2, min(la, lb)
        if abs(a - b) < 0.2:
            end = (x + math.cos(bend) * length * 0.8, y + math.sin(bend) * length * 0.8)
            sketch.pen(line([at(x, y), at(*end)]), dark, 1.5)
    sketch.fill(thumb, tone)
    crease = [at(10, 4), at(22, 5), at(32, 11)]
    sketch.pen(line(crease), veil(shade(skin, 0.4), 0.3), 1.5)
    if animal:
        pad = rgba(looks.head.second)
        if arm.shape in ("open", "wave") or arm.shape_from in ("open", "wave"):
            share = arm.blend if arm.shape in ("open", "wave") else 1 - arm.blend
            sketch.fill(ellipse(*at(24, 0), 11, 10, middle), veil(shade(pad, 0.25), 0.8 * share))
    if looks.kind == "robot":
        sketch.fill(ellipse(*at(-2, 0), 17, 17), shade(skin, 0.25))
