"""Runs: from a recipe to a folder that can be used and resumed, however the run ends."""

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import torch

from frameloom.core.errors import ConfigError, DataError, OutputError, TrainingError
from frameloom.models.base import Loss
from frameloom.models.predictor import Predictor
from frameloom.models.store import load_model, read_config, summary
from frameloom.training.config import Recipe
from frameloom.training.run import train

Maker = Callable[..., Recipe]


def state_of(folder: Path) -> dict[str, Any]:
    """Return a saved state without the time it took."""
    record: dict[str, Any] = torch.load(folder / "state.pt", weights_only=True)
    del record["elapsed_s"]
    return record


def same(one: Any, other: Any) -> bool:
    """Return whether nested records agree bit for bit."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return torch.equal(one, other) if isinstance(one, torch.Tensor) else one == other


def steps_in_log(folder: Path) -> list[int]:
    return [json.loads(line)["step"] for line in (folder / "log.jsonl").read_text().splitlines()]


def test_every_family_resumes_exactly(family: str, small_recipe: Maker, tmp_path: Path) -> None:
    recipe = small_recipe(family, steps=4)
    list(train(recipe, tmp_path / "straight"))
    list(islice(train(recipe, tmp_path / "resumed"), 2))
    assert state_of(tmp_path / "resumed")["step"] == 2
    list(train(recipe, tmp_path / "resumed", resume=True))
    assert same(state_of(tmp_path / "straight"), state_of(tmp_path / "resumed"))
    assert steps_in_log(tmp_path / "resumed") == [1, 2, 3, 4]


def test_a_run_leaves_a_model_folder(small_recipe: Maker, tmp_path: Path) -> None:
    recipe = small_recipe(steps=2, ema=0.9)
    last = list(train(recipe, tmp_path / "run"))[-1]
    assert (last.step, last.progress) == (2, 1.0)
    model, saved = load_model(tmp_path / "run"), state_of(tmp_path / "run")
    for name, weights in model.state_dict().items():
        assert torch.equal(weights, saved["average"][name])
    assert any(not torch.equal(saved["average"][name], saved["model"][name]) for name in saved["model"])
    settings = read_config(tmp_path / "run")
    assert Recipe.model_validate({key: settings[key] for key in Recipe.model_fields}) == recipe
    assert settings["frameloom"]
    assert summary(tmp_path / "run") == "A predictor model trained on moving_mnist."
    assert "2 steps, 8 clips" in (tmp_path / "run" / "README.md").read_text()


def test_a_seed_fixes_a_run(small_recipe: Maker, tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        list(train(small_recipe("vae", steps=2).model_copy(update={"seed": seed}), tmp_path / name))
    assert same(state_of(tmp_path / "one"), state_of(tmp_path / "again"))
    assert not same(state_of(tmp_path / "one")["model"], state_of(tmp_path / "other")["model"])


def test_the_folder_is_usable_before_the_first_step(small_recipe: Maker, tmp_path: Path) -> None:
    run = train(small_recipe(steps=2), tmp_path / "run")
    next(run)
    assert state_of(tmp_path / "run")["step"] == 0
    assert isinstance(load_model(tmp_path / "run"), Predictor)
    run.close()
    assert state_of(tmp_path / "run")["step"] == 1


def test_the_state_is_saved_on_the_way(small_recipe: Maker, tmp_path: Path) -> None:
    saved = []
    for _ in train(small_recipe(steps=3, save_every_minutes=1e-9), tmp_path / "run"):
        saved.append(state_of(tmp_path / "run")["step"])
    assert saved == [1, 2, 3]


def test_the_first_ctrl_c_saves_and_says_how_to_go_on(
    small_recipe: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = signal.getsignal(signal.SIGINT)
    run = train(small_recipe(steps=9))
    next(run)
    signal.raise_signal(signal.SIGINT)
    with pytest.raises(
        KeyboardInterrupt, match=r"stopped at step 1; to go on: frameloom train small-predictor.toml --resume"
    ):
        next(run)
    assert state_of(tmp_path / "runs" / "small-predictor")["step"] == 1
    assert signal.getsignal(signal.SIGINT) is before


@pytest.fixture
def _heard_ctrl_c() -> Iterator[None]:
    """Hear Ctrl-C as in a foreground shell: a process started in the background inherits a deaf ear."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_heard_ctrl_c")
def test_the_second_ctrl_c_stops_at_once(small_recipe: Maker, tmp_path: Path) -> None:
    run = train(small_recipe(steps=9), tmp_path / "run")
    next(run)
    signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        signal.raise_signal(signal.SIGINT)
    run.close()


def test_the_command_to_go_on_repeats_what_was_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = train("tutorial/vae", Path("my run"), assignments=["training.batch=2"], minutes=5)
    next(run)
    signal.raise_signal(signal.SIGTERM)
    command = "frameloom train tutorial/vae --set training.batch=2 --minutes 5 --folder 'my run' --resume"
    with pytest.raises(KeyboardInterrupt, match=f"to go on: {command}$"):
        next(run)


def test_a_run_works_outside_the_main_thread(small_recipe: Maker, tmp_path: Path) -> None:
    thread = threading.Thread(target=lambda: list(train(small_recipe(steps=1), tmp_path / "run")))
    thread.start()
    thread.join()
    assert state_of(tmp_path / "run")["step"] == 1


def test_a_failure_keeps_the_last_good_state(
    small_recipe: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = Predictor.prediction_loss

    def bad(self: Predictor, batch: Any, progress: float) -> Loss:
        loss = good(self, batch, progress)
        return Loss(loss.total * float("nan"), loss.parts) if progress > 0.3 else loss

    monkeypatch.setattr(Predictor, "prediction_loss", bad)
    with pytest.raises(
        TrainingError,
        match=r"step 3, phase 'predict': the loss is not finite .*run keeps the last good state, of step 3",
    ):
        list(train(small_recipe(steps=9, save_every_minutes=1e-9), tmp_path / "run"))
    assert state_of(tmp_path / "run")["step"] == 3


def test_a_run_is_not_written_over(small_recipe: Maker, tmp_path: Path) -> None:
    list(train(small_recipe(steps=1), tmp_path / "run"))
    with pytest.raises(OutputError, match="run: holds a run already; add --resume to go on with it"):
        next(train(small_recipe(steps=1), tmp_path / "run"))


def test_only_a_run_that_exists_and_is_not_over_is_resumed(small_recipe: Maker, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="there is no saved state to resume"):
        next(train(small_recipe(steps=1), tmp_path / "run", resume=True))
    list(train(small_recipe(steps=1), tmp_path / "run"))
    with pytest.raises(
        TrainingError, match=r"run: the run has used its whole budget \(step 1, .* minutes\); give it more"
    ):
        next(train(small_recipe(steps=1), tmp_path / "run", resume=True))
    assert [report.step for report in train(small_recipe(steps=3), tmp_path / "run", resume=True)] == [2, 3]


def test_another_model_does_not_take_over_a_run(small_recipe: Maker, tmp_path: Path) -> None:
    list(train(small_recipe("vae", steps=1), tmp_path / "run"))
    with pytest.raises(
        ConfigError, match=r"run: its run has model .*'vae'.*, the recipe has .*'predictor'.*; resume with"
    ):
        next(train(small_recipe("predictor", steps=2), tmp_path / "run", resume=True))


def test_lines_after_the_saved_step_are_dropped(small_recipe: Maker, tmp_path: Path) -> None:
    list(train(small_recipe(steps=2), tmp_path / "run"))
    with (tmp_path / "run" / "log.jsonl").open("a") as log:
        log.write('{"step": 3}\n{"step": 4, "cli')
    list(train(small_recipe(steps=3), tmp_path / "run", resume=True))
    assert steps_in_log(tmp_path / "run") == [1, 2, 3]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"crop": 32}, "model.size: 24, but the clips have 32; make them equal"),
        ({"frames": 3}, "data.frames: clips of 3 frames are too short; the model needs 4"),
    ],
)
def test_clips_of_another_size_are_refused(
    data: dict[str, int], message: str, small_recipe: Maker, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=message):
        next(train(small_recipe(data=data, steps=1), tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_data_without_positions_is_refused_where_they_are_needed(small_recipe: Maker, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the data has no positions"):
        next(train(small_recipe("digit_reader", data={"resize": 64}, steps=1), tmp_path / "run"))


def test_parts_begin_with_trained_weights(small_recipe: Maker, tmp_path: Path) -> None:
    list(train(small_recipe("digit_reader", model={"frames": 2}, steps=1, ema=0.0), tmp_path / "reader"))
    start = {"localiser": str(tmp_path / "reader")}
    recipe = small_recipe("sprite_predictor", steps=3).model_copy(update={"start": start})
    run = train(recipe, tmp_path / "run")
    next(run)
    reader, begun = state_of(tmp_path / "reader")["model"], state_of(tmp_path / "run")["model"]
    shared = [name for name in begun if name.startswith("localiser.")]
    assert shared
    assert all(torch.equal(begun[name], reader[name]) for name in shared)
    run.close()
    shutil.rmtree(tmp_path / "reader")  # a resumed run does not need it again
    assert len(list(train(recipe, tmp_path / "run", resume=True))) == 2


@pytest.mark.parametrize(("family", "part"), [("seq2seq", "world.localiser"), ("vae", "painter.localiser")])
def test_a_part_inside_another_begins_with_the_part_of_its_last_name(
    family: str, part: str, small_recipe: Maker, tmp_path: Path
) -> None:
    frames = 2 if family == "seq2seq" else 4
    list(train(small_recipe("digit_reader", model={"frames": frames}, steps=1, ema=0.0), tmp_path / "reader"))
    sprites = {"decoder": "sprites", "size": 64, "localiser_width": 8}
    recipe = small_recipe(family, model=sprites, steps=1)
    run = train(recipe.model_copy(update={"start": {part: str(tmp_path / "reader")}}), tmp_path / "run")
    next(run)
    reader = load_model(tmp_path / "reader").get_submodule("localiser").state_dict()
    begun = load_model(tmp_path / "run").get_submodule(part).state_dict()
    assert begun.keys() == reader.keys()
    if family == "vae":  # whose one step leaves the localiser alone
        run.close()
        begun = load_model(tmp_path / "run").get_submodule(part).state_dict()
    assert all(torch.equal(begun[name], weights) for name, weights in reader.items())
    run.close()


def test_a_part_of_a_part_begins_with_the_same_part_of_another(small_recipe: Maker, tmp_path: Path) -> None:
    list(train(small_recipe("digit_reader", steps=1, ema=0.0), tmp_path / "reader"))
    start = {"localiser.output": str(tmp_path / "reader")}
    run = train(small_recipe("sprite_predictor", steps=1).model_copy(update={"start": start}), tmp_path / "run")
    next(run)
    reader = load_model(tmp_path / "reader").get_submodule("localiser.output").state_dict()
    begun = load_model(tmp_path / "run").get_submodule("localiser.output").state_dict()
    assert all(torch.equal(begun[name], weights) for name, weights in reader.items())
    run.close()


@pytest.mark.parametrize(
    ("part", "reason"), [("localizer", "no attribute"), ("motion", "no attribute"), ("localiser", "size mismatch")]
)
def test_parts_that_cannot_begin_are_named(part: str, reason: str, small_recipe: Maker, tmp_path: Path) -> None:
    list(train(small_recipe("digit_reader", steps=1), tmp_path / "reader"))
    recipe = small_recipe("sprite_predictor", steps=1).model_copy(update={"start": {part: str(tmp_path / "reader")}})
    with pytest.raises(ConfigError, match=f"start.{part}: does not begin from .*reader: .*{reason}"):
        next(train(recipe, tmp_path / "run"))


def test_curves_go_to_tensorboard_where_it_is_installed(small_recipe: Maker, tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    list(train(small_recipe(steps=3, tensorboard=True), tmp_path / "run"))
    events = accumulator.EventAccumulator(str(tmp_path / "run" / "tensorboard"))
    events.Reload()
    assert [event.step for event in events.Scalars("predict_loss")] == [1, 2, 3]
    logged = [json.loads(line)["mse"] for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert [event.value for event in events.Scalars("mse")] == pytest.approx(logged)


RECIPE = """
name = "killed"
[model]
family = "vae"
frames = 4
size = 24
z_dim = 4
c_dim = 4
h_dim = 8
[data]
source = "moving_mnist"
frames = 4
crop = 24
[training]
batch = 4
steps = 100000
log_every = 1
precision = "float32"
save_every_minutes = 1e-9
tensorboard = false
"""


def test_kill_9_leaves_a_state_that_goes_on(tmp_path: Path) -> None:
    recipe, run = tmp_path / "killed.toml", tmp_path / "run"
    recipe.write_text(RECIPE)
    command = [sys.executable, "-m", "frameloom", "train", str(recipe), "--folder", str(run)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not ((run / "log.jsonl").is_file() and len(steps_in_log_so_far(run)) >= 5):
            time.sleep(0.02)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    load_model(run)
    saved = state_of(run)["step"]
    assert saved >= 4
    assert next(train(recipe, run, resume=True)).step == saved + 1
    assert not list(run.glob(".*.part*"))


def steps_in_log_so_far(folder: Path) -> list[str]:
    return (folder / "log.jsonl").read_text().splitlines()
