"""What every benchmark does alike: repeat, print a table, and write JSON that says on what it was measured.

    times --> Row (median, spread) --+--> table on the terminal
                             Bar ----+--> benchmarks/results/NAME.json

QUICK=1 gives the same rows in under a minute; FULL=1 the ones that go into cards and README. Where a benchmark has
parts, PARTS names some of them, with commas between: that is a trial, whose result goes to out/.
"""

import importlib.metadata
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from rich.console import Console
from rich.table import Table

from frameloom.core.files import whole_file
from frameloom.core.provenance import commit, version

RESULTS = Path(__file__).parent / "results"
TRIALS = Path(__file__).parents[1] / "out"
PACKAGES = ("torch", "numpy", "av", "pillow", "opencv-python-headless", "imageio-ffmpeg")


@dataclass(frozen=True)
class Row:
    """One measured thing: the median of its values, and how far nine tenths of them spread."""

    name: str
    unit: str
    median: float
    low: float
    high: float
    values: int
    note: str = ""


@dataclass(frozen=True)
class Bar:
    """What was promised, and what came of it."""

    name: str
    value: float
    unit: str
    bar: str
    met: bool


Part = Callable[[Path], tuple[list[Row], list[Bar]]]
"""Measures one thing; gets a folder of its own, which is gone afterwards."""


def at_least(name: str, value: float, unit: str, bar: float) -> Bar:
    """Return a bar that is met from a value up."""
    return Bar(name, round(value, 2), unit, f">= {bar:g}", value >= bar)


def at_most(name: str, value: float, unit: str, bar: float) -> Bar:
    """Return a bar that is met from a value down."""
    return Bar(name, round(value, 3), unit, f"<= {bar:g}", value <= bar)


def amount(quick: float, usual: float, full: float) -> float:
    """Return how much to measure, as QUICK and FULL ask."""
    return quick if os.environ.get("QUICK") == "1" else full if os.environ.get("FULL") == "1" else usual


def seconds_of(call: Callable[[], object], budget_s: float, least: int = 3) -> list[float]:
    """Return how long a call takes, again and again until the budget is used; the first call does not count."""
    call()
    times: list[float] = []
    end = time.perf_counter() + budget_s
    while len(times) < least or time.perf_counter() < end:
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return times


def row(name: str, unit: str, values: Sequence[float], note: str = "") -> Row:
    """Return the row of some values."""
    ranked = sorted(values)
    low, high = (ranked[round(share * (len(ranked) - 1))] for share in (0.05, 0.95))
    return Row(name, unit, statistics.median(ranked), low, high, len(ranked), note)


def measure(name: str, parts: Mapping[str, Part], *, trial: bool = False) -> Path:
    """Run the parts that PARTS names, or all of them, print and write; return where."""
    asked = os.environ.get("PARTS", "").replace(",", " ").split()
    if unknown := set(asked) - set(parts):
        raise SystemExit(f"PARTS: {', '.join(sorted(unknown))} unknown; known: {', '.join(parts)}")
    rows: list[Row] = []
    bars: list[Bar] = []
    for part in asked or parts:
        with TemporaryDirectory(prefix="frameloom-bench-") as folder:
            new_rows, new_bars = parts[part](Path(folder))
        rows += new_rows
        bars += new_bars
    is_trial = trial or bool(asked)
    path = record(name, rows, bars, TRIALS if is_trial else RESULTS)
    print(f"wrote {path}{' (a trial)' if is_trial else ''}")
    return path


def record(name: str, rows: Sequence[Row], bars: Sequence[Bar], folder: Path = RESULTS) -> Path:
    """Print the table and write it, with machine and versions, to NAME.json in a folder; return where."""
    table = Table(title=name)
    for column in ("", "median", "5 %", "95 %", "unit", "note"):
        table.add_column(column, justify="left" if column in ("", "unit", "note") else "right")
    for line in rows:
        table.add_row(
            line.name, *(f"{value:.4g}" for value in (line.median, line.low, line.high)), line.unit, line.note
        )
    console = Console(width=max(Console().width, 120))
    console.print(table)
    for bar in bars:
        console.print(f"{'met    ' if bar.met else 'NOT MET'} {bar.name}: {bar.value:g} {bar.unit} (bar: {bar.bar})")
    result = {
        "name": name,
        "commit": commit(),
        "frameloom": version(),
        "mode": "quick" if os.environ.get("QUICK") == "1" else "full" if os.environ.get("FULL") == "1" else "usual",
        "machine": machine(),
        "versions": {package: importlib.metadata.version(package) for package in PACKAGES},
        "rows": [asdict(line) for line in rows],
        "bars": [asdict(bar) for bar in bars],
    }
    path = folder / f"{name}.json"
    with whole_file(path) as part:
        part.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return path


def machine() -> dict[str, str | int]:
    """Return what the figures were measured on."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count() or 1,
        "threads": torch.get_num_threads(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else "none",
    }
