"""Models that were edited by hand are what the package that writes such files would have made."""

import numpy as np
import onnx
from onnx import TensorProto, helper

from frameloom.media.runtime import onnxruntime
from frameloom.media.speech.onnx_outputs import cut_at, with_inputs, with_output


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


def dicing() -> bytes:
    """Return a model of y = (x + 1 + noise) * 2, with numbers in all ways that fields are stored."""
    nodes = [
        helper.make_node("RandomNormalLike", ["x"], ["/noise"], scale=0.5, seed=3.0),
        helper.make_node("Add", ["x", "one"], ["more"]),
        helper.make_node("Add", ["more", "/noise"], ["sum"]),
        helper.make_node("Mul", ["sum", "two"], ["y"]),
    ]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n" * 300]) for name in ("x", "y")]
    kept = [helper.make_tensor(name, TensorProto.FLOAT, [1], [value]) for name, value in (("one", 1), ("two", 2))]
    graph = helper.make_graph(nodes, "g" * 20, ends[:1], ends[1:], initializer=kept)
    opsets = [helper.make_opsetid("", 20)]
    made: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString()
    return made


def computed(changed: bytes, **given: list[float]) -> list[list[float]]:
    session = onnxruntime.InferenceSession(changed, providers=["CPUExecutionProvider"])
    return [one.tolist() for one in session.run(None, {name: np.array(one, np.float32) for name, one in given.items()})]


def test_noise_is_given_instead_of_drawn() -> None:
    changed, names = with_inputs(dicing(), "RandomNormalLike")
    assert names == ["/noise"]
    assert computed(changed, **{"x": [1, 2], "/noise": [10, 20]}) == [[24, 46]]
    same, none = with_inputs(dicing(), "Random")
    assert none == []
    assert onnx.load_from_string(same) == onnx.load_from_string(dicing())


def test_a_model_is_cut_where_a_tensor_is_known() -> None:
    changed = cut_at(dicing(), "more")
    graph = onnx.load_from_string(changed).graph
    assert [node.op_type for node in graph.node] == ["Add"]
    assert ([one.name for one in graph.initializer], [one.name for one in graph.output]) == (["one"], ["more"])
    assert computed(changed, x=[1, 2]) == [[2, 3]]
