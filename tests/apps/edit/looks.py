"""Everything that can be seen, rendered small through the compositor, and what of it is remembered: its structure.

    case (a timeline, three of its frames) --layout, compose--> pictures --structure--> rows of cells, in looks.json

Means over cells and the strength of edges in them stay the same when a library rounds in another way or an edge is
smoothed a little differently, and change when a direction, a colour, a letter or a layer is wrong.

After a change that is meant to be seen, look at it (`frameloom transitions`, `frameloom edit preview`), and store anew:

    python -m tests.apps.edit.looks
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.edit.compose import compose
from frameloom.apps.edit.layout import layout
from frameloom.apps.edit.scenery import day, night
from frameloom.apps.edit.timeline import Timeline
from frameloom.apps.edit.words import burned
from frameloom.effects.blend import BLEND_NAMES
from frameloom.effects.pictures.color import LOOKS
from frameloom.effects.titles.settings import THEMES
from frameloom.effects.transitions import TRANSITION_NAMES
from frameloom.media.files.pictures import write_still
from frameloom.media.image import to_rgb
from frameloom.media.planes import Planes, plain

STORED = Path(__file__).with_name("looks.json")
WIDTH, HEIGHT = 192, 108
ROWS, COLUMNS = 6, 8
"""Cells of luma, edges and alpha; those of chroma are twice as wide and high."""

Settings = dict[str, Any]
Cells = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A timeline, and the numbers of its frames that are remembered."""

    timeline: Settings
    frames: tuple[int, ...]


def pictures(case: Case) -> list[Planes]:
    """Return the frames of a case, rendered in order from the first, as a film is."""
    laid = layout(Timeline.model_validate(case.timeline))
    with burned(laid) as overlays:
        stream = compose(laid, 0, max(case.frames) + 1, overlays)
        return [picture for number, picture in enumerate(stream) if number in case.frames]


# Structure


def structure(picture: Planes) -> dict[str, Cells]:
    """Return cells in 0 to 255: means of luma, both kinds of chroma and alpha, and the mean strength of edges of luma.

    What is clear counts as black: what cannot be seen may have any colour.
    """
    unit = 1 << (picture.depth - 8)
    luma, u, v = picture.y / unit, picture.u / unit, picture.v / unit
    alpha = None if picture.alpha is None else picture.alpha / (256 * unit - 1)
    if alpha is not None:
        half = _means(alpha, picture.height // 2, picture.width // 2)
        luma, u, v = 16 + (luma - 16) * alpha, 128 + (u - 128) * half, 128 + (v - 128) * half
    steps = np.abs(np.diff(luma, axis=0, prepend=luma[:1])) + np.abs(np.diff(luma, axis=1, prepend=luma[:, :1]))
    parts = {
        "luma": _means(luma, ROWS, COLUMNS),
        "u": _means(u, ROWS // 2, COLUMNS // 2),
        "v": _means(v, ROWS // 2, COLUMNS // 2),
        "edges": np.minimum(_means(steps, ROWS, COLUMNS) * 4, 255),
    }
    return parts if alpha is None else parts | {"alpha": _means(alpha * 255, ROWS, COLUMNS)}


def _means(plane: Cells, rows: int, columns: int) -> Cells:
    high, wide = plane.shape[0] // rows, plane.shape[1] // columns
    return plane[: rows * high, : columns * wide].reshape(rows, high, columns, wide).mean(axis=(1, 3))


def written(parts: Mapping[str, Cells]) -> str:
    """Return structure as text: two digits of base 16 for each cell, row by row, part after part."""
    return " ".join(np.rint(part).astype(np.uint8).tobytes().hex() for part in parts.values())


def read(text: str) -> dict[str, Cells]:
    """Return the structure that was written."""
    names = ("luma", "u", "v", "edges", "alpha")
    parts = (np.frombuffer(bytes.fromhex(part), np.uint8).astype(np.float64) for part in text.split())
    found = dict(zip(names, parts, strict=False))
    return {
        name: part.reshape(ROWS // 2, COLUMNS // 2) if name in "uv" else part.reshape(ROWS, COLUMNS)
        for name, part in found.items()
    }


TOLERANCES = {"luma": (1.75, 0.0), "u": (1.5, 0.0), "v": (1.5, 0.0), "edges": (3.0, 0.08), "alpha": (1.75, 0.0)}
"""How far a cell may be off: levels, and a share of what it should be."""


def tolerance(name: str, cells: Cells) -> Cells:
    """Return how far each cell of a part may be off."""
    levels, share = TOLERANCES[name]
    return levels + share * cells


def differences(is_so: Mapping[str, Cells], should_be: Mapping[str, Cells]) -> list[str]:
    """Return a line for each part that is off, with the cell that is off the most."""
    if is_so.keys() != should_be.keys():
        return [f"has {', '.join(is_so)}; should have {', '.join(should_be)}"]
    lines = []
    for name, cells in should_be.items():
        excess = np.abs(is_so[name] - cells) / tolerance(name, cells)
        if excess.max() > 1:
            row, column = np.unravel_index(int(excess.argmax()), excess.shape)
            at = f"row {row + 1}, column {column + 1} is {is_so[name][row, column]:.0f}"
            lines.append(f"{name}: {(excess > 1).sum()} cells off; {at}, should be {cells[row, column]:.0f}")
    return lines


# Material


def draw_material(folder: Path, width: int = WIDTH, height: int = HEIGHT) -> None:
    """Write what the cases show into a folder; drawn from formulas, and not compressed with loss."""
    bright, dark = day(width, height), night(width, height)
    write_still(folder / "day.png", to_rgb(bright))
    write_still(folder / "night.png", to_rgb(dark))
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    oval = np.clip((0.85 - np.hypot(x, y)) * 4, 0, 1)
    for name, picture, matte in (("sun", bright, oval), ("moon", dark, np.clip(0.5 + x, 0.1, 1))):
        alpha = np.rint(matte * 255).astype(np.uint8)[..., None]
        write_still(folder / f"{name}.png", np.concatenate([to_rgb(picture), alpha], axis=2))
    spiral = (np.arctan2(y, x) / (2 * np.pi) + np.hypot(x, y) * 2) % 1
    write_still(folder / "spiral.png", np.repeat((spiral * 255).astype(np.uint8)[..., None], 3, axis=2))
    _write_film(folder / "walk.y4m", list(_walk(width, height)))
    _write_film(folder / "screen.y4m", list(_screen(width, height)))
    (folder / "swap.cube").write_text("LUT_3D_SIZE 2\n" + "".join(f"{b} {r} {g}\n" for b, g, r in np.ndindex(2, 2, 2)))
    (folder / "words.srt").write_text(
        "1\n00:00:00,200 --> 00:00:00,700\nThe harbour\nsleeps 林小雨\n\n"
        "2\n00:00:00,700 --> 00:00:02,000\n<i>ahoy</i> شمس\n",
        encoding="utf-8",
    )
    (folder / "words.ass").write_text(_STYLED, encoding="utf-8")


_STYLED = """[Script Info]
ScriptType: v4.00+
PlayResX: 192
PlayResY: 108

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Noto Sans,26,&H0000C8FF,&H00FFFFFF,&H00400000,&H00000000,1,0,0,0,100,100,0,0,1,2,0,8,6,6,6,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.00,0:00:00.60,Default,,0,0,0,,Golden
Dialogue: 0,0:00:00.60,0:00:02.00,Default,,0,0,0,,{\\an1\\c&HFF40C0&}violet
"""


def _walk(width: int, height: int, count: int = 12) -> Iterator[Planes]:
    """Yield what a shaky camera sees: the landscape with noise, and a red ball that rolls from left to right."""
    wide = day(width * 5 // 4 // 2 * 2, height * 5 // 4 // 2 * 2)
    dice = np.random.default_rng(5)
    for number in range(count):
        across = round(width * (0.06 + 0.04 * np.sin(1.9 * number))) // 2 * 2
        down = round(height * (0.08 + 0.05 * np.cos(2.3 * number))) // 2 * 2
        y = wide.y[down : down + height, across : across + width].astype(np.float64)
        u, v = (
            plane[down // 2 : (down + height) // 2, across // 2 : (across + width) // 2].astype(np.float64)
            for plane in (wide.u, wide.v)
        )
        _ball(y, u, v, 0.15 + 0.7 * number / count, 0.8)
        y += dice.normal(0, 5, y.shape)
        yield Planes(*(np.clip(np.rint(plane), 1, 254).astype(np.uint8) for plane in (y, u, v)))


def _screen(width: int, height: int, count: int = 12) -> Iterator[Planes]:
    """Yield the ball before a green screen, whose light falls on it."""
    green = plain(width, height, (0, 177, 64))
    for number in range(count):
        y, u, v = (plane.astype(np.float64) for plane in (green.y, green.u, green.v))
        _ball(y, u, v, 0.15 + 0.7 * number / count, 0.5, cover=0.8)
        yield Planes(*(np.rint(plane).astype(np.uint8) for plane in (y, u, v)))


def _ball(y: Cells, u: Cells, v: Cells, across: float, down: float, cover: float = 1.0) -> None:
    """Draw a red ball with a white stripe into planes."""
    for plane, level in ((y, 81.0), (u, 90.0), (v, 240.0)):
        high, wide = plane.shape
        rows, columns = np.mgrid[0:high, 0:wide] + 0.5
        share = cover * np.clip(0.16 * high - np.hypot(rows - down * high, columns - across * wide) + 0.5, 0, 1)
        stripe = np.abs(rows - down * high) < 0.04 * high
        color = np.where(stripe, 225.0 if plane is y else 128.0, level)
        plane += (color - plane) * share


def _write_film(path: Path, film: list[Planes]) -> None:
    """Write an uncompressed file of YUV4MPEG2, 12 pictures a second."""
    head = f"YUV4MPEG2 W{film[0].width} H{film[0].height} F12:1 Ip A1:1 C420mpeg2\n".encode()
    frames = (b"FRAME\n" + picture.y.tobytes() + picture.u.tobytes() + picture.v.tobytes() for picture in film)
    path.write_bytes(head + b"".join(frames))


# Cases


def cases(folder: Path, width: int = WIDTH, height: int = HEIGHT) -> dict[str, Case]:
    """Return all cases by name, over the material in a folder."""
    size = {"width": width, "height": height, "color": "bt709"}
    return {
        **dict(_transitions(folder, size)),
        **dict(_effects(folder, {**size, "color": "bt601"})),  # as the film is: nothing converts it
        **dict(_titles(folder, size)),
        **dict(_blends(folder, size)),
        **dict(_subtitles(folder, size)),
    }


_ALONG = 1.1
"""Seconds of a transition of which pictures are made at 1/4, 1/2 and 3/4 of one: no two look alike from both ends."""


def _transitions(folder: Path, size: Settings) -> Iterator[tuple[str, Case]]:
    """Yield each transition between opaque pictures, and between such with alpha over nothing."""
    for name in TRANSITION_NAMES:
        look: Settings = {"name": name, "duration": _ALONG, "seed": 3}
        if name == "matte":
            look["matte"] = folder / "spiral.png"
        if name in ("dip", "cube"):
            look["color"] = "#703010"
        for kind, first, second, ground in (("", "day", "night", "black"), (" alpha", "sun", "moon", "transparent")):
            a: Settings = {"source": folder / f"{first}.png", "duration": _ALONG}
            b: Settings = {"source": folder / f"{second}.png", "duration": _ALONG}
            if name == "morph":  # of what is alike
                b |= {"source": a["source"], "scale": 1.2, "x": 0.56}
            timeline = {**size, "rate": 4, "background": ground, "tracks": [{"items": [a, look, b]}]}
            yield f"transition {name}{kind}", Case(timeline, (1, 2, 3))


def effects(folder: Path) -> dict[str, Settings]:
    """Return settings that show, for each effect and some of its ways, by the effect's name and the way's."""
    curve = [{"t": 0, "value": 0.1}, {"t": 1, "value": 1.0}]
    left = {"left": 0.05, "top": 0.1, "width": 0.4, "height": 0.8}
    ball = {"left": 0.08, "top": 0.68, "width": 0.14, "height": 0.24}
    ways: dict[str, Settings] = {
        "adjust": {"exposure": 0.8, "contrast": 1.3, "saturation": 1.6},
        "adjust dark": {"brightness": -0.15, "gamma": 0.7, "saturation": 0.2},
        "white-balance": {"temperature": 0.7, "tint": -0.4},
        "white-balance auto": {"auto": 1.0},
        "grade": {"lift": (0.12, 0, 0), "gamma": (1, 1.3, 1), "gain": (1, 1, 0.7)},
        "lut": {"path": folder / "swap.cube", "strength": curve},
        "match": {"reference": folder / "night.png"},
        "blur": {"radius": 0.05},
        "blur box": {"kind": "box", "radius": 0.06},
        "blur directional": {"kind": "directional", "radius": 0.08, "angle": 30},
        "blur region": {"radius": 0.06, "region": left},
        "blur outside": {"radius": 0.06, "region": left, "outside": True},
        "sharpen": {"amount": 2.5, "radius": 0.01},
        "glow": {"strength": 1.2, "radius": 0.05},
        "denoise": {"temporal": 0.8, "spatial": 0.8, "threshold": 12},
        "hide": {"box": left},
        "hide blur": {"box": left, "how": "blur", "shape": "ellipse"},
        "hide black": {"box": left, "how": "black"},
        "hide follow": {"box": ball, "how": "black", "follow": True},
        "chroma-key": {},
        "chroma-key named": {"color": "#00b140", "spill": 0.0},
        "luma-key": {"level": 0.5, "softness": 0.2},
        "luma-key invert": {"level": 0.5, "invert": True},
        "matte-box": {"box": left, "shape": "ellipse", "feather": 0.05},
        "matte-box invert": {"box": left, "invert": True},
        "vignette": {"strength": 0.9, "radius": 0.2},
        "grain": {"strength": 0.9, "size": 8.0},
        "old-film": {"scratches": 1.0, "dust": 1.0, "weave": 1.0, "flicker": 1.0},
        "glitch": {"amount": 1.0},
        "mirror": {},
        "mirror vertical": {"axis": "vertical"},
        "zoom": {"zoom": 1.6, "x": 0.7, "y": 0.4, "angle": 20},
        "zoom out": {"zoom": 0.7, "edge": "mirror"},
        "ken-burns": {"end": {"left": 0.4, "top": 0.3, "width": 0.5, "height": 0.5}},
        "shake": {"amount": 0.06, "speed": 6.0},
        "stabilise": {},
        "stabilise fixed": {"mode": "fixed", "border": "black"},
        "border": {"width": 0.06, "color": "#ff2080", "radius": 0.2},
        "round-corners": {"radius": 0.4},
        "shadow": {"strength": 1.0, "offset": 0.08, "inset": 0.12, "color": "#40ff40"},
    }
    return ways | {f"look {name}": {"name": name} for name in LOOKS}


def _effects(folder: Path, size: Settings) -> Iterator[tuple[str, Case]]:
    """Yield each effect on the moving clip, over the night, where that shows through; and the clip without any."""
    for name, settings in {"none": {}, "none screen": {}, **effects(folder)}.items():
        kind = name.split()[0]
        film = "screen" if kind == "chroma-key" or name.endswith("screen") else "walk"
        clip: Settings = {"source": folder / f"{film}.y4m", "duration": 1}
        if kind != "none":
            clip["effects"] = [{"effect": kind, **settings}]
        ground = {"items": [{"source": folder / "night.png", "duration": 1}]}
        yield f"effect {name}", Case({**size, "rate": 12, "tracks": [ground, {"items": [clip]}]}, (1, 6, 11))


TITLE_WORDS: dict[str, Settings] = {
    "headline": {"text": "Harbour 林", "subtitle": "a quiet night"},
    "lower-third": {"name": "林小雨 Ada", "role": "Harbour master"},
    "caption": {"text": "Boats go out at dawn", "scale": 2.5},
    "ticker": {"text": "Fog in the morning\nsun at noon", "heading": "NEWS", "speed": 0.3},
    "credits": {"text": "# Camera\nLead | Ada\n\nشمس\nthe end", "scale": 2.5},
    "label": {"text": "LIVE", "dot": True, "scale": 4.0},
    "counter": {"end": 1234, "text": "boats", "counting": 1, "scale": 2.0},
}
"""What each design says; in large letters, so that they are more than a blur."""

MOTIONS = ("none", "rise", "drop", "slide", "wipe", "pop", "type")
"""Besides the designs' own."""


def _titles(folder: Path, size: Settings) -> Iterator[tuple[str, Case]]:
    """Yield each design in each theme over the day, as it comes, stands and goes."""
    ground = {"items": [{"source": folder / "day.png", "duration": 2}]}

    def case(title: Settings) -> Case:
        shown = {"items": [{"source": {"scale": 1.6, **title}, "duration": 2}]}
        return Case({**size, "rate": 4, "tracks": [ground, shown]}, (1, 4, 7))

    for design, words in TITLE_WORDS.items():
        for theme in THEMES:
            yield f"title {design} {theme}", case({"design": design, "theme": theme, **words})
    words = {"design": "headline", **TITLE_WORDS["headline"]}
    for motion in MOTIONS:
        yield f"motion {motion}", case({**words, "motion": {"enter": motion, "leave": motion, "duration": 0.8}})
    for place in ("top", "bottom", "start"):
        yield f"title headline {place}", case({**words, "place": place, "panel": True})
    yield "title headline right-to-left", case({"design": "headline", "text": "شمس قمر", "place": "start"})
    yield "title lower-third end", case({"design": "lower-third", **TITLE_WORDS["lower-third"], "side": "end"})
    yield "title label bottom-right", case({"design": "label", "text": "1984", "corner": "bottom-right"})
    for back in ("outline", "shadow"):
        yield f"title caption {back}", case({"design": "caption", "text": "Boats go out", "back": back})


def _blends(folder: Path, size: Settings) -> Iterator[tuple[str, Case]]:
    """Yield each blend mode: a picture with alpha, smaller, at an odd place, that becomes weaker."""
    weaker = [{"t": 0, "value": 1.0, "easing": "linear"}, {"t": 1, "value": 0.1}]
    for mode in BLEND_NAMES:
        ground = {"items": [{"source": folder / "day.png", "duration": 1}]}
        upper = {"source": folder / "moon.png", "duration": 1, "blend": mode, "opacity": weaker}
        tracks = [ground, {"items": [{**upper, "scale": 0.7, "x": 0.4, "y": 0.45}]}]
        yield f"blend {mode}", Case({**size, "rate": 3, "tracks": tracks}, (0, 1, 2))
    turned = {"source": folder / "moon.png", "duration": 1, "scale": 0.6, "rotation": 30, "x": 0.3, "fade_in": 0.5}
    tracks = [{"items": [turned]}]
    yield "placed turned", Case({**size, "rate": 4, "background": "transparent", "tracks": tracks}, (1, 2, 3))


def _subtitles(folder: Path, size: Settings) -> Iterator[tuple[str, Case]]:
    """Yield subtitles burned in, in our captions and in a file's own styles."""
    tracks = [{"items": [{"source": folder / "day.png", "duration": 1}]}]
    large = {"scale": 2.0}
    for name, file, look in (
        ("box", "words.srt", large),
        ("outline", "words.srt", {**large, "back": "outline", "theme": "night", "place": "top"}),
        ("styled", "words.ass", None),
    ):
        words = {"path": folder / file} | ({"look": look} if look else {})
        yield f"subtitles {name}", Case({**size, "rate": 4, "tracks": tracks, "subtitles": [words]}, (0, 1, 3))


# Storing


def everything() -> dict[str, list[str]]:
    """Return the structure of all cases, as it is now."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        draw_material(folder)
        return {
            name: [written(structure(picture)) for picture in pictures(case)] for name, case in cases(folder).items()
        }


def stored() -> dict[str, list[str]]:
    """Return the structure of all cases as it was stored."""
    found: dict[str, list[str]] = json.loads(STORED.read_text(encoding="utf-8"))
    return found


def store() -> None:
    """Write the structure of all cases as it is now."""
    STORED.write_text(json.dumps(everything(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    store()
