"""One answer on one page: spoken while it comes, piece by piece, and what was heard of it if it is stopped.

bits --Pieces--> words and cues --a voice, in a thread--> presence.say
"""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from typing import Any, TypeVar

from frameloom.apps.talk.aloud import Cue
from frameloom.apps.talk.pieces import Pieces
from frameloom.core.errors import FrameloomError
from frameloom.service.talk.answers import AnswerError, Ask, Asked, answer
from frameloom.service.talk.house import House
from frameloom.service.talk.messages import Say
from frameloom.service.talk.presence import Presence

_THINKS_AFTER_S = 0.6

T = TypeVar("T")


class OneByOne:
    """Does what a page's voices are asked for in a thread, so that nothing is begun for which nobody waits."""

    def __init__(self) -> None:
        self._begun: asyncio.Future[Any] | None = None

    async def do(self, call: Callable[[], T]) -> T:
        """Return what a call gives, once the one before has ended."""
        if self._begun is not None:
            await asyncio.wait([self._begun])
        made = asyncio.get_running_loop().run_in_executor(None, call)
        made.add_done_callback(lambda one: one.cancelled() or one.exception())  # which nobody may wait for by then
        self._begun = made
        await asyncio.wait([made])
        return made.result()


class Reply:
    """See the module."""

    def __init__(self, presence: Presence, house: House, voice: OneByOne, line: Say) -> None:
        self.presence, self.house, self.line, self._voice = presence, house, line, voice
        self.asked = Asked(" ".join(line.text.split()), presence.looks.name, presence.chosen.language)
        self.is_whole = False
        """Whether all of it was given to the page."""
        self._said: list[str] = []
        self._words: list[tuple[int, str]] = []
        self._cues: list[Cue] = []

    async def give(self, ask: Ask) -> None:
        """Ask for the answer, and say it while it comes."""
        number, presence, pieces = self.line.number, self.presence, Pieces()
        self._thinking = asyncio.get_running_loop().call_later(_THINKS_AFTER_S, presence.feel, "thoughtful")
        faults: list[FrameloomError] = []
        try:
            await presence.wire.tell({"type": "state", "state": "thinking", "say": number})
            try:
                async with aclosing(answer(ask, self.asked)) as bits:
                    async for bit in bits:
                        await presence.wire.tell({"type": "answer", "say": number, "text": bit})
                        for piece in pieces.feed(bit):
                            await self._take(piece)
            except AnswerError as error:
                faults.append(error)
            for piece in pieces.end():
                await self._take(piece)
            if not presence.act(self._cues) and not self._said and not faults:
                faults.append(AnswerError("there is nothing in it that can be spoken"))
            self.is_whole = True
        except FrameloomError as error:
            faults.append(error)
        finally:
            self._thinking.cancel()
            presence.feel(presence.chosen.mood, presence.end)
            said = {"line": self.line.text, "said": " ".join(self._said)}
            self.house.tell({**said, "fault": str(faults[0]) if faults else ""})
        for fault in faults[:1]:
            await tell_fault(presence, number, fault)
        await presence.wire.tell({"type": "state", "state": "said", "say": number})

    def heard_until(self, sample: int) -> str | None:
        """Return the words that were said before a sample; None where those are all there are."""
        heard = [text for end, text in self._words if end <= sample]
        return None if self.is_whole and len(heard) == len(self._words) else " ".join(" ".join(heard).split())

    async def _take(self, piece: str | Cue) -> None:
        """Say a piece, or keep a cue; a mood stays until another comes."""
        if isinstance(piece, Cue):
            self._cues.append(piece)
            return
        await self._speak(piece)
        self._cues = [cue for cue in self._cues if cue.mood is not None][-1:]
        self._said.append(piece)

    async def _speak(self, piece: str) -> None:
        """Say a piece after what is being said, with what cues ask for, once there is room for it."""
        presence, chosen = self.presence, self.presence.chosen
        call = partial(self.house.voices.speak, piece, chosen.voice, chosen.language, presence.looks)
        utterance = await self._voice.do(call)
        self._thinking.cancel()
        start = presence.say(self.line.number, utterance)
        self._words += [(start + word.stop, word.text) for word in utterance.words]
        moods = [cue.mood for cue in self._cues if cue.mood is not None]
        presence.feel(moods[-1] if moods else chosen.mood, start)
        presence.act(self._cues, start)
        await presence.send_sounds()
        words = [[one.text, start + one.start, start + one.stop] for one in utterance.words]
        await presence.wire.tell({"type": "words", "say": self.line.number, "text": piece, "words": words})
        presence.wake()
        await presence.has_room()


async def tell_fault(presence: Presence, say: int, error: Exception) -> None:
    """Tell the page what went wrong with a line, or with what it chose."""
    await presence.wire.tell({"type": "fault", "say": say, "text": " ".join(str(error).split())})
