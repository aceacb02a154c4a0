"""Scores as cells of a table: each a number over a bar from 0, the best model marked, a line across for the floor."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from frameloom.media.pages.plot import Kind


@dataclass(frozen=True)
class Metric:
    """A column of scores."""

    name: str
    better: Literal["lower", "higher"]
    digits: int = 2


@dataclass(frozen=True)
class Score:
    """A row of scores, one value for each metric; None where there is none."""

    name: str
    values: Sequence[float | None]
    kind: Kind = "model"
    half_widths: Sequence[float | None] = ()
    """Half of each 95 % confidence interval."""


def cells_of(metric: Metric, scores: Sequence[Score], index: int) -> list[str]:
    """Return one cell for each row of scores."""
    known = [value for score in scores if (value := score.values[index]) is not None and math.isfinite(value)]
    longest = max([*known, 0]) or 1
    ours = [score.values[index] for score in scores if score.kind == "model" and score.values[index] in known]
    best = (min if metric.better == "lower" else max)([value for value in ours if value is not None], default=None)
    floors = [score.values[index] for score in scores if score.kind == "floor" and score.values[index] in known]
    marks = "".join(
        f'<b style="left:{_percent(floor, longest)}" title="floor"></b>' for floor in floors if floor is not None
    )
    cells = []
    for score in scores:
        value = score.values[index]
        if value is None or not math.isfinite(value):
            cells.append("<td>&ndash;</td>" if value is None else f"<td>{value}</td>")
            continue
        is_best = score.kind == "model" and value == best and len(ours) > 1
        pill = '<span class="pill">best</span>' if is_best else ""
        half = score.half_widths[index] if index < len(score.half_widths) else None
        spread = f"<small>± {half:.{metric.digits}f}</small>" if half is not None else ""
        whisker = ""
        if half is not None:
            low, high = max(value - half, 0), min(value + half, longest)
            whisker = f'<u style="left:{_percent(low, longest)};width:{_percent(high - low, longest)}"></u>'
        mark = ' class="best"' if score.kind == "model" and value == best else ""
        number = f"<span{mark}>{value:.{metric.digits}f}</span>"
        gauge = f'<div class="gauge"><i style="width:{_percent(value, longest)}"></i>{whisker}{marks}</div>'
        cells.append(f"<td>{number}{spread}{pill}{gauge}</td>")
    return cells


def _percent(value: float, whole: float) -> str:
    return f"{100 * min(max(value / whole, 0), 1):.2f}%"
