"""data get bair, data make robot-push, data check: through the command line; and training on what they leave."""

import json
import tarfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from frameloom.data.robot_push.bair import ARCHIVE
from frameloom.data.robot_push.episode import Episode
from frameloom.data.robot_push.make import Made, MakeRobotPushConfig
from frameloom.data.robot_push.records import read_index, write_records

RECIPE = """
name = "tiny"

[model]
family = "vae"
size = 16
channels = 3
frames = 4
z_dim = 4
c_dim = 8
h_dim = 8

[data]
source = "robot_push"
path = "robot"
frames = 4

[training]
batch = 2
steps = 2
log_every = 2
tensorboard = false
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, with nothing between it and servers on this machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def robot() -> Path:
    """A folder with six episodes to train on and three to test on."""
    dice = np.random.default_rng(0)

    def episode() -> Episode:
        frames = dice.integers(0, 256, (6, 16, 16, 3), np.uint8)
        return Episode({"aux1": frames}, np.zeros((6, 4), np.float32), np.zeros((6, 3), np.float32))

    write_records(Path("robot/train/traj_0_to_255.tfrecords"), (episode() for _ in range(6)))
    write_records(Path("robot/test/traj_0_to_255.tfrecords"), (episode() for _ in range(3)))
    return Path("robot")


def damage(path: Path, number: int) -> None:
    content = bytearray(path.read_bytes())
    content[read_index(path).places[number][0] + 40] ^= 1
    path.write_bytes(content)


def test_check_counts_and_names_what_is_damaged(frameloom, robot: Path) -> None:
    answer = frameloom("data", "check", robot)
    assert (answer.code, answer.out) == (0, "robot: 9 records of 2 files are whole (54 frames)\n")
    damage(robot / "train" / "traj_0_to_255.tfrecords", 2)
    answer = frameloom("data", "check", robot)
    assert (answer.code, answer.out) == (2, "robot: 8 records of 2 files are whole (48 frames)\n")
    assert answer.err.splitlines()[-1] == (
        "frameloom: robot/train/traj_0_to_255.tfrecords: record 2: its bytes do not match their checksum; "
        "get the file again, or do without this record"
    )
    answer = frameloom("data", "check", robot, "--json")
    assert json.loads(answer.out) == {"files": 2, "whole": 8, "frames": 48, "damaged": 1}
    assert answer.code == 2


def test_check_says_what_is_not_there(frameloom) -> None:
    answer = frameloom("data", "check", "nowhere")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "frameloom: nowhere: no such file, and no folder with files of records (*.tfrecords)\n"


def test_a_model_trains_on_records(frameloom, robot: Path) -> None:
    Path("tiny.toml").write_text(RECIPE, encoding="utf-8")
    assert frameloom("train", "tiny.toml").code == 0
    answer = frameloom("train", "tiny.toml", "--folder", "other", "--set", "model.size=32")
    assert (answer.code, answer.err) == (2, "frameloom: model.size: 32, but the clips have 16; make them equal\n")
    answer = frameloom("train", "tiny.toml", "--folder", "other", "--set", "data.frames=7")
    assert answer.code == 2
    assert "traj_0_to_255.tfrecords: record 0: has 6 frames; lower data.frames, which is 7" in answer.err


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder, without Range and without a word."""

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "served"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_bair_is_fetched_and_damage_is_named(frameloom, robot: Path, mirror: str) -> None:
    damage(robot / "test" / "traj_0_to_255.tfrecords", 1)
    with tarfile.open(Path("served") / ARCHIVE, "w") as archive:
        archive.add(robot, "softmotion30_44k")
    answer = frameloom("data", "get", "bair", "bair", "--mirror", mirror)
    assert answer.code == 2
    assert answer.out == "bair: 2 files; use them with data.path=bair\n"
    assert "bair/softmotion30_44k/test/traj_0_to_255.tfrecords: record 1: its bytes do not match" in answer.err
    there = [path for path in Path("bair").rglob("*") if path.is_file()]
    assert sorted(path.read_bytes() for path in there) == sorted(path.read_bytes() for path in robot.rglob("*.tfr*"))
    answer = frameloom("data", "get", "bair", "bair", "--mirror", mirror, "--json")
    assert json.loads(answer.out) == {"files": 2, "damaged": 0}  # both are there by size; data check reads again


def test_without_a_mirror_it_is_said(frameloom) -> None:
    answer = frameloom("data", "get", "bair", "--mirror", "http://127.0.0.1:9")
    assert (answer.code, answer.out) == (2, "")
    assert "run again to resume, or unpack it into data/bair" in answer.err


def test_ctrl_c_says_how_to_go_on(frameloom, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> Iterator[None]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr("frameloom.data.robot_push.bair.get_bair", stopped)
    answer = frameloom("data", "get", "bair", "my folder", "--mirror", "http://here")
    again = "frameloom data get bair 'my folder' --mirror http://here"
    assert (answer.code, answer.err) == (130, f"frameloom: stopped; to go on: {again}\n")
    monkeypatch.setattr("frameloom.data.robot_push.make.make_robot_push", stopped)
    answer = frameloom("data", "make", "robot-push")
    assert (answer.code, answer.err) == (130, "frameloom: stopped; to go on: the same command\n")


def test_the_settings_of_make_arrive(frameloom, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[MakeRobotPushConfig] = []

    def make(config: MakeRobotPushConfig) -> Iterator[Made]:
        given.append(config)
        yield Made(config.out, 3, 3, 1.0)

    monkeypatch.setattr("frameloom.data.robot_push.make.make_robot_push", make)
    counts = ["--episodes", 3, "--val", 0, "--test", 1, "--frames", 12]
    rest = ["--seed", 5, "--size", 128, "--camera", "main", "--no-labels", "--workers", 2]
    answer = frameloom("data", "make", "robot-push", "here", *counts, *rest)
    assert answer.code == 0
    assert answer.out == 'here: use it with data.source="robot_push" and data.path=here\n'
    frameloom("data", "make", "robot-push")
    assert given == [
        MakeRobotPushConfig(
            out=Path("here"), episodes=3, val=0, test=1, frames=12, seed=5, size=128, cameras=("main",), labels=False,
            workers=2,
        ),
        MakeRobotPushConfig(),
    ]  # fmt: skip
    answer = frameloom("data", "make", "robot-push", "--size", 3)
    assert answer.code == 2
    assert answer.err.startswith("frameloom: data make robot-push: size: ")
