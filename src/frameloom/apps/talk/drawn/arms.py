"""Arms: from the shoulder over an elbow, which hangs, to where the hand is to be; sleeves about them."""

import math

from frameloom.apps.talk.characterfile import CharacterConfig
from frameloom.apps.talk.drawn.body import BOTTOM, Torso, cloth_of
from frameloom.apps.talk.drawn.colors import fall, light, rgba, shade, veil
from frameloom.apps.talk.drawn.geometry import Point, brush, ellipse, line
from frameloom.apps.talk.drawn.hands import draw_hand
from frameloom.apps.talk.drawn.sketch import Sketch
from frameloom.apps.talk.pose import Arm
from frameloom.media.canvas import Outline, Rgba

_UPPER, _FORE = 158.0, 142.0
_SHOULDER_Y = 237.0
_SWINGS = 0.3
"""Within how far of the place below the shoulder, as a sine, the elbow swings from one side to the other."""
_BROAD = 1.08
"""From this width of shoulders on, arms are thick."""


def draw_arm(sketch: Sketch, torso: Torso, arm: Arm, side: int, looks: CharacterConfig, skin: Rgba) -> None:
    """Draw sleeve and hand of one side (-1 left, 1 right)."""
    shoulder = torso.at(side * (torso.half - 30), _SHOULDER_Y + 50 * (_thickness(looks) - 1))
    hand = (side * (arm.x + 0.9 * torso.half - 119) + torso.x, arm.y)
    elbow, wrist = _bent(shoulder, hand, side)
    if min(shoulder[1], elbow[1], wrist[1]) > BOTTOM:
        return
    if looks.outfit.style == "shell":
        _metal(sketch, shoulder, elbow, wrist, looks)
    elif looks.outfit.style == "tee":
        _bare(sketch, torso, (shoulder, elbow, wrist), arm, looks, skin)
    else:
        _sleeve(sketch, torso, (shoulder, elbow, wrist), arm, looks)
    draw_hand(sketch, wrist, math.atan2(wrist[1] - elbow[1], wrist[0] - elbow[0]), arm, side, looks, skin)


def _bent(shoulder: Point, hand: Point, side: int) -> tuple[Point, Point]:
    """Return elbow and wrist of an arm that reaches for a place, its elbow down and outwards."""
    dx, dy = hand[0] - shoulder[0], hand[1] - shoulder[1]
    far = math.hypot(dx, dy) or 1.0
    reach = min(far, (_UPPER + _FORE) * 0.995)
    # An arm that comes towards the viewer looks shorter than it is.
    short = 0.62 + 0.38 * min(reach / (_UPPER + _FORE), 1.0)
    a, b = _UPPER * short, _FORE * short
    reach = min(reach, (a + b) * 0.999)
    along = math.atan2(dy, dx)
    bend = math.acos(max(-1.0, min(1.0, (a * a + reach * reach - b * b) / (2 * a * reach))))
    # The elbow hangs down and outwards; where the hand crosses below the shoulder it swings through, to the viewer.
    lower = (math.cos(along) - 0.15 * side * math.sin(along)) / _SWINGS
    turned = max(-1.0, min(1.0, lower))
    aside = a * math.sin(bend) * (1.5 - 0.5 * turned * turned) * turned
    ahead = a * math.cos(bend)
    elbow = (
        shoulder[0] + ahead * math.cos(along) - aside * math.sin(along),
        shoulder[1] + ahead * math.sin(along) + aside * math.cos(along),
    )
    return elbow, (shoulder[0] + dx / far * reach, shoulder[1] + dy / far * reach)


def _rounded(shoulder: Point, elbow: Point, wrist: Point) -> tuple[Point, Point, Point]:
    """Return points about an elbow, so that the arm turns there and has no corner."""
    above, below = _between(elbow, shoulder, 0.16), _between(elbow, wrist, 0.16)
    return above, _between(elbow, _between(above, below, 0.5), 0.45), below


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _thickness(looks: CharacterConfig) -> float:
    return 1.15 if looks.body.shoulders > _BROAD else 1.0


def _shadowed(sketch: Sketch, torso: Torso, sleeve: Outline, arm: Arm, color: Rgba) -> None:
    """Draw the soft shadow of a lifted arm on the trunk."""
    lifted = min(max((560 - arm.y) / 200, 0.0), 1.0)
    if lifted:
        for width in (22, 13, 6):
            sketch.pen(sleeve, veil(shade(color, 0.65), 0.1 * lifted), width, torso.trunk)


def _sleeve(sketch: Sketch, torso: Torso, joints: tuple[Point, Point, Point], arm: Arm, looks: CharacterConfig) -> None:
    shoulder, elbow, wrist = joints
    color, thick = rgba(looks.outfit.color), _thickness(looks)
    cuff = _between(elbow, wrist, 0.86)
    spine = [shoulder, _between(shoulder, elbow, 0.5), *_rounded(shoulder, elbow, wrist), cuff]
    sleeve = brush(spine, [radius * thick for radius in (38.0, 37.0, 34.5, 33.5, 31.5, 23.0)])
    _shadowed(sketch, torso, sleeve, arm, color)
    sketch.fill(sleeve, cloth_of(torso, color))
    length = math.hypot(wrist[0] - elbow[0], wrist[1] - elbow[1]) or 1.0
    ox, oy = (wrist[0] - elbow[0]) / length, (wrist[1] - elbow[1]) / length
    ex, ey = -oy * 22 * thick, ox * 22 * thick
    rim = rgba(looks.outfit.second) if looks.outfit.style == "blazer" else shade(color, 0.22)
    edge = [(cuff[0] - ex, cuff[1] - ey), (cuff[0] + ox * 6, cuff[1] + oy * 6), (cuff[0] + ex, cuff[1] + ey)]
    sketch.pen(line(edge), rim, 9)


def _bare(
    sketch: Sketch,
    torso: Torso,
    joints: tuple[Point, Point, Point],
    arm: Arm,
    looks: CharacterConfig,
    skin: Rgba,
) -> None:
    shoulder, elbow, wrist = joints
    color, thick = rgba(looks.outfit.color), _thickness(looks)
    radii = (28.0, *(radius * thick for radius in (26.0, 25.0, 24.0, 16.0)))
    bare = brush([shoulder, *_rounded(shoulder, elbow, wrist), wrist], radii)
    _shadowed(sketch, torso, bare, arm, color)
    sketch.fill(bare, fall(elbow[1] - 60, elbow[1] + 60, light(skin, 0.05), shade(skin, 0.1)))
    spine = [shoulder, _between(shoulder, elbow, 0.28), _between(shoulder, elbow, 0.54)]
    sketch.fill(brush(spine, (36.0 * thick, 36.0 * thick, 33.0 * thick)), cloth_of(torso, color))


def _metal(sketch: Sketch, shoulder: Point, elbow: Point, wrist: Point, looks: CharacterConfig) -> None:
    color = rgba(looks.outfit.color)
    bone = shade(rgba(looks.outfit.second), 0.3)
    sketch.pen(line([shoulder, elbow], 0), bone, 26)
    sketch.pen(line([elbow, wrist], 0), bone, 22)
    lit, dark = light(color, 0.25), shade(color, 0.2)
    sketch.fill(ellipse(*shoulder, 36, 36), fall(shoulder[1] - 36, shoulder[1] + 36, lit, dark))
    sketch.fill(ellipse(*elbow, 20, 20), fall(elbow[1] - 20, elbow[1] + 20, lit, dark))
    spine = [_between(elbow, wrist, 0.28), _between(elbow, wrist, 0.6), wrist]
    sketch.fill(brush(spine, (19.0, 26.0, 24.0)), fall(wrist[1] - 40, wrist[1] + 60, lit, dark))
