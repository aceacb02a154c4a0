"""A model to which an output was added by hand is what the package that writes such files would have made."""

import numpy as np
import onnx
from onnx import TensorProto, helper

from frameloom.media.runtime import onnxruntime
from frameloom.media.speech.onnx_outputs import with_output


def model(inner: str) -> bytes:
    nodes = [helper.make_node("Neg", ["x"], [inner]), helper.make_node("Abs", [inner], ["y"])]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in ("x", "y")]
    graph = helper.make_graph(nodes, "g", ends[:1], ends[1:])
    made: bytes = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10
    ).SerializeToString()
    return made


def test_the_tensor_comes_out_after_the_others() -> None:
    for inner in ("inner", "/a/rather/long/" + "n" * 200):  # a length of one byte, and of two
        changed = with_output(model(inner), inner)
        assert [one.name for one in onnx.load_from_string(changed).graph.output] == ["y", inner]
        session = onnxruntime.InferenceSession(changed, providers=["CPUExecutionProvider"])
        y, told = session.run(None, {"x": np.array([1, -2], np.float32)})
        assert y.tolist() == [1, 2]
        assert told.tolist() == [-1, 2]
