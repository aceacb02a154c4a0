"""Several processes that train as one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from frameloom.training.distributed import Ranks, default_device, joined
from frameloom.training.run import train

RECIPE = """
name = "shared"
[model]
family = "predictor"
window = 2
size = 24
dim = 16
heads = 2
depth = 1
[data]
source = "moving_mnist"
frames = 4
crop = 24
[training]
batch = 8
steps = 3
rate = 1e-3
clip = 0.5
ema = 0.5
log_every = 1
precision = "float32"
tensorboard = false
"""


def torchrun(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run two processes and return what they said."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def logged(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "shared.toml"
    path.write_text(RECIPE)
    return path


@pytest.mark.slow
def test_two_processes_with_half_a_batch_equal_one_with_the_batch(recipe: Path, tmp_path: Path) -> None:
    list(train(recipe, tmp_path / "alone"))
    answer = torchrun("-m", "frameloom", "train", str(recipe), "--folder", str(tmp_path / "together"))
    assert answer.returncode == 0, answer.stderr
    for one, two in zip(logged(tmp_path / "alone"), logged(tmp_path / "together"), strict=True):
        for name in ("predict_loss", "mse", "predict_gradient"):
            assert two[name] == pytest.approx(one[name], rel=1e-5)
    alone, together = (torch.load(tmp_path / name / "state.pt", weights_only=True) for name in ("alone", "together"))
    for part in ("model", "average"):
        for name, weights in alone[part].items():
            torch.testing.assert_close(together[part][name], weights, rtol=0, atol=2e-5)  # a step moves 1e-3


@pytest.mark.slow
def test_all_processes_end_when_the_first_walks_away(recipe: Path, tmp_path: Path) -> None:
    script = Path(__file__).with_name("two_processes.py")
    answer = torchrun(str(script), str(recipe), str(tmp_path / "run"))
    assert answer.returncode == 0, answer.stderr
    assert sorted(answer.stdout.split("\n")) == ["", "[1, 2]", "[]"]
    assert torch.load(tmp_path / "run" / "state.pt", weights_only=True)["step"] == 2


def test_alone_without_torchrun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with joined() as ranks:
        assert ranks == Ranks(0, 1)
        assert ranks.leads
        assert ranks.agree(1.5, stop=True) == (1.5, True)
        tensor = torch.tensor([1.0, 3.0])
        ranks.average([tensor])
        ranks.wait()
        assert tensor.tolist() == [1.0, 3.0]


def test_one_process_of_a_group_behaves_as_one_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other process is played by hand: it has twice our tensors, more time, and no wish to stop."""

    def all_reduce(tensor: torch.Tensor, operation: object = torch.distributed.ReduceOp.SUM) -> None:
        if operation == torch.distributed.ReduceOp.MAX:
            tensor.copy_(torch.maximum(tensor, torch.tensor([9.0, 0.0])))
        else:
            tensor.mul_(3)

    monkeypatch.setattr(torch.distributed, "all_reduce", all_reduce)
    ranks = Ranks(1, 2)
    assert ranks.share == (1, 2)
    assert not ranks.leads
    matrix, scalar = torch.tensor([[2.0, 4.0], [6.0, 8.0]]), torch.tensor(10.0)
    ranks.average([matrix, scalar])
    assert matrix.tolist() == [[3.0, 6.0], [9.0, 12.0]]  # (1 + 2) / 2 times ours
    assert scalar.item() == 15.0
    assert ranks.agree(1.0, stop=True) == (9.0, True)


def test_each_process_takes_a_gpu_of_its_own_where_there_are_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert default_device() == torch.device("cpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setenv("LOCAL_RANK", "3")
    assert default_device() == torch.device("cuda", 1)
