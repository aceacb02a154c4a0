"""Draws the pictures of the examples of compose: a flask, and a river that has left its bed.

python tools/make_example_pictures.py writes flask.png and river.jpg beside the storyboards.
"""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from frameloom.apps.compose import examples
from frameloom.apps.talk.drawn.geometry import Point, box, ellipse, limb, polygon, smooth
from frameloom.media.canvas import Drawing, Linear, Outline, Paint, Radial, Rgba, Shape, rasterise, straight
from frameloom.media.files.pictures import jpeg, write_still

Fill = Callable[..., None]
PLACE = Path(examples.__file__).parent


def main() -> None:
    """Draw and write."""
    write_still(PLACE / "flask.png", straight(rasterise(flask(440, 800))))
    (PLACE / "river.jpg").write_bytes(jpeg(np.ascontiguousarray(rasterise(river(1920, 1080))[..., :3]), 82))


def tone(code: str, alpha: float = 1.0) -> Rgba:
    """Return a colour of six hexadecimal digits."""
    red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue, alpha


def across(left: float, right: float, *stops: tuple[float, Rgba]) -> Linear:
    """Return a gradient from left to right."""
    return Linear(left, 0, right, 0, stops)


def down(top: float, bottom: float, *stops: tuple[float, Rgba]) -> Linear:
    """Return a gradient from top to bottom."""
    return Linear(0, top, 0, bottom, stops)


WATER = down(690, 1080, (0, tone("6d7f84")), (0.25, tone("4d6269")), (1, tone("1d2a31")))


def flask(width: int, height: int) -> Drawing:
    """Return a flask that stands upright, with a leaf on it, its light from the left."""
    shapes: list[Shape] = []

    def fill(outline: Outline, paint: Paint, clip: tuple[Outline, ...] | None = None) -> None:
        shapes.append(Shape((outline,), paint, clip=clip))

    places = 0.0, 0.15, 0.35, 0.7, 1.0
    steel = tuple(zip(places, map(tone, ("8d9a96", "f4f8f6", "b9c4c0", "77837f", "4c5653")), strict=True))
    coat = tuple(zip(places, map(tone, ("1d5a45", "58b48d", "37916c", "1f6a4e", "0f3b2b")), strict=True))
    fill(
        ellipse(220, 762, 152, 22),
        Radial(220, 762, 152, ((0, (0, 0, 0, 0.42)), (0.7, (0, 0, 0, 0.16)), (1, (0, 0, 0, 0)))),
    )
    fill(box(150, 34, 290, 150, 26), across(150, 290, *steel))
    for y in range(64, 140, 12):
        fill(box(150, y, 290, y + 3), (0, 0, 0, 0.13))
    fill(box(150, 34, 290, 58, 22), across(150, 290, (0, (1, 1, 1, 0.1)), (0.2, (1, 1, 1, 0.5)), (1, (1, 1, 1, 0))))
    fill(box(138, 148, 302, 172, 8), across(138, 302, *steel))
    body = smooth_body()
    fill(body, across(96, 344, *coat))
    fill(box(90, 690, 350, 780), across(96, 344, *steel), (body,))
    fill(box(96, 686, 344, 692), (0, 0, 0, 0.25), (body,))
    fill(box(122, 262, 138, 664, 8), (1, 1, 1, 0.34), (body,))
    fill(box(150, 262, 155, 664, 2.5), (1, 1, 1, 0.22), (body,))
    fill(leaf(226, 462, 74, -0.5), tone("eaf7ef", 0.95))
    shapes.append(Shape((vein(226, 462, 74, -0.5),), tone("1f6a4e"), pen=5))
    scale = min(width / 440, height / 800)
    return Drawing(tuple(shapes), width, height, (scale, 0, 0, scale, 0, 0))


def smooth_body() -> Outline:
    """Return the outline of the flask below its collar."""
    right: list[Point] = [
        (296, 172),
        (308, 196),
        (334, 232),
        (344, 280),
        (344, 420),
        (344, 600),
        (344, 716),
        (330, 758),
    ]
    left = [(440 - x, y) for x, y in reversed(right)]
    return smooth([*right, (300, 766), (140, 766), *left, (150, 170), (290, 170)], 0.8)


def leaf(x: float, y: float, size: float, angle: float) -> Outline:
    """Return a leaf whose tip points up and to the right."""
    points = [
        (0, 1.0),
        (-0.42, 0.45),
        (-0.46, -0.1),
        (-0.22, -0.6),
        (0.0, -1.0),
        (0.3, -0.55),
        (0.48, -0.05),
        (0.36, 0.5),
    ]
    return smooth([_turned(px * size, py * size, x, y, -angle) for px, py in points])


def vein(x: float, y: float, size: float, angle: float) -> Outline:
    """Return the line through the middle of a leaf, and its stalk."""
    (ax, ay), (bx, by) = (_turned(0, py * size, x, y, -angle) for py in (1.35, -0.62))
    return ax, ay, ax, ay, bx, by, bx, by


def _turned(px: float, py: float, x: float, y: float, angle: float) -> Point:
    c, s = math.cos(angle), math.sin(angle)
    return x + px * c - py * s, y + px * s + py * c


def river(width: int, height: int) -> Drawing:
    """Return a valley in the rain: hills, a town, a bridge of stone, and water up to its arches."""
    shapes: list[Shape] = []
    dice = np.random.default_rng(4)

    def fill(outline: Outline, paint: Paint, clip: tuple[Outline, ...] | None = None) -> None:
        shapes.append(Shape((outline,), paint, clip=clip))

    fill(box(0, 0, 1920, 1080), down(0, 640, (0, tone("33465e")), (0.55, tone("6f8699")), (1, tone("b3bfc3"))))
    for cloud_x, cloud_y, rx, ry, alpha in (
        (300, 120, 520, 90, 0.5),
        (980, 70, 640, 100, 0.55),
        (1600, 170, 560, 90, 0.45),
        (820, 220, 460, 60, 0.25),
    ):
        fill(
            ellipse(cloud_x, cloud_y, rx, ry),
            Radial(
                cloud_x,
                cloud_y,
                rx,
                ((0, tone("222f42", alpha)), (0.6, tone("222f42", alpha * 0.6)), (1, tone("222f42", 0))),
            ),
        )
    for base, rise, wave, color in ((520, 120, 1.7, "7e93a0"), (560, 110, 2.6, "5f7a84"), (620, 90, 3.7, "456468")):
        crest: list[Point] = [
            (x, base - rise * (0.5 + 0.5 * math.sin(x / 1920 * wave * math.pi + base)) - 12 * math.sin(x / 97 + base))
            for x in range(-120, 2160, 120)
        ]
        fill(
            smooth([*crest, (2200, 900), (-200, 900)], 0.9),
            down(base - rise, 760, (0, tone(color)), (1, tone("9fb0b3"))),
        )
    _town(fill, dice)
    fill(box(0, 690, 1920, 1080), WATER)
    bank = smooth(
        [(1060, 718), (1180, 700), (1500, 694), (2000, 694), (2000, 716), (1700, 724), (1400, 738), (1180, 752)]
    )
    fill(bank, down(694, 752, (0, tone("5c7261")), (1, tone("3c4d44"))))
    _bridge(fill)
    for _ in range(130):
        y = 705 + 370 * dice.random() ** 1.4
        long = (14 + 90 * (y - 690) / 390) * (0.5 + dice.random())
        x = dice.uniform(-60, 1960)
        thick = 1 + 4 * (y - 690) / 390
        fill(
            limb([(x, y, 0.4), (x + long / 2, y + thick * 0.6, thick), (x + long, y, 0.4)]),
            tone("c9d6d9", 0.1 + 0.16 * dice.random()),
        )
    for _ in range(240):
        x, y, long = dice.uniform(-40, 1960), dice.uniform(-60, 1060), dice.uniform(22, 60)
        near = dice.random()
        shapes.append(
            Shape(
                ((x, y, x, y, x - long * 0.22, y + long, x - long * 0.22, y + long),),
                tone("e6eef2", 0.08 + 0.16 * near),
                pen=1 + near,
            )
        )
    fill(box(0, 0, 1920, 1080), Radial(960, 480, 1250, ((0, (0, 0, 0, 0)), (0.62, (0, 0, 0, 0)), (1, (0, 0, 0, 0.42)))))
    scale = width / 1920
    return Drawing(tuple(shapes), width, height, (scale, 0, 0, scale, 0, 0))


def _town(fill: Fill, dice: np.random.Generator) -> None:
    """Houses on the far bank, a church, and trees between."""
    x = 1130.0
    while x < 1930:
        wide, high = dice.uniform(52, 86), dice.uniform(46, 84)
        wall = ("c9bfae", "b7a894", "d5cdbf", "a89a8c")[int(dice.integers(4))]
        roof = ("7c4a3c", "6a4038", "864f3d")[int(dice.integers(3))]
        fill(box(x, 700 - high, x + wide, 720), across(x, x + wide, (0, tone(wall)), (1, tone("877d72"))))
        fill(polygon([(x - 7, 701 - high), (x + wide / 2, 664 - high), (x + wide + 7, 701 - high)]), tone(roof))
        for window in range(2 if wide < 66 else 3):
            at = x + wide * (0.2 + 0.3 * window)
            lit = dice.random() < 0.45
            fill(box(at - 5, 716 - high, at + 6, 731 - high), tone("ffd98a" if lit else "4a5660"))
        x += wide + dice.uniform(4, 26)
    fill(box(1432, 500, 1478, 720), across(1432, 1478, (0, tone("cdc3b2")), (1, tone("8d8376"))))
    fill(polygon([(1424, 502), (1455, 392), (1486, 502)]), tone("4b5560"))
    fill(ellipse(1455, 540, 12, 12), tone("f3e7c8"))
    for _ in range(46):
        at, high = dice.uniform(-20, 1120), dice.uniform(26, 66)
        green = ("2f4f45", "38594a", "294540")[int(dice.integers(3))]
        fill(ellipse(at, 700 - high * 0.5, high * 0.42, high * 0.62), tone(green))
    for tree in (1205, 1310, 1560, 1700, 1850):
        fill(ellipse(tree, 690, 24, 34), tone("2f4f45"))


def _bridge(fill: Fill) -> None:
    """Four arches, which the water has nearly filled."""
    deck = smooth(
        [(-60, 668), (300, 626), (600, 612), (900, 622), (1150, 656), (1190, 668), (1196, 740), (-60, 740)], 0.4
    )
    stone = down(610, 800, (0, tone("a79c8b")), (0.5, tone("84796a")), (1, tone("5b5349")))
    fill(polygon([(-40, 676), (1176, 676), (1196, 800), (-40, 800)]), stone)
    fill(deck, stone)
    for at, wide in ((130, 92), (396, 112), (690, 112), (964, 92)):
        arch = ellipse(at, 800, wide, 124)
        fill(ellipse(at, 800, wide + 14, 138), tone("6c6255"))
        fill(arch, down(676, 800, (0, tone("2a343a")), (1, tone("3d4e55"))))
    fill(box(-40, 776, 1920, 1080), WATER)
    fill(box(-40, 776, 1190, 784, 4), (1, 1, 1, 0.13))
    for post in range(-20, 1180, 60):
        lift = 674 - 58 * math.sin(max(min((post + 40) / 1280, 1), 0) * math.pi)
        fill(box(post, lift - 26, post + 10, lift + 4, 2), tone("b9ae9c"))


if __name__ == "__main__":
    main()
