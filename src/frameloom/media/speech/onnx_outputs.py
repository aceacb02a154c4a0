"""An ONNX file that gives what it computes on its way, or is given what it would draw, without onnx's package.

Messages of protocol buffers that follow each other in a file are one message: what is in a list is added to the list.
So a model that has one more output is the model, and behind it a model of which nothing but that output is told.

Source: "Protocol Buffers Encoding", protobuf.dev/programming-guides/encoding, "Last One Wins" and "Merging".
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

_GRAPH = 7
"""Number of the field ModelProto.graph of onnx.proto."""
_NODE, _INITIALIZER, _INPUT, _OUTPUT = 1, 5, 11, 12
"""Of GraphProto."""
_NODE_INPUT, _NODE_OUTPUT, _OPERATOR = 1, 2, 4
"""Of NodeProto."""
_NAME, _TYPE, _TENSOR, _ELEMENT, _FLOAT = 1, 2, 1, 1, 1
"""Of ValueInfoProto, TypeProto and TypeProto.Tensor; the last is that of TensorProto.DataType."""
_NAMED = {_INITIALIZER: 8, _INPUT: _NAME}
"""What may stand in a graph for no node, and the field of its name: TensorProto.name, ValueInfoProto.name."""
_WORD_BYTES = {1: 8, 5: 4}
"""Bytes of a field by how it is stored: the other ways are 0, a varint, and 2, what follows its length."""


class _Field(NamedTuple):
    number: int
    whole: memoryview
    content: memoryview
    """Without tag and length; that of numbers does not matter here."""


def with_output(model: bytes, tensor: str) -> bytes:
    """Return a model that gives one of its tensors too, after its other outputs.

    >>> list(with_output(b"", "/Round"))[:6]
    [58, 10, 98, 8, 10, 6]
    """
    told = _field(_NAME, tensor.encode())
    return model + _field(_GRAPH, _field(_OUTPUT, told))


def with_inputs(model: bytes, operator: str) -> tuple[bytes, list[str]]:
    """Return a model that is given what an operator computed, and the names of these inputs, in order.

    Each node with the operator is left out; an input of real numbers has the name of what it gave.
    """
    names: list[str] = []

    def stays(field: _Field) -> bool:
        is_left_out = field.number == _NODE and operator.encode() in _told(field, _OPERATOR)
        if is_left_out:
            names.extend(name.decode() for name in _told(field, _NODE_OUTPUT))
        return not is_left_out

    kept = _rewritten(model, stays)
    kind = _field(_TYPE, _field(_TENSOR, bytes([_ELEMENT << 3, _FLOAT])))
    told = [_field(_INPUT, _field(_NAME, name.encode()) + kind) for name in names]
    return kept + _field(_GRAPH, b"".join(told)), names


def cut_at(model: bytes, tensor: str) -> bytes:
    """Return what of a model computes one of its tensors, which becomes its only output.

    Subgraphs, as those of loops, must take nothing but what their nodes are told to take.
    """
    needed, kept = {tensor.encode()}, set()
    for field in reversed([inner for one in _fields(memoryview(model)) for inner in _inside(one)]):
        if field.number == _NODE and not needed.isdisjoint(_told(field, _NODE_OUTPUT)):
            needed.update(_told(field, _NODE_INPUT))
            kept.add(bytes(field.whole))

    def stays(field: _Field) -> bool:
        if field.number in _NAMED:
            return not needed.isdisjoint(_told(field, _NAMED[field.number]))
        return field.number not in (_NODE, _OUTPUT) or bytes(field.whole) in kept

    return with_output(_rewritten(model, stays), tensor)


def _rewritten(model: bytes, stays: Callable[[_Field], bool]) -> bytes:
    """Return a model without some fields of its graph."""
    parts: list[bytes | memoryview] = []
    for field in _fields(memoryview(model)):
        if field.number == _GRAPH:
            parts.append(_field(_GRAPH, b"".join(inner.whole for inner in _fields(field.content) if stays(inner))))
        else:
            parts.append(field.whole)
    return b"".join(parts)


def _inside(field: _Field) -> Iterator[_Field]:
    """Yield what a graph consists of; nothing for what else a model has."""
    if field.number == _GRAPH:
        yield from _fields(field.content)


def _told(message: _Field, number: int) -> list[bytes]:
    """Return the texts that a field of a message has."""
    return [bytes(field.content) for field in _fields(message.content) if field.number == number]


def _fields(message: memoryview) -> Iterator[_Field]:
    at = 0
    while at < len(message):
        start = at
        tag, at = _read_varint(message, at)
        if (way := tag & 7) == 0:
            _, stop = _read_varint(message, at)
        elif way == 2:
            size, at = _read_varint(message, at)
            stop = at + size
        else:
            stop = at + _WORD_BYTES[way]
        yield _Field(tag >> 3, message[start:stop], message[at:stop])
        at = stop


def _read_varint(message: memoryview, at: int) -> tuple[int, int]:
    """Return a number, and where what follows it begins."""
    number = shift = 0
    while True:
        byte = message[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at


def _field(number: int, content: bytes) -> bytes:
    """Return a field whose content has a length."""
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    low = value & 0x7F
    return bytes([low]) if value < 0x80 else bytes([low | 0x80]) + _varint(value >> 7)
