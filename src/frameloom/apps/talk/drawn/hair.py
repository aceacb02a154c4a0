"""Hair: what hangs behind a head, and what lies on it; both swing after the head's turns."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from frameloom.apps.talk.characterfile import HairConfig, HairStyle
from frameloom.apps.talk.drawn.colors import fall, glow, light, rgba, shade, veil
from frameloom.apps.talk.drawn.geometry import Point, Turned, brush, ellipse, line, smooth
from frameloom.apps.talk.drawn.sketch import Sketch
from frameloom.media.canvas import Outline, Rgba

_BEHIND: dict[HairStyle, tuple[Point, ...]] = {
    "bob": ((0, -136), (70, -120), (108, -66), (114, 4), (116, 66), (104, 108), (66, 122), (0, 112)),
    "long": ((0, -136), (72, -118), (112, -64), (118, 10), (124, 90), (132, 170), (112, 236), (60, 226), (0, 200)),
    "bun": ((0, -132), (66, -116), (102, -66), (106, 0), (96, 50), (0, 60)),
    "short": ((0, -128), (66, -114), (100, -64), (101, -16), (84, 20), (0, 34)),
    "quiff": ((0, -128), (66, -114), (100, -64), (101, -16), (84, 20), (0, 34)),
}
"""Right half of what hangs behind the head."""


@dataclass(frozen=True, slots=True)
class _Hair:
    """What every cut is drawn with."""

    sketch: Sketch
    head: Turned
    looks: HairConfig
    lag: float
    face: Outline
    skin: Rgba

    @property
    def color(self) -> Rgba:
        return rgba(self.looks.color)

    @property
    def sheen(self) -> Rgba:
        return veil(light(self.color, 0.55), 0.34 * self.looks.streaks)

    def at(self, x: float, y: float, z: float, swing: float = 0.0) -> Point:
        """Return a place of the hair at a depth."""
        return self.head.at(x * self.head.rx / 95 + self.lag * swing, y * self.head.ry / 120, z)

    def on(self, x: float, y: float) -> Point:
        """Return a place of the hair on the forehead."""
        return self.head.on(x * self.head.rx / 95, y * self.head.ry / 120, 6)

    def fill(self, points: Sequence[Point]) -> None:
        """Fill a mass of hair, lit from above."""
        paint = fall(self.head.y - 140, self.head.y + 60, light(self.color, 0.16), shade(self.color, 0.12))
        self.sketch.fill(smooth(points), paint)

    def shine(self, points: Sequence[Point], width: float = 3.2) -> None:
        """Draw a streak of light."""
        self.sketch.fill(brush(points, (0.6, width, 0.6)), self.sheen)

    def shadow(self, rim: Sequence[Point]) -> None:
        """Draw the shadow of a fringe on the forehead."""
        drop = [(x, y + 7) for x, y in rim]
        above = [(self.head.x - 60, self.head.y - 130), (self.head.x + 60, self.head.y - 130)]
        self.sketch.fill(smooth([*drop, *above]), veil(shade(self.skin, 0.5), 0.28), (self.face,))

    def cap(self, points: Sequence[Point]) -> list[Point]:
        """Return the outline of the crown from its right half, from the left ear to the right one."""
        return [self.at(-x, y, 0) for x, y in reversed(points[1:])] + [self.at(x, y, 0) for x, y in points]

    def rim(self, points: Sequence[Point]) -> list[Point]:
        """Return a hairline from its right half, from the right ear to the left one."""
        return [self.on(x, y) for x, y in points] + [self.on(-x, y) for x, y in reversed(points[:-1])]


def draw_back_hair(sketch: Sketch, head: Turned, looks: HairConfig, lag: float) -> None:
    """Draw hair behind neck and ears."""
    color = rgba(looks.color)
    deep = shade(color, 0.28)

    def at(x: float, y: float) -> Point:
        sway = lag * 14 * max(y + 20, 0) / 140
        return head.at(x * head.rx / 95 + sway, y * head.ry / 120, -45.0)

    if looks.style == "curly":
        for number in range(16):
            angle = math.pi * (-0.32 + 1.64 * number / 15) + math.pi
            x, y = at(112 * math.cos(angle), -22 + 116 * math.sin(angle))
            radius = 38 + 7 * math.sin(number * 2.4)
            sketch.fill(ellipse(x, y, radius, radius), fall(y - radius, y + radius, color, deep))
    if looks.style == "bun":
        x, y = head.at(0, -134, -30)
        sketch.fill(ellipse(x, y, 46, 42), fall(y - 42, y + 42, light(color, 0.14), deep))
        loop = line([(x - 30, y + 6), (x, y - 16), (x + 30, y + 2)])
        sketch.pen(loop, veil(light(color, 0.4), 0.35 * looks.streaks), 4)
    half = _BEHIND.get(looks.style)
    if half:
        points = [at(x, y) for x, y in half] + [at(-x, y) for x, y in reversed(half[1:-1])]
        sketch.fill(smooth(points), fall(head.y - 120, head.y + 210, color, shade(deep, 0.2)))


def draw_hair(sketch: Sketch, head: Turned, looks: HairConfig, lag: float, face: Outline, skin: Rgba) -> None:
    """Draw hair that lies on the head."""
    _CUTS[looks.style](_Hair(sketch, head, looks, lag, face, skin))


def _none(hair: _Hair) -> None:
    x, y = hair.head.on(-26, -84, 4)
    hair.sketch.fill(ellipse(x, y, 34, 34), glow(x, y, 34, (1.0, 1.0, 1.0, 1.0), 0.3), (hair.face,))


def _bob(hair: _Hair) -> None:
    _parted(hair, 104.0, 103.0, 78.0, (12.0, 17.0, 20.0, 18.0, 3.0))


def _long(hair: _Hair) -> None:
    _parted(hair, 178.0, 115.0, 104.0, (12.0, 18.0, 23.0, 24.0, 5.0))


def _parted(hair: _Hair, length: float, wide: float, end: float, radii: Sequence[float]) -> None:
    """Draw a fringe swept to one side, and a lock on each side of the face."""
    fringe = ((86, -8), (82, -46), (52, -74), (10, -84), (-28, -68), (-60, -44), (-82, -20), (-88, 0))
    rim = [hair.on(x, y) for x, y in fringe]
    hair.shadow(rim)
    tone = fall(hair.head.y - 60, hair.head.y + length, hair.color, shade(hair.color, 0.2))
    for side in (-1, 1):
        lock = [
            hair.at(side * 94, -60, 10),
            hair.at(side * 106, -14, 14, 3),
            hair.at(side * 109, 36, 14, 8),
            hair.at(side * wide, length * 0.72, 12, 12),
            hair.at(side * end, length, 14, 14),
        ]
        hair.sketch.fill(brush(lock, radii), tone)
        hair.shine([hair.at(side * 98, -30, 20), hair.at(side * 110, 20, 20, 5), hair.at(side * 107, 66, 20, 9)])
    hair.fill(hair.cap(((0, -139), (76, -118), (108, -62), (110, 0))) + rim)
    part = [hair.at(24, -126, 40), hair.at(18, -104, 60), hair.at(12, -86, 74)]
    hair.sketch.pen(line(part), veil(shade(hair.color, 0.4), 0.5), 2.0)
    for shift in (0, 17, 34):
        streak = [
            hair.at(-20 - shift * 1.2, -118 + shift * 0.3, 50),
            hair.at(-48 - shift, -92 + shift * 0.6, 40),
            hair.at(-72 - shift * 0.7, -56 + shift * 0.7, 26),
        ]
        hair.shine(streak, 3.4)
    hair.shine([hair.at(40, -122, 50), hair.at(66, -98, 40), hair.at(86, -62, 26)])


def _bun(hair: _Hair) -> None:
    crown = ((0, -137), (74, -116), (104, -62), (104, -14))
    hair.fill(hair.cap(crown) + hair.rim(((90, -24), (78, -60), (44, -84), (0, -92))))
    for x in (-60, -30, 0, 30, 60):
        strand = line([hair.at(x * 1.2, -76 + abs(x) * 0.35, 60), hair.at(x * 0.55, -120, 30)])
        hair.sketch.pen(strand, hair.sheen, 2.2)


def _curly(hair: _Hair) -> None:
    color = hair.color
    for number in range(11):
        angle = math.pi * (1.02 + 0.96 * number / 10)
        x, y = hair.at(92 * math.cos(angle), -26 + 92 * math.sin(angle), 24)
        r = 29 + 5 * math.sin(number * 1.9)
        hair.sketch.fill(ellipse(x, y, r, r), fall(y - r, y + r, light(color, 0.16), shade(color, 0.08)))
        curl = line([(x - r * 0.5, y), (x - r * 0.1, y - r * 0.5), (x + r * 0.45, y - r * 0.2)])
        hair.sketch.pen(curl, hair.sheen, 2.4)


def _short(hair: _Hair) -> None:
    _brushed(hair, 0.0)


def _quiff(hair: _Hair) -> None:
    _brushed(hair, 22.0)


def _brushed(hair: _Hair, rise: float) -> None:
    """Draw short hair, brushed up to a height."""
    peak = [
        hair.at(-102, -10, 0),
        hair.at(-105, -62, 0),
        hair.at(-80, -120 - rise * 0.4, 0),
        hair.at(-10, -140 - rise, 10),
        hair.at(62, -126 - rise * 0.8, 10),
        hair.at(103, -66, 0),
        hair.at(102, -10, 0),
    ]
    line_ = ((93, -12), (88, -50), (66, -72), (28, -78 - rise * 0.4), (-12, -72), (-52, -76), (-84, -54), (-93, -12))
    rim = [hair.on(x, y) for x, y in line_]
    hair.shadow(rim)
    hair.fill(peak + rim)
    for shift in (0, 18, 36):
        streak = [
            hair.at(-56 + shift, -84 - rise * 0.2, 64),
            hair.at(-30 + shift * 1.2, -108 - rise * 0.5, 50),
            hair.at(10 + shift * 1.1, -122 - rise * 0.8, 30),
        ]
        hair.shine(streak)


def _receding(hair: _Hair) -> None:
    crown = ((0, -133), (50, -126), (88, -96), (103, -58), (105, -20), (97, 16))
    line_ = ((90, 14), (89, -18), (86, -50), (78, -82), (50, -104), (0, -110))
    hair.fill(hair.cap(crown) + hair.rim(line_))


def _buzz(hair: _Hair) -> None:
    cap = hair.cap(((0, -126), (66, -110), (98, -60), (97, -10)))
    rim = hair.rim(((92, -14), (86, -54), (58, -76), (0, -82)))
    hair.sketch.fill(smooth(cap + rim), veil(hair.color, 0.9))


_CUTS: dict[HairStyle, Callable[[_Hair], None]] = {
    "none": _none,
    "bob": _bob,
    "long": _long,
    "bun": _bun,
    "curly": _curly,
    "short": _short,
    "quiff": _quiff,
    "receding": _receding,
    "buzz": _buzz,
}
