"""A trained viseme network as an ONNX file that is asked some rows at a time.

    rows (N, T, bands), past0 ..., memory --> weights (N, T, 15), intensity (N, T), after_past0 ..., after_memory

The state goes in and comes out, so that a stream may be cut anywhere. The file says how many rows an answer waits for.
"""

from pathlib import Path

import torch
from torch import Tensor, nn

from frameloom.core.files import whole_file
from frameloom.core.provenance import version
from frameloom.generation.graph import Graph, Shape
from frameloom.models.viseme import MOUTHS, Viseme

_END = 2**31 - 1


def export_viseme(model: Viseme, path: Path) -> None:
    """Write a model as an ONNX file.

    Raises:
        MissingDependencyError: the package onnx is not installed.
        OutputError: the place cannot be written.
    """
    graph = Graph()
    config = model.config
    inputs: dict[str, Shape] = {"rows": ["N", "T", config.bands]}
    outputs: dict[str, Shape] = {"weights": ["N", "T", MOUTHS], "intensity": ["N", "T"]}
    maps = graph.add("Transpose", "rows", perm=[0, 2, 1])
    for number, layer in enumerate(model.convolutions):
        assert isinstance(layer, nn.Conv1d)
        apart = layer.dilation[0]
        inputs[f"past{number}"] = outputs[f"after_past{number}"] = ["N", layer.in_channels, 2 * apart]
        seen = graph.add("Concat", f"past{number}", maps, axis=2)
        _sliced(graph, seen, -2 * apart, _END, axis=2, output=f"after_past{number}")
        new = graph.add("Relu", graph.convolved(seen, layer.weight, layer.bias, around=(0,), apart=(apart,)))
        maps = graph.add("Add", new, maps) if number else new
    inputs["memory"] = outputs["after_memory"] = [1, "N", config.memory]
    lasting = graph.add("Transpose", maps, perm=[2, 0, 1])  # (T, N, width)
    weights = _recurrent(model.recurrent)
    told = graph.add(
        "GRU", lasting, *map(graph.array, weights), "", "memory", hidden_size=config.memory, linear_before_reset=1
    )  # (T, 1, N, memory)
    graph.add("Gather", told, graph.shape(-1), axis=0, output="last")
    graph.add("Squeeze", "last", graph.shape(1), output="after_memory")
    remembered = graph.add("Transpose", graph.add("Squeeze", told, graph.shape(1)), perm=[1, 0, 2])
    both = graph.add("Concat", remembered, graph.add("Transpose", maps, perm=[0, 2, 1]), axis=2)
    answers = _linear(graph, graph.add("Relu", _linear(graph, both, model.told)), model.answer)
    graph.add("Softmax", _sliced(graph, answers, 0, MOUTHS, axis=2), axis=-1, output="weights")
    loud = graph.add("Squeeze", _sliced(graph, answers, MOUTHS, MOUTHS + 1, axis=2), graph.shape(2))
    graph.add("Sigmoid", loud, output="intensity")
    known = {"ahead": str(config.ahead), "frameloom": version()}
    with whole_file(path) as part:
        part.write_bytes(graph.written("viseme", inputs, outputs, known))


def _sliced(graph: Graph, values: str, first: int, stop: int, *, axis: int, output: str = "") -> str:
    return graph.add("Slice", values, *(graph.shape(each) for each in (first, stop, axis)), output=output)


def _linear(graph: Graph, values: str, layer: nn.Linear) -> str:
    return graph.add("Add", graph.add("MatMul", values, graph.array(layer.weight.T)), graph.array(layer.bias))


def _recurrent(layer: nn.GRU) -> tuple[Tensor, Tensor, Tensor]:
    """Return the weights of a recurrent layer in the order of ONNX: update, reset, new; its biases in one row."""
    weights = [_reordered(getattr(layer, f"weight_{kind}_l0"))[None] for kind in ("ih", "hh")]
    biases = [_reordered(getattr(layer, f"bias_{kind}_l0")) for kind in ("ih", "hh")]
    return weights[0], weights[1], torch.cat(biases)[None]


def _reordered(values: Tensor) -> Tensor:
    reset, update, new = values.chunk(3)
    return torch.cat([update, reset, new])
