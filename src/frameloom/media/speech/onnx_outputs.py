"""An ONNX file that also gives what it computes on its way, without the package that reads such files.

Messages of protocol buffers that follow each other in a file are one message: what is in a list is added to the list.
So a model that has one more output is the model, and behind it a model of which nothing but that output is told.

Source: "Protocol Buffers Encoding", protobuf.dev/programming-guides/encoding, "Last One Wins" and "Merging".
"""

_GRAPH, _OUTPUT, _NAME = 7, 12, 1
"""Numbers of the fields ModelProto.graph, GraphProto.output and ValueInfoProto.name of onnx.proto."""


def with_output(model: bytes, tensor: str) -> bytes:
    """Return a model that gives one of its tensors too, after its other outputs.

    >>> list(with_output(b"", "/Round"))[:6]
    [58, 10, 98, 8, 10, 6]
    """
    told = _field(_NAME, tensor.encode())
    return model + _field(_GRAPH, _field(_OUTPUT, told))


def _field(number: int, content: bytes) -> bytes:
    """Return a field whose content has a length."""
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    low = value & 0x7F
    return bytes([low]) if value < 0x80 else bytes([low | 0x80]) + _varint(value >> 7)
