"""Makes robot pushing data: the simulator's episodes as files of records, in folders train/, val/ and test/.

    numbers --Simulator, in one or more processes--> .traj_0/17.tfrecords, ... --together--> traj_0_to_255.tfrecords

An episode is kept as soon as it is made, so that what stops goes on where it was; a file appears once it is whole.
The same seed and number give the same episode, however many there are and whoever makes it; each split has a seed.
"""

import json
import multiprocessing
import queue
import shutil
import signal
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Annotated

from pydantic import Field, NonNegativeInt, PositiveInt

from frameloom.core.config import Config
from frameloom.core.errors import DataError, FrameloomError, OutputError
from frameloom.core.files import refuse, whole_file
from frameloom.data.robot_push.episode import Camera
from frameloom.data.robot_push.records import write_records
from frameloom.data.robot_push.simulator import EDITION, LARGEST, SMALLEST, Simulator
from frameloom.data.robot_push.source import SETTINGS

IN_A_FILE = 256
"""Episodes in a file, as published."""

_SPLITS = ("train", "val", "test")
_LINES_EVERY = 32
"""Episodes between two lines of a log."""
_PATIENCE_S = 1.0
"""How often to see whether a process still lives."""


class MakeRobotPushConfig(Config):
    """What to make, and where to put it."""

    out: Path = Path("data/robot-push")
    """Folder for train/, val/ and test/; what is there already is kept."""
    episodes: PositiveInt = 1024
    """Episodes to train on."""
    val: NonNegativeInt = 128
    """Episodes to choose between models on."""
    test: NonNegativeInt = 256
    """Episodes to score on."""
    frames: Annotated[int, Field(ge=2, le=1000)] = 30
    """Frames of an episode, at 10 frames/s."""
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0
    """Fixes all episodes."""
    size: Annotated[int, Field(ge=SMALLEST, le=LARGEST)] = 64
    """Width and height of a frame in px."""
    cameras: Annotated[tuple[Camera, ...], Field(min_length=1, max_length=2)] = ("main", "aux1")
    """Which cameras to keep; "aux1" is the one that everybody evaluates on."""
    labels: bool = True
    """Whether to keep label maps: what each pixel shows."""
    workers: Annotated[int, Field(ge=1, le=256)] = 1
    """Processes that simulate at once."""


@dataclass(frozen=True)
class Made:
    """How far it has come."""

    folder: Path
    episodes: int
    """Episodes that are there, those of earlier runs included."""
    total: int
    episodes_per_s: float
    """Speed of this run."""

    @property
    def progress(self) -> float:
        """Return the share that is done."""
        return self.episodes / self.total

    @property
    def text(self) -> str:
        """Return count and speed in a few words."""
        return f"{self.episodes} of {self.total} episodes, {self.episodes_per_s:.1f} episodes/s"

    @property
    def record(self) -> Mapping[str, float | int | str]:
        """Return a line of the log; empty between lines."""
        if self.episodes % _LINES_EVERY and self.episodes != self.total:
            return {}
        speed = round(self.episodes_per_s, 2)
        return {"folder": str(self.folder), "episodes": self.episodes, "total": self.total, "episodes_per_s": speed}


@dataclass(frozen=True)
class _File:
    """A file to make."""

    path: Path
    seed: int
    numbers: range

    @property
    def pattern(self) -> str:
        """Return what names of files that begin with the same episode match."""
        return f"traj_{self.numbers.start}_to_*.tfrecords"

    @property
    def parts(self) -> Path:
        """Return the folder of its episodes while it is not whole."""
        return self.path.with_name(f".traj_{self.numbers.start}")

    def part(self, number: int) -> Path:
        """Return where one episode is kept until then."""
        return self.parts / f"{number}.tfrecords"

    @property
    def is_whole(self) -> bool:
        """Return whether it is there, as such or with more episodes."""
        lasts = [path.stem.rpartition("_")[2] for path in self.path.parent.glob(self.pattern)]
        return any(last.isdecimal() and int(last) >= self.numbers[-1] for last in lasts)

    @property
    def missing(self) -> list[int]:
        """Return the episodes that are not there yet."""
        return [] if self.is_whole else [number for number in self.numbers if not self.part(number).exists()]


def make_robot_push(config: MakeRobotPushConfig) -> Iterator[Made]:
    """Make what is not there yet, and yield how far it is: at first, and after each episode.

    Raises:
        DataError: the folder holds episodes that were made otherwise, or a process ended.
        MissingDependencyError: the simulator cannot run here.
        OutputError: the folder cannot be written.
    """
    _claim(config)
    files = [file for split, name in enumerate(_SPLITS) for file in _files(config, split, name)]
    total = sum(len(file.numbers) for file in files)
    kept = made = total - sum(len(file.missing) for file in files)
    begun_s = time.monotonic()
    yield Made(config.out, kept, total, 0.0)
    for file in files:
        jobs = file.missing
        making = _in_processes if min(config.workers, len(jobs)) > 1 else _here
        with closing(making(config, file, jobs)) as episodes:
            for _ in episodes:
                made += 1
                yield Made(config.out, made, total, (made - kept) / (time.monotonic() - begun_s))
        _join(file)


def _files(config: MakeRobotPushConfig, split: int, name: str) -> Iterator[_File]:
    """Yield the files of a split."""
    count = (config.episodes, config.val, config.test)[split]
    for first in range(0, count, IN_A_FILE):
        numbers = range(first, min(first + IN_A_FILE, count))
        path = config.out / name / f"traj_{first}_to_{numbers[-1]}.tfrecords"
        yield _File(path, config.seed * len(_SPLITS) + split, numbers)


def _claim(config: MakeRobotPushConfig) -> None:
    """Write down how the episodes of the folder are made, or see that it says the same.

    Raises:
        DataError: it says something else, or cannot be read.
        OutputError: it cannot be written.
    """
    target = config.out / SETTINGS
    wanted = config.model_dump(mode="json", include={"frames", "seed", "size", "cameras", "labels"}) | {
        "edition": EDITION
    }
    if not target.exists():
        with whole_file(target) as part:
            part.write_text(json.dumps(wanted, indent=1) + "\n", encoding="utf-8")
        return
    try:
        found = json.loads(target.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{target}: does not say how the episodes were made; give another folder") from error
    if found != wanted:
        raise DataError(f"{target}: episodes there are {found}, not {wanted}; give these settings or another folder")


def _here(config: MakeRobotPushConfig, file: _File, numbers: Sequence[int]) -> Generator[int, None, None]:
    """Make episodes of a file and yield each number."""
    if not numbers:
        return
    with Simulator(file.seed, config.size, config.cameras, config.labels) as simulator:
        for number in numbers:
            write_records(file.part(number), [simulator.episode(number, config.frames)])
            yield number


def _in_processes(config: MakeRobotPushConfig, file: _File, numbers: Sequence[int]) -> Generator[int, None, None]:
    """Make episodes of a file in several processes and yield each number, in any order."""
    context = multiprocessing.get_context("spawn")
    told: Queue[int | FrameloomError] = context.Queue()
    shares = [numbers[first :: config.workers] for first in range(min(config.workers, len(numbers)))]
    workers = [context.Process(target=_work, args=(config, file, share, told), daemon=True) for share in shares]
    try:
        for worker in workers:
            worker.start()
        for _ in numbers:
            yield _next(told, workers)
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()


def _work(
    config: MakeRobotPushConfig, file: _File, numbers: Sequence[int], told: "Queue[int | FrameloomError]"
) -> None:
    """Make episodes in a process of its own, and tell what was made or went wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this
    try:
        for number in _here(config, file, numbers):
            told.put(number)
    except FrameloomError as error:
        told.put(error)


def _next(told: "Queue[int | FrameloomError]", workers: Sequence[multiprocessing.process.BaseProcess]) -> int:
    while True:
        try:
            heard = told.get(timeout=_PATIENCE_S)
        except queue.Empty:
            if ended := [worker for worker in workers if worker.exitcode]:
                raise DataError(
                    f"robot simulator: a process ended ({ended[0].exitcode}); run it again, with fewer workers"
                ) from None
            continue
        if isinstance(heard, FrameloomError):
            raise heard
        return heard


def _join(file: _File) -> None:
    """Make one file of the episodes, once all are there, in place of a shorter one; records just follow each other."""
    if file.is_whole:
        return
    try:
        with whole_file(file.path) as whole, whole.open("wb") as output:
            for number in file.numbers:
                with file.part(number).open("rb") as part:
                    shutil.copyfileobj(part, output)
        for other in file.path.parent.glob(file.pattern):
            if other != file.path:
                other.unlink()
        shutil.rmtree(file.parts)
    except OutputError:
        raise
    except OSError as error:
        refuse(file.path, error)
