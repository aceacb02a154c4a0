"""What stands behind a character: nothing, a colour, a gradient, a room or a studio, drawn to any size."""

import math

from frameloom.apps.talk.characterfile import BackgroundConfig
from frameloom.apps.talk.drawn.colors import fall, glow, light, mix, rgba, shade, veil
from frameloom.apps.talk.drawn.geometry import box, ellipse, limb, line, polygon, smooth
from frameloom.apps.talk.drawn.sketch import Sketch
from frameloom.media.canvas import Drawing, Radial, Rgba


def draw_background(looks: BackgroundConfig, width: int, height: int, middle: float = 0.5) -> Drawing:
    """Return what stands behind; for `none` and `picture`, nothing. The halo of a gradient is about a middle."""
    sketch = Sketch()
    color, second = rgba(looks.color), rgba(looks.second)
    w, h = float(width), float(height)
    if looks.kind == "plain":
        sketch.fill(box(0, 0, w, h), color)
    elif looks.kind == "gradient":
        far = math.hypot(w, h)
        sketch.fill(
            box(0, 0, w, h),
            Radial(w * middle, h * 0.42, far * 0.62, ((0.0, light(color, 0.25)), (0.45, color), (1.0, second))),
        )
        sketch.fill(ellipse(w * middle, h * 0.46, h * 0.43, h * 0.43), veil(light(color, 0.6), 0.35))
        sketch.fill(ellipse(w * middle, h * 0.46, h * 0.35, h * 0.35), veil(light(color, 0.7), 0.35))
    elif looks.kind == "room":
        _room(sketch, w, h, color, second)
    elif looks.kind == "studio":
        _studio(sketch, w, h, color, second)
    return Drawing(tuple(sketch.shapes), width, height)


def _room(sketch: Sketch, w: float, h: float, color: Rgba, second: Rgba) -> None:
    """A wall with a window, a shelf with books and a plant; things keep to the sides."""
    sketch.fill(box(0, 0, w, h), fall(0, h, light(color, 0.12), shade(color, 0.1)))
    u = min(h, w * 1.15) / 720
    left, right = w * 0.5 - max(w * 0.46, 250 * u), w * 0.5 + max(w * 0.46, 250 * u)
    # window on the left
    x0, y0, x1, y1 = left + 6 * u, 80 * u, left + 266 * u, 430 * u
    sketch.fill(box(x0 - 14 * u, y0 - 14 * u, x1 + 14 * u, y1 + 14 * u, 10 * u), light(color, 0.6))
    sketch.fill(box(x0, y0, x1, y1, 4 * u), fall(y0, y1, (0.62, 0.80, 0.93, 1), (0.93, 0.95, 0.92, 1)))
    for cx, cy, r in ((0.3, 0.32, 26), (0.42, 0.28, 34), (0.55, 0.33, 24)):
        sketch.fill(
            ellipse(x0 + (x1 - x0) * cx, y0 + (y1 - y0) * cy, r * 1.3 * u, r * 0.62 * u),
            (1, 1, 1, 0.8),
            (box(x0, y0, x1, y1),),
        )
    hill = smooth(
        [
            (x0 - 20 * u, y1 + 20 * u),
            (x0 - 20 * u, y1 - 70 * u),
            (x0 + 80 * u, y1 - 116 * u),
            (x0 + 180 * u, y1 - 74 * u),
            (x1 + 30 * u, y1 - 96 * u),
            (x1 + 30 * u, y1 + 20 * u),
        ]
    )
    sketch.fill(hill, fall(y1 - 116 * u, y1, (0.55, 0.70, 0.52, 1), (0.40, 0.58, 0.44, 1)), (box(x0, y0, x1, y1),))
    sketch.fill(box((x0 + x1) / 2 - 5 * u, y0, (x0 + x1) / 2 + 5 * u, y1), light(color, 0.6))
    sketch.fill(box(x0, (y0 + y1) / 2 - 5 * u, x1, (y0 + y1) / 2 + 5 * u), light(color, 0.6))
    sketch.fill(box(x0 - 30 * u, y1 + 10 * u, x1 + 30 * u, y1 + 30 * u, 4 * u), light(color, 0.5))
    # shelf on the right
    wood = second
    for row, y in enumerate((210 * u, 400 * u)):
        sketch.fill(
            box(right - 290 * u, y, right + 30 * u, y + 16 * u, 3 * u),
            fall(y, y + 16 * u, light(wood, 0.12), shade(wood, 0.2)),
        )
        sketch.fill(box(right - 284 * u, y + 16 * u, right + 24 * u, y + 34 * u), veil(shade(color, 0.5), 0.18))
        x = right - 268 * u
        hues = (
            (0.78, 0.36, 0.30, 1),
            (0.27, 0.45, 0.55, 1),
            (0.92, 0.74, 0.42, 1),
            (0.42, 0.56, 0.44, 1),
            (0.55, 0.38, 0.50, 1),
            (0.90, 0.86, 0.78, 1),
        )
        for number in range(7 if row == 0 else 4):
            wide = (20 + (number * 7 + row * 5) % 14) * u
            tall = (86 + (number * 31 + row * 17) % 36) * u
            hue = mix(hues[(number + row * 2) % 6], color, 0.22)
            sketch.fill(box(x, y - tall, x + wide, y, 3 * u), hue)
            sketch.fill(box(x + wide * 0.25, y - tall * 0.8, x + wide * 0.75, y - tall * 0.74), veil((1, 1, 1, 1), 0.5))
            x += wide + 2 * u
        if row == 1:
            px = x + 66 * u
            for number in range(7):
                angle = -math.pi / 2 + (number - 3) * 0.36
                tip = (px + math.cos(angle) * 84 * u, y - 56 * u + math.sin(angle) * 84 * u)
                mid = (px + math.cos(angle) * 44 * u, y - 60 * u + math.sin(angle) * 52 * u)
                leaf = limb([(px, y - 46 * u, 2 * u), (*mid, 12 * u), (*tip, 1 * u)])
                sketch.fill(leaf, mix((0.32, 0.52, 0.36, 1), (0.5, 0.66, 0.4, 1), (number % 3) / 2))
            sketch.fill(
                polygon([(px - 30 * u, y - 54 * u), (px + 30 * u, y - 54 * u), (px + 22 * u, y), (px - 22 * u, y)]),
                fall(y - 54 * u, y, light(wood, 0.35), wood),
            )
    sketch.fill(box(0, 0, w, h), glow(x1, y0 + 160 * u, h * 0.9, (1.0, 0.97, 0.85, 1.0), 0.3))


def _studio(sketch: Sketch, w: float, h: float, color: Rgba, second: Rgba) -> None:
    """A dark set with a lit wall and soft lamps, as for the news."""
    sketch.fill(box(0, 0, w, h), fall(0, h, shade(color, 0.1), shade(color, 0.5)))
    u = h / 720
    count = max(int(w / (150 * u)), 4)
    for number in range(count + 1):
        x = w * number / count
        sketch.fill(
            box(x - 60 * u, 70 * u, x + 60 * u, 560 * u, 12 * u),
            fall(70 * u, 560 * u, veil(light(color, 0.3), 0.16), veil(light(color, 0.3), 0.03)),
        )
        sketch.fill(box(x - 2 * u, 40 * u, x + 2 * u, 590 * u), veil(second, 0.35))
    sketch.fill(ellipse(w / 2, h * 0.4, h * 0.75, h * 0.6), glow(w / 2, h * 0.4, h * 0.75, second, 0.5))
    for side in (-1, 1):
        x = w / 2 + side * max(w * 0.42, 300 * u)
        sketch.fill(ellipse(x, 60 * u, 240 * u, 240 * u), glow(x, 60 * u, 240 * u, light(second, 0.5), 0.35))
    sketch.fill(box(0, h - 60 * u, w, h), fall(h - 60 * u, h, veil(second, 0.25), veil(shade(color, 0.7), 0.8)))
    sketch.pen(line([(0, h - 60 * u), (w, h - 60 * u)]), veil(light(second, 0.4), 0.6), 3 * u)
