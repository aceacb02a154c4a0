"""What long and interrupted summaries show: memory that does not grow, and results that a kill does not change.

    N and 2 N minutes of one film --> peak memory of each, first and second look
    run --SIGKILL at a random moment--> the same command again --> the same bytes, and no minute looked at twice?

All run the command as a person would.
"""

import random
import sys
import time
from pathlib import Path

from _cost import cost
from _enhancing import ffmpeg
from _lasting import killed
from _record import Bar, Row, amount, at_least, at_most, row
from frameloom.evaluation.planted import write_planted

MINUTES = int(amount(2, 20, 60))
"""Of the shorter of two films."""
GROWTH = 1.1
KILLS = int(amount(2, 6, 20))
KILLED_MINUTES = 4
_LOOP_S = 120
SEED = 100


def memory(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return the peak memory of a look at a film and at one twice as long, 160x90 at two pictures a second."""
    rows = []
    peaks: dict[str, list[float]] = {}
    for minutes in (MINUTES, 2 * MINUTES):
        film = long_film(place, minutes)
        command = words(film, place / "none.mp4", place / "memory", "--plan")
        for look in ("first", "second"):
            taken = cost(command)
            peaks.setdefault(look, []).append(taken.peak_mib)
            note = f"{taken.cpu_s:.0f} s of CPU"
            rows.append(row(f"{look} look at {minutes} min, peak memory", "MiB", [taken.peak_mib], note))
        film.unlink()
    bars = [
        at_most(f"memory of the {look} look at {2 * MINUTES} min against {MINUTES} min", long / short, "x", GROWTH)
        for look, (short, long) in peaks.items()
    ]
    return rows, bars


def kills(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return whether runs that were killed at random moments of looking and rendering end with the same bytes.

    The result is 20 macroblocks wide, on purpose: there x264's macroblock tree would give other bytes from run to run.
    """
    film = long_film(place, KILLED_MINUTES)
    whole = place / "whole.mp4"
    taken = cost(words(film, whole, place / "whole-cache"))
    dice = random.Random(0)
    kept: list[float] = []
    again: list[float] = []
    same = anew = left = 0
    for number in range(KILLS):
        folder, cache = place / f"kill{number}", place / f"kill{number}-cache"
        folder.mkdir()
        out = folder / whole.name
        moment = taken.wall_s * (number + dice.random()) / KILLS
        while not killed(words(film, out, cache), moment):
            out.unlink()
            moment *= 0.9
        pieces = {path: path.stat().st_mtime_ns for path in cache.glob("*/[0-9]*.npz")}
        kept.append(len(pieces))
        began = time.perf_counter()
        cost(words(film, out, cache))
        again.append(time.perf_counter() - began)
        anew += sum(path.stat().st_mtime_ns != when for path, when in pieces.items())
        same += out.read_bytes() == whole.read_bytes()
        left += sum(path != out for path in folder.iterdir()) + sum(1 for _ in cache.rglob("*.part*"))
    rows = [
        row("kills: a run that is not killed", "s", [taken.wall_s], f"{KILLED_MINUTES} min, process start included"),
        row("kills: the run after a kill", "s", again),
        row("kills: minutes of the look that were kept", "minutes", kept, f"of {KILLED_MINUTES}"),
        row("kills: results that are the same, byte for byte", "results", [same], f"of {KILLS}"),
        row("kills: files left beside results and in the cache", "files", [left], "of what was killed while it wrote"),
    ]
    bars = [
        at_least(f"the same bytes after each of {KILLS} kills of summarise", same, "results", KILLS),
        at_most("minutes that were looked at again after a kill", anew, "minutes", 0),
    ]
    return rows, bars


def words(film: Path, out: Path, cache: Path, *more: object) -> list[object]:
    """Return the command that condenses a film to a minute and a half."""
    asked: list[object] = ["--length", "90s", "--width", 320, "--cache", cache, "--set", "video.speed=draft"]
    return [sys.executable, "-m", "frameloom", "summarise", film, "-o", out, *asked, *more]


def long_film(place: Path, minutes: int) -> Path:
    """Write a film of so many minutes: two of them encoded, the rest their copies."""
    loop, film = place / "loop.mp4", place / f"film-{minutes}.mp4"
    if not loop.exists():
        planted = place / "planted.mp4"
        write_planted(planted, SEED, _LOOP_S)
        small = ["-vf", "fps=2,scale=160:90", "-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac"]
        ffmpeg(["-i", planted, *small, loop])
        planted.unlink()
    ffmpeg(["-stream_loop", minutes * 60 // _LOOP_S - 1, "-i", loop, "-c", "copy", film])
    return film
