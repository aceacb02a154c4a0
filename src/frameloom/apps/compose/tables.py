"""Tables as charts: columns of numbers become bars or lines, one chart for each unit; all else becomes bullets.

| Month | Rain  | Snow |      lines of Rain and Snow, in mm
| May   | 12 mm | 3 mm |
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_NUMBER = re.compile(r"[-+\u2212]?\d(?:[\d,]*\d)?(?:[ \u00a0\u202f]\d{3}(?!\d))*(?:\.\d+)?")
_MINUS = re.compile(r"^([-\u2212])([^\w\s]{1,2})(?=\d)")
"""Before a currency."""
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_UNIT_BEFORE, _UNIT_AFTER = 4, 8
"""Characters about a number; with more, or with digits among them, it is a text."""
_MOST_BARS = 12


def charts_of(rows: list[list[str]]) -> list[dict[str, Any]]:
    """Return the charts of a table, one for each unit: bars of one column, lines of several; else bullets."""
    head = rows[0]
    body = [row for row in rows[1:] if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    if not body or len(head) < 2 or any(len(row) != len(head) for row in body):
        return [_listed(body or [head])]
    labels, *columns = zip(*body, strict=True)
    charts: dict[tuple[str, ...], _Chart] = {}
    for name, column in zip(head[1:], columns, strict=True):
        cells = [_MINUS.sub(r"\2\1", cell) for cell in column]
        unit = _unit(cells)
        if unit is None:
            return [_listed(body)]  # words; or dollars and euros, which are not one chart
        chart = charts.setdefault(tuple(side.strip() for side in unit), _Chart(*unit))
        chart.series.append((name, [value for value in map(_number, cells) if value is not None]))
    return [_drawn(labels, chart) for chart in charts.values()]


@dataclass
class _Chart:
    """Columns that have one unit."""

    before: str
    after: str
    series: list[tuple[str, list[float]]] = field(default_factory=list)


def _listed(rows: list[list[str]]) -> dict[str, Any]:
    items = [": ".join(filter(None, (row[0], ", ".join(filter(None, row[1:]))))) for row in rows]
    return {"kind": "bullets", "items": items}


def _drawn(labels: tuple[str, ...], chart: _Chart) -> dict[str, Any]:
    """Return what shows a chart: its columns are bars where there is one row, lines where there are more."""
    series = chart.series
    unit = {name: text for name, text in (("before", chart.before), ("after", chart.after)) if text}
    if len(labels) == 1 and len(series) > 1:  # a line takes two values
        data = [{"label": name, "value": values[0]} for name, values in series]
        return {"kind": "bars", "title": labels[0], "data": data, **unit}
    if len(series) == 1 and len(labels) <= _MOST_BARS:
        ((title, values),) = series
        data = [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]
        return {"kind": "bars", "title": title, "data": data, **unit}
    lines = [{"name": name, "values": values} for name, values in series]
    return {"kind": "lines", "labels": list(labels), "series": lines, **unit}


def _number(cell: str) -> float | None:
    """Return the number in a cell.

    >>> [_number(cell) for cell in ("$1,200.50", "12,5 mm", "1 200", "5 to 9")]
    [1200.5, 12.5, 1200.0, None]
    """
    found = _NUMBER.search(cell)
    if found is None:
        return None
    before, after = cell[: found.start()], cell[found.end() :]
    if len(before) > _UNIT_BEFORE or len(after) > _UNIT_AFTER or any(letter.isdecimal() for letter in after):
        return None
    bare = re.sub(r"[ \u00a0\u202f]", "", found[0]).replace("\u2212", "-")
    bare = bare if _THOUSANDS.fullmatch(bare) or bare.count(",") != 1 else bare.replace(",", ".")
    return float(bare.replace(",", ""))


def _unit(cells: Sequence[str]) -> tuple[str, str] | None:
    """Return what stands before and after all numbers of a column; None where that differs, or one is no number."""
    if any(_number(cell) is None for cell in cells):
        return None
    sides = [(cell[: one.start()], cell[one.end() :]) for cell in cells if (one := _NUMBER.search(cell))]
    alike = len({(before.strip(), after.strip()) for before, after in sides}) == 1
    return sides[0] if alike else None
