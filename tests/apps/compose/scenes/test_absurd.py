"""Texts that are far too long, numbers that are far too many: all is cut down to fit, nothing leaves the safe area."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.apps.compose.scenes.example_scenes import ADAPTER, stage, write_picture

from frameloom.apps.compose.scenes import begin
from frameloom.media.image import to_rgb

WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
LONG = (f"{WORD} lorem ipsum dolor sit amet " * 9)[:700]
LINE = LONG[:180]
SHORT = LONG[:24]

ABSURD: list[dict[str, Any]] = [
    {"kind": "title", "title": LONG, "subtitle": LONG, "kicker": LINE},
    {"kind": "headline", "text": LONG, "subtitle": LONG, "chip": LINE},
    {"kind": "bullets", "title": LINE, "items": [LONG] * 10, "numbered": True, "source": LINE},
    {"kind": "quote", "text": LONG, "by": LINE, "role": LINE},
    {"kind": "counter", "value": 987654321012.5, "before": "US dollars ", "after": " per person", "label": LONG},
    {"kind": "bars", "data": [{"label": LINE, "value": 1e9 - 3e8 * n} for n in range(12)], "after": LINE},
    {"kind": "bars", "direction": "columns", "data": [{"label": LINE, "value": n} for n in (-2, 3)], "before": LINE},
    {"kind": "lines", "labels": [LINE] * 3, "series": [{"name": LINE, "values": [1e9, n, -2]} for n in range(6)]},
    {"kind": "donut", "title": LINE, "data": [{"label": LINE, "value": n} for n in range(1, 9)], "middle": LINE},
    {
        "kind": "tiles",
        "title": LINE,
        "tiles": [{"label": LINE, "row": 1 + n // 12, "column": 1 + n % 12, "value": n * 1e6} for n in range(60)],
    },
    {"kind": "timeline", "title": LINE, "events": [{"when": LINE, "text": LONG}] * 8, "source": LINE},
    {"kind": "comparison", "title": LINE, "left": {"title": LINE, "items": [LONG] * 6}, "right": {"title": LINE}},
    {"kind": "quiz", "kicker": LINE, "question": LONG, "options": [LINE] * 6, "answer": 6},
    {"kind": "formula", "title": LINE, "lines": [{"tex": "+".join([r"\frac{a}{b}"] * 30), "note": LONG}] * 6},
    {"kind": "code", "title": LINE, "code": "\n".join(["x = " + "y" * 60] * 40), "steps": ["1-20", "21-40"]},
    {"kind": "product", "name": LINE, "claim": LONG, "features": [LONG] * 4, "price": SHORT, "was": SHORT},
    {"kind": "product", "name": LINE, "claim": LONG, "price": SHORT, "was": SHORT, "picture": "picture.png"},
    {"kind": "price", "price": SHORT, "was": SHORT, "kicker": LINE, "note": LONG},
    {"kind": "end", "title": LONG, "button": LINE, "note": LONG},
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(ABSURD)), ids=lambda number: f"{ABSURD[number]['kind']}-{number}")
def test_nothing_leaves_the_safe_area(number: int, tmp_path: Path) -> None:
    write_picture(tmp_path / "picture.png")
    scene, shown = ABSURD[number], stage(folder=tmp_path, size=[(480, 270), (270, 480)][number % 2])
    picture = begin(ADAPTER.validate_python(scene), shown)(Fraction(5))
    marked = np.abs(to_rgb(picture).astype(int) - 255).max(axis=2) > 24
    left, top, right, bottom = shown.safe
    assert marked[top:bottom, left:right].any()
    marked[top - 2 : bottom + 2, left - 2 : right + 2] = False
    assert not marked.any()
