"""Hair: what hangs behind a head, and what lies on it; both swing after the head's turns."""

import math
from collections.abc import Callable

from frameloom.apps.talk.characterfile import HairConfig
from frameloom.apps.talk.drawn.colors import fall, glow, light, rgba, shade, veil
from frameloom.apps.talk.drawn.geometry import Point, Turned, ellipse, limb, line, smooth
from frameloom.apps.talk.drawn.sketch import Sketch
from frameloom.media.canvas import Outline, Rgba


def draw_back_hair(sketch: Sketch, head: Turned, looks: HairConfig, lag: float) -> None:
    """Draw hair behind neck and ears."""
    color = rgba(looks.color)
    deep = shade(color, 0.28)

    def at(x: float, y: float, z: float = -45.0) -> Point:
        sway = lag * 14 * max(y + 20, 0) / 140
        return head.at(x * head.rx / 95 + sway, y * head.ry / 120, z)

    y1, y2 = head.y - 120, head.y + 170
    if looks.style == "bob":
        half = [(0, -136), (70, -120), (108, -66), (114, 4), (116, 66), (104, 108), (66, 122)]
        sketch.fill(_mirrored(at, half, [(0, 112)]), fall(y1, y2, color, shade(deep, 0.15)))
    elif looks.style == "long":
        half = [(0, -136), (72, -118), (112, -64), (118, 10), (124, 90), (132, 170), (112, 236), (60, 226)]
        sketch.fill(_mirrored(at, half, [(0, 200)]), fall(y1, y2 + 60, color, shade(deep, 0.2)))
    elif looks.style == "curly":
        for number in range(16):
            angle = math.pi * (-0.32 + 1.64 * number / 15) + math.pi
            x, y = at(112 * math.cos(angle), -22 + 116 * math.sin(angle))
            radius = 38 + 7 * math.sin(number * 2.4)
            sketch.fill(ellipse(x, y, radius, radius), fall(y - radius, y + radius, color, deep))
    elif looks.style == "bun":
        x, y = head.at(0, -134, -30)
        sketch.fill(ellipse(x, y, 46, 42), fall(y - 42, y + 42, light(color, 0.14), deep))
        sketch.pen(
            line([(x - 30, y + 6), (x, y - 16), (x + 30, y + 2)]), veil(light(color, 0.4), 0.35 * looks.streaks), 4
        )
        sketch.fill(_mirrored(at, [(0, -132), (66, -116), (102, -66), (106, 0), (96, 50)], [(0, 60)]), deep)
    elif looks.style in ("short", "quiff"):
        sketch.fill(_mirrored(at, [(0, -128), (66, -114), (100, -64), (103, -6), (97, 42)], [(0, 50)]), deep)


def draw_hair(sketch: Sketch, head: Turned, looks: HairConfig, lag: float, face: Outline, skin: Rgba) -> None:
    """Draw hair that lies on the face."""
    if looks.style == "none":
        x, y = head.on(-26, -84, 4)
        sketch.fill(ellipse(x, y, 34, 20, -0.4), glow(x, y, 34, (1, 1, 1, 1), 0.35), (face,))
        return
    color = rgba(looks.color)

    def at(x: float, y: float, z: float | None = None, swing: float = 0.0) -> Point:
        moved = x * head.rx / 95 + lag * swing
        if z is not None:
            return head.at(moved, y * head.ry / 120, z)
        return head.on(moved, y * head.ry / 120, 6)

    top, low = head.y - 140, head.y + 60
    body = fall(top, low, light(color, 0.16), shade(color, 0.12))
    sheen = veil(light(color, 0.55), 0.34 * looks.streaks)
    shadow = veil(shade(skin, 0.5), 0.28)
    crown = [
        at(-104, -14, 0),
        at(-104, -62, 0),
        at(-74, -116, 0),
        at(0, -137, 0),
        at(74, -116, 0),
        at(104, -62, 0),
        at(104, -14, 0),
    ]
    if looks.style in ("bob", "long"):
        length = 104 if looks.style == "bob" else 178
        cap = [
            at(-110, 0, 0),
            at(-108, -62, 0),
            at(-76, -118, 0),
            at(0, -139, 0),
            at(76, -118, 0),
            at(108, -62, 0),
            at(110, 0, 0),
        ]
        fringe = [
            at(86, -8),
            at(82, -46),
            at(52, -74),
            at(10, -84),
            at(-28, -68),
            at(-60, -44),
            at(-82, -20),
            at(-88, 0),
        ]
        drop = [(x, y + 7) for x, y in fringe]
        sketch.fill(smooth([*drop, (head.x - 60, head.y - 130), (head.x + 60, head.y - 130)]), shadow, (face,))
        for side in (-1, 1):
            lock = [
                at(side * 94, -60, 10),
                at(side * 106, -14, 14, 3),
                at(side * 109, 36, 14, 8),
                at(side * (103 if looks.style == "bob" else 115), length * 0.72, 12, 12),
                at(side * (78 if looks.style == "bob" else 104), length, 14, 14),
            ]
            radii = (12.0, 17.0, 20.0, 18.0, 3.0) if looks.style == "bob" else (12.0, 18.0, 23.0, 24.0, 5.0)
            tone = fall(head.y - 60, head.y + length, color, shade(color, 0.2))
            sketch.fill(limb([(x, y, r) for (x, y), r in zip(lock, radii, strict=True)]), tone)
            shine = [at(side * 94, -30, 20), at(side * 105, 20, 20, 5), at(side * 104, 66, 20, 9)]
            sketch.fill(limb([(x, y, r) for (x, y), r in zip(shine, (0.5, 3.0, 0.5), strict=True)]), sheen)
        sketch.fill(smooth([*cap, *fringe]), body)
        part = [at(24, -126, 40), at(18, -104, 60), at(12, -86, 74)]
        sketch.pen(line(part), veil(shade(color, 0.4), 0.5), 2.0)
        for shift in (0, 17, 34):
            shine = [
                at(-20 - shift * 1.2, -118 + shift * 0.3, 50),
                at(-48 - shift, -92 + shift * 0.6, 40),
                at(-72 - shift * 0.7, -56 + shift * 0.7, 26),
            ]
            sketch.fill(limb([(x, y, r) for (x, y), r in zip(shine, (0.6, 3.4, 0.6), strict=True)]), sheen)
        shine = [at(40, -122, 50), at(66, -98, 40), at(86, -62, 26)]
        sketch.fill(limb([(x, y, r) for (x, y), r in zip(shine, (0.6, 3.4, 0.6), strict=True)]), sheen)
    elif looks.style == "bun":
        rim = [at(90, -24), at(78, -60), at(44, -84), at(0, -92), at(-44, -84), at(-78, -60), at(-90, -24)]
        sketch.fill(smooth([*crown, *rim]), body)
        for x in (-60, -30, 0, 30, 60):
            sketch.pen(line([at(x * 1.2, -76 + abs(x) * 0.35, 60), at(x * 0.55, -120, 30)]), sheen, 2.2)
    elif looks.style == "curly":
        for number in range(11):
            angle = math.pi * (1.02 + 0.96 * number / 10)
            x, y = at(92 * math.cos(angle), -26 + 92 * math.sin(angle), 24)
            radius = 29 + 5 * math.sin(number * 1.9)
            sketch.fill(
                ellipse(x, y, radius, radius), fall(y - radius, y + radius, light(color, 0.16), shade(color, 0.08))
            )
            sketch.pen(
                line(
                    [(x - radius * 0.5, y), (x - radius * 0.1, y - radius * 0.5), (x + radius * 0.45, y - radius * 0.2)]
                ),
                sheen,
                2.4,
            )
    elif looks.style in ("short", "quiff"):
        rise = 0 if looks.style == "short" else 22
        peak = [
            at(-102, -10, 0),
            at(-105, -62, 0),
            at(-80, -120 - rise * 0.4, 0),
            at(-10, -140 - rise, 10),
            at(62, -126 - rise * 0.8, 10),
            at(103, -66, 0),
            at(102, -10, 0),
        ]
        rim = [
            at(93, -12),
            at(88, -50),
            at(66, -72),
            at(28, -78 - rise * 0.4),
            at(-12, -72),
            at(-52, -76),
            at(-84, -54),
            at(-93, -12),
        ]
        drop = [(x, y + 6) for x, y in rim]
        sketch.fill(smooth([*drop, (head.x - 60, head.y - 130), (head.x + 60, head.y - 130)]), shadow, (face,))
        sketch.fill(smooth([*peak, *rim]), body)
        for shift in (0, 18, 36):
            shine = [
                at(-56 + shift, -84 - rise * 0.2, 64),
                at(-30 + shift * 1.2, -108 - rise * 0.5, 50),
                at(10 + shift * 1.1, -122 - rise * 0.8, 30),
            ]
            sketch.fill(limb([(x, y, r) for (x, y), r in zip(shine, (0.5, 3.0, 0.5), strict=True)]), sheen)
    elif looks.style == "receding":
        for side in (-1, 1):
            patch = [
                at(side * 97, 16, 0),
                at(side * 105, -20, 0),
                at(side * 101, -62, 0),
                at(side * 86, -92, 0),
                at(side * 76, -86, 20),
                at(side * 84, -52),
                at(side * 88, -18),
                at(side * 90, 14),
            ]
            sketch.fill(smooth(patch), body)
        strip = [
            at(-84, -94, 0),
            at(-50, -126, 0),
            at(0, -134, 0),
            at(50, -126, 0),
            at(84, -94, 0),
            at(58, -104, 30),
            at(20, -112, 40),
            at(-24, -112, 40),
            at(-60, -103, 30),
        ]
        sketch.fill(smooth(strip), body)
    elif looks.style == "buzz":
        rim = [at(92, -14), at(86, -54), at(58, -76), at(0, -82), at(-58, -76), at(-86, -54), at(-92, -14)]
        cap = [
            at(-97, -10, 0),
            at(-98, -60, 0),
            at(-66, -110, 0),
            at(0, -126, 0),
            at(66, -110, 0),
            at(98, -60, 0),
            at(97, -10, 0),
        ]
        sketch.fill(smooth([*cap, *rim]), veil(color, 0.9))


def _mirrored(at: Callable[[float, float], Point], half: list[Point], middle: list[Point]) -> Outline:
    right = [at(x, y) for x, y in half]
    left = [at(-x, y) for x, y in reversed(half[1:])]
    return smooth([*right, *[at(x, y) for x, y in middle], *left])
