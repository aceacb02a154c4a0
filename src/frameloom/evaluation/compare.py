"""Several models under one protocol, on the same clips with the same dice.

names --load--> models --+--contest--> table with intervals, differences to the first model clip by clip,
baselines, sampler ------+             curves, futures side by side --> compare.json, compare.html
"""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from frameloom.core.config import Config
from frameloom.core.errors import ModelError
from frameloom.core.files import whole_file
from frameloom.core.memory import keep_freed_memory
from frameloom.core.provenance import commit, version
from frameloom.data.source import DataConfig
from frameloom.evaluation.compare_page import compare_page
from frameloom.evaluation.contest import Outcome, contest
from frameloom.evaluation.entrants import Contender
from frameloom.evaluation.floor import stored_floor
from frameloom.evaluation.instruments import Instrument, open_instrument
from frameloom.evaluation.protocol import Protocol
from frameloom.evaluation.report import ClipSettings, make_folder, open_clips
from frameloom.evaluation.score import check_source, config_of, field_of, notes
from frameloom.evaluation.tally import Estimate, Method
from frameloom.models.base import Predicts
from frameloom.models.store import find_model, load_model
from frameloom.training.config import data_of

JSON_NAME, PAGE_NAME = "compare.json", "compare.html"
_FRAME = ("source", "crop", "resize", "mean", "deviation", "sprites", "channels")
"""Settings of data that change what a frame is."""


class CompareConfig(ClipSettings):
    """Which models to compare, under which protocol, and where the report goes."""

    models: Annotated[tuple[str, ...], Field(min_length=2, max_length=16)]
    """Names of shipped models, or model folders; differences are to the first."""
    out: Path = Path("out/comparison")
    """Folder for compare.json and compare.html."""

    def command(self) -> str:
        """Return the command line that does this again; out and device change no figure."""
        words = ["frameloom", "compare", *self.models]
        for name, value in self:
            if name not in {"models", "out", "device"} and value != type(self).model_fields[name].default:
                words += [f"--{name}", str(value)]
        return shlex.join(words)


class Comparison(Config):
    """What compare.json holds."""

    models: list[str]
    """Their names, the first being what the others are compared with."""
    command: str
    """Does the same again."""
    frameloom: str
    """Version that made the report."""
    commit: str | None
    """Commit of a checkout; "+" when files differ."""
    protocol: Protocol
    """What was given and scored, and by which conventions."""
    conventions: str
    """The same in words."""
    data: dict[str, Any]
    """Settings of the data."""
    clips: int
    """Clips scored."""
    seed: int
    """Fixes the draws, the same for all."""
    reader: str | None
    """What features were read with, and the hand."""
    methods: list[Method]
    """The models, then checks on them, baselines, and the sampler and the floor where they are known."""
    draws: dict[str, list[Method]]
    """Best, mean, random and worst of the draws of each stochastic model."""
    differences: dict[str, dict[str, Estimate]]
    """By model, and by the baseline that copies the last frame: each figure minus that of the first model, with the
    interval of the pairs."""
    references: dict[str, Estimate]
    """What real clips are; see Scores."""
    notes: list[str]
    """What a reader must know to read the figures right."""


@dataclass(frozen=True)
class Comparing:
    """How far the work is; the last one holds the comparison."""

    progress: float
    text: str
    record: Mapping[str, float | int | str] = field(default_factory=dict)
    comparison: Comparison | None = None


def compare(config: CompareConfig) -> Comparison:
    """Compare models, write the report and return it; see comparing."""
    return next(step.comparison for step in comparing(config) if step.comparison)


def comparing(config: CompareConfig) -> Iterator[Comparing]:
    """Yield the state of the work; the last one holds the comparison, and then the files are written.

    Raises:
        ConfigError: the protocol is unknown.
        DataError: the clips cannot be read or do not fit.
        ModelError: no such model, one does not predict, or they see clips of different sizes.
        OutputError: the report cannot be written.
    """
    keep_freed_memory()
    protocol = config.chosen_protocol()
    models = _contenders(config, protocol)
    source, train = open_clips(_data_of_all(config), protocol, config)
    check_source(source, protocol)
    reader = open_instrument(protocol.data, config.reader, config.device) if protocol.features else None
    make_folder(config.out)
    entrants = field_of(models, source, protocol, config.seed, train)
    outcome: Outcome | None = None
    for step in contest(entrants, source, protocol, clips=config.clips, batch=config.batch, instrument=reader):
        outcome = step.outcome
        told: dict[str, float | int | str] = {"clips": step.done, "of": step.clips, "so_far": step.headline}
        yield Comparing(
            step.done / step.clips, f"{step.done}/{step.clips} clips, {models[0].name} {step.headline}", told
        )
    if outcome is None:
        return
    comparison = comparison_of(outcome, models, config, protocol, config_of(source), reader)
    with whole_file(config.out / JSON_NAME) as part:
        part.write_text(comparison.model_dump_json(indent=1) + "\n", encoding="utf-8")
    compare_page(comparison, outcome).save(config.out / PAGE_NAME)
    yield Comparing(1.0, f"wrote {config.out / PAGE_NAME}", _summary(comparison, config.out), comparison)


def comparison_of(
    outcome: Outcome, models: list[Contender], config: CompareConfig, protocol: Protocol, data: object,
    reader: Instrument | None,
) -> Comparison:  # fmt: skip
    """Return what came of a contest between models."""
    first = models[0].name
    floor = stored_floor(protocol, data)
    rivals = [
        name for name, account in outcome.accounts.items() if account.entrant.kind == "model" or name == "copy last"
    ]
    return Comparison(
        models=[model.name for model in models],
        command=config.command(),
        frameloom=version(),
        commit=commit(),
        protocol=protocol,
        conventions=protocol.describe(),
        data=data.model_dump(mode="json") if isinstance(data, Config) else {},
        clips=outcome.clips,
        seed=config.seed,
        reader=reader.name if reader else None,
        methods=[outcome.method(name) for name in outcome.accounts] + ([floor.method] if floor else []),
        draws={model.name: picks for model in models if (picks := outcome.accounts[model.name].picks())},
        differences={name: outcome.difference(name, first) for name in rivals if name != first},
        references=outcome.references(),
        notes=list(notes(models, outcome, protocol, floor, reader)),
    )


def _contenders(config: CompareConfig, protocol: Protocol) -> list[Contender]:
    """Return the models under names of their own."""
    folders = [find_model(name) for name in config.models]
    names = [folder.name for folder in folders]
    if len(set(names)) < len(names):
        names = [str(name) for name in config.models]
    if len(set(names)) < len(names):
        raise ModelError(f"{', '.join(names)}: a model is named twice; compare different ones")
    found = []
    for name, wanted in zip(names, config.models, strict=True):
        model = load_model(wanted, config.device)
        if not isinstance(model, Predicts):
            raise ModelError(f"{wanted}: does not predict; compare models that do")
        found.append(Contender(name, model, protocol.samples, config.seed))
    return found


def _data_of_all(config: CompareConfig) -> DataConfig:
    """Return the data settings of the first model, which the frames of all others must fit."""
    settings = [data_of(find_model(name)) for name in config.models]
    for name, data in zip(config.models, settings, strict=True):
        one, other = ({key: getattr(each, key, None) for key in _FRAME} for each in (settings[0], data))
        if one != other:
            odd = next(key for key in _FRAME if one[key] != other[key])
            raise ModelError(
                f"{name}: was trained on other frames than {config.models[0]} "
                f"({odd} {other[odd]!r}, not {one[odd]!r}); compare models that see the same"
            )
    return settings[0]


def _summary(comparison: Comparison, out: Path) -> dict[str, float | int | str]:
    """Return the figures that a program asks for first."""
    summary: dict[str, float | int | str] = {"report": str(out / JSON_NAME), "protocol": comparison.protocol.name}
    summary["clips"] = comparison.clips
    for method in comparison.methods:
        for metric in (*comparison.protocol.metrics, *(key for key in method.metrics if "_at_" in key)):
            summary[f"{method.name} {metric}"] = method.metrics[metric].mean
    return summary
