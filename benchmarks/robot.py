"""Robot video: records beside TensorFlow's parser, the simulator, a step of training, and steering live.

    records     256 episodes of BAIR's layout, both cameras, CRC checked, every frame to an array: ours, TensorFlow
    simulator   steps of one episode after the other, drawn at 64x64
    model       a training step of the packaged recipe, and one frame of one clip
    streaming   see _stream.py: the page in headless Chromium, and the server's memory

Both readers work on the same file with one thread each, in processes of their own. TensorFlow gets an environment of
its own under .bench/robot.
"""

import os
import subprocess
import sys
import time
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from _record import Bar, Row, amount, at_least, record, row, seconds_of
from _stream import streaming
from frameloom.core.errors import MissingDependencyError
from frameloom.data.robot_push.episode import Episode
from frameloom.data.robot_push.records import write_records
from frameloom.data.robot_push.simulator import Simulator
from frameloom.models.store import build, find_model
from frameloom.models.vaegan import Vaegan
from frameloom.training.config import read_recipe

HERE = Path(__file__).resolve().parent
PEERS = HERE.parent / ".bench" / "robot"
REPEATS = int(amount(2, 5, 9))
EPISODES, FRAMES, SIZE = int(amount(64, 256, 256)), 30, 64
MODEL = "robot-push"

OURS = """
import sys, time
from pathlib import Path
from frameloom.data.robot_push.records import read_episode, read_index
for _ in range(int(sys.argv[2]) + 1):
    began = time.perf_counter()
    index = read_index(Path(sys.argv[1]))
    episodes = (read_episode(index, number) for number in range(len(index.places)))
    seen = sum(len(frames) for episode in episodes for frames in episode.frames.values())
    print(seen / (time.perf_counter() - began), flush=True)
"""

THEIRS = """
import os, sys, time
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
cameras, frames, side = ("main", "aux1"), 30, 64
times = range(frames)
form = {f"{i}/image_{camera}/encoded": tf.io.FixedLenFeature([1], tf.string) for i in times for camera in cameras}
form |= {f"{i}/action": tf.io.FixedLenFeature([4], tf.float32) for i in range(frames)}
form |= {f"{i}/endeffector_pos": tf.io.FixedLenFeature([3], tf.float32) for i in range(frames)}
def parse(record):
    found = tf.io.parse_single_example(record, form)
    films = [
        tf.reshape(tf.stack([tf.io.decode_raw(found[f"{i}/image_{camera}/encoded"], tf.uint8) for i in range(frames)]),
                   (frames, side, side, 3))
        for camera in cameras
    ]
    actions = tf.stack([found[f"{i}/action"] for i in range(frames)])
    return (*films, actions, tf.stack([found[f"{i}/endeffector_pos"] for i in range(frames)]))
options = tf.data.Options()
options.threading.private_threadpool_size = 1
data = tf.data.TFRecordDataset(sys.argv[1]).map(parse).with_options(options)
for _ in range(int(sys.argv[2]) + 1):
    began = time.perf_counter()
    seen = sum(frames * len(cameras) for _ in data)
    print(seen / (time.perf_counter() - began), flush=True)
"""


def main() -> None:
    """Measure everything and write benchmarks/results/robot.json."""
    rows, bars = reading()
    rows += [*simulator_rows(), *model_rows()]
    live, promised = streaming(MODEL, presses=int(amount(60, 300, 600)), steps=int(amount(100, 1000, 1000)))
    path = record("robot", rows + live, bars + promised)
    print(f"wrote {path}")


def reading() -> tuple[list[Row], list[Bar]]:
    """Return how fast records are read, ours and TensorFlow's parser."""
    with TemporaryDirectory(prefix="frameloom-bench-") as folder:
        path = Path(folder) / "traj_0_to_255.tfrecords"
        write_records(path, episodes())
        ours = reader(Path(sys.executable), OURS, path)
        theirs = reader(tensorflow(), THEIRS, path)
    note = f"{EPISODES} episodes, both cameras, one thread"
    rows = [
        row("records: ours", "frames/s", ours, note),
        row("records: TensorFlow", "frames/s", theirs, f"peer, {note}"),
    ]
    bars = [
        at_least("records, against TensorFlow's parser", rows[0].median / rows[1].median, "x", 3),
        at_least("records", rows[0].median, "frames/s", 5000),
    ]
    return rows, bars


def episodes() -> list[Episode]:
    """Return episodes of noise in BAIR's layout."""
    dice = np.random.default_rng(0)
    shape = (FRAMES, SIZE, SIZE, 3)
    return [
        Episode(
            {camera: dice.integers(0, 256, shape, np.uint8) for camera in ("main", "aux1")},
            dice.random((FRAMES, 4), np.float32),
            dice.random((FRAMES, 3), np.float32),
        )
        for _ in range(EPISODES)
    ]


def reader(python: Path, script: str, path: Path) -> list[float]:
    """Return frames per second of a reading script, which prints them; the first round does not count."""
    settings = {**os.environ, "OMP_NUM_THREADS": "1"}
    words = [str(python), "-c", script, str(path), str(REPEATS)]
    said = subprocess.run(words, env=settings, capture_output=True, text=True, check=False)
    if said.returncode:
        raise SystemExit(f"{python}: {said.stderr[-2000:]}")
    return [float(line) for line in said.stdout.split()][1:]


def tensorflow() -> Path:
    """Return the Python of an environment that has TensorFlow; made once, under .bench/robot."""
    python = PEERS / "bin" / "python"
    if not (PEERS / "ready").exists():
        venv.create(PEERS, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "tensorflow-cpu>=2.18,<3"], check=True)
        (PEERS / "ready").touch()
    return python


def simulator_rows() -> list[Row]:
    """Return how fast the simulator steps; nothing where it is not installed."""
    try:
        simulator = Simulator()
    except MissingDependencyError as error:
        print(error)
        return []
    with simulator:
        dice = np.random.default_rng(0)
        simulator.reset(0)

        def steps() -> None:
            for _ in range(30):
                simulator.step(dice.uniform(-1, 1, 4))

        speeds = [30 / seconds for seconds in seconds_of(steps, amount(1, 4, 10))]
        made = seconds_of(lambda: simulator.episode(0), amount(1, 4, 10))
    return [
        row("simulator: steps", "frames/s", speeds, "aux1, 64x64"),
        row("simulator: an episode", "s", made, "30 frames and its set-up"),
    ]


def model_rows() -> list[Row]:
    """Return what a training step and a frame of the packaged recipe cost, with new weights."""
    recipe = read_recipe(MODEL)
    batch, config = recipe.training.batch, recipe.model
    model = build(config)
    if not isinstance(model, Vaegan):
        raise SystemExit(f"{MODEL}: is no vaegan")
    frames = config.past + config.future
    clips = {
        "video": torch.rand(batch, frames, config.channels, config.size, config.size) * 2 - 1,
        "actions": torch.rand(batch, frames, config.actions) * 2 - 1,
    }
    rows = []
    for phase in model.phases():

        def step() -> None:
            torch.autograd.backward(phase.loss(clips, 1.0).total, inputs=phase.parameters)  # noqa: B023

        speeds = [batch / seconds for seconds in seconds_of(step, amount(1, 10, 20), least=2)]
        rows.append(row(f"training step: {phase.name}", "clips/s", speeds, f"{frames} frames, batch {batch}, float32"))
    model.eval()
    state, action = model.start(clips["video"][:1, :2], clips["actions"][:1]), clips["actions"][:1, 0]
    times: list[float] = []
    for _ in range(int(amount(50, 300, 1000))):
        began = time.perf_counter()
        state, _ = model.step(state, action)
        times.append(1000 * (time.perf_counter() - began))
    weights = find_model(MODEL) / "model.safetensors"
    note = f"one clip; weights {weights.stat().st_size / 2**20:.2f} MiB" if weights.is_file() else "one clip"
    return [*rows, row("model: a frame", "ms", times[10:], note)]


if __name__ == "__main__":
    main()
