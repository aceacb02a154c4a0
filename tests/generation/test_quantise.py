"""Networks in 8 bits: near to those in floats, chosen where asked for, and told apart."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from frameloom.core.errors import MissingDependencyError, ModelError
from frameloom.generation import quantise
from frameloom.generation.export_upscaler import export_upscaler
from frameloom.generation.networks import open_network, shipped_networks
from frameloom.generation.quantise import Inputs
from frameloom.generation.sessions import SHIPPED
from frameloom.models.upscaler import Upscaler, UpscalerConfig


def pictures(scale: int, count: int = 4) -> Iterator[Inputs]:
    random = np.random.default_rng(0)
    for _ in range(count):
        luma = random.random((1, 1, 24, 24), np.float32)
        before = luma.repeat(scale, 2).repeat(scale, 3)
        yield {"luma": luma, "before": before, "levels": random.random((1, 2), np.float32)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a network in floats and in bytes."""
    torch.manual_seed(0)
    model = Upscaler(UpscalerConfig(scale=2, width=8, depth=2, recurrent=True))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.03 * torch.randn_like(parameter))
    export_upscaler(model, tmp_path / "model.onnx")
    quantise.quantise(tmp_path / "model.onnx", tmp_path / "model.int8.onnx", pictures(2))
    return tmp_path


def test_a_network_in_bytes_is_near_to_that_in_floats_and_says_the_same_of_itself(folder: Path) -> None:
    floats, whole = (open_network(folder, threads=1, noise=0.4, precision=each) for each in ("float32", "int8"))
    assert (whole.scale, whole.radius, whole.cell, whole.recurrent) == (2, floats.radius, 1, True)
    luma = np.random.default_rng(1).random((20, 30), np.float32)
    one, other = floats(luma), whole(luma)
    assert 0 < np.abs(one - other).mean() < 0.01
    assert (folder / "model.int8.onnx").read_bytes() != (folder / "model.onnx").read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == ["model.int8.onnx", "model.onnx"]


def test_the_same_network_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    quantise.quantise(folder / "model.onnx", tmp_path / "again.onnx", pictures(2))
    assert (tmp_path / "again.onnx").read_bytes() == (folder / "model.int8.onnx").read_bytes()


def test_bytes_are_taken_where_they_are_asked_for(folder: Path) -> None:
    assert open_network(folder).path.name == "model.onnx"
    assert open_network(folder, precision="int8").path.name == "model.int8.onnx"
    assert open_network(folder / "model.onnx", precision="int8").path.name == "model.onnx"  # a file is that file
    (folder / "model.int8.onnx").unlink()
    with pytest.raises(ModelError, match=r"has no model.int8.onnx; give a precision of float32"):
        open_network(folder, precision="int8")


def test_without_onnx_the_install_line_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(quantise.importlib, "import_module", missing)
    with pytest.raises(MissingDependencyError, match=r"pip install 'frameloom\[export\]'"):
        quantise.quantise(tmp_path / "a.onnx", tmp_path / "b.onnx", [])


@pytest.mark.parametrize(
    "name", [name for name in shipped_networks() if (SHIPPED / name / "model.int8.onnx").is_file()]
)
def test_shipped_networks_in_bytes_differ_by_less_than_a_level(name: str) -> None:
    """A soft picture with edges: the mean of squares of what differs is below that of rounding to whole levels."""
    y, x = np.mgrid[0:96, 0:128].astype(np.float32)
    luma = (0.5 + 0.3 * np.sin(x / 9) * np.cos(y / 7) + 0.1 * ((x // 16 + y // 16) % 2)).astype(np.float32)
    floats, whole = (open_network(name, threads=1, precision=each)(luma) for each in ("float32", "int8"))
    assert np.sqrt(np.square(floats - whole).mean()) < 1 / 255
