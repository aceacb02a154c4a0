"""A network in 8 bits: where a processor multiplies bytes fast (VNNI), it is 1.6 times as fast, and a little coarser.

    model.onnx, pictures --ranges of what comes out of each convolution--> model.int8.onnx

The convolutions between features, which take nearly all the time, are in 8 bits; the first, which sees pixels, and the
last, whose values are pixels, stay in floats. Weights have 7 bits, so that no sum overflows on processors that add
pairs of products in 16.

Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
arXiv:1712.05877, as ONNX Runtime does it.
"""

import importlib
import logging
from collections.abc import Iterable, Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import MissingDependencyError
from frameloom.core.files import whole_file
from frameloom.media.runtime import onnxruntime

Inputs = Mapping[str, NDArray[np.float32]]
"""What a network is given, by name."""


def quantise(source: Path, target: Path, given: Iterable[Inputs]) -> None:
    """Write a network in 8 bits.

    Args:
        source: the network, an ONNX file.
        target: where to write it.
        given: what it is like to be given.

    Raises:
        MissingDependencyError: the package onnx is not installed.
        OutputError: the place cannot be written.
    """
    try:
        onnx = importlib.import_module("onnx")
        tools = importlib.import_module(f"{onnxruntime.__name__}.quantization")
    except ModuleNotFoundError as error:
        raise MissingDependencyError("onnx: not installed; pip install 'frameloom[export]'") from error
    examples = iter(given)

    class Examples(tools.CalibrationDataReader):  # type: ignore[misc, name-defined]
        def get_next(self) -> Inputs | None:
            return next(examples, None)

    logging.getLogger().addFilter(_is_no_advice)
    try:
        with whole_file(target) as part, redirect_stdout(StringIO()):  # it prints what it is at
            tools.quantize_static(
                str(source),
                str(part),
                Examples(),
                quant_format=tools.QuantFormat.QDQ,
                op_types_to_quantize=["Conv"],
                nodes_to_quantize=_between_features(onnx.load(source)),
                activation_type=tools.QuantType.QUInt8,
                weight_type=tools.QuantType.QInt8,
                per_channel=True,
                calibrate_method=tools.CalibrationMethod.Percentile,
                reduce_range=True,
            )
            model = onnx.load(part)
            onnx.helper.set_model_props(model, {each.key: each.value for each in onnx.load(source).metadata_props})
            part.write_bytes(model.SerializeToString(deterministic=True))
    finally:
        logging.getLogger().removeFilter(_is_no_advice)


def _between_features(model: Any) -> list[str]:
    """Return the convolutions with as many channels behind as before."""
    sizes = {held.name: list(held.dims) for held in model.graph.initializer}
    convolutions = (node for node in model.graph.node if node.op_type == "Conv")
    return [node.name for node in convolutions if sizes[node.input[1]][0] == sizes[node.input[1]][1]]


def _is_no_advice(record: logging.LogRecord) -> bool:
    """Return whether a message is more than advice to prepare the network, which has nothing to prepare."""
    return "pre-processing" not in record.getMessage()
