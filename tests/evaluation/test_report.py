"""Evaluation end to end: a model folder goes in, report, page and card come out and are read."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from frameloom.core.config import Config
from frameloom.core.errors import ConfigError, ModelError, OutputError
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.evaluation import report as room
from frameloom.evaluation.card import sample_section, score_section, with_section
from frameloom.evaluation.report import EvaluateConfig, Report, evaluate, evaluating
from frameloom.models.base import Condition, Model


@dataclass
class Reading:
    positions: Tensor
    class_logits: Tensor
    features: Tensor


class Reader:
    """Reads one straight flight and all ten classes in turn, whatever it is shown."""

    def read(self, video: Tensor) -> Reading:
        count, frames = video.shape[:2]
        flight = 4 + 2 * torch.arange(float(frames)).view(1, frames, 1, 1)
        classes = torch.arange(2 * count).view(count, 2) % 10
        features = torch.rand(count, 2, 5, generator=torch.Generator().manual_seed(count))
        return Reading(flight.expand(count, frames, 2, 2), 20.0 * F.one_hot(classes, 10), features)


class Settings(Config):
    frames: int = 12
    classes: int = 0


class Still(Model):
    """Predicts that nothing moves; samples are real clips of the training split."""

    def __init__(self) -> None:
        super().__init__(Settings())

    def predict(self, past: Tensor, frames: int) -> Tensor:
        return past[:, -1:].expand(-1, frames, -1, -1, -1)


class Both(Still):
    def sample(
        self, count: int, *, condition: Condition | None = None, generator: torch.Generator | None = None
    ) -> Tensor:
        return MovingMnist(MovingMnistConfig(frames=12), "train").batch(0, count)["video"]


MODELS = {"still": Still, "both": Both, "idle": lambda: Model(Settings()), "digit-reader": Reader}


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders with settings and card; what they hold is the model of the folder's name."""
    for name in MODELS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(json.dumps({"data": {"source": "moving_mnist"}}))
        (tmp_path / name / "README.md").write_text(f"# {name}\n\nA model.\n\n## Settings\n\nx\n")
    monkeypatch.setattr(room, "load_model", lambda name, device: MODELS[Path(name).name]())
    return tmp_path


def config(folders: Path, name: str, **settings: object) -> EvaluateConfig:
    update = {"model": str(folders / name), "out": folders / "out", "clips": 4, "samples": 40, **settings}
    return EvaluateConfig.model_validate(update)


def test_report_page_and_card_hold_the_scores(folders: Path) -> None:
    found = evaluate(config(folders, "still", card=True))
    stored = Report.model_validate_json((folders / "out" / "report.json").read_text())
    assert stored == found
    assert stored.scores is not None
    assert stored.samples is None
    assert stored.command.startswith("frameloom evaluate ")
    assert stored.command.endswith("/still --clips 4 --samples 40")
    assert [method.name for method in stored.scores.methods] == [
        "still", "zeros", "copy last", "mean of past", "mean of data", "Bayes floor",
    ]  # fmt: skip
    page = (folders / "out" / "report.html").read_text()
    assert page.count("<canvas") == 4 * 5  # clips x truth, prediction, difference, uncertainty, floor
    for text in ("openstl: 10 frames given", "data range 2", "Bayes floor", "mean of data", "copy last", "mse_sum"):
        assert text in page
    assert not re.search(r"https?://(?!www\.w3\.org)", page)
    card = (folders / "still" / "README.md").read_text()
    assert card.index("## Settings") < card.index("## Evaluation: openstl")
    assert "| **still** | " in card
    assert "| Bayes floor | " in card


def test_samples_are_judged_beside_real_clips(folders: Path) -> None:
    steps = list(evaluating(config(folders, "both")))
    assert steps[-1].progress == 1
    assert [step.progress for step in steps] == sorted(step.progress for step in steps)
    found = steps[-1].report
    assert found is not None
    assert found.scores is not None
    assert found.samples is not None
    assert found.samples.frames == 12
    assert steps[-1].record["recognised"] == found.samples.generated.recognised.mean == 1
    assert steps[-1].record["mse_sum"] == found.scores.methods[0].metrics["mse_sum"].mean
    assert steps[-1].text.endswith("report.html")
    page = (folders / "out" / "report.html").read_text()
    for text in ("recognisable digits", "Fréchet distance in reader features", "not an FVD", "100.0 % ± 0.0"):
        assert text in page
    section = sample_section(found.samples, found.command)
    assert section.startswith("## Evaluation: samples\n\n`frameloom evaluate ")
    assert "| recognisable digits | 100.0 % ± 0.0 | 100.0 % ± 0.0 |" in section
    assert "| classes present | 10 of 10 | 10 of 10 |" in section
    assert "FVD (I3D" not in section
    with_fvd = found.samples.model_copy(update={"fvd": 512.34, "fvd_real": 80.0})
    asked = with_fvd.model_copy(update={"generated": found.samples.generated.model_copy(update={"asked_for": 0.5})})
    assert "| FVD (I3D file of the user) | 512.3 | 80.0 |" in sample_section(with_fvd, "x")
    assert "| digits of the class asked for | 50.0 % | " in sample_section(asked, "x")


def test_protocol_and_draws_come_from_the_settings(folders: Path) -> None:
    found = evaluate(config(folders, "still", protocol="srvp", draws=2, reader="none"))
    assert found.scores is not None
    assert found.scores.protocol.samples == 2
    assert found.scores.data["preset"] == "stochastic"
    assert found.scores.data["frames"] == 25
    assert "best of 2 samples" in score_section(found.scores, "x")
    assert "--draws 2" in found.command
    assert found.scores.methods[-1].name == "oracle sampler"
    assert found.scores.reader is None
    section = score_section(found.scores, "x")
    assert "| oracle sampler | " in section
    assert "The oracle sampler is no floor." in section


def test_sections_take_the_place_of_those_of_the_same_heading() -> None:
    card = with_section("# m\n\n## Evaluation: openstl\n\nold\n", "## Evaluation: samples\n\nnew\n")
    assert card == "# m\n\n## Evaluation: openstl\n\nold\n\n## Evaluation: samples\n\nnew\n"
    assert with_section(card, "## Evaluation: samples\n\nnew\n") == card
    assert "old" not in with_section(card, "## Evaluation: openstl\n\nfresh\n")
    assert with_section("", "## A\n") == "## A\n"


def test_what_cannot_be_evaluated_is_refused(folders: Path) -> None:
    with pytest.raises(ModelError, match="idle: neither predicts nor samples"):
        evaluate(config(folders, "idle"))
    with pytest.raises(ModelError, match="still: does not read digits; give a digit reader"):
        evaluate(config(folders, "both", reader=str(folders / "still")))
    with pytest.raises(ConfigError, match="protocol 'vbench' is unknown"):
        evaluate(config(folders, "still", protocol="vbench"))
    with pytest.raises(ModelError, match="neither a model folder nor a shipped model"):
        evaluate(config(folders, "gone"))
    (folders / "still" / "config.json").write_text(json.dumps({"data": {"source": "moving_mnist", "frmes": 1}}))
    with pytest.raises(ModelError, match=r"config\.json: data settings do not fit \(Extra inputs"):
        evaluate(config(folders, "still"))


def test_an_unwritable_place_is_told_before_the_work_begins(folders: Path) -> None:
    (folders / "file").write_text("x")
    steps = evaluating(config(folders, "still", out=folders / "file"))
    with pytest.raises(OutputError, match="file: cannot be made a folder"):
        next(steps)
    assert (folders / "file").read_text() == "x"
