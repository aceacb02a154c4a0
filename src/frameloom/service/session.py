"""One page at one socket: listens to it, and steps its world at the pace that it asks for.

    listen: messages --> what is wanted (inputs, pace, pause, scene)
    run:    wait until wanted, due, and the page has drawn all but two frames --> step in the world's thread --> send

Frames never queue: the world waits for the page, so that what is drawn is always what was just imagined.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from starlette.websockets import WebSocket, WebSocketDisconnect

from frameloom.core.errors import DataError, FrameloomError
from frameloom.generation.load import VideoModel
from frameloom.generation.scenes import Scenes
from frameloom.generation.stream import Recording
from frameloom.service.helm import Held, Helm
from frameloom.service.messages import Begin, Input, Message, Pace, Pause, Record, Seen, Truth, pack, parse
from frameloom.service.play import Play, Shown
from frameloom.service.shelf import Shelf
from frameloom.service.sockets import FAILED, RefusedError, end, received, refused

UNDRAWN = 2
"""Frames under way to the page at most."""
AXES = ("right", "away", "up", "turn")
"""What the parts of an action do, in the robot's video."""
RATE = 30
"""Frames per second until the page asks for another pace."""

T = TypeVar("T")


class Session:
    """A page's world, from its socket's opening to its end."""

    def __init__(
        self, socket: WebSocket, model: VideoModel, scenes: Callable[[], Scenes], shelf: Shelf, episode: int
    ) -> None:
        self.socket, self.model, self.scenes, self.shelf, self.episode = socket, model, scenes, shelf, episode
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="frameloom-stream")
        self._changed = asyncio.Event()
        self._rate: int | None = RATE
        self._paused = False
        self._wanted: tuple[int, bool] | None = None
        self._sent = self._seen = 0
        self._saving: asyncio.Task[None] | None = None
        self._play: Play | None = None

    async def serve(self) -> None:
        """Talk to the page until it goes or says what cannot be understood."""
        try:
            play = self._play = await self._in_thread(partial(Play, self.model, self.scenes, self.episode))
            self._helm = Helm(play.stream.action_size)
            await self._tell(self._hello(play))
            tasks = [asyncio.create_task(self._listen(play)), asyncio.create_task(self._run(play))]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        except WebSocketDisconnect:
            pass
        except RefusedError as wrong:
            await end(self.socket, wrong.code, str(wrong))
        except FrameloomError as error:
            await end(self.socket, FAILED, str(error))
        finally:
            await self._release()

    async def _listen(self, play: Play) -> None:
        """Take messages until the page goes."""
        while True:
            text = await received(self.socket)
            try:
                await self._take(play, parse(text))
            except DataError as error:
                raise refused(error) from error

    async def _take(self, play: Play, message: Message) -> None:
        """Note what the page wants."""
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

    async def _run(self, play: Play) -> None:
        """Send moment after moment."""
        await self._send(play.first(), 0)
        await self._tell(self._scene(play))
        due = 0.0
        while True:
            await self._until(lambda: self._wanted is not None or self._may_step())
            if self._wanted is not None:
                (number, truth), self._wanted = self._wanted, None
                if truth != play.truth and play.recording is not None:
                    await self._record(play, False)
                shown = await self._in_thread(partial(play.begin, number, truth))
                await self._tell(self._scene(play))
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
                await self._tell({"type": "notice", "text": shown.note})
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
            await self._tell({"type": "notice", "text": "the last recording is still being written; try again"})
        elif on:
            recording = play.record()
            await self._tell({"type": "recording", "on": True, "most": recording.most})
        elif play.recording is not None:
            recording, play.recording = play.recording, None
            await self._tell({"type": "recording", "on": False, "most": recording.most})
            self._saving = asyncio.create_task(self._save(recording, play.name))

    async def _save(self, recording: Recording, scene: str) -> None:
        """Write a recording and tell the page where it is."""
        try:
            kept = await asyncio.to_thread(self.shelf.keep, recording, self.model.name, scene, self._rate or RATE)
        except FrameloomError as error:
            await self._tell({"type": "notice", "text": str(error)})
        else:
            await self._tell({"type": "saved", "url": kept.url, "name": kept.name, "frames": kept.frames})

    async def _send(self, shown: Shown, number: int) -> None:
        self._sent += 1
        await self.socket.send_bytes(pack(self._sent, number, shown.step, shown.spent_s, shown.pictures))

    async def _tell(self, record: Mapping[str, object]) -> None:
        await self.socket.send_text(json.dumps(record))

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

    async def _in_thread(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    async def _release(self) -> None:
        """Give the thread and what the scenes hold back."""
        if self._saving is not None:
            self._saving.cancel()
        if self._play is not None:
            self._thread.submit(self._play.close)
        self._thread.shutdown(wait=False)
