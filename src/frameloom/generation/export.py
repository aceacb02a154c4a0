"""A trained upscaler as an ONNX file: the graph is written out node by node, kernels folded.

    Upscaler --export_upscaler--> model.onnx, which says by how much it enlarges and how far it sees

Its input is luma in [0, 1], as stored, and the levels; what the model does in [-1, 1] is part of the graph. A recurrent
one takes what was made before, too, large, moved and in [0, 1]; where there was nothing, luma with its pixels repeated.

python -m frameloom.generation.export FOLDER writes that of a run beside its weights.
"""

import argparse
import sys
from pathlib import Path

from frameloom.core.errors import ModelError
from frameloom.core.files import whole_file
from frameloom.core.provenance import version
from frameloom.generation.export_detector import export_detector
from frameloom.generation.export_viseme import export_viseme
from frameloom.generation.graph import Graph, Shape
from frameloom.generation.networks import ONNX_NAME
from frameloom.generation.shots import DETECTOR_NAME
from frameloom.generation.visemes import LISTENER_NAME
from frameloom.models.shot_detector import ShotDetector
from frameloom.models.store import load_model
from frameloom.models.upscaler import LEVELS, Folded, Upscaler
from frameloom.models.viseme import Viseme


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


def main(words: list[str] | None = None) -> None:
    """Write the ONNX file of a model folder beside its weights.

    Raises:
        MissingDependencyError: the package onnx is not installed.
        ModelError: there is no such model, or it is of a family that runs in torch alone.
        OutputError: the place cannot be written.
    """
    parser = argparse.ArgumentParser(
        description="Write an upscaler, a shot detector or a viseme model as an ONNX file."
    )
    parser.add_argument("folder", type=Path, help="a run or model folder")
    folder = parser.parse_args(words).folder
    model = load_model(folder)
    if isinstance(model, Upscaler):
        path = folder / ONNX_NAME
        export_upscaler(model, path)
    elif isinstance(model, ShotDetector):
        path = folder / DETECTOR_NAME
        export_detector(model, path)
    elif isinstance(model, Viseme):
        path = folder / LISTENER_NAME
        export_viseme(model, path)
    else:
        raise ModelError(f"{folder}: neither enlarges, nor finds shots, nor tells visemes; give a model that does")
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
