"""One page of a live talk: what is typed is answered and spoken; what is seen goes on, whatever is said or not.

    take:   messages --> a line: what is being said ends, and an answer begins       choices, typing
    answer: bits --pieces--> voice, in a thread --> timeline
    run:    whatever is due on the timeline --> sound, pictures --> the page

The page's own clock is the only one: it tells what it plays, and gets what comes in the next second. A picture is drawn
in 2 ms, where it is sent: to hand it from thread to thread would take longer on a busy machine.
"""

import asyncio
import base64
import time
from collections.abc import Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from starlette.websockets import WebSocketDisconnect

from frameloom.apps.talk.aloud import Cue
from frameloom.apps.talk.behaviour import MOODS
from frameloom.apps.talk.character import Framing
from frameloom.apps.talk.characterfile import Mood
from frameloom.apps.talk.live import STEP, Live
from frameloom.apps.talk.pieces import Pieces
from frameloom.apps.talk.store import load_character
from frameloom.apps.talk.utterance import RATE
from frameloom.core.errors import DataError, FrameloomError
from frameloom.media.files.pictures import jpeg
from frameloom.media.files.source import read_still
from frameloom.service.sockets import Wire, parse
from frameloom.service.talk.answers import AnswerError, Ask, Asked, answer
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
    pack_backdrop,
    pack_picture,
    pack_sound,
)
from frameloom.service.talk.pictures import Forms, taken_apart
from frameloom.service.talk.timeline import Timeline
from frameloom.service.talk.voices import Offered, Voices

WIDTH, HEIGHT = 960, 720
FRAMING: Framing = "bust"
"""The picture for which drawings are placed; the page shows it at any size."""

_GUESSED_S = 0.5
"""For how long the page's clock is taken to go on when it says nothing."""
_THINKS_AFTER_S = 0.6
_IDLE_S = 0.04
"""How often it is looked what is due."""

T = TypeVar("T")
Tell = Callable[[dict[str, Any]], object]


@dataclass(frozen=True)
class Chosen:
    """Who answers, and how."""

    character: str
    voice: str
    language: str
    mood: Mood | None = None


@dataclass(frozen=True)
class House:
    """What all pages share."""

    characters: tuple[str, ...]
    """Names that a page may choose from, or paths."""
    voices: Voices
    offered: tuple[Offered, ...]
    """Voices that a page may choose from."""
    languages: Mapping[str, str]
    """Codes and names of the languages that a page may choose from."""
    begin_asking: Callable[[], Ask]
    """Gives each page a conversation of its own."""
    first: Chosen
    seed: int = 0
    tell: Tell = lambda record: None
    """Hears of each line that was answered."""


class Session:
    """A page's talk, from its socket's opening to its end."""

    def __init__(self, house: House, wire: Wire) -> None:
        self.house, self.wire, self.chosen = house, wire, house.first
        self._ask = house.begin_asking()
        self._timeline, self._forms = Timeline(), Forms()
        self._changed = asyncio.Event()
        self._heard, self._heard_at = 0, time.monotonic()
        self._reply: asyncio.Task[None] | None = None
        self._voice: asyncio.Future[Any] | None = None

    async def begin(self) -> None:
        """Say who is here, and let the first character come in."""
        await self.wire.tell(self._hello())
        await self._enter(0)

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

    async def _enter(self, now: int) -> None:
        """Let the chosen character come in."""
        chosen = self.chosen
        character = self._character = load_character(chosen.character)
        self._live = Live(character.looks, seed=self.house.seed, mood=chosen.mood)
        looks = character.looks
        picture = ""
        if looks.background.picture is not None:
            still = await asyncio.to_thread(read_still, character.folder / looks.background.picture)
            picture = f"data:image/jpeg;base64,{base64.b64encode(jpeg(still[..., :3])).decode()}"
        matrix = character.draw(self._live.at(0), WIDTH, HEIGHT, framing=FRAMING).matrix
        await self.wire.tell({
            "type": "stage", "name": looks.name, "about": looks.about, "width": WIDTH, "height": HEIGHT,
            "matrix": matrix, "picture": picture, "chosen": vars(chosen),
        })  # fmt: skip
        form, numbers = taken_apart(character.backdrop(WIDTH, HEIGHT))
        await self.wire.send(pack_backdrop(await self._form(form), numbers))
        self._timeline.redraw(now)
        self._changed.set()

    async def take(self, text: str) -> None:
        """Do what the page asks for; a DataError if that is not understood."""
        message = parse(text, MESSAGE, LARGEST_MESSAGE)
        if message.time > self._heard - RATE:
            self._heard, self._heard_at = message.time, time.monotonic()
        await self._do(message)
        self._changed.set()

    async def _do(self, message: Message) -> None:
        match message:
            case Say():
                await self._hush()
                self._reply = asyncio.create_task(self._answer(message))
            case Hush():
                await self._hush()
                await self.wire.tell({"type": "state", "state": "ready", "say": 0})
            case Typing():
                self._live.attend(self._now)
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
        before = self.chosen
        self.chosen = Chosen(asked.character, asked.voice, asked.language, asked.mood)
        if replace(before, mood=asked.mood) == self.chosen:
            self._feel(asked.mood)
            return
        await self._hush()
        await self._enter(self._now)
        self._reply = asyncio.create_task(self._warm(before))

    async def _warm(self, before: Chosen) -> None:
        """Get the chosen voice ready; one that cannot be had leaves the one before."""
        await self.wire.tell({"type": "state", "state": "warming", "say": 0})
        try:
            await self._spoken(
                partial(self.house.voices.warm, self.chosen.voice, self.chosen.language, self._character.looks)
            )
        except FrameloomError as error:
            self.chosen = replace(self.chosen, voice=before.voice, language=before.language)
            await self._enter(self._now)
            await self._fault(0, error)
        await self.wire.tell({"type": "state", "state": "ready", "say": 0})

    async def _hush(self) -> None:
        """End what is being answered and said."""
        await self._stop_replying()
        at = self._timeline.cut(self._now)
        if at is not None:
            self._live.cut(at)
            self._live.feel(self.chosen.mood, at)
            await self.wire.tell({"type": "cut", "time": at, "say": self._timeline.number})

    async def release(self) -> None:
        """End what is being answered."""
        await self._stop_replying()

    async def _stop_replying(self) -> None:
        if self._reply is not None:
            self._reply.cancel()
            await asyncio.wait([self._reply])
            reply, self._reply = self._reply, None
            with suppress(asyncio.CancelledError, WebSocketDisconnect):
                reply.result()

    async def _answer(self, line: Say) -> None:
        """Answer a line, and say the answer while it comes."""
        number, pieces = line.number, Pieces()
        thinking = asyncio.get_running_loop().call_later(_THINKS_AFTER_S, self._feel, "thoughtful")
        asked = Asked(" ".join(line.text.split()), self._character.looks.name, self.chosen.language)
        saying = _Saying(self, number, thinking)
        said = saying.said
        faults: list[FrameloomError] = []
        try:
            await self.wire.tell({"type": "state", "state": "thinking", "say": number})
            try:
                async with aclosing(answer(self._ask, asked)) as bits:
                    async for bit in bits:
                        await self.wire.tell({"type": "answer", "say": number, "text": bit})
                        for piece in pieces.feed(bit):
                            await saying.take(piece)
            except AnswerError as error:
                faults.append(error)
            for piece in pieces.end():
                await saying.take(piece)
            if not saying.end() and not said and not faults:
                faults.append(AnswerError("there is nothing in it that can be spoken"))
        except FrameloomError as error:
            faults.append(error)
        finally:
            thinking.cancel()
            self._feel(self.chosen.mood, self._timeline.end)
            self.house.tell({"line": line.text, "said": " ".join(said), "fault": str(faults[0]) if faults else ""})
        for fault in faults[:1]:
            await self._fault(number, fault)
        await self.wire.tell({"type": "state", "state": "said", "say": number})

    def _feel(self, mood: Mood | None, sample: int = 0) -> None:
        """Be in a mood from a sample on, or from now."""
        at = max(sample, self._now)
        self._live.feel(mood, at)
        self._timeline.redraw(at)

    def act(self, cues: list[Cue], sample: int = 0) -> bool:
        """Make the gestures that cues ask for, from a sample on or from now; return whether there are any."""
        at = max(sample, self._now)
        asked = [cue.gesture for cue in cues if cue.gesture is not None]
        for gesture in asked:
            self._live.act(gesture, at)
            self._timeline.redraw(at)
        return bool(asked)

    async def speak(self, number: int, piece: str, cues: list[Cue], thinking: asyncio.TimerHandle) -> None:
        """Say a piece of an answer after what is being said, with what cues ask for, once there is room for it."""
        chosen, looks = self.chosen, self._character.looks
        utterance = await self._spoken(partial(self.house.voices.speak, piece, chosen.voice, chosen.language, looks))
        thinking.cancel()
        now = self._now
        start = self._timeline.say(number, utterance, now)
        self._live.say(utterance, start, now)
        moods = [cue.mood for cue in cues if cue.mood is not None]
        self._feel(moods[-1] if moods else chosen.mood, start)
        self.act(cues, start)
        for sound in self._timeline.sounds(self._now):
            await self.wire.send(pack_sound(*sound))
        words = [[one.text, start + one.start, start + one.stop] for one in utterance.words]
        await self.wire.tell({"type": "words", "say": number, "text": piece, "words": words})
        self._changed.set()
        while self._timeline.waits(self._now):
            await asyncio.sleep(_IDLE_S)

    async def _spoken(self, call: Callable[[], T]) -> T:
        """Return what a voice makes in a thread; one at a time, so that nothing is begun for which nobody waits."""
        if self._voice is not None:
            await asyncio.wait([self._voice])
        made = asyncio.get_running_loop().run_in_executor(None, call)
        made.add_done_callback(lambda one: one.cancelled() or one.exception())  # which nobody may wait for by then
        self._voice = made
        await asyncio.wait([made])
        return made.result()

    async def run(self) -> None:
        """Send whatever is due, again and again."""
        while True:
            for sound in self._timeline.sounds(self._now):
                await self.wire.send(pack_sound(*sound))
            due = self._timeline.pictures(self._now)
            if not due:
                self._changed.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), _IDLE_S)
                continue
            for sample in due:
                if sample >= self._timeline.picture:  # what is seen then has changed meanwhile
                    break
                pose = self._live.at(sample)
                form, numbers = taken_apart(self._character.draw(pose, WIDTH, HEIGHT, framing=FRAMING))
                number = await self._form(form)
                await self.wire.send(pack_picture(number, sample, pose.mouth.open, numbers))
                await asyncio.sleep(0)

    @property
    def _now(self) -> int:
        """Return the sample that the page plays now, as far as it is known."""
        return self._heard + int(min(time.monotonic() - self._heard_at, _GUESSED_S) * RATE)

    async def _form(self, form: Any) -> int:
        """Return the number of a form, which the page knows by then."""
        number, is_new = self._forms.number(form)
        if is_new:
            await self.wire.tell({"type": "form", "number": number, "clips": form[0], "shapes": form[1]})
        return number

    async def _fault(self, say: int, error: Exception) -> None:
        await self.wire.tell({"type": "fault", "say": say, "text": " ".join(str(error).split())})


class _Saying:
    """One answer: what was said of it, and the cues for what is said next."""

    def __init__(self, session: Session, number: int, thinking: asyncio.TimerHandle) -> None:
        self.session, self.number, self.thinking = session, number, thinking
        self.said: list[str] = []
        self._cues: list[Cue] = []

    async def take(self, piece: str | Cue) -> None:
        """Say a piece, or keep a cue; a mood stays until another comes."""
        if isinstance(piece, Cue):
            self._cues.append(piece)
            return
        await self.session.speak(self.number, piece, self._cues, self.thinking)
        self._cues = [cue for cue in self._cues if cue.mood is not None][-1:]
        self.said.append(piece)

    def end(self) -> bool:
        """Make the gestures that stand after all that is said; return whether there are any."""
        return self.session.act(self._cues)
