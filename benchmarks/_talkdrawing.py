"""How fast characters are drawn: 720p, speaking and gesturing, encoded into a file; and the same shapes by Pillow.

    a track of all visemes --Behaviour--> poses --Stage--> pictures --x264--> file     pictures per second

The peer paints flat polygons at twice the size and shrinks them, as Pillow needs for smooth edges, and converts whole
pictures: what a film of drawn shapes costs with the usual tools. It leaves out gradients, clips and pens.
"""

import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from _record import Bar, Row, amount, at_least, row
from frameloom.apps.talk.behaviour import Behaviour
from frameloom.apps.talk.gallery import spoken_visemes
from frameloom.apps.talk.render import Actor, Scene, SceneConfig, render_scene
from frameloom.apps.talk.stage import Place, Stage
from frameloom.apps.talk.store import character_names, load_character
from frameloom.media.canvas import Drawing, Linear, Outline, Paint, Radial
from frameloom.media.files.sink import write_media
from frameloom.media.image import from_rgb
from frameloom.media.planes import Planes

SECONDS = Fraction(amount(2, 6, 10))
REPEATS = int(amount(1, 3, 5))
RATE = Fraction(25)
WIDTH, HEIGHT = 1280, 720
LEAST = 30.0
"""Pictures per second that a drawn character is promised to reach on two cores, encoding included."""


def drawing(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return how fast each character is drawn, beside a peer, and the bar on the slowest."""
    rows, slowest = [], float("inf")
    for name in character_names():
        took, cpu = zip(*(_film(name, place / f"{name}.mp4") for _ in range(REPEATS)), strict=True)
        count = float(SECONDS * RATE)
        rows.append(row(f"drawn: {name}, 720p with encoding", "pictures/s", [count / one for one in took]))
        rows.append(row(f"drawn: {name}, CPU a picture", "ms", [1000 * one / count for one in cpu]))
        slowest = min(slowest, rows[-2].median)
    took = [_peer("ada", place / "peer.mp4") for _ in range(REPEATS)]
    rows.append(row("drawn: ada by Pillow, flat", "pictures/s", [float(SECONDS * RATE) / one for one in took]))
    return rows, [at_least("slowest character at 720p with encoding", slowest, "pictures/s", LEAST)]


def _scene(name: str) -> Scene:
    character = load_character(name)
    return Scene((Actor(Place(character), Behaviour(character.looks, spoken_visemes(), seed=7)),), SECONDS)


def _film(name: str, out: Path) -> tuple[float, float]:
    """Return seconds and CPU seconds of one film."""
    scene, config = _scene(name), SceneConfig(out=out, width=WIDTH, height=HEIGHT, rate=RATE)
    began, cpu = time.perf_counter(), time.process_time()
    render_scene(scene, config, view="json")
    return time.perf_counter() - began, time.process_time() - cpu


def _peer(name: str, out: Path) -> float:
    scene = _scene(name)
    stage = Stage([scene.actors[0].place], WIDTH, HEIGHT)
    behind = Image.fromarray(stage.pixels([scene.actors[0].behaviour.at(0)])[..., :3])

    def pictures() -> Iterator[Planes]:
        for number in range(int(SECONDS * RATE)):
            pose = scene.actors[0].behaviour.at(float(number / RATE))
            yield from_rgb(np.asarray(_by_pillow(stage.drawings([pose])[0], behind)))

    began = time.perf_counter()
    write_media(out, pictures(), None, rate=RATE, width=WIDTH, height=HEIGHT)
    return time.perf_counter() - began


def _by_pillow(drawing_: Drawing, behind: Image.Image) -> Image.Image:
    a, _, _, d, e, f = drawing_.matrix
    big = behind.resize((2 * WIDTH, 2 * HEIGHT))
    brush = ImageDraw.Draw(big, "RGBA")
    for shape in drawing_.shapes:
        for outline in shape.outlines:
            points = [(2 * (a * x + e), 2 * (d * y + f)) for x, y in _flattened(outline)]
            if not shape.pen and len(points) > 2:
                brush.polygon(points, _flat(shape.paint))
    return big.resize((WIDTH, HEIGHT), Image.Resampling.BOX)


def _flattened(outline: Outline) -> Iterator[tuple[float, float]]:
    points = list(zip(outline[::2], outline[1::2], strict=True))
    for at in range(0, len(points) - 1, 3):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points[at : at + 4]
        for t in np.linspace(0, 1, 8, endpoint=False):
            s = 1 - t
            yield (
                s**3 * x0 + 3 * s * s * t * x1 + 3 * s * t * t * x2 + t**3 * x3,
                s**3 * y0 + 3 * s * s * t * y1 + 3 * s * t * t * y2 + t**3 * y3,
            )


def _flat(paint: Paint) -> tuple[int, ...]:
    color = paint.stops[0][1] if isinstance(paint, Linear | Radial) else paint
    return tuple(round(255 * part) for part in color)
