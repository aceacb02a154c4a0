"""Agreement with TensorFlow's own reader and writer, both ways; runs where TensorFlow is installed."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from frameloom.data.robot_push.episode import Episode
from frameloom.data.robot_push.records import read_episode, read_index, write_records

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what TensorFlow says of itself while it is imported
    tf: Any = pytest.importorskip("tensorflow")

FRAMES, SIZE = 30, 64


@pytest.fixture(scope="module")
def episodes() -> list[Episode]:
    dice = np.random.default_rng(0)
    return [
        Episode(
            {
                "main": dice.integers(0, 256, (FRAMES, SIZE, SIZE, 3), np.uint8),
                "aux1": dice.integers(0, 256, (FRAMES, SIZE, SIZE, 3), np.uint8),
            },
            dice.normal(size=(FRAMES, 4)).astype(np.float32),
            dice.normal(size=(FRAMES, 3)).astype(np.float32),
            {"aux1": dice.integers(0, 9, (FRAMES, SIZE, SIZE), np.uint8)} if number else {},
        )
        for number in range(3)
    ]


def agree(episode: Episode, other: Episode) -> None:
    assert np.array_equal(episode.actions, other.actions)
    assert np.array_equal(episode.states, other.states)
    for camera in ("main", "aux1"):
        assert np.array_equal(episode.frames[camera], other.frames[camera])


@pytest.mark.parametrize("packed", [False, True])
def test_tensorflow_reads_what_is_written(tmp_path: Path, episodes: list[Episode], packed: bool) -> None:
    path = tmp_path / ("a.tfrecords.gz" if packed else "a.tfrecords")
    write_records(path, episodes)
    form: dict[str, Any] = {}
    for time in range(FRAMES):
        form[f"{time}/action"] = tf.io.FixedLenFeature([4], tf.float32)
        form[f"{time}/endeffector_pos"] = tf.io.FixedLenFeature([3], tf.float32)
        form |= {f"{time}/image_{camera}/encoded": tf.io.FixedLenFeature([1], tf.string) for camera in ("main", "aux1")}
    found = list(tf.data.TFRecordDataset(str(path), compression_type="GZIP" if packed else ""))
    assert len(found) == len(episodes)
    for record, episode in zip(found, episodes, strict=True):
        parsed = tf.io.parse_single_example(record, form)
        frames = {
            camera: np.stack(
                [np.frombuffer(parsed[f"{time}/image_{camera}/encoded"].numpy()[0], np.uint8) for time in range(FRAMES)]
            ).reshape(FRAMES, SIZE, SIZE, 3)
            for camera in ("main", "aux1")
        }
        vectors = [
            np.stack([parsed[f"{time}/{name}"].numpy() for time in range(FRAMES)])
            for name in ("action", "endeffector_pos")
        ]
        agree(episode, Episode(frames, *vectors))  # type: ignore[arg-type]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", ["Example", "SequenceExample"])
def test_what_tensorflow_writes_is_read(tmp_path: Path, episodes: list[Episode], kind: str, packed: bool) -> None:
    path = tmp_path / ("a.tfrecords.gz" if packed else "a.tfrecords")
    with tf.io.TFRecordWriter(str(path), options="GZIP" if packed else "") as writer:
        for episode in episodes:
            features = tf.train.Features()
            for time in range(FRAMES):
                for camera in ("main", "aux1"):
                    picture = episode.frames[camera][time].tobytes()
                    features.feature[f"{time}/image_{camera}/encoded"].bytes_list.value.append(picture)
                features.feature[f"{time}/action"].float_list.value.extend(episode.actions[time])
                features.feature[f"{time}/endeffector_pos"].float_list.value.extend(episode.states[time])
            if kind == "Example":
                writer.write(tf.train.Example(features=features).SerializeToString())
            else:
                writer.write(tf.train.SequenceExample(context=features).SerializeToString())
    index = read_index(path)
    assert len(index) == len(episodes)
    for number, episode in enumerate(episodes):
        agree(read_episode(index, number), episode)


def test_both_refuse_the_same_flipped_bit(tmp_path: Path, episodes: list[Episode]) -> None:
    path = tmp_path / "a.tfrecords"
    write_records(path, episodes)
    content = bytearray(path.read_bytes())
    content[read_index(path).places[1][0] + 5000] ^= 4
    path.write_bytes(content)
    with pytest.raises(ValueError, match="record 1: its bytes do not match their checksum"):
        read_episode(read_index(path), 1)
    with pytest.raises(tf.errors.DataLossError):
        list(tf.data.TFRecordDataset(str(path)))
