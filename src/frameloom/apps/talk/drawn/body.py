"""Trunk and neck of a character that is seen down to the waist; clothes and arms are drawn onto it."""

import math
from dataclasses import dataclass, replace
from functools import cached_property

from frameloom.apps.talk.characterfile import CharacterConfig
from frameloom.apps.talk.drawn.colors import across, fall, light, shade, veil
from frameloom.apps.talk.drawn.geometry import Point, line, smooth
from frameloom.apps.talk.drawn.sketch import Sketch
from frameloom.apps.talk.pose import Arm, Pose
from frameloom.media.canvas import Linear, Outline, Rgba

BOTTOM = 640.0
"""Where nothing is seen any more, in every framing."""
_SCALE = 0.9
"""Of a body against its head: a drawn head is a little large."""
_NECK_Y = 140.0
_REST_Y = Arm().y
_HAND, _NEAREST, _BESIDE_Y = 84.0, 122.0, 240.0
"""How far fingers reach beyond a wrist; how near to the middle, and how low from beside the head, a hand is pushed."""


@dataclass(frozen=True)
class Torso:
    """Where shoulders and neck are."""

    x: float
    y: float
    lean: float
    half: float
    """Half of the width across the shoulders."""

    @cached_property
    def trunk(self) -> tuple[Outline, ...]:
        """Return the outline of the trunk, the same one each time: what is clipped by it shares a stencil."""
        half = self.half
        right = (
            (40.0, 146.0),
            (72.0, 166.0),
            (half * 0.66, 184.0),
            (half * 0.84, 210.0),
            (half * 0.89, 280.0),
            (half * 0.84, 360.0),
            (half * 0.8, 450.0),
            (half * 0.86, BOTTOM * 1.2),
        )
        left = [(-x, y) for x, y in reversed(right)]
        return (smooth([self.at(x, y) for x, y in (*right, *left)], 0.9),)

    def at(self, x: float, y: float) -> Point:
        """Return a place of the body in the picture; a lean turns it about the waist."""
        x, y = x * _SCALE, _NECK_Y + (y - _NECK_Y) * _SCALE
        share = (BOTTOM - y) / BOTTOM
        return x + self.x * share + math.sin(self.lean) * (BOTTOM - y), y + self.y * min(share * 1.6, 1.0)


def torso_of(pose: Pose, looks: CharacterConfig) -> Torso:
    """Return where the body is."""
    lift = 5.0 * pose.breath + 16.0 * pose.shrug
    return Torso(0.0, -lift, pose.lean, 150.0 * looks.body.shoulders + 3.0 * pose.breath)


def reach_of(looks: CharacterConfig) -> float:
    """Return by how much farther out the hands of broad shoulders are."""
    return 0.9 * 150.0 * looks.body.shoulders - 119.0


def within(arm: Arm, room: float, looks: CharacterConfig) -> Arm:
    """Return an arm whose hand, if it is lifted, stays within so much room from the middle of the body."""
    lifted = min(max((_REST_Y - arm.y) / 200, 0.0), 1.0)
    beyond = max(arm.x - max(room - reach_of(looks) - _HAND, _NEAREST), 0.0)
    # A hand beside the head would come before the face.
    return replace(arm, x=arm.x - beyond * lifted, y=max(arm.y, min(arm.y + beyond * lifted, _BESIDE_Y)))


def cloth_of(torso: Torso, color: Rgba) -> Linear:
    """Return the colour of clothes, lit from the left, over trunk and arms alike."""
    left, right = torso.at(-torso.half * 1.35, 300)[0], torso.at(torso.half * 1.35, 300)[0]
    return across(left, right, light(color, 0.15), shade(color, 0.22))


def draw_neck(sketch: Sketch, torso: Torso, chin: Point, looks: CharacterConfig, skin: Rgba) -> None:
    """Draw the neck and the shadow of the chin on it."""
    at, wide = torso.at, 39.0 * looks.body.neck
    top = chin[0] * 0.6
    neck = smooth(
        [
            (top - wide, 60),
            (top + wide, 60),
            at(wide * 0.98, 130),
            at(wide * 1.3, 172),
            at(0, 214),
            at(-wide * 1.3, 172),
            at(-wide * 0.98, 130),
        ]
    )
    sketch.fill(neck, fall(70, 215, shade(skin, 0.22), shade(skin, 0.06)))
    x, y = chin[0], chin[1] - 4
    below = smooth([(x - 84, y - 50), (x + 84, y - 50), (x + 50, y + 14), (x + 4, y + 30), (x - 46, y + 16)])
    sketch.fill(below, veil(shade(skin, 0.5), 0.42), (neck,))
    for side in (-1, 1):
        bone = line([at(side * 14, 186), at(side * 34, 179), at(side * 58, 180)])
        sketch.pen(bone, veil(shade(skin, 0.35), 0.5), 3.0)
