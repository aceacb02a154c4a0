"""One page that drives a model: notes what it wants, and steps its world at the pace that it asks for.

    take: messages --> what is wanted (inputs, pace, pause, scene)
    run:  wait until wanted, due, and the page has drawn all but two frames --> step in the world's thread --> send

Frames never queue: the world waits for the page, so that what is drawn is always what was just imagined.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from frameloom.core.errors import DataError, FrameloomError
from frameloom.generation.load import VideoModel
from frameloom.generation.scenes import Scenes
from frameloom.generation.stream import Recording
from frameloom.service.helm import Held, Helm
from frameloom.service.messages import Begin, Input, Pace, Pause, Record, Seen, Truth, pack, parse
from frameloom.service.play import Play, Shown
from frameloom.service.shelf import Shelf
from frameloom.service.sockets import Wire

UNDRAWN = 2
"""Frames under way to the page at most."""
AXES = ("right", "away", "up", "turn")
"""What the parts of an action do, in the robot's video."""
RATE = 30
"""Frames per second until the page asks for another pace."""

T = TypeVar("T")


class Session:
    """A page's world, from its socket's opening to its end."""

    def __init__(self, wire: Wire, model: VideoModel, scenes: Callable[[], Scenes], shelf: Shelf, episode: int) -> None:
        self.wire, self.model, self.scenes, self.shelf, self.episode = wire, model, scenes, shelf, episode
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="frameloom-stream")
        self._changed = asyncio.Event()
        self._rate: int | None = RATE
        self._paused = False
        self._wanted: tuple[int, bool] | None = None
        self._sent = self._seen = 0
        self._saving: asyncio.Task[None] | None = None
        self._play: Play | None = None

    async def begin(self) -> None:
        """Open the world and say what it is; see Play for what it raises."""
        self._play = await self._in_thread(partial(Play, self.model, self.scenes, self.episode))
        self._helm = Helm(self._play.stream.action_size)
        await self.wire.tell(self._hello(self._play))

    async def take(self, text: str) -> None:
        """Note what the page wants; a DataError if that is not understood."""
        play, message = self._world, parse(text)
        match message:
            case Input(number=number, action=action):
                size = play.stream.action_size
                if len(action) != size:
                    raise DataError(f"action of {len(action)} numbers; {self.model.name} takes {size}")
                self._helm.take(Held(number, action))
            case Seen(serial=serial):
                self._seen = max(self._seen, min(serial, self._sent))
            case Begin(scene=scene):
                self._wanted = (scene, play.truth if self._wanted is None else self._wanted[1])
            case Truth(on=on):
                self._wanted = (play.number if self._wanted is None else self._wanted[0], on)
            case Pause(on=on):
                self._paused = on
            case Pace(rate=rate):
                self._rate = rate
            case Record(on=on):
                await self._record(play, on)
        self._changed.set()

    async def run(self) -> None:
        """Send moment after moment."""
        play = self._world
        await self._send(play.first(), 0)
        await self.wire.tell(self._scene(play))
        due = 0.0
        while True:
            await self._until(lambda: self._wanted is not None or self._may_step())
            if self._wanted is not None:
                (number, truth), self._wanted = self._wanted, None
                if truth != play.truth and play.recording is not None:
                    await self._record(play, False)
                shown = await self._in_thread(partial(play.begin, number, truth))
                await self.wire.tell(self._scene(play))
                await self._send(shown, 0)
                continue
            loop = asyncio.get_running_loop()
            if (early := due - loop.time()) > 0:
                await asyncio.sleep(early)
                if self._wanted is not None or not self._may_step():
                    continue
            due = max(due + (1 / self._rate if self._rate else 0), loop.time())
            held = self._helm.turn()
            shown = await self._in_thread(partial(play.advance, held.action))
            await self._send(shown, held.number)
            if shown.note:
                await self.wire.tell({"type": "notice", "text": shown.note})
            if play.recording is not None and play.recording.is_full:
                await self._record(play, False)

    def _may_step(self) -> bool:
        return not self._paused and self._sent - self._seen < UNDRAWN

    async def _until(self, wanted: Callable[[], bool]) -> None:
        """Wait until something holds that a message can bring about."""
        while not wanted():
            self._changed.clear()
            await self._changed.wait()

    async def _record(self, play: Play, on: bool) -> None:
        """Begin a recording, or end it and write it beside the running world."""
        if on and self._saving is not None and not self._saving.done():
            await self.wire.tell({"type": "notice", "text": "the last recording is still being written; try again"})
        elif on:
            recording = await self._in_thread(play.record)
            await self.wire.tell({"type": "recording", "on": True, "most": recording.most})
        elif play.recording is not None:
            recording, play.recording = play.recording, None
            await self.wire.tell({"type": "recording", "on": False, "most": recording.most})
            self._saving = asyncio.create_task(self._save(recording, play.name))

    async def _save(self, recording: Recording, scene: str) -> None:
        """Write a recording and tell the page where it is."""
        try:
            kept = await asyncio.to_thread(self.shelf.keep, recording, self.model.name, scene, self._rate or RATE)
        except FrameloomError as error:
            await self.wire.tell({"type": "notice", "text": str(error)})
        else:
            await self.wire.tell({"type": "saved", "url": kept.url, "name": kept.name, "frames": kept.frames})

    async def _send(self, shown: Shown, number: int) -> None:
        self._sent += 1
        await self.wire.send(pack(self._sent, number, shown.step, shown.spent_s, shown.pictures))

    def _hello(self, play: Play) -> dict[str, object]:
        channels, height, width = self.model.frame_shape
        return {
            "type": "hello",
            "model": self.model.name,
            "size": [width, height, channels],
            "axes": [AXES[index] if index < len(AXES) else "" for index in range(play.stream.action_size)],
            "rate": self._rate,
            "no_truth": play.scenes.no_truth,
        }

    def _scene(self, play: Play) -> dict[str, object]:
        return {"type": "scene", "number": play.number, "name": play.name, "truth": play.truth}

    @property
    def _world(self) -> Play:
        assert self._play is not None
        return self._play

    async def _in_thread(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    async def release(self) -> None:
        """Give the thread and what the scenes hold back."""
        if self._saving is not None:
            self._saving.cancel()
            await asyncio.gather(self._saving, return_exceptions=True)
        if self._play is not None:
            self._thread.submit(self._play.close)
        self._thread.shutdown(wait=False)
