"""Pages at the door: what a session meets when its page goes, lies or when it fails itself, without a browser."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.websockets import WebSocket, WebSocketDisconnect

from frameloom.core.errors import DataError, MediaError
from frameloom.service.sockets import Door, Wire

Run = Callable[[Wire], Awaitable[None]]


class Session:
    """Runs what a test says, and refuses every text."""

    def __init__(self, run: Run, wire: Wire) -> None:
        self.wire, self._run, self.released = wire, run, 0

    async def begin(self) -> None:
        await self.wire.tell({"type": "hello"})

    async def take(self, text: str) -> None:
        raise DataError(f"{text} is not understood; " + "é" * 100)

    async def run(self) -> None:
        await self._run(self.wire)

    async def release(self) -> None:
        self.released += 1


def let_in(run: Run, *said: dict[str, Any], taken: int = 99) -> tuple[Session, list[dict[str, Any]]]:
    """Return the session of a page that says this and takes so many messages, and what it was sent."""
    sent: list[dict[str, Any]] = []
    made: list[Session] = []

    async def send(message: Any) -> None:
        if len(sent) == taken:
            raise OSError("gone")
        sent.append(dict(message))

    async def main() -> None:
        coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        for message in ({"type": "websocket.connect"}, *said):
            coming.put_nowait(message)

        def open_session(wire: Wire) -> Session:
            made.append(Session(run, wire))
            return made[-1]

        scope = {"type": "websocket", "path": "/", "headers": []}
        await Door(open_session).let_in(WebSocket(scope, coming.get, send))

    asyncio.run(asyncio.wait_for(main(), 30))
    return made[0], sent


async def rests(wire: Wire) -> None:
    await asyncio.sleep(60)


def test_a_page_that_goes_is_told_alike_by_every_way_of_sending() -> None:
    async def sends(wire: Wire) -> None:
        for send in (wire.send(b"x"), wire.send(b"x"), wire.tell({})):
            with pytest.raises(WebSocketDisconnect):
                await send
        await wire.send(b"x")

    session, sent = let_in(sends, taken=2)
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.send"]
    assert session.released == 1


def test_a_page_that_leaves_ends_what_was_sent_to_it() -> None:
    session, sent = let_in(rests, {"type": "websocket.disconnect", "code": 1001})
    assert (sent[-1]["text"], session.released) == ('{"type":"hello"}', 1)


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        ({"type": "websocket.receive", "text": "so"}, 1008, "so is not understood; éé"),
        ({"type": "websocket.receive", "bytes": b"so"}, 1003, "bytes; only JSON text is taken"),
    ],
)
def test_what_is_not_understood_is_told_as_far_as_a_closing_frame_goes(
    said: dict[str, Any], code: int, reason: str
) -> None:
    session, sent = let_in(rests, said)
    assert (sent[-1]["type"], sent[-1]["code"], session.released) == ("websocket.close", code, 1)
    assert sent[-1]["reason"].startswith(reason)
    assert len(sent[-1]["reason"].encode()) <= 123


def test_what_fails_here_is_told_and_a_defect_is_not_hidden() -> None:
    async def fails(wire: Wire) -> None:
        raise MediaError("the voice is gone; install it")

    async def breaks(wire: Wire) -> None:
        raise ZeroDivisionError

    _, sent = let_in(fails)
    assert (sent[-1]["code"], sent[-1]["reason"]) == (1011, "the voice is gone; install it")
    with pytest.raises(ZeroDivisionError):
        let_in(breaks)
