"""What the parts of the enhancement benchmark share: films, networks that are there, and timed runs of `enhance`.

    DATA/footage --excerpt--> truth.mp4 (lossless) --degraded--> low.mp4 --enhanced--> seconds, out.mp4

Films and pictures of DATA are in no model's training. A network that is not there is said once and left out.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import imageio_ffmpeg

from _record import Row
from frameloom.evaluation.tally import Estimate
from frameloom.generation.networks import ONNX_NAME
from frameloom.generation.sessions import SHIPPED
from frameloom.media.files.source import probe

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("FRAMELOOM_DATA") or HERE.parent.parent / "shared" / "data")
FILMS = (
    "footage/free/chaplin.mp4",
    "footage/local/carphone_pristine.mp4",
    "footage/local/bikes.mp4",
    "footage/local/cockatoo.mp4",
)
TRIED = os.environ.get("MODELS")
"""A folder of model folders that come before the shipped ones; for trials."""
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
MOST_PX = 640
"""Widest a film is made."""
SIZES = ("tiny", "small", "perceptual", "quality")
TAGGED = "setparams=range=tv:color_primaries=smpte170m:color_trc=smpte170m:colorspace=smpte170m"
"""One colour space for all: what is measured is luma, and no tool shall lose by guessing another's matrix."""

_OURS = """
import json, sys, time
from frameloom.apps.enhance.config import EnhanceConfig
from frameloom.apps.enhance.enhance import enhance
settings, jobs = json.loads(sys.argv[1])
for source, out in jobs:
    began = time.perf_counter()
    frames = enhance(EnhanceConfig(input=source, out=out, **settings), "lines").written.frames
    print(frames / (time.perf_counter() - began), flush=True)
"""

Job = tuple[Path, Path]
"""What is enhanced, and the file that comes of it."""


@dataclass(frozen=True)
class Degraded:
    """A film as it was, and what is left of it."""

    truth: Path
    low: Path


@cache
def films() -> tuple[Path, ...]:
    """Return the films that are there."""
    return _there(FILMS)


@cache
def set5() -> tuple[Path, ...]:
    """Return the five pictures, if they are there."""
    return _there([f"set5/{name}.png" for name in ("baby", "bird", "butterfly", "head", "woman")])


def _there(names: Sequence[str]) -> tuple[Path, ...]:
    paths = [DATA / name for name in names]
    for path in paths:
        if not path.is_file():
            print(f"{path}: not there; left out (FRAMELOOM_DATA names the folder of data)")
    return tuple(path for path in paths if path.is_file())


@cache
def folder_of(name: str) -> Path | None:
    """Return the folder of a model that is shipped, or tried."""
    places = [SHIPPED, *([Path(TRIED)] if TRIED else [])]
    found = [place / name for place in reversed(places) if (place / name).is_dir()]
    return found[0].resolve() if found else None


@cache
def network(size: str, scale: int) -> Path | None:
    """Return the folder of an upscaler that is shipped, or tried; says so where there is none."""
    folder = folder_of(f"upscale-{size}-x{scale}")
    if folder is None or not (folder / ONNX_NAME).is_file():
        print(f"upscale-{size}-x{scale}: not shipped; its rows and bars are left out")
        return None
    return folder


def networks(scale: int) -> dict[str, Path]:
    """Return the upscalers that are there, by size."""
    found = {size: network(size, scale) for size in SIZES}
    return {size: path for size, path in found.items() if path is not None}


def ffmpeg(words: Sequence[object]) -> None:
    """Run ffmpeg.

    Raises:
        SystemExit: it failed.
    """
    told = [FFMPEG, "-v", "error", "-nostdin", *map(str, words), "-y"]
    said = subprocess.run(told, capture_output=True, text=True, check=False)
    if said.returncode:
        raise SystemExit(f"{' '.join(told)}: {said.stderr[-2000:]}")


def excerpt(film: Path, out: Path, frames: int, filters: str) -> Path:
    """Write some pictures of a film, from 1 s on, without loss."""
    video = f"{filters},format=yuv420p,{TAGGED}"
    words: list[object] = ["-ss", 1, "-i", film, "-map", "0:v:0", "-frames:v", frames, "-vf", video]
    ffmpeg([*words, "-c:v", "libx264", "-preset", "veryfast", "-qp", 0, out])
    return out


def degraded(film: Path, place: Path, frames: int, scale: int, crf: int, named: str = "") -> Degraded:
    """Write some pictures of a film, at most 640 px wide, and what is left of them once they are small and H.264."""
    info = probe(film)
    width = min(info.width, MOST_PX) // 8 * 8
    height = round(info.height * width / info.width / 8) * 8
    truth = place / f"{film.stem}{named}.mp4"
    if not truth.exists():
        excerpt(film, truth, frames, f"scale={width}:{height}:flags=area")
    low = place / f"{film.stem}{named}-{scale}.mp4"
    small = f"scale={width // scale}:{height // scale}:flags=bicubic"
    ffmpeg(["-i", truth, "-vf", f"{small},{TAGGED}", "-c:v", "libx264", "-preset", "medium", "-crf", crf, low])
    return Degraded(truth, low)


def enhanced(settings: Mapping[str, object], jobs: Sequence[Job]) -> list[float]:
    """Enhance films, one after the other in one process, and return the pictures per second of each.

    Decoding, the network and encoding count; the start of the process does not, nor two pictures to warm up.
    """
    return speeds(Path(sys.executable), _OURS, settings, jobs, {})


def speeds(
    python: Path, script: str, settings: Mapping[str, object], jobs: Sequence[Job], environment: Mapping[str, str]
) -> list[float]:
    """Return what a script, which is told settings and jobs, prints for each; it may use every core.

    Raises:
        SystemExit: it failed.
    """
    first, _ = jobs[0]
    warm = first.with_name(f"warm-{first.name}"), first.with_name("warmed.mp4")
    ffmpeg(["-i", first, "-frames:v", 2, "-c", "copy", warm[0]])
    given = json.dumps([settings, [warm, *jobs]], default=str)
    free = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    said = subprocess.run(
        [python, "-c", script, given], env={**free, **environment}, capture_output=True, text=True, check=False
    )
    if said.returncode:
        raise SystemExit(f"{python}: {said.stderr[-2000:]}")
    return [float(line) for line in said.stdout.split()][1:]


def mean_row(name: str, unit: str, estimate: Estimate, count: int) -> Row:
    """Return the row of a mean over pictures and its interval."""
    low, high = estimate.mean - estimate.ci95, estimate.mean + estimate.ci95
    return Row(name, unit, estimate.mean, low, high, count, f"mean of {count} pictures, its 95 % interval")
