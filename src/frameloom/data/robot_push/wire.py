"""Just enough of the protobuf wire format for tf.train.Example: fields by position, floats, and the way back.

    Example { Features { key -> Feature { bytes_list | float_list | int64_list } } }

    field = varint (number << 3 | kind), then kind 0: a varint, 1: 8 bytes, 5: 4 bytes, 2: varint length and that much

Reading yields positions in the data, so that nothing is copied until it is wanted. The depth is fixed and every length
is held against its surroundings: foreign data can neither recurse nor make anything large. A SequenceExample reads
alike, for its context stands where an Example has its features.
Source: protobuf.dev, "Encoding"; tensorflow/core/example/{example,feature}.proto for the field numbers.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import DataError

MOST_FEATURES = 20_000
"""In one record; one of BAIR has 120."""

_VARINT, _BYTES, _FOUR = 0, 2, 5
_FIXED = {1: 8, _FOUR: 4}
"""Kinds of a known length, in bytes."""
_LONGEST_VARINT = 10
_BYTES_LIST, _FLOAT_LIST = 1, 2
_KEY, _VALUE = 1 << 3 | _BYTES, 2 << 3 | _BYTES
_FLOATS = (1 << 3 | _BYTES, 1 << 3 | _FOUR)

Span = tuple[int, int]
"""Where something begins and ends in the data."""


class WireError(DataError):
    """The data is not what it should be; the message does not say where it came from."""


def read_features(data: bytes) -> dict[bytes, Span]:
    """Return where the Feature of each key lies in a serialised Example; the last of a key counts.

    Raises:
        WireError: this is no Example.
    """
    features: dict[bytes, Span] = {}
    for group in _values(data, (0, len(data)), 1):
        for begin, stop in _values(data, group, 1):
            key, feature = b"", (stop, stop)
            for tag, first, last in _fields(data, begin, stop):
                if tag == _KEY:
                    key = data[first:last]
                elif tag == _VALUE:
                    feature = first, last
            features[key] = feature
            if len(features) > MOST_FEATURES:
                raise WireError(f"more than {MOST_FEATURES} features")
    return features


def read_bytes(data: bytes, feature: Span) -> Span:
    """Return where the one value of a bytes_list lies.

    Raises:
        WireError: the feature is of another kind, or has not exactly one value.
    """
    begin, end = feature
    if data.startswith(before := _usual(_BYTES_LIST, end - begin), begin):  # a third of the time of what follows
        return begin + len(before), end
    values = [value for part in _values(data, feature, _BYTES_LIST) for value in _values(data, part, 1)]
    if len(values) != 1:
        raise WireError(f"{len(values)} values of bytes where one should be")
    return values[0]


def read_floats(data: bytes, feature: Span) -> bytes:
    """Return the values of a float_list, packed or not, each as 4 bytes, little end first.

    Raises:
        WireError: the feature is damaged.
    """
    begin, end = feature
    if data.startswith(before := _usual(_FLOAT_LIST, end - begin), begin):
        return data[begin + len(before) : end]
    parts = _values(data, feature, _FLOAT_LIST)
    fields = [field for part in parts for field in _fields(data, *part)]
    return b"".join([data[begin:end] for tag, begin, end in fields if tag in _FLOATS])


def bytes_feature(value: bytes) -> bytes:
    """Return a Feature that holds these bytes."""
    return _field(_BYTES_LIST, _field(1, value))


def float_feature(values: NDArray[np.float32]) -> bytes:
    """Return a Feature that holds these floats, packed as TensorFlow does."""
    return _field(_FLOAT_LIST, _field(1, values.astype("<f4").tobytes()))


def example(features: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a serialised Example of keys and Features, in this order."""
    entries = (_field(1, _field(1, key.encode()) + _field(2, feature)) for key, feature in features)
    return _field(1, b"".join(entries))


@lru_cache(maxsize=64)
def _usual(kind: int, length: int) -> bytes:
    """Return what a Feature of this kind and length begins with, before its one value, as everybody writes it."""
    for value in range(max(0, length - 2 * (1 + _LONGEST_VARINT)), length):
        if len(before := _head(kind, len(_head(1, value)) + value) + _head(1, value)) + value == length:
            return before
    return b"\0"  # no Feature begins so


def _values(data: bytes, span: Span, number: int) -> list[Span]:
    """Return where the values of one length-delimited field lie."""
    return [(begin, end) for tag, begin, end in _fields(data, *span) if tag == number << 3 | _BYTES]


def _fields(data: bytes, at: int, stop: int) -> list[tuple[int, int, int]]:
    """Return number and kind in one, begin and end of each field between two places."""
    fields = []
    while at < stop:
        tag, at = _varint(data, at, stop)
        kind = tag & 7
        if kind == _BYTES:
            length, at = _varint(data, at, stop)
            end = at + length
        elif kind == _VARINT:
            _, end = _varint(data, at, stop)
        elif kind in _FIXED:
            end = at + _FIXED[kind]
        else:
            raise WireError(f"field of unknown kind {kind} at byte {at}")
        if end > stop:
            raise WireError(f"field at byte {at} runs {end - stop} bytes past its end")
        fields.append((tag, at, end))
        at = end
    return fields


def _varint(data: bytes, at: int, stop: int) -> tuple[int, int]:
    """Return a number and the place after it."""
    if at < stop and (low := data[at]) < 0x80:
        return low, at + 1
    value = 0
    for place in range(at, min(at + _LONGEST_VARINT, stop)):
        byte = data[place]
        value |= (byte & 0x7F) << (7 * (place - at))
        if byte < 0x80:
            return value, place + 1
    raise WireError(f"number at byte {at} has no end")


def _field(number: int, value: bytes) -> bytes:
    """Return a length-delimited field."""
    return _head(number, len(value)) + value


def _head(number: int, length: int) -> bytes:
    """Return what stands before a value of this length."""
    return bytes(chain(_digits(number << 3 | _BYTES), _digits(length)))


def _digits(number: int) -> Iterator[int]:
    """Yield the bytes of a varint."""
    while number > 0x7F:
        yield number & 0x7F | 0x80
        number >>= 7
    yield number
