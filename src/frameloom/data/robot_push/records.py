"""Robot episodes as records of BAIR (softmotion30_44k), read and written without TensorFlow.

    record = Example, with these features for each frame i of T, in any order:

    {i}/image_main/encoded, {i}/image_aux1/encoded   H*W*3 bytes of raw RGB, whatever the name says; BAIR has 64x64 px
    {i}/action, {i}/endeffector_pos                  4 and 3 floats
    {i}/label_main, {i}/label_aux1                   ours: H*W bytes, what each pixel shows; other readers pass over it

    episodes --write_records--> file --read_index--> Index --read_episode--> any camera and frames of any record

Source: Ebert et al., "Self-Supervised Visual Planning with Temporal Skip Connections", arXiv:1710.05268, and the names
that its published records have. Differs from it: squares of any side, any T, any subset of the cameras.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import DataError
from frameloom.data.robot_push.episode import ACTION_SIZE, STATE_SIZE, Camera, Episode
from frameloom.data.robot_push.framing import (
    LARGEST_RECORD,
    DamagedRecordError,
    Index,
    read_index,
    read_record,
    write_payloads,
)
from frameloom.data.robot_push.wire import (
    Span,
    WireError,
    bytes_feature,
    example,
    float_feature,
    read_bytes,
    read_features,
    read_floats,
)

__all__ = ["SUFFIXES", "DamagedRecordError", "Index", "check_episode", "read_episode", "read_index", "write_records"]

SUFFIXES = (".tfrecords", ".tfrecord", ".tfrecords.gz", ".tfrecord.gz")
"""What names of such files end in."""
CAMERAS: tuple[Camera, ...] = get_args(Camera)


def read_episode(
    index: Index,
    number: int,
    cameras: Sequence[Camera] | None = None,
    *,
    first: int = 0,
    frames: int | None = None,
    labels: bool = False,
) -> Episode:
    """Return an episode, or a part of it; the whole record is checked, and only what is asked for is converted.

    Args:
        index: of the file.
        number: of the record.
        cameras: whose frames to read; all that are there if left out.
        first: first frame to read.
        frames: how many frames; to the end if left out.
        labels: whether to read the label maps of these cameras too.

    Raises:
        DamagedRecordError: the record is damaged or holds something else; names file and number.
        DataError: it does not hold what was asked for.
    """
    payload = read_record(index, number)
    try:
        record = _Record(payload)
        wanted = record.cameras("image_%s/encoded") if cameras is None else cameras
        stop = record.length if frames is None else first + frames
        if not 0 <= first < stop <= record.length:
            asked = f"{stop - first} from {first} were asked for"
            raise DataError(f"{index.path}: record {number}: has {record.length} frames; {asked}")
        _require(index, number, "camera", wanted, record.cameras("image_%s/encoded"))
        if labels:
            _require(index, number, "label maps of", wanted, record.cameras("label_%s"))
        return record.episode(wanted, wanted if labels else (), range(first, stop))
    except WireError as error:
        raise DamagedRecordError.of(index.path, number, str(error)) from error


def check_episode(index: Index, number: int) -> Episode:
    """Return the whole of an episode: every frame, camera and label map that it has.

    Raises:
        DamagedRecordError: any of it is damaged; names file and number.
    """
    payload = read_record(index, number)
    try:
        record = _Record(payload)
        return record.episode(record.cameras("image_%s/encoded"), record.cameras("label_%s"), range(record.length))
    except WireError as error:
        raise DamagedRecordError.of(index.path, number, str(error)) from error


def write_records(path: Path, episodes: Iterable[Episode]) -> int:
    """Write episodes as one file, whole or not at all, and return how many; packed if its name ends in .gz.

    Raises:
        DataError: an episode is not of the form that a record has.
        OutputError: the file cannot be written.
    """
    return write_payloads(path, (_payload(episode, f"{path}: record {n}") for n, episode in enumerate(episodes)))


def _require(index: Index, number: int, what: str, wanted: Iterable[Camera], there: Sequence[Camera]) -> None:
    for camera in wanted:
        if camera not in there:
            found = ", ".join(there) or "none"
            raise DataError(f"{index.path}: record {number}: has no {what} {camera} (found: {found}); ask for another")


class _Record:
    """Takes an episode out of a payload."""

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        self.features = read_features(payload)
        self.length = 0
        while f"{self.length}/action".encode() in self.features:
            self.length += 1
        told = sum(key.endswith(b"/action") for key in self.features)
        if not self.length or told != self.length:
            raise WireError(f"{told} actions, of which {self.length} are numbered from 0 on; it is no robot episode")

    def cameras(self, name: str) -> tuple[Camera, ...]:
        """Return for which cameras the first frame has a feature of this name."""
        return tuple(camera for camera in CAMERAS if f"0/{name % camera}".encode() in self.features)

    def episode(self, cameras: Iterable[Camera], labelled: Iterable[Camera], times: range) -> Episode:
        """Return these frames, of these cameras, with label maps of those."""
        return Episode(
            {camera: self._pictures(f"image_{camera}/encoded", times, 3) for camera in cameras},
            self._vectors("action", times, ACTION_SIZE),
            self._vectors("endeffector_pos", times, STATE_SIZE),
            {camera: self._pictures(f"label_{camera}", times, 1)[..., 0] for camera in labelled},
        )

    def _feature(self, name: str, time: int) -> Span:
        found = self.features.get(f"{time}/{name}".encode())
        if found is None:
            raise WireError(f"has no {time}/{name}")
        return found

    def _pictures(self, name: str, times: range, channels: int) -> NDArray[np.uint8]:
        """Return square pictures, (T, H, W, C)."""
        spans = [read_bytes(self.payload, self._feature(name, time)) for time in times]
        sizes = {end - begin for begin, end in spans}
        size = min(sizes)
        side = math.isqrt(size // channels)
        if not side or side * side * channels != size or len(sizes) > 1:
            raise WireError(f"{name} has {size} to {max(sizes)} bytes, not those of raw squares, {channels} a pixel")
        view = memoryview(self.payload)
        together = bytearray().join([view[begin:end] for begin, end in spans])  # the one copy, which can be written to
        return np.frombuffer(together, np.uint8).reshape(len(times), side, side, channels)

    def _vectors(self, name: str, times: range, size: int) -> NDArray[np.float32]:
        """Return finite vectors, (T, size)."""
        vectors = [read_floats(self.payload, self._feature(name, time)) for time in times]
        lengths = {len(vector) for vector in vectors}
        if lengths != {4 * size}:
            raise WireError(f"{name} has {min(lengths)} to {max(lengths)} bytes, not {size} floats")
        values = np.frombuffer(b"".join(vectors), "<f4").astype(np.float32).reshape(len(times), size)
        if not np.isfinite(values).all():
            raise WireError(f"{name} is not finite")
        return values


def _payload(episode: Episode, where: str) -> bytes:
    """Return the Example of an episode."""
    length = len(episode.actions)
    for name, vectors, size in (("actions", episode.actions, ACTION_SIZE), ("states", episode.states, STATE_SIZE)):
        if not length or vectors.shape != (length, size) or not np.isfinite(vectors).all():
            raise DataError(f"{where}: {name} have the form {vectors.shape}; give finite ({length or 'T'}, {size})")
    for pictures, rest in ((episode.frames, (3,)), (episode.labels, ())):
        for camera, values in pictures.items():
            side = values.shape[1] if values.ndim > 1 else 0
            if values.dtype != np.uint8 or not side or values.shape != (length, side, side, *rest):
                wanted = ", ".join(map(str, (length, "H", "H", *rest)))
                raise DataError(f"{where}: {camera} is {values.dtype} {values.shape}; give uint8 ({wanted})")
    payload = example(_features(episode))
    if len(payload) > LARGEST_RECORD:
        raise DataError(f"{where}: has {len(payload)} bytes, more than {LARGEST_RECORD}; make it shorter or smaller")
    return payload


def _features(episode: Episode) -> Iterator[tuple[str, bytes]]:
    """Yield key and Feature of all that an episode holds."""
    for time, (action, state) in enumerate(zip(episode.actions, episode.states, strict=True)):
        for camera, frames in episode.frames.items():
            yield f"{time}/image_{camera}/encoded", bytes_feature(frames[time].tobytes())
        for camera, labels in episode.labels.items():
            yield f"{time}/label_{camera}", bytes_feature(labels[time].tobytes())
        yield f"{time}/action", float_feature(action)
        yield f"{time}/endeffector_pos", float_feature(state)
