"""A human face without its features that move most: outline, ears, nose, cheeks, lines, beard, glasses."""

import math
from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from frameloom.apps.talk.characterfile import BeardConfig, CharacterConfig, GlassesConfig
from frameloom.apps.talk.drawn.colors import glow, light, mix, rgba, shade, veil
from frameloom.apps.talk.drawn.geometry import Point, Turned, brush, ellipse, line, smooth
from frameloom.apps.talk.drawn.mouth import Fit, fitted
from frameloom.apps.talk.drawn.sketch import Sketch
from frameloom.apps.talk.pose import Pose
from frameloom.media.canvas import Outline, Radial, Rgba

OUTLINES: dict[str, tuple[Point, ...]] = {
    "oval": ((0, -120), (58, -106), (90, -62), (96, -8), (90, 40), (70, 82), (36, 112), (0, 121)),
    "round": ((0, -118), (60, -104), (93, -60), (100, -4), (96, 46), (77, 84), (42, 110), (0, 117)),
    "square": ((0, -118), (60, -105), (90, -62), (96, -8), (94, 46), (82, 88), (46, 118), (0, 123)),
    "heart": ((0, -120), (62, -105), (95, -60), (98, -8), (87, 42), (63, 84), (30, 113), (0, 121)),
}
"""Right half of each, from the crown to the chin."""
_JAW_FALLS = 15.0
"""By how much a wide open mouth lowers the chin."""
_NOSE_Y = 40.0
"""Of its underside."""


def outline_of(head: Turned, shape: str, jaw: float) -> Outline:
    """Return the outline of a face; the jaw hangs down by a share."""
    half = OUTLINES[shape]

    def at(x: float, y: float) -> Point:
        fall = _JAW_FALLS * jaw * min(max((y - 20) / 90, 0.0), 1.0)
        return head.at(x * head.rx / 95, (y + fall) * head.ry / 120, max(y, 0) * 0.28)

    right = [at(x, y) for x, y in half]
    left = [at(-x, y) for x, y in reversed(half[1:-1])]
    return smooth(right + left)


def half_width(head: Turned, outline: Sequence[Point], y: float) -> float:
    """Return half the width of a face at a height; its outline's right half is given from the crown to the chin."""
    level = y * 120 / head.ry
    for (x1, y1), (x2, y2) in pairwise(outline):
        if y1 <= level <= y2:
            return (x1 + (x2 - x1) * (level - y1) / (y2 - y1)) * head.rx / 95
    return 0.0


def fit_of(head: Turned, looks: CharacterConfig) -> Fit:
    """Return how the mouth is put onto a face."""
    half, high = OUTLINES[looks.head.shape], head.ry / 120
    return fitted(
        64.0 + looks.mouth.y,
        looks.mouth,
        _NOSE_Y,
        half[-1][1] * high,
        _JAW_FALLS * high,
        partial(half_width, head, half),
    )


def draw_face(sketch: Sketch, head: Turned, pose: Pose, looks: CharacterConfig, outline: Outline, skin: Rgba) -> None:
    """Draw ears, face, cheeks, nose and lines."""
    for side in (-1, 1):
        _ear(sketch, head, looks, skin, side)
    cx, cy = head.at(-24, -34, 60)
    lit = Radial(
        cx, cy, 190, ((0.0, light(skin, 0.2)), (0.45, skin), (0.78, shade(skin, 0.1)), (1.0, shade(skin, 0.26)))
    )
    sketch.fill(outline, lit)
    clip = (outline,)
    blush = mix(skin, (0.93, 0.3, 0.3, 1.0), 0.75)
    for side in (-1, 1):
        x, y = head.on(side * 56, 36 - 5 * max(pose.face.smile, 0), 0)
        strength = looks.head.blush * (0.5 + 0.25 * max(pose.face.smile, 0))
        sketch.fill(ellipse(x, y, 32, 32), glow(x, y, 32, blush, strength), clip)
    # the side away from the light
    x, y = head.at(118, 30, 0)
    sketch.fill(ellipse(x, y, 120, 120), glow(x, y, 120, shade(skin, 0.5), 0.32), clip)
    if looks.head.freckles:
        for number in range(14):
            side = -1 if number % 2 else 1
            x, y = head.on(side * (20 + (number * 37 % 40)), 20 + (number * 23 % 21), 1)
            sketch.fill(ellipse(x, y, 1.7, 1.5), veil(shade(skin, 0.42), 0.5))
    _nose(sketch, head, looks, skin)
    _lines(sketch, head, pose, looks.head.age, skin)


def _ear(sketch: Sketch, head: Turned, looks: CharacterConfig, skin: Rgba, side: int) -> None:
    size = looks.head.ears
    x, y = head.at(side * head.rx * 1.0, 4, -14)
    wide = 15 * size * (1 + 0.5 * side * math.sin(head.yaw) * -1)
    sketch.fill(ellipse(x, y, wide, 26 * size, head.roll + side * 0.12), shade(skin, 0.1))
    sketch.fill(
        ellipse(x + side * 1.5, y + 1, wide * 0.55, 17 * size, head.roll + side * 0.12), veil(shade(skin, 0.35), 0.5)
    )
    if looks.outfit.earrings:
        ex, ey = head.at(side * head.rx * 1.02, 36 * size, -12)
        accent = rgba(looks.outfit.accent)
        sketch.fill(
            ellipse(ex, ey, 5.5, 5.5), Radial(ex - 2, ey - 2, 9, ((0.0, light(accent, 0.7)), (1.0, shade(accent, 0.2))))
        )


def _nose(sketch: Sketch, head: Turned, looks: CharacterConfig, skin: Rgba) -> None:
    broad = {"button": 10.0, "straight": 11.0, "broad": 16.0}[looks.head.nose]
    tip_y = {"button": 30.0, "straight": 33.0, "broad": 33.0}[looks.head.nose]
    lift = {"button": 14.0, "straight": 20.0, "broad": 19.0}[looks.head.nose]
    dark = shade(skin, 0.42)
    if looks.head.nose != "button":
        side = -1 if head.yaw > 0.05 else 1
        bridge = [
            head.on(side * 8, -14, 5),
            head.on(side * 7, 6, 9),
            head.on(side * broad * 0.7, tip_y - 8, lift * 0.8),
        ]
        sketch.fill(brush(bridge, (1.0, 3.2, 4.5)), veil(dark, 0.22))
    x, y = head.on(0, tip_y, lift)
    warm = mix(skin, (0.9, 0.35, 0.3, 1.0), 0.45)
    sketch.fill(ellipse(x, y - 1, broad * 1.6, broad * 1.6), glow(x, y - 1, broad * 1.6, warm, 0.5))
    sketch.fill(
        ellipse(x - 2, y - 5, broad * 0.7, broad * 0.7), glow(x - 2, y - 5, broad * 0.7, (1.0, 1.0, 0.96, 1.0), 0.55)
    )
    under = [
        head.on(-broad * 0.8, tip_y + 2, lift * 0.6),
        head.on(-broad * 0.4, tip_y + 5.5, lift * 0.9),
        head.on(0, tip_y + 6.5, lift),
        head.on(broad * 0.4, tip_y + 5.5, lift * 0.9),
        head.on(broad * 0.8, tip_y + 2, lift * 0.6),
    ]
    radii = (0.3, 1.2, 1.6, 1.2, 0.3)
    sketch.fill(brush(under, radii), veil(dark, 0.62))


def _lines(sketch: Sketch, head: Turned, pose: Pose, age: float, skin: Rgba) -> None:
    dark = shade(skin, 0.4)
    strength = 0.5 * age + 0.28 * max(pose.face.smile, 0) * (0.4 + 0.6 * pose.face.cheeks)
    if strength > 0.06:
        for side in (-1, 1):
            fold = [head.on(side * 21, 36, 3), head.on(side * 35, 48, 2), head.on(side * 43, 66, 2)]
            sketch.fill(brush(fold, (0.4, 1.5, 0.4)), veil(dark, strength))
    if age > 0.2:
        for number, y in enumerate((-72, -60)):
            wrinkle = [
                head.on(-34 + 6 * number, y, 0),
                head.on(0, y - 3 - 3 * pose.face.brows, 0),
                head.on(34 - 6 * number, y, 0),
            ]
            sketch.pen(line(wrinkle), veil(dark, 0.3 * age * (1 + max(pose.face.brows, 0))), 1.5)
        for side in (-1, 1):
            for step in (-5, 3):
                foot = [
                    head.on(side * 64, LEVEL_OF_EYES + step * 0.4, 0),
                    head.on(side * 75, LEVEL_OF_EYES + step * 1.7, 0),
                ]
                sketch.pen(line(foot), veil(dark, 0.35 * age), 1.4)
            bag = [head.on(side * 26, 13, 0), head.on(side * 40, 18, 0), head.on(side * 55, 12, 0)]
            sketch.pen(line(bag), veil(dark, 0.32 * age), 1.5)
    frown = max(pose.face.frown, 0)
    if frown > 0.15:
        for side in (-1, 1):
            crease = [head.on(side * 7, -42, 0), head.on(side * 5.5, -29, 0)]
            sketch.pen(line(crease), veil(dark, 0.5 * frown), 1.8)


LEVEL_OF_EYES = -6.0


def draw_beard(sketch: Sketch, head: Turned, pose: Pose, looks: BeardConfig, outline: Outline, shape: str) -> None:
    """Draw what grows on a face below the mouth, before the mouth is drawn."""
    if looks.style == "none":
        return
    color = rgba(looks.color)
    fall = 15.0 * pose.mouth.jaw

    def on(x: float, y: float, z: float = 2.0) -> Point:
        return head.on(x * head.rx / 95, y * head.ry / 120, z)

    def rim(x: float, y: float, grow: float) -> Point:
        drop = fall * min(max((y - 20) / 90, 0.0), 1.0)
        return head.at(x * head.rx / 95 * grow, (y * grow + drop) * head.ry / 120, max(y, 0) * 0.28)

    half = OUTLINES[shape]
    edge = [rim(x, y, 1.0 if looks.style == "stubble" else 1.05) for x, y in half[4:]]
    other = [rim(-x, y, 1.0 if looks.style == "stubble" else 1.05) for x, y in reversed(half[4:-1])]
    if looks.style in ("full", "stubble"):
        start, stop = rim(97, 2, 0.985), rim(-97, 2, 0.985)
        inner = [
            on(-80, 32),
            on(-62, 54),
            on(-46, 50),
            on(-22, 43),
            on(0, 46),
            on(22, 43),
            on(46, 50),
            on(62, 54),
            on(80, 32),
        ]
        shape_ = smooth([start, *edge, *other, stop, *inner])
        if looks.style == "stubble":
            sketch.fill(shape_, veil(color, 0.2), (outline,))
            return
        x, y = head.on(-20, 70, 0)
        sketch.fill(shape_, Radial(x, y, 130, ((0.0, light(color, 0.16)), (0.7, color), (1.0, shade(color, 0.12)))))
        for number in range(-3, 4):
            strand = [on(number * 17, 84 + fall, 3), rim(number * 13, 112 - abs(number) * 7, 1.0)]
            sketch.pen(line(strand), veil(light(color, 0.4), 0.25), 1.6)
    if looks.style == "goatee":
        chin = smooth(
            [
                on(-24, 90 + fall * 0.6),
                on(0, 86 + fall * 0.6),
                on(24, 90 + fall * 0.6),
                rim(22, 114, 1.02),
                rim(0, 123, 1.06),
                rim(-22, 114, 1.02),
            ]
        )
        sketch.fill(chin, color)
    if looks.style in ("moustache", "goatee", "full"):
        lift = 2.5 * max(pose.face.smile, 0)
        for side in (-1, 1):
            hair = [
                on(side * 1, 48, 8),
                on(side * 17, 47, 7),
                on(side * 33, 54 - lift, 5),
                on(side * 43, 60 - 2 * lift, 4),
            ]
            radii = (6.0, 7.0, 5.0, 1.0)
            tone = light(color, 0.22) if side < 0 else light(color, 0.08)
            drop = [(x, y + 4) for x, y in hair]
            sketch.fill(brush(drop, radii), veil(shade(color, 0.5), 0.35))
            sketch.fill(brush(hair, radii), tone)


def draw_glasses(
    sketch: Sketch, head: Turned, looks: GlassesConfig, spacing: float, level: float = LEVEL_OF_EYES
) -> None:
    """Draw glasses."""
    if looks.style == "none":
        return
    color = rgba(looks.color)
    x = 40.0 * spacing
    for side in (-1, 1):
        wide, high = (29.0, 29.0) if looks.style == "round" else (31.0, 24.0)
        points: list[Point]
        if looks.style == "half":
            points = [(-wide, 6), (0, 5), (wide, 6), (wide * 0.82, 28), (0, 34), (-wide * 0.82, 28)]
        elif looks.style == "round":
            points = [(wide * math.cos(t * math.pi / 4), high * math.sin(t * math.pi / 4)) for t in range(8)]
        else:
            points = [
                (-wide, -high * 0.7),
                (-wide * 0.7, -high),
                (wide * 0.7, -high),
                (wide, -high * 0.7),
                (wide * 0.9, high * 0.7),
                (wide * 0.6, high),
                (-wide * 0.6, high),
                (-wide * 0.9, high * 0.7),
            ]
        rim = smooth([head.at(side * x + px, level + 2 + py, 84 - abs(px * side + x) * 0.12) for px, py in points])
        gx, gy = head.at(side * x - 10, level - 10, 84)
        sketch.fill(rim, glow(gx, gy, 40, (1, 1, 1, 1), 0.18))
        sketch.pen((*rim, rim[0], rim[1], rim[0], rim[1], rim[0], rim[1]), color, 4.4)
        arm = [
            head.at(side * (x + wide - 1), level - 3 + (14 if looks.style == "half" else 0), 80),
            head.at(side * (head.rx + 2), level - 2, 4),
        ]
        sketch.pen(line(arm), color, 4.0)
    low = 10 if looks.style == "half" else 0
    bridge = [
        head.at(-x + 29, level + low - 1, 84),
        head.at(0, level + low - 7, 90),
        head.at(x - 29, level + low - 1, 84),
    ]
    sketch.pen(line(bridge), color, 4.4)
