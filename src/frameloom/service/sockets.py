"""Pages at their WebSockets: so many at once, each listened to without trust and sent whatever is due.

    Door.let_in(socket) --> session.begin, then both:   text --parse--> session.take      session.run --> page
    what is not understood, or fails --> closed, with the reason

Text is taken if it is of bounded length and one of the known messages.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from frameloom.core.errors import DataError, FrameloomError

MOST_PAGES = 4
"""Pages that are served at once."""

_WRONG_KIND, _GONE, _WRONG, _FAILED, _TRY_AGAIN = 1003, 1006, 1008, 1011, 1013
_LONGEST_REASON = 123
"""Bytes that a closing frame holds (RFC 6455, 5.5)."""

Kind = TypeVar("Kind")


class Wire:
    """What a session sends by; once the page is gone, every way of sending says so alike."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def tell(self, record: Mapping[str, object]) -> None:
        """Send a record; a WebSocketDisconnect if the page is gone."""
        self._check()
        await self._socket.send_text(json.dumps(record, ensure_ascii=False, separators=(",", ":")))

    async def send(self, content: bytes) -> None:
        """Send bytes; a WebSocketDisconnect if the page is gone."""
        self._check()
        await self._socket.send_bytes(content)

    def _check(self) -> None:
        if self._socket.application_state is not WebSocketState.CONNECTED:
            raise WebSocketDisconnect(_GONE)


class Session(Protocol):
    """What one page sees, from its socket's opening to its end."""

    async def begin(self) -> None:
        """Say hello."""

    async def take(self, text: str) -> None:
        """Take what the page says; a DataError if that is not understood."""

    async def run(self) -> None:
        """Send whatever is due, without end."""

    async def release(self) -> None:
        """Give everything back."""


class Door:
    """Lets so many pages in at once."""

    def __init__(self, open_session: Callable[[Wire], Session]) -> None:
        """Take what makes a page's session."""
        self._open_session = open_session
        self._pages = 0

    async def let_in(self, socket: WebSocket) -> None:
        """Serve a page until it goes, says what cannot be understood, or something fails."""
        await socket.accept()
        if self._pages >= MOST_PAGES:
            await _end(socket, _TRY_AGAIN, f"{MOST_PAGES} pages are open already; close one and try again")
            return
        self._pages += 1
        try:
            await _serve(socket, self._open_session(Wire(socket)))
        finally:
            self._pages -= 1


async def _serve(socket: WebSocket, session: Session) -> None:
    try:
        await session.begin()
        tasks = [asyncio.create_task(_listen(socket, session)), asyncio.create_task(session.run())]
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
    except _RefusedError as wrong:
        await _end(socket, wrong.code, str(wrong))
    except FrameloomError as error:
        await _end(socket, _FAILED, str(error))
    finally:
        await session.release()


async def _listen(socket: WebSocket, session: Session) -> None:
    """Hand on what the page says until it goes."""
    while True:
        got = await socket.receive()
        if got["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(got.get("code", 1000))
        text: str | None = got.get("text")
        if text is None:
            raise _RefusedError(_WRONG_KIND, "bytes; only JSON text is taken")
        try:
            await session.take(text)
        except DataError as error:
            raise _RefusedError(_WRONG, str(error)) from error


class _RefusedError(Exception):
    """The page said what is not understood."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def parse(text: str, kinds: TypeAdapter[Kind], largest: int) -> Kind:
    """Return a message of the page.

    Raises:
        DataError: it is too long or none of the known; says what is wrong in a few words.
    """
    if len(text) > largest:
        raise DataError(f"message of {len(text)} characters; at most {largest} are taken")
    try:
        return kinds.validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise DataError(f"message {place}: {first['msg']}" if place else f"message: {first['msg']}") from error


async def _end(socket: WebSocket, code: int, reason: str) -> None:
    """Close the socket with a reason, cut to what a closing frame holds."""
    short = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")
    try:
        await socket.close(code, short)
    except (RuntimeError, WebSocketDisconnect):  # it has gone already
        return
