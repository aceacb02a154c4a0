"""A page's end of a WebSocket, listened to without trust: text of bounded length that is one of the known messages.

received --parse--> message        what is not understood --> RefusedError --end--> closed, with the reason
"""

from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from frameloom.core.errors import DataError

FAILED, TRY_AGAIN = 1011, 1013
"""Codes of a socket that is closed because something is missing here, and because there is no room."""

_WRONG_KIND, _WRONG = 1003, 1008
_LONGEST_REASON = 123
"""Bytes that a closing frame holds (RFC 6455, 5.5)."""

Kind = TypeVar("Kind")


class RefusedError(Exception):
    """The page said what is not understood; closes its socket."""

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


async def received(socket: WebSocket) -> str:
    """Return the next text of the page.

    Raises:
        RefusedError: it sent bytes.
        WebSocketDisconnect: it went.
    """
    got = await socket.receive()
    if got["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(got.get("code", 1000))
    text: str | None = got.get("text")
    if text is None:
        raise RefusedError(_WRONG_KIND, "bytes; only JSON text is taken")
    return text


def refused(error: DataError) -> RefusedError:
    """Return what closes the socket of a page that said something wrong."""
    return RefusedError(_WRONG, str(error))


async def end(socket: WebSocket, code: int, reason: str) -> None:
    """Close the socket with a reason, cut to what a closing frame holds."""
    short = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")
    try:
        await socket.close(code, short)
    except (RuntimeError, WebSocketDisconnect):  # it has gone already
        return
