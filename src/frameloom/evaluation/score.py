"""Score predictors under a protocol, beside what anybody can do and what nobody can beat.

    models, baselines, checks, sampler --contest--> Outcome --> Scores, one for each model
                                              stored floor ------^

A stochastic model draws as many predictions as the protocol says; the protocol also says whether the best of them
counts, chosen per clip and per metric as SRVP does, or the first, and the rest of them stands beside.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field
from torch import Tensor

from frameloom.core.config import Config
from frameloom.core.errors import DataError
from frameloom.data.source import Source
from frameloom.evaluation.account import FEATURE_DRAWS
from frameloom.evaluation.baselines import CopyLast, baselines
from frameloom.evaluation.contest import Outcome, contest
from frameloom.evaluation.crowd import LEAST_CLIPS
from frameloom.evaluation.entrants import Baseline, Contender, Entrant, action_size
from frameloom.evaluation.floor import Floor, bayes_prediction, floor_fits, stored_floor
from frameloom.evaluation.futures import Futures
from frameloom.evaluation.instruments import Instrument
from frameloom.evaluation.oracle import NAME as SAMPLER
from frameloom.evaluation.oracle import oracle_of
from frameloom.evaluation.protocol import Protocol
from frameloom.evaluation.tally import Estimate, Method
from frameloom.models.base import Predicts, Steered

COPY_LAST = "copy last"


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
    """The model first, then checks on it, baselines, and the sampler and the floor where they are known."""
    draws: list[Method] = Field(default_factory=list)
    """Best, mean, random and worst of the draws of a stochastic model, chosen per clip and per metric."""
    references: dict[str, Estimate] = Field(default_factory=dict)
    """What real clips are: unrelated futures apart, and one half of them to the other in each Frechet distance."""
    reader: str | None = None
    """What features were read with, and the hand."""
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
    futures: Futures | None = None
    """Best, worst, mean and random draws of the model."""
    sampled: Tensor | None = None
    """A draw of the sampler, where there is one."""
    hands: Tensor | None = None
    """Where the hand is read in the truth, row and column in px, (N, 1 + T, 2), from the last frame given on."""


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
    model: Predicts | Steered,
    source: Source,
    protocol: Protocol,
    *,
    name: str = "model",
    clips: int = 1000,
    batch: int = 50,
    seed: int = 0,
    train: Source | None = None,
    instrument: Instrument | None = None,
) -> Scores:
    """Return the scores of a model on the first clips of a source.

    Raises:
        DataError: clips are too short, too few, or not in [-1, 1].
        ModelError: the prediction has the wrong shape.
    """
    steps = scoring(
        model, source, protocol, name=name, clips=clips, batch=batch, seed=seed, train=train, instrument=instrument
    )
    return next(step.scores for step in steps if step.scores)


def scoring(
    model: Predicts | Steered,
    source: Source,
    protocol: Protocol,
    *,
    name: str = "model",
    clips: int = 1000,
    batch: int = 50,
    seed: int = 0,
    train: Source | None = None,
    instrument: Instrument | None = None,
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
        instrument: what features and hands are read with, where the protocol asks for them.

    Raises:
        DataError: clips are too short, too few, or not in [-1, 1].
        ModelError: the prediction has the wrong shape.
    """
    check_source(source, protocol)
    models = [Contender(name, model, protocol.samples, seed)]
    entrants = field_of(models, source, protocol, seed, train)
    seen = instrument if protocol.features else None
    for step in contest(entrants, source, protocol, clips=clips, batch=batch, instrument=seen):
        record: dict[str, float | int | str] = {"clips": step.done, "of": step.clips, "so_far": step.headline}
        scores = examples = None
        if step.outcome is not None:
            scores = scores_of(step.outcome, models[0], source, protocol, seed, seen)
            examples = examples_of(step.outcome, models[0], source, protocol)
        yield Scoring(step.done, step.clips, step.headline, scores, examples, record)


def field_of(
    models: Sequence[Contender], source: Source, protocol: Protocol, seed: int, train: Source | None
) -> list[Entrant]:
    """Return models, the checks on them, baselines, and the sampler where the source has one."""
    steered = [model for model in models if protocol.actions and model.can_be_steered]
    strange = [Contender(strange_name(model, models), model.model, 1, seed, strange=True) for model in steered]
    if protocol.data == "robot_push":
        rivals: Mapping[str, Predicts] = {COPY_LAST: CopyLast()}
    else:
        rivals = baselines(train)
    anybody = [Baseline(name, predictor) for name, predictor in rivals.items()]
    sampler = oracle_of(source, protocol, seed)
    return [*models, *strange, *anybody, *((sampler,) if sampler else ())]


def strange_name(model: Contender, models: Sequence[Contender]) -> str:
    """Return what the check on a model that is told other clips' actions is called."""
    return "shuffled actions" if len(models) == 1 else f"{model.name}, shuffled actions"


def scores_of(
    outcome: Outcome, model: Contender, source: Source, protocol: Protocol, seed: int, instrument: Instrument | None
) -> Scores:
    """Return the scores of a model that was alone in its contest."""
    floor = stored_floor(protocol, config_of(source))
    methods = [outcome.method(name) for name in outcome.accounts]
    config = config_of(source)
    return Scores(
        model=model.name,
        protocol=protocol,
        conventions=protocol.describe(),
        data=config.model_dump(mode="json") if isinstance(config, Config) else {},
        clips=outcome.clips,
        seed=seed,
        methods=methods if floor is None else [*methods, floor.method],
        draws=outcome.accounts[model.name].picks(),
        references=outcome.references(),
        reader=instrument.name if instrument else None,
        notes=list(notes([model], outcome, protocol, floor, instrument)),
    )


def examples_of(outcome: Outcome, model: Contender, source: Source, protocol: Protocol) -> Examples | None:
    """Return the first clips with what a model predicted for them."""
    futures = outcome.accounts[model.name].futures
    if futures is None:
        return None
    known = floor_fits(config_of(source))
    brightness = futures.random[0]
    sampler = outcome.accounts[SAMPLER].futures if SAMPLER in outcome.accounts else None
    return Examples(
        past=outcome.given,
        truth=outcome.true,
        prediction=brightness,
        uncertainty=futures.deviation if futures.drawn > 1 else (brightness * (1 - brightness)).sqrt(),
        drawn=futures.drawn > 1,
        floor=bayes_prediction(outcome.batch, protocol.past, protocol.future)[0] if known else None,
        futures=futures,
        sampled=sampler.random[0] if sampler else None,
        hands=outcome.hands,
    )


def notes(
    models: Sequence[Contender], outcome: Outcome, protocol: Protocol, floor: Floor | None,
    instrument: Instrument | None,
) -> Iterator[str]:  # fmt: skip
    """Yield what a reader must know."""
    drawn = max(outcome.accounts[model.name].drawn for model in models)
    if protocol.samples > 1 and drawn == 1:
        yield "The model is deterministic: its draws are equal, and one was scored."
    elif drawn > 1 and protocol.counts == "best":
        yield f"The best of {drawn} draws counts, chosen per clip and per metric; baselines have one prediction."
    elif drawn > 1:
        yield f"One draw of {drawn} counts, a random one; best, mean and worst are chosen per clip and per metric."
    if drawn > 1:
        yield (
            "Spread is the root mean square difference between two draws of one clip. Draws from the true law lie as "
            "far from each other as from the truth: a share of spread to miss below 1 is a model that is too sure."
        )
    if SAMPLER in outcome.accounts:
        yield (
            "The oracle sampler is no floor. It knows each clip's digits, places and velocities at the end of the past "
            "exactly, more than can be seen there, and draws futures by the generator's own law, a new velocity at "
            "each wall. No sampler is more honest, but the best of many draws can be bettered by one that is less so."
        )
    for model in models:
        if protocol.actions and not action_size(model.model):
            yield f"{model.name} takes no actions, and was told none."
    if any(name.endswith("shuffled actions") for name in outcome.accounts):
        yield "Shuffled actions: the model is told what was done in another clip; one that heeds actions must be worse."
    yield from _notes_on_features(outcome, protocol, instrument)
    if floor is not None:
        digits = "shipped test digits" if floor.digits == "shipped" else "all 10,000 MNIST test digits"
        yield (
            "The floor is the mean frame under the exact posterior of an oracle that knows the digits and their past "
            "places. No predictor has a lower squared error on average; its other metrics are of that mean frame. "
            f"It was computed on {floor.method.clips} clips of the {digits}."
        )
    else:
        yield "No floor is known for this protocol and data."


def _notes_on_features(outcome: Outcome, protocol: Protocol, instrument: Instrument | None) -> Iterator[str]:
    if not protocol.features:
        return
    if instrument is None:
        yield "No reader was given: features, Frechet distances and the hand were not measured."
        return
    sees = "given and predicted frames" if protocol.given_in_frechet else "predicted frames"
    yield (
        f"Features are those of {instrument.name}. The Frechet distance is between {sees} of one draw and the true "
        "ones of the same clips, over mean and mean absolute change in time; it is not an FVD. Across halves: one half "
        "of the clips against the other half of the true ones, beside what two halves of the true ones are apart."
    )
    if outcome.clips < LEAST_CLIPS:
        yield f"Fewer than {LEAST_CLIPS} clips have no Frechet distance."
    if protocol.samples > FEATURE_DRAWS:
        yield f"Spread in features is over the first {FEATURE_DRAWS} draws."


def config_of(source: Source) -> object:
    """Return the settings of a source, if it has any."""
    return getattr(source, "config", None)


def check_source(source: Source, protocol: Protocol) -> None:
    """Refuse clips that the protocol cannot use.

    Raises:
        DataError: they are of another length, range or kind.
    """
    config = config_of(source)
    kind = getattr(config, "source", protocol.data)
    if (kind == "robot_push") != (protocol.data == "robot_push"):
        raise DataError(f"protocol {protocol.name} is for data {protocol.data!r}, the clips are {kind!r}")
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
