"""One page of a live talk: what is typed is answered and spoken; what is seen goes on, whatever is said or not.

take:   messages --> a line: what is being said ends, and a reply begins       choices, typing
run:    presence: sound and pictures that are due --> the page
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from starlette.websockets import WebSocketDisconnect

from frameloom.apps.talk.behaviour import MOODS
from frameloom.apps.talk.live import STEP
from frameloom.apps.talk.store import load_character
from frameloom.apps.talk.utterance import RATE
from frameloom.core.errors import DataError, FrameloomError
from frameloom.service.sockets import Wire, parse
from frameloom.service.talk.answers import Remembers
from frameloom.service.talk.house import Chosen, House
from frameloom.service.talk.messages import (
    LARGEST_MESSAGE,
    LONGEST_LINE,
    MESSAGE,
    Choose,
    Hush,
    Message,
    Playing,
    Say,
    Typing,
)
from frameloom.service.talk.presence import Presence
from frameloom.service.talk.reply import OneByOne, Reply, tell_fault


class Session:
    """A page's talk, from its socket's opening to its end."""

    def __init__(self, house: House, wire: Wire) -> None:
        self.house, self.wire = house, wire
        self.presence = Presence(wire, house.first, house.seed)
        self._ask = house.begin_asking()
        self._voice = OneByOne()
        self._reply: Reply | None = None
        self._busy: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Say who is here, and let the first character come in."""
        await self.wire.tell(self._hello())
        await self.presence.enter()

    def _hello(self) -> dict[str, Any]:
        house = self.house
        return {
            "type": "hello",
            "rate": RATE,
            "step": STEP,
            "longest": LONGEST_LINE,
            "characters": [{"name": name, "label": load_character(name).looks.name} for name in house.characters],
            "voices": [vars(one) for one in house.offered],
            "languages": house.languages,
            "moods": list(MOODS),
        }

    async def take(self, text: str) -> None:
        """Do what the page asks for; a DataError if that is not understood."""
        message = parse(text, MESSAGE, LARGEST_MESSAGE)
        self.presence.follow(message.time)
        await self._do(message)
        self.presence.wake()

    async def _do(self, message: Message) -> None:
        match message:
            case Say():
                await self._hush()
                reply = self._reply = Reply(self.presence, self.house, self._voice, message)
                self._busy = asyncio.create_task(reply.give(self._ask))
            case Hush():
                await self._hush()
                await self.wire.tell({"type": "state", "state": "ready", "say": 0})
            case Typing():
                self.presence.attend()
            case Choose():
                await self._choose(message)
            case Playing():
                pass

    async def _choose(self, asked: Choose) -> None:
        """Let somebody else answer, or otherwise."""
        offered = {"character": self.house.characters, "voice": [one.name for one in self.house.offered]}
        for part, known in {**offered, "language": self.house.languages}.items():
            if getattr(asked, part) not in known:
                raise DataError(f"{part} {getattr(asked, part)[:40]!r}: none that was offered")
        before = self.presence.chosen
        chosen = Chosen(asked.character, asked.voice, asked.language, asked.mood)
        self.presence.chosen = chosen
        if replace(before, mood=asked.mood) == chosen:
            self.presence.feel(asked.mood)
            return
        await self._hush()
        await self.presence.enter()
        self._busy = asyncio.create_task(self._warm(before))

    async def _warm(self, before: Chosen) -> None:
        """Get the chosen voice ready; one that cannot be had leaves the one before."""
        await self.wire.tell({"type": "state", "state": "warming", "say": 0})
        chosen = self.presence.chosen
        try:
            await self._voice.do(partial(self.house.voices.warm, chosen.voice, chosen.language, self.presence.looks))
        except FrameloomError as error:
            self.presence.chosen = replace(self.presence.chosen, voice=before.voice, language=before.language)
            await self.presence.enter()
            await tell_fault(self.presence, 0, error)
        await self.wire.tell({"type": "state", "state": "ready", "say": 0})

    async def _hush(self) -> None:
        """End what is being answered and said; who answers remembers of it what was heard."""
        await self.release()
        at = await self.presence.cut()
        answers: object = self._ask
        if self._reply is not None and isinstance(answers, Remembers):
            heard = self._reply.heard_until(self.presence.now if at is None else at)
            if heard is not None:
                answers.stopped(self._reply.asked, heard)
        self._reply = None

    async def run(self) -> None:
        """Send whatever is due, again and again."""
        await self.presence.run()

    async def release(self) -> None:
        """End what is being answered."""
        if self._busy is not None:
            self._busy.cancel()
            await asyncio.wait([self._busy])
            busy, self._busy = self._busy, None
            with suppress(asyncio.CancelledError, WebSocketDisconnect):
                busy.result()
