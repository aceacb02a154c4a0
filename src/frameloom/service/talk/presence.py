"""A character on one page: what it says and does, put on the page's clock, and sent when it is due.

    enter, say, feel, act, attend, cut --> timeline, Live
    run: whatever is due on the timeline --> sound, pictures --> the page

The page's own clock is the only one: it tells what it plays, and gets what comes in the next second. A picture is drawn
in 2 ms, where it is sent: to hand it from thread to thread would take longer on a busy machine.
"""

import asyncio
import base64
import time
from contextlib import suppress
from typing import Any

from frameloom.apps.talk.aloud import Cue
from frameloom.apps.talk.character import Framing
from frameloom.apps.talk.characterfile import CharacterConfig, Mood
from frameloom.apps.talk.live import Live
from frameloom.apps.talk.store import load_character
from frameloom.apps.talk.utterance import RATE, Utterance
from frameloom.media.files.pictures import jpeg
from frameloom.media.files.source import read_still
from frameloom.service.sockets import Wire
from frameloom.service.talk.house import Chosen
from frameloom.service.talk.messages import pack_backdrop, pack_picture, pack_sound
from frameloom.service.talk.pictures import Forms, taken_apart
from frameloom.service.talk.timeline import Timeline

WIDTH, HEIGHT = 960, 720
FRAMING: Framing = "bust"
"""The picture for which drawings are placed; the page shows it at any size."""

_GUESSED_S = 0.5
"""For how long the page's clock is taken to go on when it says nothing."""
_IDLE_S = 0.04
"""How often it is looked what is due."""


class Presence:
    """See the module."""

    def __init__(self, wire: Wire, chosen: Chosen, seed: int) -> None:
        """Stay outside until `enter`."""
        self.wire, self.chosen, self.seed = wire, chosen, seed
        self._timeline, self._forms = Timeline(), Forms()
        self._changed = asyncio.Event()
        self._heard, self._heard_at = 0, time.monotonic()

    @property
    def now(self) -> int:
        """Return the sample that the page plays now, as far as it is known."""
        return self._heard + int(min(time.monotonic() - self._heard_at, _GUESSED_S) * RATE)

    @property
    def end(self) -> int:
        """Return from which sample on nothing is said yet."""
        return self._timeline.end

    @property
    def looks(self) -> CharacterConfig:
        """Return who is seen."""
        return self._character.looks

    def follow(self, sample: int) -> None:
        """Take what the page plays now; one that comes late by more than a second is not believed."""
        if sample > self._heard - RATE:
            self._heard, self._heard_at = sample, time.monotonic()

    async def enter(self) -> None:
        """Let the chosen character come in."""
        now, chosen = self.now, self.chosen
        character = self._character = load_character(chosen.character)
        self.live = Live(character.looks, seed=self.seed, mood=chosen.mood)
        looks = character.looks
        picture = ""
        if looks.background.picture is not None:
            still = await asyncio.to_thread(read_still, character.folder / looks.background.picture)
            picture = f"data:image/jpeg;base64,{base64.b64encode(jpeg(still[..., :3])).decode()}"
        matrix = character.draw(self.live.at(0), WIDTH, HEIGHT, framing=FRAMING).matrix
        await self.wire.tell({
            "type": "stage", "name": looks.name, "about": looks.about, "width": WIDTH, "height": HEIGHT,
            "matrix": matrix, "picture": picture, "chosen": vars(chosen),
        })  # fmt: skip
        form, numbers = taken_apart(character.backdrop(WIDTH, HEIGHT))
        await self.wire.send(pack_backdrop(await self._form(form), numbers))
        self._timeline.redraw(now)
        self.wake()

    def say(self, number: int, utterance: Utterance) -> int:
        """Say something after what is being said, in answer to a line; return its first sample."""
        now = self.now
        start = self._timeline.say(number, utterance, now)
        self.live.say(utterance, start, now)
        return start

    async def has_room(self) -> None:
        """Wait while so much is spoken in advance that more can wait."""
        while self._timeline.waits(self.now):
            await asyncio.sleep(_IDLE_S)

    async def cut(self) -> int | None:
        """Say no more from soon on; return from which sample, or None if nothing is said that was not cut already."""
        at = self._timeline.cut(self.now)
        if at is not None:
            self.live.cut(at)
            self.live.feel(self.chosen.mood, at)
            await self.wire.tell({"type": "cut", "time": at, "say": self._timeline.number})
        return at

    def feel(self, mood: Mood | None, sample: int = 0) -> None:
        """Be in a mood from a sample on, or from now."""
        at = max(sample, self.now)
        self.live.feel(mood, at)
        self._timeline.redraw(at)

    def act(self, cues: list[Cue], sample: int = 0) -> bool:
        """Make the gestures that cues ask for, from a sample on or from now; return whether there are any."""
        at = max(sample, self.now)
        asked = [cue.gesture for cue in cues if cue.gesture is not None]
        for gesture in asked:
            self.live.act(gesture, at)
            self._timeline.redraw(at)
        return bool(asked)

    def attend(self) -> None:
        """Look at who writes."""
        self.live.attend(self.now)

    def wake(self) -> None:
        """Look at once what is due."""
        self._changed.set()

    async def run(self) -> None:
        """Send whatever is due, again and again."""
        while True:
            await self.send_sounds()
            due = self._timeline.pictures(self.now)
            if not due:
                self._changed.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), _IDLE_S)
                continue
            for sample in due:
                if sample >= self._timeline.picture:  # what is seen then has changed meanwhile
                    break
                pose = self.live.at(sample)
                form, numbers = taken_apart(self._character.draw(pose, WIDTH, HEIGHT, framing=FRAMING))
                number = await self._form(form)
                await self.wire.send(pack_picture(number, sample, pose.mouth.open, numbers))
                await asyncio.sleep(0)

    async def send_sounds(self) -> None:
        """Send the sound that is due."""
        for sound in self._timeline.sounds(self.now):
            await self.wire.send(pack_sound(*sound))

    async def _form(self, form: Any) -> int:
        """Return the number of a form, which the page knows by then."""
        number, is_new = self._forms.number(form)
        if is_new:
            await self.wire.tell({"type": "form", "number": number, "clips": form[0], "shapes": form[1]})
        return number
