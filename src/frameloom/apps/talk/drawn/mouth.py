"""A mouth out of its shape: two lips about a gap, and in it teeth and tongue.

    .--~~~--.            upper lip
c<===========>c          corners; the gap between two inner lines
    '--___--'            lower lip
"""

from collections.abc import Callable
from dataclasses import dataclass

from frameloom.apps.talk.characterfile import MouthConfig
from frameloom.apps.talk.drawn.colors import fall, light, mix, rgba, shade, veil
from frameloom.apps.talk.drawn.geometry import Point, Turned, line, smooth
from frameloom.apps.talk.drawn.sketch import Sketch
from frameloom.apps.talk.pose import Mouth
from frameloom.media.canvas import Outline, Rgba

On = Callable[[float, float], Point]
"""Puts a place of the mouth into the picture."""

HALF_WIDTH, HEIGHT = 33.0, 42.0
"""Of the gap of a mouth at rest and of one that is wide open."""
_PARTING = (0.6, 4.2)
"""Gaps between which the seam of shut lips gives way to what is behind them."""
_WIDEST = 1.15
"""How far a loud mouth opens."""
_OF_FACE = 0.88
"""Share of a face's width that a mouth may take."""
_CAVITY_TOP, _CAVITY = (0.24, 0.05, 0.07, 1.0), (0.42, 0.09, 0.11, 1.0)
_TEETH, _TONGUE = (0.985, 0.975, 0.95, 1.0), (0.87, 0.42, 0.43, 1.0)


@dataclass(frozen=True, slots=True)
class Lips:
    """Lines of a mouth about its middle, before the head turns."""

    half: float
    corner: float
    """y of the corners."""
    top: float
    """y of the gap's upper line in the middle."""
    bottom: float
    upper: float
    """Thickness of the upper lip."""
    lower: float

    @property
    def gap(self) -> float:
        """Return the height of the gap."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Fit:
    """How a mouth is put onto a face."""

    y: float
    """Of its middle."""
    across: float = 1.0
    """By how much it is narrower than drawn, where there is no room."""
    down: float = 1.0
    """By how much it is lower than drawn."""


def fitted(y: float, looks: MouthConfig, nose: float, chin: float, falls: float, half: Callable[[float], float]) -> Fit:
    """Return how a mouth keeps between nose and chin, shut and wide open, whatever the shape of the head.

    Args:
        y: where it would be.
        looks: of it.
        nose: y of the underside of the nose.
        chin: y of the chin of a shut mouth.
        falls: how far that hangs down with the jaw.
        half: gives half the width of the face at a height.
    """
    shut, wide = (_reach(lips_of(mouth, 0.0, looks, looks.fullness)) for mouth in (Mouth(), Mouth(open=_WIDEST)))
    down = min(1.0, (chin + falls - nose) / (wide[0] + wide[1]))
    low = min(chin - down * shut[1], chin + falls - down * wide[1])
    place = min(y, low)
    broad = lips_of(Mouth(width=1.0), 1.0, looks, looks.fullness).half + 3.0
    return Fit(place, min(1.0, _OF_FACE * half(place) / broad), down)


def _reach(lips: Lips) -> tuple[float, float]:
    """Return how far lips reach up and down, some skin and the shadow below them taken in."""
    return lips.upper - lips.top + 2.0, lips.bottom + lips.lower + 5.0


def lips_of(mouth: Mouth, smile: float, looks: MouthConfig, fullness: float) -> Lips:
    """Return the lines of a mouth."""
    ring = max(mouth.round, 0.0)
    half = HALF_WIDTH * looks.size * (1 + 0.24 * mouth.width + 0.14 * max(smile, 0)) * (1 - 0.46 * ring)
    gap = HEIGHT * mouth.open * (1 + 0.35 * ring)
    press = max(mouth.press, 0.0)
    top = -0.36 * gap - 1.5 * mouth.bite
    bottom = 0.64 * gap
    corner = -(13.0 * smile) + 0.14 * gap - 1.0 * ring
    middle = 2.5 * smile * (1 - min(mouth.open * 2, 1))
    full = fullness * (1 - 0.45 * press) * (1 + 0.35 * ring)
    upper = (3.0 + 6.0 * full) * (1 - 0.35 * min(mouth.open, 1))
    lower = (3.5 + 8.5 * full) * (1 - 0.25 * min(mouth.open, 1)) * (1 - 0.45 * mouth.bite)
    return Lips(half, corner, top + middle, bottom + middle, upper, lower)


def draw_mouth(
    sketch: Sketch, head: Turned, mouth: Mouth, smile: float, looks: MouthConfig, skin: Rgba, fit: Fit
) -> None:
    """Draw a mouth onto a face."""
    lips = lips_of(mouth, smile, looks, looks.fullness)
    color = mix(rgba(looks.color), skin, 0.25 if looks.fullness < 0.5 else 0.0)

    def on(x: float, y: float) -> Point:
        return head.on(x * fit.across, fit.y + y * fit.down, 3.0 + 5.0 * mouth.round)

    half, corner = lips.half, lips.corner
    square = 0.74 + 0.08 * mouth.width - 0.02 * mouth.round
    side = half * square
    lift = 0.82 - 0.12 * mouth.round
    left, right = on(-half, corner), on(half, corner)

    def upper(up: float, bow: float) -> list[Point]:
        rise = lips.top - up
        flank = corner + (rise - corner) * lift
        return [
            on(-side, flank),
            on(-side * 0.42, rise - bow),
            on(0, rise + bow),
            on(side * 0.42, rise - bow),
            on(side, flank),
        ]

    def lower(down: float) -> list[Point]:
        fall_ = lips.bottom + down
        flank = corner + (fall_ - corner) * lift
        return [on(side, flank), on(side * 0.45, fall_), on(0, fall_ + 0.4), on(-side * 0.45, fall_), on(-side, flank)]

    inner_top, inner_bottom = upper(0.0, 0.5), lower(0.0)
    gap: Outline = smooth([left, *inner_top, right, *inner_bottom])
    outer_left, outer_right = on(-half - 2.2, corner), on(half + 2.2, corner)
    outer: Outline = smooth([outer_left, *upper(lips.upper, 1.3 * looks.fullness), outer_right, *lower(lips.lower)])
    y_top, y_bottom = on(0, lips.top - lips.upper)[1], on(0, lips.bottom + lips.lower)[1]
    # the shadow of the lower lip on the chin
    sketch.fill(
        smooth(
            [
                on(-side * 0.6, lips.bottom + lips.lower + 1),
                on(0, lips.bottom + lips.lower + 3),
                on(side * 0.6, lips.bottom + lips.lower + 1),
                on(0, lips.bottom + lips.lower + 7),
            ]
        ),
        veil(shade(skin, 0.35), 0.45),
    )
    sketch.fill(outer, fall(y_top, y_bottom, shade(color, 0.14), light(color, 0.06)))
    if lips.lower > 5:
        sketch.fill(
            smooth(
                [
                    on(-side * 0.45, lips.bottom + lips.lower * 0.42),
                    on(0, lips.bottom + lips.lower * 0.3),
                    on(side * 0.45, lips.bottom + lips.lower * 0.42),
                    on(0, lips.bottom + lips.lower * 0.62),
                ]
            ),
            veil(light(color, 0.6), 0.4),
        )
    clip = (gap,)
    g_top, g_bottom = on(0, lips.top)[1], on(0, lips.bottom)[1]
    sketch.fill(gap, fall(g_top, g_bottom, _CAVITY_TOP, _CAVITY))
    _tongue(sketch, on, lips, mouth, clip)
    _teeth(sketch, on, lips, mouth, clip, (left, *inner_top, right))
    if mouth.tip > 0.05:
        _tip(sketch, on, lips, mouth)
    if mouth.bite > 0.3:
        sketch.pen(line(inner_bottom), veil(shade(color, 0.5), 0.6 * mouth.bite), 1.6)
    shut = 1 - rise(lips.gap, *_PARTING)
    if shut > 0:
        y = (corner + lips.top) / 2 + 0.6
        reach, end = half + 3, corner - 0.9 * smile
        seam = [on(-reach, end), on(-side, y), on(0, lips.top + 1.0), on(side, y), on(reach, end)]
        dark = shade(mix(color, (0.25, 0.05, 0.07, 1.0), 0.55), 0.1)
        sketch.pen(line(seam), veil(dark, shut), 2.6 - 0.5 * mouth.press)


def rise(value: float, low: float, high: float) -> float:
    """Return 0 up to a value, 1 from another one on, and what lies smoothly between."""
    share = min(max((value - low) / (high - low), 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _tongue(sketch: Sketch, on: On, lips: Lips, mouth: Mouth, clip: tuple[Outline, ...]) -> None:
    top = lips.bottom - lips.gap * (0.16 + 0.62 * mouth.tongue)
    wide = lips.half * (0.72 - 0.12 * mouth.tongue)
    seen = rise(lips.gap, 2.5, 6.0)
    if not seen:
        return
    low = lips.bottom + 14
    tongue = smooth([on(-wide, low), on(-wide * 0.86, top + 4), on(0, top), on(wide * 0.86, top + 4), on(wide, low)])
    near, far = veil(light(_TONGUE, 0.12), seen), veil(shade(_TONGUE, 0.22), seen)
    sketch.fill(tongue, fall(on(0, top)[1], on(0, lips.bottom)[1], near, far), clip)
    if mouth.tongue < 0.7 and lips.gap > 14:
        sketch.pen(line([on(0, top + 4), on(0, lips.bottom)]), veil(shade(_TONGUE, 0.4), 0.4), 1.6, clip)


def _teeth(
    sketch: Sketch, on: On, lips: Lips, mouth: Mouth, clip: tuple[Outline, ...], edge: tuple[Point, ...]
) -> None:
    shown = mouth.teeth * min(12.0, max(lips.gap * (0.36 + 0.3 * mouth.clench + 0.45 * mouth.bite), 3.2))
    wide = lips.half * 0.88
    if shown > 0.8:
        low = lips.top + shown
        high = lips.top - 24
        upper = smooth(
            [
                on(-wide, high),
                on(wide, high),
                on(wide * 0.94, low - shown * 0.3),
                on(wide * 0.5, low),
                on(-wide * 0.5, low),
                on(-wide * 0.94, low - shown * 0.3),
            ],
            0.8,
        )
        sketch.fill(upper, fall(on(0, lips.top)[1], on(0, low)[1], shade(_TEETH, 0.16), _TEETH), clip)
    if mouth.clench > 0.08 and lips.gap > 3:
        high = max(lips.top + shown + 0.9, lips.bottom - lips.gap * 0.5 * mouth.clench)
        low = lips.bottom + 20
        lower = smooth(
            [
                on(-wide * 0.8, low),
                on(-wide * 0.78, high + 2),
                on(-wide * 0.4, high),
                on(wide * 0.4, high),
                on(wide * 0.78, high + 2),
                on(wide * 0.8, low),
            ],
            0.8,
        )
        sketch.fill(lower, veil(shade(_TEETH, 0.1), min(mouth.clench * 1.6, 1.0)), clip)


def _tip(sketch: Sketch, on: On, lips: Lips, mouth: Mouth) -> None:
    out = mouth.tip
    wide = lips.half * 0.5
    top = lips.top + lips.gap * 0.42
    low = lips.bottom + 2.5 * out
    tip = smooth(
        [
            on(-wide, lips.bottom - 1),
            on(-wide * 0.8, top + 1),
            on(0, top - 0.6),
            on(wide * 0.8, top + 1),
            on(wide, lips.bottom - 1),
            on(0, low),
        ]
    )
    sketch.fill(tip, veil(light(_TONGUE, 0.1), min(1.0, out * 1.4)))
