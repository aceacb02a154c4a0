"""An ONNX file written node by node: what is computed, in order, and the numbers that it holds.

graph = Graph(); graph.add("Relu", graph.convolved("picture", kernel, bias), output="maps"); graph.written(...)
"""

import importlib
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from frameloom.core.errors import MissingDependencyError

OPSET = 20

Shape = list[int | str]
"""Sizes; a name is one that may differ from call to call."""


class Graph:
    """Nodes in the order in which they are computed, and the numbers that they hold."""

    def __init__(self) -> None:
        """Begin without any node.

        Raises:
            MissingDependencyError: the package onnx is not installed.
        """
        self.onnx = _onnx()
        self.nodes: list[Any] = []
        self.held: list[Any] = []

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """Add a node and return the name of what it gives."""
        output = output or f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return output

    def convolved(
        self,
        maps: str,
        kernel: Tensor,
        bias: Tensor | None,
        *,
        around: tuple[int, ...] | None = None,
        steps: tuple[int, ...] | None = None,
        apart: tuple[int, ...] | None = None,
    ) -> str:
        """Add a convolution.

        Args:
            maps: what it takes.
            kernel: its weights, (out, in, ...).
            bias: what it adds.
            around: margin at either end of each axis; without one, the size stays.
            steps: by how much it moves on along each axis.
            apart: between the places that it looks at, along each axis.
        """
        given = [self.array(kernel)] + ([] if bias is None else [self.array(bias)])
        axes = kernel.ndim - 2
        margin = around or (kernel.shape[2] // 2,) * axes
        once = (1,) * axes
        return self.add("Conv", maps, *given, pads=[*margin, *margin], strides=steps or once, dilations=apart or once)

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

    def written(
        self, name: str, inputs: Mapping[str, Shape], outputs: Mapping[str, Shape], told: Mapping[str, str]
    ) -> bytes:
        """Return the file, which tells these things of itself; what goes in and out are floats."""
        onnx, helper = self.onnx, self.onnx.helper
        real = onnx.TensorProto.FLOAT
        given, made = (
            [helper.make_tensor_value_info(each, real, shape) for each, shape in forms.items()]
            for forms in (inputs, outputs)
        )
        graph = helper.make_graph(self.nodes, name, given, made, self.held)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
        helper.set_model_props(model, dict(told))
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
