"""Neck, shoulders, clothes and arms of a character that is seen down to the waist."""

import math
from dataclasses import dataclass

from frameloom.apps.talk.characterfile import CharacterConfig
from frameloom.apps.talk.drawn.colors import across, fall, glow, light, rgba, shade, veil
from frameloom.apps.talk.drawn.geometry import Point, ellipse, limb, line, polygon, smooth
from frameloom.apps.talk.drawn.hands import draw_hand
from frameloom.apps.talk.drawn.sketch import Sketch
from frameloom.apps.talk.pose import Arm, Pose
from frameloom.media.canvas import Linear, Outline, Rgba

UPPER_ARM, FOREARM = 158.0, 142.0
_SCALE = 0.9
"""Of a body against its head: a drawn head is a little large."""
SHOULDER_Y, BOTTOM = 212.0, 640.0


@dataclass(frozen=True, slots=True)
class Torso:
    """Where shoulders and neck are."""

    x: float
    y: float
    lean: float
    half: float
    """Half of the width across the shoulders."""

    def at(self, x: float, y: float) -> Point:
        """Return a place of the body in the picture; a lean turns it about the waist."""
        x, y = x * _SCALE, 140 + (y - 140) * _SCALE
        share = (BOTTOM - y) / BOTTOM
        return x + self.x * share + math.sin(self.lean) * (BOTTOM - y), y + self.y * min(share * 1.6, 1.0)


def torso_of(pose: Pose, looks: CharacterConfig) -> Torso:
    """Return where the body is."""
    return Torso(
        0.0, -5.0 * pose.breath - 16.0 * pose.shrug, pose.lean, 150.0 * looks.body.shoulders + 3.0 * pose.breath
    )


def outline_of(torso: Torso) -> Outline:
    """Return the outline of the trunk."""
    half = torso.half
    right = [
        (40, 146),
        (72, 166),
        (half * 0.72, 180),
        (half * 0.92, 198),
        (half * 0.93, 270),
        (half * 0.84, 360),
        (half * 0.8, 450),
        (half * 0.86, BOTTOM * 1.2),
    ]
    left = [(-x, y) for x, y in reversed(right)]
    return smooth([torso.at(x, y) for x, y in right + left], 0.9)


def draw_neck(sketch: Sketch, torso: Torso, chin: Point, looks: CharacterConfig, skin: Rgba) -> None:
    """Draw the neck and the shadow of the chin on it."""
    wide = 39.0 * looks.body.neck
    hx = chin[0]
    neck = smooth(
        [
            (hx * 0.6 - wide, 60),
            (hx * 0.6 + wide, 60),
            torso.at(wide * 0.98, 130),
            torso.at(wide * 1.3, 172),
            torso.at(0, 214),
            torso.at(-wide * 1.3, 172),
            torso.at(-wide * 0.98, 130),
        ]
    )
    sketch.fill(neck, fall(70, 215, shade(skin, 0.22), shade(skin, 0.06)))
    x, y = chin[0], chin[1] - 4
    sketch.fill(
        smooth([(x - 84, y - 50), (x + 84, y - 50), (x + 50, y + 14), (x + 4, y + 30), (x - 46, y + 16)]),
        veil(shade(skin, 0.5), 0.42),
        (neck,),
    )
    for side in (-1, 1):
        sketch.pen(
            line([torso.at(side * 14, 186), torso.at(side * 34, 179), torso.at(side * 58, 180)]),
            veil(shade(skin, 0.35), 0.5),
            3.0,
        )


def cloth_of(torso: Torso, color: Rgba) -> Linear:
    """Return the colour of clothes, lit from the left, over trunk and arms alike."""
    left, right = torso.at(-torso.half * 1.35, 300)[0], torso.at(torso.half * 1.35, 300)[0]
    return across(left, right, light(color, 0.15), shade(color, 0.22))


def draw_clothes(sketch: Sketch, torso: Torso, looks: CharacterConfig, skin: Rgba) -> None:
    """Draw what is worn about the trunk."""
    outfit = looks.outfit
    color, second, accent = rgba(outfit.color), rgba(outfit.second), rgba(outfit.accent)
    trunk = outline_of(torso)
    clip = (trunk,)
    half = torso.half
    at = torso.at
    cloth = cloth_of(torso, color)
    if outfit.style in ("shirt", "blazer"):
        sketch.fill(trunk, cloth)
        sketch.fill(
            smooth(
                [
                    at(-40, 150),
                    at(40, 150),
                    at(52, 200),
                    at(34, 290),
                    at(9, 396),
                    at(5, BOTTOM * 1.1),
                    at(-5, BOTTOM * 1.1),
                    at(-9, 396),
                    at(-34, 290),
                    at(-52, 200),
                ],
                0.5,
            ),
            across(-half, half, light(second, 0.04), shade(second, 0.1)),
            clip,
        )
        sketch.fill(
            smooth([at(-44, 120), at(44, 120), at(30, 160), at(14, 192), at(0, 212), at(-14, 192), at(-30, 160)], 0.6),
            shade(skin, 0.2),
            clip,
        )
        collar_color = second if outfit.style == "blazer" else light(color, 0.08)
        if outfit.style == "shirt":
            sketch.fill(trunk, cloth)
            sketch.fill(
                smooth([at(-34, 146), at(34, 146), at(16, 192), at(0, 222), at(-16, 192)], 0.6), shade(skin, 0.1), clip
            )
            sketch.pen(line([at(0, 222), at(1, 420), at(0, BOTTOM)]), veil(shade(color, 0.4), 0.5), 2.4)
            for y in (258, 318, 378, 438):
                x0, y0 = at(6, y)
                sketch.fill(ellipse(x0, y0, 4.4, 4.4), accent)
        else:
            sketch.pen(line([at(0, 216), at(1, 420), at(0, BOTTOM)]), veil(shade(second, 0.4), 0.5), 2.0)
            for y in (244, 288, 332):
                x0, y0 = at(5, y)
                sketch.fill(ellipse(x0, y0, 3.4, 3.4), shade(second, 0.25))
            for side in (-1, 1):
                lapel = polygon(
                    [
                        at(side * 42, 148),
                        at(side * 76, 190),
                        at(side * 66, 232),
                        at(side * 80, 246),
                        at(side * 10, 396),
                        at(side * 26, 290),
                    ]
                )
                sketch.fill(lapel, light(color, 0.07) if side < 0 else shade(color, 0.05), clip)
                sketch.pen(
                    line([at(side * 76, 190), at(side * 66, 232), at(side * 80, 246), at(side * 10, 396)], 0.0),
                    veil(shade(color, 0.5), 0.45),
                    1.8,
                )
            pocket = polygon([at(62, 292), at(104, 286), at(105, 296), at(63, 302)])
            sketch.fill(pocket, shade(color, 0.25))
            sketch.fill(polygon([at(68, 292), at(76, 274), at(86, 284), at(96, 270), at(99, 288)]), accent)
        for side in (-1, 1):
            wing = smooth(
                [at(side * 36, 138), at(side * 46, 150), at(side * 38, 200), at(side * 8, 218), at(side * 14, 186)], 0.5
            )
            sketch.fill(wing, shade(collar_color, 0.03 if side < 0 else 0.1))
            sketch.pen(
                line([at(side * 46, 150), at(side * 38, 200), at(side * 8, 218)], 0.4),
                veil(shade(collar_color, 0.5), 0.4),
                1.6,
            )
    elif outfit.style == "shell":
        _shell(sketch, torso, color, second, accent)
        return
    else:
        sketch.fill(trunk, cloth)
        if outfit.style == "tee":
            sketch.fill(
                smooth([at(-62, 150), at(62, 150), at(40, 192), at(0, 206), at(-40, 192)]), shade(skin, 0.06), clip
            )
            sketch.pen(line([at(-62, 158), at(-40, 193), at(0, 207), at(40, 193), at(62, 158)]), shade(color, 0.2), 6)
        elif outfit.style == "sweater":
            for number in range(3):
                y = 6.5 * number
                band = [
                    at(-54 - y * 0.6, 148 + y * 1.2),
                    at(-34, 174 + y),
                    at(0, 184 + y),
                    at(34, 174 + y),
                    at(54 + y * 0.6, 148 + y * 1.2),
                ]
                sketch.pen(line(band), light(color, 0.12) if number % 2 == 0 else shade(color, 0.16), 8.5)
            for y in (330, 350, 370):
                sketch.pen(
                    line([at(-half, y - 20), at(0, y + 4), at(half, y - 20)]),
                    veil(second, 0.8 if y == 350 else 0.5),
                    5 if y == 350 else 3,
                    clip,
                )
        elif outfit.style == "hoodie":
            for side in (-1, 1):
                hood = smooth(
                    [
                        at(side * 30, 140),
                        at(side * 62, 138),
                        at(side * 96, 168),
                        at(side * 84, 198),
                        at(side * 30, 224),
                        at(side * 6, 216),
                        at(side * 30, 184),
                    ]
                )
                sketch.fill(hood, fall(140, 224, light(color, 0.1), shade(color, 0.2)))
                sketch.pen(
                    line([at(side * 36, 152), at(side * 44, 176), at(side * 12, 214)]),
                    veil(shade(color, 0.5), 0.5),
                    2.4,
                )
                sketch.pen(line([at(side * 20, 212), at(side * 24, 260), at(side * 22, 292 - side * 8)]), second, 4.2)
            pocket = smooth([at(-70, 452), at(70, 452), at(92, 520), at(92, BOTTOM), at(-92, BOTTOM), at(-92, 520)])
            sketch.fill(pocket, shade(color, 0.1))
        elif outfit.style == "scarf":
            knot = [(-66, 150, 20), (-36, 176, 24), (0, 186, 25), (36, 176, 24), (66, 150, 20)]
            tail = [(26, 190, 18), (36, 240, 23), (34, 300, 25), (38, 340, 20)]
            for band, tone in ((tail, shade(second, 0.14)), (knot, second)):
                sketch.fill(
                    limb([(*at(x, y), r) for x, y, r in band]), fall(130, 350, light(tone, 0.08), shade(tone, 0.12))
                )
            for x, y in ((20, 284), (20, 304)):
                sketch.pen(line([at(x, y), at(x + 32, y)]), veil(accent, 0.9), 6)
            sketch.pen(line([at(-70, 166), at(-30, 194), at(8, 202), at(48, 188)]), veil(shade(second, 0.5), 0.4), 2.4)
    for side in (-1, 1):
        x, y = at(side * half * 0.95, 330)
        sketch.fill(ellipse(x, y, 90, 90), glow(x, y, 90, shade(color, 0.6), 0.3), clip)


def _shell(sketch: Sketch, torso: Torso, color: Rgba, second: Rgba, accent: Rgba) -> None:
    at, half = torso.at, torso.half
    right = [
        (30, 158),
        (half * 0.7, 172),
        (half * 0.95, 214),
        (half * 0.9, 330),
        (half * 0.72, 470),
        (half * 0.74, BOTTOM),
    ]
    left = [(-x, y) for x, y in reversed(right)]
    trunk = smooth([at(x, y) for x, y in right + left], 0.8)
    sketch.fill(trunk, across(at(-half, 300)[0], at(half, 300)[0], light(color, 0.25), shade(color, 0.2)))
    plate = smooth(
        [at(x, y) for x, y in ((-62, 232), (62, 232), (78, 262), (66, 360), (0, 380), (-66, 360), (-78, 262))], 0.8
    )
    sketch.fill(plate, fall(220, 390, light(second, 0.2), shade(second, 0.1)))
    x, y = at(0, 300)
    sketch.fill(ellipse(x, y, 60, 60), glow(x, y, 60, accent, 0.5))
    sketch.fill(ellipse(x, y, 20, 20), accent)
    sketch.fill(ellipse(x - 6, y - 7, 7, 6), (1, 1, 1, 0.7))
    for side in (-1, 1):
        bolt = at(side * half * 0.72, 218)
        sketch.fill(ellipse(*bolt, 6, 6), shade(color, 0.35))


def draw_arm(sketch: Sketch, torso: Torso, arm: Arm, side: int, looks: CharacterConfig, skin: Rgba) -> None:
    """Draw sleeve and hand of one side (-1 left, 1 right)."""
    shoulder = torso.at(side * (torso.half - 30), SHOULDER_Y + 19)
    hand = (side * (arm.x + 0.9 * torso.half - 119) + torso.x, arm.y)
    elbow, wrist = _bent(shoulder, hand, side)
    color = rgba(looks.outfit.color)
    robot = looks.outfit.style == "shell"
    short = looks.outfit.style == "tee"
    angle = math.atan2(wrist[1] - elbow[1], wrist[0] - elbow[0])
    out = (math.cos(angle), math.sin(angle))
    thick = 1.15 if looks.body.shoulders > 1.08 else 1.0

    def between(a: Point, b: Point, share: float) -> Point:
        return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share

    visible = min(shoulder[1], elbow[1], wrist[1]) < BOTTOM
    if not visible:
        return
    lit = light(color, 0.08) if side < 0 else shade(color, 0.1)
    cuff = between(elbow, wrist, 0.86)
    if robot:
        metal = shade(rgba(looks.outfit.second), 0.3)
        sketch.pen(line([shoulder, elbow], 0), metal, 26)
        sketch.pen(line([elbow, wrist], 0), metal, 22)
        sketch.fill(
            ellipse(*shoulder, 36, 36), fall(shoulder[1] - 36, shoulder[1] + 36, light(color, 0.25), shade(color, 0.2))
        )
        sketch.fill(ellipse(*elbow, 20, 20), lit)
        sketch.fill(
            limb([(*between(elbow, wrist, 0.28), 19), (*between(elbow, wrist, 0.6), 26), (*wrist, 24)]),
            fall(wrist[1] - 40, wrist[1] + 60, light(color, 0.2), shade(color, 0.15)),
        )
    else:
        sleeve_skin = fall(elbow[1] - 60, elbow[1] + 60, light(skin, 0.05), shade(skin, 0.1))
        if short:
            sketch.fill(
                limb(
                    [
                        (*shoulder, 30),
                        (*elbow, 25 * thick),
                        (*between(elbow, wrist, 0.5), 22 * thick),
                        (*wrist, 16 * thick),
                    ]
                ),
                sleeve_skin,
            )
            stop = between(shoulder, elbow, 0.55)
            sketch.fill(
                limb([(*shoulder, 40 * thick), (*between(shoulder, stop, 0.5), 40 * thick), (*stop, 38 * thick)]), lit
            )
        else:
            paint = cloth_of(torso, color)
            sleeve = limb(
                [
                    (*shoulder, 38 * thick),
                    (*between(shoulder, elbow, 0.55), 37 * thick),
                    (*elbow, 33 * thick),
                    (*between(elbow, wrist, 0.5), 28 * thick),
                    (*cuff, 23 * thick),
                ]
            )
            lifted = min(max((560 - arm.y) / 200, 0.0), 1.0)
            if lifted:
                trunk = (outline_of(torso),)
                for width in (22, 13, 6):
                    sketch.pen((*sleeve,), veil(shade(color, 0.65), 0.1 * lifted), width, trunk)
            sketch.fill(sleeve, paint)
            edge = (-out[1] * 22 * thick, out[0] * 22 * thick)
            rim = rgba(looks.outfit.second) if looks.outfit.style == "blazer" else shade(color, 0.22)
            sketch.pen(
                line(
                    [
                        (cuff[0] - edge[0], cuff[1] - edge[1]),
                        (cuff[0] + out[0] * 6, cuff[1] + out[1] * 6),
                        (cuff[0] + edge[0], cuff[1] + edge[1]),
                    ]
                ),
                rim,
                9,
            )
    draw_hand(sketch, wrist, angle, arm, side, looks, skin)


def _bent(shoulder: Point, hand: Point, side: int) -> tuple[Point, Point]:
    """Return elbow and wrist of an arm that reaches for a place, its elbow down and outwards."""
    dx, dy = hand[0] - shoulder[0], hand[1] - shoulder[1]
    far = math.hypot(dx, dy) or 1.0
    reach = min(far, (UPPER_ARM + FOREARM) * 0.995)
    # An arm that comes towards the viewer looks shorter than it is.
    short = 0.62 + 0.38 * min(reach / (UPPER_ARM + FOREARM), 1.0)
    a, b = UPPER_ARM * short, FOREARM * short
    reach = min(reach, (a + b) * 0.999)
    along = math.atan2(dy, dx)
    bend = math.acos(max(-1.0, min(1.0, (a * a + reach * reach - b * b) / (2 * a * reach))))
    elbows = [
        (shoulder[0] + a * math.cos(along + turn), shoulder[1] + a * math.sin(along + turn)) for turn in (bend, -bend)
    ]
    elbow = max(elbows, key=lambda place: place[1] + 0.15 * side * place[0])
    wrist = shoulder[0] + dx / far * reach, shoulder[1] + dy / far * reach
    return elbow, wrist
