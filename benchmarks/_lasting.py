"""What long and interrupted enhancements show: memory that does not grow, and results that a kill does not change.

    N and 2 N seconds of one film --> peak memory of each --> slope
    run --SIGKILL at a random moment--> the same command again --> the same bytes?

Both run the command as a person would.
"""

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from _cost import Cost, cost
from _enhancing import ffmpeg, films, network
from _record import Bar, Row, amount, at_least, at_most, row

SECONDS = int(amount(3, 20, 60))
REPEATS = int(amount(1, 2, 3))
KILLS = int(amount(2, 10, 10))
KILLED_S = 70
"""Seconds of the film in which is killed: four pieces."""
GROWTH = 1.1


def memory(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return the peak memory of a film and of one half as long again, 540p to 1080p.

    Both are longer than a piece, at whose beginning some pictures before it are decoded.
    """
    model = network("tiny", 2) or network("small", 2)
    if model is None or not films():
        return [], []
    found: dict[int, list[Cost]] = {}
    for seconds in (2 * SECONDS, 3 * SECONDS):
        clip = repeated(place / f"memory-{seconds}.mp4", seconds, "scale=960:540,fps=20")
        command = words(clip, place / f"memory-{seconds}-out.mp4", model)
        found[seconds] = [cost(command) for _ in range(REPEATS)]
    rows = [
        row(f"memory: {seconds} s to 1080p, peak", "MiB", [each.peak_mib for each in costs], f"{model.parent.name}")
        for seconds, costs in found.items()
    ]
    short, long = (statistics.median(each.peak_mib for each in costs) for costs in found.values())
    slope = 60 * (long - short) / SECONDS
    rows.append(row("memory: slope", "MiB/min", [slope], "of a film; short films tell little" if SECONDS < 20 else ""))
    return rows, [at_most(f"memory of {3 * SECONDS} s to 1080p against {2 * SECONDS} s", long / short, "x", GROWTH)]


def kills(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return what is left of runs that were killed at random moments, and whether their results are the same.

    The result is 20 macroblocks wide, on purpose: there x264's macroblock tree would give other bytes from run to run.
    """
    model = network("tiny", 2) or network("small", 2)
    if model is None or not films():
        return [], []
    clip = repeated(place / "killed.mp4", KILLED_S, "scale=160:90,fps=10")
    whole = place / "whole.mp4"
    taken = cost(words(clip, whole, model))
    dice = random.Random(0)
    kept: list[float] = []
    again: list[float] = []
    same = left = 0
    for number in range(KILLS):
        folder = place / f"kill{number}"
        folder.mkdir()
        out = folder / whole.name
        moment = taken.wall_s * (number + dice.random()) / KILLS
        while not killed(words(clip, out, model), moment):
            out.unlink()
            moment *= 0.9
        kept.append(len(list(folder.glob(f".{out.name}.work/[0-9]*{out.suffix}"))))
        began = time.perf_counter()
        cost(words(clip, out, model))
        again.append(time.perf_counter() - began)
        same += out.read_bytes() == whole.read_bytes()
        left += sum(path != out for path in folder.iterdir())
    note = f"{KILLED_S} s, process start included"
    rows = [
        row("kills: a run that is not killed", "s", [taken.wall_s], note),
        row("kills: the run after a kill", "s", again, note),
        row("kills: pieces that were kept", "pieces", kept, "of 4"),
        row("kills: results that are the same, byte for byte", "results", [same], f"of {KILLS}"),
        row("kills: files left beside the results", "files", [left], "of what was killed while it wrote"),
    ]
    bars = [
        at_least(f"the same bytes after each of {KILLS} kills", same, "results", KILLS),
        at_most("files left beside the results", left, "files", 0),
    ]
    return rows, bars


def killed(command: Sequence[object], moment_s: float) -> bool:
    """Start a command and kill it after a time; return False if it had ended by then."""
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(moment_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def words(clip: Path, out: Path, model: Path) -> list[object]:
    """Return the command that makes a clip twice as large."""
    return [sys.executable, "-m", "frameloom", "enhance", clip, "-o", out, "--scale", 2, "--model", model]


def repeated(path: Path, seconds: int, filters: str) -> Path:
    """Write a film that shows a real one again and again, with a tone."""
    tone = f"sine=frequency=440:duration={seconds}"
    given: list[object] = ["-stream_loop", -1, "-i", films()[-1], "-f", "lavfi", "-i", tone, "-t", seconds]
    ffmpeg([*given, "-map", "0:v:0", "-map", "1:a", "-vf", f"{filters},format=yuv420p", "-preset", "veryfast", path])
    return path
