"""Score a predictor under a protocol, beside what anybody can do and what nobody can beat.

    batch --> past  --> model, baselines --> predictions --+--> measure --> Tally --> Scores
          --> truth ---------------------------------------+

One pass over the clips; memory does not grow with their number. A stochastic model draws as many predictions
as the protocol says, and the best counts, chosen per clip and per metric, as SRVP does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from frameloom.core.config import Config
from frameloom.core.errors import DataError, ModelError
from frameloom.data.source import Source
from frameloom.evaluation.baselines import baselines
from frameloom.evaluation.floor import Floor, bayes_prediction, floor_fits, stored_floor
from frameloom.evaluation.protocol import HIGHER_IS_BETTER, Protocol
from frameloom.evaluation.tally import Method, Tally
from frameloom.models.base import Predicts

EXAMPLES = 6
"""Clips kept to be looked at."""


class Scores(Config):
    """How a model did, beside baselines and floor."""

    model: str
    """Its name."""
    protocol: Protocol
    """What was given and scored, and by which conventions."""
    conventions: str
    """The same in words."""
    data: dict[str, Any]
    """Settings of the data."""
    clips: int
    """Clips scored."""
    seed: int
    """Fixes the draws of a stochastic model."""
    methods: list[Method]
    """The model first, then baselines, then the floor where one is known."""
    notes: list[str]
    """What a reader must know to read the figures right."""


@dataclass(frozen=True)
class Examples:
    """Clips to look at, all (N, T, C, H, W) in [0, 1]."""

    past: Tensor
    truth: Tensor
    prediction: Tensor
    uncertainty: Tensor
    """Deviation of each pixel: between the draws of a stochastic model, else that of a black-or-white pixel of the
    predicted brightness, sqrt(p (1 - p)); at most 0.5."""
    drawn: bool
    """Whether the uncertainty is between draws."""
    floor: Tensor | None
    """The mean frame under the posterior of the oracle, where one is known."""


@dataclass(frozen=True)
class Scoring:
    """How far the work is; the last one holds the result."""

    done: int
    clips: int
    headline: str
    scores: Scores | None = None
    examples: Examples | None = None
    record: Mapping[str, float | int | str] = field(default_factory=dict)

    @property
    def progress(self) -> float:
        """Return the share of the clips that is scored."""
        return self.done / self.clips

    @property
    def text(self) -> str:
        """Return the clips scored and the first metric so far."""
        return f"{self.done}/{self.clips} clips, {self.headline}"


def score(
    model: Predicts,
    source: Source,
    protocol: Protocol,
    *,
    name: str = "model",
    clips: int = 1000,
    batch: int = 50,
    seed: int = 0,
    train: Source | None = None,
) -> Scores:
    """Return the scores of a model on the first clips of a source.

    Raises:
        DataError: clips are too short, too few, or not in [-1, 1].
        ModelError: the prediction has the wrong shape.
    """
    steps = scoring(model, source, protocol, name=name, clips=clips, batch=batch, seed=seed, train=train)
    return next(step.scores for step in steps if step.scores)


@torch.no_grad()
def scoring(
    model: Predicts,
    source: Source,
    protocol: Protocol,
    *,
    name: str = "model",
    clips: int = 1000,
    batch: int = 50,
    seed: int = 0,
    train: Source | None = None,
) -> Iterator[Scoring]:
    """Yield the state of the work after each batch; the last one holds scores and examples.

    Args:
        model: predicts on the device on which the source makes its clips.
        source: the clips; the test split, unless a model is still being chosen.
        protocol: what is given and scored.
        name: of the model, in the report.
        clips: how many; all of them if the source has fewer.
        batch: clips at once.
        seed: fixes the draws of a stochastic model.
        train: training data for the baseline that predicts their mean; left out without it.

    Raises:
        DataError: clips are too short, too few, or not in [-1, 1].
        ModelError: the prediction has the wrong shape.
    """
    config = getattr(source, "config", None)
    _check(source, config, protocol)
    total = clips if source.count is None else min(clips, source.count)
    rivals = baselines(train)
    ours, theirs = Tally(), {rival: Tally() for rival in rivals}
    examples: Examples | None = None
    done = index = draws = 0
    while done < total:
        drawn = {key: values[: total - done] for key, values in source.batch(index, batch).items() if key != "paths"}
        past, truth = drawn["video"][:, : protocol.past], _unit(drawn["video"][:, protocol.past :])
        predictor = _Draws(model, past, protocol, (seed, index))
        ours.add(_best(predictor, truth))
        draws = max(draws, predictor.count)
        for rival, baseline in rivals.items():
            theirs[rival].add(protocol.measure(_unit(baseline.predict(past, protocol.future)), truth))
        if examples is None:
            examples = _examples(drawn, predictor, truth, config, protocol)
        done, index = done + len(past), index + 1
        headline = _headline(ours, protocol)
        yield Scoring(done, total, headline, record={"clips": done, "of": total, "so_far": headline})
    if examples is None:
        raise DataError("there are no clips to score; give at least 2")
    methods = [ours.method(name), *(tally.method(rival, "baseline") for rival, tally in theirs.items())]
    floor = stored_floor(protocol, config)
    scores = Scores(
        model=name,
        protocol=protocol,
        conventions=protocol.describe(),
        data=config.model_dump(mode="json") if isinstance(config, Config) else {},
        clips=done,
        seed=seed,
        methods=methods if floor is None else [*methods, floor.method],
        notes=list(_notes(protocol, draws, floor)),
    )
    yield Scoring(done, total, headline, scores, examples, {"clips": done, "of": total, "so_far": headline})


class _Draws:
    """The predictions of a model for one batch, one after the other: different ones if it is stochastic."""

    def __init__(self, model: Predicts, past: Tensor, protocol: Protocol, seed: tuple[int, int]) -> None:
        self.model, self.past, self.protocol, self.seed = model, past, protocol, seed
        self.count = 0
        self.first = torch.empty(0)
        self._sum, self._squares = torch.zeros(()), torch.zeros(())

    def __iter__(self) -> Iterator[Tensor]:
        """Yield predictions in about [0, 1]; a single one when the second equals the first."""
        for draw in range(self.protocol.samples):
            prediction = self._predict(draw)
            if draw == 0:
                self.first = prediction
            elif draw == 1 and torch.equal(prediction, self.first):
                return
            self.count += 1
            self._sum = self._sum + prediction
            self._squares = self._squares + prediction.square()
            yield prediction

    def deviation(self) -> Tensor:
        """Return the deviation of each pixel, see Examples."""
        if self.count < 2:
            brightness = self.first.clamp(0, 1)
            return (brightness * (1 - brightness)).sqrt()
        return (self._squares / self.count - (self._sum / self.count).square()).clamp_min(0).sqrt()

    def _predict(self, draw: int) -> Tensor:
        devices = [self.past.device] if self.past.is_cuda else []
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(hash((*self.seed, draw)) % 2**63)
            video = self.model.predict(self.past, self.protocol.future)
        expected = (len(self.past), self.protocol.future, *self.past.shape[2:])
        if tuple(video.shape) != expected:
            raise ModelError(f"the model predicted {tuple(video.shape)} where {expected} was asked for")
        return _unit(video.float())


def _best(predictions: _Draws, truth: Tensor) -> dict[str, Tensor]:
    """Return each metric per frame, (B, T), of the draw that is best for that clip by that metric."""
    best: dict[str, Tensor] = {}
    for prediction in predictions:
        for metric, values in predictions.protocol.measure(prediction, truth).items():
            if metric not in best:
                best[metric] = values
                continue
            gain = values.mean(dim=1) - best[metric].mean(dim=1)
            better = gain > 0 if metric in HIGHER_IS_BETTER else gain < 0
            best[metric] = torch.where(better[:, None], values, best[metric])
    return best


def _examples(
    batch: Mapping[str, Tensor], predictions: _Draws, truth: Tensor, config: object, protocol: Protocol
) -> Examples:
    """Return the first clips of the batch with what was predicted for them."""
    first = {key: values[:EXAMPLES] for key, values in batch.items()}
    floor = bayes_prediction(first, protocol.past, protocol.future)[0] if floor_fits(config) else None
    return Examples(
        past=_unit(first["video"][:, : protocol.past]).cpu(),
        truth=truth[:EXAMPLES].cpu(),
        prediction=predictions.first[:EXAMPLES].clamp(0, 1).cpu(),
        uncertainty=predictions.deviation()[:EXAMPLES].cpu(),
        drawn=predictions.count > 1,
        floor=floor,
    )


def _notes(protocol: Protocol, draws: int, floor: Floor | None) -> Iterator[str]:
    """Yield what a reader must know."""
    if protocol.samples > 1 and draws == 1:
        yield "The model is deterministic: its draws are equal, and one was scored."
    elif draws > 1:
        yield f"The best of {draws} draws counts, chosen per clip and per metric; baselines have one prediction."
    if floor is not None:
        digits = "shipped test digits" if floor.digits == "shipped" else "all 10,000 MNIST test digits"
        yield (
            "The floor is the mean frame under the exact posterior of an oracle that knows the digits and their past "
            "places. No predictor has a lower squared error on average; its other metrics are of that mean frame. "
            f"It was computed on {floor.method.clips} clips of the {digits}."
        )
    else:
        yield "No floor is known for this protocol and data."


def _headline(tally: Tally, protocol: Protocol) -> str:
    metric = protocol.metrics[0]
    return f"{metric} {tally.mean(metric):.4g}"


def _unit(video: Tensor) -> Tensor:
    """Return video in [-1, 1] as [0, 1]."""
    return (video + 1) / 2


def _check(source: Source, config: object, protocol: Protocol) -> None:
    """Refuse clips that the protocol cannot use."""
    frames, wanted = source.shape[0], protocol.past + protocol.future
    if frames != wanted:
        raise DataError(
            f"clips have {frames} frames; protocol {protocol.name} takes {wanted}, set data.frames={wanted}"
        )
    range_set = (getattr(config, "mean", 0.5), getattr(config, "deviation", 0.5))
    if range_set != (0.5, 0.5):
        raise DataError(f"evaluation takes video in [-1, 1]: set mean and deviation to 0.5, got {range_set}")
    preset = getattr(config, "preset", protocol.preset)
    if preset != protocol.preset:
        raise DataError(f"protocol {protocol.name} is for preset {protocol.preset!r}, the clips are {preset!r}")
