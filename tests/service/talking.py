"""A client that says what it is told to: requests with any header, and a page without a browser."""

import json
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np
from websockets.sync.client import ClientConnection, connect

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}
PATIENCE_S = 60


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Shot(NamedTuple):
    """A frame as the page gets it."""

    serial: int
    input: int
    step: int
    pictures: list[np.ndarray]


def ask(address: str, path: str = "/", headers: Mapping[str, str] | None = None) -> Answer:
    """Get a path with exactly these headers, and Host as the address says unless one is given."""
    place = urlsplit(address)
    connection = HTTPConnection(place.hostname, place.port, timeout=PATIENCE_S)
    try:
        connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": place.netloc, **(headers or {})}.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return Answer(answer.status, dict(answer.headers), b"" if answer.status == 101 else answer.read())
    finally:
        connection.close()


class Page:
    """The other end of a socket; draws at once unless told not to."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.draws = True
        self.told: list[dict[str, Any]] = []

    def say(self, kind: str, **values: object) -> None:
        self.socket.send(json.dumps({"type": kind, **values}))

    def hear(self, kind: str) -> dict[str, Any]:
        """The next message of a kind; frames before it are drawn."""
        while True:
            heard = self.socket.recv(PATIENCE_S)
            if isinstance(heard, bytes):
                self._draw(heard)
            else:
                message = json.loads(heard)
                self.told.append(message)
                if message["type"] == kind:
                    return message

    def see(self) -> Shot:
        """The next frame."""
        while True:
            heard = self.socket.recv(PATIENCE_S)
            if isinstance(heard, bytes):
                return self._draw(heard)
            self.told.append(json.loads(heard))

    def see_under(self, number: int) -> Shot:
        """The next frame that was made under an input."""
        while (shot := self.see()).input < number:
            pass
        return shot

    def _draw(self, sent: bytes) -> Shot:
        serial, number, step, _, width, height, channels, count, _ = struct.unpack("<4I2H2BH", sent[:24])
        pixels = np.frombuffer(sent, np.uint8, offset=24).reshape(count, height, width, channels)
        if self.draws:
            self.say("seen", serial=serial)
        return Shot(serial, number, step, list(pixels))


@contextmanager
def opened(address: str, **headers: str) -> Iterator[Page]:
    """A page at its socket."""
    place = address.replace("http:", "ws:") + "stream"
    with connect(place, additional_headers=headers, open_timeout=PATIENCE_S, compression=None) as socket:
        yield Page(socket)
