"""A trained interpolator as an ONNX file: the graph is written out node by node.

Interpolator --export_interpolator--> refine.onnx: what is told of two views --> which to believe, and a change of luma
"""

from pathlib import Path

from torch import nn

from frameloom.core.files import whole_file
from frameloom.core.provenance import version
from frameloom.generation.graph import Graph
from frameloom.media.views import DESCRIPTION, SIDES_OF
from frameloom.models.interpolator import Block, Interpolator


def export_interpolator(model: Interpolator, path: Path) -> None:
    """Write a model as an ONNX file that takes what `media.flow.described` gives, of any size.

    Raises:
        MissingDependencyError: the package onnx is not installed.
        OutputError: the place cannot be written.
    """
    graph = Graph()
    first, second, weight = (_channels(graph, number, number + 1) for number in range(3))
    rest = _channels(graph, 2, len(DESCRIPTION))
    side = [SIDES_OF, SIDES_OF]
    small = graph.add("AveragePool", rest, kernel_shape=side, strides=side)
    cells = [graph.shuffled_together(luma, SIDES_OF) for luma in (first, second)]
    head, slope = model.head
    assert isinstance(head, nn.Conv2d)
    assert isinstance(slope, nn.PReLU)
    maps = graph.convolved(graph.add("Concat", *cells, small, axis=1), head.weight, head.bias)
    maps = graph.add("PRelu", maps, graph.array(slope.weight[:, None, None]))
    for block in model.body:
        assert isinstance(block, Block)
        bent = graph.convolved(maps, block.first.weight, block.first.bias)
        bent = graph.add("PRelu", bent, graph.array(block.slope.weight[:, None, None]))
        maps = graph.add("Add", maps, graph.convolved(bent, block.second.weight, block.second.bias))
    answer = graph.convolved(maps, model.tail.weight, model.tail.bias)
    large = graph.add("DepthToSpace", answer, blocksize=SIDES_OF, mode="CRD")
    moved, change = (graph.add("Slice", large, *_part(graph, number, number + 1)) for number in range(2))
    chosen = graph.add("Clip", graph.add("Add", weight, moved), graph.number(0.0), graph.number(1.0))
    graph.add("Concat", chosen, change, axis=1, output="refined")
    with whole_file(path) as part:
        told_of = {"told": " ".join(name.replace(" ", "-") for name in DESCRIPTION), "frameloom": version()}
        part.write_bytes(
            graph.written(
                "interpolator",
                {"views": ["N", len(DESCRIPTION), "H", "W"]},
                {"refined": ["N", 2, "H", "W"]},
                told_of,
            )
        )


def _channels(graph: Graph, start: int, stop: int) -> str:
    """Add what takes some channels of the input."""
    return graph.add("Slice", "views", *_part(graph, start, stop))


def _part(graph: Graph, start: int, stop: int) -> tuple[str, str, str]:
    """Hold where a slice of channels begins and ends, and its axis."""
    return graph.shape(start), graph.shape(stop), graph.shape(1)
