"""Eyes and brows: white, iris and lids that follow gaze and blink, and the line above."""

from frameloom.apps.talk.characterfile import BrowsConfig, EyesConfig
from frameloom.apps.talk.drawn.colors import fall, glow, light, rgba, shade, veil
from frameloom.apps.talk.drawn.geometry import Point, Turned, brush, ellipse, line, smooth
from frameloom.apps.talk.drawn.sketch import Sketch
from frameloom.apps.talk.pose import Pose
from frameloom.media.canvas import Outline, Radial, Rgba

SPACING, LEVEL = 39.0, -6.0
"""Of the middles of the eyes, from the middle of the face."""
WIDTH, HEIGHT = 21.0, 17.5
"""Half of those of an open eye."""
_WHITE = (0.985, 0.98, 0.975, 1.0)
_DARK = (0.07, 0.05, 0.06, 1.0)


def draw_eyes(
    sketch: Sketch, head: Turned, pose: Pose, looks: EyesConfig, skin: Rgba, lash: Rgba, level: float = LEVEL
) -> None:
    """Draw both eyes."""
    for side in (-1, 1):
        _eye(sketch, head, pose, looks, skin, lash, side, level)


def _eye(
    sketch: Sketch, head: Turned, pose: Pose, looks: EyesConfig, skin: Rgba, lash: Rgba, side: int, level: float
) -> None:
    x = side * SPACING * looks.spacing
    wide, high = WIDTH * looks.size, HEIGHT * looks.size
    face = pose.face
    shut = min(max(pose.blink, 0.0), 1.0)
    up = high * (0.9 + 0.25 * face.lids - 0.16 * max(face.frown, 0)) * (1 - shut) - high * 0.38 * shut
    down = high * (0.74 - 0.3 * max(face.cheeks, 0) - 0.1 * max(-face.lids, 0) * 2) + 1.5 * shut
    slant_in = 3.0 * max(face.frown, 0) * (1 - shut)
    slant_out = 3.5 * max(-face.frown, 0) * (1 - shut)

    def on(dx: float, dy: float, lift: float = 1.0) -> Point:
        return head.on(x + side * dx, level + dy, lift)

    inner, outer = on(-wide, 2.5), on(wide, 0.5)
    top = [
        on(-wide * 0.62, -up * 0.72 + slant_in),
        on(-wide * 0.05, -up + slant_in * 0.5),
        on(wide * 0.62, -up * 0.74 + slant_out),
    ]
    bottom = [on(wide * 0.62, down * 0.76), on(0, down), on(-wide * 0.62, down * 0.8)]
    opening: Outline = smooth([inner, *top, outer, *bottom])
    # a soft hollow around the eye
    hx, hy = on(0, -2)
    sketch.fill(ellipse(hx, hy, wide * 1.6, wide * 1.6), glow(hx, hy, wide * 1.6, shade(skin, 0.3), 0.32))
    shadow = rgba(looks.shadow)
    if shadow[3]:
        lid = smooth(
            [
                inner,
                on(-wide * 0.7, -high * 1.1),
                on(0, -high * 1.42),
                on(wide * 0.8, -high * 1.12),
                on(wide * 1.18, -3),
                *reversed(top),
            ]
        )
        sketch.fill(lid, veil(shadow, 0.5 * shadow[3]))
    if shut < 0.97:
        clip = (opening,)
        sketch.fill(opening, _WHITE)
        gx, gy = pose.gaze_x * wide * 0.42 * side, pose.gaze_y * high * 0.36
        ix, iy = on(gx - wide * 0.03, gy - high * 0.08, 2.0)
        radius = high * 0.80
        squeeze = head.width_at(x)
        color = rgba(looks.color)
        sketch.fill(
            ellipse(ix, iy, radius * squeeze, radius),
            Radial(
                ix,
                iy + radius * 0.35,
                radius * 1.25,
                ((0.0, light(color, 0.38)), (0.62, color), (0.86, shade(color, 0.45)), (1.0, shade(color, 0.62))),
            ),
            clip,
        )
        sketch.fill(ellipse(ix, iy, radius * 0.47 * squeeze, radius * 0.47), _DARK, clip)
        sketch.fill(
            ellipse(ix - radius * 0.34, iy - radius * 0.38, radius * 0.27, radius * 0.27), (1, 1, 1, 0.95), clip
        )
        sketch.fill(
            ellipse(ix + radius * 0.32, iy + radius * 0.38, radius * 0.15, radius * 0.13), (1, 1, 1, 0.55), clip
        )
        ty = min(point[1] for point in top)
        sketch.fill(opening, fall(ty, ty + high * 1.1, (0.16, 0.1, 0.16, 0.42), (0.16, 0.1, 0.16, 0.0)), clip)
    if shut > 0.03 and up < high * 0.9:
        crease = [on(-wide * 0.8, -high * 0.62), on(0, -high * 0.98), on(wide * 0.85, -high * 0.6)]
        sketch.pen(line(crease), veil(shade(skin, 0.4), 0.35 * shut), 1.6)
    weight = 1.3 + 1.5 * looks.lashes
    end = on(wide * (1.06 + 0.2 * looks.lashes), -2.0 - 4.5 * looks.lashes * (1 - 1.6 * shut))
    points = [inner, *top, outer, end]
    radii = (0.5, weight * 0.62, weight * 0.85, weight, weight * 0.85, 0.35)
    sketch.fill(brush(points, radii), lash)
    sketch.pen(line([outer, *bottom, inner]), veil(shade(skin, 0.5), 0.45), 1.0)


def draw_brows(
    sketch: Sketch, head: Turned, pose: Pose, looks: BrowsConfig, spacing: float = 1.0, level: float = LEVEL
) -> None:
    """Draw both brows."""
    face = pose.face
    color = rgba(looks.color)
    for side in (-1, 1):
        x = side * SPACING * spacing
        rise = -34 - 9.5 * face.brows - 6 * face.asym * side + 2.0 * pose.blink
        inner = 9.5 * face.frown
        arch = 3.0 + 6.0 * looks.arch

        def at(dx: float, dy: float, x: float = x, side: int = side) -> Point:
            return head.on(x + side * dx, level + dy, 3.0)

        thick = 3.4 * looks.thickness
        close = 3.0 * max(face.frown, 0)
        spine = [
            at(-20 - close, rise - 1 + inner),
            at(-8, rise - arch * 0.7 + inner * 0.55),
            at(8, rise - arch + inner * 0.05),
            at(25, rise + 4 - inner * 0.35),
        ]
        radii = (thick * 0.75, thick, thick * 0.8, thick * 0.25)
        sketch.fill(brush(spine, radii), color)
