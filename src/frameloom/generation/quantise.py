"""A network in 8 bits: where a processor multiplies bytes as fast as it should, it is up to twice as fast.

    model.onnx, pictures --ranges of what comes out of each convolution--> model.int8.onnx

Weights have 7 bits, so that no sum overflows on processors that add pairs of products in 16.

Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
arXiv:1712.05877, as ONNX Runtime does it.
"""

import importlib
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import MissingDependencyError
from frameloom.core.files import whole_file

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
        tools = importlib.import_module("onnxruntime.quantization")
    except ModuleNotFoundError as error:
        raise MissingDependencyError("onnx: not installed; pip install 'frameloom[export]'") from error
    examples = iter(given)

    class Examples(tools.CalibrationDataReader):  # type: ignore[misc, name-defined]
        def get_next(self) -> Inputs | None:
            return next(examples, None)

    logging.getLogger().addFilter(_is_no_advice)
    try:
        with whole_file(target) as part:
            tools.quantize_static(
                str(source),
                str(part),
                Examples(),
                quant_format=tools.QuantFormat.QDQ,
                op_types_to_quantize=["Conv"],
                activation_type=tools.QuantType.QUInt8,
                weight_type=tools.QuantType.QInt8,
                per_channel=True,
                reduce_range=True,
            )
            model = onnx.load(part)
            onnx.helper.set_model_props(model, {each.key: each.value for each in onnx.load(source).metadata_props})
            part.write_bytes(model.SerializeToString(deterministic=True))
    finally:
        logging.getLogger().removeFilter(_is_no_advice)


def _is_no_advice(record: logging.LogRecord) -> bool:
    """Return whether a message is more than advice to prepare the network, which has nothing to prepare."""
    return "pre-processing" not in record.getMessage()
