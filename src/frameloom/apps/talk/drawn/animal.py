"""Heads of a fox, a cat and a bear: fur outline, ears that swing, muzzle, nose, whiskers."""

import math
from functools import partial

from frameloom.apps.talk.characterfile import CharacterConfig, Kind
from frameloom.apps.talk.drawn.colors import fall, glow, light, rgba, shade, veil
from frameloom.apps.talk.drawn.face import half_width
from frameloom.apps.talk.drawn.geometry import Point, Turned, brush, ellipse, limb, line, smooth
from frameloom.apps.talk.drawn.mouth import Fit, fitted
from frameloom.apps.talk.drawn.sketch import Sketch
from frameloom.apps.talk.pose import Pose
from frameloom.media.canvas import Radial

_HALVES: dict[Kind, tuple[Point, ...]] = {
    "fox": ((0, -104), (56, -98), (98, -62), (116, -10), (144, 48), (112, 72), (82, 90), (42, 110), (0, 119)),
    "cat": ((0, -100), (60, -96), (102, -58), (114, 0), (128, 34), (108, 46), (112, 66), (84, 84), (44, 104), (0, 108)),
    "bear": ((0, -112), (62, -104), (104, -64), (116, 0), (110, 52), (82, 90), (42, 112), (0, 118)),
}
MUZZLE_Y = 44.0
_JAW_FALLS = 14.0
"""By how much a wide open mouth lowers the chin."""


def draw_ears(sketch: Sketch, head: Turned, looks: CharacterConfig, pose: Pose, behind: bool) -> None:
    """Draw the ears, behind the head or, for what is seen inside them, on it."""
    fur, inside = rgba(looks.head.skin), rgba(looks.head.second)
    size = looks.head.ears
    droop = -0.22 * min(pose.face.brows, 0) + 0.2 * max(-pose.face.smile, 0) + 0.25 * max(pose.face.frown, 0)
    for side in (-1, 1):
        if looks.kind == "bear":
            x, y = head.at(side * 82, -92, -8)
            if behind:
                sketch.fill(
                    ellipse(x, y, 36 * size, 36 * size), fall(y - 36, y + 36, light(fur, 0.1), shade(fur, 0.15))
                )
                sketch.fill(ellipse(x + side * 2, y + 2, 21 * size, 21 * size), inside)
            continue
        tall = (118 if looks.kind == "fox" else 88) * size
        swing = pose.lag * 10 + side * (droop * 90 + 10 * max(pose.face.brows, 0) * -1)
        tip = head.at(side * 92 + swing, -62 - tall + droop * 70, 0)
        ear = [
            head.at(side * 22, -92, 20),
            head.at(side * 52 + swing * 0.5, -78 - tall * 0.72 + droop * 40, 10),
            tip,
            head.at(side * 112 + swing * 0.4, -66 - tall * 0.4 + droop * 30, -6),
            head.at(side * 112, -28, -6),
        ]
        if behind:
            sketch.fill(
                smooth(ear, 0.62),
                fall(tip[1], head.y - 20, shade(fur, 0.32) if looks.kind == "fox" else light(fur, 0.08), fur),
            )
            inner = [
                head.at(side * 48, -88, 22),
                head.at(side * 68 + swing * 0.5, -78 - tall * 0.55 + droop * 40, 12),
                head.at(side * 88 + swing * 0.9, -66 - tall * 0.8 + droop * 64, 4),
                head.at(side * 98 + swing * 0.4, -60 - tall * 0.3 + droop * 30, 0),
                head.at(side * 98, -34, 0),
            ]
            sketch.fill(smooth(inner, 0.62), fall(tip[1], head.y - 30, light(inside, 0.2), shade(inside, 0.22)))
            tuft = [
                head.at(side * 58, -76, 26),
                head.at(side * 76 + swing * 0.4, -72 - tall * 0.38, 20),
                head.at(side * 84, -58, 20),
            ]
            sketch.fill(smooth(tuft, 0.5), light(inside, 0.5))


def draw_head(sketch: Sketch, head: Turned, pose: Pose, looks: CharacterConfig) -> None:
    """Draw the head up to the muzzle; eyes, mouth and nose come after."""
    fur, white = rgba(looks.head.skin), rgba(looks.head.second)
    jaw = _JAW_FALLS * pose.mouth.jaw

    def rim(x: float, y: float) -> Point:
        drop = jaw * min(max((y - 40) / 70, 0.0), 1.0)
        return head.at(x * head.rx / 95, (y + drop) * head.ry / 120, max(y, 0) * 0.3)

    half = _HALVES[looks.kind]
    outline = smooth([rim(x, y) for x, y in half] + [rim(-x, y) for x, y in reversed(half[1:-1])], 0.7)
    lx, ly = head.at(-30, -50, 60)
    sketch.fill(outline, Radial(lx, ly, 220, ((0.0, light(fur, 0.22)), (0.5, fur), (1.0, shade(fur, 0.3)))))
    clip = (outline,)
    # cheeks and muzzle in the second colour
    if looks.kind == "fox":
        for side in (-1, 1):
            cheek = [
                head.on(side * 6, 20, 6),
                head.on(side * 34, 26, 4),
                head.on(side * 62, 18, 0),
                rim(side * 150, 46),
                rim(side * 130, 90),
                rim(side * 60, 116),
                rim(side * 0, 134),
            ]
            sketch.fill(smooth(cheek, 0.85), fall(head.y, head.y + 120, light(white, 0.3), shade(white, 0.1)), clip)
        blaze = [head.on(-9, -18, 8), head.on(0, -52, 6), head.on(9, -18, 8), head.on(14, 22, 10), head.on(-14, 22, 10)]
        sketch.fill(smooth(blaze), veil(light(fur, 0.3), 0.7), clip)
    else:
        mx, my = head.on(0, MUZZLE_Y + 12 + jaw * 0.4, 10)
        wide, high = (52, 40 + jaw * 0.5) if looks.kind == "cat" else (60, 48 + jaw * 0.5)
        sketch.fill(
            ellipse(mx, my, wide, high),
            Radial(mx - 10, my - 14, 76, ((0.0, light(white, 0.35)), (0.7, white), (1.0, shade(white, 0.14)))),
            clip,
        )
        if looks.kind == "cat":
            for dx in (-22, 0, 22):
                stripe = [head.on(dx, -92, 2), head.on(dx * 0.7, -70, 2), head.on(dx * 0.5, -52, 2)]
                sketch.fill(
                    brush(stripe, (5.0, 4.0, 1.0)),
                    veil(shade(fur, 0.4), 0.7),
                )
    x, y = head.at(128, 30, 0)
    sketch.fill(ellipse(x, y, 130, 130), glow(x, y, 130, shade(fur, 0.6), 0.3), clip)
    for side in (-1, 1):
        bx, by = head.on(side * 62, 36, 0)
        sketch.fill(ellipse(bx, by, 30, 30), glow(bx, by, 30, (0.95, 0.35, 0.35, 1.0), looks.head.blush * 0.5), clip)


def fit_of(head: Turned, looks: CharacterConfig) -> Fit:
    """Return how the mouth is put onto a muzzle."""
    half, high = _HALVES[looks.kind], head.ry / 120
    return fitted(
        MUZZLE_Y + 22 + looks.mouth.y, looks.mouth, MUZZLE_Y - 3, half[-1][1] * high, _JAW_FALLS * high,
        partial(half_width, head, half),
    )  # fmt: skip


def draw_nose(sketch: Sketch, head: Turned, looks: CharacterConfig) -> None:
    """Draw nose and whiskers, after the mouth."""
    wide = {"fox": 15.0, "cat": 12.0, "bear": 20.0}.get(looks.kind, 14.0)
    x, y = head.on(0, MUZZLE_Y - 13, 26)
    dark = (0.16, 0.11, 0.12, 1.0) if looks.kind != "cat" else (0.85, 0.45, 0.48, 1.0)
    sketch.fill(ellipse(x, y + 8, wide * 1.3, 9), glow(x, y + 8, wide * 1.4, (0.1, 0.05, 0.05, 1.0), 0.25))
    nose = smooth(
        [
            (x - wide, y - 5),
            (x, y - 9),
            (x + wide, y - 5),
            (x + wide * 0.5, y + 6),
            (x, y + 10),
            (x - wide * 0.5, y + 6),
        ]
    )
    sketch.fill(nose, fall(y - 9, y + 10, light(dark, 0.16), dark))
    sketch.fill(ellipse(x - wide * 0.3, y - 4, wide * 0.34, 2.6), (1, 1, 1, 0.6))
    sx, sy = head.on(0, MUZZLE_Y + 6, 18)
    sketch.pen(line([(x, y + 9), (sx, sy)]), veil(dark, 0.6), 2.0)
    if looks.kind == "cat":
        for side in (-1, 1):
            for step in (-1, 0, 1):
                a = head.on(side * 34, MUZZLE_Y + 10 + step * 6, 8)
                b = (a[0] + side * 34, a[1] - 4 + step * 9)
                c = (a[0] + side * 66, a[1] + 2 + step * 16)
                sketch.pen(line([a, b, c]), (1, 1, 1, 0.75), 1.6)


def draw_tail(sketch: Sketch, looks: CharacterConfig, pose: Pose) -> None:
    """Draw a fox's or cat's tail, which stands behind the shoulder and sways."""
    if looks.kind not in ("fox", "cat"):
        return
    fur, white = rgba(looks.head.skin), rgba(looks.head.second)
    sway = 26 * pose.lag + 40 * math.sin(pose.lean * 6)
    thick = 1.0 if looks.kind == "fox" else 0.42
    spine = [
        (110, 620, 30),
        (186, 540, 46),
        (232, 440, 52),
        (234 + sway * 0.5, 345, 46),
        (214 + sway, 280, 28),
        (200 + sway, 244, 4),
    ]
    outline = limb([(x, y, r * thick) for x, y, r in spine])
    sketch.fill(outline, fall(240, 640, light(fur, 0.05), shade(fur, 0.25)))
    if looks.kind == "fox":
        tip = smooth(
            [
                (150 + sway, 200),
                (300 + sway, 220),
                (300 + sway * 0.6, 338),
                (252 + sway * 0.6, 316),
                (232 + sway * 0.6, 350),
                (208 + sway * 0.6, 316),
                (150 + sway, 330),
            ],
            0.5,
        )
        sketch.fill(tip, light(white, 0.2), (outline,))
