"""Curves of a run: log.jsonl always, TensorBoard where it is installed.

Source of the file format: https://jsonlines.org, one JSON object a line.
"""

import importlib.util
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from frameloom.core.files import whole_file
from frameloom.training.fit import Report

LOG_NAME = "log.jsonl"


class Curves:
    """Writes reports to log.jsonl and to TensorBoard."""

    def __init__(self, log: TextIO, board: Any | None) -> None:
        self.log = log
        self.board = board

    def write(self, report: Report) -> None:
        """Keep a report that has values; let others pass."""
        if not report.record:
            return
        self.log.write(json.dumps(dict(report.record)) + "\n")
        self.log.flush()
        if self.board is not None:
            for name, value in {**report.values, "clips_per_s": report.clips_per_s, "rate": report.rate}.items():
                self.board.add_scalar(name, value, report.step)


@contextmanager
def open_curves(folder: Path, step: int, tensorboard: bool) -> Iterator[Curves]:
    """Yield where the curves of a run are kept; lines after this step, left by a run that was killed, are dropped."""
    path = folder / LOG_NAME
    kept = [line for line in _lines(path) if _step_of(line) <= step]
    with whole_file(path) as part:
        part.write_text("".join(kept), encoding="utf-8")
    board = None
    if tensorboard and importlib.util.find_spec("tensorboard") is not None:
        from torch.utils.tensorboard import SummaryWriter  # slow to import, and only here if installed

        board = SummaryWriter(str(folder / "tensorboard"), purge_step=step + 1)
    with path.open("a", encoding="utf-8") as log:
        try:
            yield Curves(log, board)
        finally:
            if board is not None:
                board.close()


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else []


def _step_of(line: str) -> float:
    """Return the step of a line; a half-written line counts as after the end."""
    try:
        return int(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return float("inf")
