"""A voice that says "pa" for each word, and a page without a browser whose clock a test turns."""

import json
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from websockets.sync.client import ClientConnection, connect

from frameloom.core.errors import MediaError
from frameloom.media.speech.spoken import Manner, Phoneme, Spoken, Word
from frameloom.service.talk.answers import Ask, echo
from frameloom.service.talk.house import Chosen, House
from frameloom.service.talk.serve import LiveConfig
from frameloom.service.talk.voices import Offered, Voices

RATE = 24_000
PATIENCE_S = 60
SOUND = Fraction(1, 10)


class Babbler:
    """Each word is a "pa" of 0.2 s."""

    name = "babbler"

    def __init__(self, takes_s: float = 0.0) -> None:
        self.takes_s = takes_s
        self.said: list[str] = []

    def speak(self, text: str, manner: Manner) -> Iterator[Spoken]:
        if "unspeakable" in text:
            raise MediaError("text 'unspeakable': the babbler does not say that")
        self.said.append(text)
        time.sleep(self.takes_s)
        words = text.split()
        phonemes = [Phoneme("pa"[n % 2], n * SOUND, (n + 1) * SOUND) for n in range(2 * len(words))]
        spoken = tuple(Word(word, 2 * n * SOUND, (2 * n + 2) * SOUND) for n, word in enumerate(words))
        length = int(2 * len(words) * SOUND * RATE)
        sound = (0.3 * np.sin(2 * np.pi * 200 * np.arange(length) / RATE)).astype(np.float32)[:, None]
        yield Spoken(sound, RATE, tuple(phonemes), spoken)


def house(
    ask: Ask = echo,
    tell: Callable[[dict[str, Any]], object] = lambda record: None,
    babbler: Babbler | None = None,
) -> House:
    """Return what pages share, with the babbler for every voice but one that is not there."""
    babbler = babbler or Babbler()

    def opened(name: str | None, language: str) -> Babbler:
        if name == "gone":
            raise MediaError("voice 'gone': unknown; give another")
        return babbler

    offered = tuple(Offered(name, name, False) for name in ("auto", "gone"))
    first = Chosen("kip", "auto", "en")
    languages = {"en": "English", "de": "German"}
    return House(("kip", "ada"), Voices(opened), offered, languages, lambda: ask, first, 0, tell)


class Sound(NamedTuple):
    say: int
    sample: int
    samples: np.ndarray


class Picture(NamedTuple):
    form: int
    sample: int
    mouth: float
    numbers: np.ndarray


class Page:
    """The other end of a socket, with a clock that stands still until it is turned."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.now = 0
        self.says = 0
        self.told: list[dict[str, Any]] = []
        self.sounds: list[Sound] = []
        self.pictures: list[Picture] = []
        self.backdrops: list[Picture] = []

    def send(self, kind: str, **values: object) -> None:
        self.socket.send(json.dumps({"type": kind, "time": self.now, **values}))

    def say(self, text: str) -> int:
        self.says += 1
        self.send("say", number=self.says, text=text)
        return self.says

    def turn(self, samples: int) -> None:
        self.now += samples
        self.send("playing")

    def take(self) -> None:
        """Take whatever comes next."""
        heard = self.socket.recv(PATIENCE_S)
        if isinstance(heard, str):
            self.told.append(json.loads(heard))
            return
        kind, mouth, number, sample = struct.unpack("<2HId", heard[:16])
        numbers = np.frombuffer(heard, "<i2", offset=16)
        assert sample == int(sample)
        if kind == 1:
            self.sounds.append(Sound(number, int(sample), numbers))
        else:
            kept = {2: self.pictures, 3: self.backdrops}[kind]
            kept.append(Picture(number, int(sample), mouth / 65535, numbers))

    def until(self, holds: Callable[[], object]) -> None:
        while not holds():
            self.take()

    def hear(self, kind: str, **values: object) -> dict[str, Any]:
        """The next message of a kind, with these values."""
        before = len(self.told)

        def found() -> list[dict[str, Any]]:
            news = self.told[before:]
            return [one for one in news if one["type"] == kind and values.items() <= one.items()]

        self.until(found)
        return found()[0]

    def words(self, say: int) -> dict[str, Any]:
        """The first piece that answers a line, told already or not."""

        def found() -> list[dict[str, Any]]:
            return [one for one in self.told if one["type"] == "words" and one["say"] == say]

        self.until(found)
        return found()[0]

    def shown(self) -> dict[int, Picture]:
        """What is seen at each time: the last that was sent for it."""
        return {one.sample: one for one in self.pictures}


@contextmanager
def opened(address: str, **headers: str) -> Iterator[Page]:
    """A page at its socket."""
    place = address.replace("http:", "ws:") + "talk"
    with connect(
        place, additional_headers=headers, open_timeout=PATIENCE_S, compression=None, max_queue=None
    ) as socket:
        yield Page(socket)


def config(**settings: object) -> LiveConfig:
    return LiveConfig.model_validate({"port": 0, "open": False, **settings})
