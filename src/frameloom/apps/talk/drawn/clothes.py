"""Clothes about the trunk: one function for each outfit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from frameloom.apps.talk.characterfile import CharacterConfig, OutfitStyle
from frameloom.apps.talk.drawn.body import BOTTOM, Torso, cloth_of
from frameloom.apps.talk.drawn.colors import across, fall, glow, light, rgba, shade, veil
from frameloom.apps.talk.drawn.geometry import Point, brush, ellipse, line, polygon, smooth
from frameloom.apps.talk.drawn.sketch import Sketch
from frameloom.media.canvas import Outline, Rgba


@dataclass(frozen=True, slots=True)
class _Cloth:
    """What every outfit is drawn with."""

    sketch: Sketch
    torso: Torso
    clip: tuple[Outline, ...]
    color: Rgba
    second: Rgba
    accent: Rgba
    skin: Rgba

    def all(self, points: Sequence[Point], side: int = 1) -> list[Point]:
        """Return places of the body in the picture; with side -1, mirrored."""
        return [self.torso.at(side * x, y) for x, y in points]


def draw_clothes(sketch: Sketch, torso: Torso, looks: CharacterConfig, skin: Rgba) -> None:
    """Draw what is worn about the trunk."""
    outfit = looks.outfit
    color, second, accent = rgba(outfit.color), rgba(outfit.second), rgba(outfit.accent)
    clip = torso.trunk
    cloth = _Cloth(sketch, torso, clip, color, second, accent, skin)
    if outfit.style == "shell":
        _shell(cloth)
        return
    sketch.fill(clip[0], cloth_of(torso, color))
    _OUTFITS[outfit.style](cloth)
    for side in (-1, 1):
        x, y = torso.at(side * torso.half * 0.95, 330)
        sketch.fill(ellipse(x, y, 90, 90), glow(x, y, 90, shade(color, 0.6), 0.3), clip)
        # where an arm that hangs lies against the trunk
        edge = [(0.855, 246), (0.89, 290), (0.84, 360), (0.8, 450), (0.84, BOTTOM)]
        seam = line(cloth.all([(share * torso.half, y) for share, y in edge], side))
        sketch.pen(seam, veil(shade(color, 0.55), 0.38), 3.2, clip)


def _tee(cloth: _Cloth) -> None:
    neck = cloth.all([(-62, 150), (62, 150), (40, 192), (0, 206), (-40, 192)])
    cloth.sketch.fill(smooth(neck), shade(cloth.skin, 0.06), cloth.clip)
    rim = cloth.all([(-62, 158), (-40, 193), (0, 207), (40, 193), (62, 158)])
    cloth.sketch.pen(line(rim), shade(cloth.color, 0.2), 6)


def _sweater(cloth: _Cloth) -> None:
    for number in range(3):
        y = 6.5 * number
        rib = [
            (-54 - y * 0.6, 148 + y * 1.2),
            (-34, 174 + y),
            (0, 184 + y),
            (34, 174 + y),
            (54 + y * 0.6, 148 + y * 1.2),
        ]
        tone = shade(cloth.color, 0.16) if number == 1 else light(cloth.color, 0.12)
        cloth.sketch.pen(line(cloth.all(rib)), tone, 8.5, cloth.clip)
    half = cloth.torso.half
    for y, alpha, width in ((330, 0.5, 3), (350, 0.8, 5), (370, 0.5, 3)):
        stripe = cloth.all([(-half, y - 20), (0, y + 4), (half, y - 20)])
        cloth.sketch.pen(line(stripe), veil(cloth.second, alpha), width, cloth.clip)


def _hoodie(cloth: _Cloth) -> None:
    hood = [(30, 140), (62, 138), (96, 168), (84, 198), (30, 224), (6, 216), (30, 184)]
    for side in (-1, 1):
        tone = fall(140, 224, light(cloth.color, 0.1), shade(cloth.color, 0.2))
        cloth.sketch.fill(smooth(cloth.all(hood, side)), tone)
        seam = line(cloth.all([(36, 152), (44, 176), (12, 214)], side))
        cloth.sketch.pen(seam, veil(shade(cloth.color, 0.5), 0.5), 2.4)
        string = line(cloth.all([(20, 212), (24, 260), (22, 292 - side * 8)], side))
        cloth.sketch.pen(string, cloth.second, 4.2)
    pocket = cloth.all([(-70, 452), (70, 452), (92, 520), (92, BOTTOM), (-92, BOTTOM), (-92, 520)])
    cloth.sketch.fill(smooth(pocket), shade(cloth.color, 0.1))


def _scarf(cloth: _Cloth) -> None:
    tail = ([(26, 190), (36, 240), (34, 300), (38, 340)], (18.0, 23.0, 25.0, 20.0), shade(cloth.second, 0.14))
    knot = ([(-66, 150), (-36, 176), (0, 186), (36, 176), (66, 150)], (20.0, 24.0, 25.0, 24.0, 20.0), cloth.second)
    for points, radii, tone in (tail, knot):
        cloth.sketch.fill(brush(cloth.all(points), radii), fall(130, 350, light(tone, 0.08), shade(tone, 0.12)))
    for y in (284, 304):
        cloth.sketch.pen(line(cloth.all([(20, y), (52, y)])), veil(cloth.accent, 0.9), 6)
    fold = line(cloth.all([(-70, 166), (-30, 194), (8, 202), (48, 188)]))
    cloth.sketch.pen(fold, veil(shade(cloth.second, 0.5), 0.4), 2.4)


def _shirt(cloth: _Cloth) -> None:
    neck = cloth.all([(-34, 146), (34, 146), (16, 192), (0, 222), (-16, 192)])
    cloth.sketch.fill(smooth(neck, 0.6), shade(cloth.skin, 0.1), cloth.clip)
    _buttons(cloth, (258, 318, 378, 438), cloth.color, cloth.accent, 4.4)
    _collar(cloth, light(cloth.color, 0.08))


def _blazer(cloth: _Cloth) -> None:
    half = cloth.torso.half
    right = [(40, 150), (52, 200), (34, 290), (9, 396), (5, BOTTOM * 1.1)]
    shirt = cloth.all(right) + cloth.all(right[::-1], -1)
    tone = across(-half, half, light(cloth.second, 0.04), shade(cloth.second, 0.1))
    cloth.sketch.fill(smooth(shirt, 0.5), tone, cloth.clip)
    neck = cloth.all([(-44, 120), (44, 120), (30, 160), (14, 192), (0, 212), (-14, 192), (-30, 160)])
    cloth.sketch.fill(smooth(neck, 0.6), shade(cloth.skin, 0.2), cloth.clip)
    _buttons(cloth, (244, 288, 332), cloth.second, shade(cloth.second, 0.25), 3.4)
    for side in (-1, 1):
        lapel = cloth.all([(42, 148), (76, 190), (66, 232), (80, 246), (10, 396), (26, 290)], side)
        lit = light(cloth.color, 0.07) if side < 0 else shade(cloth.color, 0.05)
        cloth.sketch.fill(polygon(lapel), lit, cloth.clip)
        cloth.sketch.pen(line(lapel[1:5], 0.0), veil(shade(cloth.color, 0.5), 0.45), 1.8)
    pocket = cloth.all([(62, 292), (104, 286), (105, 296), (63, 302)])
    cloth.sketch.fill(polygon(pocket), shade(cloth.color, 0.25))
    square = cloth.all([(68, 292), (76, 274), (86, 284), (96, 270), (99, 288)])
    cloth.sketch.fill(polygon(square), cloth.accent)
    _collar(cloth, cloth.second)


def _buttons(cloth: _Cloth, rows: Sequence[float], ground: Rgba, color: Rgba, radius: float) -> None:
    seam = line(cloth.all([(0, 219), (1, 420), (0, BOTTOM)]))
    cloth.sketch.pen(seam, veil(shade(ground, 0.4), 0.5), 2.2)
    for y in rows:
        cloth.sketch.fill(ellipse(*cloth.torso.at(6, y), radius, radius), color)


def _collar(cloth: _Cloth, color: Rgba) -> None:
    for side in (-1, 1):
        wing = cloth.all([(36, 138), (46, 150), (38, 200), (8, 218), (14, 186)], side)
        cloth.sketch.fill(smooth(wing, 0.5), shade(color, 0.03 if side < 0 else 0.1))
        cloth.sketch.pen(line(wing[1:4], 0.4), veil(shade(color, 0.5), 0.4), 1.6)


def _shell(cloth: _Cloth) -> None:
    torso, half, sketch = cloth.torso, cloth.torso.half, cloth.sketch
    right = [
        (30, 158),
        (half * 0.7, 172),
        (half * 0.95, 214),
        (half * 0.9, 330),
        (half * 0.72, 470),
        (half * 0.74, 640),
    ]
    trunk = smooth(cloth.all(right) + cloth.all(right[::-1], -1), 0.8)
    left_x, right_x = torso.at(-half, 300)[0], torso.at(half, 300)[0]
    sketch.fill(trunk, across(left_x, right_x, light(cloth.color, 0.25), shade(cloth.color, 0.2)))
    plate = cloth.all([(-62, 232), (62, 232), (78, 262), (66, 360), (0, 380), (-66, 360), (-78, 262)])
    sketch.fill(smooth(plate, 0.8), fall(220, 390, light(cloth.second, 0.2), shade(cloth.second, 0.1)))
    x, y = torso.at(0, 300)
    sketch.fill(ellipse(x, y, 60, 60), glow(x, y, 60, cloth.accent, 0.5))
    sketch.fill(ellipse(x, y, 20, 20), cloth.accent)
    sketch.fill(ellipse(x - 6, y - 7, 7, 6), (1.0, 1.0, 1.0, 0.7))
    for side in (-1, 1):
        sketch.fill(ellipse(*torso.at(side * half * 0.72, 218), 6, 6), shade(cloth.color, 0.35))


_OUTFITS: dict[OutfitStyle, Callable[[_Cloth], None]] = {
    "tee": _tee,
    "sweater": _sweater,
    "hoodie": _hoodie,
    "scarf": _scarf,
    "shirt": _shirt,
    "blazer": _blazer,
}
