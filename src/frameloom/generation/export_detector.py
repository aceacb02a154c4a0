"""A trained shot detector as an ONNX file: the graph is written out node by node.

    ShotDetector --export_detector--> detector.onnx, which says how many pictures it takes and how many of them count

Its input is small pictures as stored, Y, U and V from 0 to 255, its output chances; what the model does in [-1, 1] is
part of the graph.
"""

from pathlib import Path

from torch import Tensor, nn

from frameloom.core.files import whole_file
from frameloom.core.provenance import version
from frameloom.generation.graph import Graph, Shape
from frameloom.models.shot_detector import CHANNELS, HEIGHT, WIDTH, OverTime, ShotDetector, pairs

WINDOW, COUNTED = 100, 50
"""Pictures that are looked at together, and those amid them whose answer counts."""


def export_detector(model: ShotDetector, path: Path) -> None:
    """Write a model as an ONNX file that takes windows of 100 small pictures.

    Raises:
        MissingDependencyError: the package onnx is not installed.
        OutputError: the place cannot be written.
    """
    graph = Graph()
    flat = graph.add("Reshape", "pictures", graph.shape(-1, CHANNELS, HEIGHT, WIDTH))
    bright = graph.add("Sub", graph.add("Div", flat, graph.number(127.5)), graph.number(1.0))
    first = _convolved(graph, bright, model.first)
    second = _convolved(graph, first, model.second)
    third = _convolved(graph, _over_time(graph, second, model.near, (7, 12)), model.third)
    moved = _over_time(graph, third, model.far, (4, 6))
    means = graph.add("Concat", _mean(graph, first), _mean(graph, second), axis=1)
    code = graph.add("Relu", _linear(graph, _convolved(graph, moved, model.fourth), model.coded))
    placed = _linear(graph, graph.convolved(third, *_of(model.fourth)), model.placed)
    mixed = _linear(graph, means, model.mixed)
    width, size, reach = model.config.width, model.config.code, model.config.reach
    shown = graph.add("Concat", code, means, _mean(graph, moved), axis=1)
    parts = [_in_time(graph, shown, size + 6 * width)]
    parts += [_likeness(graph, each, many, reach) for each, many in ((placed, size), (mixed, size // 2))]
    known = graph.add("Transpose", graph.add("Concat", *parts, axis=2), perm=[0, 2, 1])
    told = graph.add("Relu", graph.convolved(known, *_of(model.told)))
    for layer in model.tower:
        assert isinstance(layer, nn.Conv1d)
        apart = layer.dilation[0]
        change = graph.convolved(told, *_of(layer), around=(apart,), apart=(apart,))
        told = graph.add("Add", told, graph.add("Relu", change))
    logits = graph.convolved(told, *_of(model.answer))
    graph.add("Transpose", graph.add("Sigmoid", logits), perm=[0, 2, 1], output="chances")
    inputs: dict[str, Shape] = {"pictures": ["N", WINDOW, CHANNELS, HEIGHT, WIDTH]}
    told_of = {"counted": str(COUNTED), "frameloom": version()}
    with whole_file(path) as part:
        part.write_bytes(graph.written("shot_detector", inputs, {"chances": ["N", WINDOW, 2]}, told_of))


def _of(layer: nn.Conv2d | nn.Conv1d) -> tuple[Tensor, Tensor | None]:
    return layer.weight, layer.bias


def _convolved(graph: Graph, maps: str, layer: nn.Conv2d) -> str:
    return graph.add("Relu", graph.convolved(maps, *_of(layer), steps=layer.stride))


def _over_time(graph: Graph, maps: str, layer: OverTime, size: tuple[int, int]) -> str:
    """Add convolutions along time to maps (N*T, C, H, W)."""
    channels, (height, width) = layer.back.out_channels, size
    apart = graph.add("Reshape", maps, graph.shape(-1, WINDOW, channels, height * width))
    lasting = graph.add("Transpose", apart, perm=[0, 2, 1, 3])  # (N, C, T, H*W)
    ways = []
    for way in layer.ways:
        assert isinstance(way, nn.Conv2d)
        each = way.dilation[0]
        ways.append(graph.convolved(lasting, *_of(way), around=(each, 0), apart=(each, 1)))
    seen = graph.add("Relu", graph.add("Concat", *ways, axis=1))
    result = graph.add("Relu", graph.add("Add", lasting, graph.convolved(seen, *_of(layer.back))))
    back = graph.add("Transpose", result, perm=[0, 2, 1, 3])
    return graph.add("Reshape", back, graph.shape(-1, channels, height, width))


def _mean(graph: Graph, maps: str) -> str:
    return graph.add("Flatten", graph.add("GlobalAveragePool", maps))


def _linear(graph: Graph, values: str, layer: nn.Linear) -> str:
    return graph.add("Gemm", graph.add("Flatten", values), graph.array(layer.weight), graph.array(layer.bias), transB=1)


def _in_time(graph: Graph, values: str, size: int) -> str:
    """Add what makes (N, T, size) of (N*T, size)."""
    return graph.add("Reshape", values, graph.shape(-1, WINDOW, size))


def _likeness(graph: Graph, codes: str, size: int, reach: int) -> str:
    """Add the cosines of codes (N*T, size) to those around and across, (N, T, 3 * reach)."""
    squares = graph.add("ReduceSum", graph.add("Mul", codes, codes), graph.shape(1))
    length = graph.add("Sqrt", graph.add("Add", squares, graph.number(1e-6)))
    unit = _in_time(graph, graph.add("Div", codes, length), size)
    every = graph.add("MatMul", unit, graph.add("Transpose", unit, perm=[0, 2, 1]))
    chosen = pairs(WINDOW, reach)
    flat = graph.add("Reshape", every, graph.shape(-1, WINDOW * WINDOW))
    found = graph.add("Gather", flat, graph.shape(*chosen.flatten().tolist()), axis=1)
    return _in_time(graph, found, chosen.shape[1])
