"""Lines over axes, as a drawing (SVG) for a page; its colours are named in page.css.

lines --axes--> where values stand --draw--> SVG
"""

import html
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from frameloom.core.errors import MediaError

Kind = Literal["model", "baseline", "floor"]
"""What a row or line stands for: ours, a trivial rival, or the best that anything can do."""

_WIDTH, _HEIGHT = 720, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 708, 26, 260
"""Edges of the field between the axes, in the drawing's units, y downwards."""
_MAX_POINTS = 600
_MAX_DOTS = 60
"""A line of more points has none that tells its value."""
_COLOURS = 6
"""Named --line-1 to --line-6 in page.css."""


@dataclass(frozen=True)
class Line:
    """A line of a curve; where y is not finite, it has a gap."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    kind: Kind = "model"
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    """Bounds of a band around the line."""


def plot(
    title: str, lines: Sequence[Line], *, x_label: str, y_label: str, logarithmic: bool = False
) -> tuple[str, str]:
    """Return the legend and the drawing; of a line of more than 600 points, 600 are drawn.

    Raises:
        MediaError: nothing finite to draw, or lengths that differ.
    """
    for line in lines:
        if len(line.x) != len(line.y) or {len(line.low), len(line.high)} not in ({0}, {len(line.y)}):
            raise MediaError(f"curve {title!r}: line {line.name!r} has x, y and band of different lengths")
    thin = [_thinned(line) for line in lines]
    axes = _axes(title, thin, logarithmic)
    styles = _styles(thin)
    legend = "".join(_legend_entry(line, style) for line, style in zip(thin, styles, strict=True))
    parts = [
        axes.drawing(x_label, y_label),
        *(_draw(line, axes, style) for line, style in zip(thin, styles, strict=True)),
    ]
    label = html.escape(f"{title}: {y_label} over {x_label}", quote=True)
    drawing = f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{"".join(parts)}</svg>'
    return f'<ul class="legend">{legend}</ul>', drawing


@dataclass(frozen=True)
class _Axes:
    """Where values stand in the drawing."""

    x_ticks: Sequence[float]
    y_ticks: Sequence[float]
    x_range: tuple[float, float]
    logarithmic: bool

    def holds(self, x: float, y: float) -> bool:
        """Return whether a point can be drawn."""
        return math.isfinite(x) and math.isfinite(y) and (y > 0 or not self.logarithmic)

    def across(self, x: float) -> float:
        """Return the horizontal place of a value."""
        low, high = self.x_range
        return _LEFT + (x - low) / (high - low) * (_RIGHT - _LEFT)

    def down(self, y: float) -> float:
        """Return the vertical place of a value; one beyond the axis stands at its end."""
        low, high, at = self.y_ticks[0], self.y_ticks[-1], min(max(y, self.y_ticks[0]), self.y_ticks[-1])
        if self.logarithmic:
            low, high, at = math.log10(low), math.log10(high), math.log10(at)
        return _BOTTOM - (at - low) / (high - low) * (_BOTTOM - _TOP)

    def runs(self, line: Line) -> list[list[int]]:
        """Return the stretches of a line between its gaps, as places in it."""
        kept = [i for i, (x, y) in enumerate(zip(line.x, line.y, strict=True)) if self.holds(x, y)]
        runs = [kept[:1]] if kept else []
        for before, after in pairwise(kept):
            if after == before + 1:
                runs[-1].append(after)
            else:
                runs.append([after])
        return runs

    def drawing(self, x_label: str, y_label: str) -> str:
        """Return axes, grid, numbers and labels."""
        parts = [f'<line class="axis" x1="{_LEFT}" x2="{_RIGHT}" y1="{_BOTTOM}" y2="{_BOTTOM}"/>']
        for y in self.y_ticks:
            at = f"{self.down(y):.1f}"
            parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{at}" y2="{at}"/>')
            parts.append(f'<text x="{_LEFT - 8}" y="{at}" dy="4" text-anchor="end">{number_text(y)}</text>')
        for x in self.x_ticks:
            if self.x_range[0] <= x <= self.x_range[1]:
                at = f"{self.across(x):.1f}"
                parts.append(f'<line class="axis" x1="{at}" x2="{at}" y1="{_BOTTOM}" y2="{_BOTTOM + 4}"/>')
                parts.append(f'<text x="{at}" y="{_BOTTOM + 18}" text-anchor="middle">{number_text(x)}</text>')
        parts.append(f'<text x="4" y="12">{html.escape(y_label)}</text>')
        parts.append(f'<text x="{_RIGHT}" y="{_HEIGHT - 4}" text-anchor="end">{html.escape(x_label)}</text>')
        return "".join(parts)


def _axes(title: str, lines: Sequence[Line], logarithmic: bool) -> _Axes:
    """Return axes that hold every finite point and band.

    Raises:
        MediaError: there is none.
    """
    everything = _Axes((), (), (0, 0), logarithmic)
    points = [(x, y) for line in lines for x, y in zip(line.x, line.y, strict=True) if everything.holds(x, y)]
    if not points:
        raise MediaError(f"curve {title!r}: nothing finite to draw{' above zero' if logarithmic else ''}")
    bands = [y for line in lines for y in (*line.low, *line.high) if everything.holds(0, y)]
    across, heights = [x for x, _ in points], [y for _, y in points] + bands
    x_ticks = ticks(min(across), max(across))
    y_ticks = log_ticks(min(heights), max(heights)) if logarithmic else ticks(min(heights), max(heights))
    x_range = (min(across), max(across)) if min(across) < max(across) else (x_ticks[0], x_ticks[-1])
    return _Axes(x_ticks, y_ticks, x_range, logarithmic)


def _draw(line: Line, axes: _Axes, style: str) -> str:
    """Return a line with its band, and where its points are few, their values for the pointer."""
    parts = []
    for run in axes.runs(line):
        places = [(axes.across(line.x[i]), axes.down(line.y[i])) for i in run]
        if line.low:
            upper = [(axes.across(line.x[i]), axes.down(line.high[i])) for i in run]
            lower = [(axes.across(line.x[i]), axes.down(line.low[i])) for i in reversed(run)]
            parts.append(f'<polygon class="band" points="{_points(upper + lower)}" style="{style}"/>')
        if len(run) == 1:
            x, y = places[0]
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" style="{style}"/>')
        parts.append(f'<polyline class="line" points="{_points(places)}" style="{style}"/>')
        for i, (x, y) in zip(run if len(line.x) <= _MAX_DOTS else (), places, strict=False):
            text = html.escape(f"{line.name}: {number_text(line.y[i])} at {number_text(line.x[i])}")
            parts.append(
                f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="5" style="{style}"><title>{text}</title></circle>'
            )
    return "".join(parts)


def _legend_entry(line: Line, style: str) -> str:
    swatch = f'<line class="line" x1="1" x2="21" y1="4" y2="4" style="{style}"/>'
    return f'<li><svg viewBox="0 0 22 8">{swatch}</svg>{inline(line.name)}</li>'


def _styles(lines: Sequence[Line]) -> list[str]:
    """Return the colour and dashes of each line; baselines share a grey and differ in their dashes."""
    styles: list[str] = []
    models = baselines = 0
    for line in lines:
        colour, dashes = "var(--floor)", "none"
        if line.kind == "model":
            colour = f"var(--line-{models % _COLOURS + 1})"
            models += 1
        elif line.kind == "baseline":
            colour, dashes = "var(--faint)", ("6 4", "2 4", "10 3 2 3")[baselines % 3]
            baselines += 1
        styles.append(f"--colour:{colour};stroke-dasharray:{dashes}")
    return styles


def _thinned(line: Line) -> Line:
    """Return a line of at most 600 points, the first and the last among them."""
    if len(line.x) <= _MAX_POINTS:
        return line
    kept = np.linspace(0, len(line.x) - 1, _MAX_POINTS).round().astype(int)
    low, high = ([values[i] for i in kept] if values else () for values in (line.low, line.high))
    return Line(line.name, [line.x[i] for i in kept], [line.y[i] for i in kept], line.kind, low, high)


def _points(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def ticks(low: float, high: float) -> list[float]:
    """Return about five round numbers that hold an interval between them.

    >>> ticks(3, 97)
    [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
    """
    if high <= low:
        margin = abs(low) / 2 or 0.5
        low, high = low - margin, high + margin
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{index * step:.10g}") for index in range(first, last + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Return powers of ten that hold an interval between them; with 2 and 5 times each where they are few.

    >>> log_ticks(3, 40)
    [2.0, 5.0, 10.0, 20.0, 50.0]
    """
    first, last = math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1  # one more: logarithms round
    factors = (1, 2, 5) if high / low < 1000 else (1,)
    every = [float(f"{factor}e{power}") for power in range(first, last + 1) for factor in factors]
    start = max(index for index, tick in enumerate(every) if tick <= low)
    end = min(index for index, tick in enumerate(every) if tick >= high)
    return every[start : max(end, start + 1) + 1]


def number_text(value: float) -> str:
    """Return a number as short as a person would write it.

    >>> number_text(12000.0), number_text(0.25), number_text(2e-5), number_text(1_200_000)
    ('12,000', '0.25', '2e-5', '1.2M')
    """
    if value and (abs(value) >= 1e9 or abs(value) < 1e-3):
        mantissa, exponent = f"{value:.2e}".split("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    elif abs(value) >= 1e6:
        text = f"{value / 1e6:.2f}".rstrip("0").rstrip(".") + "M"
    else:
        text = f"{value:,.4f}" if abs(value) < 1 else f"{value:,.2f}"
        text = text.rstrip("0").rstrip(".")
    return "\N{MINUS SIGN}" + text[1:] if text.startswith("-") else text


def inline(text: str) -> str:
    """Return text made safe, with what stands between backticks as code.

    >>> inline("a < `b`")
    'a &lt; <code>b</code>'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
