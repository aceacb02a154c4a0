"""Networks in ONNX files: they do what the model does, and what is no such network is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch

from frameloom.core.errors import MissingDependencyError, ModelError
from frameloom.generation import export
from frameloom.generation.export_upscaler import export_upscaler
from frameloom.generation.networks import UNKNOWN_RADIUS, open_network
from frameloom.generation.torch_network import TorchNetwork
from frameloom.models.store import save_model
from frameloom.models.upscaler import Upscaler, UpscalerConfig


@pytest.fixture(params=[1, 2, 3, 4])
def model(request: pytest.FixtureRequest) -> Upscaler:
    return trained(request.param)


def trained(scale: Any, recurrent: bool = False, cell: Any = 1) -> Upscaler:
    torch.manual_seed(0)
    one = Upscaler(UpscalerConfig(scale=scale, width=8, depth=3, recurrent=recurrent, cell=cell))
    with torch.no_grad():
        for parameter in one.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return one.eval()


def test_a_file_does_what_its_model_does(model: Upscaler, tmp_path: Path) -> None:
    export_upscaler(model, tmp_path / "model.onnx")
    network = open_network(tmp_path, threads=1, noise=0.3, compression=0.8)
    assert (network.scale, network.radius) == (model.scale, model.radius)
    for shape in ((17, 23), (8, 40)):
        luma = np.random.default_rng(0).random(shape, np.float32)
        expected = model.enlarge(torch.from_numpy(luma)[None, None] * 2 - 1, torch.tensor([[0.3, 0.8]]))
        assert network(luma) == pytest.approx((expected[0, 0].numpy() + 1) / 2, abs=2e-6)
    clean = open_network(tmp_path / "model.onnx", threads=1)
    assert np.abs(clean(luma) - network(luma)).max() > 1e-3


@pytest.mark.parametrize("cell", [1, 2])
@pytest.mark.parametrize("scale", [1, 2, 3, 4])
def test_a_recurrent_one_does_what_its_model_does_with_and_without_a_past(
    scale: int, cell: int, tmp_path: Path
) -> None:
    model = trained(scale, recurrent=True, cell=cell)
    export_upscaler(model, tmp_path / "model.onnx")
    network = open_network(tmp_path, threads=1)
    assert (network.scale, network.recurrent, network.takes_levels) == (scale, True, True)
    random = np.random.default_rng(0)
    luma, before = random.random((10, 14), np.float32), random.random((10 * scale, 14 * scale), np.float32)
    given, past = (torch.from_numpy(values)[None, None] * 2 - 1 for values in (luma, before))
    for made, expected in (
        (network(luma), model.enlarge(given)),
        (network(luma, before), model.enlarge(given, None, past)),
    ):
        assert made == pytest.approx((expected[0, 0].numpy() + 1) / 2, abs=5e-6)
    assert np.abs(network(luma) - network(luma, before)).max() > 1e-3


@pytest.mark.parametrize("cell", [1, 2])
def test_through_torch_it_is_the_same(cell: int, tmp_path: Path) -> None:
    """On the CPU, as on a GPU."""
    model = trained(2, recurrent=True, cell=cell)
    save_model(tmp_path, model, "card")
    export_upscaler(model, tmp_path / "model.onnx")
    levels = {"noise": 0.3, "compression": 0.8}
    other, network = TorchNetwork(tmp_path, "cpu", **levels), open_network(tmp_path, threads=1, **levels)
    for name in ("scale", "radius", "cell", "recurrent", "takes_levels"):
        assert getattr(other, name) == getattr(network, name)
    random = np.random.default_rng(0)
    luma, before = random.random((9, 13), np.float32), random.random((18, 26), np.float32)
    assert other(luma) == pytest.approx(network(luma), abs=4e-3)  # weights are stored in half precision
    assert other(luma, before) == pytest.approx(network(luma, before), abs=4e-3)


def test_sides_that_are_no_multiple_of_a_cell_are_filled_up(tmp_path: Path) -> None:
    model = trained(2, recurrent=True, cell=2)
    export_upscaler(model, tmp_path / "model.onnx")
    network = open_network(tmp_path, threads=1)
    random = np.random.default_rng(0)
    luma, before = random.random((9, 13), np.float32), random.random((18, 26), np.float32)
    whole = np.pad(luma, ((0, 1), (0, 1)), mode="edge"), np.pad(before, ((0, 2), (0, 2)), mode="edge")
    assert network.cell == 2
    assert np.array_equal(network(luma, before), network(*whole)[:18, :26])


def test_the_same_model_gives_the_same_bytes(model: Upscaler, tmp_path: Path) -> None:
    for name in ("one.onnx", "two.onnx"):
        export_upscaler(model, tmp_path / name)
    assert (tmp_path / "one.onnx").read_bytes() == (tmp_path / "two.onnx").read_bytes()


def graph(path: Path, kind: str, channels: int = 1, inputs: int = 1, **attributes: Any) -> Path:
    """Write a network of one node."""
    make, real = onnx.helper, onnx.TensorProto.FLOAT
    given = [make.make_tensor_value_info(f"x{n}", real, [1, channels, None, None]) for n in range(inputs)]
    node = make.make_node(kind, [value.name for value in given], ["y"], **attributes)
    output = make.make_tensor_value_info("y", real, None)
    opsets = [make.make_opsetid("", 20)]
    model = make.make_model(make.make_graph([node], "g", given, [output]), opset_imports=opsets, ir_version=10)
    onnx.save(model, path)
    return path


def test_a_network_of_another_maker_is_measured(tmp_path: Path) -> None:
    network = open_network(graph(tmp_path / "theirs.onnx", "Abs"))
    assert (network.scale, network.radius) == (1, UNKNOWN_RADIUS)
    luma = np.random.default_rng(0).random((5, 6), np.float32)
    assert np.array_equal(network(luma), luma)


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        ("Abs", {"channels": 3}, r"does not take luma, float32 \(1, 1, H, W\)"),
        ("Add", {"inputs": 2}, r"takes 2 inputs; give a network that takes a picture alone"),
        ("Flatten", {}, r"gives \(1, 256\) for \(1, 1, 16, 16\); give a network that gives a picture 1 to 8 times"),
    ],
)
def test_what_gives_no_picture_is_refused(kind: str, settings: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=message):
        open_network(graph(tmp_path / "odd.onnx", kind, **settings))


@pytest.mark.parametrize("name", ["weights.pth", "weights.PT", "weights.ckpt"])
def test_pickled_weights_are_refused_with_the_reason(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"\x80\x02")
    with pytest.raises(ModelError, match=r"pickled weights can run any code .*write an .onnx file"):
        open_network(tmp_path / name)


def test_a_missing_or_damaged_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nothing.onnx: no such network; give an .onnx file or a shipped one"):
        open_network(tmp_path / "nothing.onnx")
    (tmp_path / "bad.onnx").write_bytes(b"not a graph")
    with pytest.raises(ModelError, match=r"bad.onnx: ONNX Runtime cannot open it"):
        open_network(tmp_path / "bad.onnx")


def test_without_onnx_the_install_line_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("frameloom.generation.graph.importlib.import_module", missing)
    with pytest.raises(MissingDependencyError, match=r"pip install 'frameloom\[export\]'"):
        export_upscaler(Upscaler(UpscalerConfig(width=4, depth=1)), tmp_path / "model.onnx")


def test_a_run_without_its_file_says_how_to_write_it(tmp_path: Path) -> None:
    save_model(tmp_path, trained(2), "card")
    with pytest.raises(
        ModelError, match=r"model.onnx: not written yet; write it with `python -m frameloom.generation.e"
    ):
        open_network(tmp_path)
    export.main([str(tmp_path)])
    assert open_network(tmp_path).scale == 2
