"""How well pictures between pictures are made: every second picture of held-out video, from its neighbours.

    video, at most 640 px --0, 2, 4, ...--> net, flow, flow alone, mean, nearest, ffmpeg --> 1, 3, ... against truth

Luma is compared, by PSNR and SSIM; pairs across a cut, and pictures shown twice, are left out for all. Time is that of
the CPU, all threads together: of ffmpeg without what it takes to carry the pictures, which is measured beside it.
python -m frameloom.evaluation.interpolating --data FOLDER prints it.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from frameloom.core.errors import DataError, ModelError
from frameloom.data.clips import VIDEO_SUFFIXES
from frameloom.evaluation.tally import Estimate, Tally
from frameloom.media import ffmpeg
from frameloom.media.changes import Change, Watch
from frameloom.media.files.source import read_pictures
from frameloom.media.flow import between, flows_between
from frameloom.media.image import Effort, bend_planes, eight_bit, flow, mix, resize_planes
from frameloom.media.planes import Planes
from frameloom.metrics.pixel import psnr, ssim
from frameloom.models.interpolator import Interpolator
from frameloom.models.store import load_model

WIDEST_PX = 640
"""Of pictures that are compared."""
MINTERPOLATE = "minterpolate=fps=2:mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1:scd=none"
"""ffmpeg's motion-compensated filter at its best setting; it need not look for cuts, across which nothing is asked."""

Halfway = Callable[[Planes, Planes], Planes]
"""Makes the picture half-way between two."""


@dataclass(frozen=True)
class Film:
    """Pictures of a video in order, 8 bits, and which of the odd ones are asked for."""

    name: str
    pictures: Sequence[Planes]
    asked: tuple[int, ...]


@dataclass(frozen=True)
class Outcome:
    """What one way made of a film."""

    values: list[tuple[float, float]]
    """PSNR in dB and SSIM of each picture asked for."""
    cpu_s: float


@dataclass(frozen=True)
class InterpolationScore:
    """How one way of making pictures did."""

    name: str
    psnr: Estimate
    """dB of luma."""
    ssim: Estimate
    ahead_db: Estimate
    """By how much the first of the ways is better, picture by picture."""
    cpu_ms: float
    """For a picture."""


def films_in(folder: Path, most: int = 121) -> Iterator[Film]:
    """Yield the first pictures of each video in a folder, at any depth, and which can be asked for.

    Raises:
        DataError: there is no video.
        MediaError: one cannot be read.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in VIDEO_SUFFIXES)
    if not paths:
        raise DataError(f"{folder}: no video; give a folder with some that no model was trained on")
    for path in paths:
        pictures = [_fitted(picture.planes) for picture in islice(read_pictures(path), most)]
        yield film_of(path.relative_to(folder).as_posix(), pictures)


def film_of(name: str, pictures: Sequence[Planes]) -> Film:
    """Return pictures with the numbers of the odd ones that lie within a shot and move."""
    watch = Watch()
    moves = [watch.see(picture.y) is Change.MOVES for picture in pictures]
    odd = range(1, len(pictures) - 1, 2)
    return Film(name, pictures, tuple(number for number in odd if moves[number] and moves[number + 1]))


def interpolation_scores(films: Sequence[Film], ways: Mapping[str, Halfway]) -> list[InterpolationScore]:
    """Return how each way does on the same pictures, and ffmpeg's minterpolate last.

    Raises:
        DataError: fewer than two pictures are asked for.
    """
    return scores_of([outcomes(film, ways) for film in films])


def outcomes(film: Film, ways: Mapping[str, Halfway]) -> dict[str, Outcome]:
    """Return what each way makes of a film, measured, and ffmpeg's minterpolate last."""
    found = {}
    for name, way in ways.items():
        began = time.process_time()
        made = [way(film.pictures[number - 1], film.pictures[number + 1]).y for number in film.asked]
        taken_s = time.process_time() - began
        found[name] = Outcome(list(_measured(made, film)), taken_s)
    theirs, taken_s = minterpolated(film)
    pairs = max((len(film.pictures) - 1) // 2, 1)  # it makes them all
    found["minterpolate"] = Outcome(list(_measured(theirs, film)), taken_s * len(film.asked) / pairs)
    return found


def scores_of(parts: Sequence[Mapping[str, Outcome]]) -> list[InterpolationScore]:
    """Return how each way did on several films.

    Raises:
        DataError: fewer than two pictures were asked for.
    """
    whole = {
        name: Outcome([value for part in parts for value in part[name].values], sum(part[name].cpu_s for part in parts))
        for name in parts[0]
    }
    leader = next(iter(whole.values()))
    return [_score(name, outcome, leader) for name, outcome in whole.items()]


def ways(model: Interpolator | None, effort: Effort = "medium") -> dict[str, Halfway]:
    """Return the ways by name: the net first, where there is one, then what it should beat."""
    known: dict[str, Halfway] = {
        "flow": lambda first, second: between(first, second, flows_between(first.y, second.y, effort), 0.5),
        "flow alone": lambda first, second: flow_alone(first, second, effort),
        "mean": _mean,
        "nearest": lambda first, second: first,
    }
    if model is None:
        return known
    net = model
    return {
        "net": lambda first, second: net.between(first, second, flows_between(first.y, second.y, effort), 0.5),
        **known,
    }


def flow_alone(first: Planes, second: Planes, effort: Effort = "medium") -> Planes:
    """Return the mean of both pictures, each moved half-way by its own flow as if that stood at the place moved to."""
    moved = []
    for one, other in ((first, second), (second, first)):
        steps = flow(eight_bit(one.y), eight_bit(other.y), effort) / 2
        x = np.arange(one.width, dtype=np.float32) - steps[..., 0]
        y = np.arange(one.height, dtype=np.float32)[:, None] - steps[..., 1]
        moved.append(bend_planes(one, x.astype(np.float32), y.astype(np.float32), "repeat"))
    return _mean(*moved)


def minterpolated(film: Film) -> tuple[list[NDArray[np.uint8]], float]:
    """Return the luma that ffmpeg's minterpolate gives where a film asks, and the CPU time of all it makes, in s.

    Raises:
        MediaError: it failed.
        MissingDependencyError: there is no binary that runs.
    """
    given = film.pictures[::2]
    height, width = given[0].y.shape
    size = height * width
    form = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width}x{height}", "-r", "1"]

    def through(filters: list[str]) -> tuple[bytes, float]:
        blocks = (
            plane.tobytes() for picture in [*given, given[-1]] for plane in (picture.y, picture.u, picture.v)
        )  # the filter leaves out what lies before the last one
        words = [
            "-threads",
            "1",
            *form,
            "-i",
            "pipe:0",
            *filters,
            "-fps_mode",
            "passthrough",
            "-f",
            "rawvideo",
            "pipe:1",
        ]
        before = _children_s()
        output = b"".join(ffmpeg.stream(words, blocks, piece_bytes=size, about=film.name))
        return output, _children_s() - before

    _, carrying_s = through([])
    output, taken_s = through(["-vf", MINTERPOLATE])
    frames = np.frombuffer(output, np.uint8).reshape(-1, size * 3 // 2)[:, :size].reshape(-1, height, width)
    return [frames[number] for number in film.asked], max(taken_s - carrying_s, 0.0)


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _fitted(picture: Planes) -> Planes:
    """Return a picture of at most WIDEST_PX, in 8 bits, in memory of its own."""
    if picture.width > WIDEST_PX:
        height = round(picture.height * WIDEST_PX / picture.width / 2) * 2
        picture = resize_planes(picture, WIDEST_PX, height, "area")
    return Planes(*(eight_bit(plane).copy() for plane in (picture.y, picture.u, picture.v)))


def _mean(first: Planes, second: Planes) -> Planes:
    return Planes(mix(first.y, second.y, 0.5), mix(first.u, second.u, 0.5), mix(first.v, second.v, 0.5))


def _measured(made: Sequence[NDArray[np.uint8] | NDArray[np.uint16]], film: Film) -> Iterator[tuple[float, float]]:
    """Yield PSNR in dB and SSIM of each luma that was made."""
    for luma, number in zip(made, film.asked, strict=True):
        pair = (luma, film.pictures[number].y)
        one, truth = (torch.tensor(plane, dtype=torch.float32)[None, None, None] / 255 for plane in pair)
        yield float(psnr(one, truth)), float(ssim(one, truth))


def _score(name: str, outcome: Outcome, leader: Outcome) -> InterpolationScore:
    own, best = (torch.tensor(one.values, dtype=torch.float64).view(-1, 2) for one in (outcome, leader))
    tally = Tally()
    tally.add({"psnr": own[:, :1], "ssim": own[:, 1:], "ahead_db": best[:, :1] - own[:, :1]})
    metrics = tally.method(name).metrics
    cpu_ms = 1000 * outcome.cpu_s / len(own)
    return InterpolationScore(name, metrics["psnr"], metrics["ssim"], metrics["ahead_db"], cpu_ms)


def main(words: list[str] | None = None) -> None:
    """Print how well each way does, on each video and on all.

    Raises:
        ModelError: the model is no interpolator.
        DataError: there is no video.
    """
    parser = argparse.ArgumentParser(description="How well pictures between pictures are made.")
    parser.add_argument("--data", type=Path, required=True, help="folder of videos that no model was trained on")
    parser.add_argument("--model", help="interpolator by name or folder; flow alone is scored without")
    parser.add_argument("--frames", type=int, default=121, help="pictures of each video")
    parser.add_argument(
        "--effort", choices=["ultrafast", "fast", "medium"], default="medium", help="how finely to look"
    )
    options = parser.parse_args(words)
    model = load_model(options.model) if options.model else None
    if model is not None and not isinstance(model, Interpolator):
        raise ModelError(f"{options.model}: makes no pictures between pictures; give an interpolator")
    chosen = ways(model, options.effort)
    parts = []
    for film in films_in(options.data, options.frames):
        parts.append(outcomes(film, chosen))
        _print(film.name, len(film.asked), parts[-1:])
    _print("all", sum(len(next(iter(part.values())).values) for part in parts), parts)


def _print(name: str, asked: int, parts: Sequence[Mapping[str, Outcome]]) -> None:
    sys.stdout.write(f"{name}: {asked} pictures\n")
    for score in scores_of(parts) if asked > 1 else []:
        sys.stdout.write(
            f"  {score.name:<14} {score.psnr!s:>14} dB   SSIM {score.ssim!s:<18} "
            f"behind by {score.ahead_db!s:<14} dB   {score.cpu_ms:6.1f} ms\n"
        )
    sys.stdout.flush()


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
