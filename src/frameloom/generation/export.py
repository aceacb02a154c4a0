"""A trained upscaler as an ONNX file: the graph is written out node by node, kernels folded.

    Upscaler --export_upscaler--> model.onnx, which says by how much it enlarges and how far it sees

Its input is luma in [0, 1], as stored, and the levels; what the model does in [-1, 1] is part of the graph. A recurrent
one takes what was made before, too, large, moved and in [0, 1]; where there was nothing, luma with its pixels repeated.

python -m frameloom.generation.export FOLDER writes that of a run beside its weights.
"""

import argparse
import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from frameloom.core.errors import MissingDependencyError, ModelError
from frameloom.core.files import whole_file
from frameloom.core.provenance import version
from frameloom.generation.networks import ONNX_NAME
from frameloom.models.store import load_model
from frameloom.models.upscaler import LEVELS, Folded, Upscaler

OPSET = 20


def export_upscaler(model: Upscaler, path: Path) -> None:
    """Write a model as an ONNX file that takes pictures of any size.

    Raises:
        MissingDependencyError: the package onnx is not installed.
        OutputError: the place cannot be written.
    """
    graph = _Graph(_onnx())
    bright = graph.add("Sub", graph.add("Mul", "luma", graph.number(2.0)), graph.number(1.0))
    cells = graph.shuffled_together(bright, model.cell)
    told = graph.add("Reshape", "levels", graph.shape(-1, len(LEVELS), 1, 1))
    one = cells if model.cell == 1 else graph.add("ReduceMean", cells, graph.shape(1))
    maps = graph.add("Add", graph.add("Mul", one, graph.number(0.0)), told)  # as large as the picture
    features = graph.add("Concat", cells, maps, axis=1)
    times = model.scale * model.cell
    base = cells if model.scale == 1 else bright  # of one channel: as good as repeated, and cheaper
    if model.scale > 1 and model.cell > 1:
        base = graph.shuffled_together(graph.repeated(bright, model.scale), times)
    layers = [(model.head.weight, model.head.bias)]
    layers += [(layer.kernel(), layer.bias) for layer in model.body if isinstance(layer, Folded)]
    for number, ((kernel, bias), slope) in enumerate(zip(layers, model.slopes, strict=True)):
        features = graph.convolved(features, kernel, bias)
        if model.past and not number:
            before = graph.add("Sub", graph.add("Mul", "before", graph.number(2.0)), graph.number(1.0))
            differs = graph.add("Sub", graph.shuffled_together(before, times), base)
            features = graph.add("Add", features, graph.convolved(differs, model.past.weight, None))
        features = graph.add("PRelu", features, graph.array(slope[:, None, None]))
    pixels = graph.add("Add", graph.convolved(features, model.tail.weight, model.tail.bias), base)
    large = graph.add("DepthToSpace", pixels, blocksize=times, mode="CRD") if times > 1 else pixels
    half = graph.number(0.5)
    pictured = graph.add("Add", graph.add("Mul", large, half), half)
    graph.add("Clip", pictured, graph.number(0.0), graph.number(1.0), output="large")
    with whole_file(path) as part:
        known = {"radius": str(model.radius), "scale": str(model.scale), "cell": str(model.cell)}
        part.write_bytes(graph.written({**known, "frameloom": version()}, model.past is not None))


class _Graph:
    """Nodes in the order in which they are computed, and the numbers that they hold."""

    def __init__(self, onnx: ModuleType) -> None:
        self.onnx = onnx
        self.nodes: list[Any] = []
        self.held: list[Any] = []

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: object) -> str:
        """Add a node and return the name of what it gives."""
        output = output or f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return output

    def convolved(self, maps: str, kernel: Tensor, bias: Tensor | None) -> str:
        """Add a convolution that keeps the size."""
        given = [self.array(kernel)] + ([] if bias is None else [self.array(bias)])
        reach = kernel.shape[2] // 2
        return self.add("Conv", maps, *given, pads=[reach] * 4)

    def shuffled_together(self, picture: str, side: int) -> str:
        """Add what puts squares of a picture of one channel into channels."""
        return self.add("SpaceToDepth", picture, blocksize=side) if side > 1 else picture

    def repeated(self, picture: str, times: int) -> str:
        """Add what repeats each pixel, across and down, of a picture of one channel."""
        if times == 1:
            return picture
        channels = self.add("Concat", *[picture] * times**2, axis=1)
        return self.add("DepthToSpace", channels, blocksize=times, mode="CRD")

    def array(self, values: Tensor) -> str:
        """Hold numbers and return their name."""
        return self._hold(values.detach().cpu().float().numpy())

    def number(self, value: float) -> str:
        """Hold one number."""
        return self._hold(np.array(value, np.float32))

    def shape(self, *sizes: int) -> str:
        """Hold a shape."""
        return self._hold(np.array(sizes, np.int64))

    def written(self, told: dict[str, str], recurrent: bool) -> bytes:
        """Return the file, which tells these things of itself."""
        onnx, helper = self.onnx, self.onnx.helper
        real = onnx.TensorProto.FLOAT
        inputs = [
            helper.make_tensor_value_info("luma", real, ["N", 1, "H", "W"]),
            helper.make_tensor_value_info("levels", real, ["N", len(LEVELS)]),
        ]
        if recurrent:
            inputs.append(helper.make_tensor_value_info("before", real, ["N", 1, "large_H", "large_W"]))
        output = helper.make_tensor_value_info("large", real, ["N", 1, "large_H", "large_W"])
        graph = helper.make_graph(self.nodes, "upscaler", inputs, [output], self.held)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
        helper.set_model_props(model, told)
        onnx.checker.check_model(model)
        data: bytes = model.SerializeToString(deterministic=True)
        return data

    def _hold(self, values: NDArray[Any]) -> str:
        name = f"held{len(self.held)}"
        self.held.append(self.onnx.numpy_helper.from_array(values, name))
        return name


def _onnx() -> ModuleType:
    try:
        return importlib.import_module("onnx")
    except ModuleNotFoundError as error:
        raise MissingDependencyError("onnx: not installed; pip install 'frameloom[export]'") from error


def main(words: list[str] | None = None) -> None:
    """Write the ONNX file of a model folder beside its weights.

    Raises:
        MissingDependencyError: the package onnx is not installed.
        ModelError: there is no such model, or it is no upscaler.
        OutputError: the place cannot be written.
    """
    parser = argparse.ArgumentParser(description="Write an upscaler as an ONNX file, for `frameloom enhance`.")
    parser.add_argument("folder", type=Path, help="a run or model folder")
    folder = parser.parse_args(words).folder
    model = load_model(folder)
    if not isinstance(model, Upscaler):
        raise ModelError(f"{folder}: does not enlarge pictures; give an upscaler")
    export_upscaler(model, folder / ONNX_NAME)
    sys.stdout.write(f"{folder / ONNX_NAME}\n")


if __name__ == "__main__":
    main()
