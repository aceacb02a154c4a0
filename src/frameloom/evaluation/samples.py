"""Judge clips that were made from nothing: can the digits be read, are all there, do they fly as they should?

    model --sample--> clips --+
    real clips A -------------+--> reader --> classes, places, features --> figures
    real clips B -------------+

There is no truth to compare a sample with, so every figure stands beside the same figure of real clips. Real clips A
(test split) are what is compared with, and set what passes for straight and for the right speed; real clips B (other
digits, other flights) are judged exactly as the samples are: no model needs to do better than B.

    motion law   between walls a digit flies straight at constant speed: runs of frames away from the walls, a robust
                 line (Theil & Sen) through the places read in each; its slope is the speed, its misfit the straightness

The Frechet distance here is of the reader's features of single digits: it tells about digits, not about motion, and it
is no FVD. The real FVD takes a network that cannot be shipped: `I3d` runs a TorchScript file of the user's own.
"""

import math
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from frameloom.core.config import Config
from frameloom.core.errors import DataError, ModelError
from frameloom.data.moving_mnist import CANVAS_PX, RANGE_PX
from frameloom.data.source import Source
from frameloom.evaluation.tally import Estimate, Tally
from frameloom.metrics.distribution import Moments, frechet_distance
from frameloom.metrics.pixel import sharpness
from frameloom.metrics.temporal import flicker, motion
from frameloom.models.base import Condition, Samples

CONFIDENCE = 0.9
"""A digit is recognised when the reader gives its class at least this probability."""
CLASS_SHARE = 0.02
"""A class is present when at least this share of the recognised digits is of it; an even share is .1."""
WALL_MARGIN_PX = 1.5
"""Frames nearer to a wall than this end a run: a digit turns round on the wall itself."""
RUN_FRAMES = 5
"""Shortest run to which a line is fitted."""
LEAST_RUNS = 20
EXAMPLES = 16


class Reading(Protocol):
    """What a reader tells of B clips with K digits."""

    @property
    def positions(self) -> Tensor:
        """Return the upper left corner of each digit as row and column in px, (B, T, K, 2)."""
        ...

    @property
    def class_logits(self) -> Tensor:
        """Return (B, K, classes)."""
        ...

    @property
    def features(self) -> Tensor:
        """Return what the digits look like, (B, K, F)."""
        ...


@runtime_checkable
class Reads(Protocol):
    """Reads which digits are in a clip, and where."""

    def read(self, video: Tensor) -> Reading:
        """Read clips, (B, T, 1, 64, 64) in [-1, 1]."""
        ...


class Figures(Config):
    """What one set of clips is like."""

    clips: int
    """Clips read."""
    recognised: Estimate
    """Share of digits that the reader names with a probability of at least .9."""
    classes: list[float]
    """Share of each class among the recognised."""
    classes_present: int
    """Classes with a share of at least .02."""
    balance: float
    """Entropy of the shares over that of equal shares: 1 is even."""
    asked_for: float | None
    """Share of digits that are of the class asked for (real clips: the true class); None if none was asked for."""
    runs: int
    """Runs of at least 5 frames away from the walls."""
    speed_px: float | None
    """Median speed of the runs in px per frame."""
    speed_low_px: float | None
    """Speed that 5 % of the runs stay below."""
    speed_high_px: float | None
    """Speed that 5 % of the runs exceed."""
    misfit_px: float | None
    """Median over runs of the mean distance between places and line."""
    straight: float | None
    """Share of runs with a misfit that 95 % of real runs stay below."""
    right_speed: float | None
    """Share of runs with a speed in the central 95 % of real runs."""
    motion: float
    """Mean absolute change from frame to frame, of brightness in [0, 1]."""
    flicker: float
    """Mean absolute second difference in time."""
    sharpness: float
    """Mean size of the brightness gradient per px."""


class SampleScores(Config):
    """How a model's samples compare with real clips."""

    model: str
    """Its name."""
    frames: int
    """Frames per clip."""
    seed: int
    """Fixes the samples."""
    generated: Figures
    """Of the samples."""
    real: Figures
    """Of real clips B, judged as the samples are."""
    frechet: float
    """Squared Frechet distance of the reader's features, samples against real clips A. It is not an FVD."""
    frechet_real: float
    """The same for real clips B against A: no model needs to be below."""
    fvd: float | None
    """Frechet video distance with the user's own I3D file, samples against A."""
    fvd_real: float | None
    """The same for B against A."""
    notes: list[str]
    """What a reader must know to read the figures right."""


@dataclass(frozen=True)
class Sampling:
    """How far the work is; the last one holds the result."""

    done: int
    clips: int
    doing: str
    scores: SampleScores | None = None
    examples: Tensor | None = None
    """First samples, (N, T, C, H, W) in [0, 1]."""
    real_examples: Tensor | None = None
    """First real clips, likewise."""
    record: Mapping[str, float | int | str] = field(default_factory=dict)

    @property
    def progress(self) -> float:
        """Return the share of the clips that is read."""
        return self.done / self.clips

    @property
    def text(self) -> str:
        """Return what is being read."""
        return f"{self.done}/{self.clips} clips, {self.doing}"


@dataclass(frozen=True)
class I3d:
    """The network of the real FVD, from a TorchScript file of the user's (i3d_torchscript.pt of StyleGAN-V).

    A TorchScript file is a program: it runs when it is loaded and used. Take it from a source that you trust.
    """

    network: Callable[..., Any]

    @classmethod
    def load(cls, path: Path, device: torch.device | str = "cpu") -> "I3d":
        """Return the network in a file.

        Raises:
            ModelError: the file is missing or no TorchScript.
        """
        if not path.is_file() or not zipfile.is_zipfile(path):
            raise ModelError(f"{path}: no TorchScript file; give the i3d_torchscript.pt of StyleGAN-V")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # the published file is TorchScript, newer or not
                return cls(torch.jit.load(str(path), map_location=device).eval())
        except RuntimeError as error:
            raise ModelError(f"{path}: no TorchScript file ({str(error).strip().splitlines()[0]})") from error

    def features(self, video: Tensor) -> Tensor:
        """Return features (B, F) of clips (B, T, C, H, W) in [-1, 1]; the file resizes and rescales by itself.

        Raises:
            ModelError: the network cannot be called as StyleGAN-V's.
        """
        colour = (video.clamp(-1, 1) + 1).mul(127.5).expand(-1, -1, 3, -1, -1).transpose(1, 2)
        try:
            features = self.network(colour, rescale=True, resize=True, return_features=True)
        except (RuntimeError, TypeError) as error:
            reason = str(error).strip().splitlines()[0]
            raise ModelError(f"the I3D file cannot be used as StyleGAN-V's i3d_torchscript.pt ({reason})") from error
        return torch.as_tensor(features).flatten(1)


class _Set:
    """What was read of one set of clips."""

    def __init__(self) -> None:
        self.clips = 0
        self.recognised = Tally()
        self.classes = torch.empty(0)
        self.asked: list[Tensor] = []
        self.lines: list[tuple[float, float]] = []
        self.looks = Tally()
        self.features, self.i3d_features = Moments(), Moments()
        self.examples: list[Tensor] = []

    def add(self, video: Tensor, reader: Reads, i3d: I3d | None, asked: Tensor | None) -> None:
        """Read a batch of clips in [-1, 1]; asked holds the classes (B, K) that they should show."""
        reading = reader.read(video)
        chances = reading.class_logits.float().softmax(dim=-1).cpu()
        sure, named = chances.max(dim=-1)
        known = sure >= CONFIDENCE
        self.recognised.add({"rate": known.float()})
        counts = torch.bincount(named[known], minlength=chances.shape[-1])
        self.classes = counts if not self.clips else self.classes + counts
        if asked is not None:
            self.asked.append(_agreement(named, asked.cpu(), chances.shape[-1]))
        self.lines.extend(lines(reading.positions.float().cpu()))
        frames = (video.clamp(-1, 1) + 1) / 2
        looks = {"motion": motion(frames), "flicker": flicker(frames), "sharpness": sharpness(frames).mean(dim=1)}
        self.looks.add({name: values[:, None] for name, values in looks.items()})
        self.features.add(reading.features.flatten(0, -2))
        if i3d is not None:
            self.i3d_features.add(i3d.features(video))
        if not self.examples:
            self.examples.append(frames[:EXAMPLES].cpu())
        self.clips += len(video)

    def figures(self, passes: "_Passes") -> Figures:
        """Return what the set is like, judged by what passes among real clips."""
        shares = self.classes / max(int(self.classes.sum()), 1)
        speeds, misfits = self.speeds(), self.misfits()
        return Figures(
            clips=self.clips,
            recognised=self.recognised.method("samples").metrics["rate"],
            classes=shares.tolist(),
            classes_present=int((shares >= CLASS_SHARE).sum()),
            balance=float(-torch.xlogy(shares, shares).sum()) / math.log(len(shares)),
            asked_for=float(torch.cat(self.asked).mean()) if self.asked else None,
            runs=len(self.lines),
            speed_px=_quantile(speeds, 0.5),
            speed_low_px=_quantile(speeds, 0.05),
            speed_high_px=_quantile(speeds, 0.95),
            misfit_px=_quantile(misfits, 0.5),
            straight=_share(misfits <= passes.misfit_px),
            right_speed=_share((speeds >= passes.speed_low_px) & (speeds <= passes.speed_high_px)),
            motion=self.looks.mean("motion"),
            flicker=self.looks.mean("flicker"),
            sharpness=self.looks.mean("sharpness"),
        )

    def speeds(self) -> Tensor:
        """Return the speed of each run in px per frame."""
        return torch.tensor([speed for speed, _ in self.lines])

    def misfits(self) -> Tensor:
        """Return the misfit of each run in px."""
        return torch.tensor([misfit for _, misfit in self.lines])


@dataclass(frozen=True)
class _Passes:
    """What passes for straight and for the right speed, from real clips A."""

    misfit_px: float
    speed_low_px: float
    speed_high_px: float

    @classmethod
    def measured(cls, real: _Set) -> "_Passes":
        speeds, misfits = real.speeds(), real.misfits()
        if len(speeds) < LEAST_RUNS:
            raise DataError(
                f"real clips gave {len(speeds)} runs away from the walls, {LEAST_RUNS} are needed; read more"
            )
        low, high = speeds.quantile(torch.tensor([0.025, 0.975])).tolist()
        return cls(float(misfits.quantile(0.95)), low, high)


def sample_scores(
    model: Samples, reader: Reads, reference: Source, other: Source, *, name: str = "model", clips: int = 500,
    batch: int = 50, seed: int = 0, i3d: I3d | None = None,
) -> SampleScores:  # fmt: skip
    """Return how the samples of a model compare with real clips; see sampling.

    Raises:
        DataError: real clips or samples cannot be read.
        ModelError: the I3D file cannot be used.
    """
    steps = sampling(model, reader, reference, other, name=name, clips=clips, batch=batch, seed=seed, i3d=i3d)
    return next(step.scores for step in steps if step.scores)


@torch.no_grad()
def sampling(
    model: Samples, reader: Reads, reference: Source, other: Source, *, name: str = "model", clips: int = 500,
    batch: int = 50, seed: int = 0, i3d: I3d | None = None,
) -> Iterator[Sampling]:  # fmt: skip
    """Yield the state of the work after each batch; the last one holds scores and examples.

    Args:
        model: makes clips on the device of the sources.
        reader: reads digits and places, on the same device.
        reference: real clips A, of as many frames as the model makes: the test split.
        other: real clips B, of other digits: the validation split.
        name: of the model, in the report.
        clips: how many of each of the three sets.
        batch: clips at once.
        seed: fixes the samples.
        i3d: network of the real FVD, if the user has one.

    Raises:
        DataError: real clips or samples cannot be read.
        ModelError: the I3D file cannot be used.
    """
    sets = {"real clips A": _Set(), "real clips B": _Set(), "samples": _Set()}
    done, total = 0, 3 * clips
    for doing, read in sets.items():
        source = other if doing == "real clips B" else reference
        generator = torch.Generator(source.batch(0, 1)["video"].device).manual_seed(seed)
        for index in range(math.ceil(clips / batch)):
            count = min(batch, clips - index * batch)
            real = {key: values[:count] for key, values in source.batch(index, batch).items() if key != "paths"}
            video, asked = real["video"], real.get("classes")
            if doing == "samples":
                condition = _condition(model, real, generator)
                video, asked = model.sample(count, condition=condition, generator=generator), condition.classes
            _check(video, real["video"], doing)
            read.add(video.float(), reader, i3d, asked)
            done += count
            yield Sampling(done, total, doing, record={"clips": done, "of": total, "doing": doing})
    reference_set, other_set, samples = sets.values()
    passes = _Passes.measured(reference_set)
    scores = SampleScores(
        model=name,
        frames=reference.shape[0],
        seed=seed,
        generated=samples.figures(passes),
        real=other_set.figures(passes),
        frechet=frechet_distance(samples.features, reference_set.features),
        frechet_real=frechet_distance(other_set.features, reference_set.features),
        fvd=frechet_distance(samples.i3d_features, reference_set.i3d_features) if i3d else None,
        fvd_real=frechet_distance(other_set.i3d_features, reference_set.i3d_features) if i3d else None,
        notes=list(_notes(clips, i3d is not None)),
    )
    yield Sampling(done, total, "done", scores, samples.examples[0], other_set.examples[0])


def lines(positions: Tensor) -> list[tuple[float, float]]:
    """Return speed in px per frame and misfit in px of each run of frames away from the walls.

    Args:
        positions: places read, (B, T, K, 2) in px.
    """
    inside = ((positions > WALL_MARGIN_PX) & (positions < RANGE_PX - WALL_MARGIN_PX)).all(dim=-1)
    tracks = positions.transpose(1, 2).flatten(0, 1)  # (B*K, T, 2)
    return [
        _line(track[first:last])
        for track, free in zip(tracks, inside.transpose(1, 2).flatten(0, 1).tolist(), strict=True)
        for first, last in _runs(free)
    ]


def _runs(free: list[bool]) -> Iterator[tuple[int, int]]:
    """Yield first and last + 1 of each long enough run of true."""
    first = 0
    for index, is_free in enumerate([*free, False]):
        if not is_free:
            if index - first >= RUN_FRAMES:
                yield first, index
            first = index + 1


def _line(places: Tensor) -> tuple[float, float]:
    """Return speed and mean misfit of the Theil-Sen line through places (T, 2), one per frame."""
    earlier, later = torch.triu_indices(len(places), len(places), offset=1)
    slopes = (places[later] - places[earlier]) / (later - earlier)[:, None]
    velocity = slopes.quantile(0.5, dim=0)
    rest = places - velocity * torch.arange(len(places))[:, None]
    misfit = (rest - rest.quantile(0.5, dim=0)).norm(dim=1).mean()
    return float(velocity.norm()), float(misfit)


def _agreement(named: Tensor, asked: Tensor, classes: int) -> Tensor:
    """Return for each clip the share of the digits asked for that were read, (B,), whatever their order."""
    counts = [torch.nn.functional.one_hot(labels.long(), classes).sum(dim=1) for labels in (named, asked)]
    return torch.minimum(*counts).sum(dim=1) / asked.shape[1]


def _condition(model: Samples, real: Mapping[str, Tensor], generator: torch.Generator) -> Condition:
    """Return what the model wants to be told: classes drawn evenly, first frames of real clips, or nothing."""
    config = getattr(model, "config", None)
    kind = getattr(config, "condition", "classes")
    video = real["video"]
    if kind == "first":
        return Condition(first=video[:, :1])
    classes = getattr(config, "classes", 0)
    if kind != "classes" or not classes:
        return Condition()
    shape = (len(video), getattr(config, "sprites", 2))
    return Condition(classes=torch.randint(classes, shape, generator=generator, device=video.device))


def _check(video: Tensor, real: Tensor, doing: str) -> None:
    """Refuse clips that the reader cannot read, or that do not compare."""
    if tuple(real.shape[2:]) != (1, CANVAS_PX, CANVAS_PX):
        raise DataError(f"the reader reads grey clips of {CANVAS_PX}x{CANVAS_PX} px, got {tuple(real.shape[2:])}")
    if video.shape != real.shape:
        raise DataError(f"{doing} are {tuple(video.shape)} where real clips are {tuple(real.shape)}; set data.frames")


def _quantile(values: Tensor, share: float) -> float | None:
    return float(values.quantile(share)) if len(values) else None


def _share(passed: Tensor) -> float | None:
    return float(passed.float().mean()) if len(passed) else None


def _notes(clips: int, has_i3d: bool) -> Iterator[str]:
    """Yield what a reader must know."""
    yield (
        "Real clips B (validation digits) are judged exactly as the samples are, against real clips A (test digits); "
        f"{clips} clips in each set. Straight: as 95 % of the runs of A. Right speed: as the central 95 % of A."
    )
    yield "The Frechet distance is of our digit reader's features of single digits. It is not an FVD."
    if has_i3d:
        yield f"FVD with the user's own I3D file, {clips} clips on each side, no video compression in between."
