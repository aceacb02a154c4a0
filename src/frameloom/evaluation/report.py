"""Evaluate a model by its name: score what it predicts, judge what it samples, and write the report.

name --load--> model --+-- predicts --> score ------+--> report.json, report.html, sections of its card
                       +-- samples ---> samples ----+
"""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from frameloom.core.config import Config
from frameloom.core.errors import DataError, ModelError, OutputError
from frameloom.core.files import whole_file
from frameloom.core.memory import keep_freed_memory
from frameloom.core.provenance import commit, version
from frameloom.data.moving_mnist import MovingMnistConfig
from frameloom.data.robot_push.source import RobotPushConfig
from frameloom.data.source import DataConfig, Source, open_source
from frameloom.evaluation.card import sample_section, score_section, with_section
from frameloom.evaluation.instruments import open_instrument
from frameloom.evaluation.pages import report_page
from frameloom.evaluation.protocol import Protocol, find_protocol
from frameloom.evaluation.samples import I3d, Reads, SampleScores, Sampling, sampling
from frameloom.evaluation.score import Scores, Scoring, scoring
from frameloom.models.base import Model, Predicts, Samples
from frameloom.models.store import CARD_NAME, find_model, load_model
from frameloom.training.config import data_of

JSON_NAME, PAGE_NAME = "report.json", "report.html"


class ClipSettings(Config):
    """Which clips are scored."""

    protocol: str = "openstl"
    """What is given and scored, and by which conventions: openstl, srvp, bair-2-28, bair-1-15, robot-push."""
    data: str | None = None
    """Folder or file of robot records to score on; without it, the few episodes that come with the package."""
    clips: Annotated[int, Field(ge=2)] = 1000
    """Clips on which predictions are scored."""
    draws: PositiveInt | None = None
    """Predictions per clip of a stochastic model, in place of the protocol's; the report says so."""
    batch: PositiveInt = 50
    """Clips at once."""
    seed: NonNegativeInt = 0
    """Fixes samples and draws."""
    split: Literal["test", "val"] = "test"
    """Clips to score on; choose between models on val alone."""
    digits: str | None = None
    """Folder of the four official idx files, or an npz; without it, the digits that ship with the package."""
    file: str | None = None
    """The published mnist_test_seq.npy, to score predictions on instead."""
    reader: str | None = None
    """Model that reads clips, or "none"; if None, digit-reader, or scene-reader for robot clips."""
    device: str = "cpu"
    """Where to compute."""

    def chosen_protocol(self) -> Protocol:
        """Return the protocol, with as many draws as asked for.

        Raises:
            ConfigError: it is unknown.
        """
        protocol = find_protocol(self.protocol)
        return protocol if self.draws is None else protocol.model_copy(update={"samples": self.draws})


class EvaluateConfig(ClipSettings):
    """What to evaluate, under which protocol, and where the report goes."""

    model: str
    """Name of a shipped model, or a model folder."""
    out: Path = Path("out/evaluation")
    """Folder for report.json and report.html."""
    samples: Annotated[int, Field(ge=2)] = 500
    """Clips that are made and judged, of models that make clips from noise."""
    i3d: Path | None = None
    """TorchScript file of I3D for the real FVD. It is a program: take it from a source that you trust."""
    card: bool = False
    """Whether to put the figures into the model's card too."""

    def command(self) -> str:
        """Return the command line that does this again; out, card and device change no figure."""
        words = ["frameloom", "evaluate", self.model]
        for name, value in self:
            if name not in {"model", "out", "card", "device"} and value != type(self).model_fields[name].default:
                words += [f"--{name}", str(value)]
        return shlex.join(words)


class Report(Config):
    """What report.json holds."""

    model: str
    """Its name."""
    command: str
    """Does the same again."""
    frameloom: str
    """Version that made the report."""
    commit: str | None
    """Commit of a checkout; "+" when files differ."""
    scores: Scores | None
    """Of predictions."""
    samples: SampleScores | None
    """Of clips made from noise."""


@dataclass(frozen=True)
class Evaluating:
    """How far the work is; the last one holds the report."""

    progress: float
    text: str
    record: Mapping[str, float | int | str] = field(default_factory=dict)
    report: Report | None = None


def evaluate(config: EvaluateConfig) -> Report:
    """Evaluate a model, write its report and return it; see evaluating."""
    return next(step.report for step in evaluating(config) if step.report)


def evaluating(config: EvaluateConfig) -> Iterator[Evaluating]:
    """Yield the state of the work; the last one holds the report, and then the files are written.

    Raises:
        ConfigError: the protocol is unknown.
        DataError: the clips cannot be read or do not fit.
        ModelError: no such model, or it neither predicts nor samples.
        OutputError: the report cannot be written.
    """
    keep_freed_memory()
    protocol = config.chosen_protocol()
    folder = find_model(config.model)
    name, data = folder.name, data_of(folder)
    model = load_model(config.model, config.device)
    predictions = _scoring(model, name, data, protocol, config) if isinstance(model, Predicts) else None
    samples = _sampling(model, name, data, config) if isinstance(model, Samples) else None
    if predictions is None and samples is None:
        raise ModelError(f"{config.model}: neither predicts nor samples, so there is nothing to evaluate")
    make_folder(config.out)
    scored: Scoring | None = None
    sampled: Sampling | None = None
    share = 0.5 if predictions and samples else 1.0
    for scored in predictions or ():
        yield Evaluating(share * scored.progress, scored.text, scored.record)
    for sampled in samples or ():
        yield Evaluating(1 - share + share * sampled.progress, sampled.text, sampled.record)
    report = Report(
        model=name,
        command=config.command(),
        frameloom=version(),
        commit=commit(),
        scores=scored and scored.scores,
        samples=sampled and sampled.scores,
    )
    _write(config, folder, report, scored, sampled)
    yield Evaluating(1.0, f"wrote {config.out / PAGE_NAME}", _summary(report, config.out), report)


def sections(report: Report) -> list[str]:
    """Return the sections of the model's card, Markdown."""
    made = [score_section(report.scores, report.command)] if report.scores else []
    return made + ([sample_section(report.samples, report.command)] if report.samples else [])


def _scoring(
    model: Predicts, name: str, data: DataConfig, protocol: Protocol, config: EvaluateConfig
) -> Iterator[Scoring]:
    """Return the scoring of predictions on clips as the model's own data makes them, of the protocol's form."""
    source, train = open_clips(data, protocol, config)
    reader = open_instrument(protocol.data, config.reader, config.device) if protocol.features else None
    return scoring(
        model, source, protocol, name=name, clips=config.clips, batch=config.batch, seed=config.seed, train=train,
        instrument=reader,
    )  # fmt: skip


def open_clips(data: DataConfig, protocol: Protocol, config: ClipSettings) -> tuple[Source, Source | None]:
    """Return the clips to score on, as a model's own data makes them but of the protocol's form, and the training ones.

    Raises:
        DataError: they cannot be read, or are not what the protocol is for.
    """
    update: dict[str, Any] = {"frames": protocol.past + protocol.future}
    if isinstance(data, RobotPushConfig):
        if protocol.data != "robot_push":
            raise DataError(f"protocol {protocol.name} is for data {protocol.data!r}, the model's is 'robot_push'")
        update |= {"path": config.data, "camera": protocol.camera, "start": "first", "labels": False}
        return open_source(data.model_copy(update=update), config.split, device=config.device), None
    if config.data is not None or protocol.data == "robot_push":
        what = f"data {config.data} is" if config.data is not None else f"protocol {protocol.name} is"
        raise DataError(f"{what} for models of robot video, this one was trained on {data.source!r}")
    if isinstance(data, MovingMnistConfig):
        update |= {"preset": protocol.preset, "digits": config.digits, "file": config.file, "paths_per_clip": 0}
    wanted = data.model_copy(update=update)
    return (
        open_source(wanted, config.split, device=config.device),
        open_source(wanted, "train", device=config.device),
    )


def _sampling(model: Samples, name: str, data: DataConfig, config: EvaluateConfig) -> Iterator[Sampling]:
    """Return the judging of samples beside clips as the model's own data makes them, of the model's length."""
    settings = model.config if isinstance(model, Model) else None
    update: dict[str, Any] = {"frames": getattr(settings, "frames", getattr(data, "frames", None))}
    if isinstance(data, MovingMnistConfig):
        update |= {"digits": config.digits, "file": None, "paths_per_clip": 0}
    wanted = data.model_copy(update=update)
    reference, other = (open_source(wanted, split, device=config.device) for split in ("test", "val"))
    wanted_reader = config.reader or "digit-reader"
    reader = load_model(wanted_reader, config.device)
    if not isinstance(reader, Reads):
        raise ModelError(f"{wanted_reader}: does not read digits; give a digit reader")
    i3d = I3d.load(config.i3d, config.device) if config.i3d else None
    return sampling(
        model, reader, reference, other, name=name, clips=config.samples, batch=config.batch, seed=config.seed, i3d=i3d
    )


def make_folder(out: Path) -> None:
    """Make the report's folder before the work begins, so that a wrong place does not cost it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out}: cannot be made a folder ({error.strerror}); choose another place") from error


def _write(
    config: EvaluateConfig, folder: Path, report: Report, scored: Scoring | None, sampled: Sampling | None
) -> None:
    """Write report.json and report.html, and the card where asked for."""
    with whole_file(config.out / JSON_NAME) as part:
        part.write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
    made_by = f"frameloom {report.frameloom}" + (f", commit {report.commit}" if report.commit else "")
    title = f"{report.model}: evaluation"
    report_page(title, report.command, made_by, scored, sampled).save(config.out / PAGE_NAME)
    if config.card:
        path = folder / CARD_NAME
        card = path.read_text(encoding="utf-8") if path.is_file() else f"# {report.model}\n"
        for section in sections(report):
            card = with_section(card, section)
        with whole_file(path) as part:
            part.write_text(card, encoding="utf-8")


def _summary(report: Report, out: Path) -> dict[str, float | int | str]:
    """Return the figures that a program asks for first."""
    summary: dict[str, float | int | str] = {"model": report.model, "report": str(out / JSON_NAME)}
    if report.scores is not None:
        summary |= {"protocol": report.scores.protocol.name, "clips": report.scores.clips}
        summary |= {key: estimate.mean for key, estimate in report.scores.methods[0].metrics.items()}
    if report.samples is not None:
        summary |= {"recognised": report.samples.generated.recognised.mean, "frechet": report.samples.frechet}
    return summary
