"""A comparison end to end: toy robots whose order is known, and what the files then say."""

import json
import re
import shlex
from pathlib import Path

import pytest

from frameloom.cli.main import main
from frameloom.core.errors import DataError, ModelError
from frameloom.evaluation.compare import CompareConfig, Comparison, compare, comparing
from frameloom.evaluation.report import EvaluateConfig, evaluate


def config(models: Path, records: Path, *names: str, **settings: object) -> CompareConfig:
    update = {
        "models": [str(models / name) for name in names], "out": models / "out", "protocol": "robot-push",
        "data": str(records), "clips": 12, "batch": 5, "draws": 3, **settings,
    }  # fmt: skip
    return CompareConfig.model_validate(update)


def test_models_that_follow_and_models_that_do_not(toy_models: Path, toy_records: Path) -> None:
    found = compare(config(toy_models, toy_records, "exact", "unsure", "deaf"))
    stored = Comparison.model_validate_json((toy_models / "out" / "compare.json").read_text())
    assert stored == found
    figures = {method.name: method.metrics for method in found.methods}
    assert list(figures) == [
        "exact", "unsure", "deaf", "exact, shuffled actions", "unsure, shuffled actions", "deaf, shuffled actions",
        "copy last",
    ]  # fmt: skip
    assert figures["exact"]["psnr"].mean == pytest.approx(100)
    assert figures["exact"]["hand_px"].mean == pytest.approx(0, abs=1e-3)
    assert figures["exact"]["hand_near"].mean == 1
    assert figures["exact"]["hand_follows"].mean == pytest.approx(1, abs=1e-5)
    assert figures["exact"]["sharpness"].mean == pytest.approx(1)
    assert figures["exact"]["ssim_at_10"].mean == pytest.approx(1)
    assert figures["exact, shuffled actions"]["hand_px"].mean > 2
    assert abs(figures["exact, shuffled actions"]["hand_follows"].mean) < 0.7
    assert figures["deaf"]["hand_px"] == figures["copy last"]["hand_px"]
    assert figures["deaf"]["hand_follows"].mean == 0
    assert figures["deaf, shuffled actions"]["hand_px"] == figures["deaf"]["hand_px"]
    assert 0 < figures["unsure"]["hand_px"].mean < figures["deaf"]["hand_px"].mean
    assert figures["unsure"]["hand_follows"].mean > 0.8
    assert set(found.draws) == {"unsure"}
    worse, better = found.draws["unsure"][-1].metrics["ssim"].mean, found.draws["unsure"][0].metrics["ssim"].mean
    assert worse < figures["unsure"]["ssim"].mean < better
    assert "spread" not in figures["exact"]
    assert figures["exact"]["frechet"].mean == pytest.approx(0, abs=1e-6)
    assert figures["exact"]["frechet_halves"].mean == pytest.approx(found.references["frechet_halves"].mean)
    assert figures["deaf"]["frechet"].mean > figures["unsure"]["frechet"].mean


def test_differences_are_those_of_the_means_with_the_interval_of_pairs(toy_models: Path, toy_records: Path) -> None:
    found = compare(config(toy_models, toy_records, "deaf", "exact", "unsure"))
    figures = {method.name: method.metrics for method in found.methods}
    assert list(found.differences) == ["exact", "unsure", "copy last"]
    for name, differences in found.differences.items():
        for key, difference in differences.items():
            apart = figures[name][key].mean - figures["deaf"][key].mean
            assert difference.mean == pytest.approx(apart, abs=1e-6), (name, key)
    assert found.differences["copy last"]["hand_px"].ci95 == 0  # both stay: each pair differs by nothing
    assert found.differences["exact"]["hand_px"].ci95 == pytest.approx(figures["deaf"]["hand_px"].ci95)
    assert set(found.differences["unsure"]) >= {"ssim", "psnr", "ssim_at_10", "sharpness", "hand_px", "frechet"}


def test_the_page_plays_the_futures_of_all_models(toy_models: Path, toy_records: Path) -> None:
    wanted = config(toy_models, toy_records, "exact", "unsure")
    last = list(comparing(wanted))[-1]
    assert (last.progress, last.record["clips"]) == (1.0, 12)
    assert last.record["exact ssim_at_10"] == pytest.approx(1)
    page = (toy_models / "out" / "compare.html").read_text()
    assert page.count("<canvas") == 4 * 3 + 3 * 4 * 2 + 4 * 2  # one draw; best, worst and mean; ways of the hand
    for text in (
        "robot-push: 2 frames given, 10 predicted",
        "with the robot",
        "Differences to exact",
        "shuffled actions",
    ):
        assert text in page
    assert not re.search(r"https?://(?!www\.w3\.org)", page)
    assert last.comparison is not None
    assert last.comparison.command.startswith(f"frameloom compare {toy_models / 'exact'} {toy_models / 'unsure'} ")
    assert "--protocol robot-push" in last.comparison.command


def test_a_robot_model_alone_is_evaluated_with_its_draws(toy_models: Path, toy_records: Path) -> None:
    settings = {"model": str(toy_models / "unsure"), "out": toy_models / "out", "protocol": "robot-push"}
    found = evaluate(
        EvaluateConfig.model_validate({**settings, "data": str(toy_records), "batch": 5, "draws": 3, "card": True})
    )
    assert found.scores is not None
    assert [method.name for method in found.scores.methods] == ["unsure", "shuffled actions", "copy last"]
    assert [method.name for method in found.scores.draws] == ["best", "mean", "random", "worst"]
    assert found.scores.clips == 12
    assert found.scores.reader == "scene-reader"
    assert found.scores.methods[0].metrics["spread"].mean > 0
    assert set(found.scores.references) == {"unrelated", "feature_unrelated", "frechet_halves"}
    page = (toy_models / "out" / "report.html").read_text()
    for text in ("Draws", "Where the hand goes", "Way of the hand", "mean of draws", "real clips"):
        assert text in page
    assert "hand, px off" in (toy_models / "unsure" / "README.md").read_text()


def test_bair_protocols_tell_no_actions(toy_models: Path, toy_records: Path) -> None:
    found = compare(config(toy_models, toy_records, "exact", "deaf", protocol="bair-1-15", draws=1, reader="none"))
    figures = {method.name: method.metrics for method in found.methods}
    assert list(figures) == ["exact", "deaf", "copy last"]
    assert figures["exact"] == figures["deaf"] | {}
    assert "hand_px" not in figures["exact"]
    assert any("No reader was given" in note for note in found.notes)


def test_the_command_line_compares(
    toy_models: Path, toy_records: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(toy_models)
    words = ["--protocol", "robot-push", "--data", str(toy_records), "--clips", "2", "--draws", "1", "--batch", "2"]
    assert main(["compare", "exact", "deaf", *words, "--reader", "none", "-o", "there", "--json"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["report"], last["protocol"], last["clips"]) == ("there/compare.json", "robot-push", 2)
    assert last["exact ssim_at_10"] > last["deaf ssim_at_10"]
    stored = Comparison.model_validate_json(Path("there/compare.json").read_text())
    assert stored.command == shlex.join(["frameloom", "compare", "exact", "deaf", *words, "--reader", "none"])
    assert main(["compare", "exact", *words]) == 2
    assert "compare: models: holds 1; give 2 or more" in capsys.readouterr().err
    assert main(["compare", "exact", "deaf", "--protocol", "robot"]) == 2
    assert "protocol 'robot' is unknown" in capsys.readouterr().err


def test_what_does_not_compare_is_refused(toy_models: Path, toy_records: Path) -> None:
    with pytest.raises(ModelError, match="a model is named twice"):
        compare(config(toy_models, toy_records, "exact", "exact"))
    with pytest.raises(ModelError, match="scene-reader: does not predict; compare models that do"):
        compare(config(toy_models, toy_records, "exact", "scene-reader"))
    with pytest.raises(DataError, match="protocol openstl is for data 'moving_mnist', the model's is 'robot_push'"):
        compare(config(toy_models, toy_records, "exact", "deaf", protocol="openstl"))
    with pytest.raises(DataError, match="actions are exchanged between clips of a batch: set batch to at least 2"):
        compare(config(toy_models, toy_records, "exact", "deaf", batch=1))
    (toy_models / "deaf" / "config.json").write_text('{"data": {"source": "robot_push", "resize": 32}}')
    with pytest.raises(ModelError, match=r"deaf: was trained on other frames than .*exact \(resize 32, not None\)"):
        compare(config(toy_models, toy_records, "exact", "deaf"))
    (toy_models / "exact" / "config.json").write_text('{"data": {"source": "moving_mnist"}}')
    with pytest.raises(ModelError, match="source 'robot_push', not 'moving_mnist'"):
        compare(config(toy_models, toy_records, "exact", "deaf"))
