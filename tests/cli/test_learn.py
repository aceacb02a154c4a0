"""train, evaluate: through the command line, and what they leave is used."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from frameloom.media.files.video import probe

RECIPE = """
name = "tiny"
summary = "A tiny VAE."

[model]
family = "vae"
size = 16
frames = 4
z_dim = 4
c_dim = 8
h_dim = 8

[data]
source = "moving_mnist"
frames = 4
resize = 16

[training]
batch = 2
steps = 4
log_every = 2
tensorboard = false
"""


@pytest.fixture(autouse=True)
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recipe of four steps, in the folder where the commands run."""
    monkeypatch.chdir(tmp_path)
    Path("tiny.toml").write_text(RECIPE, encoding="utf-8")
    return Path("tiny.toml")


def test_a_run_is_a_model_that_generates(frameloom, recipe: Path) -> None:
    answer = frameloom("train", recipe)
    assert (answer.code, answer.out) == (0, "")
    assert "tiny.toml: 100%" in answer.err
    assert frameloom("generate", "runs/tiny", "-n", 2, "-o", "grid.webp").code == 0
    assert probe("grid.webp").frames == 4


def test_json_lines_are_those_of_the_log(frameloom, recipe: Path) -> None:
    answer = frameloom("train", recipe, "--json")
    lines = [json.loads(line) for line in answer.out.splitlines()]
    assert [line["step"] for line in lines] == [2, 4]
    log = Path("runs/tiny/log.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["step"] for line in log.splitlines()] == [2, 4]


def test_settings_folder_and_resume_are_heeded(frameloom, recipe: Path) -> None:
    words = ["train", recipe, "--folder", "here", "--set", "model.z_dim=6"]
    assert frameloom(*words, "--set", "training.steps=2").code == 0
    assert json.loads(Path("here/config.json").read_text(encoding="utf-8"))["model"]["z_dim"] == 6
    answer = frameloom(*words, "--resume", "--json")
    assert [json.loads(line)["step"] for line in answer.out.splitlines()] == [4]


def test_ctrl_c_says_how_to_go_on(frameloom, recipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> Iterator[None]:
        raise KeyboardInterrupt("stopped at step 3; to go on: frameloom train tiny.toml --resume")
        yield

    monkeypatch.setattr("frameloom.training.run.train", stopped)
    answer = frameloom("train", recipe)
    assert answer == (130, "", "frameloom: stopped at step 3; to go on: frameloom train tiny.toml --resume\n")


def test_evaluate_writes_report_and_page(frameloom, predictor: Path) -> None:
    answer = frameloom("evaluate", predictor, "--clips", 4, "--batch", 2, "-o", "report")
    assert answer.code == 0
    figures = dict(line.split(": ") for line in answer.out.splitlines())
    assert (figures["report"], figures["protocol"], figures["clips"]) == ("report/report.json", "openstl", "4")
    assert float(figures["mse_sum"]) > 0
    report = json.loads(Path("report/report.json").read_text(encoding="utf-8"))
    assert report["scores"]["clips"] == 4
    assert report["command"] == f"frameloom evaluate {predictor} --clips 4 --batch 2"
    assert Path("report/report.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def test_evaluate_with_json_ends_in_one_line_that_sums_up(frameloom, predictor: Path) -> None:
    answer = frameloom("evaluate", predictor, "--clips", 2, "--batch", 2, "--json")
    summary = json.loads(answer.out.splitlines()[-1])
    assert {"model", "report", "protocol", "clips", "mse_sum", "mae_sum", "ssim", "psnr"} <= set(summary)


def test_training_on_generated_clips_needs_neither_av_nor_pillow(recipe: Path) -> None:
    absent = "sys.modules.update(dict.fromkeys(['av', 'PIL', 'cv2', 'tensorboard']))"
    code = f"import sys; {absent}; from frameloom.cli.main import main; sys.exit(main(['train', '{recipe}']))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert Path("runs/tiny/model.safetensors").exists()
