"""One scene of each kind, and stages to show them on."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pydantic import TypeAdapter

from frameloom.apps.compose.scenes import SceneConfig
from frameloom.apps.compose.stage import Stage
from frameloom.apps.compose.theme import Theme, read_theme

ADAPTER: TypeAdapter[Any] = TypeAdapter(SceneConfig)

SIZES = {"16:9": (384, 216), "9:16": (216, 384), "1:1": (240, 240), "4:5": (240, 300)}

PLAIN = read_theme("lesson-workbook").model_copy(
    update={"background": "#ffffff", "background_to": "#ffffff", "backdrop": "plain", "shadow": 0.0}
)

EXAMPLES: dict[str, dict[str, Any]] = {
    "title": {"title": "How rain is made", "subtitle": "Four steps", "kicker": "Weather"},
    "headline": {"text": "City opens a bridge", "subtitle": "For people only", "chip": "News"},
    "bullets": {"title": "On Monday", "items": ["More buses", "Two new stops"], "source": "Source: the city"},
    "quote": {"text": "A reason to meet in the middle.", "by": "Amara Osei", "role": "Engineer"},
    "counter": {"value": 40218, "label": "people crossed it", "after": " p", "source": "Source: counting"},
    "bars": {"title": "Rain", "data": {"Lisbon": 774, "Bergen": 2250, "Nowhere": -3}, "after": " mm", "highlight": 2},
    "lines": {
        "title": "Prices",
        "labels": ["2010", "2015", "2020"],
        "series": [{"name": "Sun", "values": [3, 2, 1]}, {"name": "Coal", "values": [1, 1, 2]}],
    },
    "donut": {"title": "To work", "data": {"Bus": 38, "Car": 27, "Foot": 35}, "middle": "1.2 M"},
    "tiles": {
        "title": "Regions",
        "tiles": [
            {"label": "N", "row": 1, "column": 2, "value": 3},
            {"label": "S", "row": 2, "column": 1, "value": 9},
        ],
    },
    "timeline": {"title": "A bridge", "events": [{"when": "2017", "text": "Vote"}, {"when": "2026", "text": "Open"}]},
    "comparison": {
        "title": "Change",
        "left": {"title": "Ferry", "items": ["Slow"]},
        "right": {"title": "Bridge", "items": ["Free", "Open"]},
    },
    "quiz": {"question": "What lifts water?", "options": ["Wind", "Sun", "Moon"], "answer": 2, "kicker": "Quiz"},
    "formula": {"title": "Mass", "lines": [r"\frac{4}{3}\pi r^3", {"tex": "E = m c^2", "note": "Energy"}]},
    "code": {"title": "Drops", "code": "def drops(n):\n    return n + 1  # more\n", "steps": ["1", "2"]},
    "product": {
        "name": "Kettle", "claim": "Fast", "features": ["Warm", "Safe"], "price": "$49", "was": "$69",
        "picture": "picture.png",
    },
    "price": {"price": "$49", "was": "$69", "kicker": "Kettle", "note": "Until Sunday"},
    "end": {"title": "Bring it home", "button": "ember.example", "note": "Free returns"},
    "image": {"path": "picture.png", "caption": "The bridge", "credit": "Photo: city"},
    "clip": {"path": "clip.mp4", "caption": "The bridge"},
    "series": {"shots": [{"kind": "image", "path": "picture.png"}, {"kind": "clip", "path": "clip.mp4"}]},
    "layered": {
        "under": {"kind": "headline", "text": "City opens a bridge"},
        "over": [{"kind": "lower-third", "name": "Amara", "length": 60}, {"kind": "badge", "text": "Live"}],
    },
    "model": {"model": "mnist-gan", "title": "A dream"},
    "presenter": {"character": "ada", "title": "Weather", "items": ["Rain", "Sun"]},
}  # fmt: skip

OF_FOOTAGE = {"image", "clip", "series", "presenter"}
"""Kinds that fill the picture, so that no background shows what is outside the safe area."""


def example(kind: str, **changes: Any) -> Any:
    return ADAPTER.validate_python({"kind": kind, **EXAMPLES[kind], **changes})


def stage(
    aspect: str = "16:9",
    folder: Path = Path(),
    theme: Theme = PLAIN,
    duration: Fraction | int = 5,
    cues: tuple[Fraction | int, ...] = (),
    size: tuple[int, int] | None = None,
) -> Stage:
    width, height = size or SIZES[aspect]
    times = tuple(map(Fraction, cues))
    safe = theme.safe_box(width, height)
    return Stage(width, height, Fraction(25), theme, Fraction(duration), times, 0, folder, safe)


def write_picture(path: Path, size: tuple[int, int] = (64, 48)) -> None:
    ramp = np.linspace(20, 220, size[0]).astype(np.uint8)
    pixels = np.broadcast_to(ramp[None, :, None], (size[1], size[0], 3))
    Image.fromarray(np.ascontiguousarray(pixels)).save(path)
