"""A chat endpoint that answers, in the style of OpenAI's: local servers such as llama.cpp, Ollama and vLLM have it too.

    POST {"model", "messages", "stream": true} --> data: {"choices": [{"delta": {"content": ...}}]} ... data: [DONE]

Only the address that was given is asked; redirects are not followed. The key is read from the environment, goes into
one header, and is shown nowhere.

Source: OpenAI's API reference, "Create chat completion" and its streaming events.
"""

import asyncio
import contextlib
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from frameloom.core.errors import ConfigError
from frameloom.service.talk.answers import AnswerError, Asked, Put, shown
from frameloom.service.talk.conversation import Conversation, Messages

KEY = "FRAMELOOM_ANSWER_KEY"
"""The environment variable with the key, for endpoints that ask for one."""

_CONNECT_S, _SILENCE_S = 5, 30
"""How long an endpoint may take to be there, and then say nothing."""
_LONGEST_EVENT = 1 << 16
_FIELDS = ("", "data", "event", "id", "retry")
"""Of an event; the first are comments."""
_WHAT_TO_DO = {
    401: f"set {KEY} to the key that it asks for",
    403: f"set {KEY} to a key that may do this",
    404: "give the whole address, .../v1/chat/completions, and a model that it has",
    405: "give the whole address, .../v1/chat/completions",
}

_Bit = str | AnswerError | None
"""Some of an answer, what went wrong, or its end."""


@dataclass(frozen=True)
class Address:
    """Where an endpoint is, and what it is asked for."""

    url: str
    model: str
    key: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Check the address.

        Raises:
            ConfigError: it is none of http or https, or carries a name and password; the key is no key.
        """
        place = urlsplit(self.url)
        if place.scheme not in ("http", "https") or not place.hostname:
            raise ConfigError(f"--answer-url {self.url}: give http://... or https://.../v1/chat/completions")
        if place.username or place.password:
            raise ConfigError(f"--answer-url of {place.hostname}: give the key as {KEY}, not in the address")
        if self.key and not (self.key.isascii() and self.key.isprintable()):
            raise ConfigError(f"{KEY}: holds signs that no header can carry; give the key alone")


class Endpoint:
    """One page's conversation with an endpoint."""

    def __init__(self, address: Address, conversation: Conversation | None = None) -> None:
        self.address = address
        self.conversation = conversation or Conversation()

    async def __call__(self, asked: Asked, put: Put) -> None:
        """Put what the endpoint says; see `answers.Ask`."""
        loop = asyncio.get_running_loop()
        bits: asyncio.Queue[_Bit] = asyncio.Queue()

        def give(bit: _Bit) -> None:
            with contextlib.suppress(RuntimeError):  # nobody waits for it any more
                loop.call_soon_threadsafe(bits.put_nowait, bit)

        call = _Call(self.address, self.conversation.messages(asked), give)
        Thread(target=call.run, name="frameloom-answer", daemon=True).start()
        said: list[str] = []
        try:
            while (bit := await bits.get()) is not None:
                if isinstance(bit, AnswerError):
                    raise bit
                said.append(bit)
                put(bit)
        finally:
            call.stop()
            self.conversation.keep(asked, "".join(said))

    def stopped(self, asked: Asked, heard: str) -> None:
        """Remember of the answer to a line what was heard of it; see `answers.Remembers`."""
        self.conversation.stopped(asked, heard)


class _Call:
    """One request, in a thread of its own."""

    def __init__(self, address: Address, messages: Messages, give: Callable[[_Bit], None]) -> None:
        self.address, self.messages, self.give = address, messages, give
        self._socket: socket.socket | None = None
        self._is_stopped = False

    def run(self) -> None:
        """Give every bit of the answer; then what went wrong, or None."""
        try:
            for bit in self._bits():
                if self._is_stopped:
                    return
                self.give(bit)
            self.give(None)
        except AnswerError as error:
            self.give(error)
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            self.give(self._fault(f"no answer ({shown(reason)})"))

    def stop(self) -> None:
        """Let go of the connection, whatever it waits for."""
        self._is_stopped = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    @property
    def _place(self) -> str:
        return urlsplit(self.address.url).netloc

    def _bits(self) -> Iterator[str]:
        place = urlsplit(self.address.url)
        kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
        connection = kind(place.hostname or "", place.port, timeout=_CONNECT_S)
        try:
            connection.connect()
            self._socket = connection.sock
            if self._is_stopped:
                return
            self._socket.settimeout(_SILENCE_S)
            headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
            if self.address.key:
                headers["Authorization"] = f"Bearer {self.address.key}"
            body = {"model": self.address.model, "messages": self.messages, "stream": True}
            path = (place.path or "/") + (f"?{place.query}" if place.query else "")
            connection.request("POST", path, json.dumps(body).encode(), headers)
            with connection.getresponse() as response:
                yield from self._read(response)
        finally:
            connection.close()

    def _fault(self, told: str) -> AnswerError:
        """Return what went wrong, without the key."""
        return AnswerError(f"{self._place}: {self._without_key(told)}")

    def _without_key(self, text: str) -> str:
        return text.replace(self.address.key, "...") if self.address.key else text

    def _read(self, response: HTTPResponse) -> Iterator[str]:
        kind = (response.headers.get("Content-Type") or "no type").split(";")[0].strip()
        if response.status != 200:
            told = f"{response.status} {response.reason}: {self._quoted(response.read(_LONGEST_EVENT))}".rstrip(": ")
            advice = _WHAT_TO_DO.get(response.status)
            raise self._fault(f"{told}; {advice}" if advice else told)
        if "json" in kind:
            whole = response.read(_LONGEST_EVENT)
            try:
                said, reason = _said(json.loads(whole), "message")
            except ValueError:
                raise self._strange(kind, whole) from None
            yield said
            self._check_length(reason)
            return
        yield from self._stream(response, kind)

    def _stream(self, response: HTTPResponse, kind: str) -> Iterator[str]:
        """Yield the text of each event, until one of them is the last."""
        reason = None
        while line := response.readline(_LONGEST_EVENT):
            name, _, data = line.decode(errors="replace").strip().partition(":")
            if name not in _FIELDS and kind != "text/event-stream":
                raise self._strange(kind, line)
            if name != "data":
                continue
            if data.strip() == "[DONE]":
                reason = reason or "stop"
                break
            try:
                bit, ended = _said(json.loads(data), "delta")
            except ValueError:
                raise self._fault(f"an event that is no chat completion: {self._quoted(data.encode())}") from None
            if bit:
                yield bit
            reason = ended or reason
        if reason is None:
            raise self._fault(
                "the answer was cut off: its stream ended without [DONE] or a finish_reason; send it again"
            )
        self._check_length(reason)

    def _check_length(self, reason: str | None) -> None:
        if reason == "length":
            raise self._fault("the answer was cut off at the endpoint's own limit of length (finish_reason: length)")

    def _strange(self, kind: str, content: bytes) -> AnswerError:
        return self._fault(
            f"200 and {shown(kind)}, but no chat completion: {self._quoted(content)}; "
            "give the whole address, .../v1/chat/completions"
        )

    def _quoted(self, content: bytes) -> str:
        """Return how something begins that was not looked for; the key goes before it can be cut in two."""
        return shown(self._without_key(content.decode(errors="replace")))


def _said(event: Any, part: str) -> tuple[str, str | None]:
    """Return the text in an event, and why it is the last, if it is; a ValueError if it is no event."""
    try:
        choices = event["choices"]
        if not choices:
            return "", None
        return str(choices[0][part].get("content") or ""), choices[0].get("finish_reason")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise ValueError("no chat completion") from None
