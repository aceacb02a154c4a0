"""A trained upscaler as an ONNX file: the graph is written out node by node, kernels folded.

    Upscaler --export_upscaler--> model.onnx, which says by how much it enlarges and how far it sees

Its input is luma in [0, 1], as stored, and the levels; what the model does in [-1, 1] is part of the graph. A recurrent
one takes what was made before, too, large, moved and in [0, 1]; where there was nothing, luma with its pixels repeated.
"""

from pathlib import Path

from frameloom.core.files import whole_file
from frameloom.core.provenance import version
from frameloom.generation.graph import Graph, Shape
from frameloom.models.upscaler import LEVELS, Folded, Upscaler


def export_upscaler(model: Upscaler, path: Path) -> None:
    """Write a model as an ONNX file that takes pictures of any size.

    Raises:
        MissingDependencyError: the package onnx is not installed.
        OutputError: the place cannot be written.
    """
    graph = Graph()
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
        inputs: dict[str, Shape] = {"luma": ["N", 1, "H", "W"], "levels": ["N", len(LEVELS)]}
        if model.past is not None:
            inputs["before"] = ["N", 1, "large_H", "large_W"]
        outputs: dict[str, Shape] = {"large": ["N", 1, "large_H", "large_W"]}
        part.write_bytes(graph.written("upscaler", inputs, outputs, {**known, "frameloom": version()}))
