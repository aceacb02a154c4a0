"""The head of a robot: a shell with a screen, on which eyes and mouth are light."""

import math

from frameloom.apps.talk.characterfile import CharacterConfig
from frameloom.apps.talk.drawn.colors import fall, glow, light, rgba, shade, veil
from frameloom.apps.talk.drawn.geometry import Point, Turned, ellipse, limb, line, smooth
from frameloom.apps.talk.drawn.mouth import Lips, lips_of, rise
from frameloom.apps.talk.drawn.sketch import Sketch
from frameloom.apps.talk.pose import Pose
from frameloom.media.canvas import Outline, Radial

_PARTED = 2.5
"""Gap from which on a mouth is a ring."""
_SCREEN = (0.055, 0.075, 0.115, 1.0)


def draw_robot(sketch: Sketch, head: Turned, pose: Pose, looks: CharacterConfig) -> None:
    """Draw the whole head."""
    shell, frame = rgba(looks.head.skin), rgba(looks.head.second)
    wide, high = head.rx / 95, head.ry / 120
    x0, y0 = head.at(0, -112 * high, 0)
    tip = (x0 + pose.lag * 26 - 60 * math.sin(head.yaw) * 0.2, y0 - 50 - 6 * pose.face.brows)
    sketch.pen(line([(x0, y0), ((x0 + tip[0]) / 2 + pose.lag * 4, (y0 + tip[1]) / 2), tip]), shade(shell, 0.35), 6)
    bright = 0.5 + 0.5 * min(pose.mouth.open + 0.25, 1)
    accent = rgba(looks.outfit.accent)
    sketch.fill(ellipse(*tip, 34, 34), glow(*tip, 34, accent, 0.55 * bright))
    sketch.fill(ellipse(*tip, 11, 11), Radial(tip[0] - 3, tip[1] - 4, 15, ((0.0, light(accent, 0.7)), (1.0, accent))))
    for side in (-1, 1):
        x, y = head.at(side * 117 * wide, 2, -12)
        squeeze = 1 - 0.55 * side * math.sin(head.yaw)
        sketch.fill(ellipse(x, y, 20 * squeeze, 38), fall(y - 38, y + 38, light(frame, 0.25), shade(frame, 0.3)))
        sketch.fill(ellipse(x + side * 4, y, 9 * squeeze, 22), shade(frame, 0.35))

    def block(w: float, h: float, z: float, dy: float = 0.0, power: float = 3.2) -> Outline:
        points = []
        for number in range(16):
            t = math.tau * number / 16
            c, s = math.cos(t), math.sin(t)
            px = math.copysign(abs(c) ** (2 / power), c) * w * wide
            py = math.copysign(abs(s) ** (2 / power), s) * h * high + dy
            points.append(head.at(px, py, z))
        return smooth(points)

    case = block(118, 108, 0)
    lx, ly = head.at(-46, -70, 40)
    sketch.fill(case, Radial(lx, ly, 260, ((0.0, light(shell, 0.45)), (0.4, shell), (1.0, shade(shell, 0.32)))))
    rx, ry = head.at(120, 20, 0)
    sketch.fill(ellipse(rx, ry, 70, 130), glow(rx, ry, 110, shade(shell, 0.6), 0.25), (case,))
    frame_ = block(97, 84, 42, 6)
    sketch.fill(frame_, fall(head.y - 80, head.y + 90, shade(frame, 0.25), light(frame, 0.2)))
    screen = block(90, 77, 46, 6)
    sketch.fill(screen, fall(head.y - 70, head.y + 84, light(_SCREEN, 0.1), _SCREEN))
    clip = (screen,)
    _lights(sketch, head, pose, looks, clip)
    sx, sy = head.at(-40, -46, 50)
    sketch.fill(ellipse(sx, sy, 58, 20, -0.5), glow(sx, sy, 58, (1, 1, 1, 1), 0.16), clip)
    for side in (-1, 1):
        bx, by = head.at(side * 58, 44, 47)
        sketch.fill(
            ellipse(bx, by, 18, 10),
            glow(bx, by, 18, (1.0, 0.45, 0.55, 1.0), looks.head.blush * (0.5 + 0.5 * max(pose.face.smile, 0))),
            clip,
        )


def _lights(sketch: Sketch, head: Turned, pose: Pose, looks: CharacterConfig, clip: tuple[Outline, ...]) -> None:
    color = rgba(looks.eyes.color)
    face = pose.face
    for side in (-1, 1):
        x = side * 40 * looks.eyes.spacing + pose.gaze_x * 13
        y = -16 + pose.gaze_y * 10
        wide = 15.5 * looks.eyes.size
        high = max(
            25 * looks.eyes.size * (1 + 0.25 * face.lids) * (1 - pose.blink) * (1 - 0.25 * max(face.cheeks, 0)), 2.6
        )
        cx, cy = head.at(x, y, 46)
        sketch.fill(
            ellipse(cx, cy, wide * 2.6, high * 1.6 + 14), glow(cx, cy, max(wide, high) * 1.9, color, 0.42), clip
        )
        inner = 14 * max(face.frown, 0)
        outer = 10 * max(-face.frown, 0)
        top_in, top_out = -high + min(inner, high), -high + min(outer, high)
        arc = min(max(face.smile - 0.5, 0) * 1.7, 1.0) * (1 - pose.blink) * (1 - 0.6 * min(pose.mouth.open * 2, 1))
        low = high * (1 - 0.25 * arc)
        points = [
            (-wide * 0.72 * side, top_in * 0.86),
            (0, (top_in + top_out) / 2 - 1.5),
            (wide * 0.72 * side, top_out * 0.86),
            (wide * side, (top_out + low) * 0.12),
            (wide * 0.72 * side, low * 0.86),
            (0, low + 1.5 - high * 0.75 * arc),
            (-wide * 0.72 * side, low * 0.86),
            (-wide * side, (top_in + low) * 0.12),
        ]
        eye = smooth([head.at(x + px, y + py, 46) for px, py in points])
        sketch.fill(eye, fall(cy - high, cy + high, light(color, 0.5), color), clip)
        if high > 8:
            hx, hy = head.at(x - 5, y - high * 0.4, 46)
            sketch.fill(ellipse(hx, hy, 4, 5.5), (1, 1, 1, 0.85), clip)
        brow = -16 - high - 7 * face.brows - 4 * face.asym * side
        if abs(face.frown) > 0.12 or abs(face.asym) > 0.2:
            a = head.at(x - side * 17, brow - 2 + face.frown * 9, 46)
            b = head.at(x + side * 18, brow - face.frown * 6, 46)
            sketch.fill(
                limb([(*a, 3.2), ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 - 2, 3.4), (*b, 2.6)]), veil(color, 0.85), clip
            )
    lips = lips_of(pose.mouth, face.smile, looks.mouth, 0.0)
    _mouth(sketch, head, pose, lips, looks, clip)


def _mouth(
    sketch: Sketch, head: Turned, pose: Pose, lips: Lips, looks: CharacterConfig, clip: tuple[Outline, ...]
) -> None:
    color = rgba(looks.mouth.color)
    mouth = pose.mouth
    across, down = min(head.rx / 95, 1.0), min(head.ry / 120, 1.0)  # within the screen

    def on(x: float, y: float) -> Point:
        return head.at(x * 1.15 * across, (49 + y * 0.95) * down, 46)

    half, corner = lips.half, lips.corner
    middle = on(0, (lips.top + lips.bottom) / 2)
    radius = half * 1.5
    sketch.fill(ellipse(*middle, radius, radius * 0.8), glow(*middle, radius, color, 0.3), clip)
    side = half * 0.72
    if lips.gap < _PARTED:
        shut = 1 - lips.gap / _PARTED  # what is left of it joins the ring
        end, flank = corner * (1 + 0.3 * shut), corner * (0.4 - 0.1 * shut) + 0.36 * (lips.top + lips.bottom) + shut
        middle_y = (lips.top + lips.bottom) / 2 + (1 - 0.25 * corner) * shut
        bend = side * (1 - 0.3 * shut)
        flat = [
            on(-half, end),
            on(-bend, flank),
            on(0, middle_y),
            on(bend, flank),
            on(half, end),
        ]
        sketch.pen(line(flat), color, 6.0 - 2.4 * mouth.press, clip)
        return
    top = [on(-side, corner * 0.4 + lips.top * 0.7), on(0, lips.top), on(side, corner * 0.4 + lips.top * 0.7)]
    low = [
        on(side, corner * 0.4 + lips.bottom * 0.75),
        on(0, lips.bottom),
        on(-side, corner * 0.4 + lips.bottom * 0.75),
    ]
    ring = smooth([on(-half, corner), *top, on(half, corner), *low])
    sketch.fill(ring, fall(middle[1] - 20, middle[1] + 20, veil(color, 0.5), veil(shade(color, 0.2), 0.72)), clip)
    if mouth.teeth > 0.15:
        deep = lips.top + (lips.gap * (0.3 + 0.4 * mouth.bite)) * mouth.teeth + 1.5
        teeth = smooth(
            [
                on(-side, lips.top - 14),
                on(side, lips.top - 14),
                on(side * 0.9, deep - 1),
                on(0, deep),
                on(-side * 0.9, deep - 1),
            ]
        )
        sketch.fill(teeth, light(color, 0.75), (ring,))
    if mouth.clench > 0.3:
        for number in range(-2, 3):
            sketch.pen(
                line([on(number * half * 0.34, lips.top), on(number * half * 0.34, lips.bottom)], 0),
                veil(_SCREEN, 0.6 * mouth.clench),
                2.4,
                (ring,),
            )
    high = max(mouth.tongue, mouth.tip * 1.05)
    if high > 0.1:
        up = lips.bottom - lips.gap * (0.1 + 0.62 * high)
        tongue = smooth(
            [
                on(-half * 0.5, lips.bottom + 8),
                on(-half * 0.4, up + 2),
                on(0, up),
                on(half * 0.4, up + 2),
                on(half * 0.5, lips.bottom + 8),
            ]
        )
        sketch.fill(tongue, (1.0, 0.5, 0.6, 0.75 + 0.2 * mouth.tip), (ring,))
    opened = rise(lips.gap, 3.0, 9.0)
    sketch.pen((*ring,), light(color, 0.25 * opened), max(6.0 - lips.gap, 3.0) + 2.0 * opened, clip)
