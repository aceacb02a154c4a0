"""One page's world: what the model imagines, beside it what the simulator does, and what is recorded of both.

    begin(number), advance(action) --> Shown(imagined, truth)

All of it runs in one thread of its own, because what a simulator draws with belongs to the thread that made it.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import FrameloomError
from frameloom.data.robot_push.policy import carried_out
from frameloom.generation.load import VideoModel
from frameloom.generation.scenes import Scenes
from frameloom.generation.stream import Recording, Stream

Pixels = NDArray[np.uint8]

LARGEST_RECORDING = 64 * 2**20
"""Bytes of frames that are held while recording."""
LONGEST_RECORDING = 1800
"""Frames: a minute at 30 a second."""
GAP_PX, GAP = 2, 48
"""What stands between two pictures of a recording."""


@dataclass(frozen=True)
class Shown:
    """What a page shows at one moment."""

    pictures: tuple[Pixels, ...]
    """What is imagined and, where asked for, what really happens; (H, W, C) each."""
    step: int
    """Frames since the scene began."""
    spent_s: float
    """What it took to make."""
    note: str = ""
    """What a person should be told of it."""


class Play:
    """A model at play in its scenes."""

    def __init__(self, model: VideoModel, open_scenes: Callable[[], Scenes], number: int) -> None:
        """Open the scenes and begin one; see open_scenes and Stream for what they raise."""
        self.model, self.scenes = model, open_scenes()
        self.number, self.truth = number, False
        self.recording: Recording | None = None
        with ExitStack() as undo:
            undo.callback(self.scenes.close)
            scene = self.scenes.begin(number)
            self.name = scene.name
            self.hand = scene.hand
            self.stream = Stream(model, scene.past, scene.actions, kept=1)
            undo.pop_all()

    def first(self) -> Shown:
        """Return the last frame that was given, before anything is imagined."""
        picture = self.stream.frames()[-1]
        return Shown((picture, picture) if self.truth else (picture,), 0, 0.0)

    def begin(self, number: int, truth: bool) -> Shown:
        """Begin a scene, with what really happens beside it or without."""
        began = time.perf_counter()
        self.truth = truth and not self.scenes.no_truth
        self.number = number
        scene = self.scenes.begin(number)
        self.name, self.hand = scene.name, scene.hand
        picture = self.stream.start(scene.past, scene.actions)
        pictures = (picture, picture) if self.truth else (picture,)
        return Shown(pictures, 0, time.perf_counter() - began)

    def advance(self, action: Sequence[float]) -> Shown:
        """Return the next moment; a model that has gone astray begins its scene anew, and the note says so."""
        began = time.perf_counter()
        done = tuple(action)
        truth: tuple[Pixels, ...] = ()
        try:
            if self.truth:
                picture, done = self.scenes.step(done)
                truth = (picture,)
            elif self.hand is not None:
                self.hand, executed = carried_out(self.hand, done)
                done = tuple(map(float, executed))
            imagined = self.stream.step(done if self.stream.action_size else None)
        except FrameloomError as error:
            shown = self.begin(self.number, self.truth)
            return Shown(shown.pictures, 0, shown.spent_s, f"{error}; the scene begins anew")
        shown = Shown((imagined, *truth), self.stream.steps, time.perf_counter() - began)
        if (recording := self.recording) is not None:  # whose end another thread may bring meanwhile
            recording.add(beside(shown.pictures))
        return shown

    def record(self) -> Recording:
        """Begin to record; return what will hold the frames."""
        height, width, channels = beside(self.first().pictures).shape
        most = max(1, min(LONGEST_RECORDING, LARGEST_RECORDING // (height * width * channels)))
        self.recording = Recording(most)
        return self.recording

    def close(self) -> None:
        """Give back what the scenes hold."""
        self.scenes.close()


def beside(pictures: Sequence[Pixels]) -> Pixels:
    """Return pictures (H, W, C) next to each other with a gap between, (H, W', C)."""
    height, _, channels = pictures[0].shape
    gap = np.full((height, GAP_PX, channels), GAP, np.uint8)
    parts = [part for picture in pictures for part in (gap, picture)][1:]
    return np.concatenate(parts, 1)
