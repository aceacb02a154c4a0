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
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from frameloom.core.errors import ConfigError
from frameloom.service.talk.answers import AnswerError, Asked, Put

KEY = "FRAMELOOM_ANSWER_KEY"
"""The environment variable with the key, for endpoints that ask for one."""
MOST_TURNS = 12
"""Lines and their answers that an endpoint is reminded of."""

_CONNECT_S, _SILENCE_S = 5, 30
"""How long an endpoint may take to be there, and then say nothing."""
_LONGEST_EVENT = 1 << 16
_SHOWN = 160

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

    def __init__(self, address: Address) -> None:
        self.address = address
        self._turns: deque[tuple[str, str]] = deque(maxlen=MOST_TURNS)

    async def __call__(self, asked: Asked, put: Put) -> None:
        """Put what the endpoint says; see `answers.Ask`."""
        loop = asyncio.get_running_loop()
        bits: asyncio.Queue[_Bit] = asyncio.Queue()

        def give(bit: _Bit) -> None:
            with contextlib.suppress(RuntimeError):  # nobody waits for it any more
                loop.call_soon_threadsafe(bits.put_nowait, bit)

        call = _Call(self.address, self._messages(asked), give)
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
            if said:
                self._turns.append((asked.line, "".join(said)))

    def _messages(self, asked: Asked) -> list[dict[str, str]]:
        role = (
            f"You are {asked.name}, and what you answer is spoken aloud. Answer in the language with the code "
            f"{asked.language}, in one to three short sentences, without lists, markup or emoji."
        )
        messages = [{"role": "system", "content": role}]
        for line, answer in self._turns:
            messages += [{"role": "user", "content": line}, {"role": "assistant", "content": answer}]
        return [*messages, {"role": "user", "content": asked.line}]


class _Call:
    """One request, in a thread of its own."""

    def __init__(self, address: Address, messages: list[dict[str, str]], give: Callable[[_Bit], None]) -> None:
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
            self.give(AnswerError(f"{self._place}: no answer ({reason[:_SHOWN]})"))

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

    def _read(self, response: HTTPResponse) -> Iterator[str]:
        if response.status != 200:
            told = " ".join(response.read(_LONGEST_EVENT).decode(errors="replace").split())[:_SHOWN]
            if self.address.key:
                told = told.replace(self.address.key, "...")
            raise AnswerError(f"{self._place}: {response.status} {response.reason}: {told}".rstrip(": "))
        if "json" in (response.headers.get("Content-Type") or ""):
            yield _said(json.loads(response.read(_LONGEST_EVENT)), "message")
            return
        while line := response.readline(_LONGEST_EVENT):
            name, _, data = line.decode(errors="replace").strip().partition(":")
            if name != "data":
                continue
            if data.strip() == "[DONE]":
                return
            if bit := _said(json.loads(data), "delta"):
                yield bit


def _said(event: Any, part: str) -> str:
    """Return the text in an event; a ValueError if it is none."""
    try:
        choices = event["choices"]
        return str(choices[0][part].get("content") or "") if choices else ""
    except (KeyError, IndexError, TypeError, AttributeError):
        raise ValueError("an event that is no chat completion") from None
